//! Random documents in Markdown, and what an independent reading of the parser's events says about
//! them: the tests of each platform compare what is displayed with it.

use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use quoth::conversation::reply::{Answer, CitedQuote, Reply};
use quoth::conversation::wording::Wording;
use quoth::conversation::{BotMessage, ReplyKind};
use quoth::knowledge::{Pack, PackFile, PackFiles, prove};
use quoth::matching::Index;
use quoth::matching::decision::DecisionRule;
use quoth::platform::console::{Layout, render};
use quoth::text::MarkdownText;

use crate::random;

/// Parts of lines.
const INLINES: [&str; 42] = [
    "*emphasis*",
    "_emphasis_",
    "**strong**",
    "__strong__",
    "***both***",
    "**strong *and emphasis***",
    "*emphasis **and strong***",
    "~~struck~~",
    "in**side**word",
    "in*side*word",
    "`code`",
    "``co`de``",
    "`**a_b**`",
    "`` ` ``",
    "*`x*y`*",
    "**see `x_y`**",
    "[label](https://x.example/a_b)",
    "[la*bel* `c`](https://x.example/a*b \"title\")",
    "[**label**](<https://x.example/(a) b>)",
    "**[label](https://x.example/a*b)**",
    "[[label]](https://x.example)",
    "[https://a.example](https://b.example/c)",
    "[https://a.example](https://a.example)",
    "[mail](mailto:a@b.example)",
    "<a@b.example>",
    "<https://x.example/c_d>",
    "https://x.example/e_f_g",
    "[relative](guide.md#top)",
    "[script](javascript:alert(1))",
    "[reference]",
    "[text][reference]",
    "![image](https://x.example/i.png)",
    "[![image](https://x.example/i.png)](https://x.example)",
    "&amp; &lt;b&gt; &copy; &#42;not&#42;",
    "\\*not\\* \\[not\\](https://no)",
    "1\\. - + # > |",
    "@everyone <@123456789012345678> :smile: <#123456789012345678>",
    "a_b_c 2*3*4 ||x||",
    "\u{fc}\u{f1}\u{ee}c\u{f6}de \u{65e5}\u{672c}\u{8a9e}",
    "(*a*)_b_",
    "a  \nb",
    "a\nb",
];

/// The definition that references in [`INLINES`] refer to.
const DEFINITION: &str = "\n\n[reference]: https://r.example/x \"t\"";

/// A line of text.
fn line() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        4 => prop::sample::select(&INLINES[..]).prop_map(str::to_owned),
        2 => "[a-z]{1,6}",
        2 => Just(" ".to_owned()),
        1 => Just(", ".to_owned()),
    ];
    vec(part, 1..8).prop_map(|parts| format!("w{}", parts.concat()))
}

/// A line of text without line breaks.
fn single_line() -> impl Strategy<Value = String> {
    line().prop_map(|line| line.replace('\n', " "))
}

fn indented(lines: &str, indent: &str) -> String {
    lines.replace('\n', &format!("\n{indent}"))
}

fn block() -> impl Strategy<Value = String> {
    let list = |mark: &'static str, separator: &'static str| {
        vec(single_line(), 1..4).prop_map(move |items| {
            let items: Vec<String> = items.iter().map(|item| format!("{mark}{item}")).collect();
            items.join(separator)
        })
    };
    let code = "[ a-z*`_<>&\\n]{0,30}".prop_map(|code| format!("x{code}\n   y"));
    let row = vec(single_line(), 2..3).prop_map(|cells| {
        let cells: Vec<String> = cells.iter().map(|it| it.replace('|', "/")).collect();
        format!("|{}|", cells.join("|"))
    });
    prop_oneof![
        4 => line(),
        1 => (1usize..7, single_line()).prop_map(|(n, text)| format!("{} {text}", "#".repeat(n))),
        2 => list("- ", "\n"),
        1 => list("7. ", "\n\n"),
        1 => (single_line(), list("- ", "\n"))
            .prop_map(|(text, nested)| format!("1. {text}\n   {}", indented(&nested, "   "))),
        1 => code.clone().prop_map(|code| format!("~~~sh\n{code}\n~~~")),
        1 => code.clone().prop_map(|code| format!("w\n\n    {}", indented(&code, "    "))),
        1 => (single_line(), code)
            .prop_map(|(text, code)| format!("- {text}\n\n  ~~~\n  {}\n  ~~~", indented(&code, "  "))),
        1 => vec(row, 1..3).prop_map(|rows| format!("|a|b|\n|-|-|\n{}", rows.join("\n"))),
        1 => Just("---".to_owned()),
        1 => (line(), line()).prop_map(|(a, b)| format!("- [x] {}\n- [ ] {}", indented(&a, "  "), indented(&b, "  "))),
    ]
}

