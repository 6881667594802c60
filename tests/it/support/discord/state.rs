//! Everything that the stand-in knows: places, people, messages, sessions, and what has happened.

use std::collections::{BTreeMap, HashMap};
use std::time::Duration;

use serde_json::{Value, json};

use super::clock::{Clock, iso};
use super::fault_injection::ScheduledFault;
use super::interaction::Interaction;
use super::mention::Mentions;
use super::message::{Message, Sight};
use super::observed::{Call, ObservedChange, ObservedMessage};
use super::permission::{self, Permissions};
use super::place::{Channel, Guild, User};
use super::session::{DIRECT_MESSAGES, Dispatch, Frame, GUILD_MESSAGES, GUILDS, Session};

/// The token of the bot.
pub(crate) const TOKEN: &str = "MTE1MDAwMDAwMDAwMDAwMDAw.GstAnd.in-for-a-token-that-opens-nothing";

/// How long a nonce is remembered: "the past few minutes".
const NONCE_MS: u64 = 180_000;

/// What can be set before and while the bot runs.
#[derive(Debug)]
pub(super) struct Switches {
    /// Whether the Developer Portal allows the intent for the content of messages.
    pub(super) allows_content: bool,
    /// Whether a message that names the bot's role is open to it, and one that is open opens the one
    /// that it replies to. Discord does not document either.
    pub(super) is_generous: bool,
    pub(super) heartbeat: Duration,
    pub(super) acknowledges: bool,
    /// Whether a connection that is closed by the bot gets the closing frame that it waits for.
    pub(super) closes: bool,
    pub(super) n_shards: u64,
    /// Whether two sessions may not be started within five seconds.
    pub(super) limits_identifies: bool,
    /// Closes every new session with this code.
    pub(super) refuses_with: Option<u16>,
}

/// The state of it all.
pub(super) struct ServerState {
    pub(super) clock: Clock,
    pub(super) application: u64,
    pub(super) bot: u64,
    /// Where the gateway listens.
    pub(super) gateway_url: String,
    pub(super) switches: Switches,
    pub(super) users: BTreeMap<u64, User>,
    pub(super) guilds: BTreeMap<u64, Guild>,
    pub(super) channels: BTreeMap<u64, Channel>,
    pub(super) messages: BTreeMap<u64, Message>,
    pub(super) interactions: HashMap<String, Interaction>,
    pub(super) commands: Vec<Value>,
    pub(super) n_command_writes: usize,
    pub(super) sessions: Vec<Session>,
    pub(super) n_identifies: usize,
    /// When the last session was started.
    pub(super) identified_at_ms: u64,
    pub(super) n_resumes: usize,
    pub(super) n_connections: u64,
    pub(super) pranks: Vec<ScheduledFault>,
    pub(super) seen: Vec<ObservedChange>,
    pub(super) calls: Vec<Call>,
    /// What the bot did that Discord forbids or does not document.
    pub(super) violations: Vec<String>,
    /// Frames that are held back, by the session's id, if any are to be.
    held: Option<Vec<(String, String)>>,
    /// Nonces: message and time.
    nonces: HashMap<String, (u64, u64)>,
}

