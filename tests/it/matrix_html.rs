//! What Matrix's clients make of what is rendered, by an HTML parser that is not ours (html5ever,
//! through ruma-html, with which clients in Rust show messages): the quote, character for character,
//! and nothing but the tags that Matrix allows.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use quoth::conversation::reply::{CitedQuote, Reply, Suggestion, Topic};
use quoth::conversation::wording::Wording;
use quoth::conversation::{BotMessage, Control};
use quoth::platform::matrix::render::{RenderedMessage, render};
use ruma_html::{Html, NodeData, NodeRef, SanitizerConfig};

use crate::random::{answers, lists};

/// Random replies that are tried.
const N_CASES: u32 = 10_000;

/// What people see of a message.
#[derive(Debug, Default)]
struct Shown {
    quotes: Vec<String>,
    items: Vec<String>,
    /// All text, quotes too.
    text: String,
    links: Vec<String>,
    tags: Vec<String>,
}

fn read(html: &str) -> Shown {
    let parsed = Html::parse(html);
    let mut shown = Shown::default();
    for node in parsed.children() {
        look(&node, &mut shown);
    }
    shown
}

/// Notes what stands in `node`, and gives its text.
fn look(node: &NodeRef, shown: &mut Shown) -> String {
    match node.data() {
        NodeData::Text(text) => {
            let text = text.borrow().to_string();
            shown.text.push_str(&text);
            text
        }
        NodeData::Element(element) => {
            let tag = element.name.local.to_string();
            for attribute in element.attrs.borrow().iter() {
                shown.links.push(attribute.value.to_string());
            }
            if tag == "br" {
                shown.text.push('\n');
                shown.tags.push(tag);
                return "\n".to_owned();
            }
            shown.text.push(' ');
            let inside: String = node.children().map(|child| look(&child, shown)).collect();
            match tag.as_str() {
                "blockquote" => shown.quotes.push(inside.clone()),
                "li" => shown.items.push(inside.clone()),
                _ => {}
            }
            shown.tags.push(tag);
            inside
        }
        _ => String::new(),
    }
}

fn words(text: &str) -> String {
    text.replace('\0', "\u{fffd}").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The quote with the marks that stand outside of it. No event may hold a NUL.
fn marked(quote: &CitedQuote) -> String {
    let before = if quote.is_cut_before { "[...] " } else { "" };
    let after = if quote.is_cut_after { " [...]" } else { "" };
    format!("{before}{}{after}", quote.text).replace('\0', "\u{fffd}")
}

/// Whether every client shows all of `body`, and it fits into an event.
fn check_form(body: &RenderedMessage) -> Result<Shown, TestCaseError> {
    let n_bytes = serde_json::json!([body.plain, body.html]).to_string().len();
    prop_assert!(n_bytes < 48_000, "{}", n_bytes);
    let sanitized = Html::parse(&body.html);
    sanitized.sanitize_with(&SanitizerConfig::strict());
    prop_assert_eq!(sanitized.to_string(), Html::parse(&body.html).to_string());
    let shown = read(&body.html);
    let known = ["p", "br", "strong", "blockquote", "a", "ol", "ul", "li"];
    let is_known = |tag: &String| known.contains(&tag.as_str());
    prop_assert!(shown.tags.iter().all(is_known), "{:?}", shown.tags);
    let is_ours = |link: &String| link == "https://source.example/a_(b)";
    prop_assert!(shown.links.iter().all(is_ours), "{:?}", shown.links);
    Ok(shown)
}

fn check(body: &RenderedMessage, reply: &Reply) -> Result<(), TestCaseError> {
    let shown = check_form(body)?;
    let text = words(&shown.text);
    match reply {
        Reply::Answer(answer) => {
            let wanted: Vec<String> = answer.quotes.iter().map(marked).collect();
            let n_shown = shown.quotes.len();
            prop_assert!((1..=wanted.len()).contains(&n_shown), "{:?}", body);
            prop_assert_eq!(&shown.quotes[..], &wanted[..n_shown]);
            let rest = body.controls.iter().find(|it| matches!(it, Control::Quotes(_)));
            prop_assert_eq!(rest.is_none(), n_shown == wanted.len());
            for quote in &wanted[..n_shown] {
                let lines: Vec<String> = quote.split('\n').map(|it| format!("> {it}")).collect();
                prop_assert!(body.plain.contains(&lines.join("\n")), "{:?}", body.plain);
            }
            if let Some(lead) = &answer.lead {
                prop_assert!(text.contains(&words(lead)), "{:?} in {:?}", lead, text);
            }
        }
        Reply::Suggestions(suggestions) => {
            let wanted = suggestions.iter().map(|Suggestion { question, .. }| words(question));
            prop_assert_eq!(shown.items, wanted.collect::<Vec<String>>());
        }
        Reply::Paragraphs(passages) => {
            let wanted = passages.iter().map(|it| it.text.trim_end().replace('\0', "\u{fffd}"));
            prop_assert_eq!(shown.quotes, wanted.collect::<Vec<String>>());
        }
        Reply::Topics(topics) => {
            let wanted = topics.iter().flat_map(|Topic { questions, .. }| questions);
            prop_assert_eq!(shown.items, wanted.map(|it| words(it)).collect::<Vec<String>>());
        }
        other => prop_assert!(false, "{:?} is not made", other),
    }
    Ok(())
}

fn try_all(says: &impl Strategy<Value = BotMessage>) {
    let config = Config { failure_persistence: None, ..Config::with_cases(N_CASES) };
    let last = RefCell::new(String::new());
    let ran = TestRunner::new(config).run(says, |say| {
        let body = render(&say, Wording::english());
        last.replace(body.html.clone());
        check(&body, &say.reply)
    });
    ran.unwrap_or_else(|error| panic!("{error}\n{}", last.borrow()));
}

#[test]
fn whatever_is_quoted_is_what_a_parser_gives_back() {
    try_all(&answers());
}

#[test]
fn whatever_is_suggested_or_shown_of_a_source_is_what_a_parser_gives_back() {
    try_all(&lists());
}
