//! Time of an edit in chat: until it is shown, and from its confirmation until a question is answered with it.
//!
//! ```text
//! cargo bench --no-default-features --bench edit            10,000 and 100,000 phrasings
//! cargo bench --no-default-features --bench edit -- 10000   packs of one size
//! QUOTH_BENCH_EDITS=3 cargo bench ...                       fewer edits than 10
//! ```
//!
//! A moderator adds a phrasing, saves, and takes the edit back, with the real service, records and files. The phrasings
//! consist of made-up words, one or ten an entry. Nothing was asked before, so the review asks only phrasings
//! (docs/performance.md has its time).

#![allow(missing_docs, reason = "a benchmark has no users")]
#![allow(clippy::print_stdout, clippy::unwrap_used, reason = "a benchmark prints its results")]

#[allow(dead_code, reason = "other benchmarks use all of it")]
mod figures;
#[allow(dead_code, reason = "other benchmarks use all of it")]
mod made_up;
#[allow(dead_code, reason = "other benchmarks use all of it")]
mod set_up;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use figures::time_at;
use made_up::{Random, made_up_files};
use quoth::conversation::{
    Addressing, Control, ControlUse, Event, Message, MessageId, Place, PlaceId, SpaceSettings, User,
};
use quoth::knowledge::pack::FAQ_FILE;
use quoth::knowledge::{EntryId, prove};
use quoth::matching::Index;
use quoth::moderation::{Edit, RevisionAuthor};
use quoth::service::moderation::PackEditing;
use quoth::service::pack_editor::{PackEditor, ProposedEdit};
use quoth::service::{Clock, Outgoing, SendError, Sender, Service, SystemClock};
use quoth::store::pack_files;
use quoth::store::records::SqliteRecords;
use tokio::sync::mpsc;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Edits of each pack that are measured, after one that is not.
fn n_edits() -> usize {
    let n_edits = std::env::var("QUOTH_BENCH_EDITS").ok().and_then(|n| n.parse().ok());
    n_edits.unwrap_or(10)
}

const MODERATOR: &str = "bench:moderator";

/// A platform that accepts every message at once and keeps the last.
#[derive(Default)]
struct LastMessage(Mutex<String>);