impl ServerState {
    pub(super) fn new(gateway_url: String) -> Self {
        let mut clock = Clock::default();
        let year_ago = clock.now_ms() - 365 * 86_400_000;
        let bot = clock.id_at(year_ago);
        let mut world = Self {
            application: bot,
            bot,
            gateway_url,
            switches: Switches {
                allows_content: true,
                is_generous: true,
                heartbeat: Duration::from_millis(41_250),
                acknowledges: true,
                closes: true,
                n_shards: 1,
                limits_identifies: false,
                refuses_with: None,
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
            pranks: Vec::new(),
            seen: Vec::new(),
            calls: Vec::new(),
            violations: Vec::new(),
            held: None,
            nonces: HashMap::new(),
            clock,
        };
        world.add_user(bot, "quoth", true);
        world
    }

    pub(super) fn add_user(&mut self, id: u64, name: &str, is_bot: bool) {
        let user = User {
            id,
            name: name.to_owned(),
            is_bot,
            locale: "en-US".to_owned(),
            roles: BTreeMap::new(),
            takes_direct: true,
        };
        self.users.insert(id, user);
    }

    pub(super) fn user(&self, id: u64) -> Option<&User> {
        self.users.get(&id)
    }

    pub(super) fn guild_of(&self, channel: u64) -> Option<u64> {
        self.channels.get(&channel)?.guild
    }

    /// A channel that is there.
    pub(super) fn channel(&self, id: u64) -> Option<&Channel> {
        self.channels.get(&id).filter(|channel| !channel.is_gone)
    }

    /// A message that is there.
    pub(super) fn message(&self, channel: u64, id: u64) -> Option<&Message> {
        self.messages.get(&id).filter(|it| it.channel == channel && !it.is_gone)
    }

    /// `user` as a member of `guild`, without the user.
    pub(super) fn member(&self, guild: u64, user: u64) -> Value {
        let roles = self.user(user).and_then(|user| user.roles.get(&guild));
        let roles: Vec<String> = roles.into_iter().flatten().map(u64::to_string).collect();
        let is_timed_out = user == self.bot && self.guilds[&guild].is_timed_out;
        let silent_until_ms = is_timed_out.then(|| self.clock.now_ms() + 3_600_000);
        json!({
            "nick": null, "avatar": null, "roles": roles, "premium_since": null, "pending": false,
            "joined_at": iso(super::clock::made_at_ms(self.bot)), "deaf": false, "mute": false,
            "flags": 0, "communication_disabled_until": silent_until_ms.map(iso),
        })
    }

    /// What the bot may do in `channel`.
    pub(super) fn permissions(&self, channel: &Channel) -> Permissions {
        let parent = channel.parent.and_then(|id| self.channels.get(&id));
        let guild = channel.guild.and_then(|id| self.guilds.get(&id));
        let denied = channel.denied
            | parent.map_or(0, |parent| parent.denied)
            | guild.map_or(0, |guild| guild.denied);
        let is_timed_out = guild.is_some_and(|guild| guild.is_timed_out);
        let allowed = if is_timed_out { permission::IN_TIME_OUT } else { permission::INVITED_WITH };
        allowed & !denied
    }

    /// Whether the bot may do what `wanted` says in `channel`. It may do everything that is asked
    /// for in direct messages.
    pub(super) fn may(&self, channel: &Channel, wanted: Permissions) -> bool {
        channel.guild.is_none() || self.permissions(channel) & wanted == wanted
    }

    // What is told.

    /// Tells everybody who may hear it.
    pub(super) fn tell(&mut self, dispatch: &Dispatch<'_>) {
        for session in &mut self.sessions {
            let Some(frame) = session.hear(dispatch) else { continue };
            match &mut self.held {
                Some(held) => held.push((session.id.clone(), frame)),
                None => session.send(Frame::Text(frame)),
            }
        }
    }

    /// Holds back what is told from now on.
    pub(super) fn hold(&mut self) {
        self.held.get_or_insert_default();
    }

    /// Tells what was held back, in the order that `order` makes of it.
    pub(super) fn release(&mut self, order: impl FnOnce(&mut Vec<(String, String)>)) {
        let mut held = self.held.take().unwrap_or_default();
        order(&mut held);
        for (id, frame) in held {
            if let Some(session) = self.sessions.iter().find(|session| session.id == id) {
                session.send(Frame::Text(frame));
            }
        }
    }

    /// Tells of `message`, which was made or changed.
    pub(super) fn tell_message(&mut self, kind: &'static str, id: u64) {
        let message = self.messages[&id].clone();
        let channel = self.channels[&message.channel].clone();
        if !self.may(&channel, permission::VIEW_CHANNEL) {
            return;
        }
        let json = [Sight::All, Sight::WithoutContent].map(|sight| message.event(self, sight));
        let data = |sight: Sight| json[usize::from(sight == Sight::WithoutContent)].clone();
        let guild = channel.guild;
        let intents = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        self.tell(&Dispatch { kind, guild, intents, data: &data });
    }

    fn tell_gone(&mut self, message: &Message) {
        let guild = self.guild_of(message.channel);
        let mut gone = json!({
            "id": message.id.to_string(), "channel_id": message.channel.to_string(),
        });
        if let Some(guild) = guild {
            gone["guild_id"] = json!(guild.to_string());
        }
        let intents = if guild.is_some() { GUILD_MESSAGES } else { DIRECT_MESSAGES };
        let data = |_| gone.clone();
        self.tell(&Dispatch { kind: "MESSAGE_DELETE", guild, intents, data: &data });
    }

    /// What is told of `guild` when the bot comes to it, or connects.
    pub(super) fn guild_event(&self, guild: u64) -> Value {
        let channels: Vec<&Channel> = self
            .channels
            .values()
            .filter(|channel| channel.guild == Some(guild) && !channel.is_gone)
            .filter(|channel| self.may(channel, permission::VIEW_CHANNEL))
            .collect();
        let mut member = self.member(guild, self.bot);
        member["user"] = self.users[&self.bot].json();
        self.guilds[&guild].event(self.bot, &member, &channels)
    }

    /// Tells that the bot is in `guild`.
    pub(super) fn tell_guild(&mut self, guild: u64) {
        let event = self.guild_event(guild);
        let data = |_| event.clone();
        let kind = "GUILD_CREATE";
        self.tell(&Dispatch { kind, guild: Some(guild), intents: GUILDS, data: &data });
    }

    // What becomes of messages.

    /// Puts `message` where people see it.
    pub(super) fn post(&mut self, message: Message) -> u64 {
        let id = message.id;
        if message.author == self.bot && !message.is_loading {
            self.seen.push(ObservedChange::Sent(ObservedMessage::new(&message)));
        }
        self.messages.insert(id, message);
        self.tell_message("MESSAGE_CREATE", id);
        id
    }

    /// Takes `message` away; whoever does it.
    pub(super) fn remove(&mut self, id: u64) {
        let Some(message) = self.messages.get_mut(&id) else { return };
        message.is_gone = true;
        let message = message.clone();
        if message.author == self.bot && !message.is_loading {
            self.seen.push(ObservedChange::Removed(ObservedMessage::new(&message)));
        }
        self.tell_gone(&message);
    }

    /// Who of those that `message` mentions by its text and reply is meant, if all are allowed.
    pub(super) fn mentioned(&self, message: &Message, pings_replied: bool) -> Mentions {
        let mut mentions = Mentions::of(&message.content);
        let replied_to = message.reply_to.and_then(|id| self.messages.get(&id));
        // A reply to the response to an interaction pings nobody.
        let pinged = replied_to.filter(|it| pings_replied && it.interaction.is_none());
        mentions.users.extend(pinged.map(|replied_to| replied_to.author));
        mentions.users.retain(|user| self.users.contains_key(user));
        mentions
    }

    /// The message of the bot that was made with `nonce` lately.
    pub(super) fn made_with(&self, nonce: &str) -> Option<u64> {
        let (id, at_ms) = self.nonces.get(nonce)?;
        (self.clock.now_ms() - at_ms < NONCE_MS).then_some(*id)
    }

    pub(super) fn remember(&mut self, nonce: String, id: u64) {
        self.nonces.insert(nonce, (id, self.clock.now_ms()));
    }

    /// Notes that the bot did what it must not.
    pub(super) fn violation(&mut self, what: impl Into<String>) {
        self.violations.push(what.into());
    }
}
