//! What people do with commands, buttons and forms.

use serde_json::{Value, json};

use super::Discord;
use super::builders::{Person, Place};
use super::interaction::{self, AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, MODAL};
use super::message::Sight;
use super::session::Dispatch;
use super::state::ServerState;
use crate::service::MAX_WAIT;

/// Something that was done and waits for a response.
#[derive(Debug, Clone)]
pub(crate) struct Done {
    pub(crate) id: u64,
    pub(crate) token: String,
}

impl ServerState {
    /// Starts what `of` is, and tells the bot.
    fn start(&mut self, of: Interaction, data: &Value) -> Done {
        let json = interaction::json(self, &of, data);
        let (id, token) = (of.id, of.token.clone());
        let guild = self.guild_of(of.channel);
        self.interactions.insert(token.clone(), of);
        let data = |_| json.clone();
        self.tell(&Dispatch { kind: "INTERACTION_CREATE", guild, intents: 0, data: &data });
        Done { id, token }
    }

    fn interaction(&mut self, kind: u64, user: Person, channel: u64) -> Interaction {
        Interaction::new(self.clock.id(), kind, user.0, channel, self.clock.now_ms())
    }

    fn command(&self, name: &str) -> Value {
        let found = self.commands.iter().find(|command| command["name"] == name);
        found.unwrap_or_else(|| panic!("there is no command {name}")).clone()
    }
}

impl Discord {
    /// Somebody uses a command with options by name.
    pub(crate) fn uses(
        &self,
        place: Place,
        person: Person,
        name: &str,
        options: &[(&str, &str)],
    ) -> Done {
        self.shared.change(|world| {
            let of = world.interaction(COMMAND, person, place.0);
            let command = world.command(name);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": given(options, None),
            });
            world.start(of, &data)
        })
    }

    /// Somebody uses a message's command.
    pub(crate) fn uses_on(&self, message: u64, person: Person, name: &str) -> Done {
        self.shared.change(|world| {
            let target = world.messages[&message].clone();
            let mut of = world.interaction(COMMAND, person, target.channel);
            of.is_on_message = true;
            let command = world.command(name);
            assert_eq!(command["type"], 3, "{name} is for messages");
            let json = target.json(world, Sight::All);
            let data = json!({
                "id": command["id"], "name": name, "type": 3, "target_id": message.to_string(),
                "resolved": { "messages": { message.to_string(): json } },
            });
            world.start(of, &data)
        })
    }

    /// Somebody types `text` into an option of a command.
    pub(crate) fn types(
        &self,
        place: Place,
        person: Person,
        (name, option): (&str, &str),
        text: &str,
    ) -> Done {
        self.shared.change(|world| {
            let of = world.interaction(AUTOCOMPLETE, person, place.0);
            let command = world.command(name);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": given(&[(option, text)], Some(option)),
            });
            world.start(of, &data)
        })
    }

    /// What is offered to somebody who types `text` into an option of a command.
    pub(crate) fn offers(
        &self,
        place: Place,
        person: Person,
        option: (&str, &str),
        text: &str,
    ) -> Vec<String> {
        let data = self.data_of(&self.types(place, person, option, text));
        let choices = data["choices"].as_array().expect("choices").iter();
        choices.map(|choice| choice["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// What an interaction was responded to with.
    pub(crate) fn data_of(&self, done: &Done) -> Value {
        let data = self.shared.wait(MAX_WAIT, |world| {
            let interaction = &world.interactions[&done.token];
            interaction.response.map(|_| interaction.data.clone().unwrap_or_default())
        });
        data.unwrap_or_else(|| panic!("no response came"))
    }

    /// The kind of the first response to an interaction.
    pub(crate) fn response_to(&self, done: &Done) -> u64 {
        let kind = self.shared.wait(MAX_WAIT, |world| world.interactions[&done.token].response);
        kind.unwrap_or_else(|| panic!("no response came"))
    }

    /// Somebody presses the button of a message whose label has these words.
    pub(crate) fn presses(&self, message: u64, label: &str, person: Person) -> Done {
        let id = self.shared.look(|world| {
            let shown = super::ObservedMessage::new(&world.messages[&message]);
            let mut controls = shown.controls();
            let found =
                controls.find(|it| it["label"].as_str().is_some_and(|it| it.contains(label)));
            let found =
                found.unwrap_or_else(|| panic!("{label} is not among {:?}", shown.labels()));
            found["custom_id"].as_str().expect("an id").to_owned()
        });
        self.sends_id(message, &id, None, person)
    }

    /// A press arrives with this id, whether there is such a button or not; for a select with the
    /// value that was picked.
    pub(crate) fn sends_id(
        &self,
        message: u64,
        custom_id: &str,
        value: Option<&str>,
        person: Person,
    ) -> Done {
        self.shared.change(|world| {
            let channel = world.messages[&message].channel;
            let mut of = world.interaction(COMPONENT, person, channel);
            of.source = Some(message);
            let mut data = json!({
                "component_type": if value.is_some() { 3 } else { 2 }, "custom_id": custom_id,
            });
            if let Some(value) = value {
                data["values"] = json!([value]);
            }
            world.start(of, &data)
        })
    }

    /// Somebody fills in the form that `done` has opened.
    pub(crate) fn submits(&self, done: &Done, values: &[&str], person: Person) -> Done {
        let form = self.data_of(done);
        self.shared.change(|world| {
            let opened = world.interactions[&done.token].clone();
            let mut of = world.interaction(MODAL, person, opened.channel);
            of.source = opened.source;
            let rows = form["components"].as_array().into_iter().flatten();
            let filled: Vec<Value> = rows
                .zip(values)
                .map(|(row, value)| {
                    let id = &row["components"][0]["custom_id"];
                    let input = json!({ "type": 4, "custom_id": id, "value": value });
                    json!({ "type": 1, "components": [input] })
                })
                .collect();
            let data = json!({ "custom_id": form["custom_id"], "components": filled });
            world.start(of, &data)
        })
    }
}

fn given(options: &[(&str, &str)], focused: Option<&str>) -> Vec<Value> {
    let given = options.iter().map(|(name, value)| {
        let mut option = json!({ "name": name, "type": 3, "value": value });
        if focused == Some(*name) {
            option["focused"] = json!(true);
        }
        option
    });
    given.collect()
}
