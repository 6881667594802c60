//! A service that is killed at random moments while a moderator edits a pack from chat.

use std::io::BufRead;
use std::time::{Duration, Instant};

use fastrand::Rng;
use quoth::knowledge::{EntryId, PackFiles};
use quoth::moderation::{Edit, RevisionAuthor};
use quoth::store::pack_files;
use serde_json::{Value, json};

use crate::edit_history::{assert_explains, assert_valid, entries, entries_by, revisions};
use crate::folder::{FAQ, Folder};
use crate::quoth::quoth_in;
use crate::service::{BridgeClient, Service, now};

/// Kills unless `QUOTH_EDIT_KILLS` says otherwise.
const N_KILLS: usize = 60;

/// Most phrasings, so that the pack stays small.
const MAX_PHRASINGS: usize = 12;

const MODERATOR: &str = "bridge:ada-lovelace";

/// What the moderator knows. It survives the kills.
struct Moderator {
    random: Rng,
    n_events: usize,
    /// The file as it has to be.
    faq: String,
    /// The phrasings that were added, with their entries.
    phrasings: Vec<(&'static str, String)>,
    /// The last edit that was confirmed, if nothing has changed since: the message, and what taking it back makes.
    last: Option<(String, UncertainEdit)>,
    /// The numbers of the edits that were confirmed since the last kill.
    confirmed: Vec<i64>,
    n_confirmed: usize,
    /// What the history knew at the last kill, if the file had more.
    recorded: Option<String>,
    /// Longest time between a press of Save and its confirmation.
    longest: Duration,
}

/// An edit that may be made or not.
#[derive(Clone)]
struct UncertainEdit {
    faq: String,
    phrasings: Vec<(&'static str, String)>,
    /// The phrasing that it adds or removes.
    phrasing: String,
}

impl Moderator {
    fn next_id(&mut self) -> String {
        self.n_events += 1;
        format!("bridge:{}", self.n_events)
    }

    /// The files of the pack with the text that is expected.
    fn files(&self, folder: &Folder) -> PackFiles {
        let mut files = pack_files::read(&folder.path("p")).unwrap();
        let faq = files.files.iter_mut().find(|it| it.path == "faq.toml").unwrap();
        faq.bytes = self.faq.clone().into_bytes();
        files
    }

    /// A random edit: what to type, and what it makes. `None` is what the last edit is taken back for.
    fn next_edit(&mut self, folder: &Folder) -> (Option<String>, UncertainEdit) {
        if let Some((_, before)) = self.last.clone().filter(|_| self.random.usize(..4) == 0) {
            return (None, before);
        }
        let n = self.phrasings.len();
        let mut phrasings = self.phrasings.clone();
        let id = |id: &str| EntryId::new(id).unwrap();
        let (command, edit, phrasing) = if n > 0 && self.random.usize(..MAX_PHRASINGS) < n {
            let (entry, phrasing) = phrasings.swap_remove(self.random.usize(..n));
            let command = format!("faq remove-phrasing {entry} {phrasing}");
            let edit = Edit::RemovePhrasing { id: id(entry), phrasing: phrasing.clone() };
            (command, edit, phrasing)
        } else {
            let entry = ["a", "b"][self.random.usize(..2)];
            let phrasing = words(&mut self.random);
            phrasings.push((entry, phrasing.clone()));
            let command = format!("faq add-phrasing {entry} {phrasing}");
            let edit = Edit::AddPhrasings { id: id(entry), phrasings: vec![phrasing.clone()] };
            (command, edit, phrasing)
        };
        let faq = edit.prove(&self.files(folder)).unwrap().texts.faq.to_string();
        (Some(command), UncertainEdit { faq, phrasings, phrasing })
    }

