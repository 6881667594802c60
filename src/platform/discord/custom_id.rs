//! Conversion between controls and the `custom_id` of components, which keeps them working after a
//! restart. An id grants no rights: the records decide what its user may do.

use crate::conversation::Control;

/// Prefix of every id, with the version of the format: messages outlive versions of quoth.
const PREFIX: &str = "q1:";

/// The id of `control`, far shorter than Discord's limit of 100 characters.
pub fn of(control: Control) -> String {
    let (name, number) = match control {
        Control::Pick(number) => ("pick", Some(number)),
        Control::Helpful => ("yes", None),
        Control::Unhelpful => ("no", None),
        Control::Delete => ("delete", None),
        Control::Share => ("share", None),
        Control::Paragraphs(n_before) => ("paragraph", Some(n_before)),
        Control::Quotes(n_before) => ("rest", Some(n_before)),
        Control::Topics(n_before) => ("topics", Some(n_before)),
        Control::Notify => ("notify", None),
        Control::Save => ("save", None),
        Control::TakeBack => ("undo", None),
        Control::Gap => ("gap", None),
        Control::Dismiss => ("dismiss", None),
        Control::Inbox(page) => ("inbox", Some(page)),
        Control::RemoveQuoted => ("unquote", None),
    };
    match number {
        Some(number) => format!("{PREFIX}{name}:{number}"),
        None => format!("{PREFIX}{name}"),
    }
}

/// The control with this id. `None` if the id is not in quoth's format.
pub fn parse(custom_id: &str) -> Option<Control> {
    let rest = custom_id.strip_prefix(PREFIX)?;
    let (name, number) = match rest.split_once(':') {
        Some((name, number)) => (name, Some(number.parse().ok()?)),
        None => (rest, None),
    };
    Some(match (name, number) {
        ("pick", Some(number)) => Control::Pick(number),
        ("yes", None) => Control::Helpful,
        ("no", None) => Control::Unhelpful,
        ("delete", None) => Control::Delete,
        ("share", None) => Control::Share,
        ("paragraph", Some(n_before)) => Control::Paragraphs(n_before),
        ("rest", Some(n_before)) => Control::Quotes(n_before),
        ("topics", Some(n_before)) => Control::Topics(n_before),
        ("notify", None) => Control::Notify,
        ("save", None) => Control::Save,
        ("undo", None) => Control::TakeBack,
        ("gap", None) => Control::Gap,
        ("dismiss", None) => Control::Dismiss,
        ("inbox", Some(page)) => Control::Inbox(page),
        ("unquote", None) => Control::RemoveQuoted,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn controls_are_parsed_back_and_fit_the_limit() {
        for control in [
            Control::Pick(3),
            Control::Helpful,
            Control::Unhelpful,
            Control::Delete,
            Control::Share,
            Control::Paragraphs(0),
            Control::Quotes(usize::MAX),
            Control::Topics(250),
            Control::Notify,
            Control::Save,
            Control::TakeBack,
            Control::Gap,
            Control::Dismiss,
            Control::Inbox(2),
            Control::RemoveQuoted,
        ] {
            let id = of(control);
            assert!(id.len() <= 100, "{id}");
            assert_eq!(parse(&id), Some(control), "{id}");
        }
    }

    #[test]
    fn foreign_custom_ids_are_rejected() {
        for custom_id in
            ["", "q1:", "q1:pick", "q1:pick:-1", "q1:yes:2", "q2:yes", "q1:pick:1:2", "yes"]
        {
            assert_eq!(parse(custom_id), None, "{custom_id}");
        }
    }
}
