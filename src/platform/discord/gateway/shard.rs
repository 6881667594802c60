//! One shard: connects, keeps its session over connections, and sends heartbeats.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serenity::model::gateway::Ready;
use tokio::time::{Instant, sleep, sleep_until, timeout, timeout_at};
use tokio_util::sync::CancellationToken;

use super::close_code::{AfterClose, after_close};
use super::connection::{Connection, Inbound};
use super::event::GatewayEvent;
use super::event_queue::EventQueue;
use super::heartbeat::{Heartbeat, jitter};
use super::identify_limit::IdentifyPermit;
use super::packet::{self, Packet};
use super::reconnect::ReconnectDelays;
use super::shard_status::ShardStatuses;
use super::{Connector, PlatformError};

/// Time limit for opening a connection and for HELLO.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(20);

/// Time limit for the start of a session, without any event.
const SESSION_TIMEOUT: Duration = Duration::from_secs(30);

/// Time limit for the confirmation of a close frame.
const CLOSE_TIMEOUT: Duration = Duration::from_millis(700);

/// Ends the session: the bot is offline at once.
const CLOSE_NORMAL: u16 = 1000;

/// Keeps the session, so that it can be resumed.
const CLOSE_TO_RESUME: u16 = 4000;

/// Wait before a new session after an invalidated one: Discord asks for one to five seconds.
const INVALID_SESSION_WAIT: Duration = Duration::from_secs(1);

/// Failed attempts after which a session is resumed at the address for new sessions.
const MAX_FAILED_RESUMES: usize = 2;

/// A shard, with the session that it can resume.
pub(super) struct Shard {
    /// Its number, from 0.
    id: u32,
    connector: Arc<Connector>,
    events: Arc<EventQueue>,
    statuses: Arc<ShardStatuses>,
    session: Option<Session>,
}

/// A session, which can be resumed over another connection.
struct Session {
    id: String,
    resume_url: String,
    /// The number of the last event.
    seq: u64,
    n_failed_resumes: usize,
}

/// Why a connection ended.
enum ConnectionEnd {
    Lost(Reason),
    Stopped,
    Fatal(PlatformError),
}

/// Why a connection was lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reason {
    CannotConnect,
    NoHello,
    NoSession,
    NoHeartbeatAck,
    Closed(Option<u16>),
    ReconnectRequested,
    InvalidSession,
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::CannotConnect => f.write_str("the gateway cannot be reached"),
            Self::NoHello => f.write_str("the gateway does not respond"),
            Self::NoSession => f.write_str("the session does not start"),
            Self::NoHeartbeatAck => f.write_str("missed a heartbeat ACK"),
            Self::Closed(Some(code)) => write!(f, "closed with code {code}"),
            Self::Closed(None) => f.write_str("closed without a code"),
            Self::ReconnectRequested => f.write_str("Discord requested to reconnect"),
            Self::InvalidSession => f.write_str("the session was invalidated"),
        }
    }
}

/// The state of one connection.
struct Exchange {
    connection: Connection,
    heartbeat: Heartbeat,
    /// When the session was started or resumed.
    established_at: Option<Instant>,
    /// When a session has to be established.
    deadline: Instant,
    /// For a new session, until it is established.
    identify_permit: Option<IdentifyPermit>,
}

impl Shard {
    pub(super) fn new(
        id: u32,
        connector: Arc<Connector>,
        events: Arc<EventQueue>,
        statuses: Arc<ShardStatuses>,
    ) -> Self {
        Self { id, connector, events, statuses, session: None }
    }

    /// Connects again and again until `stop` is cancelled.
    ///
    /// # Errors
    /// [`PlatformError`] if Discord rejects the bot.
    pub(super) async fn run(mut self, stop: &CancellationToken) -> Result<(), PlatformError> {
        let mut delays = ReconnectDelays::new();
        let mut lost_at: Option<Instant> = None;
        loop {
            let resumes = self.session.is_some();
            let (end, established_at) = self.connect_once(lost_at, stop).await;
            self.statuses.mark_disconnected(self.id);
            let reason = match end {
                ConnectionEnd::Lost(reason) => reason,
                ConnectionEnd::Stopped => return Ok(()),
                ConnectionEnd::Fatal(error) => return Err(error),
            };
            if established_at.is_some() || lost_at.is_none() {
                lost_at = Some(Instant::now());
            }
            let is_forgotten = resumes && self.session.is_none() && established_at.is_none();
            let mut delay = match reason {
                Reason::InvalidSession if is_forgotten => delays.next_after_forgotten_session(),
                _ => delays.next(established_at.map(|at| at.elapsed())),
            };
            if reason == Reason::InvalidSession {
                delay = delay.max(INVALID_SESSION_WAIT + jitter(INVALID_SESSION_WAIT * 4));
            }
            self.log_lost(reason, delay);
            tokio::select! {
                () = sleep(delay) => {}
                () = stop.cancelled() => return Ok(()),
            }
        }
    }

