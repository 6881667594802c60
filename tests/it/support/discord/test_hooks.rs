//! What a test can set, and what it can let go wrong.

use std::time::Duration;

use serde_json::{Value, json};

use super::Discord;
use super::fault_injection::{InjectedFault, ScheduledFault};
use super::session::Frame;

impl Discord {
    /// Spoils the next `n` requests at `route`.
    pub(crate) fn spoils(&self, route: &str, n: usize, mischief: InjectedFault) {
        let prank = ScheduledFault { route: route.to_owned(), mischief, n_left: n };
        self.shared.change(|world| world.pranks.push(prank));
    }

    /// Lets `span` pass at once, for the life of tokens and nonces.
    pub(crate) fn passes(&self, span: Duration) {
        self.shared.change(|world| world.clock.pass(span));
    }

    /// The Developer Portal's switch for the content of messages is off.
    pub(crate) fn forbids_content(&self) {
        self.shared.change(|world| world.switches.allows_content = false);
    }

    /// Without the intent for content, nothing is shown but what the documentation says: no message
    /// that names the bot's role, and none that one to the bot replies to.
    pub(crate) fn keeps_to_the_letter(&self) {
        self.shared.change(|world| world.switches.is_generous = false);
    }

    /// Recommends so many shards.
    pub(crate) fn recommends_shards(&self, n_shards: u64) {
        self.shared.change(|world| world.switches.n_shards = n_shards);
    }

    /// Takes no two sessions within five seconds.
    pub(crate) fn limits_identifies(&self) {
        self.shared.change(|world| world.switches.limits_identifies = true);
    }

    /// The time between two heartbeats, for connections from now on.
    pub(crate) fn beats_every(&self, interval: Duration) {
        self.shared.change(|world| world.switches.heartbeat = interval);
    }

    /// Heartbeats are acknowledged, or not.
    pub(crate) fn acknowledges(&self, does: bool) {
        self.shared.change(|world| world.switches.acknowledges = does);
    }

    /// Whoever closes a connection waits for the closing frame for ever.
    pub(crate) fn never_closes(&self) {
        self.shared.change(|world| world.switches.closes = false);
    }

    /// Closes every new session with `code`; `None`: no more.
    pub(crate) fn refuses_with(&self, code: Option<u16>) {
        self.shared.change(|world| world.switches.refuses_with = code);
    }

    /// Closes all connections: with a code, or by cutting the line. Sessions stay.
    pub(crate) fn hangs_up(&self, code: Option<u16>) {
        self.shared.change(|world| {
            for session in &mut world.sessions {
                session.send(Frame::Close(code));
                session.line = None;
            }
        });
    }

    /// Forgets all sessions, so that none can be resumed.
    pub(crate) fn forgets_sessions(&self) {
        self.shared.change(|world| world.sessions.clear());
    }

    /// Asks all to connect anew and resume (op 7).
    pub(crate) fn asks_to_reconnect(&self) {
        self.send_all(&json!({ "op": 7, "d": null, "s": null, "t": null }).to_string());
    }

    /// Tells all that their session is invalid (op 9).
    pub(crate) fn invalidates(&self, is_resumable: bool) {
        self.send_all(&json!({ "op": 9, "d": is_resumable, "s": null, "t": null }).to_string());
        if !is_resumable {
            self.forgets_sessions();
        }
    }

    /// Sends all a frame as it is.
    pub(crate) fn sends_frame(&self, text: &str) {
        self.send_all(text);
    }

    fn send_all(&self, text: &str) {
        self.shared.change(|world| {
            for session in &world.sessions {
                session.send(Frame::Text(text.to_owned()));
            }
        });
    }

    /// Holds back what the gateway tells from now on.
    pub(crate) fn holds(&self) {
        self.shared.change(super::ServerState::hold);
    }

    /// Tells it, the last first if it is to come out of order.
    pub(crate) fn releases(&self, is_reversed: bool) {
        self.shared.change(|world| {
            world.release(|held| {
                if is_reversed {
                    held.reverse();
                }
            });
        });
    }

    /// How often a bot has identified, resumed, and written its commands.
    pub(crate) fn counts(&self) -> (usize, usize, usize) {
        self.shared.look(|world| (world.n_identifies, world.n_resumes, world.n_command_writes))
    }

    /// A command as the bot has registered it.
    pub(crate) fn command(&self, name: &str) -> Value {
        self.shared.look(|world| {
            let found = world.commands.iter().find(|command| command["name"] == name);
            found.unwrap_or_else(|| panic!("there is no command {name}")).clone()
        })
    }

    /// The ids of the sessions, in the order in which they were started.
    pub(crate) fn sessions(&self) -> Vec<String> {
        self.shared.look(|world| world.sessions.iter().map(|it| it.id.clone()).collect())
    }

    /// Where the gateway is.
    pub(crate) fn gateway(&self) -> String {
        self.shared.look(|world| world.gateway_url.clone())
    }

    /// The shards of the sessions, in order.
    pub(crate) fn shards(&self) -> Vec<(u64, u64)> {
        self.shared.look(|world| {
            let mut shards: Vec<_> = world.sessions.iter().map(|session| session.shard).collect();
            shards.sort_unstable();
            shards
        })
    }

    /// The intents of the first session.
    pub(crate) fn intents(&self) -> Option<u64> {
        self.shared.look(|world| world.sessions.first().map(|session| session.intents))
    }
}
