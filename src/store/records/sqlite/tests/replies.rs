//! Sent replies, and feedback on them.

use super::*;

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
    records.update_reply(edited.clone(), None, AskedUpdate::Same).await.unwrap();
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
    records.update_reply(picked.clone(), None, AskedUpdate::Same).await.unwrap();
    assert_eq!(records.reply_to("t:1".into()).await.unwrap(), Some(picked.clone()));
    assert_eq!(
        records.erase_asker("bob".into()).await.unwrap(),
        0,
        "the feedback was on the suggestion"
    );
    give_feedback().await.unwrap();
    records.update_reply(picked, None, AskedUpdate::Same).await.unwrap();
    assert_eq!(records.erase_asker("bob".into()).await.unwrap(), 1, "the reply is the same");
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
