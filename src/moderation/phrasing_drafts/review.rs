//! Which drafts of phrasings would help an entry.

use std::collections::HashSet;

use crate::matching::{Decision, DecisionRule, Index};
use crate::text::detect::is_in_another_language;
use crate::text::{Analyzer, Language, Origin};

/// Longest draft, in characters. What people ask in chat is shorter.
const MAX_CHARS: usize = 300;

/// How many times as many drafts as are wanted are reviewed. Each is asked of the index.
const MAX_TIMES_WANTED: usize = 4;

/// Why a draft is thrown away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rejection {
    /// It stands already: as a phrasing of a pack, or as another draft.
    Known,
    /// It leads to the entry or gap of this id.
    LeadsTo(String),
    /// It is not in the language of the pack.
    OtherLanguage,
    /// It is longer than a question, has characters that cannot be seen, or no word by which it could be
    /// found.
    NoQuestion,
}

impl Rejection {
    /// The id of the entry or gap that the draft leads to.
    pub fn leads_to(&self) -> Option<&str> {
        match self {
            Self::LeadsTo(id) => Some(id),
            Self::Known | Self::OtherLanguage | Self::NoQuestion => None,
        }
    }
}

/// What is left of the drafts for an entry.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Review {
    /// The drafts that would help.
    pub kept: Vec<String>,
    /// The others, with the reasons.
    pub rejected: Vec<(String, Rejection)>,
}

/// Reviews drafts of phrasings for the entries of an index.
#[derive(Debug)]
pub struct Reviewer<'a> {
    index: &'a Index,
    rule: &'a DecisionRule,
    analyzer: Analyzer,
    /// The words of the phrasings and drafts that there are.
    known: HashSet<Vec<String>>,
}

impl<'a> Reviewer<'a> {
    /// Reviews drafts for `index`, whose packs are in `language`; drafts that lead elsewhere by `rule` are
    /// rejected.
    pub fn new(index: &'a Index, rule: &'a DecisionRule, language: &Language) -> Self {
        let analyzer = Analyzer::new(language);
        let mut reviewer = Self { index, rule, analyzer, known: HashSet::new() };
        for entry in (0..index.n_entries()).filter_map(|idx| index.entry(idx)) {
            entry.phrasings().for_each(|phrasing| reviewer.add_known(phrasing));
        }
        reviewer
    }

    /// Remembers a text that waits as a draft already.
    pub fn add_known(&mut self, text: &str) {
        let words = self.words(text);
        self.known.insert(words);
    }

    /// Reviews `drafts` of phrasings in `language` for the entry at `entry`, and keeps at most `n_wanted`.
    pub fn review(
        &mut self,
        entry: usize,
        language: &Language,
        drafts: Vec<String>,
        n_wanted: usize,
    ) -> Review {
        let mut review = Review::default();
        for draft in drafts.into_iter().take(MAX_TIMES_WANTED * n_wanted) {
            match self.rejection(entry, language, &draft) {
                None => review.kept.push(draft),
                Some(rejection) => review.rejected.push((draft, rejection)),
            }
        }
        review.kept.truncate(n_wanted);
        review
    }

    fn rejection(&mut self, entry: usize, language: &Language, draft: &str) -> Option<Rejection> {
        let is_readable = !draft.chars().any(is_invisible) && draft.chars().count() <= MAX_CHARS;
        if !is_readable || !self.index.has_content_words(draft) {
            return Some(Rejection::NoQuestion);
        }
        let words = self.words(draft);
        if !self.known.insert(words) {
            return Some(Rejection::Known);
        }
        if is_in_another_language(draft, language) {
            return Some(Rejection::OtherLanguage);
        }
        leads_to(self.index, self.rule, entry, draft).map(Rejection::LeadsTo)
    }

    fn words(&self, text: &str) -> Vec<String> {
        let tokens = self.analyzer.tokenize(text, Origin::Pack, MAX_CHARS);
        tokens.into_iter().map(|token| token.word).collect()
    }
}

/// Whether nobody sees the character, who reads a draft: control characters, marks of direction, spaces without
/// width. The joiners of Indic scripts and of emoji are visible by what they do.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{AD}' | '\u{200B}' | '\u{200E}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{E0000}'..='\u{E007F}')
}

