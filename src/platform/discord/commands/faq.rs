//! The slash command for moderators: its definition, and the text command that it stands for.

use serenity::builder::{CreateCommand, CreateCommandOption};
use serenity::model::application::{
    CommandDataOption, CommandDataOptionValue, CommandOptionType, CommandType,
};

use super::super::ids;
use super::super::markdown::truncate;
use crate::conversation::Setting;
use crate::conversation::moderator_command::{FAQ, Field, Verb};
use crate::conversation::wording::Wording;

/// Discord's limit of characters of a description.
const MAX_DESCRIPTION: usize = 100;

/// Longest text of an option, in characters: far more than a question needs.
const MAX_TEXT: u16 = 1000;

/// The option with the id of an entry.
pub(in crate::platform::discord) const ID: &str = "id";
/// The options with ids of entries.
pub(in crate::platform::discord) const IDS: [&str; 3] = [ID, "from", "to"];
/// The option with a phrasing of an entry.
pub(in crate::platform::discord) const PHRASING: &str = "phrasing";
/// The option with a question.
pub(in crate::platform::discord) const QUESTION: &str = "question";
/// Options that the text command has as fields, on lines of their own.
const FIELDS: [Field; 3] = [Field::Reason, Field::By, Field::Since];

/// An option of a subcommand, in the order in which the text command has them.
#[derive(Debug, Clone, Copy)]
struct Argument {
    name: &'static str,
    kind: CommandOptionType,
    german_name: &'static str,
    description: &'static str,
    german: &'static str,
    is_required: bool,
    is_completed: bool,
    /// What is offered; anything, if nothing is.
    choices: fn() -> Vec<&'static str>,
}

impl Argument {
    const fn text(
        name: &'static str,
        german_name: &'static str,
        description: &'static str,
        german: &'static str,
    ) -> Self {
        let kind = CommandOptionType::String;
        Self {
            name,
            kind,
            german_name,
            description,
            german,
            is_required: true,
            is_completed: false,
            choices: Vec::new,
        }
    }

    const fn number(
        name: &'static str,
        german_name: &'static str,
        description: &'static str,
        german: &'static str,
    ) -> Self {
        let kind = CommandOptionType::Integer;
        Self { kind, ..Self::text(name, german_name, description, german) }
    }

    const fn completed(self) -> Self {
        Self { is_completed: true, ..self }
    }

    const fn optional(self) -> Self {
        Self { is_required: false, ..self }
    }

    fn option(self) -> CreateCommandOption {
        let option = CreateCommandOption::new(self.kind, self.name, self.description)
            .name_localized("de", self.german_name)
            .description_localized("de", self.german)
            .required(self.is_required)
            .set_autocomplete(self.is_completed);
        let choices = (self.choices)();
        if !choices.is_empty() {
            let add = |option: CreateCommandOption, name| option.add_string_choice(name, name);
            return choices.into_iter().fold(option, add);
        }
        match self.kind {
            CommandOptionType::Integer => option.min_int_value(1),
            CommandOptionType::User => option,
            _ => option.max_length(MAX_TEXT),
        }
    }
}

const ENTRY: Argument = Argument::text(ID, "kennung", "The entry", "Der Eintrag").completed();
const FROM: Argument = Argument::text(
    "from",
    "von",
    "The entry that has the phrasing",
    "Der Eintrag, der die Formulierung hat",
)
.completed();
const TO: Argument = Argument::text(
    "to",
    "nach",
    "The entry that gets the phrasing",
    "Der Eintrag, der die Formulierung bekommt",
)
.completed();
const NEW_PHRASING: Argument =
    Argument::text(PHRASING, "formulierung", "Another way to ask", "Eine andere Art zu fragen");
const OLD_PHRASING: Argument =
    Argument::text(PHRASING, "formulierung", "One of its phrasings", "Eine seiner Formulierungen")
        .completed();
const ASKED: Argument = Argument::text(QUESTION, "frage", "The question", "Die Frage");
const WHY: Argument =
    Argument::text("reason", "grund", "Why, for the history", "Warum, für den Verlauf").optional();
const BY: Argument = Argument {
    kind: CommandOptionType::User,
    ..Argument::text("by", "von", "All by this person instead", "Stattdessen alle von jemandem")
        .optional()
};
const SINCE: Argument = Argument::text(
    "since",
    "seit",
    "Only those since a day, like 2026-11-30",
    "Nur die seit einem Tag, wie 2026-11-30",
)
.optional();
const PAGE: Argument =
    Argument::number("page", "seite", "The page, from 1", "Die Seite, ab 1").optional();
const WORDS: Argument =
    Argument::text("text", "text", "Words that a question has", "Wörter, die eine Frage enthält");
const TERMS: Argument = Argument::text(
    "terms",
    "begriffe",
    "Terms, separated by commas",
    "Begriffe, durch Kommas getrennt",
);
const SETTING: Argument = Argument {
    choices: || Setting::ALL.into_iter().map(Setting::name).collect(),
    ..Argument::text("setting", "einstellung", "The setting", "Die Einstellung")
};
const VALUE: Argument = Argument::text(
    "value",
    "wert",
    "Its value; `default` for that of the configuration",
    "Ihr Wert; `standard` für den der Konfiguration",
);
const GROUPS: Argument = Argument::text(
    "groups",
    "gruppen",
    "Groups of the inbox, by their ids",
    "Gruppen der offenen Fragen, mit ihren Kennungen",
);
const FORMAT: Argument = Argument {
    choices: || vec!["jsonl", "json", "csv", "markdown"],
    ..Argument::text("format", "format", "The format of the file", "Das Format der Datei")
        .optional()
};
const PACK: Argument = Argument::text(
    "pack",
    "paket",
    "The pack, where there are several",
    "Das Paket, falls es mehrere gibt",
)
.optional();
const NUMBER: Argument = Argument::number(
    "number",
    "nummer",
    "The number of the change, from the history",
    "Die Nummer der Änderung, aus dem Verlauf",
);

