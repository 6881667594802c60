//! Two moderators on two platforms and an editor change a pack in random orders. What is in use and what is recorded
//! follows at random, too.

use std::collections::HashMap;

use super::*;
use crate::conversation::wording::Wording;
use crate::knowledge::EntryChange;
use crate::knowledge::patch::changes;
use crate::service::knowledge_base::PackUpdate;
use crate::service::moderation::PackEditing;
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

/// Random numbers that a seed repeats, by the algorithm SplitMix64.
struct RandomNumbers(u64);

impl RandomNumbers {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % end as u64).unwrap()
    }

    fn pick<'a, T>(&mut self, from: &'a [T]) -> Option<&'a T> {
        (!from.is_empty()).then(|| &from[self.below(from.len())])
    }

    /// A word that is like no other.
    fn word(&mut self) -> String {
        let syllables = [
            "ba", "ke", "di", "fo", "gu", "ly", "ma", "ne", "pi", "ro", "su", "ta", "vo", "xe",
            "zi",
        ];
        (0..5).map(|_| syllables[self.below(syllables.len())]).collect()
    }
}

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
struct Told {
    n_saved: usize,
    n_changed_meanwhile: usize,
    n_refused: usize,
}

struct Interleaving {
    world: TestWorld,
    service: Service<SqliteRecords>,
    moderators: [Moderator; 2],
    random: RandomNumbers,
    n_events: usize,
    /// What an editor has opened and not saved yet.
    opened: Option<String>,
    /// Updates that are not recorded yet: those that the watcher has found, and those of edits in chat.
    found: VecDeque<PackUpdate>,
    of_edits: mpsc::UnboundedReceiver<Vec<PackUpdate>>,
    /// The entries as the revisions so far make them.
    recorded: HashMap<String, String>,
    n_recorded: usize,
    told: Told,
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
        let (updates, of_edits) = mpsc::unbounded_channel();
        let service = world.start().with_pack_editing(PackEditing { data, updates });
        // As at the start of the program.
        world.knowledge_base.reload_packs().unwrap();
        world.records.accept_pack("p".to_owned(), None, PACK.into(), Vec::new()).await.unwrap();
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
            random: RandomNumbers(seed),
            n_events: 0,
            opened: None,
            found: VecDeque::new(),
            of_edits,
            recorded: entries(PACK),
            n_recorded: 0,
            told: Told::default(),
            log: Vec::new(),
        }
    }

    fn faq(&self) -> String {
        std::fs::read_to_string(self.world.folder.path().join("p/faq.toml")).unwrap()
    }

    fn place(&self, of: usize) -> Place {
        let id = format!("{}:room", self.moderators[of].platform);
        Place { id: id.as_str().into(), ..room() }
    }

    fn next_id(&mut self, of: usize) -> String {
        self.world.wait(1);
        self.n_events += 1;
        format!("{}:{}", self.moderators[of].platform, self.n_events)
    }

    fn user(&self, of: usize) -> User {
        user(&format!("{}:mod", self.moderators[of].platform))
    }

    /// The event that a moderator says `text`.
    fn says(&mut self, of: usize, text: &str) -> Event {
        let id = self.next_id(of);
        self.log.push(format!("{id} says {text:?}"));
        let message = self.world.question(&id, text);
        Event::MessageCreated(Message { author: self.user(of), place: self.place(of), ..message })
    }

    /// The event that a moderator uses a control of `message`.
    fn presses(&mut self, of: usize, message: &str, control: Control) -> Event {
        let id = self.next_id(of);
        self.log.push(format!("{id} uses {control:?} of {message}"));
        Event::ControlUsed(ControlUse {
            id: id.as_str().into(),
            message: message.into(),
            place: self.place(of),
            user: self.user(of),
            used_at: self.world.clock.now(),
            control,
            locale: None,
        })
    }

    /// A random command.
    fn command(&mut self) -> String {
        let entries: Vec<(String, String)> = entries(&self.faq()).into_iter().collect();
        let mut entries = entries;
        entries.sort();
        let Some((id, text)) = self.random.pick(&entries).cloned() else {
            return format!("faq gap {}?", self.random.word());
        };
        let phrasings: Vec<&str> = text
            .split_once("variants")
            .map(|(_, it)| it.split('"').skip(1).step_by(2).collect())
            .unwrap_or_default();
        let word = self.random.word();
        match self.random.below(10) {
            0..4 => format!("faq add-phrasing {id} {word}"),
            4 => match self.random.pick(&phrasings) {
                Some(phrasing) => format!("faq remove-phrasing {id} {phrasing}"),
                None => format!("faq edit {id}\nlead: {word}"),
            },
            5 => format!("faq edit {id} What is {word}?"),
            6 => format!("faq gap {word} where?\n- {word} there"),
            7 => format!("faq remove {id}"),
            8 => format!("faq restore {}", self.random.pick(&["ann", "height", "lift"]).unwrap()),
            _ => format!("faq revert {}", 1 + self.random.below(self.n_recorded.max(1))),
        }
    }

    /// What an editor makes of `opened`.
    fn edited(&mut self, opened: &str) -> String {
        let word = self.random.word();
        let ids = ["ann", "height", "lift"];
        let id = self.random.pick(&ids).unwrap();
        let line = format!("id = \"{id}\"\n");
        match self.random.below(4) {
            0 => opened.replace(&line, &format!("{line}tags = [\"{word}\"]\n")),
            1 => opened.replace("# about", &format!("# {word}, about")),
            2 => format!(
                "{opened}\n# {word}\n[[entry]]\nid = \"{word}\"\nquestion = \"{word}?\"\ngap = true\n"
            ),
            _ => opened.replace("What did", &format!("What, {word}, did")),
        }
    }

    /// Checks the replies to a moderator, and the file, which was `before`. `event` is what the moderator has used.
    fn check_reply(&mut self, of: usize, id: &str, before: &str) -> bool {
        let replies = self.moderators[of].sender.take_calls();
        assert_eq!(replies.len(), 1, "told once: {replies:?}");
        let reply = &replies[0];
        let message = reply.split(": ").next().unwrap();
        let message = match message.split_once(' ').unwrap() {
            ("send", cause) => format!("{cause}/reply"),
            (_, message) => message.to_owned(),
        };
        self.log.push(format!("  {}", reply.lines().take(2).collect::<Vec<_>>().join(" / ")));
        let failed = [
            "pack-cannot-be-read",
            "pack-cannot-be-written",
            "pack-is-busy",
            "history-cannot-be-used",
        ];
        for failed in failed {
            let failed = Wording::english().sentence(failed, []);
            assert!(!reply.contains(&failed), "{id}: {reply}");
        }
        let is_saved = reply.contains(": Edited p,");
        if is_saved {
            self.told.n_saved += 1;
            self.moderators[of].saved.push(message);
            assert_ne!(self.faq(), before, "{reply}");
        } else if reply.contains(": Proposal") {
            let changed = Wording::english().sentence("changed-meanwhile", []);
            self.told.n_changed_meanwhile += usize::from(reply.contains(&changed));
            self.moderators[of].proposals.push(message);
        } else {
            self.told.n_refused += 1;
        }
        is_saved
    }

    /// Follows the revisions that were recorded since the last time: each changes what the last has made.
    fn follow_history(&mut self) -> Vec<RecordedRevision> {
        let history = PackHistory::open(&self.world.folder.path().join("data")).unwrap();
        let filter = RevisionFilter { pack: "p".to_owned(), limit: u32::MAX, ..Default::default() };
        let mut found = history.list(&filter).unwrap();
        found.reverse();
        let new = found.split_off(self.n_recorded);
        self.n_recorded += new.len();
        for RecordedRevision { id, revision } in &new {
            let by = &revision.by;
            self.log.push(format!("  change {id} of {} by {by:?}", revision.entry));
            let before = self.recorded.get(&revision.entry);
            assert_eq!(before, revision.before.as_ref(), "before change {id} by {by:?}");
            assert_ne!(revision.before, revision.after, "change {id} by {by:?}");
            match &revision.after {
                Some(text) => self.recorded.insert(revision.entry.clone(), text.clone()),
                None => self.recorded.remove(&revision.entry),
            };
        }
        new
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
        let of_edits = self.random.below(2) == 0;
        let updates = match self.of_edits.try_recv() {
            Ok(updates) if of_edits || self.found.is_empty() => updates,
            Ok(updates) => {
                // The order of both is any.
                let first = self.found.pop_front();
                first.into_iter().chain(updates).collect()
            }
            Err(_) => self.found.pop_front().into_iter().collect(),
        };
        self.log.push(format!("records {} updates", updates.len()));
        for update in &updates {
            self.service.record_update(update).await.unwrap();
        }
        self.follow_history();
        !updates.is_empty()
    }

    /// A control that can be used now, with the message that has it: of this moderator, or of the other one.
    fn save_event(&mut self, of: usize) -> Option<Event> {
        let proposals: Vec<String> =
            self.moderators[of].proposals.iter().rev().take(2).cloned().collect();
        let message = self.random.pick(&proposals).cloned()?;
        Some(self.presses(of, &message, Control::Save))
    }

    async fn step(&mut self) {
        let of = self.random.below(2);
        match self.random.below(12) {
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
                if let Some(message) = self.random.pick(&saved).cloned() {
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

    /// All is quiet: what has changed is in use and recorded.
    async fn end(&mut self) {
        self.reload();
        while self.announce().await || !self.found.is_empty() {}
        let faq = self.faq();
        assert_eq!(self.recorded, entries(&faq), "the history explains the file at the end");
        let folder = self.world.folder.path().join("p");
        let files = crate::store::pack_files::read(&folder).unwrap();
        let proof = crate::knowledge::prove(&files);
        let snapshot = self.world.knowledge_base.current();
        let served = snapshot.pack(&folder).unwrap();
        assert!(proof.is_accepted(), "{:?}", proof.findings);
        let texts = |pack: &crate::knowledge::Pack| -> Vec<String> {
            pack.entries
                .iter()
                .map(|it| format!("{} {} {:?}", it.id, it.question, it.variants))
                .collect()
        };
        assert_eq!(texts(served), texts(&proof.pack), "what is in the file is in use");
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
    let mut told = Told::default();
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
