//! Packs for tests.

use std::sync::Arc;

use super::{Pack, PackFile, PackFiles, prove};

/// The pack `name` of files, given by path and text.
pub(crate) fn files(name: &str, files: &[(&str, &str)]) -> PackFiles {
    let file = |(path, text): &(&str, &str)| PackFile {
        path: (*path).to_owned(),
        bytes: text.as_bytes().to_vec(),
    };
    PackFiles { name: name.to_owned(), files: files.iter().map(file).collect() }
}

/// The same, which has to be accepted.
pub(crate) fn pack_of(name: &str, files: &[(&str, &str)]) -> Arc<Pack> {
    let proof = prove(&self::files(name, files));
    assert!(proof.is_accepted(), "{:?}", proof.findings);
    Arc::new(proof.pack)
}

/// The English pack `p` of this `faq.toml` and one source, whose text is `body`.
pub(crate) fn pack(faq: &str, body: &str) -> Arc<Pack> {
    let source = format!("+++\ntitle = \"S\"\n+++\n{body}\n");
    let header = "title = \"P\"\nlanguage = \"en\"\n";
    pack_of("p", &[("faq.toml", faq), ("pack.toml", header), ("sources/s.md", &source)])
}
