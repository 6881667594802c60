//! Behaviors through `quoth run` and the fake Discord server.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use quoth::knowledge::Pack;

use super::list::{Behavior, Step};
use super::{Driver, VisibleEffect, kinds};
use crate::discord::bot::{Bot, LABELS};
use crate::first_pack::first_pack;
use crate::support::discord::{
    ChannelId, Discord, GuildId, ObservedChange, UserId, UserMessage, permission,
};

/// The service, restarted on the same data, and the Discord objects of the list's names.
pub(super) struct OnDiscord {
    discord: Discord,
    bot: Option<Bot>,
    pack: Pack,
    shows_lead: bool,
    names: RefCell<Names>,
}

/// Discord objects by their names in the list.
struct Names {
    home: GuildId,
    places: HashMap<String, ChannelId>,
    guilds: HashMap<String, GuildId>,
    users: HashMap<String, UserId>,
    /// Ids of messages and interactions.
    ids: HashMap<String, u64>,
}

impl OnDiscord {
    pub(super) fn start(behavior: &Behavior) -> Self {
        let discord = Discord::start();
        let home = discord.guild("home");
        let names = RefCell::new(Names {
            home,
            places: HashMap::new(),
            guilds: HashMap::new(),
            users: HashMap::new(),
            ids: HashMap::new(),
        });
        let shows_lead = behavior.settings.get("shows_lead").and_then(toml::Value::as_bool);
        let mut on_discord = Self {
            discord,
            bot: None,
            pack: first_pack(),
            shows_lead: shows_lead != Some(false),
            names,
        };
        // Created first: it is the channel where a greeting would be sent.
        on_discord.place("room");
        let mut settings = super::settings(behavior, |name| on_discord.id_in_settings(name));
        if behavior.discord_reads_all {
            settings.push(("QUOTH_DISCORD__MESSAGE_CONTENT".to_owned(), "true".to_owned()));
        }
        let bot = Bot::start(&on_discord.discord, &settings);
        on_discord.bot = Some(bot);
        on_discord.assert_no_greeting();
        on_discord
    }

    /// The bot must not greet in the home guild, which is new to its records, but which it joined a
    /// year ago. The list tests greetings itself.
    fn assert_no_greeting(&self) {
        self.mark(self.place("room"));
    }

    /// The id of a place or user of the list, as settings contain it.
    fn id_in_settings(&self, name: &str) -> String {
        let is_user = matches!(name, "ada" | "bob" | "mod");
        if is_user { self.user(name).to_string() } else { self.place(name).to_string() }
    }

    fn place(&self, name: &str) -> ChannelId {
        let mut names = self.names.borrow_mut();
        let guild = names.guilds.get(name).copied().unwrap_or(names.home);
        *names.places.entry(name.to_owned()).or_insert_with(|| self.discord.channel(guild, name))
    }

    fn user(&self, name: &str) -> UserId {
        let mut names = self.names.borrow_mut();
        let guild = names.home;
        *names.users.entry(name.to_owned()).or_insert_with(|| {
            let user = self.discord.user(name);
            // Who is a moderator for the bot is in its settings; Discord offers some commands only to those
            // who may manage the guild, moderators or not.
            self.discord.give_role_with(guild, user, ("staff", permission::MANAGE_GUILD));
            user
        })
    }

    fn id(&self, name: &str) -> u64 {
        let names = self.names.borrow();
        *names.ids.get(name).unwrap_or_else(|| panic!("no message has the name {name}"))
    }

    /// Name in the list of the message or interaction `id`.
    fn name_of(&self, id: u64) -> Option<String> {
        let names = self.names.borrow();
        names.ids.iter().find(|(_, it)| **it == id).map(|(name, _)| name.clone())
    }

    fn set_name(&self, name: impl Into<String>, id: u64) {
        self.names.borrow_mut().ids.insert(name.into(), id);
    }

    /// The channel of `step`.
    fn place_of(&self, step: &Step) -> ChannelId {
        if step.direct {
            self.discord.direct(self.user(step.by()))
        } else {
            self.place(step.place())
        }
    }

