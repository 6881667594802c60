use super::*;

/// A platform on which sends to one place never return, to another always have to wait, and to a third
/// panic.
struct Stuck(ScriptedSender);

impl Sender for Stuck {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        match outgoing.place.as_str() {
            "t:stuck" => std::future::pending::<()>().await,
            "t:waiting" => {
                let retry_after = Some(Duration::from_secs(200));
                return Err(SendError::Transient { retry_after });
            }
            "t:panicking" if outgoing.cause.as_str() == "t:panic" => panic!("a bug"),
            _ => {}
        }
        self.0.send(outgoing).await
    }

    async fn edit(&self, message: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.0.edit(message, outgoing).await
    }

    async fn delete(
        &self,
        message: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        self.0.delete(message, place, cause).await
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

/// The calls that `platform` got, once there are `n`.
async fn calls_once_there_are(n: usize, platform: &Stuck) -> Vec<String> {
    wait_until(|| platform.0.calls.lock().unwrap().len() >= n).await;
    platform.0.take_calls()
}

#[tokio::test]
async fn events_of_a_place_stay_in_order_and_a_stuck_place_blocks_no_other() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let n_handled = Arc::new(AtomicUsize::new(0));
    let on_handled = {
        let n_handled = Arc::clone(&n_handled);
        move |_, _| {
            n_handled.fetch_add(1, Ordering::SeqCst);
        }
    };
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), on_handled);
    let mut stuck = world.question("t:stuck-1", ANN);
    stuck.place.id = "t:stuck".into();
    dispatcher.try_dispatch(Event::MessageCreated(stuck));
    for number in 0..20 {
        dispatcher.try_dispatch(Event::MessageCreated(world.question(&format!("t:{number}"), ANN)));
    }
    let want: Vec<String> = (0..20).map(|number| format!("send t:{number}: Answer ann")).collect();
    assert_eq!(calls_once_there_are(20, &platform).await, want);
    assert!(!dispatcher.drain(Duration::from_secs(1)).await, "one send never returns");
    assert_eq!(n_handled.load(Ordering::SeqCst), 20);
}

#[tokio::test]
async fn drained_dispatcher_has_handled_all_accepted_events() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    for number in 0..100 {
        let mut message = world.question(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {number}").into();
        dispatcher.try_dispatch(Event::MessageCreated(message));
    }
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.take_calls().len(), 100);
}

#[tokio::test]
async fn full_queue_rejects_events_and_blocks_no_other_place() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let settings = DeliverySettings { queue_length: 5, ..DeliverySettings::default() };
    let dispatcher = Dispatcher::start(&service, &platform, &settings, |_, _| ());
    let dispatch = |id: String, place: &str| {
        let mut message = world.question(&id, ANN);
        message.place.id = place.into();
        dispatcher.try_dispatch(Event::MessageCreated(message))
    };
    let n_rejected =
        (0..20).filter_map(|number| dispatch(format!("t:stuck-{number}"), "t:stuck")).count();
    assert!((14..=15).contains(&n_rejected), "{n_rejected} are returned, and none waits");
    assert_eq!(dispatch("t:1".to_owned(), "t:room"), None);
    assert_eq!(calls_once_there_are(1, &platform).await, ["send t:1: Answer ann"]);
    assert!(!dispatcher.drain(Duration::ZERO).await, "one send never returns");
    assert!(dispatch("t:2".to_owned(), "t:room").is_some(), "a drained dispatcher accepts nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn events_accepted_while_draining_are_handled() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let settings = DeliverySettings { queue_length: 10_000, ..DeliverySettings::default() };
    let dispatcher = Arc::new(Dispatcher::start(&service, &platform, &settings, |_, _| ()));
    let events = (0..500).map(|number| {
        let mut message = world.question(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {}", number % 7).into();
        Event::MessageCreated(message)
    });
    let events: Vec<Event> = events.collect();
    let dispatching = {
        let dispatcher = Arc::clone(&dispatcher);
        std::thread::spawn(move || {
            events.into_iter().filter(|it| dispatcher.try_dispatch(it.clone()).is_none()).count()
        })
    };
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.take_calls().len(), dispatching.join().unwrap());
}

#[tokio::test]
async fn irrelevant_events_are_not_queued() {
    let world = TestWorld::new().await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let n_handled = Arc::new(AtomicUsize::new(0));
    let on_handled = {
        let n_handled = Arc::clone(&n_handled);
        move |outcome: EventOutcome, _: Duration| {
            assert_eq!(outcome, EventOutcome::Irrelevant);
            n_handled.fetch_add(1, Ordering::SeqCst);
        }
    };
    let settings = DeliverySettings { queue_length: 2, ..DeliverySettings::default() };
    let dispatcher = Dispatcher::start(&service, &platform, &settings, on_handled);
    let at_stuck = |id: &str, addressing: Addressing| {
        let mut message = Message { addressing, ..world.question(id, ANN) };
        message.place.id = "t:stuck".into();
        Event::MessageCreated(message)
    };
    let mention = Addressing { mentions_bot: true, ..Addressing::default() };
    assert_eq!(dispatcher.try_dispatch(at_stuck("t:1", mention)), None);
    for number in 0..100 {
        let chatter = at_stuck(&format!("t:talk {number}"), Addressing::default());
        assert_eq!(dispatcher.try_dispatch(chatter), None, "{number}");
    }
    assert_eq!(dispatcher.try_dispatch(at_stuck("t:2", mention)), None, "the queue is not full");
    assert_eq!(n_handled.load(Ordering::SeqCst), 100);
}

