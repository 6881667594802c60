//! Data of a language, parsed from its two files.

use frostem::Algorithm;
use rustc_hash::{FxHashMap, FxHashSet};

use super::exclusive::ExclusiveWords;
use super::file::{AbbreviationLists, LanguageFile};
use crate::text::abbreviation::{Abbreviations, Ending};
use crate::text::fold::Folding;
use crate::text::phrases::Phrases;

/// A set of question types (who, when, how many, ...), as bits.
pub type QuestionType = u32;

/// The data of a language. All words are folded by [`Folding::fold`].
#[derive(Debug, Default)]
pub struct LanguageData {
    /// Stemming algorithm, if the language has one.
    pub stemmer: Option<Algorithm>,
    /// Whether compounds of any length are written as one word, as in German.
    pub has_compounds: bool,
    /// How words are folded.
    pub folding: Folding,
    /// Elided words before an apostrophe, which are words of their own ("l" of "l'ouverture").
    pub elisions: FxHashSet<String>,
    /// Filler phrases that people write around a question in chat.
    pub fillers: Phrases<()>,
    /// Phrases that precede a question and are not part of it ("does anyone know").
    pub openers: Phrases<()>,
    /// Question words and phrases, with their question types.
    pub question_words: Phrases<QuestionType>,
    /// Words that start a yes-or-no question, or mark one at its end.
    pub yes_no: FxHashSet<String>,
    /// Contractions and informal spellings, with their words.
    pub contractions: FxHashMap<String, String>,
    /// Number words, with their digits.
    pub numerals: FxHashMap<String, String>,
    /// Words and phrases that exclude each other.
    pub exclusive: ExclusiveWords,
    /// Words of direction: 0 for words such as "from", 1 for words such as "to".
    pub directions: FxHashMap<String, usize>,
    /// Prefixes that turn a word into its opposite.
    pub opposite_prefixes: Vec<String>,
    /// Groups of everyday words and phrases with the same meaning, not folded.
    pub equivalents: Vec<Vec<String>>,
    /// Abbreviations, after which a sentence may go on.
    pub abbreviations: Abbreviations,
    /// Words after which a number with a full stop is an ordinal ("am 3. Oktober"), folded; empty if
    /// the language does not write ordinals so, or writes what follows them in lower case.
    pub before_ordinals: FxHashSet<String>,
    /// Names of months, folded.
    pub months: FxHashSet<String>,
    stop_words: FxHashSet<String>,
    /// Zipf value of the most common words: log10 of their occurrences in a billion words.
    everyday: FxHashMap<String, f32>,
    /// Zipf value of the rarest word whose frequency is used, see [`Self::background_idf`].
    rarest: f32,
}

/// Number of the most common words whose frequencies are used for weights; all rarer words have the
/// same background IDF. A prototype found that more do not help (docs/quality.md).
const N_WEIGHTED: usize = 1200;

impl LanguageData {
    /// Parses the files of a language: `words` is its `language.toml`, `everyday` its
    /// `everyday_words.txt`.
    ///
    /// # Errors
    /// If `words` is not TOML with the keys of a language.
    pub fn parse(words: &str, everyday: &str) -> Result<Self, toml::de::Error> {
        let file: LanguageFile = toml::from_str(words)?;
        let folding = Folding::new(&file.letters);
        let word = |text: &str| folding.fold(&text.to_lowercase()).into_owned();
        let phrase = |text: &str| -> Vec<String> {
            text.split([' ', '-', '\'']).filter(|part| !part.is_empty()).map(word).collect()
        };
        let set =
            |list: &[String]| -> FxHashSet<String> { list.iter().map(|it| word(it)).collect() };
        let phrases = |list: &[String]| {
            list.iter().fold(Phrases::default(), |mut phrases, text| {
                phrases.add(phrase(text), ());
                phrases
            })
        };
        let mut question_words = Phrases::default();
        for (bit, name) in (0..).zip(QUESTION_TYPES) {
            for text in file.question_words.get(name).into_iter().flatten() {
                question_words.add(phrase(text), 1 << bit);
            }
        }
        let stop_words = set(&file.stop_words);
        let months = file.closed_sets.get("months").map(|it| it.concat()).unwrap_or_default();
        let numerals = file
            .numerals
            .iter()
            .map(|(text, number)| (word(text), number.to_string()))
            .filter(|(text, _)| !stop_words.contains(text) && !text.contains(' '))
            .collect();
        let contractions =
            file.contractions.iter().map(|(k, v)| (word(k), v.to_lowercase())).collect();
        let frequencies = frequencies(everyday, word);
        let stemmer = file.stemmer.as_deref().and_then(|name| Algorithm::from_name(name).ok());
        let exclusive = ExclusiveWords::new(&file, &folding, stemmer, phrase);
        Ok(Self {
            exclusive,
            stemmer,
            has_compounds: file.compounds,
            elisions: set(&file.elisions),
            fillers: phrases(&file.fillers),
            openers: phrases(&file.statement_openers),
            question_words,
            yes_no: file.question_words.get("yes_no").map(|list| set(list)).unwrap_or_default(),
            contractions,
            numerals,
            directions: (0..)
                .zip(&file.opposites.directional)
                .flat_map(|(side, forms)| forms.iter().map(move |form| (form, side)))
                .map(|(form, side)| (word(form), side))
                .collect(),
            opposite_prefixes: file.opposites.prefixes.iter().map(|it| word(it)).collect(),
            equivalents: file.equivalents.groups,
            months: set(&months),
            before_ordinals: set(&file.abbreviations.before_ordinals),
            abbreviations: abbreviations(&file.abbreviations),
            stop_words,
            rarest: frequencies.get(N_WEIGHTED - 1).or(frequencies.last()).map_or(0.0, |it| it.1),
            everyday: frequencies.into_iter().rev().collect(),
            folding,
        })
    }

