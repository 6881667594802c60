//! How quoth behaves in a space.

use serde::{Deserialize, Serialize};

use super::id::{PlaceId, PrincipalId};

/// When quoth speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Activation {
    /// A message names it.
    Mention,
    /// A message replies to one of its own.
    Reply,
    /// One of the platform's commands.
    Command,
    /// A direct message.
    Direct,
    /// A message starts with the prefix.
    Prefix,
}

/// How quoth behaves in a space. What a space leaves out holds as in the default space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct SpaceSettings {
    /// Language of quoth's own sentences, as a BCP 47 tag; a language that
    /// [it does not speak](super::wording::Wording::of) falls back to English. Default: `"en"`.
    pub locale: String,
    /// When it speaks. Default: on all occasions.
    pub speaks_when: Vec<Activation>,
    /// Starts a question without a mention. Where it starts with a mark, so do commands: with
    /// `"!ask"`, `!help` is one. Empty: none. Default: `"!ask"`.
    pub prefix: String,
    /// Places where every message is looked at and answered if quoth is very sure. Default: none.
    pub listens_in: Vec<PlaceId>,
    /// Least probability for an answer where it listens, above 0.0 to 1.0. Default: 0.9.
    pub listen_from: f64,
    /// As `[matching] answer_from`, for this space. Default: that one.
    pub answer_from: Option<f64>,
    /// As `[matching] suggest_from`, for this space. Default: that one.
    pub suggest_from: Option<f64>,
    /// People and roles who may pause it and delete its answers. Default: none.
    pub moderators: Vec<PrincipalId>,
    /// Place where moderators are told what needs them, such as a changed pack that cannot be used.
    /// Default: none, and only the log says it.
    pub reports_to: Option<PlaceId>,
    /// Whether the curator's line stands above the quotes. Default: yes.
    pub shows_lead: bool,
    /// Whether it greets when it comes to a place. Default: yes.
    pub greets: bool,
    /// Whether it asks if an answer was the right one. Default: yes.
    pub asks_feedback: bool,
    /// Questions that one asker has answered within [`Self::cooldown_seconds`], 1 or more; to be
    /// shown more of an answer counts like a question.
    /// Default: 5.
    pub questions_per_asker: u32,
    /// Questions that one place has answered within [`Self::cooldown_seconds`], 1 or more.
    /// Default: 20.
    pub questions_per_place: u32,
    /// The time in which the two limits above hold, in seconds. 0: no limits. Default: 30.
    pub cooldown_seconds: u32,
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
            reports_to: None,
            shows_lead: true,
            greets: true,
            asks_feedback: true,
            questions_per_asker: 5,
            questions_per_place: 20,
            cooldown_seconds: 30,
        }
    }
}
