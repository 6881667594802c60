//! Parses rendered HTML with an independent parser (html5ever through ruma-html, which clients in
//! Rust use): quotes must be unchanged character for character, and only tags that Matrix allows
//! may occur.

use std::cell::RefCell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use quoth::conversation::reply::{CitedQuote, Reply, Topic};
use quoth::conversation::wording::Wording;
use quoth::conversation::{BotMessage, Control};
use quoth::platform::matrix::render::{RenderedMessage, render};
use ruma_html::{Html, NodeData, NodeRef, SanitizerConfig};

use crate::markup::{
    Additions, Links, answer_with, documents, is_linked_in, noise, quote_of, read, squeeze,
};
use crate::random::{answers, lists, suggested_lines};

/// Random replies per test.
const N_CASES: u32 = 10_000;

/// The parsed HTML of a message.
#[derive(Debug, Default)]
struct ParsedHtml {
    quotes: Vec<String>,
    items: Vec<String>,
    /// All text, including quotes.
    text: String,
    links: Vec<String>,
    tags: Vec<String>,
    code_blocks: Vec<String>,
}

fn contents(document: &Html) -> ParsedHtml {
    let mut parsed = ParsedHtml::default();
    for node in document.children() {
        visit(&node, &mut parsed);
    }
    parsed
}

/// Adds the contents of `node` to `parsed`, and returns its text.
fn visit(node: &NodeRef, parsed: &mut ParsedHtml) -> String {
    match node.data() {
        NodeData::Text(text) => {
            let text = text.borrow().to_string();
            parsed.text.push_str(&text);
            text
        }
        NodeData::Element(element) => {
            let tag = element.name.local.to_string();
            for attribute in element.attrs.borrow().iter() {
                let is_of_markup =
                    matches!((&*tag, &*attribute.name.local), ("code", "class") | ("ol", "start"));
                if !is_of_markup {
                    parsed.links.push(attribute.value.to_string());
                }
            }
            if tag == "br" {
                parsed.text.push('\n');
                parsed.tags.push(tag);
                return "\n".to_owned();
            }
            parsed.text.push(' ');
            let inside: String = node.children().map(|child| visit(&child, parsed)).collect();
            match tag.as_str() {
                "blockquote" => parsed.quotes.push(inside.clone()),
                "li" => parsed.items.push(inside.clone()),
                "pre" => parsed.code_blocks.push(inside.clone()),
                _ => {}
            }
            parsed.tags.push(tag);
            inside
        }
        _ => String::new(),
    }
}

