//! The text of nested values: of lists, blocks and translations.

use super::field_names::{self, Field};
use super::plain_text::{on_one_line, split_list};
use super::tree::Tree;
use crate::text::language::LANGUAGES;

/// Keys of the blocks of one text.
const BLOCKS: [&str; 9] =
    ["p", "paragraph", "paragraphs", "text", "list", "items", "lines", "ul", "ol"];

/// The text of a value: a text; a list of texts as paragraphs; the answer in a map, its only value, its blocks of
/// text, or its text in one of several languages.
pub(super) fn text_of(value: &Tree) -> Option<String> {
    match value {
        Tree::Nothing => None,
        Tree::Text(text) => (!text.trim().is_empty()).then(|| text.clone()),
        Tree::List(items) => {
            let texts: Option<Vec<String>> = items.iter().map(text_of).collect();
            texts.map(|texts| texts.join("\n\n")).filter(|text| !text.is_empty())
        }
        Tree::Map(map) => {
            let keys = || map.iter().map(|(key, _)| key.as_str());
            let in_language = |wanted: &str| get(map, wanted);
            if !map.is_empty() && keys().all(|key| LANGUAGES.contains(&&*key.to_lowercase())) {
                return in_language("en").or_else(|| Some(&map.first()?.1)).and_then(text_of);
            }
            if keys().all(|key| BLOCKS.contains(&&*key.to_lowercase())) {
                let texts: Vec<String> =
                    map.iter().filter_map(|(_, value)| text_of(value)).collect();
                return (!texts.is_empty()).then(|| texts.join("\n\n"));
            }
            match (field_names::find(Field::Answer, keys()), map.as_slice()) {
                (Some(at), _) => text_of(&map.get(at)?.1),
                (None, [(_, only)]) => text_of(only),
                (None, _) => None,
            }
        }
    }
}

/// The texts of a list, or the only one.
pub(super) fn texts_of(value: &Tree) -> Vec<String> {
    match value {
        Tree::List(items) => items.iter().filter_map(text_of).collect(),
        value => text_of(value).into_iter().collect(),
    }
}

/// Several short texts in a list, or in one text with separators.
pub(super) fn split_texts(value: &Tree) -> Vec<String> {
    match value {
        Tree::Text(text) => split_list(text),
        value => texts_of(value).iter().map(|text| on_one_line(text)).collect(),
    }
}

/// The value of a key, in upper or lower case.
pub(super) fn get<'a>(map: &'a [(String, Tree)], key: &str) -> Option<&'a Tree> {
    map.iter().find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value)
}
