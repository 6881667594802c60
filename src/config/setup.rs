//! Puts what a newcomer has answered into the text of a configuration file.

use toml_edit::{Array, DocumentMut, Item, Table, TomlError, value};

/// The settings that `quoth setup` asks for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SetupAnswers {
    /// The pack folder, as it is written in the file. It takes the place of the first one, if it is not among them.
    pub pack: String,
    /// The file of the bot's token, if Discord is served.
    pub discord_token_file: Option<String>,
    /// The account on Matrix, if that is served.
    pub matrix: Option<MatrixAnswers>,
    /// The socket of the bridge, if only that is served.
    pub bridge_socket: Option<String>,
    /// Users who may edit the packs and pause the bot, besides those who may already.
    pub moderators: Vec<String>,
}

/// The account of the bot on Matrix.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MatrixAnswers {
    /// Its homeserver.
    pub homeserver: String,
    /// Its user id.
    pub user: String,
    /// The file of its password.
    pub password_file: String,
    /// The file of the passphrase that encrypts its session.
    pub passphrase_file: String,
    /// Who may invite it.
    pub accepts_invites_from: String,
}

impl SetupAnswers {
    /// `text` with these settings, and all else as it was: comments, order and other settings.
    ///
    /// # Errors
    /// If `text` is not TOML.
    pub fn applied_to(&self, text: &str) -> Result<String, TomlError> {
        let mut document: DocumentMut = text.parse()?;
        let mut packs = texts_of(document.get("packs"));
        if !packs.contains(&self.pack) {
            match packs.first_mut() {
                Some(first) => first.clone_from(&self.pack),
                None => packs.push(self.pack.clone()),
            }
            set(document.as_table_mut(), "packs", list(&packs));
        }
        if let Some(socket) = &self.bridge_socket {
            set_in(&mut document, "bridge", [("socket", value(socket))]);
        }
        if let Some(file) = &self.discord_token_file {
            set_in(&mut document, "discord", [("token_file", value(file))]);
        }
        if let Some(matrix) = &self.matrix {
            let inviting = std::slice::from_ref(&matrix.accepts_invites_from);
            let account = [
                ("homeserver", value(&matrix.homeserver)),
                ("user", value(&matrix.user)),
                ("password_file", value(&matrix.password_file)),
                ("passphrase_file", value(&matrix.passphrase_file)),
                ("accepts_invites_from", list(inviting)),
            ];
            set_in(&mut document, "matrix", account);
        }
        if !self.moderators.is_empty() {
            let space = document.get("default_space");
            let mut moderators = texts_of(space.and_then(|space| space.get("moderators")));
            let n_known = moderators.len();
            for moderator in &self.moderators {
                if !moderators.contains(moderator) {
                    moderators.push(moderator.clone());
                }
            }
            if moderators.len() > n_known {
                let moderators = list(&moderators);
                set_in(&mut document, "default_space", [("moderators", moderators)]);
            }
        }
        Ok(document.to_string())
    }
}

/// Replaces a value, and keeps the comments around it.
fn set(table: &mut Table, key: &str, mut new: Item) {
    let Some(item) = table.get_mut(key) else {
        table.insert(key, new);
        return;
    };
    if let (Some(old), Some(new)) = (item.as_value(), new.as_value_mut()) {
        *new.decor_mut() = old.decor().clone();
    }
    *item = new;
}

/// Sets values in the section `name`, which is added at the end if it is missing.
fn set_in<const N: usize>(document: &mut DocumentMut, name: &str, values: [(&str, Item); N]) {
    let item = document.entry(name).or_insert_with(|| Item::Table(Table::new()));
    if !item.is_table() {
        // An inline table holds the same settings in another form.
        *item = Item::Table(std::mem::take(item).into_table().unwrap_or_default());
    }
    if let Some(section) = item.as_table_mut() {
        for (key, value) in values {
            set(section, key, value);
        }
    }
}

/// The texts of a list.
fn texts_of(item: Option<&Item>) -> Vec<String> {
    let items = item.and_then(Item::as_array).into_iter().flatten();
    items.filter_map(|item| item.as_str()).map(str::to_owned).collect()
}

fn list(items: &[String]) -> Item {
    value(items.iter().collect::<Array>())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::COMMENTED_FILE;

    fn answers() -> SetupAnswers {
        SetupAnswers {
            pack: "../knowledge/club".to_owned(),
            bridge_socket: None,
            discord_token_file: Some("../data/discord-token".to_owned()),
            matrix: Some(MatrixAnswers {
                homeserver: "example.org".to_owned(),
                user: "@quoth:example.org".to_owned(),
                password_file: "../data/matrix-password".to_owned(),
                passphrase_file: "../data/matrix-passphrase".to_owned(),
                accepts_invites_from: "@*:example.org".to_owned(),
            }),
            moderators: vec!["discord:user:56".to_owned()],
        }
    }

    #[test]
    fn commented_file_keeps_all_its_lines_but_the_packs() {
        let text = answers().applied_to(COMMENTED_FILE).unwrap();
        let is_kept = |line: &&str| text.lines().any(|other| other == *line);
        let lost: Vec<&str> = COMMENTED_FILE.lines().filter(|line| !is_kept(line)).collect();
        assert_eq!(lost, ["packs = [\"../knowledge/china-kazakhstan\"]"]);
        let table: toml::Table = text.parse().unwrap();
        assert_eq!(table["discord"]["token_file"].as_str(), Some("../data/discord-token"));
        assert_eq!(table["matrix"]["user"].as_str(), Some("@quoth:example.org"));
        assert_eq!(table["default_space"]["moderators"][0].as_str(), Some("discord:user:56"));
        assert_eq!(answers().applied_to(&text).unwrap(), text);
    }

    #[test]
    fn other_packs_and_moderators_stay() {
        let text = "packs = [\"p\", \"q\"]\n\n[default_space]\nmoderators = [\"matrix:@ann:example.org\"] # the team\n";
        let answers = SetupAnswers { matrix: None, ..answers() };
        let changed = answers.applied_to(text).unwrap();
        assert!(changed.contains("packs = [\"../knowledge/club\", \"q\"]"), "{changed}");
        let moderators =
            "moderators = [\"matrix:@ann:example.org\", \"discord:user:56\"] # the team";
        assert!(changed.contains(moderators), "{changed}");
        let answers = SetupAnswers { pack: "q".to_owned(), ..answers };
        assert!(answers.applied_to(text).unwrap().contains("packs = [\"p\", \"q\"]"));
    }

    #[test]
    fn other_settings_and_comments_stay() {
        let text =
            "packs = [\"p\"] # mine\ndiscord = { style = \"text\" }\n\n[log]\nlevel = \"warn\"\n";
        let answers = SetupAnswers { matrix: None, ..answers() };
        let changed = answers.applied_to(text).unwrap();
        assert!(changed.contains("packs = [\"../knowledge/club\"] # mine"), "{changed}");
        let table: toml::Table = changed.parse().unwrap();
        assert_eq!(table["discord"]["style"].as_str(), Some("text"));
        assert_eq!(table["log"]["level"].as_str(), Some("warn"));
        assert!(table.get("matrix").is_none());
        assert!(answers.applied_to("packs = [").is_err());
    }
}
