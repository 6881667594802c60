use super::*;

#[tokio::test]
async fn an_answer_follows_its_question_also_after_a_restart() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let question = world.says("t:1", ANN);
    world.start().handle(&Event::MessageCreated(question.clone()), &platform).await;
    let edited = Message { text: HEIGHT.to_owned(), ..question.clone() };
    let edit = Event::MessageEdited(edited.clone());
    assert_eq!(world.start().handle(&edit, &platform).await, EventOutcome::Edited);
    let unsaid = Message { addressing: Addressing::default(), ..edited };
    assert_eq!(
        world.start().handle(&Event::MessageEdited(unsaid), &platform).await,
        EventOutcome::Deleted
    );
    assert_eq!(
        platform.told(),
        ["send t:1: Answer ann", "amend t:1/reply: Answer height", "remove t:1/reply"]
    );
    let again = Message { id: "t:2".into(), ..question.clone() };
    world.start().handle(&Event::MessageCreated(again), &platform).await;
    let deleted = Event::MessageDeleted { id: "t:2".into(), place: room() };
    assert_eq!(world.start().handle(&deleted, &platform).await, EventOutcome::Deleted);
    assert_eq!(world.start().handle(&deleted, &platform).await, EventOutcome::Irrelevant);
    assert_eq!(platform.told(), ["send t:2: Answer ann", "remove t:2/reply"]);
}

#[tokio::test]
async fn a_message_that_becomes_a_question_is_answered() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let remark = Message { addressing: Addressing::default(), ..world.says("t:1", ANN) };
    assert_eq!(
        service.handle(&Event::MessageCreated(remark), &platform).await,
        EventOutcome::Irrelevant
    );
    let edit = Event::MessageEdited(world.says("t:1", ANN));
    assert_eq!(service.handle(&edit, &platform).await, EventOutcome::Sent);
}

#[tokio::test]
async fn what_people_do_with_our_messages_is_done_once_and_by_whom_it_may() {
    let world = TestWorld::with(SpaceSettings {
        moderators: vec!["t:mod".into()],
        ..SpaceSettings::default()
    })
    .await;
    let platform = ScriptedSender::default();
    world.suggested().await;
    let service = world.start();
    let rows = [
        ("t:u1", "t:bob", Control::Pick(1), EventOutcome::Sent, "send t:u1: AskerOnly"),
        ("t:u2", "t:ada", Control::Pick(2), EventOutcome::Edited, "amend t:q/reply: Answer height"),
        ("t:u3", "t:bob", Control::Helpful, EventOutcome::Sent, "send t:u3: Thanks"),
        ("t:u4", "t:bob", Control::Delete, EventOutcome::Sent, "send t:u4: AskerOnly"),
        ("t:u5", "t:mod", Control::Delete, EventOutcome::Deleted, "remove t:q/reply"),
        ("t:u6", "t:ada", Control::Delete, EventOutcome::Sent, "send t:u6: Gone"),
    ];
    for (id, by, control, want, told) in rows {
        let event = world.used(id, "t:q/reply", by, control);
        assert_eq!(service.handle(&event, &platform).await, want, "{by} {control:?}");
        assert_eq!(
            service.handle(&event, &platform).await,
            EventOutcome::Duplicate,
            "{by} {control:?}"
        );
        assert_eq!(platform.told(), [told]);
    }
}

#[tokio::test]
async fn a_number_in_reply_to_suggestions_picks_one() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    world.suggested().await;
    let mut message = world.says("t:1", "2");
    let replied_to = RepliedTo { id: "t:q/reply".into(), is_from_bot: true, text: None };
    message.replied_to = Some(replied_to);
    assert_eq!(
        world.start().handle(&Event::MessageCreated(message), &platform).await,
        EventOutcome::Sent
    );
    assert_eq!(platform.told(), ["send t:1: Answer height"]);
}

