mod lexicon;
mod settings;

use std::cell::Cell;
use std::collections::HashMap;

use super::*;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, SpaceSettings};
use crate::knowledge::PackFile;
use crate::knowledge::pack::FAQ_FILE;
use crate::matching::calibration::Calibration;
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

fn ids(knowledge_base: &KnowledgeBase) -> Vec<String> {
    let snapshot = knowledge_base.current();
    let index = Arc::clone(&snapshot.index_for(&snapshot.spaces.default).index);
    (0..index.n_entries()).map(|idx| index.entry_id(idx)).collect()
}

fn kinds(updates: &[PackUpdate]) -> Vec<&PackUpdateKind> {
    updates.iter().map(|update| &update.kind).collect()
}

#[test]
fn changed_packs_are_swapped_in_and_unchanged_indexes_are_reused() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let index = |name: &str| {
        let snapshot = knowledge_base.current();
        let space = snapshot.spaces.all().find(|space| space.name == name).unwrap();
        Arc::clone(&snapshot.index_for(space).index)
    };
    let first = index("other");
    assert!(
        Arc::ptr_eq(&first, &index(DEFAULT_SPACE)),
        "spaces with the same packs share an index"
    );
    assert_eq!(knowledge_base.reload_packs().unwrap(), []);
    assert!(Arc::ptr_eq(&first, &index("other")));
    write(&root, &FAQ.replace("\"b\"", "\"c\""), SOURCE);
    let updates = knowledge_base.reload_packs().unwrap();
    assert_eq!(kinds(&updates), [&PackUpdateKind::Reloaded]);
    let changes: Vec<(&str, bool)> =
        updates[0].changes.iter().map(|it| (it.id.as_str(), it.after.is_some())).collect();
    assert_eq!(changes, [("b", false), ("c", true)]);
    assert_eq!(ids(&knowledge_base), ["a", "c"]);
    assert_eq!(first.entry_id(1), "b", "a question that is being answered keeps its index");
}

/// The state that the pack would have with the text `faq`.
fn prepared(root: &TempDir, knowledge_base: &KnowledgeBase, faq: &str) -> PreparedPack {
    let folder = root.path().join("p");
    let file = PackFile { path: FAQ_FILE.to_owned(), bytes: faq.into() };
    let files = pack_files::read(&folder).unwrap().with([file]);
    let known: Vec<ProvedPack> =
        knowledge_base.current().proved(&folder).cloned().into_iter().collect();
    let pack = ProvedPack::prove(&files, &known).unwrap();
    let index = Some(Arc::new(Index::new(vec![Arc::clone(pack.pack())])));
    PreparedPack { pack, index }
}

fn default_index(knowledge_base: &KnowledgeBase) -> Arc<Index> {
    let snapshot = knowledge_base.current();
    Arc::clone(&snapshot.index_for(&snapshot.spaces.default).index)
}

/// Whether two indexes have the same pack, and what was learned of it is the same, too.
fn is_shared(a: &Index, b: &Index) -> bool {
    let is_pack_same = Arc::ptr_eq(&a.packs()[0], &b.packs()[0]);
    let is_part_same = std::ptr::eq(a.indexes().next().unwrap(), b.indexes().next().unwrap());
    assert_eq!(is_pack_same, is_part_same);
    is_part_same
}

#[test]
fn state_that_was_prepared_or_replaced_is_served_without_being_proved_and_learned_again() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let first = default_index(&knowledge_base);
    let changed = FAQ.replace("\"b\"", "\"c\"");
    let other = prepared(&root, &knowledge_base, &FAQ.replace("second", "next"));
    let prepared = prepared(&root, &knowledge_base, &changed);
    knowledge_base.prepare(prepared.clone());
    knowledge_base.prepare(other);
    assert_eq!(ids(&knowledge_base), ["a", "b"], "it is not served yet");
    write(&root, &changed, SOURCE);
    let updates = knowledge_base.reload_packs().unwrap();
    assert_eq!(kinds(&updates), [&PackUpdateKind::Reloaded]);
    assert_eq!(updates[0].changes.len(), 2, "the update is as without preparation");
    let second = default_index(&knowledge_base);
    assert!(is_shared(&second, prepared.index.as_ref().unwrap()));
    assert_eq!(ids(&knowledge_base), ["a", "c"]);
    write(&root, FAQ, SOURCE);
    knowledge_base.reload_packs().unwrap();
    assert!(is_shared(&default_index(&knowledge_base), &first), "taken back");
    write(&root, &changed, SOURCE);
    knowledge_base.reload_packs().unwrap();
    assert!(is_shared(&default_index(&knowledge_base), &second));
}

