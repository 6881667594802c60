//! `quoth backup` and `quoth restore`: what is in a backup, and what comes back.

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::folder::{FAQ, Folder};
use crate::preload::compiled;
use crate::quoth::{Run, quoth_in, quoth_killed_in};
use crate::service::{BridgeClient, Service};

/// The exit code for an operation that cannot be done by half, see `support/faults.c`.
const NOT_A_WRITE: i32 = 86;

const SETTINGS: [(&str, &str); 2] = [("QUOTH_DATA", "data"), ("QUOTH_PACKS", "['p']")];

const KEY: &[u8; 32] = b"the key of the hashes of askers.";

fn quoth(folder: &Folder, args: &[&str]) -> Run {
    quoth_in(&folder.path(""), &SETTINGS, args)
}

pub(crate) fn succeed(folder: &Folder, args: &[&str]) -> Run {
    let run = quoth(folder, args);
    assert_eq!(run.code, 0, "{run:?}");
    run
}

/// A folder with the pack `p`, whose history has an edit, and a key.
fn with_history() -> Folder {
    let folder = Folder::with_pack();
    succeed(&folder, &["faq", "--pack", "p", "add-phrasing", "b", "zebra quota"]);
    folder.write("data/asker.key", KEY);
    folder
}

/// The same with a backup in `b`.
fn backed_up() -> Folder {
    let folder = with_history();
    succeed(&folder, &["backup", "b"]);
    folder
}

/// Whether the file is a lock, or one that a killed process has not finished.
fn is_temporary(path: &Path) -> bool {
    let name = path.file_name().unwrap().to_str().unwrap();
    name == "quoth.lock" || name.starts_with(".quoth-")
}

/// The content of every file below `path`, by its path.
pub(crate) fn files_in(path: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![path.to_owned()];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            let file = file.unwrap().path();
            if file.is_dir() {
                folders.push(file);
            } else if !is_temporary(&file) {
                let name = file.strip_prefix(path).unwrap().to_str().unwrap().to_owned();
                files.insert(name, std::fs::read(&file).unwrap());
            }
        }
    }
    files
}

/// The rows of every table of the database at `path`, but for the folders of packs, which may have moved.
fn rows(path: &Path) -> Vec<String> {
    let connection = rusqlite::Connection::open(path).unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name <> 'pack_folders'";
    let mut tables = connection.prepare(tables).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut found = Vec::new();
    for table in tables.map(Result::unwrap) {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let n_columns = select.column_count();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let values = (0..n_columns).map(|it| row.get::<_, rusqlite::types::Value>(it).unwrap());
            found.push(format!("{table}: {:?}", values.collect::<Vec<_>>()));
        }
    }
    assert!(found.len() > 10, "{found:?}");
    found
}

/// Asserts that data folder and pack are those of the backup `b` of `source`.
fn assert_restored(folder: &Folder, source: &Folder, of: &str) {
    let key = std::fs::read(folder.path("data/asker.key")).unwrap();
    assert!(key == std::fs::read(source.path("b/asker.key")).unwrap(), "{of}");
    assert!(rows(&folder.path("data/quoth.db")) == rows(&source.path("b/quoth.db")), "{of}");
    assert_eq!(files_in(&folder.path("p")), files_in(&source.path("b/packs/p")), "{of}");
    assert!(!folder.path("data/restoring").exists(), "{of}");
}

pub(crate) fn copy(from: &Path, to: &Path) {
    for (name, bytes) in files_in(from) {
        let to = to.join(name);
        std::fs::create_dir_all(to.parent().unwrap()).unwrap();
        std::fs::write(to, bytes).unwrap();
    }
}

/// A new folder with a copy of the backup of `source`.
fn with_backup_of(source: &Folder) -> Folder {
    let folder = Folder::empty();
    copy(&source.path("b"), &folder.path("b"));
    folder
}

