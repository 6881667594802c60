//! Askers who want to be told when there is an answer.

use tokio::sync::mpsc;

use super::*;
use crate::service::moderation::{ModerationEvent, PackEditing};

/// Ada's question that has no answer yet.
const RAIN: &str = "is it raining over there";

/// Adds an entry that answers it.
fn answer_it(world: &TestWorld) {
    let entry = "[[entry]]\nid = \"rain\"\nquestion = \"Is it raining over there?\"\n\
                 [[entry.quote]]\ntext = \"It is high.\"\n";
    std::fs::write(world.folder.path().join("p/faq.toml"), format!("{FAQ}{entry}")).unwrap();
    world.knowledge_base.reload_packs().unwrap();
}

/// What is sent for the answers that are found now.
async fn found(service: &Service<SqliteRecords>, sender: &ScriptedSender) -> Vec<String> {
    for event in service.answer_events().await.unwrap() {
        service.handle(&event, sender).await;
    }
    // Ids of found answers have the time.
    let calls = sender.take_calls().into_iter();
    calls.map(|call| call.replace(&format!(":{}", START), "")).collect()
}

#[tokio::test]
async fn asker_who_wants_to_be_told_gets_the_answer_once_and_nobody_else_is_told() {
    let world = TestWorld::new().await;
    let (service, sender) = (world.start(), ScriptedSender::default());
    for id in ["t:1", "t:2"] {
        service.handle(&Event::MessageCreated(world.question(id, RAIN)), &sender).await;
    }
    sender.take_calls();
    let other = world.control_use("t:3", "t:1/reply", "t:bob", Control::Notify);
    service.handle(&other, &sender).await;
    assert_eq!(sender.take_calls(), ["send t:3: AskerOnly"]);
    let asked = world.control_use("t:4", "t:1/reply", "t:ada", Control::Notify);
    service.handle(&asked, &sender).await;
    assert_eq!(sender.take_calls(), ["send t:4: WillNotify"]);
    assert_eq!(found(&service, &sender).await, [""; 0], "there is no answer yet");
    answer_it(&world);
    let service = world.start();
    assert_eq!(
        found(&service, &sender).await,
        ["edit t:1/reply: Answer rain", "send t:1:found: AnswerFound"]
    );
    assert_eq!(found(&service, &sender).await, [""; 0], "once");
    let waiting = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(waiting.len(), 1, "what is answered leaves the inbox: {waiting:?}");
    let again = world.control_use("t:5", "t:1/reply", "t:ada", Control::Notify);
    service.handle(&again, &sender).await;
    assert_eq!(sender.take_calls(), ["send t:5: NoLongerAvailable"]);
}

#[tokio::test]
async fn answer_is_a_reply_of_its_own_where_the_first_reply_cannot_be_edited() {
    let world = TestWorld::new().await;
    let sender = ScriptedSender::default();
    let service = world.start();
    service.handle(&Event::MessageCreated(world.question("t:1", RAIN)), &sender).await;
    let asked = world.control_use("t:2", "t:1/reply", "t:ada", Control::Notify);
    service.handle(&asked, &sender).await;
    sender.take_calls();
    answer_it(&world);
    sender.failures.lock().unwrap().push_back(SendError::Permanent);
    assert_eq!(found(&service, &sender).await, ["send t:1:found: Answer rain"]);
}

#[tokio::test]
async fn paused_bot_tells_nobody_until_it_is_resumed() {
    let moderators = vec!["t:ada".into()];
    let world = TestWorld::with(SpaceSettings { moderators, ..SpaceSettings::default() }).await;
    let (events, mut sent_events) = mpsc::unbounded_channel();
    let data = world.folder.path().join("data");
    let service =
        world.start().with_pack_editing(PackEditing { data, changes_settings: true, events });
    let sender = ScriptedSender::default();
    let say = async |id, text| {
        service.handle(&Event::MessageCreated(world.question(id, text)), &sender).await;
    };
    say("t:1", RAIN).await;
    let asked = world.control_use("t:2", "t:1/reply", "t:ada", Control::Notify);
    service.handle(&asked, &sender).await;
    say("t:3", "pause").await;
    sender.take_calls();
    answer_it(&world);
    assert_eq!(found(&service, &sender).await, [""; 0]);
    assert!(sent_events.try_recv().is_err(), "no event while it is paused");
    say("t:4", "resume").await;
    assert!(matches!(sent_events.try_recv(), Ok(ModerationEvent::Resumed)));
    sender.take_calls();
    assert_eq!(found(&service, &sender).await.len(), 2);
}

#[tokio::test]
async fn askers_delete_what_is_recorded_of_them_and_of_nobody_else() {
    let world = TestWorld::new().await;
    let (service, sender) = (world.start(), ScriptedSender::default());
    let by = |author: &str, id: &str, text: &str| {
        let message = world.question(id, text);
        Event::MessageCreated(Message { author: user(author), ..message })
    };
    for (author, id) in [("t:ada", "t:1"), ("t:bob", "t:2")] {
        service.handle(&by(author, id, RAIN), &sender).await;
    }
    sender.take_calls();
    service.handle(&by("t:ada", "t:3", "forget me"), &sender).await;
    assert_eq!(sender.take_calls(), ["send t:3: AskerForgotten"]);
    let space = DEFAULT_SPACE.to_owned();
    let unanswered = world.records.unanswered_questions(space, 9).await.unwrap();
    let askers: Vec<_> = unanswered.iter().map(|it| it.asker.clone()).collect();
    assert_eq!(askers, [world.key.hash(&"t:bob".into())]);
    assert_eq!(world.records.question_text("t:1".into()).await.unwrap(), None);
    assert_eq!(world.records.reply_to("t:1".into()).await.unwrap(), None);
    // An edit of an old message cannot do it.
    let edited = Message { edit_id: Some("t:4".into()), ..world.question("t:3", "Forget me!") };
    service.handle(&Event::MessageEdited(edited), &sender).await;
    assert_eq!(sender.take_calls(), [""; 0]);
}

#[tokio::test]
async fn deleted_or_erased_question_is_not_waited_for() {
    for is_erased in [false, true] {
        let world = TestWorld::new().await;
        let (service, sender) = (world.start(), ScriptedSender::default());
        service.handle(&Event::MessageCreated(world.question("t:1", RAIN)), &sender).await;
        let asked = world.control_use("t:2", "t:1/reply", "t:ada", Control::Notify);
        service.handle(&asked, &sender).await;
        if is_erased {
            world.records.erase_asker(world.key.hash(&"t:ada".into())).await.unwrap();
        } else {
            let deleted = Event::MessageDeleted { id: "t:1".into(), place: room() };
            service.handle(&deleted, &sender).await;
        }
        sender.take_calls();
        answer_it(&world);
        assert_eq!(found(&service, &sender).await, [""; 0], "{is_erased}");
    }
}
