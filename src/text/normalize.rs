//! Normalization of words that differ only in case, accents or invisible characters.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Normalizes a word for comparison.
///
/// The result is in compatibility decomposition (NFKD) and lower case, with straight apostrophes,
/// and without combining marks (so that "Orbán", typed on a phone as "orban", is the same word) and
/// invisible characters.
pub fn normalize_word(word: &str) -> String {
    let mut normalized = String::with_capacity(word.len());
    push_normalized(word, &mut normalized);
    normalized
}

/// Appends the normalized word to `into`.
pub(super) fn push_normalized(word: &str, into: &mut String) {
    // Fast path: in visible ASCII, only capitals and backquotes change.
    if word.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'`') {
        let start = into.len();
        into.push_str(word);
        if let Some(added) = into.get_mut(start..) {
            added.make_ascii_lowercase();
        }
        return;
    }
    into.extend(
        word.nfkd()
            .filter(|c| !is_combining_mark(*c) && !is_invisible(*c))
            .map(|c| if is_apostrophe(c) { '\'' } else { c })
            .flat_map(char::to_lowercase)
            .filter(|c| !is_combining_mark(*c)),
    );
}

/// Whether `c` is a character that people type for an apostrophe.
pub(crate) fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '\u{2019}' | '\u{2018}' | '\u{02BC}' | '\u{FF07}' | '`' | '\u{00B4}')
}

/// Whether `c` is invisible: control characters, zero-width characters, direction marks, variation
/// selectors, soft hyphens.
pub(crate) fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{061C}' | '\u{180E}' | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FE00}'..='\u{FE0F}'
            | '\u{FEFF}' | '\u{E0000}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_look_alike_normalize_to_the_same_form() {
        let cases = [
            ("Beijing", "beijing"),
            ("Orbán", "orban"),
            ("ﬁrms", "firms"),
            ("China’s", "china's"),
            ("China`s", "china's"),
            ("tro\u{200B}ops", "troops"),
            ("\u{202E}pla", "pla"),
            ("İstanbul", "istanbul"),
            ("", ""),
        ];
        for (word, want) in cases {
            assert_eq!(normalize_word(word), want, "{word:?}");
        }
    }
}
