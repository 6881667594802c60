//! Phrasings with the same words as an earlier one.

use std::collections::HashMap;
use std::collections::hash_map::Entry as Slot;
use std::hash::BuildHasher;

use rustc_hash::FxBuildHasher;

use crate::knowledge::pack::FAQ_FILE;
use crate::knowledge::{Finding, Proof, Rule};
use crate::text::tokenize;

pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    // The first entry by the hash of a key, since all keys are a copy of the pack. On a hit the words
    // are compared.
    let mut seen: HashMap<u64, usize> = HashMap::new();
    let mut findings = Vec::new();
    for (idx, (entry, spans)) in proof.pack.entries.iter().zip(&proof.entry_spans).enumerate() {
        for (number, (phrasing, span)) in entry.phrasings().zip(&spans.phrasings).enumerate() {
            let key = key_of(phrasing);
            let first = match seen.entry(FxBuildHasher.hash_one(&key)) {
                Slot::Vacant(slot) => {
                    slot.insert(idx);
                    continue;
                }
                Slot::Occupied(slot) => *slot.get(),
            };
            // Phrasings after this one have not been seen yet.
            let n_seen = if first == idx { number } else { usize::MAX };
            let Some(first) = proof.pack.entries.get(first) else { continue };
            if !first.phrasings().take(n_seen).any(|it| key_of(it) == key) {
                continue;
            }
            let first = &first.id;
            let finding = |message: String, label: &str, help: &str| {
                Finding::new(Rule::DuplicatePhrasing, FAQ_FILE, span.clone(), message)
                    .label(label)
                    .help(help)
            };
            findings.push(if *first == entry.id {
                let message = format!("`{first}` has two phrasings with the same words");
                finding(message, "the second one", "remove one of the two")
            } else {
                let message =
                    format!("`{first}` and `{}` have a phrasing with the same words", entry.id);
                finding(message, "the second one", "keep it in the entry that answers it better")
            });
        }
    }
    findings
}

/// The words as matching compares them, or the phrasing itself if it has no words.
pub(crate) fn key_of(phrasing: &str) -> String {
    let words: Vec<String> =
        tokenize(phrasing, usize::MAX).into_iter().map(|token| token.word).collect();
    if words.is_empty() { phrasing.trim().to_owned() } else { words.join(" ") }
}

#[cfg(test)]
mod tests {
    use super::super::tests::findings;

    #[test]
    fn duplicate_phrasings_are_reported_within_and_across_entries() {
        let quote = "[[entry.quote]]\ntext = \"One.\"\n";
        let entry = |id: &str, question: &str, variants: &str| {
            format!(
                "[[entry]]\nid = \"{id}\"\nquestion = \"{question}\"\nvariants = [{variants}]\n{quote}"
            )
        };
        let gap = "[[entry]]\nid = \"g\"\nquestion = \"What's up?\"\ngap = true\n";
        let cases: [(String, &[&str]); 5] = [
            (entry("a", "What is it?", "\"what's IT\""), &["\"what's IT\""]),
            (entry("a", "What is it?", "\"It is what?\""), &[]),
            ([entry("a", "What?", ""), entry("b", "¿what", "")].concat(), &["\"¿what\""]),
            (entry("a", "whats up", "") + gap, &["\"What's up?\""]),
            (entry("a", "🙂", "\"🙃\", \"🙂 \""), &["\"🙂 \""]),
        ];
        for (faq, want) in cases {
            let want: Vec<String> =
                want.iter().map(|text| format!("doubled-phrasing:{text}")).collect();
            assert_eq!(findings("One.", &faq), want, "{faq}");
        }
    }
}
