//! What was asked.

use super::*;
use crate::conversation::AskedText;

/// Records the question of a message, of the second `seconds`.
async fn record(records: &SqliteRecords, asked: AskedQuestion, seconds: i64) {
    let message = asked.message.clone();
    records.claim(claim(message.as_str(), "h", seconds)).await.unwrap();
    let completion = completion(message.as_str(), "h", seconds);
    records.complete(Completion { asked: Some(asked), ..completion }).await.unwrap();
}

fn of(text: &str, question: AskedQuestion) -> AskedQuestion {
    AskedQuestion { text: text.to_owned(), ..question }
}

/// The texts and how often they were asked, in all spaces or in one.
async fn told(records: &SqliteRecords, space: Option<&str>) -> Vec<(String, u64)> {
    let spaces = space.map(|space| vec![space.to_owned()]);
    let asked = records.asked_texts(spaces, 9).await.unwrap();
    asked.into_iter().map(|AskedText { text, n_times }| (text, n_times)).collect()
}

#[tokio::test]
async fn texts_are_counted_and_the_latest_come_first() {
    let records = in_memory().await;
    let rows = [("why?", "ada"), ("how?", "bob"), ("why?", "bob")];
    for (number, (text, asker)) in (0..).zip(rows) {
        record(&records, of(text, asked_question(&format!("t:{number}"), asker, number)), number)
            .await;
    }
    let elsewhere =
        AskedQuestion { space: "ops".to_owned(), ..of("who?", asked_question("t:9", "ada", 9)) };
    record(&records, elsewhere, 9).await;
    let counted = |text: &str, n: u64| (text.to_owned(), n);
    let all = [counted("who?", 1), counted("why?", 2), counted("how?", 1)];
    assert_eq!(told(&records, None).await, all);
    assert_eq!(told(&records, Some("default")).await, all[1..]);
    assert_eq!(told(&records, Some("other")).await, []);
    assert_eq!(records.asked_texts(None, 1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn nobody_crowds_out_what_others_have_asked() {
    let records = in_memory().await;
    record(&records, of("how?", asked_question("t:bob", "bob", 0)), 0).await;
    for second in 0..=MAX_UNANSWERED {
        record(&records, asked_question(&format!("t:{second}"), "ada", second), second).await;
    }
    let n_kept = u64::try_from(MAX_UNANSWERED).unwrap();
    assert_eq!(told(&records, None).await, [("why?".to_owned(), n_kept), ("how?".to_owned(), 1)]);
}

#[tokio::test]
async fn text_follows_its_message_and_leaves_with_its_asker() {
    let records = in_memory().await;
    record(&records, asked_question("t:1", "ada", 0), 0).await;
    let update = async |update: AskedUpdate| {
        records.update_reply(reply("t:1", "ada", 0), None, update).await.unwrap();
        told(&records, None).await
    };
    let once = |text: &str| vec![(text.to_owned(), 1)];
    assert_eq!(update(AskedUpdate::Same).await, once("why?"));
    let edited = of("where?", asked_question("t:1", "ada", 0));
    assert_eq!(update(AskedUpdate::Replaced(edited.clone())).await, once("where?"));
    assert_eq!(update(AskedUpdate::Deleted).await, []);
    update(AskedUpdate::Replaced(edited.clone())).await;
    records.delete_message_data("t:1".into()).await.unwrap();
    assert_eq!(told(&records, None).await, [], "the message was deleted");
    record(&records, edited, 1).await;
    records.erase_asker("ada".into()).await.unwrap();
    assert_eq!(told(&records, None).await, [], "the asker was erased");
}
