//! IDENTIFY and RESUME.

use serde_json::{Value, json};
use tokio::sync::mpsc::UnboundedSender;

use super::session::{Frame, GUILDS, Session, intent_error};
use super::state::{ServerState, TOKEN};

/// Least time between two IDENTIFYs with `max_concurrency` 1, in ms.
const MIN_BETWEEN_MS: u64 = 5_000;

/// The documented fields of IDENTIFY.
const KEYS: [&str; 7] =
    ["token", "intents", "properties", "shard", "presence", "compress", "large_threshold"];

/// The number of a connection, and the sender of its frames.
pub(super) type SessionConnection = (u64, UnboundedSender<Frame>);

/// Starts a session, or returns a close code.
pub(super) fn identify(
    state: &mut ServerState,
    data: &Value,
    connection: SessionConnection,
) -> Result<(), u16> {
    state.n_identifies += 1;
    check_fields(state, data);
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    if is_too_early(state) {
        state.add_violation("two sessions were started within 5 s");
        drop(connection.1.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    }
    if let Some(code) = state.options.reject_code {
        return Err(code);
    }
    let intents = data["intents"].as_u64().ok_or(4013_u16)?;
    if let Some(code) = intent_error(intents, state.options.allows_content) {
        return Err(code);
    }
    let id = format!("session-{:x}", state.clock.id());
    let mut session = Session::new(id, shard(&data["shard"])?, intents);
    session.connection = Some(connection);
    send_ready(state, &mut session);
    state.sessions.push(session);
    Ok(())
}

/// Records undocumented and missing fields as violations.
fn check_fields(state: &mut ServerState, data: &Value) {
    let keys = data.as_object().into_iter().flat_map(|it| it.keys());
    for key in keys.filter(|key| !KEYS.contains(&key.as_str())) {
        state.violations.push(format!("IDENTIFY has {key}"));
    }
    for key in ["os", "browser", "device"] {
        if !data["properties"][key].is_string() {
            state.add_violation(format!("IDENTIFY lacks properties.{key}"));
        }
    }
}

fn is_too_early(state: &mut ServerState) -> bool {
    let now_ms = state.clock.now_ms();
    let before_ms = std::mem::replace(&mut state.identified_at_ms, now_ms);
    state.options.limits_identifies && now_ms - before_ms < MIN_BETWEEN_MS
}

fn shard(value: &Value) -> Result<(u64, u64), u16> {
    if value.is_null() {
        return Ok((0, 1));
    }
    let shard = value[0].as_u64().zip(value[1].as_u64());
    shard.filter(|(id, total)| id < total).ok_or(4010)
}

/// Sends READY and the guilds to a new session.
fn send_ready(state: &ServerState, session: &mut Session) {
    let all = state.guilds.values().filter(|guild| !guild.is_left).map(|guild| guild.id);
    let guilds: Vec<u64> = all.filter(|id| session.has_guild(Some(*id))).collect();
    let ready = ready(state, session, &guilds);
    let frame = session.frame("READY", &ready);
    session.send(Frame::Text(frame));
    let wants_guilds = session.intents & GUILDS != 0;
    for guild in guilds.into_iter().filter(|_| wants_guilds) {
        let frame = session.frame("GUILD_CREATE", &state.guild_event(guild));
        session.send(Frame::Text(frame));
    }
}

/// Whether `token` is the bot's. Discord also accepts it with the prefix `Bot `.
fn is_token(token: &Value) -> bool {
    token.as_str().is_some_and(|token| token.trim_start_matches("Bot ") == TOKEN)
}

fn ready(state: &ServerState, session: &Session, guilds: &[u64]) -> Value {
    let mut user = state.users[&state.bot].json();
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
        "resume_gateway_url": state.gateway_url, "shard": [session.shard.0, session.shard.1],
        "application": { "id": state.application.to_string(), "flags": 1 << 19 },
        "private_channels": [], "user_settings": {}, "relationships": [], "geo_ordered_rtc_regions": [],
    })
}

/// Resumes a session and replays the missed events, or returns a close code.
pub(super) fn resume(
    state: &mut ServerState,
    data: &Value,
    connection: SessionConnection,
) -> Result<(), u16> {
    if !is_token(&data["token"]) {
        return Err(4004);
    }
    let seq = data["seq"].as_u64().ok_or(4002_u16)?;
    let session = state.sessions.iter_mut().find(|session| data["session_id"] == session.id);
    let Some(session) = session else {
        // The session has expired: the bot must identify again.
        drop(connection.1.send(Frame::Text(json!({ "op": 9, "d": false }).to_string())));
        return Ok(());
    };
    if seq > session.seq {
        return Err(4007);
    }
    session.connection = Some(connection);
    for frame in session.frames_after(seq) {
        session.send(Frame::Text(frame));
    }
    let resumed = session.frame("RESUMED", &json!({}));
    session.send(Frame::Text(resumed));
    state.n_resumes += 1;
    Ok(())
}
