//! Responses to messages, edits and joins.

use super::*;

#[test]
fn messages_are_answered_by_their_words_and_the_state_of_the_space() {
    let question = "what color is the lighthouse?";
    let paused = || Fixture { is_paused: true, ..Fixture::new() };
    let disabled = || {
        let mut fixture = Fixture::new();
        fixture.space.settings.speaks_when.clear();
        fixture
    };
    let in_listening_channel = |message: Message| Message {
        place: Place { id: "t:open".into(), parents: Vec::new(), is_direct: false },
        ..message
    };
    let rows = [
        ("a question", Fixture::new(), mention(question), "answer lighthouse"),
        ("a command", Fixture::new(), command(mention(question)), "private: answer lighthouse"),
        ("a gap", Fixture::new(), mention("who is the captain of the ferry"), "not in source"),
        ("another subject", Fixture::new(), mention("best pizza in town"), "nothing found"),
        ("no question", Fixture::new(), mention("hello"), "NotAQuestion"),
        ("nothing at all", Fixture::new(), mention(""), "NotAQuestion"),
        ("help", Fixture::new(), mention("help"), "help"),
        ("topics", Fixture::new(), mention("topics"), "topics"),
        ("paused", paused(), mention(question), "-"),
        ("a command while paused", paused(), command(mention(question)), "private: Paused"),
        (
            "a command about a message that has a reply",
            Fixture { has_reply: true, ..Fixture::new() },
            command(mention(question)),
            "private: AlreadyReplied",
        ),
        ("a disabled command", disabled(), command(mention(question)), "private: CommandsDisabled"),
        (
            "the same in a listening channel",
            disabled(),
            in_listening_channel(command(mention(question))),
            "private: CommandsDisabled",
        ),
        ("pause by a user", Fixture::new(), mention("pause"), "-"),
        (
            "a pause command by a user",
            Fixture::new(),
            command(mention("pause")),
            "private: ModeratorsOnly",
        ),
        ("pause", Fixture::new(), by("t:mod", mention("pause")), "paused at the place"),
        ("resume", paused(), by("t:mod", mention("resume")), "resumed at the place"),
        ("everywhere", paused(), by("t:mod", mention("resume everywhere")), "resumed everywhere"),
    ];
    for (name, fixture, message, want) in rows {
        assert_eq!(summary(&fixture.respond(&message)), want, "{name}");
    }
    let pause = Pause { is_paused: true, scope: PauseScope::Space };
    let effects = Fixture::new().respond(&by("t:mod", mention("pause everywhere")));
    assert_eq!(effects.pause, Some(pause));
    assert_eq!(Fixture::new().respond(&mention("pause")).pause, None);
}

#[test]
fn unanswered_questions_and_nothing_else_are_recorded_for_moderators() {
    for (text, is_recorded) in [
        ("what color is the lighthouse?", false),
        ("who is the captain of the ferry", true),
        ("best pizza in town", true),
        ("hello", false),
        ("help", false),
    ] {
        let effects = Fixture::new().respond(&mention(text));
        assert_eq!(
            effects.unanswered.map(|it| it.text),
            is_recorded.then(|| text.to_owned()),
            "{text}"
        );
    }
    let long = format!("pizza {}", "é".repeat(5000));
    let recorded = Fixture::new().respond(&mention(&long)).unanswered.unwrap();
    assert_eq!(recorded.text.chars().count(), MAX_RECORDED_CHARS);
    let gap = Fixture::new().respond(&mention("who is the captain of the ferry"));
    assert_eq!(gap.unanswered.unwrap().gap.as_deref(), Some("captain"));
}

#[test]
fn passages_are_suggested_where_no_entry_answers_and_the_space_wants_them() {
    let question = mention("do bicycles travel");
    let effects = Fixture::new().respond(&question);
    assert_eq!(summary(&effects), format!("suggest {BICYCLES}"));
    assert_eq!(effects.unanswered.unwrap().passages, [BICYCLES]);
    let private = Fixture::new().respond(&command(question.clone()));
    assert_eq!(summary(&private), format!("private: suggest {BICYCLES}"));
    let mut without = Fixture::new();
    without.space.settings.suggests_passages = false;
    let effects = without.respond(&question);
    assert_eq!(summary(&effects), "nothing found");
    assert_eq!(effects.unanswered.unwrap().passages, [BICYCLES], "moderators see it");
}

