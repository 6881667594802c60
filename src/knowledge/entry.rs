//! An entry: a question, its phrasings, and the quotes that answer it, or none for a gap.

use std::ops::Range;

use super::Quote;
use super::slug::slug;
use crate::text::Language;

/// The longest id, in characters.
pub const MAX_ID_CHARS: usize = 100;

/// The longest id that is made of a question, in characters, without a number.
const MAX_CHARS_FROM_QUESTION: usize = 60;

/// The id of an entry: 1 to [`MAX_ID_CHARS`] characters without white space or control characters.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(String);

impl EntryId {
    /// The id, or `None` if the text does not follow the rule.
    pub fn new(id: &str) -> Option<Self> {
        let n_chars = id.chars().count();
        let is_valid = (1..=MAX_ID_CHARS).contains(&n_chars)
            && !id.chars().any(|c| c.is_whitespace() || c.is_control());
        is_valid.then(|| Self(id.to_owned()))
    }

    /// An id made of the words of a question, with a number if it is taken.
    pub fn from_question(question: &str, is_taken: impl Fn(&str) -> bool) -> Self {
        let words = slug(question, MAX_CHARS_FROM_QUESTION);
        let stem = if words.is_empty() { "entry".to_owned() } else { words };
        let mut id = stem.clone();
        let mut number = 1usize;
        while is_taken(&id) {
            number += 1;
            id = format!("{stem}-{number}");
        }
        Self(id)
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::fmt::Display for EntryId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// The content of an entry: its answer, or none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// The source answers the question.
    Answer {
        /// The curator's line above the quotes.
        lead: Option<String>,
        /// The proved quotes, in the order in which they are shown. Never empty.
        quotes: Vec<Quote>,
    },
    /// The source does not answer the question.
    Gap,
}

/// Phrasings of an entry in another language than its question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Translation {
    /// Their language.
    pub language: Language,
    /// The phrasings. Never empty.
    pub phrasings: Vec<String>,
}

/// One curated question with its answer, or a gap.
#[derive(Debug, Clone)]
pub struct Entry {
    /// Its id, unique in its pack.
    pub id: EntryId,
    /// The canonical question.
    pub question: String,
    /// Other phrasings of the question, in its language.
    pub variants: Vec<String>,
    /// The language of question and variants; `None` if it is that of the pack.
    pub language: Option<Language>,
    /// Phrasings in other languages, each language at most once.
    pub translations: Vec<Translation>,
    /// The answer, or none for a gap.
    pub content: Content,
    /// Its topics.
    pub tags: Vec<String>,
    /// Ids of related entries of the same pack.
    pub see_also: Vec<EntryId>,
}

impl Entry {
    /// The canonical question, then the variants, then the translations.
    pub fn phrasings(&self) -> impl Iterator<Item = &str> {
        let translated = self.translations.iter().flat_map(|it| &it.phrasings);
        self.untranslated().chain(translated.map(String::as_str))
    }

    /// The canonical question, then the variants.
    pub fn untranslated(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.question).chain(&self.variants).map(String::as_str)
    }

    /// How many phrasings it has.
    pub fn n_phrasings(&self) -> usize {
        self.n_untranslated() + self.translations.iter().map(|it| it.phrasings.len()).sum::<usize>()
    }

    /// Its languages, each with the numbers of its phrasings; `pack_language` is that of an entry
    /// that has no other.
    pub fn languages<'a>(
        &'a self,
        pack_language: &'a Language,
    ) -> impl Iterator<Item = (&'a Language, Range<usize>)> {
        let own = self.language.as_ref().unwrap_or(pack_language);
        let translated = self.translations.iter().map(|it| &it.language);
        std::iter::once(own).chain(translated).zip(self.numbers_by_language())
    }

    /// The numbers of the phrasings in each of its languages.
    fn numbers_by_language(&self) -> impl Iterator<Item = Range<usize>> {
        let translated = self.translations.iter().map(|it| it.phrasings.len());
        let mut end = 0;
        std::iter::once(self.n_untranslated()).chain(translated).map(move |n_phrasings| {
            let start = end;
            end += n_phrasings;
            start..end
        })
    }

    /// The numbers of the phrasings in the language of the phrasing with this number; empty if there
    /// is none.
    pub fn numbers_in_language_of(&self, number: usize) -> Range<usize> {
        self.numbers_by_language().find(|numbers| numbers.contains(&number)).unwrap_or_default()
    }

    /// How many phrasings are not translations.
    fn n_untranslated(&self) -> usize {
        1 + self.variants.len()
    }

    /// The quotes; none for a gap.
    pub fn quotes(&self) -> &[Quote] {
        match &self.content {
            Content::Answer { quotes, .. } => quotes,
            Content::Gap => &[],
        }
    }

    /// The curator's line; none for a gap.
    pub fn lead(&self) -> Option<&str> {
        match &self.content {
            Content::Answer { lead, .. } => lead.as_deref(),
            Content::Gap => None,
        }
    }

    /// Whether this is a gap: the source does not answer the question.
    pub fn is_gap(&self) -> bool {
        matches!(self.content, Content::Gap)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrasings_are_numbered_through_all_languages() {
        let texts = |texts: &[&str]| texts.iter().map(|it| (*it).to_owned()).collect();
        let entry = Entry {
            id: EntryId::new("a").unwrap(),
            question: "one".to_owned(),
            variants: texts(&["two"]),
            language: None,
            translations: vec![
                Translation { language: Language::new("de"), phrasings: texts(&["drei"]) },
                Translation {
                    language: Language::new("fr"),
                    phrasings: texts(&["quatre", "cinq"]),
                },
            ],
            content: Content::Gap,
            tags: Vec::new(),
            see_also: Vec::new(),
        };
        assert_eq!(entry.phrasings().collect::<Vec<_>>(), ["one", "two", "drei", "quatre", "cinq"]);
        assert_eq!(entry.n_phrasings(), 5);
        let numbers = [0, 1, 2, 3, 4, 5].map(|number| entry.numbers_in_language_of(number));
        assert_eq!(numbers, [0..2, 0..2, 2..3, 3..5, 3..5, 0..0]);
        let english = Language::english();
        let codes: Vec<_> =
            entry.languages(&english).map(|(language, _)| language.code()).collect();
        assert_eq!(codes, ["en", "de", "fr"]);
    }

    #[test]
    fn id_is_short_and_has_no_white_space_or_control_characters() {
        let cases = [
            ("a", true),
            ("why-no-troops", true),
            ("Ünï:код", true),
            ("", false),
            ("a b", false),
            ("a\u{a0}b", false),
            ("a\u{0}", false),
            ("x".repeat(100).leak(), true),
            ("x".repeat(101).leak(), false),
        ];
        for (id, want) in cases {
            assert_eq!(EntryId::new(id).is_some(), want, "{id:?}");
        }
    }
}
