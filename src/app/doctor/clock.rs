//! The check of this machine's clock, by what time it is for the servers of the platforms.

use std::time::Duration;

use super::platform_setups::PlatformSetups;
use crate::platform::diagnosis::{Check, CheckOutcome, CheckResult, Run, ServerTime};

/// Least difference that is wrong: far more than a response takes, and less than matters. Old messages are told from new
/// ones in minutes (`catch_up_minutes`), and certificates and retention count in days.
const MAX_DIFFERENCE: Duration = Duration::from_secs(60);

pub(super) const CHECKS: [Check<PlatformSetups>; 1] = [Check {
    name: "clock",
    looks_at: "the clock of this machine is right, by those of the platforms",
    run: Run::Async(|setups| Box::pin(async move { is_right(&setups).await })),
}];

async fn is_right(setups: &PlatformSetups) -> CheckOutcome {
    match server_time(setups).await {
        Some(time) => Ok(check_offset(time)),
        None => Err("no platform responds that says what time it is".to_owned()),
    }
}

async fn server_time(setups: &PlatformSetups) -> Option<ServerTime> {
    #[cfg(feature = "discord")]
    if let Some(discord) = &setups.discord
        && let Some(time) = discord.server_time().await
    {
        return Some(time);
    }
    #[cfg(feature = "matrix")]
    if let Some(matrix) = &setups.matrix {
        return matrix.server_time().await;
    }
    None
}

fn check_offset(time: ServerTime) -> CheckResult {
    let (difference, is_ahead) = time.difference();
    let seconds = difference.as_secs();
    if difference <= MAX_DIFFERENCE {
        return CheckResult::ok(format!("within {} s of the platform's", seconds + 1));
    }
    let side = if is_ahead { "ahead of" } else { "behind" };
    CheckResult::wrong(
        format!("the clock of this machine is {seconds} s {side} the platform's"),
        "set the clock, and keep it right (`timedatectl set-ntp true`): by it quoth tells which messages are too old to \
         answer, and what to delete",
    )
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn clock_that_is_off_by_more_than_a_minute_is_wrong() {
        let server = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000);
        for (offset_seconds, want) in [(0, None), (59, None), (400, Some("400 s ahead of"))] {
            let local = server + Duration::from_secs(offset_seconds);
            let got = check_offset(ServerTime { server, local });
            let is_wrong = matches!(&got, CheckResult::Wrong { message, .. }
                if want.is_some_and(|want| message.contains(want)));
            assert_eq!(is_wrong, want.is_some(), "{offset_seconds}: {got:?}");
        }
        let behind = check_offset(ServerTime { server, local: server - Duration::from_secs(61) });
        assert!(
            matches!(behind, CheckResult::Wrong { message, .. } if message.contains("61 s behind"))
        );
    }
}
