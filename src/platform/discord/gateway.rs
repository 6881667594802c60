//! The gateway connection. serenity's client runs in a thread with a runtime of its own.
//!
//! serenity spawns a task for each event. A single-threaded runtime starts tasks in the order in
//! which they were spawned, and [`GatewayHandler`] forwards an event in the first step of its task,
//! so events arrive in the order in which Discord sent them. Ending the runtime also ends every
//! task of the client, which serenity's own shutdown does not.

mod event;
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
pub(super) use event::GatewayEvent;
pub(super) use handler::GatewayHandler;

/// Timeout for closing the connections, which serenity may never finish.
const DISCONNECT_TIMEOUT: Duration = Duration::from_millis(700);

/// The gateway thread counts as stalled if the watchdog has not polled for this long. serenity
/// busy-loops on a connection that Discord has closed permanently, until the next heartbeat is due.
const STALL_TIMEOUT: Duration = Duration::from_secs(20);

/// Interval of the check for a stall.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Which shards are connected, and how.
pub(super) struct ShardPlan {
    pub(super) http: Http,
    /// Whether to request the privileged Message Content Intent.
    pub(super) message_content: bool,
    /// The first shard of this process, from 0.
    pub(super) first: u32,
    /// The last shard of this process, inclusive.
    pub(super) last: u32,
    /// The number of shards of all processes.
    pub(super) total: u32,
    pub(super) liveness: Arc<Liveness>,
}

impl ShardPlan {
    /// The number of shards of this process.
    pub(super) fn n_shards(&self) -> usize {
        usize::try_from(self.last.saturating_sub(self.first)).unwrap_or(0) + 1
    }
}

/// The time since the gateway thread last made progress.
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

/// Connects as `plan` says and forwards events to `handler`, until `stop` is cancelled or the
/// connection fails.
pub(super) async fn serve(
    plan: ShardPlan,
    handler: GatewayHandler,
    stop: &CancellationToken,
) -> Result<(), PlatformError> {
    // The thread ends with this future, also when it is dropped.
    let disconnect = stop.child_token();
    let _guard = disconnect.clone().drop_guard();
    let liveness = ThreadLiveness::new();
    let (result_sender, mut result) = oneshot::channel();
    let thread_liveness = Arc::clone(&liveness);
    let thread = move || {
        let result = run(plan, handler, &thread_liveness, &disconnect);
        // The receiver is gone if the platform has ended already.
        drop(result_sender.send(result));
    };
    std::thread::Builder::new().name("discord-gateway".to_owned()).spawn(thread).map_err(
        |error| PlatformError::Transient {
            what: "cannot start the thread of the Discord gateway".to_owned(),
            source: Some(error.into()),
        },
    )?;
    loop {
        tokio::select! {
            result = &mut result => return result.unwrap_or_else(|_| Err(thread_ended())),
            () = tokio::time::sleep(POLL_INTERVAL) => if liveness.age() > STALL_TIMEOUT {
                return Err(thread_stalled());
            },
        }
    }
}

fn thread_ended() -> PlatformError {
    let what = "the thread of the Discord gateway ended unexpectedly".to_owned();
    PlatformError::Transient { what, source: None }
}

fn thread_stalled() -> PlatformError {
    let what = "Discord has closed the connection permanently. If this repeats, `shards` in \
                [discord] is too small for your guilds, or names a shard that does not exist: \
                remove it to use the number that Discord recommends";
    PlatformError::Transient { what: what.to_owned(), source: None }
}

fn run(
    plan: ShardPlan,
    handler: GatewayHandler,
    thread_liveness: &ThreadLiveness,
    disconnect: &CancellationToken,
) -> Result<(), PlatformError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| PlatformError::Transient {
        what: "cannot start the runtime of the Discord gateway".to_owned(),
        source: Some(error.into()),
    })?;
    let result = runtime.block_on(connect(plan, handler, thread_liveness, disconnect));
    runtime.shutdown_background();
    result
}

async fn connect(
    plan: ShardPlan,
    handler: GatewayHandler,
    thread_liveness: &ThreadLiveness,
    disconnect: &CancellationToken,
) -> Result<(), PlatformError> {
    let ShardPlan { http, message_content, first, last, total, liveness } = plan;
    let builder = ClientBuilder::new_with_http(http, intents(message_content));
    let mut client: Client =
        builder.event_handler(handler).await.map_err(|error| gateway_error(&error))?;
    let manager = Arc::clone(&client.shard_manager);
    let watchdog = watchdog::Watchdog::new(Arc::clone(&manager), (first, last), liveness);
    let result = tokio::select! {
        // serenity's range includes its end, although it is written as a half-open one.
        result = client.start_shard_range(first..last, total) => {
            result.map_err(|error| gateway_error(&error))
        }
        error = watchdog.run(thread_liveness) => Err(error),
        () = disconnect.cancelled() => Ok(()),
    };
    // Connections that are not closed in time are dropped with the runtime.
    drop(tokio::time::timeout(DISCONNECT_TIMEOUT, manager.shutdown_all()).await);
    result
}

/// The intents of the bot: guilds with their channels, and messages.
pub(super) fn intents(message_content: bool) -> GatewayIntents {
    let intents =
        GatewayIntents::GUILDS | GatewayIntents::GUILD_MESSAGES | GatewayIntents::DIRECT_MESSAGES;
    if message_content { intents | GatewayIntents::MESSAGE_CONTENT } else { intents }
}

/// Classifies an error of serenity's client by its close code.
fn gateway_error(error: &serenity::Error) -> PlatformError {
    let advice = match error {
        serenity::Error::Gateway(GatewayError::InvalidAuthentication) => BAD_TOKEN,
        serenity::Error::Gateway(GatewayError::DisallowedGatewayIntents) => INTENT_NOT_ENABLED,
        serenity::Error::Gateway(GatewayError::InvalidGatewayIntents) => {
            "Discord rejected the gateway intents: this version of quoth is too old"
        }
        _ => {
            // serenity's error is left out, since it can contain what Discord sent.
            let what = "the connection to the Discord gateway failed".to_owned();
            return PlatformError::Transient { what, source: None };
        }
    };
    PlatformError::Permanent { advice: advice.to_owned(), source: None }
}

/// Advice for a token that Discord rejects.
pub(super) const BAD_TOKEN: &str = "Discord rejected the token: copy it again from \
    https://discord.com/developers/applications (your application, Bot, Reset Token) and set it as \
    `token` in [discord] (QUOTH_DISCORD__TOKEN_FILE)";

/// Advice for close code 4014.
const INTENT_NOT_ENABLED: &str = "Discord closed the connection (4014), since the Message Content \
    Intent is not enabled: at https://discord.com/developers/applications, open your application, \
    Bot, Privileged Gateway Intents, and turn Message Content Intent on; or set \
    message_content = false in [discord], and quoth answers without it where it is mentioned";
