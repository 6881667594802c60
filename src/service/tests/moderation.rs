//! Moderators edit a pack from chat.

mod inbox;
mod quoted_messages;
mod settings;
mod synonyms;
mod taken_back;

use super::*;
use crate::conversation::wording::Wording;
use crate::service::moderation::PackEditing;
use crate::store::records::{AuthorFilter, PackHistory, RevisionFilter};
use tokio::sync::mpsc;

const MODERATOR: &str = "t:mod";

/// A service whose moderator edits the pack, and what it sends.
struct ModeratedChat {
    world: TestWorld,
    service: Service<SqliteRecords>,
    sender: ScriptedSender,
    n_events: AtomicUsize,
}

impl ModeratedChat {
    async fn new() -> Self {
        Self::with(SpaceSettings::default()).await
    }

    async fn with(settings: SpaceSettings) -> Self {
        let settings =
            SpaceSettings { moderators: vec![MODERATOR.into()], cooldown_seconds: 0, ..settings };
        let mut world = TestWorld::with(settings).await;
        // The inbox and the history are read from the file.
        let data = world.folder.path().join("data");
        world.records = SqliteRecords::open(&data, world.clock.now()).await.unwrap();
        let service = Self::start(&world);
        Self { world, service, sender: ScriptedSender::default(), n_events: AtomicUsize::new(0) }
    }

    fn start(world: &TestWorld) -> Service<SqliteRecords> {
        let data = world.folder.path().join("data");
        world.start().with_pack_editing(PackEditing {
            data,
            changes_settings: true,
            events: mpsc::unbounded_channel().0,
        })
    }

    fn next_id(&self) -> String {
        self.world.wait(1);
        format!("t:{}", self.n_events.fetch_add(1, Ordering::SeqCst))
    }

    /// What is replied to `text` by `author`.
    async fn say_as(&self, author: &str, text: &str) -> String {
        let id = self.next_id();
        let message = self.world.question(&id, text);
        let event = Event::MessageCreated(Message { author: user(author), ..message });
        self.service.handle(&event, &self.sender).await;
        self.sender.take_calls().concat()
    }

    async fn say(&self, text: &str) -> String {
        self.say_as(MODERATOR, text).await
    }

    /// What becomes of the reply to the event `number` when `by` uses `control` of it.
    async fn press_as(&self, by: &str, number: usize, control: Control) -> String {
        let id = self.next_id();
        let event = self.world.control_use(&id, &format!("t:{number}/reply"), by, control);
        self.service.handle(&event, &self.sender).await;
        self.sender.take_calls().concat()
    }

    async fn press(&self, number: usize, control: Control) -> String {
        self.press_as(MODERATOR, number, control).await
    }

    /// What Ada is replied.
    async fn ask(&self, text: &str) -> String {
        self.say_as("t:ada", text).await
    }

    fn faq(&self) -> String {
        std::fs::read_to_string(self.world.folder.path().join("p/faq.toml")).unwrap()
    }

    /// Adds a sentence to the source that no entry quotes.
    fn add_sentence(&self, sentence: &str) {
        let path = self.world.folder.path().join("p/sources/doc.md");
        std::fs::write(path, format!("{SOURCE}\n{sentence}\n")).unwrap();
        self.world.knowledge_base.reload_packs().unwrap();
    }

    /// The number of the last reply.
    fn last(&self) -> usize {
        self.n_events.load(Ordering::SeqCst) - 1
    }
}

fn sentence(id: &str) -> String {
    Wording::english().sentence(id, [])
}

