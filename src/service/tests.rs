use std::collections::VecDeque;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering};
use std::time::Duration;

use tempfile::TempDir;

use super::*;
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{
    Address, Control, Event, Message, Person, Place, PlaceId, RepliedTo, Reply, SentAnswer,
    SentKind, Space, SpaceSettings, Spaces, Use,
};
use crate::matching::Thresholds;
use crate::store::records::{Claimed, Finished, SqliteRecords};

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
struct Scripted {
    notes: Mutex<Vec<String>>,
    failures: Mutex<VecDeque<SendError>>,
    n_attempts: AtomicUsize,
    window: Option<Duration>,
}

impl Scripted {
    fn failing(failures: impl IntoIterator<Item = SendError>, window: Option<Duration>) -> Self {
        let failures = Mutex::new(failures.into_iter().collect());
        Self { failures, window, ..Self::default() }
    }

    fn note(&self, verb: &str, id: &MessageId, outgoing: &Outgoing) {
        let said = match &outgoing.say.reply {
            Reply::Notice(notice) => format!("{notice:?}"),
            _ => format!("{:?} {}", outgoing.say.kind, outgoing.say.entries.join(",")),
        };
        self.notes.lock().unwrap().push(format!("{verb} {id}: {}", said.trim()));
    }

    fn attempt(&self) -> Result<(), SendError> {
        self.n_attempts.fetch_add(1, Ordering::SeqCst);
        self.failures.lock().unwrap().pop_front().map_or(Ok(()), Err)
    }

    /// What it was told since the last time.
    fn told(&self) -> Vec<String> {
        std::mem::take(&mut *self.notes.lock().unwrap())
    }
}

impl Sender for Scripted {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        self.attempt()?;
        self.note("send", &outgoing.cause, outgoing);
        Ok(MessageId::from(format!("{}/reply", outgoing.cause)))
    }

    async fn amend(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.attempt()?;
        self.note("amend", sent, outgoing);
        Ok(())
    }

    async fn remove(&self, sent: &MessageId, _: &PlaceId) -> Result<(), SendError> {
        self.attempt()?;
        self.notes.lock().unwrap().push(format!("remove {sent}"));
        Ok(())
    }

    fn knows_again_for(&self) -> Option<Duration> {
        self.window
    }
}

struct World {
    clock: Arc<ManualClock>,
    records: SqliteRecords,
    library: Arc<Library>,
    key: AskerKey,
    n_lives: AtomicUsize,
    _folder: TempDir,
}

impl World {
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
            library: Arc::new(Library::open(spaces, Thresholds::default()).unwrap()),
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
            library: Arc::clone(&self.library),
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
            address: Address { mentions_us: true, is_command: false },
            replied_to: None,
            sent_at: self.clock.now(),
        }
    }

    fn used(&self, id: &str, sent: &str, by: &str, control: Control) -> Event {
        let (by, at) = (person(by), self.clock.now());
        Event::Used(Use { id: id.into(), sent: sent.into(), place: room(), by, at, control })
    }

    /// Ada was shown both entries to pick from.
    async fn suggested(&self) {
        let service = self.start();
        let claimed = self.records.claim(service.claim(&"t:q".into())).await.unwrap();
        assert_eq!(claimed, Claimed::Fresh);
        let answer = SentAnswer {
            question: "t:q".into(),
            sent: "t:q/reply".into(),
            place: room().id,
            space: DEFAULT_SPACE.to_owned(),
            asker: self.key.hash(&"t:ada".into()),
            kind: SentKind::Suggest,
            entries: vec!["ann".to_owned(), "height".to_owned()],
            sent_at: self.clock.now(),
        };
        let (message, holder) = ("t:q".into(), service.parts.holder.clone());
        let at = self.clock.now();
        let finished = Finished { message, holder, at, answer: Some(answer), unanswered: None };
        self.records.finish(finished).await.unwrap();
    }
}

fn room() -> Place {
    Place { id: "t:room".into(), within: Vec::new(), is_direct: false }
}

