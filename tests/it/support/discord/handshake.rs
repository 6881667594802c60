//! How a session is started, and how it is taken up again.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::session::{Frame, GUILDS, Session, refusal};
use super::state::{ServerState, TOKEN};

/// Between two sessions, where `max_concurrency` is 1.
const MIN_BETWEEN_MS: u64 = 5_000;

/// What IDENTIFY may have.
const KEYS: [&str; 7] =
    ["token", "intents", "properties", "shard", "presence", "compress", "large_threshold"];

/// The connection of this number, and what goes out on it.
pub(super) type Line = (u64, UnboundedSender<Frame>);

/// Starts a session as `data` says, or gives the code to close with.
pub(super) fn identify(world: &mut ServerState, data: &Value, line: Line) -> Result<(), u16> {
    world.n_identifies += 1;
    check_fields(world, data);
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    if is_too_early(world) {
        world.violation("two sessions were started within 5 s");
        drop(line.1.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    }
    if let Some(code) = world.switches.refuses_with {
        return Err(code);
    }
    let intents = data["intents"].as_u64().ok_or(4013_u16)?;
    if let Some(code) = refusal(intents, world.switches.allows_content) {
        return Err(code);
    }
    let id = format!("session-{:x}", world.clock.id());
    let mut session = Session::new(id, shard(&data["shard"])?, intents);
    session.line = Some(line);
    welcome(world, &mut session);
    world.sessions.push(session);
    Ok(())
}

/// Notes what is not documented, and what lacks.
fn check_fields(world: &mut ServerState, data: &Value) {
    let keys = data.as_object().into_iter().flat_map(|it| it.keys());
    for key in keys.filter(|key| !KEYS.contains(&key.as_str())) {
        world.violations.push(format!("IDENTIFY has {key}"));
    }
    for key in ["os", "browser", "device"] {
        if !data["properties"][key].is_string() {
            world.violation(format!("IDENTIFY lacks properties.{key}"));
        }
    }
}

fn is_too_early(world: &mut ServerState) -> bool {
    let now_ms = world.clock.now_ms();
    let before_ms = std::mem::replace(&mut world.identified_at_ms, now_ms);
    world.switches.limits_identifies && now_ms - before_ms < MIN_BETWEEN_MS
}

fn shard(value: &Value) -> Result<(u64, u64), u16> {
    if value.is_null() {
        return Ok((0, 1));
    }
    let shard = value[0].as_u64().zip(value[1].as_u64());
    shard.filter(|(id, total)| id < total).ok_or(4010)
}

/// Tells a new session what it starts with.
fn welcome(world: &ServerState, session: &mut Session) {
    let all = world.guilds.keys().copied();
    let guilds: Vec<u64> = all.filter(|id| session.has_guild(Some(*id))).collect();
    let ready = ready(world, session, &guilds);
    let frame = session.frame("READY", &ready);
    session.send(Frame::Text(frame));
    let hears_guilds = session.intents & GUILDS != 0;
    for guild in guilds.into_iter().filter(|_| hears_guilds) {
        let frame = session.frame("GUILD_CREATE", &world.guild_event(guild));
        session.send(Frame::Text(frame));
    }
}

/// Whether it is the bot's token; Discord takes it with the word before it, too.
fn is_token(token: &Value) -> bool {
    token.as_str().is_some_and(|token| token.trim_start_matches("Bot ") == TOKEN)
}

fn ready(world: &ServerState, session: &Session, guilds: &[u64]) -> Value {
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

/// Takes a session up again and tells it what it has missed, or gives the code to close with.
pub(super) fn resume(world: &mut ServerState, data: &Value, line: Line) -> Result<(), u16> {
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    let seq = data["seq"].as_u64().ok_or(4002_u16)?;
    let session = world.sessions.iter_mut().find(|session| data["session_id"] == session.id);
    let Some(session) = session else {
        // It has been too long: the bot is to identify again.
        drop(line.1.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    };
    if seq > session.seq {
        return Err(4007);
    }
    session.line = Some(line);
    for frame in session.missed(seq) {
        session.send(Frame::Text(frame));
    }
    let resumed = session.frame("RESUMED", &json!({}));
    session.send(Frame::Text(resumed));
    world.n_resumes += 1;
    Ok(())
}
