//! Strategies for random bot messages with a lot of platform markup.

use proptest::collection::vec;
use proptest::prelude::*;
use quoth::conversation::reply::{Answer, CitedQuote, ParagraphPart, Reply, Suggestions, Topic};
use quoth::conversation::{BotMessage, ReplyKind};

/// Syntax of Discord and Matrix, and other texts that often break renderers.
const MARKUP: [&str; 76] = [
    "*",
    "**",
    "***",
    "_",
    "__",
    "~~",
    "|",
    "||",
    "`",
    "``",
    "```",
    "```rust\n",
    ">",
    "> ",
    ">>> ",
    "#",
    "# ",
    "## ",
    "-# ",
    "- ",
    "* ",
    "+ ",
    "1. ",
    "23) ",
    "[",
    "]",
    "(",
    ")",
    "[a](https://b.example)",
    "[a](<https://b.example> \"t\")",
    "<https://b.example>",
    "https://b.example/c_d_e",
    "http://b",
    "www.b.example",
    "discord.gg/abc",
    "mailto:a@b.example",
    "<@123456789012345678>",
    "<@!123456789012345678>",
    "<@&123456789012345678>",
    "<#123456789012345678>",
    "</ask:123456789012345678>",
    "<:smile:123456789012345678>",
    "<a:wave:123456789012345678>",
    "<t:1700000000:R>",
    "<123456789012345678:customize>",
    "<id:guide>",
    "@everyone",
    "@here",
    ":smile:",
    "\\",
    "\\\\",
    "\n",
    "\n\n",
    "\u{200b}",
    "\u{202e}",
    "<",
    ">",
    "&",
    "&amp;",
    "&#13;",
    "&nbsp;",
    "</blockquote>",
    "<b>",
    "<br/>",
    "<!-- ",
    "<a href=\"https://matrix.to/#/@ada:example.org\">",
    "<script>",
    "\"",
    "'",
    "\r",
    "\t",
    "@room",
    "https://matrix.to/#/@ada:example.org",
    "@ada:example.org",
    "#room:example.org",
    "¯\\_(ツ)_/¯",
];

/// Texts of markup, words and arbitrary Unicode characters.
fn text(max_parts: usize) -> impl Strategy<Value = String> {
    let part = prop_oneof![
        6 => prop::sample::select(&MARKUP[..]).prop_map(str::to_owned),
        3 => "[a-z]{1,8}",
        2 => Just(" ".to_owned()),
        2 => any::<char>().prop_map(String::from),
        1 => "\\PC{1,6}",
    ];
    vec(part, 1..max_parts).prop_map(|parts| parts.concat())
}

/// Valid quotes: not blank, trimmed, of at most 1,500 characters.
pub(crate) fn quote_text() -> impl Strategy<Value = String> {
    text(60).prop_filter_map("a quote has words", |text| {
        let text: String = text.chars().take(1500).collect();
        let trimmed = text.trim();
        (!trimmed.is_empty()).then(|| trimmed.to_owned())
    })
}

fn quote() -> impl Strategy<Value = CitedQuote> {
    (quote_text(), text(8), prop::option::of(text(5)), any::<(bool, bool, bool)>()).prop_map(
        |(text, title, speaker, (is_cut_before, is_cut_after, has_url))| CitedQuote {
            text,
            rich_text: None,
            is_cut_before,
            is_cut_after,
            role: speaker.clone(),
            speaker,
            title,
            paragraph: 7,
            url: has_url.then(|| "https://source.example/a_(b)".to_owned()),
        },
    )
}

/// A message with `reply`.
pub(crate) fn bot_message(reply: Reply, kind: ReplyKind) -> BotMessage {
    BotMessage {
        reply,
        is_private: false,
        asks_feedback: true,
        kind,
        entries: vec!["e".to_owned()],
        offset: 0,
        is_unsolicited: false,
    }
}

pub(crate) fn answers() -> impl Strategy<Value = BotMessage> {
    let see_also = vec(text(10), 0..3);
    (vec(quote(), 1..4), prop::option::of(text(12)), see_also).prop_map(
        |(quotes, lead, see_also)| {
            let answer = Answer { question: Some("q".to_owned()), lead, quotes, see_also };
            bot_message(Reply::Answer(answer), ReplyKind::Answer)
        },
    )
}

/// Suggestions, paragraphs of a source, and topics.
pub(crate) fn lists() -> impl Strategy<Value = BotMessage> {
    let suggestions = (vec(text(10), 0..4), vec(quote(), 0..3)).prop_filter_map(
        "there is a suggestion",
        |(questions, passages)| {
            let suggestions = Suggestions { questions, passages };
            (!suggestions.is_empty()).then_some(Reply::Suggestions(suggestions))
        },
    );
    let paragraph = (quote_text(), text(6)).prop_map(|(text, title)| ParagraphPart {
        text,
        rich_text: None,
        title,
        paragraph: 7,
    });
    let paragraphs = vec(paragraph, 1..3).prop_map(Reply::Paragraphs);
    let topic = ("[a-z]{1,5}", vec(text(10), 1..3))
        .prop_map(|(tag, questions)| Topic { tag: format!("*{tag}_ #"), questions });
    let topics = vec(topic, 1..3).prop_map(Reply::Topics);
    prop_oneof![suggestions, paragraphs, topics]
        .prop_map(|reply| bot_message(reply, ReplyKind::Suggest))
}

/// The lines that `suggestions` are displayed with: each is a question, or the words of a passage up to a
/// mark of what is left out.
pub(crate) fn suggested_lines(suggestions: &Suggestions) -> Vec<String> {
    let lines = (1..=suggestions.len()).filter_map(|number| suggestions.line(number));
    let lines: Vec<String> = lines.collect();
    let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let questions = suggestions.questions.iter().map(|it| words(it));
    assert!(lines.iter().zip(questions).all(|(line, question)| *line == question), "{lines:?}");
    let of_passages = lines.get(suggestions.questions.len()..).unwrap_or_default();
    assert_eq!(of_passages.len(), suggestions.passages.len());
    for (line, passage) in of_passages.iter().zip(&suggestions.passages) {
        let text = words(&passage.text);
        let start = line.strip_suffix("[...]").map(str::trim_end);
        assert!(*line == text || start.is_some_and(|start| text.starts_with(start)), "{line:?}");
    }
    lines
}