    /// A lost connection that is replaced at once is normal.
    fn log_lost(&self, reason: Reason, delay: Duration) {
        let shard = self.id;
        if delay.is_zero() {
            tracing::info!(shard, "Discord shard {shard} reconnects: {reason}");
        } else {
            tracing::warn!(
                shard,
                "Discord shard {shard} is not connected: {reason}; next attempt in {delay:.1?}"
            );
        }
    }

    /// Connects, and serves the connection until it ends. Also returns when its session was
    /// established.
    async fn connect_once(
        &mut self,
        lost_at: Option<Instant>,
        stop: &CancellationToken,
    ) -> (ConnectionEnd, Option<Instant>) {
        let opened = tokio::select! {
            opened = self.open() => opened,
            () = stop.cancelled() => return (ConnectionEnd::Stopped, None),
        };
        let mut exchange = match opened {
            Ok(exchange) => exchange,
            Err(reason) => return (ConnectionEnd::Lost(reason), None),
        };
        let end = loop {
            let step = self.exchange_once(&mut exchange, lost_at, stop).await;
            if let Some(end) = step {
                break end;
            }
        };
        let close_code = match &end {
            ConnectionEnd::Stopped => Some(CLOSE_NORMAL),
            ConnectionEnd::Lost(Reason::Closed(_)) | ConnectionEnd::Fatal(_) => None,
            ConnectionEnd::Lost(_) => Some(CLOSE_TO_RESUME),
        };
        if let Some(code) = close_code {
            // Discord may never confirm it.
            drop(timeout(CLOSE_TIMEOUT, exchange.connection.close(code)).await);
        }
        (end, exchange.established_at)
    }

    /// Opens a connection and requests a session.
    async fn open(&mut self) -> Result<Exchange, Reason> {
        // No other shard may start a session before this one has requested it.
        let mut identify_permit = match self.session {
            Some(_) => None,
            None => Some(self.connector.identify_limit.acquire().await),
        };
        let url = match &mut self.session {
            Some(session) if session.n_failed_resumes < MAX_FAILED_RESUMES => {
                session.n_failed_resumes += 1;
                &session.resume_url
            }
            _ => &self.connector.url,
        };
        let deadline = Instant::now() + CONNECT_TIMEOUT;
        let opened = timeout_at(deadline, Connection::open(url)).await;
        let mut connection = opened.ok().flatten().ok_or(Reason::CannotConnect)?;
        let interval = timeout_at(deadline, wait_for_hello(&mut connection)).await;
        let interval = interval.unwrap_or(Err(Reason::NoHello))?;
        let Connector { token, intents, n_total, .. } = &*self.connector;
        let request = match &self.session {
            Some(session) => packet::resume(token, &session.id, session.seq),
            None => packet::identify(token, *intents, (self.id, *n_total)),
        };
        if !connection.send(&request).await {
            return Err(Reason::Closed(None));
        }
        if let Some(permit) = &mut identify_permit {
            permit.mark_sent();
        }
        let deadline = Instant::now() + SESSION_TIMEOUT;
        let heartbeat = Heartbeat::new(interval);
        Ok(Exchange { connection, heartbeat, established_at: None, deadline, identify_permit })
    }

    /// Waits for the next packet or timer and handles it. Returns the end of the connection.
    async fn exchange_once(
        &mut self,
        exchange: &mut Exchange,
        lost_at: Option<Instant>,
        stop: &CancellationToken,
    ) -> Option<ConnectionEnd> {
        tokio::select! {
            received = exchange.connection.receive() => match received {
                Inbound::Packet(packet) => self.handle(packet, exchange, lost_at).await,
                Inbound::Nothing => None,
                Inbound::Closed(code) => Some(self.on_close(code)),
            },
            () = sleep_until(exchange.heartbeat.next_at) => {
                if !exchange.heartbeat.is_acknowledged {
                    return Some(ConnectionEnd::Lost(Reason::NoHeartbeatAck));
                }
                self.send_heartbeat(exchange).await
            }
            () = sleep_until(exchange.deadline), if exchange.established_at.is_none() => {
                Some(ConnectionEnd::Lost(Reason::NoSession))
            }
            () = stop.cancelled() => Some(ConnectionEnd::Stopped),
        }
    }

