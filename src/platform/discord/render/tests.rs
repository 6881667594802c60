use std::time::Duration;

use super::*;
use crate::conversation::ReplyKind;
use crate::conversation::notice::Greeting;
use crate::platform::fixtures::{answer, quote_from};

fn quote(text: &str) -> CitedQuote {
    quote_from("The *harbor*", "https://harbor.example/a?b=(1)", text)
}

fn shown(say: &BotMessage, style: AnswerStyle) -> RenderedMessage {
    render(say, style, Wording::english())
}

fn controls(card: &RenderedMessage) -> Vec<Control> {
    card.buttons.iter().map(|button| button.control).collect()
}

/// Whether Discord takes `card`.
fn check(card: &RenderedMessage, what: &str) {
    assert!(utf16_len(&card.content) <= MAX_CONTENT, "{what}");
    assert!(card.embeds.iter().all(|text| utf16_len(text) <= MAX_DESCRIPTION), "{what}");
    assert!(card.embeds.iter().map(|text| utf16_len(text)).sum::<usize>() <= 6000, "{what}");
    assert!(!card.content.is_empty() || !card.embeds.is_empty(), "{what}");
    assert!(card.buttons.len() <= 5, "{what}");
    assert!(
        card.buttons.iter().all(|it| (1..=MAX_LABEL).contains(&utf16_len(&it.label))),
        "{what}"
    );
}

