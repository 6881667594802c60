//! Time from a message to the platform's send call, without a platform: trigger, claim, matching,
//! decision, delivery.
//!
//!     cargo bench --bench service
//!     cargo bench --bench service -- --messages 1000000   # memory use over that many messages
//!
//! With records in memory only the path itself is measured; with records on disk each question waits for
//! two commits before its send call. "Records alone" are the calls of a question to the records, without
//! all that is between them.

#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its results")]

mod figures;
mod set_up;

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use figures::{resident_mib, time_at};
use quoth::conversation::space::DEFAULT_SPACE;
use quoth::conversation::{
    Addressing, AskerHash, Event, Message, MessageId, Place, PlaceId, ReplyKind, SentReply,
    SpaceSettings, User,
};
use quoth::service::settings::DeliverySettings;
use quoth::service::{
    Clock, Dispatcher, KnowledgeBase, Outgoing, SendError, Sender, Service, SystemClock,
};
use quoth::store::records::{Claim, Completion, Holder, Lookup, Records, SqliteRecords};
use set_up::HOLDER;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Questions that are asked one after the other.
const N_SEQUENTIAL: usize = 5_000;

/// Questions per second, and duration in seconds, of the sustained load.
const RATE: usize = 1_000;
const SECONDS: usize = 20;

/// A platform that accepts every message at once and records the latency.
struct TimingSender {
    asked_at: Mutex<Vec<Instant>>,
    latencies: Mutex<Vec<Duration>>,
    n_sent: AtomicUsize,
}

impl TimingSender {
    fn new(n: usize) -> Arc<Self> {
        let now = Instant::now();
        Arc::new(Self {
            asked_at: Mutex::new(vec![now; n]),
            latencies: Mutex::new(Vec::with_capacity(n)),
            n_sent: AtomicUsize::new(0),
        })
    }

    fn ask(&self, number: usize) {
        if let Some(asked_at) = self.asked_at.lock().unwrap().get_mut(number) {
            *asked_at = Instant::now();
        }
    }
}

