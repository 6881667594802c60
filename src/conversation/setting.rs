//! The settings of a space that moderators can change, by their names, and what is typed for their values.

use serde_json::Value;

use super::id::PlaceId;
use super::moderator_command::tags;
use super::settings::{Activation, SpaceSettings};
use super::wording::Wording;

/// A setting of a space that moderators can change: any of [`SpaceSettings`] but who the moderators are. Its name is the
/// key in the configuration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[expect(missing_docs, reason = "the fields of `SpaceSettings` are documented")]
pub enum Setting {
    Locale,
    SpeaksWhen,
    Prefix,
    ListensIn,
    ListenFrom,
    AnswerFrom,
    SuggestFrom,
    ReportsTo,
    LogsEditsTo,
    SendsDigestTo,
    DigestDays,
    DigestHour,
    ShowsLead,
    SuggestsPassages,
    QuotesMessages,
    Greets,
    AsksFeedback,
    QuestionsPerAsker,
    QuestionsPerPlace,
    CooldownSeconds,
}

/// Longest prefix that can be typed: far more than anybody wants to type before a question.
const MAX_PREFIX_CHARS: usize = 32;

/// What the values of a setting are.
enum Kind {
    Flag,
    Number,
    /// Above 0.0 to 1.0, or none where the setting may be left out.
    Share,
    Language,
    Prefix,
    Activations,
    Place,
    Places,
}

impl Setting {
    /// All of them, in the order of the configuration.
    pub const ALL: [Self; 20] = [
        Self::Locale,
        Self::SpeaksWhen,
        Self::Prefix,
        Self::ListensIn,
        Self::ListenFrom,
        Self::AnswerFrom,
        Self::SuggestFrom,
        Self::ReportsTo,
        Self::LogsEditsTo,
        Self::SendsDigestTo,
        Self::DigestDays,
        Self::DigestHour,
        Self::ShowsLead,
        Self::SuggestsPassages,
        Self::QuotesMessages,
        Self::Greets,
        Self::AsksFeedback,
        Self::QuestionsPerAsker,
        Self::QuestionsPerPlace,
        Self::CooldownSeconds,
    ];

    /// Its name, and what its values are.
    fn declaration(self) -> (&'static str, Kind) {
        match self {
            Self::Locale => ("locale", Kind::Language),
            Self::SpeaksWhen => ("speaks_when", Kind::Activations),
            Self::Prefix => ("prefix", Kind::Prefix),
            Self::ListensIn => ("listens_in", Kind::Places),
            Self::ListenFrom => ("listen_from", Kind::Share),
            Self::AnswerFrom => ("answer_from", Kind::Share),
            Self::SuggestFrom => ("suggest_from", Kind::Share),
            Self::ReportsTo => ("reports_to", Kind::Place),
            Self::LogsEditsTo => ("logs_edits_to", Kind::Place),
            Self::SendsDigestTo => ("sends_digest_to", Kind::Place),
            Self::DigestDays => ("digest_days", Kind::Number),
            Self::DigestHour => ("digest_hour", Kind::Number),
            Self::ShowsLead => ("shows_lead", Kind::Flag),
            Self::SuggestsPassages => ("suggests_passages", Kind::Flag),
            Self::QuotesMessages => ("quotes_messages", Kind::Flag),
            Self::Greets => ("greets", Kind::Flag),
            Self::AsksFeedback => ("asks_feedback", Kind::Flag),
            Self::QuestionsPerAsker => ("questions_per_asker", Kind::Number),
            Self::QuestionsPerPlace => ("questions_per_place", Kind::Number),
            Self::CooldownSeconds => ("cooldown_seconds", Kind::Number),
        }
    }

