//! Controls of the bot's messages as reactions: control to reaction key and back. Pure.

use serde::{Deserialize, Serialize};

use crate::conversation::Control;

/// What a message has more of than it shows, and from which offset on. It is stored in the content
/// of the message, so that reactions work after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Continuation {
    /// More quotes, from this offset on.
    Quotes(usize),
    /// More parts of paragraphs, from this offset on.
    Paragraphs(usize),
    /// More questions of the list of topics, from this offset on.
    Topics(usize),
    /// More groups of questions, on this page.
    Inbox(usize),
}

/// Shows more of what the message has.
const MORE: &str = "➕";

/// Shows the paragraphs that the quotes are from.
const PARAGRAPH: &str = "📄";

const HELPFUL: &str = "👍";
const UNHELPFUL: &str = "👎";
/// Nothing stands for sharing: what is private elsewhere is public in a room.
const SHARE: &str = "📢";
const DELETE: &str = "🗑";

/// Tells the asker when there is an answer.
const NOTIFY: &str = "🔔";

/// What moderators use.
const SAVE: &str = "💾";
const TAKE_BACK: &str = "↩";
const GAP: &str = "🚫";
const DISMISS: &str = "💤";

/// Removes the entry that quotes a user's message.
const REMOVE_QUOTED: &str = "✂";

/// Common alternatives to the keys that the message lists.
const ALSO_HELPFUL: &str = "✅";
const ALSO_DELETE: &str = "❌";

/// The combining character that turns a digit into a keycap.
const KEYCAP: char = '\u{20e3}';

/// The variation selector for the colored (emoji) form of a character.
const EMOJI_FORM: char = '\u{fe0f}';

impl Continuation {
    /// The continuation that one of `controls` shows, if any does.
    pub(super) fn of(controls: &[Control]) -> Option<Self> {
        controls.iter().find_map(|control| match *control {
            Control::Quotes(n) => Some(Self::Quotes(n)),
            Control::Paragraphs(n) if n > 0 => Some(Self::Paragraphs(n)),
            Control::Topics(n) => Some(Self::Topics(n)),
            Control::Inbox(page) => Some(Self::Inbox(page)),
            _ => None,
        })
    }

    fn control(self) -> Control {
        match self {
            Self::Quotes(n) => Control::Quotes(n),
            Self::Paragraphs(n) => Control::Paragraphs(n),
            Self::Topics(n) => Control::Topics(n),
            Self::Inbox(page) => Control::Inbox(page),
        }
    }
}

/// The reaction key for `control`, in its colored form.
pub(super) fn reaction_key(control: Control) -> String {
    let key = match control {
        Control::Pick(number) => return format!("{number}{EMOJI_FORM}{KEYCAP}"),
        Control::Helpful => HELPFUL,
        Control::Unhelpful => UNHELPFUL,
        Control::Delete => return format!("{DELETE}{EMOJI_FORM}"),
        Control::Share => SHARE,
        Control::Paragraphs(0) => PARAGRAPH,
        Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_) | Control::Inbox(_) => {
            MORE
        }
        Control::Notify => NOTIFY,
        Control::Save => SAVE,
        Control::TakeBack => return format!("{TAKE_BACK}{EMOJI_FORM}"),
        Control::RemoveQuoted => return format!("{REMOVE_QUOTED}{EMOJI_FORM}"),
        Control::Gap => GAP,
        Control::Dismiss => DISMISS,
    };
    key.to_owned()
}

/// The keys of the reactions that the bot sets itself to a message with `controls`: those that users
/// of this message need. What every answer has is not among them, since screen readers would read it
/// with each.
pub(super) fn own_keys(controls: &[Control]) -> Vec<String> {
    let is_set = |control: &&Control| match control {
        Control::Pick(_) | Control::Quotes(_) => true,
        Control::Topics(offset) => *offset > 0,
        Control::Notify => false,
        Control::Save
        | Control::TakeBack
        | Control::Gap
        | Control::Dismiss
        | Control::Inbox(_)
        | Control::RemoveQuoted => true,
        Control::Paragraphs(offset) => *offset > 0,
        Control::Helpful | Control::Unhelpful | Control::Delete | Control::Share => false,
    };
    controls.iter().filter(is_set).map(|control| reaction_key(*control)).collect()
}