impl Sender for TimingSender {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        let number: usize = outgoing.cause.parts().1.parse().unwrap();
        if let Some(asked_at) = self.asked_at.lock().unwrap().get(number) {
            self.latencies.lock().unwrap().push(asked_at.elapsed());
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

/// The pack's questions, each without its last letter, so that none is an exact phrasing.
fn questions(knowledge_base: &KnowledgeBase) -> Vec<String> {
    let snapshot = knowledge_base.current();
    let packs = snapshot.index_for(&snapshot.spaces.default).index.packs();
    let entries = packs.iter().flat_map(|pack| &pack.entries);
    entries.map(|entry| entry.question.trim_end_matches(['?', 's', 'n', 't']).to_owned()).collect()
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
    let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan");
    Arc::new(set_up::service(records, pack, SpaceSettings::default()))
}

/// Asks one question after the other.
async fn sequential(records: SqliteRecords) -> Arc<TimingSender> {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let platform = TimingSender::new(N_SEQUENTIAL);
    for (number, text) in (0..N_SEQUENTIAL).zip(texts.iter().cycle()) {
        let event = Event::MessageCreated(message(number, text));
        platform.ask(number);
        service.handle(&event, &*platform).await;
    }
    platform
}

/// Makes the calls of a question to the records. The time from the first until the message could be sent.
async fn records_alone(records: SqliteRecords) -> Vec<Duration> {
    let mut latencies = Vec::with_capacity(N_SEQUENTIAL);
    for number in 0..N_SEQUENTIAL {
        let message = message(number, "");
        let claim = || Claim {
            message: message.id.clone(),
            holder: Holder::new(HOLDER),
            now: SystemClock.now(),
            lease: DeliverySettings::default().lease(),
        };
        let lookup = Lookup {
            space: DEFAULT_SPACE.to_owned(),
            places: vec![message.place.id.clone()],
            claim: Some(claim()),
            sent_at: Some(message.sent_at),
            ..Lookup::default()
        };
        let start = Instant::now();
        records.look_up(lookup).await.unwrap();
        records.begin_send(claim()).await.unwrap();
        latencies.push(start.elapsed());
        let reply = SentReply {
            question: message.id.clone(),
            message: MessageId::new("bench", format_args!("r{number}")),
            place: message.place.id.clone(),
            space: DEFAULT_SPACE.to_owned(),
            asker: AskerHash::from("asker"),
            asked_for: None,
            kind: ReplyKind::Answer,
            is_private: false,
            entries: vec!["entry".to_owned()],
            sent_at: message.sent_at,
        };
        let completion = Completion {
            message: message.id.clone(),
            holder: Holder::new(HOLDER),
            at: message.sent_at,
            answer: Some(reply),
            unanswered: None,
            asked: None,
            outdated_alerts: None,
        };
        records.complete(completion).await.unwrap();
    }
    latencies
}

/// Queues `event`; waits while the queue is full.
async fn dispatch(dispatcher: &Dispatcher, mut event: Event) {
    while let Some(rejected) = dispatcher.try_dispatch(event) {
        event = rejected;
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Asks questions at a steady rate.
async fn sustained(records: SqliteRecords) -> (Arc<TimingSender>, Duration) {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let n = RATE * SECONDS;
    let platform = TimingSender::new(n);
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    let start = Instant::now();
    for (number, text) in (0..n).zip(texts.iter().cycle()) {
        let due = start + Duration::from_secs(1) * u32::try_from(number).unwrap() / 1000;
        tokio::time::sleep_until(due.into()).await;
        platform.ask(number);
        dispatch(&dispatcher, Event::MessageCreated(message(number, text))).await;
    }
    assert!(dispatcher.drain(Duration::from_secs(60)).await, "the service does not keep up");
    (platform, start.elapsed())
}

/// Asks `n` questions and prints memory use and throughput.
async fn many(records: SqliteRecords, n: usize) {
    let service = service(records);
    let texts = questions(service.knowledge_base());
    let platform = TimingSender::new(0);
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    let start = Instant::now();
    println!("messages   resident MiB   messages/s");
    for (number, text) in (0..n).zip(texts.iter().cycle()) {
        if number % (n / 10).max(1) == 0 {
            let rate = number as f64 / start.elapsed().as_secs_f64();
            println!("{number:>8} {:>14.1} {rate:>12.0}", resident_mib(std::process::id()));
        }
        dispatch(&dispatcher, Event::MessageCreated(message(number, text))).await;
    }
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
    let rate = n as f64 / start.elapsed().as_secs_f64();
    println!("{n:>8} {:>14.1} {rate:>12.0}", resident_mib(std::process::id()));
    assert_eq!(platform.n_sent.load(Ordering::Relaxed), n);
}

fn report(name: &str, platform: &TimingSender) {
    report_latencies(name, platform.latencies.lock().unwrap().clone());
}

fn report_latencies(name: &str, mut latencies: Vec<Duration>) {
    latencies.sort_unstable();
    let at = |share: f64| time_at(&latencies, share).as_secs_f64() * 1e6;
    println!(
        "{name:<44} {:>8.0} us {:>8.0} us  ({} questions)",
        at(0.5),
        at(0.99),
        latencies.len()
    );
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
    report("one at a time, records in memory", &runtime.block_on(sequential(in_memory())));
    report("one at a time, records on disk", &runtime.block_on(sequential(on_disk("sequential"))));
    for (name, records) in [("in memory", in_memory()), ("on disk", on_disk("alone"))] {
        let latencies = runtime.block_on(records_alone(records));
        report_latencies(&format!("records alone, {name}"), latencies);
    }
    for (name, records) in [("in memory", in_memory()), ("on disk", on_disk("sustained"))] {
        let (platform, duration) = runtime.block_on(sustained(records));
        let rate = (RATE * SECONDS) as f64 / duration.as_secs_f64();
        report(&format!("{rate:.0} a second for {SECONDS} s, records {name}"), &platform);
    }
}
