//! Discord's Markdown: escaping, block quotes and links; and Discord's measure of text.

use crate::conversation::layout::{Measure, prefix_lines};

/// Discord's measure of text, in UTF-16 code units. Discord does not document how it counts; code units
/// are never fewer than characters.
const MEASURE: Measure = Measure { char_len: char::len_utf16, trims_end: true };

/// Escapes `text` so that Discord displays every character and interprets none as markup: no
/// emphasis, code, spoiler, heading, list, quote, link, mention, emoji or timestamp.
///
/// A backslash makes Discord display the next character literally, unless that is a letter, digit or
/// white space. Characters that are markup anywhere are escaped everywhere. Those that are markup
/// only at the start of a line are escaped only there, so that prose with hyphens stays readable
/// where backslashes are displayed, as in some notifications.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    // Whether only white space, and whether only digits, precede in the line.
    let (mut starts_line, mut is_number) = (true, false);
    let mut before = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        let is_markup = match c {
            '\\' | '*' | '_' | '~' | '|' | '`' | '<' | '>' | '#' | '[' | ']' | '@' => true,
            // Of `https://...` and `:emoji:`, but not of "He said: no".
            ':' => next.is_some_and(|next| !next.is_whitespace()),
            '-' | '+' => starts_line,
            // `](` would turn the text from an earlier `[`, as of a rendered link, into a link.
            '(' => before == Some(']'),
            '.' | ')' => is_number,
            _ => false,
        };
        if is_markup {
            escaped.push('\\');
        }
        escaped.push(c);
        before = Some(c);
        let is_break = c == '\n';
        is_number = !is_break && c.is_ascii_digit() && (starts_line || is_number);
        starts_line = is_break || (starts_line && c.is_whitespace());
    }
    escaped
}

/// `text` escaped as a block quote, without a line break at the end.
pub fn block_quote(text: &str) -> String {
    quote_escaped(&escape_quote(text))
}

/// `text`, which is already escaped, as a block quote.
pub fn quote_escaped(text: &str) -> String {
    prefix_lines(text, "> ")
}

/// The text of a quote, escaped, with every line break as a line feed. Web addresses in it can be
/// clicked, and have no preview.
pub fn escape_quote(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    let mut escaped = String::with_capacity(text.len() + text.len() / 8);
    let mut rest = text.as_str();
    while let Some(address) = next_web_address(rest) {
        let (before, address, after) = address;
        escaped.push_str(&escape(before));
        escaped.push_str(&format!("<{address}>"));
        rest = after;
    }
    escaped.push_str(&escape(rest));
    escaped
}

/// Whether `escaped` text has `c` without a backslash before it.
pub(super) fn has_unescaped(escaped: &str, c: char) -> bool {
    let mut chars = escaped.chars();
    while let Some(next) = chars.next() {
        if next == c {
            return true;
        }
        if next == '\\' {
            chars.next();
        }
    }
    false
}

/// A link with `label`, which must not need escaping. `None` if `url` is not http(s) or too long.
///
/// Characters that could end the address early are percent-encoded, which is an equivalent URL.
pub fn link(label: &str, url: &str) -> Option<String> {
    let is_web = url.starts_with("https://") || url.starts_with("http://");
    if !is_web {
        return None;
    }
    let mut address = String::with_capacity(url.len());
    let mut buffer = [0; 4];
    for c in url.chars() {
        if c.is_ascii_alphanumeric() || "-._~:/?#@!$&*+,;=%".contains(c) {
            address.push(c);
        } else {
            for byte in c.encode_utf8(&mut buffer).bytes() {
                address.push_str(&format!("%{byte:02X}"));
            }
        }
    }
    (address.len() <= MAX_ADDRESS).then(|| format!("[{label}](<{address}>)"))
}

/// The first web address in `text`, with what is before and after it. Only addresses that every client
/// takes for one: of others, Discord would display the brackets.
fn next_web_address(text: &str) -> Option<(&str, &str, &str)> {
    text.match_indices("http").find_map(|(start, _)| {
        let (before, found) = text.split_at(start);
        if before.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
            return None;
        }
        let len = web_address_len(found)?;
        let (address, after) = found.split_at(len);
        Some((before, address, after))
    })
}

/// The length in bytes of the web address at the start of `text`, without punctuation at its end.
fn web_address_len(text: &str) -> Option<usize> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"))?;
    let is_in_address =
        |c: char| c.is_ascii_alphanumeric() || "-._~:/?#@!$&'()*+,;=%[]".contains(c);
    let end = rest.find(|c| !is_in_address(c)).unwrap_or(rest.len());
    // `](` would turn the text from an earlier `[`, as of a rendered link, into a link.
    let mut address = rest.get(..end)?.split("](").next()?;
    while let Some(last) = address.chars().last() {
        let is_closed = last == ')' && address.matches('(').count() >= address.matches(')').count();
        if is_closed || !".,:;!?'()*[]".contains(last) {
            break;
        }
        address = address.get(..address.len() - 1)?;
    }
    let host = address.split(['/', '?', '#']).next()?;
    let (host, port) = host.split_once(':').unwrap_or((host, "80"));
    let is_label = |label: &str| {
        label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
            && label.starts_with(|c: char| c.is_ascii_alphanumeric())
            && label.ends_with(|c: char| c.is_ascii_alphanumeric())
    };
    // A last label of digits would be an IPv4 address, which may be invalid.
    let is_host = host.split('.').all(is_label)
        && host.rsplit('.').next()?.contains(|c: char| c.is_ascii_alphabetic());
    let is_valid = is_host && port.parse::<u16>().is_ok();
    is_valid.then(|| text.len() - rest.len() + address.len())
}

