//! [`PreparedPacks`]: states of packs that may be served soon.

use std::sync::Arc;

use crate::knowledge::ProvedPack;
use crate::matching::Index;

/// Most bytes of an index that is kept, that of 250,000 to 500,000 phrasings (docs/performance.md). A larger one is built once
/// more when it is served.
const MAX_BYTES_OF_ONE: usize = 256 * 1024 * 1024;

/// Most bytes of all indexes that are kept. The newest may have more.
const MAX_BYTES: usize = 64 * 1024 * 1024;

/// Most states that are kept.
const MAX_PACKS: usize = 4;

/// A state of a pack that may be served soon: what a moderator was shown, has just saved, or may take back. If it is, its
/// files are not proved again, and nothing is learned again.
#[derive(Debug, Clone)]
pub struct PreparedPack {
    /// The pack.
    pub pack: ProvedPack,
    /// An index of it, if there is one.
    pub index: Option<Arc<Index>>,
}

/// The newest states of packs that may be served soon, the oldest first.
#[derive(Debug, Default)]
pub(super) struct PreparedPacks(Vec<PreparedPack>);

impl PreparedPacks {
    /// Adds a state. One that is kept already keeps its index.
    pub(super) fn add(&mut self, new: PreparedPack) {
        let is_same = |it: &PreparedPack| Arc::ptr_eq(it.pack.pack(), new.pack.pack());
        if new.index.is_none() && self.0.iter().any(is_same) {
            return;
        }
        self.0.retain(|it| !is_same(it));
        let index = new.index.filter(|index| index.n_bytes() <= MAX_BYTES_OF_ONE);
        self.0.push(PreparedPack { index, ..new });
        while self.0.len() > MAX_PACKS || (self.0.len() > 1 && self.n_bytes() > MAX_BYTES) {
            self.0.remove(0);
        }
    }

    /// The states.
    pub(super) fn all(&self) -> &[PreparedPack] {
        &self.0
    }

    fn n_bytes(&self) -> usize {
        self.0.iter().filter_map(|it| it.index.as_ref()).map(|index| index.n_bytes()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::knowledge::fixtures;

    fn pack(number: usize, has_index: bool) -> PreparedPack {
        let faq = format!("[[entry]]\nid = \"e{number}\"\nquestion = \"What?\"\ngap = true\n");
        let source = "+++\ntitle = \"S\"\n+++\nText.\n";
        let files =
            [("faq.toml", &*faq), ("pack.toml", "title = \"P\"\n"), ("sources/s.md", source)];
        let pack = ProvedPack::prove(&fixtures::files("p", &files), &[]).unwrap();
        let index = has_index.then(|| Arc::new(Index::new(vec![Arc::clone(pack.pack())])));
        PreparedPack { pack, index }
    }

    #[test]
    fn newest_states_are_kept_each_once_and_with_its_index() {
        let mut kept = PreparedPacks::default();
        let indexed = pack(0, true);
        kept.add(indexed.clone());
        kept.add(PreparedPack { index: None, ..indexed });
        assert_eq!(kept.all().len(), 1);
        assert!(kept.all()[0].index.is_some());
        for number in 1..=MAX_PACKS {
            kept.add(pack(number, false));
        }
        let ids: Vec<_> =
            kept.all().iter().map(|it| it.pack.pack().entries[0].id.to_string()).collect();
        assert_eq!(ids, ["e1", "e2", "e3", "e4"]);
    }
}
