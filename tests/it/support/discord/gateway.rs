//! The gateway: what a bot hears.

use std::sync::Arc;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message as Packet;
use tokio_tungstenite::tungstenite::handshake::server::{Request, Response};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::Shared;
use super::session::{Frame, GUILDS, Session, refusal};
use super::world::{TOKEN, World};

const HEARTBEAT: u64 = 1;
const IDENTIFY: u64 = 2;
const PRESENCE: u64 = 3;
const RESUME: u64 = 6;

/// What a bot may send in a minute.
const MAX_PACKETS: usize = 120;

/// Between two sessions, where `max_concurrency` is 1.
const MIN_BETWEEN_MS: u64 = 5_000;

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
    let interval = connection.shared.look(|world| world.switches.heartbeat);
    let hello = json!({
        "op": 10, "s": null, "t": null,
        "d": { "heartbeat_interval": u64::try_from(interval.as_millis()).unwrap() },
    });
    drop(socket.send(Packet::Text(hello.to_string())).await);
    let mut next_beat = tokio::time::Instant::now() + interval + GRACE;
    let closes_with = loop {
        tokio::select! {
            frame = outbox.recv() => match frame {
                Some(Frame::Text(text)) => drop(socket.send(Packet::Text(text)).await),
                Some(Frame::Close(code)) => break code,
                None => break None,
            },
            packet = socket.next() => match packet {
                Some(Ok(Packet::Text(text))) => match connection.take(&text) {
                    Ok(was_beat) if was_beat => {
                        next_beat = tokio::time::Instant::now() + interval + GRACE;
                    }
                    Ok(_) => {}
                    Err(code) => break Some(code),
                },
                Some(Ok(Packet::Close(frame))) => {
                    connection.hang_up(frame.map(|frame| u16::from(frame.code)));
                    if connection.shared.look(|world| world.switches.closes) {
                        while socket.next().await.is_some_and(|packet| packet.is_ok()) {}
                        return;
                    }
                    // The other side waits for a frame that never comes.
                    std::future::pending::<()>().await;
                }
                Some(Ok(_)) => {}
                Some(Err(_)) | None => break None,
            },
            () = tokio::time::sleep_until(next_beat) => break Some(4009),
        }
    };
    connection.shared.change(|world| {
        for session in &mut world.sessions {
            session.line.take_if(|(number, _)| *number == connection.number);
        }
    });
    if let Some(code) = closes_with {
        let frame = CloseFrame { code: code.into(), reason: "".into() };
        drop(socket.close(Some(frame)).await);
        while socket.next().await.is_some_and(|packet| packet.is_ok()) {}
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
        let (number, line) = (self.number, self.line.clone());
        let is_in = |world: &World| {
            world.sessions.iter().any(|it| it.line.as_ref().is_some_and(|it| it.0 == number))
        };
        self.shared.change(|world| match packet["op"].as_u64() {
            Some(HEARTBEAT) => {
                if world.switches.acknowledges {
                    drop(line.send(Frame::Text(json!({ "op": 11 }).to_string())));
                }
                Ok(true)
            }
            Some(IDENTIFY) if is_in(world) => Err(4005),
            Some(IDENTIFY) => identify(world, &packet["d"], number, line).map(|()| false),
            Some(RESUME) if is_in(world) => Err(4005),
            Some(RESUME) => resume(world, &packet["d"], number, line).map(|()| false),
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

fn identify(
    world: &mut World,
    data: &Value,
    number: u64,
    line: UnboundedSender<Frame>,
) -> Result<(), u16> {
    world.n_identifies += 1;
    let known =
        ["token", "intents", "properties", "shard", "presence", "compress", "large_threshold"];
    let keys = data.as_object().into_iter().flat_map(|it| it.keys());
    for key in keys.filter(|key| !known.contains(&key.as_str())) {
        world.violations.push(format!("IDENTIFY has {key}"));
    }
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    for key in ["os", "browser", "device"] {
        if !data["properties"][key].is_string() {
            world.violation(format!("IDENTIFY lacks properties.{key}"));
        }
    }
    let now_ms = world.clock.now_ms();
    let before_ms = std::mem::replace(&mut world.identified_at_ms, now_ms);
    if world.switches.limits_identifies && now_ms - before_ms < MIN_BETWEEN_MS {
        world.violation("two sessions were started within 5 s");
        drop(line.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    }
    if let Some(code) = world.switches.refuses_with {
        return Err(code);
    }
    let intents = data["intents"].as_u64().ok_or(4013_u16)?;
    if let Some(code) = refusal(intents, world.switches.allows_content) {
        return Err(code);
    }
    let shard = match &data["shard"] {
        Value::Null => (0, 1),
        shard => shard[0].as_u64().zip(shard[1].as_u64()).ok_or(4010_u16)?,
    };
    if shard.0 >= shard.1 {
        return Err(4010);
    }
    let id = format!("session-{:x}", world.clock.id());
    let mut session = Session::new(id, shard, intents);
    session.line = Some((number, line));
    let guilds: Vec<u64> =
        world.guilds.keys().copied().filter(|id| session.has_guild(Some(*id))).collect();
    let ready = ready(world, &session, &guilds);
    let frame = session.frame("READY", &ready);
    session.send(Frame::Text(frame));
    for guild in guilds.into_iter().filter(|_| intents & GUILDS != 0) {
        let event = world.guild_event(guild);
        let frame = session.frame("GUILD_CREATE", &event);
        session.send(Frame::Text(frame));
    }
    world.sessions.push(session);
    Ok(())
}

/// Whether it is the bot's token; Discord takes it with the word before it, too.
fn is_token(token: &Value) -> bool {
    token.as_str().is_some_and(|token| token.trim_start_matches("Bot ") == TOKEN)
}

fn ready(world: &World, session: &Session, guilds: &[u64]) -> Value {
    let mut user = world.users[&world.bot].json();
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(false);
    user["email"] = json!(null);
    user["flags"] = json!(0);
    let guilds: Vec<Value> = guilds
        .iter()
        .map(|guild| json!({ "id": guild.to_string(), "unavailable": true }))
        .collect();
    json!({
        "v": 10, "user": user, "guilds": guilds, "session_id": session.id,
        "resume_gateway_url": world.gateway_url, "shard": [session.shard.0, session.shard.1],
        "application": { "id": world.application.to_string(), "flags": 1 << 19 },
        "private_channels": [], "user_settings": {}, "relationships": [], "geo_ordered_rtc_regions": [],
    })
}

fn resume(
    world: &mut World,
    data: &Value,
    number: u64,
    line: UnboundedSender<Frame>,
) -> Result<(), u16> {
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    let seq = data["seq"].as_u64().ok_or(4002_u16)?;
    let session = world.sessions.iter_mut().find(|session| data["session_id"] == session.id);
    let Some(session) = session else {
        // It has been too long: the bot is to identify again.
        drop(line.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    };
    if seq > session.seq {
        return Err(4007);
    }
    session.line = Some((number, line));
    for frame in session.missed(seq) {
        session.send(Frame::Text(frame));
    }
    let resumed = session.frame("RESUMED", &json!({}));
    session.send(Frame::Text(resumed));
    world.n_resumes += 1;
    Ok(())
}
