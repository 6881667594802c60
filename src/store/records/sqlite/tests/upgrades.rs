//! Records of each earlier schema, opened by this version, and the copy that is made before.

use rusqlite::types::Value;

use super::super::migrations::{self, MIGRATIONS};
use super::super::{check, pre_migration_copy};
use super::*;
use crate::moderation::RevisionAuthor;

/// The migrations, by the first digits of their SHA-384. Records that have them exist: they never change, and a new one is
/// added here.
const RELEASED: [(i64, &str); 13] = [
    (1, "6432DCF5C930C389"),
    (2, "BC4C068F76369DBB"),
    (3, "D4C179AA14711ACC"),
    (4, "65DFF792B451431A"),
    (5, "88058EABD5B1D200"),
    (6, "4B6ADB9F94BBB6F4"),
    (7, "3C907B1FA7CE08CB"),
    (8, "B936DEBCF0C66105"),
    (9, "0577E8438316E2CE"),
    (10, "B997338810644A9F"),
    (11, "4C1D38E83BA5FE5E"),
    (12, "081ABC39F1ADFAC4"),
    (13, "9C9FF979FE074AE8"),
];

/// What a version wrote that had the schema of the migration with this number as its last one: at least a row that uses
/// what the migration brought.
fn rows_of(schema: i64) -> &'static str {
    match schema {
        1 => {
            "INSERT INTO meta VALUES ('first_start', 0);
             INSERT INTO handled VALUES ('t:1', 2, 'h', 0, NULL, 1000), ('t:sending', 1, 'h', 9000, 1000, 1000);
             INSERT INTO answers VALUES ('t:1', 't:1-reply', 't:room', 'default', 'ada', '\"answer\"', 0, '[\"a\"]', 1000);
             INSERT INTO judgements VALUES ('t:1-reply', 'ada', 1, 1000);
             INSERT INTO unanswered VALUES ('t:2', 'default', 't:room', 'ada', 'why?', '[\"a\"]', 'g', 2000);
             INSERT INTO space_states VALUES ('s', 1);
             INSERT INTO places VALUES ('t:room', 1000);
             INSERT INTO revisions (pack, entry, at, author, reason, before, after)
             VALUES ('p', 'e', 1000, 't:mod', 'because', NULL, 'text')"
        }
        2 => "INSERT INTO packs VALUES ('p', '[[entry]]')",
        3 => {
            "INSERT INTO answers (question, sent, place, space, asker, kind, is_private, entries, sent_at, asked_for)
             VALUES ('t:3', 't:3-reply', 't:room', 'default', 'ada', '\"answer\"', 0, '[\"a\"]', 3000, 'bob')"
        }
        4 => "INSERT INTO place_states VALUES ('default', 't:quiet', 1)",
        5 => {
            "INSERT INTO judgements (sent, judge, is_helpful, at, cause)
             VALUES ('t:3-reply', 'bob', 0, 5000, 't:reaction')"
        }
        6 => {
            "INSERT INTO unanswered (message, space, place, asker, text, nearest, gap, asked_at, passages)
             VALUES ('t:6', 'default', 't:room', 'ada', 'how?', '[]', NULL, 6000, '[\"passage pack/doc/2 It is red.\"]')"
        }
        7 => {
            "INSERT INTO pack_folders VALUES ('p', '/knowledge/p');
             INSERT INTO revisions (id, pack, entry, at, author, reason, before, after, hunk, edit)
             VALUES (7, 'p', 'e', 7000, 'terminal:ann', NULL, 'text', 'other', NULL, 7)"
        }
        8 => "UPDATE unanswered SET settled = 'dismissed' WHERE message = 't:6'",
        9 => "INSERT INTO asked VALUES ('t:9', 'default', 'ada', 'what?', 9000)",
        10 => "INSERT INTO proposals VALUES ('t:10', '{\"alternatives\": []}', 10000)",
        11 => "UPDATE unanswered SET is_awaited = 1 WHERE message = 't:2'",
        12 => "UPDATE packs SET lexicon = '[[group]]' WHERE name = 'p'",
        13 => "INSERT INTO space_settings VALUES ('default', 'greets', 'false')",
        _ => panic!("add rows that use what the migration {schema} brings"),
    }
}

/// Records in `folder` as a version with this schema left them.
fn create(folder: &Path, schema: i64) {
    let mut connection = Connection::open(folder.join(FILE)).unwrap();
    connection.pragma_update(None, "journal_mode", "WAL").unwrap();
    for number in 1..=schema {
        migrations::apply_until(&mut connection, number).unwrap();
        connection.execute_batch(rows_of(number)).unwrap();
    }
}

