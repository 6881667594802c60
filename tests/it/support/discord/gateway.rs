//! The gateway server: connections, heartbeats and close codes.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Packet;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::ServerShared;
use super::fault_injection::ConnectionFault;
use super::handshake::{identify, resume};
use super::session::{Frame, Session};
use super::state::ServerState;

const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const PRESENCE: u64 = 3;
const RESUME: u64 = 6;

/// Limit of packets that a bot may send per connection. Discord's limit is per minute.
const MAX_PACKETS: usize = 120;

/// A heartbeat is missed if it is later than the interval by more than this.
const GRACE: Duration = Duration::from_secs(2);

/// Serves connections as long as the runtime lives.
pub(super) async fn serve(listener: TcpListener, shared: Arc<ServerShared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        let (number, fault) = shared.update(|state| {
            state.n_connections += 1;
            state.connected_at.push(std::time::Instant::now());
            (state.n_connections, state.options.connection_fault)
        });
        tokio::spawn(async move {
            let Some(stream) = apply_upgrade_fault(stream, fault).await else { return };
            if let Some(socket) = accept_handshake(stream, &shared).await {
                let (frames, outbox) = unbounded_channel();
                let connection = Connection { shared, number, frames, n_packets: 0 };
                handle_connection(socket, outbox, connection, fault).await;
            }
        });
    }
}

/// Refuses the upgrade or never answers it, if `fault` demands that.
async fn apply_upgrade_fault(
    mut stream: TcpStream,
    fault: Option<ConnectionFault>,
) -> Option<TcpStream> {
    match fault {
        Some(ConnectionFault::RefusedUpgrade(status)) => {
            let response = format!("HTTP/1.1 {status} x\r\nContent-Length: 0\r\n\r\n");
            drop(stream.write_all(response.as_bytes()).await);
            None
        }
        Some(ConnectionFault::HangingUpgrade) => std::future::pending().await,
        _ => Some(stream),
    }
}

async fn accept_handshake(
    stream: TcpStream,
    shared: &ServerShared,
) -> Option<WebSocketStream<TcpStream>> {
    #[allow(clippy::result_large_err, reason = "tungstenite's type")]
    let check = |request: &Request, response: Response| {
        let query = request.uri().query().unwrap_or_default();
        if !query.split('&').any(|it| it == "v=10") || query.contains("encoding=etf") {
            shared.update(|state| {
                state.add_violation(format!("the gateway was opened with {query}"));
            });
        }
        Ok(response)
    };
    tokio_tungstenite::accept_hdr_async(stream, check).await.ok()
}

/// A connection of a bot.
struct Connection {
    shared: Arc<ServerShared>,
    number: u64,
    frames: UnboundedSender<Frame>,
    n_packets: usize,
}

async fn handle_connection(
    mut socket: WebSocketStream<TcpStream>,
    mut outbox: UnboundedReceiver<Frame>,
    mut connection: Connection,
    fault: Option<ConnectionFault>,
) {
    let end = match fault {
        Some(ConnectionFault::Closed(code)) => {
            code.map_or(ConnectionEnd::Cut, ConnectionEnd::ByServer)
        }
        _ => exchange(&mut socket, &mut outbox, &mut connection, fault).await,
    };
    connection.shared.update(|state| {
        for session in &mut state.sessions {
            session.connection.take_if(|(number, _)| *number == connection.number);
        }
    });
    match end {
        ConnectionEnd::Cut => return,
        ConnectionEnd::ByServer(code) => {
            let frame = CloseFrame { code: code.into(), reason: "".into() };
            drop(socket.close(Some(frame)).await);
        }
        // The bot waits for a close frame that never comes.
        ConnectionEnd::ByBot
            if connection.shared.read(|state| !state.options.sends_close_frames) =>
        {
            std::future::pending::<()>().await;
        }
        ConnectionEnd::ByBot => {}
    }
    while socket.next().await.is_some_and(|packet| packet.is_ok()) {}
}

/// How a connection ended.
enum ConnectionEnd {
    /// Without a close frame.
    Cut,
    /// Closed by the server with this code.
    ByServer(u16),
    /// Closed by the bot, which waits for the server's close frame.
    ByBot,
}

