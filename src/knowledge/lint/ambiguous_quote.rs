//! Quotes whose words stand in several paragraphs, where none is named.

use super::placed_quotes;
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Quote, Rule};

/// How many further paragraphs are named; whoever has more of them needs no list.
const MAX_NAMED: usize = 5;

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut findings = Vec::new();
    for placed in placed_quotes(proof).filter(|placed| !placed.quote.other_paragraphs().is_empty())
    {
        let paragraph = placed.quote.paragraph();
        let message =
            format!("these words stand in paragraph {paragraph} and in {}", others(placed.quote));
        findings.push(
            Finding::new(Rule::QuoteStandsTwice, FAQ_FILE, placed.text_span.clone(), message)
                .label(format!("paragraph {paragraph} is cited"))
                .help(format!(
                    "write `paragraph = {paragraph}` below the text, or the number that is meant"
                )),
        );
    }
    findings
}

fn others(quote: &Quote) -> String {
    let also = quote.other_paragraphs();
    let named: Vec<String> = also.iter().take(MAX_NAMED).map(ToString::to_string).collect();
    match also.len().saturating_sub(MAX_NAMED) {
        0 => named.join(", "),
        n_more => format!("{} and {n_more} more", named.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn words_of_several_paragraphs_are_reported_until_one_is_named() {
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