/// Every value of every row, as table, row by its first column, column and value. Without the table of migrations.
fn values(folder: &Path) -> Vec<(String, String, String, Value)> {
    let connection = other_program(folder);
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%sql%'";
    let mut tables = connection.prepare(tables).unwrap();
    let tables = tables.query_map([], |row| row.get::<_, String>(0)).unwrap();
    let mut values = Vec::new();
    for table in tables.map(std::result::Result::unwrap) {
        let mut select = connection.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns: Vec<String> = select.column_names().into_iter().map(str::to_owned).collect();
        let mut rows = select.query([]).unwrap();
        while let Some(row) = rows.next().unwrap() {
            let of = |column: usize| row.get::<_, Value>(column).unwrap();
            // Feedback on one message is of several users.
            let key = format!("{:?} {:?}", of(0), of(1));
            for (number, column) in columns.iter().enumerate() {
                values.push((table.clone(), key.clone(), column.clone(), of(number)));
            }
        }
    }
    values
}

#[test]
fn released_migrations_are_unchanged() {
    use sha2::{Digest, Sha384};
    let digits = |sql: &str| {
        let digest = Sha384::digest(sql);
        digest.iter().take(8).map(|byte| format!("{byte:02X}")).collect::<String>()
    };
    let found: Vec<(i64, String)> =
        MIGRATIONS.iter().map(|(version, _, sql)| (*version, digits(sql))).collect();
    assert_eq!(found, RELEASED.map(|(version, digits)| (version, digits.to_owned())));
}

#[tokio::test]
async fn records_of_each_released_schema_are_opened_and_lose_nothing() {
    for schema in RELEASED.map(|(schema, _)| schema) {
        let folder = tempfile::tempdir().unwrap();
        create(folder.path(), schema);
        let before = values(folder.path());
        assert!(before.len() > 30, "{schema}: {}", before.len());
        // Later than all times in the rows, which would be corrected otherwise.
        SqliteRecords::open(folder.path(), at(100)).await.unwrap().close().await;
        let after = values(folder.path());
        for value in &before {
            // The claims of a process that has ended.
            let is_released = value.2 == "expires_at";
            assert!(is_released || after.contains(value), "{schema}: {value:?} is lost");
        }
        assert_readable(&open(folder.path()).await.unwrap(), schema).await;
    }
}

/// Checks that the rows of `schema` are read as they were meant.
async fn assert_readable(records: &SqliteRecords, schema: i64) {
    assert_answers_readable(records, schema).await;
    assert_questions_readable(records, schema).await;
    assert!(place_status(records, "s", Vec::new()).await.is_paused);
    let quiet = place_status(records, "default", vec!["t:quiet".into()]).await;
    assert_eq!(quiet.is_paused, schema >= 4);
    let revisions = records.revisions("p".to_owned(), "e".to_owned(), 9).await.unwrap();
    assert_eq!(revisions.len(), if schema >= 7 { 2 } else { 1 });
    let first = &revisions.last().unwrap().revision;
    assert_eq!(first.by, RevisionAuthor::User("t:mod".into()));
    let packs = records.accepted_packs().await.unwrap();
    let texts = packs.get("p").map(|texts| (&*texts.faq, texts.lexicon.as_deref()));
    let lexicon = (schema >= 12).then_some("[[group]]");
    assert_eq!(texts, (schema >= 2).then_some(("[[entry]]", lexicon)));
    assert_eq!(records.proposal("t:10".into()).await.unwrap().is_some(), schema >= 10);
}

async fn assert_answers_readable(records: &SqliteRecords, schema: i64) {
    let answer = records.reply_to("t:1".into()).await.unwrap().unwrap();
    assert_eq!((answer.asker.as_str(), answer.asked_for), ("ada", None));
    assert_eq!(records.feedback("t:1-reply".into(), "ada".into()).await.unwrap(), Some(true));
    assert_eq!(records.claim(claim("t:1", "b", 90)).await.unwrap(), ClaimStatus::Done);
    let began_at = at(1);
    let sending = records.claim(claim("t:sending", "b", 90)).await.unwrap();
    assert_eq!(sending, ClaimStatus::PossiblySent { began_at });
    let for_bob = records.reply_to("t:3".into()).await.unwrap();
    let for_bob = for_bob.and_then(|answer| answer.asked_for);
    assert_eq!(for_bob, (schema >= 3).then(|| AskerHash::from("bob")));
    let feedback = records.feedback("t:3-reply".into(), "bob".into()).await.unwrap();
    assert_eq!(feedback, (schema >= 5).then_some(false));
}