    /// Makes `pending` by `command`, and calls `on_save` before that. `false` if the service has ended.
    fn edit(
        &mut self,
        client: &mut BridgeClient,
        command: Option<String>,
        pending: &UncertainEdit,
        on_save: impl FnOnce(),
    ) -> bool {
        let (message, control) = match (command, &self.last) {
            (None, Some((message, _))) => (message.clone(), "take_back"),
            (command, _) => {
                let id = self.next_id();
                let said = crate::service::message_event("said", &id, &command.unwrap());
                let Some(order) = send(client, &said).and_then(|()| order_for(client, &id)) else {
                    return false;
                };
                assert_eq!(order["kind"], "proposal", "{order}");
                (format!("{id}/reply"), "save")
            }
        };
        let id = self.next_id();
        let pressed = json!({
            "event": "used", "id": id, "sent": message, "by": { "id": MODERATOR }, "at": now(),
            "place": { "id": "bridge:ada's", "is_direct": true }, "control": control,
        });
        let start = Instant::now();
        on_save();
        let Some(order) = send(client, &pressed).and_then(|()| order_for(client, &id)) else {
            return false;
        };
        self.longest = self.longest.max(start.elapsed());
        assert_eq!(order["kind"], "edited", "{order}");
        let text = order["text"].as_str().unwrap();
        let number = text.split_once("Saved as change ").unwrap().1;
        let number = number.split(|it: char| !it.is_ascii_digit()).next().unwrap();
        self.confirmed.push(number.parse().unwrap());
        let before = UncertainEdit {
            faq: std::mem::replace(&mut self.faq, pending.faq.clone()),
            phrasings: std::mem::replace(&mut self.phrasings, pending.phrasings.clone()),
            phrasing: pending.phrasing.clone(),
        };
        self.last = Some((message, before));
        true
    }

    /// Makes edits until `service` is killed, at a random moment of the first one or after it. Returns the edit that may
    /// be made or not.
    fn edit_until_killed(
        &mut self,
        folder: &Folder,
        client: &mut BridgeClient,
        service: &Service,
    ) -> UncertainEdit {
        let longest = usize::try_from(self.longest.as_micros()).unwrap();
        let delay = Duration::from_micros(self.random.usize(..longest).try_into().unwrap());
        std::thread::scope(|scope| {
            let (start_killer, started) = std::sync::mpsc::channel::<()>();
            scope.spawn(move || {
                started.recv().unwrap();
                std::thread::sleep(delay);
                service.signal("KILL");
            });
            let mut on_save = Some(|| start_killer.send(()).unwrap());
            loop {
                let (command, pending) = self.next_edit(folder);
                let on_save = on_save.take();
                if !self.edit(client, command, &pending, || {
                    on_save.into_iter().for_each(|it| it());
                }) {
                    return pending;
                }
            }
        })
    }

    /// Compares the folder of a service that was killed during `pending` with what is known.
    fn compare(&mut self, folder: &Folder, pending: UncertainEdit, of: &str) -> bool {
        let left = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
        let is_made = left == pending.faq;
        assert!(is_made || left == self.faq, "{of}: neither as before nor as after:\n{left}");
        assert_valid(&folder.path("p"), of);
        let recorded = revisions(folder);
        let late = self.recorded.take().filter(|_| self.confirmed.is_empty());
        self.n_confirmed += self.confirmed.len();
        for number in self.confirmed.drain(..) {
            let found = recorded.iter().filter(|it| it.id == number);
            let by: Vec<_> = found.map(|it| &it.revision.by).collect();
            assert_eq!(by, [&RevisionAuthor::User(MODERATOR.into())], "{of}: change {number}");
        }
        let explained = entries_by(&recorded, FAQ, of);
        if explained != entries(&left) {
            // The last change may be in the file only. The next edit or start records it, unless it is killed before.
            let made_of = Some(&self.faq).filter(|_| is_made);
            let known = made_of.into_iter().chain(&late).find(|it| explained == entries(it));
            let known = known.unwrap_or_else(|| panic!("{of}: {left}\nis not {explained:?}"));
            self.recorded = Some(known.clone());
        }
        if is_made {
            self.faq = pending.faq;
            self.phrasings = pending.phrasings;
        }
        // Whether the message says so depends on the moment of the kill.
        self.last = None;
        is_made
    }
}

fn send(client: &mut BridgeClient, line: &Value) -> Option<()> {
    use std::io::Write;
    writeln!(client.writer, "{line}").ok()
}

/// Acknowledges orders until there is one for the event `id`; `None` if the service has ended.
fn order_for(client: &mut BridgeClient, id: &str) -> Option<Value> {
    loop {
        let mut line = String::new();
        client.reader.read_line(&mut line).ok()?;
        // A kill may truncate a line.
        let order: Value = serde_json::from_str(&line).ok()?;
        let sent = format!("{}/reply", order["cause"].as_str().unwrap_or_default());
        let ack = match order["do"].as_str() {
            Some("send") => json!({ "ack": order["order"], "sent": sent }),
            _ => json!({ "ack": order["order"] }),
        };
        send(client, &ack);
        if order["cause"] == id {
            return Some(order);
        }
    }
}

/// Two words that are like no others.
fn words(random: &mut Rng) -> String {
    let mut word = || (0..10).map(|_| random.lowercase()).collect::<String>();
    format!("{} {}", word(), word())
}

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|it| it.parse().unwrap_or_else(|_| panic!("{variable}={it}")))
}

