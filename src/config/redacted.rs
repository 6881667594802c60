//! The configuration file without its secrets, for a backup.

use toml_edit::{DocumentMut, TableLike};

use super::secret_key::SECRETS;

/// What stands in place of a secret in a comment.
const LEFT_OUT: &str = "(left out)";

/// The text of a configuration file without its secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedactedFile {
    /// The text.
    pub text: String,
    /// The settings that were removed, like `discord.token`.
    pub left_out: Vec<String>,
}

/// The text of the configuration file `text` without the values of secrets, also of those in comments. Names of files of
/// secrets stay. `None` if `text` is not TOML.
pub(super) fn redact(text: &str) -> Option<RedactedFile> {
    let mut document: DocumentMut = text.parse().ok()?;
    let mut left_out = Vec::new();
    for secret in SECRETS {
        let Some((section, name)) = secret.dotted.split_once('.') else { continue };
        let table = document.get_mut(section).and_then(|item| item.as_table_like_mut());
        if table.is_some_and(|table| remove(table, name)) {
            left_out.push(secret.dotted.to_owned());
        }
    }
    let mut lines: Vec<String> =
        document.to_string().lines().map(without_commented_secret).collect();
    if !left_out.is_empty() {
        let note = format!(
            "# `quoth backup` has left out the secrets of this file: {}",
            left_out.join(", ")
        );
        lines.insert(0, note);
    }
    let text = lines.into_iter().map(|line| line + "\n").collect();
    Some(RedactedFile { text, left_out })
}

fn remove(table: &mut dyn TableLike, name: &str) -> bool {
    table.remove(name).is_some()
}

/// `line` without the value of a setting that is a secret and is commented out: `#token = "..."`.
fn without_commented_secret(line: &str) -> String {
    let Some((before, comment)) = line.split_once('#') else { return line.to_owned() };
    let Some((key, value)) = comment.split_once('=') else { return line.to_owned() };
    let name = key.trim().rsplit('.').next().unwrap_or_default().trim_matches(['"', '\'']);
    let is_secret = SECRETS.iter().any(|secret| secret.dotted.rsplit('.').next() == Some(name));
    let is_empty = value.trim().trim_matches(['"', '\'']).is_empty();
    if is_secret && !is_empty { format!("{before}#{key}= {LEFT_OUT}") } else { line.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_of_a_configuration_file_are_left_out_and_the_rest_stays() {
        let files = [
            "packs = [\"p\"] # mine\n\n[discord]\n# The token.\ntoken = \"abc.SECRET\"\nstyle = \"text\"\n",
            "packs = [\"p\"] # mine\ndiscord.token = '''abc.SECRET'''\ndiscord.style = \"text\"\n",
            "packs = [\"p\"] # mine\ndiscord = { \"token\" = \"abc.\\u0053ECRET\", style = \"text\" }\n",
        ];
        for file in files {
            let redacted = redact(file).unwrap();
            assert_eq!(redacted.left_out, ["discord.token"], "{file}");
            assert!(!redacted.text.contains("abc."), "{}", redacted.text);
            assert!(redacted.text.contains("left out the secrets of this file: discord.token"));
            for kept in ["packs = [\"p\"] # mine", "style = \"text\""] {
                assert!(redacted.text.contains(kept), "{kept} of {}", redacted.text);
            }
            redacted.text.parse::<DocumentMut>().unwrap();
        }
    }

    #[test]
    fn secrets_in_comments_are_left_out_and_names_of_their_files_stay() {
        let rows = [
            ("#token = \"abc\"", "#token = (left out)"),
            ("  # discord.token=abc # old", "  # discord.token= (left out)"),
            ("#token = \"\"", "#token = \"\""),
            ("#token_file = \"/run/token\"", "#token_file = \"/run/token\""),
            ("# The token = what Discord shows", "# The token = what Discord shows"),
        ];
        for (line, want) in rows {
            assert_eq!(redact(line).unwrap().text, format!("{want}\n"));
        }
    }

    #[test]
    fn commented_file_stays_as_it_is() {
        let text = super::super::COMMENTED_FILE;
        assert_eq!(redact(text).unwrap(), RedactedFile { text: text.to_owned(), left_out: vec![] });
    }
}