impl Sender for LastMessage {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        *self.0.lock().unwrap() = format!("{:?}", outgoing.message);
        Ok(MessageId::from(format!("{}/reply", outgoing.cause)))
    }

    async fn edit(&self, _: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        *self.0.lock().unwrap() = format!("{:?}", outgoing.message);
        Ok(())
    }

    async fn delete(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        Ok(())
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

/// A service with the pack that is edited.
struct Chat {
    service: Service<SqliteRecords>,
    sender: LastMessage,
    n_events: AtomicUsize,
    _folder: tempfile::TempDir,
    pack: PathBuf,
    data: PathBuf,
}

impl Chat {
    async fn new(n_entries: usize, n_phrasings: usize) -> Self {
        let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
        let (pack, data) = (folder.path().join("made-up"), folder.path().join("data"));
        let (files, ..) = made_up_files(n_entries, n_phrasings);
        pack_files::create(&pack, &files.files).unwrap();
        let settings =
            SpaceSettings { moderators: vec![MODERATOR.into()], ..SpaceSettings::default() };
        let records = SqliteRecords::open(&data, SystemClock.now()).await.unwrap();
        let service = set_up::service(records, pack.clone(), settings);
        let editing = PackEditing {
            data: data.clone(),
            changes_settings: true,
            events: mpsc::unbounded_channel().0,
        };
        Self {
            service: service.with_pack_editing(editing),
            sender: LastMessage::default(),
            n_events: AtomicUsize::new(0),
            _folder: folder,
            pack,
            data,
        }
    }

    fn next_id(&self) -> String {
        format!("bench:{}", self.n_events.fetch_add(1, Ordering::Relaxed))
    }

    /// The reply to `text`, and the id of what it replies to.
    async fn say(&self, author: &str, text: &str) -> (String, String) {
        let id = self.next_id();
        let message = Message {
            id: id.as_str().into(),
            place: place(),
            author: user(author),
            text: text.to_owned(),
            addressing: Addressing { mentions_bot: true, ..Addressing::default() },
            replied_to: None,
            sent_at: SystemClock.now(),
            edit_id: None,
            locale: None,
        };
        self.service.handle(&Event::MessageCreated(message), &self.sender).await;
        (self.sender.0.lock().unwrap().clone(), id)
    }

    /// What becomes of the reply to the event `replied_to` when the moderator uses `control` of it.
    async fn press(&self, replied_to: &str, control: Control) -> String {
        let event = Event::ControlUsed(ControlUse {
            id: self.next_id().as_str().into(),
            message: format!("{replied_to}/reply").as_str().into(),
            place: place(),
            user: user(MODERATOR),
            used_at: SystemClock.now(),
            control,
            locale: None,
        });
        self.service.handle(&event, &self.sender).await;
        self.sender.0.lock().unwrap().clone()
    }

    /// Asks a phrasing of the entry `id`.
    async fn ask(&self, phrasing: &str, id: &str) {
        let (reply, _) = self.say("bench:asker", phrasing).await;
        assert!(reply.contains("Answer") && reply.contains(&format!("\"{id}\"")), "{reply}");
    }
}

fn place() -> Place {
    Place { id: PlaceId::new("bench", "room"), parents: Vec::new(), is_direct: false }
}

fn user(id: &str) -> User {
    User { id: id.into(), roles: Vec::new(), is_bot: false }
}

/// A phrasing that no entry has.
fn new_phrasing(number: usize) -> String {
    let mut random = Random(u64::try_from(number).unwrap() + 1_000);
    let subject: Vec<String> = (0..3).map(|_| random.rare_word()).collect();
    random.phrasing(&subject)
}

/// Times of the steps of an edit in chat.
async fn in_chat(chat: &Chat, n_entries: usize) -> Times {
    let mut times = Times::default();
    let n_edits = n_edits();
    for number in 0..=n_edits {
        let id = format!("e{}", number * (n_entries / (n_edits + 1)));
        let phrasing = new_phrasing(number);
        let start = Instant::now();
        let (shown, command) =
            chat.say(MODERATOR, &format!("faq add-phrasing {id} {phrasing}")).await;
        let is_shown = start.elapsed();
        assert!(shown.contains("Proposal"), "{shown}");
        let start = Instant::now();
        let saved = chat.press(&command, Control::Save).await;
        let is_saved = start.elapsed();
        assert!(saved.contains("Edited"), "{saved}");
        chat.ask(&phrasing, &id).await;
        let is_answered = start.elapsed();
        let start = Instant::now();
        let taken_back = chat.press(&command, Control::TakeBack).await;
        assert!(taken_back.contains("Edited"), "{taken_back}");
        let is_taken_back = start.elapsed();
        if number > 0 {
            times.add("proposal: command to preview", is_shown);
            times.add("save: press to \"saved\"", is_saved);
            times.add("save: press to first answer", is_answered);
            times.add("take back: press to \"saved\"", is_taken_back);
        }
    }
    times
}

/// Times of the parts of an edit, one after the other, each by itself.
fn in_parts(chat: &Chat, n_entries: usize) -> Times {
    let mut times = Times::default();
    let knowledge_base = chat.service.knowledge_base();
    let mut editor = PackEditor::open(&chat.pack, &chat.data).unwrap();
    let n_edits = n_edits();
    for number in 0..=n_edits {
        let id = EntryId::new(&format!("e{}", number * (n_entries / (n_edits + 1)))).unwrap();
        let edit = Edit::AddPhrasings { id, phrasings: vec![new_phrasing(n_edits + 1 + number)] };
        let proposed = ProposedEdit {
            edit: edit.clone(),
            by: RevisionAuthor::Terminal("bench".to_owned()),
            reason: None,
            at: SystemClock.now(),
            seen: None,
        };
        let mut measured = Vec::new();
        let mut time = |name: &'static str, start: Instant| measured.push((name, start.elapsed()));
        let start = Instant::now();
        let files = pack_files::read(&chat.pack).unwrap();
        time("read the files", start);
        let start = Instant::now();
        files.fingerprint();
        time("fingerprint", start);
        let start = Instant::now();
        let proof = prove(&files);
        time("prove the pack", start);
        let pack = Arc::new(proof.pack);
        let start = Instant::now();
        let index = Index::new(vec![Arc::clone(&pack)]);
        time("index of the pack", start);
        drop(index);
        let start = Instant::now();
        let proved = edit.prove(&files).unwrap();
        time("prove the edit", start);
        assert_ne!(files.text(FAQ_FILE), Some(&*proved.texts.faq));
        let start = Instant::now();
        editor.review(&edit).unwrap();
        time("review, nothing asked", start);
        let start = Instant::now();
        editor.edit(&proposed).unwrap();
        time("edit: prove, record, replace", start);
        let start = Instant::now();
        knowledge_base.reload_packs().unwrap();
        time("reload: read, prove, index", start);
        for (name, time) in measured.into_iter().filter(|_| number > 0) {
            times.add(name, time);
        }
    }
    times
}

/// Times by the names of what was measured, in the order of measuring.
#[derive(Default)]
struct Times(Vec<(&'static str, Vec<Duration>)>);

impl Times {
    fn add(&mut self, name: &'static str, time: Duration) {
        match self.0.iter_mut().find(|(known, _)| *known == name) {
            Some((_, times)) => times.push(time),
            None => self.0.push((name, vec![time])),
        }
    }

    fn print(self) {
        for (name, mut times) in self.0 {
            times.sort_unstable();
            let millis = |share: f64| time_at(&times, share).as_secs_f64() * 1e3;
            println!("  {name:<34} {:>9.1} ms {:>9.1} ms", millis(0.5), millis(1.0));
        }
    }
}

fn main() {
    let wanted: Vec<usize> =
        std::env::args().filter_map(|argument| argument.parse().ok()).collect();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{:<36} {:>12} {:>12}", "", "median", "slowest");
    for (n, n_phrasings) in [(10_000, 1), (10_000, 10), (100_000, 1), (100_000, 10)] {
        if !wanted.is_empty() && !wanted.contains(&n) {
            continue;
        }
        println!("{n} phrasings, {n_phrasings} an entry");
        let n_entries = n / n_phrasings;
        runtime.block_on(async {
            let chat = Chat::new(n_entries, n_phrasings).await;
            in_chat(&chat, n_entries).await.print();
            in_parts(&chat, n_entries).print();
        });
    }
}
