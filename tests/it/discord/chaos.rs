//! Kills, lost connections and API errors at random points: each question is answered once.

use std::collections::HashMap;
use std::time::Duration;

use super::bot::{QUESTION, TestGuild};
use crate::service::now;
use crate::support::discord::{ChannelId, InjectedFault};

const CREATE: &str = "POST /channels/{}/messages";

/// Random numbers, different in each run.
struct Random(u64);

impl Random {
    fn below(&mut self, end: u64) -> u64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }
}

/// Questions in several channels, and their answers.
struct Conversation<'a> {
    home: &'a TestGuild,
    channels: Vec<ChannelId>,
    asked: Vec<u64>,
}

impl<'a> Conversation<'a> {
    fn new(home: &'a TestGuild) -> Self {
        let channels = (0..8).map(|n| home.discord.channel(home.guild, &format!("channel-{n}")));
        Self { home, channels: channels.collect(), asked: Vec::new() }
    }

    fn ask(&mut self, n_questions: usize) {
        for _ in 0..n_questions {
            let channel = self.channels[self.asked.len() % self.channels.len()];
            let text = self.home.mention_bot(QUESTION);
            self.asked.push(self.home.discord.user_sends(channel, self.home.ada, &text));
        }
    }

    fn answers(&self) -> HashMap<u64, usize> {
        let mut answers = HashMap::new();
        let reply =
            self.channels.iter().flat_map(|channel| self.home.discord.messages_in(*channel));
        for question in reply.filter_map(|reply| reply.reply_to) {
            *answers.entry(question).or_default() += 1;
        }
        answers
    }

    /// Waits until `n_answered` questions are answered.
    fn wait_for(&self, n_answered: usize) {
        let start = std::time::Instant::now();
        while self.answers().len() < n_answered {
            assert!(
                start.elapsed() < Duration::from_secs(60),
                "{:?} are unanswered",
                self.unanswered()
            );
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn unanswered(&self) -> Vec<u64> {
        let answers = self.answers();
        self.asked.iter().copied().filter(|it| !answers.contains_key(it)).collect()
    }

    /// Waits until all questions are answered, and asserts that each is answered once.
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
fn question_is_answered_once_despite_kills_at_any_point() {
    let home = TestGuild::new();
    let mut random = Random(now());
    let mut conversation = Conversation::new(&home);
    let mut bot = home.bot(&[]);
    for _ in 0..6 {
        let n_before = conversation.answers().len();
        conversation.ask(40);
        conversation.wait_for(n_before + usize::try_from(random.below(40)).unwrap());
        bot = bot.restart(&home.discord, true);
    }
    conversation.end();
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
fn question_is_answered_once_despite_lost_connections() {
    let home = TestGuild::new();
    let mut random = Random(now());
    let mut conversation = Conversation::new(&home);
    let bot = home.bot(&[]);
    for _ in 0..8 {
        conversation.ask(20);
        std::thread::sleep(Duration::from_millis(random.below(60)));
        match random.below(4) {
            0 => home.discord.close_connections(None),
            1 => home.discord.close_connections(Some(4000)),
            2 => home.discord.request_reconnect(),
            _ => home.discord.invalidate_sessions(true),
        }
        conversation.ask(5);
        home.discord.wait_for_sessions(1);
    }
    conversation.end();
    assert_eq!(home.discord.counts().0, 1, "the session is resumed");
    bot.stop();
}

#[test]
fn question_is_answered_once_despite_api_errors() {
    let home = TestGuild::new();
    let mut random = Random(now());
    let mut conversation = Conversation::new(&home);
    let bot = home.bot(&[]);
    for _ in 0..5 {
        let wait = Duration::from_millis(300);
        let fault = match random.below(7) {
            0 => InjectedFault::RateLimited { retry_after: wait, is_global: true },
            1 => InjectedFault::Status(503),
            2 => InjectedFault::ExecutedStatus(500),
            3 => InjectedFault::Cut,
            4 => InjectedFault::ExecutedCut,
            5 => InjectedFault::ExecutedGarbage,
            _ => InjectedFault::Slow(wait),
        };
        home.discord.inject_fault(CREATE, 4, fault);
        conversation.ask(10);
        std::thread::sleep(Duration::from_millis(random.below(100)));
    }
    conversation.end();
    bot.stop();
}
