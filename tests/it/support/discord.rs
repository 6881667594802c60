//! A strict stand-in for Discord: its gateway and its interface, on loopback, in this process.
//!
//! It checks what Discord's documentation says that Discord checks. What it refuses, and what Discord
//! would pass over in silence, is a violation: a test fails at its end on any. It misbehaves on order.

mod api;
mod builders;
mod clock;
mod command;
mod component;
mod draft;
mod embed;
mod error;
mod fault_injection;
mod form;
mod gateway;
mod handshake;
mod interaction;
mod mention;
mod message;
mod message_effects;
mod observed;
pub(crate) mod permission;
mod place;
mod route;
mod session;
mod state;
mod test_hooks;
mod user_interactions;
mod user_messages;

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::net::TcpListener;
use tokio::runtime::Runtime;

pub(crate) use builders::{Guild, Person, Place};
pub(crate) use fault_injection::InjectedFault;
pub(crate) use observed::{Call, ObservedChange, ObservedMessage};
use state::ServerState;
pub(crate) use state::TOKEN;
pub(crate) use user_messages::Saying;

use crate::service::MAX_WAIT;

/// A Discord that runs until it is dropped, and then checks that nothing forbidden was done.
pub(crate) struct Discord {
    shared: Arc<Shared>,
    /// Where the interface is, without the path.
    pub(crate) base: String,
    n_heard: Mutex<usize>,
    _runtime: Runtime,
}

/// The world, and how to learn that it has changed.
struct Shared {
    world: Mutex<ServerState>,
    changed: Condvar,
}

impl Shared {
    fn world(&self) -> MutexGuard<'_, ServerState> {
        // What one test does wrong is to be read in its own panic.
        self.world.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn look<T>(&self, look: impl FnOnce(&ServerState) -> T) -> T {
        look(&self.world())
    }

    fn change<T>(&self, change: impl FnOnce(&mut ServerState) -> T) -> T {
        let changed = change(&mut self.world());
        self.changed.notify_all();
        changed
    }

