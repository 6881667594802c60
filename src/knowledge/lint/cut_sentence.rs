//! Quotes that start or end inside a sentence.

use super::placed_quotes;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Rule};

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut findings = Vec::new();
    for placed in placed_quotes(proof) {
        let message = match placed.quote.cuts() {
            (false, false) => continue,
            (true, false) => "the quote starts inside a sentence",
            (false, true) => "the quote ends inside a sentence",
            (true, true) => "the quote starts and ends inside a sentence",
        };
        findings.push(
            Finding::new(Rule::CutSentence, FAQ_FILE, placed.text_span.clone(), message)
                .label(format!("paragraph {}", placed.quote.paragraph()))
                .help("quote whole sentences; where it stays cut, readers see [...] at the cut"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn a_quote_that_cuts_a_sentence_is_reported() {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n\
                   [[entry.quote]]\ntext = \"One two.\"\n[[entry.quote]]\ntext = \"three\"\n";
        assert_eq!(findings("One two. And three.\n", faq), ["cut-sentence:\"three\""]);
    }
}
