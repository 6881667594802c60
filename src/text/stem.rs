//! Stemming: reduces the forms of a word to a common stem.

use rust_stemmers::Algorithm;

/// The language of a pack's phrasings, as an ISO 639-1 code in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Language(String);

impl Language {
    /// English, the default.
    pub fn english() -> Self {
        Self("en".to_owned())
    }

    /// Parses a code such as "en" or "pt-BR"; a region after the first hyphen is ignored.
    pub fn new(code: &str) -> Self {
        let primary = code.split(['-', '_']).next().unwrap_or_default();
        Self(primary.trim().to_lowercase())
    }

    /// The ISO 639-1 code.
    pub fn code(&self) -> &str {
        &self.0
    }

    /// Whether words of this language are stemmed; otherwise they are compared unchanged.
    pub fn has_stemming(&self) -> bool {
        self.algorithm().is_some()
    }

    fn algorithm(&self) -> Option<Algorithm> {
        Some(match self.0.as_str() {
            "ar" => Algorithm::Arabic,
            "da" => Algorithm::Danish,
            "de" => Algorithm::German,
            "el" => Algorithm::Greek,
            "en" => Algorithm::English,
            "es" => Algorithm::Spanish,
            "fi" => Algorithm::Finnish,
            "fr" => Algorithm::French,
            "hu" => Algorithm::Hungarian,
            "it" => Algorithm::Italian,
            "nl" => Algorithm::Dutch,
            "no" | "nb" | "nn" => Algorithm::Norwegian,
            "pt" => Algorithm::Portuguese,
            "ro" => Algorithm::Romanian,
            "ru" => Algorithm::Russian,
            "sv" => Algorithm::Swedish,
            "ta" => Algorithm::Tamil,
            "tr" => Algorithm::Turkish,
            _ => return None,
        })
    }
}

/// A Snowball stemmer; for languages without one it returns words unchanged.
pub struct Stemmer(Option<rust_stemmers::Stemmer>);

impl Stemmer {
    /// The stemmer of `language`.
    pub fn new(language: &Language) -> Self {
        Self(language.algorithm().map(rust_stemmers::Stemmer::create))
    }

    /// The stem of a normalized word.
    pub fn stem(&self, word: &str) -> String {
        match &self.0 {
            Some(stemmer) => stemmer.stem(word).into_owned(),
            None => word.to_owned(),
        }
    }
}

impl std::fmt::Debug for Stemmer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Stemmer").field(&self.0.is_some()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn word_forms_share_a_stem_if_the_language_has_a_stemmer() {
        let cases = [
            ("en", "deploying", "deploy"),
            ("en", "troops", "troop"),
            ("en-GB", "allies", "alli"),
            ("fr", "continuation", "continu"),
            ("xx", "deploying", "deploying"),
        ];
        for (code, word, want) in cases {
            assert_eq!(Stemmer::new(&Language::new(code)).stem(word), want, "{code} {word}");
        }
    }
}
