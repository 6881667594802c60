//! The kind of a question: who, when, how many; or a statement.

use crate::text::stop_words::is_question_word;

/// Number of question types that [`QuestionKind`] distinguishes.
pub(crate) const N_QUESTION_TYPES: usize = 15;

/// Question types of a text, accumulated word by word.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct QuestionKind {
    types: u32,
    is_after_how: bool,
    n_words: usize,
    has_question_word: bool,
}

impl QuestionKind {
    /// Adds the next word of the text.
    pub(crate) fn add(&mut self, word: &str) {
        if std::mem::take(&mut self.is_after_how) {
            self.types |= how_type(word).unwrap_or(HOW);
        }
        self.types |= match word {
            "who" | "whom" | "whose" => 1,
            "when" => 1 << 1,
            "where" => 1 << 2,
            "why" => 1 << 3,
            "which" => 1 << 4,
            "what" => 1 << 5,
            _ => 0,
        };
        self.is_after_how = word == "how";
        self.has_question_word |= is_question_word(word) || self.n_words == 0 && is_auxiliary(word);
        self.n_words += 1;
    }

    /// The question types of the text, as bits.
    pub(crate) fn types(self) -> u32 {
        if self.is_after_how { self.types | HOW } else { self.types }
    }

    /// Whether `text`, whose words were added, reads like a question: it has a question word,
    /// starts with an auxiliary, or has a question mark.
    pub(crate) fn is_question(self, text: &str) -> bool {
        self.has_question_word || text.contains(['?', '\u{FF1F}', '\u{061F}'])
    }
}

const HOW: u32 = 1 << 6;

/// The question type of "how" followed by `word`.
fn how_type(word: &str) -> Option<u32> {
    Some(match word {
        "many" => 1 << 7,
        "much" => 1 << 8,
        "long" => 1 << 9,
        "old" => 1 << 10,
        "big" => 1 << 11,
        "far" => 1 << 12,
        "often" => 1 << 13,
        "large" => 1 << 14,
        _ => return None,
    })
}

fn is_auxiliary(word: &str) -> bool {
    const AUXILIARIES: [&str; 19] = [
        "is", "are", "was", "were", "do", "does", "did", "has", "have", "had", "can", "could",
        "will", "would", "should", "may", "might", "must", "am",
    ];
    AUXILIARIES.contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(text: &str) -> QuestionKind {
        let mut kind = QuestionKind::default();
        text.split(' ').for_each(|word| kind.add(word));
        kind
    }

    #[test]
    fn question_types_follow_question_words_and_the_word_after_how() {
        let cases = [
            ("who did it and when", 0b11),
            ("how many soldiers", 1 << 7),
            ("how", HOW),
            ("tell me how it ended", HOW),
            ("how how old", HOW | 1 << 10),
            ("many soldiers", 0),
        ];
        for (text, want) in cases {
            assert_eq!(kind(text).types(), want, "{text}");
        }
    }

    #[test]
    fn statement_is_not_a_question() {
        let cases = [
            ("did china help", true),
            ("china did help", false),
            ("china did help?", true),
            ("the reason why", true),
        ];
        for (text, want) in cases {
            assert_eq!(kind(text).is_question(text), want, "{text}");
        }
    }
}
