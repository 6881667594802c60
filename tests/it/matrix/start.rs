//! Logging in, and what keeps the bot from it.

use std::os::unix::fs::PermissionsExt;

use super::bot::{ANSWER, Bot, Home, QUESTION};
use crate::support::matrix::{Kind, PASSWORD, Person, register, register_with_token, wait};
use crate::support::synapse::Synapse;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn what_keeps_it_from_its_homeserver_is_told_with_what_to_do() {
    let server = Synapse::shared();
    let rows = [
        ("QUOTH_MATRIX__PASSWORD", "another one", "does not take user and password"),
        ("QUOTH_MATRIX__USER", "nobody-at-all", "does not take user and password"),
    ];
    for (name, value, want) in rows {
        let mut bot = Bot::prepare(&server.url(), register(server, "quoth"), &[(name, value)]);
        let ended = bot.tries();
        assert!(ended.log.contains(want), "{}", ended.log);
        assert!(!ended.log.contains("another one"), "a password is in the log");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn the_session_is_kept_for_its_owner_alone_and_encrypted_by_the_passphrase() {
    let passphrase = "a passphrase of many words";
    let mut home = Home::with(Kind::Plain, &[("QUOTH_MATRIX__PASSPHRASE", passphrase)]);
    home.settles();
    home.bot.restart(false);
    home.settles();
    let folder = home.bot.folder().path("data/matrix/store");
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{}", path.display());
    }
    home.bot.stop();
    home.bot.set("QUOTH_MATRIX__PASSPHRASE", "another passphrase of words");
    let ended = home.bot.tries();
    assert!(ended.log.contains("`passphrase` in [matrix] is not the one"), "{}", ended.log);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn who_is_logged_out_is_not_served_any_more_and_is_told_what_to_do() {
    let server = Synapse::shared();
    let ada = Person::new(server, "ada");
    let id = ada.id().to_owned();
    let mut bot = Bot::start_as(server, id, &[]);
    // The account is the bot's as well: it ends all of its sessions.
    wait(async {
        use matrix_sdk::ruma::api::client::session::logout_all::v3::Request;
        ada.client.send(Request::new()).await
    })
    .unwrap();
    ada.until("it is not ready any more", || (!bot.is_ready()).then_some(()));
    let ended = bot.stop();
    assert!(ended.log.contains("does not know the bot's session any more"), "{}", ended.log);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_token_is_as_good_as_a_password_and_its_device_stays_the_same() {
    let server = Synapse::shared();
    let (id, token) = register_with_token(server, "quoth");
    let mut bot = Bot::prepare(&server.url(), id, &[("QUOTH_MATRIX__TOKEN", token.as_str())]);
    bot.unset("QUOTH_MATRIX__USER");
    bot.unset("QUOTH_MATRIX__PASSWORD");
    bot.go_on();
    let ada = Person::new(server, "ada");
    let room = ada.opens(Kind::Encrypted, &[&bot.id]);
    ada.awaits(&room, &bot.id);
    for _ in 0..2 {
        let question = ada.says(&room, &bot.to(QUESTION));
        assert_eq!(ada.next(&room, &bot.id).sent().reply_to, Some(question));
        bot.restart(false);
    }
    bot.stop();
    let (_, of_another) = register_with_token(server, "quoth");
    for (token, want) in [
        (of_another.as_str(), "the token is that of another account or device"),
        ("no-token-of-anybody", "does not know the bot's session any more"),
    ] {
        bot.set("QUOTH_MATRIX__TOKEN", token);
        let ended = bot.tries();
        assert!(ended.log.contains(want) && !ended.log.contains(token), "{}", ended.log);
    }
    bot.set("QUOTH_MATRIX__TOKEN", &token);
    bot.go_on();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_session_of_another_account_is_not_used() {
    let server = Synapse::shared();
    let mut bot = Bot::start(server, &[]);
    bot.stop();
    let (own, other) = (bot.id.clone(), register(server, "quoth"));
    bot.set("QUOTH_MATRIX__USER", other.as_str());
    let ended = bot.tries();
    assert!(ended.log.contains("is that of another account than `user`"), "{}", ended.log);
    bot.set("QUOTH_MATRIX__USER", own.as_str());
    bot.go_on();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn no_log_holds_a_text_a_name_or_a_secret() {
    let passphrase = "a passphrase of many words";
    let settings = [("QUOTH_LOG__LEVEL", "trace"), ("QUOTH_MATRIX__PASSPHRASE", passphrase)];
    for kind in [Kind::Plain, Kind::EncryptedDirect] {
        let mut home = Home::with(kind, &settings);
        home.asks("who is rana mitter, zanzibar?");
        let answer = home.next().sent();
        home.ada.reacts(&home.room, &answer.id, "👍");
        home.ada.reacts(&home.room, &answer.id, "📄");
        home.next();
        let log = home.bot.stop().log;
        assert!(log.contains("DEBUG") || log.contains("TRACE"), "much is logged");
        let secrets =
            ["zanzibar", ANSWER, PASSWORD, passphrase, "access_token", home.ada.id().localpart()];
        for secret in secrets {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}
