use super::*;

/// A platform on which one place never ends.
struct Stuck(ScriptedSender);

impl Sender for Stuck {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        if outgoing.place.as_str() == "t:stuck" {
            std::future::pending::<()>().await;
        }
        self.0.send(outgoing).await
    }

    async fn edit(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.0.edit(sent, outgoing).await
    }

    async fn delete(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        self.0.delete(sent, place, cause).await
    }

    fn dedup_window(&self) -> Option<Duration> {
        None
    }
}

#[tokio::test]
async fn a_lane_keeps_the_order_of_a_place_and_one_that_is_stuck_holds_up_no_other() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let n_told = Arc::new(AtomicUsize::new(0));
    let told = {
        let n_told = Arc::clone(&n_told);
        move |_, _| {
            n_told.fetch_add(1, Ordering::SeqCst);
        }
    };
    let lane = Dispatcher::start(&service, &platform, &DeliverySettings::default(), told);
    let mut stuck = world.says("t:stuck-1", ANN);
    stuck.place.id = "t:stuck".into();
    lane.try_dispatch(Event::MessageCreated(stuck));
    for number in 0..20 {
        lane.try_dispatch(Event::MessageCreated(world.says(&format!("t:{number}"), ANN)));
    }
    assert!(!lane.drain(Duration::from_millis(1500)).await, "one never ends");
    assert_eq!(n_told.load(Ordering::SeqCst), 20);
    let want: Vec<String> = (0..20).map(|number| format!("send t:{number}: Answer ann")).collect();
    assert_eq!(platform.0.told(), want);
}

#[tokio::test]
async fn a_lane_that_is_drained_has_done_what_it_took() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let lane = Dispatcher::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    for number in 0..100 {
        let mut message = world.says(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {number}").into();
        lane.try_dispatch(Event::MessageCreated(message));
    }
    assert!(lane.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.told().len(), 100);
}

#[tokio::test]
async fn one_place_that_has_no_room_left_holds_up_no_other() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let settings = DeliverySettings { queue_length: 5, ..DeliverySettings::default() };
    let lane = Dispatcher::start(&service, &platform, &settings, |_, _| ());
    let put = |id: String, place: &str| {
        let mut message = world.says(&id, ANN);
        message.place.id = place.into();
        lane.try_dispatch(Event::MessageCreated(message))
    };
    let refused = (0..20).filter_map(|number| put(format!("t:stuck-{number}"), "t:stuck")).count();
    assert!((14..=15).contains(&refused), "{refused} come back, and nobody waits");
    assert_eq!(put("t:1".to_owned(), "t:room"), None);
    assert!(!lane.drain(Duration::from_secs(1)).await, "one never ends");
    assert_eq!(platform.0.told(), ["send t:1: Answer ann"]);
    assert!(put("t:2".to_owned(), "t:room").is_some(), "nothing is taken any more");
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_a_lane_has_taken_before_it_closes_is_done() {
    let world =
        TestWorld::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(ScriptedSender::default());
    let service = Arc::new(world.start());
    let settings = DeliverySettings { queue_length: 10_000, ..DeliverySettings::default() };
    let lane = Arc::new(Dispatcher::start(&service, &platform, &settings, |_, _| ()));
    let events = (0..500).map(|number| {
        let mut message = world.says(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {}", number % 7).into();
        Event::MessageCreated(message)
    });
    let events: Vec<Event> = events.collect();
    let putting = {
        let lane = Arc::clone(&lane);
        std::thread::spawn(move || {
            events.into_iter().filter(|it| lane.try_dispatch(it.clone()).is_none()).count()
        })
    };
    tokio::time::sleep(Duration::from_millis(1)).await;
    assert!(lane.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.told().len(), putting.join().unwrap());
}

#[tokio::test]
async fn what_is_not_for_us_takes_no_room() {
    let world = TestWorld::new().await;
    let platform = Arc::new(Stuck(ScriptedSender::default()));
    let service = Arc::new(world.start());
    let n_told = Arc::new(AtomicUsize::new(0));
    let told = {
        let n_told = Arc::clone(&n_told);
        move |fate: EventOutcome, _: Duration| {
            assert_eq!(fate, EventOutcome::Irrelevant);
            n_told.fetch_add(1, Ordering::SeqCst);
        }
    };
    let settings = DeliverySettings { queue_length: 2, ..DeliverySettings::default() };
    let lane = Dispatcher::start(&service, &platform, &settings, told);
    let at_stuck = |id: &str, address: Addressing| {
        let mut message = Message { addressing: address, ..world.says(id, ANN) };
        message.place.id = "t:stuck".into();
        Event::MessageCreated(message)
    };
    let mention = Addressing { mentions_bot: true, ..Addressing::default() };
    assert_eq!(lane.try_dispatch(at_stuck("t:1", mention)), None);
    for number in 0..100 {
        let talk = at_stuck(&format!("t:talk {number}"), Addressing::default());
        assert_eq!(lane.try_dispatch(talk), None, "{number}");
    }
    assert_eq!(lane.try_dispatch(at_stuck("t:2", mention)), None, "there is room");
    assert_eq!(n_told.load(Ordering::SeqCst), 100);
}
