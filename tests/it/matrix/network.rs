//! Faults of the network between the bot and its homeserver, and rate limits.

use std::time::{Duration, Instant};

use matrix_sdk::ruma::OwnedEventId;
use serde_json::json;

use super::bot::{ANSWER, Bot, QUESTION};
use super::question_load::QuestionLoad;
use crate::support::fault_proxy::{FaultProxy, ProxiedRequest, ProxyAction};
use crate::support::matrix::{Draft, RoomKind, TestUser, register};
use crate::support::synapse::{Synapse, SynapseSettings};

/// Starts the bot with its homeserver behind `proxy`.
fn start_behind(proxy: &FaultProxy) -> Bot {
    let mut bot = Bot::prepare(&proxy.url(), register(Synapse::shared(), "quoth"), &[]);
    bot.start_and_wait();
    bot
}

/// Creates a user and a room with the bot.
fn room_with(bot: &Bot, kind: RoomKind) -> (TestUser, matrix_sdk::ruma::OwnedRoomId) {
    let ada = TestUser::new(Synapse::shared(), "ada");
    let room = ada.create_room(kind, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    (ada, room)
}

/// A rule that applies `action` to the first request that matches `is_match`, and forwards all
/// others.
fn first(
    is_match: fn(&ProxiedRequest) -> bool,
    action: ProxyAction,
) -> impl Fn(&[ProxiedRequest]) -> ProxyAction + Send + 'static {
    let start = Instant::now();
    move |requests| {
        let is_last = requests.last().is_some_and(is_match);
        let n = requests.iter().filter(|it| it.at >= start && is_match(it)).count();
        if is_last && n == 1 { action.clone() } else { ProxyAction::Forward }
    }
}

/// The requests since `start` that match `is_match`.
fn requests_since(
    proxy: &FaultProxy,
    start: Instant,
    is_match: fn(&ProxiedRequest) -> bool,
) -> Vec<ProxiedRequest> {
    let mut requests = proxy.requests();
    requests.retain(|it| it.at >= start && is_match(it));
    requests
}

