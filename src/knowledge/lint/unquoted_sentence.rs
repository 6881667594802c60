//! Sentences of the sources that no quote overlaps.

use std::ops::Range;

use super::source_idx;
use crate::knowledge::{Finding, Proof, Rule, Source, SourceLocation};

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut quoted = vec![Vec::new(); proof.pack.sources.len()];
    for quote in proof.pack.entries.iter().flat_map(|entry| entry.quotes()) {
        let spans = source_idx(proof, quote.source()).and_then(|idx| quoted.get_mut(idx));
        if let Some(spans) = spans {
            spans.push(quote.span());
        }
    }
    let sources = proof.pack.sources.iter().zip(&proof.source_locations).zip(quoted);
    sources
        .flat_map(|((source, location), quoted)| check_source(source, location, quoted))
        .collect()
}

/// Checks one source in one pass over the sentences and the quotes, both in the order of the text.
fn check_source(
    source: &Source,
    location: &SourceLocation,
    mut quoted: Vec<Range<usize>>,
) -> Vec<Finding> {
    quoted.sort_unstable_by_key(|span| span.start);
    let mut quoted = quoted.into_iter().peekable();
    let mut quoted_until = 0;
    let mut findings = Vec::new();
    for sentence in source.content_sentences() {
        while let Some(span) = quoted.next_if(|span| span.start < sentence.end) {
            quoted_until = quoted_until.max(span.end);
        }
        if quoted_until <= sentence.start {
            findings.push(not_quoted(source, location, &sentence));
        }
    }
    findings
}

fn not_quoted(source: &Source, location: &SourceLocation, sentence: &Range<usize>) -> Finding {
    let span = location.body_start + sentence.start..location.body_start + sentence.end;
    let number = source.paragraph_at(sentence.start);
    let message = format!("no entry quotes this sentence of paragraph {number}");
    Finding::new(Rule::UnquotedSentence, &location.file, span, message)
        .label("not quoted")
        .help("write an entry that quotes it, if it answers a question that somebody may ask")
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    const FAQ: &str =
        "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\ntext = \"One.\"\n";

    #[test]
    fn unquoted_sentence_is_reported_at_its_span() {
        let cases: [(&str, &[&str]); 5] = [
            ("One.", &[]),
            ("***\n\nOne.", &[]),
            ("One. “Twö!” Three?", &["“Twö!”", "Three?"]),
            ("Zero.\r\n\r\nOne.\r\nTwo\r\nlines.\r\n", &["Zero.", "Two\r\nlines."]),
            ("\n\u{a0}🙂 Zero. One. ", &["🙂 Zero."]),
        ];
        for (body, want) in cases {
            let want: Vec<String> =
                want.iter().map(|text| format!("sentence-not-quoted:{text}")).collect();
            assert_eq!(findings(body, FAQ), want, "{body:?}");
        }
    }

    #[test]
    fn quotes_across_sentences_count_for_each_sentence() {
        let quote = |text: &str| format!("[[entry.quote]]\ntext = \"{text}\"\n");
        let faq = format!("{FAQ}{}{}", quote("One. Two. Three."), quote("Two."));
        let got = findings("One. Two. Three.\n\nFour.", &faq);
        assert_eq!(got, ["sentence-not-quoted:Four."]);
    }
}