#[test]
fn an_answer_has_its_lead_quotes_citations_and_what_can_be_done_with_it() {
    let mut cut = quote("is _red_.");
    cut.is_cut_before = true;
    cut.speaker = Some("Ada".to_owned());
    let say = answer(Some("It is *red*."), vec![quote("The lighthouse\nis red."), cut]);
    let card = shown(&say, AnswerStyle::Embed);
    insta::assert_snapshot!(card.embeds[0], @r"
    **In short:** It is \*red\*.

    > The lighthouse
    > is red.
    — “The \*harbor\*”, paragraph 3 · [open the source](<https://harbor.example/a?b=%281%29>)

    > \[...\] is \_red\_.
    — Ada. “The \*harbor\*”, paragraph 3 · [open the source](<https://harbor.example/a?b=%281%29>)
    ");
    let want = [Control::Paragraphs(0), Control::Helpful, Control::Unhelpful, Control::Delete];
    assert_eq!(controls(&card), want);
    let text = shown(&say, AnswerStyle::Text);
    assert_eq!((text.content, text.embeds), (card.embeds[0].clone(), Vec::new()));
}

#[test]
fn what_does_not_fit_is_left_to_a_button_and_no_quote_is_cut() {
    let long = |letter: &str| quote(&letter.repeat(1500));
    let say = answer(Some(&"lead ".repeat(2000)), vec![long("a"), long("b"), long("c")]);
    for (style, n_shown) in [(AnswerStyle::Embed, 2), (AnswerStyle::Text, 1)] {
        let card = shown(&say, style);
        check(&card, "three long quotes");
        assert!(controls(&card).contains(&Control::Quotes(n_shown)), "{card:?}");
        let rest =
            BotMessage { offset: n_shown, is_private: true, ..answer(None, vec![long("c")]) };
        let card = shown(&rest, style);
        assert!(!controls(&card).contains(&Control::Delete), "who sees it alone can close it");
    }
}

#[test]
fn the_longest_quotes_fit_in_either_style() {
    let texts = ["*", "\u{1F600}", "a\n", "\n", "@", "- "].map(|part| {
        let text: String = part.repeat(1500).chars().take(1500).collect();
        format!("x{}x", text.chars().take(1498).collect::<String>())
    });
    for text in texts {
        let mut quote = quote(&text);
        quote.title = "*".repeat(900);
        quote.url = Some(format!("https://x.example/{}", "ü".repeat(200)));
        let say = answer(Some(&"*".repeat(900)), vec![quote.clone(), quote]);
        for style in [AnswerStyle::Embed, AnswerStyle::Text] {
            let card = shown(&say, style);
            let what = format!("{:?}", text.chars().take(4).collect::<String>());
            check(&card, &what);
            let all = card.embeds.join("\n") + card.content.as_str();
            let n_shown = all.matches(block_quote(&text).as_str()).count();
            assert!(n_shown >= 1, "the quote is whole: {what}");
        }
    }
}

#[test]
fn suggestions_are_listed_whole_and_picked_by_buttons_with_words() {
    let suggestion = |question: &str| Suggestion { entry: 0, question: question.to_owned() };
    let long = "What ".repeat(200);
    let say = BotMessage {
        reply: Reply::Suggestions(vec![suggestion("Why *not*?"), suggestion(&long)]),
        kind: ReplyKind::Suggest,
        ..answer(None, vec![])
    };
    let card = shown(&say, AnswerStyle::Text);
    check(&card, "suggestions");
    assert!(
        card.content.starts_with("Did you mean one of these?\n1. Why \\*not\\*?\n2. What What")
    );
    assert_eq!(card.buttons[0].label, "1. Why *not*?");
    assert_eq!(controls(&card), [Control::Pick(1), Control::Pick(2), Control::Delete]);
}

#[test]
fn long_lists_go_on_behind_a_button() {
    let questions: Vec<String> = (0..400).map(|n| format!("Is this question {n}?")).collect();
    let topic = Topic { tag: "a_tag".to_owned(), questions };
    let say = |n_before: usize| BotMessage {
        reply: Reply::Topics(vec![topic.clone()]),
        offset: n_before,
        ..answer(None, vec![])
    };
    let card = shown(&say(10), AnswerStyle::Embed);
    check(&card, "topics");
    assert!(card.embeds[0].starts_with("**a\\_tag**\n- Is this question 0?\n"), "{card:?}");
    let n_shown = card.embeds[0].matches("\n- ").count();
    assert_eq!(controls(&card), [Control::Topics(10 + n_shown)]);
    let none = BotMessage { reply: Reply::Topics(Vec::new()), ..say(0) };
    check(&shown(&none, AnswerStyle::Embed), "no topics");
}

#[test]
fn paragraphs_are_quoted_with_their_place() {
    let passage =
        |text: &str| ParagraphPart { text: text.to_owned(), title: "T".to_owned(), paragraph: 2 };
    let passages = vec![passage(&"a".repeat(1500)), passage(&"b".repeat(1500)), passage("c")];
    let say = BotMessage { reply: Reply::Paragraphs(passages), ..answer(None, vec![]) };
    let card = shown(&say, AnswerStyle::Text);
    check(&card, "paragraphs");
    assert!(card.content.ends_with("a\n— “T”, paragraph 2"), "{card:?}");
    assert_eq!(controls(&card), [Control::Paragraphs(1)]);
}

#[test]
fn whatever_stands_in_a_notice_is_shown_as_it_stands_and_fits() {
    let pack = || "<@1> **p**".to_owned();
    let notices = [
        Notice::PackRejected { pack: pack(), message: "*".repeat(5000) },
        Notice::EntriesDisabled { pack: pack(), entries: vec!["@everyone".repeat(50); 30] },
        Notice::Greeting(Greeting {
            titles: vec!["[a](https://b)".repeat(500)],
            setup_steps: vec![],
        }),
        Notice::RateLimited { retry_after: Duration::from_secs(3) },
    ];
    for notice in notices {
        let card = shown(&BotMessage::notice(notice.clone(), false), AnswerStyle::Embed);
        check(&card, &format!("{notice:?}"));
        assert!(!card.content.contains("<@1>") && !card.content.contains("[a](https:"), "{card:?}");
    }
    let place = PlaceId::from("discord:channel:77");
    let hindered = Notice::MissingPermissions { place, missing: vec!["Send Messages".to_owned()] };
    let card = shown(&BotMessage::notice(hindered, false), AnswerStyle::Embed);
    assert!(card.content.contains("<#77>") && card.content.contains("Send Messages"), "{card:?}");
}
