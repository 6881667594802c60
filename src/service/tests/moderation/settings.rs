//! Moderators change settings of their space from chat.

use super::*;
use crate::conversation::Notice;
use crate::service::moderation::ModerationEvent;
use crate::service::settings_editor::SettingsEditor;

fn effective(chat: &ModeratedChat) -> SpaceSettings {
    chat.world.knowledge_base.current().spaces.default.settings.clone()
}

#[tokio::test]
async fn setting_is_shown_saved_applied_and_taken_back() {
    let chat = ModeratedChat::new().await;
    let listed = chat.say("faq settings").await;
    assert!(listed.contains("answer_from = none") && listed.contains("1 of 2"), "{listed}");
    let shown = chat.say("faq set asks_feedback no\nreason: screen readers").await;
    assert!(shown.contains("Proposal"), "{shown}");
    assert!(shown.contains("asks_feedback would change from yes to no"), "{shown}");
    assert!(effective(&chat).asks_feedback, "nothing is saved yet");
    let proposal = chat.last();
    let saved = chat.press(proposal, Control::Save).await;
    assert!(saved.contains("Edited settings/default,1"), "{saved}");
    assert!(saved.contains("asks_feedback is no from now on"), "{saved}");
    assert!(!effective(&chat).asks_feedback);
    let listed = chat.say("faq settings 2").await;
    assert!(listed.contains("asks_feedback = no, changed here"), "{listed}");
    for history in ["faq history", "faq history asks-feedback"] {
        let history = chat.say(history).await;
        assert!(history.contains("1: asks_feedback set to no by t:mod"), "{history}");
        assert!(history.contains("screen readers"), "{history}");
    }
    let diff = chat.say("faq diff 1").await;
    assert!(diff.contains("as configured") && diff.contains("no"), "{diff}");
    let taken_back = chat.press(proposal, Control::TakeBack).await;
    assert!(taken_back.contains("asks_feedback is yes from now on"), "{taken_back}");
    assert!(effective(&chat).asks_feedback);
    let history = chat.say("faq history").await;
    assert!(history.contains("2: asks_feedback set to as configured"), "{history}");
    assert!(history.contains("takes back 1"), "{history}");
}

#[tokio::test]
async fn places_are_those_where_the_command_is_given() {
    let chat = ModeratedChat::new().await;
    chat.say("faq set logs_edits_to here").await;
    chat.say("faq save").await;
    let place = chat.world.question("t:x", "x").place.id;
    assert_eq!(effective(&chat).logs_edits_to, Some(place.clone()));
    chat.say("faq set listens_in +here").await;
    // Saved from another place, it is still the one that was shown.
    let id = chat.next_id();
    let pressed = chat.world.control_use(&id, "t:2/reply", MODERATOR, Control::Save);
    let Event::ControlUsed(mut used) = pressed else { panic!("no control") };
    used.place.id = "t:hall".into();
    chat.service.handle(&Event::ControlUsed(used), &chat.sender).await;
    assert_eq!(effective(&chat).listens_in, [place]);
    chat.sender.take_calls();
    let elsewhere = chat.say("faq set reports_to t:elsewhere").await;
    assert!(elsewhere.contains("is no value of reports_to"), "{elsewhere}");
    let none = chat.say("faq set logs_edits_to none").await;
    assert!(none.contains("to none"), "{none}");
}

#[tokio::test]
async fn changed_thresholds_are_reviewed_against_what_was_asked() {
    let chat = ModeratedChat::new().await;
    let answer = chat.ask("how tall is the tower").await;
    assert!(answer.contains("Answer height"), "{answer}");
    let shown = chat.say("faq set answer_from 1").await;
    assert!(shown.contains("1 would lose it"), "{shown}");
    chat.say("faq save").await;
    let unsure = chat.ask("how tall is the tower").await;
    assert!(!unsure.contains("Answer height"), "{unsure}");
    let shown = chat.say("faq set answer_from default").await;
    assert!(shown.contains("1 would get an answer"), "{shown}");
    let shown = chat.say("faq set greets no").await;
    assert!(!shown.contains("would get an answer"), "it answers nothing: {shown}");
}

