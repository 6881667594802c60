//! Completes a question while it is typed.

use crate::matching::{DecisionRule, Index};
use crate::text::tokenize;

/// Tag of entries that are offered first before anything is typed. It is not a topic.
pub const PINNED: &str = "pinned";

/// Typed words that are compared. Nobody reads choices for longer texts.
const MAX_WORDS: usize = 32;

/// Questions that are compared letter by letter. In larger packs the index alone finds the others,
/// so that a keystroke takes no longer than a question.
const MAX_COMPARED: usize = 5_000;

/// Least similarity of two words (Jaro-Winkler) that counts as a typo.
const MIN_SIMILARITY: f64 = 0.85;

/// Bonus of the question that the index ranks first; it decreases linearly with the rank. It is worth
/// half a word of a short question, so that letters decide while the first word is typed.
const RANK_BONUS: f64 = 0.5;

/// Least score of a question that is offered: half of the words, or an equal bonus of the index.
/// Lower scores are noise.
const MIN_SCORE: f64 = 0.5;

/// At most `limit` canonical questions, gaps excluded, best match for `typed` first. If `typed` has no
/// words: pinned questions, then the others in the order of the packs.
pub fn complete<'i>(
    index: &'i Index,
    rule: &DecisionRule,
    typed: &str,
    limit: usize,
) -> Vec<&'i str> {
    let words = words_of(typed);
    let mut ranked: Vec<(f64, usize)> = if words.is_empty() {
        answerable(index).map(|(idx, is_pinned)| (f64::from(u8::from(is_pinned)), idx)).collect()
    } else {
        rank(index, rule, typed, &words)
    };
    // The sort is stable: questions of equal score stay in the order of the packs.
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

/// At most `limit` entries and gaps whose id or question has what is `typed`, in the order of the packs: their public
/// ids, and their questions. For moderators.
pub fn complete_ids<'i>(index: &'i Index, typed: &str, limit: usize) -> Vec<(String, &'i str)> {
    let typed = typed.trim().to_lowercase();
    let entries = (0..index.n_entries())
        .filter_map(|number| Some((index.entry_id(number), &*index.entry(number)?.question)));
    let has_typed = |(id, question): &(String, &str)| {
        id.to_lowercase().contains(&typed) || question.to_lowercase().contains(&typed)
    };
    entries.filter(has_typed).take(limit).collect()
}

/// All entries except gaps, and whether each is pinned.
fn answerable(index: &Index) -> impl Iterator<Item = (usize, bool)> {
    let entries = (0..index.n_entries()).filter_map(|idx| Some((idx, index.entry(idx)?)));
    entries
        .filter(|(_, entry)| !entry.is_gap())
        .map(|(idx, entry)| (idx, entry.tags.iter().any(|tag| tag == PINNED)))
}

/// Entries that match `typed`, with their scores.
fn rank(index: &Index, rule: &DecisionRule, typed: &str, words: &[String]) -> Vec<(f64, usize)> {
    let by_index = index.ask(typed, rule).ranked;
    let bonus = |idx: usize| {
        let rank = by_index.iter().position(|other| *other == idx)?;
        Some(RANK_BONUS * (1.0 - rank as f64 / by_index.len() as f64))
    };
    let similarity = |idx: usize| {
        let question = index.entry(idx).map_or("", |entry| entry.question.as_str());
        mean_similarity(words, &words_of(question))
    };
    answerable(index)
        .filter(|(idx, _)| *idx < MAX_COMPARED || by_index.contains(idx))
        .map(|(idx, _)| (similarity(idx) + bonus(idx).unwrap_or(0.0), idx))
        .filter(|(score, _)| *score >= MIN_SCORE)
        .collect()
}

/// Mean over the words of `typed` of the similarity to the most similar word of `question`: 0.0 (none
/// is similar) to 1.0.
fn mean_similarity(typed: &[String], question: &[String]) -> f64 {
    let best =
        |word: &String| question.iter().map(|other| similarity(word, other)).fold(0.0, f64::max);
    typed.iter().map(best).sum::<f64>() / typed.len() as f64
}

fn similarity(typed: &str, word: &str) -> f64 {
    if word == typed {
        return 1.0;
    }
    // The last word is usually unfinished, so a prefix counts almost as the word.
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
    use super::*;
    use crate::knowledge::fixtures::pack;

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
        Index::new(vec![pack(&faq.concat(), "It is so.")])
    }

    #[test]
    fn typed_words_find_questions_and_empty_input_lists_pinned_ones_first() {
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
