use std::path::Path;
use std::sync::{Mutex, mpsc};

use super::super::lookup::ReplyKey;
use super::super::{AskedUpdate, PlaceStatus};
use super::*;
use crate::conversation::{AskedQuestion, ReplyKind};

mod asked;
mod claims;
mod data_folder;
mod erasure;
mod places;
mod proposals;
mod replies;
mod revisions;
mod upgrades;

const LEASE: Duration = Duration::from_secs(60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn claim(message: &str, holder: &str, seconds: i64) -> Claim {
    let holder = Holder::new(holder);
    Claim { message: message.into(), holder, now: at(seconds), lease: LEASE }
}

fn reply(question: &str, asker: &str, seconds: i64) -> SentReply {
    SentReply {
        question: question.into(),
        message: format!("{question}-reply").into(),
        place: "t:room".into(),
        space: "default".to_owned(),
        asker: asker.into(),
        asked_for: None,
        kind: ReplyKind::Suggest,
        is_private: false,
        entries: vec!["a".to_owned(), "p:b".to_owned()],
        sent_at: at(seconds),
    }
}

fn unanswered_question(message: &str, asker: &str, seconds: i64) -> UnansweredQuestion {
    UnansweredQuestion {
        message: message.into(),
        space: "default".to_owned(),
        place: "t:room".into(),
        asker: asker.into(),
        text: "why?".to_owned(),
        nearest: vec!["a".to_owned()],
        passages: vec!["passage pack/doc/2 It is red.".to_owned()],
        gap: Some("g".to_owned()),
        asked_at: at(seconds),
    }
}

fn asked_question(message: &str, asker: &str, seconds: i64) -> AskedQuestion {
    AskedQuestion {
        message: message.into(),
        space: "default".to_owned(),
        asker: asker.into(),
        text: "why?".to_owned(),
        asked_at: at(seconds),
    }
}

fn completion(message: &str, holder: &str, seconds: i64) -> Completion {
    Completion {
        message: message.into(),
        holder: Holder::new(holder),
        at: at(seconds),
        answer: Some(reply(message, "ada", seconds)),
        unanswered: Some(unanswered_question(message, "ada", seconds)),
        asked: None,
        outdated_alerts: None,
    }
}

async fn place_status(records: &SqliteRecords, space: &str, places: Vec<PlaceId>) -> PlaceStatus {
    let lookup = Lookup { space: space.to_owned(), places, ..Lookup::default() };
    records.look_up(lookup).await.unwrap().status
}

/// A connection of another program.
fn other_program(folder: &Path) -> Connection {
    Connection::open(folder.join(FILE)).unwrap()
}

async fn in_memory() -> SqliteRecords {
    SqliteRecords::in_memory(at(0)).await.unwrap()
}

async fn open(folder: &Path) -> Result<SqliteRecords> {
    SqliteRecords::open_within(folder, at(0), Duration::from_millis(50)).await
}

#[tokio::test]
async fn records_survive_a_restart_and_open_claims_are_released() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/b");
    let records = open(&data).await.unwrap();
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    records.claim(claim("t:2", "a", 0)).await.unwrap();
    records.begin_send(claim("t:2", "a", 0)).await.unwrap();
    records.claim(claim("t:3", "a", 0)).await.unwrap();
    records.complete(completion("t:3", "a", 0)).await.unwrap();
    records.set_paused("s".to_owned(), None, true).await.unwrap();
    records.close().await;

    let records = open(&data).await.unwrap();
    let claim_b = |message| records.claim(claim(message, "b", 1));
    assert_eq!(claim_b("t:1").await.unwrap(), ClaimStatus::New);
    assert_eq!(claim_b("t:2").await.unwrap(), ClaimStatus::PossiblySent { began_at: at(0) });
    assert_eq!(claim_b("t:3").await.unwrap(), ClaimStatus::Done);
    assert_eq!(records.reply_to("t:3".into()).await.unwrap(), Some(reply("t:3", "ada", 0)));
    for (space, is_paused) in [("s", true), ("other", false)] {
        let status = place_status(&records, space, Vec::new()).await;
        assert_eq!(status.is_paused, is_paused, "{space}");
    }
}

#[tokio::test]
async fn inbox_has_the_latest_first_and_is_capped_per_asker() {
    let records = in_memory().await;
    for second in 0..=MAX_UNANSWERED {
        let message = format!("t:{second}");
        records.claim(claim(&message, "a", second)).await.unwrap();
        let unanswered = Some(unanswered_question(&message, "ada", second));
        let completion =
            Completion { answer: None, unanswered, ..completion(&message, "a", second) };
        records.complete(completion).await.unwrap();
    }
    let bob = Some(unanswered_question("t:bob", "bob", 1));
    records.claim(claim("t:bob", "a", 1)).await.unwrap();
    let completion = Completion { answer: None, unanswered: bob, ..completion("t:bob", "a", 1) };
    records.complete(completion).await.unwrap();
    let questions = records.unanswered_questions("default".to_owned(), 1000).await.unwrap();
    assert_eq!(i64::try_from(questions.len()).unwrap(), MAX_UNANSWERED + 1);
    assert_eq!(questions[0], unanswered_question("t:100", "ada", MAX_UNANSWERED));
    assert!(
        questions.iter().all(|it| it.message.as_str() != "t:0"),
        "the oldest of the asker is deleted"
    );
    assert_eq!(records.unanswered_questions("default".to_owned(), 1).await.unwrap().len(), 1);
    assert_eq!(records.unanswered_questions("other".to_owned(), 1).await.unwrap(), []);
}

