//! The texts of a pack that moderators edit.

use std::sync::Arc;

use super::pack::{FAQ_FILE, LEXICON_FILE};
use super::patch::{EntryChange, changes, lexicon_change};
use super::{PackFile, PackFiles};

/// The files of a pack that moderators edit, and of whose changes there is a history.
pub const CURATED_FILES: [&str; 2] = [FAQ_FILE, LEXICON_FILE];

/// The texts of [`CURATED_FILES`]; empty for a file that is missing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CuratedTexts {
    /// The text of `faq.toml`: entries and gaps.
    pub faq: Arc<str>,
    /// The text of `lexicon.toml`: synonyms.
    pub lexicon: Arc<str>,
}

impl CuratedTexts {
    /// Those of `files`.
    pub fn of(files: &PackFiles) -> Self {
        let text = |path: &str| Arc::from(files.text(path).unwrap_or_default());
        Self { faq: text(FAQ_FILE), lexicon: text(LEXICON_FILE) }
    }

    /// The text of each file.
    pub fn by_file(&self) -> [(&'static str, &str); 2] {
        let [faq, lexicon] = CURATED_FILES;
        [(faq, &self.faq), (lexicon, &self.lexicon)]
    }

    /// `files` with these texts instead of their own. A text that is empty is no file.
    #[must_use]
    pub fn put_into(&self, files: &PackFiles) -> PackFiles {
        let mut files = files.clone();
        files.files.retain(|file| !CURATED_FILES.contains(&&*file.path));
        let texts = self.by_file().into_iter().filter(|(_, text)| !text.is_empty());
        files.with(texts.map(|(path, text)| PackFile { path: path.to_owned(), bytes: text.into() }))
    }

    /// What has changed until `after`: the entries, and the lexicon as if it were one.
    pub fn changes_to(&self, after: &Self) -> Vec<EntryChange> {
        let of_lexicon = lexicon_change(&self.lexicon, &after.lexicon);
        changes(&self.faq, &after.faq).into_iter().chain(of_lexicon).collect()
    }
}
