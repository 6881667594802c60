//! Names made of texts: file names of sources, ids of entries.

use unicode_normalization::UnicodeNormalization;

/// The words of `text` in lower case, joined by hyphens, of at most `max_chars` characters; empty if there is
/// no letter or digit. Letters of every script stay.
pub(super) fn slug(text: &str, max_chars: usize) -> String {
    let words = text.split(|c: char| !c.is_alphanumeric() && !is_inside_word(c));
    let mut slug = String::new();
    let mut n_chars = 0;
    for word in words {
        let word = plain(word);
        if word.is_empty() {
            continue;
        }
        let hyphen = usize::from(!slug.is_empty());
        let n_word_chars = word.chars().count();
        if n_chars + hyphen + n_word_chars > max_chars {
            // A language without spaces has one long word.
            if slug.is_empty() {
                slug.extend(word.chars().take(max_chars));
            }
            break;
        }
        if hyphen > 0 {
            slug.push('-');
        }
        slug.push_str(&word);
        n_chars += hyphen + n_word_chars;
    }
    slug
}

/// A word in lower case, without the accents of Latin, Greek and Cyrillic letters.
fn plain(word: &str) -> String {
    let letters = word.nfkd().filter(|c| !ACCENTS.contains(c)).nfc().flat_map(char::to_lowercase);
    letters.filter(|c| c.is_alphanumeric() || is_mark(*c) && !VARIATIONS.contains(c)).collect()
}

/// The block "Combining Diacritical Marks" of Unicode.
const ACCENTS: std::ops::RangeInclusive<char> = '\u{300}'..='\u{36F}';

/// The block "Variation Selectors", of emoji.
const VARIATIONS: std::ops::RangeInclusive<char> = '\u{FE00}'..='\u{FE0F}';

fn is_inside_word(c: char) -> bool {
    matches!(c, '’' | '\'') || is_mark(c)
}

/// Vowel signs and other marks, without which words of some scripts are others.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slug_is_a_plain_name() {
        let cases = [
            ("Why did China not dispatch soldiers?", "why-did-china-not-dispatch-soldiers"),
            ("The PLA’s “Żółw”", "the-plas-zołw"),
            ("../../etc/passwd", "etc-passwd"),
            ("北京", "北京"),
            ("同じバス", "同じバス"),
            ("เปิดกี่โมง", "เปิดกี่โมง"),
            ("पानी कहाँ", "पानी-कहाँ"),
            ("Où est l’Élysée?", "ou-est-lelysee"),
            (" --- ", ""),
            (&"word ".repeat(50), "word-word-word-word-word-word-word-word-word-word-word-word"),
            (&"字".repeat(90), &"字".repeat(60)),
        ];
        for (text, want) in cases {
            assert_eq!(slug(text, 60), want, "{text:?}");
        }
    }
}
