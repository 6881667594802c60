//! YAML whose scalars stay as they are written: `Yes` is no truth value here, and `1.10` no number.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::Spanned;

use super::Tree;

/// A value with the scalars that YAML gives a type, and with their places.
pub(super) struct YamlNode(Spanned<YamlValue>);

enum YamlValue {
    Nothing,
    Text(String),
    /// A number or truth value, as the parser would write it.
    Typed(String),
    List(Vec<YamlNode>),
    Map(Vec<(Tree, YamlNode)>),
}

impl YamlNode {
    /// The value, with its scalars as they are written in `text`.
    pub(super) fn into_tree(self, text: &str) -> Tree {
        let Self(Spanned { value, defined, .. }) = self;
        match value {
            YamlValue::Nothing => Tree::Nothing,
            YamlValue::Text(text) => Tree::Text(text),
            YamlValue::Typed(typed) => {
                Tree::Text(written(text, &defined).map_or(typed, str::to_owned))
            }
            YamlValue::List(items) => {
                Tree::List(items.into_iter().map(|item| item.into_tree(text)).collect())
            }
            YamlValue::Map(fields) => {
                let field = |(key, value): (Tree, Self)| (key.into_key(), value.into_tree(text));
                Tree::Map(fields.into_iter().map(field).collect())
            }
        }
    }
}

/// The scalar at `location`, if that is known in bytes.
fn written<'a>(text: &'a str, location: &serde_saphyr::Location) -> Option<&'a str> {
    let span = location.span();
    let start = usize::try_from(span.byte_offset()?).ok()?;
    let len = usize::try_from(span.byte_len()?).ok()?;
    let scalar = text.get(start..start.checked_add(len)?)?.trim();
    // Properties stand before the scalar: an anchor, a tag.
    let scalar = scalar.split_whitespace().last()?;
    (!scalar.starts_with(['&', '!', '*'])).then_some(scalar)
}

impl<'de> Deserialize<'de> for YamlNode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Spanned::deserialize(deserializer).map(Self)
    }
}

impl<'de> Deserialize<'de> for YamlValue {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(YamlVisitor)
    }
}

struct YamlVisitor;

impl<'de> Visitor<'de> for YamlVisitor {
    type Value = YamlValue;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<YamlValue, E> {
        Ok(YamlValue::Typed(value.to_string()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<YamlValue, E> {
        Ok(YamlValue::Typed(value.to_string()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<YamlValue, E> {
        Ok(YamlValue::Typed(value.to_string()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<YamlValue, E> {
        Ok(YamlValue::Typed(value.to_string()))
    }

    fn visit_str<E>(self, value: &str) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<YamlValue, E> {
        Ok(YamlValue::Text(value))
    }

    fn visit_unit<E>(self) -> Result<YamlValue, E> {
        Ok(YamlValue::Nothing)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<YamlValue, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(YamlValue::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<YamlValue, A::Error> {
        let mut fields = Vec::new();
        while let Some(field) = map.next_entry()? {
            fields.push(field);
        }
        Ok(YamlValue::Map(fields))
    }
}