fn words(text: &str) -> String {
    text.replace('\0', "\u{fffd}").split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text of the quote as rendered: with the cut marks around it, and NUL replaced, since events
/// must not contain one.
fn expected_text(quote: &CitedQuote) -> String {
    let before = if quote.is_cut_before { "[...] " } else { "" };
    let after = if quote.is_cut_after { " [...]" } else { "" };
    format!("{before}{}{after}", quote.text).replace('\0', "\u{fffd}")
}

/// The tags of messages, and those of quotes with markup.
const TAGS: [&str; 8] = ["p", "br", "strong", "blockquote", "a", "ol", "ul", "li"];
const MARKUP: [&str; 18] = [
    "em", "del", "code", "pre", "hr", "table", "thead", "tbody", "tr", "th", "td", "h1", "h2",
    "h3", "h4", "h5", "h6", "p",
];

/// Checks that `rendered` fits into an event and that sanitizers of clients keep all of it, and that
/// it links to what `is_linked`.
fn check_form(
    rendered: &RenderedMessage,
    tags: &[&str],
    is_linked: impl Fn(&String) -> bool,
) -> Result<ParsedHtml, TestCaseError> {
    let n_bytes = serde_json::json!([rendered.plain, rendered.html]).to_string().len();
    prop_assert!(n_bytes < 48_000, "{}", n_bytes);
    let document = Html::parse(&rendered.html);
    let (parsed, unsanitized) = (contents(&document), document.to_string());
    document.sanitize_with(&SanitizerConfig::strict());
    prop_assert_eq!(document.to_string(), unsanitized);
    let is_known = |tag: &String| tags.contains(&tag.as_str());
    prop_assert!(parsed.tags.iter().all(is_known), "{:?}", parsed.tags);
    prop_assert!(parsed.links.iter().all(is_linked), "{:?}", parsed.links);
    Ok(parsed)
}

fn check(rendered: &RenderedMessage, reply: &Reply) -> Result<(), TestCaseError> {
    let is_expected = |link: &String| link == "https://source.example/a_(b)";
    let parsed = check_form(rendered, &TAGS, is_expected)?;
    let text = words(&parsed.text);
    match reply {
        Reply::Answer(answer) => {
            let expected: Vec<String> = answer.quotes.iter().map(expected_text).collect();
            let n_shown = parsed.quotes.len();
            prop_assert!((1..=expected.len()).contains(&n_shown), "{:?}", rendered);
            prop_assert_eq!(&parsed.quotes[..], &expected[..n_shown]);
            let continuation = rendered.controls.iter().find(|it| matches!(it, Control::Quotes(_)));
            prop_assert_eq!(continuation.is_none(), n_shown == expected.len());
            for quote in &expected[..n_shown] {
                let lines: Vec<String> = quote.split('\n').map(|it| format!("> {it}")).collect();
                prop_assert!(rendered.plain.contains(&lines.join("\n")), "{:?}", rendered.plain);
            }
            if let Some(lead) = &answer.lead {
                prop_assert!(text.contains(&words(lead)), "{:?} in {:?}", lead, text);
            }
        }
        Reply::Suggestions(suggestions) => {
            let expected = suggested_lines(suggestions);
            let expected: Vec<String> = expected.iter().map(|it| words(it)).collect();
            prop_assert_eq!(parsed.items, expected);
        }
        Reply::Paragraphs(parts) => {
            let expected = parts.iter().map(|it| it.text.trim_end().replace('\0', "\u{fffd}"));
            prop_assert_eq!(parsed.quotes, expected.collect::<Vec<String>>());
        }
        Reply::Topics(topics) => {
            let expected = topics.iter().flat_map(|Topic { questions, .. }| questions);
            prop_assert_eq!(parsed.items, expected.map(|it| words(it)).collect::<Vec<String>>());
        }
        other => prop_assert!(false, "unexpected reply {:?}", other),
    }
    Ok(())
}

fn check_random(messages: &impl Strategy<Value = BotMessage>) {
    let config = Config { failure_persistence: None, ..Config::with_cases(N_CASES) };
    let last = RefCell::new(String::new());
    let result = TestRunner::new(config).run(messages, |message| {
        let rendered = render(&message, Wording::english());
        last.replace(rendered.html.clone());
        check(&rendered, &message.reply)
    });
    result.unwrap_or_else(|error| panic!("{error}\n{}", last.borrow()));
}

#[test]
fn quotes_survive_an_html_parser_unchanged() {
    check_random(&answers());
}

#[test]
fn lists_and_paragraphs_survive_an_html_parser_unchanged() {
    check_random(&lists());
}

/// Matrix has lists, tables, rules and links.
const MATRIX: Additions = Additions {
    has_marks: false,
    has_cells: false,
    has_rules: false,
    links: Links::All,
    boxes: ["☐", "☑"],
};

/// Checks that `rendered`, which quotes `document`, has what is read of it.
fn check_markup(rendered: &RenderedMessage, document: &str) -> Result<(), TestCaseError> {
    let reading = read(document, MATRIX);
    let tags = [&TAGS[..], &MARKUP].concat();
    let parsed = check_form(rendered, &tags, |link| is_linked_in(document, &reading, link))?;
    if reading.has_other_text || quote_of(document).rich_text.is_none() {
        return Ok(());
    }
    let [quote] = parsed.quotes.as_slice() else {
        return Err(TestCaseError::fail(format!("{:?}", parsed.quotes)));
    };
    prop_assert_eq!(squeeze(quote), &reading.text[..]);
    let lines = |code: &String| code.replace('\0', "\u{fffd}");
    let wanted: Vec<String> = reading.code_blocks.iter().map(lines).collect();
    prop_assert_eq!(parsed.code_blocks, wanted);
    Ok(())
}

#[test]
fn quotes_of_markdown_have_what_is_read_of_it() {
    let config = Config { failure_persistence: None, ..Config::with_cases(N_CASES) };
    let documents = prop_oneof![documents(), noise()];
    let result = TestRunner::new(config).run(&documents, |document| {
        let rendered = render(&answer_with(&document), Wording::english());
        check_markup(&rendered, &document).map_err(|error| {
            TestCaseError::fail(format!("{error}\n{document:?}\n{}", rendered.html))
        })
    });
    result.unwrap_or_else(|error| panic!("{error}"));
}
