//! Records in HTML pages, and HTML in other files.
//!
//! A page is converted to Markdown, in which questions are then found as in any other Markdown.

mod declared;
mod dom;
mod fragment;
mod page;
mod preformatted;

use std::rc::Rc;

use htmd::element_handler::{HandlerResult, Handlers};
use htmd::options::{BrStyle, BulletListMarker, Options};
use htmd::{Element, HtmlToMarkdown};
use markup5ever_rcdom::Node;

use super::plain_text::{ends_like_question, on_one_line};
use super::record::Record;
use super::{ReadError, limits};
use dom::{depth, has_class, is_element, nodes, text_of};

pub(super) use fragment::is_fragment;

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
/// [`ReadError`] if its elements are nested deeper, or are more, than those of any page of people.
pub(super) fn read(text: &str) -> Result<Page, ReadError> {
    limits::check_marks(text, limits::MARKUP)?;
    let converter = converter();
    let document = parse(text, &converter).ok_or(ReadError::TooDeep)?;
    page::remove_permalinks(&document);
    let declared = declared::records(&document, &converter);
    if declared.is_empty() {
        let main = page::main_of(&document);
        page::remove_outer_parts(&main);
        Ok(Page::Markdown(converter.tree_to_markdown(&main)))
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
        .add_handler(vec!["dl"], page::definitions)
        .add_handler(vec!["dt"], term)
        .add_handler(vec!["pre"], preformatted::preformatted)
        .add_handler(vec!["button", "label"], control)
        .add_handler(vec!["div", "p", "span", "a", "li"], named_question)
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

/// Most characters of a text that is taken for a question because its element is named so.
const MAX_QUESTION_CHARS: usize = 300;

/// An element whose class says that it is a question: "question", "faq-question", "faq__question".
fn named_question(handlers: &dyn Handlers, element: Element<'_>) -> Option<HandlerResult> {
    if !has_class(element.node, "question") {
        return handlers.fallback(element);
    }
    // A heading in it marks the question already; an answer in it means that it names the pair.
    let has_more = |node: &Rc<Node>| {
        has_class(node, "answer")
            || ["h1", "h2", "h3", "h4", "h5", "h6", "button", "summary"]
                .iter()
                .any(|name| is_element(node, name))
    };
    let text = text_of(element.node);
    let is_text = (1..=MAX_QUESTION_CHARS).contains(&text.chars().count());
    if !is_text || nodes(element.node).iter().any(has_more) {
        return handlers.fallback(element);
    }
    Some(format!("\n\n**{}**\n\n", escape_bold(&text)).into())
}

fn escape_bold(text: &str) -> String {
    text.replace('*', "\\*")
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
            (
                "<div class=\"faq__question open\">A?</div><div class=\"panel\">1.</div>",
                "**A?**\n\n1.",
            ),
            ("<div class=\"question\"><h3>A?</h3><p>1.</p></div>", "### A?\n\n1."),
            ("<p><button>Buy</button></p><button>A?</button><div>1.</div>", "**A?**\n\n1."),
        ];
        for (html, want) in cases {
            assert_eq!(to_markdown(html), want, "{html}");
        }
        assert_eq!(plain_text("<b>What</b> is\n&lt;x&gt;?"), "What is <x>?");
    }

    #[test]
    fn preformatted_text_is_a_code_block_as_it_stands() {
        let cases = [
            (
                "<p>Use</p><pre>\nif x:\n    run(*y*)\n# root\n</pre><p>z</p>",
                "Use\n\n```\nif x:\n    run(*y*)\n# root\n```\n\nz",
            ),
            ("<pre>  a &lt;b&gt;<br><span>c</span>\n\n_d_</pre>", "```\n  a <b>\nc\n\n_d_\n```"),
            ("<pre><code class=\"language-sh\">a ```</code></pre>", "````sh\na ```\n````"),
            ("<ul><li>x<pre>a\n b</pre></li></ul>", "- x\n\n  ```\n  a\n   b\n  ```"),
            ("<pre> </pre>x", "x"),
        ];
        for (html, want) in cases {
            assert_eq!(to_markdown(html), want, "{html}");
        }
    }

    #[test]
    fn page_is_read_without_what_stands_around_its_text() {
        let cases = [
            (
                "<div role='navigation'><h3>Menu</h3></div><h2>A?</h2><p>one</p><div role=search>s</div>",
                "## A?\n\none",
            ),
            (
                "<header>Site</header><h2>A?</h2><article><header>x</header>one</article>",
                "## A?\n\nx\n\none",
            ),
            ("<header><h1>FAQ</h1></header><h2>A?</h2>one", "# FAQ\n\n## A?\n\none"),
            ("<h2>Ads</h2><main><h2>A?</h2>one</main><h3>More</h3>", "## A?\n\none"),
            ("<div role=main><h2>A?</h2>one</div><h3>More</h3>", "## A?\n\none"),
            (
                "<h2>A?<a class=headerlink href='#a'>¶</a></h2><p>one <a href='#x'>🔗</a></p>",
                "## A?\n\none",
            ),
            ("<h2>A?<a class=headerlink href='#a'>Link here</a></h2>one", "## A?\n\none"),
            ("<h2><a class=header-anchor href='#a'>A?</a></h2>one", "## [A?](#a)\n\none"),
            (
                "<dl><dt>1. <a href='#a'>A?</a></dt><dd><dl><dt><a href='#b'>B</a></dt></dl></dd></dl><h2>A?</h2>one",
                "- [A?](#a)\n- [B](#b)\n\n## A?\n\none",
            ),
        ];
        for (html, want) in cases {
            let Ok(Page::Markdown(text)) = read(html) else { panic!("{html}") };
            assert_eq!(text, want, "{html}");
        }
    }

    #[test]
    fn page_that_is_nested_without_end_is_refused() {
        let page = "<div>".repeat(100_000);
        assert!(matches!(read(&page), Err(ReadError::TooDeep)));
        assert_eq!(to_markdown(&page), page);
    }
}
