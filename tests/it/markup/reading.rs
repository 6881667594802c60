//! What the events of a parser say about a document, read without the code that is tested.

use pulldown_cmark::{Event, LinkType, Options, Parser, Tag, TagEnd};

/// Which links of the web are links, so that their address is not displayed beside their label.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Links {
    /// None.
    #[default]
    None,
    /// Those to web pages whose label has neither brackets nor an address.
    Simple,
    /// Those to web pages and mail addresses.
    All,
}

/// What a place adds to the text that is read.
#[derive(Debug, Clone, Copy, Default)]
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
    let mut reader = Reader { additions, ..Reader::default() };
    for (event, span) in Parser::new_ext(document, options).into_offset_iter() {
        reader.reading.has_other_text |= is_in_address(document, &event, span.start);
        match event {
            Event::Start(tag) => reader.start(tag),
            Event::End(tag) => reader.end(tag),
            event => reader.text(event),
        }
    }
    Reading { text: squeeze(&reader.shown), ..reader.reading }
}

#[derive(Debug, Default)]
struct Reader {
    additions: Additions,
    reading: Reading,
    shown: String,
    /// The next numbers of the open lists.
    lists: Vec<Option<u64>>,
    /// The starts of the labels of the open links, and their addresses.
    links: Vec<(usize, String)>,
    code: Option<String>,
    n_cells: usize,
}

impl Reader {
    fn text(&mut self, event: Event<'_>) {
        match event {
            Event::Text(text) => self.code.as_mut().unwrap_or(&mut self.shown).push_str(&text),
            Event::Code(text) => self.shown.push_str(&text),
            Event::SoftBreak | Event::HardBreak => self.shown.push(' '),
            Event::Rule if self.additions.has_rules => self.shown.push_str("---"),
            Event::TaskListMarker(is_checked) => {
                self.shown.push_str(self.additions.boxes[usize::from(is_checked)]);
            }
            Event::Html(_) | Event::InlineHtml(_) => self.reading.has_other_text = true,
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::List(start) => self.lists.push(start),
            Tag::Item if self.additions.has_marks => match self.lists.last_mut() {
                Some(Some(number)) => {
                    self.shown.push_str(&format!("{number}. "));
                    *number += 1;
                }
                _ => self.shown.push_str("- "),
            },
            Tag::TableHead | Tag::TableRow => self.n_cells = 0,
            Tag::TableCell => {
                let has_separator = self.n_cells > 0 && self.additions.has_cells;
                self.shown.push_str(if has_separator { "|" } else { "" });
                self.n_cells += 1;
            }
            Tag::CodeBlock(_) => self.code = Some(String::new()),
            Tag::Link { dest_url, link_type, .. } => {
                let scheme = if link_type == LinkType::Email { "mailto:" } else { "" };
                self.links.push((self.shown.len(), format!("{scheme}{dest_url}")));
            }
            Tag::Image { dest_url, .. } => {
                self.links.push((self.shown.len(), dest_url.to_string()));
            }
            Tag::BlockQuote(_) => self.reading.has_other_text = true,
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::List(_) => {
                self.lists.pop();
            }
            TagEnd::CodeBlock => {
                let code = self.code.take().unwrap_or_default();
                if !code.trim().is_empty() {
                    self.shown.push_str(&code);
                    self.reading.code_blocks.push(code.trim_end_matches(['\n', '\r']).to_owned());
                }
            }
            TagEnd::Link | TagEnd::Image => {
                let (start, address) = self.links.pop().expect("a link that was started");
                self.reading.addresses.push(address.clone());
                let is_outer = self.links.is_empty();
                end_link(&mut self.shown, start, &address, is_outer, self.additions);
            }
            _ => {}
        }
    }
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
