//! Documents of nested values: JSON, YAML and TOML.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::ReadError;

/// A value with its maps in the order of the file, which is the order of the entries.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::knowledge) enum Tree {
    /// `null`, or nothing.
    Nothing,
    /// A text, or a number or truth value as text.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A map.
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// Reads a JSON document.
    pub(super) fn from_json(text: &str) -> Result<Self, ReadError> {
        serde_json::from_str(text).map_err(|error| {
            let position = format!(" at line {} column {}", error.line(), error.column());
            let reason = error.to_string().replace(&position, "");
            let reason = if error.is_eof() { "it ends too early".to_owned() } else { reason };
            ReadError::malformed("JSON", error.line(), error.column(), &reason)
        })
    }

    /// Reads a YAML document. Aliases and nesting are limited by the reader's defaults, so that a small file
    /// cannot become a large value.
    pub(super) fn from_yaml(text: &str) -> Result<Self, ReadError> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
        };
        let documents: Result<Vec<Self>, _> =
            serde_saphyr::from_multiple_with_options(text, options);
        let documents = documents.map_err(|error| {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let to_usize = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            ReadError::malformed("YAML", to_usize(line), to_usize(column), reason)
        })?;
        let mut documents: Vec<Self> =
            documents.into_iter().filter(|document| *document != Self::Nothing).collect();
        Ok(if documents.len() == 1 { documents.remove(0) } else { Self::List(documents) })
    }

    /// Reads a TOML document.
    pub(super) fn from_toml(text: &str) -> Result<Self, ReadError> {
        toml::from_str(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ReadError::malformed("TOML", line, column, error.message())
        })
    }

    /// The text of a text; `None` of another value and of a blank text.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text.trim()).filter(|text| !text.is_empty()),
            _ => None,
        }
    }

    /// The values of a list.
    pub(super) fn as_list(&self) -> Option<&[Self]> {
        match self {
            Self::List(items) => Some(items),
            _ => None,
        }
    }

    /// The keys and values of a map.
    pub(in crate::knowledge) fn as_map(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Map(fields) => Some(fields),
            _ => None,
        }
    }

    /// The value of a key.
    pub(in crate::knowledge) fn get(&self, key: &str) -> Option<&Self> {
        self.as_map()?.iter().find(|(name, _)| name == key).map(|(_, value)| value)
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TreeVisitor)
    }
}

struct TreeVisitor;

impl<'de> Visitor<'de> for TreeVisitor {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Tree, E> {
        Ok(Tree::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Tree, E> {
        Ok(Tree::Text(value))
    }

    fn visit_unit<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_none<E>(self) -> Result<Tree, E> {
        Ok(Tree::Nothing)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Tree, D::Error> {
        deserializer.deserialize_any(Self)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tree, A::Error> {
        let mut fields = Vec::new();
        while let Some((key, value)) = map.next_entry::<Tree, Tree>()? {
            let key = match key {
                Tree::Text(key) => key,
                _ => String::new(),
            };
            // A date of TOML is a map with one private key.
            match value {
                Tree::Text(text) if key == TOML_DATE => return Ok(Tree::Text(text)),
                value => fields.push((key, value)),
            }
        }
        Ok(Tree::Map(fields))
    }
}

/// The key under which the crate `toml` hands over dates and times.
const TOML_DATE: &str = "$__toml_private_datetime";

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Tree {
        Tree::Text(text.to_owned())
    }

    #[test]
    fn formats_are_read_into_the_same_values_in_the_order_of_the_file() {
        let want = Tree::Map(vec![
            ("z".to_owned(), Tree::List(vec![text("1"), text("two"), text("true")])),
            ("a".to_owned(), Tree::Map(vec![("b".to_owned(), text("2024-05-01"))])),
        ]);
        let json = "{\"z\": [1, \"two\", true], \"a\": {\"b\": \"2024-05-01\"}}";
        assert_eq!(Tree::from_json(json).unwrap(), want);
        let yaml = "z:\n  - 1\n  - two\n  - true\na:\n  b: 2024-05-01\n";
        assert_eq!(Tree::from_yaml(yaml).unwrap(), want);
        let toml = "z = [1, \"two\", true]\n[a]\nb = 2024-05-01\n";
        assert_eq!(Tree::from_toml(toml).unwrap(), want);
        assert_eq!(Tree::from_yaml("---\n- x\n---\n").unwrap(), Tree::List(vec![text("x")]));
        assert_eq!(Tree::from_yaml("a:\n").unwrap().get("a"), Some(&Tree::Nothing));
        assert_eq!(Tree::from_yaml("404: x\n").unwrap().get("404"), Some(&text("x")));
    }

    #[test]
    fn malformed_document_is_one_error_with_its_position() {
        let cases = [
            (
                Tree::from_json("{\"a\": [1,\n 2"),
                "this is not valid JSON: line 2, column 2: it ends too early",
            ),
            (Tree::from_toml("a = 1\nb = ?\n"), "this is not valid TOML: line 2, column 5: "),
            (Tree::from_yaml("a: 1\n b: [\n"), "this is not valid YAML: line "),
        ];
        for (got, want) in cases {
            let message = got.unwrap_err().to_string();
            assert!(message.starts_with(want), "{message}");
        }
    }

    #[test]
    fn deep_nesting_and_alias_bombs_are_refused() {
        let deep = "[".repeat(100_000);
        assert!(Tree::from_json(&deep).is_err());
        assert!(Tree::from_yaml(&deep).is_err());
        assert!(Tree::from_toml(&format!("a = {deep}")).is_err());
        let mut bomb = "a: &a [x, x, x, x, x, x, x, x, x, x]\n".to_owned();
        for (name, of) in
            ["b", "c", "d", "e", "f", "g", "h"].iter().zip(["a", "b", "c", "d", "e", "f", "g"])
        {
            let aliases = vec![format!("*{of}"); 10].join(", ");
            bomb.push_str(&format!("{name}: &{name} [{aliases}]\n"));
        }
        assert!(Tree::from_yaml(&bomb).is_err());
    }
}
