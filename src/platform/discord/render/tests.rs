use std::time::Duration;

use super::super::markdown::utf16_len;
use super::*;
use crate::conversation::ReplyKind;
use crate::platform::fixtures::{answer, long_texts_for_moderators, quote_from, quote_of_markdown};

fn quote(text: &str) -> CitedQuote {
    quote_from("The *harbor*", "https://harbor.example/a?b=(1)", text)
}

fn rendered(message: &BotMessage, style: AnswerStyle) -> RenderedMessage {
    render(message, style, Wording::english())
}

fn controls(message: &RenderedMessage) -> Vec<Control> {
    message.buttons.iter().map(|button| button.control).collect()
}

/// The longest label that Discord's guidelines for buttons recommend: phones show no more.
const LONGEST_LABEL: usize = 38;

/// Asserts that `message` is within Discord's limits.
fn check(message: &RenderedMessage, what: &str) {
    assert!(utf16_len(&message.content) <= MAX_CONTENT, "{what}");
    assert!(message.embeds.iter().all(|text| utf16_len(text) <= MAX_DESCRIPTION), "{what}");
    assert!(message.embeds.iter().map(|text| utf16_len(text)).sum::<usize>() <= 6000, "{what}");
    assert!(!message.content.is_empty() || !message.embeds.is_empty(), "{what}");
    assert!(message.buttons.len() <= 5, "{what}");
    assert!(
        message.buttons.iter().all(|it| (1..=LONGEST_LABEL).contains(&utf16_len(&it.label))),
        "{what}"
    );
}

