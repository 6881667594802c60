//! A user who asks many questions, and a check that each is answered once.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId};

use super::bot::{Bot, QUESTION};
use crate::support::matrix::{ObservedChange, RoomKind, TestUser};
use crate::support::synapse::Synapse;

/// A user who asks in several rooms, one of them encrypted.
pub(super) struct QuestionLoad {
    ada: TestUser,
    rooms: Vec<OwnedRoomId>,
    questions: Vec<OwnedEventId>,
}

impl QuestionLoad {
    pub(super) fn new(server: &Synapse, bot: &Bot) -> Self {
        let ada = TestUser::new(server, "ada");
        let kinds = [RoomKind::Plain, RoomKind::Plain, RoomKind::Plain, RoomKind::Encrypted];
        let rooms: Vec<OwnedRoomId> =
            kinds.iter().map(|kind| ada.create_room(*kind, &[&bot.id])).collect();
        rooms.iter().for_each(|room| ada.wait_for_join(room, &bot.id));
        Self::in_rooms(ada, rooms)
    }

    /// With these rooms, which are not encrypted if [`Self::ask_unlimited`] is used.
    pub(super) fn in_rooms(ada: TestUser, rooms: Vec<OwnedRoomId>) -> Self {
        Self { ada, rooms, questions: Vec::new() }
    }

    /// Like [`Self::ask`], but not limited by the homeserver.
    pub(super) fn ask_unlimited(&mut self, bot: &Bot, n_questions: usize) {
        for _ in 0..n_questions {
            let room = &self.rooms[self.questions.len() % self.rooms.len()];
            let question = self.ada.send_backdated(room, &bot.mention(QUESTION), Duration::ZERO);
            self.questions.push(question);
        }
    }

    pub(super) fn ask(&mut self, bot: &Bot, n_questions: usize) {
        for _ in 0..n_questions {
            let room = &self.rooms[self.questions.len() % self.rooms.len()];
            let question = self.ada.send(room, &bot.mention(QUESTION));
            self.questions.push(question);
        }
    }

    /// The number of replies to each question.
    fn count_replies(&self, bot: &Bot) -> HashMap<OwnedEventId, usize> {
        let mut counts = HashMap::new();
        for change in self.rooms.iter().flat_map(|room| self.ada.all_changes(room, &bot.id)) {
            if let ObservedChange::Sent(message) = change
                && let Some(question) = message.reply_to
            {
                *counts.entry(question).or_default() += 1;
            }
        }
        counts
    }

    /// Waits until all questions are answered, and checks that each is answered once.
    pub(super) fn check_answered_once(&self, bot: &Bot) {
        self.check_answered_once_within(bot, Duration::from_secs(90));
    }

    pub(super) fn check_answered_once_within(&self, bot: &Bot, limit: Duration) {
        let start = Instant::now();
        while self.count_replies(bot).len() < self.questions.len() {
            let n_answered = self.count_replies(bot).len();
            assert!(start.elapsed() < limit, "only {n_answered} are answered");
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(2));
        let counts = self.count_replies(bot);
        assert_eq!(counts.len(), self.questions.len());
        assert!(counts.values().all(|n| *n == 1), "some are answered twice: {counts:?}");
    }
}
