//! `quoth backup` and `quoth restore`: what is in a backup, and what comes back.

pub(crate) mod interrupted;
mod refused;

use std::collections::BTreeMap;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use serde_json::{Value, json};

use crate::folder::{FAQ, Folder, SOURCE, copy_folder};
use crate::quoth::{Run, quoth_in};
use crate::service::{BridgeClient, Service};

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

/// A new folder with a copy of the backup of `source`, if it has one.
fn with_backup_of(source: &Folder) -> Folder {
    let folder = Folder::empty();
    if source.path("b").exists() {
        copy_folder(&source.path("b"), &folder.path("b"));
    }
    folder
}

/// The same, with other records, another key, a Matrix session, and another state of the pack.
fn with_other_data(source: &Folder) -> Folder {
    let folder = with_backup_of(source);
    copy_folder(&other_data().path("data"), &folder.path("data"));
    copy_folder(&other_data().path("p"), &folder.path("p"));
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
fn replaced_data_is_restored_like_a_backup() {
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
fn misquote_in_a_backup_without_a_manifest_is_not_restored() {
    let source = backed_up();
    let folder = with_other_data(&source);
    std::fs::remove_file(folder.path("b/manifest.json")).unwrap();
    let pack = std::fs::read_dir(folder.path("b/packs")).unwrap().next().unwrap().unwrap().path();
    let faq = std::fs::read_to_string(pack.join("faq.toml")).unwrap();
    let broken =
        faq.replacen("[[entry.quote]]\ntext = \"", "[[entry.quote]]\ntext = \"Not so. ", 1);
    assert_ne!(broken, faq);
    std::fs::write(pack.join("faq.toml"), broken).unwrap();
    let before = files_in(&folder.path("p"));
    let run = quoth(&folder, &["restore", "b", "--force"]);
    assert!(run.code != 0 && run.stderr.contains("nothing is restored"), "{run:?}");
    assert_eq!(files_in(&folder.path("p")), before);
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
fn packs_of_one_name_go_to_the_folders_that_end_as_theirs_did() {
    const BEFORE: &str = "packs = ['../one/en/p']\n[[space]]\nname = 'de'\nplaces = ['discord:channel:1']\npacks = ['../one/de/p']\n";
    let source = Folder::empty();
    for language in ["en", "de"] {
        source.write(&format!("one/{language}/p/pack.toml"), format!("title = '{language}'\n"));
        for (file, text) in [("faq.toml", FAQ), ("sources/doc.md", SOURCE)] {
            source.write(&format!("one/{language}/p/{file}"), text);
        }
    }
    source.write("config/quoth.toml", BEFORE);
    let settings = [("QUOTH_DATA", "data")];
    let edit = ["faq", "--pack", "one/en/p", "add-phrasing", "b", "zebra quota"];
    for args in [&edit[..], &["backup", "b"]] {
        let run = quoth_in(&source.path(""), &settings, args);
        assert_eq!(run.code, 0, "{run:?}");
    }
    let folder = with_backup_of(&source);
    let restore = |configuration: &str| {
        folder.write("config/quoth.toml", configuration);
        quoth_in(&folder.path(""), &settings, &["restore", "b"])
    };
    let run = restore("packs = ['../two/en/p']\n");
    assert!(run.code == 2 && run.stderr.contains("several packs p"), "{run:?}");
    let run = restore(&BEFORE.replace("one/en", "x").replace("one/de", "y"));
    assert!(run.code == 2 && run.stderr.contains("names several"), "{run:?}");
    assert!(!folder.path("data/quoth.db").exists());
    let run = restore(&BEFORE.replace("one/", "two/"));
    assert_eq!(run.code, 0, "{run:?}");
    for language in ["en", "de"] {
        let restored = files_in(&folder.path(&format!("two/{language}")));
        assert_eq!(restored, files_in(&source.path(&format!("one/{language}"))), "{language}");
    }
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
