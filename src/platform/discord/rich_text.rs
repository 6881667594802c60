//! Text with markup in Discord's Markdown. Pure.
//!
//! Markup that Discord would read otherwise where it stands, such as emphasis that touches other
//! emphasis, is left out: its text is shown without it.

use super::markdown::{escape_quote, has_unescaped, link};
use crate::text::RichText;
use crate::text::rich_text::{Address, Inline, LineContent, LineMarks, text_of};

/// Discord displays bullets, numbers and indented items. It has no quotes in quotes and no boxes.
const MARKS: LineMarks<'static> =
    LineMarks {
        bullet: "- ", unchecked: "☐ ", checked: "☑ ", quote: r"\> ", has_numbers: true
    };

/// Deepest heading that Discord has; deeper ones are bold.
const MAX_HEADING: u8 = 3;

/// Longest name of a language beside a fence, in bytes.
const MAX_LANGUAGE: usize = 20;

/// What Discord takes for an emoticon, not for markup.
const SHRUG: &str = r"¯\_(ツ)_/¯";

/// `text` in Discord's Markdown, for a block quote.
pub(super) fn markdown(text: &RichText) -> String {
    let lines = text.lines(&MARKS);
    let mut written = Vec::with_capacity(lines.len());
    for line in &lines {
        let (first, prefix) = (&line.first_prefix, &line.prefix);
        let content = match &line.content {
            LineContent::Paragraph(content) => inlines(content),
            LineContent::Heading(level, content) => heading(*level, content, first.is_empty()),
            LineContent::Row(is_head, cells) => row(*is_head, cells),
            LineContent::Rule => r"\-\-\-".to_owned(),
            LineContent::Blank => String::new(),
            LineContent::Code(language, text) => match code_block(*language, text) {
                // A code block would display the indentation of the list that it is in.
                Some(code) => {
                    let mark = first.trim_end();
                    written.extend((!mark.is_empty()).then(|| mark.to_owned()));
                    written.push(code);
                    continue;
                }
                None => escape_quote(text),
            },
        };
        written.push(format!("{first}{}", content.replace('\n', &format!("\n{prefix}"))));
    }
    written.join("\n")
}

fn heading(level: u8, content: &[Inline], starts_line: bool) -> String {
    let text = inlines(content).replace('\n', " ");
    if starts_line && level <= MAX_HEADING {
        let marks = "#".repeat(usize::from(level));
        return format!("{marks} {text}");
    }
    strong(content)
}

fn row(is_head: bool, cells: &[Vec<Inline>]) -> String {
    let cell = |cell: &Vec<Inline>| {
        let text = if is_head { strong(cell) } else { inlines(cell) };
        text.replace('\n', " ")
    };
    cells.iter().map(cell).collect::<Vec<_>>().join(r" \| ")
}

fn strong(content: &[Inline]) -> String {
    inlines(&[Inline::Strong(without_strong(content))])
}

/// `content` with what is strong in it as the rest: Discord has no strong text in strong text.
fn without_strong(content: &[Inline]) -> Vec<Inline> {
    let inner = |inline: &Inline| match inline {
        Inline::Strong(content) => without_strong(content),
        Inline::Emphasis(content) => vec![Inline::Emphasis(without_strong(content))],
        Inline::Strikethrough(content) => vec![Inline::Strikethrough(without_strong(content))],
        Inline::Link { content, address } => {
            vec![Inline::Link { content: without_strong(content), address: address.clone() }]
        }
        Inline::Text(_) | Inline::Code(_) | Inline::LineBreak => vec![inline.clone()],
    };
    content.iter().flat_map(inner).collect()
}

/// A code block; `None` if Discord would end it early.
fn code_block(language: Option<&str>, text: &str) -> Option<String> {
    if text.contains("```") {
        return None;
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || "_+-.#".contains(c);
    let language = language.filter(|it| it.len() <= MAX_LANGUAGE && it.chars().all(is_name));
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    Some(format!("```{}\n{text}\n```", language.unwrap_or_default()))
}

/// Markup with text in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Markup {
    Emphasis,
    Strong,
    Strikethrough,
}

/// A part of a line.
#[derive(Debug)]
enum Token {
    /// Text, not yet escaped.
    Text(String),
    /// Markup that is complete.
    Raw(String),
    Start,
    End(Markup),
}

