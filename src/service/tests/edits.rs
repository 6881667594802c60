//! Edits and deletions of questions.

use super::*;

#[tokio::test]
async fn answer_follows_edits_and_deletion_of_its_question_after_a_restart() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let question = world.question("t:1", ANN);
    world.start().handle(&Event::MessageCreated(question.clone()), &platform).await;
    let edited = Message { text: HEIGHT.to_owned(), ..question.clone() };
    let edit = Event::MessageEdited(edited.clone());
    assert_eq!(world.start().handle(&edit, &platform).await, EventOutcome::Edited);
    let unaddressed = Message { addressing: Addressing::default(), ..edited };
    assert_eq!(
        world.start().handle(&Event::MessageEdited(unaddressed), &platform).await,
        EventOutcome::Deleted
    );
    assert_eq!(
        platform.take_calls(),
        ["send t:1: Answer ann", "edit t:1/reply: Answer height", "delete t:1/reply"]
    );
    let again = Message { id: "t:2".into(), ..question.clone() };
    world.start().handle(&Event::MessageCreated(again), &platform).await;
    let deleted = Event::MessageDeleted { id: "t:2".into(), place: room() };
    assert_eq!(world.start().handle(&deleted, &platform).await, EventOutcome::Deleted);
    assert_eq!(world.start().handle(&deleted, &platform).await, EventOutcome::Irrelevant);
    assert_eq!(platform.take_calls(), ["send t:2: Answer ann", "delete t:2/reply"]);
}

#[tokio::test]
async fn message_edited_into_a_question_is_answered() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let remark = Message { addressing: Addressing::default(), ..world.question("t:1", ANN) };
    assert_eq!(
        service.handle(&Event::MessageCreated(remark), &platform).await,
        EventOutcome::Irrelevant
    );
    let edit = Event::MessageEdited(world.question("t:1", ANN));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::Sent);
}

fn edit(world: &TestWorld, id: &str, text: &str) -> Event {
    let edit_id = Some(id.into());
    Event::MessageEdited(Message { edit_id, ..world.question("t:1", text) })
}

/// An edit of `t:1` that leaves no question in it.
fn withdrawal(world: &TestWorld, id: &str) -> Event {
    let Event::MessageEdited(message) = edit(world, id, "no") else { unreachable!() };
    Event::MessageEdited(Message { addressing: Addressing::default(), ..message })
}

#[tokio::test]
async fn edit_that_made_a_message_a_question_is_applied_once() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    for outcome in [EventOutcome::Sent, EventOutcome::Duplicate] {
        let service = world.start();
        assert_eq!(service.handle(&edit(&world, "t:2", ANN), &platform).await, outcome);
    }
    assert_eq!(platform.take_calls(), ["send t:1: Answer ann"]);
}

#[tokio::test]
async fn question_is_answered_again_after_a_crash_while_its_answer_was_deleted() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.start().handle(&edit(&world, "t:2", ANN), &platform).await;
    let crashing = ScriptedSender { on_attempt: Some(Box::new(|| panic!())), ..Default::default() };
    let (service, withdrawn) = (world.start(), withdrawal(&world, "t:3"));
    let crash = tokio::spawn(async move { service.handle(&withdrawn, &crashing).await }).await;
    assert!(crash.unwrap_err().is_panic());
    // Nobody knows whether the platform has deleted it: an edit of it might be seen by nobody.
    assert_eq!(
        world.start().handle(&edit(&world, "t:4", HEIGHT), &platform).await,
        EventOutcome::Sent
    );
    assert_eq!(
        world.start().handle(&edit(&world, "t:4", HEIGHT), &platform).await,
        EventOutcome::Duplicate
    );
    let calls = platform.take_calls();
    assert_eq!(calls, ["send t:1: Answer ann", "delete t:1/reply", "send t:4: Answer height"]);
}

#[tokio::test]
async fn answer_is_edited_after_a_rejected_deletion_and_sent_anew_after_an_ambiguous_one() {
    for (error, outcome, calls) in [
        (SendError::Permanent, EventOutcome::Rejected, &["edit t:1/reply: Answer height"][..]),
        (
            SendError::AmbiguousFinal,
            EventOutcome::Ambiguous,
            &["delete t:1/reply", "send t:4: Answer height"],
        ),
    ] {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::default();
        world.start().handle(&edit(&world, "t:2", ANN), &platform).await;
        let failing = ScriptedSender::failing([error], None);
        let withdrawn = world.start().handle(&withdrawal(&world, "t:3"), &failing).await;
        assert_eq!(withdrawn, outcome);
        world.start().handle(&edit(&world, "t:4", HEIGHT), &platform).await;
        assert_eq!(platform.take_calls(), [&["send t:1: Answer ann"], calls].concat());
    }
}