fn person(id: &str) -> Person {
    Person { id: id.into(), roles: Vec::new(), is_bot: false }
}

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_comes() {
    let world = World::new().await;
    let platform = Scripted::default();
    let event = Event::Said(world.says("t:1", ANN));
    let service = world.start();
    assert_eq!(service.handle(&event, &platform).await, Fate::Sent);
    assert_eq!(service.handle(&event, &platform).await, Fate::Repeated);
    assert_eq!(world.start().handle(&event, &platform).await, Fate::Repeated, "after a restart");
    assert_eq!(platform.told(), ["send t:1: Answer ann"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_platform_makes_of_a_send_decides_what_follows() {
    use SendError::{Passing, Refused, Unknown};
    const PASSING: SendError = Passing { retry_after: None };
    const WAIT_PLEASE: SendError = Passing { retry_after: Some(Duration::from_secs(90)) };
    const WINDOW: Option<Duration> = Some(Duration::from_secs(300));
    type Row = (&'static [SendError], Option<Duration>, Fate, Fate, usize);
    let rows: [Row; 8] = [
        (&[PASSING, PASSING], None, Fate::Sent, Fate::Repeated, 3),
        (&[WAIT_PLEASE], None, Fate::Sent, Fate::Repeated, 2),
        (&[PASSING; 11], None, Fate::GivenUp, Fate::Sent, 12),
        (&[Refused], None, Fate::Refused, Fate::Repeated, 1),
        (&[Unknown], None, Fate::Uncertain, Fate::Repeated, 1),
        (&[PASSING, Unknown], None, Fate::Uncertain, Fate::Repeated, 2),
        (&[Unknown], WINDOW, Fate::Sent, Fate::Repeated, 2),
        (&[Unknown, Refused], WINDOW, Fate::Refused, Fate::Repeated, 2),
    ];
    for (failures, window, first, second, n_attempts) in rows {
        let world = World::new().await;
        let platform = Scripted::failing(failures.iter().copied(), window);
        let event = Event::Said(world.says("t:1", ANN));
        let service = world.start();
        assert_eq!(service.handle(&event, &platform).await, first, "{failures:?}");
        assert_eq!(service.handle(&event, &platform).await, second, "{failures:?}, again");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{failures:?}");
        assert!(platform.told().len() <= 1, "{failures:?}");
    }
}

#[tokio::test]
async fn what_the_dead_left_is_answered_unless_it_may_have_been() {
    let rows = [
        (false, None, Fate::Sent),
        (true, None, Fate::Uncertain),
        (true, Some(30), Fate::Uncertain),
        (true, Some(300), Fate::Sent),
    ];
    for (was_sending, window, want) in rows {
        let world = World::new().await;
        let platform = Scripted::failing([], window.map(Duration::from_secs));
        let event = Event::Said(world.says("t:1", ANN));
        let dead = world.start();
        let claim = dead.claim(&"t:1".into());
        world.records.claim(claim.clone()).await.unwrap();
        if was_sending {
            assert!(world.records.begin_send(claim).await.unwrap());
        }
        let service = world.start();
        assert_eq!(service.handle(&event, &platform).await, Fate::Held, "may be alive");
        world.wait(61);
        assert_eq!(service.handle(&event, &platform).await, want, "{was_sending} {window:?}");
        assert_eq!(service.handle(&event, &platform).await, Fate::Repeated);
    }
}

#[tokio::test]
async fn what_is_from_before_us_or_too_long_ago_is_not_answered() {
    let world = World::new().await;
    let platform = Scripted::default();
    world.wait(7200);
    let now = world.clock.now();
    let service = world.start();
    let joined = Event::Joined {
        place: Place { id: "t:guild".into(), within: Vec::new(), is_direct: false },
        at: now.minus(Duration::from_secs(600)),
    };
    service.handle(&joined, &platform).await;
    platform.told();
    let rows: [(&str, u64, &[&str], Fate); 5] = [
        ("t:1", 3601, &[], Fate::TooOld),
        ("t:2", 3599, &[], Fate::Sent),
        ("t:3", 601, &["t:guild"], Fate::TooOld),
        ("t:4", 599, &["t:guild"], Fate::Sent),
        ("t:5", 601, &["t:other"], Fate::Sent),
    ];
    for (id, age, within, want) in rows {
        let mut message = world.says(id, ANN);
        message.sent_at = now.minus(Duration::from_secs(age));
        message.place.within = within.iter().map(|id| PlaceId::from(*id)).collect();
        let fate = service.handle(&Event::Said(message), &platform).await;
        assert_eq!(fate, want, "{age} s ago within {within:?}");
    }
    let mut early = world.says("t:6", ANN);
    early.sent_at = Timestamp::from_millis(START - 1);
    world.clock.0.store(START, Ordering::SeqCst);
    let fate = service.handle(&Event::Said(early), &platform).await;
    assert_eq!(fate, Fate::TooOld, "before the first start");
}

#[tokio::test]
async fn an_answer_follows_its_question_also_after_a_restart() {
    let world = World::new().await;
    let platform = Scripted::default();
    let question = world.says("t:1", ANN);
    world.start().handle(&Event::Said(question.clone()), &platform).await;
    let edited = Message { text: HEIGHT.to_owned(), ..question.clone() };
    let edit = Event::Edited(edited.clone());
    assert_eq!(world.start().handle(&edit, &platform).await, Fate::Amended);
    let unsaid = Message { address: Address::default(), ..edited };
    assert_eq!(world.start().handle(&Event::Edited(unsaid), &platform).await, Fate::Removed);
    assert_eq!(
        platform.told(),
        ["send t:1: Answer ann", "amend t:1/reply: Answer height", "remove t:1/reply"]
    );
    let again = Message { id: "t:2".into(), ..question.clone() };
    world.start().handle(&Event::Said(again), &platform).await;
    let deleted = Event::Deleted { id: "t:2".into(), place: room() };
    assert_eq!(world.start().handle(&deleted, &platform).await, Fate::Removed);
    assert_eq!(world.start().handle(&deleted, &platform).await, Fate::NotForUs);
    assert_eq!(platform.told(), ["send t:2: Answer ann", "remove t:2/reply"]);
}

#[tokio::test]
async fn a_message_that_becomes_a_question_is_answered() {
    let world = World::new().await;
    let platform = Scripted::default();
    let service = world.start();
    let remark = Message { address: Address::default(), ..world.says("t:1", ANN) };
    assert_eq!(service.handle(&Event::Said(remark), &platform).await, Fate::NotForUs);
    let edit = Event::Edited(world.says("t:1", ANN));
    assert_eq!(service.handle(&edit, &platform).await, Fate::Sent);
}

#[tokio::test]
async fn what_people_do_with_our_messages_is_done_once_and_by_whom_it_may() {
    let world =
        World::with(SpaceSettings { moderators: vec!["t:mod".into()], ..SpaceSettings::default() })
            .await;
    let platform = Scripted::default();
    world.suggested().await;
    let service = world.start();
    let rows = [
        ("t:u1", "t:bob", Control::Pick(1), Fate::Sent, "send t:u1: AskerOnly"),
        ("t:u2", "t:ada", Control::Pick(2), Fate::Amended, "amend t:q/reply: Answer height"),
        ("t:u3", "t:bob", Control::Helpful, Fate::Sent, "send t:u3: Thanks"),
        ("t:u4", "t:bob", Control::Delete, Fate::Sent, "send t:u4: AskerOnly"),
        ("t:u5", "t:mod", Control::Delete, Fate::Removed, "remove t:q/reply"),
        ("t:u6", "t:ada", Control::Delete, Fate::Sent, "send t:u6: Gone"),
    ];
    for (id, by, control, want, told) in rows {
        let event = world.used(id, "t:q/reply", by, control);
        assert_eq!(service.handle(&event, &platform).await, want, "{by} {control:?}");
        assert_eq!(service.handle(&event, &platform).await, Fate::Repeated, "{by} {control:?}");
        assert_eq!(platform.told(), [told]);
    }
}

#[tokio::test]
async fn a_number_in_reply_to_suggestions_picks_one() {
    let world = World::new().await;
    let platform = Scripted::default();
    world.suggested().await;
    let mut message = world.says("t:1", "2");
    let replied_to = RepliedTo { id: "t:q/reply".into(), is_ours: true, text: None };
    message.replied_to = Some(replied_to);
    assert_eq!(world.start().handle(&Event::Said(message), &platform).await, Fate::Sent);
    assert_eq!(platform.told(), ["send t:1: Answer height"]);
}

#[tokio::test]
async fn a_pause_holds_at_once_and_after_a_restart() {
    let world =
        World::with(SpaceSettings { moderators: vec!["t:ada".into()], ..SpaceSettings::default() })
            .await;
    let platform = Scripted::default();
    let say = async |service: &Service<SqliteRecords>, id, text| {
        service.handle(&Event::Said(world.says(id, text)), &platform).await
    };
    let service = world.start();
    assert_eq!(say(&service, "t:1", "pause").await, Fate::Sent);
    assert_eq!(say(&service, "t:2", ANN).await, Fate::Silent);
    let service = world.start();
    assert_eq!(say(&service, "t:3", ANN).await, Fate::Silent);
    assert_eq!(say(&service, "t:4", "resume").await, Fate::Sent);
    assert_eq!(say(&service, "t:5", ANN).await, Fate::Sent);
    assert_eq!(
        platform.told(),
        ["send t:1: PauseDone", "send t:4: ResumeDone", "send t:5: Answer ann"]
    );
}

#[tokio::test]
async fn where_it_listens_what_is_not_answered_leaves_no_trace() {
    let settings = SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    let world = World::with(settings).await;
    let platform = Scripted::default();
    let service = world.start();
    for (id, text, want, claimed) in [
        ("t:1", "nice weather today", Fate::Silent, Claimed::Fresh),
        ("t:2", ANN, Fate::Sent, Claimed::Handled),
    ] {
        let message = Message { address: Address::default(), ..world.says(id, text) };
        assert_eq!(service.handle(&Event::Said(message), &platform).await, want, "{text}");
        let claim = service.claim(&id.into());
        assert_eq!(world.records.claim(claim).await.unwrap(), claimed, "{text}");
    }
}

#[tokio::test]
async fn what_is_not_answered_waits_for_moderators() {
    let world = World::new().await;
    let platform = Scripted::default();
    let service = world.start();
    let text = "Where can I buy a bicycle?";
    assert_eq!(service.handle(&Event::Said(world.says("t:1", text)), &platform).await, Fate::Sent);
    let inbox = world.records.unanswered(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(inbox.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), [text]);
    assert!(!inbox[0].asker.as_str().contains("ada"));
    let deleted = Event::Deleted { id: "t:1".into(), place: room() };
    service.handle(&deleted, &platform).await;
    assert_eq!(world.records.unanswered(DEFAULT_SPACE.to_owned(), 9).await.unwrap(), []);
}

#[tokio::test]
async fn without_records_nothing_is_said() {
    let world = World::new().await;
    let platform = Scripted::default();
    let service = world.start();
    world.records.close().await;
    let event = Event::Said(world.says("t:1", ANN));
    assert_eq!(service.handle(&event, &platform).await, Fate::NotRecorded);
    assert!(platform.told().is_empty());
}

#[tokio::test]
async fn a_greeting_is_said_once() {
    let world = World::new().await;
    let platform = Scripted::default();
    let joined = Event::Joined { place: room(), at: world.clock.now() };
    assert_eq!(world.start().handle(&joined, &platform).await, Fate::Sent);
    assert_eq!(world.start().handle(&joined, &platform).await, Fate::Repeated);
    assert!(platform.told()[0].starts_with("send t:room:joined: Greeting"));
}

/// A platform on which one place never ends.
struct Stuck(Scripted);

impl Sender for Stuck {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        if outgoing.place.as_str() == "t:stuck" {
            std::future::pending::<()>().await;
        }
        self.0.send(outgoing).await
    }

    async fn amend(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.0.amend(sent, outgoing).await
    }

    async fn remove(&self, sent: &MessageId, place: &PlaceId) -> Result<(), SendError> {
        self.0.remove(sent, place).await
    }

    fn knows_again_for(&self) -> Option<Duration> {
        None
    }
}

#[tokio::test]
async fn a_lane_keeps_the_order_of_a_place_and_one_that_is_stuck_holds_up_no_other() {
    let world =
        World::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(Scripted::default()));
    let service = Arc::new(world.start());
    let n_told = Arc::new(AtomicUsize::new(0));
    let told = {
        let n_told = Arc::clone(&n_told);
        move |_, _| {
            n_told.fetch_add(1, Ordering::SeqCst);
        }
    };
    let lane = Lane::start(&service, &platform, &DeliverySettings::default(), told);
    let mut stuck = world.says("t:stuck-1", ANN);
    stuck.place.id = "t:stuck".into();
    lane.put(Event::Said(stuck)).await;
    for number in 0..20 {
        lane.put(Event::Said(world.says(&format!("t:{number}"), ANN))).await;
    }
    assert!(!lane.drain(Duration::from_millis(1500)).await, "one never ends");
    assert_eq!(n_told.load(Ordering::SeqCst), 20);
    let want: Vec<String> = (0..20).map(|number| format!("send t:{number}: Answer ann")).collect();
    assert_eq!(platform.0.told(), want);
}

#[tokio::test]
async fn a_lane_that_is_drained_has_done_what_it_took() {
    let world =
        World::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Scripted::default());
    let service = Arc::new(world.start());
    let lane = Lane::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    for number in 0..100 {
        let mut message = world.says(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {number}").into();
        lane.put(Event::Said(message)).await;
    }
    assert!(lane.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.told().len(), 100);
}
