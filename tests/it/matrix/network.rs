//! What the network between the bot and its homeserver does.

use std::time::{Duration, Instant};

use matrix_sdk::ruma::OwnedEventId;
use serde_json::json;

use super::bot::{Bot, QUESTION};
use super::talk::Talk;
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest, ProxyAction};
use crate::support::matrix::{Kind, Person, register};
use crate::support::synapse::Synapse;

/// The bot behind a relay.
fn behind(relay: &FaultProxy) -> Bot {
    let mut bot = Bot::prepare(&relay.url(), register(Synapse::shared(), "quoth"), &[]);
    bot.go_on();
    bot
}

/// Ada and a room with the bot.
fn room_with(bot: &Bot, kind: Kind) -> (Person, matrix_sdk::ruma::OwnedRoomId) {
    let ada = Person::new(Synapse::shared(), "ada");
    let room = ada.opens(kind, &[&bot.id]);
    ada.awaits(&room, &bot.id);
    (ada, room)
}

/// A rule by which `fate` befalls the first of the requests of which `is_meant` holds.
fn first(
    is_meant: fn(&ProxiedRequest) -> bool,
    fate: ProxyAction,
) -> impl Fn(&[ProxiedRequest]) -> ProxyAction + Send + 'static {
    let ordered = Instant::now();
    move |passed| {
        let is_last = passed.last().is_some_and(is_meant);
        let n = passed.iter().filter(|it| it.at >= ordered && is_meant(it)).count();
        if is_last && n == 1 { fate.clone() } else { ProxyAction::Pass }
    }
}

/// The requests of which `is_meant` holds since `since`.
fn since(
    relay: &FaultProxy,
    since: Instant,
    is_meant: fn(&ProxiedRequest) -> bool,
) -> Vec<ProxiedRequest> {
    let mut passed = relay.passed();
    passed.retain(|it| it.at >= since && is_meant(it));
    passed
}

/// The first two of them, for which it is waited.
fn two_since(
    relay: &FaultProxy,
    start: Instant,
    is_meant: fn(&ProxiedRequest) -> bool,
) -> [ProxiedRequest; 2] {
    loop {
        if let [first, second, ..] = since(relay, start, is_meant).as_slice() {
            return [first.clone(), second.clone()];
        }
        assert!(start.elapsed() < Duration::from_secs(30), "it tries again");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_cut_network_is_waited_for_and_each_question_has_one_answer() {
    let server = Synapse::shared();
    let relay = FaultProxy::to(server.url());
    let mut bot = behind(&relay);
    let mut talk = Talk::new(server, &bot);
    for _ in 0..2 {
        talk.ask(&bot, 10);
        relay.cut();
        talk.ask(&bot, 10);
        std::thread::sleep(Duration::from_secs(2));
        let (_, readiness) = bot.service().get("/readyz");
        let age = readiness.lines().find(|line| line.starts_with("matrix: "));
        assert!(age.is_some_and(|it| it.contains("(last sign of life ")), "{readiness}");
        relay.mend();
        talk.end(&bot);
    }
    let ended = bot.stop();
    for line in ["The homeserver does not answer", "The homeserver answers again"] {
        assert_eq!(ended.log.matches(line).count(), 2, "{}", ended.log);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn an_answer_of_which_the_homeserver_says_nothing_stands_there_once() {
    let relay = FaultProxy::to(Synapse::shared().url());
    let bot = behind(&relay);
    for kind in [Kind::Plain, Kind::Encrypted] {
        let (ada, room) = room_with(&bot, kind);
        ada.says(&room, &bot.to(QUESTION));
        ada.next(&room, &bot.id).sent();
        let start = Instant::now();
        relay.order(first(ProxiedRequest::sends, ProxyAction::LoseAnswer));
        let questions: [OwnedEventId; 2] =
            std::array::from_fn(|_| ada.says(&room, &bot.to(QUESTION)));
        let mut answered = questions.clone().map(|_| ada.next(&room, &bot.id).sent().reply_to);
        answered.sort_unstable_by_key(|it| *it != Some(questions[0].clone()));
        assert_eq!(answered, questions.map(Some), "{kind:?}");
        ada.sees_nothing(&room, &bot.id, Duration::from_secs(2));
        let sent = since(&relay, start, ProxiedRequest::sends);
        assert_eq!(sent.len(), 3, "one was sent twice: {sent:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn a_homeserver_that_wants_the_bot_to_wait_is_obeyed() {
    let relay = FaultProxy::to(Synapse::shared().url());
    let bot = behind(&relay);
    let (ada, room) = room_with(&bot, Kind::Plain);
    let wait = Duration::from_secs(2);
    let told = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "", "retry_after_ms": 2000 });
    let bare = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "" });
    let sends: fn(&ProxiedRequest) -> bool = ProxiedRequest::sends;
    let rows = [
        (sends, ProxyAction::Answer(429, None, told.clone())),
        (sends, ProxyAction::Answer(429, Some(("retry-after", "2".to_owned())), bare)),
        (|it| it.path.ends_with("/sync"), ProxyAction::Answer(429, None, told)),
    ];
    for (is_meant, fate) in rows {
        let start = Instant::now();
        relay.order(first(is_meant, fate.clone()));
        let question = ada.says(&room, &bot.to(QUESTION));
        assert_eq!(ada.next(&room, &bot.id).sent().reply_to, Some(question));
        let [limited, next] = two_since(&relay, start, is_meant);
        assert!(next.at - limited.at >= wait, "{fate:?}: {limited:?}, {next:?}");
    }
}
