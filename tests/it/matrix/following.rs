//! What people do with questions and answers afterwards.

use super::bot::{ANSWER, Home, QUESTION};
use crate::support::matrix::{Kind, Person, Seen, key};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn an_answer_follows_its_question_also_after_a_restart() {
    let mut home = Home::new(Kind::Plain);
    let question = home.asks(QUESTION);
    let answer = home.next().sent();
    home.ada.edits(&home.room, &question, &home.bot.to("best pizza in almaty?"));
    let changed = home.next().amended();
    assert_eq!(changed.id, answer.id);
    assert!(changed.text.contains("I have no quote"), "{changed:?}");
    home.bot.restart(false);
    home.ada.edits(&home.room, &question, &home.bot.to("who is rana mitter?"));
    assert!(home.next().amended().text.contains(ANSWER));
    home.ada.takes_back(&home.room, &question);
    let Seen::Removed(gone) = home.next() else { panic!("it goes with its question") };
    assert_eq!(gone, answer.id);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn reactions_pick_judge_show_more_and_take_away() {
    let home = Home::new(Kind::Plain);
    home.asks("china help kazakhstan");
    let suggested = home.next().sent();
    home.bob.reacts(&home.room, &suggested.id, &key(1));
    home.settles();
    home.ada.reacts(&home.room, &suggested.id, "🎉");
    home.ada.reacts(&home.room, &suggested.id, &key(2));
    let picked = home.next().amended();
    assert_eq!(picked.id, suggested.id);
    assert!(picked.html.contains("<blockquote>"), "{picked:?}");
    home.ada.reacts(&home.room, &suggested.id, "👍🏽");
    let asked = home.ada.reacts(&home.room, &suggested.id, "📄");
    let paragraph = home.next().sent();
    assert_eq!(paragraph.reply_to.as_ref(), Some(&suggested.id), "{paragraph:?}");
    home.ada.takes_back(&home.room, &asked);
    assert!(matches!(home.next(), Seen::Removed(id) if id == paragraph.id));
    home.bob.reacts(&home.room, &suggested.id, "🗑️");
    home.settles();
    home.ada.reacts(&home.room, &suggested.id, "❌");
    assert!(matches!(home.next(), Seen::Removed(id) if id == suggested.id));
    home.settles();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_moderator_takes_an_answer_away_and_nobody_else_but_the_asker() {
    let moderator = Person::new(Synapse::shared(), "mod");
    let listed = format!("['matrix:{}']", moderator.id());
    let settings = [("QUOTH_DEFAULT_SPACE__MODERATORS", listed.as_str())];
    let home = Home::with(Kind::Encrypted, &settings);
    home.ada.invites(&home.room, moderator.id());
    moderator.joins(&home.room);
    home.asks(QUESTION);
    let answer = home.next().sent();
    home.bob.reacts(&home.room, &answer.id, "🗑️");
    home.settles();
    moderator.reacts(&home.room, &answer.id, "🗑️");
    assert!(matches!(home.next(), Seen::Removed(id) if id == answer.id));
}
