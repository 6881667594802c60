//! Tests of the service with a scripted platform, a manual clock and a small pack.

mod asked;
mod awaited;
mod delivery;
mod dispatcher;
mod edits;
mod handle;
mod interleavings;
mod joins;
mod moderation;
mod selection;
mod wrong_answers;

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{
    Addressing, Control, ControlUse, Event, Message, MessageOrigin, Place, PlaceId, RepliedTo,
    Reply, ReplyKind, SentReply, Space, SpaceSettings, Spaces, User,
};
use crate::matching::Thresholds;
use crate::store::records::{AskedUpdate, ClaimStatus, Completion, SqliteRecords};

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

/// Time of the first start, in milliseconds.
const START: i64 = 10_000_000;

struct ManualClock(AtomicI64);

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(self.0.load(Ordering::SeqCst))
    }
}

/// A platform that records the calls it gets, after the failures that it is given.
#[derive(Default)]
struct ScriptedSender {
    calls: Mutex<Vec<String>>,
    /// Results of the next attempts; the ones after that succeed.
    failures: Mutex<VecDeque<SendError>>,
    n_attempts: AtomicUsize,
    /// Whether no attempt succeeds for now.
    is_down: AtomicBool,
    /// Called in each attempt, before its result.
    on_attempt: Option<Box<dyn Fn() + Send + Sync>>,
    dedup_window: Option<Duration>,
    /// Whether every message is public.
    lacks_private_replies: bool,
    /// Languages of sent and edited messages.
    locales: Mutex<Vec<String>>,
    n_typing: AtomicUsize,
}

impl ScriptedSender {
    fn failing(
        failures: impl IntoIterator<Item = SendError>,
        dedup_window: Option<Duration>,
    ) -> Self {
        let failures = Mutex::new(failures.into_iter().collect());
        Self { failures, dedup_window, ..Self::default() }
    }

    fn record(&self, verb: &str, id: &MessageId, outgoing: &Outgoing) {
        let content = match &outgoing.message.reply {
            Reply::Notice(notice) => format!("{notice:?}"),
            Reply::Moderation(reply) => {
                let (kind, entries) = (outgoing.message.kind, outgoing.message.entries.join(","));
                format!("{kind:?} {entries}\n{}", reply.text.plain_text())
            }
            _ => format!("{:?} {}", outgoing.message.kind, outgoing.message.entries.join(",")),
        };
        self.calls.lock().unwrap().push(format!("{verb} {id}: {}", content.trim()));
    }

    fn attempt(&self) -> Result<(), SendError> {
        self.n_attempts.fetch_add(1, Ordering::SeqCst);
        self.on_attempt.iter().for_each(|on_attempt| on_attempt());
        if self.is_down.load(Ordering::SeqCst) {
            return Err(SendError::Transient { retry_after: Some(Duration::from_millis(20)) });
        }
        self.failures.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    /// The successful calls since the last time.
    fn take_calls(&self) -> Vec<String> {
        std::mem::take(&mut *self.calls.lock().unwrap())
    }
}

impl Sender for ScriptedSender {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        self.attempt()?;
        self.record("send", &outgoing.cause, outgoing);
        self.locales.lock().unwrap().push(outgoing.locale.clone());
        Ok(MessageId::from(format!("{}/reply", outgoing.cause)))
    }

    async fn edit(&self, message: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.attempt()?;
        self.record("edit", message, outgoing);
        self.locales.lock().unwrap().push(outgoing.locale.clone());
        Ok(())
    }

    async fn delete(
        &self,
        message: &MessageId,
        _: &PlaceId,
        _: &MessageId,
    ) -> Result<(), SendError> {
        self.attempt()?;
        self.calls.lock().unwrap().push(format!("delete {message}"));
        Ok(())
    }

    async fn send_typing(&self, _: &PlaceId) {
        self.n_typing.fetch_add(1, Ordering::SeqCst);
    }

    fn supports_private_replies(&self) -> bool {
        !self.lacks_private_replies
    }

    fn dedup_window(&self) -> Option<Duration> {
        self.dedup_window
    }
}

/// Waits until `is_done`.
///
/// # Panics
/// If that takes more than a minute.
async fn wait_until(is_done: impl Fn() -> bool) {
    let done = async {
        while !is_done() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), done).await.expect("done within a minute");
}

struct TestWorld {
    clock: Arc<ManualClock>,
    records: SqliteRecords,
    knowledge_base: Arc<KnowledgeBase>,
    key: AskerKey,
    n_processes: AtomicUsize,
    keeps_questions: bool,
    folder: TempDir,
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
            knowledge_base: Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap()),
            key: AskerKey::new(*b"key"),
            n_processes: AtomicUsize::new(0),
            keeps_questions: true,
            folder,
        }
    }

    /// The service of a process that has just started.
    fn start(&self) -> Service<SqliteRecords> {
        let process = self.n_processes.fetch_add(1, Ordering::SeqCst);
        let clock: Arc<ManualClock> = Arc::clone(&self.clock);
        Service::new(Parts {
            records: self.records.clone(),
            knowledge_base: Arc::clone(&self.knowledge_base),
            asker_key: self.key.clone(),
            clock,
            holder: Holder::new(format!("process {process}")),
            delivery: DeliverySettings::default(),
            keeps_questions: self.keeps_questions,
        })
    }

    fn wait(&self, seconds: i64) {
        self.clock.0.fetch_add(seconds * 1000, Ordering::SeqCst);
    }

    /// A message of Ada that mentions the bot.
    fn question(&self, id: &str, text: &str) -> Message {
        Message {
            id: id.into(),
            place: room(),
            author: user("t:ada"),
            text: text.to_owned(),
            addressing: Addressing { mentions_bot: true, ..Addressing::default() },
            replied_to: None,
            sent_at: self.clock.now(),
            edit_id: None,
            locale: None,
        }
    }

    fn control_use(&self, id: &str, message: &str, by: &str, control: Control) -> Event {
        Event::ControlUsed(ControlUse {
            id: id.into(),
            message: message.into(),
            place: room(),
            user: user(by),
            used_at: self.clock.now(),
            control,
            locale: None,
        })
    }

    /// Records that Ada was sent both entries as suggestions.
    async fn record_suggestions(&self) {
        self.record_suggestions_as(false).await;
    }

    /// Like [`Self::record_suggestions`], publicly or privately.
    async fn record_suggestions_as(&self, is_private: bool) {
        let service = self.start();
        let status = self.records.claim(service.claim(&"t:q".into())).await.unwrap();
        assert_eq!(status, ClaimStatus::New);
        let answer = SentReply {
            question: "t:q".into(),
            message: "t:q/reply".into(),
            place: room().id,
            space: DEFAULT_SPACE.to_owned(),
            asker: self.key.hash(&"t:ada".into()),
            asked_for: None,
            kind: ReplyKind::Suggest,
            is_private,
            entries: vec!["ann".to_owned(), "height".to_owned()],
            sent_at: self.clock.now(),
        };
        let (message, holder) = ("t:q".into(), service.parts.holder.clone());
        let at = self.clock.now();
        let completion = Completion {
            message,
            holder,
            at,
            answer: Some(answer),
            unanswered: None,
            asked: None,
            outdated_alerts: None,
        };
        self.records.complete(completion).await.unwrap();
    }
}

fn room() -> Place {
    Place { id: "t:room".into(), parents: Vec::new(), is_direct: false }
}

fn user(id: &str) -> User {
    User { id: id.into(), roles: Vec::new(), is_bot: false }
}
