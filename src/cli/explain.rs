//! `quoth explain`: why a question is answered as it is.

use std::io::Write;

use super::Status;
use super::lines::each_question;
use super::packs::{self, Opened, PackArgs};
use crate::matching::Decision;
use crate::matching::explanation::{ExplainedEntry, Explanation, Met, explain};
use crate::platform::console::shown;

/// Arguments of `quoth explain`.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The question; several words need no quotation marks.
    #[arg(required_unless_present = "jsonl", conflicts_with = "jsonl")]
    question: Vec<String>,
    #[command(flatten)]
    packs: PackArgs,
    /// Print the explanation as a JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    json: bool,
    /// Read {"q": "..."} a line from standard input and print an explanation a line.
    #[arg(long)]
    jsonl: bool,
}

pub(super) fn run(args: &Args, config: Option<&std::path::Path>) -> anyhow::Result<Status> {
    let Opened { index, rule } = packs::open(&args.packs, config)?;
    let explained = |question: &str| explain(&index, question, &rule);
    if args.jsonl {
        let mut output = std::io::stdout().lock();
        return each_question(&mut std::io::stdin().lock(), &mut output, |question| {
            Ok(serde_json::to_string(&explained(question))?)
        });
    }
    let explanation = explained(&args.question.join(" "));
    let text = if args.json {
        format!("{}\n", serde_json::to_string_pretty(&explanation)?)
    } else {
        report(&explanation)
    };
    anstream::stdout().write_all(text.as_bytes())?;
    Ok(Status::Success)
}

/// The explanation for a moderator: plain words, aligned columns.
fn report(explanation: &Explanation) -> String {
    let mut text = String::new();
    let decision = match (explanation.decision, &explanation.gap) {
        (Decision::Answer, _) => "answer with the first entry".to_owned(),
        (Decision::Suggest, _) => "suggest the best entries".to_owned(),
        (Decision::Abstain, Some(gap)) => format!("say that the source does not answer ({gap})"),
        (Decision::Abstain, None) => "say that nothing was found".to_owned(),
    };
    line(&mut text, &format!("Decision: {decision}"));
    let percent = |label: &str, probability: f64, what: &str, from: f64| {
        format!("{label:<42} {:>3.0} %  ({what} from {:.0} %)", probability * 100.0, from * 100.0)
    };
    let first = "Probability that the first entry answers:";
    line(&mut text, &percent(first, explanation.confidence, "answers", explanation.answer_from));
    let any = "Probability that one of the first three does:";
    line(
        &mut text,
        &percent(any, explanation.any_confidence, "suggests", explanation.suggest_from),
    );
    for (number, entry) in (1..).zip(&explanation.entries) {
        line(&mut text, "");
        describe(&mut text, number, entry);
    }
    if !explanation.changes.is_empty() {
        line(&mut text, "\nWhat would have to change for an answer:");
        for change in &explanation.changes {
            line(&mut text, &format!("  - {}", shown(change)));
        }
    }
    let mut features: Vec<_> =
        explanation.evidence.iter().filter(|feature| feature.log_odds.abs() >= 0.005).collect();
    if !explanation.entries.is_empty() && !features.is_empty() {
        line(&mut text, "\nWhat speaks for (+) and against (-) the best entry, strongest first:");
        features.sort_by(|a, b| b.log_odds.abs().total_cmp(&a.log_odds.abs()));
        let width = features.iter().map(|feature| feature.label.len()).max().unwrap_or(0);
        for feature in features {
            let (label, value, log_odds) = (feature.label, feature.value, feature.log_odds);
            line(&mut text, &format!("  {label:<width$}  {value:>5.2}  {log_odds:>+6.2}"));
        }
    }
    text
}

fn describe(text: &mut String, number: usize, entry: &ExplainedEntry) {
    let kind = if entry.is_gap { "gap" } else { "entry" };
    line(text, &format!("{number}. {kind} {}, score {:.2}", entry.id, entry.score));
    line(text, &format!("   asks: {}", shown(&entry.question)));
    line(text, &format!("   nearest phrasing: {}", shown(&entry.best_phrasing)));
    let n_columns = |met: &Met| textwrap::core::display_width(&shown(&met.word));
    let width = entry.met.iter().map(n_columns).max().unwrap_or(0);
    for met in &entry.met {
        let gap = " ".repeat(width - n_columns(met));
        line(
            text,
            &format!(
                "   {}{gap}  weight {:.2}  covered {:>3.0} %  {}",
                shown(&met.word),
                met.weight,
                met.coverage * 100.0,
                shown(&met.rule)
            ),
        );
    }
}

fn line(text: &mut String, content: &str) {
    text.push_str(content);
    text.push('\n');
}