#[tokio::test]
async fn only_owners_change_settings_whatever_way_they_take() {
    let settings = SpaceSettings { owners: vec!["t:boss".into()], ..SpaceSettings::default() };
    let chat = ModeratedChat::with(settings).await;
    let sentence = Wording::english().notice(&Notice::OwnersOnly);
    let refused = |told: &str| told.contains(&sentence) || told.contains("OwnersOnly");
    let told = chat.say("faq set greets no").await;
    assert!(refused(&told), "{told}");
    chat.say_as("t:boss", "faq set greets no").await;
    let proposal = chat.last();
    let told = chat.press(proposal, Control::Save).await;
    assert!(refused(&told), "{told}");
    let saved = chat.press_as("t:boss", proposal, Control::Save).await;
    assert!(saved.contains("Edited settings/default,1"), "{saved}");
    let told = chat.press(proposal, Control::TakeBack).await;
    assert!(refused(&told), "{told}");
    let told = chat.say("faq revert 1").await;
    assert!(refused(&told), "{told}");
    assert!(!effective(&chat).greets);
    assert!(chat.say("faq settings 2").await.contains("greets = no"), "others may read them");
    for by in ["t:ada", MODERATOR] {
        let told = chat.say_as(by, "faq set moderators t:ada").await;
        assert!(!told.contains("Proposal"), "{told}");
    }
    let told = chat.say_as("t:boss", "faq set moderators t:ada").await;
    assert!(told.contains("no setting moderators"), "rights are configured: {told}");
    chat.say_as("t:boss", "faq revert 1").await;
    chat.press_as("t:boss", chat.last(), Control::Save).await;
    assert!(effective(&chat).greets);
}

#[tokio::test]
async fn setting_of_another_space_is_refused() {
    let chat = ModeratedChat::new().await;
    let told = chat.say("faq set greets no\npack: settings/other").await;
    assert!(!told.contains("would change"), "{told}");
    assert!(effective(&chat).greets);
}

#[tokio::test]
async fn settings_stay_where_they_cannot_be_changed() {
    let mut chat = ModeratedChat::new().await;
    let data = chat.world.folder.path().join("data");
    let events = mpsc::unbounded_channel().0;
    let editing = PackEditing { data, changes_settings: false, events };
    chat.service = chat.world.start().with_pack_editing(editing);
    for said in ["faq settings", "faq set greets no"] {
        let told = chat.say(said).await;
        assert!(told.contains(&sentence("settings-are-off")), "{said}: {told}");
    }
    let history = chat.say("faq history").await;
    assert!(history.contains(&sentence("no-revisions")), "{history}");
}

#[tokio::test]
async fn setting_that_somebody_else_changes_meanwhile_is_shown_again() {
    let chat = ModeratedChat::new().await;
    chat.say("faq set digest_hour 5").await;
    let first = chat.last();
    chat.say("faq set digest_hour 6").await;
    chat.say("faq save").await;
    let told = chat.press(first, Control::Save).await;
    assert!(told.contains("digest_hour has changed since you saw it"), "{told}");
    assert!(told.contains("from 6 to 5"), "{told}");
    assert_eq!(effective(&chat).digest_hour, 6);
    chat.press(first, Control::Save).await;
    assert_eq!(effective(&chat).digest_hour, 5);
    let told = chat.say("faq revert 1").await;
    assert!(told.contains("digest_hour has changed since") && told.contains("5 now"), "{told}");
    for (said, want) in [
        ("faq set digest_hour 5", "like that already"),
        ("faq set digest_hour 24", "0 to 23"),
        ("faq set digest_hour", "set SETTING VALUE"),
        ("faq set colour red", "no setting colour"),
        ("faq set locale fr", "en or de"),
        ("faq set prefix !frag", "quoth settings"),
        ("faq revert 99", "no change 99"),
    ] {
        let told = chat.say(said).await;
        assert!(told.contains(want), "{said}: {told}");
    }
}

#[tokio::test]
async fn settings_outlive_a_reload_and_are_announced() {
    let mut chat = ModeratedChat::new().await;
    let (events, mut announced) = mpsc::unbounded_channel();
    let data = chat.world.folder.path().join("data");
    let editing = PackEditing { data: data.clone(), changes_settings: true, events };
    chat.service = chat.world.start().with_pack_editing(editing);
    chat.say("faq set locale de").await;
    chat.say("faq save").await;
    let event = announced.recv().await;
    assert!(matches!(event, Some(ModerationEvent::SettingsChanged)), "{event:?}");
    let told = chat.say("faq einstellungen").await;
    assert!(told.contains("Sprache meiner Sätze"), "{told}");
    let told = chat.say("faq stelle greets nein").await;
    assert!(told.contains("von ja in nein"), "{told}");
    chat.world.knowledge_base.reload_packs().unwrap();
    assert_eq!(effective(&chat).locale, "de");
    let configured = chat.world.knowledge_base.current().configured().default.clone();
    assert_eq!(configured.settings.locale, "en");
    let editor = SettingsEditor::open(configured, &data).unwrap();
    assert_eq!(editor.current().unwrap().settings().locale, "de");
}