/// Whether `key` is the key of any control.
pub(super) fn is_control(key: &str) -> bool {
    asks_for_more(key) || control(key, None).is_some()
}

/// Whether `key` asks for the [`Continuation`] of the message.
pub(super) fn asks_for_more(key: &str) -> bool {
    normalize(key) == MORE
}

/// The control that `key` stands for on a message with this `continuation`.
pub(super) fn control(key: &str, continuation: Option<Continuation>) -> Option<Control> {
    let key = normalize(key);
    match key.as_str() {
        MORE => continuation.map(Continuation::control),
        PARAGRAPH => Some(Control::Paragraphs(0)),
        HELPFUL | ALSO_HELPFUL => Some(Control::Helpful),
        UNHELPFUL => Some(Control::Unhelpful),
        DELETE | ALSO_DELETE => Some(Control::Delete),
        NOTIFY => Some(Control::Notify),
        SAVE => Some(Control::Save),
        TAKE_BACK => Some(Control::TakeBack),
        GAP => Some(Control::Gap),
        DISMISS => Some(Control::Dismiss),
        REMOVE_QUOTED => Some(Control::RemoveQuoted),
        key => key.strip_suffix(KEYCAP)?.parse().ok().filter(|it| *it > 0).map(Control::Pick),
    }
}

/// `key` without the characters that only change its look: variation selectors and skin tones.
fn normalize(key: &str) -> String {
    let is_modifier = |c: char| matches!(c, '\u{fe0e}' | EMOJI_FORM | '\u{1f3fb}'..='\u{1f3ff}');
    key.chars().filter(|c| !is_modifier(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_round_trips_through_its_reaction_key() {
        let controls = [
            Control::Pick(1),
            Control::Pick(3),
            Control::Helpful,
            Control::Unhelpful,
            Control::Delete,
            Control::Paragraphs(0),
            Control::Paragraphs(2),
            Control::Quotes(2),
            Control::Topics(40),
            Control::Notify,
            Control::Save,
            Control::TakeBack,
            Control::Gap,
            Control::Dismiss,
            Control::Inbox(2),
            Control::RemoveQuoted,
        ];
        for want in controls {
            let continuation = Continuation::of(&[Control::Delete, want]);
            let stored = serde_json::to_value(continuation).unwrap();
            let continuation: Option<Continuation> = serde_json::from_value(stored).unwrap();
            assert_eq!(control(&reaction_key(want), continuation), Some(want));
            assert!(is_control(&reaction_key(want)), "{want:?}");
        }
    }

    #[test]
    fn key_variants_are_accepted_and_other_reactions_ignored() {
        for (key, want) in [
            ("👍🏽", Some(Control::Helpful)),
            ("👍\u{fe0f}", Some(Control::Helpful)),
            ("✅", Some(Control::Helpful)),
            ("🗑", Some(Control::Delete)),
            ("❌", Some(Control::Delete)),
            ("2\u{20e3}", Some(Control::Pick(2))),
            ("2", None),
            ("0\u{fe0f}\u{20e3}", None),
            ("#\u{20e3}", None),
            ("➕", None),
            ("🎉", None),
            ("", None),
        ] {
            assert_eq!(control(key, None), want, "{key}");
        }
    }

    #[test]
    fn bot_sets_the_reactions_that_select_and_show_more() {
        let rows: [(&[Control], &[&str]); 3] = [
            (
                &[Control::Pick(1), Control::Pick(2), Control::Delete],
                &["1\u{fe0f}\u{20e3}", "2\u{fe0f}\u{20e3}"],
            ),
            (&[Control::Paragraphs(0), Control::Helpful, Control::Unhelpful, Control::Delete], &[]),
            (&[Control::Paragraphs(0), Control::Quotes(2), Control::Delete], &["➕"]),
        ];
        for (controls, want) in rows {
            assert_eq!(own_keys(controls), want, "{controls:?}");
        }
    }

    #[test]
    fn malformed_continuations_are_rejected() {
        for content in [r#"{"quotes": -1}"#, r#"{"quotes": 1, "x": 2}"#, "7", r#"{"rest": 1}"#] {
            assert!(serde_json::from_str::<Continuation>(content).is_err(), "{content}");
        }
    }
}
