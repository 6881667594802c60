//! Coming, moving and leaving.

use std::time::Duration;

use super::bot::{ANSWER, Bot, Home, QUESTION};
use crate::support::matrix::{Kind, Person, Saying, register};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn only_who_is_listed_can_invite_the_bot() {
    let server = Synapse::shared();
    let (ada, eve) = (Person::new(server, "ada"), Person::new(server, "eve"));
    let listed = format!("['{}']", ada.id());
    let bot = Bot::start(server, &[("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", listed.as_str())]);
    let refused = eve.opens(Kind::Plain, &[&bot.id]);
    let accepted = ada.opens(Kind::Plain, &[&bot.id]);
    ada.awaits(&accepted, &bot.id);
    let left = || (eve.membership(&refused, &bot.id).as_deref() == Some("leave")).then_some(());
    eve.until("the invitation is rejected", left);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn it_greets_where_it_comes_to_and_leaves_where_nobody_else_is() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[("QUOTH_DEFAULT_SPACE__GREETS", "true")]);
    let ada = Person::new(server, "ada");
    let room = ada.opens(Kind::Public, &[&bot.id]);
    assert!(ada.next(&room, &bot.id).sent().text.contains("I answer with quotes"));
    ada.leaves(&room);
    ada.until("the bot leaves", || (!ada.has(&bot.id, &room)).then_some(()));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn it_follows_a_room_that_is_upgraded_and_what_was_set_for_it_holds() {
    let server = Synapse::shared();
    let (ada, bob) = (Person::new(server, "ada"), Person::new(server, "bob"));
    let room = ada.opens_version(Kind::Public, &[], Some("9"));
    bob.joins(&room);
    let listed = format!("['matrix:{room}']");
    let settings = [("QUOTH_DEFAULT_SPACE__LISTENS_IN", listed.as_str())];
    let bot = Bot::start(server, &settings);
    ada.invites(&room, &bot.id);
    ada.awaits(&room, &bot.id);
    let successor = ada.upgrades(&room);
    ada.awaits(&successor, &bot.id);
    ada.says(&successor, &Saying::plain(QUESTION));
    assert!(ada.next(&successor, &bot.id).sent().text.contains(ANSWER));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn nothing_from_before_it_came_is_answered() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[]);
    let ada = Person::new(server, "ada");
    let room = ada.opens(Kind::Plain, &[]);
    ada.says(&room, &bot.to(QUESTION));
    ada.invites(&room, &bot.id);
    ada.awaits(&room, &bot.id);
    ada.sees_nothing(&room, &bot.id, Duration::from_secs(1));
    let question = ada.says(&room, &bot.to(QUESTION));
    assert_eq!(ada.next(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn what_was_asked_while_it_was_away_is_answered_once_if_it_is_not_too_old() {
    let mut home = Home::new(Kind::Plain);
    home.settles();
    assert_eq!(home.bot.stop().code, Some(0));
    let old = Duration::from_secs(61 * 60);
    home.ada.says_ago(&home.room, &home.bot.to(QUESTION), old);
    let question = home.asks(QUESTION);
    home.bot.go_on();
    assert_eq!(home.next().sent().reply_to, Some(question));
    home.bot.restart(true);
    home.settles();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn where_it_may_not_speak_moderators_are_told_once_and_by_name() {
    let server = Synapse::shared();
    let ada = Person::new(server, "ada");
    let id = register(server, "quoth");
    let (room, office) = (ada.opens(Kind::Plain, &[&id]), ada.opens(Kind::Plain, &[&id]));
    let reports_to = format!("'matrix:{office}'");
    let mut bot =
        Bot::start_as(server, id, &[("QUOTH_DEFAULT_SPACE__REPORTS_TO", reports_to.as_str())]);
    ada.awaits(&room, &bot.id);
    ada.awaits(&office, &bot.id);
    ada.asks_for_level(&room, 50);
    ada.says(&room, &bot.to(QUESTION));
    let report = ada.next(&office, &bot.id).sent();
    assert!(report.text.contains("power level 50"), "{report:?}");
    ada.says(&room, &bot.to(QUESTION));
    ada.sees_nothing(&office, &bot.id, Duration::from_secs(1));
    ada.asks_for_level(&room, 0);
    let question = ada.says(&room, &bot.to(QUESTION));
    assert_eq!(ada.next(&room, &bot.id).sent().reply_to, Some(question));
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn it_stays_where_nobody_else_is_if_it_is_told_to() {
    let server = Synapse::shared();
    let bot = Bot::start(server, &[("QUOTH_MATRIX__LEAVES_WHEN_ALONE", "false")]);
    let (ada, bob) = (Person::new(server, "ada"), Person::new(server, "bob"));
    let room = ada.opens(Kind::Public, &[&bot.id]);
    ada.awaits(&room, &bot.id);
    ada.leaves(&room);
    std::thread::sleep(Duration::from_secs(2));
    bob.joins(&room);
    let question = bob.says(&room, &bot.to(QUESTION));
    assert_eq!(bob.next(&room, &bot.id).sent().reply_to, Some(question));
}
