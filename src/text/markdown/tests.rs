use std::time::Instant;

use super::*;
use crate::text::rich_text::{Address, Block, Inline};

/// What is read of `part` of `document`, in a short notation.
fn read(document: &str, part: &str) -> String {
    let start = document.find(part).unwrap();
    let part = start..start + part.len();
    let text = MarkdownText::new(document).rich_text(document, part, None);
    text.blocks.iter().map(show).collect::<Vec<_>>().join(" / ")
}

fn show(block: &Block) -> String {
    let all = |blocks: &[Block]| blocks.iter().map(show).collect::<Vec<_>>().join(" / ");
    let row = |row: &Vec<Vec<Inline>>| row.iter().map(|it| line(it)).collect::<Vec<_>>().join("|");
    match block {
        Block::Paragraph(content) => line(content),
        Block::Heading { level, content } => format!("h{level}({})", line(content)),
        Block::Code { language, text } => {
            format!("code({}:{text})", language.as_deref().unwrap_or_default())
        }
        Block::Quote(blocks) => format!("quote({})", all(blocks)),
        Block::List { start, is_loose, items } => {
            let items = items.iter().map(|item| {
                let mark = match item.is_checked {
                    Some(true) => "[x]",
                    Some(false) => "[ ]",
                    None => "",
                };
                format!("{mark}{}", all(&item.blocks))
            });
            let items: Vec<String> = items.collect();
            let start = start.map(|start| start.to_string()).unwrap_or_default();
            let loose = if *is_loose { "~" } else { "" };
            format!("list{start}{loose}({})", items.join("; "))
        }
        Block::Table { head, rows } => {
            let rows: Vec<String> = rows.iter().map(row).collect();
            format!("table({} = {})", row(head), rows.join("; "))
        }
        Block::Rule => "rule".to_owned(),
    }
}

fn line(content: &[Inline]) -> String {
    let show = |inline: &Inline| match inline {
        Inline::Text(text) => text.clone(),
        Inline::Code(text) => format!("c({text})"),
        Inline::Emphasis(content) => format!("e({})", line(content)),
        Inline::Strong(content) => format!("s({})", line(content)),
        Inline::Strikethrough(content) => format!("d({})", line(content)),
        Inline::Link { content, address: Address::Linked(to) } => {
            format!("a({}>{to})", line(content))
        }
        Inline::Link { content, address: Address::Shown(to) } => {
            format!("a({}?{to})", line(content))
        }
        Inline::LineBreak => "⏎".to_owned(),
    };
    content.iter().map(show).collect()
}

#[test]
fn markup_is_read_into_a_tree() {
    let rows = [
        ("a *b* **c** ~~d~~ `e f`", "a e(b) s(c) d(d) c(e f)"),
        ("***a** b*", "e(s(a) b)"),
        ("un**believ**able", "uns(believ)able"),
        ("a\nb  \nc\\\nd", "a b⏎c⏎d"),
        ("a &amp; &lt;b&gt; \\*c\\* d&#10;e&#13;f", "a & <b> *c* d e f"),
        ("[a *b*](https://x.example \"t\")", "a(a e(b)>https://x.example)"),
        (
            "<https://x.example> <a@x.example>",
            "a(https://x.example>https://x.example) a(a@x.example>mailto:a@x.example)",
        ),
        ("https://x.example/a_b_c", "https://x.example/a_b_c"),
        ("*https://x.example/_b_/c* d", "e(https://x.example/_b_/c) d"),
        ("**https://x.example/a**, *b*", "s(https://x.example/a), e(b)"),
        ("https://x.example/*a __b c__", "https://x.example/*a s(b c)"),
        ("https://x.example/_a b_", "https://x.example/_a b_"),
        ("[a](b.md) [c](javascript:d) [e]()", "a(a?b.md) a(c?javascript:d) e"),
        ("![a](https://x.example/b.png) ![](c.png)", "a(a>https://x.example/b.png) a(c.png?c.png)"),
        ("[![a](b.png)](https://x.example)", "a(a>https://x.example)"),
        ("# a *b*\n\nc\nd\n===\n\n#### e", "h1(a e(b)) / h1(c d) / h4(e)"),
        ("## a {#b}", "h2(a)"),
        ("- a\n- b\n  - c\n\n    d", "list(a; b / list~(c / d))"),
        ("3. a\n\n4. b", "list3~(a; b)"),
        ("- [ ] a\n- [x] b\n-", "list([ ]a; [x]b; )"),
        ("> a\n> b\n>\n> > c", "quote(a b / quote(c))"),
        ("> [!NOTE]\n> a", "quote(s(NOTE) / a)"),
        ("```sh -x\na\n  b\n\nc\n```", "code(sh:a\n  b\n\nc)"),
        ("a\n\n    b\n      c", "a / code(:b\n  c)"),
        ("|a|b|\n|-|-|\n|*c*|d \\| e|\n|f|", "table(a|b = e(c)|d | e; f|)"),
        ("a\n\n---\n\nb", "a / rule / b"),
        ("a<br>b <b>c</b> <u>d</u> <kbd>e</kbd>", "a⏎b s(c) d c(e)"),
        (
            "<a href=\"https://x.example?a=1&amp;b\">c</a> <img src='d' alt='e'>",
            "a(c>https://x.example?a=1&b) a(e?d)",
        ),
        ("run `x` <image> <!-- c -->", "run c(x) <image>"),
        ("<details>\n<summary>a &amp; b</summary>\n\nc **d**\n\n</details>", "a & b / c s(d)"),
        ("<p>a<i>b</p>c", "ae(b) / c"),
        ("|a|\n|-|\n|b<br>c <p>d|", "table(a = b⏎c  d)"),
        ("[a]: https://x.example", ""),
    ];
    for (document, want) in rows {
        assert_eq!(read(document, document), want, "{document}");
    }
}