const MAX_UNANSWERED: i64 = retention::MAX_PER_ASKER;

fn feedback(question: &str, seconds: i64) -> Feedback {
    let message = format!("{question}-reply").into();
    Feedback {
        cause: "t:use".into(),
        message,
        asker: "bob".into(),
        is_helpful: true,
        at: at(seconds),
    }
}

#[tokio::test]
async fn expired_and_erased_records_are_deleted_and_others_stay() {
    let records = in_memory().await;
    for (message, seconds) in [("t:old", 10), ("t:new", 20)] {
        records.claim(claim(message, "a", seconds)).await.unwrap();
        records.complete(completion(message, "a", seconds)).await.unwrap();
        records.record_feedback(feedback(message, seconds)).await.unwrap();
    }
    let cutoffs = RetentionCutoffs {
        handled: at(15),
        unanswered: at(15),
        questions: at(15),
        answers: at(15),
        proposals: at(15),
    };
    assert_eq!(records.delete_expired(cutoffs).await.unwrap(), 3, "claim, question and reply");
    assert_eq!(records.delete_expired(cutoffs).await.unwrap(), 0);
    assert_eq!(records.reply_to("t:old".into()).await.unwrap(), None);
    assert!(records.reply_to("t:new".into()).await.unwrap().is_some());
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap().len(), 1);

    let for_carol = SentReply { asked_for: Some("carol".into()), ..reply("t:new", "ada", 20) };
    let unanswered = Some(unanswered_question("t:new", "ada", 20));
    records.update_reply(for_carol, unanswered, AskedUpdate::Same).await.unwrap();
    assert_eq!(records.erase_asker("carol".into()).await.unwrap(), 1, "who it was asked for");
    let left = records.reply_to("t:new".into()).await.unwrap();
    assert_eq!(left, Some(reply("t:new", "ada", 20)));
    records.record_feedback(feedback("t:new", 20)).await.unwrap();
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1, "the feedback");
    assert_eq!(records.erase_asker("ada".into()).await.unwrap(), 2, "question and reply");
    assert_eq!(records.reply_to("t:new".into()).await.unwrap(), None);
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap(), []);
}

#[tokio::test]
async fn closed_records_reject_jobs_and_closing_twice_is_allowed() {
    let records = in_memory().await;
    records.ping().await.unwrap();
    records.close().await;
    assert!(matches!(records.ping().await, Err(RecordsError::Closed)));
    records.close().await;
}

/// Makes the database in `folder` refuse the unanswered question of `message`, as a damaged page would.
fn refuse(folder: &Path, message: &str) {
    let trigger = format!(
        "CREATE TRIGGER bad BEFORE INSERT ON unanswered WHEN new.message = '{message}'
         BEGIN SELECT RAISE(ABORT, 'bad row'); END"
    );
    other_program(folder).execute_batch(&trigger).unwrap();
}

#[tokio::test]
async fn one_bad_row_fails_its_own_question_alone() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let messages: Vec<String> = (0..60).map(|number| format!("t:{number}")).collect();
    for message in &messages {
        records.claim(claim(message, "h", 1)).await.unwrap();
    }
    refuse(folder.path(), "t:30");
    // They wait for this job, so that they are committed together.
    let (release, released) = mpsc::channel::<()>();
    let released = Mutex::new(released);
    let blocking = {
        let records = records.clone();
        tokio::spawn(async move {
            records.run(move |_| Ok(released.lock().unwrap().recv().is_ok())).await
        })
    };
    let n_before = records.n_trips();
    let completing: Vec<_> = messages
        .iter()
        .map(|message| {
            let unanswered = Some(unanswered_question(message, message, 2));
            let completion = Completion { unanswered, ..completion(message, "h", 2) };
            let records = records.clone();
            tokio::spawn(async move { records.complete(completion).await })
        })
        .collect();
    while records.n_trips() < n_before + 61 {
        tokio::task::yield_now().await;
    }
    drop(release);
    blocking.await.unwrap().unwrap();
    let mut results = Vec::new();
    for completed in completing {
        results.push(completed.await.unwrap());
    }
    let failed: Vec<usize> =
        results.iter().enumerate().filter(|(_, it)| it.is_err()).map(|(idx, _)| idx).collect();
    assert_eq!(failed, [30]);
    let recorded = records.unanswered_questions("default".to_owned(), 100).await.unwrap();
    assert_eq!(recorded.len(), 59);
    assert_eq!(records.reply_to("t:30".into()).await.unwrap(), None, "it has changed nothing");
    assert!(records.last_failure_age().is_some());
    records.ping().await.unwrap();
    assert_eq!(
        records.unanswered_questions("quoth:probe".to_owned(), 1).await.unwrap(),
        [],
        "a probe leaves nothing"
    );
}
