//! An edit in the terminal that is killed, or that an editor saves beside, at each of its operations on files.

use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use quoth::conversation::Timestamp;
use quoth::knowledge::EntryId;
use quoth::knowledge::patch::LEXICON_ID;
use quoth::moderation::{Edit, RevisionAuthor};
use quoth::service::pack_editor::{PackEditor, ProposedEdit};

use crate::edit_history::{assert_explains, assert_valid, entries, is_by_terminal, revisions};
use crate::folder::{FAQ, Folder, UNQUOTED, copy_folder};
use crate::preload::compiled;
use crate::quoth::{Run, quoth_in, quoth_killed_in};
use crate::service::{BridgeClient, Service};

/// The exit code for an operation that cannot be done by half, see `support/faults.c`.
const NOT_A_WRITE: i32 = 86;

/// An edit that is killed at each operation on a file.
struct KilledEdit {
    /// The pack and its data folder as they are before the edit. The text before the first change that the history has is
    /// [`FAQ`].
    before: Folder,
    /// The command of the edit.
    args: Vec<String>,
    /// What only the new text answers, or only the old one.
    question: &'static str,
}

fn environment(library: &str) -> [(&str, &str); 3] {
    [("QUOTH_DATA", "data"), ("USER", "ann"), ("LD_PRELOAD", library)]
}

fn quoth(folder: &Folder, args: &[&str]) -> Run {
    quoth_in(&folder.path(""), &environment(""), args)
}

/// Runs an edit that has to succeed.
fn edit(folder: &Folder, args: &[&str]) {
    let run = quoth(folder, &[&["faq", "--pack", "p"], args].concat());
    assert_eq!(run.code, 0, "{run:?}");
}

fn file(folder: &Folder) -> String {
    std::fs::read_to_string(folder.path("p/faq.toml")).unwrap()
}

/// The names of temporary files in the pack.
fn temporary_files(folder: &Folder) -> Vec<PathBuf> {
    let files = std::fs::read_dir(folder.path("p")).unwrap().map(|it| it.unwrap().path());
    files.filter(|it| it.extension().is_some_and(|it| it == "tmp")).collect()
}

fn is_answered(folder: &Folder, question: &str) -> bool {
    let run = quoth(folder, &["ask", "--pack", "p", "--json", question]);
    run.stdout.contains("\"decision\":\"answer\"")
}

impl KilledEdit {
    fn new(before: Folder, args: &[&str], question: &'static str) -> Self {
        let args = args.iter().map(|it| (*it).to_owned()).collect();
        // A copy of a pack does not share its history, unless the pack has moved.
        std::fs::rename(before.path("p"), before.path("moved")).unwrap();
        Self { before, args, question }
    }

    /// A new folder as before the edit.
    fn folder(&self) -> Folder {
        let folder = Folder::empty();
        std::fs::create_dir_all(self.before.path("data")).unwrap();
        copy_folder(&self.before.path("moved"), &folder.path("p"));
        copy_folder(&self.before.path("data"), &folder.path("data"));
        folder
    }

    /// Makes the edit in `folder`, with `fault` at the operation `at`. `None` if it was killed.
    fn run(&self, folder: &Folder, library: &str, fault: &[(&str, &str)]) -> Option<Run> {
        let args: Vec<&str> = self.args.iter().map(String::as_str).collect();
        let environment = [&environment(library)[..], fault].concat();
        quoth_killed_in(&folder.path(""), &environment, &args)
    }

    /// Kills the edit at each operation, and checks what is left.
    #[allow(clippy::print_stderr, reason = "prints how many points there were")]
    fn is_whole_after_each_kill(&self) {
        let [before, made] = [self.folder(), self.folder()];
        assert_eq!(self.run(&made, "", &[]).unwrap().code, 0);
        let (old, new) = (file(&before), file(&made));
        assert_ne!(old, new);
        let is_answered_of = [&before, &made].map(|it| is_answered(it, self.question));
        assert_ne!(is_answered_of[0], is_answered_of[1], "{}", self.question);
        let n_before = revisions(&before).len();
        let library = compiled(&self.before, "faults");
        let mut n_kills = 0;
        let mut n_new = 0;
        for fault in ["kill", "half"] {
            for at in 1.. {
                let folder = self.folder();
                let number = at.to_string();
                let run = self.run(&folder, &library, &[("FAULT", fault), ("FAULT_AT", &number)]);
                let of = format!("({fault} at operation {at} of {:?})", self.args);
                match run.map(|run| run.code) {
                    Some(NOT_A_WRITE) => continue,
                    Some(code) => {
                        assert_eq!(code, 0, "{of}");
                        assert_eq!(file(&folder), new, "{of}");
                        break;
                    }
                    None => {}
                }
                n_kills += 1;
                let left = file(&folder);
                assert!(left == old || left == new, "a part of a file {of}:\n{left}");
                n_new += usize::from(left == new);
                assert_valid(&folder.path("p"), &of);
                let is_new = usize::from(left == new);
                // A start takes a while. The answers are those of the text, which is compared each time.
                if n_kills % 8 == 1 {
                    let is_answered = is_answered(&folder, self.question);
                    assert_eq!(is_answered, is_answered_of[is_new], "{of}");
                }
                let recorded = revisions(&folder);
                let is_recorded = recorded.iter().skip(n_before).any(is_by_terminal);
                assert!(left == new || !is_recorded, "recorded and not made {of}");
                self.goes_on(&folder, &left, &of);
            }
        }
        eprintln!("{n_kills} kills of {:?}, {n_new} after the file was replaced", self.args);
        assert!(n_kills > 10 && n_new > 0 && n_new < n_kills, "{n_kills} kills, {n_new} after");
    }

