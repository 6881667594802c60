//! Rate limits: the buckets of routes and the global limit, from the headers of responses.

use std::collections::HashMap;
use std::mem::Discriminant;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use serenity::http::{LightMethod, RatelimitingBucket, Request, Route};

/// Longest wait for a bucket. Beyond it the caller gets an error and may retry later.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Capacity of the limiter, in buckets. When it is reached, buckets past their reset are removed.
const MAX_CACHED: usize = 10_000;

/// Identifies the requests that share a limit.
pub(in crate::platform::discord) type BucketKey = (Discriminant<LightMethod>, RatelimitingBucket);

/// The bucket of `request`. `None` for interaction endpoints: each interaction has limits of its own,
/// and the global limit does not apply to them.
pub(in crate::platform::discord) fn bucket_key(request: &Request<'_>) -> Option<BucketKey> {
    let route = request.route_ref();
    let is_interaction = matches!(
        route,
        Route::InteractionResponse { .. }
            | Route::WebhookFollowupMessages { .. }
            | Route::WebhookOriginalInteractionResponse { .. }
    );
    let key = || (std::mem::discriminant(request.method_ref()), route.ratelimiting_bucket());
    (!is_interaction).then(key)
}

/// Delays requests as Discord's rate limits demand.
#[derive(Default)]
pub(in crate::platform::discord) struct RateLimiter(Mutex<LimiterState>);

#[derive(Default)]
struct LimiterState {
    buckets: HashMap<BucketKey, Bucket>,
    /// End of the global limit, if it was exceeded.
    global_reset_at: Option<Instant>,
}

/// Remaining requests of a bucket until its reset.
struct Bucket {
    n_left: u32,
    reset_at: Instant,
}

impl RateLimiter {
    /// Waits until the limits allow a request of this bucket, and counts that request.
    ///
    /// # Errors
    /// The time until the limits allow one, if the wait would exceed [`MAX_WAIT`].
    pub(in crate::platform::discord) async fn wait(&self, key: BucketKey) -> Result<(), Duration> {
        let start = Instant::now();
        while let Err(wait) = self.acquire(key) {
            if start.elapsed() + wait > MAX_WAIT {
                return Err(wait);
            }
            tokio::time::sleep(wait).await;
        }
        Ok(())
    }

    /// Counts one request, or returns the time until the limits allow one.
    fn acquire(&self, key: BucketKey) -> Result<(), Duration> {
        let now = Instant::now();
        let mut state = self.lock();
        if let Some(reset_at) = state.global_reset_at.filter(|reset_at| *reset_at > now) {
            return Err(reset_at - now);
        }
        match state.buckets.get_mut(&key).filter(|bucket| bucket.reset_at > now) {
            Some(Bucket { n_left: 0, reset_at }) => Err(*reset_at - now),
            Some(bucket) => {
                bucket.n_left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Updates the bucket from the headers of a response.
    pub(in crate::platform::discord) fn update(&self, key: BucketKey, headers: &HeaderMap) {
        let Some(n_left) = number(headers, "x-ratelimit-remaining") else { return };
        let Some(reset_after) = number::<f64>(headers, "x-ratelimit-reset-after") else { return };
        let Ok(reset_after) = Duration::try_from_secs_f64(reset_after) else { return };
        self.set_bucket(key, n_left, reset_after);
    }

    /// Blocks the bucket, or all requests if `is_global`, for the time that a 429 response demands.
    pub(in crate::platform::discord) fn block(
        &self,
        key: BucketKey,
        retry_after: Duration,
        is_global: bool,
    ) {
        if is_global {
            self.lock().global_reset_at = Instant::now().checked_add(retry_after);
        } else {
            self.set_bucket(key, 0, retry_after);
        }
    }

    fn set_bucket(&self, key: BucketKey, n_left: u32, reset_after: Duration) {
        let now = Instant::now();
        let Some(reset_at) = now.checked_add(reset_after) else { return };
        let mut state = self.lock();
        if state.buckets.len() >= MAX_CACHED {
            state.buckets.retain(|_, bucket| bucket.reset_at > now);
        }
        // Responses arrive in any order, so the lowest count holds until the reset.
        let known = state.buckets.get(&key).filter(|bucket| bucket.reset_at > now);
        let n_left = known.map_or(n_left, |bucket| bucket.n_left.min(n_left));
        state.buckets.insert(key, Bucket { n_left, reset_at });
    }

    fn lock(&self) -> MutexGuard<'_, LimiterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number<T: std::str::FromStr>(headers: &HeaderMap, name: &str) -> Option<T> {
    headers.get(name)?.to_str().ok()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use serenity::model::id::{ChannelId, InteractionId};

    use super::*;

    fn post(channel: u64) -> BucketKey {
        let channel_id = ChannelId::new(channel);
        let request = Request::new(Route::ChannelMessages { channel_id }, LightMethod::Post);
        bucket_key(&request).unwrap()
    }

    fn head(n_left: u32, reset_after: &str) -> HeaderMap {
        let mut head = HeaderMap::new();
        head.insert("x-ratelimit-remaining", n_left.into());
        head.insert("x-ratelimit-reset-after", reset_after.parse().unwrap());
        head
    }

    #[test]
    fn limits_are_kept_by_bucket_and_globally() {
        let limiter = RateLimiter::default();
        assert_eq!(limiter.acquire(post(1)), Ok(()), "no response yet");
        limiter.update(post(1), &head(2, "60.5"));
        let allowed = [(); 3].map(|()| limiter.acquire(post(1)).is_ok());
        assert_eq!(allowed, [true, true, false]);
        assert!(limiter.acquire(post(2)).is_ok(), "another channel has a bucket of its own");
        limiter.update(post(1), &head(4, "60"));
        assert!(
            limiter.acquire(post(1)).is_err(),
            "a response that arrives late does not raise the count"
        );
        limiter.block(post(2), Duration::from_secs(60), true);
        assert!(limiter.acquire(post(3)).is_err());
    }

    #[test]
    fn bucket_allows_requests_again_after_its_reset() {
        let limiter = RateLimiter::default();
        limiter.update(post(1), &head(0, "0.02"));
        assert!(limiter.acquire(post(1)).is_err());
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(limiter.acquire(post(1)), Ok(()));
    }

    #[test]
    fn interaction_responses_have_no_bucket() {
        let route =
            Route::InteractionResponse { interaction_id: InteractionId::new(1), token: "t" };
        assert!(bucket_key(&Request::new(route, LightMethod::Post)).is_none());
    }
}
