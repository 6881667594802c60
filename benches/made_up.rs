//! Packs of made-up words for the benchmarks, whose frequencies follow those of a language (Zipf).

#![allow(clippy::expect_used, reason = "a benchmark that cannot start should fail with the reason")]
#![allow(clippy::indexing_slicing, reason = "a panic is an acceptable failure of a benchmark")]
#![allow(clippy::let_underscore_must_use, reason = "writing to a string cannot fail")]

use std::fmt::Write as _;

use quoth::knowledge::{PackFile, PackFiles};

/// Most questions that come with a pack, about.
const N_QUESTIONS: usize = 1_000;

/// The files of a pack of `n_entries` entries with `n_phrasings` phrasings each, and questions: as typed and
/// misspelled.
pub(crate) fn made_up_files(
    n_entries: usize,
    n_phrasings: usize,
) -> (PackFiles, Vec<String>, Vec<String>) {
    let mut random = Random(1);
    let mut source = "+++\ntitle = \"Made up\"\n+++\n".to_owned();
    let mut faq = String::new();
    let (mut typed, mut misspelled) = (Vec::new(), Vec::new());
    for entry in 0..n_entries {
        let subject: Vec<String> = (0..3).map(|_| random.rare_word()).collect();
        let phrasings: Vec<String> = (0..n_phrasings).map(|_| random.phrasing(&subject)).collect();
        let quote = format!("{} {entry}.", random.phrasing(&subject));
        let (question, variants) = phrasings.split_first().expect("one or more");
        let _ = write!(
            faq,
            "[[entry]]\nid = \"e{entry}\"\nquestion = \"{question}\"\nvariants = {variants:?}\n\
             [[entry.quote]]\ntext = \"{quote}\"\nparagraph = {}\n\n",
            entry + 1
        );
        let _ = write!(source, "{quote}\n\n");
        if entry % (n_entries / N_QUESTIONS).max(1) == 0 {
            misspelled.push(random.misspell(question));
            typed.push(question.clone());
        }
    }
    let file = |path: &str, text: String| PackFile { path: path.to_owned(), bytes: text.into() };
    let files = PackFiles {
        name: "made-up".to_owned(),
        files: vec![
            file("pack.toml", "title = \"Made up\"\n".to_owned()),
            file("faq.toml", faq),
            file("sources/made-up.md", source),
        ],
    };
    (files, typed, misspelled)
}

/// xorshift64* (Marsaglia 2003, Vigna 2016): sufficient for a corpus, and the same on every
/// machine.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number from 0.
    pub(crate) fn next(&mut self, below: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        let high = self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33;
        usize::try_from(high).unwrap_or(0) % below
    }

    /// A phrasing of eight words: each is one of the subject's with probability 1/3, else a common
    /// one.
    pub(crate) fn phrasing(&mut self, subject: &[String]) -> String {
        let words: Vec<String> = (0..8)
            .map(|_| match self.next(3) {
                0 => subject[self.next(subject.len())].clone(),
                _ => self.common_word(),
            })
            .collect();
        words.join(" ")
    }

    /// A common word; the n-th is used about 1/n as often as the first.
    fn common_word(&mut self) -> String {
        let range = 1 << self.next(11);
        word(self.next(range))
    }

    /// A word of few phrasings.
    pub(crate) fn rare_word(&mut self) -> String {
        word(1_000 + self.next(20_000))
    }

    /// Swaps two letters of every third word.
    pub(crate) fn misspell(&mut self, text: &str) -> String {
        let words: Vec<String> = text
            .split(' ')
            .map(|word| {
                let mut letters: Vec<char> = word.chars().collect();
                if letters.len() > 1 && self.next(3) == 0 {
                    let at = self.next(letters.len() - 1);
                    letters.swap(at, at + 1);
                }
                letters.into_iter().collect()
            })
            .collect();
        words.join(" ")
    }
}

/// A word by its number: two to four syllables.
fn word(number: usize) -> String {
    const SYLLABLES: [&str; 40] = [
        "ba", "ke", "lo", "mi", "ru", "sta", "ne", "po", "ti", "gu", "dra", "fe", "ho", "ji", "vu",
        "cla", "pre", "so", "qui", "zu", "ma", "be", "ko", "li", "nu", "tra", "se", "bro", "di",
        "wu", "ga", "le", "mo", "ri", "tu", "fla", "che", "no", "si", "hu",
    ];
    let mut rest = number;
    let mut word = String::new();
    for n in 0..4 {
        word.push_str(SYLLABLES[(rest + 7 * n) % SYLLABLES.len()]);
        rest /= SYLLABLES.len();
        if n > 0 && rest == 0 {
            break;
        }
    }
    word
}
