//! What a button or menu carries, so that it works after a restart: what it does, and nothing that
//! gives a right. Who may do it is decided by the records and whoever presses it.

use crate::conversation::Control;

/// Starts every id, with the number of this format: messages live longer than versions.
const PREFIX: &str = "q1:";

/// The text that a control carries; far below Discord's 100 characters.
pub fn of(control: Control) -> String {
    let (name, number) = match control {
        Control::Pick(number) => ("pick", Some(number)),
        Control::Helpful => ("yes", None),
        Control::Unhelpful => ("no", None),
        Control::Delete => ("delete", None),
        Control::Paragraphs(n_before) => ("paragraph", Some(n_before)),
        Control::Quotes(n_before) => ("rest", Some(n_before)),
        Control::Topics(n_before) => ("topics", Some(n_before)),
    };
    match number {
        Some(number) => format!("{PREFIX}{name}:{number}"),
        None => format!("{PREFIX}{name}"),
    }
}

/// The control that carries `custom_id`, if it is one of ours.
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
        ("paragraph", Some(n_before)) => Control::Paragraphs(n_before),
        ("rest", Some(n_before)) => Control::Quotes(n_before),
        ("topics", Some(n_before)) => Control::Topics(n_before),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_control_is_read_back_and_fits() {
        for control in [
            Control::Pick(3),
            Control::Helpful,
            Control::Unhelpful,
            Control::Delete,
            Control::Paragraphs(0),
            Control::Quotes(usize::MAX),
            Control::Topics(250),
        ] {
            let id = of(control);
            assert!(id.len() <= 100, "{id}");
            assert_eq!(parse(&id), Some(control), "{id}");
        }
    }

    #[test]
    fn what_is_not_ours_is_no_control() {
        for strange in
            ["", "q1:", "q1:pick", "q1:pick:-1", "q1:yes:2", "q2:yes", "q1:pick:1:2", "yes"]
        {
            assert_eq!(parse(strange), None, "{strange}");
        }
    }
}
