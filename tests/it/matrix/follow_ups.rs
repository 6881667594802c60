//! Edits, redactions and reactions after an answer.

use super::bot::{ANSWER, QUESTION, TestChat};
use crate::support::matrix::{ObservedChange, RoomKind, TestUser, keycap};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn answers_follow_edits_and_redactions_of_their_question_across_restarts() {
    let mut chat = TestChat::new(RoomKind::Plain);
    let question = chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    chat.ada.edit(&chat.room, &question, &chat.bot.mention("best pizza in almaty?"));
    let edited = chat.next_change().edited();
    assert_eq!(edited.id, answer.id);
    assert!(edited.text.contains("I have no quote"), "{edited:?}");
    chat.bot.restart(false);
    chat.ada.edit(&chat.room, &question, &chat.bot.mention("who is rana mitter?"));
    assert!(chat.next_change().edited().text.contains(ANSWER));
    chat.ada.redact(&chat.room, &question);
    let ObservedChange::Deleted(deleted) = chat.next_change() else {
        panic!("the answer is deleted with its question")
    };
    assert_eq!(deleted, answer.id);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn reactions_select_give_feedback_show_more_and_delete() {
    let chat = TestChat::new(RoomKind::Plain);
    chat.ask("china help kazakhstan");
    let suggested = chat.next_change().sent();
    chat.bob.react(&chat.room, &suggested.id, &keycap(1));
    chat.expect_nothing_else();
    chat.ada.react(&chat.room, &suggested.id, "🎉");
    chat.ada.react(&chat.room, &suggested.id, &keycap(2));
    let selected = chat.next_change().edited();
    assert_eq!(selected.id, suggested.id);
    assert!(selected.html.contains("<blockquote>"), "{selected:?}");
    chat.ada.react(&chat.room, &suggested.id, "👍🏽");
    let reaction = chat.ada.react(&chat.room, &suggested.id, "📄");
    let paragraph = chat.next_change().sent();
    assert_eq!(paragraph.reply_to.as_ref(), Some(&suggested.id), "{paragraph:?}");
    chat.ada.redact(&chat.room, &reaction);
    assert!(matches!(chat.next_change(), ObservedChange::Deleted(id) if id == paragraph.id));
    chat.bob.react(&chat.room, &suggested.id, "🗑️");
    chat.expect_nothing_else();
    chat.ada.react(&chat.room, &suggested.id, "❌");
    assert!(matches!(chat.next_change(), ObservedChange::Deleted(id) if id == suggested.id));
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn answers_are_deleted_by_moderators_and_the_asker_only() {
    let moderator = TestUser::new(Synapse::shared(), "mod");
    let listed = format!("['matrix:{}']", moderator.id());
    let settings = [("QUOTH_DEFAULT_SPACE__MODERATORS", listed.as_str())];
    let chat = TestChat::with(RoomKind::Encrypted, &settings);
    chat.ada.invite(&chat.room, moderator.id());
    moderator.join(&chat.room);
    chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    chat.bob.react(&chat.room, &answer.id, "🗑️");
    chat.expect_nothing_else();
    moderator.react(&chat.room, &answer.id, "🗑️");
    assert!(matches!(chat.next_change(), ObservedChange::Deleted(id) if id == answer.id));
}
