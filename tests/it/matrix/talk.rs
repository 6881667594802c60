//! Somebody who asks much, and what becomes of it.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId};

use super::bot::{Bot, QUESTION};
use crate::support::matrix::{Kind, Person, Seen};
use crate::support::synapse::Synapse;

/// Somebody who asks in several rooms, one of them encrypted.
pub(super) struct Talk {
    ada: Person,
    rooms: Vec<OwnedRoomId>,
    asked: Vec<OwnedEventId>,
}

impl Talk {
    pub(super) fn new(server: &Synapse, bot: &Bot) -> Self {
        let ada = Person::new(server, "ada");
        let kinds = [Kind::Plain, Kind::Plain, Kind::Plain, Kind::Encrypted];
        let rooms: Vec<OwnedRoomId> =
            kinds.iter().map(|kind| ada.opens(*kind, &[&bot.id])).collect();
        rooms.iter().for_each(|room| ada.awaits(room, &bot.id));
        Self { ada, rooms, asked: Vec::new() }
    }

    pub(super) fn ask(&mut self, bot: &Bot, n_questions: usize) {
        for _ in 0..n_questions {
            let room = &self.rooms[self.asked.len() % self.rooms.len()];
            let question = self.ada.says(room, &bot.to(QUESTION));
            self.asked.push(question);
        }
    }

    /// How often each question was answered.
    fn answers(&self, bot: &Bot) -> HashMap<OwnedEventId, usize> {
        let mut answers = HashMap::new();
        for seen in self.rooms.iter().flat_map(|room| self.ada.all(room, &bot.id)) {
            if let Seen::Sent(shown) = seen
                && let Some(question) = shown.reply_to
            {
                *answers.entry(question).or_default() += 1;
            }
        }
        answers
    }

    /// Waits until all is answered, and once each.
    pub(super) fn end(&self, bot: &Bot) {
        let start = Instant::now();
        while self.answers(bot).len() < self.asked.len() {
            let n_answered = self.answers(bot).len();
            assert!(start.elapsed() < Duration::from_secs(90), "{n_answered} are answered");
            std::thread::sleep(Duration::from_millis(100));
        }
        std::thread::sleep(Duration::from_secs(2));
        let answers = self.answers(bot);
        assert_eq!(answers.len(), self.asked.len());
        assert!(answers.values().all(|n| *n == 1), "some are answered twice: {answers:?}");
    }
}
