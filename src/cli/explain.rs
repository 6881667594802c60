//! `quoth explain`: explains how a question is matched and answered.

use super::Status;
use super::config_args::ConfigArgs;
use super::packs::LoadedIndex;
use super::question::QuestionArgs;
use crate::conversation::layout::one_line;
use crate::matching::Decision;
use crate::matching::explanation::{
    ExplainedEntry, ExplainedMatch, ExplainedPassage, Explanation, explain,
};
use crate::platform::console::printable;

/// Most entries that are shown as text.
const MAX_SHOWN: usize = 3;

/// Arguments of `quoth explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    question: QuestionArgs,
}

pub(super) fn run(args: &Args, config: &ConfigArgs) -> anyhow::Result<Status> {
    let explanation =
        |loaded: &LoadedIndex, question: &str| explain(&loaded.index, question, &loaded.rule);
    args.question
        .run(config, explanation, |loaded, question| report(&explanation(loaded, question)))
}

/// The explanation as text with aligned columns.
fn report(explanation: &Explanation) -> String {
    let mut text = String::new();
    let decision = match (explanation.decision, &explanation.gap) {
        (Decision::Answer, _) => "answer with the first entry".to_owned(),
        (Decision::Suggest, _) => "suggest the best entries".to_owned(),
        (Decision::Abstain, Some(gap)) => format!("reply that the source does not answer ({gap})"),
        (Decision::Abstain, None) if explanation.passages.is_empty() => {
            "reply that nothing was found".to_owned()
        }
        (Decision::Abstain, None) => "suggest sentences of the document".to_owned(),
    };
    line(&mut text, &format!("Decision: {decision}"));
    if let Some(clause) = &explanation.asked_alone {
        line(&mut text, &format!("Asked alone: {}", printable(clause)));
    }
    let percent = |label: &str, probability: f64, what: &str, from: f64| {
        // Rounded down, so that a probability just below the threshold does not look equal to it.
        let [probability, from] = [probability, from].map(|it| (it * 100.0 + 1e-9).floor());
        format!("{label:<47} {probability:>3.0} %  ({what} from {from:.0} %)")
    };
    let first = "Probability that the first entry answers:";
    line(&mut text, &percent(first, explanation.confidence, "answers", explanation.answer_from));
    let any = "Probability that one of the first three does:";
    line(
        &mut text,
        &percent(any, explanation.any_confidence, "suggests", explanation.suggest_from),
    );
    for (number, entry) in (1..).zip(explanation.entries.iter().take(MAX_SHOWN)) {
        line(&mut text, "");
        describe(&mut text, number, entry);
    }
    if !explanation.passages.is_empty() {
        line(
            &mut text,
            "\nSuggested from the document; if it answers, write an entry that quotes it:",
        );
        for passage in &explanation.passages {
            let ExplainedPassage { source, paragraph, text: words, score } = passage;
            let words = printable(&one_line(words));
            line(&mut text, &format!("  {words} ({source}, paragraph {paragraph}, {score:.2})"));
        }
    }
    if !explanation.changes.is_empty() {
        line(&mut text, "\nWhat would have to change for an answer:");
        for change in &explanation.changes {
            line(&mut text, &format!("  - {}", printable(change)));
        }
    }
    add_features(&mut text, explanation);
    text
}

/// Adds the features of the first entry, those that count most first.
fn add_features(text: &mut String, explanation: &Explanation) {
    let mut features: Vec<_> = explanation
        .contributions
        .iter()
        .filter(|feature| feature.log_odds.abs() >= 0.005)
        .collect();
    if !explanation.entries.is_empty() && !features.is_empty() {
        line(text, "\nFeatures for (+) and against (-) the first entry, strongest first:");
        features.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
        let width = features.iter().map(|feature| feature.label.len()).max().unwrap_or(0);
        for feature in features {
            let (label, value, log_odds) = (feature.label, feature.value, feature.log_odds);
            line(text, &format!("  {label:<width$}  {value:>5.2}  {log_odds:>+6.2}"));
        }
    }
}

fn describe(text: &mut String, number: usize, entry: &ExplainedEntry) {
    let kind = if entry.is_gap { "gap" } else { "entry" };
    line(text, &format!("{number}. {kind} {}, score {:.2}", entry.id, entry.score));
    line(text, &format!("   asks: {}", printable(&entry.question)));
    line(text, &format!("   nearest phrasing: {}", printable(&entry.best_phrasing)));
    let n_columns = |token: &ExplainedMatch| textwrap::core::display_width(&printable(&token.word));
    let width = entry.matches.iter().map(n_columns).max().unwrap_or(0);
    for token in &entry.matches {
        let padding = " ".repeat(width - n_columns(token));
        line(
            text,
            &format!(
                "   {}{padding}  weight {:.2}  covered {:>3.0} %  {}",
                printable(&token.word),
                token.weight,
                token.coverage * 100.0,
                printable(&token.rule)
            ),
        );
    }
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}
