//! Edits that a moderator was shown and has not saved.

use super::*;
use crate::conversation::Place;
use crate::conversation::moderator_command::{EditAction, EditCommand, QuotedMessage, TypedEntry};
use crate::moderation::{Proposal, ProposedCommand};

fn proposal(id: &str) -> Proposal {
    let action = EditAction::Remove(id.to_owned());
    let command = EditCommand { action, pack: Some("p".to_owned()), reason: None };
    Proposal { alternatives: vec![ProposedCommand { command, seen: None, resolves: Vec::new() }] }
}

/// Records with the proposal of the message `t:1`, of the second 5.
async fn with_proposal() -> SqliteRecords {
    let records = in_memory().await;
    records.store_proposal("t:1".into(), proposal("a"), at(5)).await.unwrap();
    records
}

#[tokio::test]
async fn proposal_is_found_replaced_and_deleted() {
    let records = with_proposal().await;
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), Some(proposal("a")));
    assert_eq!(records.proposal("t:2".into()).await.unwrap(), None);
    records.store_proposal("t:1".into(), proposal("b"), at(6)).await.unwrap();
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), Some(proposal("b")));
    records.delete_proposal("t:1".into()).await.unwrap();
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), None);
}

#[tokio::test]
async fn proposal_is_deleted_with_its_message_its_age_and_the_asker_of_its_words() {
    let expired = |proposals| RetentionCutoffs {
        handled: at(0),
        unanswered: at(0),
        questions: at(0),
        answers: at(0),
        proposals,
    };
    let records = with_proposal().await;
    records.delete_expired(expired(at(5))).await.unwrap();
    assert!(records.proposal("t:1".into()).await.unwrap().is_some(), "it is not old enough");
    records.delete_expired(expired(at(6))).await.unwrap();
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), None);
    let records = with_proposal().await;
    records.delete_message_data("t:1".into()).await.unwrap();
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), None);
    // Words of the inbox may be in it.
    let records = with_proposal().await;
    let mut of_inbox = proposal("a");
    of_inbox.alternatives[0].resolves = vec!["t:asked".into()];
    records.store_proposal("t:2".into(), of_inbox, at(5)).await.unwrap();
    for (message, asker) in [("t:asked", "ada"), ("t:ask", "bob")] {
        let question = unanswered_question(message, asker, 1);
        let completion = Completion { unanswered: Some(question), ..completion(message, "h", 1) };
        records.claim(claim(message, "h", 1)).await.unwrap();
        records.complete(completion).await.unwrap();
    }
    records.erase_asker("bob".into()).await.unwrap();
    assert!(records.proposal("t:2".into()).await.unwrap().is_some(), "of another asker");
    records.erase_asker("ada".into()).await.unwrap();
    assert_eq!(records.proposal("t:2".into()).await.unwrap(), None);
    assert!(records.proposal("t:1".into()).await.unwrap().is_some(), "of no asker");
}

#[tokio::test]
async fn proposal_with_a_message_is_deleted_with_the_records_of_any_asker() {
    let records = with_proposal().await;
    let message = QuotedMessage {
        id: "t:bobs".into(),
        place: Place { id: "t:room".into(), parents: Vec::new(), is_direct: false },
        author: Some("t:bob".into()),
        author_name: None,
        date: None,
        url: None,
        text: "Bring a towel.".to_owned(),
    };
    let entry = TypedEntry { message: Some(message), ..TypedEntry::default() };
    let mut of_message = proposal("a");
    of_message.alternatives[0].command.action = EditAction::Add(entry);
    records.store_proposal("t:2".into(), of_message, at(5)).await.unwrap();
    records.erase_asker("bob".into()).await.unwrap();
    assert_eq!(records.proposal("t:2".into()).await.unwrap(), None);
    assert!(records.proposal("t:1".into()).await.unwrap().is_some(), "it has no message");
}

#[tokio::test]
async fn proposal_that_another_version_wrote_otherwise_is_none() {
    let records = with_proposal().await;
    let write = |connection: &Connection| {
        connection.execute("UPDATE proposals SET content = '{\"edits\": []}'", [])
    };
    records.run(write).await.unwrap();
    assert_eq!(records.proposal("t:1".into()).await.unwrap(), None);
}
