use std::path::Path;
use std::sync::mpsc;

use super::super::PlaceStatus;
use super::super::lookup::ReplyKey;
use super::super::revision::RevisionAuthor;
use super::*;
use crate::conversation::ReplyKind;

mod data_folder;
mod erasure;

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
        gap: Some("g".to_owned()),
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
async fn message_has_one_holder_at_a_time_and_is_handled_once() {
    let records = in_memory().await;
    let claim_a = |seconds| claim("t:1", "a", seconds);
    let claim_b = |seconds| claim("t:1", "b", seconds);
    assert_eq!(records.claim(claim_a(0)).await.unwrap(), ClaimStatus::New);
    assert_eq!(
        records.claim(claim_a(1)).await.unwrap(),
        ClaimStatus::HeldElsewhere,
        "the same event received twice"
    );
    assert_eq!(records.claim(claim_b(59)).await.unwrap(), ClaimStatus::HeldElsewhere);
    assert_eq!(
        records.claim(claim_b(60)).await.unwrap(),
        ClaimStatus::New,
        "the lease has expired"
    );
    assert!(!records.begin_send(claim_a(61)).await.unwrap(), "b has it now");
    assert!(records.begin_send(claim_b(61)).await.unwrap());
    records.complete(completion("t:1", "b", 62)).await.unwrap();
    assert_eq!(records.claim(claim_a(1000)).await.unwrap(), ClaimStatus::Done);
    assert!(!records.begin_send(claim_b(1000)).await.unwrap(), "it is done");
}

#[tokio::test]
async fn claim_after_an_interrupted_send_is_possibly_sent() {
    let records = in_memory().await;
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    assert!(records.begin_send(claim("t:1", "a", 50)).await.unwrap());
    let claim_b = |seconds| records.claim(claim("t:1", "b", seconds));
    assert_eq!(claim_b(109).await.unwrap(), ClaimStatus::HeldElsewhere, "sending renews the lease");
    let possibly_sent = ClaimStatus::PossiblySent { began_at: at(50) };
    assert_eq!(claim_b(110).await.unwrap(), possibly_sent);
    assert_eq!(claim_b(170).await.unwrap(), possibly_sent, "also after the next lease");
}

#[tokio::test]
async fn released_message_can_be_claimed_again_and_a_done_one_cannot_be_released() {
    let records = in_memory().await;
    for (message, is_done, want) in
        [("t:1", false, ClaimStatus::New), ("t:2", true, ClaimStatus::Done)]
    {
        records.claim(claim(message, "a", 0)).await.unwrap();
        if is_done {
            records.complete(completion(message, "a", 0)).await.unwrap();
        }
        records.release(message.into(), Holder::new("a")).await.unwrap();
        assert_eq!(records.claim(claim(message, "a", 0)).await.unwrap(), want, "{message}");
    }
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
async fn innermost_place_with_a_pause_of_its_own_decides_until_the_space_is_set() {
    let records = in_memory().await;
    let set = |space: &str, place: Option<&str>, is_paused| {
        records.set_paused(space.to_owned(), place.map(PlaceId::from), is_paused)
    };
    let paused_at = |places: &'static [&'static str]| {
        let places = places.iter().copied().map(PlaceId::from).collect();
        let status = place_status(&records, "s", places);
        async { status.await.is_paused }
    };
    const THREAD: &[&str] = &["t:thread", "t:channel", "t:guild"];
    const CHANNEL: &[&str] = &["t:channel", "t:guild"];
    const OTHER: &[&str] = &["t:other", "t:guild"];
    set("s", Some("t:channel"), true).await.unwrap();
    set("another", Some("t:other"), true).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [true, true]);
    assert!(!paused_at(OTHER).await);
    set("s", Some("t:thread"), false).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [false, true]);
    set("s", None, true).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(OTHER).await], [true, true]);
    set("s", Some("t:other"), false).await.unwrap();
    assert_eq!([paused_at(CHANNEL).await, paused_at(OTHER).await], [true, false]);
    set("s", None, false).await.unwrap();
    assert_eq!([paused_at(THREAD).await, paused_at(CHANNEL).await], [false, false]);
}

