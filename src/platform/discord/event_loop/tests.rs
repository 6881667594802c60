use std::sync::Mutex;
use std::time::Duration;

use serde_json::{Value, json};

use super::super::tests::message;
use super::super::{Settings, ShardRange};
use super::*;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{Space, SpaceSettings, Spaces};
use crate::matching::Thresholds;
use crate::platform::AnswerStyle;
use crate::service::settings::DeliverySettings;
use crate::service::{Clock, Dispatcher, KnowledgeBase, Liveness, Parts, Service, SystemClock};
use crate::store::asker_key::AskerKey;
use crate::store::records::{Holder, SqliteRecords};

/// More events than a task handles without yielding to the scheduler.
const N_EVENTS: usize = 300;

/// A platform at an address where nothing responds, with a dispatcher that counts handled events.
async fn counting_platform() -> (Arc<Discord>, Arc<Dispatcher>, Arc<Mutex<usize>>) {
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: Vec::new(),
        settings: SpaceSettings::default(),
    };
    let spaces = Spaces { default, others: Vec::new() };
    let knowledge_base = Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap());
    let settings = Settings {
        token: "t".into(),
        api_base: Some("http://127.0.0.1:1".to_owned()),
        rate_limiter: false,
        message_content: false,
        style: AnswerStyle::Embed,
        pings_asker: false,
        proxies: Vec::new(),
        shards: ShardRange::default(),
        catch_up: Duration::ZERO,
        folder: std::env::temp_dir().join("quoth-discord-event-loop"),
    };
    let liveness = Liveness::new("discord");
    let discord = Arc::new(Discord::new(settings, Arc::clone(&knowledge_base), liveness).unwrap());
    let service = Arc::new(Service::new(Parts {
        records: SqliteRecords::in_memory(SystemClock.now()).await.unwrap(),
        knowledge_base,
        asker_key: AskerKey::new(*b"key"),
        clock: Arc::new(SystemClock),
        holder: Holder::new("test"),
        delivery: DeliverySettings::default(),
        keeps_questions: true,
    }));
    let n_handled = Arc::new(Mutex::new(0));
    let counter = Arc::clone(&n_handled);
    let count = move |_, _| *counter.lock().unwrap() += 1;
    let dispatcher = Dispatcher::start(&service, &discord, &DeliverySettings::default(), count);
    let dispatcher = Arc::new(dispatcher);
    discord.events.connect(&dispatcher);
    (discord, dispatcher, n_handled)
}

/// A message: direct, or in a thread that is not in the cache.
fn message_create(number: usize, is_direct: bool) -> GatewayEvent {
    let id = (400_000_000_000_000_000 + number).to_string();
    let guild = if is_direct { Value::Null } else { json!("1") };
    let channel = if is_direct { "98" } else { "99" };
    let message = message(json!({ "id": id, "channel_id": channel, "guild_id": guild }));
    GatewayEvent::MessageCreate(Box::new(serde_json::from_value(message).unwrap()))
}

/// How many of `N_EVENTS` are handled if the shutdown begins before the event loop has taken them,
/// and one more is received after all of them were dispatched.
async fn n_handled_after_shutdown(drains_first: bool) -> usize {
    let (discord, dispatcher, n_handled) = counting_platform().await;
    let (sender, mut gateway_events) = mpsc::channel(2 * N_EVENTS);
    let stop = Shutdown::default();
    for number in 0..N_EVENTS {
        // The first one waits until the lookup of its thread has failed.
        sender.try_send(message_create(number, number > 0)).unwrap();
    }
    stop.graceful.cancel();
    let later = async {
        // Lets the event loop start.
        tokio::task::yield_now().await;
        stop.in_flight.close();
        stop.in_flight.wait().await;
        if drains_first {
            assert!(dispatcher.drain(Duration::from_secs(30)).await);
        }
        sender.try_send(message_create(N_EVENTS, true)).unwrap();
        drop(sender);
    };
    tokio::join!(discord.run_event_loop(&mut gateway_events, 1, &stop), later);
    assert!(dispatcher.drain(Duration::from_secs(30)).await);
    *n_handled.lock().unwrap()
}

#[tokio::test]
async fn events_received_before_shutdown_are_handled() {
    assert_eq!(n_handled_after_shutdown(true).await, N_EVENTS);
}

#[tokio::test]
async fn events_received_after_shutdown_are_dropped() {
    assert_eq!(n_handled_after_shutdown(false).await, N_EVENTS);
}
