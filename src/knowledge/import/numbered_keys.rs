//! Keys with numbers, as in files of translations: `q1` and `a1`.

use std::collections::HashMap;

use super::field_names::{self, Field};
use super::tree::Tree;

/// Maps of keys with the same number: `q1` and `a1`, `question_2` and `answer_2`.
pub(super) struct NumberedKeys {
    /// The maps in the order of the file, with keys without their numbers.
    pub(super) maps: Vec<Vec<(String, Tree)>>,
    /// The lists and maps under other keys.
    pub(super) rest: Vec<(String, Tree)>,
}

impl NumberedKeys {
    /// `None` if the keys have no numbers ([`has_pairs`]).
    pub(super) fn of(map: &[(String, Tree)]) -> Option<Self> {
        if !has_pairs(map) {
            return None;
        }
        let mut numbered = Self { maps: Vec::new(), rest: Vec::new() };
        let mut idx_of_number: HashMap<&str, usize> = HashMap::new();
        for (key, value) in map {
            let Some((stem, number)) = stem(key) else {
                if matches!(value, Tree::List(_) | Tree::Map(_)) {
                    numbered.rest.push((key.clone(), value.clone()));
                }
                continue;
            };
            let next = numbered.maps.len();
            let idx = *idx_of_number.entry(number).or_insert(next);
            if idx == next {
                numbered.maps.push(Vec::new());
            }
            if let Some(fields) = numbered.maps.get_mut(idx) {
                fields.push((stem.to_owned(), value.clone()));
            }
        }
        Some(numbered)
    }
}

/// Whether numbers have questions, and there is no question with its answer without a number.
pub(super) fn has_pairs(map: &[(String, Tree)]) -> bool {
    let has = |field| map.iter().any(|(key, _)| field_names::is_usual(field, key));
    let is_question = |(key, value): &(String, Tree)| {
        matches!(value, Tree::Text(_)) && is_stem(Field::Question, key)
    };
    let is_label =
        |key: &str| stem(key).is_some_and(|(stem, _)| field_names::is_label(Field::Question, stem));
    let is_sure = map.iter().any(|(key, _)| is_stem(Field::Answer, key) || is_label(key));
    map.iter().any(is_question) && is_sure && !(has(Field::Question) && has(Field::Answer))
}

/// A key without the number at its end, and the number; `None` if it has none, or nothing else.
fn stem(key: &str) -> Option<(&str, &str)> {
    let key = key.trim();
    let with_mark = key.trim_end_matches(|c: char| c.is_ascii_digit());
    let number = key.get(with_mark.len()..).filter(|number| !number.is_empty())?;
    let stem = with_mark.trim_end_matches(['_', '-', ' ', '.']);
    (!stem.is_empty()).then_some((stem, number))
}

/// Whether a key is a usual name of the field with a number.
pub(super) fn is_stem(field: Field, key: &str) -> bool {
    stem(key).is_some_and(|(stem, _)| field_names::is_usual(field, stem))
}

/// Whether a key is a number.
pub(super) fn is_number(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_digit())
}
