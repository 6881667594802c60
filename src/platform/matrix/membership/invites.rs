//! Who may bring us into a room.

use matrix_sdk::Room;
use matrix_sdk::ruma::UserId;
use wildmatch::WildMatch;

use super::super::error;
use super::super::rooms::MatrixContext;
use super::retry;
use super::upgrades;

/// Accepts the invitation to `room` or rejects it.
pub(in crate::platform::matrix) async fn answer(room: &Room, shared: &MatrixContext) {
    let id = room.room_id();
    let Ok(invite) = room.invite_details().await else { return };
    let is_welcome = is_listed(&invite.inviter_id, &shared.settings.accepts_invites_from)
        || upgrades::is_successor(room).await;
    let (done, what) = if is_welcome {
        (retry(|| room.join()).await, "accepted")
    } else {
        (
            retry(|| room.leave()).await,
            "rejected, since `accepts_invites_from` in [matrix] does not name who sent it",
        )
    };
    match done {
        Ok(()) => tracing::info!(room.id = %id, "The invitation to {id} was {what}"),
        Err(error) => {
            let why = error::describe(&error);
            tracing::warn!(room.id = %id, "The invitation to {id} could not be {what}: {why}");
        }
    }
}

/// Whether `user` is one of those that `patterns` stand for.
fn is_listed(user: &UserId, patterns: &[String]) -> bool {
    patterns.iter().any(|pattern| WildMatch::new(pattern).matches(user.as_str()))
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;

    use super::*;

    #[test]
    fn only_who_is_listed_may_invite() {
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
