use super::*;

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_comes() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let event = Event::MessageCreated(world.says("t:1", ANN));
    let service = world.start();
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::Sent);
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::Duplicate);
    assert_eq!(
        world.start().handle(&event, &platform).await,
        EventOutcome::Duplicate,
        "after a restart"
    );
    assert_eq!(platform.told(), ["send t:1: Answer ann"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_platform_makes_of_a_send_decides_what_follows() {
    use SendError::{Ambiguous, AmbiguousFinal, Permanent, Transient};
    const PASSING: SendError = Transient { retry_after: None };
    const WAIT_PLEASE: SendError = Transient { retry_after: Some(Duration::from_secs(90)) };
    const WINDOW: Option<Duration> = Some(Duration::from_secs(300));
    type Row = (&'static [SendError], Option<Duration>, EventOutcome, EventOutcome, usize);
    const TOO_LONG: SendError = Transient { retry_after: Some(Duration::from_secs(3600)) };
    let rows: [Row; 13] = [
        (&[PASSING, PASSING], None, EventOutcome::Sent, EventOutcome::Duplicate, 3),
        (&[WAIT_PLEASE], None, EventOutcome::Sent, EventOutcome::Duplicate, 2),
        (&[PASSING; 11], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 12),
        (&[TOO_LONG], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 2),
        (&[WAIT_PLEASE; 4], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 5),
        (&[Ambiguous, TOO_LONG], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
        (&[Permanent], None, EventOutcome::Rejected, EventOutcome::Duplicate, 1),
        (&[Ambiguous], None, EventOutcome::Ambiguous, EventOutcome::Duplicate, 1),
        (&[PASSING, Ambiguous], None, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
        (&[Ambiguous], WINDOW, EventOutcome::Sent, EventOutcome::Duplicate, 2),
        (&[Ambiguous, Permanent], WINDOW, EventOutcome::Rejected, EventOutcome::Duplicate, 2),
        (&[AmbiguousFinal], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 1),
        (&[Ambiguous, AmbiguousFinal], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
    ];
    for (failures, window, first, second, n_attempts) in rows {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::failing(failures.iter().copied(), window);
        let event = Event::MessageCreated(world.says("t:1", ANN));
        let service = world.start();
        assert_eq!(service.handle(&event, &platform).await, first, "{failures:?}");
        assert_eq!(service.handle(&event, &platform).await, second, "{failures:?}, again");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{failures:?}");
        assert!(platform.told().len() <= 1, "{failures:?}");
    }
}

#[tokio::test]
async fn what_the_dead_left_is_answered_unless_it_may_have_been() {
    let rows = [
        (false, None, EventOutcome::Sent),
        (true, None, EventOutcome::Ambiguous),
        (true, Some(30), EventOutcome::Ambiguous),
        (true, Some(300), EventOutcome::Sent),
    ];
    for (was_sending, window, want) in rows {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::failing([], window.map(Duration::from_secs));
        let event = Event::MessageCreated(world.says("t:1", ANN));
        let dead = world.start();
        let claim = dead.claim(&"t:1".into());
        world.records.claim(claim.clone()).await.unwrap();
        if was_sending {
            assert!(world.records.begin_send(claim).await.unwrap());
        }
        let service = world.start();
        assert_eq!(
            service.handle(&event, &platform).await,
            EventOutcome::HeldElsewhere,
            "may be alive"
        );
        world.wait(61);
        assert_eq!(service.handle(&event, &platform).await, want, "{was_sending} {window:?}");
        assert_eq!(service.handle(&event, &platform).await, EventOutcome::Duplicate);
    }
}

#[tokio::test]
async fn what_is_from_before_us_or_too_long_ago_is_not_answered() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.wait(7200);
    let now = world.clock.now();
    let service = world.start();
    let joined = Event::Joined {
        place: Place { id: "t:guild".into(), parents: Vec::new(), is_direct: false },
        member_of: None,
        at: now.minus(Duration::from_secs(600)),
    };
    service.handle(&joined, &platform).await;
    platform.told();
    let rows: [(&str, u64, &[&str], EventOutcome); 5] = [
        ("t:1", 3601, &[], EventOutcome::TooOld),
        ("t:2", 3599, &[], EventOutcome::Sent),
        ("t:3", 601, &["t:guild"], EventOutcome::TooOld),
        ("t:4", 599, &["t:guild"], EventOutcome::Sent),
        ("t:5", 601, &["t:other"], EventOutcome::Sent),
    ];
    for (id, age, within, want) in rows {
        let mut message = world.says(id, ANN);
        message.sent_at = now.minus(Duration::from_secs(age));
        message.place.parents = within.iter().map(|id| PlaceId::from(*id)).collect();
        let fate = service.handle(&Event::MessageCreated(message), &platform).await;
        assert_eq!(fate, want, "{age} s ago within {within:?}");
    }
    let mut early = world.says("t:6", ANN);
    early.sent_at = Timestamp::from_millis(START - 1);
    world.clock.0.store(START, Ordering::SeqCst);
    let fate = service.handle(&Event::MessageCreated(early), &platform).await;
    assert_eq!(fate, EventOutcome::TooOld, "before the first start");
}

#[tokio::test]
async fn without_records_nothing_is_said() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    world.records.close().await;
    let event = Event::MessageCreated(world.says("t:1", ANN));
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::StorageFailed);
    assert!(platform.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_may_have_arrived_is_not_sent_again_when_the_platform_would_not_know_it() {
    // Seconds from the start of the dead one's send to ours (none: there was no such one), seconds
    // that each attempt takes, and attempts until 300 s are over.
    for (since, takes, n_attempts) in [(None, 200, 2), (Some(70), 100, 3), (Some(250), 100, 1)] {
        let world = TestWorld::new().await;
        let clock = Arc::clone(&world.clock);
        let meanwhile = move || {
            clock.0.fetch_add(takes * 1000, Ordering::SeqCst);
        };
        let failures = Mutex::new(VecDeque::from([SendError::Ambiguous; 20]));
        let platform = ScriptedSender {
            failures,
            meanwhile: Some(Box::new(meanwhile)),
            window: Some(Duration::from_secs(300)),
            ..ScriptedSender::default()
        };
        let event = Event::MessageCreated(world.says("t:1", ANN));
        if let Some(since) = since {
            let claim = world.start().claim(&"t:1".into());
            world.records.claim(claim.clone()).await.unwrap();
            world.records.begin_send(claim).await.unwrap();
            world.wait(since);
        }
        let fate = world.start().handle(&event, &platform).await;
        assert_eq!(fate, EventOutcome::Ambiguous, "{since:?}");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{since:?}");
    }
}

#[tokio::test]
async fn who_ends_while_waiting_leaves_a_free_message_unless_it_may_have_arrived() {
    const LATER: SendError = SendError::Transient { retry_after: Some(Duration::from_secs(240)) };
    for (failures, may_be_sent) in [(vec![LATER], false), (vec![SendError::Ambiguous, LATER], true)]
    {
        let world = TestWorld::new().await;
        let n_attempts = failures.len();
        let platform = ScriptedSender::failing(failures, Some(Duration::from_secs(300)));
        let event = Event::MessageCreated(world.says("t:1", ANN));
        let service = world.start();
        let waits = async {
            while platform.n_attempts.load(Ordering::SeqCst) < n_attempts {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // What is written down after the last attempt.
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        tokio::select! {
            fate = service.handle(&event, &platform) => panic!("it does not wait: {fate:?}"),
            () = waits => {}
        }
        world.wait(61);
        let claimed = world.records.claim(world.start().claim(&"t:1".into())).await.unwrap();
        assert_eq!(matches!(claimed, ClaimStatus::PossiblySent { .. }), may_be_sent, "{claimed:?}");
    }
}

#[tokio::test]
async fn a_question_whose_reply_is_refused_still_waits_for_moderators() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let event = Event::MessageCreated(world.says("t:1", "Where can I buy a bicycle?"));
    assert_eq!(world.start().handle(&event, &platform).await, EventOutcome::Rejected);
    let inbox = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(inbox.len(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_taken_away_now_can_be_later() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    service.handle(&Event::MessageCreated(world.says("t:1", ANN)), &platform).await;
    platform.failures.lock().unwrap().push_back(SendError::Permanent);
    let deleted = Event::MessageDeleted { id: "t:1".into(), place: room() };
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Rejected);
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Deleted);
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Irrelevant);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_never_says_what_came_of_a_change_is_not_waited_for_without_end() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.says("t:1", ANN)), &ScriptedSender::default())
        .await;
    let edit = Event::MessageEdited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &Silent).await, EventOutcome::Ambiguous);
}

#[tokio::test]
async fn a_change_of_which_nothing_will_ever_be_known_is_not_tried_again() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.says("t:1", ANN)), &ScriptedSender::default())
        .await;
    let platform = ScriptedSender::failing([SendError::AmbiguousFinal], None);
    let edit = Event::MessageEdited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::Ambiguous);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_does_not_wait_for_an_hour_either() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.says("t:1", ANN)), &ScriptedSender::default())
        .await;
    let hour = SendError::Transient { retry_after: Some(Duration::from_secs(3600)) };
    let platform = ScriptedSender::failing([hour], None);
    let edit = Event::MessageEdited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::RetriesExhausted);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

/// A platform that never says anything.
struct Silent;

impl Sender for Silent {
    async fn send(&self, _: &Outgoing) -> Result<MessageId, SendError> {
        std::future::pending().await
    }

    async fn edit(&self, _: &MessageId, _: &Outgoing) -> Result<(), SendError> {
        std::future::pending().await
    }

    async fn delete(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        std::future::pending().await
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}
