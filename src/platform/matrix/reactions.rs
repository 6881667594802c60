//! What people do with our messages by reacting to them. Pure.

use serde::{Deserialize, Serialize};

use crate::conversation::Control;

/// What a message has more of than it shows, as it says itself: a reaction may come after a restart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(super) enum Continuation {
    /// Quotes, behind so many.
    Quotes(usize),
    /// Pieces of paragraphs, behind so many.
    Paragraphs(usize),
    /// Questions that can be asked, behind so many.
    Topics(usize),
}

/// Shows more of what a message shows.
const MORE: &str = "➕";

/// Shows the paragraph.
const PARAGRAPH: &str = "📄";

const HELPFUL: &str = "👍";
const UNHELPFUL: &str = "👎";
const DELETE: &str = "🗑";

/// What people put on a message who do not look at what is offered.
const ALSO_HELPFUL: &str = "✅";
const ALSO_DELETE: &str = "❌";

/// Stands behind a digit on a keycap.
const KEYCAP: char = '\u{20e3}';

/// Asks for the colored form of a sign.
const COLORED: char = '\u{fe0f}';

impl Continuation {
    /// What is behind the one of `controls` that shows more.
    pub(super) fn of(controls: &[Control]) -> Option<Self> {
        controls.iter().find_map(|control| match *control {
            Control::Quotes(n) => Some(Self::Quotes(n)),
            Control::Paragraphs(n) if n > 0 => Some(Self::Paragraphs(n)),
            Control::Topics(n) => Some(Self::Topics(n)),
            _ => None,
        })
    }

    fn control(self) -> Control {
        match self {
            Self::Quotes(n) => Control::Quotes(n),
            Self::Paragraphs(n) => Control::Paragraphs(n),
            Self::Topics(n) => Control::Topics(n),
        }
    }
}

/// The reaction that does `control`, as people see it.
pub(super) fn reaction_key(control: Control) -> String {
    let key = match control {
        Control::Pick(number) => return format!("{number}{COLORED}{KEYCAP}"),
        Control::Helpful => HELPFUL,
        Control::Unhelpful => UNHELPFUL,
        Control::Delete => return format!("{DELETE}{COLORED}"),
        Control::Paragraphs(0) => PARAGRAPH,
        Control::Paragraphs(_) | Control::Quotes(_) | Control::Topics(_) => MORE,
    };
    key.to_owned()
}

/// Whether `key` can mean something on a message of ours. Most reactions are for other people.
pub(super) fn is_control(key: &str) -> bool {
    asks_for_more(key) || control(key, None).is_some()
}

/// Whether `key` asks for more of what the message shows.
pub(super) fn asks_for_more(key: &str) -> bool {
    normalize(key) == MORE
}

/// What `key` does on a message that has so much `more`.
pub(super) fn control(key: &str, more: Option<Continuation>) -> Option<Control> {
    let key = normalize(key);
    match key.as_str() {
        MORE => more.map(Continuation::control),
        PARAGRAPH => Some(Control::Paragraphs(0)),
        HELPFUL | ALSO_HELPFUL => Some(Control::Helpful),
        UNHELPFUL => Some(Control::Unhelpful),
        DELETE | ALSO_DELETE => Some(Control::Delete),
        key => key.strip_suffix(KEYCAP)?.parse().ok().filter(|it| *it > 0).map(Control::Pick),
    }
}

/// `key` without what only changes how it looks: the form of signs and the color of hands.
fn normalize(key: &str) -> String {
    let is_look = |c: char| matches!(c, '\u{fe0e}' | COLORED | '\u{1f3fb}'..='\u{1f3ff}');
    key.chars().filter(|c| !is_look(*c)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_has_a_reaction_that_leads_back_to_it() {
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
        ];
        for want in controls {
            let more = Continuation::of(&[Control::Delete, want]);
            let said = serde_json::to_value(more).unwrap();
            let more: Option<Continuation> = serde_json::from_value(said).unwrap();
            assert_eq!(control(&reaction_key(want), more), Some(want));
            assert!(is_control(&reaction_key(want)), "{want:?}");
        }
    }

    #[test]
    fn looks_do_not_matter_and_other_reactions_mean_nothing() {
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
    fn a_message_that_tells_nonsense_of_itself_has_no_more() {
        for content in [r#"{"quotes": -1}"#, r#"{"quotes": 1, "x": 2}"#, "7", r#"{"rest": 1}"#] {
            assert!(serde_json::from_str::<Continuation>(content).is_err(), "{content}");
        }
    }
}
