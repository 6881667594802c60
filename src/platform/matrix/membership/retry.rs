//! Retries of membership requests.

use std::time::Duration;

use backon::{ExponentialBuilder, Retryable};
use matrix_sdk::Error;

use super::super::error;
use crate::service::SendError;

/// Attempts after the first one, and the longest wait between them.
const MAX_RETRIES: usize = 8;
const MAX_DELAY: Duration = Duration::from_secs(60);

/// Attempts after the first one where the homeserver forbids to join a room that the account is invited to: about 15
/// seconds. The invitation may come before the homeserver of the room knows that it has sent it.
const MAX_FORBIDDEN: usize = 4;

/// Like [`retry`], for a join on invitation.
pub(super) async fn retry_join<T, C>(call: impl Fn() -> C + Copy) -> Result<T, Error>
where
    C: Future<Output = Result<T, Error>>,
{
    let delays = ExponentialBuilder::new().with_max_times(MAX_FORBIDDEN).with_jitter();
    (|| retry(call)).retry(delays).when(error::is_forbidden).await
}

/// Repeats `call` with backoff until it succeeds, fails permanently or the attempts are used up.
pub(super) async fn retry<T, C>(call: impl FnMut() -> C) -> Result<T, Error>
where
    C: Future<Output = Result<T, Error>>,
{
    let delays = ExponentialBuilder::new()
        .with_max_delay(MAX_DELAY)
        .with_max_times(MAX_RETRIES)
        .with_jitter();
    call.retry(delays).when(|error| error::classify_send(error) != SendError::Permanent).await
}
