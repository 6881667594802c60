//! Responses to the use of controls.

use super::*;
use crate::conversation::FeedbackEffect;

#[test]
fn asker_may_pick_and_asker_and_moderators_may_delete() {
    let suggested = || Fixture { target: Some(suggestion()), ..Fixture::new() };
    let answered = || Fixture { target: Some(answer()), ..Fixture::new() };
    let private = || {
        let target = SentReply { is_private: true, ..suggestion() };
        Fixture { target: Some(target), ..Fixture::new() }
    };
    let for_carol = || {
        let target = SentReply { asked_for: Some("t:carol".into()), ..suggestion() };
        Fixture { target: Some(target), ..Fixture::new() }
    };
    let rows = [
        ("pick", suggested(), "t:ada", Control::Pick(1), "edit: answer ferry"),
        ("pick in private", private(), "t:ada", Control::Pick(1), "edit: private: answer ferry"),
        ("pick by another", suggested(), "t:bob", Control::Pick(1), "private: AskerOnly"),
        ("pick too high", suggested(), "t:ada", Control::Pick(9), "private: no such number of 3"),
        (
            "pick an entry that no longer exists",
            suggested(),
            "t:ada",
            Control::Pick(3),
            "private: NoLongerAvailable",
        ),
        ("delete", suggested(), "t:ada", Control::Delete, "delete"),
        ("delete by a moderator", suggested(), "t:mod", Control::Delete, "delete"),
        (
            "pick by who was asked for",
            for_carol(),
            "t:carol",
            Control::Pick(1),
            "edit: answer ferry",
        ),
        ("delete by who was asked for", for_carol(), "t:carol", Control::Delete, "delete"),
        ("pick by a third", for_carol(), "t:bob", Control::Pick(1), "private: AskerOnly"),
        ("delete by another", suggested(), "t:bob", Control::Delete, "private: AskerOnly"),
        ("give feedback", suggested(), "t:bob", Control::Helpful, "private: FeedbackRecorded"),
        ("pick again", answered(), "t:ada", Control::Pick(1), "private: NoLongerAvailable"),
        (
            "pick again, too high",
            answered(),
            "t:ada",
            Control::Pick(2),
            "private: NoLongerAvailable",
        ),
        (
            "on an unknown message",
            Fixture::new(),
            "t:ada",
            Control::Pick(1),
            "private: NoLongerAvailable",
        ),
    ];
    for (name, fixture, user, control, want) in rows {
        assert_eq!(summary(&fixture.used(user, control)), want, "{name}");
    }
    assert_eq!(suggested().used("t:ada", Control::Pick(1)).feedback, None);
}

#[test]
fn passage_is_shown_while_the_source_has_it() {
    let entries = vec![BICYCLES.to_owned(), BICYCLES.replace("two", "three")];
    let target = SentReply { entries, ..suggestion() };
    let fixture = Fixture { target: Some(target), ..Fixture::new() };
    let picked = |number| summary(&fixture.used("t:ada", Control::Pick(number)));
    assert_eq!(picked(1), format!("edit: answer {BICYCLES}"));
    assert_eq!(picked(2), "private: NoLongerAvailable");
}

#[test]
fn feedback_is_taken_back_by_the_same_feedback() {
    let suggested = || Fixture { target: Some(suggestion()), ..Fixture::new() };
    let given = Some(FeedbackEffect::Give { is_helpful: false });
    assert_eq!(suggested().used("t:bob", Control::Unhelpful).feedback, given);
    let changed = Fixture { feedback: Some(true), ..suggested() };
    assert_eq!(changed.used("t:bob", Control::Unhelpful).feedback, given);
    let again = Fixture { feedback: Some(false), ..suggested() };
    let effects = again.used("t:bob", Control::Unhelpful);
    assert_eq!(effects.feedback, Some(FeedbackEffect::Withdraw));
}

#[test]
fn any_user_may_be_shown_paragraphs_and_remaining_quotes() {
    let mut fixture = Fixture::new();
    fixture.target = Some(answer());
    let rows = [
        (Control::Paragraphs(0), "1 paragraphs"),
        (Control::Paragraphs(1), "NoLongerAvailable"),
        (Control::Quotes(0), "answer"),
        (Control::Quotes(1), "NoLongerAvailable"),
        (Control::Topics(0), "topics"),
    ];
    for (control, want) in rows {
        let MessageEffect::Send(message) = fixture.used("t:bob", control).message else {
            panic!("{control:?}")
        };
        let got = summary(&Effects::from(message.clone()));
        assert!(got.contains(want), "{control:?}: {got}");
        assert!(message.is_private, "{control:?}");
    }
    fixture.target = Some(SentReply { entries: vec![BICYCLES.to_owned()], ..answer() });
    let got = summary(&fixture.used("t:bob", Control::Paragraphs(0)));
    assert!(got.contains("1 paragraphs"), "of a passage: {got}");
    fixture.target = Some(suggestion());
    for control in [Control::Paragraphs(0), Control::Quotes(0)] {
        let got = summary(&fixture.used("t:bob", control));
        assert!(got.contains("NoLongerAvailable"), "suggestions have no quotes: {got}");
    }
}