/// A question with this id at this place.
fn question_at(world: &TestWorld, id: &str, place: &str) -> Event {
    let mut message = world.question(id, ANN);
    message.place.id = place.into();
    Event::MessageCreated(message)
}

/// A world without rate limits, its platform, and a dispatcher that makes at most `n_calls` calls at the
/// same time.
async fn stuck_platform(n_calls: u32) -> (TestWorld, Arc<Stuck>, Dispatcher) {
    let settings = SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let settings = DeliverySettings { n_workers: n_calls, ..DeliverySettings::default() };
    let dispatcher = Dispatcher::start(&service, &platform, &settings, |_, _| ());
    (world, platform, dispatcher)
}

#[tokio::test]
async fn slow_places_delay_no_other_whatever_their_number() {
    let (world, platform, dispatcher) = stuck_platform(1).await;
    for number in 0..160 {
        let waiting = question_at(&world, &format!("t:waiting {number}"), "t:waiting");
        assert_eq!(dispatcher.try_dispatch(waiting), None);
        let place = format!("t:room {number}");
        assert_eq!(
            dispatcher.try_dispatch(question_at(&world, &format!("t:{number}"), &place)),
            None
        );
    }
    // With fewer queues than places, some would share that of the place that waits.
    calls_once_there_are(160, &platform).await;
    assert!(!dispatcher.drain(Duration::ZERO).await, "one place waits for 200 s");
}

#[tokio::test]
async fn calls_at_the_same_time_are_limited() {
    for (n_calls, want) in [(1, &[][..]), (2, &["send t:1: Answer ann"])] {
        let (world, platform, dispatcher) = stuck_platform(n_calls).await;
        dispatcher.try_dispatch(question_at(&world, "t:stuck", "t:stuck"));
        tokio::time::sleep(Duration::from_millis(300)).await;
        dispatcher.try_dispatch(question_at(&world, "t:1", "t:room"));
        assert!(!dispatcher.drain(Duration::from_secs(1)).await, "one call does not return");
        assert_eq!(platform.0.take_calls(), want, "{n_calls}");
    }
}

#[tokio::test]
async fn panic_fails_its_event_alone_and_is_not_repeated() {
    let (world, ..) = stuck_platform(1).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let outcomes: Arc<Mutex<Vec<EventOutcome>>> = Arc::default();
    let on_handled = {
        let outcomes = Arc::clone(&outcomes);
        move |outcome, _| outcomes.lock().unwrap().push(outcome)
    };
    let settings = DeliverySettings::default();
    let dispatcher = Dispatcher::start(&service, &platform, &settings, on_handled);
    for id in ["t:panic", "t:1", "t:panic", "t:2"] {
        assert_eq!(dispatcher.try_dispatch(question_at(&world, id, "t:panicking")), None);
    }
    assert!(dispatcher.drain(Duration::from_secs(10)).await);
    let want =
        [EventOutcome::Panicked, EventOutcome::Sent, EventOutcome::Duplicate, EventOutcome::Sent];
    assert_eq!(*outcomes.lock().unwrap(), want);
    assert_eq!(platform.0.take_calls(), ["send t:1: Answer ann", "send t:2: Answer ann"]);
}

#[tokio::test]
async fn waiting_events_are_limited_in_all() {
    let (world, ..) = stuck_platform(1).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let settings =
        DeliverySettings { n_workers: 2, queue_length: 5, ..DeliverySettings::default() };
    let dispatcher = Dispatcher::start(&service, &platform, &settings, |_, _| ());
    // Nothing is taken from the queues before this task waits.
    let rejected = (0..30).filter_map(|number| {
        let place = format!("t:room {number}");
        dispatcher.try_dispatch(question_at(&world, &format!("t:{number}"), &place))
    });
    assert_eq!(rejected.count(), 20);
    assert!(dispatcher.drain(Duration::from_secs(10)).await);
    assert_eq!(platform.0.take_calls().len(), 10);
}

#[tokio::test]
async fn message_that_is_deleted_while_it_waits_is_not_handled() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let dispatcher =
        Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    // Nothing is handled before the first await.
    let questions: Vec<Message> =
        (0..4).map(|number| world.question(&format!("t:{number}"), ANN)).collect();
    let mut elsewhere = world.question("t:9", ANN);
    elsewhere.place.id = "t:elsewhere".into();
    let place = questions[1].place.clone();
    for question in questions.into_iter().chain([elsewhere]) {
        dispatcher.try_dispatch(Event::MessageCreated(question));
    }
    for id in ["t:1", "t:3"] {
        dispatcher.try_dispatch(Event::MessageDeleted { id: id.into(), place: place.clone() });
    }
    assert!(dispatcher.drain(Duration::from_secs(60)).await);
    let mut calls = platform.take_calls();
    calls.sort();
    assert_eq!(calls, ["send t:0: Answer ann", "send t:2: Answer ann", "send t:9: Answer ann"]);
}