    /// Waits until `look` finds something, for at most `patience`.
    fn wait<T>(
        &self,
        patience: Duration,
        mut look: impl FnMut(&mut ServerState) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + patience;
        let mut world = self.world();
        loop {
            if let Some(found) = look(&mut world) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            let waited = self.changed.wait_timeout(world, left);
            world = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Discord {
    /// Starts one with nobody in it but the bot.
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.expect("a free port") };
        let (api, gateway) = runtime.block_on(async { (listen().await, listen().await) });
        let address = |it: &TcpListener| it.local_addr().expect("it listens");
        let base = format!("http://{}", address(&api));
        let world = ServerState::new(format!("ws://{}", address(&gateway)));
        let shared = Arc::new(Shared { world: Mutex::new(world), changed: Condvar::new() });
        runtime.spawn(api::serve(api, Arc::clone(&shared)));
        runtime.spawn(gateway::serve(gateway, Arc::clone(&shared)));
        Self { shared, base, n_heard: Mutex::new(0), _runtime: runtime }
    }

    /// What `quoth run` needs to connect to it.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        [
            ("QUOTH_DISCORD__TOKEN", TOKEN),
            ("QUOTH_DISCORD__API_BASE", self.base.as_str()),
            ("QUOTH_DISCORD__RATE_LIMITER", "false"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Waits until so many sessions are connected.
    pub(crate) fn waits_for_sessions(&self, n_sessions: usize) {
        let found = self.shared.wait(MAX_WAIT, |world| {
            let n_live = world.sessions.iter().filter(|session| session.line.is_some()).count();
            (n_live == n_sessions).then_some(())
        });
        assert!(found.is_some(), "{n_sessions} sessions are wanted: {}", self.told());
    }

    /// Waits until so many sessions were started.
    pub(crate) fn waits_for_identifies(&self, n_identifies: usize) {
        let found =
            self.shared.wait(MAX_WAIT, |world| (world.n_identifies >= n_identifies).then_some(()));
        assert!(found.is_some(), "the bot does not connect: {}", self.told());
    }

    /// Waits until sessions were resumed so often.
    pub(crate) fn waits_for_resumes(&self, n_resumes: usize) {
        let found =
            self.shared.wait(MAX_WAIT, |world| (world.n_resumes >= n_resumes).then_some(()));
        assert!(found.is_some(), "{n_resumes} resumptions are wanted: {}", self.told());
    }

    /// Waits until so many connections were made.
    pub(crate) fn waits_for_connections(&self, n_connections: u64) {
        let found = self
            .shared
            .wait(MAX_WAIT, |world| (world.n_connections >= n_connections).then_some(()));
        assert!(found.is_some(), "{n_connections} connections are wanted: {}", self.told());
    }

    /// How many connections were made.
    pub(crate) fn n_connections(&self) -> u64 {
        self.shared.look(|world| world.n_connections)
    }

    /// Waits until the bot has commands.
    pub(crate) fn waits_for_commands(&self) {
        let found = self.shared.wait(MAX_WAIT, |world| (!world.commands.is_empty()).then_some(()));
        assert!(found.is_some(), "there are no commands: {}", self.told());
    }

    /// The next thing that people get to see of the bot.
    pub(crate) fn next(&self) -> ObservedChange {
        let mut n_heard = self.n_heard.lock().unwrap();
        let seen = self.shared.wait(MAX_WAIT, |world| world.seen.get(*n_heard).cloned());
        *n_heard += 1;
        seen.unwrap_or_else(|| panic!("nothing is to be seen: {}", self.told()))
    }

    /// The next thing is a new message.
    pub(crate) fn next_sent(&self) -> ObservedMessage {
        match self.next() {
            ObservedChange::Sent(shown) => shown,
            other => panic!("no new message: {other:?}"),
        }
    }

    /// Nothing is to be seen within a moment.
    pub(crate) fn shows_nothing(&self) {
        let n_heard = *self.n_heard.lock().unwrap();
        let seen =
            self.shared.wait(Duration::from_millis(700), |world| world.seen.get(n_heard).cloned());
        assert!(seen.is_none(), "{seen:?}");
    }

    /// The bot's messages in `place`, as they stand.
    pub(crate) fn shown(&self, place: Place) -> Vec<ObservedMessage> {
        self.shared.look(|world| {
            let of_bot = world.messages.values().filter(|it| it.author == world.bot);
            let there = of_bot.filter(|it| it.channel == place.0 && !it.is_gone && !it.is_loading);
            there.map(ObservedMessage::new).collect()
        })
    }

    /// The requests at `route` so far.
    pub(crate) fn calls(&self, route: &str) -> Vec<Call> {
        self.shared
            .look(|world| world.calls.iter().filter(|call| call.route == route).cloned().collect())
    }

    /// How many requests there were at `route`.
    #[allow(dead_code, reason = "benches/discord.rs counts them")]
    pub(crate) fn n_calls(&self, route: &str) -> usize {
        self.shared.look(|world| world.calls.iter().filter(|call| call.route == route).count())
    }

    /// Waits until there were so many requests at `route`.
    pub(crate) fn waits_for_calls(&self, route: &str, n_calls: usize) -> Vec<Call> {
        let enough = self.shared.wait(MAX_WAIT, |world| {
            let found = world.calls.iter().filter(|call| call.route == route);
            (found.count() >= n_calls).then_some(())
        });
        assert!(enough.is_some(), "{n_calls} at {route} are wanted: {}", self.told());
        self.calls(route)
    }

    /// What was forbidden so far; it is forgiven.
    pub(crate) fn forgives(&self) -> Vec<String> {
        self.shared.change(|world| std::mem::take(&mut world.violations))
    }

    /// What has happened, to be read when a test fails.
    fn told(&self) -> String {
        self.shared.look(|world| {
            let last = world.calls.iter().rev().take(12).rev();
            let calls: Vec<String> =
                last.map(|call| format!("{} {} {}", call.status, call.route, call.body)).collect();
            format!(
                "{} connections, {} IDENTIFYs, {} RESUMEs; violations {:?}; the last requests:\n{}",
                world.n_connections,
                world.n_identifies,
                world.n_resumes,
                world.violations,
                calls.join("\n")
            )
        })
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        let violations = self.forgives();
        if !std::thread::panicking() {
            assert!(violations.is_empty(), "{violations:#?}");
        }
    }
}
