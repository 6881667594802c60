//! Room for requests: how many more Discord takes at a route and in all, as its answers tell.

use std::collections::HashMap;
use std::mem::Discriminant;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;
use serenity::http::{LightMethod, RatelimitingBucket, Request, Route};

/// Nobody waits here longer than this: whoever asked may try again later.
const MAX_WAIT: Duration = Duration::from_secs(5);

/// Routes that are remembered at the most; those that have room again go first.
const MAX_CACHED: usize = 10_000;

/// Requests that share a limit.
pub(in crate::platform::discord) type BucketKey = (Discriminant<LightMethod>, RatelimitingBucket);

/// What `request` shares its limit with. Interactions have limits of their own, one each, and are
/// not bound to the one for all.
pub(in crate::platform::discord) fn bucket_key(request: &Request<'_>) -> Option<BucketKey> {
    let route = request.route_ref();
    let is_apart = matches!(
        route,
        Route::InteractionResponse { .. }
            | Route::WebhookFollowupMessages { .. }
            | Route::WebhookOriginalInteractionResponse { .. }
    );
    (!is_apart).then(|| (std::mem::discriminant(request.method_ref()), route.ratelimiting_bucket()))
}

/// What is known of Discord's limits.
#[derive(Default)]
pub(in crate::platform::discord) struct RateLimiter(Mutex<LimiterState>);

#[derive(Default)]
struct LimiterState {
    buckets: HashMap<BucketKey, Bucket>,
    /// Nothing is taken before.
    closed_until: Option<Instant>,
}

/// So many more requests are taken until then.
struct Bucket {
    n_left: u32,
    until: Instant,
}

impl RateLimiter {
    /// Waits until there is room for a request.
    ///
    /// # Errors
    /// How long there will be none, if that is too long to wait.
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

    /// Takes room for one request, or gives how long there is none.
    fn acquire(&self, key: BucketKey) -> Result<(), Duration> {
        let now = Instant::now();
        let mut known = self.known();
        if let Some(until) = known.closed_until.filter(|until| *until > now) {
            return Err(until - now);
        }
        match known.buckets.get_mut(&key).filter(|bucket| bucket.until > now) {
            Some(Bucket { n_left: 0, until }) => Err(*until - now),
            Some(bucket) => {
                bucket.n_left -= 1;
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// Learns from the head of an answer.
    pub(in crate::platform::discord) fn update(&self, key: BucketKey, head: &HeaderMap) {
        let Some(n_left) = number(head, "x-ratelimit-remaining") else { return };
        let Some(reset_after) = number::<f64>(head, "x-ratelimit-reset-after") else { return };
        let Ok(reset_after) = Duration::try_from_secs_f64(reset_after) else { return };
        self.note(key, n_left, reset_after);
    }

    /// Learns that there is no room for so long, for requests like this one or for all.
    pub(in crate::platform::discord) fn block(
        &self,
        key: BucketKey,
        wait: Duration,
        is_for_all: bool,
    ) {
        if is_for_all {
            self.known().closed_until = Instant::now().checked_add(wait);
        } else {
            self.note(key, 0, wait);
        }
    }

    fn note(&self, key: BucketKey, n_left: u32, reset_after: Duration) {
        let now = Instant::now();
        let Some(until) = now.checked_add(reset_after) else { return };
        let mut known = self.known();
        if known.buckets.len() >= MAX_CACHED {
            known.buckets.retain(|_, bucket| bucket.until > now);
        }
        // Answers come in any order: the least that was told holds.
        let before = known.buckets.get(&key).filter(|bucket| bucket.until > now);
        let n_left = before.map_or(n_left, |bucket| bucket.n_left.min(n_left));
        known.buckets.insert(key, Bucket { n_left, until });
    }

    fn known(&self) -> MutexGuard<'_, LimiterState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn number<T: std::str::FromStr>(head: &HeaderMap, name: &str) -> Option<T> {
    head.get(name)?.to_str().ok()?.parse().ok()
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
    fn room_is_what_answers_tell_of_it_by_route_and_for_all() {
        let limits = RateLimiter::default();
        assert_eq!(limits.acquire(post(1)), Ok(()), "nothing is known yet");
        limits.update(post(1), &head(2, "60.5"));
        let taken = [(); 3].map(|()| limits.acquire(post(1)).is_ok());
        assert_eq!(taken, [true, true, false]);
        assert!(limits.acquire(post(2)).is_ok(), "another channel has room of its own");
        limits.update(post(1), &head(4, "60"));
        assert!(limits.acquire(post(1)).is_err(), "an older answer that came late gives no room");
        limits.block(post(2), Duration::from_secs(60), true);
        assert!(limits.acquire(post(3)).is_err());
    }

    #[test]
    fn there_is_room_again_after_the_time_that_was_told() {
        let limits = RateLimiter::default();
        limits.update(post(1), &head(0, "0.02"));
        assert!(limits.acquire(post(1)).is_err());
        std::thread::sleep(Duration::from_millis(30));
        assert_eq!(limits.acquire(post(1)), Ok(()));
    }

    #[test]
    fn answers_to_interactions_are_no_matter_of_limits() {
        let route =
            Route::InteractionResponse { interaction_id: InteractionId::new(1), token: "t" };
        assert!(bucket_key(&Request::new(route, LightMethod::Post)).is_none());
    }
}
