use super::*;
use crate::conversation::{PlaceId, ReplyKind};
use crate::platform::fixtures::{answer, long_texts_for_moderators, quote_from, quote_of_markdown};

fn quote(text: &str) -> CitedQuote {
    quote_from("The <harbor>", "https://harbor.example/?a=1&b=2", text)
}

fn rendered(message: &BotMessage) -> RenderedMessage {
    let rendered = render(message, Wording::english());
    let n_bytes = serde_json::json!([rendered.plain, rendered.html]).to_string().len();
    assert!(n_bytes <= MAX_BYTES + 1000, "{n_bytes}");
    rendered
}

#[test]
fn answer_has_lead_quotes_citations_and_controls() {
    let mut cut = quote("is & red.");
    cut.is_cut_before = true;
    cut.speaker = Some("Ada".to_owned());
    let body = rendered(&answer(Some("It is <red>."), vec![quote("The lighthouse\nis red."), cut]));
    insta::assert_snapshot!(body.plain, @r"
    In short: It is <red>.

    > The lighthouse
    > is red.
    — “The <harbor>”, paragraph 3, https://harbor.example/?a=1&b=2

    > [...] is & red.
    — Ada. “The <harbor>”, paragraph 3, https://harbor.example/?a=1&b=2

    📄 Show the paragraph · 👍 This answered it · 👎 Not this · 🗑️ Delete
    ");
    insta::assert_snapshot!(body.html.replace("<p>", "\n<p>").replace("<b", "\n<b"), @r#"

    <p><strong>In short:</strong> It is &lt;red&gt;.</p>
    <blockquote>The lighthouse
    <br>is red.</blockquote>
    <p>— “The &lt;harbor&gt;”, paragraph 3 · <a href="https://harbor.example/?a=1&amp;b=2">open the source</a></p>
    <blockquote>[...] is &amp; red.</blockquote>
    <p>— Ada. “The &lt;harbor&gt;”, paragraph 3 · <a href="https://harbor.example/?a=1&amp;b=2">open the source</a></p>
    <p>📄 Show the paragraph · 👍 This answered it · 👎 Not this · 🗑️ Delete</p>
    "#);
}

/// An answer with these related questions.
fn with_see_also(questions: &[&str], quotes: Vec<CitedQuote>) -> BotMessage {
    let message = answer(None, quotes);
    let Reply::Answer(answer) = message.reply else { panic!("an answer") };
    let see_also = questions.iter().map(|question| (*question).to_owned()).collect();
    BotMessage { reply: Reply::Answer(Answer { see_also, ..answer }), ..message }
}

#[test]
fn related_questions_are_between_quotes_and_controls_if_they_fit() {
    let body = rendered(&with_see_also(&["Is <it>?", "When?"], vec![quote("It is red.")]));
    let end = "\n\nSee also: Is <it>? · When?\n\n📄 Show the paragraph";
    assert!(body.plain.contains(end), "{}", body.plain);
    let end = "<p>See also: Is &lt;it&gt;? · When?</p><p>📄 Show the paragraph";
    assert!(body.html.contains(end), "{}", body.html);
    // A quote that does not fit leaves no room for them.
    let quotes = vec![quote(&"\u{1}".repeat(1500)); 5];
    let full = rendered(&with_see_also(&["When?"], quotes.clone()));
    assert_eq!(full, rendered(&answer(None, quotes)));
}

#[test]
fn quotes_that_do_not_fit_are_shown_on_request_and_none_is_cut() {
    let long = |letter: &str| quote(&letter.repeat(1500));
    let body = rendered(&answer(Some(&"lead ".repeat(2000)), vec![long("\u{1}"); 5]));
    let n_shown = body.plain.matches(&"\u{1}".repeat(1500)).count();
    assert!((1..5).contains(&n_shown), "{n_shown}");
    assert!(body.controls.contains(&Control::Quotes(n_shown)), "{:?}", body.controls);
    let next = BotMessage { offset: n_shown, is_private: true, ..answer(None, vec![long("c")]) };
    assert!(!rendered(&next).controls.contains(&Control::Delete));
}

#[test]
fn longest_quotes_fit_into_an_event() {
    for part in ["<", "\u{1}", "\u{1F600}", "\n", "\"", "\r"] {
        let text = format!("x{}x", part.repeat(1498));
        let body = rendered(&answer(Some(&part.repeat(900)), vec![quote(&text)]));
        let lines: Vec<String> = text.split('\n').map(|line| format!("> {line}")).collect();
        assert!(body.plain.contains(&lines.join("\n")), "{part:?}");
    }
}

#[test]
fn suggestions_are_numbered_and_selected_by_keycaps() {
    let questions = vec!["Why <not>?".to_owned(), "What ".repeat(200)];
    let passages = vec![quote("It <is>\nred.")];
    let message = BotMessage {
        reply: Reply::Suggestions(Suggestions { questions, passages }),
        kind: ReplyKind::Suggest,
        ..answer(None, vec![])
    };
    let body = rendered(&message);
    assert!(body.plain.starts_with("Did you mean one of these?\n1. Why <not>?\n2. What What"));
    assert!(body.html.contains("<ol><li>Why &lt;not&gt;?</li><li>What What"), "{}", body.html);
    let list = "<p>In the document:</p><ol start=\"3\"><li>It &lt;is&gt; red.</li></ol>";
    assert!(body.html.contains(list), "{}", body.html);
    let end = "\nIn the document:\n3. It <is> red.\n\n1️⃣ 2️⃣ 3️⃣ · 🗑️ Delete";
    assert!(body.plain.ends_with(end), "{}", body.plain);
}

#[test]
fn long_lists_continue_on_request() {
    let questions: Vec<String> = (0..400).map(|n| format!("Is this question {n}?")).collect();
    let topic = Topic { tag: "a & b".to_owned(), questions };
    let message = |offset| BotMessage {
        reply: Reply::Topics(vec![topic.clone()]),
        offset,
        ..answer(None, vec![])
    };
    let body = rendered(&message(10));
    assert!(body.plain.starts_with("a & b\n- Is this question 0?\n"), "{}", body.plain);
    assert_eq!(body.controls, [Control::Topics(10 + MAX_QUESTIONS)]);
    let none = BotMessage { reply: Reply::Topics(Vec::new()), ..message(0) };
    assert_eq!(rendered(&none).plain, Wording::english().nothing_found());
}

#[test]
fn longest_lists_fit_into_an_event() {
    for part in ["<", "\u{1F600}", "\u{1}"] {
        let long = part.repeat(400);
        let topic = Topic { tag: long.clone(), questions: vec![long.clone(); 2] };
        let reply = Reply::Topics(vec![topic; 400]);
        let body = rendered(&BotMessage { reply, ..answer(None, vec![]) });
        let continues = |it: &Control| matches!(it, Control::Topics(n) if *n > 0);
        assert!(body.controls.iter().any(continues), "{part:?}: {:?}", body.controls);
    }
}

#[test]
fn room_in_a_notice_is_a_link() {
    let place = PlaceId::from("matrix:!abc:example.org/$root");
    let notice = Notice::MissingPermissions {
        place,
        missing: vec!["power level 50".to_owned()],
        is_timed_out: false,
    };
    let body = rendered(&BotMessage::notice(notice, false));
    let link = "<a href=\"https://matrix.to/#/!abc:example.org\">!abc:example.org</a>";
    assert!(body.html.contains(link), "{}", body.html);
    assert!(body.plain.contains("in !abc:example.org."), "{}", body.plain);
}

#[test]
fn quotes_of_markdown_have_its_markup_and_their_marks() {
    let mut quote = quote_of_markdown("see *it*:\n\n- [a](https://x.example)\n- b", "");
    (quote.is_cut_before, quote.is_cut_after) = (true, true);
    let body = rendered(&answer(None, vec![quote]));
    let html = "<blockquote><p>[...] see <em>it</em>:</p><ul><li>\
                <a href=\"https://x.example\">a</a></li><li>b [...]</li></ul></blockquote><p>— ";
    assert!(body.html.starts_with(html), "{}", body.html);
    let plain = "> [...] see it:\n> \n> - a (https://x.example)\n> - b [...]\n— “The harbor”";
    assert!(body.plain.starts_with(plain), "{}", body.plain);
}

#[test]
fn markup_that_is_too_long_is_left_out_and_no_word_is() {
    let links = |len: usize| {
        let definition = format!("\n\n[a]: https://x.example/{}", "y".repeat(len));
        quote_of_markdown("[a] ".repeat(370).trim_end(), &definition)
    };
    let cells = format!("|{}\n|{}", "\u{1}|".repeat(370), "-|".repeat(370));
    for (quote, start) in [
        (links(0), "<blockquote><a href=\"https://x.example/\">a</a> <a"),
        (links(400), "<blockquote>a a a"),
        (quote_of_markdown(&cells, ""), "<blockquote><table><thead><tr><th>"),
    ] {
        let body = rendered(&answer(None, vec![quote; 3]));
        assert!(body.html.starts_with(start), "{}", body.html);
    }
}

#[test]
fn long_text_for_moderators_is_cut_to_the_limit_and_says_so() {
    let n_letters = |text: &str| text.chars().filter(|c| c.is_alphabetic()).count();
    for (number, message) in long_texts_for_moderators().iter().enumerate() {
        let Reply::Moderation(reply) = &message.reply else { panic!("for a moderator") };
        let shown = rendered(message).plain;
        let says_so = shown.contains(CUT) || shown.contains('…');
        let is_whole = n_letters(&shown) >= n_letters(&reply.text.plain_text());
        assert_ne!(says_so, is_whole, "text {number}: {shown}");
        assert!(n_letters(&shown) > 400, "text {number}: {shown}");
    }
}
