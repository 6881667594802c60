//! What is answered from: for each space an index of its packs, in one snapshot that is swapped
//! whole.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::packs::{self, LoadedPack, PackCalibration, PackError};
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, Spaces};
use crate::knowledge::{EntryChange, patch};
use crate::matching::calibration::Calibration;
use crate::matching::recalibration::{MAX_ASKED, Recalibration, collect_samples};
use crate::matching::{DecisionRule, Index, Thresholds};

/// Where the current snapshot is found.
pub struct KnowledgeBase {
    current: RwLock<Arc<Snapshot>>,
    /// Held while the next one is made.
    making: Mutex<()>,
}

/// What holds at one moment.
#[derive(Clone)]
pub struct Snapshot {
    /// The spaces.
    pub spaces: Spaces,
    thresholds: Thresholds,
    /// By folder.
    packs: HashMap<PathBuf, LoadedPack>,
    /// By the space's name. The default space is always there.
    shelves: HashMap<String, SpaceIndex>,
    /// What holds if a shelf were missing.
    empty: SpaceIndex,
}

/// What a space answers from.
#[derive(Clone)]
pub struct SpaceIndex {
    /// What is searched; spaces with the same packs share it.
    pub index: Arc<Index>,
    /// How sure an answer has to be.
    pub rule: DecisionRule,
    /// Fingerprints of the packs, in order.
    made_of: Vec<String>,
    /// Whether the pack's calibration was made for another state of it, and for which share of
    /// unanswerable questions; until [`Library::recalibrate`] makes one, the default holds.
    outdated: Option<f64>,
}

/// What reading a pack again has brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackUpdate {
    /// The pack's name.
    pub pack: String,
    /// Its folder.
    pub folder: PathBuf,
    /// What tells it from other news, so that it is told once.
    pub key: String,
    /// What.
    pub what: PackUpdateKind,
    /// Entries that were changed, added or taken out.
    pub changes: Vec<EntryChange>,
}

/// See [`News`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackUpdateKind {
    /// It has changed and is used.
    Reloaded,
    /// It cannot be used; what was read before still is.
    Rejected {
        /// Why, and what to do.
        message: String,
    },
    /// It is used but for these entries, whose quotes are no longer in its sources.
    EntriesDisabled {
        /// Their ids.
        entries: Vec<String>,
    },
}

impl KnowledgeBase {
    /// Opens the packs of all `spaces`. Where a space sets none of its own, `thresholds` hold.
    ///
    /// # Errors
    /// [`PackError`] if a pack has errors.
    pub fn open(spaces: Spaces, thresholds: Thresholds) -> Result<Self, PackError> {
        let snapshot = Snapshot::build(spaces, thresholds, None, packs::load)?;
        Ok(Self::with(snapshot))
    }

    /// The same for a service, which has to start again after a source has changed: entries whose
    /// quotes are no longer in it are set aside.
    ///
    /// # Errors
    /// [`PackError`] if a pack has other errors.
    pub fn open_lenient(
        spaces: Spaces,
        thresholds: Thresholds,
    ) -> Result<(Self, Vec<PackUpdate>), PackError> {
        let mut news = Vec::new();
        let snapshot = Snapshot::build(spaces, thresholds, None, |folder| {
            let loaded = packs::load_lenient(folder, None)?;
            news.extend(PackUpdate::set_aside(folder, &loaded));
            Ok(loaded)
        })?;
        Ok((Self::with(snapshot), news))
    }

    fn with(snapshot: Snapshot) -> Self {
        Self { current: RwLock::new(Arc::new(snapshot)), making: Mutex::default() }
    }

