//! SIGKILL at random points during 10,000 questions: no question is answered twice, and only questions
//! whose reply was being sent at a kill are lost.

use std::collections::{HashMap, HashSet};
use std::io::BufRead;

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::service::{BridgeClient, Service, now};

const N_QUESTIONS: usize = 10_000;
const N_KILLS: usize = 20;

/// Questions that are answered at the same time, and so the most that can be in flight at a kill.
const N_WORKERS: usize = 16;

/// Questions that wait for their answer at the same time.
const WINDOW: usize = 1000;

/// State of the client on the bridge. It survives the kills.
#[derive(Default)]
struct Ledger {
    n_orders: HashMap<usize, usize>,
    /// Asked since the service started, and not answered yet.
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

    /// Asks until [`WINDOW`] questions are open.
    fn ask(&mut self, client: &mut BridgeClient) -> std::io::Result<()> {
        use std::io::Write;
        let mut lines = String::new();
        while self.open.len() < WINDOW && self.next < N_QUESTIONS {
            lines.push_str(&format!("{}\n", Self::question(self.next)));
            self.open.insert(self.next);
            self.next += 1;
        }
        client.writer.write_all(lines.as_bytes())
    }

    /// Handles a line. Returns whether it was an order.
    fn handle_line(&mut self, client: &mut BridgeClient, line: &str) -> std::io::Result<bool> {
        use std::io::Write;
        // A kill may truncate a line.
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
                writeln!(client.writer, "{ack}")?;
                Ok(true)
            }
            Some("resend") => {
                let question = Self::question(number_of("id"));
                writeln!(client.writer, "{question}")?;
                Ok(false)
            }
            _ => panic!("{value}"),
        }
    }

    /// Asks the open questions again, and some that were answered: their acknowledgements may not have
    /// arrived.
    fn ask_again(&mut self, client: &mut BridgeClient) -> std::io::Result<()> {
        use std::io::Write;
        let answered = self.n_orders.keys().copied().filter(|number| number + WINDOW > self.next);
        let questions: Vec<usize> = self.open.iter().copied().chain(answered).collect();
        let lines: String =
            questions.iter().map(|number| format!("{}\n", Self::question(*number))).collect();
        client.writer.write_all(lines.as_bytes())
    }
}

#[test]
#[allow(clippy::print_stderr, reason = "prints how many replies were in flight")]
fn kills_cause_no_second_answer_and_lose_only_replies_in_flight() {
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
    let mut ambiguous: HashSet<usize> = HashSet::new();
    for run in 0..=N_KILLS {
        let service = Service::start(&folder, &settings);
        let mut client = BridgeClient::connect(&folder);
        ledger.ask_again(&mut client).expect("the bridge accepts questions");
        // A linear congruential generator suffices: each run ends at another point.
        random =
            random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let n_until_kill = usize::try_from((random >> 33) % 900).unwrap();
        let is_last = run == N_KILLS;
        exchange(&mut ledger, &mut client, if is_last { usize::MAX } else { n_until_kill });
        if is_last {
            let ended = service.stop();
            assert_eq!(ended.code, Some(0));
            ambiguous.extend(ambiguous_in(&ended.log));
        } else {
            ambiguous.extend(ambiguous_in(&service.kill().log));
            // The service wrote these orders before the kill, so they count.
            let mut line = String::new();
            while client.reader.read_line(&mut line).is_ok_and(|n| n > 0) {
                drop(ledger.handle_line(&mut client, &line));
                line.clear();
            }
        }
    }
    let n_twice = ledger.n_orders.values().filter(|n| **n > 1).count();
    let lost: HashSet<usize> =
        (0..N_QUESTIONS).filter(|number| !ledger.n_orders.contains_key(number)).collect();
    let n_in_flight = ambiguous.len();
    eprintln!(
        "{N_QUESTIONS} questions, {N_KILLS} kills: {n_twice} answered twice; {n_in_flight} were in flight at a kill, of which {} had not arrived",
        lost.len()
    );
    assert_eq!(n_twice, 0);
    assert_eq!(ledger.next, N_QUESTIONS, "all questions were asked");
    assert!(lost.is_subset(&ambiguous), "lost without being in flight: {:?}", &lost - &ambiguous);
    assert!(n_in_flight <= N_KILLS * N_WORKERS, "{n_in_flight} in flight");
}

/// The questions whose replies were being sent when the service was killed, according to the log.
fn ambiguous_in(log: &str) -> impl Iterator<Item = usize> {
    log.lines().filter_map(|line| {
        let (_, rest) = line.split_once("Unknown whether the reply to bridge:")?;
        let (number, _) = rest.split_once(" was sent")?;
        number.parse().ok()
    })
}

/// Asks questions and acknowledges orders until `n_orders` came, or until no line comes any more.
fn exchange(ledger: &mut Ledger, client: &mut BridgeClient, n_orders: usize) {
    let timeout = std::time::Duration::from_secs(3);
    client.writer.set_read_timeout(Some(timeout)).unwrap();
    let mut n_received = 0;
    let mut line = String::new();
    while n_received < n_orders {
        ledger.ask(client).expect("the bridge accepts questions");
        line.clear();
        match client.reader.read_line(&mut line) {
            Ok(n) if n > 0 => {
                n_received += usize::from(
                    ledger
                        .handle_line(client, &line)
                        .expect("the bridge accepts the acknowledgement"),
                );
            }
            Ok(_) => panic!("the service has disconnected"),
            // No line comes any more: the open questions were in flight at a kill.
            Err(_) => return,
        }
    }
}
