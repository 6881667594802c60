//! The language of a text: its code, and the data that is known of it.
//!
//! A language is a folder below `language/` with two files: `language.toml` (words by hand) and
//! `everyday_words.txt` (word frequencies, made by `scripts/everyday_words.py`). docs/languages.md
//! says how to add one.

mod data;
mod exclusive;
mod file;

use std::sync::LazyLock;

pub use data::{LanguageData, QuestionType};
pub use exclusive::{ExclusiveWords, SetMember};

/// The language of a pack's phrasings, as an ISO 639-1 code in lower case.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Language(String);

impl Language {
    /// English, the default.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Takes a code such as "en" or "pt-BR"; the region behind the first hyphen is ignored.
    pub fn new(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or_default().trim().to_lowercase();
        Self(match primary.as_str() {
            "no" | "nn" => "nb".to_owned(),
            "iw" => "he".to_owned(),
            _ => primary,
        })
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// What is known of the language; empty lists for a language without a folder.
    pub fn data(&self) -> &'static LanguageData {
        static UNKNOWN: LazyLock<LanguageData> = LazyLock::new(LanguageData::default);
        known_data(&self.0).unwrap_or(&UNKNOWN)
    }
}

macro_rules! languages {
    ($($code:literal)*) => {
        /// Codes of the languages that have data.
        pub const LANGUAGES: &[&str] = &[$($code),*];

        /// The data of a language, read at the first use.
        fn known_data(code: &str) -> Option<&'static LanguageData> {
            match code {
                $($code => {
                    static DATA: LazyLock<LanguageData> = LazyLock::new(|| LanguageData::parse(
                        include_str!(concat!("language/", $code, "/language.toml")),
                        include_str!(concat!("language/", $code, "/everyday_words.txt")),
                    ).unwrap_or_default());
                    Some(&DATA)
                })*
                _ => None,
            }
        }

        #[cfg(test)]
        const FILES: &[(&str, &str, &str)] = &[$((
            $code,
            include_str!(concat!("language/", $code, "/language.toml")),
            include_str!(concat!("language/", $code, "/everyday_words.txt")),
        )),*];
    };
}

languages! {
    "ar" "cs" "da" "de" "el" "en" "es" "fi" "fr" "he" "hi" "hu" "it" "ja" "ko" "nb" "nl" "pl" "pt"
    "ro" "ru" "sv" "tr" "uk" "zh"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn language_files_parse_and_hold_at_least_stop_words_and_question_words() {
        for (code, words, everyday) in FILES {
            let data =
                LanguageData::parse(words, everyday).unwrap_or_else(|e| panic!("{code}: {e}"));
            assert!(data.n_stop_words() >= 50, "{code}: {}", data.n_stop_words());
            assert!(data.n_question_phrases() >= 8, "{code}");
        }
    }

    #[test]
    fn regions_and_other_codes_of_a_language_are_one() {
        let cases = [("pt-BR", "pt"), ("no", "nb"), (" EN ", "en"), ("xx", "xx")];
        for (code, want) in cases {
            assert_eq!(Language::new(code).code(), want);
        }
        assert!(Language::new("xx").data().stemmer.is_none());
    }
}