    /// The snapshot that holds now.
    pub fn current(&self) -> Arc<Snapshot> {
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the packs again, and swaps in what came of it. Questions that are being answered keep
    /// what they have. A pack that cannot be used stays as it was.
    ///
    /// # Errors
    /// [`PackError`] if the packs cannot be used together; then all stays as it was.
    pub fn reload_packs(&self) -> Result<Vec<PackUpdate>, PackError> {
        let current = self.current();
        self.reload(current.spaces.clone(), current.thresholds)
    }

    /// The same with other spaces and thresholds.
    ///
    /// # Errors
    /// [`PackError`] if a pack that was not served before cannot be used; then all stays as it was.
    pub fn reload(
        &self,
        spaces: Spaces,
        thresholds: Thresholds,
    ) -> Result<Vec<PackUpdate>, PackError> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let before = self.current();
        let mut news = Vec::new();
        let snapshot = Snapshot::build(spaces, thresholds, Some(&before), |folder| {
            let old = before.packs.get(folder);
            match (packs::load_lenient(folder, old), old) {
                (Ok(loaded), old) => {
                    if old.is_none_or(|old| old.fingerprint != loaded.fingerprint) {
                        let told = PackUpdate::set_aside(folder, &loaded)
                            .unwrap_or_else(|| PackUpdate::changed(folder, &loaded));
                        let faq = old.map(|old| Arc::clone(&old.faq));
                        let changes = faq.map(|faq| patch::changes(&faq, &loaded.faq));
                        news.push(PackUpdate { changes: changes.unwrap_or_default(), ..told });
                    }
                    Ok(loaded)
                }
                (Err(error), Some(old)) => {
                    news.push(PackUpdate::refused(folder, old, &error));
                    Ok(old.clone())
                }
                (Err(error), None) => Err(error),
            }
        })?;
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(news)
    }
}

impl KnowledgeBase {
    /// Fits the confidence anew where a pack has changed since it was calibrated, and swaps that in.
    /// Takes up to a second of all cores a pack. Gives the names of the spaces that it helped.
    pub fn recalibrate(&self) -> Vec<String> {
        let current = self.current();
        let mut done = Vec::new();
        for shelf in current.shelves.values() {
            let Some(unanswerable_share) = shelf.outdated else { continue };
            let questions = collect_samples(&shelf.index, MAX_ASKED, || {});
            if let Some(change) = Recalibration::fit(&questions, unanswerable_share) {
                done.extend(self.apply_calibration(&shelf.made_of, &change));
            }
        }
        done.sort_unstable();
        done
    }

    /// Uses `change` wherever what is served is made of these packs, still.
    fn apply_calibration(&self, made_of: &[String], change: &Recalibration) -> Vec<String> {
        let _making = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        let mut next = Snapshot::clone(&self.current());
        let mut done = Vec::new();
        for (space, shelf) in &mut next.shelves {
            if shelf.outdated.is_some() && shelf.made_of == made_of {
                shelf.rule.calibration = change.calibration();
                shelf.outdated = None;
                done.push(space.clone());
            }
        }
        *self.current.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(next);
        done
    }
}

impl Snapshot {
    /// Loads each pack of `spaces` once and makes an index for each list of packs, unless `before`
    /// has it.
    fn build(
        spaces: Spaces,
        thresholds: Thresholds,
        before: Option<&Self>,
        mut load: impl FnMut(&Path) -> Result<LoadedPack, PackError>,
    ) -> Result<Self, PackError> {
        let mut packs: HashMap<PathBuf, LoadedPack> = HashMap::new();
        let mut shelves: HashMap<String, SpaceIndex> = HashMap::new();
        for space in spaces.all() {
            let mut loaded = Vec::new();
            for folder in &space.packs {
                if !packs.contains_key(folder) {
                    packs.insert(folder.clone(), load(folder)?);
                }
                loaded.extend(packs.get(folder).cloned());
            }
            let made_of: Vec<String> = loaded.iter().map(|it| it.fingerprint.clone()).collect();
            let old = before.into_iter().flat_map(|before| before.shelves.values());
            let same = shelves.values().chain(old).find(|shelf| shelf.made_of == made_of);
            let index = match same {
                Some(shelf) => Arc::clone(&shelf.index),
                None => Arc::new(packs::index(&loaded)?),
            };
            let (calibration, outdated) = match packs::calibration(&space.packs, &loaded)? {
                PackCalibration::None => (Calibration::default(), None),
                PackCalibration::Current(own) => (own, None),
                PackCalibration::Stale { unanswerable_share } => match same {
                    Some(SpaceIndex { rule, outdated: None, .. }) => {
                        (rule.calibration.clone(), None)
                    }
                    _ => (Calibration::default(), Some(unanswerable_share)),
                },
            };
            let rule = DecisionRule { calibration, thresholds: thresholds_of(space, thresholds) };
            shelves.insert(space.name.clone(), SpaceIndex { index, rule, made_of, outdated });
        }
        let empty = SpaceIndex {
            index: Arc::new(Index::new(Vec::new())),
            rule: DecisionRule::default(),
            made_of: Vec::new(),
            outdated: None,
        };
        Ok(Self { spaces, thresholds, packs, shelves, empty })
    }

    /// What `space` answers from.
    pub fn index_for(&self, space: &Space) -> &SpaceIndex {
        let shelf = self.shelves.get(&space.name).or_else(|| self.shelves.get(DEFAULT_SPACE));
        shelf.unwrap_or(&self.empty)
    }
}

