//! [`ProvedPack`]: a pack without errors, by which a changed state of it is proved.

use std::sync::Arc;

use sha2::{Digest, Sha256};

use super::faq::ChangedEntries;
use super::{FAQ_FILE, Pack, PackFiles, Proof, duplicate_languages, language_of, prove};

/// A pack whose files have no errors.
#[derive(Debug, Clone)]
pub struct ProvedPack {
    pack: Arc<Pack>,
    faq: Arc<str>,
    /// SHA-256 of all files but `faq.toml`.
    digest_of_others: [u8; 32],
}

impl ProvedPack {
    /// Proves `files`. Where they are those of one of the `known` packs, nothing is proved again; where only sections of
    /// `faq.toml` differ, only these are.
    ///
    /// # Errors
    /// The whole proof, if there are errors.
    pub fn prove(files: &PackFiles, known: &[Self]) -> Result<Self, Box<Proof>> {
        let digest_of_others = digest_of_others(files);
        let Some(faq) = files.text(FAQ_FILE) else { return Err(Box::new(prove(files))) };
        let has_same_others =
            |it: &&Self| it.digest_of_others == digest_of_others && it.pack.name == files.name;
        let mut known = known.iter().filter(has_same_others);
        if let Some(same) = known.clone().find(|it| *it.faq == *faq) {
            return Ok(same.clone());
        }
        let pack = match known.find_map(|it| it.changed(files, faq)) {
            Some(pack) => pack,
            None => {
                let proof = prove(files);
                if !proof.is_accepted() {
                    return Err(Box::new(proof));
                }
                proof.pack
            }
        };
        Ok(Self { pack: Arc::new(pack), faq: faq.into(), digest_of_others })
    }

    /// The pack.
    pub fn pack(&self) -> &Arc<Pack> {
        &self.pack
    }

    /// The text of its `faq.toml`.
    pub fn faq(&self) -> &Arc<str> {
        &self.faq
    }

    /// The pack of `files`, which differ from its own in the text `faq` of `faq.toml`; `None` if there may be errors.
    fn changed(&self, files: &PackFiles, faq: &str) -> Option<Pack> {
        let Pack { name, title, description, language, sources, entries, lexicon } = &*self.pack;
        let changed = ChangedEntries::read((&self.faq, entries), faq, sources)?;
        // It may be that of the entries.
        if language_of(files, &changed.entries) != *language {
            return None;
        }
        let read = changed.entries.get(changed.read)?;
        if !duplicate_languages(language, read, &changed.entry_spans).is_empty() {
            return None;
        }
        Some(Pack {
            name: name.clone(),
            title: title.clone(),
            description: description.clone(),
            language: language.clone(),
            sources: sources.clone(),
            entries: changed.entries,
            lexicon: lexicon.clone(),
        })
    }
}

