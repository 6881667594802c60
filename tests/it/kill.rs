//! Kill -9 at random points during 10,000 questions: none is answered twice, none is lost that was
//! not being sent at the kill.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::service::{Program, Service, now};

const N_QUESTIONS: usize = 10_000;
const N_KILLS: usize = 20;

/// As many as are answered at the same time, and so as many as can be under way at a kill.
const N_WORKERS: usize = 16;

/// Questions that wait for their answer.
const WINDOW: usize = 1000;

/// What the program on the bridge knows. It survives the kills.
#[derive(Default)]
struct Ledger {
    n_orders: HashMap<usize, usize>,
    /// Asked in this life of the service, and not yet answered.
    open: HashSet<usize>,
    next: usize,
}

impl Ledger {
    fn question(number: usize) -> Value {
        json!({
            "event": "said",
            "id": format!("bridge:{number}"),
            "place": { "id": format!("bridge:room {}", number % 64) },
            "author": { "id": format!("bridge:asker {}", number % 1000) },
            "address": { "mentions_us": true },
            "text": "What did Ann say?",
            "sent_at": now(),
        })
    }

    /// Asks as long as there is room.
    fn ask(&mut self, program: &mut Program) -> std::io::Result<()> {
        use std::io::Write;
        let mut lines = String::new();
        while self.open.len() < WINDOW && self.next < N_QUESTIONS {
            lines.push_str(&format!("{}\n", Self::question(self.next)));
            self.open.insert(self.next);
            self.next += 1;
        }
        program.writer.write_all(lines.as_bytes())
    }

    /// Takes a line. `true` if it was an order.
    fn take(&mut self, program: &mut Program, line: &str) -> std::io::Result<bool> {
        use std::io::Write;
        // The kill may cut a line.
        let Ok(value) = serde_json::from_str::<Value>(line) else { return Ok(false) };
        let number_of = |key: &str| {
            let id = value[key].as_str().unwrap_or_else(|| panic!("{value}"));
            id.trim_start_matches("bridge:").parse::<usize>().unwrap()
        };
        match value["do"].as_str() {
            Some("send") => {
                let number = number_of("cause");
                *self.n_orders.entry(number).or_default() += 1;
                self.open.remove(&number);
                let sent = format!("bridge:reply {number}");
                let ack = json!({ "ack": value["order"], "sent": sent });
                writeln!(program.writer, "{ack}")?;
                Ok(true)
            }
            Some("resend") => {
                let question = Self::question(number_of("id"));
                writeln!(program.writer, "{question}")?;
                Ok(false)
            }
            _ => panic!("{value}"),
        }
    }

    /// Asks again what was asked and not answered, and some that were: their acknowledgement may not
    /// have arrived.
    fn ask_again(&mut self, program: &mut Program) -> std::io::Result<()> {
        use std::io::Write;
        let answered = self.n_orders.keys().copied().filter(|number| number + WINDOW > self.next);
        let again: Vec<usize> = self.open.iter().copied().chain(answered).collect();
        let lines: String =
            again.iter().map(|number| format!("{}\n", Self::question(*number))).collect();
        program.writer.write_all(lines.as_bytes())
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "how many were under way is a figure to be read")]
fn killed_at_any_point_nothing_is_answered_twice_and_only_what_was_being_sent_is_lost() {
    let folder = Folder::with_pack();
    let workers = N_WORKERS.to_string();
    let settings = [
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
        ("QUOTH_DELIVERY__N_WORKERS", workers.as_str()),
        ("QUOTH_DELIVERY__QUEUE_LENGTH", "4096"),
        ("QUOTH_HTTP__IS_ON", "false"),
    ];
    let mut ledger = Ledger::default();
    let mut random: u64 = now();
    let mut uncertain: HashSet<usize> = HashSet::new();
    for life in 0..=N_KILLS {
        let service = Service::start(&folder, &settings);
        let mut program = Program::connect(&folder);
        ledger.ask_again(&mut program).expect("it has just started");
        // An exponential generator would be no better: each life ends somewhere else.
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let n_until_kill = usize::try_from((random >> 33) % 900).unwrap();
        let is_last = life == N_KILLS;
        live(&mut ledger, &mut program, if is_last { usize::MAX } else { n_until_kill });
        if is_last {
            let ended = service.stop();
            assert_eq!(ended.code, Some(0));
            uncertain.extend(uncertain_in(&ended.log));
        } else {
            uncertain.extend(uncertain_in(&service.kill().log));
            // What the service had written before the kill has arrived: it was ordered.
            let mut line = String::new();
            while program.reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                drop(ledger.take(&mut program, &line));
                line.clear();
            }
        }
    }
    let n_twice = ledger.n_orders.values().filter(|n| **n > 1).count();
    let lost: HashSet<usize> =
        (0..N_QUESTIONS).filter(|number| !ledger.n_orders.contains_key(number)).collect();
    let n_under_way = uncertain.len();
    eprintln!(
        "{N_QUESTIONS} questions, {N_KILLS} kills: {n_twice} answered twice; {n_under_way} were being sent at a kill, of which {} had not arrived",
        lost.len()
    );
    assert_eq!(n_twice, 0);
    assert_eq!(ledger.next, N_QUESTIONS, "all were asked");
    assert!(lost.is_subset(&uncertain), "lost without being sent: {:?}", &lost - &uncertain);
    assert!(n_under_way <= N_KILLS * N_WORKERS, "{n_under_way} under way");
}

/// The questions of which the log says that they were being sent when the service was killed.
fn uncertain_in(log: &str) -> impl Iterator<Item = usize> {
    log.lines().filter_map(|line| {
        let (_, rest) = line.split_once("Whether bridge:")?;
        let (number, _) = rest.split_once(" was replied to")?;
        number.parse().ok()
    })
}

/// Asks and answers until so many orders came, or until nothing more comes.
fn live(ledger: &mut Ledger, program: &mut Program, n_orders: usize) {
    let quiet = std::time::Duration::from_secs(3);
    program.writer.set_read_timeout(Some(quiet)).unwrap();
    let mut n_taken = 0;
    let mut line = String::new();
    while n_taken < n_orders {
        ledger.ask(program).expect("the bridge takes questions");
        line.clear();
        match program.reader.read_line(&mut line) {
            Ok(n) if n > 0 => {
                n_taken += usize::from(ledger.take(program, &line).expect("the bridge takes it"));
            }
            Ok(_) => panic!("the service has left"),
            // Nothing more comes: what is open was under way at a kill.
            Err(_) => return,
        }
    }
}
