//! Accepts or rejects invites by the allow-list.

use matrix_sdk::Room;
use matrix_sdk::ruma::UserId;
use wildmatch::WildMatch;

use super::super::context::MatrixContext;
use super::super::error;
use super::retry::{retry, retry_join};
use super::upgrades;

/// Accepts the invite to `room` if the inviter is on the allow-list or the room is the successor of
/// a joined room; rejects it otherwise, and where nobody talks: in a space.
pub(super) async fn answer(room: &Room, context: &MatrixContext) {
    let id = room.room_id();
    let Ok(invite) = room.invite_details().await else { return };
    let is_allowed = is_listed(&invite.inviter_id, &context.settings.accepts_invites_from)
        || upgrades::is_successor(room).await;
    let (result, action) = if room.is_space() {
        (retry(|| room.leave()).await, "rejected, since it is a space and not a room")
    } else if is_allowed {
        (retry_join(|| room.join()).await, "accepted")
    } else {
        (
            retry(|| room.leave()).await,
            "rejected, since `accepts_invites_from` in [matrix] does not list the sender",
        )
    };
    match result {
        Ok(()) => tracing::info!(room.id = %id, "The invitation to {id} was {action}"),
        Err(error) => {
            let why = error::describe(&error);
            tracing::warn!(room.id = %id, "The invitation to {id} could not be {action}: {why}");
        }
    }
}

/// Whether `user` matches one of `patterns`, in which `*` matches any characters.
fn is_listed(user: &UserId, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| WildMatch::new(pattern).matches(user.as_str()))
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    #[test]
    fn inviters_are_matched_by_the_allow_list() {
        let ada = user_id!("@ada:example.org");
        let rows: [(&[&str], bool); 8] = [
            (&[], false),
            (&["@ada:example.org"], true),
            (&["@ad:example.org"], false),
            (&["@ada:example.or"], false),
            (&["@eve:*", "@ada:*"], true),
            (&["@*:example.org"], true),
            (&["@*:example.com"], false),
            (&["*"], true),
        ];
        for (patterns, want) in rows {
            let patterns: Vec<String> = patterns.iter().map(|it| (*it).to_owned()).collect();
            assert_eq!(is_listed(ada, &patterns), want, "{patterns:?}");
        }
    }
}