#[tokio::test]
async fn a_pause_holds_at_once_and_after_a_restart() {
    let world = TestWorld::with(SpaceSettings {
        moderators: vec!["t:ada".into()],
        ..SpaceSettings::default()
    })
    .await;
    let platform = ScriptedSender::default();
    let say = async |service: &Service<SqliteRecords>, id, text| {
        service.handle(&Event::MessageCreated(world.says(id, text)), &platform).await
    };
    let service = world.start();
    assert_eq!(say(&service, "t:1", "pause").await, EventOutcome::Sent);
    assert_eq!(say(&service, "t:2", ANN).await, EventOutcome::NoReply);
    let service = world.start();
    assert_eq!(say(&service, "t:3", ANN).await, EventOutcome::NoReply);
    assert_eq!(say(&service, "t:4", "resume").await, EventOutcome::Sent);
    assert_eq!(say(&service, "t:5", ANN).await, EventOutcome::Sent);
    assert_eq!(
        platform.told(),
        ["send t:1: PauseDone", "send t:4: ResumeDone", "send t:5: Answer ann"]
    );
}

#[tokio::test]
async fn where_it_listens_what_is_not_answered_leaves_no_trace() {
    let settings = SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let service = world.start();
    for (id, text, want, claimed) in [
        ("t:1", "nice weather today", EventOutcome::NoReply, ClaimStatus::New),
        ("t:2", ANN, EventOutcome::Sent, ClaimStatus::Done),
    ] {
        let message = Message { addressing: Addressing::default(), ..world.says(id, text) };
        assert_eq!(
            service.handle(&Event::MessageCreated(message), &platform).await,
            want,
            "{text}"
        );
        let claim = service.claim(&id.into());
        assert_eq!(world.records.claim(claim).await.unwrap(), claimed, "{text}");
    }
}

#[tokio::test]
async fn what_is_not_answered_waits_for_moderators() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let text = "Where can I buy a bicycle?";
    assert_eq!(
        service.handle(&Event::MessageCreated(world.says("t:1", text)), &platform).await,
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
async fn a_greeting_is_said_once() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let joined = |whole: Option<&str>, ago: u64| Event::Joined {
        place: room(),
        member_of: whole.map(PlaceId::from),
        at: world.clock.now().minus(Duration::from_secs(ago)),
    };
    assert_eq!(world.start().handle(&joined(None, 0), &platform).await, EventOutcome::Sent);
    assert_eq!(world.start().handle(&joined(None, 0), &platform).await, EventOutcome::Duplicate);
    assert!(platform.told()[0].starts_with("send t:room:joined: Greeting"));
    let rows = [
        ("t:guild", 60, EventOutcome::Sent),
        ("t:guild", 0, EventOutcome::Duplicate),
        ("t:old", 3601, EventOutcome::TooOld),
        ("t:old", 0, EventOutcome::Duplicate),
    ];
    for (whole, ago, want) in rows {
        let fate = world.start().handle(&joined(Some(whole), ago), &platform).await;
        assert_eq!(fate, want, "{whole}, {ago} s ago");
    }
}

#[tokio::test]
async fn whoever_waits_for_a_private_reply_is_told_that_none_comes() {
    let world = TestWorld::new().await;
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let asked = Message {
        addressing: Addressing { is_command: true, ..Addressing::default() },
        ..world.says("t:1", ANN)
    };
    assert_eq!(
        world.start().handle(&Event::MessageCreated(asked), &platform).await,
        EventOutcome::Rejected
    );
    let reference = error_reference(&"t:1".into());
    assert_eq!(platform.told(), [format!("send t:1: Failed {{ reference: {reference:?} }}")]);
    let platform = ScriptedSender::failing([SendError::Permanent], None);
    let said = Event::MessageCreated(world.says("t:2", ANN));
    assert_eq!(world.start().handle(&said, &platform).await, EventOutcome::Rejected);
    assert!(platform.told().is_empty(), "nobody waits for a reply to a message");
}

