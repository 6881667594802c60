//! Behaviors through `quoth run`, a homeserver and people with clients.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::time::Duration;

use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId};
use quoth::knowledge::Pack;

use super::list::{Behavior, Step};
use super::{Driver, Sight, kinds};
use crate::first_pack::first_pack;
use crate::matrix::bot::Bot;
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, keycap, register};
use crate::support::synapse::Synapse;

/// One life of the service after the other, and what the list calls what on Matrix.
pub(super) struct OnMatrix {
    bot: Bot,
    pack: Pack,
    shows_lead: bool,
    people: RefCell<HashMap<String, Rc<TestUser>>>,
    rooms: RefCell<HashMap<String, OwnedRoomId>>,
    /// Messages and reactions.
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
            people: RefCell::default(),
            rooms: RefCell::default(),
            ids: RefCell::default(),
        };
        // Settings name rooms, which have to be there; the bot is asked in when it runs.
        for (name, value) in super::settings(behavior, |name| on_matrix.called(name)) {
            if name != "QUOTH_HTTP__IS_ON" {
                on_matrix.bot.set(&name, &value);
            }
        }
        let greets = behavior.step.iter().any(|step| step.joined.is_some());
        on_matrix.bot.set("QUOTH_DEFAULT_SPACE__GREETS", &greets.to_string());
        if behavior.settings.contains_key("questions_per_asker") {
            on_matrix.bot.set("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "30");
        }
        on_matrix.bot.start_and_wait();
        on_matrix
    }

    /// The name of a place or a person of the list, as settings have it.
    fn called(&self, name: &str) -> String {
        if matches!(name, "ada" | "bob" | "mod") {
            format!("matrix:{}", self.person(name).id())
        } else {
            format!("matrix:{}", self.bare_room(name))
        }
    }

    fn person(&self, name: &str) -> Rc<TestUser> {
        let mut people = self.people.borrow_mut();
        let made = || Rc::new(TestUser::new(Synapse::shared(), name));
        Rc::clone(people.entry(name.to_owned()).or_insert_with(made))
    }

    /// The room called so, in which the bot may not be yet. Ada has opened it.
    fn bare_room(&self, name: &str) -> OwnedRoomId {
        let ada = self.person("ada");
        let mut rooms = self.rooms.borrow_mut();
        rooms
            .entry(name.to_owned())
            .or_insert_with(|| ada.create_room(RoomKind::Public, &[]))
            .clone()
    }

    /// The room called so, with the bot.
    fn room(&self, name: &str) -> OwnedRoomId {
        let (room, ada) = (self.bare_room(name), self.person("ada"));
        if !ada.is_joined(&room, &self.bot.id) {
            ada.invite(&room, &self.bot.id);
            ada.wait_for_join(&room, &self.bot.id);
        }
        room
    }

    /// Where `step` happens; who does it is there as well.
    fn place_of(&self, step: &Step) -> OwnedRoomId {
        let person = self.person(self.by(step));
        if step.direct {
            let name = format!("direct {}", step.by());
            if let Some(room) = self.rooms.borrow().get(&name) {
                return room.clone();
            }
            let room = person.create_room(RoomKind::Direct, &[&self.bot.id]);
            person.wait_for_join(&room, &self.bot.id);
            self.rooms.borrow_mut().insert(name, room.clone());
            return room;
        }
        let room = self.room(step.place());
        if !person.is_joined(&room, person.id()) {
            person.join(&room);
        }
        room
    }

    fn by<'s>(&self, step: &'s Step) -> &'s str {
        if step.bot { "robot" } else { step.by() }
    }

    fn id(&self, name: &str) -> OwnedEventId {
        let ids = self.ids.borrow();
        ids.get(name).unwrap_or_else(|| panic!("nothing is called {name}")).clone()
    }

    fn name_of(&self, id: &OwnedEventId) -> String {
        let ids = self.ids.borrow();
        let named = ids.iter().find(|(_, it)| *it == id).map(|(name, _)| name.clone());
        named.unwrap_or_else(|| format!("message {id}"))
    }

    fn call(&self, name: impl Into<String>, id: OwnedEventId) {
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

    fn say(&self, step: &Step, text: &str) {
        let room = self.place_of(step);
        if let (Some(to), Some(about)) = (&step.reply_to, &step.about)
            && !self.ids.borrow().contains_key(to)
        {
            let id = self.person("ada").send(&room, &Draft::plain(about));
            self.call(to.clone(), id);
        }
        // The homeserver never tells a message again; a restart has it looked at again.
        if self.ids.borrow().contains_key(step.id()) {
            return;
        }
        let (person, saying) = (self.person(self.by(step)), self.saying(step, text));
        let id = match step.ago {
            0 => person.send(&room, &saying),
            ago => person.send_backdated(&room, &saying, Duration::from_secs(ago)),
        };
        self.call(step.id(), id);
    }

    fn use_control(&self, step: &Step, sent: &str) {
        let room = self.place_of(step);
        let control = step.control.as_ref().expect("a control");
        let key = match control.as_str() {
            Some("helpful") => "👍".to_owned(),
            Some("delete") => "🗑️".to_owned(),
            _ => keycap(control["pick"].as_u64().expect("a number")),
        };
        let id = self.person(step.by()).react(&room, &self.id(sent), &key);
        self.call(step.id(), id);
    }
}