#[tokio::test]
async fn last_reply_is_that_for_the_same_user_at_the_same_place() {
    let records = in_memory().await;
    let reply = |question: &str, asker: &str, at: i64| SentReply {
        asked_for: (question == "t:3").then(|| "carol".into()),
        ..reply(question, asker, at)
    };
    for (question, asker, at) in [("t:1", "ada", 0), ("t:2", "ada", 1), ("t:3", "bob", 2)] {
        records.claim(claim(question, "a", at)).await.unwrap();
        let sent = Completion {
            answer: Some(reply(question, asker, at)),
            ..completion(question, "a", at)
        };
        records.complete(sent).await.unwrap();
    }
    let place = reply("t:2", "ada", 1).place;
    let rows = [
        ("ada", place.clone(), Some(reply("t:2", "ada", 1))),
        ("carol", place.clone(), Some(reply("t:3", "bob", 2))),
        ("eve", place, None),
        ("ada", "t:elsewhere".into(), None),
    ];
    for (asker, place, want) in rows {
        let target = Some(ReplyKey::Last { asker: asker.into(), place });
        let found = records.look_up(Lookup { target, ..Lookup::default() }).await.unwrap();
        assert_eq!(found.target, want, "{asker}");
    }
}

#[tokio::test]
async fn reply_is_found_by_question_and_by_message() {
    let records = in_memory().await;
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    records.complete(completion("t:1", "a", 0)).await.unwrap();
    let want = Some(reply("t:1", "ada", 0));
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), want);
    assert_eq!(records.reply_by_message("t:1-reply".into()).await.unwrap(), want);
    assert_eq!(records.reply_to("t:1-reply".into()).await.unwrap(), None);

    let edited = SentReply { kind: ReplyKind::Answer, ..reply("t:1", "ada", 0) };
    let edited = SentReply { entries: vec!["c".to_owned()], is_private: true, ..edited };
    records.update_reply(edited.clone(), None).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), Some(edited));
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap(), []);

    records.delete_message_data("t:1".into()).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), None);
    assert_eq!(records.claim(claim("t:1", "a", 9)).await.unwrap(), ClaimStatus::Done);
}

#[tokio::test]
async fn reply_with_the_message_of_another_reply_is_not_recorded_and_deletes_nothing() {
    let records = in_memory().await;
    let first = reply("t:1", "ada", 0);
    let same_message = SentReply { message: first.message.clone(), ..reply("t:2", "bob", 1) };
    for (sent, want) in [(first.clone(), true), (same_message, false), (first.clone(), true)] {
        let message = sent.question.clone();
        records.claim(claim(message.as_str(), "a", 0)).await.unwrap();
        let completion = completion(message.as_str(), "a", 1);
        let is_recorded =
            records.complete(Completion { answer: Some(sent), ..completion }).await.unwrap();
        assert_eq!(is_recorded, want, "{message}");
    }
    assert_eq!(records.reply_by_message("t:1-reply".into()).await.unwrap(), Some(first));
    assert_eq!(records.reply_to("t:2".into()).await.unwrap(), None);
    assert_eq!(records.claim(claim("t:2", "a", 9)).await.unwrap(), ClaimStatus::Done);
}

#[tokio::test]
async fn lookup_claims_a_message_unless_it_is_older_than_the_membership() {
    let records = in_memory().await;
    records.record_join("t:new".into(), at(7), false).await.unwrap();
    records.claim(claim("t:0", "a", 8)).await.unwrap();
    records.complete(completion("t:0", "a", 8)).await.unwrap();
    let rows = [
        ("t:1", 6, None, false),
        ("t:1", 7, Some(ClaimStatus::New), true),
        ("t:1", 7, Some(ClaimStatus::HeldElsewhere), true),
        ("t:0", 9, Some(ClaimStatus::Done), true),
    ];
    for (message, sent_at, want, is_related) in rows {
        let lookup = Lookup {
            places: vec!["t:new".into()],
            target: Some(ReplyKey::Message("t:0-reply".into())),
            related: if is_related { vec!["t:9".into(), "t:0".into()] } else { Vec::new() },
            claim: Some(claim(message, "a", 9)),
            sent_at: Some(at(sent_at)),
            ..Lookup::default()
        };
        let found = records.look_up(lookup).await.unwrap();
        assert_eq!(found.claim, want, "{message} of {sent_at}");
        assert_eq!(found.has_reply, is_related);
        assert_eq!(found.target, Some(reply("t:0", "ada", 8)));
    }
    assert!(records.begin_send(claim("t:1", "a", 9)).await.unwrap(), "it is claimed");
}

#[tokio::test]
async fn picked_only_suggestion_becomes_an_answer() {
    let records = in_memory().await;
    let suggested = SentReply { entries: vec!["a".to_owned()], ..reply("t:1", "ada", 0) };
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    let answer = Some(suggested.clone());
    records.complete(Completion { answer, ..completion("t:1", "a", 0) }).await.unwrap();
    let give_feedback = || {
        let (message, asker) = ("t:1-reply".into(), "bob".into());
        records.record_feedback(Feedback {
            cause: "t:use".into(),
            message,
            asker,
            is_helpful: true,
            at: at(1),
        })
    };
    give_feedback().await.unwrap();
    let picked = SentReply { kind: ReplyKind::Answer, ..suggested };
    records.update_reply(picked.clone(), None).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), Some(picked.clone()));
    assert_eq!(
        records.erase_asker("bob".into()).await.unwrap(),
        0,
        "the feedback was on the suggestion"
    );
    give_feedback().await.unwrap();
    records.update_reply(picked, None).await.unwrap();
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1, "the reply is the same");
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

