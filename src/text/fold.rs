//! Folding: one spelling for letters that readers take for the same.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// How the letters of a language are folded: accents are removed, except those that make a
/// different letter of its script ("ñ" in Spanish, "ö" in German, "й" in Russian, voicing marks in
/// Japanese).
#[derive(Debug, Clone, Default)]
pub struct Folding {
    /// Letters of the language that are kept, composed (NFC), in lower case.
    letters: Vec<char>,
}

impl Folding {
    /// A folding that keeps `letters`, which are in lower case.
    pub fn new(letters: &str) -> Self {
        Self { letters: letters.nfc().collect() }
    }

    /// The folded form of a word in lower case.
    pub fn fold<'w>(&self, word: &'w str) -> Cow<'w, str> {
        if word.is_ascii() {
            return Cow::Borrowed(word);
        }
        let mut folded = String::with_capacity(word.len());
        for c in word.nfkc() {
            if self.letters.contains(&c) {
                folded.push(c);
                continue;
            }
            match c {
                'ß' => folded.push_str("ss"),
                'ı' => folded.push('i'),
                'ς' => folded.push('σ'),
                'ø' => folded.push('o'),
                'ł' => folded.push('l'),
                'đ' => folded.push('d'),
                'æ' => folded.push_str("ae"),
                'œ' => folded.push_str("oe"),
                'ş' => folded.push('ș'),
                'ţ' => folded.push('ț'),
                c if is_vowel_point(c) => {}
                c if has_foldable_accents(c) => {
                    folded.extend(std::iter::once(c).nfd().filter(|part| !is_latin_accent(*part)));
                }
                c if is_latin_accent(c) => {}
                c => folded.push(c),
            }
        }
        Cow::Owned(folded)
    }

    /// A word in lower case without any accent, as it is typed on a foreign keyboard.
    pub fn fold_all(word: &str) -> Cow<'_, str> {
        Self::default().fold(word)
    }
}

/// Whether `c` is a combining accent of the Latin, Greek and Cyrillic scripts.
fn is_latin_accent(c: char) -> bool {
    matches!(c, '\u{0300}'..='\u{036F}')
}

/// Whether `c` is a letter of a Latin, Greek or Cyrillic block whose accents are removed. Some
/// Cyrillic letters are always kept, and in other scripts marks are part of the spelling.
fn has_foldable_accents(c: char) -> bool {
    matches!(c, '\u{00C0}'..='\u{024F}' | '\u{0370}'..='\u{03FF}' | '\u{0400}'..='\u{052F}'
        | '\u{1E00}'..='\u{1FFF}')
        && !matches!(c, 'й' | 'ї' | 'ў' | 'ґ')
}

/// Whether `c` is a vowel point of Arabic or Hebrew, which everyday writing omits, or the Arabic
/// stroke (tatweel) that only widens a word.
fn is_vowel_point(c: char) -> bool {
    matches!(c, '\u{064B}'..='\u{0652}' | '\u{0670}' | '\u{0640}')
        || matches!(c, '\u{0591}'..='\u{05C7}') && is_combining_mark(c)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accents_are_removed_and_letters_of_the_language_are_kept() {
        let cases = [
            ("", "orbán", "orban"),
            ("ñ", "mañana está", "mañana esta"),
            ("äöüß", "schön", "schön"),
            ("", "schön", "schon"),
            ("", "élève", "eleve"),
            ("", "ёлка", "елка"),
            ("", "войне", "войне"),
            ("", "バス", "バス"),
            ("", "パス", "パス"),
            ("", "हिन्दी", "हिन्दी"),
            ("", "ไม่", "ไม่"),
            ("", "كِتَاب", "كتاب"),
            ("", "ｆｕｌｌ", "full"),
            ("", "ﬁrms", "firms"),
            ("", "παιδιά", "παιδια"),
        ];
        for (letters, word, want) in cases {
            assert_eq!(Folding::new(letters).fold(word), want, "{word}");
        }
        assert_eq!(Folding::fold_all("schön"), "schon");
    }
}