#[tokio::test]
async fn edit_is_shown_saved_served_and_taken_back() {
    let chat = ModeratedChat::new().await;
    let nothing = chat.ask("is it raining").await;
    assert!(nothing.contains("Abstain"), "{nothing}");
    let shown =
        chat.say("faq add Who is Ann?\n> Ann said\n- who is that ann\nreason: often asked").await;
    assert!(shown.contains("Proposal"), "{shown}");
    assert!(shown.contains("who-is-ann would be added"), "{shown}");
    assert_eq!(chat.faq(), FAQ, "nothing is saved yet");
    let saved = chat.press(chat.last(), Control::Save).await;
    assert!(saved.contains("Edited p,1") && saved.contains("Saved as change 1"), "{saved}");
    assert!(chat.faq().starts_with(FAQ) && chat.faq().contains("who-is-ann"), "{}", chat.faq());
    let answer = chat.ask("who is that ann").await;
    assert!(answer.contains("Answer who-is-ann"), "{answer}");
    let history = chat.say("faq history").await;
    assert!(history.contains("1: who-is-ann added by t:mod"), "{history}");
    assert!(history.contains("often asked"), "{history}");
    let taken_back = chat.press(1, Control::TakeBack).await;
    assert!(taken_back.contains("Edited p,2"), "{taken_back}");
    assert_eq!(chat.faq(), FAQ);
    let answer = chat.ask("who is that ann").await;
    assert!(!answer.contains("who-is-ann"), "{answer}");
    let history = PackHistory::open(&chat.world.folder.path().join("data")).unwrap();
    let by = Some(AuthorFilter::Name(MODERATOR.to_owned()));
    let filter = RevisionFilter { pack: "p".to_owned(), by, limit: 9, ..RevisionFilter::default() };
    let found = history.list(&filter).unwrap();
    assert_eq!(found[0].revision.reason.as_deref(), Some("takes back 1"));
    assert_eq!(found.len(), 2);
}

