//! Users and rooms of another homeserver, which federates with the bot's.

use std::sync::OnceLock;
use std::time::Duration;

use matrix_sdk::ruma::OwnedRoomId;

use super::bot::{ANSWER, Bot, QUESTION};
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, register};
use crate::support::synapse::{Synapse, SynapseSettings};

/// The homeserver of the bot, and one that federates with it.
fn homeservers() -> &'static [Synapse; 2] {
    static HOMESERVERS: OnceLock<[Synapse; 2]> = OnceLock::new();
    let settings = SynapseSettings { has_tls: true, ..SynapseSettings::default() };
    HOMESERVERS.get_or_init(|| std::array::from_fn(|_| Synapse::start_with(settings)))
}

/// A room of Ada, on the bot's homeserver, with the bot and with Eve, who is on the other one.
struct FederatedChat {
    bot: Bot,
    room: OwnedRoomId,
    ada: TestUser,
    eve: TestUser,
}

impl FederatedChat {
    fn new(kind: RoomKind) -> Self {
        let [local, remote] = homeservers();
        let ada = TestUser::new(local, "ada");
        // Only the homeserver differs from Ada's user ID.
        let eve = TestUser::with_localpart(remote, ada.id().localpart());
        let moderators = format!("['matrix:{}']", ada.id());
        let settings = [
            ("QUOTH_DEFAULT_SPACE__MODERATORS", moderators.as_str()),
            ("QUOTH_DEFAULT_SPACE__QUESTIONS_PER_ASKER", "2"),
            ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "3600"),
        ];
        let mut bot = Bot::prepare(&local.url(), register(local, "quoth"), &[]);
        if kind == RoomKind::Plain {
            settings.iter().for_each(|(name, value)| bot.set(name, value));
        }
        bot.start_and_wait();
        let room = ada.create_room(kind, &[&bot.id, eve.id()]);
        eve.join(&room);
        ada.wait_for_join(&room, &bot.id);
        ada.wait_for_join(&room, eve.id());
        Self { bot, room, ada, eve }
    }

    /// Ada asks; fails if the bot answers anything else before.
    fn expect_no_other_answer(&self) {
        let question = self.ada.send(&self.room, &self.bot.mention(QUESTION));
        loop {
            let message = self.ada.next_change(&self.room, &self.bot.id).sent();
            let is_answer = message.text.contains(ANSWER);
            if message.reply_to.as_ref() == Some(&question) {
                assert!(is_answer, "{message:?}");
                return;
            }
            assert!(!is_answer, "{message:?}");
        }
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn users_of_other_homeservers_are_answered() {
    for kind in [RoomKind::Encrypted, RoomKind::Public] {
        let FederatedChat { mut bot, room, eve, .. } = FederatedChat::new(kind);
        let question = eve.send(&room, &bot.mention(QUESTION));
        let answer = eve.next_change(&room, &bot.id).sent();
        assert!(answer.text.contains(ANSWER), "{answer:?}");
        assert_eq!(answer.is_encrypted, kind == RoomKind::Encrypted);
        assert_eq!(answer.reply_to.as_ref(), Some(&question));
        eve.edit(&room, &question, &bot.mention("china help kazakhstan"));
        let edited = eve.next_change(&room, &bot.id).edited();
        assert!(edited.id == answer.id && edited.html.contains("<ol>"), "{edited:?}");
        bot.restart(false);
        eve.react(&room, &answer.id, "1\u{fe0f}\u{20e3}");
        let selected = eve.next_change(&room, &bot.id).edited();
        assert!(selected.html.contains("<blockquote>"), "{selected:?}");
        eve.redact(&room, &question);
        let deleted = eve.next_change(&room, &bot.id);
        assert!(matches!(&deleted, ObservedChange::Deleted(id) if *id == answer.id), "{deleted:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn rooms_of_other_homeservers_are_joined_and_served() {
    let [local, remote] = homeservers();
    let bot = Bot::start(local, &[]);
    let eve = TestUser::new(remote, "eve");
    for kind in [RoomKind::EncryptedDirect, RoomKind::Direct] {
        let room = eve.create_room(kind, &[&bot.id]);
        eve.wait_for_join(&room, &bot.id);
        eve.send(&room, &Draft::plain(QUESTION));
        let answer = eve.next_change(&room, &bot.id).sent();
        assert!(answer.text.contains(ANSWER), "{kind:?}: {answer:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn users_of_other_homeservers_have_no_rights_of_others() {
    let chat = FederatedChat::new(RoomKind::Plain);
    let (ada, eve, room) = (&chat.ada, &chat.eve, &chat.room);
    let question = ada.send(room, &chat.bot.mention("china help kazakhstan"));
    let suggested = ada.next_change(room, &chat.bot.id).sent();
    eve.wait_for_event(&suggested.id);
    let attempts = [
        eve.send(room, &Draft::plain("!ask pause")),
        eve.react(room, &suggested.id, "1\u{fe0f}\u{20e3}"),
        eve.react(room, &suggested.id, "🗑️"),
        eve.edit(room, &question, &chat.bot.mention(QUESTION)),
    ];
    attempts.iter().for_each(|event| ada.wait_for_event(event));
    chat.expect_no_other_answer();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn times_that_other_homeservers_claim_neither_evade_limits_nor_stop_answers() {
    const HOUR: Duration = Duration::from_secs(60 * 60);
    let mut chat = FederatedChat::new(RoomKind::Plain);
    let (eve, room) = (&chat.eve, chat.room.clone());
    // Homeservers reject times a day ahead and more, for which no signing key is valid yet.
    for hours in [0, 12] {
        eve.send_dated(&room, &chat.bot.mention(QUESTION), hours * HOUR);
        assert!(eve.next_change(&room, &chat.bot.id).sent().text.contains(ANSWER), "{hours}");
    }
    // The limit of two questions is reached, whenever the third claims to be sent.
    let limited = eve.send_dated(&room, &chat.bot.mention(QUESTION), 20 * HOUR);
    chat.ada.wait_for_event(&limited);
    for _ in 0..2 {
        chat.ada.next_change(&room, &chat.bot.id).sent();
    }
    chat.expect_no_other_answer();
    // What is asked while the bot is offline is answered, whatever claims to be older came after it.
    chat.bot.stop();
    let missed = chat.ada.send(&room, &chat.bot.mention(QUESTION));
    eve.wait_for_event(&missed);
    let old = eve.send_backdated(&room, &Draft::plain("hello"), 24 * 400 * HOUR);
    chat.ada.wait_for_event(&old);
    // More than a sync response has, so that the bot has to look for what it missed.
    for n in 0..60 {
        chat.ada.send(&room, &Draft::plain(&n.to_string()));
    }
    chat.bot.start_and_wait();
    assert_eq!(chat.ada.next_change(&room, &chat.bot.id).sent().reply_to, Some(missed));
}
