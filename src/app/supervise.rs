//! Keeps a platform up: starts it again when it fails, each time a little later.

use std::time::{Duration, Instant};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};

use crate::platform::{PlatformError, Shutdown};

/// Waits between two starts: the first, and the longest.
const MIN_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(300);

/// Whoever ran so long starts with short waits again.
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(600);

fn backoff() -> ExponentialBackoff {
    ExponentialBuilder::new()
        .with_min_delay(MIN_DELAY)
        .with_max_delay(MAX_DELAY)
        .without_max_times()
        .with_jitter()
        .build()
}

/// Starts `platform` until it ends by itself, is told to stop, or has no hope left.
pub(super) async fn supervise<F, S>(
    platform: &'static str,
    stop: &Shutdown,
    mut start: F,
) -> Result<(), PlatformError>
where
    F: FnMut() -> S,
    S: Future<Output = Result<(), PlatformError>>,
{
    let mut waits = backoff();
    loop {
        let began = Instant::now();
        let error = match start().await {
            Err(error @ PlatformError::Transient { .. }) => error,
            ended => return ended,
        };
        if began.elapsed() > BACKOFF_RESET_AFTER {
            waits = backoff();
        }
        let wait = waits.next().unwrap_or(MAX_DELAY);
        let error = anyhow::Error::from(error);
        tracing::warn!(
            platform,
            "The platform {platform} failed, next start in {wait:.0?}: {error:#}"
        );
        tokio::select! {
            () = tokio::time::sleep(wait) => {}
            () = stop.graceful.cancelled() => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passing() -> PlatformError {
        PlatformError::Transient { what: "lost".to_owned(), source: None }
    }

    fn hopeless() -> PlatformError {
        PlatformError::Permanent { advice: "mend it".to_owned(), source: None }
    }

    #[tokio::test(start_paused = true)]
    async fn what_passes_is_tried_again_and_what_is_hopeless_is_not() {
        let mut n_starts = 0;
        let ended = supervise("test", &Shutdown::default(), || {
            n_starts += 1;
            std::future::ready(Err(if n_starts < 5 { passing() } else { hopeless() }))
        })
        .await;
        assert!(matches!(ended, Err(PlatformError::Permanent { .. })));
        assert_eq!(n_starts, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn a_stop_ends_the_waiting() {
        let stop = Shutdown::default();
        stop.graceful.cancel();
        let ended = supervise("test", &stop, || std::future::ready(Err(passing()))).await;
        assert!(ended.is_ok());
    }
}
