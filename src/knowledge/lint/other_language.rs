//! Packs whose phrasings are in another language than `pack.toml` says.

use crate::knowledge::pack::PACK_FILE;
use crate::knowledge::{Entry, Finding, Proof, Rule};
use crate::text::detect::detect;

pub(super) fn check(proof: &Proof) -> Option<Finding> {
    let language = &proof.pack.language;
    let untagged = proof.pack.entries.iter().filter(|entry| entry.language.is_none());
    let found = detect(untagged.flat_map(Entry::untranslated))?;
    if found == *language || is_nearly_same(found.code(), language.code()) {
        return None;
    }
    let message = format!(
        "the phrasings seem to be in the language `{}`, and the pack's language is `{}`",
        found.code(),
        language.code()
    );
    let help = format!("write `language = \"{}\"`, if that is right", found.code());
    let finding =
        Finding::new(Rule::OtherLanguage, PACK_FILE, proof.language_span.clone(), message);
    Some(finding.label("words are divided and compared by the rules of this language").help(help))
}

/// Languages that a detector of short texts takes for each other.
fn is_nearly_same(a: &str, b: &str) -> bool {
    const SCANDINAVIAN: [&str; 3] = ["da", "nb", "sv"];
    SCANDINAVIAN.contains(&a) && SCANDINAVIAN.contains(&b)
}

#[cfg(test)]
mod tests {
    use crate::knowledge::{Proof, fixtures, prove};

    fn proof(header: &str) -> Proof {
        let faq = "[[entry]]\nid = \"a\"\nquestion = \"Wann ist das Schwimmbad geöffnet?\"\n\
                   variants = [\"Wie lange kann man am Sonntag schwimmen?\", \"Ab welchem Alter dürfen Kinder alleine in das Bad?\"]\n\
                   [[entry.quote]]\ntext = \"Von acht bis zwölf.\"\n";
        let header = format!("title = \"P\"\n{header}");
        let source = "+++\ntitle = \"S\"\n+++\nVon acht bis zwölf.\n";
        let files = [("pack.toml", header.as_str()), ("faq.toml", faq), ("sources/s.md", source)];
        let proof = prove(&fixtures::files("p", &files));
        assert!(proof.is_accepted(), "{:?}", proof.findings);
        proof
    }

    #[test]
    fn wrong_language_is_reported_and_a_missing_one_is_detected() {
        assert!(super::check(&proof("language = \"en\"\n")).is_some());
        assert!(super::check(&proof("language = \"de\"\n")).is_none());
        let detected = proof("");
        assert_eq!(detected.pack.language.code(), "de");
        assert!(super::check(&detected).is_none());
    }
}
