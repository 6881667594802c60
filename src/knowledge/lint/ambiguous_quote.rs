//! Quotes whose words occur in several paragraphs and that do not name one.

use super::quotes_with_spans;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Quote, Rule};

/// The other paragraphs listed in a finding; more numbers would not help.
const MAX_LISTED: usize = 5;

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut findings = Vec::new();
    for found in quotes_with_spans(proof).filter(|found| !found.quote.other_paragraphs().is_empty())
    {
        let paragraph = found.quote.paragraph();
        let message =
            format!("these words occur in paragraph {paragraph} and in {}", others(found.quote));
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

fn others(quote: &Quote) -> String {
    let others = quote.other_paragraphs();
    let listed: Vec<String> = others.iter().take(MAX_LISTED).map(ToString::to_string).collect();
    match others.len().saturating_sub(MAX_LISTED) {
        0 => listed.join(", "),
        n_more => format!("{} and {n_more} more", listed.join(", ")),
    }
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
