//! Records in HTML pages, and HTML in other files.
//!
//! A page is converted to Markdown, in which questions are then found as in any other Markdown.

use std::ops::Range;
use std::rc::Rc;

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::options::{BrStyle, BulletListMarker, Options};
use htmd::{Element, HtmlToMarkdown};
use markup5ever_rcdom::{Node, NodeData};
use pulldown_cmark::{Event, Options as PullOptions, Parser, Tag, TagEnd};

use super::ReadError;
use super::field_choice::FieldChoice;
use super::record::{Answer, Record, on_one_line};
use super::tree::Tree;
use super::tree_records::{self, ends_like_question};

/// Deepest nesting of elements that is converted; the conversion is recursive. Pages of people have a few dozen.
const MAX_DEPTH: usize = 256;

/// Most elements that may be open before a page is parsed, since the parser takes a time that grows with the
/// square of the depth. Some pages leave elements open that the parser closes.
const MAX_OPEN_TAGS: usize = 2_000;

/// Elements that end by themselves, so that a page may never close them.
const CLOSED_BY_OTHERS: [&str; 28] = [
    "p", "li", "dt", "dd", "tr", "td", "th", "thead", "tbody", "tfoot", "option", "a", "area",
    "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track",
    "wbr", "colgroup", "path",
];

/// Elements that hold nothing for readers, or what stands around the text of a page.
const SKIPPED: [&str; 14] = [
    "script", "style", "nav", "footer", "aside", "form", "svg", "iframe", "noscript", "template",
    "head", "select", "canvas", "object",
];

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

/// What an HTML page holds.
pub(super) enum Page {
    /// Questions and answers that the page declares for search engines (schema.org's `FAQPage`).
    Declared(Vec<Record>),
    /// The page as Markdown.
    Markdown(String),
}

/// Reads a page.
///
/// # Errors
/// [`ReadError::TooDeep`] if its elements are nested deeper than any page of people.
pub(super) fn read(text: &str) -> Result<Page, ReadError> {
    let converter = converter();
    let document = parse(text, &converter).ok_or(ReadError::TooDeep)?;
    let declared = declared_records(&document, &converter);
    if declared.is_empty() {
        Ok(Page::Markdown(converter.tree_to_markdown(&document)))
    } else {
        Ok(Page::Declared(declared))
    }
}

/// An answer written in HTML, as Markdown. Text that is nested too deep stays as it is.
pub(super) fn to_markdown(text: &str) -> String {
    let converter = converter();
    match parse(text, &converter) {
        Some(document) => converter.tree_to_markdown(&document),
        None => text.to_owned(),
    }
}

/// The elements of a page; `None` if they are nested too deep to be converted.
fn parse(text: &str, converter: &HtmlToMarkdown) -> Option<Rc<Node>> {
    if n_open_tags(text) > MAX_OPEN_TAGS {
        return None;
    }
    converter.html_to_tree(text).ok().filter(|document| depth(document) <= MAX_DEPTH)
}

/// The most elements that are open at a time, by their tags alone.
fn n_open_tags(text: &str) -> usize {
    let (mut n_open, mut most) = (0_usize, 0);
    for (at, _) in text.match_indices('<') {
        let rest = text.get(at + 1..).unwrap_or_default();
        let name = rest.trim_start_matches('/');
        let end = name.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(name.len());
        let tag = name.get(..end.min(16)).unwrap_or_default().to_ascii_lowercase();
        if tag.is_empty() || CLOSED_BY_OTHERS.contains(&&*tag) {
            continue;
        }
        if rest.starts_with('/') {
            n_open = n_open.saturating_sub(1);
        } else {
            n_open += 1;
            most = most.max(n_open);
        }
    }
    most
}

