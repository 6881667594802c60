//! From the homeserver's answer that holds a question to the request that answers it, by `quoth run` on
//! a real homeserver.
//!
//!     QUOTH_SYNAPSE=target/tools/synapse/bin/python cargo bench --bench matrix
//!     ... cargo bench --bench matrix -- --rooms 50   # memory of `quoth run` in so many rooms
//!
//! `scripts/test` installs the homeserver. A relay between it and the bot takes the times: from when
//! the bot is given the answer to its sync until its request to send has arrived. What the homeserver
//! itself takes is not in that; one socket each way is. Records are on the disk: each question
//! waits for two commits.

#![allow(
    clippy::indexing_slicing,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a benchmark prints what it found, and may panic"
)]

mod figures;
#[path = "../tests/it/support"]
#[allow(
    dead_code,
    unused_imports,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "it is made for tests, which use the rest of it"
)]
mod support {
    pub(crate) mod fault_proxy;
    pub(crate) mod matrix;
    pub(crate) mod synapse;
}

/// What these know of tests.
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
use support::matrix::{Kind, PASSWORD, Person, Saying, register};
use support::synapse::Synapse;
use tempfile::TempDir;

/// Questions before those that count: connections are made, keys are shared.
const N_WARM: usize = 50;

/// Questions that count.
const N_QUESTIONS: usize = 500;

/// After so long in its rooms nothing is left to be done.
const IDLE: Duration = Duration::from_secs(20);

/// `quoth run` behind a relay.
struct Bot {
    id: OwnedUserId,
    process: Child,
    relay: FaultProxy,
    _folder: TempDir,
}

impl Bot {
    fn start(server: &Synapse) -> Self {
        let (id, relay) = (register(server, "quoth"), FaultProxy::to(server.url()));
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
        command.env("QUOTH_MATRIX__HOMESERVER", relay.url());
        command.env("QUOTH_MATRIX__USER", id.as_str());
        command.env("QUOTH_MATRIX__PASSWORD", PASSWORD);
        command.env("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "['*']");
        let process = command.spawn().unwrap();
        Self { id, process, relay, _folder: folder }
    }

    /// From the first answer in which the question `id` stood, later ones having the reply to it, until
    /// the next request to send.
    fn took(&self, id: &OwnedEventId) -> Duration {
        let passed = self.relay.passed();
        let told = |it: &ProxiedRequest| {
            let (at, body) = it.answer.as_ref()?;
            let holds = String::from_utf8_lossy(body).contains(id.as_str());
            (it.path.ends_with("/sync") && holds).then_some(*at)
        };
        let told = passed.iter().find_map(told).unwrap();
        let sent = passed.iter().find(|it| it.sends() && it.at > told).unwrap();
        sent.at - told
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        drop(self.process.kill());
        drop(self.process.wait());
    }
}

/// What the bot takes in a room of this kind, sorted; one question after the other.
fn own_time(bot: &Bot, ada: &Person, kind: Kind) -> Vec<Duration> {
    let questions =
        ["who is rana mitter", "did chnia send troops", "why no chinese soldeirs there"];
    let room = ada.opens(kind, &[&bot.id]);
    ada.awaits(&room, &bot.id);
    let mut took = Vec::new();
    for number in 0..N_WARM + N_QUESTIONS {
        let text = questions[number % questions.len()];
        let id = ada.says(&room, &Saying::to("quoth", &bot.id, text));
        ada.next(&room, &bot.id);
        if number >= N_WARM {
            took.push(bot.took(&id));
        }
    }
    took.sort_unstable();
    took
}

fn report(name: &str, took: &[Duration]) {
    let at = |share: f64| time_at(took, share).as_secs_f64() * 1e3;
    let (median, most, nearly_all) = (at(0.5), at(0.9), at(0.99));
    println!("{name:<20} {median:>8.2} ms {most:>8.2} ms {nearly_all:>8.2} ms");
}

/// Memory of `quoth run` before and after it is in `n` rooms, every second one encrypted.
fn memory(server: &Synapse, n: usize) {
    let bot = Bot::start(server);
    let ada = Person::new(server, "ada");
    println!("rooms   resident MiB");
    for n_new in [1, n - 1] {
        for number in 0..n_new {
            let kind = if number % 2 == 0 { Kind::Encrypted } else { Kind::Plain };
            let room = ada.opens(kind, &[&bot.id]);
            ada.awaits(&room, &bot.id);
            ada.says(&room, &Saying::to("quoth", &bot.id, "who is rana mitter"));
            ada.next(&room, &bot.id);
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
    let (bot, ada) = (Bot::start(&server), Person::new(&server, "ada"));
    println!("{:<20} {:>11} {:>11} {:>11}", "from sync to send", "median", "p90", "p99");
    for (name, kind) in [("plain room", Kind::Plain), ("encrypted room", Kind::Encrypted)] {
        report(name, &own_time(&bot, &ada, kind));
    }
}
