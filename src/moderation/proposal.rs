//! Edits that a moderator has been shown and has not saved yet.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::conversation::MessageId;
use crate::conversation::moderator_command::EditCommand;
use crate::knowledge::EntryChange;

/// Edits that a moderator has been shown, of which one can be made. It is kept as JSON until then.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proposal {
    /// The edits. Ids in them are those of the pack.
    pub alternatives: Vec<ProposedCommand>,
}

/// An edit that can be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProposedCommand {
    /// The command. It names its pack.
    pub command: EditCommand,
    /// [`digest`] of the changes that the moderator has seen; `None` if they have not been shown yet.
    pub seen: Option<String>,
    /// The messages of the inbox that are resolved by the edit.
    pub resolves: Vec<MessageId>,
}

/// A digest of changes, which differs if anything of them does.
pub fn digest(changes: &[EntryChange]) -> String {
    let mut hash = Sha256::new();
    for EntryChange { id, before, after } in changes {
        for text in [Some(id), before.as_ref(), after.as_ref()] {
            // Lengths keep texts apart, and a missing one from an empty one.
            let length = text.map_or(u64::MAX, |text| text.len() as u64);
            hash.update(length.to_le_bytes());
            hash.update(text.map_or(&b""[..], String::as_bytes));
        }
    }
    hex(&hash.finalize())
}

/// A digest of one text, which tells it from others.
pub fn text_digest(text: &str) -> String {
    hex(&Sha256::digest(text))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_differs_where_anything_of_a_change_does() {
        let change = |id: &str, before: Option<&str>, after: Option<&str>| EntryChange {
            id: id.to_owned(),
            before: before.map(str::to_owned),
            after: after.map(str::to_owned),
        };
        let all = [
            vec![],
            vec![change("a", None, Some("x"))],
            vec![change("a", Some(""), Some("x"))],
            vec![change("a", Some("x"), None)],
            vec![change("ax", None, Some(""))],
            vec![change("a", None, Some("x")), change("b", None, Some("x"))],
        ];
        for (number, changes) in all.iter().enumerate() {
            assert_eq!(digest(changes), digest(&changes.clone()));
            for other in all.iter().skip(number + 1) {
                assert_ne!(digest(changes), digest(other), "{changes:?} {other:?}");
            }
        }
    }
}
