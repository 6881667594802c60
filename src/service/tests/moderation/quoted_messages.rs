//! Entries made of messages: their authors are told, and can have them removed.

use super::*;
use crate::conversation::event::MessageQuoted;
use crate::conversation::{Notice, Timestamp};
use crate::moderation::proposal::text_digest;
use crate::service::moderation::ModerationEvent;

/// A reply by the moderator to Bob's message `text`, which answered `answered`.
fn make(chat: &ModeratedChat, command: &str, text: &str, answered: Option<&str>) -> Event {
    let id = chat.next_id();
    let origin = MessageOrigin {
        author_name: Some("Bob".to_owned()),
        sent_at: Timestamp::parse("2026-11-30"),
        url: Some("https://chat.example/9".to_owned()),
        answered: answered.map(str::to_owned),
    };
    let replied_to = RepliedTo {
        id: "t:bobs".into(),
        is_from_bot: false,
        author: Some("t:bob".into()),
        text: Some(text.to_owned()),
        title: None,
        origin,
    };
    let message = chat.world.question(&id, command);
    Event::MessageCreated(Message {
        author: user(MODERATOR),
        replied_to: Some(replied_to),
        ..message
    })
}

#[tokio::test]
async fn message_becomes_an_entry_with_its_author_who_is_told_and_can_have_it_removed() {
    let (events, mut sent_events) = mpsc::unbounded_channel();
    let mut chat = ModeratedChat::new().await;
    let data = chat.world.folder.path().join("data");
    chat.service =
        chat.world.start().with_pack_editing(PackEditing { data, changes_settings: true, events });
    let text = "The sauna is open on Mondays.\n\nBring a towel.";
    let event = make(&chat, "faq make", text, Some("when is the  sauna open"));
    chat.service.handle(&event, &chat.sender).await;
    let shown = chat.sender.take_calls().concat();
    assert!(shown.contains("when-is-the-sauna-open would be added"), "{shown}");
    chat.press(chat.last(), Control::Save).await;
    assert!(chat.faq().contains("author = \"Bob\"\ndate = \"2026-11-30\""), "{}", chat.faq());
    let answer = chat.ask("when is the sauna open").await;
    assert!(answer.contains("Answer when-is-the-sauna-open"), "{answer}");
    let quoted = std::iter::from_fn(|| sent_events.try_recv().ok());
    let quoted = quoted.filter_map(|event| match event {
        ModerationEvent::MessageQuoted(quoted) => Some(quoted),
        _ => None,
    });
    let quoted: Vec<_> = quoted.collect();
    assert_eq!(quoted.len(), 1);
    let told = Event::MessageQuoted(quoted[0].clone());
    chat.service.handle(&told, &chat.sender).await;
    let told_text = chat.sender.take_calls().concat();
    assert!(told_text.contains("t:bobs") && told_text.contains("word for word"), "{told_text}");
    chat.service.handle(&told, &chat.sender).await;
    assert_eq!(chat.sender.take_calls(), [""; 0], "once");
    let press = async |by: &str| {
        let id = chat.next_id();
        let message = format!("{}/reply", quoted[0].id);
        let event = chat.world.control_use(&id, &message, by, Control::RemoveQuoted);
        chat.service.handle(&event, &chat.sender).await;
        chat.sender.take_calls().concat()
    };
    let refused = press("t:ada").await;
    assert!(refused.contains("AuthorOnly"), "{refused}");
    assert_ne!(chat.faq(), FAQ);
    let removed = press("t:bob").await;
    assert!(removed.contains("is removed"), "{removed}");
    assert_eq!(chat.faq(), FAQ);
    let history = chat.say("faq history").await;
    assert!(history.contains("removed by t:bob"), "{history}");
}

/// Makes the entry `what-to-bring` of Bob's message `text`.
async fn make_entry(chat: &ModeratedChat, text: &str) {
    let event = make(chat, "faq make", text, Some("what to bring"));
    chat.service.handle(&event, &chat.sender).await;
    chat.press(chat.last(), Control::Save).await;
    assert!(chat.faq().contains(text), "{}", chat.faq());
}

/// Tells Bob that the entry quotes his message `text`. The id of what he is told.
async fn tell_bob(chat: &ModeratedChat, text: &str) -> String {
    let told = Event::MessageQuoted(Box::new(MessageQuoted {
        id: "t:told".into(),
        message: "t:bobs".into(),
        place: room(),
        author: "t:bob".into(),
        pack: "p".to_owned(),
        entry: "what-to-bring".to_owned(),
        question: "what to bring".to_owned(),
        text_digest: text_digest(text),
    }));
    chat.service.handle(&told, &chat.sender).await;
    assert!(chat.sender.take_calls().concat().contains("word for word"));
    "t:told/reply".to_owned()
}

/// What becomes of what Bob was `told` when he wants the entry removed.
async fn remove_as_bob(chat: &ModeratedChat, told: &str) -> String {
    let id = chat.next_id();
    let event = chat.world.control_use(&id, told, "t:bob", Control::RemoveQuoted);
    chat.service.handle(&event, &chat.sender).await;
    chat.sender.take_calls().concat()
}

#[tokio::test]
async fn forgotten_author_can_still_have_an_entry_removed() {
    let chat = ModeratedChat::new().await;
    make_entry(&chat, "Bring a towel.").await;
    let told = tell_bob(&chat, "Bring a towel.").await;
    chat.say_as("t:bob", "forget me").await;
    let removed = remove_as_bob(&chat, &told).await;
    assert!(removed.contains("is removed"), "{removed}");
    assert_eq!(chat.faq(), FAQ);
}

#[tokio::test]
async fn entry_that_quotes_another_message_by_now_is_not_removed() {
    let chat = ModeratedChat::new().await;
    make_entry(&chat, "Nothing at all.").await;
    let told = tell_bob(&chat, "Bring a towel.").await;
    let refused = remove_as_bob(&chat, &told).await;
    assert!(refused.contains(&Wording::english().notice(&Notice::NoLongerAvailable)), "{refused}");
    assert!(chat.faq().contains("Nothing at all."));
}

#[tokio::test]
async fn message_is_made_an_entry_with_a_question_and_only_where_that_is_on() {
    let chat = ModeratedChat::new().await;
    let without_question = make(&chat, "faq make", "Bring a towel.", None);
    chat.service.handle(&without_question, &chat.sender).await;
    let usage = chat.sender.take_calls().concat();
    assert!(usage.contains("faq make [QUESTION]"), "{usage}");
    let part = make(&chat, "faq make What to bring?\n> a towel", "Bring a towel.", None);
    chat.service.handle(&part, &chat.sender).await;
    let shown = chat.sender.take_calls().concat();
    assert!(shown.contains("what-to-bring would be added"), "{shown}");
    let misquote = make(&chat, "faq make What to bring?\n> two towels", "Bring a towel.", None);
    chat.service.handle(&misquote, &chat.sender).await;
    let refused = chat.sender.take_calls().concat();
    assert!(refused.contains("cannot be saved"), "{refused}");
    let settings = SpaceSettings { quotes_messages: false, ..SpaceSettings::default() };
    let off = ModeratedChat::with(settings).await;
    let event = make(&off, "faq make", "Bring a towel.", Some("what to bring"));
    off.service.handle(&event, &off.sender).await;
    assert!(off.sender.take_calls().concat().contains("MessagesNotQuoted"));
    assert_eq!(off.faq(), FAQ);
}
