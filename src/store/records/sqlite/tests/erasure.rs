//! What is deleted is on the disk no more.

use super::*;

/// Text of the question `number`. Long enough that the questions fill many pages.
fn text(number: usize) -> String {
    format!("zanzibar {number} {}", "why? ".repeat(40))
}

/// Which questions have their text in a file of `folder`.
fn found_on_disk(folder: &Path) -> Vec<usize> {
    let files = std::fs::read_dir(folder).unwrap();
    let bytes: Vec<u8> =
        files.flat_map(|file| std::fs::read(file.unwrap().path()).unwrap()).collect();
    let text = String::from_utf8_lossy(&bytes);
    (0..N_QUESTIONS).filter(|number| text.contains(&format!("zanzibar {number} "))).collect()
}

const N_QUESTIONS: usize = 40;

/// Records one question of each asker, from the second `number`, as asked and as unanswered.
async fn record_questions(records: &SqliteRecords) {
    for number in 0..N_QUESTIONS {
        let id = number.to_string();
        let seconds = i64::try_from(number).unwrap();
        let question =
            UnansweredQuestion { text: text(number), ..unanswered_question(&id, &id, seconds) };
        records.claim(claim(&id, "h", seconds)).await.unwrap();
        let answer = Some(reply(&id, &id, seconds));
        let asked = Some(AskedQuestion { text: text(number), ..asked_question(&id, &id, seconds) });
        let unanswered = Some(question);
        records
            .complete(Completion { answer, unanswered, asked, ..completion(&id, "h", seconds) })
            .await
            .unwrap();
    }
}

#[tokio::test]
async fn deleted_edited_erased_and_expired_questions_leave_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    record_questions(&records).await;
    assert_eq!(found_on_disk(folder.path()).len(), N_QUESTIONS);
    records.delete_message_data("39".into()).await.unwrap();
    records.update_reply(reply("38", "38", 38), None, AskedUpdate::Deleted).await.unwrap();
    records.erase_asker("37".into()).await.unwrap();
    assert_eq!(found_on_disk(folder.path()), (0..37).collect::<Vec<_>>());
    let cutoffs = RetentionCutoffs {
        handled: at(0),
        unanswered: at(30),
        questions: at(30),
        answers: at(0),
        proposals: at(0),
    };
    records.delete_expired(cutoffs).await.unwrap();
    assert_eq!(found_on_disk(folder.path()), (30..37).collect::<Vec<_>>());
    records.close().await;
}

#[tokio::test]
async fn log_is_emptied_after_another_program_has_read() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    record_questions(&records).await;
    let reader = other_program(folder.path());
    reader.execute_batch("BEGIN").unwrap();
    reader.query_row("SELECT count(*) FROM unanswered", [], |_| Ok(())).unwrap();
    records.delete_message_data("39".into()).await.unwrap();
    assert!(found_on_disk(folder.path()).contains(&39), "the reader still needs it");
    reader.execute_batch("COMMIT").unwrap();
    records.ping().await.unwrap();
    assert!(!found_on_disk(folder.path()).contains(&39));
    records.close().await;
}

#[tokio::test]
async fn texts_deleted_by_an_earlier_version_leave_the_disk_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    record_questions(&records).await;
    records.close().await;
    other_program(folder.path())
        .execute_batch(
            "DELETE FROM unanswered;
             DELETE FROM asked;
             DELETE FROM meta WHERE name = 'is_deleted_securely';
             PRAGMA wal_checkpoint(TRUNCATE);",
        )
        .unwrap();
    assert!(!found_on_disk(folder.path()).is_empty(), "otherwise this test shows nothing");
    let records = open(folder.path()).await.unwrap();
    assert_eq!(found_on_disk(folder.path()), [0; 0]);
    records.close().await;
}