#[test]
fn answer_has_lead_quotes_citations_and_controls() {
    let mut cut = quote("is _red_.");
    cut.is_cut_before = true;
    cut.speaker = Some("Ada".to_owned());
    let reply = answer(Some("It is *red*."), vec![quote("The lighthouse\nis red."), cut]);
    let message = rendered(&reply, AnswerStyle::Embed);
    assert_eq!(message.content, r"**In short:** It is \*red\*.");
    insta::assert_snapshot!(message.embeds[0], @r"
    > The lighthouse
    > is red.
    — “The \*harbor\*”, paragraph 3 · [open the source](<https://harbor.example/a?b=%281%29>)

    > \[...\] is \_red\_.
    — Ada. “The \*harbor\*”, paragraph 3 · [open the source](<https://harbor.example/a?b=%281%29>)
    ");
    let want = [Control::Paragraphs(0), Control::Helpful, Control::Unhelpful, Control::Delete];
    assert_eq!(controls(&message), want);
    let text = rendered(&reply, AnswerStyle::Text);
    let whole = format!("{}\n\n{}", message.content, message.embeds[0]);
    assert_eq!((text.content, text.embeds), (whole, Vec::new()));
}

#[test]
fn related_questions_are_below_the_quotes_if_they_fit() {
    let with_see_also = |questions: &[String], quotes: Vec<CitedQuote>| {
        let message = answer(Some("Red."), quotes);
        let Reply::Answer(answer) = message.reply else { panic!("an answer") };
        let reply = Reply::Answer(Answer { see_also: questions.to_vec(), ..answer });
        BotMessage { reply, ..message }
    };
    let questions = ["Is *it*?".to_owned(), "When?".to_owned()];
    for style in [AnswerStyle::Embed, AnswerStyle::Text] {
        let message = rendered(&with_see_also(&questions, vec![quote("It is red.")]), style);
        let text = message.embeds.last().unwrap_or(&message.content);
        assert!(text.ends_with("\n\nSee also: Is \\*it\\*? · When?"), "{text}");
        // Without room, the answer is the same as without them.
        let long = vec![quote(&"a".repeat(1300)); 3];
        let limit = if style == AnswerStyle::Embed { 4200 } else { 2100 };
        for n_chars in (0..limit).step_by(50) {
            let quotes = vec![quote(&"a".repeat(n_chars.clamp(1, 1900))), long[0].clone()];
            let longest = vec!["*".repeat(300); 3];
            check(&rendered(&with_see_also(&longest, quotes), style), &format!("{n_chars}"));
        }
        let full = rendered(&with_see_also(&questions, vec![quote(&"\n".repeat(1498))]), style);
        check(&full, "a quote of line breaks");
    }
}

#[test]
fn content_has_the_lead_or_the_first_words_of_the_quote() {
    let rows = [
        ("It is red.".to_owned(), "It is red.".to_owned()),
        ("one\ntwo *three*".to_owned(), r"one two \*three\*".to_owned()),
        ("word ".repeat(40), format!(r"{} \[...\]", "word ".repeat(23).trim_end())),
        ("x".repeat(300), format!(r"{} \[...\]", "x".repeat(114))),
    ];
    for (text, want) in rows {
        let message = rendered(&answer(None, vec![quote(&text)]), AnswerStyle::Embed);
        assert_eq!(message.content, want, "{text}");
        let message = rendered(&answer(Some("So."), vec![quote(&text)]), AnswerStyle::Embed);
        assert_eq!(message.content, "**In short:** So.", "{text}");
    }
}

#[test]
fn question_is_shown_above_an_answer_if_there_is_room() {
    let message = rendered(&answer(Some("So."), vec![quote("It is red.")]), AnswerStyle::Embed);
    let asked = with_question(message.clone(), "what *is*\nit?", Wording::english());
    assert_eq!(asked.content, "**Question:** what \\*is\\* it?\n**In short:** So.");
    let full = RenderedMessage { content: "x".repeat(MAX_CONTENT), ..message };
    assert_eq!(with_question(full.clone(), "what?", Wording::english()), full);
}

#[test]
fn quotes_beyond_the_limit_are_behind_a_button_and_never_cut() {
    let long = |letter: &str| quote(&letter.repeat(1500));
    let reply = answer(Some(&"lead ".repeat(2000)), vec![long("a"), long("b"), long("c")]);
    for (style, n_shown) in [(AnswerStyle::Embed, 2), (AnswerStyle::Text, 1)] {
        let message = rendered(&reply, style);
        check(&message, "three long quotes");
        assert!(controls(&message).contains(&Control::Quotes(n_shown)), "{message:?}");
        let rest =
            BotMessage { offset: n_shown, is_private: true, ..answer(None, vec![long("c")]) };
        let message = rendered(&rest, style);
        assert!(
            !controls(&message).contains(&Control::Delete),
            "an ephemeral message has no delete button"
        );
    }
}

#[test]
fn longest_quotes_fit_in_both_styles() {
    let texts = ["*", "\u{1F600}", "a\n", "\n", "@", "- "].map(|part| {
        let text: String = part.repeat(1500).chars().take(1500).collect();
        format!("x{}x", text.chars().take(1498).collect::<String>())
    });
    for text in texts {
        let mut quote = quote(&text);
        quote.title = "*".repeat(900);
        quote.url = Some(format!("https://x.example/{}", "ü".repeat(200)));
        let reply = answer(Some(&"*".repeat(900)), vec![quote.clone(), quote]);
        for style in [AnswerStyle::Embed, AnswerStyle::Text] {
            let message = rendered(&reply, style);
            let what = format!("{:?}", text.chars().take(4).collect::<String>());
            check(&message, &what);
            let all = message.embeds.join("\n") + message.content.as_str();
            let n_shown = all.matches(block_quote(&text).as_str()).count();
            assert!(n_shown >= 1, "the quote is complete: {what}");
        }
    }
}

#[test]
fn suggestions_are_listed_completely_with_labeled_buttons() {
    let questions = vec!["Why *not*?".to_owned(), "What ".repeat(200)];
    let passages = vec![quote("It *is*\n- red.")];
    let reply = BotMessage {
        reply: Reply::Suggestions(Suggestions { questions, passages }),
        kind: ReplyKind::Suggest,
        ..answer(None, vec![])
    };
    let message = rendered(&reply, AnswerStyle::Text);
    check(&message, "suggestions");
    assert!(
        message.content.starts_with("Did you mean one of these?\n1. Why \\*not\\*?\n2. What What")
    );
    assert!(message.content.ends_with("…\nIn the document:\n3. It \\*is\\* - red."), "{message:?}");
    assert_eq!(message.buttons[0].label, "1. Why *not*?");
    assert_eq!(message.buttons[2].label, "3. It *is* - red.");
    let picks = [1, 2, 3].map(Control::Pick);
    assert_eq!(controls(&message), [&picks[..], &[Control::Delete]].concat());
}

#[test]
fn long_lists_continue_behind_a_button() {
    let questions: Vec<String> = (0..400).map(|n| format!("Is this question {n}?")).collect();
    let topic = Topic { tag: "a_tag".to_owned(), questions };
    let reply = |n_before: usize| BotMessage {
        reply: Reply::Topics(vec![topic.clone()]),
        offset: n_before,
        ..answer(None, vec![])
    };
    let message = rendered(&reply(10), AnswerStyle::Embed);
    check(&message, "topics");
    assert!(message.content.starts_with("**a\\_tag**\n- Is this question 0?\n"), "{message:?}");
    let lines = message.embeds.iter().chain([&message.content]).flat_map(|text| text.lines());
    let n_shown = lines.filter(|line| line.starts_with("- ")).count();
    assert!(!message.embeds.is_empty() && n_shown > 200, "{n_shown} of 400 are shown");
    assert_eq!(controls(&message), [Control::Topics(10 + n_shown)]);
    let none = BotMessage { reply: Reply::Topics(Vec::new()), ..reply(0) };
    check(&rendered(&none, AnswerStyle::Embed), "no topics");
}

#[test]
fn paragraphs_are_quoted_with_their_number() {
    let passage = |text: &str| ParagraphPart {
        text: text.to_owned(),
        rich_text: None,
        title: "T".to_owned(),
        paragraph: 2,
    };
    let passages = vec![passage(&"a".repeat(1500)), passage(&"b".repeat(1500)), passage("c")];
    let reply = BotMessage { reply: Reply::Paragraphs(passages), ..answer(None, vec![]) };
    let message = rendered(&reply, AnswerStyle::Text);
    check(&message, "paragraphs");
    assert!(message.content.ends_with("a\n— “T”, paragraph 2"), "{message:?}");
    assert_eq!(controls(&message), [Control::Paragraphs(1)]);
}

#[test]
fn notices_are_escaped_and_fit_the_limit() {
    let pack = || "<@1> **p**".to_owned();
    let notices = [
        Notice::PackRejected { pack: pack(), message: "*".repeat(5000) },
        Notice::EntriesDisabled { pack: pack(), entries: vec!["@everyone".repeat(50); 30] },
        Notice::Greeting { titles: vec!["[a](https://b)".repeat(500)] },
        Notice::RateLimited { retry_after: Duration::from_secs(3) },
    ];
    for notice in notices {
        let message = rendered(&BotMessage::notice(notice.clone(), false), AnswerStyle::Embed);
        check(&message, &format!("{notice:?}"));
        assert!(
            !message.content.contains("<@1>") && !message.content.contains("[a](https:"),
            "{message:?}"
        );
    }
    let place = PlaceId::from("discord:channel:77");
    let missing = Notice::MissingPermissions {
        place,
        missing: vec!["Send Messages".to_owned()],
        is_timed_out: false,
    };
    let message = rendered(&BotMessage::notice(missing, false), AnswerStyle::Embed);
    assert!(
        message.content.contains("<#77>") && message.content.contains("Send Messages"),
        "{message:?}"
    );
}

#[test]
fn quotes_of_markdown_have_its_markup_and_their_marks() {
    let mut quote = quote_of_markdown("see *it*:\n\n- [a](https://x.example)\n- b", "");
    (quote.is_cut_before, quote.is_cut_after) = (true, true);
    let message = rendered(&answer(None, vec![quote]), AnswerStyle::Embed);
    assert_eq!(message.content, "see it: - a - b");
    insta::assert_snapshot!(message.embeds[0], @r"
    > \[...\] see _it_:
    > 
    > - [a](<https://x.example>)
    > - b \[...\]
    — “The harbor”, paragraph 3 · [open the source](<https://harbor.example/>)
    ");
}

#[test]
fn markup_that_is_too_long_is_left_out_and_no_word_is() {
    let links = |n: usize, len: usize| {
        let definition = format!("\n\n[a]: https://x.example/{}", "y".repeat(len));
        quote_of_markdown("[a] ".repeat(n).trim_end(), &definition)
    };
    let rows = [
        (
            "links fit",
            links(100, 0),
            "> [a](<https://x.example/>) [a]",
            " [a](<https://x.example/>)\n—",
        ),
        // pulldown-cmark reads the addresses of references up to 100 KB in all.
        ("links without addresses", links(370, 200), "> a a a", " a a\n—"),
        (
            "cells fit",
            quote_of_markdown(&format!("|{}\n|{}", "a|".repeat(370), "-|".repeat(370)), ""),
            "> **a** \\| **a**",
            " **a**\n—",
        ),
    ];
    for (what, quote, start, end) in rows {
        for style in [AnswerStyle::Embed, AnswerStyle::Text] {
            let message = rendered(&answer(None, vec![quote.clone()]), style);
            check(&message, what);
            let text = message.embeds.first().unwrap_or(&message.content);
            assert!(text.starts_with(start) && text.contains(end), "{what}: {text}");
        }
    }
}

#[test]
fn long_text_for_moderators_is_cut_to_the_limits_between_lines_and_says_so() {
    for (number, message) in long_texts_for_moderators().iter().enumerate() {
        let message = rendered(message, AnswerStyle::Embed);
        check(&message, &format!("text {number}"));
        for part in std::iter::once(&message.content).chain(&message.embeds) {
            let n_fences = part.lines().filter(|line| line.starts_with("```")).count();
            assert_eq!(n_fences % 2, 0, "text {number} leaves a code block open: {part}");
        }
        let last = message.embeds.last().unwrap_or(&message.content);
        let says_so = last.contains('…') || last.ends_with(&escape(CUT));
        assert!(says_so, "text {number} is cut in silence: {last}");
    }
}