#[test]
#[allow(clippy::print_stderr, reason = "prints how many edits there were")]
fn edits_in_chat_are_made_whole_or_not_at_all_when_the_service_is_killed_at_any_moment() {
    let n_kills = number_of("QUOTH_EDIT_KILLS").map_or(N_KILLS, |it| usize::try_from(it).unwrap());
    let seed = number_of("QUOTH_EDIT_SEED").unwrap_or_else(now);
    let folder = Folder::with_pack();
    let settings = [
        ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
        ("QUOTH_DEFAULT_SPACE__MODERATORS", "['bridge:ada-lovelace']"),
        ("QUOTH_DEFAULT_SPACE__LOGS_EDITS_TO", "'bridge:office'"),
        ("QUOTH_HTTP__IS_ON", "false"),
    ];
    let mut moderator = Moderator {
        random: Rng::with_seed(seed),
        n_events: 0,
        faq: FAQ.to_owned(),
        phrasings: Vec::new(),
        last: None,
        confirmed: Vec::new(),
        n_confirmed: 0,
        recorded: None,
        longest: Duration::from_millis(20),
    };
    let mut n_made = 0;
    let mut unsure: Option<(bool, String)> = None;
    for kill in 0..n_kills {
        let of = format!("kill {kill}, QUOTH_EDIT_SEED={seed}");
        let service = Service::start(&folder, &settings);
        let mut client = BridgeClient::connect(&folder);
        if let Some((is_answered, phrasing)) = unsure.take() {
            let id = moderator.next_id();
            client.ask(&id, &phrasing);
            let order = order_for(&mut client, &id).unwrap();
            assert_eq!(order["kind"] == "answer", is_answered, "{of}: {order}");
        }
        for _ in 0..moderator.random.usize(..3) {
            let (command, pending) = moderator.next_edit(&folder);
            assert!(moderator.edit(&mut client, command, &pending, || ()), "{of}");
        }
        let pending = moderator.edit_until_killed(&folder, &mut client, &service);
        service.wait();
        let phrasing = pending.phrasing.clone();
        let is_made = moderator.compare(&folder, pending, &of);
        n_made += usize::from(is_made);
        let is_there = moderator.phrasings.iter().any(|(_, it)| *it == phrasing);
        unsure = Some((is_there, phrasing));
    }
    let faq = ["faq", "--pack", "p", "edit", "a", "--lead", "In short:"];
    let last = quoth_in(&folder.path(""), &[("QUOTH_DATA", "data"), ("USER", "bo")], &faq);
    assert_eq!(last.code, 0, "{last:?}");
    let left = std::fs::read_to_string(folder.path("p/faq.toml")).unwrap();
    assert_explains(&revisions(&folder), FAQ, &left, &format!("QUOTH_EDIT_SEED={seed}"));
    eprintln!(
        "{n_kills} kills: {} edits confirmed, {n_made} made and not confirmed, {:?} at most for one",
        moderator.n_confirmed + moderator.confirmed.len(),
        moderator.longest
    );
}
