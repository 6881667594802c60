//! Stop words and question words of English.

use std::sync::LazyLock;

use rustc_hash::FxHashSet;

/// Whether `word` (normalized) is a stop word: articles, pronouns, auxiliaries, prepositions,
/// question words, and words that people write around a question in chat.
///
/// Stop words still count a little in ranking (see `matching::term_weight`), but they are
/// never content words, which an answer must cover. English only; other languages have no list
/// here.
pub fn is_stop_word(word: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> =
        LazyLock::new(|| STOP_WORDS.iter().chain(&CHAT_FILLERS).copied().collect());
    SET.contains(word)
}

/// Whether `word` is chat filler around a question and never part of it: greetings, thanks,
/// laughter.
pub fn is_chat_filler(word: &str) -> bool {
    static SET: LazyLock<FxHashSet<&str>> =
        LazyLock::new(|| CHAT_FILLERS.iter().copied().collect());
    SET.contains(word)
}

/// Whether `word` is a question word: who, what, when and the like.
pub fn is_question_word(word: &str) -> bool {
    QUESTION_WORDS.contains(&word)
}

const QUESTION_WORDS: [&str; 9] =
    ["who", "whom", "whose", "what", "which", "when", "where", "why", "how"];

const STOP_WORDS: [&str; 127] = [
    "a", "about", "after", "all", "also", "am", "an", "and", "any", "are", "as", "at", "be",
    "because", "been", "before", "being", "but", "by", "can", "could", "did", "do", "does",
    "doing", "done", "during", "each", "either", "else", "even", "ever", "every", "for", "from",
    "get", "gets", "getting", "go", "got", "had", "has", "have", "having", "he", "her", "here",
    "him", "his", "how", "i", "if", "in", "into", "is", "it", "its", "just", "know", "let", "like",
    "me", "may", "might", "more", "most", "much", "must", "my", "no", "not", "now", "of", "off",
    "on", "one", "or", "other", "our", "out", "over", "own", "really", "say", "shall", "she",
    "should", "so", "some", "such", "tell", "than", "that", "the", "their", "them", "then",
    "there", "these", "they", "this", "those", "to", "too", "up", "us", "very", "was", "we",
    "were", "what", "when", "where", "which", "while", "who", "whom", "whose", "why", "will",
    "with", "would", "you", "your", "yours", "explain", "mean",
];

const CHAT_FILLERS: [&str; 115] = [
    "hi",
    "hello",
    "hey",
    "hiya",
    "heya",
    "yo",
    "sup",
    "greetings",
    "morning",
    "afternoon",
    "evening",
    "thanks",
    "thank",
    "thx",
    "ty",
    "cheers",
    "please",
    "pls",
    "plz",
    "lol",
    "lmao",
    "lmfao",
    "rofl",
    "haha",
    "hahaha",
    "hehe",
    "omg",
    "wow",
    "wtf",
    "btw",
    "um",
    "umm",
    "uh",
    "huh",
    "hmm",
    "er",
    "erm",
    "ok",
    "okay",
    "k",
    "well",
    "anyway",
    "anyways",
    "guys",
    "folks",
    "everyone",
    "everybody",
    "anyone",
    "anybody",
    "somebody",
    "someone",
    "bot",
    "dude",
    "bro",
    "bruh",
    "mate",
    "buddy",
    "sorry",
    "oh",
    "ooh",
    "ah",
    "aha",
    "yeah",
    "yea",
    "yep",
    "yes",
    "nope",
    "nah",
    "idk",
    "imo",
    "imho",
    "ngl",
    "tbh",
    "fyi",
    "afaik",
    "fr",
    "frfr",
    "rn",
    "smh",
    "ffs",
    "af",
    "istg",
    "ikr",
    "welp",
    "oops",
    "meh",
    "ugh",
    "wait",
    "quick",
    "quickly",
    "basically",
    "literally",
    "actually",
    "honestly",
    "seriously",
    "kinda",
    "sorta",
    "maybe",
    "perhaps",
    "curious",
    "wonder",
    "wondering",
    "wondered",
    "asking",
    "ask",
    "asked",
    "question",
    "questions",
    "wanna",
    "gimme",
    "lemme",
    "stuff",
    "thing",
    "things",
    "folk",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_words_are_function_words_and_no_content_words() {
        for word in ["the", "why", "please", "did"] {
            assert!(is_stop_word(word), "{word}");
        }
        for word in ["china", "troops", "help", "why not", ""] {
            assert!(!is_stop_word(word), "{word}");
        }
        assert!(is_question_word("who") && !is_question_word("did"));
    }
}