/// The options of the subcommand for `verb`; `None` if it is no subcommand, since buttons do it.
fn arguments(verb: Verb) -> Option<Vec<Argument>> {
    Some(match verb {
        Verb::List => vec![PAGE],
        Verb::Inbox => vec![PAGE, WORDS.optional()],
        Verb::Show | Verb::Edit => vec![ENTRY],
        Verb::Search => vec![Argument { name: "text", german_name: "text", ..ASKED }],
        Verb::Test => vec![ASKED],
        Verb::Add => vec![ASKED.optional()],
        Verb::Gap => vec![ASKED, WHY],
        Verb::Remove | Verb::Restore => {
            // A removed entry is not among those that are offered.
            let id = if verb == Verb::Restore {
                Argument { is_completed: false, ..ENTRY }
            } else {
                ENTRY
            };
            vec![id, WHY]
        }
        Verb::AddPhrasing => vec![ENTRY, NEW_PHRASING, WHY],
        Verb::RemovePhrasing => vec![ENTRY, OLD_PHRASING, WHY],
        Verb::MovePhrasing => vec![FROM, TO, OLD_PHRASING, WHY],
        Verb::Synonyms => vec![PAGE],
        Verb::AddSynonyms | Verb::RemoveSynonyms => vec![TERMS, PACK, WHY],
        Verb::Settings => vec![PAGE],
        Verb::Set => vec![SETTING, VALUE, WHY],
        Verb::History => vec![Argument { is_required: false, ..ENTRY }],
        Verb::Diff => vec![NUMBER],
        Verb::Revert => vec![NUMBER.optional(), BY, SINCE, WHY],
        Verb::Assign => vec![GROUPS, ENTRY, WHY],
        Verb::Dismiss => vec![GROUPS],
        Verb::Export => vec![FORMAT, PACK],
        Verb::Save | Verb::Make => return None,
    })
}

/// The definition.
pub(super) fn command() -> CreateCommand {
    let (english, german) = (Wording::english(), Wording::for_locale("de"));
    let description = |wording: &Wording, verb| {
        let (_, about) = wording.usage(verb);
        truncate(about.split(". ").next().unwrap_or_default(), MAX_DESCRIPTION)
    };
    let subcommand = |verb: Verb| {
        let kind = CommandOptionType::SubCommand;
        let named = CreateCommandOption::new(kind, verb.name(), description(english, verb))
            .name_localized("de", german.verb_word(verb))
            .description_localized("de", description(german, verb));
        let options = arguments(verb)?.into_iter().map(Argument::option);
        Some(options.fold(named, CreateCommandOption::add_sub_option))
    };
    let command = CreateCommand::new(FAQ)
        .kind(CommandType::ChatInput)
        .description("Edit the entries, for moderators")
        .name_localized("de", FAQ)
        .description_localized("de", "Die Einträge ändern, für Moderatoren");
    Verb::ALL.into_iter().filter_map(subcommand).fold(command, CreateCommand::add_option)
}

/// A use of the command.
#[derive(Debug)]
pub(in crate::platform::discord) struct FaqUse<'a> {
    /// The name of the subcommand.
    pub(in crate::platform::discord) verb: &'a str,
    options: &'a [CommandDataOption],
}

impl<'a> FaqUse<'a> {
    /// The use in the options of the command.
    pub(in crate::platform::discord) fn new(options: &'a [CommandDataOption]) -> Option<Self> {
        let first = options.first()?;
        let CommandDataOptionValue::SubCommand(options) = &first.value else { return None };
        Some(Self { verb: &first.name, options })
    }

    /// The value of a text option.
    pub(in crate::platform::discord) fn text_of(&self, name: &str) -> Option<&'a str> {
        self.options.iter().find(|option| option.name == name)?.value.as_str()
    }

    /// The command as it would be typed.
    pub(in crate::platform::discord) fn text(&self) -> String {
        let mut text = format!("{FAQ} {}", self.verb);
        let value_of = |option: &CommandDataOption| match &option.value {
            CommandDataOptionValue::Integer(number) => number.to_string(),
            CommandDataOptionValue::User(user) => ids::user(*user).to_string(),
            value => value.as_str().unwrap_or_default().to_owned(),
        };
        // Only an export has the pack among its arguments.
        let is_pack_field = self.verb != Verb::Export.name();
        let is_field = |option: &&CommandDataOption| {
            FIELDS.iter().any(|field| field.name() == option.name)
                || (is_pack_field && option.name == Field::Pack.name())
        };
        let (fields, arguments): (Vec<_>, Vec<_>) = self.options.iter().partition(is_field);
        for argument in arguments {
            text.push_str(&format!(" {}", value_of(argument)));
        }
        for field in fields {
            text.push_str(&format!("\n{}: {}", field.name, value_of(field)));
        }
        text
    }
}
