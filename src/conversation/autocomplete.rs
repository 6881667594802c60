//! Canonical questions for somebody who is still typing one.

use crate::matching::{DecisionRule, Index};
use crate::text::tokenize;

/// Entries with this tag are offered before anything is typed. It makes no topic.
pub const PINNED: &str = "pinned";

/// Words of what is typed that are looked at; nobody reads choices for longer texts.
const MAX_WORDS: usize = 32;

/// Questions that are compared letter by letter. Of larger packs the index alone finds the rest, so
/// that no keystroke takes longer than a question.
const MAX_COMPARED: usize = 5_000;

/// Least similarity of two words (Jaro-Winkler) that counts as a slip of the keyboard.
const MIN_SIMILARITY: f64 = 0.85;

/// What a question that the index ranks first gains over one that only looks alike; each next one
/// gains less. Half a word of a short question, so that letters decide while the first word is typed.
const RANK_BONUS: f64 = 0.5;

/// What fits less is noise: half of the words, or as much of the index's word.
const MIN_FIT: f64 = 0.5;

/// At most `limit` canonical questions of entries that answer: those that fit `typed` best first; if
/// nothing is typed, pinned ones, then the others in the order of the packs.
pub fn complete<'i>(
    index: &'i Index,
    rule: &DecisionRule,
    typed: &str,
    limit: usize,
) -> Vec<&'i str> {
    let words = words_of(typed);
    let mut ranked: Vec<(f64, usize)> = if words.is_empty() {
        answering(index).map(|(idx, is_pinned)| (f64::from(u8::from(is_pinned)), idx)).collect()
    } else {
        rank(index, rule, typed, &words)
    };
    // Stable: what is alike stays in the order of the packs.
    ranked.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let mut questions: Vec<&str> = Vec::new();
    for (_, idx) in ranked {
        let question = index.entry(idx).map_or("", |entry| entry.question.as_str());
        if questions.len() < limit && !questions.contains(&question) {
            questions.push(question);
        }
    }
    questions
}

/// Entries that answer, and whether each is pinned.
fn answering(index: &Index) -> impl Iterator<Item = (usize, bool)> {
    let entries = (0..index.n_entries()).filter_map(|idx| Some((idx, index.entry(idx)?)));
    entries
        .filter(|(_, entry)| !entry.is_gap())
        .map(|(idx, entry)| (idx, entry.tags.iter().any(|tag| tag == PINNED)))
}

/// Entries that fit `typed`, with how well they do.
fn rank(index: &Index, rule: &DecisionRule, typed: &str, words: &[String]) -> Vec<(f64, usize)> {
    let by_index = index.ask(typed, rule).ranked;
    let bonus = |idx: usize| {
        let rank = by_index.iter().position(|other| *other == idx)?;
        Some(RANK_BONUS * (1.0 - rank as f64 / by_index.len() as f64))
    };
    let looks = |idx: usize| {
        let question = index.entry(idx).map_or("", |entry| entry.question.as_str());
        mean_similarity(words, &words_of(question))
    };
    answering(index)
        .filter(|(idx, _)| *idx < MAX_COMPARED || by_index.contains(idx))
        .map(|(idx, _)| (looks(idx) + bonus(idx).unwrap_or(0.0), idx))
        .filter(|(fit, _)| *fit >= MIN_FIT)
        .collect()
}

/// Mean over `typed` of how much each word is like its best counterpart in `question`: 0 (nothing is
/// alike) to 1.
fn mean_similarity(typed: &[String], question: &[String]) -> f64 {
    let best =
        |word: &String| question.iter().map(|other| similarity(word, other)).fold(0.0, f64::max);
    typed.iter().map(best).sum::<f64>() / typed.len() as f64
}

fn similarity(typed: &str, word: &str) -> f64 {
    if word == typed {
        return 1.0;
    }
    // The last word is mostly not finished; a beginning is nearly the word.
    if word.starts_with(typed) {
        return 0.95;
    }
    let similarity = strsim::jaro_winkler(typed, word);
    if similarity >= MIN_SIMILARITY { similarity * 0.9 } else { 0.0 }
}

fn words_of(text: &str) -> Vec<String> {
    tokenize(text, MAX_WORDS).into_iter().map(|token| token.word).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::knowledge::{PackFile, PackFiles, prove};

    fn index() -> Index {
        let entry = |id: &str, question: &str, more: &str| {
            format!(
                "[[entry]]\nid = '{id}'\nquestion = '{question}'\n{more}[[entry.quote]]\ntext = 'It is so.'\n"
            )
        };
        let faq = [
            entry("mail", "How do I reset my e-mail password?", ""),
            entry("room", "Where is the reading room?", "tags = ['pinned', 'house']\n"),
            entry("hours", "When does the library open?", ""),
            "[[entry]]\nid = 'gap'\nquestion = 'Where is the roof?'\ngap = true\n".to_owned(),
        ];
        let files = [
            ("pack.toml", "title = 'P'\n".to_owned()),
            ("sources/s.md", "+++\ntitle = 'S'\n+++\n\nIt is so.\n".to_owned()),
            ("faq.toml", faq.concat()),
        ];
        let files = files
            .map(|(path, text)| PackFile { path: path.to_owned(), bytes: text.into_bytes() })
            .into();
        let proof = prove(&PackFiles { name: "p".to_owned(), files });
        assert!(proof.is_accepted(), "{:?}", proof.findings);
        Index::new(vec![Arc::new(proof.pack)])
    }

    #[test]
    fn what_is_typed_finds_questions_and_nothing_typed_those_that_are_pinned() {
        let index = index();
        let rows = [
            ("", 9, &["Where is the reading", "How do I reset", "When does the library"][..]),
            ("  ?", 1, &["Where is the reading"]),
            ("whe", 9, &["When does the library", "Where is the reading"]),
            ("rest pasword", 1, &["How do I reset"]),
            ("libary", 1, &["When does the library"]),
            ("qqqq", 9, &[]),
        ];
        for (typed, limit, want) in rows {
            let found = complete(&index, &DecisionRule::default(), typed, limit);
            assert_eq!(found.len(), want.len(), "{typed:?}: {found:?}");
            for (found, want) in found.iter().zip(want) {
                assert!(found.starts_with(want), "{typed:?}: {found}");
            }
        }
    }
}