    fn send(&self, step: &Step, text: &str) {
        let place = self.place_of(step);
        let user = if step.bot { self.discord.bot("robot") } else { self.user(step.by()) };
        if step.command {
            let interaction = match text {
                "help" | "topics" | "pause" | "resume" => {
                    self.discord.user_runs_command(place, user, text, &[])
                }
                text => self.discord.user_runs_command(place, user, "ask", &[("question", text)]),
            };
            return self.set_name(step.id(), interaction.id);
        }
        if let (Some(to), Some(about)) = (&step.reply_to, &step.about) {
            let other = self.user(step.about_by.as_deref().unwrap_or("carol"));
            self.set_name(to.clone(), self.discord.user_sends(place, other, about));
        }
        if let Some(known) = self.names.borrow().ids.get(step.id()).copied() {
            return self.discord.repeat_message_event(known);
        }
        let text = self.addressed(step, text);
        let reply_to = step.reply_to.as_ref().map(|name| self.id(name));
        let ago = Duration::from_secs(step.ago);
        let saying = UserMessage { text: &text, reply_to, ago, ..UserMessage::default() };
        let id = self.discord.user_sends_message(place, user, saying);
        self.set_name(step.id(), id);
    }

    /// The text, with a mention of the bot unless the step is plain.
    fn addressed(&self, step: &Step, text: &str) -> String {
        if step.plain { text.to_owned() } else { format!("{} {text}", self.discord.mention()) }
    }

    fn use_control(&self, step: &Step, sent: &str) {
        let (message, user) = (self.id(sent), self.user(step.by()));
        let control = step.control.as_ref().expect("a control");
        let interaction = match control.as_str() {
            Some("helpful") => self.discord.user_presses(message, LABELS.answered_it, user),
            Some("delete") => self.discord.user_presses(message, LABELS.delete, user),
            _ => {
                let number = control["pick"].as_u64().expect("a number");
                self.discord.user_presses(message, &format!("{number}."), user)
            }
        };
        self.set_name(step.id(), interaction.id);
    }

    fn join(&self, name: &str) {
        let known = self.names.borrow().guilds.get(name).copied();
        let guild = known.unwrap_or_else(|| {
            let guild = self.discord.guild_joined(name, Duration::ZERO);
            self.names.borrow_mut().guilds.insert(name.to_owned(), guild);
            self.place(name);
            guild
        });
        self.discord.announce_guild(guild);
    }

    /// Asserts that the private reply to a new user's `/help` is the next effect.
    fn mark(&self, place: ChannelId) {
        let marker = self.discord.user("marker");
        let interaction = self.discord.user_runs_command(place, marker, "help", &[]);
        let seen = self.discord.next_change();
        let is_mark = seen.message().interaction == Some(interaction.id);
        assert!(is_mark && seen.message().is_private, "another effect: {seen:?}");
    }
}

impl Driver for OnDiscord {
    fn restart(&mut self, is_killed: bool) {
        let bot = self.bot.take().expect("it runs");
        self.bot = Some(bot.restart(&self.discord, is_killed));
    }

    fn act(&mut self, step: &Step) {
        if let Some(id) = &step.deleted {
            self.discord.delete_message(self.id(id));
        } else if let Some(sent) = &step.used {
            self.use_control(step, sent);
        } else if let Some(name) = &step.joined {
            self.join(name);
        } else if let Some(text) = &step.edited {
            self.discord.user_edits(self.id(step.id()), &self.addressed(step, text));
        } else if let Some(text) = &step.said {
            self.send(step, text);
        }
    }

    fn next_effect(&mut self, step: &Step) -> VisibleEffect {
        let seen = self.discord.next_change();
        let message = seen.message();
        let name_of = |id: u64| self.name_of(id).unwrap_or_else(|| format!("message {id}"));
        let head = match &seen {
            ObservedChange::Sent(_) => {
                let cause = match message.interaction.or(message.reply_to) {
                    Some(cause) => name_of(cause),
                    None => format!("{}:joined", step.place()),
                };
                self.set_name(format!("{cause}/reply"), message.id);
                format!("send {cause}")
            }
            ObservedChange::Edited(_) => format!("amend {}", name_of(message.id)),
            ObservedChange::Deleted(_) => format!("remove {}", name_of(message.id)),
        };
        let is_deleted = matches!(seen, ObservedChange::Deleted(_));
        let kinds =
            if is_deleted { Vec::new() } else { kinds(&self.pack, &message.text, self.shows_lead) };
        let descriptions = if is_deleted {
            vec![head]
        } else {
            kinds.iter().map(|kind| format!("{head}: {kind}")).collect()
        };
        assert_eq!(message.n_pings, 0, "{message:?}");
        // A reply to a message is always public.
        let can_be_private = step.command || step.used.is_some();
        VisibleEffect {
            descriptions,
            text: readable(&message.text),
            is_private: can_be_private.then_some(message.is_private),
        }
    }

    fn assert_no_effect(&mut self, _: &str, step: &Step) {
        self.mark(self.place_of(step));
    }
}

/// `text` without the Markdown that occurs in the list's words.
fn readable(text: &str) -> String {
    text.replace("**", "").replace('\\', "")
}
