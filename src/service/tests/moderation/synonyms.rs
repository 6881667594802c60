//! Moderators edit the synonyms of a pack from chat.

use super::*;

#[tokio::test]
async fn synonyms_are_proposed_saved_searched_with_and_taken_back() {
    let chat = ModeratedChat::new().await;
    let lexicon = || std::fs::read_to_string(chat.world.folder.path().join("p/lexicon.toml")).ok();
    let before = chat.say("faq test what is the altitude of the spire").await;
    let shown = chat.say("faq add-synonyms tower, spire").await;
    assert!(shown.contains("Proposal") && shown.contains("lexicon.toml"), "{shown}");
    assert_eq!(lexicon(), None, "nothing is saved yet");
    let saved = chat.say("faq save").await;
    assert!(saved.contains("Edited"), "{saved}");
    assert_eq!(lexicon().as_deref(), Some("[[group]]\nterms = [\"tower\", \"spire\"]\n"));
    let after = chat.say("faq test what is the altitude of the spire").await;
    assert_ne!(before, after, "it is searched with");
    let listed = chat.say("faq synonyms").await;
    assert!(listed.contains("tower, spire"), "{listed}");
    let history = chat.say("faq history lexicon.toml").await;
    assert!(history.contains("lexicon.toml"), "{history}");
    for (said, want) in [
        ("faq add-synonyms spire", "already"),
        ("faq add-synonyms one", "at least two"),
        ("faq remove-synonyms church", "church"),
        ("faq add-synonyms", "add-synonyms"),
    ] {
        let told = chat.say(said).await;
        assert!(told.contains(want), "{said}: {told}");
    }
    let others = chat.ask("faq add-synonyms tower, spire").await;
    assert!(!others.contains("Proposal"), "{others}");
    chat.say("faq revert 1").await;
    chat.say("faq save").await;
    assert_eq!(lexicon(), None);
}
