//! The files of the session and its keys: who can read them, and what happens when they cannot be
//! opened.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use matrix_sdk::StateStore;
use serde_json::{Value, json};

use super::bot::{Bot, TestChat};
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest};
use crate::support::matrix::{PASSWORD, RoomKind, TestUser, block_on, register};
use crate::support::synapse::Synapse;

const PASSPHRASE: &str = "a passphrase of many words";

/// The data of the Matrix platform, in the folder of the bot.
const FOLDER: &str = "data/matrix";

const NO_FILES: [PathBuf; 0] = [];

/// All files below `folder`.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|it| if it.is_dir() { files_below(&it) } else { vec![it] }).collect()
}

/// The files of the bot's data that contain `text`, which may have been deleted but not overwritten.
fn files_with(bot: &Bot, text: &str) -> Vec<PathBuf> {
    let has_text = |path: &PathBuf| {
        // A file may be deleted meanwhile, such as the journal of a database.
        let bytes = fs::read(path).unwrap_or_default();
        bytes.windows(text.len()).any(|window| window == text.as_bytes())
    };
    files_below(&bot.folder().path("data")).into_iter().filter(has_text).collect()
}

/// The responses to the bot's logins.
fn logins(proxy: &FaultProxy) -> Vec<Value> {
    let requests = proxy.requests().into_iter().filter(ProxiedRequest::is_login);
    let responses = requests.filter_map(|it| it.response);
    responses.map(|(_, body)| serde_json::from_slice(&body).unwrap()).collect()
}