#[test]
fn prepared_state_is_not_served_if_the_files_are_others() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let changed = FAQ.replace("\"b\"", "\"c\"");
    let prepared = prepared(&root, &knowledge_base, &changed);
    for (faq, source) in [
        (changed.replace("\"a\"", "\"d\""), SOURCE.to_owned()),
        (changed.clone(), format!("{SOURCE}\nSeven eight.\n")),
        (format!("{changed}\n# By somebody else.\n"), SOURCE.to_owned()),
    ] {
        knowledge_base.prepare(prepared.clone());
        write(&root, &faq, &source);
        knowledge_base.reload_packs().unwrap();
        let served = default_index(&knowledge_base);
        assert!(!is_shared(&served, prepared.index.as_ref().unwrap()));
        let fresh = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
        assert_eq!(ids(&knowledge_base), ids(&fresh));
        assert_eq!(served.packs()[0].sources[0].body(), fresh_body(&fresh));
        write(&root, FAQ, SOURCE);
        knowledge_base.reload_packs().unwrap();
    }
    knowledge_base.prepare(prepared);
    write(&root, &changed, &SOURCE.replace("Three", "Two"));
    let updates = knowledge_base.reload_packs().unwrap();
    assert!(matches!(updates[0].kind, PackUpdateKind::Rejected { .. }), "{updates:?}");
}

fn fresh_body(knowledge_base: &KnowledgeBase) -> String {
    default_index(knowledge_base).packs()[0].sources[0].body().to_owned()
}

#[test]
fn invalid_pack_is_rejected_and_the_previous_version_stays() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    for broken in [FAQ.replace("Three four.", "Four three."), FAQ.replace("id =", "idd =")] {
        write(&root, &broken, SOURCE);
        let updates = knowledge_base.reload_packs().unwrap();
        let PackUpdateKind::Rejected { message } = &updates[0].kind else { panic!("{updates:?}") };
        assert!(message.contains("is rejected"), "{message}");
        assert_eq!(updates.len(), 1, "two spaces, one pack");
        assert_eq!(ids(&knowledge_base), ["a", "b"]);
    }
    std::fs::remove_dir_all(root.path().join("p")).unwrap();
    assert!(matches!(
        knowledge_base.reload_packs().unwrap()[0].kind,
        PackUpdateKind::Rejected { .. }
    ));
    assert_eq!(ids(&knowledge_base), ["a", "b"]);
    write(&root, FAQ, SOURCE);
    let updates = knowledge_base.reload_packs().unwrap();
    assert_eq!(kinds(&updates), [&PackUpdateKind::Intact], "the files are as they were");
    assert_eq!(knowledge_base.reload_packs().unwrap(), []);
}

#[test]
fn changed_source_disables_its_entries_until_they_are_fixed() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let source = SOURCE.replace("Five", "Seven");
    write(&root, FAQ, &source);
    let disabled = PackUpdateKind::EntriesDisabled { entries: vec!["a".to_owned()] };
    assert_eq!(kinds(&knowledge_base.reload_packs().unwrap()), [&disabled]);
    assert_eq!(ids(&knowledge_base), ["b"], "an entry is disabled if one of its quotes is missing");
    assert_eq!(knowledge_base.reload_packs().unwrap(), [], "reported once");
    let reopen = |accepted: &HashMap<String, AcceptedTexts>| {
        KnowledgeBase::open_again(spaces(&root, "p"), Thresholds::default(), accepted)
    };
    let (reopened, updates) = reopen(&accepted(FAQ)).unwrap();
    assert_eq!((kinds(&updates), ids(&reopened)), (vec![&disabled], vec!["b".to_owned()]));
    assert!(reopen(&HashMap::new()).is_err(), "it was not served before");
    write(&root, &FAQ.replace("Five", "Seven"), &source);
    assert_eq!(kinds(&knowledge_base.reload_packs().unwrap()), [&PackUpdateKind::Reloaded]);
    assert_eq!(ids(&knowledge_base), ["a", "b"]);
}

