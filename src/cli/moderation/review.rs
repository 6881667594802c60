//! The review of a change, as it is shown.

use std::io::Write;

use serde::Serialize;

use super::Context;
use crate::cli::report::pluralize;
use crate::moderation::review::{ReplyingEntry, Review, ReviewedQuestion, ShadowedPhrasing};
use crate::platform::console::printable;

/// Examples of each kind beside an edit that was made.
pub(in crate::cli) const N_EXAMPLES: usize = 3;

/// A review, for programs.
#[derive(Serialize)]
pub(in crate::cli) struct ShownReview<'r> {
    n_questions: usize,
    gained: Vec<ShownQuestion<'r>>,
    lost: Vec<ShownQuestion<'r>>,
    changed: Vec<ShownQuestion<'r>>,
    shadowed: Vec<ShownPhrasing<'r>>,
}

#[derive(Serialize)]
struct ShownQuestion<'r> {
    text: &'r str,
    n_times: u64,
    before: Option<ShownEntry<'r>>,
    after: Option<ShownEntry<'r>>,
}

#[derive(Serialize)]
struct ShownEntry<'r> {
    id: &'r str,
    is_gap: bool,
}

#[derive(Serialize)]
struct ShownPhrasing<'r> {
    phrasing: &'r str,
    entry: &'r str,
    by: &'r str,
    is_same_wording: bool,
}

impl<'r> ShownReview<'r> {
    pub(in crate::cli) fn new(review: &'r Review) -> Self {
        let entry = |it: &'r ReplyingEntry| ShownEntry { id: &it.id, is_gap: it.is_gap };
        let question = |it: &'r ReviewedQuestion| ShownQuestion {
            text: &it.text,
            n_times: it.n_times,
            before: it.before.as_ref().map(entry),
            after: it.after.as_ref().map(entry),
        };
        let [gained, lost, changed] = [&review.gained, &review.lost, &review.changed]
            .map(|questions| questions.iter().map(question).collect());
        let phrasing = |it: &'r ShadowedPhrasing| ShownPhrasing {
            phrasing: &it.phrasing,
            entry: &it.entry,
            by: &it.by,
            is_same_wording: it.is_same_wording,
        };
        let shadowed = review.shadowed.iter().map(phrasing).collect();
        Self { n_questions: review.n_texts, gained, lost, changed, shadowed }
    }
}

/// Prints a review, with at most `n_examples` of each kind; `rest` says where the others are.
pub(in crate::cli) fn print_review(
    review: &Review,
    n_examples: usize,
    rest: &str,
    context: &Context<'_>,
) -> anyhow::Result<()> {
    let lists = [
        (["gets an answer", "get an answer"], &review.gained),
        (["loses its answer", "lose their answer"], &review.lost),
        (["gets another reply", "get another reply"], &review.changed),
    ];
    let mut out = anstream::stdout().lock();
    if review.n_texts == 0 {
        // A hint is no result.
        context.terminal.note(&nothing_asked(context)?);
    } else {
        let counts = lists.map(|([one, several], list)| match list.len() {
            1 => format!("1 {one}"),
            n => format!("{n} {several}"),
        });
        let asked = pluralize(review.n_texts, "question");
        writeln!(out, "Of {asked} that were asked, {}.", counts.join(", "))?;
    }
    let n_shadowed = review.shadowed.len();
    for ([_, what], list) in lists.into_iter().filter(|(_, list)| !list.is_empty()) {
        writeln!(out, "Questions that {what}:")?;
        let lines = list.iter().map(question_line);
        write_lines(&mut out, lines, list.len(), n_examples, rest)?;
    }
    if n_shadowed > 0 {
        writeln!(out, "{} of other entries would be shadowed:", pluralize(n_shadowed, "phrasing"))?;
        let lines = review.shadowed.iter().map(phrasing_line);
        write_lines(&mut out, lines, n_shadowed, n_examples, rest)?;
    }
    Ok(())
}

fn write_lines(
    out: &mut impl Write,
    lines: impl Iterator<Item = String>,
    n: usize,
    n_examples: usize,
    rest: &str,
) -> anyhow::Result<()> {
    for line in lines.take(n_examples) {
        writeln!(out, "  {}", printable(&line))?;
    }
    if n > n_examples {
        writeln!(out, "  and {} more; {rest}", n - n_examples)?;
    }
    Ok(())
}

fn question_line(question: &ReviewedQuestion) -> String {
    let ReviewedQuestion { text, n_times, before, after } = question;
    let entry = |entry: &Option<ReplyingEntry>| match entry {
        Some(ReplyingEntry { id, is_gap: true }) => format!("{id} (gap)"),
        Some(ReplyingEntry { id, .. }) => id.clone(),
        None => "no answer".to_owned(),
    };
    let times = if *n_times == 1 { "once".to_owned() } else { format!("{n_times} times") };
    let change = match (before, after) {
        (Some(before), Some(after)) if before == after => format!("{}, in other words", after.id),
        _ => format!("{} -> {}", entry(before), entry(after)),
    };
    format!("{text} ({times}): {change}")
}

fn phrasing_line(phrasing: &ShadowedPhrasing) -> String {
    let ShadowedPhrasing { phrasing, entry, by, is_same_wording } = phrasing;
    if *is_same_wording {
        format!("{phrasing}: a phrasing of {entry} and of {by}")
    } else {
        format!("{phrasing}: who asks {entry} in words like these would find {by}")
    }
}

/// Why nothing was asked, and what to do.
fn nothing_asked(context: &Context<'_>) -> anyhow::Result<String> {
    let retention = context.config.read()?.retention;
    Ok(if retention.keeps_questions() {
        let days = pluralize(usize::try_from(retention.questions_days)?, "day");
        format!(
            "No question was asked in the last {days} (`questions_days` in [retention]), so what this changes for askers is unknown."
        )
    } else {
        "What is asked is not kept, so what this changes for askers is unknown; `questions_days` in [retention] says for how many days to keep it.".to_owned()
    })
}