#[test]
fn paused_bot_sends_nothing_public_and_private_controls_work() {
    let paused = |target| Fixture { target: Some(target), is_paused: true, ..Fixture::new() };
    let private = SentReply { is_private: true, ..suggestion() };
    let rows = [
        (paused(suggestion()), Control::Pick(1), "private: Paused"),
        (paused(private), Control::Pick(1), "edit: private: answer ferry"),
        (paused(answer()), Control::Paragraphs(0), "private: 1 paragraphs"),
        (paused(answer()), Control::Quotes(0), "private: answer lighthouse"),
        (paused(answer()), Control::Topics(0), "private: topics"),
        (paused(answer()), Control::Helpful, "private: FeedbackRecorded"),
        (paused(answer()), Control::Delete, "delete"),
    ];
    for (fixture, control, want) in rows {
        assert_eq!(summary(&fixture.used("t:ada", control)), want, "{control:?}");
    }
}

#[test]
fn private_answer_is_shared_once_by_its_asker() {
    let private = || SentReply { is_private: true, ..answer() };
    let of = |target: SentReply| Fixture { target: Some(target), ..Fixture::new() };
    let suggestions = SentReply { is_private: true, ..suggestion() };
    let rows = [
        ("by the asker", of(private()), "t:ada", "answer lighthouse"),
        ("by another", of(private()), "t:bob", "private: AskerOnly"),
        ("again", Fixture { has_reply: true, ..of(private()) }, "t:ada", "private: AlreadyShared"),
        ("a public answer", of(answer()), "t:ada", "private: NoLongerAvailable"),
        ("suggestions", of(suggestions), "t:ada", "private: NoLongerAvailable"),
        ("while paused", Fixture { is_paused: true, ..of(private()) }, "t:ada", "private: Paused"),
    ];
    for (name, fixture, user, want) in rows {
        assert_eq!(summary(&fixture.used(user, Control::Share)), want, "{name}");
    }
}

#[test]
fn show_more_is_rate_limited_with_one_notice() {
    let fixture = Fixture { target: Some(answer()), ..Fixture::new() };
    for (control, want) in [
        (Control::Paragraphs(0), "private: 1 paragraphs"),
        (Control::Quotes(0), "private: answer lighthouse"),
        (Control::Topics(0), "private: topics"),
    ] {
        let cooldowns = Cooldowns::default();
        let press = |user, control| summary(&fixture.used_within(user, control, &cooldowns));
        for _ in 0..fixture.space.settings.questions_per_asker {
            assert_eq!(press("t:bob", control), want);
        }
        assert_eq!(press("t:bob", control), "private: rate limited");
        assert_eq!(press("t:bob", control), "-");
        assert_eq!(press("t:ada", control), want, "others may");
        assert_eq!(
            press("t:bob", Control::Helpful),
            "private: FeedbackRecorded",
            "feedback is not limited"
        );
    }
}

#[test]
fn topics_continue_at_the_offset() {
    let fixture = Fixture::new();
    let questions = |offset: usize| match fixture.used("t:bob", Control::Topics(offset)).message {
        MessageEffect::Send(BotMessage {
            reply: Reply::Topics(topics), offset: actual, ..
        }) => {
            assert_eq!(actual, offset);
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
fn messages_offer_the_controls_of_their_kind() {
    use Control::{Delete, Helpful, Paragraphs, Pick, Quotes, Share, Topics, Unhelpful};
    let picking = || Fixture { target: Some(suggestion()), ..Fixture::new() };
    let message = |effects: Effects| match effects.message {
        MessageEffect::Send(message) | MessageEffect::Edit(message) => message,
        other => panic!("{other:?}"),
    };
    let question = || mention("what color is the lighthouse?");
    let quiet = || {
        let mut fixture = Fixture::new();
        fixture.space.settings.asks_feedback = false;
        fixture
    };
    let questions = vec!["0?".to_owned(), "1?".to_owned()];
    let suggestions = Reply::Suggestions(Suggestions { questions, passages: Vec::new() });
    let suggestions =
        BotMessage { kind: ReplyKind::Suggest, ..BotMessage::without_entry(suggestions, false) };
    let rows: [(&str, BotMessage, usize, &[Control]); 9] = [
        (
            "an answer",
            message(Fixture::new().respond(&question())),
            1,
            &[Paragraphs(0), Helpful, Unhelpful, Delete],
        ),
        (
            "one without room",
            message(Fixture::new().respond(&question())),
            0,
            &[Paragraphs(0), Quotes(0), Helpful, Unhelpful, Delete],
        ),
        (
            "a private one",
            message(Fixture::new().respond(&command(question()))),
            1,
            &[Paragraphs(0), Helpful, Unhelpful, Share],
        ),
        ("without feedback", message(quiet().respond(&question())), 1, &[Paragraphs(0), Delete]),
        (
            "a picked suggestion",
            message(picking().used("t:ada", Pick(1))),
            1,
            &[Paragraphs(0), Helpful, Unhelpful, Delete],
        ),
        ("suggestions", suggestions, 1, &[Pick(1), Pick(2), Delete]),
        ("topics", message(Fixture::new().used("t:bob", Topics(0))), 1, &[Topics(1)]),
        ("all topics", message(Fixture::new().used("t:bob", Topics(1))), 1, &[]),
        ("a notice", message(Fixture::new().respond(&mention("hello"))), 1, &[]),
    ];
    for (name, message, n_shown, want) in rows {
        assert_eq!(message.controls(n_shown), want, "{name}: {:?}", message.entries);
    }
}