#[test]
fn failed_reload_keeps_the_current_snapshot() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let knowledge_base = KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    assert!(knowledge_base.reload(spaces(&root, "nowhere"), Thresholds::default()).is_err());
    assert_eq!(ids(&knowledge_base), ["a", "b"]);
}

#[test]
fn pack_is_asked_once_for_a_calibration_of_all_its_spaces() {
    let root = tempfile::tempdir().unwrap();
    copy_first_pack(&root);
    write_outdated_calibration(&root);
    let mut spaces = spaces(&root, "p");
    for number in 0..4 {
        let mut space = spaces.default.clone();
        space.name = format!("space {number}");
        // Each has a calibration of its own, since it decides by other thresholds.
        space.settings.answer_from = Some(0.8 + f64::from(number) / 100.0);
        spaces.others.push(space);
    }
    let names: Vec<String> = spaces.all().map(|space| space.name.clone()).collect();
    let knowledge_base = KnowledgeBase::open(spaces, Thresholds::default()).unwrap();
    let n_asked = Cell::new(0);
    let mut recalibrated = knowledge_base.recalibrate_by(|index| {
        n_asked.set(n_asked.get() + 1);
        collect_samples(index, 300, || {})
    });
    assert_eq!(n_asked.get(), 1);
    recalibrated.sort_unstable();
    let mut want = names;
    want.sort_unstable();
    assert_eq!(recalibrated, want, "each space has a calibration");
}

/// Copies the first pack to the folder `p`: it has enough phrasings for a calibration.
fn copy_first_pack(root: &TempDir) {
    let from = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan");
    let to = root.path().join("p");
    std::fs::create_dir_all(to.join("sources")).unwrap();
    for file in ["pack.toml", "faq.toml", "lexicon.toml", "sources/article.md"] {
        std::fs::copy(from.join(file), to.join(file)).unwrap();
    }
}

/// Writes a calibration of another state of the pack `p`, and returns it.
fn write_outdated_calibration(root: &TempDir) -> CalibrationFile {
    let platt = Platt { scale: 2.0, shift: 3.0 };
    let file = CalibrationFile {
        pack: "of another state".to_owned(),
        scorer: SCORER_VERSION,
        // Where most questions have no answer, the default is too sure.
        unanswerable_share: 0.7,
        change: Recalibration { first: platt, any: platt },
    };
    calibration_file::write(&root.path().join("p"), &file).unwrap();
    file
}

#[test]
fn stale_calibrations_are_renewed_and_packs_without_one_are_not_calibrated() {
    let root = tempfile::tempdir().unwrap();
    copy_first_pack(&root);
    let open = || KnowledgeBase::open(spaces(&root, "p"), Thresholds::default()).unwrap();
    let calibration = |knowledge_base: &KnowledgeBase| {
        let snapshot = knowledge_base.current();
        snapshot.index_for(&snapshot.spaces.default).rule.calibration.clone()
    };
    let knowledge_base = open();
    assert!(knowledge_base.recalibrate().is_empty(), "the pack has no calibration");

    let file = write_outdated_calibration(&root);
    let knowledge_base = open();
    assert_eq!(calibration(&knowledge_base), Calibration::default());
    assert_eq!(knowledge_base.recalibrate(), [DEFAULT_SPACE, "other"]);
    let fitted = calibration(&knowledge_base);
    assert_ne!(fitted, Calibration::default());
    assert_ne!(fitted, file.change.calibration(), "the stale calibration is not used");
    assert!(knowledge_base.recalibrate().is_empty(), "a renewed calibration is current");
    knowledge_base.reload_packs().unwrap();
    assert_eq!(calibration(&knowledge_base), fitted, "the calibration stays while the pack does");
}

