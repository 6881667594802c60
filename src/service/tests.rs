//! A platform and a world for the service, and what it does in them.

mod delivery;
mod dispatcher;
mod respond;

use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{
    Addressing, Control, ControlUse, Event, Message, Place, PlaceId, RepliedTo, Reply, ReplyKind,
    SentReply, Space, SpaceSettings, Spaces, User,
};
use crate::matching::Thresholds;
use crate::store::records::{ClaimStatus, Completion, SqliteRecords};

const SOURCE: &str = "+++\ntitle = \"Towers\"\n+++\n\nAnn said: “One two.”\n\nIt is high.\n";
const FAQ: &str = "\
[[entry]]
id = \"ann\"
question = \"What did Ann say?\"
[[entry.quote]]
text = \"Ann said: “One two.”\"
[[entry]]
id = \"height\"
question = \"How high is the tower?\"
[[entry.quote]]
text = \"It is high.\"
";

const ANN: &str = "What did Ann say?";
const HEIGHT: &str = "How high is the tower?";

/// When the records were made.
const START: i64 = 10_000_000;

struct ManualClock(AtomicI64);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A platform that does what it is told, and notes it down.
#[derive(Default)]
struct ScriptedSender {
    notes: Mutex<Vec<String>>,
    failures: Mutex<VecDeque<SendError>>,
    n_attempts: AtomicUsize,
    /// Done at each attempt, before it fails or not.
    meanwhile: Option<Box<dyn Fn() + Send + Sync>>,
    window: Option<Duration>,
    /// Whether everybody sees everything.
    is_loud: bool,
    /// Languages of what was sent and changed.
    locales: Mutex<Vec<String>>,
    /// How often it showed that a reply is under way.
    n_works: AtomicUsize,
}

impl ScriptedSender {
    fn failing(failures: impl IntoIterator<Item = SendError>, window: Option<Duration>) -> Self {
        let failures = Mutex::new(failures.into_iter().collect());
        Self { failures, window, ..Self::default() }
    }

    fn note(&self, verb: &str, id: &MessageId, outgoing: &Outgoing) {
        let said = match &outgoing.message.reply {
            Reply::Notice(notice) => format!("{notice:?}"),
            _ => format!("{:?} {}", outgoing.message.kind, outgoing.message.entries.join(",")),
        };
        self.notes.lock().unwrap().push(format!("{verb} {id}: {}", said.trim()));
    }

    fn attempt(&self) -> Result<(), SendError> {
        self.n_attempts.fetch_add(1, Ordering::SeqCst);
        self.meanwhile.iter().for_each(|meanwhile| meanwhile());
        self.failures.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    /// What it was told since the last time.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap())
    }
}

impl Sender for ScriptedSender {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        self.attempt()?;
        self.note("send", &outgoing.cause, outgoing);
        self.locales.lock().unwrap().push(outgoing.locale.clone());
        Ok(MessageId::from(format!("{}/reply", outgoing.cause)))
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.attempt()?;
        self.note("amend", sent, outgoing);
        self.locales.lock().unwrap().push(outgoing.locale.clone());
        Ok(())
    }

    async fn delete(&self, sent: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        self.attempt()?;
        self.notes.lock().unwrap().push(format!("remove {sent}"));
        Ok(())
    }

    async fn send_typing(&self, _: &PlaceId) {
        self.n_works.fetch_add(1, Ordering::SeqCst);
    }

    fn supports_private_replies(&self) -> bool {
        !self.is_loud
    }

    fn dedup_window(&self) -> Option<Duration> {
        self.window
    }
}

struct TestWorld {
    clock: Arc<ManualClock>,
    records: SqliteRecords,
    library: Arc<KnowledgeBase>,
    key: AskerKey,
    n_lives: AtomicUsize,
    _folder: TempDir,
}

impl TestWorld {
    async fn new() -> Self {
        Self::with(SpaceSettings::default()).await
    }

    async fn with(settings: SpaceSettings) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let pack = folder.path().join("p");
        std::fs::create_dir_all(pack.join("sources")).unwrap();
        std::fs::write(pack.join("pack.toml"), "title = \"P\"\n").unwrap();
        std::fs::write(pack.join("faq.toml"), FAQ).unwrap();
        std::fs::write(pack.join("sources/doc.md"), SOURCE).unwrap();
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: vec![pack],
            settings,
        };
        let spaces = Spaces { default, others: Vec::new() };
        Self {
            clock: Arc::new(ManualClock(AtomicI64::new(START))),
            records: SqliteRecords::in_memory(Timestamp::from_millis(START)).await.unwrap(),
            library: Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap()),
            key: AskerKey::new(*b"key"),
            n_lives: AtomicUsize::new(0),
            _folder: folder,
        }
    }

    /// A process that has just started.
    fn start(&self) -> Service<SqliteRecords> {
        let life = self.n_lives.fetch_add(1, Ordering::SeqCst);
        let clock: Arc<ManualClock> = Arc::clone(&self.clock);
        Service::new(Parts {
            records: self.records.clone(),
            knowledge_base: Arc::clone(&self.library),
            asker_key: self.key.clone(),
            clock,
            holder: Holder::new(format!("life {life}")),
            delivery: DeliverySettings::default(),
        })
    }

    fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// Ada mentions us.
    fn says(&self, id: &str, text: &str) -> Message {
        Message {
            id: id.into(),
            place: room(),
            author: person("t:ada"),
            text: text.to_owned(),
            addressing: Addressing { mentions_bot: true, ..Addressing::default() },
            replied_to: None,
            sent_at: self.clock.now(),
            edit_id: None,
            locale: None,
        }
    }

    fn used(&self, id: &str, sent: &str, by: &str, control: Control) -> Event {
        let (by, at) = (person(by), self.clock.now());
        let (id, sent, place) = (id.into(), sent.into(), room());
        Event::ControlUsed(ControlUse {
            id,
            message: sent,
            place,
            user: by,
            used_at: at,
            control,
            locale: None,
        })
    }

    /// Ada was shown both entries to pick from.
    async fn suggested(&self) {
        self.suggested_so(false).await;
    }

    /// The same, for all to see or for her alone.
    async fn suggested_so(&self, is_private: bool) {
        let service = self.start();
        let claimed = self.records.claim(service.claim(&"t:q".into())).await.unwrap();
        assert_eq!(claimed, ClaimStatus::New);
        let answer = SentReply {
            question: "t:q".into(),
            message: "t:q/reply".into(),
            place: room().id,
            space: DEFAULT_SPACE.to_owned(),
            asker: self.key.hash(&"t:ada".into()),
            kind: ReplyKind::Suggest,
            is_private,
            entries: vec!["ann".to_owned(), "height".to_owned()],
            sent_at: self.clock.now(),
        };
        let (message, holder) = ("t:q".into(), service.parts.holder.clone());
        let at = self.clock.now();
        let finished = Completion { message, holder, at, answer: Some(answer), unanswered: None };
        self.records.complete(finished).await.unwrap();
    }
}

fn room() -> Place {
    Place { id: "t:room".into(), parents: Vec::new(), is_direct: false }
}

fn person(id: &str) -> User {
    User { id: id.into(), roles: Vec::new(), is_bot: false }
}
