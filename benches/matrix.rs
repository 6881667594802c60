//! Latency of `quoth run` with a real homeserver: from the sync response with a question to the
//! request that sends the reply.
//!
//!     QUOTH_SYNAPSE=target/tools/synapse/bin/python cargo bench --bench matrix
//!     ... cargo bench --bench matrix -- --rooms 50   # memory of `quoth run` in 50 rooms
//!
//! `scripts/test` installs the homeserver. A proxy between it and the bot measures the time from
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
use std::time::Duration;

use figures::{resident_mib, time_at};
use matrix_sdk::ruma::{OwnedEventId, OwnedUserId};
use support::fault_proxy::{FaultProxy, ProxiedRequest};
use support::matrix::{Draft, PASSWORD, RoomKind, TestUser, register};
use support::synapse::Synapse;
use tempfile::TempDir;

/// Questions before the measurement, which open connections and share keys.
const N_WARMUP: usize = 50;

/// Questions that are measured.
const N_QUESTIONS: usize = 500;

/// The wait before the memory is measured, so that all work is done.
const IDLE: Duration = Duration::from_secs(20);

/// `quoth run` behind a proxy.
struct Bot {
    id: OwnedUserId,
    process: Child,
    proxy: FaultProxy,
    _folder: TempDir,
}

impl Bot {
    fn start(server: &Synapse) -> Self {
        let (id, proxy) = (register(server, "quoth"), FaultProxy::new(server.url()));
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let pack = Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan");
        let mut command = Command::new(env!("CARGO_BIN_EXE_quoth"));
        command.arg("run").current_dir(folder.path()).stdin(Stdio::null());
        command.env_remove("QUOTH_SYNAPSE").env("QUOTH_LOG__LEVEL", "warn");
        command.env("QUOTH_PACKS", format!("['{}']", pack.display()));
        command.env("QUOTH_DATA", "data");
        command.env("QUOTH_HTTP__IS_ON", "false");
        command.env("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0");
        command.env("QUOTH_DEFAULT_SPACE__GREETS", "false");
        command.env("QUOTH_MATRIX__HOMESERVER", proxy.url());
        command.env("QUOTH_MATRIX__USER", id.as_str());
        command.env("QUOTH_MATRIX__PASSWORD", PASSWORD);
        command.env("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "['*']");
        let process = command.spawn().unwrap();
        Self { id, process, proxy, _folder: folder }
    }

    /// The time from the first sync response that contains the question `id` until the next send
    /// request. Later sync responses contain the ID as well, in the reply.
    fn latency(&self, id: &OwnedEventId) -> Duration {
        let requests = self.proxy.requests();
        let delivered_at = |it: &ProxiedRequest| {
            let (at, body) = it.response.as_ref()?;
            let has_question = String::from_utf8_lossy(body).contains(id.as_str());
            (it.path.ends_with("/sync") && has_question).then_some(*at)
        };
        let delivered_at = requests.iter().find_map(delivered_at).unwrap();
        let sent = requests.iter().find(|it| it.is_send() && it.at > delivered_at).unwrap();
        sent.at - delivered_at
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// The latencies of the bot in a room of this kind, sorted. Questions are asked one after the
/// other.
fn latencies(bot: &Bot, ada: &TestUser, kind: RoomKind) -> Vec<Duration> {
    let questions =
        ["who is rana mitter", "did chnia send troops", "why no chinese soldeirs there"];
    let room = ada.create_room(kind, &[&bot.id]);
    ada.wait_for_join(&room, &bot.id);
    let mut latencies = Vec::new();
    for number in 0..N_WARMUP + N_QUESTIONS {
        let text = questions[number % questions.len()];
        let id = ada.send(&room, &Draft::mentioning("quoth", &bot.id, text));
        ada.next_change(&room, &bot.id);
        if number >= N_WARMUP {
            latencies.push(bot.latency(&id));
        }
    }
    latencies.sort_unstable();
    latencies
}

fn report(name: &str, latencies: &[Duration]) {
    let at = |share: f64| time_at(latencies, share).as_secs_f64() * 1e3;
    let (median, p90, p99) = (at(0.5), at(0.9), at(0.99));
    println!("{name:<20} {median:>8.2} ms {p90:>8.2} ms {p99:>8.2} ms");
}

/// Prints the memory of `quoth run` in one room and in `n` rooms, every second one encrypted.
fn memory(server: &Synapse, n: usize) {
    let bot = Bot::start(server);
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
    let (bot, ada) = (Bot::start(&server), TestUser::new(&server, "ada"));
    println!("{:<20} {:>11} {:>11} {:>11}", "from sync to send", "median", "p90", "p99");
    for (name, kind) in [("plain room", RoomKind::Plain), ("encrypted room", RoomKind::Encrypted)] {
        report(name, &latencies(&bot, &ada, kind));
    }
}