/// `content` in Discord's Markdown; line breaks are line feeds.
fn inlines(content: &[Inline]) -> String {
    let written = with_markup(content, delimiters);
    // Discord would display its backslash.
    let none = |tokens: &[Token]| vec![""; tokens.len()];
    if written.contains(SHRUG) { with_markup(content, none) } else { written }
}

fn with_markup(content: &[Inline], delimiters: impl Fn(&[Token]) -> Vec<&'static str>) -> String {
    let mut tokens = Vec::new();
    tokenize(content, &mut Vec::new(), &mut tokens);
    let delimiters = delimiters(&tokens);
    let (mut written, mut text) = (String::new(), String::new());
    for (token, delimiter) in tokens.iter().zip(delimiters) {
        let raw = match token {
            Token::Text(part) => {
                text.push_str(part);
                continue;
            }
            Token::Raw(raw) => raw,
            // Text goes on where markup is left out, but for an address.
            Token::Start | Token::End(_) if delimiter.is_empty() && !ends_with_address(&text) => {
                continue;
            }
            Token::Start | Token::End(_) => delimiter,
        };
        written.push_str(&escape_quote(&std::mem::take(&mut text)));
        written.push_str(raw);
    }
    written + escape_quote(&text).as_str()
}

fn ends_with_address(text: &str) -> bool {
    text.rsplit(char::is_whitespace).next().is_some_and(|word| word.contains("://"))
}

/// The tokens of `content`, which stands in the `open` markup.
fn tokenize(content: &[Inline], open: &mut Vec<Markup>, tokens: &mut Vec<Token>) {
    for inline in content {
        let (markup, content) = match inline {
            Inline::Text(text) => {
                tokens.push(Token::Text(text.clone()));
                continue;
            }
            Inline::Code(code) => {
                let is_shown = |token: &&Token| matches!(token, Token::Text(_) | Token::Raw(_));
                let last = tokens.iter().rev().find(is_shown);
                let is_after_code = matches!(last, Some(Token::Raw(raw)) if raw.ends_with('`'));
                let code_span = inline_code(code).filter(|_| !is_after_code);
                match code_span {
                    Some(code) => tokens.push(Token::Raw(code)),
                    // Addresses before it end there, and those in it end with it.
                    None => {
                        let end = || Token::Raw(String::new());
                        tokens.extend([end(), Token::Text(code.clone()), end()]);
                    }
                }
                continue;
            }
            // Markup does not go on in the next line of an item.
            Inline::LineBreak => {
                tokens.extend(open.iter().rev().copied().map(Token::End));
                tokens.push(Token::Raw("\n".to_owned()));
                tokens.extend(open.iter().map(|_| Token::Start));
                continue;
            }
            Inline::Link { content, address } => {
                tokenize_link(content, address, open, tokens);
                continue;
            }
            Inline::Emphasis(content) => (Markup::Emphasis, content),
            Inline::Strong(content) => (Markup::Strong, content),
            Inline::Strikethrough(content) => (Markup::Strikethrough, content),
        };
        tokens.push(Token::Start);
        open.push(markup);
        tokenize(content, open, tokens);
        open.pop();
        tokens.push(Token::End(markup));
    }
}

/// A link whose label is displayed, or the label and the address where Discord has no such link: for
/// labels with brackets or an address, and for addresses that are not of the web.
fn tokenize_link(
    content: &[Inline],
    address: &Address,
    open: &mut Vec<Markup>,
    tokens: &mut Vec<Token>,
) {
    let text = text_of(content);
    if address.is_shown_by(&text) {
        tokens.push(Token::Raw(escape_quote(&text)));
        return;
    }
    let has_label = !text.contains(['[', ']', '\n']) && !text.contains("://");
    let masked = match address {
        Address::Linked(address) if has_label => link(&inlines(content), address),
        Address::Linked(_) | Address::Shown(_) => None,
    };
    match masked {
        Some(link) => tokens.push(Token::Raw(link)),
        None => {
            // An address before it ends there.
            tokens.push(Token::Raw(String::new()));
            tokenize(content, open, tokens);
            tokens.push(Token::Raw(escape_quote(&format!(" ({})", address.displayed()))));
        }
    }
}