    /// The next edit after a kill that left the file `left`.
    fn goes_on(&self, folder: &Folder, left: &str, of: &str) {
        for path in temporary_files(folder) {
            let file = std::fs::File::open(path).unwrap();
            file.set_modified(SystemTime::now() - Duration::from_hours(2)).unwrap();
        }
        // In this process, which starts faster.
        let mut editor = PackEditor::open(&folder.path("p"), &folder.path("data")).unwrap();
        let (id, phrasings) = (EntryId::new("g").unwrap(), vec!["the next edit".to_owned()]);
        let next = ProposedEdit {
            edit: Edit::AddPhrasings { id, phrasings },
            by: RevisionAuthor::Terminal("bo".to_owned()),
            reason: None,
            at: Timestamp::from_millis(1),
            seen: None,
        };
        editor.edit(&next).unwrap_or_else(|error| panic!("{error} {of}"));
        let mut want = entries(left);
        let next = entries(&file(folder)).remove("g").unwrap();
        assert!(next.contains("the next edit"), "{of}: {next}");
        want.insert("g".to_owned(), next);
        assert_eq!(entries(&file(folder)), want, "{of}");
        assert_explains(&revisions(folder), FAQ, &file(folder), of);
        assert_eq!(temporary_files(folder), Vec::<PathBuf>::new(), "{of}");
    }
}

/// A pack that has an edit in its history, and a change by an editor that is not there yet.
fn edited() -> Folder {
    let folder = Folder::with_unquoted_sentence();
    edit(&folder, &["add-phrasing", "b", "zebra quota"]);
    folder.write("p/faq.toml", file(&folder).replace("When?", "When does it open?"));
    folder
}

#[test]
fn first_edit_of_a_pack_that_is_killed_is_made_whole_or_not_at_all() {
    let args = ["faq", "--pack", "p", "add-phrasing", "b", "zebra quota"];
    KilledEdit::new(Folder::with_pack(), &args, "zebra quota").is_whole_after_each_kill();
}

#[test]
fn added_phrasing_that_is_killed_is_made_whole_or_not_at_all() {
    let args = ["faq", "--pack", "p", "add-phrasing", "a", "walrus tariff"];
    KilledEdit::new(edited(), &args, "walrus tariff").is_whole_after_each_kill();
}

#[test]
fn added_entry_that_is_killed_is_made_whole_or_not_at_all() {
    let question = "What does a bike cost?";
    let args = ["faq", "--pack", "p", "add", "--question", question, "--quote", UNQUOTED];
    KilledEdit::new(edited(), &args, question).is_whole_after_each_kill();
}

#[test]
fn reverted_edit_that_is_killed_is_made_whole_or_not_at_all() {
    let args = ["faq", "--pack", "p", "revert", "1"];
    KilledEdit::new(edited(), &args, "zebra quota").is_whole_after_each_kill();
}

#[test]
fn edit_of_entries_and_synonyms_that_is_killed_leaves_each_file_whole_and_explained() {
    let before = Folder::with_pack();
    edit(&before, &["add-synonyms", "say", "utterance"]);
    edit(&before, &["add-phrasing", "b", "zebra quota"]);
    let args = ["faq", "--pack", "p", "revert", "--all-by", "ann"];
    let killed = KilledEdit::new(before, &args, "zebra quota");
    let library = compiled(&killed.before, "faults");
    let lexicon = |folder: &Folder| std::fs::read_to_string(folder.path("p/lexicon.toml")).ok();
    let old = killed.folder();
    let states = [(file(&old), lexicon(&old)), (FAQ.to_owned(), None)];
    let mut n_between = 0;
    for at in 1.. {
        let folder = killed.folder();
        let (of, number) = (format!("(kill at operation {at})"), at.to_string());
        let run = killed.run(&folder, &library, &[("FAULT", "kill"), ("FAULT_AT", &number)]);
        let left = (file(&folder), lexicon(&folder));
        let [is_old, is_new] = states.each_ref().map(|state| left == *state);
        assert!(states.iter().any(|(faq, _)| *faq == left.0), "{of}: {left:?}");
        assert!(states.iter().any(|(_, lexicon)| *lexicon == left.1), "{of}: {left:?}");
        n_between += usize::from(!is_old && !is_new);
        assert_valid(&folder.path("p"), &of);
        // The next edit records what the one that was killed has left.
        edit(&folder, &["add-phrasing", "g", "the next edit"]);
        let (of_lexicon, of_entries): (Vec<_>, Vec<_>) =
            revisions(&folder).into_iter().partition(|it| it.revision.entry == LEXICON_ID);
        assert_explains(&of_entries, FAQ, &file(&folder), &of);
        let last = of_lexicon.last().and_then(|it| it.revision.after.clone());
        assert_eq!(last.is_some_and(|groups| !groups.is_empty()), left.1.is_some(), "{of}");
        if run.is_some() {
            assert!(is_new, "{of}: {left:?}");
            break;
        }
    }
    assert!(n_between > 0, "it was killed between the two files");
}

