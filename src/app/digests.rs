//! Sends digests of what was not answered, on schedule.

use std::sync::Arc;
use std::time::Duration;

use super::AppState;
use crate::conversation::Event;

/// Time between two looks for digests that are due.
const INTERVAL: Duration = Duration::from_secs(600);

/// Sends the digests that are due, now and every ten minutes. Does not return.
pub(super) async fn run(state: Arc<AppState>) {
    let mut ticks = tokio::time::interval(INTERVAL);
    loop {
        ticks.tick().await;
        let digests = match state.service.digests().await {
            Ok(digests) => digests,
            Err(error) => {
                let error = anyhow::Error::from(error);
                tracing::error!("Could not read what was not answered, for the digest: {error:#}");
                continue;
            }
        };
        for digest in digests {
            // One that is not sent stays due.
            state.dispatch(Event::Alert(digest));
        }
    }
}
