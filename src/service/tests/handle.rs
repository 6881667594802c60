use super::*;

#[tokio::test]
async fn question_calls_the_records_three_times_from_its_receipt_to_its_recorded_answer() {
    let world = TestWorld::new().await;
    let (service, sender) = (world.start(), ScriptedSender::default());
    let ask = |id: &str, text: &str| Event::MessageCreated(world.question(id, text));
    let rows = [
        ("the first question at a place", ask("t:1", ANN), EventOutcome::Sent, 3),
        ("another", ask("t:2", HEIGHT), EventOutcome::Sent, 3),
        ("one without an answer", ask("t:3", "Is it raining?"), EventOutcome::Sent, 3),
        ("one that was handled before", ask("t:1", ANN), EventOutcome::Duplicate, 1),
        (
            "a control",
            world.control_use("t:4", "t:1/reply", "t:ada", Control::Share),
            EventOutcome::Sent,
            3,
        ),
    ];
    for (what, event, want, n_trips) in rows {
        let n_before = world.records.n_trips();
        assert_eq!(service.handle(&event, &sender).await, want, "{what}");
        assert_eq!(world.records.n_trips() - n_before, n_trips, "{what}");
    }
    let reply = world.records.reply_to("t:1".into()).await.unwrap();
    assert_eq!(reply.unwrap().entries, ["ann"], "it is recorded");
}

#[tokio::test]
async fn pause_applies_at_once_and_after_a_restart() {
    let world = TestWorld::with(SpaceSettings {
        moderators: vec!["t:ada".into()],
        ..SpaceSettings::default()
    })
    .await;
    let platform = ScriptedSender::default();
    let send = async |service: &Service<SqliteRecords>, id, text| {
        service.handle(&Event::MessageCreated(world.question(id, text)), &platform).await
    };
    let service = world.start();
    assert_eq!(send(&service, "t:1", "pause").await, EventOutcome::Sent);
    assert_eq!(send(&service, "t:2", ANN).await, EventOutcome::NoReply);
    let service = world.start();
    assert_eq!(send(&service, "t:3", ANN).await, EventOutcome::NoReply);
    assert_eq!(send(&service, "t:4", "resume").await, EventOutcome::Sent);
    assert_eq!(send(&service, "t:5", ANN).await, EventOutcome::Sent);
    assert_eq!(
        platform.take_calls(),
        [
            "send t:1: PauseChanged(Pause { is_paused: true, scope: Place })",
            "send t:4: PauseChanged(Pause { is_paused: false, scope: Place })",
            "send t:5: Answer ann"
        ]
    );
}

#[tokio::test]
async fn unanswered_messages_in_listening_channels_are_not_recorded() {
    let settings = SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let service = world.start();
    for (id, text, want, status) in [
        ("t:1", "nice weather today", EventOutcome::NoReply, ClaimStatus::New),
        ("t:2", ANN, EventOutcome::Sent, ClaimStatus::Done),
    ] {
        let message = Message { addressing: Addressing::default(), ..world.question(id, text) };
        assert_eq!(
            service.handle(&Event::MessageCreated(message), &platform).await,
            want,
            "{text}"
        );
        let claim = service.claim(&id.into());
        assert_eq!(world.records.claim(claim).await.unwrap(), status, "{text}");
    }
}

#[tokio::test]
async fn unanswered_questions_are_recorded_for_moderators() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let text = "Where can I buy a bicycle?";
    assert_eq!(
        service.handle(&Event::MessageCreated(world.question("t:1", text)), &platform).await,
        EventOutcome::Sent
    );
    let inbox = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap();
    assert_eq!(inbox.iter().map(|it| it.text.as_str()).collect::<Vec<_>>(), [text]);
    assert!(!inbox[0].asker.as_str().contains("ada"));
    let deleted = Event::MessageDeleted { id: "t:1".into(), place: room() };
    service.handle(&deleted, &platform).await;
    assert_eq!(world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 9).await.unwrap(), []);
}

#[tokio::test]
async fn failed_private_reply_is_reported_to_the_asker() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let command = Message {
        addressing: Addressing { is_command: true, ..Addressing::default() },
        ..world.question("t:1", ANN)
    };
    assert_eq!(
        world.start().handle(&Event::MessageCreated(command), &platform).await,
        EventOutcome::Rejected
    );
    let reference = error_reference(&"t:1".into());
    assert_eq!(
        platform.take_calls(),
        [format!("send t:1: InternalError {{ reference: {reference:?} }}")]
    );
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let mention = Event::MessageCreated(world.question("t:2", ANN));
    assert_eq!(world.start().handle(&mention, &platform).await, EventOutcome::Rejected);
    assert!(platform.take_calls().is_empty(), "nobody waits for a reply to a message");
}

