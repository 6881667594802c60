//! The words and sentences for moderators.

use fluent_bundle::FluentValue;
use unicode_normalization::UnicodeNormalization;

use super::Wording;
use crate::conversation::moderator_command::{Field, Verb};

impl Wording {
    /// The verb that `word` is, in this language or in English, whatever the case of its letters.
    pub fn verb(&self, word: &str) -> Option<Verb> {
        let word = folded(word);
        Verb::ALL.into_iter().find(|verb| word == verb.name() || word == self.verb_word(*verb))
    }

    /// The word for `verb` in this language.
    pub fn verb_word(&self, verb: Verb) -> String {
        self.sentence(&format!("verb-{}", verb.name()), [])
    }

    /// The field that `word` names, in this language or in English, whatever the case of its letters.
    pub fn field(&self, word: &str) -> Option<Field> {
        let word = folded(word);
        let name = |field: Field| self.sentence(&format!("field-{}", field.name()), []);
        Field::ALL.into_iter().find(|field| word == field.name() || word == name(*field))
    }

    /// A word for values of settings, such as that for `yes`.
    pub fn word(&self, id: &str) -> String {
        self.sentence(&format!("word-{id}"), [])
    }

    /// Whether `typed` is the [word](Self::word) `id`, in this language or in English, whatever the case of its letters.
    pub fn is_word(&self, typed: &str, id: &str) -> bool {
        let typed = folded(typed);
        typed == id || typed == folded(&self.word(id))
    }

    /// What stands after the word for `verb`, and what the command does.
    pub fn usage(&self, verb: Verb) -> (String, String) {
        let sentence = |kind: &str| self.sentence(&format!("{kind}-{}", verb.name()), []);
        (sentence("usage"), sentence("about"))
    }

    /// The sentence `id` of `moderators.*.ftl`, with `values` filled in.
    pub fn sentence<const N: usize>(&self, id: &str, values: [(&str, &str); N]) -> String {
        self.format(id, values.map(|(name, value)| (name, FluentValue::from(value))))
    }

    /// The sentence `id`, which has a number: `n` chooses its form.
    pub fn counted(&self, id: &str, n: usize) -> String {
        // The number that is shown has no separators of thousands.
        self.format(id, [("n", n.into()), ("count", n.to_string().into())])
    }
}

/// A typed word as words are compared: some systems write umlauts as two characters.
fn folded(word: &str) -> String {
    word.nfc().collect::<String>().to_lowercase()
}
