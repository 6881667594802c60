//! What was asked is recorded, for reviews of edits.

use super::*;

/// The recorded texts, the latest first.
async fn texts(world: &TestWorld) -> Vec<String> {
    let asked = world.records.asked_texts(None, 99).await.unwrap();
    asked.into_iter().map(|asked| asked.text).collect()
}

#[tokio::test]
async fn questions_are_recorded_whatever_the_reply_and_other_messages_are_not() {
    let settings = SpaceSettings {
        listens_in: vec!["t:room".into()],
        cooldown_seconds: 0,
        ..SpaceSettings::default()
    };
    let world = TestWorld::with(settings).await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    let unasked = |message: Message| Message { addressing: Addressing::default(), ..message };
    let command = |message: Message| Message {
        addressing: Addressing { is_command: true, is_question: true, ..Addressing::default() },
        ..message
    };
    let about_another = |message: Message| Message {
        replied_to: Some(RepliedTo {
            id: "t:other".into(),
            is_from_bot: false,
            author: Some("t:bob".into()),
            text: Some(HEIGHT.to_owned()),
            title: None,
            origin: MessageOrigin::default(),
        }),
        ..message
    };
    let bicycle = "Where can I buy a bicycle?";
    let rows = [
        ("an answered one", world.question("t:1", ANN), vec![ANN]),
        ("an unanswered one", world.question("t:2", bicycle), vec![bicycle]),
        ("an unasked one", unasked(world.question("t:3", ANN)), vec![ANN]),
        ("a private one", command(world.question("t:4", ANN)), vec![ANN]),
        ("chat of others", unasked(world.question("t:5", "nice weather today")), vec![]),
        ("a command", world.question("t:6", "help"), vec![]),
        ("no question", world.question("t:7", "thanks!"), vec![]),
        ("words of another", about_another(world.question("t:8", "this")), vec![]),
    ];
    for (what, message, want) in rows {
        let id = message.id.clone();
        service.handle(&Event::MessageCreated(message), &platform).await;
        assert_eq!(texts(&world).await, want, "{what}");
        world.records.delete_message_data(id).await.unwrap();
    }
}

#[tokio::test]
async fn nothing_is_recorded_if_nothing_is_to_be_kept() {
    let world = TestWorld { keeps_questions: false, ..TestWorld::new().await };
    let (service, platform) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    let edit = Event::MessageEdited(world.question("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::Edited);
    assert_eq!(texts(&world).await, [""; 0]);
}

#[tokio::test]
async fn recorded_text_follows_edits_and_deletions_of_its_message() {
    let world = TestWorld::new().await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    service.handle(&Event::MessageEdited(world.question("t:1", HEIGHT)), &platform).await;
    assert_eq!(texts(&world).await, [HEIGHT]);
    let unaddressed =
        Message { addressing: Addressing::default(), ..world.question("t:1", HEIGHT) };
    service.handle(&Event::MessageEdited(unaddressed), &platform).await;
    assert_eq!(texts(&world).await, [""; 0], "it is no question any more");
    service.handle(&Event::MessageCreated(world.question("t:2", ANN)), &platform).await;
    let deleted = Event::MessageDeleted { id: "t:2".into(), place: room() };
    service.handle(&deleted, &platform).await;
    assert_eq!(texts(&world).await, [""; 0]);
}

#[tokio::test]
async fn question_stays_when_its_asker_picks_a_suggestion() {
    let world = TestWorld::new().await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:q", ANN)), &platform).await;
    let reply = world.records.reply_to("t:q".into()).await.unwrap().unwrap();
    let suggested = SentReply {
        kind: ReplyKind::Suggest,
        entries: vec!["ann".to_owned(), "height".to_owned()],
        ..reply
    };
    world.records.update_reply(suggested, None, AskedUpdate::Same).await.unwrap();
    let pick = world.control_use("t:u", "t:q/reply", "t:ada", Control::Pick(2));
    assert_eq!(service.handle(&pick, &platform).await, EventOutcome::Edited);
    assert_eq!(texts(&world).await, [ANN]);
}

#[tokio::test]
async fn question_whose_reply_is_rejected_is_recorded_all_the_same() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let ask = Event::MessageCreated(world.question("t:1", ANN));
    assert_eq!(world.start().handle(&ask, &platform).await, EventOutcome::Rejected);
    assert_eq!(texts(&world).await, [ANN]);
}