/// The same, with other records, another key, a Matrix session, and another state of the pack.
fn with_other_data(source: &Folder) -> Folder {
    let folder = with_backup_of(source);
    copy(&other_data().path("data"), &folder.path("data"));
    copy(&other_data().path("p"), &folder.path("p"));
    folder.write("p/sources/other.md", "+++\ntitle = \"Other\"\n+++\n\nFive.\n");
    folder.write("p/README.md", "mine");
    folder.write("data/matrix/session", "of this machine");
    folder
}

fn other_data() -> &'static Folder {
    static OTHER: std::sync::OnceLock<Folder> = std::sync::OnceLock::new();
    OTHER.get_or_init(|| {
        let folder = Folder::with_pack();
        succeed(&folder, &["faq", "--pack", "p", "add-phrasing", "a", "walrus tariff"]);
        folder.write("data/asker.key", [b'x'; 32]);
        folder
    })
}

#[test]
fn backup_has_packs_records_key_and_configuration_and_no_secret() {
    let folder = with_history();
    folder.write("p/imports/faq.jsonl", "{}\n");
    let secret = "MTA.a-token-of-discord.x";
    folder.write("token", secret);
    folder.write(
        "config/quoth.toml",
        format!(
            "packs = [\"../p\"] # mine\n[discord]\n#token = \"{secret}\"\ntoken = \"{secret}\"\n\
             [matrix]\nhomeserver = \"example.org\"\nuser = \"@q:example.org\"\npassword_file = \"../token\"\n"
        ),
    );
    let run = quoth_in(&folder.path(""), &[], &["backup", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("keep the recovery key of @q:example.org"), "{run:?}");
    assert!(run.stdout.contains("discord.token"), "{run:?}");
    let files = files_in(&folder.path("b"));
    let names: Vec<&str> = files.keys().map(String::as_str).collect();
    let want = [
        "asker.key",
        "manifest.json",
        "packs/p/faq.toml",
        "packs/p/imports/faq.jsonl",
        "packs/p/pack.toml",
        "packs/p/sources/doc.md",
        "quoth.db",
        "quoth.toml",
        "settings.txt",
    ];
    assert_eq!(names, want);
    for (name, bytes) in &files {
        let has_secret = bytes.windows(secret.len()).any(|it| it == secret.as_bytes());
        assert!(!has_secret, "the token is in {name}");
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        let path = folder.path("b").join(name);
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700), "{name}");
    }
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(manifest["packs"][0]["is_proved"], true);
    assert_eq!(manifest["secrets_left_out"], json!(["discord.token"]));
    for file in manifest["files"].as_array().unwrap() {
        use sha2::{Digest, Sha256};
        let bytes = &files[file["path"].as_str().unwrap()];
        let sha256: String = Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!((&file["size_bytes"], &file["sha256"]), (&json!(bytes.len()), &json!(sha256)));
    }
    assert_eq!(manifest["files"].as_array().unwrap().len(), files.len() - 1);
    assert!(String::from_utf8_lossy(&files["quoth.toml"]).contains("# mine"));
}

