//! Speakers whose name does not occur near their quote.

use std::collections::HashSet;

use super::{QuoteWithSpans, quotes_with_spans, source_idx};
use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Rule, Source};
use crate::text::tokenize;

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut words: Vec<ParagraphWords<'_>> =
        proof.pack.sources.iter().map(|source| ParagraphWords::new(source)).collect();
    let mut findings = Vec::new();
    for found in quotes_with_spans(proof) {
        let Some(speaker) = found.quote.speaker() else { continue };
        let idx = source_idx(proof, found.quote.source());
        let Some(words) = idx.and_then(|idx| words.get_mut(idx)) else { continue };
        if !is_named_near(words, &found, speaker) {
            findings.push(not_near(&found, speaker));
        }
    }
    findings
}

/// Whether any part of the name occurs in the quote's paragraphs, the one before or the one after.
fn is_named_near(
    words: &mut ParagraphWords<'_>,
    found: &QuoteWithSpans<'_>,
    speaker: &str,
) -> bool {
    let names: Vec<String> = tokenize(speaker, usize::MAX)
        .into_iter()
        .map(|token| token.word)
        .filter(|word| !is_initial(word))
        .collect();
    let first = found.quote.paragraph().saturating_sub(1);
    let last = found.quote.source().paragraph_at(found.quote.span().end) + 1;
    (first..=last).any(|number| words.contains_any(number, &names))
}

/// Whether `word` is a single letter of a script with letter case. "A" of "A. Smith" occurs in most
/// paragraphs and identifies nobody; one character of a script without letter case may be a name.
fn is_initial(word: &str) -> bool {
    let mut chars = word.chars();
    matches!((chars.next(), chars.next()), (Some(c), None) if c.is_lowercase())
}

fn not_near(found: &QuoteWithSpans<'_>, speaker: &str) -> Finding {
    let number = found.quote.paragraph();
    let message = format!(
        "`{}` attributes these words to {speaker}, who is not named in or next to paragraph {number}",
        found.entry.id
    );
    Finding::new(Rule::SpeakerNotNear, FAQ_FILE, found.speaker_span.clone(), message)
        .label("not named there")
        .help("correct the name, or remove `speaker` if the source does not say who speaks")
}

/// The words of a source's paragraphs, each tokenized at first use.
struct ParagraphWords<'s> {
    source: &'s Source,
    words: Vec<Option<HashSet<String>>>,
}

impl<'s> ParagraphWords<'s> {
    fn new(source: &'s Source) -> Self {
        Self { source, words: vec![None; source.n_paragraphs()] }
    }

    /// Whether one of `names` is a word of the paragraph `number`; false if it does not exist.
    fn contains_any(&mut self, number: usize, names: &[String]) -> bool {
        let slot = number.checked_sub(1).and_then(|idx| self.words.get_mut(idx));
        let Some(slot) = slot else { return false };
        let words = slot.get_or_insert_with(|| {
            let paragraph = self.source.paragraph(number).unwrap_or_default();
            tokenize(paragraph, usize::MAX).into_iter().map(|token| token.word).collect()
        });
        names.iter().any(|name| words.contains(name))
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn speaker_is_reported_unless_part_of_the_name_is_near_the_quote() {
        let body = "Rana Mitter spoke.\n\n“One.”\n\n“Two.”\n\nA Xi’s aide left.\n\n王说。";
        let cases = [
            ("“One.”", "Mitter", true),
            ("“One.”", "Professor Rana Mitter", true),
            ("“One.” “Two.”", "Xi Jinping", true),
            ("“Two.”", "Rana Mitter", false),
            ("“One.”", "Xi Jinping", false),
            ("“Two.”", "A. Smith", false),
            ("A Xi’s aide left.", "王", true),
            ("Rana Mitter spoke.", "MITTÉR", true),
        ];
        for (text, speaker, want) in cases {
            let faq = format!(
                "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\n\
                 text = \"{text}\"\nspeaker = \"{speaker}\"\n"
            );
            let found = findings(body, &faq);
            let want_finding = format!("speaker-not-near:\"{speaker}\"");
            assert_eq!(!found.contains(&want_finding), want, "{text} {speaker}: {found:?}");
        }
    }
}
