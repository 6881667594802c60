//! What tests can set, inject and read.

use std::time::Duration;

use serde_json::{Value, json};

use super::Discord;
use super::fault_injection::{ConnectionFault, InjectedFault, ScheduledFault};
use super::session::Frame;

impl Discord {
    /// Injects a fault into the next `n` requests to `route`.
    pub(crate) fn inject_fault(&self, route: &str, n: usize, fault: InjectedFault) {
        let fault = ScheduledFault { route: route.to_owned(), fault, n_left: n };
        self.shared.update(|state| state.scheduled_faults.push(fault));
    }

    /// Injects no more faults into requests.
    pub(crate) fn clear_faults(&self) {
        self.shared.update(|state| state.scheduled_faults.clear());
    }

    /// Advances the clock, for the expiry of tokens and nonces.
    pub(crate) fn advance_clock(&self, duration: Duration) {
        self.shared.update(|state| state.clock.advance(duration));
    }

    /// Disables the Message Content Intent in the Developer Portal.
    pub(crate) fn disallow_message_content(&self) {
        self.shared.update(|state| state.options.allows_content = false);
    }

    /// Sends only the content that is documented to be sent without the Message Content Intent: not
    /// of messages that mention the bot's role, nor of those to which a message to the bot replies.
    pub(crate) fn withhold_undocumented_content(&self) {
        self.shared.update(|state| state.options.reveals_undocumented_content = false);
    }

    /// Sets an interactions endpoint in the Developer Portal.
    pub(crate) fn set_interactions_endpoint(&self, url: &str) {
        self.shared.update(|state| state.options.interactions_endpoint = Some(url.to_owned()));
    }

    /// Sets the address of the gateway that the API returns.
    pub(crate) fn set_gateway_url(&self, url: &str) {
        self.shared.update(|state| state.gateway_url = url.to_owned());
    }

    /// Makes `n` of the session starts of the day used up.
    pub(crate) fn use_session_starts(&self, n: usize) {
        self.shared.update(|state| state.n_identifies = n);
    }

    /// Registers this command alone.
    pub(crate) fn set_command(&self, command: Value) {
        self.shared.update(|state| state.commands = vec![command]);
    }

    /// Sets the number of recommended shards.
    pub(crate) fn recommend_shards(&self, n_shards: u64) {
        self.shared.update(|state| state.options.n_shards = n_shards);
    }

    /// Makes two IDENTIFYs within 5 s a violation.
    pub(crate) fn limit_identifies(&self) {
        self.shared.update(|state| state.options.limits_identifies = true);
    }

    /// Limits the requests of each bucket, which a route and a channel make, to `n` within `window`.
    pub(crate) fn limit_requests(&self, n: u32, window: Duration) {
        self.shared.update(|state| state.options.request_limit = Some((n, window)));
    }

    /// Sets the heartbeat interval of new connections.
    pub(crate) fn set_heartbeat_interval(&self, interval: Duration) {
        self.shared.update(|state| state.options.heartbeat_interval = interval);
    }

    /// Sets whether heartbeats are acknowledged.
    pub(crate) fn set_heartbeat_acks(&self, does: bool) {
        self.shared.update(|state| state.options.sends_heartbeat_acks = does);
    }

    /// Never confirms a close frame of the bot.
    pub(crate) fn never_send_close_frames(&self) {
        self.shared.update(|state| state.options.sends_close_frames = false);
    }

    /// Closes every new session with `code`; `None`: accepts them.
    pub(crate) fn reject_sessions_with(&self, code: Option<u16>) {
        self.shared.update(|state| state.options.reject_code = code);
    }

    /// Injects a fault into every new connection; `None`: into no more.
    pub(crate) fn set_connection_fault(&self, fault: Option<ConnectionFault>) {
        self.shared.update(|state| state.options.connection_fault = fault);
    }

    /// The times between successive connections, from the one with the number `first`.
    pub(crate) fn connection_gaps(&self, first: u64) -> Vec<Duration> {
        let first = usize::try_from(first).unwrap().saturating_sub(1);
        self.shared.read(|state| {
            let times = &state.connected_at[first..];
            times.windows(2).map(|pair| pair[1] - pair[0]).collect()
        })
    }

    /// Closes all connections, with a code or without a close frame. Sessions stay.
    pub(crate) fn close_connections(&self, code: Option<u16>) {
        self.shared.update(|state| {
            for session in &mut state.sessions {
                session.send(Frame::Close(code));
                session.connection = None;
            }
        });
    }

    /// Drops all sessions, so that none can be resumed.
    pub(crate) fn drop_sessions(&self) {
        self.shared.update(|state| state.sessions.clear());
    }

    /// Requests all sessions to reconnect and resume (op 7).
    pub(crate) fn request_reconnect(&self) {
        self.send_all(&json!({ "op": 7, "d": null, "s": null, "t": null }).to_string());
    }

    /// Invalidates all sessions (op 9).
    pub(crate) fn invalidate_sessions(&self, is_resumable: bool) {
        self.send_all(&json!({ "op": 9, "d": is_resumable, "s": null, "t": null }).to_string());
        if !is_resumable {
            self.drop_sessions();
        }
    }

    /// Sends a text frame to all sessions, unchanged.
    pub(crate) fn send_frame(&self, text: &str) {
        self.send_all(text);
    }

    fn send_all(&self, text: &str) {
        self.shared.update(|state| {
            for session in &state.sessions {
                session.send(Frame::Text(text.to_owned()));
            }
        });
    }

    /// Holds gateway events from now on.
    pub(crate) fn hold_events(&self) {
        self.shared.update(super::ServerState::hold_events);
    }

    /// Sends the held events, optionally in reverse order.
    pub(crate) fn release_events(&self, is_reversed: bool) {
        self.shared.update(|state| {
            state.release_events(|held| {
                if is_reversed {
                    held.reverse();
                }
            });
        });
    }

    /// Drops the held events, as if they were from before the session.
    pub(crate) fn discard_events(&self) {
        self.shared.update(|state| state.release_events(Vec::clear));
    }

    /// The numbers of IDENTIFYs, RESUMEs and command writes.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        self.shared.read(|state| (state.n_identifies, state.n_resumes, state.n_command_writes))
    }

    /// The registered command of this name.
    pub(crate) fn command(&self, name: &str) -> Value {
        self.shared.read(|state| {
            let found = state.commands.iter().find(|command| command["name"] == name);
            found.unwrap_or_else(|| panic!("no command {name}")).clone()
        })
    }

    /// The ids of the sessions, oldest first.
    pub(crate) fn session_ids(&self) -> Vec<String> {
        self.shared.read(|state| state.sessions.iter().map(|it| it.id.clone()).collect())
    }

    /// The address of the gateway.
    pub(crate) fn gateway_url(&self) -> String {
        self.shared.read(|state| state.gateway_url.clone())
    }

    /// The shards of the sessions, sorted.
    pub(crate) fn shards(&self) -> Vec<(u64, u64)> {
        self.shared.read(|state| {
            let mut shards: Vec<_> = state.sessions.iter().map(|session| session.shard).collect();
            shards.sort_unstable();
            shards
        })
    }

    /// The intents of the first session.
    pub(crate) fn intents(&self) -> Option<u64> {
        self.shared.read(|state| state.sessions.first().map(|session| session.intents))
    }
}
