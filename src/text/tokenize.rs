//! Splits a text of any language into folded words, to compare texts by their words.

use std::ops::Range;
use std::sync::LazyLock;

use super::analyzer::{Analyzer, Origin, Token};
use super::fold::Folding;
use super::identifier::is_emoji;
use super::language::Language;

/// The first `max_tokens` words of `text`, without chat noise and emoji, in lower case and without
/// accents. English contractions are expanded.
pub fn tokenize(text: &str, max_tokens: usize) -> Vec<Token> {
    let mut tokens = Vec::new();
    for_each_word(text, max_tokens, |word, span| {
        tokens.push(Token { word: word.to_owned(), span });
    });
    tokens
}

/// Visits the words that [`tokenize`] returns, with their spans, without allocating tokens.
pub fn for_each_word(text: &str, max_tokens: usize, mut visit: impl FnMut(&str, Range<usize>)) {
    static ANALYZER: LazyLock<Analyzer> = LazyLock::new(|| Analyzer::new(&Language::english()));
    let mut n_left = max_tokens;
    ANALYZER.for_each_word(text, Origin::Message, usize::MAX, |word, span| {
        if n_left > 0 && !is_emoji(word) {
            n_left -= 1;
            visit(&Folding::fold_all(word), span);
        }
    });
}

/// Whether the word at `span` starts with a capital, is not a long word in capitals, and follows a
/// word that does not end a sentence.
pub fn is_capitalized_inside(text: &str, span: &Range<usize>) -> bool {
    let word = text.get(span.clone()).unwrap_or_default();
    let before = text.get(..span.start).unwrap_or_default().trim_end();
    let is_inside = before.chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == ',');
    let mut chars = word.chars();
    is_inside
        && chars.next().is_some_and(char::is_uppercase)
        && (chars.next().is_none_or(char::is_lowercase) || word.chars().count() <= 5)
}
