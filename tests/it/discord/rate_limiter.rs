//! The rate limiter, which is on by default. `quoth run` rejects it with an `api_base`, so the
//! platform runs in this process here.

use std::time::Duration;

use quoth::platform::Shutdown;
use quoth::service::{Clock, SystemClock};
use quoth::store::records::SqliteRecords;
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;

use super::api_errors::{CREATE, assert_answered_once};
use super::bot::{ANSWER, QUESTION, TestGuild, in_parallel};
use crate::support::discord::InjectedFault;
use crate::support::in_process;

/// quoth with the rate limiter, in this process. It is stopped when it is dropped.
struct LimitedBot {
    runtime: Runtime,
    stop: Shutdown,
    served: Option<JoinHandle<()>>,
}

impl LimitedBot {
    /// Starts it, and waits until it is connected and has registered its commands.
    fn start(home: &TestGuild) -> Self {
        let runtime = Runtime::new().unwrap();
        let records = runtime.block_on(SqliteRecords::in_memory(SystemClock.now())).unwrap();
        let stop = Shutdown::default();
        let served = {
            let _entered = runtime.enter();
            in_process::serve(&home.discord, records, true, &stop)
        };
        home.discord.wait_for_sessions(1);
        home.discord.wait_for_commands();
        Self { runtime, stop, served: Some(served) }
    }
}

impl Drop for LimitedBot {
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
fn rate_limiter_waits_and_sends_once() {
    let wait = Duration::from_millis(1800);
    let rows = [
        (InjectedFault::RateLimited { retry_after: wait, is_global: false }, 2),
        (InjectedFault::RateLimited { retry_after: wait, is_global: true }, 2),
        (InjectedFault::ExecutedCut, 2),
        (InjectedFault::Status(502), 2),
        (InjectedFault::Slow(Duration::from_millis(10)), 1),
    ];
    in_parallel(rows, |(fault, n_requests)| {
        let is_limited = matches!(fault, InjectedFault::RateLimited { .. });
        let home = TestGuild::new();
        let _bot = LimitedBot::start(&home);
        let waited_ms = assert_answered_once(&home, fault, n_requests);
        assert!(!is_limited || waited_ms >= 1800, "waited only {waited_ms} ms");
    });
}

#[test]
fn exhausted_bucket_delays_requests_until_its_reset() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = LimitedBot::start(&home);
    let other = discord.channel(home.guild, "other");
    let reset_after = Duration::from_millis(1800);
    discord.inject_fault(CREATE, 1, InjectedFault::BucketExhausted { reset_after });
    home.ask(QUESTION);
    assert_eq!(discord.next_message().channel, channel.0);
    home.ask(QUESTION);
    discord.user_sends(other, *ada, &home.mention_bot(QUESTION));
    assert_eq!(
        [discord.next_message(), discord.next_message()].map(|it| it.channel),
        [other.0, channel.0],
        "another channel has a bucket of its own"
    );
    let calls = discord.calls(CREATE);
    assert_eq!(calls.iter().map(|it| it.status).collect::<Vec<_>>(), [200; 3], "none was rejected");
    let waited_ms = calls[2].at_ms - calls[0].at_ms;
    assert!(waited_ms >= 1800, "waited only {waited_ms} ms");
}

#[test]
fn global_limit_does_not_delay_interaction_responses() {
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    let _bot = LimitedBot::start(&home);
    let interaction = discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    let reply = discord.next_message();
    assert!(reply.interaction == Some(interaction.id) && reply.text.contains(ANSWER), "{reply:?}");
    let wait = Duration::from_secs(4);
    discord.inject_fault(
        CREATE,
        1,
        InjectedFault::RateLimited { retry_after: wait, is_global: true },
    );
    let other = discord.channel(home.guild, "other");
    home.ask(QUESTION);
    discord.wait_for_calls(CREATE, 1);
    let interaction = discord.user_runs_command(other, *ada, "ask", &[("question", QUESTION)]);
    assert_eq!(discord.response_type(&interaction), 4);
    assert_eq!(
        [discord.next_message(), discord.next_message()].map(|it| it.channel),
        [other.0, channel.0]
    );
}

#[test]
fn limits_of_the_server_are_kept() {
    const N_QUESTIONS: usize = 8;
    let home = TestGuild::new();
    let TestGuild { discord, channel, ada, .. } = &home;
    discord.limit_requests(3, Duration::from_millis(1500));
    let _bot = LimitedBot::start(&home);
    let questions: Vec<u64> = (0..N_QUESTIONS).map(|_| home.ask(QUESTION)).collect();
    let answered: Vec<_> =
        (0..N_QUESTIONS).filter_map(|_| discord.next_message().reply_to).collect();
    assert_eq!(answered, questions);
    let statuses: Vec<u16> = discord.calls(CREATE).iter().map(|it| it.status).collect();
    assert_eq!(statuses, [200; N_QUESTIONS], "it waits for the limit instead of exceeding it");
    // A bot without a limiter would have exceeded it.
    let interaction = discord.user_runs_command(*channel, *ada, "ask", &[("question", QUESTION)]);
    assert_eq!(discord.next_message().interaction, Some(interaction.id));
}
