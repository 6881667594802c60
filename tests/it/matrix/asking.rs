//! Ways to ask.

use std::time::Duration;

use super::bot::{ANSWER, Bot, Home, QUESTION};
use crate::support::matrix::{Kind, Person, Saying, register};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn whoever_turns_to_the_bot_is_answered_where_they_asked() {
    let home = Home::new(Kind::Plain);
    let name = home.bot.id.localpart();
    let sayings = [
        home.bot.to(QUESTION),
        Saying::plain(&format!("{name}: {QUESTION}")).without_mentions(),
        Saying::plain(&format!("{} {QUESTION}", home.bot.id)).without_mentions(),
        Saying::plain(&format!("!ask {QUESTION}")),
    ];
    for saying in sayings {
        let question = home.ada.says(&home.room, &saying);
        let shown = home.next().sent();
        assert!(shown.text.contains(ANSWER) && shown.html.contains(ANSWER), "{shown:?}");
        assert!(shown.html.contains("<blockquote>"), "{shown:?}");
        assert_eq!(shown.reply_to, Some(question), "{saying:?}");
        assert_eq!((shown.kind.as_str(), shown.thread), ("m.notice", None));
        assert_eq!(shown.mentions, serde_json::json!({}), "it rings for nobody");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn what_turns_to_nobody_or_is_a_notice_gets_no_answer() {
    let home = Home::new(Kind::Plain);
    home.ada.says(&home.room, &Saying::plain(QUESTION));
    home.ada.says(&home.room, &home.bot.to(QUESTION).notice());
    home.ada.says(&home.room, &Saying::plain(&format!("I like {}", home.bot.id)));
    home.settles();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn an_answer_stays_in_its_thread() {
    let home = Home::new(Kind::Plain);
    let root = home.ada.says(&home.room, &Saying::plain("a talk"));
    let question = home.ada.says(&home.room, &home.bot.to(QUESTION).in_thread(&root));
    let shown = home.next().sent();
    assert_eq!((shown.thread, shown.reply_to), (Some(root), Some(question)));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_reply_to_the_bot_and_a_mention_under_a_question_are_understood() {
    let home = Home::new(Kind::Plain);
    home.asks(QUESTION);
    let first = home.next().sent();
    let reply = Saying::plain("why did china not send troops to help kazakhstan");
    let second = home.ada.says(&home.room, &reply.reply_to(&first.id));
    assert_eq!(home.next().sent().reply_to, Some(second));
    let theirs = home.bob.says(&home.room, &Saying::plain(QUESTION));
    home.ada.says(&home.room, &home.bot.to("").reply_to(&theirs));
    assert!(home.next().sent().text.contains(ANSWER));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_direct_room_needs_no_mention_and_numbers_pick() {
    let home = Home::new(Kind::Direct);
    home.ada.says(&home.room, &Saying::plain("china help kazakhstan"));
    let suggested = home.next().sent();
    assert!(suggested.html.contains("<ol>"), "{suggested:?}");
    home.ada.says(&home.room, &Saying::plain("1").reply_to(&suggested.id));
    let answer = home.next().sent();
    assert!(answer.html.contains("<blockquote>"), "{answer:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn help_topics_and_pause_are_commands() {
    let server = Synapse::shared();
    let moderator = Person::new(server, "mod");
    let listed = format!("['matrix:{}']", moderator.id());
    let settings = [("QUOTH_DEFAULT_SPACE__MODERATORS", listed.as_str())];
    let home = Home::with(Kind::Plain, &settings);
    home.ada.invites(&home.room, moderator.id());
    moderator.joins(&home.room);
    let says = |text: &str| home.ada.says(&home.room, &Saying::plain(text));
    says("!help");
    assert!(home.next().sent().text.contains("Ask in your own words."));
    says("!topics");
    assert!(home.next().sent().text.contains("What is Rana Mitter's profession?"));
    says("!pause");
    assert!(home.next().sent().text.contains("Only moderators"));
    moderator.says(&home.room, &Saying::plain("!pause"));
    assert!(home.next().sent().text.contains("paused"));
    home.asks(QUESTION);
    home.ada.sees_nothing(&home.room, &home.bot.id, Duration::from_secs(1));
    moderator.says(&home.room, &Saying::plain("!resume"));
    assert!(home.next().sent().text.contains("I answer again"));
    home.settles();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn rooms_that_it_listens_in_need_no_mention() {
    let server = Synapse::shared();
    let ada = Person::new(server, "ada");
    let id = register(server, "quoth");
    let room = ada.opens(Kind::Plain, &[&id]);
    let listened = format!("['matrix:{room}']");
    let settings = [("QUOTH_DEFAULT_SPACE__LISTENS_IN", listened.as_str())];
    let bot = Bot::start_as(server, id, &settings);
    ada.awaits(&room, &bot.id);
    ada.says(&room, &Saying::plain("what a lovely day"));
    let question = ada.says(&room, &Saying::plain(QUESTION));
    assert_eq!(ada.next(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn whoever_wants_it_is_answered_in_a_text_that_rings_and_by_another_prefix() {
    let settings = [
        ("QUOTH_MATRIX__SENDS_NOTICES", "false"),
        ("QUOTH_MATRIX__PINGS_ASKER", "true"),
        ("QUOTH_DEFAULT_SPACE__PREFIX", "?faq"),
    ];
    for kind in [Kind::Plain, Kind::Encrypted] {
        let home = Home::with(kind, &settings);
        home.ada.says(&home.room, &Saying::plain(&format!("!ask {QUESTION}")));
        let question = home.ada.says(&home.room, &Saying::plain(&format!("?faq {QUESTION}")));
        let shown = home.next().sent();
        assert_eq!((shown.reply_to, shown.kind.as_str()), (Some(question), "m.text"));
        assert_eq!(shown.mentions, serde_json::json!({ "user_ids": [home.ada.id()] }));
    }
}
