//! Edits, redactions and reactions after an answer.

use rusqlite::Connection;

use super::bot::{ANSWER, QUESTION, TestChat};
use crate::folder::{Folder, UNQUOTED};
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, keycap};
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

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn question_edited_to_nothing_and_back_is_answered_again() {
    let mut chat = TestChat::new(RoomKind::Encrypted);
    let question = chat.ask(QUESTION);
    let mut answer = chat.next_change().sent();
    for is_restarted in [false, true] {
        chat.ada.edit(&chat.room, &question, &Draft::plain("never mind"));
        assert!(matches!(chat.next_change(), ObservedChange::Deleted(id) if id == answer.id));
        if is_restarted {
            chat.bot.restart(true);
        }
        chat.ada.edit(&chat.room, &question, &chat.bot.mention(QUESTION));
        answer = chat.next_change().sent();
        assert_eq!(answer.reply_to.as_ref(), Some(&question), "{answer:?}");
        assert!(answer.text.contains(ANSWER), "{answer:?}");
    }
    chat.bot.restart(true);
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn edits_before_the_last_are_not_applied_after_a_restart() {
    let mut chat = TestChat::new(RoomKind::Encrypted);
    let message = chat.ada.send(&chat.room, &Draft::plain("hello"));
    // No edit that leaves no question in it was answered, so nothing is recorded of it.
    chat.ada.edit(&chat.room, &message, &Draft::plain("hello there"));
    chat.expect_nothing_else();
    chat.ada.edit(&chat.room, &message, &chat.bot.mention(QUESTION));
    assert_eq!(chat.next_change().sent().reply_to, Some(message));
    chat.bot.restart(false);
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn redacted_answer_is_not_edited_with_its_question() {
    let chat = TestChat::new(RoomKind::Plain);
    let question = chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    chat.ada.redact(&chat.room, &answer.id);
    chat.ada.edit(&chat.room, &question, &chat.bot.mention("best pizza in almaty?"));
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn replies_to_reactions_stay_in_the_thread_of_their_answer() {
    let chat = TestChat::new(RoomKind::Plain);
    let root = chat.ada.send(&chat.room, &Draft::plain("a discussion"));
    chat.ada.send(&chat.room, &chat.bot.mention(QUESTION).in_thread(&root));
    let answer = chat.next_change().sent();
    chat.ada.react(&chat.room, &answer.id, "📄");
    let shown = chat.next_change().sent();
    assert_eq!((shown.thread, shown.reply_to), (Some(root), Some(answer.id)));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn more_is_shown_of_the_current_content_of_a_message() {
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let chat = TestChat::new(kind);
        let question = chat.ask("!topics");
        let topics = chat.next_change().sent();
        assert!(topics.text.contains("➕"), "{topics:?}");
        chat.ada.edit(&chat.room, &question, &chat.bot.mention(QUESTION));
        chat.next_change().edited();
        chat.ada.react(&chat.room, &topics.id, "➕");
        chat.expect_nothing_else();
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn bot_sets_the_reactions_that_select_a_suggestion_and_removes_them() {
    let chat = TestChat::new(RoomKind::Encrypted);
    chat.ask("china help kazakhstan");
    let suggested = chat.next_change().sent();
    let set = || chat.ada.reactions_of(&chat.bot.id, &suggested.id);
    let n_suggestions = suggested.html.matches("<li>").count() as u64;
    let keycaps: Vec<String> = (1..=n_suggestions).map(keycap).collect();
    chat.ada.wait_until("keycaps are set", || (set() == keycaps).then_some(()));
    chat.ada.react(&chat.room, &suggested.id, &keycap(1));
    chat.next_change().edited();
    chat.ada.wait_until("keycaps are removed", || set().is_empty().then_some(()));
    chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    chat.expect_nothing_else();
    assert!(chat.ada.reactions_of(&chat.bot.id, &answer.id).is_empty());
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn passage_is_suggested_and_shown_with_its_citation_when_picked() {
    let folder = Folder::with_unquoted_sentence();
    let packs = format!("['{}']", folder.arg("p"));
    let mut chat = TestChat::with(RoomKind::Encrypted, &[("QUOTH_PACKS", &packs)]);
    chat.ask("do bicycles travel");
    let suggested = chat.next_change().sent();
    let list = format!("In the document:</p><ol><li>{UNQUOTED}</li></ol>");
    assert!(suggested.html.contains(&list), "{suggested:?}");
    chat.bot.restart(false);
    chat.ada.react(&chat.room, &suggested.id, &keycap(1));
    let picked = chat.next_change().edited();
    let quote = format!("<blockquote>{UNQUOTED}</blockquote><p>— “Doc”, paragraph 3</p>");
    assert!(picked.html.contains(&quote), "{picked:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn last_of_several_quick_edits_is_what_the_answer_shows() {
    let settings = [
        ("QUOTH_DEFAULT_SPACE__QUESTIONS_PER_ASKER", "2"),
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "5"),
    ];
    let mut chat = TestChat::with(RoomKind::Plain, &settings);
    let question = chat.ask("best pizza in almaty?");
    let answer = chat.next_change().sent();
    for text in ["best pasta in almaty?", "best salad in almaty?", "best soup in almaty?", QUESTION]
    {
        chat.ada.edit(&chat.room, &question, &chat.bot.mention(text));
    }
    loop {
        let edited = chat.next_change().edited();
        assert_eq!(edited.id, answer.id);
        if edited.text.contains(ANSWER) {
            break;
        }
    }
    // The edits that were not applied are not applied after a restart, either.
    chat.bot.restart(false);
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn removed_feedback_does_not_count() {
    let mut chat = TestChat::new(RoomKind::Plain);
    chat.ask(QUESTION);
    let answer = chat.next_change().sent();
    let withdrawn = chat.bob.react(&chat.room, &answer.id, "👎");
    chat.ada.react(&chat.room, &answer.id, "👎");
    chat.ada.react(&chat.room, &answer.id, "👍");
    // Another key for the same.
    chat.ada.react(&chat.room, &answer.id, "✅");
    chat.expect_nothing_else();
    chat.bob.redact(&chat.room, &withdrawn);
    chat.expect_nothing_else();
    chat.bot.stop();
    let records = Connection::open(chat.bot.folder().path("data/quoth.db")).unwrap();
    let mut statement = records.prepare("SELECT is_helpful FROM judgements").unwrap();
    let given: rusqlite::Result<Vec<bool>> =
        statement.query_map([], |row| row.get(0)).unwrap().collect();
    assert_eq!(given.unwrap(), [true]);
}
