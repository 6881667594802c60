//! The connection over which Discord tells what happens, in a thread of its own.
//!
//! serenity hands each event to a task of its own. On a runtime with one thread tasks start in the
//! order in which they were made, and ours pass on what they have at their first step: so what
//! happens comes out in the order in which Discord told it. It also lets go of everything when it
//! ends, which the library alone does not.

mod handler;
mod watchdog;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use serenity::Client;
use serenity::client::ClientBuilder;
use serenity::gateway::GatewayError;
use serenity::http::Http;
use serenity::model::gateway::GatewayIntents;
use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::super::PlatformError;
use crate::service::Liveness;
pub(super) use handler::{GatewayEvent, GatewayHandler};

/// How long the library may take to say goodbye to Discord, which it can forget to end.
const DISCONNECT_TIMEOUT: Duration = Duration::from_millis(700);

/// A thread that has not moved for so long is stuck. The library turns in circles on a connection
/// that Discord has closed for good, until the next heartbeat is due.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);

/// How often that is looked at.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// What is connected, and how.
pub(super) struct ShardPlan {
    pub(super) http: Http,
    pub(super) message_content: bool,
    /// The first and the last shard, and how many there are in all.
    pub(super) first: u32,
    pub(super) last: u32,
    pub(super) total: u32,
    pub(super) pulse: Arc<Liveness>,
}

impl ShardPlan {
    /// How many shards are served here.
    pub(super) fn n_shards(&self) -> usize {
        usize::try_from(self.last.saturating_sub(self.first)).unwrap_or(0) + 1
    }
}

/// Tells that the thread moves.
pub(super) struct ThreadLiveness {
    start: Instant,
    last_millis: AtomicU64,
}

impl ThreadLiveness {
    fn new() -> Arc<Self> {
        Arc::new(Self { start: Instant::now(), last_millis: AtomicU64::new(0) })
    }

    fn tick(&self) {
        let millis = u64::try_from(self.start.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last_millis.store(millis, Ordering::Relaxed);
    }

    fn age(&self) -> Duration {
        let last = Duration::from_millis(self.last_millis.load(Ordering::Relaxed));
        self.start.elapsed().saturating_sub(last)
    }
}

/// Stays connected as `plan` says until `stop`, and puts what happens into `inbox`.
pub(super) async fn serve(
    plan: ShardPlan,
    inbox: GatewayHandler,
    stop: &CancellationToken,
) -> Result<(), PlatformError> {
    // However this ends, the thread ends too.
    let leave = stop.child_token();
    let _leave = leave.clone().drop_guard();
    let ticks = ThreadLiveness::new();
    let (told, mut ended) = oneshot::channel();
    let thread_ticks = Arc::clone(&ticks);
    let thread = move || {
        let result = run(plan, inbox, &thread_ticks, &leave);
        // Nobody hears it if the platform has ended already.
        drop(told.send(result));
    };
    std::thread::Builder::new().name("discord-gateway".to_owned()).spawn(thread).map_err(
        |error| PlatformError::Transient {
            what: "no thread can be made for Discord's gateway".to_owned(),
            source: Some(error.into()),
        },
    )?;
    loop {
        tokio::select! {
            result = &mut ended => return result.unwrap_or_else(|_| Err(gone())),
            () = tokio::time::sleep(POLL_INTERVAL) => if ticks.age() > STALL_TIMEOUT {
                return Err(stuck());
            },
        }
    }
}

fn gone() -> PlatformError {
    let what = "the thread of Discord's gateway has ended".to_owned();
    PlatformError::Transient { what, source: None }
}

fn stuck() -> PlatformError {
    let what = "Discord has closed the connection for good. If this repeats, there are too few \
                shards for your guilds, or a wrong one: leave `shards` in [discord] out, and \
                Discord says how many it takes";
    PlatformError::Transient { what: what.to_owned(), source: None }
}

fn run(
    plan: ShardPlan,
    inbox: GatewayHandler,
    ticks: &ThreadLiveness,
    leave: &CancellationToken,
) -> Result<(), PlatformError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| PlatformError::Transient {
        what: "no runtime can be made for Discord's gateway".to_owned(),
        source: Some(error.into()),
    })?;
    let result = runtime.block_on(connect(plan, inbox, ticks, leave));
    runtime.shutdown_background();
    result
}

async fn connect(
    plan: ShardPlan,
    inbox: GatewayHandler,
    ticks: &ThreadLiveness,
    leave: &CancellationToken,
) -> Result<(), PlatformError> {
    let ShardPlan { http, message_content, first, last, total, pulse } = plan;
    let builder = ClientBuilder::new_with_http(http, intents(message_content));
    let mut client: Client = builder.event_handler(inbox).await.map_err(|error| failed(&error))?;
    let manager = Arc::clone(&client.shard_manager);
    let watch = watchdog::Watchdog::new(Arc::clone(&manager), (first, last), pulse);
    let ended = tokio::select! {
        // The library counts the last shard in.
        ended = client.start_shard_range(first..last, total) => {
            ended.map_err(|error| failed(&error))
        }
        error = watch.run(ticks) => Err(error),
        () = leave.cancelled() => Ok(()),
    };
    // What does not say goodbye in time is let go of when the runtime ends.
    drop(tokio::time::timeout(DISCONNECT_TIMEOUT, manager.shutdown_all()).await);
    ended
}

/// What is listened to: guilds and their channels, and messages.
pub(super) fn intents(message_content: bool) -> GatewayIntents {
    let intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if message_content { intents | GatewayIntents::MESSAGE_CONTENT } else { intents }
}

/// Why the library has ended.
fn failed(error: &serenity::Error) -> PlatformError {
    let advice = match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => BAD_TOKEN,
        serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents) => NO_INTENT,
        serenity::Error::Gateway(GatewayError::InvalidGatewayIntents) => {
            "Discord does not know what quoth listens to: this quoth is too old"
        }
        _ => {
            // The library's words can hold what it was sent.
            let what = "the connection to Discord's gateway failed".to_owned();
            return PlatformError::Transient { what, source: None };
        }
    };
    PlatformError::Permanent { advice: advice.to_owned(), source: None }
}

/// What to do about a token that Discord does not take.
pub(super) const BAD_TOKEN: &str = "Discord does not take the token: copy it again from \
    https://discord.com/developers/applications (your application, Bot, Reset Token) and set it as \
    `token` in [discord] (QUOTH_DISCORD__TOKEN_FILE)";

const NO_INTENT: &str = "Discord closed the connection (4014), since the privileged intent for the \
    content of messages is not allowed: at https://discord.com/developers/applications, open your \
    application, Bot, Privileged Gateway Intents, and switch Message Content Intent on; or set \
    message_content = false in [discord], and quoth answers without it where it is asked";
