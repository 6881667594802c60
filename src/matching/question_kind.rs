//! The kind of a question: who, when, how many; or a statement.

use crate::text::language::{LanguageData, QuestionType};

/// Number of question types that [`QuestionKind`] distinguishes.
pub(crate) const N_QUESTION_TYPES: usize = 14;

/// Question types of a text, and whether it is a question or a statement.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct QuestionKind {
    /// The question types of its question words, as bits.
    pub(crate) types: QuestionType,
    /// Whether it is a statement: not a question, and with stop words such as "the" or "I", which
    /// mere search words do not have.
    pub(crate) is_statement: bool,
}

impl QuestionKind {
    /// The kind of `text`, which consists of `words` (folded).
    pub(crate) fn new<S: AsRef<str>>(data: &LanguageData, words: &[S], text: &str) -> Self {
        let types =
            data.question_words.find(words).into_iter().fold(0, |types, (_, _, it)| types | it);
        let is_yes_no =
            |word: Option<&S>| word.is_some_and(|word| data.yes_no.contains(word.as_ref()));
        let is_question = types != 0
            || is_yes_no(words.first())
            || is_yes_no(words.last())
            || text.contains(['?', '\u{FF1F}', '\u{061F}', '\u{37E}']);
        let is_statement =
            !is_question && words.iter().any(|word| data.is_stop_word(word.as_ref()));
        Self { types, is_statement }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Language;

    fn kind(code: &str, text: &str) -> QuestionKind {
        let words: Vec<&str> = text.trim_end_matches('?').split(' ').collect();
        QuestionKind::new(Language::new(code).data(), &words, text)
    }

    #[test]
    fn question_types_follow_the_longest_question_phrases() {
        let cases = [
            ("en", "who did it and when", 0b11),
            ("en", "how many soldiers", 1 << 7),
            ("en", "many soldiers", 0),
            ("de", "wie viele soldaten", 1 << 7),
            ("fr", "combien de soldats", 1 << 7),
        ];
        for (code, text, want) in cases {
            assert_eq!(kind(code, text).types & 0b1000_0011, want, "{text}");
        }
    }

    #[test]
    fn statements_have_stop_words_and_ask_nothing() {
        let cases = [
            ("en", "the soldiers have left", true),
            ("en", "the soldiers have left?", false),
            ("en", "did the soldiers leave", false),
            ("en", "the reason why", false),
            ("en", "soldiers kazakhstan", false),
            ("de", "die soldaten sind fort", true),
        ];
        for (code, text, want) in cases {
            assert_eq!(kind(code, text).is_statement, want, "{text}");
        }
    }
}
