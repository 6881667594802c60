//! Quotes of sources in Markdown: random documents, and what an independent reading of the parser's
//! events says about them, which the tests of each platform compare with what is displayed; and the
//! tests of the terminal.

mod documents;
mod reading;

use std::sync::Arc;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use quoth::conversation::reply::{Answer, CitedQuote, Reply};
use quoth::conversation::wording::Wording;
use quoth::conversation::{BotMessage, ReplyKind};
use quoth::knowledge::{Pack, PackFile, PackFiles, prove};
use quoth::matching::Index;
use quoth::matching::decision::DecisionRule;
use quoth::platform::console::{Layout, render};
use quoth::text::MarkdownText;

use crate::random;
pub(crate) use documents::{documents, noise};
pub(crate) use reading::{Additions, Links, is_linked_in, read, squeeze};

/// A quote of the whole of `document`.
pub(crate) fn quote_of(document: &str) -> CitedQuote {
    let rich_text = MarkdownText::new(document).rich_text(document, 0..document.len(), None);
    CitedQuote {
        text: document.to_owned(),
        rich_text: rich_text.has_text().then_some(rich_text),
        is_cut_before: false,
        is_cut_after: false,
        speaker: None,
        role: None,
        title: "T".to_owned(),
        paragraph: 1,
        url: None,
    }
}

/// An answer with a quote of the whole of `document`.
pub(crate) fn answer_with(document: &str) -> BotMessage {
    let answer = Answer {
        question: Some("q".to_owned()),
        lead: None,
        quotes: vec![quote_of(document)],
        see_also: Vec::new(),
    };
    random::bot_message(Reply::Answer(answer), ReplyKind::Answer)
}

/// The terminal adds marks and addresses, and has no boxes.
const TERMINAL: Additions = Additions {
    has_marks: true,
    has_cells: true,
    has_rules: true,
    links: Links::None,
    boxes: ["[ ]", "[x]"],
};

/// Checks what the terminal shows of `document`, in words alone and with styles.
fn check_terminal(document: &str) -> Result<(), TestCaseError> {
    let reading = read(document, TERMINAL);
    let message = answer_with(document);
    let shown = |is_plain| {
        let layout = Layout { width: 60, is_plain, wording: Wording::english() };
        let shown = render(&message.reply, layout);
        anstream::adapter::strip_str(&shown).to_string()
    };
    for (shown, mark) in [(shown(true), ""), (shown(false), "│")] {
        let end =
            shown.rfind(if mark.is_empty() { "\nSource:" } else { "\n  —" }).expect("a citation");
        let quote: Vec<&str> =
            shown[..end].lines().map(|it| it.strip_prefix(mark).unwrap_or(it)).collect();
        let quote = squeeze(quote.concat().strip_prefix("Quote:").unwrap_or(&quote.concat()));
        if !reading.has_other_text && quote_of(document).rich_text.is_some() {
            prop_assert_eq!(quote, &reading.text[..], "{}", shown);
        }
    }
    Ok(())
}

#[test]
fn terminal_shows_what_is_read_of_markdown() {
    let config = Config { failure_persistence: None, ..Config::with_cases(3000) };
    let documents = prop_oneof![documents(), noise()];
    let ran = TestRunner::new(config).run(&documents, |document| check_terminal(&document));
    ran.unwrap_or_else(|error| panic!("{error}"));
}

/// A pack whose only source is written in Markdown, and whose only entry quotes all of it.
fn pack_of(document: &str) -> Pack {
    let file = |path: &str, text: String| PackFile { path: path.to_owned(), bytes: text.into() };
    let faq = format!(
        "[[entry]]\nid = \"a\"\nquestion = \"How do I start it?\"\n[[entry.quote]]\ntext = '''{document}'''\n"
    );
    let matter =
        "+++\ntitle = \"T\"\nurl = \"https://docs.example/faq/\"\nformat = \"markdown\"\n+++\n";
    let files = vec![
        file("faq.toml", faq),
        file("pack.toml", "title = \"P\"\nlanguage = \"en\"\n".to_owned()),
        file(
            "sources/a.md",
            format!("{matter}{document}\n\nUnquoted [words](https://marmalade.example).\n"),
        ),
    ];
    let proof = prove(&PackFiles { name: "p".to_owned(), files });
    assert!(proof.is_accepted(), "{:?}", proof.findings);
    proof.pack
}

#[test]
fn quote_of_markdown_is_verbatim_and_its_words_are_those_that_are_read() {
    let document = "Press [the **button**](start.html) twice:\n\n- `start --now`\n- wait for the\n  [lamp](https://kumquat.example/)";
    let pack = pack_of(document);
    let quote = &pack.entries[0].quotes()[0];
    assert_eq!(quote.text(), document);
    assert_eq!(quote.cuts(), (false, false));
    let words = quote.words().split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(words, "Press the button twice: start --now wait for the lamp");
    let index = Index::new(vec![Arc::new(pack)]);
    let rule = DecisionRule::default();
    let outcome = index.ask("how do i start it", &rule);
    let reply = Reply::new(&index, &outcome, &[]);
    let layout = Layout { width: 80, is_plain: true, wording: Wording::english() };
    let shown = render(&reply, layout);
    let want = "Quote: Press the button (https://docs.example/faq/start.html) twice:\n\n\
                - start --now\n- wait for the lamp (https://kumquat.example/)\n";
    assert!(shown.starts_with(want), "{shown}");
    for part in ["kumquat", "marmalade", "html"] {
        assert_eq!(index.ask(part, &rule).ranked, [0usize; 0], "{part} is part of an address");
    }
    assert_eq!(index.ask("lamp", &rule).ranked, [0]);
}
