//! Logins, stored sessions, and the errors of both.

use std::time::Duration;

use serde_json::json;

use super::bot::{ANSWER, Bot, QUESTION, TestChat};
use crate::service::free_port;
use crate::support::fault_proxy::{FaultProxy, ProxyAction};
use crate::support::matrix::{
    Draft, PASSWORD, RoomKind, TestUser, block_on, register, register_with_token,
};
use crate::support::synapse::{Synapse, SynapseSettings};

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn login_errors_say_what_to_do() {
    let server = Synapse::shared();
    let closed = format!("http://127.0.0.1:{}", free_port());
    let website = FaultProxy::new(server.url());
    website.set_rule(|_| ProxyAction::Respond(404, None, json!("no such page")));
    let page = FaultProxy::new(server.url());
    page.set_rule(|_| ProxyAction::Respond(200, None, json!("a page")));
    let rows = [
        ("QUOTH_MATRIX__HOMESERVER", closed.as_str(), "cannot reach the homeserver"),
        ("QUOTH_MATRIX__HOMESERVER", "nowhere.invalid", "cannot reach the homeserver"),
        ("QUOTH_MATRIX__HOMESERVER", &website.url(), "this server is not a Matrix homeserver"),
        ("QUOTH_MATRIX__HOMESERVER", &page.url(), "this server is not a Matrix homeserver"),
        ("QUOTH_MATRIX__PASSWORD", "another one", "rejected user and password"),
        ("QUOTH_MATRIX__USER", "nobody-at-all", "rejected user and password"),
    ];
    for (name, value, want) in rows {
        let mut bot = Bot::prepare(&server.url(), register(server, "quoth"), &[(name, value)]);
        let ended = bot.run_until_logged(want);
        assert!(!ended.log.contains("another one"), "a password is in the log");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn certificate_errors_name_the_certificate_and_not_the_homeserver() {
    let server =
        Synapse::start_with(SynapseSettings { has_tls: true, ..SynapseSettings::default() });
    let port = server.tls_port();
    let authority = server.authority();
    let authority = authority.to_str().expect("a path in UTF-8");
    let url = format!("https://localhost:{port}");
    let name = format!("localhost:{port}");
    let other_url = format!("https://127.0.0.1:{port}");
    let without_tls = FaultProxy::new(server.url());
    let plain = without_tls.url().replace("http://", "https://");
    let rows = [
        (url.as_str(), "/nowhere", "has no certificate authorities"),
        (&server.url(), "/nowhere", "has no certificate authorities"),
        (&url, "", "is not from an authority that this machine trusts"),
        (&name, "", "is not from an authority that this machine trusts"),
        (&other_url, authority, "is for another name"),
        (&plain, authority, "does not speak TLS"),
        (&url, authority, "Matrix serves 0 rooms"),
    ];
    for (homeserver, authorities, want) in rows {
        let settings = [("SSL_CERT_FILE", authorities), ("SSL_CERT_DIR", "/nowhere")];
        let settings = if authorities.is_empty() { &[] } else { settings.as_slice() };
        let mut bot = Bot::prepare(homeserver, register(&server, "quoth"), settings);
        let ended = bot.run_until_logged(want);
        assert!(!ended.log.contains("cannot reach the homeserver"), "{}", ended.log);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn logout_ends_serving_with_advice() {
    let server = Synapse::shared();
    let ada = TestUser::new(server, "ada");
    let id = ada.id().to_owned();
    let mut bot = Bot::start_as(server, id, &[]);
    // The user has the same account as the bot, so that this ends the bot's session, too.
    block_on(async {
        use matrix_sdk::ruma::api::client::session::logout_all::v3::Request;
        ada.client.send(Request::new()).await
    })
    .unwrap();
    ada.wait_until("the bot is no longer ready", || (!bot.is_ready()).then_some(()));
    let ended = bot.stop();
    assert!(ended.log.contains("no longer accepts the bot's session"), "{}", ended.log);
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn expired_session_is_continued_by_a_login_with_the_same_device() {
    let mut server = Synapse::start();
    let mut bot = Bot::start(&server, &[("QUOTH_MATRIX__PASSPHRASE", "a passphrase of words")]);
    let ada = TestUser::new(&server, "ada");
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    let ask = |bot: &Bot| {
        let question = ada.send(&room, &bot.mention(QUESTION));
        let answer = ada.next_change(&room, &bot.id).sent();
        assert_eq!((answer.reply_to, answer.is_encrypted), (Some(question), true));
    };
    ask(&bot);
    let devices = ada.devices_of(&bot.id);
    for is_running in [true, false] {
        if !is_running {
            bot.stop();
        }
        server.stop(false);
        server.expire_tokens(&bot.id);
        server.start_and_wait();
        if is_running {
            bot.wait_until_logged("logged in again as the same device");
        } else {
            bot.start_and_wait();
        }
        ask(&bot);
        assert_eq!(ada.devices_of(&bot.id), devices);
    }
    // A restart needs no other login.
    bot.restart(false);
    ask(&bot);
    let log = bot.stop().log;
    assert!(!log.to_lowercase().contains("logged in"), "the new token was not stored: {log}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn bot_stays_the_same_device_where_sessions_have_a_lifetime() {
    let mut server = Synapse::start();
    // Her session, from before, has none.
    let ada = TestUser::new(&server, "ada");
    server.stop(false);
    // Shorter than a sync takes if nothing happens, and long enough for an answer on a busy machine.
    server.configure_more("session_lifetime: 20s\n");
    server.start_and_wait();
    let mut bot = Bot::start(&server, &[]);
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    let devices = ada.devices_of(&bot.id);
    for n_logins in 1..=2 {
        bot.wait_until_logged_times("logged in again as the same device", n_logins);
        let question = ada.send(&room, &bot.mention(QUESTION));
        let answer = ada.wait_until("the bot answers", || {
            // If the session expires before the answer, this ends the sync, so that it is continued now.
            std::thread::sleep(Duration::from_secs(1));
            ada.send(&room, &Draft::plain("hello"));
            ada.poll_change(&room, &bot.id)
        });
        assert_eq!(answer.sent().reply_to, Some(question));
        assert_eq!(ada.devices_of(&bot.id), devices);
    }
    let log = bot.stop().log;
    assert!(!log.contains("failed, restarting"), "an expired session is no failure: {log}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn expired_token_ends_serving_with_advice() {
    let mut server = Synapse::start();
    let (id, token) = register_with_token(&server, "quoth");
    let settings = [("QUOTH_MATRIX__TOKEN", token.as_str())];
    let mut bot = Bot::prepare(&server.url(), id, &settings);
    bot.unset("QUOTH_MATRIX__USER");
    bot.unset("QUOTH_MATRIX__PASSWORD");
    bot.start_and_wait();
    server.stop(false);
    server.expire_tokens(&bot.id);
    server.start_and_wait();
    bot.wait_until_logged("the access token has expired");
    assert!(!bot.is_ready());
    bot.stop();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn token_login_keeps_its_device_across_restarts() {
    let server = Synapse::shared();
    let (id, token) = register_with_token(server, "quoth");
    let mut bot = Bot::prepare(&server.url(), id, &[("QUOTH_MATRIX__TOKEN", token.as_str())]);
    bot.unset("QUOTH_MATRIX__USER");
    bot.unset("QUOTH_MATRIX__PASSWORD");
    bot.start_and_wait();
    let ada = TestUser::new(server, "ada");
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    for _ in 0..2 {
        let question = ada.send(&room, &bot.mention(QUESTION));
        assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
        bot.restart(false);
    }
    bot.stop();
    let (_, other_token) = register_with_token(server, "quoth");
    for (token, want) in [
        (other_token.as_str(), "the token belongs to another account or device"),
        ("no-token-of-anybody", "no longer accepts the bot's session"),
    ] {
        bot.set("QUOTH_MATRIX__TOKEN", token);
        let ended = bot.run_until_logged(want);
        assert!(!ended.log.contains(token), "{}", ended.log);
    }
    bot.set("QUOTH_MATRIX__TOKEN", &token);
    bot.start_and_wait();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn session_of_another_account_is_rejected() {
    let server = Synapse::shared();
    let mut bot = Bot::start(server, &[]);
    bot.stop();
    let (own, other) = (bot.id.clone(), register(server, "quoth"));
    bot.set("QUOTH_MATRIX__USER", other.as_str());
    bot.run_until_logged("belongs to another account than `user`");
    bot.set("QUOTH_MATRIX__USER", own.as_str());
    bot.start_and_wait();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn logs_contain_no_texts_names_or_secrets() {
    let passphrase = "a passphrase of many words";
    let settings = [("QUOTH_LOG__LEVEL", "trace"), ("QUOTH_MATRIX__PASSPHRASE", passphrase)];
    for kind in [RoomKind::Plain, RoomKind::EncryptedDirect] {
        let mut chat = TestChat::with(kind, &settings);
        chat.ask("who is rana mitter, zanzibar?");
        let answer = chat.next_change().sent();
        chat.ada.react(&chat.room, &answer.id, "👍");
        chat.ada.react(&chat.room, &answer.id, "📄");
        chat.next_change();
        let log = chat.bot.stop().log;
        assert!(log.contains("DEBUG") || log.contains("TRACE"), "debug messages are logged");
        let secrets =
            ["zanzibar", ANSWER, PASSWORD, passphrase, "access_token", chat.ada.id().localpart()];
        for secret in secrets {
            assert!(!log.contains(secret), "{secret} is in the log");
        }
    }
}
