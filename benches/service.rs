//! The whole path from a message to the platform's send call, without a platform: trigger, claim,
//! matching, decision, delivery.
//!
//!     cargo bench --bench service
//!     cargo bench --bench service -- --messages 1000000   # memory over so many messages
//!
//! With records in memory the path is measured alone; with records on the disk each question waits
//! for two commits before its send call.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints what it found")]

mod figures;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use figures::{resident_mib, time_at};
use quoth::conversation::space::DEFAULT_SPACE;
use quoth::conversation::{
    Addressing, Event, Message, MessageId, Place, PlaceId, Space, SpaceSettings, Spaces, User,
};
use quoth::matching::Thresholds;
use quoth::service::settings::DeliverySettings;
use quoth::service::{
    Clock, Dispatcher, KnowledgeBase, Outgoing, Parts, SendError, Sender, Service, SystemClock,
};
use quoth::store::asker_key::AskerKey;
use quoth::store::records::{Holder, SqliteRecords};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Questions asked one after the other.
const N_ALONE: usize = 5_000;

/// Questions a second, and seconds, of the sustained load.
const RATE: usize = 1_000;
const SECONDS: usize = 20;

/// A platform that takes everything at once, and notes when.
struct Noting {
    asked: Mutex<Vec<Instant>>,
    took: Mutex<Vec<Duration>>,
    n_sent: AtomicUsize,
}

impl Noting {
    fn new(n: usize) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            asked: Mutex::new(vec![now; n]),
            took: Mutex::new(Vec::with_capacity(n)),
            n_sent: AtomicUsize::new(0),
        })
    }

    fn ask(&self, number: usize) {
        if let Some(asked) = self.asked.lock().unwrap().get_mut(number) {
            *asked = Instant::now();
        }
    }
}

impl Sender for Noting {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let number: usize = outgoing.cause.parts().1.parse().unwrap();
        if let Some(asked) = self.asked.lock().unwrap().get(number) {
            self.took.lock().unwrap().push(asked.elapsed());
        }
        self.n_sent.fetch_add(1, Ordering::Relaxed);
        Ok(MessageId::new("bench", format_args!("r{number}")))
    }

    async fn edit(&self, _: &MessageId, _: &Outgoing) -> Result<(), SendError> {
        Ok(())
    }

    async fn delete(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        Ok(())
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

/// The pack's own questions, each with its last letter gone, so that none stands in the pack.
fn questions(library: &KnowledgeBase) -> Vec<String> {
    let snapshot = library.current();
    let packs = snapshot.index_for(&snapshot.spaces.default).index.packs();
    let entries = packs.iter().flat_map(|pack| &pack.entries);
    entries.map(|entry| entry.question.trim_end_matches(['?', 's', 'n', 't']).to_owned()).collect()
}

fn library() -> KnowledgeBase {
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan");
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: vec![pack],
        settings: SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() },
    };
    let spaces = Spaces { default, others: Vec::new() };
    KnowledgeBase::open(spaces, Thresholds::default()).unwrap()
}

fn message(number: usize, text: &str) -> Message {
    Message {
        id: MessageId::new("bench", number),
        place: Place {
            id: PlaceId::new("bench", format_args!("room {}", number % 100)),
            parents: Vec::new(),
            is_direct: false,
        },
        author: User {
            id: format!("bench:person {}", number % 5000).into(),
            roles: Vec::new(),
            is_bot: false,
        },
        text: text.to_owned(),
        addressing: Addressing { mentions_bot: true, ..Addressing::default() },
        replied_to: None,
        sent_at: SystemClock.now(),
        edit_id: None,
        locale: None,
    }
}

fn service(records: SqliteRecords) -> Arc<Service<SqliteRecords>> {
    Arc::new(Service::new(Parts {
        records,
        knowledge_base: Arc::new(library()),
        asker_key: AskerKey::random().unwrap(),
        clock: Arc::new(SystemClock),
        holder: Holder::new("bench"),
        delivery: DeliverySettings::default(),
    }))
}

/// One question after the other.
async fn alone(records: SqliteRecords) -> Arc<Noting> {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let platform = Noting::new(N_ALONE);
    for (number, text) in (0..N_ALONE).zip(texts.iter().cycle()) {
        let event = Event::MessageCreated(message(number, text));
        platform.ask(number);
        service.handle(&event, &*platform).await;
    }
    platform
}

/// Queues `event`, and waits while there is no room.
async fn put(lane: &Dispatcher, mut event: Event) {
    while let Some(refused) = lane.try_dispatch(event) {
        event = refused;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Questions at a steady rate.
async fn sustained(records: SqliteRecords) -> (Arc<Noting>, Duration) {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let n = RATE * SECONDS;
    let platform = Noting::new(n);
    let lane = Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    let start = Instant::now();
    for (number, text) in (0..n).zip(texts.iter().cycle()) {
        let due = start + Duration::from_secs(1) * u32::try_from(number).unwrap() / 1000;
        tokio::time::sleep_until(due.into()).await;
        platform.ask(number);
        put(&lane, Event::MessageCreated(message(number, text))).await;
    }
    assert!(lane.drain(Duration::from_secs(60)).await, "it does not keep up");
    (platform, start.elapsed())
}

/// As many as it takes, and what memory they take.
async fn many(records: SqliteRecords, n: usize) {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let platform = Noting::new(0);
    let lane = Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    let start = Instant::now();
    println!("messages   resident MiB   messages/s");
    for (number, text) in (0..n).zip(texts.iter().cycle()) {
        if number % (n / 10).max(1) == 0 {
            let rate = number as f64 / start.elapsed().as_secs_f64();
            println!("{number:>8} {:>14.1} {rate:>12.0}", resident_mib(std::process::id()));
        }
        put(&lane, Event::MessageCreated(message(number, text))).await;
    }
    assert!(lane.drain(Duration::from_secs(60)).await);
    let rate = n as f64 / start.elapsed().as_secs_f64();
    println!("{n:>8} {:>14.1} {rate:>12.0}", resident_mib(std::process::id()));
    assert_eq!(platform.n_sent.load(Ordering::Relaxed), n);
}

fn report(name: &str, platform: &Noting) {
    let mut took = platform.took.lock().unwrap().clone();
    took.sort_unstable();
    let at = |share: f64| time_at(&took, share).as_secs_f64() * 1e6;
    println!("{name:<44} {:>8.0} us {:>8.0} us  ({} questions)", at(0.5), at(0.99), took.len());
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n_messages =
        args.iter().position(|arg| arg == "--messages").and_then(|at| args.get(at + 1));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let now = SystemClock.now();
    let on_disk =
        |name: &str| runtime.block_on(SqliteRecords::open(&folder.path().join(name), now)).unwrap();
    let in_memory = || runtime.block_on(SqliteRecords::in_memory(now)).unwrap();
    if let Some(n) = n_messages {
        runtime.block_on(many(on_disk("many"), n.parse().unwrap()));
        return;
    }
    println!("{:<44} {:>11} {:>11}", "from message to send call", "median", "p99");
    report("one at a time, records in memory", &runtime.block_on(alone(in_memory())));
    report("one at a time, records on disk", &runtime.block_on(alone(on_disk("alone"))));
    for (name, records) in [("in memory", in_memory()), ("on disk", on_disk("sustained"))] {
        let (platform, took) = runtime.block_on(sustained(records));
        let rate = (RATE * SECONDS) as f64 / took.as_secs_f64();
        report(&format!("{rate:.0} a second for {SECONDS} s, records {name}"), &platform);
    }
}
