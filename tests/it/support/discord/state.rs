//! The state of the fake server: guilds, channels, users, messages, sessions and recorded requests.

use std::collections::{BTreeMap, HashMap};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::clock::{Clock, iso};
use super::fault_injection::{ConnectionFault, ScheduledFault};
use super::guild::{Channel, Guild, User};
use super::interaction::Interaction;
use super::mention::Mentions;
use super::message::{Message, Visibility};
use super::observed::{Call, ObservedChange, ObservedMessage};
use super::permission::{self, Permissions};
use super::session::{DIRECT_MESSAGES, Dispatch, Frame, GUILD_MESSAGES, GUILDS, Session};

/// The token of the bot.
pub(crate) const TOKEN: &str = "MTE1MDAwMDAwMDAwMDAwMDAw.GstAnd.in-for-a-token-that-opens-nothing";

/// How long nonces deduplicate, in ms. Discord documents "the past few minutes".
const NONCE_MS: u64 = 180_000;

/// Options that tests can set, also while the bot runs.
#[derive(Debug)]
pub(super) struct ServerOptions {
    /// Whether the Message Content Intent is enabled in the Developer Portal.
    pub(super) allows_content: bool,
    /// Whether the bot receives the content of messages that mention its role, and of messages to
    /// which a message to the bot replies. Discord documents neither.
    pub(super) reveals_undocumented_content: bool,
    pub(super) heartbeat_interval: Duration,
    pub(super) sends_heartbeat_acks: bool,
    /// Whether the server confirms the close frame of the bot.
    pub(super) sends_close_frames: bool,
    pub(super) n_shards: u64,
    /// Whether two IDENTIFYs within 5 s are a violation.
    pub(super) limits_identifies: bool,
    /// Requests of a bucket within this time. Further ones get 429.
    pub(super) request_limit: Option<(u32, Duration)>,
    /// Close code for every new session.
    pub(super) reject_code: Option<u16>,
    pub(super) connection_fault: Option<ConnectionFault>,
    /// Where interactions are sent instead of the gateway, as the Developer Portal shows it.
    pub(super) interactions_endpoint: Option<String>,
}

/// The state of the fake server.
pub(super) struct ServerState {
    pub(super) clock: Clock,
    pub(super) application: u64,
    pub(super) bot: u64,
    /// The address of the gateway.
    pub(super) gateway_url: String,
    pub(super) options: ServerOptions,
    pub(super) users: BTreeMap<u64, User>,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) interactions: HashMap<String, Interaction>,
    pub(super) commands: Vec<Value>,
    pub(super) n_command_writes: usize,
    pub(super) sessions: Vec<Session>,
    pub(super) n_identifies: usize,
    /// The time of the last IDENTIFY.
    pub(super) identified_at_ms: u64,
    pub(super) n_resumes: usize,
    pub(super) n_connections: u64,
    /// When each connection was opened.
    pub(super) connected_at: Vec<Instant>,
    pub(super) scheduled_faults: Vec<ScheduledFault>,
    /// The requests that each bucket has left until its reset.
    pub(super) buckets: HashMap<String, (u32, Instant)>,
    pub(super) changes: Vec<ObservedChange>,
    pub(super) calls: Vec<Call>,
    /// Actions of the bot that Discord forbids or does not document.
    pub(super) violations: Vec<String>,
    /// Session ids and frames of held events; `None`: events are sent at once.
    held: Option<Vec<(String, String)>>,
    /// Message id and time of each nonce.
    nonces: HashMap<String, (u64, u64)>,
}

