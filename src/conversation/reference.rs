//! Words that only point to other words: "see title", "this?".

/// Most words of a message that may refer to what is above it. A longer one speaks for itself.
const MAX_REFERRING_WORDS: usize = 5;

/// The words of messages that say nothing but "see title".
const REFERRING_WORDS: [&str; 19] = [
    "see", "read", "title", "titel", "topic", "subject", "above", "the", "as", "in", "says", "it",
    "all", "siehe", "s", "oben", "betreff", "im", "steht",
];

/// Whether `text` is so short that what is above it may be meant.
pub fn may_refer(text: &str) -> bool {
    text.split_whitespace().count() <= MAX_REFERRING_WORDS
}

/// Whether `text` says nothing but that what is above it is meant.
pub fn only_refers(text: &str) -> bool {
    let mut words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.all(|word| REFERRING_WORDS.contains(&word.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_without_words_of_their_own_refer_to_what_is_above() {
        for (text, want) in [
            ("see title", (true, true)),
            ("Siehe oben!", (true, true)),
            ("^", (true, true)),
            ("do you know this", (true, false)),
            ("see the title, it says it all", (false, true)),
            ("when does the next ferry leave", (false, false)),
        ] {
            assert_eq!((may_refer(text), only_refers(text)), want, "{text}");
        }
    }
}
