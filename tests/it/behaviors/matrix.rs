//! Behaviors through `quoth run`, a homeserver and users with clients.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId};
use quoth::knowledge::Pack;

use super::list::{Behavior, Step};
use super::{Driver, VisibleEffect, kinds};
use crate::first_pack::first_pack;
use crate::matrix::bot::Bot;
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, keycap, register};
use crate::support::synapse::Synapse;

/// The service, restarted on the same data, and the Matrix objects of the list's names.
pub(super) struct OnMatrix {
    bot: Bot,
    pack: Pack,
    shows_lead: bool,
    users: RefCell<HashMap<String, Rc<TestUser>>>,
    rooms: RefCell<HashMap<String, OwnedRoomId>>,
    /// Ids of messages and reactions.
    ids: RefCell<HashMap<String, OwnedEventId>>,
}

impl OnMatrix {
    pub(super) fn start(behavior: &Behavior) -> Self {
        let server = Synapse::shared();
        let bot = Bot::prepare(&server.url(), register(server, "quoth"), &[]);
        let shows_lead = behavior.settings.get("shows_lead").and_then(toml::Value::as_bool);
        let mut on_matrix = Self {
            bot,
            pack: first_pack(),
            shows_lead: shows_lead != Some(false),
            users: RefCell::default(),
            rooms: RefCell::default(),
            ids: RefCell::default(),
        };
        // Settings contain room IDs, so the rooms are created first. The bot is invited once it runs.
        for (name, value) in super::settings(behavior, |name| on_matrix.id_in_settings(name)) {
            if name != "QUOTH_HTTP__IS_ON" {
                on_matrix.bot.set(&name, &value);
            }
        }
        let greets = behavior.step.iter().any(|step| step.joined.is_some());
        on_matrix.bot.set("QUOTH_DEFAULT_SPACE__GREETS", &greets.to_string());
        on_matrix.bot.start_and_wait();
        on_matrix
    }

    /// The id of a place or user of the list, as settings contain it.
    fn id_in_settings(&self, name: &str) -> String {
        if matches!(name, "ada" | "bob" | "mod") {
            format!("matrix:{}", self.user(name).id())
        } else {
            format!("matrix:{}", self.bare_room(name))
        }
    }

    fn user(&self, name: &str) -> Rc<TestUser> {
        let mut users = self.users.borrow_mut();
        let create = || Rc::new(TestUser::new(Synapse::shared(), name));
        Rc::clone(users.entry(name.to_owned()).or_insert_with(create))
    }

    /// The room of this name, created by Ada, with or without the bot.
    fn bare_room(&self, name: &str) -> OwnedRoomId {
        let ada = self.user("ada");
        let mut rooms = self.rooms.borrow_mut();
        rooms
            .entry(name.to_owned())
            .or_insert_with(|| ada.create_room(RoomKind::Public, &[]))
            .clone()
    }

    /// The room of this name, with the bot.
    fn room(&self, name: &str) -> OwnedRoomId {
        let (room, ada) = (self.bare_room(name), self.user("ada"));
        if !ada.is_joined(&room, &self.bot.id) {
            ada.invite(&room, &self.bot.id);
            ada.wait_for_join(&room, &self.bot.id);
        }
        room
    }

    /// The room of `step`, with its user.
    fn place_of(&self, step: &Step) -> OwnedRoomId {
        let user = self.user(self.by(step));
        if step.direct {
            let name = format!("direct {}", step.by());
            if let Some(room) = self.rooms.borrow().get(&name) {
                return room.clone();
            }
            let room = user.create_room(RoomKind::Direct, &[&self.bot.id]);
            user.wait_for_join(&room, &self.bot.id);
            self.rooms.borrow_mut().insert(name, room.clone());
            return room;
        }
        let room = self.room(step.place());
        if !user.is_joined(&room, user.id()) {
            user.join(&room);
        }
        room
    }

