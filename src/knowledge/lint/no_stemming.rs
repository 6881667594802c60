//! Languages without data, whose words are compared unchanged.

use std::ops::Range;

use crate::knowledge::pack::{FAQ_FILE, PACK_FILE};
use crate::knowledge::{Finding, Proof, Rule};
use crate::text::Language;
use crate::text::language::LANGUAGES;

/// Reports the pack's language, and each other one at its first use.
pub(super) fn check(proof: &Proof) -> Vec<Finding> {
    let mut seen = vec![&proof.pack.language];
    let mut findings = vec![finding(&proof.pack.language, PACK_FILE, &proof.language_span)];
    for (entry, spans) in proof.pack.entries.iter().zip(&proof.entry_spans) {
        for ((language, _), span) in entry.languages(&proof.pack.language).zip(&spans.languages) {
            if !seen.contains(&language) {
                seen.push(language);
                findings.push(finding(language, FAQ_FILE, span));
            }
        }
    }
    findings.into_iter().flatten().collect()
}

fn finding(language: &Language, file: &str, span: &Range<usize>) -> Option<Finding> {
    if LANGUAGES.contains(&language.code()) {
        return None;
    }
    let message =
        format!("quoth knows no stems and stop words of the language `{}`", language.code());
    let help = "add phrasings with the other forms of the words, or correct the code, which has \
                two letters, like en or de";
    let finding = Finding::new(Rule::NoStemming, file, span.clone(), message);
    Some(finding.label("words are compared unchanged").help(help))
}

#[cfg(test)]
mod tests {
    use crate::knowledge::{fixtures, prove};

    #[test]
    fn language_without_data_is_reported_at_its_span() {
        let cases = [("en", None), ("pt-BR", None), ("ja", None), ("english", Some(11..20))];
        for (code, want) in cases {
            let header = format!("language = \"{code}\"");
            let proof = prove(&fixtures::files("p", &[("pack.toml", &header)]));
            let spans = super::check(&proof).into_iter().map(|finding| finding.span);
            assert_eq!(spans.collect::<Vec<_>>(), Vec::from_iter(want), "{code}");
        }
    }

    #[test]
    fn other_languages_without_data_are_reported_once_at_their_first_use() {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"What?\"\ngap = true\n\
                   translations = { de = [\"Was?\"], xx = [\"Ha?\"] }\n\
                   [[entry]]\nid = \"b\"\nquestion = \"Ho?\"\ngap = true\nlanguage = \"xx\"\n";
        let files = [("faq.toml", faq), ("pack.toml", "language = \"en\"")];
        let proof = prove(&fixtures::files("p", &files));
        let found: Vec<_> = super::check(&proof).into_iter().map(|it| (it.file, it.span)).collect();
        let at = faq.find("xx").unwrap();
        assert_eq!(found, [("faq.toml".to_owned(), at..at + 2)]);
    }
}
