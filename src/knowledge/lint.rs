//! Lint: warnings about a pack that can be served but should be improved. One rule, one file.
//!
//! Each rule makes one pass, so that a pack of 100,000 entries takes seconds. Rules that need the
//! matcher are not here; callers that have an index add their findings.

mod ambiguous_quote;
mod cut_sentence;
pub(crate) mod duplicate_phrasing;
mod no_stemming;
mod other_language;
mod speaker_not_near;
mod unquoted_sentence;

use std::ops::Range;
use std::sync::Arc;

use super::{Entry, Finding, Proof, Quote, Source};

/// The warnings about a proved pack, rule by rule.
///
/// Unquoted sentences are listed only if the pack is accepted: the sentences of rejected quotes
/// would be listed too.
pub fn lint(proof: &Proof) -> Vec<Finding> {
    let mut findings: Vec<Finding> = no_stemming::check(proof);
    findings.extend(other_language::check(proof));
    findings.extend(duplicate_phrasing::check(proof));
    findings.extend(ambiguous_quote::check(proof));
    findings.extend(speaker_not_near::check(proof));
    findings.extend(cut_sentence::check(proof));
    if proof.is_accepted() {
        findings.extend(unquoted_sentence::check(proof));
    }
    findings
}

/// A quote with its entry and its spans in `faq.toml`.
struct QuoteWithSpans<'p> {
    entry: &'p Entry,
    quote: &'p Quote,
    text_span: &'p Range<usize>,
    speaker_span: &'p Range<usize>,
}

fn quotes_with_spans(proof: &Proof) -> impl Iterator<Item = QuoteWithSpans<'_>> {
    proof.pack.entries.iter().zip(&proof.entry_spans).flat_map(|(entry, entry_spans)| {
        let spans = entry_spans.quotes.iter().zip(&entry_spans.speakers);
        entry.quotes().iter().zip(spans).map(move |(quote, (text_span, speaker_span))| {
            QuoteWithSpans { entry, quote, text_span, speaker_span }
        })
    })
}

/// The index of a source among the pack's sources.
fn source_idx(proof: &Proof, source: &Arc<Source>) -> Option<usize> {
    proof.pack.sources.iter().position(|candidate| Arc::ptr_eq(candidate, source))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::{fixtures, prove};

    /// The findings of all rules on a pack of one source, as `rule:marked text`.
    pub(super) fn findings(body: &str, faq: &str) -> Vec<String> {
        let source = format!("+++\ntitle = \"Doc\"\n+++\n{body}");
        let header = "title = \"P\"\nlanguage = \"en\"\n";
        let files = [("faq.toml", faq), ("pack.toml", header), ("sources/doc.md", &source)];
        let files = fixtures::files("p", &files);
        let proof = prove(&files);
        assert_eq!(proof.findings, [], "{faq}");
        let marked = |finding: &Finding| {
            let text = files.text(&finding.file).unwrap();
            format!("{}:{}", finding.rule.name(), text.get(finding.span.clone()).unwrap())
        };
        lint(&proof).iter().map(marked).collect()
    }

    #[test]
    fn valid_pack_has_no_warnings() {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\ntext = \"Ann: yes.\"\nspeaker = \"Ann\"\n";
        assert_eq!(findings("Ann: yes.\n", faq), Vec::<String>::new());
    }

    #[test]
    fn unquoted_sentences_are_not_listed_for_a_rejected_pack() {
        let source = "+++\ntitle = \"Doc\"\n+++\nOne.\n";
        let header = "title = \"P\"\n";
        let files =
            [("faq.toml", "[[entry]]\n"), ("pack.toml", header), ("sources/doc.md", source)];
        let files = fixtures::files("p", &files);
        assert_eq!(lint(&prove(&files)), []);
    }
}
