//! The format of the file `language.toml`.

use std::collections::BTreeMap;

use serde::Deserialize;

/// The content of `language.toml`; docs/languages.md describes its keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LanguageFile {
    #[expect(dead_code, reason = "for readers of the file")]
    pub(super) name: String,
    pub(super) stemmer: Option<String>,
    pub(super) compounds: bool,
    pub(super) letters: String,
    pub(super) elisions: Vec<String>,
    #[expect(dead_code, reason = "for readers of the file")]
    pub(super) sources: Vec<String>,
    pub(super) stop_words: Vec<String>,
    pub(super) fillers: Vec<String>,
    #[serde(default)]
    pub(super) statement_openers: Vec<String>,
    pub(super) question_words: BTreeMap<String, Vec<String>>,
    pub(super) contractions: BTreeMap<String, String>,
    pub(super) numerals: BTreeMap<String, u64>,
    pub(super) ordinals: BTreeMap<String, u64>,
    pub(super) closed_sets: BTreeMap<String, Vec<Vec<String>>>,
    pub(super) opposites: Opposites,
    pub(super) equivalents: Equivalents,
    pub(super) abbreviations: AbbreviationLists,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Opposites {
    pub(super) pairs: Vec<Vec<Vec<String>>>,
    #[serde(default)]
    pub(super) last_words: Vec<Vec<Vec<String>>>,
    pub(super) prefixes: Vec<String>,
    pub(super) directional: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Equivalents {
    pub(super) groups: Vec<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AbbreviationLists {
    pub(super) within: Vec<String>,
    pub(super) before_numbers: Vec<String>,
    pub(super) possible_ends: Vec<String>,
    pub(super) before_ordinals: Vec<String>,
}
