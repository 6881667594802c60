//! Manners: who gets no answer, what rings, in which language, and what is said when all fails.

use std::time::Duration;

use super::bot::{ANSWER, Home, QUESTION, WORDS};
use crate::support::discord::{InjectedFault, Saying};

const CREATE: &str = "POST /channels/{}/messages";
const TYPING: &str = "POST /channels/{}/typing";

#[test]
fn bots_webhooks_and_its_own_messages_get_no_answer() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let robot = discord.bot("robot");
    let text = home.to_bot(QUESTION);
    discord.says(*room, robot, &text);
    let by_webhook = Saying { text: &text, is_from_webhook: true, ..Saying::default() };
    discord.says_so(*room, *ada, by_webhook);
    home.asks(QUESTION);
    // Its own message is told to it, too, and names nobody but might.
    let answer = discord.next_sent();
    let reply = Saying { text: &text, reply_to: Some(answer.id), ..Saying::default() };
    discord.says_so(*room, robot, reply);
    discord.uses(*room, robot, "ask", &[("question", QUESTION)]);
    discord.shows_nothing();
    assert_eq!(discord.shown(*room).len(), 1);
}

#[test]
fn what_discord_itself_posts_is_no_question() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    let text = home.to_bot(QUESTION);
    for kind in [1, 4, 6, 7, 8, 18, 21, 22, 46] {
        let saying = Saying { text: &text, system_kind: Some(kind), ..Saying::default() };
        discord.says_so(*room, *ada, saying);
    }
    discord.shows_nothing();
}

#[test]
fn it_types_only_where_an_answer_takes_long() {
    let home = Home::new();
    let discord = &home.discord;
    let _bot = home.bot(&[]);
    home.asks(QUESTION);
    discord.next_sent();
    assert!(discord.calls(TYPING).is_empty());
    discord.spoils(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
    home.asks(QUESTION);
    discord.next_sent();
    assert_eq!(discord.calls(TYPING).len(), 1);
}

#[test]
fn who_asks_by_a_command_is_told_to_wait_if_it_takes_long() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    // One worker, and a slow answer before: the command waits longer than Discord would.
    discord.spoils(CREATE, 1, InjectedFault::Slow(Duration::from_secs(4)));
    home.asks(QUESTION);
    let done = discord.uses(*room, *ada, "ask", &[("question", QUESTION)]);
    assert_eq!(discord.response_to(&done), 5, "deferred");
    let mut shown = [discord.next_sent(), discord.next_sent()];
    shown.sort_by_key(|shown| shown.interaction.is_some());
    assert_eq!(shown[1].interaction, Some(done.id));
    assert!(shown[1].is_private && shown[1].text.contains(ANSWER), "{shown:?}");
}

#[test]
fn a_command_that_came_late_is_deferred_all_the_same() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.spoils(CREATE, 1, InjectedFault::Slow(Duration::from_secs(5)));
    home.asks(QUESTION);
    std::thread::sleep(Duration::from_millis(200));
    discord.holds();
    let done = discord.uses(*room, *ada, "ask", &[("question", QUESTION)]);
    std::thread::sleep(Duration::from_millis(1700));
    discord.releases(false);
    assert_eq!(discord.response_to(&done), 5, "deferred");
    discord.next_sent();
    discord.next();
}

#[test]
fn who_waited_where_all_see_it_is_told_there_that_there_is_no_answer() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = home.bot(&[]);
    discord.spoils(CREATE, 1, InjectedFault::Slow(Duration::from_secs(3)));
    home.asks(QUESTION);
    let asked = [("question", "best pizza in almaty?"), ("visible", "everyone")];
    let done = discord.uses(*room, *ada, "ask", &asked);
    assert_eq!(discord.response_to(&done), 5, "deferred");
    discord.next();
    let told = discord.next();
    assert_eq!(told.shown().interaction, Some(done.id), "{told:?}");
    assert!(told.shown().text.contains("I have no quote"), "{told:?}");
    discord.shows_nothing();
    assert!(discord.shown(*room).iter().any(|it| it.id == told.shown().id), "it went away again");
}

#[test]
fn what_one_person_reads_is_in_their_language_and_commands_have_names_in_it() {
    let home = Home::new();
    let Home { discord, room, ada, bob, .. } = &home;
    let _bot = home.bot(&[]);
    discord.speaks(*ada, "de");
    discord.speaks(*bob, "fr");
    for (person, words) in [(ada, "Frag"), (bob, "Ask in your own words")] {
        discord.uses(*room, *person, "help", &[]);
        let shown = discord.next_sent();
        assert!(shown.text.contains(words), "{}", shown.text);
    }
    discord.says(*room, *ada, &home.to_bot("best pizza in almaty?"));
    let shown = discord.next_sent();
    assert!(shown.text.contains("I have no quote"), "what all read is in theirs: {shown:?}");
    for name in ["ask", "help", "topics", "pause", "resume", "Ask about this"] {
        let command = discord.command(name);
        assert!(command["name_localizations"]["de"].is_string(), "{command}");
    }
}

#[test]
fn a_failure_is_told_in_plain_words_that_the_log_knows_again() {
    let home = Home::new();
    let Home { discord, ada, .. } = &home;
    let bot = home.bot(&[]);
    home.asks(QUESTION);
    let answer = discord.next_sent();
    discord.spoils("DELETE /webhooks/{}/{}/messages/@original", 9, InjectedFault::Status(403));
    discord.spoils("DELETE /channels/{}/messages/{}", 9, InjectedFault::Status(403));
    discord.presses(answer.id, WORDS.delete, *ada);
    let told = discord.next_sent();
    assert!(told.is_private && told.text.contains("Something went wrong"), "{told:?}");
    let reference = told.text.rsplit("as ").next().unwrap().trim_matches(['.', '*', '`', ' ']);
    assert!(reference.len() >= 6, "{}", told.text);
    let log = bot.stop().log;
    assert!(log.contains(reference), "{reference} is not in {log}");
    assert!(!log.contains(QUESTION) && !log.contains("aW50ZXJhY3Rpb246"), "{log}");
}

#[test]
fn the_log_names_nobody_and_no_token_even_when_it_tells_most() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let bot = home.bot(&[("QUOTH_LOG__LEVEL", "trace")]);
    let asked = "who is rana mitter, zanzibar?";
    home.asks(asked);
    discord.next_sent();
    discord.uses(*room, *ada, "ask", &[("question", asked)]);
    discord.next_sent();
    let log = bot.stop().log;
    for secret in ["zanzibar", "aW50ZXJhY3Rpb246", crate::support::discord::TOKEN, ANSWER] {
        assert!(!log.contains(secret), "{secret} is in the log");
    }
}
