//! Two moderators on two platforms and an editor change a pack in random orders. What is in use and what is recorded
//! follows at random, too.

mod actions;
mod checks;

use std::collections::HashMap;

use fastrand::Rng;

use super::*;
use crate::conversation::wording::Wording;
use crate::knowledge::patch::changes;
use crate::knowledge::{CuratedTexts, EntryChange};
use crate::service::knowledge_base::PackUpdate;
use crate::service::moderation::{ModerationEvent, PackEditing};
use crate::store::records::{PackHistory, RecordedRevision, RevisionFilter};
use tokio::sync::mpsc;

/// Interleavings unless `QUOTH_INTERLEAVINGS` says otherwise.
const N_INTERLEAVINGS: u64 = 100;

/// Interleavings of one pack, one after the other, before the next begins with a new one.
const PER_PACK: u64 = 10;

const N_STEPS: usize = 12;

const PACK: &str = "\
# The FAQ of the towers.  Keep it sorted!

# about ann
[[entry]]
id = \"ann\"
question   =   \"What did Ann say?\"   # asked often
variants = [\"ann words\"]
[[entry.quote]]
text = \"Ann said: “One two.”\"

# about height
[[entry]]
question = 'How high is the tower?'
id = \"height\"
  see_also = [ \"ann\" ]
[[entry.quote]]
text = \"It is high.\"

# about lift, of which
# nothing is known
[[entry]]
id = \"lift\"
question = \"Is there a lift?\"
gap = true
variants = [
  \"elevator there\", # as Americans say
  \"lift inside\",
]
";

/// A moderator on a platform of their own.
struct Moderator {
    platform: &'static str,
    sender: ScriptedSender,
    /// The messages that this moderator can use: proposals, and what was saved.
    proposals: Vec<String>,
    saved: Vec<String>,
}

/// How often each kind of reply was given.
#[derive(Debug, Default)]
struct Reports {
    n_saved: usize,
    n_changed_meanwhile: usize,
    n_refused: usize,
}

struct Interleaving {
    world: TestWorld,
    service: Service<SqliteRecords>,
    moderators: [Moderator; 2],
    random: Rng,
    n_events: usize,
    /// What an editor has opened and not saved yet.
    opened: Option<String>,
    /// Updates that are not recorded yet: those that the watcher has found, and those of edits in chat.
    found: VecDeque<PackUpdate>,
    of_edits: mpsc::UnboundedReceiver<ModerationEvent>,
    /// The entries as the revisions so far make them.
    recorded: HashMap<String, String>,
    n_recorded: usize,
    told: Reports,
    /// What was done, for the message of a failure.
    log: Vec<String>,
}

fn entries(faq: &str) -> HashMap<String, String> {
    changes("", faq).into_iter().filter_map(|it| Some((it.id, it.after?))).collect()
}

/// The entries of a file with the comments above them, in its order; the text above all is the first. Without `changed`.
fn sections_except(faq: &str, changed: &[EntryChange]) -> Vec<String> {
    let parts = faq.split("\n\n").map(str::trim_end).filter(|it| !it.is_empty());
    let is_of = |part: &str, id: &str| part.lines().any(|it| it.trim() == format!("id = \"{id}\""));
    parts.filter(|part| !changed.iter().any(|it| is_of(part, &it.id))).map(str::to_owned).collect()
}

impl Interleaving {
    async fn new(seed: u64) -> Self {
        let moderators = vec!["t:mod".into(), "u:mod".into()];
        let settings =
            SpaceSettings { moderators, cooldown_seconds: 0, ..SpaceSettings::default() };
        let mut world = TestWorld::with(settings).await;
        std::fs::write(world.folder.path().join("p/faq.toml"), PACK).unwrap();
        let data = world.folder.path().join("data");
        world.records = SqliteRecords::open(&data, world.clock.now()).await.unwrap();
        let (events, of_edits) = mpsc::unbounded_channel();
        let service =
            world.start().with_pack_editing(PackEditing { data, changes_settings: true, events });
        // As at the start of the program.
        world.knowledge_base.reload_packs().unwrap();
        let texts = CuratedTexts { faq: PACK.into(), lexicon: "".into() };
        world.records.accept_pack("p".to_owned(), None, texts, Vec::new()).await.unwrap();
        let moderator = |platform| Moderator {
            platform,
            sender: ScriptedSender::default(),
            proposals: Vec::new(),
            saved: Vec::new(),
        };
        Self {
            world,
            service,
            moderators: ["t", "u"].map(moderator),
            random: Rng::with_seed(seed),
            n_events: 0,
            opened: None,
            found: VecDeque::new(),
            of_edits,
            recorded: entries(PACK),
            n_recorded: 0,
            told: Reports::default(),
            log: Vec::new(),
        }
    }

    fn faq(&self) -> String {
        std::fs::read_to_string(self.world.folder.path().join("p/faq.toml")).unwrap()
    }

    /// A moderator does something that may save an edit.
    async fn saves(&mut self, of: usize, event: Event) {
        let before = self.faq();
        self.service.handle(&event, &self.moderators[of].sender).await;
        let id = event.id().unwrap().to_string();
        if self.check_reply(of, &id, &before) {
            let new = self.follow_history();
            let after = self.faq();
            let made = changes(&before, &after);
            assert_eq!(
                sections_except(&before, &made),
                sections_except(&after, &made),
                "others stay"
            );
            assert_eq!(self.recorded, entries(&after), "the history explains the file");
            let by = crate::moderation::RevisionAuthor::User(self.user(of).id);
            let n_made = new.iter().filter(|it| it.revision.by == by).count();
            assert_eq!(n_made, made.len(), "what was made is recorded with its author: {made:?}");
        } else {
            assert_eq!(self.faq(), before, "what is refused changes nothing");
        }
    }

    /// Both moderators save at the same time.
    async fn both_save(&mut self, events: [Event; 2]) {
        let before = self.faq();
        let [a, b] = &self.moderators;
        tokio::join!(
            self.service.handle(&events[0], &a.sender),
            self.service.handle(&events[1], &b.sender)
        );
        for (of, event) in events.iter().enumerate() {
            self.check_reply(of, event.id().unwrap().as_str(), &before);
        }
        self.follow_history();
        let after = self.faq();
        if after != before {
            assert_eq!(self.recorded, entries(&after), "the history explains the file");
        }
    }

    /// The watcher reads the packs.
    fn reload(&mut self) {
        self.found.extend(self.world.knowledge_base.reload_packs().unwrap());
    }

    /// Records the next update of the watcher or of an edit.
    async fn announce(&mut self) -> bool {
        let of_edits = self.random.usize(..2) == 0;
        let edited = self.of_edits.try_recv().ok().and_then(|event| match event {
            ModerationEvent::PacksEdited(updates) => Some(updates),
            ModerationEvent::Resumed
            | ModerationEvent::MessageQuoted(_)
            | ModerationEvent::SettingsChanged => None,
        });
        let updates = match edited {
            Some(updates) if of_edits || self.found.is_empty() => updates,
            Some(updates) => {
                // The order of both is any.
                let first = self.found.pop_front();
                first.into_iter().chain(updates).collect()
            }
            None => self.found.pop_front().into_iter().collect(),
        };
        self.log.push(format!("records {} updates", updates.len()));
        for update in &updates {
            self.service.record_update(update).await.unwrap();
        }
        self.follow_history();
        !updates.is_empty()
    }

    async fn step(&mut self) {
        let of = self.random.usize(..2);
        match self.random.usize(..12) {
            0..3 => {
                let command = self.command();
                let event = self.says(of, &command);
                self.saves(of, event).await;
            }
            3..6 => {
                if let Some(event) = self.save_event(of) {
                    self.saves(of, event).await;
                }
            }
            6 => {
                let saved: Vec<String> =
                    self.moderators[of].saved.iter().rev().take(2).cloned().collect();
                if let Some(message) = self.random.choice(&saved).cloned() {
                    let event = self.presses(of, &message, Control::TakeBack);
                    self.saves(of, event).await;
                }
            }
            7 => {
                let events = [self.save_event(0), self.save_event(1)];
                if let [Some(a), Some(b)] = events {
                    Box::pin(self.both_save([a, b])).await;
                }
            }
            8 => self.opened = Some(self.faq()),
            9 => {
                let opened = self.opened.take().unwrap_or_else(|| self.faq());
                let edited = self.edited(&opened);
                if toml::from_str::<toml::Table>(&edited).is_err() {
                    return;
                }
                self.log.push(format!("an editor saves: {:?}", changes(&self.faq(), &edited)));
                std::fs::write(self.world.folder.path().join("p/faq.toml"), edited).unwrap();
            }
            10 => self.reload(),
            _ => drop(self.announce().await),
        }
    }
}

fn number_of(variable: &str) -> Option<u64> {
    std::env::var(variable).ok().map(|it| it.parse().unwrap())
}

/// Prints what was done if the test fails.
struct LogOnPanic(Option<Interleaving>, u64);

impl Drop for LogOnPanic {
    #[allow(clippy::print_stderr, reason = "says how to repeat a failure")]
    fn drop(&mut self) {
        if let Some(it) = self.0.as_ref().filter(|_| std::thread::panicking()) {
            eprintln!("QUOTH_INTERLEAVINGS_SEED={}\n{}", self.1, it.log.join("\n"));
        }
    }
}

#[tokio::test]
#[allow(clippy::print_stderr, reason = "prints how many edits there were")]
async fn edits_of_two_moderators_and_an_editor_in_any_order_are_neither_lost_nor_recorded_twice() {
    let n = number_of("QUOTH_INTERLEAVINGS").unwrap_or(N_INTERLEAVINGS);
    let first_seed = number_of("QUOTH_INTERLEAVINGS_SEED").unwrap_or(1);
    let mut told = Reports::default();
    for seed in first_seed..first_seed + n.div_ceil(PER_PACK) {
        let mut running = LogOnPanic(Some(Interleaving::new(seed).await), seed);
        let it = running.0.as_mut().unwrap();
        for number in 0..PER_PACK {
            it.log.push(format!("interleaving {number}"));
            for _ in 0..N_STEPS {
                Box::pin(it.step()).await;
            }
            it.end().await;
        }
        told.n_saved += it.told.n_saved;
        told.n_changed_meanwhile += it.told.n_changed_meanwhile;
        told.n_refused += it.told.n_refused;
    }
    eprintln!("{n} interleavings: {told:?}");
    assert!(told.n_saved > 0 && told.n_changed_meanwhile > 0 && told.n_refused > 0, "{told:?}");
}