impl ServerState {
    pub(super) fn new(gateway_url: String) -> Self {
        let mut clock = Clock::default();
        let year_ago = clock.now_ms() - 365 * 86_400_000;
        let bot = clock.id_at(year_ago);
        let mut state = Self {
            application: bot,
            bot,
            gateway_url,
            options: ServerOptions {
                allows_content: true,
                reveals_undocumented_content: true,
                heartbeat_interval: Duration::from_millis(41_250),
                sends_heartbeat_acks: true,
                sends_close_frames: true,
                n_shards: 1,
                limits_identifies: false,
                request_limit: None,
                reject_code: None,
                connection_fault: None,
                interactions_endpoint: None,
            },
            users: BTreeMap::new(),
            guilds: BTreeMap::new(),
            channels: BTreeMap::new(),
            messages: BTreeMap::new(),
            interactions: HashMap::new(),
            commands: Vec::new(),
            n_command_writes: 0,
            sessions: Vec::new(),
            n_identifies: 0,
            identified_at_ms: 0,
            n_resumes: 0,
            n_connections: 0,
            connected_at: Vec::new(),
            scheduled_faults: Vec::new(),
            buckets: HashMap::new(),
            changes: Vec::new(),
            calls: Vec::new(),
            violations: Vec::new(),
            held: None,
            nonces: HashMap::new(),
            clock,
        };
        state.add_user(bot, "quoth", true);
        state
    }

    pub(super) fn add_user(&mut self, id: u64, name: &str, is_bot: bool) {
        let user = User {
            id,
            name: name.to_owned(),
            is_bot,
            locale: "en-US".to_owned(),
            roles: BTreeMap::new(),
            accepts_direct_messages: true,
        };
        self.users.insert(id, user);
    }

