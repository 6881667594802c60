//! What is answered from: for each space an index of its packs, in one snapshot that is swapped
//! whole.

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use super::packs::{self, PackError};
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, Spaces};
use crate::matching::{DecisionRule, Index, Thresholds};

/// Where the current snapshot is found.
pub struct Library {
    current: RwLock<Arc<Snapshot>>,
}

/// What holds at one moment.
pub struct Snapshot {
    /// The spaces.
    pub spaces: Spaces,
    /// By the space's name. The default space is always there.
    shelves: HashMap<String, Shelf>,
    /// What holds if a shelf were missing.
    empty: Shelf,
}

/// What a space answers from.
#[derive(Clone)]
pub struct Shelf {
    /// What is searched; spaces with the same packs share it.
    pub index: Arc<Index>,
    /// How sure an answer has to be.
    pub rule: DecisionRule,
}

impl Library {
    /// Opens the packs of all `spaces`. Where a space sets none of its own, `thresholds` hold.
    ///
    /// # Errors
    /// [`PackError`] if a pack cannot be served.
    pub fn open(spaces: Spaces, thresholds: Thresholds) -> Result<Self, PackError> {
        let snapshot = Snapshot::open(spaces, thresholds)?;
        Ok(Self { current: RwLock::new(Arc::new(snapshot)) })
    }

    /// The snapshot that holds now.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Opens everything anew and swaps it in whole. Questions that are being answered keep what
    /// they have.
    ///
    /// # Errors
    /// [`PackError`] if a pack cannot be served; then what was served before still is.
    pub fn reopen(&self, spaces: Spaces, thresholds: Thresholds) -> Result<(), PackError> {
        let snapshot = Arc::new(Snapshot::open(spaces, thresholds)?);
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = snapshot;
        Ok(())
    }
}

impl Snapshot {
    /// Opens the packs of all `spaces`; each list of packs once.
    ///
    /// # Errors
    /// [`PackError`] if a pack cannot be served.
    pub fn open(spaces: Spaces, thresholds: Thresholds) -> Result<Self, PackError> {
        let mut opened: HashMap<&[PathBuf], Shelf> = HashMap::new();
        let mut shelves = HashMap::new();
        for space in spaces.all() {
            let shelf = match opened.get(space.packs.as_slice()) {
                Some(shelf) => shelf.clone(),
                None => {
                    let packs::Opened { index, calibration } = packs::open(&space.packs)?;
                    let rule = DecisionRule { calibration, thresholds };
                    let shelf = Shelf { index: Arc::new(index), rule };
                    opened.insert(&space.packs, shelf.clone());
                    shelf
                }
            };
            shelves.insert(space.name.clone(), shelf.in_space(space));
        }
        let empty =
            Shelf { index: Arc::new(Index::new(Vec::new())), rule: DecisionRule::default() };
        Ok(Self { spaces, shelves, empty })
    }

    /// What `space` answers from.
    pub fn shelf(&self, space: &Space) -> &Shelf {
        let shelf = self.shelves.get(&space.name).or_else(|| self.shelves.get(DEFAULT_SPACE));
        shelf.unwrap_or(&self.empty)
    }
}

impl Shelf {
    fn in_space(mut self, space: &Space) -> Self {
        let thresholds = &mut self.rule.thresholds;
        thresholds.answer = space.settings.answer_from.unwrap_or(thresholds.answer);
        thresholds.suggest = space.settings.suggest_from.unwrap_or(thresholds.suggest);
        self
    }
}
