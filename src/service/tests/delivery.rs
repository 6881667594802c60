use super::*;

#[tokio::test]
async fn a_message_is_answered_once_however_often_it_comes() {
    let world = World::new().await;
    let platform = Scripted::default();
    let event = Event::Said(world.says("t:1", ANN));
    let service = world.start();
    assert_eq!(service.handle(&event, &platform).await, Fate::Sent);
    assert_eq!(service.handle(&event, &platform).await, Fate::Repeated);
    assert_eq!(world.start().handle(&event, &platform).await, Fate::Repeated, "after a restart");
    assert_eq!(platform.told(), ["send t:1: Answer ann"]);
}

#[tokio::test(start_paused = true)]
async fn what_a_platform_makes_of_a_send_decides_what_follows() {
    use SendError::{Passing, Refused, Unknown, UnknownForGood};
    const PASSING: SendError = Passing { retry_after: None };
    const WAIT_PLEASE: SendError = Passing { retry_after: Some(Duration::from_secs(90)) };
    const WINDOW: Option<Duration> = Some(Duration::from_secs(300));
    type Row = (&'static [SendError], Option<Duration>, Fate, Fate, usize);
    const TOO_LONG: SendError = Passing { retry_after: Some(Duration::from_secs(3600)) };
    let rows: [Row; 13] = [
        (&[PASSING, PASSING], None, Fate::Sent, Fate::Repeated, 3),
        (&[WAIT_PLEASE], None, Fate::Sent, Fate::Repeated, 2),
        (&[PASSING; 11], None, Fate::GivenUp, Fate::Sent, 12),
        (&[TOO_LONG], None, Fate::GivenUp, Fate::Sent, 2),
        (&[WAIT_PLEASE; 4], None, Fate::GivenUp, Fate::Sent, 5),
        (&[Unknown, TOO_LONG], WINDOW, Fate::Uncertain, Fate::Repeated, 2),
        (&[Refused], None, Fate::Refused, Fate::Repeated, 1),
        (&[Unknown], None, Fate::Uncertain, Fate::Repeated, 1),
        (&[PASSING, Unknown], None, Fate::Uncertain, Fate::Repeated, 2),
        (&[Unknown], WINDOW, Fate::Sent, Fate::Repeated, 2),
        (&[Unknown, Refused], WINDOW, Fate::Refused, Fate::Repeated, 2),
        (&[UnknownForGood], WINDOW, Fate::Uncertain, Fate::Repeated, 1),
        (&[Unknown, UnknownForGood], WINDOW, Fate::Uncertain, Fate::Repeated, 2),
    ];
    for (failures, window, first, second, n_attempts) in rows {
        let world = World::new().await;
        let platform = Scripted::failing(failures.iter().copied(), window);
        let event = Event::Said(world.says("t:1", ANN));
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
        (false, None, Fate::Sent),
        (true, None, Fate::Uncertain),
        (true, Some(30), Fate::Uncertain),
        (true, Some(300), Fate::Sent),
    ];
    for (was_sending, window, want) in rows {
        let world = World::new().await;
        let platform = Scripted::failing([], window.map(Duration::from_secs));
        let event = Event::Said(world.says("t:1", ANN));
        let dead = world.start();
        let claim = dead.claim(&"t:1".into());
        world.records.claim(claim.clone()).await.unwrap();
        if was_sending {
            assert!(world.records.begin_send(claim).await.unwrap());
        }
        let service = world.start();
        assert_eq!(service.handle(&event, &platform).await, Fate::Held, "may be alive");
        world.wait(61);
        assert_eq!(service.handle(&event, &platform).await, want, "{was_sending} {window:?}");
        assert_eq!(service.handle(&event, &platform).await, Fate::Repeated);
    }
}

#[tokio::test]
async fn what_is_from_before_us_or_too_long_ago_is_not_answered() {
    let world = World::new().await;
    let platform = Scripted::default();
    world.wait(7200);
    let now = world.clock.now();
    let service = world.start();
    let joined = Event::Joined {
        place: Place { id: "t:guild".into(), within: Vec::new(), is_direct: false },
        whole: None,
        at: now.minus(Duration::from_secs(600)),
    };
    service.handle(&joined, &platform).await;
    platform.told();
    let rows: [(&str, u64, &[&str], Fate); 5] = [
        ("t:1", 3601, &[], Fate::TooOld),
        ("t:2", 3599, &[], Fate::Sent),
        ("t:3", 601, &["t:guild"], Fate::TooOld),
        ("t:4", 599, &["t:guild"], Fate::Sent),
        ("t:5", 601, &["t:other"], Fate::Sent),
    ];
    for (id, age, within, want) in rows {
        let mut message = world.says(id, ANN);
        message.sent_at = now.minus(Duration::from_secs(age));
        message.place.within = within.iter().map(|id| PlaceId::from(*id)).collect();
        let fate = service.handle(&Event::Said(message), &platform).await;
        assert_eq!(fate, want, "{age} s ago within {within:?}");
    }
    let mut early = world.says("t:6", ANN);
    early.sent_at = Timestamp::from_millis(START - 1);
    world.clock.0.store(START, Ordering::SeqCst);
    let fate = service.handle(&Event::Said(early), &platform).await;
    assert_eq!(fate, Fate::TooOld, "before the first start");
}

#[tokio::test]
async fn without_records_nothing_is_said() {
    let world = World::new().await;
    let platform = Scripted::default();
    let service = world.start();
    world.records.close().await;
    let event = Event::Said(world.says("t:1", ANN));
    assert_eq!(service.handle(&event, &platform).await, Fate::NotRecorded);
    assert!(platform.told().is_empty());
}

#[tokio::test(start_paused = true)]
async fn what_may_have_arrived_is_not_sent_again_when_the_platform_would_not_know_it() {
    // Seconds from the start of the dead one's send to ours (none: there was no such one), seconds
    // that each attempt takes, and attempts until 300 s are over.
    for (since, takes, n_attempts) in [(None, 200, 2), (Some(70), 100, 3), (Some(250), 100, 1)] {
        let world = World::new().await;
        let clock = Arc::clone(&world.clock);
        let meanwhile = move || {
            clock.0.fetch_add(takes * 1000, Ordering::SeqCst);
        };
        let failures = Mutex::new(VecDeque::from([SendError::Unknown; 20]));
        let platform = Scripted {
            failures,
            meanwhile: Some(Box::new(meanwhile)),
            window: Some(Duration::from_secs(300)),
            ..Scripted::default()
        };
        let event = Event::Said(world.says("t:1", ANN));
        if let Some(since) = since {
            let claim = world.start().claim(&"t:1".into());
            world.records.claim(claim.clone()).await.unwrap();
            world.records.begin_send(claim).await.unwrap();
            world.wait(since);
        }
        let fate = world.start().handle(&event, &platform).await;
        assert_eq!(fate, Fate::Uncertain, "{since:?}");
        assert_eq!(platform.n_attempts.load(Ordering::SeqCst), n_attempts, "{since:?}");
    }
}

#[tokio::test]
async fn who_ends_while_waiting_leaves_a_free_message_unless_it_may_have_arrived() {
    const LATER: SendError = SendError::Passing { retry_after: Some(Duration::from_secs(240)) };
    for (failures, may_be_sent) in [(vec![LATER], false), (vec![SendError::Unknown, LATER], true)] {
        let world = World::new().await;
        let n_attempts = failures.len();
        let platform = Scripted::failing(failures, Some(Duration::from_secs(300)));
        let event = Event::Said(world.says("t:1", ANN));
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
        assert_eq!(matches!(claimed, Claimed::MayBeSent { .. }), may_be_sent, "{claimed:?}");
    }
}

#[tokio::test]
async fn a_question_whose_reply_is_refused_still_waits_for_moderators() {
    let world = World::new().await;
    let platform = Scripted::failing([SendError::Refused], None);
    let event = Event::Said(world.says("t:1", "Where can I buy a bicycle?"));
    assert_eq!(world.start().handle(&event, &platform).await, Fate::Refused);
    let inbox = world.records.unanswered(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(inbox.len(), 1);
}

#[tokio::test]
async fn an_answer_that_cannot_be_taken_away_now_can_be_later() {
    let world = World::new().await;
    let platform = Scripted::default();
    let service = world.start();
    service.handle(&Event::Said(world.says("t:1", ANN)), &platform).await;
    platform.failures.lock().unwrap().push_back(SendError::Refused);
    let deleted = Event::Deleted { id: "t:1".into(), place: room() };
    assert_eq!(service.handle(&deleted, &platform).await, Fate::Refused);
    assert_eq!(service.handle(&deleted, &platform).await, Fate::Removed);
    assert_eq!(service.handle(&deleted, &platform).await, Fate::NotForUs);
}

#[tokio::test(start_paused = true)]
async fn a_platform_that_never_says_what_came_of_a_change_is_not_waited_for_without_end() {
    let world = World::new().await;
    let service = world.start();
    service.handle(&Event::Said(world.says("t:1", ANN)), &Scripted::default()).await;
    let edit = Event::Edited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &Silent).await, Fate::Uncertain);
}

