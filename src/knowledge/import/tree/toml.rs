//! TOML whose numbers and dates stay as they are written.

use toml::de::{DeTable, DeValue};

use super::Tree;

/// The map of `table`, a table of the document `text`.
pub(super) fn tree_of(table: &DeTable<'_>, text: &str) -> Tree {
    let field = |(key, value): (&toml::Spanned<_>, &toml::Spanned<_>)| {
        let key: &std::borrow::Cow<'_, str> = key.get_ref();
        (key.clone().into_owned(), value_of(value, text))
    };
    Tree::Map(table.iter().map(field).collect())
}

fn value_of(value: &toml::Spanned<DeValue<'_>>, text: &str) -> Tree {
    match value.get_ref() {
        DeValue::String(text) => Tree::Text(text.clone().into_owned()),
        DeValue::Array(items) => {
            Tree::List(items.iter().map(|item| value_of(item, text)).collect())
        }
        DeValue::Table(table) => tree_of(table, text),
        _ => Tree::Text(text.get(value.span()).unwrap_or_default().to_owned()),
    }
}
