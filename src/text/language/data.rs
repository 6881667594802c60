//! What is known of a language, read from its two files.

use frostem::Algorithm;
use rustc_hash::{FxHashMap, FxHashSet};

use super::exclusive::ExclusiveWords;
use super::file::LanguageFile;
use crate::text::fold::Folding;
use crate::text::phrases::Phrases;

/// What a question asks for, as a bit of a set of kinds.
pub type QuestionType = u32;

/// The data of a language. Words are folded, as [`Folding::fold`] leaves them.
#[derive(Debug, Default)]
pub struct LanguageData {
    /// Stemming algorithm, if the language has one.
    pub stemmer: Option<Algorithm>,
    /// Whether words are written together without limit, as in German.
    pub has_compounds: bool,
    /// How words are folded.
    pub folding: Folding,
    /// What stands before an apostrophe and is a word of its own ("l" of "l'ouverture").
    pub elisions: FxHashSet<String>,
    /// What people say around a question in chat.
    pub fillers: Phrases<()>,
    /// Phrases before which a question does not begin ("does anyone know").
    pub openers: Phrases<()>,
    /// What question words ask for.
    pub question_words: Phrases<QuestionType>,
    /// Words that open a yes-or-no question, or mark one.
    pub yes_no: FxHashSet<String>,
    /// What is written in one word and stands for several.
    pub contractions: FxHashMap<String, String>,
    /// Numbers in words, as digits.
    pub numerals: FxHashMap<String, String>,
    /// Members of sets whose members exclude each other.
    pub exclusive: ExclusiveWords,
    /// Words of direction: 0 for "from", 1 for "to".
    pub directions: FxHashMap<String, usize>,
    /// Prefixes that turn a word into its opposite.
    pub opposite_prefixes: Vec<String>,
    /// Groups of everyday words that a FAQ and its askers use for the same.
    pub equivalents: Vec<Vec<String>>,
    stop_words: FxHashSet<String>,
    /// Zipf value of the commonest words: log10 of uses in a billion words.
    everyday: FxHashMap<String, f32>,
    /// Zipf value of the rarest word whose rarity counts, see [`Self::background_idf`].
    rarest: f32,
}

/// Commonest words whose frequencies count for the weight of a word; all others weigh the same. A
/// prototype found that longer lists do not help (docs/quality.md).
const N_WEIGHTED: usize = 1200;

impl LanguageData {
    /// Reads the files of a language.
    ///
    /// # Errors
    /// The TOML error of `words`, if it does not have the shape of a language.
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
            let mut phrases = Phrases::default();
            list.iter().for_each(|text| phrases.add(phrase(text), ()));
            phrases
        };
        let mut question_words = Phrases::default();
        for (bit, kind) in (0..).zip(QUESTION_KINDS) {
            for text in file.question_words.get(kind).into_iter().flatten() {
                question_words.add(phrase(text), 1 << bit);
            }
        }
        let stop_words = set(&file.stop_words);
        let numerals = file
            .numerals
            .iter()
            .map(|(text, number)| (word(text), number.to_string()))
            .filter(|(text, _)| !stop_words.contains(text) && !text.contains(' '))
            .collect();
        let contractions = file.contractions.iter();
        let contractions = contractions.map(|(k, v)| (word(k), v.to_lowercase())).collect();
        let frequencies: Vec<(String, f32)> = everyday
            .lines()
            .filter_map(|line| line.rsplit_once(' '))
            .filter_map(|(text, zipf)| Some((word(text), zipf.parse().ok()?)))
            .collect();
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
            stop_words,
            rarest: frequencies.get(N_WEIGHTED - 1).or(frequencies.last()).map_or(0.0, |it| it.1),
            everyday: frequencies.into_iter().rev().collect(),
            folding,
        })
    }

    /// Whether `word` (folded) carries a sentence but not its subject.
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.stop_words.contains(word)
    }

    /// How many stop words there are.
    pub fn n_stop_words(&self) -> usize {
        self.stop_words.len()
    }

    /// How many question words and phrases there are.
    pub fn n_question_phrases(&self) -> usize {
        self.question_words.len()
    }

    /// Whether `word` (folded) is a word of the language that is not rare.
    pub fn is_known(&self, word: &str) -> bool {
        self.everyday.contains_key(word)
    }

    /// Rarity of a folded word in everyday language, 0.0 to 1.0: information content, -ln p, as a
    /// share of that of the 1,200th commonest word; 1.0 for all rarer ones.
    pub fn background_idf(&self, word: &str) -> f32 {
        const BILLION_LOG10: f32 = 9.0;
        let Some(zipf) = self.everyday.get(word) else { return 1.0 };
        ((BILLION_LOG10 - zipf) / (BILLION_LOG10 - self.rarest)).clamp(0.0, 1.0)
    }
}

/// Kinds of question in the order of their bits.
const QUESTION_KINDS: [&str; 14] = [
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