/// Limit of characters of a linked address, the same as Discord's for link buttons. A longer one would
/// leave no room for quotes.
const MAX_ADDRESS: usize = 512;

/// Truncates `text` to `limit` as counted by [`utf16_len`], with an ellipsis if it is longer. For the
/// bot's own sentences and titles, never for a quote.
pub fn truncate(text: &str, limit: usize) -> String {
    MEASURE.truncate(text, limit)
}

/// The length of `text` for Discord's limits, in UTF-16 code units.
pub fn utf16_len(text: &str) -> usize {
    MEASURE.len(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        let rows = [
            ("plain prose, with-hyphens (and more).", "plain prose, with-hyphens (and more)."),
            ("**bold** _it_ ~~no~~", r"\*\*bold\*\* \_it\_ \~\~no\~\~"),
            ("`code` ||spoiler||", r"\`code\` \|\|spoiler\|\|"),
            ("# head\n-# small", "\\# head\n\\-\\# small"),
            ("- one\n  * two\n+ three", "\\- one\n  \\* two\n\\+ three"),
            ("1. one\n23) two\n3.5", "1\\. one\n23\\) two\n3\\.5"),
            ("in 1. and", "in 1. and"),
            ("> quote", r"\> quote"),
            ("<@1> <@&2> <#3> <:e:4> <t:5:R>", r"\<\@1\> \<\@&2\> \<\#3\> \<\:e\:4\> \<t\:5\:R\>"),
            ("@everyone and @here", r"\@everyone and \@here"),
            ("see https://x.example/a_b", r"see https\://x.example/a\_b"),
            ("[a](https://b)", r"\[a\]\(https\://b)"),
            ("he said: no", "he said: no"),
            (":smile:", r"\:smile:"),
            (r"a\*b", r"a\\\*b"),
        ];
        for (text, want) in rows {
            assert_eq!(escape(text), want, "{text}");
        }
    }

    #[test]
    fn web_addresses_in_quotes_are_clickable_and_end_before_punctuation() {
        let rows = [
            ("see https://x.example/a_b.", r"see <https://x.example/a_b>."),
            ("(https://x.example/w_(y)), so", r"(<https://x.example/w_(y)>), so"),
            ("HTTP: http://x.example:8080?a=*b*", r"HTTP: <http://x.example:8080?a=*b>\*"),
            ("[a](https://b.example)", r"\[a\]\(<https://b.example>)"),
            ("https://a.example/b](c)", r"<https://a.example/b>\]\(c)"),
            (
                "https://a.example\nhttps://b.example/\r\n",
                "<https://a.example>\n<https://b.example/>\n",
            ),
            ("<https://a.example>", r"\<<https://a.example>\>"),
            ("**https://a.example**", r"\*\*<https://a.example>\*\*"),
            ("https://a.example/ü", "<https://a.example/>ü"),
            // What is no address is escaped as before.
            ("https://", r"https\://"),
            ("https://... and https://[x", r"https\://... and https\://\[x"),
            (
                "https://1.2.3.400/ http://a..b http://-a",
                r"https\://1.2.3.400/ http\://a..b http\://-a",
            ),
            ("http://a:99999 xhttps://a.example", r"http\://a\:99999 xhttps\://a.example"),
            ("javascript:alert(1)", r"javascript\:alert(1)"),
        ];
        for (text, want) in rows {
            assert_eq!(escape_quote(text), want, "{text}");
        }
    }

    #[test]
    fn block_quote_prefixes_every_line() {
        let quoted = block_quote("one\r\n\r\ntwo\rthree");
        assert_eq!(quoted, "> one\n> \n> two\n> three");
    }

    #[test]
    fn link_addresses_are_percent_encoded_and_checked() {
        let rows = [
            ("https://a.example/x?y=1#z", Some("[go](<https://a.example/x?y=1#z>)")),
            ("https://a.example/(x)>y z", Some("[go](<https://a.example/%28x%29%3Ey%20z>)")),
            ("https://a.example/ü", Some("[go](<https://a.example/%C3%BC>)")),
            ("javascript:alert(1)", None),
            ("a.example", None),
        ];
        for (url, want) in rows {
            assert_eq!(link("go", url).as_deref(), want, "{url}");
        }
    }

    #[test]
    fn truncate_keeps_the_limit() {
        for (text, limit, want) in [
            ("short", 5, "short"),
            ("rather long", 8, "rather…"),
            ("😀😀😀", 4, "😀…"),
            ("ab", 0, "…"),
        ] {
            assert_eq!(truncate(text, limit), want, "{text}");
        }
    }
}
