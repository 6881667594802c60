use std::path::Path;

use sqlx::Executor;

use super::super::revision::RevisionAuthor;
use super::*;
use crate::conversation::ReplyKind;

const LEASE: Duration = Duration::from_secs(60);

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_millis(seconds * 1000)
}

fn claim(message: &str, holder: &str, seconds: i64) -> Claim {
    let holder = Holder::new(holder);
    Claim { message: message.into(), holder, now: at(seconds), lease: LEASE }
}

fn answer(question: &str, asker: &str, seconds: i64) -> SentReply {
    SentReply {
        question: question.into(),
        message: format!("{question}-reply").into(),
        place: "t:room".into(),
        space: "default".to_owned(),
        asker: asker.into(),
        kind: ReplyKind::Suggest,
        is_private: false,
        entries: vec!["a".to_owned(), "p:b".to_owned()],
        sent_at: at(seconds),
    }
}

fn unanswered_questions(message: &str, asker: &str, seconds: i64) -> UnansweredQuestion {
    UnansweredQuestion {
        message: message.into(),
        space: "default".to_owned(),
        place: "t:room".into(),
        asker: asker.into(),
        text: "why?".to_owned(),
        nearest: vec!["a".to_owned()],
        gap: Some("g".to_owned()),
        asked_at: at(seconds),
    }
}

fn finished(message: &str, holder: &str, seconds: i64) -> Completion {
    Completion {
        message: message.into(),
        holder: Holder::new(holder),
        at: at(seconds),
        answer: Some(answer(message, "ada", seconds)),
        unanswered: Some(unanswered_questions(message, "ada", seconds)),
    }
}

async fn in_memory() -> SqliteRecords {
    SqliteRecords::in_memory(at(0)).await.unwrap()
}

async fn open(folder: &Path) -> Result<SqliteRecords> {
    SqliteRecords::open_within(folder, at(0), Duration::from_millis(50)).await
}

#[tokio::test]
async fn a_message_has_one_holder_at_a_time_and_is_handled_once() {
    let records = in_memory().await;
    let ours = |seconds| claim("t:1", "us", seconds);
    let theirs = |seconds| claim("t:1", "them", seconds);
    assert_eq!(records.claim(ours(0)).await.unwrap(), ClaimStatus::New);
    assert_eq!(
        records.claim(ours(1)).await.unwrap(),
        ClaimStatus::HeldElsewhere,
        "an event that comes twice"
    );
    assert_eq!(records.claim(theirs(59)).await.unwrap(), ClaimStatus::HeldElsewhere);
    assert_eq!(records.claim(theirs(60)).await.unwrap(), ClaimStatus::New, "the lease is over");
    assert!(!records.begin_send(ours(61)).await.unwrap(), "it is theirs now");
    assert!(records.begin_send(theirs(61)).await.unwrap());
    records.complete(finished("t:1", "them", 62)).await.unwrap();
    assert_eq!(records.claim(ours(1000)).await.unwrap(), ClaimStatus::Done);
    assert!(!records.begin_send(theirs(1000)).await.unwrap(), "once is enough");
}

#[tokio::test]
async fn whoever_takes_over_learns_that_it_may_be_sent() {
    let records = in_memory().await;
    records.claim(claim("t:1", "us", 0)).await.unwrap();
    assert!(records.begin_send(claim("t:1", "us", 50)).await.unwrap());
    let theirs = |seconds| records.claim(claim("t:1", "them", seconds));
    assert_eq!(theirs(109).await.unwrap(), ClaimStatus::HeldElsewhere, "sending renews the lease");
    let may_be_sent = ClaimStatus::PossiblySent { began_at: at(50) };
    assert_eq!(theirs(110).await.unwrap(), may_be_sent);
    assert_eq!(theirs(170).await.unwrap(), may_be_sent, "also the next time");
}

#[tokio::test]
async fn a_released_message_can_be_claimed_again_and_a_handled_one_not_released() {
    let records = in_memory().await;
    for (message, is_finished, want) in
        [("t:1", false, ClaimStatus::New), ("t:2", true, ClaimStatus::Done)]
    {
        records.claim(claim(message, "us", 0)).await.unwrap();
        if is_finished {
            records.complete(finished(message, "us", 0)).await.unwrap();
        }
        records.release(message.into(), Holder::new("us")).await.unwrap();
        assert_eq!(records.claim(claim(message, "us", 0)).await.unwrap(), want, "{message}");
    }
}