#[test]
fn backup_on_another_machine_answers_as_the_bot_did() {
    let folder = Folder::with_pack();
    let cooldown = ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
    let service = Service::start(&folder, &[cooldown]);
    let mut client = BridgeClient::connect(&folder);
    client.ask("bridge:1", "What did Ann say?");
    client.execute_order();
    // When this is sent, the first answer is recorded.
    client.ask("bridge:2", "What did Ann say?");
    client.execute_order();
    succeed(&folder, &["backup", "b"]);
    assert_eq!(service.stop().code, Some(0));

    let other = with_backup_of(&folder);
    let run = succeed(&other, &["restore", "b"]);
    assert!(run.stdout.contains("- the pack "), "{run:?}");
    assert!(!run.stdout.contains("What was replaced"), "{run:?}");
    assert_restored(&other, &folder, "on another machine");
    let mode = |name| std::fs::metadata(other.path(name)).unwrap().permissions().mode() & 0o777;
    assert_eq!(
        [mode("data"), mode("data/quoth.db"), mode("data/asker.key")],
        [0o700, 0o600, 0o600]
    );
    let service = Service::start(&other, &[cooldown]);
    let mut client = BridgeClient::connect(&other);
    client.ask("bridge:1", "What did Ann say?");
    client.ask("bridge:3", "What did Ann say?");
    assert_eq!(client.execute_order()["cause"], "bridge:3", "the first is answered already");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn history_of_a_restored_pack_goes_on() {
    let source = backed_up();
    let folder = with_backup_of(&source);
    succeed(&folder, &["restore", "b"]);
    succeed(&folder, &["faq", "--pack", "p", "add-phrasing", "a", "yak levy"]);
    let history = succeed(&folder, &["faq", "--pack", "p", "history", "--json"]).json();
    assert_eq!(history.as_array().unwrap().len(), 2, "{history}");
    succeed(&folder, &["faq", "--pack", "p", "revert", "1"]);
    let faq = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    assert!(faq.contains("yak levy") && !faq.contains("zebra"), "{faq}");
}

#[test]
fn restore_is_refused_while_a_service_uses_the_data_folder() {
    let folder = backed_up();
    let service = Service::start(&folder, &[]);
    drop(BridgeClient::connect(&folder));
    let run = quoth(&folder, &["restore", "b", "--force"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("is in use by another quoth process: stop it"), "{run:?}");
    assert_eq!(service.stop().code, Some(0));
}

#[test]
fn existing_data_is_replaced_by_force_only_and_kept() {
    let source = backed_up();
    let folder = with_other_data(&source);
    let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
    let refused = quoth(&folder, &["restore", "b"]);
    assert_eq!(refused.code, 2, "{refused:?}");
    assert!(refused.stderr.contains("--force"), "{refused:?}");
    assert_eq!((files_in(&folder.path("data")), files_in(&folder.path("p"))), before);

    let run = succeed(&folder, &["restore", "b", "--force"]);
    assert!(run.stdout.contains("What was replaced is in "), "{run:?}");
    let readme = folder.path("p/README.md");
    assert_eq!(std::fs::read(&readme).unwrap(), b"mine", "what is no file of the pack stays");
    std::fs::remove_file(readme).unwrap();
    assert_restored(&folder, &source, "by force");
    assert!(!folder.path("data/matrix").exists(), "a new device");
    let kept = kept_in(&folder);
    for (name, bytes) in before.0 {
        assert!(kept.contains(&(name.clone(), bytes)), "{name} is kept");
    }
    for (name, bytes) in before.1.into_iter().filter(|(name, _)| name != "README.md") {
        assert!(kept.contains(&(format!("packs/p/{name}"), bytes)), "{name} is kept");
    }
    // Once more: the pack is the same, and what was kept stays.
    let run = succeed(&folder, &["restore", "b", "--force"]);
    assert!(run.stdout.contains("was the same"), "{run:?}");
    assert!(kept_in(&folder).len() >= kept.len());
}

/// The files that the restores to `folder` have kept, of each.
fn kept_in(folder: &Folder) -> Vec<(String, Vec<u8>)> {
    let mut kept = Vec::new();
    for file in std::fs::read_dir(folder.path("data")).unwrap() {
        let path = file.unwrap().path();
        if path.file_name().unwrap().to_str().unwrap().starts_with("before-restore-") {
            let mode = std::fs::metadata(&path).unwrap().permissions().mode() & 0o777;
            assert_eq!(mode, 0o700);
            kept.extend(files_in(&path));
        }
    }
    kept
}

#[test]
fn what_was_replaced_is_restored_like_a_backup() {
    let source = backed_up();
    let folder = with_other_data(&source);
    let faq = std::fs::read(folder.path("p/faq.toml")).unwrap();
    succeed(&folder, &["restore", "b", "--force"]);
    let mut data = std::fs::read_dir(folder.path("data")).unwrap().map(|it| it.unwrap().path());
    let kept = data.find(|it| it.to_str().unwrap().contains("before-restore-")).unwrap();
    let run = succeed(&folder, &["restore", kept.to_str().unwrap(), "--force"]);
    assert!(run.stdout.contains("it has no manifest"), "{run:?}");
    assert_eq!(std::fs::read(folder.path("p/faq.toml")).unwrap(), faq);
    assert_eq!(std::fs::read(folder.path("data/asker.key")).unwrap(), [b'x'; 32]);
    let history = succeed(&folder, &["faq", "--pack", "p", "diff", "1"]).stdout;
    assert!(history.contains("walrus tariff"), "{history}");
}

#[test]
fn packs_and_matrix_device_stay_if_the_operator_says_so() {
    let source = backed_up();
    let folder = with_other_data(&source);
    let pack = files_in(&folder.path("p"));
    succeed(&folder, &["restore", "b", "--force", "--without-packs", "--keep-matrix-device"]);
    assert_eq!(files_in(&folder.path("p")), pack);
    assert_eq!(std::fs::read(folder.path("data/matrix/session")).unwrap(), b"of this machine");
    assert_eq!(rows(&folder.path("data/quoth.db")), rows(&folder.path("b/quoth.db")));
}

#[test]
fn backup_of_a_version_without_manifests_is_restored() {
    let source = backed_up();
    let folder = Folder::with_pack();
    for file in ["quoth.db", "asker.key"] {
        folder.write(&format!("b/{file}"), std::fs::read(source.path("b").join(file)).unwrap());
    }
    let run = succeed(&folder, &["restore", "b"]);
    assert!(run.stdout.contains("it has no manifest"), "{run:?}");
    let history = succeed(&folder, &["faq", "--pack", "p", "history", "--json"]).json();
    assert!(!history.as_array().unwrap().is_empty(), "{history}");
    assert_eq!(std::fs::read(folder.path("data/asker.key")).unwrap(), KEY);
}

/// Replaces the file `name` of the backup, also in its manifest.
fn replace_in_backup(folder: &Folder, name: &str, bytes: &[u8]) {
    use sha2::{Digest, Sha256};
    folder.write(&format!("b/{name}"), bytes);
    let path = folder.path("b/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let files = manifest["files"].as_array_mut().unwrap();
    let file = files.iter_mut().find(|it| it["path"] == name).unwrap();
    file["size_bytes"] = json!(bytes.len());
    file["sha256"] =
        json!(Sha256::digest(bytes).iter().map(|it| format!("{it:02x}")).collect::<String>());
    std::fs::write(path, manifest.to_string()).unwrap();
}

fn change_manifest(folder: &Folder, change: impl Fn(&mut Value)) {
    let path = folder.path("b/manifest.json");
    let mut manifest: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    change(&mut manifest);
    std::fs::write(path, manifest.to_string()).unwrap();
}

/// A copy of the records in the backup `b`, as a later version leaves them.
fn with_later_migration(folder: &Folder) -> std::path::PathBuf {
    let path = folder.path("newer.db");
    std::fs::copy(folder.path("b/quoth.db"), &path).unwrap();
    let newer = rusqlite::Connection::open(&path).unwrap();
    let insert =
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
                  VALUES (99, 'later', TRUE, x'00', 0)";
    newer.execute_batch(insert).unwrap();
    path
}

/// A way to spoil the backup in `b`.
type Damage = fn(&Folder);

#[test]
fn backup_that_is_not_whole_or_not_of_this_version_is_refused_and_nothing_changes() {
    let rows: [(&str, &str, Damage); 13] = [
        ("no folder", "has no backup", |it| std::fs::remove_dir_all(it.path("b")).unwrap()),
        ("interrupted", "is incomplete", |it| it.write("b/incomplete", "")),
        ("manifest cut", "manifest.json is damaged", |it| it.write("b/manifest.json", "{")),
        ("newer format", "newer version of quoth (9.0.0)", |it| {
            change_manifest(it, |json| {
                (json["format"], json["version"]) = (9.into(), "9.0.0".into());
            });
        }),
        ("path outside", "manifest.json is damaged", |it| {
            change_manifest(it, |json| json["files"][0]["path"] = "../x".into());
        }),
        ("file missing", "is missing in the backup", |it| it.remove("b/packs/p/faq.toml")),
        ("file changed", "is not as it was backed up", |it| it.write("b/packs/p/faq.toml", FAQ)),
        ("records cut", "is not as it was backed up", |it| {
            it.write("b/quoth.db", &std::fs::read(it.path("b/quoth.db")).unwrap()[..8192]);
        }),
        ("records damaged", "cannot be used: restore another one", |it| {
            let mut bytes = std::fs::read(it.path("b/quoth.db")).unwrap();
            bytes[4096 * 3..4096 * 4].fill(0x55);
            replace_in_backup(it, "quoth.db", &bytes);
        }),
        ("no database", "cannot be used: restore another one", |it| {
            replace_in_backup(it, "quoth.db", &[b'x'; 5000]);
        }),
        ("another database", "has no records of quoth", |it| {
            let path = it.path("other.db");
            let other = rusqlite::Connection::open(&path).unwrap();
            other.execute_batch("CREATE TABLE t (x)").unwrap();
            drop(other);
            replace_in_backup(it, "quoth.db", &std::fs::read(path).unwrap());
        }),
        ("newer records", "(schema 99, this version supports ", |it| {
            let path = with_later_migration(it);
            replace_in_backup(it, "quoth.db", &std::fs::read(path).unwrap());
        }),
        ("pack with errors", "has errors in this version of quoth", |it| {
            let faq = FAQ.replace("Three four.", "Four three.");
            replace_in_backup(it, "packs/p/faq.toml", faq.as_bytes());
        }),
    ];
    let source = backed_up();
    for (name, want, damage) in rows {
        let folder = with_other_data(&source);
        damage(&folder);
        let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
        let run = quoth(&folder, &["restore", "b", "--force"]);
        assert_eq!(run.code, 2, "{name}: {run:?}");
        assert!(run.stderr.contains(want), "{name}: {run:?}");
        let after = (files_in(&folder.path("data")), files_in(&folder.path("p")));
        assert!(after == before, "{name}: something changed");
    }
}

#[test]
fn pack_that_was_wrong_is_backed_up_and_restored_as_it_was() {
    let folder = with_history();
    let faq = FAQ.replace("Three four.", "Four three.");
    folder.write("p/faq.toml", &faq);
    let run = succeed(&folder, &["backup", "b"]);
    assert!(run.stdout.contains("which has errors (`quoth check`)"), "{run:?}");
    let other = with_backup_of(&folder);
    let run = succeed(&other, &["restore", "b"]);
    assert!(run.stdout.contains("the pack p had errors when it was backed up"), "{run:?}");
    assert_eq!(std::fs::read_to_string(other.path("p/faq.toml")).unwrap(), faq);
}

#[test]
fn pack_goes_to_the_configured_folder_of_its_name_and_without_one_nothing_is_restored() {
    let source = backed_up();
    let folder = with_backup_of(&source);
    for (packs, want) in
        [("['q']", "names no folder of this name"), ("['x/p', 'y/p']", "names several")]
    {
        let settings = [("QUOTH_DATA", "data"), ("QUOTH_PACKS", packs)];
        let run = quoth_in(&folder.path(""), &settings, &["restore", "b"]);
        assert_eq!(run.code, 2, "{run:?}");
        assert!(run.stderr.contains(want) && run.stderr.contains("--without-packs"), "{run:?}");
        assert!(!folder.path("data/quoth.db").exists());
    }
    let settings = [("QUOTH_DATA", "data"), ("QUOTH_PACKS", "['x/p']")];
    let run = quoth_in(&folder.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert_eq!(files_in(&folder.path("x/p")), files_in(&source.path("b/packs/p")));
}

#[test]
fn another_key_of_the_hashes_than_the_backup_had_is_reported() {
    let source = backed_up();
    let folder = with_backup_of(&source);
    let secret = "another secret of the operator ...";
    let settings = [&SETTINGS[..], &[("QUOTH_RECORDS__HASH_KEY", secret)]].concat();
    let run = quoth_in(&folder.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(run.stdout.contains("the key of the hashes is not the one of the backup"), "{run:?}");

    let folder = with_history();
    let run = quoth_in(&folder.path(""), &settings, &["backup", "b"]);
    assert_eq!(run.code, 0, "{run:?}");
    assert!(!folder.path("b/asker.key").exists(), "the key in use is in the configuration");
    let other = with_backup_of(&folder);
    let run = quoth_in(&other.path(""), &settings, &["restore", "b"]);
    assert!(!run.stdout.contains("key of the hashes"), "{run:?}");
}

#[test]
fn folders_that_cannot_be_written_are_errors_with_advice() {
    let folder = backed_up();
    // Not even root can create folders in /proc.
    let run = quoth(&folder, &["backup", "/proc/backup"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("there is no backup: cannot write /proc/backup"), "{run:?}");
    let settings = [("QUOTH_DATA", "/proc/data"), SETTINGS[1]];
    let run = quoth_in(&folder.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("make it writable for the user that runs quoth"), "{run:?}");
    let other = with_backup_of(&folder);
    let settings = [SETTINGS[0], ("QUOTH_PACKS", "['/proc/p']")];
    let run = quoth_in(&other.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("nothing is restored: cannot write /proc/p"), "{run:?}");
    assert!(!other.path("data/quoth.db").exists() && !other.path("data/restoring").exists());
}

/// Runs `args` in `folder` with the fault at the operation `at`; see `support/faults.c`.
pub(crate) fn run_with_fault(
    folder: &Folder,
    library: &str,
    (fault, at): (&str, usize),
    args: &[&str],
) -> Option<Run> {
    let at = at.to_string();
    let settings =
        [&SETTINGS[..], &[("LD_PRELOAD", library), ("FAULT", fault), ("FAULT_AT", &at)]].concat();
    quoth_killed_in(&folder.path(""), &settings, args)
}

#[test]
#[allow(clippy::print_stderr, reason = "prints how many points there were")]
fn restore_that_is_killed_leaves_the_old_or_finishes_the_new() {
    let source = backed_up();
    let library = compiled(&source, "faults");
    let args = ["restore", "b", "--force"];
    let (mut n_old, mut n_decided) = (0, 0);
    for fault in ["kill", "half"] {
        for at in 1.. {
            let of = format!("({fault} at operation {at})");
            let folder = with_other_data(&source);
            let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
            match run_with_fault(&folder, &library, (fault, at), &args).map(|run| run.code) {
                Some(NOT_A_WRITE) => continue,
                Some(code) => {
                    assert_eq!(code, 0, "{of}");
                    break;
                }
                None => {}
            }
            let is_decided = folder.path("data/restoring/journal.json").exists();
            let is_done =
                !is_decided && !files_in(&folder.path("data")).contains_key("matrix/session");
            if is_decided {
                n_decided += 1;
                let run = quoth(&folder, &["faq", "--pack", "p", "history"]);
                assert_eq!(run.code, 2, "{of}: {run:?}");
                assert!(run.stderr.contains("start quoth or repeat `quoth restore`"), "{run:?}");
                assert_eq!(quoth(&folder, &["backup", "c"]).code, 2, "{of}");
            } else if !is_done {
                n_old += 1;
                let mut data = files_in(&folder.path("data"));
                data.retain(|name, _| !name.starts_with("restoring/"));
                assert!((data, files_in(&folder.path("p"))) == before, "{of}");
            }
            if is_decided && at % 3 == 0 {
                // A start finishes it, too.
                let service = Service::start(&folder, &[]);
                drop(BridgeClient::connect(&folder));
                let log = service.stop().log;
                assert!(log.contains("had been interrupted and is finished now"), "{of}: {log}");
                assert_eq!(std::fs::read(folder.path("data/asker.key")).unwrap(), KEY, "{of}");
            } else {
                let run = succeed(&folder, &args);
                assert_eq!(
                    run.stdout.contains("had been interrupted"),
                    is_decided,
                    "{of}: {run:?}"
                );
                folder.remove("p/README.md");
                assert_restored(&folder, &source, &of);
            }
            let kept = kept_in(&folder);
            for (name, bytes) in before.0 {
                assert!(kept.contains(&(name.clone(), bytes)), "{name} is lost {of}");
            }
            let faq = ("packs/p/faq.toml".to_owned(), before.1["faq.toml"].clone());
            assert!(kept.contains(&faq), "the pack is lost {of}");
        }
    }
    eprintln!("{n_old} kills before the decision, {n_decided} after it");
    assert!(n_old > 10 && n_decided > 10);
}

#[test]
fn restore_on_a_full_disk_loses_nothing_and_goes_on() {
    let source = backed_up();
    let library = compiled(&source, "faults");
    let args = ["restore", "b", "--force"];
    let mut n_failed = 0;
    for at in 1.. {
        let of = format!("(full at operation {at})");
        let folder = with_other_data(&source);
        let before = (files_in(&folder.path("data")), files_in(&folder.path("p")));
        let run = run_with_fault(&folder, &library, ("full", at), &args).unwrap();
        let is_decided = folder.path("data/restoring/journal.json").exists();
        if run.code != 0 {
            n_failed += 1;
            // SQLite goes on without writing where it cannot open a file otherwise.
            let want = ["free some", "No space left", "cannot write data/restoring/quoth.db"];
            assert!(want.iter().any(|want| run.stderr.contains(want)), "{of}: {run:?}");
            let after = (files_in(&folder.path("data")), files_in(&folder.path("p")));
            assert!(is_decided || after == before, "{of}: {run:?}");
            succeed(&folder, &args);
        }
        folder.remove("p/README.md");
        assert_restored(&folder, &source, &of);
        // No operation is left.
        if run.code == 0 && n_failed > 10 && is_past_the_end(&source, &library, at, &args) {
            break;
        }
    }
}

/// Whether a run has fewer operations than `at`.
fn is_past_the_end(source: &Folder, library: &str, at: usize, args: &[&str]) -> bool {
    let folder = with_other_data(source);
    run_with_fault(&folder, library, ("kill", at), args).is_some()
}

#[test]
fn backup_that_is_killed_is_whole_or_refused_by_restore() {
    let source = with_history();
    let library = compiled(&source, "faults");
    let (mut n_refused, mut n_whole) = (0, 0);
    for at in 1.. {
        let folder = Folder::empty();
        copy(&source.path("data"), &folder.path("data"));
        copy(&source.path("p"), &folder.path("p"));
        let is_killed = run_with_fault(&folder, &library, ("kill", at), &["backup", "b"]).is_none();
        let other = with_backup_of(&folder);
        let run = quoth(&other, &["restore", "b"]);
        if run.code == 0 {
            n_whole += 1;
            assert_eq!(files_in(&other.path("p")), files_in(&source.path("p")), "at {at}");
        } else {
            n_refused += 1;
            let want = ["is incomplete", "has no backup"];
            assert!(want.iter().any(|want| run.stderr.contains(want)), "at {at}: {run:?}");
        }
        if !is_killed {
            break;
        }
    }
    assert!(n_refused > 10 && n_whole > 0, "{n_refused} refused, {n_whole} whole");
}

#[test]
fn backup_on_a_full_disk_leaves_nothing_and_says_so() {
    let source = with_history();
    let library = compiled(&source, "faults");
    let mut n_failed = 0;
    for at in 1.. {
        let folder = Folder::empty();
        copy(&source.path("data"), &folder.path("data"));
        copy(&source.path("p"), &folder.path("p"));
        let run = run_with_fault(&folder, &library, ("full", at), &["backup", "b"]).unwrap();
        if run.code == 0 {
            if run_with_fault(&folder, &library, ("kill", at), &["backup", "c"]).is_some() {
                break;
            }
            continue;
        }
        n_failed += 1;
        assert!(run.stderr.contains("there is no backup"), "at {at}: {run:?}");
        assert!(!folder.path("b").exists(), "at {at}: {run:?}");
        succeed(&folder, &["backup", "b"]);
    }
    assert!(n_failed > 10, "{n_failed}");
}