const MAX_UNANSWERED: i64 = unanswered::MAX_PER_ASKER;

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
    let cutoffs = RetentionCutoffs { handled: at(15), unanswered: at(15), answers: at(15) };
    assert_eq!(records.delete_expired(cutoffs).await.unwrap(), 3, "claim, question and reply");
    assert_eq!(records.delete_expired(cutoffs).await.unwrap(), 0);
    assert_eq!(records.reply_to("t:old".into()).await.unwrap(), None);
    assert!(records.reply_to("t:new".into()).await.unwrap().is_some());
    assert_eq!(records.unanswered_questions("default".to_owned(), 9).await.unwrap().len(), 1);

    let for_carol = SentReply { asked_for: Some("carol".into()), ..reply("t:new", "ada", 20) };
    records.update_reply(for_carol, Some(unanswered_question("t:new", "ada", 20))).await.unwrap();
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
async fn feedback_is_replaced_per_user_and_ignored_for_deleted_replies() {
    let records = in_memory().await;
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    records.complete(completion("t:1", "a", 0)).await.unwrap();
    for (sent, is_helpful) in [("t:1-reply", true), ("t:1-reply", false), ("t:deleted", true)] {
        let feedback = Feedback {
            cause: "t:use".into(),
            message: sent.into(),
            asker: "bob".into(),
            is_helpful,
            at: at(1),
        };
        records.record_feedback(feedback).await.unwrap();
    }
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1);
}

#[tokio::test]
async fn feedback_is_deleted_by_its_user_and_with_its_cause() {
    let records = in_memory().await;
    records.claim(claim("t:1", "a", 0)).await.unwrap();
    records.complete(completion("t:1", "a", 0)).await.unwrap();
    let give = async |asker: &str, cause: &str| {
        let (message, at) = ("t:1-reply".into(), at(1));
        let feedback =
            Feedback { cause: cause.into(), message, asker: asker.into(), is_helpful: false, at };
        records.record_feedback(feedback).await.unwrap();
    };
    let given =
        async |asker: &str| records.feedback("t:1-reply".into(), asker.into()).await.unwrap();
    give("bob", "t:2").await;
    give("cyd", "t:3").await;
    assert_eq!((given("bob").await, given("cyd").await), (Some(false), Some(false)));
    records.delete_feedback("t:1-reply".into(), "bob".into()).await.unwrap();
    assert_eq!((given("bob").await, given("cyd").await), (None, Some(false)));
    records.delete_message_data("t:3".into()).await.unwrap();
    assert_eq!(given("cyd").await, None);
    assert!(records.reply_to("t:1".into()).await.unwrap().is_some());
}

#[tokio::test]
async fn member_since_is_the_join_or_the_first_start() {
    let folder = tempfile::tempdir().unwrap();
    let records = SqliteRecords::open(folder.path(), at(5)).await.unwrap();
    assert_eq!(records.record_join("t:new".into(), at(7), false).await.unwrap(), Join::First);
    assert_eq!(records.record_join("t:new".into(), at(9), true).await.unwrap(), Join::Known);
    records.close().await;
    let records = SqliteRecords::open(folder.path(), at(100)).await.unwrap();
    records.record_join("t:newest".into(), at(8), false).await.unwrap();
    records.record_join("t:oldest".into(), at(2), false).await.unwrap();
    let rows: [(&[&str], i64); 5] = [
        (&["t:oldest"], 5),
        (&["t:new"], 7),
        (&["t:older"], 5),
        (&["t:thread", "t:new"], 7),
        (&["t:new", "t:newest"], 8),
    ];
    for (places, want) in rows {
        let places: Vec<PlaceId> = places.iter().map(|place| PlaceId::from(*place)).collect();
        let status = place_status(&records, "s", places.clone()).await;
        assert_eq!(status.member_since, at(want), "{places:?}");
    }
}

#[tokio::test]
async fn revisions_are_listed_latest_first() {
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
        records.add_revisions(vec![revision.clone()]).await.unwrap();
    }
    let found = records.revisions("p".to_owned(), "e".to_owned(), 9).await.unwrap();
    assert_eq!(found, [second.clone(), first]);
    assert_eq!(records.revisions("p".to_owned(), "e".to_owned(), 1).await.unwrap(), [second]);
    assert_eq!(records.revisions("p".to_owned(), "x".to_owned(), 1).await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn concurrent_claims_have_one_winner() {
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
