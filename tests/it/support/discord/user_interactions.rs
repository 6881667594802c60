//! Interactions that users start: commands, components and modals.

use serde_json::{Value, json};

use super::Discord;
use super::builders::{ChannelId, UserId};
use super::interaction::{self, AUTOCOMPLETE, COMMAND, COMPONENT, Interaction, MODAL};
use super::message::Visibility;
use super::permission::VIEW_CHANNEL;
use super::session::Dispatch;
use super::state::ServerState;
use crate::service::MAX_WAIT;

/// An interaction that a user has started.
#[derive(Debug, Clone)]
pub(crate) struct InteractionRef {
    pub(crate) id: u64,
    pub(crate) token: String,
}

impl ServerState {
    /// Stores `interaction` and sends its event.
    fn start(&mut self, interaction: Interaction, data: &Value) -> InteractionRef {
        let json = interaction::json(self, &interaction, data);
        let (id, token) = (interaction.id, interaction.token.clone());
        let guild = self.guild_of(interaction.channel);
        self.interactions.insert(token.clone(), interaction);
        let data = |_| json.clone();
        self.send_event(&Dispatch { kind: "INTERACTION_CREATE", guild, intents: 0, data: &data });
        InteractionRef { id, token }
    }

    fn interaction(&mut self, kind: u64, user: UserId, channel: u64) -> Interaction {
        Interaction::new(self.clock.id(), kind, user.0, channel, self.clock.now_ms())
    }

    /// The command `name`, which has to be offered to the user.
    fn command(&self, name: &str, channel: u64, user: UserId) -> Value {
        let found = self.commands.iter().find(|command| command["name"] == name);
        let command = found.unwrap_or_else(|| panic!("no command {name}"));
        let is_offered = self.is_offered(command, &self.channels[&channel], user.0);
        assert!(is_offered, "{name} is not offered to {user} in {channel}");
        command.clone()
    }
}

