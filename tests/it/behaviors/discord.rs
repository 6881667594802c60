//! Behaviors through `quoth run` and the stand-in for Discord.

use std::cell::RefCell;
use std::collections::HashMap;
use std::time::Duration;

use quoth::knowledge::Pack;

use super::list::{Behavior, Step};
use super::{Driver, Sight, kinds};
use crate::discord::bot::{Bot, LABELS};
use crate::first_pack::first_pack;
use crate::support::discord::{ChannelId, Discord, GuildId, ObservedChange, UserId, UserMessage};

/// One life of the service after the other, and what the list calls what on Discord.
pub(super) struct OnDiscord {
    discord: Discord,
    bot: Option<Bot>,
    pack: Pack,
    shows_lead: bool,
    names: RefCell<Names>,
}

/// Names of the list, and what they are on Discord.
struct Names {
    home: GuildId,
    places: HashMap<String, ChannelId>,
    guilds: HashMap<String, GuildId>,
    people: HashMap<String, UserId>,
    /// Messages and interactions.
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
            people: HashMap::new(),
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
        // In the order in which they were made there would be a greeting; the list has its own.
        on_discord.place("room");
        let mut settings = super::settings(behavior, |name| on_discord.called(name));
        if behavior.discord_reads_all {
            settings.push(("QUOTH_DISCORD__MESSAGE_CONTENT".to_owned(), "true".to_owned()));
        }
        let bot = Bot::start(&on_discord.discord, &settings);
        on_discord.bot = Some(bot);
        on_discord.pass_over_greeting();
        on_discord
    }

    /// The guild is a year old to the bot, and yet new to its records.
    fn pass_over_greeting(&self) {
        self.mark(self.place("room"));
    }

    /// The name of a place or a person of the list, as settings have it.
    fn called(&self, name: &str) -> String {
        let is_person = matches!(name, "ada" | "bob" | "mod");
        if is_person { self.person(name).to_string() } else { self.place(name).to_string() }
    }

    fn place(&self, name: &str) -> ChannelId {
        let mut names = self.names.borrow_mut();
        let guild = names.guilds.get(name).copied().unwrap_or(names.home);
        *names.places.entry(name.to_owned()).or_insert_with(|| self.discord.channel(guild, name))
    }

    fn person(&self, name: &str) -> UserId {
        let mut names = self.names.borrow_mut();
        *names.people.entry(name.to_owned()).or_insert_with(|| self.discord.user(name))
    }

    fn id(&self, name: &str) -> u64 {
        let names = self.names.borrow();
        *names.ids.get(name).unwrap_or_else(|| panic!("nothing is called {name}"))
    }

    /// What the list calls the message or interaction `id`.
    fn name_of(&self, id: u64) -> Option<String> {
        let names = self.names.borrow();
        names.ids.iter().find(|(_, it)| **it == id).map(|(name, _)| name.clone())
    }

    fn call(&self, name: impl Into<String>, id: u64) {
        self.names.borrow_mut().ids.insert(name.into(), id);
    }

    /// Where `step` happens.
    fn place_of(&self, step: &Step) -> ChannelId {
        if step.direct {
            self.discord.direct(self.person(step.by()))
        } else {
            self.place(step.place())
        }
    }

    fn say(&self, step: &Step, text: &str) {
        let place = self.place_of(step);
        let person = if step.bot { self.discord.bot("robot") } else { self.person(step.by()) };
        if step.command {
            let done = match text {
                "help" | "topics" | "pause" | "resume" => {
                    self.discord.user_runs_command(place, person, text, &[])
                }
                text => self.discord.user_runs_command(place, person, "ask", &[("question", text)]),
            };
            return self.call(step.id(), done.id);
        }
        if let (Some(to), Some(about)) = (&step.reply_to, &step.about) {
            let other = self.person("carol");
            self.call(to.clone(), self.discord.user_sends(place, other, about));
        }
        if let Some(known) = self.names.borrow().ids.get(step.id()).copied() {
            return self.discord.repeat_message_event(known);
        }
        let text = self.addressed(step, text);
        let reply_to = step.reply_to.as_ref().map(|name| self.id(name));
        let ago = Duration::from_secs(step.ago);
        let saying = UserMessage { text: &text, reply_to, ago, ..UserMessage::default() };
        let id = self.discord.user_sends_message(place, person, saying);
        self.call(step.id(), id);
    }

    /// The text with the bot's name, if the step has it.
    fn addressed(&self, step: &Step, text: &str) -> String {
        if step.plain { text.to_owned() } else { format!("{} {text}", self.discord.mention()) }
    }

    fn use_control(&self, step: &Step, sent: &str) {
        let (message, person) = (self.id(sent), self.person(step.by()));
        let control = step.control.as_ref().expect("a control");
        let done = match control.as_str() {
            Some("helpful") => self.discord.user_presses(message, LABELS.answered_it, person),
            Some("delete") => self.discord.user_presses(message, LABELS.delete, person),
            _ => {
                let number = control["pick"].as_u64().expect("a number");
                self.discord.user_presses(message, &format!("{number}."), person)
            }
        };
        self.call(step.id(), done.id);
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

    /// Somebody new asks for help, in private; that comes next.
    fn mark(&self, place: ChannelId) {
        let marker = self.discord.user("marker");
        let done = self.discord.user_runs_command(place, marker, "help", &[]);
        let seen = self.discord.next_change();
        let is_mark = seen.message().interaction == Some(done.id);
        assert!(is_mark && seen.message().is_private, "nothing more was to be seen: {seen:?}");
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
            self.say(step, text);
        }
    }

    fn see(&mut self, step: &Step) -> Sight {
        let seen = self.discord.next_change();
        let shown = seen.message();
        let its_name = |id: u64| self.name_of(id).unwrap_or_else(|| format!("message {id}"));
        let head = match &seen {
            ObservedChange::Sent(_) => {
                let cause = match shown.interaction.or(shown.reply_to) {
                    Some(cause) => its_name(cause),
                    None => format!("{}:joined", step.place()),
                };
                self.call(format!("{cause}/reply"), shown.id);
                format!("send {cause}")
            }
            ObservedChange::Edited(_) => format!("amend {}", its_name(shown.id)),
            ObservedChange::Deleted(_) => format!("remove {}", its_name(shown.id)),
        };
        let is_removed = matches!(seen, ObservedChange::Deleted(_));
        let kinds =
            if is_removed { Vec::new() } else { kinds(&self.pack, &shown.text, self.shows_lead) };
        let told = if is_removed {
            vec![head]
        } else {
            kinds.iter().map(|kind| format!("{head}: {kind}")).collect()
        };
        assert_eq!(shown.n_pings, 0, "{shown:?}");
        // A reply to a message is seen by everybody.
        let can_be_private = step.command || step.used.is_some();
        Sight {
            told,
            text: readable(&shown.text),
            is_private: can_be_private.then_some(shown.is_private),
        }
    }

    fn see_no_more(&mut self, _: &str, step: &Step) {
        self.mark(self.place_of(step));
    }
}

/// `text` without Markdown's marks, as far as the words of the list need it.
fn readable(text: &str) -> String {
    text.replace("**", "").replace('\\', "")
}