async fn assert_questions_readable(records: &SqliteRecords, schema: i64) {
    let questions = records.unanswered_questions("default".to_owned(), 9).await.unwrap();
    let mut want = vec!["t:2"];
    want.splice(0..0, ["t:6"].into_iter().filter(|_| (6..8).contains(&schema)));
    assert_eq!(questions.iter().map(|it| it.message.as_str()).collect::<Vec<_>>(), want);
    let asked = records.question_text("t:9".into()).await.unwrap();
    assert_eq!(asked.as_deref(), (schema >= 9).then_some("what?"));
    let awaited = records.awaited_questions(9).await.unwrap();
    assert_eq!(awaited.len(), usize::from(schema >= 11));
}

/// The schema and the values of the copy `name` in `folder`.
fn copied(folder: &Path, name: &str) -> (i64, Vec<(String, String, String, Value)>) {
    let schema = check(&folder.join(name)).unwrap();
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(folder.join(name), other.path().join(FILE)).unwrap();
    (schema, values(other.path()))
}

#[tokio::test]
async fn migration_copies_the_records_before_and_no_other_start_does() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), 7);
    let before = values(folder.path());
    for _ in 0..2 {
        open(folder.path()).await.unwrap().close().await;
        let mut names: Vec<String> = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|it| it.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        assert_eq!(names, ["quoth.db", "quoth.db.before-13", "quoth.lock"]);
        assert_eq!(copied(folder.path(), "quoth.db.before-13"), (7, before.clone()));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let copy = std::fs::metadata(folder.path().join("quoth.db.before-13")).unwrap();
        assert_eq!(copy.permissions().mode() & 0o777, 0o600);
    }
    let new = tempfile::tempdir().unwrap();
    open(new.path()).await.unwrap().close().await;
    assert_eq!(std::fs::read_dir(new.path()).unwrap().count(), 2, "new records have no copy");
}

#[tokio::test]
async fn copy_from_before_a_migration_is_put_back_by_renaming_it() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), 7);
    let before = values(folder.path());
    open(folder.path()).await.unwrap().close().await;
    std::fs::rename(folder.path().join("quoth.db.before-13"), folder.path().join(FILE)).unwrap();
    assert_eq!(values(folder.path()), before);
    let records = open(folder.path()).await.unwrap();
    assert_readable(&records, 7).await;
}

#[tokio::test]
async fn records_that_cannot_be_copied_are_not_migrated() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path(), 7);
    let before = values(folder.path());
    // The copy is written under this name, and not even root can write to a folder.
    std::fs::create_dir(folder.path().join("quoth.db.copying")).unwrap();
    let error = open(folder.path()).await.unwrap_err();
    assert!(matches!(error, RecordsError::NotCopied { .. }), "{error:?}");
    assert!(error.to_string().contains("nothing is migrated"), "{error}");
    assert_eq!(values(folder.path()), before);
    std::fs::remove_dir(folder.path().join("quoth.db.copying")).unwrap();
    assert_readable(&open(folder.path()).await.unwrap(), 7).await;
}

#[test]
fn two_copies_of_the_last_thirty_days_are_kept() {
    let folder = tempfile::tempdir().unwrap();
    let now = std::time::SystemTime::now();
    for (name, days) in [("before-8", 9), ("before-9", 2), ("before-11", 1), ("before-x", 31)] {
        let file = std::fs::File::create(folder.path().join(format!("{FILE}.{name}"))).unwrap();
        file.set_modified(now - Duration::from_hours(days * 24)).unwrap();
    }
    let names = || {
        let files = std::fs::read_dir(folder.path()).unwrap();
        let mut names: Vec<_> = files.map(|it| it.unwrap().file_name()).collect();
        names.sort();
        names
    };
    pre_migration_copy::delete_old(folder.path());
    assert_eq!(names(), ["quoth.db.before-11", "quoth.db.before-9"]);
    let path = folder.path().join("quoth.db.before-9");
    let file = std::fs::File::options().write(true).open(path).unwrap();
    file.set_modified(now - Duration::from_hours(31 * 24)).unwrap();
    pre_migration_copy::delete_old(folder.path());
    assert_eq!(names(), ["quoth.db.before-11"]);
}
