//! Settings of a space.

use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

use super::id::{PlaceId, PrincipalId};
use super::invalid_value::InvalidValue;
use crate::matching::Thresholds;

/// A way to address the bot. The strings that serde reads are configuration values.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// A message mentions the bot.
    Mention,
    /// A message replies to a message of the bot.
    Reply,
    /// A command of the platform.
    Command,
    /// A direct message.
    Direct,
    /// A message starts with the prefix.
    Prefix,
}

/// Settings of a space. A setting that a space omits is that of the default space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpaceSettings {
    /// Language of the bot's own sentences, as a BCP 47 tag. A language that
    /// [is not supported](super::wording::Wording::supports) falls back to English. Default: `"en"`.
    pub locale: String,
    /// The ways to address the bot that get a reply. Default: all.
    pub speaks_when: Vec<Activation>,
    /// Prefix of a question without a mention. If it starts with a punctuation mark, that mark is
    /// the prefix of commands: with `"!ask"`, `!help` is a command. Empty: no prefix. Default:
    /// `"!ask"`.
    pub prefix: String,
    /// Listening channels: places where every message is checked, and answered if the confidence is
    /// at least [`Self::listen_from`]. Default: none.
    pub listens_in: Vec<PlaceId>,
    /// Least confidence of an answer in a listening channel, above 0.0 to 1.0. Default: 0.9.
    pub listen_from: f64,
    /// Overrides `[matching] answer_from` for this space. Default: not set.
    pub answer_from: Option<f64>,
    /// Overrides `[matching] suggest_from` for this space. Default: not set.
    pub suggest_from: Option<f64>,
    /// Users and roles that may edit the packs, pause the bot and delete its answers. Default: none.
    pub moderators: Vec<PrincipalId>,
    /// Moderators who alone may do what concerns the work of others: take back all that somebody has done, change settings, and pause
    /// the bot everywhere. Default: none; then every moderator may.
    pub owners: Vec<PrincipalId>,
    /// Alert channel: the place where problems are reported to moderators, such as a changed pack
    /// that is invalid. Default: none; problems are only logged.
    pub reports_to: Option<PlaceId>,
    /// The place where each change of a pack is shown to moderators. Default: none.
    pub logs_edits_to: Option<PlaceId>,
    /// The place where moderators are told on schedule what was not answered. Default: none.
    pub sends_digest_to: Option<PlaceId>,
    /// Days between two digests, 1 to 14; those of 7 days are sent on Mondays. Default: 7.
    pub digest_days: u32,
    /// The hour of the day (UTC) from which on a digest is sent, 0 to 23. Default: 8.
    pub digest_hour: u32,
    /// Whether answers show the curator's lead above the quotes. Default: yes.
    pub shows_lead: bool,
    /// Whether sentences of the source that no entry quotes are suggested where no entry answers.
    /// Default: yes.
    pub suggests_passages: bool,
    /// Whether moderators may make entries of messages of members, who are told. Default: yes.
    pub quotes_messages: bool,
    /// Whether the bot sends a greeting when it joins a place. Default: yes.
    pub greets: bool,
    /// Whether answers have controls for feedback. Default: yes.
    pub asks_feedback: bool,
    /// Most questions of one asker that are answered within [`Self::cooldown_seconds`], 1 or more.
    /// Showing more of an answer counts as a question. Default: 5.
    pub questions_per_asker: u32,
    /// Most questions at one place that are answered within [`Self::cooldown_seconds`], 1 or more.
    /// Default: 20.
    pub questions_per_place: u32,
    /// The window of the two limits above, in seconds. 0: no limits. Default: 30.
    pub cooldown_seconds: u32,
}

impl SpaceSettings {
    /// The thresholds of the space, which fall back to the `general` ones.
    pub fn thresholds(&self, general: Thresholds) -> Thresholds {
        Thresholds {
            answer: self.answer_from.unwrap_or(general.answer),
            suggest: self.suggest_from.unwrap_or(general.suggest),
            ..general
        }
    }

    /// All values that are out of range, whatever the platform.
    pub fn invalid_values(&self) -> Vec<InvalidValue> {
        let is_language = self.locale.parse::<LanguageIdentifier>().is_ok();
        let language = "a language as a BCP 47 tag, like \"en\" or \"pt-BR\"";
        let locale = format!("{:?}", self.locale);
        let (days, hour) = (self.digest_days, self.digest_hour);
        // That a digest was sent is known for 15 days, like that a message was handled.
        let is_days = (1..=14).contains(&days);
        [
            InvalidValue::unless(is_language, "locale", locale, language),
            InvalidValue::unless_probability("listen_from", self.listen_from),
            self.answer_from.and_then(|from| InvalidValue::unless_probability("answer_from", from)),
            self.suggest_from
                .and_then(|from| InvalidValue::unless_probability("suggest_from", from)),
            InvalidValue::unless(is_days, "digest_days", days, "1 to 14"),
            InvalidValue::unless(hour < 24, "digest_hour", hour, "0 to 23"),
            InvalidValue::unless_positive("questions_per_asker", self.questions_per_asker),
            InvalidValue::unless_positive("questions_per_place", self.questions_per_place),
        ]
        .into_iter()
        .flatten()
        .collect()
    }

    /// What starts commands: the punctuation before the word of the [prefix](Self::prefix). Empty if there is none.
    pub fn command_mark(&self) -> &str {
        let end = self.prefix.find(char::is_alphanumeric).unwrap_or(self.prefix.len());
        self.prefix.get(..end).unwrap_or_default()
    }
}

impl Default for SpaceSettings {
    fn default() -> Self {
        use Activation::{Command, Direct, Mention, Prefix, Reply};
        Self {
            locale: "en".to_owned(),
            speaks_when: vec![Mention, Reply, Command, Direct, Prefix],
            prefix: "!ask".to_owned(),
            listens_in: Vec::new(),
            listen_from: 0.9,
            answer_from: None,
            suggest_from: None,
            moderators: Vec::new(),
            owners: Vec::new(),
            reports_to: None,
            logs_edits_to: None,
            sends_digest_to: None,
            digest_days: 7,
            digest_hour: 8,
            shows_lead: true,
            suggests_passages: true,
            quotes_messages: true,
            greets: true,
            asks_feedback: true,
            questions_per_asker: 5,
            questions_per_place: 20,
            cooldown_seconds: 30,
        }
    }
}
