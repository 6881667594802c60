//! A strict fake Discord server: the gateway and the REST API, on loopback, in this process.
//!
//! It validates requests as Discord's documentation says that Discord does. Requests that it rejects,
//! and fields that Discord would ignore silently, are violations: a test that has any fails at its
//! end. Faults can be injected.

mod access;
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
mod guild;
mod handshake;
mod interaction;
mod mention;
mod message;
mod message_effects;
mod observed;
mod overwrite;
pub(crate) mod permission;
mod request_body;
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

pub(crate) use builders::{ChannelId, GuildId, UserId};
pub(crate) use fault_injection::{ConnectionFault, InjectedFault};
pub(crate) use message::Attached;
pub(crate) use observed::{Call, ObservedChange, ObservedMessage};
pub(crate) use overwrite::Subject;
use state::ServerState;
pub(crate) use state::TOKEN;
pub(crate) use user_messages::UserMessage;

use crate::service::MAX_WAIT;

/// A running fake server. When it is dropped, it panics if there were violations.
pub(crate) struct Discord {
    shared: Arc<ServerShared>,
    /// The address of the REST API, without the path.
    pub(crate) base: String,
    n_taken: Mutex<usize>,
    _runtime: Runtime,
}

/// The state of the server, with a signal for changes.
struct ServerShared {
    state: Mutex<ServerState>,
    changed: Condvar,
}

