//! HTML tags in answers and questions, as marks of Markdown.

use std::ops::Range;

use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::{escape_bold, plain_text, to_markdown};
use crate::knowledge::import::record::on_one_line;
use crate::text::markdown::options;

/// Names of HTML elements that start a fragment.
const BLOCK_TAGS: [&str; 14] = [
    "p",
    "div",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "section",
    "article",
    "pre",
    "blockquote",
    "br",
];

/// An answer with its HTML tags as marks of Markdown, whether it is written in HTML or has some HTML in its
/// Markdown.
pub(in crate::knowledge::import) fn replace_tags(text: &str) -> String {
    if !text.contains('<') && !text.contains('&') {
        return text.to_owned();
    }
    if is_fragment(text) {
        return to_markdown(text);
    }
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    let mut address = None;
    let mut block: Option<Range<usize>> = None;
    for (event, span) in Parser::new_ext(text, options()).into_offset_iter() {
        let by = match &event {
            Event::Start(Tag::HtmlBlock) => {
                block = Some(span.clone());
                continue;
            }
            Event::End(TagEnd::HtmlBlock) => {
                block.take().and_then(|span| text.get(span)).map(block_text)
            }
            Event::InlineHtml(tag) => mark_of(tag, &mut address),
            _ => None,
        };
        if let Some(by) = by.filter(|_| span.start >= at) {
            replaced.push_str(text.get(at..span.start).unwrap_or_default());
            replaced.push_str(&by);
            at = span.end;
        }
    }
    replaced.push_str(text.get(at..).unwrap_or_default());
    replaced
}

/// A block of HTML in Markdown. Tags that only open or close what stands around it go; a summary stays as a
/// bold line.
fn block_text(html: &str) -> String {
    let lower = html.trim_start().to_ascii_lowercase();
    if lower.starts_with("<details")
        || lower.starts_with("<summary")
        || lower.starts_with("</details")
    {
        let words = plain_text(html);
        return if words.is_empty() {
            "\n".to_owned()
        } else {
            format!("**{}**\n", escape_bold(&words))
        };
    }
    format!("{}\n", to_markdown(html))
}

/// The mark of Markdown for a tag in running text; `None` for a tag that has none and stays. The address of a
/// link is kept for its end.
fn mark_of(tag: &str, address: &mut Option<String>) -> Option<String> {
    let inner = tag.trim_start_matches('<').trim_end_matches('>').trim_end_matches('/').trim();
    let (name, attributes) = inner.split_once(char::is_whitespace).unwrap_or((inner, ""));
    let mark = match &*name.to_ascii_lowercase() {
        "a" => {
            *address = address_in(attributes);
            if address.is_some() { "[" } else { "" }
        }
        "/a" => {
            return Some(
                address.take().map_or_else(String::new, |address| format!("]({address})")),
            );
        }
        "b" | "/b" | "strong" | "/strong" => "**",
        "i" | "/i" | "em" | "/em" => "*",
        "code" | "/code" | "kbd" | "/kbd" | "tt" | "/tt" => "`",
        "br" => "\\\n",
        "span" | "/span" | "u" | "/u" | "font" | "/font" | "small" | "/small" | "sup" | "/sup"
        | "sub" | "/sub" | "center" | "/center" | "p" | "/p" | "div" | "/div" => "",
        _ => return None,
    };
    Some(mark.to_owned())
}

/// The value of `href` among attributes.
fn address_in(attributes: &str) -> Option<String> {
    let at = attributes.to_ascii_lowercase().find("href")? + "href".len();
    let value = attributes.get(at..)?.trim_start().strip_prefix('=')?.trim_start();
    let value = match value.chars().next()? {
        quote @ ('"' | '\'') => value.get(1..)?.split(quote).next()?,
        _ => value.split_whitespace().next()?,
    };
    let value = html_unescape(value);
    let is_plain =
        !value.contains(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '<' | '>'));
    Some(if is_plain { value } else { format!("<{}>", value.replace(['<', '>'], "")) })
}