#[tokio::test]
async fn commands_that_are_not_answered_get_a_notice() {
    let command = |message| Message {
        addressing: Addressing { is_command: true, ..Addressing::default() },
        ..message
    };
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let old = Message {
        sent_at: world.clock.now().minus(Duration::from_secs(7200)),
        ..command(world.question("t:1", ANN))
    };
    assert_eq!(
        service.handle(&Event::MessageCreated(old.clone()), &platform).await,
        EventOutcome::TooOld
    );
    assert_eq!(platform.take_calls(), ["send t:1: TooLate"]);
    let mention = Message { addressing: Addressing::default(), ..old };
    service.handle(&Event::MessageCreated(mention), &platform).await;
    assert!(platform.take_calls().is_empty(), "nobody waits for a reply to a message");

    let other = world.start().claim(&"t:2".into());
    world.records.claim(other).await.unwrap();
    let held = Event::MessageCreated(command(world.question("t:2", ANN)));
    assert_eq!(service.handle(&held, &platform).await, EventOutcome::HeldElsewhere);
    assert_eq!(platform.take_calls(), ["send t:2: TooLate"]);

    let mut settings =
        SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    settings.speaks_when.clear();
    let world = TestWorld::with(settings).await;
    let disabled = Event::MessageCreated(command(world.question("t:3", ANN)));
    assert!(world.start().is_relevant(&disabled));
    assert_eq!(world.start().handle(&disabled, &platform).await, EventOutcome::Sent);
    assert_eq!(platform.take_calls(), ["send t:3: CommandsDisabled"]);
}

#[tokio::test]
async fn missing_permissions_are_reported_to_moderators_once() {
    let settings = SpaceSettings { reports_to: Some("t:mods".into()), ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let denied = |id: &str, missing: &str| Event::MissingPermissions {
        place: Place { id: id.into(), ..room() },
        missing: vec![missing.to_owned()],
        is_timed_out: false,
    };
    let rows = [
        ("t:room", "Send Messages", EventOutcome::Sent),
        ("t:room", "Send Messages", EventOutcome::Duplicate),
        ("t:room", "Embed Links", EventOutcome::Sent),
        ("t:mods", "Embed Links", EventOutcome::NoReply),
        ("u:room", "Embed Links", EventOutcome::NoReply),
    ];
    for (id, missing, want) in rows {
        assert_eq!(service.handle(&denied(id, missing), &platform).await, want, "{id} {missing}");
    }
    assert_eq!(platform.take_calls().len(), 2);
}

#[tokio::test]
async fn permissions_that_are_missing_again_are_reported_again() {
    let settings = SpaceSettings {
        reports_to: Some("t:mods".into()),
        cooldown_seconds: 0,
        ..SpaceSettings::default()
    };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let (first, after_restart) = (world.start(), world.start());
    let mut n_questions = 0;
    let mut next_question = || {
        n_questions += 1;
        Event::MessageCreated(world.question(&format!("t:{n_questions}"), ANN))
    };
    let denied = Event::MissingPermissions {
        place: room(),
        missing: vec!["Embed Links".to_owned()],
        is_timed_out: false,
    };
    let (sent, duplicate) = (EventOutcome::Sent, EventOutcome::Duplicate);
    assert_eq!(first.handle(&denied, &platform).await, sent);
    // They are still missing: a reply can be sent without them.
    assert_eq!(first.handle(&next_question(), &platform).await, sent);
    assert_eq!(first.handle(&denied, &platform).await, duplicate);
    world.wait(2 * 24 * 3600);
    assert_eq!(first.handle(&denied, &platform).await, duplicate);
    // Replies were sent for more than a day without a denial.
    world.wait(2 * 24 * 3600);
    assert_eq!(first.handle(&next_question(), &platform).await, sent);
    assert_eq!(first.handle(&denied, &platform).await, sent);
    // Another process does not know of the report, and of none before its start.
    assert_eq!(after_restart.handle(&next_question(), &platform).await, sent);
    assert_eq!(after_restart.handle(&denied, &platform).await, sent);
}

#[tokio::test]
async fn private_replies_are_in_the_language_of_the_asker() {
    let world = TestWorld::new().await;
    let rows = [
        (true, Some("de"), "de"),
        (true, Some("fr"), "en"),
        (true, None, "en"),
        (false, Some("de"), "en"),
    ];
    for (n, (is_private, locale, want)) in rows.into_iter().enumerate() {
        let addressing =
            Addressing { is_command: true, is_public: !is_private, ..Addressing::default() };
        let message = Message {
            addressing,
            locale: locale.map(str::to_owned),
            ..world.question(&format!("t:{n}"), ANN)
        };
        let platform = ScriptedSender::default();
        world.start().handle(&Event::MessageCreated(message), &platform).await;
        assert_eq!(*platform.locales.lock().unwrap(), [want], "{is_private} {locale:?}");
    }
}

#[tokio::test]
async fn slow_replies_show_a_typing_indicator() {
    let world = TestWorld::new().await;
    let quick = ScriptedSender::default();
    world.start().handle(&Event::MessageCreated(world.question("t:1", ANN)), &quick).await;
    assert_eq!(quick.n_typing.load(Ordering::SeqCst), 0);
    let wait = SendError::Transient { retry_after: Some(Duration::from_secs(2)) };
    let slow = ScriptedSender::failing([wait], None);
    let outcome =
        world.start().handle(&Event::MessageCreated(world.question("t:2", ANN)), &slow).await;
    assert_eq!((outcome, slow.n_typing.load(Ordering::SeqCst)), (EventOutcome::Sent, 1));
}

#[tokio::test]
async fn without_private_replies_requested_content_is_public_and_notices_are_dropped() {
    let world = TestWorld::new().await;
    let (service, platform) = (
        world.start(),
        ScriptedSender { lacks_private_replies: true, ..ScriptedSender::default() },
    );
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    platform.take_calls();
    let rows = [
        (Control::Helpful, "t:ada", EventOutcome::NoReply, vec![]),
        (Control::Delete, "t:eve", EventOutcome::NoReply, vec![]),
        (Control::Pick(7), "t:ada", EventOutcome::NoReply, vec![]),
        (Control::Paragraphs(0), "t:eve", EventOutcome::Sent, vec!["send t:use-3: Answer ann"]),
        (Control::Delete, "t:ada", EventOutcome::Deleted, vec!["delete t:1/reply"]),
    ];
    for (n, (control, by, outcome, calls)) in rows.into_iter().enumerate() {
        let event = world.control_use(&format!("t:use-{n}"), "t:1/reply", by, control);
        assert_eq!(service.handle(&event, &platform).await, outcome, "{control:?} by {by}");
        assert_eq!(platform.take_calls(), calls, "{control:?} by {by}");
    }
}

/// Searches run without the lock of the cooldowns, so that they overlap here; each check counts its
/// question under the lock.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_questions_do_not_exceed_the_limit_of_a_place() {
    const LIMIT: usize = 20;
    let world = TestWorld::with(SpaceSettings {
        questions_per_place: 20,
        cooldown_seconds: 30,
        ..SpaceSettings::default()
    })
    .await;
    let (service, platform) = (Arc::new(world.start()), Arc::new(ScriptedSender::default()));
    let mut tasks = tokio::task::JoinSet::new();
    for number in 0..3 * LIMIT {
        let (service, platform) = (Arc::clone(&service), Arc::clone(&platform));
        let author = user(&format!("t:user {number}"));
        let message = Message { author, ..world.question(&format!("t:{number}"), ANN) };
        tasks.spawn(async move {
            service.handle(&Event::MessageCreated(message), &*platform).await;
        });
    }
    tasks.join_all().await;
    let n_answers = platform.take_calls().iter().filter(|it| it.ends_with(": Answer ann")).count();
    assert_eq!(n_answers, LIMIT);
}

