//! Backups that are not restored, and folders that cannot be written: nothing changes.

use super::*;

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
fn folders_that_cannot_be_written_are_errors_with_advice() {
    let folder = backed_up();
    // Not even root can create folders in /proc.
    let run = quoth(&folder, &["backup", "/proc/backup"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("there is no backup: cannot write /proc/backup"), "{run:?}");
    let settings = [("QUOTH_DATA", "/proc/data"), SETTINGS[1]];
    let run = quoth_in(&folder.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("writable for the user that runs quoth"), "{run:?}");
    let other = with_backup_of(&folder);
    let settings = [SETTINGS[0], ("QUOTH_PACKS", "['/proc/p']")];
    let run = quoth_in(&other.path(""), &settings, &["restore", "b"]);
    assert_eq!(run.code, 2, "{run:?}");
    assert!(run.stderr.contains("nothing is restored: cannot write /proc/p"), "{run:?}");
    assert!(!other.path("data/quoth.db").exists() && !other.path("data/restoring").exists());
}
