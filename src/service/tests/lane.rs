use super::*;

/// A platform on which one place never ends.
struct Stuck(Scripted);

impl Sender for Stuck {
    async fn send(&self, outgoing: &Outgoing) -> Result<MessageId, SendError> {
        if outgoing.place.as_str() == "t:stuck" {
            std::future::pending::<()>().await;
        }
        self.0.send(outgoing).await
    }

    async fn amend(&self, sent: &MessageId, outgoing: &Outgoing) -> Result<(), SendError> {
        self.0.amend(sent, outgoing).await
    }

    async fn remove(
        &self,
        sent: &MessageId,
        place: &PlaceId,
        cause: &MessageId,
    ) -> Result<(), SendError> {
        self.0.remove(sent, place, cause).await
    }

    fn knows_again_for(&self) -> Option<Duration> {
        None
    }
}

#[tokio::test]
async fn a_lane_keeps_the_order_of_a_place_and_one_that_is_stuck_holds_up_no_other() {
    let world =
        World::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Stuck(Scripted::default()));
    let service = Arc::new(world.start());
    let n_told = Arc::new(AtomicUsize::new(0));
    let told = {
        let n_told = Arc::clone(&n_told);
        move |_, _| {
            n_told.fetch_add(1, Ordering::SeqCst);
        }
    };
    let lane = Lane::start(&service, &platform, &DeliverySettings::default(), told);
    let mut stuck = world.says("t:stuck-1", ANN);
    stuck.place.id = "t:stuck".into();
    lane.put(Event::Said(stuck)).await;
    for number in 0..20 {
        lane.put(Event::Said(world.says(&format!("t:{number}"), ANN))).await;
    }
    assert!(!lane.drain(Duration::from_millis(1500)).await, "one never ends");
    assert_eq!(n_told.load(Ordering::SeqCst), 20);
    let want: Vec<String> = (0..20).map(|number| format!("send t:{number}: Answer ann")).collect();
    assert_eq!(platform.0.told(), want);
}

#[tokio::test]
async fn a_lane_that_is_drained_has_done_what_it_took() {
    let world =
        World::with(SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() }).await;
    let platform = Arc::new(Scripted::default());
    let service = Arc::new(world.start());
    let lane = Lane::start(&service, &platform, &DeliverySettings::default(), |_, _| ());
    for number in 0..100 {
        let mut message = world.says(&format!("t:{number}"), ANN);
        message.place.id = format!("t:room {number}").into();
        lane.put(Event::Said(message)).await;
    }
    assert!(lane.drain(Duration::from_secs(60)).await);
    assert_eq!(platform.told().len(), 100);
}
