//! Time from a gateway event to the request with the answer, with the real client and the fake
//! server in one process.
//!
//!     cargo bench --bench discord
//!     cargo bench --bench discord -- --messages 100000   # memory of `quoth run` over this many
//!
//! The time is measured from before the fake server creates the event until the request has arrived
//! there, so it includes the server and both sockets. With records in memory that is the bare path;
//! with records on disk each question waits for two commits before its request.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints its results, and may panic"
)]

mod figures;
#[path = "../tests/it/support"]
mod support {
    #[allow(
        dead_code,
        unused_imports,
        clippy::expect_used,
        clippy::indexing_slicing,
        clippy::panic,
        reason = "the tests use the rest of it"
    )]
    pub(crate) mod discord;
    pub(crate) mod in_process;
    pub(crate) mod program;
}

/// The item of `tests/it/service.rs` that the fake server uses.
mod service {
    pub(crate) const MAX_WAIT: std::time::Duration = std::time::Duration::from_secs(30);
}

use std::collections::HashMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use figures::{resident_mib, time_at};
use quoth::platform::Shutdown;
use quoth::service::{Clock, SystemClock};
use quoth::store::records::SqliteRecords;
use support::discord::{self as fake_server, ChannelId, UserId};
use support::in_process::{self, knowledge_base, pack};
use support::program::program;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Questions per second of the sustained load, and its duration in seconds.
const RATE: u32 = 500;
const SECONDS: u32 = 20;

/// Channels, each with a user, from which the questions come.
const N_CHANNELS: usize = 50;

/// Timeout for the last answers.
const MAX_WAIT: Duration = Duration::from_secs(60);

const POST: &str = "POST /channels/{}/messages";

/// A fake server with channels and users, and their questions.
struct TestServer {
    discord: fake_server::Discord,
    channels: Vec<(ChannelId, UserId)>,
    questions: Vec<String>,
}

impl TestServer {
    fn new() -> Self {
        let discord = fake_server::Discord::start();
        let guild = discord.guild("server");
        let channels = (0..N_CHANNELS).map(|n| {
            (discord.channel(guild, &format!("channel {n}")), discord.user(&format!("user {n}")))
        });
        let channels = channels.collect();
        let questions = questions();
        Self { discord, channels, questions }
    }

    /// Sends the question of this number. Returns its id and when that began.
    fn ask(&self, number: usize) -> (u64, Instant) {
        let (channel, user) = self.channels[number % self.channels.len()];
        let question = &self.questions[number % self.questions.len()];
        let text = format!("{} {question}", self.discord.mention());
        let began = Instant::now();
        (self.discord.user_sends(channel, user, &text), began)
    }

    /// Sends `n` questions, from `first` on, at the sustained rate.
    fn ask_many(&self, first: usize, n: u32) -> HashMap<u64, Instant> {
        let start = Instant::now();
        let mut asked = HashMap::new();
        for number in 0..n {
            let due = start + Duration::from_secs(1) * number / RATE;
            std::thread::sleep(due.saturating_duration_since(Instant::now()));
            let (id, began) = self.ask(first + usize::try_from(number).unwrap());
            asked.insert(id, began);
        }
        asked
    }

    /// Waits until there were `n` messages in total.
    fn wait_for(&self, n: usize) {
        let start = Instant::now();
        while self.discord.n_calls(POST) < n {
            assert!(start.elapsed() < MAX_WAIT, "the bot does not keep up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The pack's questions without their last letter, so that none is an exact phrasing.
fn questions() -> Vec<String> {
    let knowledge_base = knowledge_base();
    let snapshot = knowledge_base.current();
    let packs = snapshot.index_for(&snapshot.spaces.default).index.packs();
    let entries = packs.iter().flat_map(|pack| &pack.entries);
    entries.map(|entry| entry.question.trim_end_matches(['?', 's', 'n', 't']).to_owned()).collect()
}

/// Latencies from event to request, sorted.
fn sustained(runtime: &tokio::runtime::Runtime, records: SqliteRecords) -> Vec<Duration> {
    let server = TestServer::new();
    let stop = Shutdown::default();
    let _entered = runtime.enter();
    let served = in_process::serve(&server.discord, records, false, &stop);
    server.discord.wait_for_sessions(1);
    server.discord.wait_for_commands();
    // Warm-up: connections are opened and lazy data is loaded.
    server.ask_many(0, RATE);
    server.wait_for(usize::try_from(RATE).unwrap());
    let n = RATE * SECONDS;
    let asked = server.ask_many(0, n);
    server.wait_for(usize::try_from(RATE + n).unwrap());
    stop.graceful.cancel();
    stop.forced.cancel();
    runtime.block_on(served).unwrap();
    let mut latencies: Vec<Duration> = Vec::new();
    for call in server.discord.calls(POST) {
        let id = call.body["message_reference"]["message_id"].as_str().unwrap();
        if let Some(began) = asked.get(&id.parse().unwrap()) {
            latencies.push(call.arrived.duration_since(*began));
        }
    }
    assert_eq!(latencies.len(), asked.len(), "each question is answered once");
    latencies.sort_unstable();
    latencies
}

/// Prints the memory of `quoth run` while it answers `n` questions.
fn memory(n: usize) {
    let server = TestServer::new();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut process = start(&server, folder.path());
    server.discord.wait_for_sessions(1);
    server.discord.wait_for_commands();
    println!("questions   resident MiB");
    let step = (n / 10).max(1);
    for done in (0..n).step_by(step) {
        println!("{done:>9} {:>14.1}", resident_mib(process.id()));
        let count = step.min(n - done);
        server.ask_many(done, u32::try_from(count).unwrap());
        server.wait_for(done + count);
    }
    println!("{n:>9} {:>14.1}", resident_mib(process.id()));
    process.kill().unwrap();
    process.wait().unwrap();
}

fn start(server: &TestServer, folder: &Path) -> Child {
    let mut command = Command::new(program());
    command.arg("run").current_dir(folder).stdin(Stdio::null());
    command.env_remove("QUOTH_TESTED_PROGRAM").envs(server.discord.settings());
    command.env("QUOTH_PACKS", format!("['{}']", pack().display()));
    command.env("QUOTH_DATA", "data");
    command.env("QUOTH_HTTP__IS_ON", "false");
    command.env("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
    command.spawn().unwrap()
}

fn report(name: &str, latencies: &[Duration]) {
    let at = |share: f64| time_at(latencies, share).as_secs_f64() * 1e6;
    let (median, most, nearly_all) = (at(0.5), at(0.9), at(0.99));
    println!(
        "{name:<44} {median:>8.0} us {most:>8.0} us {nearly_all:>8.0} us  ({} questions)",
        latencies.len()
    );
}

fn main() {
    let args: Vec<String> = std::env::args().collect();
    let n_messages =
        args.iter().position(|arg| arg == "--messages").and_then(|at| args.get(at + 1));
    if let Some(n) = n_messages {
        return memory(n.parse().unwrap());
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let now = SystemClock.now();
    println!("{:<44} {:>11} {:>11} {:>11}", "from event to request", "median", "p90", "p99");
    let in_memory = runtime.block_on(SqliteRecords::in_memory(now)).unwrap();
    let on_disk = runtime.block_on(SqliteRecords::open(folder.path(), now)).unwrap();
    for (name, records) in [("in memory", in_memory), ("on disk", on_disk)] {
        let latencies = sustained(&runtime, records);
        report(&format!("{RATE} a second for {SECONDS} s, records {name}"), &latencies);
    }
}