/// Waits for the first two of them.
fn first_two_since(
    proxy: &FaultProxy,
    start: Instant,
    is_match: fn(&ProxiedRequest) -> bool,
) -> [ProxiedRequest; 2] {
    loop {
        if let [first, second, ..] = requests_since(proxy, start, is_match).as_slice() {
            return [first.clone(), second.clone()];
        }
        assert!(start.elapsed() < Duration::from_secs(30), "no retry in time");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn questions_are_answered_once_across_network_outages() {
    let server = Synapse::shared();
    let proxy = FaultProxy::new(server.url());
    let mut bot = start_behind(&proxy);
    let mut load = QuestionLoad::new(server, &bot);
    for n_outages in 1..=2 {
        load.ask(&bot, 10);
        proxy.disconnect();
        load.ask(&bot, 10);
        bot.service().wait_for_logs("The homeserver does not respond", n_outages);
        std::thread::sleep(Duration::from_secs(2));
        let (_, readiness) = bot.service().get("/readyz");
        let age = readiness.lines().find(|line| line.starts_with("matrix: "));
        assert!(age.is_some_and(|it| it.contains("(last activity ")), "{readiness}");
        proxy.reconnect();
        load.check_answered_once(&bot);
    }
    let ended = bot.stop();
    for line in ["The homeserver does not respond", "The homeserver responds again"] {
        assert_eq!(ended.log.matches(line).count(), 2, "{}", ended.log);
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn direct_chats_are_known_before_the_account_data_says_so() {
    let proxy = FaultProxy::new(Synapse::shared().url());
    let bot = start_behind(&proxy);
    proxy.set_rule(first(|it| it.path.ends_with("/account_data/m.direct"), ProxyAction::Hold));
    let (ada, room) = room_with(&bot, RoomKind::Direct);
    ada.send(&room, &Draft::plain(QUESTION));
    assert!(ada.next_change(&room, &bot.id).sent().text.contains(ANSWER));
    proxy.release();
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn invitation_that_is_here_before_its_homeserver_knows_of_it_is_accepted_a_little_later() {
    let proxy = FaultProxy::new(Synapse::shared().url());
    let bot = start_behind(&proxy);
    let body = json!({ "errcode": "M_FORBIDDEN", "error": "You are not invited to this room." });
    let is_join = |it: &ProxiedRequest| it.method == "POST" && it.path.contains("/join");
    proxy.set_rule(first(is_join, ProxyAction::Respond(403, None, body)));
    let (ada, room) = room_with(&bot, RoomKind::Plain);
    let question = ada.send(&room, &bot.mention(QUESTION));
    assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn direct_chats_have_the_settings_of_the_shared_room() {
    let server = Synapse::shared();
    let proxy = FaultProxy::new(server.url());
    let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
    let id = register(server, "quoth");
    let room = ada.create_room(RoomKind::Public, &[]);
    bob.join(&room);
    // Afterwards, no event that the homeserver sends shows that Bob is a member.
    for n in 0..60 {
        ada.send(&room, &Draft::plain(&n.to_string()));
    }
    let other_room = ada.create_room(RoomKind::Plain, &[&id]);
    ada.invite(&room, &id);
    let mut bot = Bot::prepare(&proxy.url(), id, &[]);
    let space = format!("[[space]]\nname = 'ops'\nplaces = ['matrix:{room}']\nlocale = 'de'\n");
    bot.folder().write("config/quoth.toml", &space);
    bot.start_and_wait();
    for room in [&room, &other_room] {
        ada.wait_for_join(room, &bot.id);
    }
    let direct = bob.create_room(RoomKind::Direct, &[&bot.id]);
    bob.wait_for_join(&direct, &bot.id);
    for _ in 0..2 {
        bob.send(&direct, &Draft::plain("!help"));
        let help = bob.next_change(&direct, &bot.id).sent();
        assert!(help.text.contains("Frag"), "{help:?}");
    }
    // The client library reads the list of the direct chat itself, to mark it as one.
    for room in [&room, &other_room] {
        let id = room.as_str().trim_start_matches('!').split(':').next().expect("an id");
        let is_member_list =
            |it: &ProxiedRequest| it.path.contains(id) && it.path.ends_with("/members");
        assert!(!proxy.requests().iter().any(is_member_list), "no member list is downloaded");
    }
    let mut look_ups: Vec<String> = proxy.requests().into_iter().map(|it| it.path).collect();
    look_ups.retain(|path| path.contains("/state/m.room.member/"));
    let n_look_ups = look_ups.len();
    look_ups.sort();
    look_ups.dedup();
    assert!(n_look_ups > 0 && look_ups.len() == n_look_ups, "once for each room: {look_ups:?}");
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn lost_send_responses_cause_no_duplicate_replies() {
    let proxy = FaultProxy::new(Synapse::shared().url());
    let bot = start_behind(&proxy);
    for kind in [RoomKind::Plain, RoomKind::Encrypted] {
        let (ada, room) = room_with(&bot, kind);
        ada.send(&room, &bot.mention(QUESTION));
        ada.next_change(&room, &bot.id).sent();
        let start = Instant::now();
        proxy.set_rule(first(ProxiedRequest::is_send, ProxyAction::DropResponse));
        let questions: [OwnedEventId; 2] =
            std::array::from_fn(|_| ada.send(&room, &bot.mention(QUESTION)));
        let mut answered =
            questions.clone().map(|_| ada.next_change(&room, &bot.id).sent().reply_to);
        answered.sort_unstable_by_key(|it| *it != Some(questions[0].clone()));
        assert_eq!(answered, questions.map(Some), "{kind:?}");
        ada.expect_no_change(&room, &bot.id, Duration::from_secs(2));
        let sent = requests_since(&proxy, start, ProxiedRequest::is_send);
        assert_eq!(sent.len(), 3, "exactly one request is repeated: {sent:?}");
    }
}

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn rate_limit_responses_delay_retries() {
    let proxy = FaultProxy::new(Synapse::shared().url());
    let bot = start_behind(&proxy);
    let (ada, room) = room_with(&bot, RoomKind::Plain);
    let wait = Duration::from_secs(2);
    let with_delay = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "", "retry_after_ms": 2000 });
    let without_delay = json!({ "errcode": "M_LIMIT_EXCEEDED", "error": "" });
    let is_send: fn(&ProxiedRequest) -> bool = ProxiedRequest::is_send;
    let rows = [
        (is_send, ProxyAction::Respond(429, None, with_delay.clone())),
        (is_send, ProxyAction::Respond(429, Some(("retry-after", "2".to_owned())), without_delay)),
        (|it| it.path.ends_with("/sync"), ProxyAction::Respond(429, None, with_delay)),
    ];
    for (is_match, action) in rows {
        let start = Instant::now();
        proxy.set_rule(first(is_match, action.clone()));
        let question = ada.send(&room, &bot.mention(QUESTION));
        assert_eq!(ada.next_change(&room, &bot.id).sent().reply_to, Some(question));
        let [limited, next] = first_two_since(&proxy, start, is_match);
        assert!(next.at - limited.at >= wait, "{action:?}: {limited:?}, {next:?}");
    }
}

/// The questions, rooms and message limit of [`questions_are_answered_once_under_a_rate_limit`].
const RATE_LIMITED: (usize, usize, &str) = (24, 6, "{ per_second: 1, burst_count: 2 }");

/// With this variable, it uses the default limit of Synapse and more questions, for 12 minutes.
const DEFAULT_LIMIT_VARIABLE: &str = "QUOTH_TEST_DEFAULT_RATE_LIMIT";
const DEFAULT_RATE_LIMITED: (usize, usize, &str) =
    (140, 20, "{ per_second: 0.2, burst_count: 10 }");

#[test]
#[ignore = "needs a homeserver (scripts/test)"]
fn questions_are_answered_once_under_a_rate_limit() {
    let is_default = std::env::var_os(DEFAULT_LIMIT_VARIABLE).is_some();
    let (n_questions, n_rooms, limit) =
        if is_default { DEFAULT_RATE_LIMITED } else { RATE_LIMITED };
    let server =
        Synapse::start_with(SynapseSettings { message_limit: limit, ..SynapseSettings::default() });
    let proxy = FaultProxy::new(server.url());
    let mut bot = Bot::prepare(&proxy.url(), register(&server, "quoth"), &[]);
    bot.start_and_wait();
    let ada = TestUser::new(&server, "ada");
    let rooms: Vec<_> =
        (0..n_rooms).map(|_| ada.create_room(RoomKind::Plain, &[&bot.id])).collect();
    rooms.iter().for_each(|room| ada.wait_for_join(room, &bot.id));
    let mut load = QuestionLoad::in_rooms(ada, rooms);
    load.ask_unlimited(&bot, n_questions);
    load.check_answered_once_within(&bot, Duration::from_secs(1200));
    let is_limited = |it: &ProxiedRequest| {
        let body = it.response.as_ref().map(|(_, body)| String::from_utf8_lossy(body));
        it.is_send() && body.is_some_and(|body| body.contains("M_LIMIT_EXCEEDED"))
    };
    let n_limited = proxy.requests().iter().filter(|it| is_limited(it)).count();
    assert!(n_limited > 0, "the limit was reached");
    assert!(n_limited <= 2 * n_questions, "{n_limited} requests were limited");
    assert!(!bot.stop().log.contains("giving up"));
}
