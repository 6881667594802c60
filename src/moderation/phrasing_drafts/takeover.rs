//! What becomes of a pack when drafts are taken over.

use std::collections::{HashMap, HashSet};

use super::DraftFile;
use crate::knowledge::{Entry, Pack, Patch};

/// What taking drafts over changes in a pack.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Takeover {
    /// The changes of `faq.toml`, each of another entry.
    pub patches: Vec<Patch>,
    /// How many phrasings they add.
    pub n_added: usize,
    /// The ids of entries that have drafts and are no longer in the pack. Their drafts stay in the file.
    pub gone: Vec<String>,
}

impl DraftFile {
    /// Takes the drafts of the entries `ids`, or of all, out of the file for `pack`. What an entry has already
    /// is not added again.
    pub fn take_over(&mut self, pack: &Pack, ids: &[String]) -> Takeover {
        let by_id: HashMap<&str, &Entry> =
            pack.entries.iter().map(|entry| (entry.id.as_str(), entry)).collect();
        let is_gone = |id: &&str| !by_id.contains_key(id);
        let gone = self.ids().filter(is_gone).map(str::to_owned).collect();
        let mut takeover = Takeover { gone, ..Takeover::default() };
        let is_named = |id: &str| ids.is_empty() || ids.iter().any(|it| it == id);
        for (id, variants) in self.take(|id| by_id.contains_key(id) && is_named(id)) {
            let Some(entry) = by_id.get(id.as_str()) else { continue };
            let variants = new_variants(entry, variants);
            takeover.n_added += variants.len();
            if !variants.is_empty() {
                takeover.patches.push(Patch::AddVariants { id: entry.id.clone(), variants });
            }
        }
        takeover
    }
}

/// Those of `variants` that the entry does not have, each once.
fn new_variants(entry: &Entry, variants: Vec<String>) -> Vec<String> {
    let mut known: HashSet<String> = entry.phrasings().map(str::to_owned).collect();
    variants.into_iter().filter(|variant| known.insert(variant.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures::pack;

    const FAQ: &str = "[[entry]]\nid = \"hours\"\nquestion = \"When does it open?\"\n\
        variants = [\"opening hours\"]\n[[entry.quote]]\ntext = \"It opens at eight.\"\n\
        [[entry]]\nid = \"dogs\"\nquestion = \"May dogs come in?\"\n\
        [[entry.quote]]\ntext = \"Dogs stay outside.\"\n";

    fn owned(texts: &[&str]) -> Vec<String> {
        texts.iter().map(|text| (*text).to_owned()).collect()
    }

    #[test]
    fn new_drafts_of_the_named_entries_are_taken_over_and_those_of_gone_ones_stay() {
        let pack = pack(FAQ, "It opens at eight. Dogs stay outside.");
        let mut file = DraftFile::default();
        file.add("hours", "", owned(&["from when?", "opening hours", "until when?", "from when?"]));
        file.add("dogs", "", owned(&["May dogs come in?"]));
        file.add("cats", "", owned(&["and cats?"]));
        let hours = Patch::AddVariants {
            id: pack.entries[0].id.clone(),
            variants: owned(&["from when?", "until when?"]),
        };
        let gone = owned(&["cats"]);
        for (ids, patches, n_added, n_left) in [
            (&["dogs"][..], vec![], 0, 5),
            (&["hours"], vec![hours.clone()], 2, 2),
            (&["cats"], vec![], 0, 6),
            (&[], vec![hours], 2, 1),
        ] {
            let mut file = file.clone();
            let takeover = file.take_over(&pack, &owned(ids));
            assert_eq!(takeover, Takeover { patches, n_added, gone: gone.clone() }, "{ids:?}");
            assert_eq!(file.n_drafts(), n_left, "{ids:?}");
            assert_eq!(file.ids().count(), 3, "{ids:?}");
        }
    }
}