#[tokio::test]
async fn saved_edit_is_served_as_it_was_reviewed_and_taken_back_to_what_was_served() {
    let chat = ModeratedChat::new().await;
    let served = || {
        let snapshot = chat.world.knowledge_base.current();
        Arc::clone(&snapshot.index_for(&snapshot.spaces.default).index.packs()[0])
    };
    let first = served();
    chat.say("faq add-phrasing height what about the meters of that building").await;
    let prepared = chat.world.knowledge_base.prepared();
    let [reviewed] = prepared.as_slice() else { panic!("{} states", prepared.len()) };
    assert!(Arc::ptr_eq(&served(), &first), "it is not saved yet");
    let proposal = chat.last();
    chat.press(proposal, Control::Save).await;
    assert!(Arc::ptr_eq(&served(), reviewed.pack()));
    chat.press(proposal, Control::TakeBack).await;
    assert!(Arc::ptr_eq(&served(), &first));
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn proposal_lists_asked_questions_whose_answer_changes() {
    let chat = ModeratedChat::new().await;
    for _ in 0..2 {
        chat.ask("what about the meters of that building").await;
    }
    chat.ask(HEIGHT).await;
    let shown = chat.say("faq add-phrasing height what about the meters of that building").await;
    let counts = [("n", "2"), ("gained", "1"), ("lost", "0"), ("changed", "0")];
    assert!(shown.contains(&Wording::english().sentence("review-counts", counts)), "{shown}");
    assert!(shown.contains("meters of that building (2): – → height"), "{shown}");
    let shown = chat.say("faq remove height").await;
    assert!(shown.contains(&sentence("review-lost")), "{shown}");
}

#[tokio::test]
async fn proposal_outlives_a_restart_and_is_saved_once() {
    let mut chat = ModeratedChat::new().await;
    chat.say("faq add-phrasing height is it tall").await;
    chat.service = ModeratedChat::start(&chat.world);
    let saved = chat.press(0, Control::Save).await;
    assert!(saved.contains("Edited"), "{saved}");
    let again = chat.press(0, Control::Save).await;
    assert!(
        again.contains(&Wording::english().notice(&crate::conversation::Notice::NoLongerAvailable)),
        "{again}"
    );
    assert_eq!(chat.faq().matches("is it tall").count(), 1);
}

#[tokio::test]
async fn control_of_another_kind_of_message_leaves_the_message_unchanged() {
    let chat = ModeratedChat::new().await;
    chat.say("faq add-phrasing height is it tall").await;
    let early = chat.press(0, Control::Gap).await;
    assert!(early.starts_with("send"), "it is said in a message of its own: {early}");
    assert!(chat.press(0, Control::Save).await.contains("Edited p,1"));
    let again = chat.press(0, Control::Save).await;
    assert!(again.starts_with("send"), "{again}");
    assert!(chat.press(0, Control::TakeBack).await.contains("Edited p,2"));
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn mistyped_command_gets_help_and_is_not_recorded_as_a_question() {
    let chat = ModeratedChat::new().await;
    let told = chat.say("!faq lsit").await;
    assert!(told.contains(&sentence("moderator-commands")), "{told}");
    assert!(chat.say("faq inbox").await.contains(&sentence("no-questions")));
    assert_eq!(chat.ask("!faq lsit").await, "", "it may be meant for another bot");
}

#[tokio::test]
async fn entry_with_an_error_is_repaired_in_chat() {
    let chat = ModeratedChat::new().await;
    let broken = FAQ.replace("text = \"It is high.\"", "text = \"It was high.\"");
    std::fs::write(chat.world.folder.path().join("p/faq.toml"), &broken).unwrap();
    let told = chat.say("faq add-phrasing ann who was that").await;
    assert!(told.contains(&sentence("cannot-be-saved")), "{told}");
    let shown = chat.say("faq edit height\n> It is high.").await;
    assert!(shown.contains("Proposal"), "{shown}");
    chat.press(chat.last(), Control::Save).await;
    assert!(chat.faq().contains("It is high.") && !chat.faq().contains("It was high."));
    std::fs::write(chat.world.folder.path().join("p/faq.toml"), "[[entry").unwrap();
    let told = chat.say("faq show height").await;
    assert!(told.contains(&sentence("pack-has-errors")), "{told}");
}

#[tokio::test]
async fn saved_removal_is_reported_as_a_removal() {
    let chat = ModeratedChat::new().await;
    chat.say("faq remove height").await;
    let saved = chat.press(0, Control::Save).await;
    assert!(saved.contains("1: height removed by t:mod"), "{saved}");
}

#[tokio::test]
async fn commands_and_controls_of_other_users_change_nothing() {
    let chat = ModeratedChat::new().await;
    let proposed = chat.say("faq remove height").await;
    assert!(proposed.contains("Proposal"), "{proposed}");
    for control in
        [Control::Save, Control::TakeBack, Control::Gap, Control::Dismiss, Control::Inbox(1)]
    {
        let pressed = chat.press_as("t:ada", 0, control).await;
        assert!(pressed.contains("ModeratorsOnly"), "{control:?}: {pressed}");
    }
    let asked = chat.ask("faq remove height").await;
    assert!(asked.contains("Abstain") || asked.contains("Suggest"), "it is a question: {asked}");
    let by_mark = chat.ask("!faq remove height").await;
    assert!(!by_mark.contains("Proposal"), "{by_mark}");
    let answer = chat.ask(ANN).await;
    assert!(answer.contains("Answer ann"), "{answer}");
    // A control of a moderator on a message that shows something else.
    let forged = chat.press(chat.last(), Control::Save).await;
    assert!(forged.contains("NoLongerAvailable"), "{forged}");
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn save_checks_the_permission_again() {
    let chat = ModeratedChat::new().await;
    chat.say("faq remove height").await;
    let snapshot = chat.world.knowledge_base.current();
    let mut spaces = snapshot.spaces.clone();
    spaces.default.settings.moderators.clear();
    chat.world.knowledge_base.reload(spaces, Thresholds::default()).unwrap();
    let pressed = chat.press(0, Control::Save).await;
    assert!(pressed.contains("ModeratorsOnly"), "{pressed}");
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn edit_of_a_changed_file_is_shown_again_before_it_is_saved() {
    let chat = ModeratedChat::new().await;
    chat.say("faq history").await;
    chat.say("faq edit height How tall is it?").await;
    let changed = FAQ.replace("How high is the tower?", "How high is this tower?");
    std::fs::write(chat.world.folder.path().join("p/faq.toml"), &changed).unwrap();
    let shown = chat.press(1, Control::Save).await;
    assert!(
        shown.contains("Proposal") && shown.contains(&sentence("changed-meanwhile")),
        "{shown}"
    );
    assert_eq!(chat.faq(), changed);
    let saved = chat.press(1, Control::Save).await;
    assert!(
        saved.contains("Edited p,2"),
        "what was changed outside is the first revision: {saved}"
    );
    assert!(chat.faq().contains("How tall is it?"));
}

#[tokio::test]
async fn misquote_is_refused_and_the_nearest_passage_is_offered() {
    let chat = ModeratedChat::new().await;
    let refused = chat.say("faq add Is it high?\n> It is very high.").await;
    assert!(refused.contains("Choice") && refused.contains("It is high."), "{refused}");
    let shown = chat.press(0, Control::Pick(1)).await;
    assert!(shown.contains("Proposal"), "{shown}");
    chat.press(0, Control::Save).await;
    assert!(chat.faq().contains("is-it-high"), "{}", chat.faq());
    assert!(!chat.faq().contains("very high"), "{}", chat.faq());
    let hopeless = chat.say("faq add Bananas?\n> Bananas are sold on every Monday.").await;
    assert!(hopeless.contains(&sentence("cannot-be-saved")), "{hopeless}");
}

#[tokio::test]
async fn numbers_and_the_command_save_replace_buttons() {
    let chat = ModeratedChat::new().await;
    chat.ask("is there a lift inside").await;
    chat.say("faq inbox").await;
    let group = chat.say("1").await;
    assert!(group.contains("Group"), "{group}");
    let shown = chat.say("faq add-phrasing height is it tall").await;
    assert!(shown.contains("Proposal"), "{shown}");
    let saved = chat.say("faq save").await;
    assert!(saved.contains("Edited"), "{saved}");
    let nothing = chat.say("faq save").await;
    assert!(!nothing.contains("Edited"), "{nothing}");
}

#[tokio::test]
async fn moderators_work_while_the_bot_is_paused_and_nobody_else_is_replied() {
    let chat = ModeratedChat::new().await;
    chat.say("pause").await;
    assert_eq!(chat.ask(ANN).await, "");
    let listed = chat.say("faq list").await;
    assert!(listed.contains("ann") && listed.contains("height"), "{listed}");
}

#[tokio::test]
async fn replies_are_in_the_language_of_the_space_and_errors_say_what_to_do() {
    let settings = SpaceSettings { locale: "de".to_owned(), ..SpaceSettings::default() };
    let chat = ModeratedChat::with(settings).await;
    let german = Wording::for_locale("de");
    for (said, want) in [
        ("faq zeige nix", german.sentence("no-such-entry", [("id", "nix")])),
        ("faq restore height", german.sentence("not-removed-last", [("id", "height")])),
        ("faq revert 99", german.sentence("no-such-revision", [("number", "99")])),
        (
            "faq add-phrasing height How high is the tower?",
            german.sentence(
                "phrasing-taken",
                [("id", "height"), ("phrasing", "How high is the tower?")],
            ),
        ),
        (
            "faq remove-phrasing height nope",
            german.sentence("no-such-phrasing", [("id", "height"), ("phrasing", "nope")]),
        ),
        ("faq gap Was?\nkennung: ann", german.sentence("id-taken", [("id", "ann")])),
        ("faq show other:height", german.sentence("no-such-entry", [("id", "other:height")])),
        (
            "faq gap Was?\npaket: q",
            german.sentence("no-such-pack", [("pack", "q"), ("packs", "p")]),
        ),
        ("faq neu Was?\nabc", german.sentence("line-not-understood", [("line", "abc")])),
        ("faq neu Bananen?", german.sentence("no-passage", [])),
    ] {
        let told = chat.say(said).await;
        assert!(told.contains(&want), "{said}: {told} instead of {want}");
    }
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn edit_without_a_data_folder_or_of_a_broken_pack_is_refused() {
    let chat = ModeratedChat::new().await;
    let service = chat.world.start();
    let event = Event::MessageCreated(Message {
        author: user(MODERATOR),
        ..chat.world.question("t:x", "faq remove height")
    });
    service.handle(&event, &chat.sender).await;
    let told = chat.sender.take_calls().concat();
    assert!(told.contains(&sentence("edits-are-off")), "{told}");
    std::fs::remove_file(chat.world.folder.path().join("p/pack.toml")).unwrap();
    let told = chat.say("faq remove height").await;
    assert!(!told.contains("Proposal") && told.contains("Notice"), "{told}");
}