fn thresholds_of(space: &Space, general: Thresholds) -> Thresholds {
    Thresholds {
        answer: space.settings.answer_from.unwrap_or(general.answer),
        suggest: space.settings.suggest_from.unwrap_or(general.suggest),
        ..general
    }
}

impl PackUpdate {
    fn changed(folder: &Path, loaded: &LoadedPack) -> Self {
        Self::new(folder, loaded, loaded.fingerprint.clone(), PackUpdateKind::Reloaded)
    }

    fn set_aside(folder: &Path, loaded: &LoadedPack) -> Option<Self> {
        let entries: Vec<String> = loaded.disabled.iter().map(ToString::to_string).collect();
        let what = PackUpdateKind::EntriesDisabled { entries };
        (!loaded.disabled.is_empty())
            .then(|| Self::new(folder, loaded, loaded.fingerprint.clone(), what))
    }

    fn refused(folder: &Path, old: &LoadedPack, error: &PackError) -> Self {
        let message = error.to_string();
        // The same error of the same pack is no news, also after a restart.
        let key = format!("refused {} {message}", old.pack.name);
        Self::new(folder, old, key, PackUpdateKind::Rejected { message })
    }

    fn new(folder: &Path, loaded: &LoadedPack, key: String, what: PackUpdateKind) -> Self {
        let (pack, folder) = (loaded.pack.name.clone(), folder.to_owned());
        Self { pack, folder, key, what, changes: Vec::new() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::conversation::SpaceSettings;
    use crate::matching::calibration::SCORER_VERSION;
    use crate::matching::recalibration::Platt;
    use crate::store::calibration_file::{self, CalibrationFile};
    use tempfile::TempDir;

    const SOURCE: &str = "+++\ntitle = \"D\"\n+++\n\nOne two.\n\nThree four.\n\nFive six.\n";
    const FAQ: &str = "\
[[entry]]
id = \"a\"
question = \"What is first?\"
quote = [{ text = \"One two.\" }, { text = \"Five six.\" }]
[[entry]]
id = \"b\"
question = \"What is second?\"
quote = [{ text = \"Three four.\" }]
";

    fn write(root: &TempDir, faq: &str, source: &str) {
        let pack = root.path().join("p");
        std::fs::create_dir_all(pack.join("sources")).unwrap();
        std::fs::write(pack.join("pack.toml"), "title = \"P\"\n").unwrap();
        std::fs::write(pack.join("faq.toml"), faq).unwrap();
        std::fs::write(pack.join("sources/doc.md"), source).unwrap();
    }

    fn spaces(root: &TempDir, pack: &str) -> Spaces {
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: vec![root.path().join(pack)],
            settings: SpaceSettings::default(),
        };
        let others = vec![Space { name: "other".to_owned(), ..default.clone() }];
        Spaces { default, others }
    }

    fn ids(library: &KnowledgeBase) -> Vec<String> {
        let snapshot = library.current();
        let index = Arc::clone(&snapshot.index_for(&snapshot.spaces.default).index);
        (0..index.n_entries()).map(|idx| index.entry_id(idx)).collect()
    }

    fn kinds(news: &[PackUpdate]) -> Vec<&PackUpdateKind> {
        news.iter().map(|news| &news.what).collect()
    }

    #[test]
    fn a_changed_pack_is_swapped_in_and_one_that_stays_is_not_made_again() {
        let root = tempfile::tempdir().unwrap();
        write(&root, FAQ, SOURCE);
        let library = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        let index = |name: &str| {
            let snapshot = library.current();
            let space = snapshot.spaces.all().find(|space| space.name == name).unwrap();
            Arc::clone(&snapshot.index_for(space).index)
        };
        let first = index("other");
        assert!(Arc::ptr_eq(&first, &index(DEFAULT_SPACE)), "spaces share it");
        assert_eq!(library.reload_packs().unwrap(), []);
        assert!(Arc::ptr_eq(&first, &index("other")));
        write(&root, &FAQ.replace("\"b\"", "\"c\""), SOURCE);
        let news = library.reload_packs().unwrap();
        assert_eq!(kinds(&news), [&PackUpdateKind::Reloaded]);
        let changes: Vec<(&str, bool)> =
            news[0].changes.iter().map(|it| (it.id.as_str(), it.after.is_some())).collect();
        assert_eq!(changes, [("b", false), ("c", true)]);
        assert_eq!(ids(&library), ["a", "c"]);
        assert_eq!(first.entry_id(1), "b", "who is answering keeps what they have");
    }

    #[test]
    fn an_invalid_pack_is_refused_as_a_whole_and_the_old_one_stays() {
        let root = tempfile::tempdir().unwrap();
        write(&root, FAQ, SOURCE);
        let library = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        for broken in [FAQ.replace("Three four.", "Four three."), FAQ.replace("id =", "idd =")] {
            write(&root, &broken, SOURCE);
            let news = library.reload_packs().unwrap();
            let PackUpdateKind::Rejected { message } = &news[0].what else { panic!("{news:?}") };
            assert!(message.contains("is refused"), "{message}");
            assert_eq!(news.len(), 1, "two spaces, one pack");
            assert_eq!(ids(&library), ["a", "b"]);
        }
        std::fs::remove_dir_all(root.path().join("p")).unwrap();
        assert!(matches!(library.reload_packs().unwrap()[0].what, PackUpdateKind::Rejected { .. }));
        assert_eq!(ids(&library), ["a", "b"]);
        write(&root, FAQ, SOURCE);
        assert_eq!(library.reload_packs().unwrap(), [], "it is what it was");
    }

    #[test]
    fn a_changed_source_sets_aside_the_entries_that_no_longer_stand_until_they_are_mended() {
        let root = tempfile::tempdir().unwrap();
        write(&root, FAQ, SOURCE);
        let library = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        let source = SOURCE.replace("Five", "Seven");
        write(&root, FAQ, &source);
        let aside = PackUpdateKind::EntriesDisabled { entries: vec!["a".to_owned()] };
        assert_eq!(kinds(&library.reload_packs().unwrap()), [&aside]);
        assert_eq!(ids(&library), ["b"], "an entry with half of its quotes says something else");
        assert_eq!(library.reload_packs().unwrap(), [], "told once");
        let (again, news) =
            KnowledgeBase::open_lenient(spaces(&root, "p"), Thresholds::default()).unwrap();
        assert_eq!((kinds(&news), ids(&again)), (vec![&aside], vec!["b".to_owned()]));
        write(&root, &FAQ.replace("Five", "Seven"), &source);
        assert_eq!(kinds(&library.reload_packs().unwrap()), [&PackUpdateKind::Reloaded]);
        assert_eq!(ids(&library), ["a", "b"]);
    }

    #[test]
    fn spaces_that_cannot_be_opened_change_nothing() {
        let root = tempfile::tempdir().unwrap();
        write(&root, FAQ, SOURCE);
        let library = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        assert!(library.reload(spaces(&root, "nowhere"), Thresholds::default()).is_err());
        assert_eq!(ids(&library), ["a", "b"]);
    }

    /// A FAQ with phrasings enough for a calibration.
    fn large_faq() -> String {
        let entry = |n: usize| {
            format!(
                "[[entry]]\nid = \"{n}\"\nquestion = \"where is room w{n}\"\nvariants = [\"w{n} please\", \
                 \"the way to w{n}\", \"find w{n}\"]\nquote = [{{ text = \"One two.\" }}]\n"
            )
        };
        (0..20).map(entry).collect()
    }

    #[test]
    fn a_pack_that_changed_since_it_was_calibrated_is_calibrated_anew_and_others_are_not() {
        let root = tempfile::tempdir().unwrap();
        write(&root, &large_faq(), SOURCE);
        let open = || KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        let calibration = |library: &KnowledgeBase| {
            let snapshot = library.current();
            snapshot.index_for(&snapshot.spaces.default).rule.calibration.clone()
        };
        let library = open();
        assert!(library.recalibrate().is_empty(), "nobody has calibrated it");

        let platt = Platt { scale: 2.0, shift: 3.0 };
        let file = CalibrationFile {
            pack: "of another state".to_owned(),
            scorer: SCORER_VERSION,
            unanswerable_share: 0.3,
            change: Recalibration { first: platt, any: platt },
        };
        calibration_file::write(&root.path().join("p"), &file).unwrap();
        let library = open();
        assert_eq!(calibration(&library), Calibration::default());
        assert_eq!(library.recalibrate(), [DEFAULT_SPACE, "other"]);
        let fitted = calibration(&library);
        assert_ne!(fitted, Calibration::default());
        assert_ne!(fitted, file.change.calibration(), "nor what was made for another state");
        assert!(library.recalibrate().is_empty(), "once is enough");
        library.reload_packs().unwrap();
        assert_eq!(calibration(&library), fitted, "as long as the pack stays as it is");
    }
}