#[tokio::test]
async fn a_command_that_is_not_served_is_told_so_at_once() {
    let command = |message| Message {
        addressing: Addressing { is_command: true, ..Addressing::default() },
        ..message
    };
    let world = TestWorld::new().await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let old = Message {
        sent_at: world.clock.now().minus(Duration::from_secs(7200)),
        ..command(world.says("t:1", ANN))
    };
    assert_eq!(
        service.handle(&Event::MessageCreated(old.clone()), &platform).await,
        EventOutcome::TooOld
    );
    assert_eq!(platform.told(), ["send t:1: TooLate"]);
    let talk = Message { addressing: Addressing::default(), ..old };
    service.handle(&Event::MessageCreated(talk), &platform).await;
    assert!(platform.told().is_empty(), "nobody waits for a reply to a message");

    let other = world.start().claim(&"t:2".into());
    world.records.claim(other).await.unwrap();
    let held = Event::MessageCreated(command(world.says("t:2", ANN)));
    assert_eq!(service.handle(&held, &platform).await, EventOutcome::HeldElsewhere);
    assert_eq!(platform.told(), ["send t:2: TooLate"]);

    let mut settings =
        SpaceSettings { listens_in: vec!["t:room".into()], ..SpaceSettings::default() };
    settings.speaks_when.clear();
    let world = TestWorld::with(settings).await;
    let unserved = Event::MessageCreated(command(world.says("t:3", ANN)));
    assert!(world.start().is_relevant(&unserved));
    assert_eq!(world.start().handle(&unserved, &platform).await, EventOutcome::Sent);
    assert_eq!(platform.told(), ["send t:3: Unserved"]);
}

#[tokio::test]
async fn moderators_are_told_once_which_permissions_are_missing() {
    let settings = SpaceSettings { reports_to: Some("t:mods".into()), ..SpaceSettings::default() };
    let world = TestWorld::with(settings).await;
    let platform = ScriptedSender::default();
    let service = world.start();
    let hindered = |id: &str, missing: &str| Event::MissingPermissions {
        place: Place { id: id.into(), ..room() },
        missing: vec![missing.to_owned()],
    };
    let rows = [
        ("t:room", "Send Messages", EventOutcome::Sent),
        ("t:room", "Send Messages", EventOutcome::Duplicate),
        ("t:room", "Embed Links", EventOutcome::Sent),
        ("t:mods", "Embed Links", EventOutcome::NoReply),
        ("u:room", "Embed Links", EventOutcome::NoReply),
    ];
    for (id, missing, want) in rows {
        assert_eq!(service.handle(&hindered(id, missing), &platform).await, want, "{id} {missing}");
    }
    assert_eq!(platform.told().len(), 2);
}

#[tokio::test]
async fn what_one_person_alone_reads_is_in_their_language() {
    let world = TestWorld::new().await;
    let rows = [
        (true, Some("de"), "de"),
        (true, Some("fr"), "en"),
        (true, None, "en"),
        (false, Some("de"), "en"),
    ];
    for (n, (is_private, locale, want)) in rows.into_iter().enumerate() {
        let address =
            Addressing { is_command: true, is_public: !is_private, ..Addressing::default() };
        let message = Message {
            addressing: address,
            locale: locale.map(str::to_owned),
            ..world.says(&format!("t:{n}"), ANN)
        };
        let platform = ScriptedSender::default();
        world.start().handle(&Event::MessageCreated(message), &platform).await;
        assert_eq!(*platform.locales.lock().unwrap(), [want], "{is_private} {locale:?}");
    }
}