/// Code within a line; `None` if Discord would display it otherwise.
fn inline_code(code: &str) -> Option<String> {
    if code.trim().is_empty() || code.contains("``") || code.contains(['\n', '\r']) {
        return None;
    }
    if !code.contains('`') {
        return Some(format!("`{code}`"));
    }
    // A space before or after a backtick at the end is not displayed.
    let before = if code.starts_with('`') { " " } else { "" };
    let after = if code.ends_with('`') { " " } else { "" };
    let is_padded = code.trim().starts_with('`') && !code.starts_with('`')
        || code.trim().ends_with('`') && !code.ends_with('`');
    (!is_padded).then(|| format!("``{before}{code}{after}``"))
}

/// The delimiter of each token that is a start or an end; empty where its markup is left out, since
/// Discord would not read it as it is meant.
fn delimiters(tokens: &[Token]) -> Vec<&'static str> {
    let mut delimiters = vec![""; tokens.len()];
    let mut partners: Vec<usize> = (0..tokens.len()).collect();
    let mut starts = Vec::new();
    for (end, token) in tokens.iter().enumerate() {
        match token {
            Token::Start => starts.push(end),
            Token::End(markup) => {
                let Some(start) = starts.pop() else { continue };
                let delimiter = delimiter(*markup, tokens, start, end);
                for (idx, partner) in [(start, end), (end, start)] {
                    set(&mut delimiters, idx, delimiter);
                    set(&mut partners, idx, partner);
                }
            }
            Token::Text(_) | Token::Raw(_) => {}
        }
    }
    // What is left out makes others touch.
    while let Some(idx) = conflict(tokens, &delimiters) {
        set(&mut delimiters, partners.get(idx).copied().unwrap_or(idx), "");
        set(&mut delimiters, idx, "");
    }
    delimiters
}

fn set<T>(values: &mut [T], idx: usize, value: T) {
    if let Some(it) = values.get_mut(idx) {
        *it = value;
    }
}

/// A token whose delimiter is read together with what it touches.
fn conflict(tokens: &[Token], delimiters: &[&'static str]) -> Option<usize> {
    // The last token that is not empty, and its last character.
    let mut last: Option<(usize, Option<char>)> = None;
    for (idx, (token, delimiter)) in tokens.iter().zip(delimiters).enumerate() {
        let text = match token {
            Token::Text(text) | Token::Raw(text) => text.as_str(),
            Token::Start | Token::End(_) => delimiter,
        };
        let (Some(first), end) = (text.chars().next(), text.chars().next_back()) else { continue };
        let before = last.and_then(|(idx, _)| delimiters.get(idx)).copied().unwrap_or_default();
        let touches_same = !before.is_empty() && !delimiter.is_empty() && before.starts_with(first);
        let ends_in_word = before == "_"
            && is_word(first)
            && matches!(last.and_then(|(idx, _)| tokens.get(idx)), Some(Token::End(_)));
        let ends_before_underscore = before == "~~" && *delimiter == "_";
        if touches_same || ends_in_word || ends_before_underscore {
            let is_end = matches!(token, Token::End(_));
            return if touches_same && !is_end { Some(idx) } else { last.map(|(idx, _)| idx) };
        }
        let before = last.and_then(|(_, end)| end);
        if *delimiter == "_" && matches!(token, Token::Start) && before.is_some_and(is_word) {
            return Some(idx);
        }
        last = Some((idx, end));
    }
    None
}

/// Whether Discord takes `c` for white space.
fn is_blank(c: char) -> bool {
    c.is_whitespace() || c == '\u{feff}'
}

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// The delimiter of the markup from the token `start` to the token `end`; empty if there is none for
/// what is in it.
fn delimiter(markup: Markup, tokens: &[Token], start: usize, end: usize) -> &'static str {
    let inner = tokens.get(start + 1..end).unwrap_or_default();
    let has_raw = |delimiter: char| {
        inner.iter().any(|token| match token {
            Token::Text(text) => has_unescaped(&escape_quote(text), delimiter),
            Token::Raw(raw) => raw.contains(delimiter),
            Token::Start | Token::End(_) => false,
        })
    };
    let outer = [start.checked_sub(1), Some(end + 1)].map(|idx| tokens.get(idx?));
    let is_in_word =
        edge(outer[0], true).is_some_and(is_word) || edge(outer[1], false).is_some_and(is_word);
    let touches_markup = [outer[0], outer[1], inner.first(), inner.last()]
        .into_iter()
        .any(|token| matches!(token, Some(Token::Start | Token::End(_))));
    let has_space = [edge(inner.first(), false), edge(inner.last(), true)]
        .into_iter()
        .any(|c| c.is_none_or(is_blank));
    let has_text = inner.iter().any(|token| match token {
        Token::Text(text) | Token::Raw(text) => !text.chars().all(is_blank),
        Token::Start | Token::End(_) => false,
    });
    match markup {
        Markup::Strong if has_text && !has_raw('*') => "**",
        Markup::Strikethrough if has_text && !has_raw('~') => "~~",
        Markup::Emphasis if !has_space && !is_in_word && !has_raw('_') => "_",
        Markup::Emphasis if !has_space && !touches_markup && !has_raw('*') => "*",
        Markup::Strong | Markup::Strikethrough | Markup::Emphasis => "",
    }
}