    pub(super) fn user(&self, id: u64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(super) fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel)?.guild
    }

    /// The channel, unless it is deleted.
    pub(super) fn channel(&self, id: u64) -> Option<&Channel> {
        self.channels.get(&id).filter(|channel| !channel.is_deleted)
    }

    /// The message in `channel`, unless it is deleted.
    pub(super) fn message(&self, channel: u64, id: u64) -> Option<&Message> {
        self.messages.get(&id).filter(|it| it.channel == channel && !it.is_deleted)
    }

    /// The member object of `user` in `guild`, without its user object.
    pub(super) fn member(&self, guild: u64, user: u64) -> Value {
        let roles: Vec<String> = self.roles_of(guild, user).iter().map(u64::to_string).collect();
        let is_timed_out = user == self.bot && self.guilds[&guild].is_timed_out;
        let silent_until_ms = is_timed_out.then(|| self.clock.now_ms() + 3_600_000);
        json!({
            "nick": null, "avatar": null, "roles": roles, "premium_since": null, "pending": false,
            "joined_at": iso(super::clock::created_at_ms(self.bot)), "deaf": false, "mute": false,
            "flags": 0, "communication_disabled_until": silent_until_ms.map(iso),
        })
    }

    /// Whether the bot has the permissions `wanted` in `channel`. In direct messages it has all.
    pub(super) fn may(&self, channel: &Channel, wanted: Permissions) -> bool {
        match channel.guild {
            Some(guild) => {
                let granted = self.permissions(channel, self.bot);
                !self.guilds[&guild].is_left && granted & wanted == wanted
            }
            None => true,
        }
    }

    // Events.

    /// Sends an event to all sessions that receive it.
    pub(super) fn send_event(&mut self, dispatch: &Dispatch<'_>) {
        if dispatch.guild.is_some_and(|guild| self.guilds[&guild].is_left) {
            return;
        }
        for session in &mut self.sessions {
            let Some(frame) = session.frame_for(dispatch) else { continue };
            match &mut self.held {
                Some(held) => held.push((session.id.clone(), frame)),
                None => session.send(Frame::Text(frame)),
            }
        }
    }

    /// Holds events from now on.
    pub(super) fn hold_events(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Sends the held events, after `order` has changed their order.
    pub(super) fn release_events(&mut self, order: impl FnOnce(&mut Vec<(String, String)>)) {
        let mut held = self.held.take().unwrap_or_default();
        order(&mut held);
        for (id, frame) in held {
            if let Some(session) = self.sessions.iter().find(|session| session.id == id) {
                session.send(Frame::Text(frame));
            }
        }
    }

    /// Sends the create or update event of the message `id`.
    pub(super) fn send_message_event(&mut self, kind: &'static str, id: u64) {
        let message = self.messages[&id].clone();
        let channel = self.channels[&message.channel].clone();
        if !self.may(&channel, permission::VIEW_CHANNEL) {
            return;
        }
        let json =
            [Visibility::All, Visibility::WithoutContent].map(|sight| message.event(self, sight));
        let data =
            |sight: Visibility| json[usize::from(sight == Visibility::WithoutContent)].clone();
        let guild = channel.guild;
        let intents = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        self.send_event(&Dispatch { kind, guild, intents, data: &data });
    }

    fn send_delete_event(&mut self, message: &Message) {
        let guild = self.guild_of(message.channel);
        let mut deleted = json!({
            "id": message.id.to_string(), "channel_id": message.channel.to_string(),
        });
        if let Some(guild) = guild {
            deleted["guild_id"] = json!(guild.to_string());
        }
        let intents = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        let data = |_| deleted.clone();
        self.send_event(&Dispatch { kind: "MESSAGE_DELETE", guild, intents, data: &data });
    }

    /// The guild create event, which is sent when the bot joins or connects.
    pub(super) fn guild_event(&self, guild: u64) -> Value {
        let channels: Vec<&Channel> = self
            .channels
            .values()
            .filter(|channel| channel.guild == Some(guild) && !channel.is_deleted)
            // Threads are listed while they are active.
            .filter(|channel| !channel.is_archived)
            .filter(|channel| self.may(channel, permission::VIEW_CHANNEL))
            .collect();
        let mut member = self.member(guild, self.bot);
        member["user"] = self.users[&self.bot].json();
        self.guilds[&guild].event(self.bot, &member, &channels)
    }

    /// Sends the guild create event.
    pub(super) fn send_guild_create(&mut self, guild: u64) {
        let event = self.guild_event(guild);
        let data = |_| event.clone();
        let kind = "GUILD_CREATE";
        self.send_event(&Dispatch { kind, guild: Some(guild), intents: GUILDS, data: &data });
    }

    // Messages.

    /// Adds `message` to its channel and sends its event. Returns its id.
    pub(super) fn add_message(&mut self, message: Message) -> u64 {
        let id = message.id;
        if message.author == self.bot && !message.is_loading {
            self.changes.push(ObservedChange::Sent(ObservedMessage::new(&message)));
        }
        if message.visible_to.is_none() {
            self.unarchive(message.channel);
            if let Some(channel) = self.channels.get_mut(&message.channel) {
                channel.last_message = channel.last_message.max(Some(id));
            }
        }
        self.messages.insert(id, message);
        self.send_message_event("MESSAGE_CREATE", id);
        id
    }

    /// Deletes the message `id` and sends the event.
    pub(super) fn delete_message(&mut self, id: u64) {
        let Some(message) = self.messages.get_mut(&id) else { return };
        message.is_deleted = true;
        let message = message.clone();
        if message.author == self.bot && !message.is_loading {
            self.changes.push(ObservedChange::Deleted(ObservedMessage::new(&message)));
        }
        self.send_delete_event(&message);
    }

    /// The mentions of `message` by its text and its reply ping, without restrictions.
    pub(super) fn mentions_of(&self, message: &Message, pings_replied: bool) -> Mentions {
        let mut mentions = Mentions::of(&message.content);
        let replied_to = message.reply_to.and_then(|id| self.messages.get(&id));
        // A reply to an interaction response pings nobody.
        let pinged = replied_to.filter(|it| pings_replied && it.interaction.is_none());
        mentions.users.extend(pinged.map(|replied_to| replied_to.author));
        mentions.users.retain(|user| self.users.contains_key(user));
        mentions
    }

    /// The message that was recently created with `nonce`.
    pub(super) fn message_by_nonce(&self, nonce: &str) -> Option<u64> {
        let (id, at_ms) = self.nonces.get(nonce)?;
        (self.clock.now_ms() - at_ms < NONCE_MS).then_some(*id)
    }

    pub(super) fn record_nonce(&mut self, nonce: String, id: u64) {
        self.nonces.insert(nonce, (id, self.clock.now_ms()));
    }

    /// Records a violation.
    pub(super) fn add_violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}