#[tokio::test]
async fn what_is_picked_in_private_stays_private_and_in_the_askers_language() {
    for (is_private, want) in [(true, "de"), (false, "en")] {
        let world = TestWorld::new().await;
        let platform = ScriptedSender::default();
        world.suggested_so(is_private).await;
        let Event::ControlUsed(used) = world.used("t:u1", "t:q/reply", "t:ada", Control::Pick(1))
        else {
            panic!("no use");
        };
        let used = Event::ControlUsed(ControlUse { locale: Some("de".to_owned()), ..used });
        assert_eq!(world.start().handle(&used, &platform).await, EventOutcome::Edited);
        assert_eq!(*platform.locales.lock().unwrap(), [want], "{is_private}");
        let kept = world.records.reply_by_message("t:q/reply".into()).await.unwrap().unwrap();
        assert_eq!((kept.kind, kept.is_private), (ReplyKind::Answer, is_private));
    }
}

#[tokio::test]
async fn people_see_that_a_slow_reply_is_under_way() {
    let world = TestWorld::new().await;
    let quick = ScriptedSender::default();
    world.start().handle(&Event::MessageCreated(world.says("t:1", ANN)), &quick).await;
    assert_eq!(quick.n_works.load(Ordering::SeqCst), 0);
    let wait = SendError::Transient { retry_after: Some(Duration::from_secs(2)) };
    let slow = ScriptedSender::failing([wait], None);
    let fate = world.start().handle(&Event::MessageCreated(world.says("t:2", ANN)), &slow).await;
    assert_eq!((fate, slow.n_works.load(Ordering::SeqCst)), (EventOutcome::Sent, 1));
}

#[tokio::test]
async fn where_nothing_can_be_whispered_whoever_uses_a_message_sees_what_they_want_and_no_more() {
    let world = TestWorld::new().await;
    let (service, platform) =
        (world.start(), ScriptedSender { is_loud: true, ..ScriptedSender::default() });
    service.handle(&Event::MessageCreated(world.says("t:1", ANN)), &platform).await;
    platform.told();
    let rows = [
        (Control::Helpful, "t:ada", EventOutcome::NoReply, vec![]),
        (Control::Delete, "t:eve", EventOutcome::NoReply, vec![]),
        (Control::Pick(7), "t:ada", EventOutcome::NoReply, vec![]),
        (Control::Paragraphs(0), "t:eve", EventOutcome::Sent, vec!["send t:use-3: Answer ann"]),
        (Control::Delete, "t:ada", EventOutcome::Deleted, vec!["remove t:1/reply"]),
    ];
    for (n, (control, by, fate, told)) in rows.into_iter().enumerate() {
        let used = world.used(&format!("t:use-{n}"), "t:1/reply", by, control);
        assert_eq!(service.handle(&used, &platform).await, fate, "{control:?} by {by}");
        assert_eq!(platform.told(), told, "{control:?} by {by}");
    }
}

#[tokio::test]
async fn a_change_that_has_a_name_is_followed_once() {
    let world = TestWorld::new().await;
    let (service, platform) = (world.start(), ScriptedSender::default());
    service.handle(&Event::MessageCreated(world.says("t:1", ANN)), &platform).await;
    let changed = |name: &str, text: &str| {
        let change = Some(name.into());
        Event::MessageEdited(Message { edit_id: change, ..world.says("t:1", text) })
    };
    for (name, text, fate) in [
        ("t:2", HEIGHT, EventOutcome::Edited),
        ("t:3", ANN, EventOutcome::Edited),
        ("t:2", HEIGHT, EventOutcome::Duplicate),
    ] {
        assert_eq!(service.handle(&changed(name, text), &platform).await, fate, "{name}");
    }
    let passing = SendError::Transient { retry_after: Some(Duration::from_secs(3600)) };
    let cut = ScriptedSender::failing([passing], None);
    assert_eq!(service.handle(&changed("t:4", HEIGHT), &cut).await, EventOutcome::RetriesExhausted);
    let later = world.start();
    assert_eq!(later.handle(&changed("t:4", HEIGHT), &platform).await, EventOutcome::Edited);
}
