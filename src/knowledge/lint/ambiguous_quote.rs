//! Quotes whose words occur in several paragraphs and that do not name one.

use super::quotes_with_spans;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Rule};

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in quotes_with_spans(proof) {
        let Some(others) = found.quote.other_paragraphs() else { continue };
        let paragraph = found.quote.paragraph();
        let message = format!("these words occur in paragraph {paragraph} and in {others}");
        findings.push(
            Finding::new(Rule::AmbiguousQuote, FAQ_FILE, found.text_span.clone(), message)
                .label(format!("paragraph {paragraph} is cited"))
                .help(format!(
                    "write `paragraph = {paragraph}`, or the number that is meant, below the text"
                )),
        );
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn quote_in_several_paragraphs_is_reported_unless_it_names_one() {
        let body = "Yes.\n\nYes.\n";
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\ntext = \"Yes.\"\n";
        let both = format!("{faq}paragraph = 1\n[[entry.quote]]\ntext = \"Yes.\"\nparagraph = 2\n");
        assert_eq!(
            findings(body, faq),
            ["quote-stands-twice:\"Yes.\"", "sentence-not-quoted:Yes."]
        );
        assert_eq!(findings(body, &both), Vec::<String>::new());
    }
}
