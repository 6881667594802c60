//! The gateway: what a bot hears.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Packet;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Shared;
use super::handshake::{identify, resume};
use super::session::{Frame, Session};
use super::state::ServerState;

const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const PRESENCE: u64 = 3;
const RESUME: u64 = 6;

/// What a bot may send in a minute.
const MAX_PACKETS: usize = 120;

/// Later than this after the interval, a heartbeat is missed.
const GRACE: Duration = Duration::from_secs(2);

/// Serves connections as long as the runtime lives.
pub(super) async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            if let Some(socket) = shake_hands(stream, &shared).await {
                let (line, outbox) = unbounded_channel();
                let number = shared.change(|world| {
                    world.n_connections += 1;
                    world.n_connections
                });
                talk(socket, outbox, Connection { shared, number, line, n_packets: 0 }).await;
            }
        });
    }
}

async fn shake_hands(stream: TcpStream, shared: &Shared) -> Option<WebSocketStream<TcpStream>> {
    #[allow(clippy::result_large_err, reason = "tungstenite's type")]
    let check = |request: &Request, response: Response| {
        let query = request.uri().query().unwrap_or_default();
        if !query.split('&').any(|it| it == "v=10") || query.contains("encoding=etf") {
            shared.change(|world| world.violation(format!("the gateway was asked for {query}")));
        }
        Ok(response)
    };
    tokio_tungstenite::accept_hdr_async(stream, check).await.ok()
}

/// One bot on the line.
struct Connection {
    shared: Arc<Shared>,
    number: u64,
    line: UnboundedSender<Frame>,
    n_packets: usize,
}

async fn talk(
    mut socket: WebSocketStream<TcpStream>,
    mut outbox: UnboundedReceiver<Frame>,
    mut connection: Connection,
) {
    let ended = exchange(&mut socket, &mut outbox, &mut connection).await;
    connection.shared.change(|world| {
        for session in &mut world.sessions {
            session.line.take_if(|(number, _)| *number == connection.number);
        }
    });
    match ended {
        Ended::Cut => return,
        Ended::ByUs(code) => {
            let frame = CloseFrame { code: code.into(), reason: "".into() };
            drop(socket.close(Some(frame)).await);
        }
        // The other side waits for a frame that never comes.
        Ended::ByBot if connection.shared.look(|world| !world.switches.closes) => {
            std::future::pending::<()>().await;
        }
        Ended::ByBot => {}
    }
    while socket.next().await.is_some_and(|packet| packet.is_ok()) {}
}

/// How a connection ends.
enum Ended {
    /// The line is cut.
    Cut,
    /// With this code.
    ByUs(u16),
    /// The bot has said goodbye, and waits for the same.
    ByBot,
}

/// Tells what there is to tell, and takes what the bot sends, until the end.
async fn exchange(
    socket: &mut WebSocketStream<TcpStream>,
    outbox: &mut UnboundedReceiver<Frame>,
    connection: &mut Connection,
) -> Ended {
    let interval = connection.shared.look(|world| world.switches.heartbeat);
    let interval_ms = u64::try_from(interval.as_millis()).unwrap();
    let hello =
        json!({ "op": 10, "s": null, "t": null, "d": { "heartbeat_interval": interval_ms } });
    drop(socket.send(Packet::Text(hello.to_string())).await);
    let mut last_beat = Instant::now();
    loop {
        tokio::select! {
            frame = outbox.recv() => match frame {
                Some(Frame::Text(text)) => drop(socket.send(Packet::Text(text)).await),
                Some(Frame::Close(Some(code))) => return Ended::ByUs(code),
                Some(Frame::Close(None)) | None => return Ended::Cut,
            },
            packet = socket.next() => match packet {
                Some(Ok(Packet::Text(text))) => match connection.take(&text) {
                    Ok(was_beat) if was_beat => last_beat = Instant::now(),
                    Ok(_) => {}
                    Err(code) => return Ended::ByUs(code),
                },
                Some(Ok(Packet::Close(frame))) => {
                    connection.hang_up(frame.map(|frame| u16::from(frame.code)));
                    return Ended::ByBot;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return Ended::Cut,
            },
            () = sleep_until(last_beat + interval + GRACE) => return Ended::ByUs(4009),
        }
    }
}

/// A heartbeat has the number of the last thing that was heard, if something was.
fn check_beat(world: &mut ServerState, heard: &Value, number: u64) {
    let is_ours = |session: &&Session| session.line.as_ref().is_some_and(|it| it.0 == number);
    // Before a resumption it may come from the life before.
    let Some(seq) = world.sessions.iter().find(is_ours).map(|session| session.seq) else { return };
    let is_sound = heard.is_null() || heard.as_u64().is_some_and(|heard| heard <= seq);
    if !is_sound {
        world.violation(format!("a heartbeat says {heard} after {seq}"));
    }
}

impl Connection {
    /// Takes what the bot sends: whether it was a heartbeat, or the code to close with.
    fn take(&mut self, text: &str) -> Result<bool, u16> {
        self.n_packets += 1;
        if self.n_packets > MAX_PACKETS {
            return Err(4008);
        }
        let packet: Value = serde_json::from_str(text).map_err(|_| 4002_u16)?;
        let (number, line) = (self.number, (self.number, self.line.clone()));
        let is_in = |world: &ServerState| {
            world.sessions.iter().any(|it| it.line.as_ref().is_some_and(|it| it.0 == number))
        };
        self.shared.change(|world| match packet["op"].as_u64() {
            Some(HEARTBEAT) => {
                check_beat(world, &packet["d"], number);
                if world.switches.acknowledges {
                    drop(self.line.send(Frame::Text(json!({ "op": 11 }).to_string())));
                }
                Ok(true)
            }
            Some(IDENTIFY) if is_in(world) => Err(4005),
            Some(IDENTIFY) => identify(world, &packet["d"], line).map(|()| false),
            Some(RESUME) if is_in(world) => Err(4005),
            Some(RESUME) => resume(world, &packet["d"], line).map(|()| false),
            Some(PRESENCE) if is_in(world) => Ok(false),
            Some(PRESENCE) => Err(4003),
            _ => Err(4001),
        })
    }

    /// The bot ends the connection; with some codes the session, too.
    fn hang_up(&self, code: Option<u16>) {
        self.shared.change(|world| {
            let is_ours = |session: &Session| {
                session.line.as_ref().is_some_and(|(number, _)| *number == self.number)
            };
            if matches!(code, Some(1000 | 1001)) {
                world.sessions.retain(|session| !is_ours(session));
            }
            for session in world.sessions.iter_mut().filter(|session| is_ours(session)) {
                session.line = None;
            }
        });
    }
}
