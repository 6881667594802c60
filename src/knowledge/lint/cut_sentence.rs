//! Quotes that start or end inside a sentence.

use super::quotes_with_spans;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Rule};

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in quotes_with_spans(proof) {
        let message = match found.quote.cuts() {
            (false, false) => continue,
            (true, false) => "the quote starts inside a sentence",
            (false, true) => "the quote ends inside a sentence",
            (true, true) => "the quote starts and ends inside a sentence",
        };
        findings.push(
            Finding::new(Rule::CutSentence, FAQ_FILE, found.text_span.clone(), message)
                .label(format!("paragraph {}", found.quote.paragraph()))
                .help("quote whole sentences; if you keep the cut, readers see [...] there"),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn quote_that_cuts_a_sentence_is_reported() {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n\
                   [[entry.quote]]\ntext = \"One two.\"\n[[entry.quote]]\ntext = \"three\"\n";
        assert_eq!(findings("One two. And three.\n", faq), ["cut-sentence:\"three\""]);
    }
}
