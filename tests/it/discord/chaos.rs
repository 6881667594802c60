//! Kills, lost connections and lost answers at any point: each question has one answer in the end.

use std::collections::HashMap;
use std::time::Duration;

use super::bot::{Home, QUESTION};
use crate::service::now;
use crate::support::discord::{InjectedFault, Place};

const CREATE: &str = "POST /channels/{}/messages";

/// Numbers that are others in each run; which point is hit does not matter.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Rooms, what was asked there, and how often each question was answered.
struct Talk<'a> {
    home: &'a Home,
    rooms: Vec<Place>,
    asked: Vec<u64>,
}

impl<'a> Talk<'a> {
    fn new(home: &'a Home) -> Self {
        let rooms = (0..8).map(|n| home.discord.channel(home.guild, &format!("room-{n}")));
        Self { home, rooms: rooms.collect(), asked: Vec::new() }
    }

    fn ask(&mut self, n_questions: usize) {
        for _ in 0..n_questions {
            let room = self.rooms[self.asked.len() % self.rooms.len()];
            let text = self.home.to_bot(QUESTION);
            self.asked.push(self.home.discord.says(room, self.home.ada, &text));
        }
    }

    fn answers(&self) -> HashMap<u64, usize> {
        let mut answers = HashMap::new();
        let shown = self.rooms.iter().flat_map(|room| self.home.discord.shown(*room));
        for question in shown.filter_map(|shown| shown.reply_to) {
            *answers.entry(question).or_default() += 1;
        }
        answers
    }

    /// Waits until so many questions are answered.
    fn wait_for(&self, n_answered: usize) {
        let start = std::time::Instant::now();
        while self.answers().len() < n_answered {
            assert!(start.elapsed() < Duration::from_secs(60), "{:?} lack", self.unanswered());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn unanswered(&self) -> Vec<u64> {
        let answers = self.answers();
        self.asked.iter().copied().filter(|it| !answers.contains_key(it)).collect()
    }

    /// Waits until all is answered, and once each.
    fn end(&self) {
        self.wait_for(self.asked.len());
        std::thread::sleep(Duration::from_secs(1));
        let twice: Vec<u64> =
            self.answers().into_iter().filter(|(_, n)| *n != 1).map(|(id, _)| id).collect();
        assert!(twice.is_empty(), "answered twice: {twice:?}");
        assert_eq!(self.answers().len(), self.asked.len());
    }
}

#[test]
fn killed_at_any_point_each_question_has_one_answer() {
    let home = Home::new();
    let mut dice = Dice(now());
    let mut talk = Talk::new(&home);
    let mut bot = home.bot(&[]);
    for _ in 0..6 {
        let n_before = talk.answers().len();
        talk.ask(40);
        talk.wait_for(n_before + usize::try_from(dice.below(40)).unwrap());
        bot = bot.restart(&home.discord, true);
        // Discord tells it again what nobody has answered, and some that somebody has.
        talk.unanswered().into_iter().for_each(|question| home.discord.repeats(question));
        talk.asked.iter().rev().step_by(3).for_each(|question| home.discord.repeats(*question));
    }
    talk.end();
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
fn however_often_the_line_is_cut_each_question_has_one_answer() {
    let home = Home::new();
    let mut dice = Dice(now());
    let mut talk = Talk::new(&home);
    let bot = home.bot(&[]);
    for _ in 0..8 {
        talk.ask(20);
        std::thread::sleep(Duration::from_millis(dice.below(60)));
        match dice.below(4) {
            0 => home.discord.hangs_up(None),
            1 => home.discord.hangs_up(Some(4000)),
            2 => home.discord.asks_to_reconnect(),
            _ => home.discord.invalidates(true),
        }
        talk.ask(5);
        home.discord.waits_for_sessions(1);
    }
    talk.end();
    assert_eq!(home.discord.counts().0, 1, "one session is enough");
    bot.stop();
}

#[test]
fn whatever_the_interface_does_each_question_has_one_answer() {
    let home = Home::new();
    let mut dice = Dice(now());
    let mut talk = Talk::new(&home);
    let bot = home.bot(&[]);
    for _ in 0..5 {
        let wait = Duration::from_millis(300);
        let mischief = match dice.below(7) {
            0 => InjectedFault::Limited { wait, everywhere: true },
            1 => InjectedFault::Status(503),
            2 => InjectedFault::DoneStatus(500),
            3 => InjectedFault::Cut,
            4 => InjectedFault::DoneCut,
            5 => InjectedFault::DoneGarbage,
            _ => InjectedFault::Slow(wait),
        };
        home.discord.spoils(CREATE, 4, mischief);
        talk.ask(10);
        std::thread::sleep(Duration::from_millis(dice.below(100)));
    }
    talk.end();
    bot.stop();
}