    fn by<'s>(&self, step: &'s Step) -> &'s str {
        if step.bot { "robot" } else { step.by() }
    }

    fn id(&self, name: &str) -> OwnedEventId {
        let ids = self.ids.borrow();
        ids.get(name).unwrap_or_else(|| panic!("no message has the name {name}")).clone()
    }

    fn name_of(&self, id: &OwnedEventId) -> String {
        let ids = self.ids.borrow();
        let named = ids.iter().find(|(_, it)| *it == id).map(|(name, _)| name.clone());
        named.unwrap_or_else(|| format!("message {id}"))
    }

    fn set_name(&self, name: impl Into<String>, id: OwnedEventId) {
        self.ids.borrow_mut().insert(name.into(), id);
    }

    fn saying(&self, step: &Step, text: &str) -> Draft {
        let saying = if step.plain { Draft::plain(text) } else { self.bot.mention(text) };
        let saying = if step.bot { saying.notice() } else { saying };
        match &step.reply_to {
            Some(name) => saying.reply_to(&self.id(name)),
            None => saying,
        }
    }

    fn send(&self, step: &Step, text: &str) {
        let room = self.place_of(step);
        if let (Some(to), Some(about)) = (&step.reply_to, &step.about)
            && !self.ids.borrow().contains_key(to)
        {
            let other = self.user(step.about_by.as_deref().unwrap_or("ada"));
            let id = other.send(&room, &Draft::plain(about));
            self.set_name(to.clone(), id);
        }
        // The homeserver never sends an event twice, but after a restart the bot reads it again.
        if self.ids.borrow().contains_key(step.id()) {
            return;
        }
        let (user, saying) = (self.user(self.by(step)), self.saying(step, text));
        let id = match step.ago {
            0 => user.send(&room, &saying),
            ago => user.send_backdated(&room, &saying, Duration::from_secs(ago)),
        };
        self.set_name(step.id(), id);
    }

    fn use_control(&self, step: &Step, sent: &str) {
        let room = self.place_of(step);
        let control = step.control.as_ref().expect("a control");
        let key = match control.as_str() {
            Some("helpful") => "👍".to_owned(),
            Some("delete") => "🗑️".to_owned(),
            _ => keycap(control["pick"].as_u64().expect("a number")),
        };
        let id = self.user(step.by()).react(&room, &self.id(sent), &key);
        self.set_name(step.id(), id);
    }
}

impl Driver for OnMatrix {
    fn restart(&mut self, is_killed: bool) {
        self.bot.restart(is_killed);
    }

    fn act(&mut self, step: &Step) {
        if let Some(name) = &step.deleted {
            let room = self.place_of(step);
            self.user(step.by()).redact(&room, &self.id(name));
        } else if let Some(sent) = &step.used {
            self.use_control(step, sent);
        } else if let Some(name) = &step.joined {
            self.room(name);
        } else if let Some(text) = &step.edited {
            let saying = self.saying(step, text);
            let room = self.place_of(step);
            self.user(step.by()).edit(&room, &self.id(step.id()), &saying);
        } else if let Some(text) = &step.said {
            self.send(step, text);
        }
    }

    fn next_effect(&mut self, step: &Step) -> VisibleEffect {
        let room = self.place_of(step);
        let watcher = if step.direct { self.user(step.by()) } else { self.user("ada") };
        let seen = watcher.next_change(&room, &self.bot.id);
        let (head, message) = match seen {
            ObservedChange::Deleted(id) => {
                let descriptions = vec![format!("remove {}", self.name_of(&id))];
                return VisibleEffect { descriptions, text: String::new(), is_private: None };
            }
            ObservedChange::Edited(message) => {
                (format!("amend {}", self.name_of(&message.id)), message)
            }
            ObservedChange::Sent(message) => {
                let cause = match &message.reply_to {
                    Some(id) => self.name_of(id),
                    None => format!("{}:joined", step.place()),
                };
                self.set_name(format!("{cause}/reply"), message.id.clone());
                (format!("send {cause}"), message)
            }
        };
        assert_eq!(message.mentions, serde_json::json!({}), "{message:?}");
        let kinds = kinds(&self.pack, &message.text, self.shows_lead);
        let descriptions = kinds.iter().map(|kind| format!("{head}: {kind}")).collect();
        VisibleEffect { descriptions, text: message.text, is_private: None }
    }

    fn assert_no_effect(&mut self, name: &str, step: &Step) {
        // The reply to a new user's `!help` must come next, unless the bot is paused.
        let room = self.place_of(step);
        let watcher = if step.direct { self.user(step.by()) } else { self.user("ada") };
        if step.direct || name.contains("pause") {
            return watcher.expect_no_change(&room, &self.bot.id, Duration::from_millis(400));
        }
        let marker = TestUser::new(Synapse::shared(), "marker");
        marker.join(&room);
        let mark = marker.send(&room, &Draft::plain("!help"));
        let seen = watcher.next_change(&room, &self.bot.id);
        let is_mark =
            matches!(&seen, ObservedChange::Sent(shown) if shown.reply_to.as_ref() == Some(&mark));
        assert!(is_mark, "{name}: another effect: {seen:?}");
    }
}
