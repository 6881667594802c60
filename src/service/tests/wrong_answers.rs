//! Askers whose answer was not the right one.

use super::*;

async fn unanswered(world: &TestWorld) -> Vec<String> {
    let found = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    found.into_iter().map(|question| question.text).collect()
}

#[tokio::test]
async fn wrong_answer_goes_to_the_inbox_until_its_asker_takes_that_back() {
    let world = TestWorld::new().await;
    let (service, sender) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &sender).await;
    let press = async |id, by| {
        let event = world.control_use(id, "t:1/reply", by, Control::Unhelpful);
        service.handle(&event, &sender).await;
    };
    press("t:2", "t:bob").await;
    assert_eq!(unanswered(&world).await, [""; 0], "only the asker knows what was meant");
    press("t:3", "t:ada").await;
    assert_eq!(unanswered(&world).await, [ANN]);
    press("t:4", "t:ada").await;
    assert_eq!(unanswered(&world).await, [""; 0]);
    let calls = sender.take_calls().join("; ");
    assert!(
        calls.contains("t:3: FeedbackRecorded") && calls.contains("t:4: FeedbackWithdrawn"),
        "{calls}"
    );
    let reply = world.records.reply_to("t:1".into()).await.unwrap().unwrap();
    assert_eq!((reply.kind, &*reply.entries), (ReplyKind::Answer, &["ann".to_owned()][..]));
}

#[tokio::test]
async fn wrong_answer_leaves_the_inbox_when_its_asker_finds_it_helpful_after_all() {
    let world = TestWorld::new().await;
    let (service, sender) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &sender).await;
    for (id, control, want) in
        [("t:2", Control::Unhelpful, &[ANN][..]), ("t:3", Control::Helpful, &[])]
    {
        service.handle(&world.control_use(id, "t:1/reply", "t:ada", control), &sender).await;
        assert_eq!(unanswered(&world).await, want, "{control:?}");
    }
}

#[tokio::test]
async fn wrong_answer_is_followed_by_the_next_best_entries_for_its_asker() {
    let world = TestWorld::new().await;
    let other = "[[entry]]\nid = \"width\"\nquestion = \"How wide is the high tower?\"\n\
                 [[entry.quote]]\ntext = \"It is high.\"\n";
    let faq = format!("{FAQ}{}", other.replace("It is high.", "Ann said: “One two.”"));
    std::fs::write(world.folder.path().join("p/faq.toml"), faq).unwrap();
    world.knowledge_base.reload_packs().unwrap();
    let (service, sender) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", HEIGHT)), &sender).await;
    let wrong = world.control_use("t:2", "t:1/reply", "t:ada", Control::Unhelpful);
    service.handle(&wrong, &sender).await;
    assert_eq!(sender.take_calls(), ["send t:1: Answer height", "send t:2: Suggest width"]);
    let picked = world.control_use("t:3", "t:2/reply", "t:ada", Control::Pick(1));
    service.handle(&picked, &sender).await;
    assert_eq!(sender.take_calls(), ["edit t:2/reply: Answer width"]);
}