#[test]
fn listening_channels_get_answers_only() {
    let unaddressed = |text: &str| Message {
        addressing: Addressing::default(),
        place: Place { id: "t:open".into(), parents: Vec::new(), is_direct: false },
        ..mention(text)
    };
    for (text, want) in [
        ("what color is the lighthouse?", "answer lighthouse"),
        ("best pizza in town", "-"),
        ("do bicycles travel", "-"),
        ("who is the captain of the ferry", "-"),
    ] {
        let effects = Fixture::new().respond(&unaddressed(text));
        assert_eq!(summary(&effects), want, "{text}");
        assert_eq!(effects.unanswered, None, "{text}");
    }
}

/// A reply to the bot that does not mention it.
fn reply(text: &str) -> Message {
    Message {
        addressing: Addressing::default(),
        replied_to: replied_to("t:2", true, None),
        ..mention(text)
    }
}

#[test]
fn replies_without_a_mention_get_answers_and_suggestions_only() {
    let answered = || Fixture { target: Some(answer()), ..Fixture::new() };
    for (text, want, is_recorded) in [
        ("and when does the ferry leave?", "answer ferry", false),
        ("painted ferry", "suggest lighthouse ferry", true),
        ("that is not what I wanted to know", "-", false),
        ("who is the captain of the ferry", "-", false),
        ("best pizza in town", "-", false),
        ("do bicycles travel", "-", false),
        ("thanks a lot", "-", false),
        ("help", "help", false),
    ] {
        let effects = answered().respond(&reply(text));
        assert_eq!(summary(&effects), want, "{text}");
        assert_eq!(effects.unanswered.is_some(), is_recorded, "{text}");
        let named = Message { addressing: mention("").addressing, ..reply(text) };
        assert!(want == "-" || summary(&answered().respond(&named)) == want, "{text}");
    }
    let named = Message { addressing: mention("").addressing, ..reply("best pizza in town") };
    assert_eq!(summary(&answered().respond(&named)), "nothing found");
}

#[test]
fn words_of_the_asker_or_of_the_message_they_reply_to_are_the_question() {
    let under = |referenced: &str, text: &str| Message {
        replied_to: replied_to("t:0", false, Some(referenced)),
        ..mention(text)
    };
    let ferry = "when does the ferry leave?";
    for (referenced, text, want, recorded) in [
        (ferry, "", "answer ferry", None),
        (ferry, "do you know this one", "answer ferry", None),
        ("lol", ferry, "answer ferry", None),
        ("best pizza in town", "painted ferry", "suggest lighthouse ferry", Some("painted ferry")),
        ("painted ferry", "do you know this one", "suggest lighthouse ferry", None),
        ("who is the captain of the ferry", "what about it", "not in source", None),
        ("best pizza in town", "", "nothing found", None),
        ("best pizza in town", "city museum", "nothing found", Some("city museum")),
        (ferry, "help", "answer ferry", None),
        ("best pizza in town", "help", "help", None),
        ("lol", "", "NotAQuestion", None),
    ] {
        let effects = Fixture::new().respond(&under(referenced, text));
        assert_eq!(summary(&effects), want, "{text:?} under {referenced:?}");
        assert_eq!(effects.unanswered.map(|it| it.text).as_deref(), recorded, "{text:?}");
    }
}

#[test]
fn rate_limit_is_notified_once() {
    let fixture = Fixture::new();
    let cooldowns = Cooldowns::default();
    let got: Vec<String> = (0..7)
        .map(|_| {
            let message = mention("what color is the lighthouse?");
            fixture.with(&message.author.id, |context| {
                let trigger = classify(&message, &fixture.space.settings);
                summary(&respond(&message, &trigger, context, &cooldowns))
            })
        })
        .collect();
    let answer = "answer lighthouse";
    assert_eq!(got, [answer, answer, answer, answer, answer, "private: rate limited", "-"]);
}

#[test]
fn number_in_a_reply_picks_a_suggestion_of_the_same_asker() {
    let suggested = || Fixture { target: Some(suggestion()), ..Fixture::new() };
    let rows = [
        ("the second", suggested(), reply("2"), "answer lighthouse"),
        ("too high", suggested(), reply("7"), "no such number of 3"),
        ("zero", suggested(), reply("0"), "no such number of 3"),
        ("an entry that no longer exists", suggested(), reply("3"), "NoLongerAvailable"),
        ("another user", suggested(), by("t:bob", reply("1")), "private: AskerOnly"),
        ("a question", suggested(), reply("when is the ferry"), "answer ferry"),
        ("thanks", suggested(), reply("thanks"), "-"),
    ];
    for (name, fixture, message, want) in rows {
        assert_eq!(summary(&fixture.respond(&message)), want, "{name}");
    }
}