/// A hash of paths, lengths and bytes of all files but `faq.toml`.
fn digest_of_others(files: &PackFiles) -> [u8; 32] {
    let mut hash = Sha256::new();
    for file in files.files.iter().filter(|file| file.path != FAQ_FILE) {
        file.add_to(&mut hash);
    }
    hash.finalize().into()
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::knowledge::{Quote, fixtures};

    const SOURCE: &str = "+++\ntitle = \"Doc\"\n+++\n\nOne two.\n\nThree four.\n\nOne two.\n";

    fn files_with(faq: &str, source: &str, header: &str) -> PackFiles {
        fixtures::files(
            "p",
            &[("faq.toml", faq), ("pack.toml", header), ("sources/doc.md", source)],
        )
    }

    fn files(faq: &str) -> PackFiles {
        files_with(faq, SOURCE, "title = \"P\"\nlanguage = \"en\"\n")
    }

    /// All that a pack says, but for its sources.
    fn content(pack: &Pack) -> String {
        let Pack { name, title, description, language, entries, lexicon, sources } = pack;
        let mut content = format!("{name:?} {title:?} {description:?} {language:?} {lexicon:?}\n");
        for entry in entries {
            let quote = |it: &Quote| {
                assert!(sources.iter().any(|source| Arc::ptr_eq(source, it.source())));
                format!(
                    "{:?} {:?} {:?} {:?}",
                    it.span(),
                    it.speaker(),
                    it.role(),
                    it.other_paragraphs()
                )
            };
            let quotes: Vec<String> = entry.quotes().iter().map(quote).collect();
            let lead = entry.lead();
            let crate::knowledge::Entry { id, question, variants, language, .. } = entry;
            let (translations, tags, see_also) =
                (&entry.translations, &entry.tags, &entry.see_also);
            writeln!(
                content,
                "{id:?} {question:?} {variants:?} {language:?} {translations:?} {tags:?} {see_also:?} \
                 {lead:?} {quotes:?} {}",
                entry.is_gap()
            ).unwrap();
        }
        content
    }

    fn known(faq: &str) -> ProvedPack {
        ProvedPack::prove(&files(faq), &[]).unwrap()
    }

    /// Checks that proving `changed` by `known` gives what proving it by itself does.
    #[track_caller]
    fn check(known: &ProvedPack, changed: &PackFiles) {
        let (got, want) = (ProvedPack::prove(changed, std::slice::from_ref(known)), prove(changed));
        match got {
            Ok(got) => {
                assert_eq!(want.findings, []);
                assert_eq!(content(got.pack()), content(&want.pack));
                assert_eq!(Some(&**got.faq()), changed.text(FAQ_FILE));
            }
            Err(got) => {
                assert_eq!(got.findings, want.findings);
                assert!(!want.is_accepted());
            }
        }
    }

    const A: &str =
        "[[entry]]\nid = \"a\"\nquestion = \"What?\"\n[[entry.quote]]\ntext = \"One two.\"\n\n";
    const B: &str =
        "# About b.\n[[entry]]\nid = \"b\"\nquestion = \"Who?\"\nsee_also = [\"a\"]\ngap = true\n";
    const C: &str = "[[entry]]\nid = \"c\"\nquestion = \"How?\"\nvariants = [\"how\"]\n\
        translations = { de = [\"Wie?\"] }\nquote = [{ text = \"Three four.\", speaker = \"Ann\" }]\n";

    #[test]
    fn unchanged_sections_are_not_read_again() {
        let before = known(&[A, B, C].concat());
        let after = [A, B, &C.replace("how", "in what way")].concat();
        let after = ProvedPack::prove(&files(&after), std::slice::from_ref(&before)).unwrap();
        let source = |proved: &ProvedPack| Arc::as_ptr(&proved.pack().sources[0]);
        assert_eq!(source(&before), source(&after), "the source was not read again");
        let again = ProvedPack::prove(&files(after.faq()), &[before, after.clone()]).unwrap();
        assert!(Arc::ptr_eq(after.pack(), again.pack()), "nothing was");
    }

    #[test]
    fn changed_state_is_proved_as_by_itself() {
        let before = known(&[A, B, C].concat());
        let inline = "entry = [{ id = \"a\", question = \"What?\", gap = true }]\n";
        for faq in [
            [B, C].concat(),
            [A, C].concat(),
            [A, A, B, C].concat(),
            [A, B, C, &B.replace("\"b\"", "\"c\"")].concat(),
            [A, &B.replace("\"a\"]", "\"c\", \"zz\"]"), C].concat(),
            [A, &B.replace("\"a\"]", "\"c\"]"), C].concat(),
            [&A.replace("\"a\"", "\"d\""), B, C].concat(),
            [&A.replace("One two.", "One too."), B, C].concat(),
            [A, &B.replace("gap = true", "gap = 1"), C].concat(),
            [A, B, &C.replace("de =", "en =")].concat(),
            [A, B, &C.replace("[[entry]]", "[[\"entry\"]]")].concat(),
            ["title = 1\n", A, B, C].concat(),
            ["# Title.\n", A, B, C].concat(),
            [A, B, C, "[[entry]\n"].concat(),
            [C, B, A].concat(),
            String::new(),
            inline.to_owned(),
        ] {
            check(&before, &files(&faq));
            if prove(&files(&faq)).is_accepted() {
                check(&known(&faq), &files(&[A, B, C].concat()));
            }
        }
    }

    #[test]
    fn changed_source_or_header_proves_all_again() {
        let faq = [A, B, C].concat();
        let before = known(&faq);
        check(&before, &files_with(&faq, &SOURCE.replace("four", "for"), "title = \"P\"\n"));
        check(&before, &files_with(&faq, SOURCE, "title = \"Other\"\n"));
        check(&before, &files_with(&faq, SOURCE, "title = 1\n"));
        let other_name = PackFiles { name: "q".to_owned(), ..files(&faq) };
        check(&before, &other_name);
    }

    #[test]
    fn language_of_the_entries_may_change_with_them() {
        let header = "title = \"P\"\n";
        let phrasings = |text: &str| C.replace("\"how\"", &format!("{text:?}"));
        let english = "what are the opening hours of the library on the weekend and on holidays";
        let german = "wann hat die Bücherei am Wochenende und an den Feiertagen geöffnet";
        let [english, german] =
            [english, german].map(|it| files_with(&phrasings(it), SOURCE, header));
        let before = ProvedPack::prove(&english, &[]).unwrap();
        assert_eq!(before.pack().language.code(), "en");
        check(&before, &german);
    }

    proptest::proptest! {
        #[test]
        fn any_change_is_proved_as_by_itself(
            old in proptest::collection::vec(0usize..9, 0..6),
            new in proptest::collection::vec(0usize..9, 0..6),
        ) {
            let sections = [
                A.to_owned(),
                B.to_owned(),
                C.to_owned(),
                A.replace("\"a\"", "\"d\""),
                A.replace("One two.\"", "Three four.\"\nparagraph = 2"),
                B.replace("see_also = [\"a\"]\n", ""),
                C.replace("Three four.", "Three for."),
                format!("{}# A comment.\n", B.replace("\"a\"]", "\"d\", \"c\"]")),
                "[[entry]]\nid = 1\n[other]\n".to_owned(),
            ];
            let faq = |picked: &[usize]| picked.iter().map(|idx| &*sections[*idx]).collect::<String>();
            let (old, new) = (files(&faq(&old)), files(&faq(&new)));
            if let Ok(before) = ProvedPack::prove(&old, &[]) {
                check(&before, &new);
            }
        }
    }
}
