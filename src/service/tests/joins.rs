//! Joins: greetings, and what is left to set up.

use super::*;

#[tokio::test]
async fn setup_steps_are_sent_to_the_alert_channel_once_and_not_to_the_members() {
    let mut world = TestWorld::new().await;
    let joined = |world: &TestWorld| Event::Joined {
        place: room(),
        member_of: None,
        at: world.clock.now(),
        is_last_join: false,
    };
    let platform = ScriptedSender::default();
    world.start().handle(&joined(&world), &platform).await;
    let calls = platform.take_calls();
    assert!(matches!(calls.as_slice(), [it] if !it.contains("Moderators")), "{calls:?}");
    world = TestWorld::with(SpaceSettings {
        reports_to: Some("t:mods".into()),
        ..SpaceSettings::default()
    })
    .await;
    for want in [2, 0] {
        world.start().handle(&joined(&world), &platform).await;
        let calls = platform.take_calls();
        assert_eq!(calls.len(), want, "{calls:?}");
        if let [alert, greeting] = calls.as_slice() {
            assert!(alert.starts_with("send t:room:setup: SetupIncomplete"), "{alert}");
            assert!(alert.contains("[Moderators]"), "{alert}");
            assert!(greeting.starts_with("send t:room:joined: Greeting"), "{greeting}");
        }
    }
}

#[tokio::test]
async fn greeting_is_sent_once_per_join() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let joined = |member_of: Option<&str>, ago: u64| Event::Joined {
        place: room(),
        member_of: member_of.map(PlaceId::from),
        at: world.clock.now().minus(Duration::from_secs(ago)),
        is_last_join: false,
    };
    assert_eq!(world.start().handle(&joined(None, 0), &platform).await, EventOutcome::Sent);
    assert_eq!(world.start().handle(&joined(None, 0), &platform).await, EventOutcome::Duplicate);
    assert!(platform.take_calls()[0].starts_with("send t:room:joined: Greeting"));
    let rows = [
        ("t:guild", 60, EventOutcome::Sent),
        ("t:guild", 0, EventOutcome::Duplicate),
        ("t:old", 3601, EventOutcome::TooOld),
        ("t:old", 0, EventOutcome::Duplicate),
    ];
    for (member_of, ago, want) in rows {
        let outcome = world.start().handle(&joined(Some(member_of), ago), &platform).await;
        assert_eq!(outcome, want, "{member_of}, {ago} s ago");
    }
}

#[tokio::test]
async fn another_join_is_greeted_and_excludes_what_was_said_before() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let joined = |seconds: i64, is_last_join| Event::Joined {
        place: room(),
        member_of: None,
        at: Timestamp::from_millis(START + seconds * 1000),
        is_last_join,
    };
    world.wait(1800);
    // A platform clock that is ahead makes no other join.
    let rows = [
        (0, true, EventOutcome::Sent),
        (200, true, EventOutcome::Duplicate),
        (1200, false, EventOutcome::Duplicate),
        (1200, true, EventOutcome::Sent),
        (1200, true, EventOutcome::Duplicate),
        (0, true, EventOutcome::Duplicate),
    ];
    for (seconds, is_last_join, want) in rows {
        let outcome = world.start().handle(&joined(seconds, is_last_join), &platform).await;
        assert_eq!(outcome, want, "{seconds} {is_last_join}");
    }
    for (id, seconds, want) in
        [("t:1", 1199, EventOutcome::TooOld), ("t:2", 1201, EventOutcome::Sent)]
    {
        let mut message = world.question(id, ANN);
        message.sent_at = Timestamp::from_millis(START + seconds * 1000);
        let event = Event::MessageCreated(message);
        assert_eq!(world.start().handle(&event, &platform).await, want, "{id}");
    }
}
