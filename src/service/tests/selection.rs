//! Controls and numbers: who may use them, and what they select.

use super::*;

#[tokio::test]
async fn controls_work_once_and_only_for_permitted_users() {
    let world = TestWorld::with(SpaceSettings {
        moderators: vec!["t:mod".into()],
        ..SpaceSettings::default()
    })
    .await;
    let platform = ScriptedSender::default();
    world.record_suggestions().await;
    let service = world.start();
    let rows = [
        ("t:u1", "t:bob", Control::Pick(1), EventOutcome::Sent, "send t:u1: AskerOnly"),
        ("t:u2", "t:ada", Control::Pick(2), EventOutcome::Edited, "edit t:q/reply: Answer height"),
        ("t:u3", "t:bob", Control::Helpful, EventOutcome::Sent, "send t:u3: FeedbackRecorded"),
        ("t:u4", "t:bob", Control::Delete, EventOutcome::Sent, "send t:u4: AskerOnly"),
        ("t:u5", "t:mod", Control::Delete, EventOutcome::Deleted, "delete t:q/reply"),
        ("t:u6", "t:ada", Control::Delete, EventOutcome::Sent, "send t:u6: NoLongerAvailable"),
    ];
    for (id, by, control, want, call) in rows {
        let event = world.control_use(id, "t:q/reply", by, control);
        assert_eq!(service.handle(&event, &platform).await, want, "{by} {control:?}");
        assert_eq!(
            service.handle(&event, &platform).await,
            EventOutcome::Duplicate,
            "{by} {control:?}"
        );
        assert_eq!(platform.take_calls(), [call]);
    }
}

#[tokio::test]
async fn number_in_reply_to_suggestions_selects_one() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.record_suggestions().await;
    let mut message = world.question("t:1", "2");
    let replied_to = RepliedTo {
        id: "t:q/reply".into(),
        is_from_bot: true,
        author: None,
        text: None,
        title: None,
        origin: MessageOrigin::default(),
    };
    message.replied_to = Some(replied_to);
    assert_eq!(
        world.start().handle(&Event::MessageCreated(message), &platform).await,
        EventOutcome::Sent
    );
    assert_eq!(platform.take_calls(), ["send t:1: Answer height"]);
}

#[tokio::test]
async fn number_without_a_reply_selects_from_the_last_suggestions_to_the_same_user() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.record_suggestions().await;
    let number = |id: &str, by: &str| {
        let mut message = world.question(id, "2.");
        message.author.id = by.into();
        Event::MessageCreated(message)
    };
    let service = world.start();
    assert_eq!(service.handle(&number("t:1", "t:bob"), &platform).await, EventOutcome::Sent);
    assert_eq!(service.handle(&number("t:2", "t:ada"), &platform).await, EventOutcome::Sent);
    let calls = platform.take_calls();
    assert_ne!(calls[0], "send t:1: Answer height", "these were suggested to somebody else");
    assert_eq!(calls[1], "send t:2: Answer height");
}

#[tokio::test]
async fn answer_selected_in_private_stays_private_and_in_the_language_of_the_asker() {
    for (is_private, want) in [(true, "de"), (false, "en")] {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::default();
        world.record_suggestions_as(is_private).await;
        let Event::ControlUsed(used) =
            world.control_use("t:u1", "t:q/reply", "t:ada", Control::Pick(1))
        else {
            panic!("not a control use");
        };
        let event = Event::ControlUsed(ControlUse { locale: Some("de".to_owned()), ..used });
        assert_eq!(world.start().handle(&event, &platform).await, EventOutcome::Edited);
        assert_eq!(*platform.locales.lock().unwrap(), [want], "{is_private}");
        let reply = world.records.reply_by_message("t:q/reply".into()).await.unwrap().unwrap();
        assert_eq!((reply.kind, reply.is_private), (ReplyKind::Answer, is_private));
    }
}
