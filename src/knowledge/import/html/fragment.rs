//! Texts that are written in HTML, told from Markdown, which may have some HTML.

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
}