    /// Whether `word` (folded) is a stop word, which an answer need not cover.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// The stop words, folded, in no order.
    pub fn stop_words(&self) -> impl Iterator<Item = &str> {
        self.stop_words.iter().map(String::as_str)
    }

    /// The number of stop words.
    pub fn n_stop_words(&self) -> usize {
        self.stop_words.len()
    }

    /// Number of question words and phrases.
    pub fn n_question_phrases(&self) -> usize {
        self.question_words.len()
    }

    /// Whether `word` (folded) is one of the common words of the language.
    pub fn is_known(&self, word: &str) -> bool {
        self.everyday.contains_key(word)
    }

    /// Rarity of a folded word in everyday language, 0.0 to 1.0: information content, -ln p, as a
    /// share of that of the 1,200th most common word; 1.0 for all rarer words.
    pub fn background_idf(&self, word: &str) -> f32 {
        const BILLION_LOG10: f32 = 9.0;
        let Some(zipf) = self.everyday.get(word) else { return 1.0 };
        ((BILLION_LOG10 - zipf) / (BILLION_LOG10 - self.rarest)).clamp(0.0, 1.0)
    }
}

/// The words of `everyday`, folded by `word`, with their Zipf values.
fn frequencies(everyday: &str, word: impl Fn(&str) -> String) -> Vec<(String, f32)> {
    let lines = everyday.lines().filter_map(|line| line.rsplit_once(' '));
    lines.filter_map(|(text, zipf)| Some((word(text), zipf.parse().ok()?))).collect()
}

fn abbreviations(lists: &AbbreviationLists) -> Abbreviations {
    let lists = [
        (&lists.within, Ending::Never),
        (&lists.before_numbers, Ending::UnlessNumber),
        (&lists.possible_ends, Ending::Possible),
    ];
    let mut abbreviations = Abbreviations::default();
    for (list, ending) in lists {
        list.iter().for_each(|text| abbreviations.add(text, ending));
    }
    abbreviations
}

/// Bits of question types.
pub mod question_type {
    /// Who.
    pub const WHO: u32 = 1;
    /// When.
    pub const WHEN: u32 = 1 << 1;
    /// Where.
    pub const WHERE: u32 = 1 << 2;

    #[cfg(test)]
    mod tests {
        #[test]
        fn bits_are_those_of_the_names() {
            let bit =
                |name| 1 << super::super::QUESTION_TYPES.iter().position(|it| *it == name).unwrap();
            let bits: [u32; 3] = ["who", "when", "where"].map(bit);
            assert_eq!(bits, [super::WHO, super::WHEN, super::WHERE]);
        }
    }
}

/// Question types in the order of their bits, by their keys in `language.toml`.
const QUESTION_TYPES: [&str; 14] = [
    "who",
    "when",
    "where",
    "why",
    "which",
    "what",
    "how",
    "how_many",
    "how_much",
    "how_long",
    "how_old",
    "how_big",
    "how_far",
    "how_often",
];