#[tokio::test]
async fn a_change_of_which_nothing_will_ever_be_known_is_not_tried_again() {
    let world = World::new().await;
    let service = world.start();
    service.handle(&Event::Said(world.says("t:1", ANN)), &Scripted::default()).await;
    let platform = Scripted::failing([SendError::UnknownForGood], None);
    let edit = Event::Edited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, Fate::Uncertain);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

#[tokio::test(start_paused = true)]
async fn a_change_does_not_wait_for_an_hour_either() {
    let world = World::new().await;
    let service = world.start();
    service.handle(&Event::Said(world.says("t:1", ANN)), &Scripted::default()).await;
    let hour = SendError::Passing { retry_after: Some(Duration::from_secs(3600)) };
    let platform = Scripted::failing([hour], None);
    let edit = Event::Edited(world.says("t:1", HEIGHT));
    assert_eq!(service.handle(&edit, &platform).await, Fate::GivenUp);
    assert_eq!(platform.n_attempts.load(Ordering::SeqCst), 1);
}

/// A platform that never says anything.
struct Silent;

impl Sender for Silent {
    async fn send(&self, _: &Outgoing) -> Result<MessageId, SendError> {
        std::future::pending().await
    }

    async fn amend(&self, _: &MessageId, _: &Outgoing) -> Result<(), SendError> {
        std::future::pending().await
    }

    async fn remove(&self, _: &MessageId, _: &PlaceId, _: &MessageId) -> Result<(), SendError> {
        std::future::pending().await
    }

    fn knows_again_for(&self) -> Option<Duration> {
        None
    }
}