/// The first or the last character of a token, which may be markup.
fn edge(token: Option<&Token>, is_last: bool) -> Option<char> {
    let text = match token? {
        Token::Text(text) | Token::Raw(text) => text,
        Token::Start | Token::End(_) => return Some('*'),
    };
    if is_last { text.chars().next_back() } else { text.chars().next() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::MarkdownText;

    fn rendered(document: &str) -> String {
        let text = MarkdownText::new(document);
        markdown(&text.rich_text(document, 0..document.len(), None))
    }

    #[test]
    fn markup_is_that_of_discord() {
        let rows = [
            ("a *b* **c** ~~d~~ `e*f`", "a _b_ **c** ~~d~~ `e*f`"),
            ("***a** b* un*believ*able", "_**a** b_ un*believ*able"),
            ("**see `a*b`** *c `d_e`*", "see `a*b` *c `d_e`*"),
            ("a  \nb\nc", "a\nb c"),
            ("**a  \nb** *c\\\nd*", "**a**\n**b** _c_\n_d_"),
            ("a_b \\*c\\* @everyone <#1>", r"a\_b \*c\* \@everyone \<\#1\>"),
            ("[a *b*](https://x.example/c_d)", "[a _b_](<https://x.example/c_d>)"),
            (
                "<https://x.example/a> https://x.example/b_c",
                "<https://x.example/a> <https://x.example/b_c>",
            ),
            ("[\\[a\\]](https://x.example)", r"\[a\] (<https://x.example>)"),
            ("[https://a.example](https://b.example)", "<https://a.example> (<https://b.example>)"),
            ("[a](mailto:b@c.example) <b@c.example>", r"a (b\@c.example) b\@c.example"),
            ("[a](b.md) [c](javascript:d)", r"a (b.md) c (javascript\:d)"),
            ("![a](https://x.example/b.png)", "[a](<https://x.example/b.png>)"),
            ("# a *b*\n\n#### c", "# a _b_\n\n**c**"),
            ("- a\n  - b\n- [x] c", "- a\n  - b\n- ☑ c"),
            ("9. a\n\n   b\n10. c", "9. a\n\n   b\n\n10. c"),
            ("a\n> b", "a\n\n\\> b"),
            ("```sh\na *b*\n  c\n```", "```sh\na *b*\n  c\n```"),
            ("- a\n  ```\n  b\n  ```", "- a\n```\nb\n```"),
            ("    a ```\n      b", "a \\`\\`\\`\n  b"),
            ("``a`b`` ``` `` ```", "``a`b`` \\`\\`"),
            ("|a|b|\n|-|-|\n|c|`d`|", "**a** \\| **b**\nc \\| `d`"),
            ("a\n\n---\n\n1\\. b", "a\n\n\\-\\-\\-\n\n1\\. b"),
            ("**a**<b>b</b>", "**a**b"),
            ("https://x.example/`a``b`", "<https://x.example/>a\\`\\`b"),
            ("a`` ` https://x.example/``b", "a \\` <https://x.example/>b"),
        ];
        for (document, want) in rows {
            assert_eq!(rendered(document), want, "{document}");
        }
    }
}