#[tokio::test]
async fn everything_is_there_after_a_restart_and_claims_of_the_dead_are_free() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("a/b");
    let records = open(&data).await.unwrap();
    records.claim(claim("t:1", "us", 0)).await.unwrap();
    records.claim(claim("t:2", "us", 0)).await.unwrap();
    records.begin_send(claim("t:2", "us", 0)).await.unwrap();
    records.claim(claim("t:3", "us", 0)).await.unwrap();
    records.complete(finished("t:3", "us", 0)).await.unwrap();
    records.set_space_state("s".to_owned(), SpaceState { is_paused: true }).await.unwrap();
    records.close().await;

    let records = open(&data).await.unwrap();
    let theirs = |message| records.claim(claim(message, "them", 1));
    assert_eq!(theirs("t:1").await.unwrap(), ClaimStatus::New);
    assert_eq!(theirs("t:2").await.unwrap(), ClaimStatus::PossiblySent { began_at: at(0) });
    assert_eq!(theirs("t:3").await.unwrap(), ClaimStatus::Done);
    assert_eq!(records.reply_to("t:3".into()).await.unwrap(), Some(answer("t:3", "ada", 0)));
    for (space, is_paused) in [("s", true), ("other", false)] {
        let standing = records.place_status(space.to_owned(), Vec::new()).await.unwrap();
        assert_eq!(standing.space_state, SpaceState { is_paused }, "{space}");
    }
}

#[tokio::test]
async fn an_answer_is_found_by_question_and_by_what_was_sent() {
    let records = in_memory().await;
    records.claim(claim("t:1", "us", 0)).await.unwrap();
    records.complete(finished("t:1", "us", 0)).await.unwrap();
    let want = Some(answer("t:1", "ada", 0));
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), want);
    assert_eq!(records.reply_by_message("t:1-reply".into()).await.unwrap(), want);
    assert_eq!(records.reply_to("t:1-reply".into()).await.unwrap(), None);

    let amended = SentReply { kind: ReplyKind::Answer, ..answer("t:1", "ada", 0) };
    let amended = SentReply { entries: vec!["c".to_owned()], is_private: true, ..amended };
    records.update_reply(amended.clone(), None).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), Some(amended));
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap(), []);

    records.delete_message_data("t:1".into()).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), None);
    assert_eq!(records.claim(claim("t:1", "us", 9)).await.unwrap(), ClaimStatus::Done);
}

#[tokio::test]
async fn the_only_suggestion_that_is_picked_is_an_answer_from_then_on() {
    let records = in_memory().await;
    let suggested = SentReply { entries: vec!["a".to_owned()], ..answer("t:1", "ada", 0) };
    records.claim(claim("t:1", "us", 0)).await.unwrap();
    let answer = Some(suggested.clone());
    records.complete(Completion { answer, ..finished("t:1", "us", 0) }).await.unwrap();
    let judge = || {
        let (sent, by) = ("t:1-reply".into(), "bob".into());
        records.record_feedback(Feedback { message: sent, asker: by, is_helpful: true, at: at(1) })
    };
    judge().await.unwrap();
    let picked = SentReply { kind: ReplyKind::Answer, ..suggested };
    records.update_reply(picked.clone(), None).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), Some(picked.clone()));
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 0, "it was on the suggestion");
    judge().await.unwrap();
    records.update_reply(picked, None).await.unwrap();
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1, "it says the same");
}

#[tokio::test]
async fn the_inbox_has_the_latest_first_and_no_more_of_one_asker_than_the_cap() {
    let records = in_memory().await;
    for second in 0..=MAX_UNANSWERED {
        let message = format!("t:{second}");
        records.claim(claim(&message, "us", second)).await.unwrap();
        let unanswered = Some(unanswered_questions(&message, "ada", second));
        let finished = Completion { answer: None, unanswered, ..finished(&message, "us", second) };
        records.complete(finished).await.unwrap();
    }
    let bob = Some(unanswered_questions("t:bob", "bob", 1));
    records.claim(claim("t:bob", "us", 1)).await.unwrap();
    let finished = Completion { answer: None, unanswered: bob, ..finished("t:bob", "us", 1) };
    records.complete(finished).await.unwrap();
    let kept = records.unanswered_questions("default".to_owned(), 1000).await.unwrap();
    assert_eq!(i64::try_from(kept.len()).unwrap(), MAX_UNANSWERED + 1);
    assert_eq!(kept[0], unanswered_questions("t:100", "ada", MAX_UNANSWERED));
    assert!(kept.iter().all(|it| it.message.as_str() != "t:0"), "the oldest of the asker went");
    assert_eq!(records.unanswered_questions("default".to_owned(), 1).await.unwrap().len(), 1);
    assert_eq!(records.unanswered_questions("other".to_owned(), 1).await.unwrap(), []);
}

