//! From the gateway's event to the request that answers it, with the real client on the stand-in for
//! Discord, in one process.
//!
//!     cargo bench --bench discord
//!     cargo bench --bench discord -- --messages 100000   # memory of `quoth run` over so many
//!
//! The time counts from before the stand-in makes the event until the request has reached it, so that
//! both of its own ends and both sockets are in it. With records in memory that is the path alone;
//! with records on the disk each question waits for two commits before its request.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints what it found, and may panic"
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
        reason = "it is made for tests, which use the rest of it"
    )]
    pub(crate) mod discord;
    pub(crate) mod in_process;
}

/// What the stand-in knows of tests.
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
use support::discord::{self as stand_in, Person, Place};
use support::in_process::{self, knowledge_base, pack};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Questions a second, and seconds, of the sustained load.
const RATE: u32 = 500;
const SECONDS: u32 = 20;

/// Channels and people that the questions come from.
const N_PLACES: usize = 50;

/// How long the last answers may take.
const MAX_WAIT: Duration = Duration::from_secs(60);

const POST: &str = "POST /channels/{}/messages";

/// A Discord with people in it, and what they ask.
struct Town {
    discord: stand_in::Discord,
    places: Vec<(Place, Person)>,
    questions: Vec<String>,
}

impl Town {
    fn new() -> Self {
        let discord = stand_in::Discord::start();
        let guild = discord.guild("town");
        let places = (0..N_PLACES).map(|n| {
            (discord.channel(guild, &format!("room {n}")), discord.person(&format!("person {n}")))
        });
        let places = places.collect();
        let questions = questions();
        Self { discord, places, questions }
    }

    /// Has somebody ask the question of this number. Gives its id and when that began.
    fn ask(&self, number: usize) -> (u64, Instant) {
        let (place, person) = self.places[number % self.places.len()];
        let question = &self.questions[number % self.questions.len()];
        let text = format!("{} {question}", self.discord.mention());
        let began = Instant::now();
        (self.discord.says(place, person, &text), began)
    }

    /// Asks from question `first` on, `n` in all, at the sustained rate.
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

    /// Waits until `n` messages were posted in all.
    fn wait_for(&self, n: usize) {
        let start = Instant::now();
        while self.discord.n_calls(POST) < n {
            assert!(start.elapsed() < MAX_WAIT, "it does not keep up");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// The pack's own questions, each with its last letter gone, so that none stands in the pack.
fn questions() -> Vec<String> {
    let library = knowledge_base();
    let snapshot = library.current();
    let packs = snapshot.index_for(&snapshot.spaces.default).index.packs();
    let entries = packs.iter().flat_map(|pack| &pack.entries);
    entries.map(|entry| entry.question.trim_end_matches(['?', 's', 'n', 't']).to_owned()).collect()
}

/// From event to request, sorted.
fn sustained(runtime: &tokio::runtime::Runtime, records: SqliteRecords) -> Vec<Duration> {
    let town = Town::new();
    let stop = Shutdown::default();
    let _entered = runtime.enter();
    let served = in_process::serve(&town.discord, records, false, &stop);
    town.discord.waits_for_sessions(1);
    town.discord.waits_for_commands();
    // Connections are made, and what is read once is read.
    town.ask_many(0, RATE);
    town.wait_for(usize::try_from(RATE).unwrap());
    let n = RATE * SECONDS;
    let asked = town.ask_many(0, n);
    town.wait_for(usize::try_from(RATE + n).unwrap());
    stop.graceful.cancel();
    stop.forced.cancel();
    runtime.block_on(served).unwrap();
    let mut took: Vec<Duration> = Vec::new();
    for call in town.discord.calls(POST) {
        let id = call.body["message_reference"]["message_id"].as_str().unwrap();
        if let Some(began) = asked.get(&id.parse().unwrap()) {
            took.push(call.arrived.duration_since(*began));
        }
    }
    assert_eq!(took.len(), asked.len(), "each question is answered once");
    took.sort_unstable();
    took
}

/// Memory of `quoth run` while it answers `n` questions.
fn memory(n: usize) {
    let town = Town::new();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    let mut process = start(&town, folder.path());
    town.discord.waits_for_sessions(1);
    town.discord.waits_for_commands();
    println!("questions   resident MiB");
    let step = (n / 10).max(1);
    for done in (0..n).step_by(step) {
        println!("{done:>9} {:>14.1}", resident_mib(process.id()));
        let count = step.min(n - done);
        town.ask_many(done, u32::try_from(count).unwrap());
        town.wait_for(done + count);
    }
    println!("{n:>9} {:>14.1}", resident_mib(process.id()));
    process.kill().unwrap();
    process.wait().unwrap();
}

fn start(town: &Town, folder: &Path) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_quoth"));
    command.arg("run").current_dir(folder).stdin(Stdio::null());
    command.envs(town.discord.settings());
    command.env("QUOTH_PACKS", format!("['{}']", pack().display()));
    command.env("QUOTH_DATA", "data");
    command.env("QUOTH_HTTP__IS_ON", "false");
    command.env("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
    command.spawn().unwrap()
}

fn report(name: &str, took: &[Duration]) {
    let at = |share: f64| time_at(took, share).as_secs_f64() * 1e6;
    let (median, most, nearly_all) = (at(0.5), at(0.9), at(0.99));
    println!(
        "{name:<44} {median:>8.0} us {most:>8.0} us {nearly_all:>8.0} us  ({} questions)",
        took.len()
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
        let took = sustained(&runtime, records);
        report(&format!("{RATE} a second for {SECONDS} s, records {name}"), &took);
    }
}