#[test]
fn removed_entry_and_the_links_to_it_go_together_when_that_is_killed() {
    let args = ["faq", "--pack", "p", "remove", "a"];
    KilledEdit::new(edited(), &args, "What did Ann say?").is_whole_after_each_kill();
}

#[test]
fn assigned_question_that_is_killed_is_made_whole_or_not_at_all() {
    let folder = Folder::with_pack();
    let service = Service::start(&folder, &[("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0")]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "who bakes the bread");
    client.execute_order();
    service.stop();
    let listed = quoth(&folder, &["inbox", "--pack", "p", "list", "--json"]).json();
    let group = listed[0]["id"].as_str().unwrap_or_else(|| panic!("{listed}"));
    let args = ["inbox", "--pack", "p", "assign", group, "a"];
    KilledEdit::new(folder, &args, "who bakes the bread").is_whole_after_each_kill();
}

#[test]
fn edit_that_fails_at_any_operation_changes_neither_the_file_nor_the_history() {
    let args = ["faq", "--pack", "p", "add-phrasing", "a", "walrus tariff"];
    let scene = KilledEdit::new(edited(), &args, "walrus tariff");
    let library = compiled(&scene.before, "faults");
    let (old, n_before) = (file(&scene.folder()), revisions(&scene.folder()).len());
    let mut n_failed = 0;
    // After its last operation, it has none that can fail.
    for at in 1..150 {
        let folder = scene.folder();
        let number = at.to_string();
        let run =
            scene.run(&folder, &library, &[("FAULT", "full"), ("FAULT_AT", &number)]).unwrap();
        let of = format!("(no space at operation {at})");
        let left = file(&folder);
        let is_made = left != old;
        assert_eq!(is_made, run.code == 0, "{of}: {run:?}");
        n_failed += usize::from(!is_made);
        let is_recorded = revisions(&folder).iter().skip(n_before).any(is_by_terminal);
        assert_eq!(is_recorded, is_made, "{of}");
        scene.goes_on(&folder, &left, &of);
    }
    assert!(n_failed > 3, "{n_failed} operations can fail");
}

#[test]
fn file_saved_by_an_editor_at_any_point_of_an_edit_is_kept() {
    let args = ["faq", "--pack", "p", "add-phrasing", "a", "walrus tariff"];
    let scene = KilledEdit::new(edited(), &args, "walrus tariff");
    let library = compiled(&scene.before, "faults");
    let saved = file(&scene.folder()).replace("How many?", "How many were there?");
    for n_beside in 0.. {
        let folder = scene.folder();
        folder.write("saved.toml", &saved);
        let (from, to) = (folder.arg("saved.toml"), folder.arg("p/faq.toml"));
        let number = (n_beside + 1).to_string();
        let fault = [
            ("FAULT", "save"),
            ("FAULT_AT", number.as_str()),
            ("FAULT_FROM", &from),
            ("FAULT_TO", &to),
        ];
        let run = scene.run(&folder, &library, &fault).unwrap();
        let of = format!("(saved at operation {number})");
        assert_eq!(run.code, 0, "{of}: {run:?}");
        let left = file(&folder);
        if folder.path("saved.toml").exists() {
            // The edit has fewer operations.
            assert!(n_beside > 10, "{n_beside} operations");
            break;
        }
        assert!(left.contains("How many were there?"), "lost {of}:\n{left}");
        if !left.contains("walrus tariff") {
            assert_eq!(left, saved, "{of}");
            let recorded = revisions(&folder);
            let last = recorded.iter().rfind(|it| is_by_terminal(it)).unwrap();
            assert!(last.revision.after.as_ref().unwrap().contains("walrus"), "{of}: {last:?}");
        }
        scene.goes_on(&folder, &left, &of);
    }
}
