//! [`AcceptedTexts`]: what the history of a pack has last.

use std::sync::Arc;

use crate::knowledge::{CuratedTexts, EntryChange};

/// The texts of a pack that were recorded last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AcceptedTexts {
    /// The text of `faq.toml`.
    pub faq: Arc<str>,
    /// The text of `lexicon.toml`; `None` if an earlier version recorded the pack, which had no history of it.
    pub lexicon: Option<Arc<str>>,
}

impl AcceptedTexts {
    /// Whether they are `texts`, all of them.
    pub fn are(&self, texts: &CuratedTexts) -> bool {
        self.faq == texts.faq && self.lexicon.as_ref() == Some(&texts.lexicon)
    }

    /// The texts. What is not recorded is as it is in `now`.
    pub fn completed_by(&self, now: &CuratedTexts) -> CuratedTexts {
        let lexicon = self.lexicon.as_ref().unwrap_or(&now.lexicon);
        CuratedTexts { faq: Arc::clone(&self.faq), lexicon: Arc::clone(lexicon) }
    }

    /// What has changed until `now`.
    pub fn changes_to(&self, now: &CuratedTexts) -> Vec<EntryChange> {
        self.completed_by(now).changes_to(now)
    }
}