/// Documents of common markup.
pub(crate) fn documents() -> impl Strategy<Value = String> {
    let document = vec(block(), 1..4).prop_map(|blocks| blocks.join("\n\n") + DEFINITION);
    document.prop_filter("a quote has a limit", |it| it.chars().count() <= 1500)
}

/// Documents of random characters and syntax.
pub(crate) fn noise() -> impl Strategy<Value = String> {
    random::quote_text()
}

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

/// Which links of the web are links, so that their address is not displayed beside their label.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Links {
    /// None.
    None,
    /// Those to web pages whose label has neither brackets nor an address.
    Simple,
    /// Those to web pages and mail addresses.
    All,
}

/// What a place adds to the text that is read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Additions {
    /// Bullets and numbers.
    pub(crate) has_marks: bool,
    /// `|` between cells.
    pub(crate) has_cells: bool,
    /// A rule as `---`.
    pub(crate) has_rules: bool,
    /// Which links have no address beside them.
    pub(crate) links: Links,
    /// The boxes of tasks.
    pub(crate) boxes: [&'static str; 2],
}

/// What the events of a document say.
#[derive(Debug, Default)]
pub(crate) struct Reading {
    /// The characters that are read, without white space.
    pub(crate) text: String,
    /// The code blocks, as they are written.
    pub(crate) code_blocks: Vec<String>,
    /// The addresses of links and images.
    pub(crate) addresses: Vec<String>,
    /// Whether other text is shown than these events have: of HTML and of quotes, which places show in
    /// ways of their own, and of addresses with markup in them, which are shown untouched.
    pub(crate) has_other_text: bool,
}

/// `text` without white space, and without control characters and what places show in their stead.
pub(crate) fn squeeze(text: &str) -> String {
    text.chars()
        .filter(|c| !c.is_whitespace() && !c.is_control() && !"\u{fffd}\u{feff}".contains(*c))
        .collect()
}

/// An answer with a quote of the whole of `document`.
pub(crate) fn answer_with(document: &str) -> BotMessage {
    let answer = Answer {
        entry: 0,
        question: "q".to_owned(),
        lead: None,
        quotes: vec![quote_of(document)],
        see_also: Vec::new(),
    };
    random::bot_message(Reply::Answer(answer), ReplyKind::Answer)
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).and_then(|it| std::str::from_utf8(it).ok());
        let byte = digits.filter(|_| *first == b'%').and_then(|it| u8::from_str_radix(it, 16).ok());
        bytes.push(byte.unwrap_or(*first));
        rest = if byte.is_some() { &after[2..] } else { after };
    }
    bytes
}

/// Whether `address`, which a place links to, is one that `document` has: as the address of a link,
/// or written out.
pub(crate) fn is_linked_in(document: &str, reading: &Reading, address: &str) -> bool {
    let decoded = |text: &str| String::from_utf8_lossy(&percent_decoded(text)).into_owned();
    // Delimiters may be parts of an address, and be escaped.
    let bare = |text: &str| decoded(text).replace("&amp;", "&").replace(['*', '_', '~', '\\'], "");
    let address = decoded(address);
    // Browsers take a backslash for a slash.
    let is_same = |it: &String| decoded(it.trim()).replace('\\', "/") == address.replace('\\', "/");
    reading.addresses.iter().any(is_same) || bare(document).contains(&bare(&address))
}