/// Sends frames and handles packets until the connection ends.
async fn exchange(
    socket: &mut WebSocketStream<TcpStream>,
    outbox: &mut UnboundedReceiver<Frame>,
    connection: &mut Connection,
    fault: Option<ConnectionFault>,
) -> ConnectionEnd {
    let interval = connection.shared.read(|state| state.options.heartbeat_interval);
    let interval_ms = u64::try_from(interval.as_millis()).unwrap();
    let hello =
        json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval_ms } });
    drop(socket.send(Packet::Text(hello.to_string())).await);
    if fault == Some(ConnectionFault::ClosedAfterHello) {
        return ConnectionEnd::Cut;
    }
    let mut last_heartbeat = Instant::now();
    loop {
        tokio::select! {
            frame = outbox.recv() => match frame {
                Some(Frame::Text(text)) => drop(socket.send(Packet::Text(text)).await),
                Some(Frame::Close(Some(code))) => return ConnectionEnd::ByServer(code),
                Some(Frame::Close(None)) | None => return ConnectionEnd::Cut,
            },
            packet = socket.next() => match packet {
                Some(Ok(Packet::Text(text))) => match connection.handle_packet(&text) {
                    Ok(was_heartbeat) if was_heartbeat => last_heartbeat = Instant::now(),
                    Ok(_) => {}
                    Err(code) => return ConnectionEnd::ByServer(code),
                },
                Some(Ok(Packet::Close(frame))) => {
                    connection.on_close(frame.map(|frame| u16::from(frame.code)));
                    return ConnectionEnd::ByBot;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return ConnectionEnd::Cut,
            },
            () = sleep_until(last_heartbeat + interval + GRACE) => return ConnectionEnd::ByServer(4009),
        }
    }
}

/// Checks that a heartbeat has a sequence number that was sent, or null.
fn check_heartbeat(state: &mut ServerState, received: &Value, number: u64) {
    let is_own = |session: &&Session| session.connection.as_ref().is_some_and(|it| it.0 == number);
    // Before RESUME, the number may be of the previous connection.
    let Some(seq) = state.sessions.iter().find(is_own).map(|session| session.seq) else { return };
    let is_valid = received.is_null() || received.as_u64().is_some_and(|received| received <= seq);
    if !is_valid {
        state.add_violation(format!("a heartbeat has {received} after {seq}"));
    }
}

impl Connection {
    /// Handles a packet of the bot. Returns whether it was a heartbeat, or a close code.
    fn handle_packet(&mut self, text: &str) -> Result<bool, u16> {
        self.n_packets += 1;
        if self.n_packets > MAX_PACKETS {
            return Err(4008);
        }
        let packet: Value = serde_json::from_str(text).map_err(|_| 4002_u16)?;
        let (number, connection) = (self.number, (self.number, self.frames.clone()));
        let is_in = |state: &ServerState| {
            state.sessions.iter().any(|it| it.connection.as_ref().is_some_and(|it| it.0 == number))
        };
        self.shared.update(|state| match packet["op"].as_u64() {
            Some(HEARTBEAT) => {
                check_heartbeat(state, &packet["d"], number);
                if state.options.sends_heartbeat_acks {
                    drop(self.frames.send(Frame::Text(json!({ "op": 11 }).to_string())));
                }
                Ok(true)
            }
            Some(IDENTIFY) if is_in(state) => Err(4005),
            Some(IDENTIFY) => identify(state, &packet["d"], connection).map(|()| false),
            Some(RESUME) if is_in(state) => Err(4005),
            Some(RESUME) => resume(state, &packet["d"], connection).map(|()| false),
            Some(PRESENCE) if is_in(state) => Ok(false),
            Some(PRESENCE) => Err(4003),
            _ => Err(4001),
        })
    }

    /// Handles a close frame of the bot. Codes 1000 and 1001 also end the session.
    fn on_close(&self, code: Option<u16>) {
        self.shared.update(|state| {
            let is_own = |session: &Session| {
                session.connection.as_ref().is_some_and(|(number, _)| *number == self.number)
            };
            if matches!(code, Some(1000 | 1001)) {
                state.sessions.retain(|session| !is_own(session));
            }
            for session in state.sessions.iter_mut().filter(|session| is_own(session)) {
                session.connection = None;
            }
        });
    }
}
