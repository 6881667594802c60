//! The front matter of a Markdown file: YAML between `---` lines or TOML between `+++` lines.

use super::ReadError;
use super::tree::Tree;

/// The front matter at the start of `text`, if there is one, and the text below it.
///
/// # Errors
/// [`ReadError`] if the front matter is not valid YAML or TOML.
pub(in crate::knowledge) fn split(text: &str) -> Result<(Option<Tree>, &str), ReadError> {
    if let Some((matter, body)) = between(text, "+++") {
        return Ok((Some(Tree::from_toml(matter)?), body));
    }
    // Without a colon these are two rules, with text between them.
    match between(text, "---").filter(|(matter, _)| matter.contains(':')) {
        Some((matter, body)) => Ok((Some(Tree::from_yaml(matter)?), body)),
        None => Ok((None, text)),
    }
}

fn between<'a>(text: &'a str, fence: &str) -> Option<(&'a str, &'a str)> {
    let (first, rest) = text.split_once('\n')?;
    if first.trim_end() != fence {
        return None;
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        let line_end = line.trim_end();
        if line_end == fence || (fence == "---" && line_end == "...") {
            return Some((rest.get(..at)?, rest.get(at + line.len()..)?));
        }
        at += line.len();
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_split_from_the_text() {
        let title = |text: &str| {
            let (matter, body) = split(text).unwrap();
            let title =
                matter.as_ref().and_then(|matter| matter.get("title")).and_then(Tree::as_text);
            (title.map(str::to_owned), body.to_owned())
        };
        let of = |title: Option<&str>, body: &str| (title.map(str::to_owned), body.to_owned());
        assert_eq!(title("---\ntitle: A?\n---\nb\n"), of(Some("A?"), "b\n"));
        assert_eq!(title("+++\ntitle = \"A?\"\n+++\nb"), of(Some("A?"), "b"));
        assert_eq!(title("---\n\nb\n\n---\nc"), of(None, "---\n\nb\n\n---\nc"));
        assert_eq!(title("---\ntitle: never closed"), of(None, "---\ntitle: never closed"));
        assert!(split("---\ntitle: [\n---\nb").is_err());
    }
}