    /// Its name.
    pub fn name(self) -> &'static str {
        self.declaration().0
    }

    fn kind(self) -> Kind {
        self.declaration().1
    }

    /// The setting with this name, which may be written with hyphens or in capitals.
    pub fn named(name: &str) -> Option<Self> {
        let name = name.to_lowercase().replace('-', "_");
        Self::ALL.into_iter().find(|setting| setting.name() == name)
    }

    /// Whether its values are places.
    pub fn is_of_places(self) -> bool {
        matches!(self.kind(), Kind::Place | Kind::Places)
    }

    /// What it is for and what its values are.
    pub fn about(self, wording: &Wording) -> String {
        wording.sentence(&format!("setting-{}", self.name().replace('_', "-")), [])
    }

    /// Its value in `settings`.
    pub fn value_in(self, settings: &SpaceSettings) -> Value {
        let mut all = serde_json::to_value(settings).unwrap_or_default();
        all.get_mut(self.name()).map(Value::take).unwrap_or_default()
    }

    /// `settings` with `value` for this setting; `None` if that is no value of it.
    pub fn set(self, settings: &SpaceSettings, value: &Value) -> Option<SpaceSettings> {
        let mut all = serde_json::to_value(settings).ok()?;
        all.as_object_mut()?.insert(self.name().to_owned(), value.clone());
        let set: SpaceSettings = serde_json::from_value(all).ok()?;
        let is_invalid = set.invalid_values().iter().any(|invalid| invalid.key == self.name());
        (!is_invalid).then_some(set)
    }

    /// The value that somebody has `typed`, in the language of `wording` or as in the configuration; `None` if it is none.
    /// `place` finds the place that a word names; those that `settings` have already can be named by their ids. In a list of
    /// places, `+` and `-` before each add them to it and take them out of it.
    pub fn parse_value(
        self,
        typed: &str,
        settings: &SpaceSettings,
        wording: &Wording,
        place: &dyn Fn(&str) -> Option<PlaceId>,
    ) -> Option<Value> {
        let typed = typed.trim();
        let is = |word: &str, id: &str| wording.is_word(word, id);
        let is_none = is(typed, "none");
        let current = self.value_in(settings);
        let place = |word: &str| {
            let known = |value: &&str| *value == word;
            let listed = current.as_array().into_iter().flatten().chain([&current]);
            let known = listed.filter_map(Value::as_str).find(known).map(PlaceId::from);
            known.or_else(|| place(word)).map(|place| Value::from(place.as_str()))
        };
        Some(match self.kind() {
            Kind::Flag if is(typed, "yes") || typed == "true" => true.into(),
            Kind::Flag if is(typed, "no") || typed == "false" => false.into(),
            Kind::Flag => return None,
            Kind::Number => typed.parse::<u32>().ok()?.into(),
            Kind::Share if is_none => Value::Null,
            Kind::Share => share(typed)?.into(),
            Kind::Language => Some(typed).filter(|typed| Wording::supports(typed))?.into(),
            Kind::Prefix if is_none => "".into(),
            Kind::Prefix => {
                let prefix = unquoted(typed);
                (prefix.chars().count() <= MAX_PREFIX_CHARS).then_some(prefix)?.into()
            }
            Kind::Activations => {
                let typed = tags(typed).into_iter().map(Value::from).collect();
                let mut listed: Vec<Activation> =
                    serde_json::from_value(Value::Array(typed)).ok()?;
                listed.sort_unstable();
                listed.dedup();
                // A bot that does not react could not be told otherwise.
                serde_json::to_value(Some(listed).filter(|listed| !listed.is_empty())?).ok()?
            }
            Kind::Place if is_none => Value::Null,
            Kind::Place => place(typed)?,
            Kind::Places if is_none => Value::Array(Vec::new()),
            Kind::Places => {
                let words = tags(typed);
                let n_signed = words.iter().filter(|word| word.starts_with(['+', '-'])).count();
                if words.is_empty() || ![0, words.len()].contains(&n_signed) {
                    return None;
                }
                let kept = current.as_array().filter(|_| n_signed > 0).cloned();
                let mut places = kept.unwrap_or_default();
                for word in words {
                    let name = word.strip_prefix(['+', '-']).unwrap_or(&word);
                    let named = place(name.trim_start())?;
                    places.retain(|listed| *listed != named);
                    if !word.starts_with('-') {
                        places.push(named);
                    }
                }
                Value::Array(places)
            }
        })
    }
}

/// A share, as a fraction or in percent.
fn share(typed: &str) -> Option<f64> {
    let (number, scale) = match typed.strip_suffix('%') {
        Some(percent) => (percent.trim_end(), 100.0),
        None => (typed, 1.0),
    };
    let number: f64 = number.replace(',', ".").parse().ok()?;
    number.is_finite().then_some(number / scale)
}

/// A text without the quotation marks around it, which an empty one needs.
fn unquoted(typed: &str) -> &str {
    let quoted = |mark| typed.strip_prefix(mark)?.strip_suffix(mark);
    quoted('"').or_else(|| quoted('\'')).or_else(|| quoted('`')).unwrap_or(typed)
}

/// A value for people to read.
pub fn readable_value(value: &Value, wording: &Wording) -> String {
    match value {
        Value::Null => wording.word("none"),
        Value::Bool(true) => wording.word("yes"),
        Value::Bool(false) => wording.word("no"),
        Value::String(text) if text.is_empty() => "\"\"".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(listed) if listed.is_empty() => wording.word("none"),
        Value::Array(listed) => {
            let listed: Vec<String> =
                listed.iter().map(|value| readable_value(value, wording)).collect();
            listed.join(", ")
        }
        value => value.to_string(),
    }
}

#[cfg(test)]
mod tests;
