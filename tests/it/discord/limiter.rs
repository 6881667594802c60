//! The rate limiter, which is on by default. `quoth run` refuses it at an address that is not
//! Discord's, so that here the platform is served in this process.

use std::time::Duration;

use quoth::platform::Shutdown;
use quoth::service::{Clock, SystemClock};
use quoth::store::records::SqliteRecords;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::bot::{ANSWER, Home, QUESTION, at_once};
use super::trouble::{CREATE, is_answered_once};
use crate::support::discord::InjectedFault;
use crate::support::in_process;

/// quoth with the limiter. Ends when it is dropped.
struct Limited {
    runtime: Runtime,
    stop: Shutdown,
    served: Option<JoinHandle<()>>,
}

impl Limited {
    /// Serves `home`, and waits until it is connected and has its commands.
    fn start(home: &Home) -> Self {
        let runtime = Runtime::new().unwrap();
        let records = runtime.block_on(SqliteRecords::in_memory(SystemClock.now())).unwrap();
        let stop = Shutdown::default();
        let served = {
            let _entered = runtime.enter();
            in_process::serve(&home.discord, records, true, &stop)
        };
        home.discord.waits_for_sessions(1);
        home.discord.waits_for_commands();
        Self { runtime, stop, served: Some(served) }
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        self.stop.graceful.cancel();
        self.stop.forced.cancel();
        let ended = self.served.take().map(|served| self.runtime.block_on(served));
        if !std::thread::panicking() {
            assert!(ended.is_some_and(|ended| ended.is_ok()));
        }
    }
}

#[test]
fn with_the_rate_limiter_it_answers_and_waits_as_well() {
    let wait = Duration::from_millis(1800);
    let rows = [
        (InjectedFault::Limited { wait, everywhere: false }, 2),
        (InjectedFault::Limited { wait, everywhere: true }, 2),
        (InjectedFault::DoneCut, 2),
        (InjectedFault::Status(502), 2),
        (InjectedFault::Slow(Duration::from_millis(10)), 1),
    ];
    at_once(rows, |(mischief, n_requests)| {
        let is_limited = matches!(mischief, InjectedFault::Limited { .. });
        let home = Home::new();
        let _bot = Limited::start(&home);
        let waited_ms = is_answered_once(&home, mischief, n_requests);
        assert!(!is_limited || waited_ms >= 1800, "{waited_ms} ms are less than Discord asked for");
    });
}

#[test]
fn where_an_answer_says_that_no_room_is_left_nothing_is_asked_before_there_is() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = Limited::start(&home);
    let other = discord.channel(home.guild, "other");
    let reset_after = Duration::from_millis(1800);
    discord.spoils(CREATE, 1, InjectedFault::LastRoom { reset_after });
    home.asks(QUESTION);
    assert_eq!(discord.next_sent().channel, room.0);
    home.asks(QUESTION);
    discord.says(other, *ada, &home.to_bot(QUESTION));
    assert_eq!(
        [discord.next_sent(), discord.next_sent()].map(|it| it.channel),
        [other.0, room.0],
        "another channel has room of its own"
    );
    let calls = discord.calls(CREATE);
    assert_eq!(calls.iter().map(|it| it.status).collect::<Vec<_>>(), [200; 3], "none was refused");
    let waited_ms = calls[2].at_ms - calls[0].at_ms;
    assert!(waited_ms >= 1800, "{waited_ms} ms are less than the answer said");
}

#[test]
fn what_all_have_to_wait_for_does_not_hold_up_a_command() {
    let home = Home::new();
    let Home { discord, room, ada, .. } = &home;
    let _bot = Limited::start(&home);
    let done = discord.uses(*room, *ada, "ask", &[("question", QUESTION)]);
    let shown = discord.next_sent();
    assert!(shown.interaction == Some(done.id) && shown.text.contains(ANSWER), "{shown:?}");
    let wait = Duration::from_secs(4);
    discord.spoils(CREATE, 1, InjectedFault::Limited { wait, everywhere: true });
    let other = discord.channel(home.guild, "other");
    home.asks(QUESTION);
    discord.waits_for_calls(CREATE, 1);
    let done = discord.uses(other, *ada, "ask", &[("question", QUESTION)]);
    assert_eq!(discord.response_to(&done), 4);
    assert_eq!([discord.next_sent(), discord.next_sent()].map(|it| it.channel), [other.0, room.0]);
}