const MAX_UNANSWERED: i64 = replies::MAX_UNANSWERED_PER_ASKER;

#[tokio::test]
async fn what_is_too_old_or_erased_is_gone_and_the_rest_stays() {
    let records = in_memory().await;
    for (message, seconds) in [("t:old", 10), ("t:new", 20)] {
        records.claim(claim(message, "us", seconds)).await.unwrap();
        records.complete(finished(message, "us", seconds)).await.unwrap();
        let sent = format!("{message}-reply").into();
        let judgement =
            Feedback { message: sent, asker: "bob".into(), is_helpful: true, at: at(seconds) };
        records.record_feedback(judgement).await.unwrap();
    }
    let since = RetentionCutoffs { handled: at(15), unanswered: at(15), answers: at(15) };
    assert_eq!(records.delete_expired(since).await.unwrap(), 3, "claim, question and answer");
    assert_eq!(records.delete_expired(since).await.unwrap(), 0);
    assert_eq!(records.reply_to("t:old".into()).await.unwrap(), None);
    assert!(records.reply_to("t:new".into()).await.unwrap().is_some());
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap().len(), 1);

    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1, "the judgement");
    assert_eq!(records.erase_asker("ada".into()).await.unwrap(), 2, "question and answer");
    assert_eq!(records.reply_to("t:new".into()).await.unwrap(), None);
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap(), []);
}

#[tokio::test]
async fn the_last_judgement_of_each_person_counts_and_none_on_what_is_gone() {
    let records = in_memory().await;
    records.claim(claim("t:1", "us", 0)).await.unwrap();
    records.complete(finished("t:1", "us", 0)).await.unwrap();
    for (sent, is_helpful) in [("t:1-reply", true), ("t:1-reply", false), ("t:gone", true)] {
        let judgement =
            Feedback { message: sent.into(), asker: "bob".into(), is_helpful, at: at(1) };
        records.record_feedback(judgement).await.unwrap();
    }
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1);
}

#[tokio::test]
async fn places_count_from_the_join_or_from_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(folder.path(), at(5)).await.unwrap();
    assert!(records.record_join("t:new".into(), at(7)).await.unwrap());
    assert!(!records.record_join("t:new".into(), at(9)).await.unwrap());
    records.close().await;
    let records = SqliteRecords::open(folder.path(), at(100)).await.unwrap();
    records.record_join("t:newest".into(), at(8)).await.unwrap();
    records.record_join("t:oldest".into(), at(2)).await.unwrap();
    let rows: [(&[&str], i64); 5] = [
        (&["t:oldest"], 5),
        (&["t:new"], 7),
        (&["t:older"], 5),
        (&["t:thread", "t:new"], 7),
        (&["t:new", "t:newest"], 8),
    ];
    for (places, want) in rows {
        let places: Vec<PlaceId> = places.iter().map(|place| PlaceId::from(*place)).collect();
        let standing = records.place_status("s".to_owned(), places.clone()).await.unwrap();
        assert_eq!(standing.member_since, at(want), "{places:?}");
    }
}

#[tokio::test]
async fn revisions_come_back_latest_first() {
    let records = in_memory().await;
    let revision = |second, by| Revision {
        pack: "p".to_owned(),
        entry: "e".to_owned(),
        at: at(second),
        by,
        reason: Some("because".to_owned()),
        before: None,
        after: Some("text".to_owned()),
    };
    let (first, second) =
        (revision(1, RevisionAuthor::File), revision(1, RevisionAuthor::User("t:mod".into())));
    for revision in [&first, &second] {
        records.add_revision(revision.clone()).await.unwrap();
    }
    let found = records.revisions("p".to_owned(), "e".to_owned(), 9).await.unwrap();
    assert_eq!(found, [second.clone(), first]);
    assert_eq!(records.revisions("p".to_owned(), "e".to_owned(), 1).await.unwrap(), [second]);
    assert_eq!(records.revisions("p".to_owned(), "x".to_owned(), 1).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_at_once_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let mut claims = tokio::task::JoinSet::new();
    for number in 0..500 {
        let records = records.clone();
        let claim = claim("t:1", &format!("holder {number}"), 0);
        claims.spawn(async move { records.claim(claim).await.unwrap() });
    }
    let results = claims.join_all().await;
    assert_eq!(results.iter().filter(|it| **it == ClaimStatus::New).count(), 1);
    assert_eq!(results.iter().filter(|it| **it == ClaimStatus::HeldElsewhere).count(), 499);
}

#[tokio::test]
async fn what_comes_after_closing_is_refused_and_a_second_closing_is_none() {
    let records = in_memory().await;
    records.ping().await.unwrap();
    records.close().await;
    assert!(matches!(records.ping().await, Err(RecordsError::Closed)));
    records.close().await;
}

#[tokio::test]
async fn a_second_quoth_on_the_folder_is_refused_until_the_first_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let first = open(folder.path()).await.unwrap();
    let refused = open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, RecordsError::InUse { .. }), "{refused}");
    first.close().await;
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_or_written_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    std::fs::write(&file, b"").unwrap();
    // Nobody can make folders in /proc, not even root.
    for path in [file.clone(), file.join("below"), "/proc/quoth-data".into()] {
        let refused = open(&path).await.unwrap_err();
        assert!(matches!(refused, RecordsError::Folder { .. }), "{}: {refused}", path.display());
        assert!(refused.to_string().contains("make it writable"), "{refused}");
    }
}