impl Driver for OnMatrix {
    fn restart(&mut self, is_killed: bool) {
        self.bot.restart(is_killed);
    }

    fn act(&mut self, step: &Step) {
        if let Some(name) = &step.deleted {
            let room = self.place_of(step);
            self.person(step.by()).redact(&room, &self.id(name));
        } else if let Some(sent) = &step.used {
            self.use_control(step, sent);
        } else if let Some(name) = &step.joined {
            self.room(name);
        } else if let Some(text) = &step.edited {
            let saying = self.saying(step, text);
            let room = self.place_of(step);
            self.person(step.by()).edit(&room, &self.id(step.id()), &saying);
        } else if let Some(text) = &step.said {
            self.say(step, text);
        }
    }

    fn see(&mut self, step: &Step) -> Sight {
        let room = self.place_of(step);
        let watcher = if step.direct { self.person(step.by()) } else { self.person("ada") };
        let seen = watcher.next_change(&room, &self.bot.id);
        let (head, shown) = match seen {
            ObservedChange::Deleted(id) => {
                let told = vec![format!("remove {}", self.name_of(&id))];
                return Sight { told, text: String::new(), is_private: None };
            }
            ObservedChange::Edited(shown) => (format!("amend {}", self.name_of(&shown.id)), shown),
            ObservedChange::Sent(shown) => {
                let cause = match &shown.reply_to {
                    Some(id) => self.name_of(id),
                    None => format!("{}:joined", step.place()),
                };
                self.call(format!("{cause}/reply"), shown.id.clone());
                (format!("send {cause}"), shown)
            }
        };
        assert_eq!(shown.mentions, serde_json::json!({}), "{shown:?}");
        let kinds = kinds(&self.pack, &shown.text, self.shows_lead);
        let told = kinds.iter().map(|kind| format!("{head}: {kind}")).collect();
        Sight { told, text: shown.text, is_private: None }
    }

    fn see_no_more(&mut self, name: &str, step: &Step) {
        // Somebody new asks for help; that comes next, unless the bot is paused.
        let room = self.place_of(step);
        let watcher = if step.direct { self.person(step.by()) } else { self.person("ada") };
        if step.direct || name.contains("pause") {
            return watcher.expect_no_change(&room, &self.bot.id, Duration::from_millis(400));
        }
        let marker = TestUser::new(Synapse::shared(), "marker");
        marker.join(&room);
        let mark = marker.send(&room, &Draft::plain("!help"));
        let seen = watcher.next_change(&room, &self.bot.id);
        let is_mark =
            matches!(&seen, ObservedChange::Sent(shown) if shown.reply_to.as_ref() == Some(&mark));
        assert!(is_mark, "{name}: nothing more was to be seen: {seen:?}");
    }
}