#[tokio::test]
async fn messages_dated_ahead_count_as_sent_now() {
    let settings =
        SpaceSettings { questions_per_asker: 1, cooldown_seconds: 10, ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let year = Duration::from_secs(400 * 24 * 60 * 60);
    for number in 1..=3 {
        let mut message = world.question(&format!("t:{number}"), "Is the bridge of wood?");
        message.sent_at = world.clock.now().plus(year * number);
        service.handle(&Event::MessageCreated(message), &platform).await;
    }
    assert_eq!(platform.take_calls().len(), 2, "an answer and one notice of the limit");
    let asked = world.records.unanswered_questions(DEFAULT_SPACE.to_owned(), 10).await.unwrap();
    assert_eq!(asked.iter().map(|it| it.asked_at).collect::<Vec<_>>(), [world.clock.now()]);
    world.wait(11);
    let later = Event::MessageCreated(world.question("t:4", ANN));
    assert_eq!(service.handle(&later, &platform).await, EventOutcome::Sent);
}

#[tokio::test]
async fn feedback_is_taken_back_by_the_same_control_or_by_its_deletion() {
    let world = TestWorld::new().await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    let public = ScriptedSender { lacks_private_replies: true, ..ScriptedSender::default() };
    service.handle(&Event::MessageCreated(world.question("t:1", ANN)), &platform).await;
    let message = || MessageId::from("t:1/reply");
    let given = async || {
        let asker = world.key.hash(&"t:bob".into());
        world.records.feedback(message(), asker).await.unwrap()
    };
    let used = |id: &str, control| world.control_use(id, "t:1/reply", "t:bob", control);
    for (id, control, want) in [
        ("t:2", Control::Unhelpful, Some(false)),
        ("t:3", Control::Helpful, Some(true)),
        ("t:4", Control::Helpful, None),
        ("t:5", Control::Unhelpful, Some(false)),
    ] {
        service.handle(&used(id, control), &platform).await;
        assert_eq!(given().await, want, "{id}");
    }
    // Reactions with different keys mean the same; one that is removed counts no more.
    service.handle(&used("t:6", Control::Unhelpful), &public).await;
    assert_eq!(given().await, Some(false));
    let removed = Event::MessageDeleted { id: "t:6".into(), place: room() };
    service.handle(&removed, &public).await;
    assert_eq!(given().await, None);
    assert!(world.records.reply_by_message(message()).await.unwrap().is_some());
}
