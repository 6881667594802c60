use super::*;

#[tokio::test]
async fn duplicate_messages_are_answered_once() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let event = Event::MessageCreated(world.question("t:1", ANN));
    let service = world.start();
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::Sent);
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::Duplicate);
    assert_eq!(
        world.start().handle(&event, &platform).await,
        EventOutcome::Duplicate,
        "after a restart"
    );
    assert_eq!(platform.take_calls(), ["send t:1: Answer ann"]);
}

#[tokio::test(start_paused = true)]
async fn send_errors_decide_on_retries() {
    use SendError::{Ambiguous, AmbiguousFinal, Permanent, Transient};
    const TRANSIENT: SendError = Transient { retry_after: None };
    const RETRY_LATER: SendError = Transient { retry_after: Some(Duration::from_secs(90)) };
    const WINDOW: Option<Duration> = Some(Duration::from_secs(300));
    type Row = (&'static [SendError], Option<Duration>, EventOutcome, EventOutcome, usize);
    const RETRY_TOO_LATE: SendError = Transient { retry_after: Some(Duration::from_secs(3600)) };
    const RETRY_SOON: SendError = Transient { retry_after: Some(Duration::from_secs(5)) };
    let rows: [Row; 15] = [
        (&[TRANSIENT, TRANSIENT], None, EventOutcome::Sent, EventOutcome::Duplicate, 3),
        (&[RETRY_LATER], None, EventOutcome::Sent, EventOutcome::Duplicate, 2),
        (&[TRANSIENT; 11], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 12),
        (&[RETRY_TOO_LATE], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 2),
        (&[RETRY_LATER; 4], None, EventOutcome::Sent, EventOutcome::Duplicate, 5),
        (&[RETRY_LATER; 11], None, EventOutcome::RetriesExhausted, EventOutcome::Sent, 12),
        (&[RETRY_SOON; 150], None, EventOutcome::Sent, EventOutcome::Duplicate, 151),
        (&[Ambiguous, RETRY_TOO_LATE], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
        (&[Permanent], None, EventOutcome::Rejected, EventOutcome::Duplicate, 1),
        (&[Ambiguous], None, EventOutcome::Ambiguous, EventOutcome::Duplicate, 1),
        (&[TRANSIENT, Ambiguous], None, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
        (&[Ambiguous], WINDOW, EventOutcome::Sent, EventOutcome::Duplicate, 2),
        (&[Ambiguous, Permanent], WINDOW, EventOutcome::Rejected, EventOutcome::Duplicate, 2),
        (&[AmbiguousFinal], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 1),
        (&[Ambiguous, AmbiguousFinal], WINDOW, EventOutcome::Ambiguous, EventOutcome::Duplicate, 2),
    ];
    for (failures, window, first, second, n_attempts) in rows {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::failing(failures.iter().copied(), window);
        let event = Event::MessageCreated(world.question("t:1", ANN));
        let service = world.start();
        assert_eq!(service.handle(&event, &platform).await, first, "{failures:?}");
        assert_eq!(service.handle(&event, &platform).await, second, "{failures:?}, again");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{failures:?}");
        assert!(platform.take_calls().len() <= 1, "{failures:?}");
    }
}

#[tokio::test]
async fn expired_claims_are_retried_unless_the_reply_may_have_been_sent() {
    let rows = [
        (false, None, EventOutcome::Sent),
        (true, None, EventOutcome::Ambiguous),
        (true, Some(30), EventOutcome::Ambiguous),
        (true, Some(300), EventOutcome::Sent),
    ];
    for (was_sending, window, want) in rows {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::failing([], window.map(Duration::from_secs));
        let event = Event::MessageCreated(world.question("t:1", ANN));
        let dead_process = world.start();
        let claim = dead_process.claim(&"t:1".into());
        world.records.claim(claim.clone()).await.unwrap();
        if was_sending {
            assert!(world.records.begin_send(claim).await.unwrap());
        }
        let service = world.start();
        assert_eq!(
            service.handle(&event, &platform).await,
            EventOutcome::HeldElsewhere,
            "the lease is valid"
        );
        world.wait(61);
        assert_eq!(service.handle(&event, &platform).await, want, "{was_sending} {window:?}");
        assert_eq!(service.handle(&event, &platform).await, EventOutcome::Duplicate);
    }
}

#[tokio::test]
async fn messages_from_before_the_join_or_the_catch_up_are_not_answered() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.wait(7200);
    let now = world.clock.now();
    let service = world.start();
    let joined = Event::Joined {
        place: Place { id: "t:guild".into(), parents: Vec::new(), is_direct: false },
        member_of: None,
        at: now.minus(Duration::from_secs(600)),
        is_last_join: false,
    };
    service.handle(&joined, &platform).await;
    platform.take_calls();
    let rows: [(&str, u64, &[&str], EventOutcome); 5] = [
        ("t:1", 3601, &[], EventOutcome::TooOld),
        ("t:2", 3599, &[], EventOutcome::Sent),
        ("t:3", 601, &["t:guild"], EventOutcome::TooOld),
        ("t:4", 599, &["t:guild"], EventOutcome::Sent),
        ("t:5", 601, &["t:other"], EventOutcome::Sent),
    ];
    for (id, age, parents, want) in rows {
        let mut message = world.question(id, ANN);
        message.sent_at = now.minus(Duration::from_secs(age));
        message.place.parents = parents.iter().map(|id| PlaceId::from(*id)).collect();
        let outcome = service.handle(&Event::MessageCreated(message), &platform).await;
        assert_eq!(outcome, want, "{age} s ago in {parents:?}");
    }
    let mut early = world.question("t:6", ANN);
    early.sent_at = Timestamp::from_millis(START - 1);
    world.clock.0.store(START, Ordering::SeqCst);
    let outcome = service.handle(&Event::MessageCreated(early), &platform).await;
    assert_eq!(outcome, EventOutcome::TooOld, "before the first start");
}

#[tokio::test]
async fn messages_are_not_answered_without_records() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    world.records.close().await;
    let event = Event::MessageCreated(world.question("t:1", ANN));
    assert_eq!(service.handle(&event, &platform).await, EventOutcome::StorageFailed);
    assert!(platform.take_calls().is_empty());
}

#[tokio::test(start_paused = true)]
async fn ambiguous_sends_are_not_retried_after_the_dedup_window() {
    // Seconds since a dead process began to send (`None`: none did), seconds that each attempt takes,
    // and the number of attempts within the window of 300 s.
    for (since, takes, n_attempts) in [(None, 200, 2), (Some(70), 100, 3), (Some(250), 100, 1)] {
        let world = TestWorld::new().await;
        let clock = Arc::clone(&world.clock);
        let on_attempt = move || {
            clock.0.fetch_add(takes * 1000, Ordering::SeqCst);
        };
        let failures = Mutex::new(VecDeque::from([SendError::Ambiguous; 20]));
        let platform = ScriptedSender {
            failures,
            on_attempt: Some(Box::new(on_attempt)),
            dedup_window: Some(Duration::from_secs(300)),
            ..ScriptedSender::default()
        };
        let event = Event::MessageCreated(world.question("t:1", ANN));
        if let Some(since) = since {
            let claim = world.start().claim(&"t:1".into());
            world.records.claim(claim.clone()).await.unwrap();
            world.records.begin_send(claim).await.unwrap();
            world.wait(since);
        }
        let outcome = world.start().handle(&event, &platform).await;
        assert_eq!(outcome, EventOutcome::Ambiguous, "{since:?}");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{since:?}");
    }
}

#[tokio::test]
async fn process_end_during_a_wait_releases_the_claim_unless_the_reply_may_have_been_sent() {
    const LATER: SendError = SendError::Transient { retry_after: Some(Duration::from_secs(240)) };
    let rows = [(vec![LATER], false), (vec![SendError::Ambiguous, LATER], true)];
    for (failures, is_possibly_sent) in rows {
        let world = TestWorld::new().await;
        let n_attempts = failures.len();
        let platform = ScriptedSender::failing(failures, Some(Duration::from_secs(300)));
        let event = Event::MessageCreated(world.question("t:1", ANN));
        let service = world.start();
        let waits = async {
            while platform.n_attempts.load(Ordering::SeqCst) < n_attempts {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
            // Time for the write after the last attempt.
            tokio::time::sleep(Duration::from_millis(300)).await;
        };
        tokio::select! {
            outcome = service.handle(&event, &platform) => panic!("the service does not wait: {outcome:?}"),
            () = waits => {}
        }
        world.wait(61);
        let status = world.records.claim(world.start().claim(&"t:1".into())).await.unwrap();
        assert_eq!(
            matches!(status, ClaimStatus::PossiblySent { .. }),
            is_possibly_sent,
            "{status:?}"
        );
    }
}

#[tokio::test]
async fn rejected_reply_still_records_the_unanswered_question() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let event = Event::MessageCreated(world.question("t:1", "Where can I buy a bicycle?"));
    assert_eq!(world.start().handle(&event, &platform).await, EventOutcome::Rejected);
    let inbox = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(inbox.len(), 1);
}

#[tokio::test]
async fn failed_deletion_can_be_repeated() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    platform.failures.lock().unwrap().push_back(SendError::Permanent);
    let deleted = Event::MessageDeleted { id: "t:1".into(), place: room() };
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Rejected);
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Deleted);
    assert_eq!(service.handle(&deleted, &platform).await, EventOutcome::Irrelevant);
}

#[tokio::test(start_paused = true)]
async fn edits_without_a_response_time_out() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.question("t:1", ANN)), &ScriptedSender::default())
        .await;
    let edit = Event::MessageEdited(world.question("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &Unresponsive).await, EventOutcome::Ambiguous);
}

#[tokio::test]
async fn finally_ambiguous_edits_are_not_retried() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.question("t:1", ANN)), &ScriptedSender::default())
        .await;
    let platform = ScriptedSender::failing([SendError::AmbiguousFinal], None);
    let edit = Event::MessageEdited(world.question("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::Ambiguous);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn edits_do_not_wait_an_hour() {
    let world = TestWorld::new().await;
    let service = world.start();
    service
        .handle(&Event::MessageCreated(world.question("t:1", ANN)), &ScriptedSender::default())
        .await;
    let hour = SendError::Transient { retry_after: Some(Duration::from_secs(3600)) };
    let platform = ScriptedSender::failing([hour], None);
    let edit = Event::MessageEdited(world.question("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::RetriesExhausted);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

/// A platform whose calls never return.
struct Unresponsive;

impl Sender for Unresponsive {
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
