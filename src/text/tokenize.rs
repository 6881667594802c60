//! Splits a text into normalized words.

use std::ops::Range;
use std::sync::LazyLock;

use rustc_hash::FxHashMap;
use unicode_segmentation::UnicodeSegmentation;

use super::chat_noise::noise_spans;
use super::normalize::{is_apostrophe, push_normalized};

/// Most characters of a word that are kept; nothing longer is a word of a language.
pub const MAX_WORD_CHARS: usize = 48;

/// One word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// The normalized word; for a contraction, the part that this token represents.
    pub word: String,
    /// UTF-8 byte offsets into the text; both tokens of a contraction share the span.
    pub span: Range<usize>,
}

/// The first `max_tokens` words of `text`, without chat noise and with contractions expanded.
///
/// Word boundaries are those of Unicode Standard Annex #29. "U.S.", and an upper-case "US" in a
/// text with lower-case letters, become "usa", to distinguish the country from the pronoun.
pub fn tokenize(text: &str, max_tokens: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    for_each_word(text, max_tokens, |word, span| {
        tokens.push(Token { word: word.to_owned(), span });
    });
    tokens
}

/// Visits the words that [`tokenize`] returns, with their spans, without allocating tokens.
pub fn for_each_word(text: &str, max_tokens: usize, mut visit: impl FnMut(&str, Range<usize>)) {
    let noise = noise_spans(text);
    let is_all_caps = !text.chars().any(char::is_lowercase);
    let mut n_left = max_tokens;
    let mut buffer = String::new();
    for (start, raw) in text.unicode_word_indices() {
        if is_inside(&noise, start) {
            continue;
        }
        let span = start..start + raw.len();
        for_each_part(raw, is_all_caps, &mut buffer, |word| {
            if n_left > 0 {
                n_left -= 1;
                visit(word, span.clone());
            }
        });
        if n_left == 0 {
            break;
        }
    }
}

fn is_inside(spans: &[Range<usize>], at: usize) -> bool {
    let next = spans.partition_point(|span| span.start <= at);
    next.checked_sub(1).and_then(|idx| spans.get(idx)).is_some_and(|span| at < span.end)
}

/// Visits the words of one raw word: none, one, or the parts of a contraction.
fn for_each_part(raw: &str, is_all_caps: bool, buffer: &mut String, mut visit: impl FnMut(&str)) {
    if raw == "US" && !is_all_caps {
        return visit("usa");
    }
    let end = raw.char_indices().nth(MAX_WORD_CHARS).map_or(raw.len(), |(end, _)| end);
    buffer.clear();
    push_normalized(raw.get(..end).unwrap_or(raw), buffer);
    let word = buffer.trim_matches(|c: char| is_apostrophe(c) || c == '.' || c == '_');
    if word.is_empty() {
    } else if let Some(parts) = informal_spelling(word) {
        parts.split(' ').for_each(visit);
    } else if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        visit(word);
    } else if let Some(acronym) = acronym(word) {
        visit(&acronym);
    } else {
        for_each_part_of_contraction(word, visit);
    }
}

/// "u.s" becomes "usa", "u.n" becomes "un". The word boundary excludes the last full stop.
fn acronym(word: &str) -> Option<String> {
    let is_acronym = word.contains('.')
        && word.split('.').all(|part| part.chars().count() == 1)
        && word.chars().all(|c| c == '.' || c.is_alphabetic());
    is_acronym.then(|| match word.replace('.', "") {
        country if country == "us" => "usa".to_owned(),
        other => other,
    })
}

fn informal_spelling(word: &str) -> Option<&'static str> {
    static TABLE: LazyLock<FxHashMap<&str, &str>> =
        LazyLock::new(|| INFORMAL_SPELLINGS.into_iter().collect());
    TABLE.get(word).copied()
}

fn for_each_part_of_contraction(word: &str, mut visit: impl FnMut(&str)) {
    let Some((base, ending)) = word.rsplit_once('\'') else { return visit(word) };
    let (first, second) = match (base, ending) {
        ("can", "t") => ("can", "not"),
        ("won", "t") => ("will", "not"),
        ("shan", "t") => ("shall", "not"),
        (_, "t") => (base.strip_suffix('n').unwrap_or(base), "not"),
        (_, "re") => (base, "are"),
        (_, "ve") => (base, "have"),
        (_, "ll") => (base, "will"),
        (_, "m") => (base, "am"),
        (_, "d") => (base, "would"),
        (_, "s") if IS_CONTRACTION_BASES.contains(&base) => (base, "is"),
        (_, "s") => return visit(base),
        _ => return visit(&word.replace('\'', "")),
    };
    visit(first);
    visit(second);
}

/// Words after which 's is "is"; after others it is a possessive and is removed.
const IS_CONTRACTION_BASES: [&str; 14] = [
    "what", "who", "where", "when", "why", "how", "that", "it", "he", "she", "there", "here",
    "this", "let",
];

/// Contractions and abbreviations as they are typed in chat, with their words.
const INFORMAL_SPELLINGS: [(&str, &str); 46] = [
    ("whats", "what is"),
    ("whos", "who is"),
    ("wheres", "where is"),
    ("hows", "how is"),
    ("whys", "why is"),
    ("whens", "when is"),
    ("thats", "that is"),
    ("theres", "there is"),
    ("wats", "what is"),
    ("wat", "what"),
    ("wut", "what"),
    ("dont", "do not"),
    ("doesnt", "does not"),
    ("didnt", "did not"),
    ("isnt", "is not"),
    ("arent", "are not"),
    ("wasnt", "was not"),
    ("werent", "were not"),
    ("cant", "can not"),
    ("cannot", "can not"),
    ("wont", "will not"),
    ("couldnt", "could not"),
    ("wouldnt", "would not"),
    ("shouldnt", "should not"),
    ("havent", "have not"),
    ("hasnt", "has not"),
    ("hadnt", "had not"),
    ("theyre", "they are"),
    ("youre", "you are"),
    ("im", "i am"),
    ("ive", "i have"),
    ("u", "you"),
    ("ur", "your"),
    ("r", "are"),
    ("bc", "because"),
    ("cuz", "because"),
    ("cos", "because"),
    ("coz", "because"),
    ("abt", "about"),
    ("ppl", "people"),
    ("govt", "government"),
    ("gov", "government"),
    ("gonna", "going to"),
    ("wanna", "want to"),
    ("gotta", "got to"),
    ("thru", "through"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_split_into_normalized_words() {
        let cases = [
            ("", ""),
            ("Why didn’t China help?", "why did not china help"),
            ("whats china's view", "what is china view"),
            ("the U.S. and the UN", "the usa and the un"),
            ("US allies told us", "usa allies told us"),
            ("TELL US", "tell us"),
            ("non-interference, 1950-53", "non interference 1950 53"),
            ("who's Xi? he'll go", "who is xi he will go"),
            ("<@1> can't 🙂 https://a.b", "can not"),
            ("'quoted' rock'n'roll", "quoted rocknroll"),
            ("\u{202E}\u{200B}", ""),
            ("🙂🙂", ""),
        ];
        for (text, want) in cases {
            let got: Vec<String> = tokenize(text, usize::MAX).into_iter().map(|t| t.word).collect();
            assert_eq!(got.join(" "), want, "{text:?}");
        }
    }

    #[test]
    fn token_count_and_word_length_are_limited() {
        assert_eq!(tokenize("don't don't", 3).len(), 3);
        let long = "x".repeat(10_000);
        assert_eq!(tokenize(&long, 9)[0].word.len(), MAX_WORD_CHARS);
    }
}