#[test]
fn ids_from_before_a_pack_was_added_or_removed_are_found() {
    let root = tempfile::tempdir().unwrap();
    write(&root, FAQ, SOURCE);
    let copy = |name: &str, faq: &str| {
        let pack = root.path().join(name);
        std::fs::create_dir_all(pack.join("sources")).unwrap();
        std::fs::write(pack.join("pack.toml"), "title = \"P\"\n").unwrap();
        std::fs::write(pack.join("faq.toml"), faq).unwrap();
        std::fs::write(pack.join("sources/doc.md"), SOURCE).unwrap();
    };
    copy("q", &FAQ.replace("id = \"a\"", "id = \"x\""));
    let index_of = |names: &[&str]| {
        let mut spaces = spaces(&root, "p");
        spaces.others.clear();
        spaces.default.packs = names.iter().map(|name| root.path().join(name)).collect();
        let knowledge_base = KnowledgeBase::open(spaces, Thresholds::default()).unwrap();
        let snapshot = knowledge_base.current();
        Arc::clone(&snapshot.index_for(&snapshot.spaces.default).index)
    };
    let rows: [(&[&str], &str, Option<&str>); 7] = [
        (&["p"], "a", Some("a")),
        (&["p"], "p:a", Some("a")),
        (&["p"], "q:a", None),
        (&["p", "q"], "a", Some("p:a")),
        (&["q", "p"], "a", Some("p:a")),
        (&["p", "q"], "q:b", Some("q:b")),
        (&["p", "q"], "b", None),
    ];
    for (packs, id, want) in rows {
        let index = index_of(packs);
        let found = index.find(id).map(|idx| index.entry_id(idx));
        assert_eq!(found.as_deref(), want, "{id} in {packs:?}");
    }
}

/// The records of a process that served the pack `p` with this text last.
fn accepted(faq: &str) -> HashMap<String, AcceptedTexts> {
    let texts = AcceptedTexts { faq: faq.into(), lexicon: Some("".into()) };
    HashMap::from([("p".to_owned(), texts)])
}

#[test]
fn start_goes_on_where_the_last_process_ended() {
    let root = tempfile::tempdir().unwrap();
    let misquote = FAQ.replace("\"Three four.\"", "\"Four three.\"");
    let changed = FAQ.replace("\"b\"", "\"c\"");
    let rows = [
        (FAQ, HashMap::new(), "added", "a b", ""),
        (FAQ, accepted(FAQ), "", "a b", ""),
        (&changed, accepted(FAQ), "reloaded", "a c", "b c"),
        (&misquote, accepted(FAQ), "rejected", "a b", ""),
    ];
    for (faq, accepted, want, served, changes) in rows {
        write(&root, faq, SOURCE);
        let (knowledge_base, updates) =
            KnowledgeBase::open_again(spaces(&root, "p"), Thresholds::default(), &accepted)
                .unwrap();
        let found: Vec<&str> = kinds(&updates)
            .into_iter()
            .map(|kind| match kind {
                PackUpdateKind::Added => "added",
                PackUpdateKind::Reloaded => "reloaded",
                PackUpdateKind::Rejected { .. } => "rejected",
                PackUpdateKind::Intact | PackUpdateKind::EntriesDisabled { .. } => "other",
            })
            .collect();
        assert_eq!(found.join(" "), want, "{faq}");
        assert_eq!(ids(&knowledge_base).join(" "), served, "{faq}");
        let found: Vec<&str> =
            updates.iter().flat_map(|it| &it.changes).map(|it| it.id.as_str()).collect();
        assert_eq!(found.join(" "), changes, "{faq}");
        assert_eq!(
            updates.iter().any(|update| update.texts.is_some()),
            ["added", "reloaded"].contains(&want),
            "{faq}: what is served now is recorded"
        );
    }
}
