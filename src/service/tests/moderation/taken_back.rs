//! All changes by a person are taken back at once.

use super::*;

#[tokio::test]
async fn all_changes_by_a_person_are_taken_back_at_once() {
    let chat = ModeratedChat::new().await;
    for phrasing in ["how tall", "how many meters"] {
        chat.say(&format!("faq add-phrasing height {phrasing}")).await;
        chat.press(chat.last(), Control::Save).await;
    }
    let unknown = chat.say("faq revert by: t:ada").await;
    assert!(unknown.contains("No change by t:ada"), "{unknown}");
    let future = chat.say("faq revert by: mod\nsince: 2100-01-01").await;
    assert!(future.contains("No change by mod"), "{future}");
    let shown = chat.say("faq revert by: t:mod\nsince: 1970-01-01\nreason: a joke").await;
    assert!(shown.contains("height would change"), "{shown}");
    assert!(chat.faq().contains("how tall"), "nothing is saved yet");
    let saved = chat.press(chat.last(), Control::Save).await;
    assert!(
        saved.contains("takes back all by t:mod since 1970-01-01 00:00 UTC: a joke"),
        "{saved}"
    );
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn changes_that_others_have_changed_again_are_listed_as_kept() {
    let chat = ModeratedChat::new().await;
    chat.say("faq edit height lead: Tall.").await;
    chat.press(chat.last(), Control::Save).await;
    let path = chat.world.folder.path().join("p/faq.toml");
    std::fs::write(&path, chat.faq().replace("Tall.", "Very tall.")).unwrap();
    let kept = chat.say("faq revert by: t:mod").await;
    assert!(kept.contains("These stay") && kept.contains("1: height changed"), "{kept}");
    let by_file = chat.say("faq revert by: file").await;
    assert!(by_file.contains("height would change"), "{by_file}");
}

#[tokio::test]
async fn proposal_to_take_back_all_by_a_person_is_saved_by_owners_only() {
    let settings = SpaceSettings { owners: vec!["t:owner".into()], ..SpaceSettings::default() };
    let chat = ModeratedChat::with(settings).await;
    chat.say("faq add-phrasing height how tall").await;
    chat.press(chat.last(), Control::Save).await;
    let refused = chat.say("faq revert by: t:mod").await;
    assert!(refused.contains("OwnersOnly"), "{refused}");
    let shown = chat.say_as("t:owner", "faq revert by: t:mod").await;
    assert!(shown.contains("height would change"), "{shown}");
    let proposal = chat.last();
    let refused = chat.press(proposal, Control::Save).await;
    assert!(refused.contains("OwnersOnly"), "{refused}");
    assert!(chat.faq().contains("how tall"));
    let saved = chat.press_as("t:owner", proposal, Control::Save).await;
    assert!(saved.contains("Saved as change 2"), "{saved}");
    assert_eq!(chat.faq(), FAQ);
}