/// The id of the gap or of another entry that `draft` leads to. An entry that has the quotes of this one
/// is not another. A draft that leads nowhere is what this entry lacks.
fn leads_to(index: &Index, rule: &DecisionRule, entry: usize, draft: &str) -> Option<String> {
    let outcome = index.ask(draft, rule);
    if let Some(gap) = outcome.gap {
        return Some(index.entry_id(gap));
    }
    let quotes = |idx: usize| index.entry(idx).map_or(&[][..], |entry| entry.quotes());
    let is_same =
        |idx: usize| idx == entry || quotes(idx).iter().any(|quote| quotes(entry).contains(quote));
    let first = outcome.ranked.first().copied().filter(|first| !is_same(*first))?;
    let leads_away = match outcome.decision {
        Decision::Answer => true,
        Decision::Suggest => !outcome.suggestions.iter().any(|idx| is_same(*idx)),
        Decision::Abstain => false,
    };
    leads_away.then(|| index.entry_id(first))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures::pack;

    fn index() -> Index {
        let faq = "[[entry]]\nid = \"hours\"\nquestion = \"When does the garden open?\"\n\
            variants = [\"garden opening hours\"]\n[[entry.quote]]\ntext = \"It opens at eight.\"\n\
            [[entry]]\nid = \"dogs\"\nquestion = \"May dogs come in?\"\n\
            variants = [\"can I bring my dog\"]\n[[entry.quote]]\ntext = \"Dogs stay outside.\"\n\
            [[entry]]\nid = \"water\"\nquestion = \"Who pays for the water?\"\ngap = true\n";
        Index::new(vec![pack(faq, "It opens at eight. Dogs stay outside.")])
    }

    #[test]
    fn drafts_that_would_not_help_are_rejected_with_the_reason() {
        let index = index();
        let long = "garden ".repeat(60);
        let rows = [
            ("from what time can one get into the garden", None),
            ("at which hour are visitors let inside", None),
            ("Garden opening-hours?", Some(Rejection::Known)),
            ("When is the gate unlocked?", Some(Rejection::Known)),
            ("From what time can one get into the garden?", Some(Rejection::Known)),
            ("can I bring my dog along", Some(Rejection::LeadsTo("dogs".to_owned()))),
            ("who pays for the water here", Some(Rejection::LeadsTo("water".to_owned()))),
            (
                "À partir de quelle heure peut-on entrer dans le jardin ?",
                Some(Rejection::OtherLanguage),
            ),
            ("and then?", Some(Rejection::NoQuestion)),
            ("which \u{202E}gate is it", Some(Rejection::NoQuestion)),
            ("which \u{1b}[31mgate is it", Some(Rejection::NoQuestion)),
            (long.as_str(), Some(Rejection::NoQuestion)),
        ];
        let drafts: Vec<String> = rows.iter().map(|(draft, _)| (*draft).to_owned()).collect();
        let (english, rule) = (Language::english(), DecisionRule::default());
        let mut reviewer = Reviewer::new(&index, &rule, &english);
        reviewer.add_known("when is the gate unlocked");
        let reviewed = reviewer.review(0, &english, drafts, rows.len());
        for (draft, want) in rows {
            let found = reviewed.rejected.iter().find(|(text, _)| text == draft);
            assert_eq!(found.map(|(_, reason)| reason.clone()), want, "{draft}");
            assert_eq!(reviewed.kept.iter().any(|text| text == draft), want.is_none(), "{draft}");
        }
    }

    #[test]
    fn no_more_drafts_are_kept_than_are_wanted_and_few_more_are_read() {
        let index = index();
        let drafts = |numbers: std::ops::Range<usize>| -> Vec<String> {
            numbers.map(|number| format!("is gate {number} open")).collect()
        };
        let (english, rule) = (Language::english(), DecisionRule::default());
        let mut reviewer = Reviewer::new(&index, &rule, &english);
        let reviewed = reviewer.review(0, &english, drafts(0..100), 2);
        assert_eq!(reviewed, Review { kept: drafts(0..2), rejected: Vec::new() });
        let reviewed = reviewer.review(0, &english, drafts(0..100), 2);
        assert_eq!((reviewed.kept.len(), reviewed.rejected.len()), (0, MAX_TIMES_WANTED * 2));
    }
}
