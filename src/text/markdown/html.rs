//! HTML inside Markdown: its text, without the tags of HTML. What only looks like a tag, as in
//! `docker run <image>`, is text.

use std::ops::Range;

/// A part of HTML, with its byte span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HtmlPart<'a> {
    pub(super) span: Range<usize>,
    pub(super) kind: HtmlKind<'a>,
}

/// What a part of HTML is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum HtmlKind<'a> {
    /// Text, with entities.
    Text(&'a str),
    /// A start tag or an end tag of an element of HTML.
    Tag(HtmlTag<'a>),
    /// A comment, a declaration, or the content of a script or style sheet.
    Hidden,
}

/// A tag.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct HtmlTag<'a> {
    /// The name of its element, in lower case.
    pub(super) name: String,
    /// Whether it ends its element.
    pub(super) is_end: bool,
    /// The attributes, as they are written.
    attributes: &'a str,
}

/// Elements within lines of text.
const INLINE: [&str; 43] = [
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "button", "cite", "code", "data", "del",
    "dfn", "em", "font", "i", "img", "input", "ins", "kbd", "label", "map", "mark", "meter",
    "output", "picture", "q", "rp", "rt", "ruby", "s", "samp", "small", "source", "span", "strike",
    "strong", "sub", "sup", "time", "tt", "u", "var",
];

/// Other elements: they begin a line of their own.
const BLOCKS: [&str; 65] = [
    "address",
    "article",
    "aside",
    "audio",
    "base",
    "blockquote",
    "body",
    "br",
    "canvas",
    "caption",
    "center",
    "col",
    "colgroup",
    "datalist",
    "dd",
    "details",
    "dialog",
    "dir",
    "div",
    "dl",
    "dt",
    "embed",
    "fieldset",
    "figcaption",
    "figure",
    "footer",
    "form",
    "frame",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "head",
    "header",
    "hr",
    "html",
    "iframe",
    "legend",
    "li",
    "link",
    "main",
    "menu",
    "meta",
    "nav",
    "object",
    "ol",
    "optgroup",
    "option",
    "p",
    "pre",
    "script",
    "section",
    "select",
    "style",
    "summary",
    "svg",
    "table",
    "tbody",
    "textarea",
    "tfoot",
    "thead",
    "ul",
    "video",
];

/// Elements of tables, which separate words.
const CELLS: [&str; 4] = ["td", "th", "tr", "wbr"];

/// Elements whose content is no text.
const WITHOUT_TEXT: [&str; 2] = ["script", "style"];

/// Longest tag, in characters, so that tags that are never ended take linear time.
const MAX_TAG_CHARS: usize = 2_000;

impl HtmlTag<'_> {
    /// Whether the element is within a line of text.
    pub(super) fn is_inline(&self) -> bool {
        INLINE.contains(&self.name.as_str())
    }

    /// The value of an attribute, with entities; `None` if the tag does not have it.
    pub(super) fn attribute(&self, name: &str) -> Option<String> {
        let mut rest = self.attributes;
        while let Some((before, after)) = rest.split_once('=') {
            let found = before.split_whitespace().next_back().unwrap_or_default();
            let after = after.trim_start();
            let quote = after.chars().next().filter(|c| matches!(c, '"' | '\''));
            let quoted = quote.and_then(|quote| Some((quote, after.strip_prefix(quote)?)));
            let (value, remaining) = match quoted {
                Some((quote, inner)) => inner.split_once(quote).unwrap_or((inner, "")),
                None => after.split_once(char::is_whitespace).unwrap_or((after, "")),
            };
            if found.eq_ignore_ascii_case(name) {
                let value = if quote.is_none() { value.trim_end_matches('/') } else { value };
                return Some(value.to_owned());
            }
            rest = remaining;
        }
        None
    }
}