#[tokio::test]
async fn a_file_that_is_no_database_or_damaged_says_so_and_is_not_touched() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(FILE);
    open(folder.path()).await.unwrap().close().await;
    let sound = std::fs::read(&path).unwrap();
    let mut damaged = sound.clone();
    damaged[100..4096].fill(0xAA);
    for bytes in [vec![b'x'; 5000], damaged] {
        std::fs::write(&path, &bytes).unwrap();
        let refused = open(folder.path()).await.unwrap_err();
        assert!(matches!(refused, RecordsError::Corrupt { .. }), "{refused:?}");
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::write(&path, sound).unwrap();
    open(folder.path()).await.unwrap();
}

#[tokio::test]
async fn records_of_a_newer_quoth_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    records
        .run(|connection| {
            Box::pin(async move {
                let newer = "INSERT INTO _sqlx_migrations
                    (version, description, success, checksum, execution_time)
                    VALUES (99, 'later', TRUE, x'00', 0)";
                connection.execute(newer).await
            })
        })
        .await
        .unwrap();
    records.close().await;
    let refused = open(folder.path()).await.unwrap_err();
    assert!(matches!(refused, RecordsError::Newer { found: 99, known: 1, .. }), "{refused:?}");
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_work_goes_on_when_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let n_pages = |n: &'static str| {
        records.run(move |connection| Box::pin(async move { connection.execute(n).await }))
    };
    n_pages("PRAGMA max_page_count = 1").await.unwrap(); // Not below what there is.
    let mut n_kept = 0;
    let refused = loop {
        let message = format!("t:{n_kept}");
        match records.claim(claim(&message, "us", 0)).await {
            Ok(claimed) => assert_eq!(claimed, ClaimStatus::New),
            Err(error) => break error,
        }
        n_kept += 1;
        assert!(n_kept < 10_000, "the disk never fills up");
    };
    assert!(matches!(refused, RecordsError::Full { .. }), "{refused:?}");
    n_pages("PRAGMA max_page_count = 100000").await.unwrap();
    for number in 0..n_kept {
        let again = records.claim(claim(&format!("t:{number}"), "us", 0)).await.unwrap();
        assert_eq!(again, ClaimStatus::HeldElsewhere, "{number}");
    }
    let again = records.claim(claim(&format!("t:{n_kept}"), "us", 0)).await.unwrap();
    assert_eq!(again, ClaimStatus::New, "what was refused has changed nothing");
}

#[tokio::test]
async fn a_lock_of_another_program_is_named_and_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let records = open(folder.path()).await.unwrap();
    let options = SqliteConnectOptions::new().filename(folder.path().join(FILE));
    let mut other = options.connect().await.unwrap();
    other.execute("BEGIN IMMEDIATE").await.unwrap();
    let refused = records.claim(claim("t:1", "us", 0)).await.unwrap_err();
    assert!(matches!(refused, RecordsError::Locked { .. }), "{refused:?}");
    other.execute("ROLLBACK").await.unwrap();
    assert_eq!(records.claim(claim("t:1", "us", 0)).await.unwrap(), ClaimStatus::New);
}

#[cfg(unix)]
#[tokio::test]
async fn folder_and_files_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let records = open(&data).await.unwrap();
    records.ping().await.unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&data), 0o700);
    for file in std::fs::read_dir(&data).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
    }
}
