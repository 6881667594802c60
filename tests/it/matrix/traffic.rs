//! Restarts under load: each question is answered once.

use std::time::Duration;

use super::bot::Bot;
use super::question_load::QuestionLoad;
use crate::support::synapse::Synapse;

const N_QUESTIONS: usize = 200;

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn questions_are_answered_once_across_bot_restarts_and_kills() {
    let server = Synapse::shared();
    let mut bot = Bot::start(server, &[]);
    let mut load = QuestionLoad::new(server, &bot);
    for round in 0..4 {
        load.ask(&bot, N_QUESTIONS / 4);
        bot.restart(round % 2 == 1);
    }
    load.check_answered_once(&bot);
    assert_eq!(bot.stop().code, Some(0));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn questions_are_answered_once_across_homeserver_restarts() {
    let mut server = Synapse::start();
    let mut bot = Bot::start(&server, &[]);
    let mut load = QuestionLoad::new(&server, &bot);
    for is_killed in [false, true] {
        load.ask(&bot, N_QUESTIONS / 2);
        server.stop(is_killed);
        bot.service().wait_for_log("The homeserver does not respond");
        std::thread::sleep(Duration::from_secs(1));
        server.start_and_wait();
    }
    load.check_answered_once(&bot);
    let ended = bot.stop();
    assert_eq!(ended.code, Some(0));
    assert!(ended.log.contains("The homeserver responds again"), "{}", ended.log);
}
