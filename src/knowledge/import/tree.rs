//! Documents of nested values: JSON, YAML and TOML.

mod json;
mod toml;
mod yaml;

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};

use super::{ReadError, limits};

/// A value with its maps in the order of the file, which is the order of the entries.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::knowledge) enum Tree {
    /// `null`, or nothing.
    Nothing,
    /// A text, or a number, date or truth value as it is written in the file.
    Text(String),
    /// A list.
    List(Vec<Self>),
    /// A map.
    Map(Vec<(String, Self)>),
}

impl Tree {
    /// Reads a JSON document.
    pub(super) fn from_json(text: &str) -> Result<Self, ReadError> {
        Self::parse_json(text).map_err(|error| {
            let position = format!(" at line {} column {}", error.line(), error.column());
            let reason = error.to_string().replace(&position, "");
            let reason = if error.is_eof() { "it ends too early".to_owned() } else { reason };
            ReadError::malformed("JSON", error.line(), error.column(), &reason)
        })
    }

    /// Reads a JSON document, with the parser's error.
    pub(super) fn parse_json(text: &str) -> Result<Self, serde_json::Error> {
        json::parse(text)
    }

    /// Reads a YAML document. Aliases and nesting are limited by the reader's defaults, so that a small file
    /// cannot become a large value.
    pub(super) fn from_yaml(text: &str) -> Result<Self, ReadError> {
        let options = serde_saphyr::options! {
            with_snippet: false,
            duplicate_keys: serde_saphyr::DuplicateKeyPolicy::LastWins,
            strict_booleans: true,
            leading_zero_numbers_as_strings: true,
            underscored_numbers_as_strings: true,
        };
        let documents: Result<Vec<yaml::YamlNode>, _> =
            serde_saphyr::from_multiple_with_options(text, options);
        let documents = documents.map_err(|error| {
            let (line, column) = error.location().map_or((0, 0), |at| (at.line(), at.column()));
            let reason = error.to_string();
            let reason = reason.lines().next().unwrap_or_default();
            let reason = reason.split(" at line ").next().unwrap_or_default();
            let to_usize = |n: u64| usize::try_from(n).unwrap_or(usize::MAX);
            ReadError::malformed("YAML", to_usize(line), to_usize(column), reason)
        })?;
        let documents = documents.into_iter().map(|document| document.into_tree(text));
        let mut documents: Vec<Self> =
            documents.filter(|document| *document != Self::Nothing).collect();
        Ok(if documents.len() == 1 { documents.remove(0) } else { Self::List(documents) })
    }

    /// Reads a TOML document.
    pub(super) fn from_toml(text: &str) -> Result<Self, ReadError> {
        limits::check_marks(text, limits::TOML)?;
        let table = ::toml::de::DeTable::parse(text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
            ReadError::malformed("TOML", line, column, error.message())
        })?;
        Ok(toml::tree_of(table.get_ref(), text))
    }

    /// The text of a key; a list or map is no key.
    fn into_key(self) -> String {
        match self {
            Self::Text(key) => key,
            _ => String::new(),
        }
    }

    /// The truth value that a text stands for, in the words of YAML.
    pub(super) fn as_bool(&self) -> Option<bool> {
        match self.as_text()?.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" => Some(true),
            "false" | "no" | "off" => Some(false),
            _ => None,
        }
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
            fields.push((key.into_key(), value));
        }
        Ok(Tree::Map(fields))
    }
}

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
    fn scalars_are_the_words_of_the_file() {
        let yaml = "a: [Yes, no, True, on, 1.10, 0x1F, 007, 1_000, +49, \"1.10\", ~, é, 2.50]\n\
                    b: &x 3.0\nc: *x\nYes: 1e3\n";
        let tree = Tree::from_yaml(yaml).unwrap();
        let want = ["Yes", "no", "True", "on", "1.10", "0x1F", "007", "1_000", "+49", "1.10"];
        let mut want: Vec<Tree> = want.into_iter().map(text).collect();
        want.extend([Tree::Nothing, text("é"), text("2.50")]);
        assert_eq!(tree.get("a"), Some(&Tree::List(want)));
        assert_eq!(tree.get("b"), Some(&text("3.0")));
        assert_eq!(tree.get("c"), Some(&text("3.0")));
        assert_eq!(tree.get("Yes"), Some(&text("1e3")));
        let toml =
            Tree::from_toml("'é' = 'é'\na = 1.10\nb = 1_000\nc = 2024-05-01T07:30:00Z\n").unwrap();
        assert_eq!(toml.get("a"), Some(&text("1.10")));
        assert_eq!(toml.get("b"), Some(&text("1_000")));
        assert_eq!(toml.get("c"), Some(&text("2024-05-01T07:30:00Z")));
        let json = Tree::from_json(r#"{"a": [1.10, -2.0e3, "\\\" 1.50", 7]}"#).unwrap();
        let want = ["1.10", "-2.0e3", "\\\" 1.50", "7"].map(text).to_vec();
        assert_eq!(json.get("a"), Some(&Tree::List(want)));
    }

    #[test]
    fn malformed_document_is_one_error_with_its_position() {
        let cases = [
            (
                Tree::from_json("{\"a\": [1,\n 2"),
                "this is not valid JSON: line 2, column 2: it ends too early",
            ),
            (Tree::from_toml("a = 1\nb = ?\n"), "this is not valid TOML: line 2, column 5: "),
            (Tree::from_json("{\"a\": 1.50, -}"), "this is not valid JSON: line 1, column 13: "),
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