#[test]
fn edited_question_edits_or_deletes_its_reply() {
    let suggested = || Fixture { target: Some(suggestion()), ..Fixture::new() };
    let rows = [
        ("another question", suggested(), mention("when is the ferry"), "edit: answer ferry"),
        ("nothing to answer", suggested(), mention("best pizza in town"), "edit: nothing found"),
        (
            "no longer for the bot",
            suggested(),
            Message { addressing: Addressing::default(), ..mention("ok") },
            "delete",
        ),
        ("paused", Fixture { is_paused: true, ..suggested() }, mention("when is the ferry"), "-"),
        ("a command", suggested(), by("t:mod", mention("pause")), "-"),
    ];
    for (name, fixture, message, want) in rows {
        let effects = fixture.edit(&message);
        assert_eq!(summary(&effects), want, "{name}");
        assert_eq!(effects.pause, None, "{name}");
    }
}

#[test]
fn lead_and_feedback_can_be_disabled() {
    let mut fixture = Fixture::new();
    fixture.space.settings.shows_lead = false;
    fixture.space.settings.asks_feedback = false;
    let MessageEffect::Send(message) =
        fixture.respond(&mention("what color is the lighthouse?")).message
    else {
        panic!("no message");
    };
    let Reply::Answer(answer) = message.reply else { panic!("no answer") };
    assert_eq!((answer.lead, message.asks_feedback), (None, false));
}

#[test]
fn greeting_is_for_members_and_setup_steps_are_for_moderators() {
    let place = mention("").place;
    let greeting = |fixture: &Fixture| {
        fixture.with(&"t:ada".into(), |context| match greet(context).message {
            MessageEffect::Send(BotMessage { reply: Reply::Notice(notice), .. }) => Some(notice),
            _ => None,
        })
    };
    let left =
        |fixture: &Fixture| fixture.with(&"t:ada".into(), |context| setup_notice(&place, context));
    let mut fixture = Fixture::new();
    fixture.space.settings.reports_to = Some("t:mods".into());
    let hello = Some(Notice::Greeting { titles: vec!["Harbor".to_owned()] });
    assert_eq!((greeting(&fixture), left(&fixture)), (hello.clone(), None));
    fixture.space.settings.moderators.clear();
    fixture.space.settings.reports_to = None;
    assert_eq!(greeting(&fixture), hello);
    let steps = vec![SetupStep::Moderators, SetupStep::Reports];
    let notice = Notice::SetupIncomplete { place: place.id.clone(), steps };
    assert!(notice.is_for_moderators());
    assert_eq!(left(&fixture), Some(notice));
    fixture.space.settings.greets = false;
    assert_eq!(greeting(&fixture), None);
}

#[test]
fn answer_refers_to_a_few_related_questions_without_gaps() {
    let fixture = Fixture::new();
    let MessageEffect::Send(message) = fixture.respond(&mention("ferry departure time")).message
    else {
        panic!("no message");
    };
    let Reply::Answer(answer) = message.reply else { panic!("no answer") };
    // It names the captain, a gap, too.
    assert_eq!(answer.see_also, ["What color is the lighthouse?"]);
}

#[test]
fn public_command_makes_answers_public_and_notices_stay_private() {
    let public = Addressing { is_command: true, is_public: true, ..Addressing::default() };
    let fixture = Fixture::new();
    let is_private = |text: &str| {
        let message = Message { addressing: public, ..mention(text) };
        match fixture.respond(&message).message {
            MessageEffect::Send(message) => message.is_private,
            other => panic!("{text}: {other:?}"),
        }
    };
    assert!(!is_private("what color is the lighthouse?"));
    assert!(!is_private("ferry"), "suggestions are public");
    assert!(is_private("best pizza in town?"), "that nothing answers helps nobody else");
    assert!(is_private("topics") && is_private(""));
}

#[test]
fn referenced_message_without_text_is_reported_as_unavailable() {
    let message = Message { replied_to: replied_to("t:0", false, None), ..mention("") };
    assert_eq!(summary(&Fixture::new().respond(&message)), "ContentUnavailable");
}