/// An answer with its HTML tags as marks of Markdown, whether it is written in HTML or has some HTML in its
/// Markdown.
pub(super) fn replace_tags(text: &str) -> String {
    if !text.contains('<') && !text.contains('&') {
        return text.to_owned();
    }
    if is_fragment(text) {
        return to_markdown(text);
    }
    let options = PullOptions::ENABLE_TABLES | PullOptions::ENABLE_STRIKETHROUGH;
    let mut replaced = String::with_capacity(text.len());
    let mut at = 0;
    let mut address = None;
    let mut block: Option<Range<usize>> = None;
    for (event, span) in Parser::new_ext(text, options).into_offset_iter() {
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
pub(super) fn is_fragment(text: &str) -> bool {
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
pub(super) fn plain_question(text: &str) -> String {
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

/// The words of a text with HTML tags, on one line.
pub(super) fn plain_text(text: &str) -> String {
    if !text.contains(['<', '&']) {
        return on_one_line(text);
    }
    match parse(text, &HtmlToMarkdown::new()) {
        Some(document) => text_of(&document),
        None => on_one_line(text),
    }
}

fn converter() -> HtmlToMarkdown {
    let options = Options {
        br_style: BrStyle::Backslash,
        bullet_list_marker: BulletListMarker::Dash,
        ul_bullet_spacing: 1,
        ol_number_spacing: 1,
        ..Options::default()
    };
    HtmlToMarkdown::builder()
        .options(options)
        .skip_tags(SKIPPED.to_vec())
        .add_handler(vec!["details"], details)
        .add_handler(vec!["dt"], term)
        .add_handler(vec!["button", "label"], control)
        .build()
}

/// `<details>` stays, with its content as Markdown.
fn details(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let children = element.node.children.borrow();
    let summary = children.iter().find(|child| is_element(child, "summary")).map(text_of);
    let mut content = String::new();
    for child in children.iter().filter(|child| !is_element(child, "summary")) {
        content.push_str(&handlers.handle(child).map(|result| result.content).unwrap_or_default());
    }
    Some(open_question(&summary.unwrap_or_default(), content.trim()).into())
}

/// A question that opens, in the one form that Markdown has for it.
fn open_question(question: &str, answer: &str) -> String {
    let escaped = question.replace('&', "&amp;").replace('<', "&lt;");
    format!("\n\n<details>\n<summary>{escaped}</summary>\n\n{answer}\n\n</details>\n\n")
}

/// A term of a definition list, as a question in bold letters; what follows is its answer.
fn term(_: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    Some(format!("\n\n**{}**\n\n", escape_bold(&text_of(element.node))).into())
}

/// A control whose label is a question opens an answer; others are no text.
fn control(_: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    let text = text_of(element.node);
    ends_like_question(&text).then(|| format!("\n\n**{}**\n\n", escape_bold(&text)).into())
}

fn escape_bold(text: &str) -> String {
    text.replace('*', "\\*")
}

fn is_element(node: &Rc<Node>, name: &str) -> bool {
    matches!(&node.data, NodeData::Element { name: found, .. } if &*found.local == name)
}

/// The value of an attribute.
fn attribute(node: &Rc<Node>, name: &str) -> Option<String> {
    let NodeData::Element { attrs, .. } = &node.data else { return None };
    let attrs = attrs.borrow();
    attrs.iter().find(|attr| &*attr.name.local == name).map(|attr| attr.value.to_string())
}

/// All nodes below `root` and itself, in the order of the page.
fn nodes(root: &Rc<Node>) -> Vec<Rc<Node>> {
    let mut all = Vec::new();
    let mut next = vec![Rc::clone(root)];
    while let Some(node) = next.pop() {
        next.extend(node.children.borrow().iter().rev().cloned());
        all.push(node);
    }
    all
}

fn depth(root: &Rc<Node>) -> usize {
    let mut deepest = 0;
    let mut next = vec![(Rc::clone(root), 0)];
    while let Some((node, depth)) = next.pop() {
        deepest = deepest.max(depth);
        next.extend(node.children.borrow().iter().map(|child| (Rc::clone(child), depth + 1)));
    }
    deepest
}

/// The words below a node, on one line.
fn text_of(root: &Rc<Node>) -> String {
    let mut text = String::new();
    for node in nodes(root) {
        if let NodeData::Text { contents } = &node.data {
            text.push_str(&contents.borrow());
        }
    }
    on_one_line(&text)
}

/// Questions and answers that the page declares: in JSON (`application/ld+json`) or by attributes
/// (`itemtype=".../Question"`).
fn declared_records(document: &Rc<Node>, converter: &HtmlToMarkdown) -> Vec<Record> {
    let nodes = nodes(document);
    let is_json =
        |node: &&Rc<Node>| attribute(node, "type").as_deref() == Some("application/ld+json");
    let mut records = Vec::new();
    for script in nodes.iter().filter(is_json) {
        let json = script.children.borrow().iter().map(raw_text).collect::<String>();
        let Ok(tree) = Tree::from_json(&json) else { continue };
        for page in faq_pages(&tree) {
            records.extend(tree_records::find(page, &FieldChoice::default()));
        }
    }
    for record in &mut records {
        record.question = plain_text(&record.question);
        record.tags.clear();
        for answer in &mut record.answers {
            answer.text = to_markdown(&answer.text);
        }
    }
    if records.is_empty() {
        let questions = nodes.iter().filter(|node| has_item_type(node, "Question"));
        records.extend(questions.filter_map(|node| record_of_item(node, converter)));
    }
    records
}

fn raw_text(node: &Rc<Node>) -> String {
    match &node.data {
        NodeData::Text { contents } => contents.borrow().to_string(),
        _ => String::new(),
    }
}

/// The maps with `"@type": "FAQPage"`.
fn faq_pages(tree: &Tree) -> Vec<&Tree> {
    match tree {
        Tree::List(items) => items.iter().flat_map(faq_pages).collect(),
        Tree::Map(map) => {
            let kinds = tree.get("@type");
            let is_faq = |kind: &Tree| kind.as_text() == Some("FAQPage");
            let found = kinds.is_some_and(|kind| {
                is_faq(kind) || kind.as_list().is_some_and(|kinds| kinds.iter().any(is_faq))
            });
            if found {
                vec![tree]
            } else {
                map.iter().flat_map(|(_, value)| faq_pages(value)).collect()
            }
        }
        Tree::Nothing | Tree::Text(_) => Vec::new(),
    }
}

fn has_item_type(node: &Rc<Node>, name: &str) -> bool {
    attribute(node, "itemtype")
        .is_some_and(|kind| kind.trim_end_matches('/').ends_with(&format!("/{name}")))
}

fn record_of_item(node: &Rc<Node>, converter: &HtmlToMarkdown) -> Option<Record> {
    let inner = nodes(node);
    let with =
        |name: &str| inner.iter().find(|node| attribute(node, "itemprop").as_deref() == Some(name));
    let question = text_of(with("name")?);
    let answer = with("text").or_else(|| with("acceptedAnswer"))?;
    let answer = Answer::new(&converter.tree_to_markdown(answer))?;
    (!question.is_empty()).then(|| Record { question, answers: vec![answer], ..Record::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_is_converted_to_markdown_that_says_the_same() {
        let cases = [
            (
                "<p>See <a href=\"https://a.example\">this</a>.</p>",
                "See [this](https://a.example).",
            ),
            ("One.<br>Two &amp; three.", "One.\\\nTwo & three."),
            ("<ul><li>a</li><li>b</li></ul>", "- a\n- b"),
            ("<nav>Menu</nav><p>Text</p><script>x</script>", "Text"),
            ("<dl><dt>A?</dt><dd>1.</dd></dl>", "**A?**\n\n1."),
            ("<p><button>Buy</button></p><button>A?</button><div>1.</div>", "**A?**\n\n1."),
        ];
        for (html, want) in cases {
            assert_eq!(to_markdown(html), want, "{html}");
        }
        assert_eq!(plain_text("<b>What</b> is\n&lt;x&gt;?"), "What is <x>?");
    }

    #[test]
    fn declared_questions_are_taken_from_json_and_attributes() {
        let json = r#"<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [{"@type": "FAQPage",
            "mainEntity": [{"@type": "Question", "name": "A?", "acceptedAnswer": {"@type": "Answer", "text": "<p>1.</p>"}}]}]}</script><h2>Other</h2>"#;
        let items = r#"<div itemscope itemtype="https://schema.org/Question"><h3 itemprop="name">A?</h3>
            <div itemprop="acceptedAnswer" itemtype="https://schema.org/Answer"><div itemprop="text">1.</div></div></div>"#;
        for page in [json, items] {
            let Ok(Page::Declared(records)) = read(page) else { panic!("{page}") };
            assert_eq!((&*records[0].question, &*records[0].answers[0].text), ("A?", "1."));
            assert_eq!(records.len(), 1);
        }
    }

    #[test]
    fn page_that_is_nested_without_end_is_refused() {
        let page = "<div>".repeat(100_000);
        assert!(matches!(read(&page), Err(ReadError::TooDeep)));
        assert_eq!(to_markdown(&page), page);
    }

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