impl ServerShared {
    fn state(&self) -> MutexGuard<'_, ServerState> {
        // A poisoned lock is not an error here: the panic of the test is reported.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn read<T>(&self, read: impl FnOnce(&ServerState) -> T) -> T {
        read(&self.state())
    }

    fn update<T>(&self, update: impl FnOnce(&mut ServerState) -> T) -> T {
        let updated = update(&mut self.state());
        self.changed.notify_all();
        updated
    }

    /// Waits until `find` returns a value, for at most `timeout`.
    fn wait<T>(
        &self,
        timeout: Duration,
        mut find: impl FnMut(&mut ServerState) -> Option<T>,
    ) -> Option<T> {
        let end = Instant::now() + timeout;
        let mut state = self.state();
        loop {
            if let Some(found) = find(&mut state) {
                return Some(found);
            }
            let left = end.checked_duration_since(Instant::now())?;
            let waited = self.changed.wait_timeout(state, left);
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

impl Discord {
    /// Starts a server with no users but the bot.
    pub(crate) fn start() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .enable_all()
            .build()
            .expect("a runtime");
        let listen = || async { TcpListener::bind("127.0.0.1:0").await.expect("a free port") };
        let (api, gateway) = runtime.block_on(async { (listen().await, listen().await) });
        let address = |it: &TcpListener| it.local_addr().expect("a local address");
        let base = format!("http://{}", address(&api));
        let state = ServerState::new(format!("ws://{}", address(&gateway)));
        let shared = Arc::new(ServerShared { state: Mutex::new(state), changed: Condvar::new() });
        runtime.spawn(api::serve(api, Arc::clone(&shared)));
        runtime.spawn(gateway::serve(gateway, Arc::clone(&shared)));
        Self { shared, base, n_taken: Mutex::new(0), _runtime: runtime }
    }

    /// The settings with which `quoth run` connects to this server.
    pub(crate) fn settings(&self) -> Vec<(String, String)> {
        [
            ("QUOTH_DISCORD__TOKEN", TOKEN),
            ("QUOTH_DISCORD__API_BASE", self.base.as_str()),
            ("QUOTH_DISCORD__RATE_LIMITER", "false"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    /// Waits until exactly `n_sessions` are connected.
    pub(crate) fn wait_for_sessions(&self, n_sessions: usize) {
        let found = self.shared.wait(MAX_WAIT, |state| {
            let n_live =
                state.sessions.iter().filter(|session| session.connection.is_some()).count();
            (n_live == n_sessions).then_some(())
        });
        assert!(found.is_some(), "{n_sessions} sessions expected: {}", self.summary());
    }

    /// Waits until there were `n_identifies` IDENTIFYs.
    pub(crate) fn wait_for_identifies(&self, n_identifies: usize) {
        let found =
            self.shared.wait(MAX_WAIT, |state| (state.n_identifies >= n_identifies).then_some(()));
        assert!(found.is_some(), "the bot does not connect: {}", self.summary());
    }

    /// Waits until there were `n_resumes` RESUMEs.
    pub(crate) fn wait_for_resumes(&self, n_resumes: usize) {
        let found =
            self.shared.wait(MAX_WAIT, |state| (state.n_resumes >= n_resumes).then_some(()));
        assert!(found.is_some(), "{n_resumes} resumes expected: {}", self.summary());
    }

    /// Waits until there were `n_connections` gateway connections.
    pub(crate) fn wait_for_connections(&self, n_connections: u64) {
        let found = self
            .shared
            .wait(MAX_WAIT, |state| (state.n_connections >= n_connections).then_some(()));
        assert!(found.is_some(), "{n_connections} connections expected: {}", self.summary());
    }

    /// The number of gateway connections so far.
    pub(crate) fn n_connections(&self) -> u64 {
        self.shared.read(|state| state.n_connections)
    }

    /// Waits until the bot has registered its commands.
    pub(crate) fn wait_for_commands(&self) {
        let found = self.shared.wait(MAX_WAIT, |state| (!state.commands.is_empty()).then_some(()));
        assert!(found.is_some(), "no commands were registered: {}", self.summary());
    }

    /// Waits for the next change of the bot's messages.
    pub(crate) fn next_change(&self) -> ObservedChange {
        let mut n_taken = self.n_taken.lock().unwrap();
        let change = self.shared.wait(MAX_WAIT, |state| state.changes.get(*n_taken).cloned());
        *n_taken += 1;
        change.unwrap_or_else(|| panic!("no change: {}", self.summary()))
    }

    /// Waits for the next change, which has to be an edit.
    pub(crate) fn next_edit(&self) -> ObservedMessage {
        match self.next_change() {
            ObservedChange::Edited(message) => message,
            other => panic!("an edit is expected, not {other:?}"),
        }
    }

    /// Waits for the next change, which must be a new message.
    pub(crate) fn next_message(&self) -> ObservedMessage {
        match self.next_change() {
            ObservedChange::Sent(shown) => shown,
            other => panic!("not a new message: {other:?}"),
        }
    }

    /// Asserts that there is no change for 0.7 s.
    pub(crate) fn assert_no_changes(&self) {
        let n_taken = *self.n_taken.lock().unwrap();
        let change = self
            .shared
            .wait(Duration::from_millis(700), |state| state.changes.get(n_taken).cloned());
        assert!(change.is_none(), "{change:?}");
    }

    /// The current messages of the bot in `channel`.
    pub(crate) fn messages_in(&self, channel: ChannelId) -> Vec<ObservedMessage> {
        self.shared.read(|state| {
            let of_bot = state.messages.values().filter(|it| it.author == state.bot);
            let there =
                of_bot.filter(|it| it.channel == channel.0 && !it.is_deleted && !it.is_loading);
            there.map(ObservedMessage::new).collect()
        })
    }

    /// The name and the content of the file that the bot has sent last.
    pub(crate) fn last_file(&self) -> Option<(String, String)> {
        self.shared.read(|state| state.calls.iter().rev().find_map(|call| call.file.clone()))
    }

    /// The requests to `route` so far.
    pub(crate) fn calls(&self, route: &str) -> Vec<Call> {
        self.shared
            .read(|state| state.calls.iter().filter(|call| call.route == route).cloned().collect())
    }

    /// The number of requests to `route` so far.
    #[allow(dead_code, reason = "benches/discord.rs counts them")]
    pub(crate) fn n_calls(&self, route: &str) -> usize {
        self.shared.read(|state| state.calls.iter().filter(|call| call.route == route).count())
    }

    /// Waits until there were `n_calls` requests to `route`.
    pub(crate) fn wait_for_calls(&self, route: &str, n_calls: usize) -> Vec<Call> {
        let enough = self.shared.wait(MAX_WAIT, |state| {
            let found = state.calls.iter().filter(|call| call.route == route);
            (found.count() >= n_calls).then_some(())
        });
        assert!(enough.is_some(), "{n_calls} requests to {route} expected: {}", self.summary());
        self.calls(route)
    }

    /// Returns and clears the violations so far.
    pub(crate) fn take_violations(&self) -> Vec<String> {
        self.shared.update(|state| std::mem::take(&mut state.violations))
    }

    /// What has happened so far, for the message of a failed test.
    fn summary(&self) -> String {
        self.shared.read(|state| {
            let last = state.calls.iter().rev().take(12).rev();
            let calls: Vec<String> =
                last.map(|call| format!("{} {} {}", call.status, call.route, call.body)).collect();
            format!(
                "{} connections, {} IDENTIFYs, {} RESUMEs; violations {:?}; the last requests:\n{}",
                state.n_connections,
                state.n_identifies,
                state.n_resumes,
                state.violations,
                calls.join("\n")
            )
        })
    }
}

impl Drop for Discord {
    fn drop(&mut self) {
        let violations = self.take_violations();
        if !std::thread::panicking() {
            assert!(violations.is_empty(), "{violations:#?}");
        }
    }
}