/// Reads `document` event by event.
pub(crate) fn read(document: &str, additions: Additions) -> Reading {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES
        | Options::ENABLE_GFM;
    let mut reading = Reading::default();
    let (mut shown, mut lists, mut links) = (String::new(), Vec::new(), Vec::new());
    let (mut code, mut n_cells): (Option<String>, usize) = (None, 0);
    for (event, span) in Parser::new_ext(document, options).into_offset_iter() {
        reading.has_other_text |= is_in_address(document, &event, span.start);
        match event {
            Event::Text(text) => match &mut code {
                Some(code) => code.push_str(&text),
                None => shown.push_str(&text),
            },
            Event::Code(text) => shown.push_str(&text),
            Event::SoftBreak | Event::HardBreak => shown.push(' '),
            Event::Rule if additions.has_rules => shown.push_str("---"),
            Event::TaskListMarker(is_checked) => {
                shown.push_str(additions.boxes[usize::from(is_checked)]);
            }
            Event::Start(Tag::List(start)) => lists.push(start),
            Event::Start(Tag::Item) if additions.has_marks => match lists.last_mut() {
                Some(Some(number)) => {
                    shown.push_str(&format!("{number}. "));
                    *number += 1;
                }
                _ => shown.push_str("- "),
            },
            Event::End(TagEnd::List(_)) => {
                lists.pop();
            }
            Event::Start(Tag::TableHead | Tag::TableRow) => n_cells = 0,
            Event::Start(Tag::TableCell) => {
                shown.push_str(if n_cells > 0 && additions.has_cells { "|" } else { "" });
                n_cells += 1;
            }
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented)) => {
                code = Some(String::new());
            }
            Event::End(TagEnd::CodeBlock) => {
                let code = code.take().unwrap_or_default();
                if !code.trim().is_empty() {
                    shown.push_str(&code);
                    reading.code_blocks.push(code.trim_end_matches(['\n', '\r']).to_owned());
                }
            }
            Event::Start(Tag::Link { dest_url, link_type, .. }) => {
                let is_mail = link_type == pulldown_cmark::LinkType::Email;
                links.push((
                    shown.len(),
                    format!("{}{dest_url}", if is_mail { "mailto:" } else { "" }),
                ));
            }
            Event::Start(Tag::Image { dest_url, .. }) => {
                links.push((shown.len(), dest_url.to_string()))
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                let (start, address) = links.pop().expect("a link that was started");
                reading.addresses.push(address.clone());
                end_link(&mut shown, start, &address, links.is_empty(), additions);
            }
            Event::Html(_) | Event::InlineHtml(_) | Event::Start(Tag::BlockQuote(_)) => {
                reading.has_other_text = true;
            }
            _ => {}
        }
    }
    reading.text = squeeze(&shown);
    reading
}

/// Whether `event`, which is at `start`, is markup within a web address that is written out.
fn is_in_address(document: &str, event: &Event<'_>, start: usize) -> bool {
    let is_markup = matches!(event, Event::Start(Tag::Emphasis | Tag::Strong | Tag::Strikethrough));
    let is_end = |c: char| c.is_whitespace() || "<>|`[]\"".contains(c);
    let before = &document[..start];
    is_markup && before.rsplit(is_end).next().is_some_and(|it| it.contains("://"))
}

/// Adds the address of the link whose label starts at `start`, where it is displayed.
fn end_link(shown: &mut String, start: usize, address: &str, is_outer: bool, additions: Additions) {
    let label = shown[start..].trim().to_owned();
    let displayed = address.strip_prefix("mailto:").unwrap_or(address).trim();
    let is_web = address.starts_with("https://");
    let is_simple = is_web && !label.contains(['[', ']']) && !label.contains("://");
    let is_link = match additions.links {
        Links::None => false,
        Links::Simple => is_simple,
        Links::All => is_web || address.starts_with("mailto:"),
    };
    if !is_outer || displayed.is_empty() {
        return;
    }
    if label.is_empty() {
        shown.push_str(displayed);
    } else if label != displayed && label != address && !is_link {
        let displayed = if is_web { displayed.replace(' ', "%20") } else { displayed.to_owned() };
        shown.push_str(&format!(" ({displayed})"));
    }
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
    let reply = Reply::new(&index, &outcome);
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