#[tokio::test]
async fn edit_with_an_id_is_applied_once() {
    let world = TestWorld::new().await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    let edit = |id: &str, text: &str| edit(&world, id, text);
    for (id, text, outcome) in [
        ("t:2", HEIGHT, EventOutcome::Edited),
        ("t:3", ANN, EventOutcome::Edited),
        ("t:2", HEIGHT, EventOutcome::Duplicate),
    ] {
        assert_eq!(service.handle(&edit(id, text), &platform).await, outcome, "{id}");
    }
    let transient = SendError::Transient { retry_after: Some(Duration::from_secs(3600)) };
    let unreachable = ScriptedSender::failing([transient], None);
    assert_eq!(
        service.handle(&edit("t:4", HEIGHT), &unreachable).await,
        EventOutcome::RetriesExhausted
    );
    let later = world.start();
    assert_eq!(later.handle(&edit("t:4", HEIGHT), &platform).await, EventOutcome::Edited);
}

#[tokio::test]
async fn last_of_the_edits_that_wait_for_the_first_send_is_applied() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender { is_down: true.into(), ..ScriptedSender::default() });
    let service = Arc::new(world.start());
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    dispatcher.try_dispatch(Event::MessageCreated(world.question("t:1", ANN)));
    wait_until(|| platform.n_attempts.load(Ordering::SeqCst) > 0).await;
    // The send failed, and is retried.
    for (edit, text) in [("t:2", HEIGHT), ("t:3", ANN), ("t:4", HEIGHT)] {
        let edit_id = Some(edit.into());
        let edited = Message { edit_id, ..world.question("t:1", text) };
        assert_eq!(dispatcher.try_dispatch(Event::MessageEdited(edited)), None);
    }
    platform.is_down.store(false, Ordering::SeqCst);
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
    let calls = platform.take_calls();
    assert_eq!(calls, ["send t:1: Answer ann", "edit t:1/reply: Answer height"]);
    // The edits before the last are not applied when they are read again.
    for edit in ["t:2", "t:3", "t:4"] {
        let status = world.records.claim(service.claim(&edit.into())).await.unwrap();
        assert_eq!(status, ClaimStatus::Done, "{edit}");
    }
}

#[tokio::test]
async fn edit_over_the_rate_limit_is_applied_once_it_is_allowed() {
    let world = TestWorld::with(SpaceSettings {
        questions_per_asker: 2,
        cooldown_seconds: 1,
        ..SpaceSettings::default()
    })
    .await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let outcomes = Arc::new(Mutex::new(Vec::new()));
    let on_handled = {
        let outcomes = Arc::clone(&outcomes);
        move |outcome, _| outcomes.lock().unwrap().push(outcome)
    };
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), on_handled);
    let n_of = |wanted: EventOutcome| {
        outcomes.lock().unwrap().iter().filter(|outcome| **outcome == wanted).count()
    };
    let postponed = EventOutcome::Postponed(Duration::from_secs(1));
    let edit = |text: &str| {
        dispatcher.try_dispatch(Event::MessageEdited(world.question("t:1", text)));
    };
    dispatcher.try_dispatch(Event::MessageCreated(world.question("t:1", ANN)));
    edit(HEIGHT);
    wait_until(|| n_of(EventOutcome::Edited) == 1).await;
    for n_postponed in 1..=2 {
        // Its clock stands still, so that the limit lasts.
        edit("What did Ann say? And how high is the tower?");
        wait_until(|| n_of(postponed) >= n_postponed).await;
    }
    assert!(n_of(EventOutcome::Superseded) >= 1);
    edit(ANN);
    world.wait(2);
    wait_until(|| n_of(EventOutcome::Edited) == 2).await;
    let calls = platform.take_calls();
    let want =
        ["send t:1: Answer ann", "edit t:1/reply: Answer height", "edit t:1/reply: Answer ann"];
    assert_eq!(calls, want);
    // A withdrawn question needs no room within the limit.
    edit(HEIGHT);
    let withdrawn = Message { addressing: Addressing::default(), ..world.question("t:1", "no") };
    dispatcher.try_dispatch(Event::MessageEdited(withdrawn));
    wait_until(|| n_of(EventOutcome::Deleted) == 1).await;
    // Postponed edits do not delay a shutdown.
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
}
