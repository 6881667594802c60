//! What Discord's clients make of what is rendered, by a parser that is not ours: the quote,
//! character for character, and no mention.

use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use quoth::conversation::reply::{Answer, CitedQuote, Reply};
use quoth::conversation::wording::Wording;
use quoth::conversation::{Control, Say, SentKind};
use quoth::platform::Style;
use quoth::platform::discord::render::{Card, render};
use serde::Deserialize;

/// Random answers that are tried in each style.
const N_CASES: u32 = 5000;

/// What means something to Discord somewhere, and what has tripped others up.
const MARKUP: [&str; 56] = [
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
    "¯\\_(ツ)_/¯",
];

/// Texts full of markup, between words and characters of all Unicode.
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

/// What a quote can be: words without white space around them, of at most 1,500 characters.
fn quote_text() -> impl Strategy<Value = String> {
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

fn say() -> impl Strategy<Value = Say> {
    (vec(quote(), 1..4), prop::option::of(text(12))).prop_map(|(quotes, lead)| {
        let answer =
            Answer { entry: 0, question: "q".to_owned(), lead, quotes, see_also: Vec::new() };
        Say {
            reply: Reply::Answer(answer),
            is_private: false,
            asks_feedback: true,
            kind: SentKind::Answer,
            entries: vec!["e".to_owned()],
            n_before: 0,
            is_unasked: false,
        }
    })
}

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
fn check(card: &Card, answer: &Answer, reader: &mut Reader) -> Result<(), TestCaseError> {
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
    let rest = card.buttons.iter().find(|button| matches!(button.control, Control::Rest(_)));
    let left_to = rest.map(|button| button.control);
    let is_all = quotes.len() == wanted.len();
    prop_assert_eq!(left_to, (!is_all).then_some(Control::Rest(quotes.len())));
    let outside = words(&outside);
    for quote in &answer.quotes[..quotes.len()] {
        prop_assert!(outside.contains(&words(&quote.title)), "{:?} in {:?}", quote.title, outside);
    }
    if let Some(lead) = &answer.lead {
        prop_assert!(outside.contains(&words(lead)), "{:?} in {:?}", lead, outside);
    }
    Ok(())
}

#[test]
#[ignore = "needs Node"]
fn whatever_is_quoted_is_shown_as_it_stands_and_mentions_nobody() {
    let mut reader = Reader::start();
    for style in [Style::Embed, Style::Text] {
        let mut runner =
            TestRunner::new(Config { failure_persistence: None, ..Config::with_cases(N_CASES) });
        let reader = std::cell::RefCell::new(&mut reader);
        let ran = runner.run(&say(), |say| {
            let Reply::Answer(answer) = &say.reply else { unreachable!("only answers are made") };
            let card = render(&say, style, Wording::english());
            check(&card, answer, &mut reader.borrow_mut())
        });
        ran.unwrap_or_else(|error| panic!("{style:?}: {error}"));
    }
}
