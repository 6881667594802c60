//! Mid-traffic: whatever happens to the bot or its homeserver, each question has one answer.

use std::time::Duration;

use super::bot::Bot;
use super::talk::Talk;
use crate::support::synapse::Synapse;

const N_QUESTIONS: usize = 200;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn however_often_the_bot_is_restarted_and_killed_each_question_has_one_answer() {
    let server = Synapse::shared();
    let mut bot = Bot::start(server, &[]);
    let mut talk = Talk::new(server, &bot);
    for round in 0..4 {
        talk.ask(&bot, N_QUESTIONS / 4);
        bot.restart(round % 2 == 1);
    }
    talk.end(&bot);
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn however_the_homeserver_is_restarted_each_question_has_one_answer() {
    let mut server = Synapse::start();
    let mut bot = Bot::start(&server, &[]);
    let mut talk = Talk::new(&server, &bot);
    for is_killed in [false, true] {
        talk.ask(&bot, N_QUESTIONS / 2);
        server.stop(is_killed);
        std::thread::sleep(Duration::from_secs(1));
        server.go_on();
    }
    talk.end(&bot);
    let ended = bot.stop();
    assert_eq!(ended.code, Some(0));
    assert!(ended.log.contains("The homeserver answers again"), "{}", ended.log);
}
