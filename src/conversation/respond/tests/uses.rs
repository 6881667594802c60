//! What is done when people use messages of ours.

use super::*;

#[test]
fn the_asker_picks_and_the_asker_and_moderators_delete() {
    let said = || Setting { said: Some(suggestion()), ..Setting::new() };
    let answered = || Setting { said: Some(answer()), ..Setting::new() };
    let private = || {
        let said = SentReply { is_private: true, ..suggestion() };
        Setting { said: Some(said), ..Setting::new() }
    };
    let rows = [
        ("pick", said(), "t:ada", Control::Pick(1), "amend: answer ferry"),
        ("pick in private", private(), "t:ada", Control::Pick(1), "amend: privately: answer ferry"),
        ("pick by another", said(), "t:bob", Control::Pick(1), "privately: AskerOnly"),
        ("pick too high", said(), "t:ada", Control::Pick(9), "privately: no such number of 3"),
        ("pick what went", said(), "t:ada", Control::Pick(3), "privately: Gone"),
        ("delete", said(), "t:ada", Control::Delete, "remove"),
        ("delete by a moderator", said(), "t:mod", Control::Delete, "remove"),
        ("delete by another", said(), "t:bob", Control::Delete, "privately: AskerOnly"),
        ("judge", said(), "t:bob", Control::Helpful, "privately: Thanks"),
        ("pick again", answered(), "t:ada", Control::Pick(1), "privately: Gone"),
        ("pick again, too high", answered(), "t:ada", Control::Pick(2), "privately: Gone"),
        ("of old", Setting::new(), "t:ada", Control::Pick(1), "privately: Gone"),
    ];
    for (name, setting, person, control, want) in rows {
        assert_eq!(summary(&setting.used(person, control)), want, "{name}");
    }
    assert_eq!(said().used("t:bob", Control::Unhelpful).feedback, Some(false));
    assert_eq!(said().used("t:ada", Control::Pick(1)).feedback, None);
}

#[test]
fn paragraphs_and_the_rest_are_shown_to_whoever_wants_them() {
    let mut setting = Setting::new();
    setting.said = Some(answer());
    let rows = [
        (Control::Paragraphs(0), "1 paragraphs"),
        (Control::Paragraphs(1), "Gone"),
        (Control::Quotes(0), "answer"),
        (Control::Quotes(1), "Gone"),
        (Control::Topics(0), "topics"),
    ];
    for (control, want) in rows {
        let MessageEffect::Send(say) = setting.used("t:bob", control).message else {
            panic!("{control:?}")
        };
        let what = summary(&Effects::from(say.clone()));
        assert!(what.contains(want), "{control:?}: {what}");
        assert!(say.is_private, "{control:?}");
    }
    setting.said = Some(suggestion());
    for control in [Control::Paragraphs(0), Control::Quotes(0)] {
        let what = summary(&setting.used("t:bob", control));
        assert!(what.contains("Gone"), "suggestions have no quotes: {what}");
    }
}

#[test]
fn who_is_paused_says_nothing_that_all_would_see_and_its_private_controls_work() {
    let said = |said| Setting { said: Some(said), is_paused: true, ..Setting::new() };
    let private = SentReply { is_private: true, ..suggestion() };
    let rows = [
        (said(suggestion()), Control::Pick(1), "privately: Paused"),
        (said(private), Control::Pick(1), "amend: privately: answer ferry"),
        (said(answer()), Control::Paragraphs(0), "privately: 1 paragraphs"),
        (said(answer()), Control::Quotes(0), "privately: answer lighthouse"),
        (said(answer()), Control::Topics(0), "privately: topics"),
        (said(answer()), Control::Helpful, "privately: Thanks"),
        (said(answer()), Control::Delete, "remove"),
    ];
    for (setting, control, want) in rows {
        assert_eq!(summary(&setting.used("t:ada", control)), want, "{control:?}");
    }
}

#[test]
fn who_wants_to_be_shown_more_too_often_is_told_so_once() {
    let setting = Setting { said: Some(answer()), ..Setting::new() };
    for (control, want) in [
        (Control::Paragraphs(0), "privately: 1 paragraphs"),
        (Control::Quotes(0), "privately: answer lighthouse"),
        (Control::Topics(0), "privately: topics"),
    ] {
        let cooldowns = Cooldowns::default();
        let press = |person, control| summary(&setting.used_within(person, control, &cooldowns));
        for _ in 0..setting.space.settings.questions_per_asker {
            assert_eq!(press("t:bob", control), want);
        }
        assert_eq!(press("t:bob", control), "privately: wait");
        assert_eq!(press("t:bob", control), "-");
        assert_eq!(press("t:ada", control), want, "others may");
        assert_eq!(press("t:bob", Control::Helpful), "privately: Thanks", "it brings nothing new");
    }
}

#[test]
fn topics_go_on_where_they_stopped() {
    let setting = Setting::new();
    let questions = |n_before: usize| match setting.used("t:bob", Control::Topics(n_before)).message
    {
        MessageEffect::Send(BotMessage { reply: Reply::Topics(topics), offset: told, .. }) => {
            assert_eq!(told, n_before);
            topics.into_iter().flat_map(|topic| topic.questions).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let all = questions(0);
    assert_eq!(all.len(), 2);
    assert_eq!(questions(1), all[1..]);
    assert!(questions(9).is_empty());
}

#[test]
fn a_message_offers_what_its_reader_may_do_with_it() {
    use Control::{Delete, Helpful, Paragraphs, Pick, Quotes, Topics, Unhelpful};
    let picking = || Setting { said: Some(suggestion()), ..Setting::new() };
    let said = |effects: Effects| match effects.message {
        MessageEffect::Send(say) | MessageEffect::Edit(say) => say,
        other => panic!("{other:?}"),
    };
    let asks = || mention("what color is the lighthouse?");
    let quiet = || {
        let mut setting = Setting::new();
        setting.space.settings.asks_feedback = false;
        setting
    };
    let suggestion = |number: usize| Suggestion { entry: number, question: format!("{number}?") };
    let suggestions = Reply::Suggestions(vec![suggestion(0), suggestion(1)]);
    let suggestions =
        BotMessage { kind: ReplyKind::Suggest, ..BotMessage::without_entry(suggestions, false) };
    let rows: [(&str, BotMessage, usize, &[Control]); 9] = [
        (
            "an answer",
            said(Setting::new().respond(&asks())),
            1,
            &[Paragraphs(0), Helpful, Unhelpful, Delete],
        ),
        (
            "one without room",
            said(Setting::new().respond(&asks())),
            0,
            &[Paragraphs(0), Quotes(0), Helpful, Unhelpful, Delete],
        ),
        (
            "a private one",
            said(Setting::new().respond(&command(asks()))),
            1,
            &[Paragraphs(0), Helpful, Unhelpful],
        ),
        ("without feedback", said(quiet().respond(&asks())), 1, &[Paragraphs(0), Delete]),
        (
            "what was picked",
            said(picking().used("t:ada", Pick(1))),
            1,
            &[Paragraphs(0), Helpful, Unhelpful, Delete],
        ),
        ("suggestions", suggestions, 1, &[Pick(1), Pick(2), Delete]),
        ("topics", said(Setting::new().used("t:bob", Topics(0))), 1, &[Topics(1)]),
        ("all topics", said(Setting::new().used("t:bob", Topics(1))), 1, &[]),
        ("a notice", said(Setting::new().respond(&mention("hello"))), 1, &[]),
    ];
    for (name, say, n_shown, want) in rows {
        assert_eq!(say.controls(n_shown), want, "{name}: {:?}", say.entries);
    }
}