/// The parts of `html`, in order.
pub(super) fn parts(html: &str) -> Vec<HtmlPart<'_>> {
    let mut parts = Vec::new();
    let (mut text_start, mut at) = (0, 0);
    while let Some(found) = html.get(at..).and_then(|rest| rest.find('<')) {
        let start = at + found;
        let Some((len, kind)) = html.get(start..).and_then(markup) else {
            at = start + 1;
            continue;
        };
        push_text(html, text_start..start, &mut parts);
        at = start + len;
        text_start = at;
        let hides = matches!(&kind, HtmlKind::Tag(tag)
            if !tag.is_end && WITHOUT_TEXT.contains(&tag.name.as_str()));
        parts.push(HtmlPart { span: start..at, kind });
        if hides {
            let rest = html.get(at..).unwrap_or_default();
            let end = at + rest.find("</").unwrap_or(rest.len());
            parts.push(HtmlPart { span: at..end, kind: HtmlKind::Hidden });
            (at, text_start) = (end, end);
        }
    }
    push_text(html, text_start..html.len(), &mut parts);
    parts
}

fn push_text<'a>(html: &'a str, span: Range<usize>, parts: &mut Vec<HtmlPart<'a>>) {
    if let Some(text) = html.get(span.clone()).filter(|text| !text.is_empty()) {
        parts.push(HtmlPart { span, kind: HtmlKind::Text(text) });
    }
}

/// The markup at the start of `html`, which starts with `<`, and its length; `None` if it is text.
fn markup(html: &str) -> Option<(usize, HtmlKind<'_>)> {
    for (start, end) in [("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">")] {
        if html.starts_with(start) {
            // A comment that does not end hides the rest, as it does in browsers.
            let len = html.find(end).map_or(html.len(), |at| at + end.len());
            return Some((len, HtmlKind::Hidden));
        }
    }
    let inner = html.strip_prefix('<')?;
    let (is_end, inner) = inner.strip_prefix('/').map_or((false, inner), |inner| (true, inner));
    let name_len = inner.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(inner.len());
    let (name, rest) = inner.split_at(name_len);
    let name = name.to_ascii_lowercase();
    let is_known = [&INLINE[..], &BLOCKS, &CELLS].iter().any(|all| all.contains(&name.as_str()));
    if !is_known || !rest.starts_with(|c: char| c.is_whitespace() || matches!(c, '>' | '/')) {
        return None;
    }
    let end = tag_end(rest)?;
    let attributes = rest.get(..end)?;
    let len = html.len() - rest.len() + end + 1;
    Some((len, HtmlKind::Tag(HtmlTag { name, is_end, attributes })))
}

/// Where the `>` is that ends a tag: not in the value of an attribute.
fn tag_end(rest: &str) -> Option<usize> {
    let mut quote = None;
    for (at, c) in rest.char_indices().take(MAX_TAG_CHARS) {
        match (quote, c) {
            (None, '>') => return Some(at),
            (None, '<') => return None,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), _) if open == c => quote = None,
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_of_html_are_told_from_text_in_angle_brackets() {
        let show = |part: HtmlPart<'_>| match part.kind {
            HtmlKind::Text(text) => text.to_owned(),
            HtmlKind::Tag(tag) if tag.is_end => format!("[/{}]", tag.name),
            HtmlKind::Tag(tag) => format!("[{}]", tag.name),
            HtmlKind::Hidden => "[hidden]".to_owned(),
        };
        let rows = [
            ("a <b>c</B>", "a [b]c[/b]"),
            ("run <image> or </image>", "run <image> or </image>"),
            ("1 < 2 <br/>", "1 < 2 [br]"),
            ("<!-- <b> -->x", "[hidden]x"),
            ("<!-- x", "[hidden]"),
            ("<a title=\">\" href='x'>y", "[a]y"),
            ("<b", "<b"),
            ("<bold>", "<bold>"),
            ("<style>p { }</style>x", "[style][hidden][/style]x"),
        ];
        for (html, want) in rows {
            let got: String = parts(html).into_iter().map(show).collect();
            assert_eq!(got, want, "{html}");
        }
    }

    #[test]
    fn attributes_are_found_however_they_are_quoted() {
        let rows = [
            ("<a href=\"x y\" b>", Some("x y")),
            ("<a class='b' HREF = 'x'>", Some("x")),
            ("<img href=x/>", Some("x")),
            ("<a data-href=\"x\">", None),
            ("<a>", None),
        ];
        for (html, want) in rows {
            let HtmlKind::Tag(tag) = &parts(html)[0].kind else { panic!("{html}") };
            assert_eq!(tag.attribute("href").as_deref(), want, "{html}");
        }
    }
}