#[test]
fn part_is_read_as_it_is_meant_in_its_document() {
    let document = "# One two\n\nSee [here][Ref] and *that **thing** there*.\n\n\
                    - first item\n- second\n  1. nested\n  2. more\n\n> said. Then\n\n\
                    ```\nline 1\n    line 2\nline 3\n```\n\n    first\n      second\n\n\
                    | a | b |\n|---|---|\n| c d | e |\n\n[ref]: https://x.example/y\n";
    let rows = [
        ("two", "two"),
        ("See [here][Ref]", "See a(here>https://x.example/y)"),
        ("ere][", "a(ere>https://x.example/y)"),
        ("[here", "a(here>https://x.example/y)"),
        ("that **thing", "that s(thing)"),
        ("first item\n- second", "first item / list(second)"),
        ("item", "item"),
        ("- second\n  1. nested", "list(second / list1(nested))"),
        ("2. more", "list2(more)"),
        ("more\n\n> said.", "more / quote(said.)"),
        ("said. Then", "said. Then"),
        ("line 2\nline", "code(:    line 2\nline)"),
        ("first\n      second", "code(:first\n  second)"),
        ("c d", "c d"),
        ("| c d | e |", "table( = c d|e)"),
        ("d | e", "table( = d|e)"),
    ];
    for (part, want) in rows {
        assert_eq!(read(document, part), want, "{part}");
    }
}

#[test]
fn words_are_the_document_without_syntax() {
    let rows = [
        ("un**believ**able", "unbelievable"),
        ("[the docs](https://x.example/secret)", "the docs"),
        ("# a\n\n* b `c`", "a b c"),
        ("> a\n> b &amp; c", "a b & c"),
        ("```sh\na b\n```", "a b"),
        ("|a|b|\n|-|-|\n|c|d|", "a b c d"),
        ("<b>a</b> <image>\n\n<div>b</div>", "a <image> b"),
        ("a<br>b", "a b"),
        ("<!--\nhidden\n-->\n\na <!-- b --> c", "a c"),
        ("- [x] a\n\n[r]: https://x.example", "a"),
        ("日**本**語 é", "日本語 é"),
    ];
    for (document, want) in rows {
        let text = MarkdownText::new(document);
        let words = text.words(0..document.len()).into_owned();
        assert_eq!(words.split_whitespace().collect::<Vec<_>>().join(" "), want, "{document}");
        assert_eq!(text.words.len(), document.len(), "offsets stay the same: {document}");
    }
}

#[test]
fn lines_of_text_end_with_their_block() {
    let document = "# a\nb\nc\n- d\n  e\n- f\n\n|g|h|\n|-|-|\n\n```\ni\n\nj\n```\n";
    let text = MarkdownText::new(document);
    let of_line = |line: &LineSpan| {
        let words = text.words(line.span.clone()).replace(SYNTAX, " ");
        (words.trim().to_owned(), line.kind)
    };
    let lines: Vec<_> = text.lines().iter().map(of_line).collect();
    let want = [
        ("a", LineKind::Heading),
        ("b c", LineKind::Text),
        ("d e", LineKind::Text),
        ("f", LineKind::Text),
        ("g", LineKind::Cell),
        ("h", LineKind::Cell),
        ("i\n\nj", LineKind::Code),
    ];
    let want = want.map(|(words, kind)| (words.to_owned(), kind));
    assert_eq!(lines, want);
}

#[test]
fn deep_nesting_takes_linear_time_and_a_bounded_tree() {
    let n = 10_000;
    let documents = [
        format!("{}x", ">".repeat(n)),
        format!("{}x", "> ".repeat(n)),
        format!("{}x", "- ".repeat(n)),
        format!("{}x{}", "*a ".repeat(n), "*".repeat(n)),
        format!("{}x{}", "**a ".repeat(n), " b**".repeat(n)),
        format!("{}x{}", "[".repeat(n), "](https://x.example)".repeat(n)),
        format!("{}x{}", "![".repeat(n), "](https://x.example)".repeat(n)),
        format!("{}x{}", "<b>".repeat(n), "</b>".repeat(n)),
        format!("<div>{}x", "<b><i>".repeat(n)),
        "<".repeat(n),
        format!("<div>{}x", "<div ".repeat(5 * n)),
        "https://a/*b ".repeat(n),
        "<a ".repeat(n),
        "`a``".repeat(n),
    ];
    for document in documents {
        let start = Instant::now();
        let text = MarkdownText::new(&document);
        let tree = text.rich_text(&document, 0..document.len(), None);
        let what: String = document.chars().take(20).collect();
        assert!(tree.has_text(), "{what}");
        assert!(!tree.plain_text().is_empty() && tree.without_addresses().has_text(), "{what}");
        assert!(start.elapsed().as_secs() < 4, "{what}: {:?}", start.elapsed());
    }
}
