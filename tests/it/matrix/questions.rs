//! Ways to ask a question, and commands.

use std::time::Duration;

use serde_json::json;

use super::bot::{ANSWER, Bot, QUESTION, TestChat};
use crate::support::matrix::{Draft, RoomKind, TestUser, register};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn addressed_questions_are_answered_by_a_reply() {
    let chat = TestChat::new(RoomKind::Plain);
    let name = chat.bot.id.localpart();
    let drafts = [
        chat.bot.mention(QUESTION),
        Draft::plain(&format!("{name}: {QUESTION}")).without_mentions(),
        Draft::plain(&format!("{} {QUESTION}", chat.bot.id)).without_mentions(),
        Draft::plain(&format!("!ask {QUESTION}")),
    ];
    for draft in drafts {
        let question = chat.ada.send(&chat.room, &draft);
        let message = chat.next_change().sent();
        assert!(message.text.contains(ANSWER) && message.html.contains(ANSWER), "{message:?}");
        assert!(message.html.contains("<blockquote>"), "{message:?}");
        assert_eq!(message.reply_to, Some(question), "{draft:?}");
        assert_eq!((message.kind.as_str(), message.thread), ("m.notice", None));
        assert_eq!(message.mentions, serde_json::json!({}), "the reply notifies nobody");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn unaddressed_messages_and_notices_are_ignored() {
    let chat = TestChat::new(RoomKind::Plain);
    chat.ada.send(&chat.room, &Draft::plain(QUESTION));
    chat.ada.send(&chat.room, &chat.bot.mention(QUESTION).notice());
    chat.ada.send(&chat.room, &Draft::plain(&format!("I like {}", chat.bot.id)));
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn answers_stay_in_their_thread() {
    let chat = TestChat::new(RoomKind::Plain);
    let root = chat.ada.send(&chat.room, &Draft::plain("a discussion"));
    let question = chat.ada.send(&chat.room, &chat.bot.mention(QUESTION).in_thread(&root));
    let message = chat.next_change().sent();
    assert_eq!((message.thread, message.reply_to), (Some(root), Some(question)));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn replies_to_the_bot_and_mentions_under_a_question_are_answered() {
    let chat = TestChat::new(RoomKind::Plain);
    chat.ask(QUESTION);
    let first = chat.next_change().sent();
    let reply = Draft::plain("why did china not send troops to help kazakhstan");
    let second = chat.ada.send(&chat.room, &reply.reply_to(&first.id));
    assert_eq!(chat.next_change().sent().reply_to, Some(second));
    let other_question = chat.bob.send(&chat.room, &Draft::plain(QUESTION));
    chat.ada.send(&chat.room, &chat.bot.mention("").reply_to(&other_question));
    assert!(chat.next_change().sent().text.contains(ANSWER));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn direct_chat_needs_no_mention_and_numbers_select_suggestions() {
    let chat = TestChat::new(RoomKind::Direct);
    chat.ada.send(&chat.room, &Draft::plain("china help kazakhstan"));
    let suggested = chat.next_change().sent();
    assert!(suggested.html.contains("<ol>"), "{suggested:?}");
    chat.ada.send(&chat.room, &Draft::plain("1").reply_to(&suggested.id));
    let answer = chat.next_change().sent();
    assert!(answer.html.contains("<blockquote>"), "{answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn commands_show_help_and_topics_and_pause_answering() {
    let server = Synapse::shared();
    let moderator = TestUser::new(server, "mod");
    let listed = format!("['matrix:{}']", moderator.id());
    let settings = [("QUOTH_DEFAULT_SPACE__MODERATORS", listed.as_str())];
    let chat = TestChat::with(RoomKind::Plain, &settings);
    chat.ada.invite(&chat.room, moderator.id());
    moderator.join(&chat.room);
    let send = |text: &str| chat.ada.send(&chat.room, &Draft::plain(text));
    send("!help");
    assert!(chat.next_change().sent().text.contains("Ask in your own words."));
    send("!topics");
    assert!(chat.next_change().sent().text.contains("What is Rana Mitter's profession?"));
    send("!ask pause");
    moderator.send(&chat.room, &Draft::plain("!pause"));
    moderator.send(&chat.room, &Draft::plain("!ask pause"));
    assert!(chat.next_change().sent().text.contains("paused"));
    chat.ask(QUESTION);
    chat.ada.expect_no_change(&chat.room, &chat.bot.id, Duration::from_secs(1));
    moderator.send(&chat.room, &Draft::plain("!ask resume"));
    assert!(chat.next_change().sent().text.contains("I answer again"));
    chat.expect_nothing_else();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn listening_rooms_need_no_mention() {
    let server = Synapse::shared();
    let ada = TestUser::new(server, "ada");
    let id = register(server, "quoth");
    let room = ada.create_room(RoomKind::Plain, &[&id]);
    let listening = format!("['matrix:{room}']");
    let settings = [("QUOTH_DEFAULT_SPACE__LISTENS_IN", listening.as_str())];
    let bot = Bot::start_as(server, id, &settings);
    ada.wait_for_join(&room, &bot.id);
    ada.send(&room, &Draft::plain("what a lovely day"));
    let question = ada.send(&room, &Draft::plain(QUESTION));
    assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn settings_change_message_type_asker_mention_and_prefix() {
    let settings = [
        ("QUOTH_MATRIX__SENDS_NOTICES", "false"),
        ("QUOTH_MATRIX__PINGS_ASKER", "true"),
        ("QUOTH_DEFAULT_SPACE__PREFIX", "?faq"),
    ];
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let chat = TestChat::with(kind, &settings);
        chat.ada.send(&chat.room, &Draft::plain(&format!("!ask {QUESTION}")));
        let question = chat.ada.send(&chat.room, &Draft::plain(&format!("?faq {QUESTION}")));
        let message = chat.next_change().sent();
        assert_eq!((message.reply_to, message.kind.as_str()), (Some(question), "m.text"));
        assert_eq!(message.mentions, serde_json::json!({ "user_ids": [chat.ada.id()] }));
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn pinged_asker_is_notified() {
    let events_of = |user: &TestUser| {
        let notifications = user.get("notifications?only=highlight")["notifications"].clone();
        let events = notifications.as_array().cloned().unwrap_or_default();
        events.iter().map(|it| it["event"]["event_id"].clone()).collect::<Vec<_>>()
    };
    for pings_asker in [true, false] {
        let value = if pings_asker { "true" } else { "false" };
        let chat = TestChat::with(RoomKind::Plain, &[("QUOTH_MATRIX__PINGS_ASKER", value)]);
        chat.ask(QUESTION);
        let answer = chat.next_change().sent();
        assert_eq!(answer.kind, if pings_asker { "m.text" } else { "m.notice" });
        // The homeserver evaluates the push rules of events in order.
        let later = Draft::mentioning("bob", chat.bob.id(), "look");
        let later = chat.ada.send(&chat.room, &later);
        chat.bob.wait_until("the homeserver notifies of a later message", || {
            events_of(&chat.bob).contains(&json!(later)).then_some(())
        });
        let is_notified = |user| events_of(user).contains(&json!(answer.id));
        assert_eq!(is_notified(&chat.ada), pings_asker, "{answer:?}");
        assert!(!is_notified(&chat.bob), "{answer:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn captions_and_mentions_beside_malformed_ones_are_read() {
    let chat = TestChat::new(RoomKind::Plain);
    let name = chat.bot.id.localpart();
    let mentions = json!({ "user_ids": [chat.bot.id, "not an id"] });
    let text = format!("{name}: {QUESTION}");
    let contents = [
        json!({
            "msgtype": "m.image", "url": "mxc://quoth.test/a", "filename": "a.png", "body": text,
            "m.mentions": { "user_ids": [chat.bot.id] },
        }),
        json!({ "msgtype": "m.text", "body": text, "m.mentions": mentions }),
    ];
    for content in contents {
        let question = chat.ada.send_content(&chat.room, content.clone());
        let answer = chat.next_change().sent();
        assert_eq!(answer.reply_to, Some(question), "{content}");
        assert!(answer.text.contains(ANSWER), "{content}: {answer:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn talk_about_the_bot_and_copied_mentions_are_ignored() {
    let chat = TestChat::new(RoomKind::Plain);
    let name = chat.bot.id.localpart();
    chat.ada.send(&chat.room, &Draft::plain(&format!("{name} the raven {QUESTION}")));
    let question = chat.ask(QUESTION);
    assert_eq!(chat.next_change().sent().reply_to.as_ref(), Some(&question));
    // Older clients copy the mentions of the message that they reply to.
    let copied = json!({
        "msgtype": "m.text", "body": "who is rana mitter is a good question",
        "m.mentions": { "user_ids": [chat.ada.id(), chat.bot.id] },
        "m.relates_to": { "m.in_reply_to": { "event_id": question } },
    });
    chat.bob.send_content(&chat.room, copied);
    chat.expect_nothing_else();
    // A mention that was not copied counts, also where the text does not show it.
    let other = chat.ada.send(&chat.room, &Draft::plain("a remark"));
    let meant = json!({
        "msgtype": "m.text", "body": QUESTION, "m.mentions": { "user_ids": [chat.bot.id] },
        "m.relates_to": { "m.in_reply_to": { "event_id": other } },
    });
    let meant = chat.bob.send_content(&chat.room, meant);
    assert_eq!(chat.next_change().sent().reply_to, Some(meant));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn numbers_of_others_get_no_reply() {
    let chat = TestChat::new(RoomKind::Plain);
    chat.ask("china help kazakhstan");
    let suggested = chat.next_change().sent();
    chat.bob.send(&chat.room, &Draft::plain("1").reply_to(&suggested.id));
    chat.expect_nothing_else();
}