    async fn send_heartbeat(&self, exchange: &mut Exchange) -> Option<ConnectionEnd> {
        let seq = self.session.as_ref().map(|session| session.seq);
        exchange.heartbeat.mark_sent();
        let is_sent = exchange.connection.send(&packet::heartbeat(seq)).await;
        (!is_sent).then_some(ConnectionEnd::Lost(Reason::Closed(None)))
    }

    fn on_close(&mut self, code: Option<u16>) -> ConnectionEnd {
        match after_close(code) {
            AfterClose::Resume => {}
            AfterClose::NewSession => self.session = None,
            AfterClose::Fail(error) => return ConnectionEnd::Fatal(error),
        }
        ConnectionEnd::Lost(Reason::Closed(code))
    }

    async fn handle(
        &mut self,
        packet: Packet,
        exchange: &mut Exchange,
        lost_at: Option<Instant>,
    ) -> Option<ConnectionEnd> {
        if exchange.established_at.is_some() {
            self.statuses.mark_alive(self.id);
        }
        match packet {
            Packet::Dispatch { seq, name, data } => {
                let was_established = exchange.established_at.is_some();
                exchange.deadline = Instant::now() + SESSION_TIMEOUT;
                self.on_dispatch(seq, &name, data, exchange);
                if !was_established && exchange.established_at.is_some() {
                    self.on_established(lost_at);
                }
            }
            Packet::HeartbeatRequest => return self.send_heartbeat(exchange).await,
            Packet::HeartbeatAck => exchange.heartbeat.is_acknowledged = true,
            Packet::Reconnect => return Some(ConnectionEnd::Lost(Reason::ReconnectRequested)),
            Packet::InvalidSession { is_resumable } => {
                if is_resumable {
                    return Some(ConnectionEnd::Lost(Reason::ReconnectRequested));
                }
                self.session = None;
                return Some(ConnectionEnd::Lost(Reason::InvalidSession));
            }
            Packet::Hello { .. } => {}
        }
        None
    }

    fn on_dispatch(
        &mut self,
        seq: u64,
        name: &str,
        data: serde_json::Value,
        exchange: &mut Exchange,
    ) {
        if let Some(session) = &mut self.session {
            session.seq = session.seq.max(seq);
        }
        match name {
            "READY" => {
                let Ok(ready) = serde_json::from_value::<Ready>(data) else { return };
                self.session = Some(Session {
                    id: ready.session_id.clone(),
                    resume_url: ready.resume_gateway_url.clone(),
                    seq,
                    n_failed_resumes: 0,
                });
                exchange.established_at = Some(Instant::now());
                exchange.identify_permit = None;
                self.events.push(GatewayEvent::Ready(Box::new(ready)));
            }
            "RESUMED" => exchange.established_at = Some(Instant::now()),
            _ => {
                if let Some(event) = GatewayEvent::parse(name, data) {
                    self.events.push(event);
                }
            }
        }
    }

    fn on_established(&mut self, lost_at: Option<Instant>) {
        if let Some(session) = &mut self.session {
            session.n_failed_resumes = 0;
        }
        self.statuses.mark_alive(self.id);
        let shard = self.id;
        match lost_at {
            Some(lost_at) => {
                let outage = lost_at.elapsed();
                tracing::info!(
                    shard,
                    "Discord shard {shard} is connected again after {outage:.1?}"
                );
            }
            None => tracing::info!(shard, "Discord shard {shard} is connected"),
        }
    }
}

/// Waits for HELLO, the first packet. Returns the heartbeat interval.
async fn wait_for_hello(connection: &mut Connection) -> Result<Duration, Reason> {
    loop {
        match connection.receive().await {
            Inbound::Packet(Packet::Hello { heartbeat_interval }) => {
                return Ok(heartbeat_interval);
            }
            Inbound::Packet(_) | Inbound::Nothing => {}
            Inbound::Closed(code) => return Err(Reason::Closed(code)),
        }
    }
}