impl Discord {
    /// A user runs a slash command with options by name.
    pub(crate) fn user_runs_command(
        &self,
        channel: ChannelId,
        user: UserId,
        name: &str,
        options: &[(&str, &str)],
    ) -> InteractionRef {
        self.shared.update(|state| {
            let interaction = state.interaction(COMMAND, user, channel.0);
            let command = state.command(name, channel.0, user);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": option_values(options, None),
            });
            state.start(interaction, &data)
        })
    }

    /// A user runs a subcommand of a slash command with options by name.
    pub(crate) fn user_runs_subcommand(
        &self,
        channel: ChannelId,
        user: UserId,
        (name, subcommand): (&str, &str),
        options: &[(&str, &str)],
    ) -> InteractionRef {
        self.shared.update(|state| {
            let interaction = state.interaction(COMMAND, user, channel.0);
            let command = state.command(name, channel.0, user);
            let options = option_values(options, None);
            let data = subcommand_data(&command, (name, subcommand), &options);
            state.start(interaction, &data)
        })
    }

    /// Waits for the choices that a user gets for the last of these options of a subcommand, which are filled in so
    /// far: name and value of each.
    pub(crate) fn subcommand_choices(
        &self,
        channel: ChannelId,
        user: UserId,
        (name, subcommand): (&str, &str),
        options: &[(&str, &str)],
    ) -> Vec<(String, String)> {
        let typing = self.shared.update(|state| {
            let interaction = state.interaction(AUTOCOMPLETE, user, channel.0);
            let command = state.command(name, channel.0, user);
            let options = option_values(options, options.last().map(|(option, _)| *option));
            let data = subcommand_data(&command, (name, subcommand), &options);
            state.start(interaction, &data)
        });
        let data = self.response_data(&typing);
        let choices = data["choices"].as_array().expect("choices").iter();
        let text = |value: &Value| value.as_str().expect("a text").to_owned();
        choices.map(|choice| (text(&choice["name"]), text(&choice["value"]))).collect()
    }

    /// A user runs a message command on `message`.
    pub(crate) fn user_runs_message_command(
        &self,
        message: u64,
        user: UserId,
        name: &str,
    ) -> InteractionRef {
        self.shared.update(|state| {
            let target = state.messages[&message].clone();
            let mut interaction = state.interaction(COMMAND, user, target.channel);
            interaction.is_on_message = true;
            let command = state.command(name, target.channel, user);
            assert_eq!(command["type"], 3, "{name} is for messages");
            let json = target.json(state, Visibility::All);
            let data = json!({
                "id": command["id"], "name": name, "type": 3, "target_id": message.to_string(),
                "resolved": { "messages": { message.to_string(): json } },
            });
            state.start(interaction, &data)
        })
    }

    /// A user types `text` into an option of a command.
    pub(crate) fn user_types(
        &self,
        channel: ChannelId,
        user: UserId,
        (name, option): (&str, &str),
        text: &str,
    ) -> InteractionRef {
        self.shared.update(|state| {
            let interaction = state.interaction(AUTOCOMPLETE, user, channel.0);
            let command = state.command(name, channel.0, user);
            let data = json!({
                "id": command["id"], "name": name, "type": 1,
                "options": option_values(&[(option, text)], Some(option)),
            });
            state.start(interaction, &data)
        })
    }

    /// Waits for the choices that a user gets for `text` in an option of a command.
    pub(crate) fn autocomplete_choices(
        &self,
        channel: ChannelId,
        user: UserId,
        option: (&str, &str),
        text: &str,
    ) -> Vec<String> {
        let data = self.response_data(&self.user_types(channel, user, option, text));
        let choices = data["choices"].as_array().expect("choices").iter();
        choices.map(|choice| choice["name"].as_str().expect("a name").to_owned()).collect()
    }

    /// Waits for the choices or the modal of the response.
    pub(crate) fn response_data(&self, interaction: &InteractionRef) -> Value {
        let data = self.shared.wait(MAX_WAIT, |state| {
            let interaction = &state.interactions[&interaction.token];
            interaction.response.map(|_| interaction.data.clone().unwrap_or_default())
        });
        data.unwrap_or_else(|| panic!("no response"))
    }

    /// Waits for the initial response, and returns its callback type.
    pub(crate) fn response_type(&self, interaction: &InteractionRef) -> u64 {
        let kind =
            self.shared.wait(MAX_WAIT, |state| state.interactions[&interaction.token].response);
        kind.unwrap_or_else(|| panic!("no response"))
    }

    /// A user presses the button of `message` whose label contains `label`.
    pub(crate) fn user_presses(&self, message: u64, label: &str, user: UserId) -> InteractionRef {
        let id = self.shared.read(|state| {
            let observed = super::ObservedMessage::new(&state.messages[&message]);
            let mut controls = observed.controls();
            let found =
                controls.find(|it| it["label"].as_str().is_some_and(|it| it.contains(label)));
            let found =
                found.unwrap_or_else(|| panic!("{label} is not among {:?}", observed.labels()));
            found["custom_id"].as_str().expect("an id").to_owned()
        });
        self.user_sends_custom_id(message, &id, None, user)
    }

    /// Sends a component interaction with this id, whether the message has such a component or not.
    /// With `value`, it is of a select menu.
    pub(crate) fn user_sends_custom_id(
        &self,
        message: u64,
        custom_id: &str,
        value: Option<&str>,
        user: UserId,
    ) -> InteractionRef {
        self.shared.update(|state| {
            let channel = state.messages[&message].channel;
            let granted = state.permissions(&state.channels[&channel], user.0);
            assert!(granted & VIEW_CHANNEL != 0, "{user} does not see the message");
            let mut interaction = state.interaction(COMPONENT, user, channel);
            interaction.source = Some(message);
            let mut data = json!({
                "component_type": if value.is_some() { 3 } else { 2 }, "custom_id": custom_id,
            });
            if let Some(value) = value {
                data["values"] = json!([value]);
            }
            state.start(interaction, &data)
        })
    }

    /// A user submits the modal that `interaction` has opened.
    pub(crate) fn user_submits(
        &self,
        interaction: &InteractionRef,
        values: &[&str],
        user: UserId,
    ) -> InteractionRef {
        let form = self.response_data(interaction);
        self.shared.update(|state| {
            let opened = state.interactions[&interaction.token].clone();
            let mut interaction = state.interaction(MODAL, user, opened.channel);
            interaction.source = opened.source;
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
            state.start(interaction, &data)
        })
    }
}

/// The data of a use of a subcommand, which has to be defined, with its options.
fn subcommand_data(command: &Value, (name, subcommand): (&str, &str), options: &[Value]) -> Value {
    let mut defined = command["options"].as_array().into_iter().flatten();
    let defined = defined.find(|option| option["name"] == subcommand);
    let defined = defined.unwrap_or_else(|| panic!("no subcommand {subcommand}"));
    let mut given = Vec::new();
    for option in options {
        let mut known = defined["options"].as_array().into_iter().flatten();
        let known = known.find(|known| known["name"] == option["name"]);
        let known = known.unwrap_or_else(|| panic!("{subcommand} has no {option}"));
        let mut option = option.clone();
        option["type"] = known["type"].clone();
        if known["type"] == 4 {
            let number = option["value"].as_str().and_then(|it| it.parse::<u64>().ok());
            option["value"] = json!(number.expect("a number"));
        }
        given.push(option);
    }
    json!({
        "id": command["id"], "name": name, "type": 1,
        "options": [{ "name": subcommand, "type": 1, "options": given }],
    })
}

fn option_values(options: &[(&str, &str)], focused: Option<&str>) -> Vec<Value> {
    let option_values = options.iter().map(|(name, value)| {
        let mut option = match value.parse::<bool>() {
            Ok(value) => json!({ "name": name, "type": 5, "value": value }),
            Err(_) => json!({ "name": name, "type": 3, "value": value }),
        };
        if focused == Some(*name) {
            option["focused"] = json!(true);
        }
        option
    });
    option_values.collect()
}
