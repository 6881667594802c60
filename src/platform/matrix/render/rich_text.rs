//! Text with markup as HTML with the tags that the specification allows, and as plain text.

use super::block::{Block, escape, link_to, replace_nul};
use crate::text::RichText;
use crate::text::rich_text::{Address, Block as TextBlock, Inline, Item, LineMarks, text_of};

/// Links to users and rooms would be displayed as mentions.
const MENTIONS: &str = "https://matrix.to/";

/// Longest name of a language, in bytes.
const MAX_LANGUAGE: usize = 20;

/// `text` in both forms.
pub(super) fn block(text: &RichText) -> Block {
    let lines = text.lines(&LineMarks::PLAIN);
    let lines: Vec<String> =
        lines.iter().map(|line| line.plain_text(&Inline::text_with_address)).collect();
    let html = match text.blocks.as_slice() {
        [TextBlock::Paragraph(content)] => inlines(content),
        blocks => html_of(blocks, false),
    };
    Block { plain: replace_nul(&lines.join("\n")), html }
}

/// `blocks` as HTML; `is_tight` if a paragraph is the text of what it is in.
fn html_of(blocks: &[TextBlock], is_tight: bool) -> String {
    blocks.iter().map(|block| block_html(block, is_tight)).collect()
}

fn block_html(block: &TextBlock, is_tight: bool) -> String {
    match block {
        TextBlock::Paragraph(content) if is_tight => inlines(content),
        TextBlock::Paragraph(content) => format!("<p>{}</p>", inlines(content)),
        TextBlock::Heading { level, content } => {
            format!("<h{level}>{}</h{level}>", inlines(content))
        }
        TextBlock::Code { language, text } => {
            let is_name = |c: char| c.is_ascii_alphanumeric() || "_+-.#".contains(c);
            let language = language.as_deref().filter(|it| it.len() <= MAX_LANGUAGE);
            let class = language.filter(|it| it.chars().all(is_name));
            let class = class.map(|name| format!(" class=\"language-{name}\"")).unwrap_or_default();
            let text = escape(text).replace("<br>", "\n");
            format!("<pre><code{class}>{text}</code></pre>")
        }
        TextBlock::Quote(blocks) => {
            format!("<blockquote>{}</blockquote>", html_of(blocks, false))
        }
        TextBlock::List { start, is_loose, items } => {
            let items: String = items.iter().map(|it| item(it, !is_loose)).collect();
            match start {
                Some(1) => format!("<ol>{items}</ol>"),
                Some(start) => format!("<ol start=\"{start}\">{items}</ol>"),
                None => format!("<ul>{items}</ul>"),
            }
        }
        TextBlock::Table { head, rows } => {
            let head = if head.is_empty() { String::new() } else { row(head, "th") };
            let rows: String = rows.iter().map(|it| row(it, "td")).collect();
            format!("<table>{}{}</table>", section("thead", &head), section("tbody", &rows))
        }
        TextBlock::Rule => "<hr>".to_owned(),
    }
}

fn item(item: &Item, is_tight: bool) -> String {
    let mark = match item.is_checked {
        Some(true) => "☑ ",
        Some(false) => "☐ ",
        None => "",
    };
    format!("<li>{mark}{}</li>", html_of(&item.blocks, is_tight))
}

fn row(cells: &[Vec<Inline>], tag: &str) -> String {
    let cells: String =
        cells.iter().map(|cell| format!("<{tag}>{}</{tag}>", inlines(cell))).collect();
    format!("<tr>{cells}</tr>")
}

fn section(tag: &str, rows: &str) -> String {
    if rows.is_empty() { String::new() } else { format!("<{tag}>{rows}</{tag}>") }
}

fn inlines(content: &[Inline]) -> String {
    content.iter().map(inline).collect()
}

fn inline(inline: &Inline) -> String {
    match inline {
        Inline::Text(text) => escape(text),
        Inline::Code(text) => format!("<code>{}</code>", escape(text)),
        Inline::Emphasis(content) => format!("<em>{}</em>", inlines(content)),
        Inline::Strong(content) => format!("<strong>{}</strong>", inlines(content)),
        Inline::Strikethrough(content) => format!("<del>{}</del>", inlines(content)),
        Inline::LineBreak => "<br>".to_owned(),
        Inline::Link { content, address } => {
            let label = inlines(content);
            let linked = match address {
                Address::Linked(url) if !url.starts_with(MENTIONS) => link_to(url, &label),
                Address::Linked(_) | Address::Shown(_) => None,
            };
            match linked {
                Some(link) => link,
                None if address.is_shown_by(&text_of(content)) => label,
                None => format!("{label} ({})", escape(address.displayed())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MarkdownText;

    fn rendered(document: &str) -> Block {
        let text = MarkdownText::new(document);
        block(&text.rich_text(document, 0..document.len(), None))
    }

    #[test]
    fn markup_is_html_and_plain_text() {
        let rows = [
            (
                "a *b* **c** ~~d~~ `e<`",
                "a <em>b</em> <strong>c</strong> <del>d</del> <code>e&lt;</code>",
                "a b c d e<",
            ),
            ("a  \nb\nc", "a<br>b c", "a\nb c"),
            (
                "[a *b*](https://x.example?c=\"&d)",
                "<a href=\"https://x.example?c=%22&amp;d\">a <em>b</em></a>",
                "a b (https://x.example?c=%22&d)",
            ),
            (
                "<https://x.example> https://y.example",
                "<a href=\"https://x.example\">https://x.example</a> https://y.example",
                "https://x.example https://y.example",
            ),
            ("<a@b.example>", "<a href=\"mailto:a@b.example\">a@b.example</a>", "a@b.example"),
            (
                "[a](b.md) [c](javascript:d)",
                "a (b.md) c (javascript:d)",
                "a (b.md) c (javascript:d)",
            ),
            (
                "[Ada](https://matrix.to/#/@ada:example.org)",
                "Ada (https://matrix.to/#/@ada:example.org)",
                "Ada (https://matrix.to/#/@ada:example.org)",
            ),
            ("## a\n\nb", "<h2>a</h2><p>b</p>", "a\n\nb"),
            (
                "- a\n  - b\n- [x] c",
                "<ul><li>a<ul><li>b</li></ul></li><li>☑ c</li></ul>",
                "- a\n  - b\n- [x] c",
            ),
            (
                "3. a\n\n4. b",
                "<ol start=\"3\"><li><p>a</p></li><li><p>b</p></li></ol>",
                "3. a\n\n4. b",
            ),
            ("a\n> b", "<p>a</p><blockquote><p>b</p></blockquote>", "a\n\n> b"),
            (
                "```sh\na <b>\n  c\n```",
                "<pre><code class=\"language-sh\">a &lt;b&gt;\n  c</code></pre>",
                "a <b>\n  c",
            ),
            (
                "|a|b|\n|-|-|\n|c|d|",
                "<table><thead><tr><th>a</th><th>b</th></tr></thead>\
                 <tbody><tr><td>c</td><td>d</td></tr></tbody></table>",
                "a | b\nc | d",
            ),
            ("a\n\n---\n\nb", "<p>a</p><hr><p>b</p>", "a\n\n---\n\nb"),
            ("&lt;b&gt; <i>c</i> <image>", "&lt;b&gt; <em>c</em> &lt;image&gt;", "<b> c <image>"),
        ];
        for (document, html, plain) in rows {
            let want = Block { plain: plain.to_owned(), html: html.to_owned() };
            assert_eq!(rendered(document), want, "{document}");
        }
    }
}
