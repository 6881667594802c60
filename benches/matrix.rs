//! Latency of `quoth run` with a real homeserver: from the sync response with a question to the
//! request that sends the reply.
//!
//!     QUOTH_SYNAPSE=target/tools/synapse/bin/python cargo bench --bench matrix
//!     ... cargo bench --bench matrix -- --parts      # what the time is spent in
//!     ... cargo bench --bench matrix -- --rooms 50   # memory of `quoth run` in 50 rooms
//!
//! `QUOTH_TESTED_PROGRAM` names another program than the one that is built. `scripts/test` installs the homeserver. A proxy between it and the bot measures the time from
//! when the bot is given the sync response until its send request has arrived. This includes one
//! socket in each direction, but not the time of the homeserver itself. Records are on the disk:
//! each question waits for two commits.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its results, and may panic"
)]

mod figures;
mod trace_log;
#[path = "../tests/it/support"]
#[allow(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "the support modules are made for the tests, which use the rest of them"
)]
mod support {
    pub(crate) mod fault_proxy;
    pub(crate) mod matrix;
    pub(crate) mod program;
    pub(crate) mod synapse;
}

/// Replaces the module of the tests that the support modules use.
mod service {
    use std::time::{Duration, SystemTime, UNIX_EPOCH};

    pub(crate) const MAX_WAIT: Duration = Duration::from_secs(60);

    pub(crate) fn free_port() -> u16 {
        std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
    }

    pub(crate) fn now() -> u64 {
        SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
    }
}

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::service::MAX_WAIT;
use figures::{resident_mib, time_at};
use matrix_sdk::ruma::{OwnedEventId, OwnedUserId};
use support::fault_proxy::{FaultProxy, ProxiedRequest};
use support::matrix::{Draft, PASSWORD, RoomKind, TestUser, register};
use support::program::program;
use support::synapse::Synapse;
use tempfile::TempDir;
use trace_log::{Line, TraceLog};

/// Questions before the measurement, which open connections and share keys.
const N_WARMUP: usize = 50;

/// Questions that are measured.
const N_QUESTIONS: usize = 500;

/// The wait before the memory is measured, so that all work is done.
const IDLE: Duration = Duration::from_secs(20);

/// The last line of the log before a reply is sent.
const SENDING: &str = "The library sends an event";

/// `quoth run` behind a proxy.
struct Bot {
    id: OwnedUserId,
    process: Child,
    proxy: FaultProxy,
    /// Empty unless it was started with traces.
    log: TraceLog,
    _folder: TempDir,
}