/// The only entity that addresses usually have.
fn html_unescape(value: &str) -> String {
    value.replace("&amp;", "&")
}

/// Whether an answer is written in HTML: it starts with the tag of a block, or has line breaks and links as
/// tags and no mark of Markdown.
pub(in crate::knowledge::import) fn is_fragment(text: &str) -> bool {
    let tag_at = |text: &str| {
        let rest = text.strip_prefix('<')?;
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric())?;
        let name = rest.get(..end)?.to_ascii_lowercase();
        matches!(rest.as_bytes().get(end), Some(b'>' | b' ' | b'/' | b'\n')).then_some(name)
    };
    let text = text.trim();
    let starts_block = tag_at(text).is_some_and(|name| BLOCK_TAGS.contains(&&*name));
    if starts_block && text.ends_with('>') {
        return true;
    }
    let lower = text.to_ascii_lowercase();
    let has_tags = [
        "<br>",
        "<br/>",
        "<br />",
        "<p>",
        "</a>",
        "<li>",
        "</b>",
        "</strong>",
        "</em>",
        "</i>",
        "</code>",
    ]
    .iter()
    .any(|tag| lower.contains(tag));
    // Of Markdown, these are marks; HTML has none of them.
    let is_mark = |line: &str| {
        ["- ", "* ", "+ ", "#", "> ", "1. "].iter().any(|mark| line.trim_start().starts_with(mark))
    };
    let has_markdown =
        ["](", "**", "`"].iter().any(|mark| text.contains(mark)) || text.lines().any(is_mark);
    has_tags && (!has_markdown || starts_block)
}

/// A question as plain text: without the marks of Markdown and the tags of HTML.
pub(in crate::knowledge::import) fn plain_question(text: &str) -> String {
    if !text.contains(['*', '_', '`', '[', '<', '&', '\\', '#']) {
        return on_one_line(text);
    }
    let mut plain = String::with_capacity(text.len());
    for event in Parser::new(text) {
        match event {
            Event::Text(words) | Event::Code(words) => plain.push_str(&words),
            // A name in angle brackets that is no element of HTML.
            Event::InlineHtml(tag) | Event::Html(tag) if mark_of(&tag, &mut None).is_none() => {
                plain.push_str(&tag);
            }
            Event::SoftBreak | Event::HardBreak => plain.push(' '),
            _ => {}
        }
    }
    let plain = on_one_line(&plain);
    if plain.is_empty() { on_one_line(text) } else { plain }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fragments_are_told_from_markdown_with_some_html() {
        for text in ["<p>a</p>", "a<br>b", "See <a href='x'>x</a>", "<div class=\"x\">a</div>"] {
            assert!(is_fragment(text), "{text}");
        }
        for text in
            ["a < b", "**a** <br> b", "use `<br>`", "<name> is yours", "- a <b>c</b>", "text"]
        {
            assert!(!is_fragment(text), "{text}");
        }
    }

    #[test]
    fn tags_in_markdown_become_its_marks() {
        let cases = [
            ("- see <a href='/x'>this</a>\n- **b**", "- see [this](/x)\n- **b**"),
            ("**a**<br>b <u>c</u> <name> `<b>`", "**a**\\\nb c <name> `<b>`"),
            ("[x](y) <b>c</b> <a name=\"z\"></a>", "[x](y) **c** "),
            (
                "**a**\n\n<details>\n<summary>More</summary>\n\nb\n\n</details>\n\nc",
                "**a**\n\n**More**\n\nb\n\n\n\nc",
            ),
        ];
        for (text, want) in cases {
            assert_eq!(replace_tags(text), want, "{text}");
        }
        assert_eq!(
            plain_question("Is it _really_ `x`, <b>so</b>, or <name>?"),
            "Is it really x, so, or <name>?"
        );
        assert_eq!(plain_question("What is __init__.py?"), "What is init.py?");
    }
}
