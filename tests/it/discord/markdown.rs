//! What Discord's clients make of what is rendered, by a parser that is not ours: the quote,
//! character for character, and no mention.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use quoth::conversation::reply::{Answer, CitedQuote, Reply, Suggestion, Topic};
use quoth::conversation::wording::Wording;
use quoth::conversation::{BotMessage, Control};
use quoth::platform::AnswerStyle;
use quoth::platform::discord::render::{Button, RenderedMessage, render};
use serde::Deserialize;

use crate::random::{answers, lists};

/// Random answers that are tried in each style.
const N_CASES: u32 = 5000;

/// What people see of a text.
#[derive(Debug, Deserialize)]
struct Shown {
    quotes: Vec<String>,
    outside: String,
    inside: Vec<String>,
    marks: Vec<String>,
}

/// The parser, in a process of its own.
struct Reader {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

impl Reader {
    fn start() -> Self {
        let node = std::env::var_os("NODE").unwrap_or_else(|| "node".into());
        let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/discord_markdown.js");
        let mut command = Command::new(node);
        command.arg(script).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().expect("Node: scripts/test fetches it");
        let stdin = child.stdin.take().expect("a pipe");
        let stdout = BufReader::new(child.stdout.take().expect("a pipe"));
        Self { child, stdin, stdout }
    }

    fn read(&mut self, text: &str) -> Shown {
        writeln!(self.stdin, "{}", serde_json::to_string(text).unwrap()).expect("it reads");
        let mut line = String::new();
        self.stdout.read_line(&mut line).expect("it answers");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// What every client makes of white space before it looks at Markdown.
fn as_read(text: &str) -> String {
    text.replace("\r\n", "\n").replace('\r', "\n").replace('\u{c}', "").replace('\t', "    ")
}

fn words(text: &str) -> String {
    as_read(text).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The quote with the marks that stand outside of it.
fn marked(quote: &CitedQuote) -> String {
    let before = if quote.is_cut_before { "[...] " } else { "" };
    let after = if quote.is_cut_after { " [...]" } else { "" };
    format!("{before}{}{after}", as_read(&quote.text))
}

/// Whether people see of `card` the quotes as they stand, and nothing that does something.
fn check(
    card: &RenderedMessage,
    answer: &Answer,
    reader: &mut Reader,
) -> Result<(), TestCaseError> {
    let texts: Vec<&String> = card.embeds.iter().chain([&card.content]).collect();
    let n_chars: Vec<usize> = texts.iter().map(|text| text.chars().count()).collect();
    prop_assert!(card.content.chars().count() <= 2000, "{:?}", n_chars);
    prop_assert!(n_chars.iter().all(|n| *n <= 4096) && n_chars.iter().sum::<usize>() <= 6000);
    let (mut quotes, mut outside) = (Vec::new(), String::new());
    for text in texts.into_iter().filter(|text| !text.is_empty()) {
        let shown = reader.read(text);
        prop_assert!(shown.inside.is_empty(), "{:?} in {}", shown.inside, text);
        let is_ours = |mark: &String| matches!(mark.as_str(), "strong" | "link");
        prop_assert!(shown.marks.iter().all(is_ours), "{:?} in {}", shown.marks, text);
        // A line that ends a block quote belongs to it.
        let unended = |quote: String| quote.strip_suffix('\n').map(str::to_owned).unwrap_or(quote);
        quotes.extend(shown.quotes.into_iter().map(unended));
        outside.push_str(&shown.outside);
    }
    if card.embeds.len() > 1 {
        // One that is too long for an embed goes on in the next.
        quotes = vec![quotes.join("\n")];
    }
    let wanted: Vec<String> = answer.quotes.iter().map(marked).collect();
    prop_assert_eq!(&quotes[..], &wanted[..quotes.len().min(wanted.len())], "of {:?}", card);
    prop_assert!(!quotes.is_empty(), "{:?}", card);
    let rest = card.buttons.iter().find(|button| matches!(button.control, Control::Quotes(_)));
    let left_to = rest.map(|button| button.control);
    let is_all = quotes.len() == wanted.len();
    prop_assert_eq!(left_to, (!is_all).then_some(Control::Quotes(quotes.len())));
    let outside = words(&outside);
    for quote in &answer.quotes[..quotes.len()] {
        prop_assert!(outside.contains(&words(&quote.title)), "{:?} in {:?}", quote.title, outside);
    }
    if let Some(lead) = &answer.lead {
        prop_assert!(outside.contains(&words(lead)), "{:?} in {:?}", lead, outside);
    }
    Ok(())
}

/// Whether people see the questions and paragraphs of `reply` as they stand.
fn check_list(
    card: &RenderedMessage,
    reply: &Reply,
    reader: &mut Reader,
) -> Result<(), TestCaseError> {
    let text = card.embeds.first().unwrap_or(&card.content);
    let shown = reader.read(text);
    prop_assert!(shown.inside.is_empty(), "{:?} in {}", shown.inside, text);
    let is_ours = |mark: &String| matches!(mark.as_str(), "strong" | "list");
    prop_assert!(shown.marks.iter().all(is_ours), "{:?} in {}", shown.marks, text);
    match reply {
        Reply::Suggestions(suggestions) => {
            let outside = words(&shown.outside);
            for Suggestion { question, .. } in suggestions {
                prop_assert!(outside.contains(&words(question)), "{:?} in {:?}", question, outside);
            }
        }
        Reply::Paragraphs(passages) => {
            let first = shown.quotes.first().map(|quote| quote.trim_end().to_owned());
            prop_assert_eq!(first, passages.first().map(|it| as_read(it.text.trim_end())));
        }
        Reply::Topics(topics) => {
            let outside = words(&shown.outside);
            for Topic { tag, questions } in topics {
                prop_assert!(outside.contains(&words(tag)), "{:?} in {:?}", tag, outside);
                for question in questions {
                    prop_assert!(
                        outside.contains(&words(question)),
                        "{:?} in {:?}",
                        question,
                        outside
                    );
                }
            }
        }
        other => prop_assert!(false, "{:?} is not made", other),
    }
    let fits = |button: &Button| (1..=80).contains(&button.label.chars().count());
    prop_assert!(card.buttons.iter().all(fits), "{:?}", card.buttons);
    Ok(())
}

/// What `say` looks like in each style is tried so often.
fn try_all(
    says: &impl Strategy<Value = BotMessage>,
    mut check: impl FnMut(&RenderedMessage, &Reply, &mut Reader) -> Result<(), TestCaseError>,
) {
    let reader = RefCell::new(Reader::start());
    let check = RefCell::new(&mut check);
    for style in [AnswerStyle::Embed, AnswerStyle::Text] {
        let config = Config { failure_persistence: None, ..Config::with_cases(N_CASES) };
        let ran = TestRunner::new(config).run(says, |say| {
            let card = render(&say, style, Wording::english());
            let mut check = check.borrow_mut();
            check(&card, &say.reply, &mut reader.borrow_mut())
        });
        ran.unwrap_or_else(|error| panic!("{style:?}: {error}"));
    }
}

#[test]
#[ignore = "needs Node"]
fn whatever_is_quoted_is_shown_as_it_stands_and_mentions_nobody() {
    try_all(&answers(), |card, reply, reader| {
        let Reply::Answer(answer) = reply else { unreachable!("only answers are made") };
        check(card, answer, reader)
    });
}

#[test]
#[ignore = "needs Node"]
fn whatever_is_suggested_or_shown_of_a_source_stands_as_it_is() {
    try_all(&lists(), check_list);
}