impl Bot {
    fn start(server: &Synapse, has_traces: bool) -> Self {
        let (id, proxy) = (register(server, "quoth"), FaultProxy::new(server.url()));
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan");
        let mut command = Command::new(program());
        command.arg("run").current_dir(folder.path()).stdin(Stdio::null());
        command
            .env_remove("QUOTH_SYNAPSE")
            .env_remove("QUOTH_TESTED_PROGRAM")
            .env("QUOTH_LOG__LEVEL", "warn");
        if has_traces {
            command.env("QUOTH_LOG__LEVEL", "warn,quoth=trace").env("QUOTH_LOG__FORMAT", "json");
            command.stderr(Stdio::piped());
        }
        command.env("QUOTH_PACKS", format!("['{}']", pack.display()));
        command.env("QUOTH_DATA", "data");
        command.env("QUOTH_HTTP__IS_ON", "false");
        command.env("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
        command.env("QUOTH_DEFAULT_SPACE__GREETS", "false");
        command.env("QUOTH_MATRIX__HOMESERVER", proxy.url());
        command.env("QUOTH_MATRIX__USER", id.as_str());
        command.env("QUOTH_MATRIX__PASSWORD", PASSWORD);
        command.env("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "['*']");
        let mut process = command.spawn().unwrap();
        let log = process.stderr.take().map(TraceLog::read).unwrap_or_default();
        Self { id, process, proxy, log, _folder: folder }
    }

    /// When the first sync response that contains the question `id` was returned, and the next send
    /// request arrived. Later sync responses contain the ID as well, in the reply.
    fn times(&self, id: &OwnedEventId) -> [Instant; 2] {
        let requests = self.proxy.requests();
        let delivered_at = |it: &ProxiedRequest| {
            let (at, body) = it.response.as_ref()?;
            let has_question = String::from_utf8_lossy(body).contains(id.as_str());
            (it.path.ends_with("/sync") && has_question).then_some(*at)
        };
        let delivered_at = requests.iter().find_map(delivered_at).unwrap();
        let sent = requests.iter().find(|it| it.is_send() && it.at > delivered_at).unwrap();
        [delivered_at, sent.at]
    }

    /// The lines of the log that were written between `delivered` and `sent`, when the last of them has been read.
    fn lines_of_reply(&self, delivered: Instant, sent: Instant) -> Vec<Line> {
        let read_by = Instant::now() + MAX_WAIT;
        loop {
            let lines = self.log.between(delivered, sent);
            if lines.iter().any(|it| it.message == SENDING) || Instant::now() > read_by {
                return lines;
            }
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The parts of the latency of the answer to `id`.
    fn parts(&self, id: &OwnedEventId) -> Parts {
        let [delivered, sent] = self.times(id);
        let lines = self.lines_of_reply(delivered, sent);
        let at = |message: &str| lines.iter().find(|it| it.message == message).map(|it| it.at);
        let synced = at("The library has processed a sync response").unwrap();
        let dispatched = at("Dispatching an event").unwrap();
        let (rendering, sending) = (at("Rendering a reply").unwrap(), at(SENDING).unwrap());
        let is_of_records =
            |it: &&Line| it.at > dispatched && it.at <= rendering && it.took.is_some();
        let calls: Vec<Duration> =
            lines.iter().filter(is_of_records).filter_map(|it| it.took).collect();
        let records: Duration = calls.iter().sum();
        Parts {
            receiving: synced - delivered,
            converting: dispatched - synced,
            records,
            n_calls: calls.len(),
            responding: (rendering - dispatched).saturating_sub(records),
            rendering: sending - rendering,
            sending: sent - sending,
        }
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The parts of a latency: what the client library does, the calls of the records, and the rest.
struct Parts {
    /// Library: reads, decrypts and stores the sync response.
    receiving: Duration,
    /// quoth: converts the room event.
    converting: Duration,
    records: Duration,
    n_calls: usize,
    /// quoth: decides and searches.
    responding: Duration,
    /// quoth: renders the reply.
    rendering: Duration,
    /// Library: encrypts and sends the event.
    sending: Duration,
}

/// Asks questions in a room of this kind, one after the other. Returns what `measure` returns for
/// each, after the warm-up.
fn ask<T>(
    bot: &Bot,
    ada: &TestUser,
    kind: RoomKind,
    measure: impl Fn(&OwnedEventId) -> T,
) -> Vec<T> {
    let questions =
        ["who is rana mitter", "did chnia send troops", "why no chinese soldeirs there"];
    let room = ada.create_room(kind, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    let mut measured = Vec::new();
    for number in 0..N_WARMUP + N_QUESTIONS {
        let text = questions[number % questions.len()];
        let id = ada.send(&room, &Draft::mentioning("quoth", &bot.id, text));
        ada.next_change(&room, &bot.id);
        if number >= N_WARMUP {
            measured.push(measure(&id));
        }
    }
    measured
}

/// Prints the median of each part.
fn report_parts(name: &str, parts: &[Parts]) {
    let median = |part: fn(&Parts) -> Duration| {
        let mut times: Vec<Duration> = parts.iter().map(part).collect();
        times.sort_unstable();
        time_at(&times, 0.5).as_secs_f64() * 1e3
    };
    let n_calls = parts.iter().map(|it| it.n_calls).sum::<usize>() as f64 / parts.len() as f64;
    println!("{name}");
    println!("  library: reads and stores the sync response {:>8.2} ms", median(|it| it.receiving));
    println!("  library: encrypts and sends the reply       {:>8.2} ms", median(|it| it.sending));
    println!(
        "  records: {n_calls:>4.1} calls                         {:>8.2} ms",
        median(|it| it.records)
    );
    println!(
        "  quoth: converts the event                   {:>8.2} ms",
        median(|it| it.converting)
    );
    println!(
        "  quoth: decides and searches                 {:>8.2} ms",
        median(|it| it.responding)
    );
    println!("  quoth: renders the reply                    {:>8.2} ms", median(|it| it.rendering));
}

fn report(name: &str, mut latencies: Vec<Duration>) {
    latencies.sort_unstable();
    let at = |share: f64| time_at(&latencies, share).as_secs_f64() * 1e3;
    let (median, p90, p99) = (at(0.5), at(0.9), at(0.99));
    println!("{name:<20} {median:>8.2} ms {p90:>8.2} ms {p99:>8.2} ms");
}

/// Prints the memory of `quoth run` in one room and in `n` rooms, every second one encrypted.
fn memory(server: &Synapse, n: usize) {
    let bot = Bot::start(server, false);
    let ada = TestUser::new(server, "ada");
    println!("rooms   resident MiB");
    for n_new in [1, n - 1] {
        for number in 0..n_new {
            let kind = if number % 2 == 0 { RoomKind::Encrypted } else { RoomKind::Plain };
            let room = ada.create_room(kind, &[&bot.id]);
            ada.wait_for_join(&room, &bot.id);
            ada.send(&room, &Draft::mentioning("quoth", &bot.id, "who is rana mitter"));
            ada.next_change(&room, &bot.id);
        }
        std::thread::sleep(IDLE);
        let n_rooms = if n_new == 1 { 1 } else { n };
        println!("{n_rooms:>5} {:>14.1}", resident_mib(bot.process.id()));
    }
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n_rooms = args.iter().position(|arg| arg == "--rooms").and_then(|at| args.get(at + 1));
    let server = Synapse::start();
    if let Some(n) = n_rooms {
        return memory(&server, n.parse().unwrap());
    }
    let has_parts = args.iter().any(|arg| arg == "--parts");
    let (bot, ada) = (Bot::start(&server, has_parts), TestUser::new(&server, "ada"));
    let kinds = [("plain room", RoomKind::Plain), ("encrypted room", RoomKind::Encrypted)];
    if has_parts {
        for (name, kind) in kinds {
            report_parts(name, &ask(&bot, &ada, kind, |id| bot.parts(id)));
        }
        return;
    }
    println!("{:<20} {:>11} {:>11} {:>11}", "from sync to send", "median", "p90", "p99");
    for (name, kind) in kinds {
        let latency = |id: &OwnedEventId| {
            let [delivered, sent] = bot.times(id);
            sent - delivered
        };
        report(name, ask(&bot, &ada, kind, latency));
    }
}