/// A bot behind a proxy, and an encrypted room in which it has answered.
fn start_and_answer(proxy: &FaultProxy, settings: &[(&str, &str)]) -> TestChat {
    let mut bot = Bot::prepare(&proxy.url(), register(Synapse::shared(), "quoth"), settings);
    bot.start_and_wait();
    let server = Synapse::shared();
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let room = ada.create_room(RoomKind::Encrypted, &[&bot.id, bob.id()]);
    bob.join(&room);
    ada.wait_for_join(&room, &bot.id);
    let chat = TestChat { bot, room, ada, bob };
    chat.expect_nothing_else();
    chat
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn session_files_are_owner_only_and_encrypted_by_the_passphrase() {
    for passphrase in [Some(PASSPHRASE), None] {
        let proxy = FaultProxy::new(Synapse::shared().url());
        let settings: Vec<_> =
            passphrase.into_iter().map(|it| ("QUOTH_MATRIX__PASSPHRASE", it)).collect();
        let mut chat = start_and_answer(&proxy, &settings);
        let token = logins(&proxy)[0]["access_token"].as_str().unwrap().to_owned();
        for is_killed in [true, false] {
            for path in files_below(&chat.bot.folder().path(FOLDER)) {
                let mode = fs::metadata(&path).unwrap().permissions().mode();
                assert_eq!(mode & 0o077, 0, "{}", path.display());
            }
            // Without a passphrase the token must be found, or the search would prove nothing.
            assert_eq!(files_with(&chat.bot, &token).is_empty(), passphrase.is_some());
            for secret in [PASSWORD, PASSPHRASE] {
                assert_eq!(files_with(&chat.bot, secret), NO_FILES);
            }
            chat.bot.restart(is_killed);
            chat.expect_nothing_else();
        }
        assert_eq!(logins(&proxy).len(), 1, "the session is restored");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn other_or_missing_passphrase_is_rejected_and_changes_nothing() {
    let mut bot = Bot::prepare(
        &Synapse::shared().url(),
        register(Synapse::shared(), "quoth"),
        &[("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE)],
    );
    bot.start_and_wait();
    bot.stop();
    bot.set("QUOTH_MATRIX__PASSPHRASE", "another passphrase of words");
    bot.run_until_logged("`passphrase` in [matrix] is not the one");
    bot.unset("QUOTH_MATRIX__PASSPHRASE");
    bot.run_until_logged("`passphrase` in [matrix] is missing");
    bot.set("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE);
    bot.start_and_wait();
    assert!(!bot.stop().log.contains("new device"));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn passphrase_of_a_session_without_one_is_rejected() {
    let mut bot = Bot::start(Synapse::shared(), &[]);
    bot.stop();
    bot.set("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE);
    bot.run_until_logged("was created without a `passphrase`");
    bot.unset("QUOTH_MATRIX__PASSPHRASE");
    bot.start_and_wait();
    assert!(!bot.stop().log.contains("new device"));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn session_of_an_earlier_version_is_moved_out_of_the_store() {
    let proxy = FaultProxy::new(Synapse::shared().url());
    let mut chat = start_and_answer(&proxy, &[("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE)]);
    chat.bot.stop();
    let login = logins(&proxy).remove(0);
    let token = login["access_token"].as_str().unwrap();
    let session = json!({
        "user_id": login["user_id"], "device_id": login["device_id"], "access_token": token,
    });
    // Earlier versions stored the session as a custom value, which the library does not encrypt.
    block_on(async {
        let path = chat.bot.folder().path(FOLDER).join("store");
        let store = matrix_sdk::SqliteStateStore::open(path, Some(PASSPHRASE)).await.unwrap();
        let value = session.to_string().into_bytes();
        store.set_custom_value_no_read(b"org.quoth.session", value).await.unwrap();
        store.close().await.unwrap();
    });
    fs::remove_file(chat.bot.folder().path(FOLDER).join("session")).unwrap();
    assert!(!files_with(&chat.bot, token).is_empty());
    for _ in 0..2 {
        chat.bot.start_and_wait();
        chat.expect_nothing_else();
        assert_eq!(files_with(&chat.bot, token), NO_FILES);
        chat.bot.stop();
    }
    assert_eq!(logins(&proxy).len(), 1, "the session is restored");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn store_that_fails_to_open_is_retried_and_only_a_damaged_one_is_given_up() {
    let mut bot = Bot::start(Synapse::shared(), &[("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE)]);
    bot.stop();
    let store = bot.folder().path(FOLDER).join("store");
    let (database, aside) = (store.join("matrix-sdk-crypto.sqlite3"), store.join("aside"));
    fs::rename(&database, &aside).unwrap();
    fs::create_dir(&database).unwrap();
    bot.launch();
    bot.wait_until_logged("The platform matrix failed, restarting in");
    fs::remove_dir(&database).unwrap();
    fs::rename(&aside, &database).unwrap();
    bot.wait_until_logged("Matrix serves 0 rooms");
    let log = bot.stop().log;
    assert!(log.contains("the Matrix store") && !log.contains("`passphrase`"), "{log}");
    fs::write(&database, "not a database".repeat(1000)).unwrap();
    let log = bot.run_until_logged("is not served any more").log;
    assert!(log.contains("is damaged") && !log.contains("`passphrase`"), "{log}");
    assert!(log.contains("quoth matrix setup --recover"), "{log}");
}

/// The number of first starts in [`first_starts_succeed`], unless this variable says how many.
const N_FIRST_STARTS: usize = 4;
const N_FIRST_STARTS_VARIABLE: &str = "QUOTH_TEST_FIRST_STARTS";

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn first_starts_succeed() {
    let n_starts = std::env::var(N_FIRST_STARTS_VARIABLE).ok().and_then(|it| it.parse().ok());
    for _ in 0..n_starts.unwrap_or(N_FIRST_STARTS).div_ceil(2) {
        let start = || {
            let settings = [("QUOTH_MATRIX__PASSPHRASE", PASSPHRASE)];
            let mut bot = Bot::start(Synapse::shared(), &settings);
            let ended = bot.stop();
            assert!(!ended.log.contains("ERROR"), "{}", ended.log);
        };
        std::thread::scope(|scope| {
            scope.spawn(start);
            scope.spawn(start);
        });
    }
}
