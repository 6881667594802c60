//! Restarts a platform that fails, with exponential backoff.

use std::time::{Duration, Instant};

use crate::platform::{PlatformError, Shutdown, endless_backoff};

/// Shortest and longest delay between two starts.
const MIN_DELAY: Duration = Duration::from_secs(1);
const MAX_DELAY: Duration = Duration::from_secs(300);

/// A platform that ran this long starts with short delays again.
const BACKOFF_RESET_AFTER: Duration = Duration::from_secs(600);

/// Runs `platform` until it ends by itself, `shutdown` is requested, or it fails permanently.
pub(super) async fn supervise<F, S>(
    platform: &'static str,
    shutdown: &Shutdown,
    mut start: F,
) -> Result<(), PlatformError>
where
    F: FnMut() -> S,
    S: Future<Output = Result<(), PlatformError>>,
{
    let mut delays = endless_backoff(MIN_DELAY, MAX_DELAY);
    loop {
        let started_at = Instant::now();
        let error = match start().await {
            Err(error @ PlatformError::Transient { .. }) => error,
            result => return result,
        };
        if started_at.elapsed() > BACKOFF_RESET_AFTER {
            delays = endless_backoff(MIN_DELAY, MAX_DELAY);
        }
        let delay = delays.next().unwrap_or(MAX_DELAY);
        let error = anyhow::Error::from(error);
        tracing::warn!(
            platform,
            "The platform {platform} failed, restarting in {delay:.0?}: {error:#}"
        );
        tokio::select! {
            () = tokio::time::sleep(delay) => {}
            () = shutdown.graceful.cancelled() => return Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn transient() -> PlatformError {
        PlatformError::Transient { what: "lost".to_owned(), source: None }
    }

    fn permanent() -> PlatformError {
        PlatformError::Permanent { advice: "fix it".to_owned(), source: None }
    }

    #[tokio::test(start_paused = true)]
    async fn transient_errors_are_retried_and_permanent_errors_are_not() {
        let mut n_starts = 0;
        let result = supervise("test", &Shutdown::default(), || {
            n_starts += 1;
            std::future::ready(Err(if n_starts < 5 { transient() } else { permanent() }))
        })
        .await;
        assert!(matches!(result, Err(PlatformError::Permanent { .. })));
        assert_eq!(n_starts, 5);
    }

    #[tokio::test(start_paused = true)]
    async fn shutdown_interrupts_the_backoff() {
        let shutdown = Shutdown::default();
        shutdown.graceful.cancel();
        let result = supervise("test", &shutdown, || std::future::ready(Err(transient()))).await;
        assert!(result.is_ok());
    }
}
