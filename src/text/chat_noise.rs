//! Noise in a chat message: mentions, links, code blocks and emoji codes, which are not words of
//! the question.

use std::ops::Range;

use super::analyzer::is_written_without_spaces;

/// Byte spans of the noise in `message`, in order, not overlapping.
///
/// Recognized are fenced code, anything in angle brackets that a platform renders as a mention,
/// emoji, timestamp or link (`<@1>`, `<#1>`, `<:name:1>`, `<t:1>`, `</cmd:1>`, `<https://...>`),
/// bare links, Matrix user IDs (`@name:server`), and `:emoji:` codes. Inline code is kept, since
/// it may be a word of the question ("What does `await` do?").
pub fn noise_spans(message: &str) -> Vec<Range<usize>> {
    let mut spans = Vec::new();
    // Fast path: all noise has one of these bytes, most questions have none.
    if !message.bytes().any(|byte| matches!(byte, b'`' | b'<' | b':' | b'@' | b'.')) {
        return spans;
    }
    let mut at = 0;
    let mut at_word_start = true;
    while let Some(rest) = message.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some(len) = at_word_start.then(|| noise_len(rest)).flatten() {
            spans.push(at..at + len);
            at += len;
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        at_word_start = !c.is_alphanumeric();
        at += c.len_utf8();
    }
    spans
}

/// Length in bytes of the noise at the start of `rest`, which must start a word.
fn noise_len(rest: &str) -> Option<usize> {
    fenced(rest, "```")
        .or_else(|| angle_bracket(rest))
        .or_else(|| link(rest))
        .or_else(|| matrix_user(rest))
        .or_else(|| emoji_code(rest))
}

fn fenced(rest: &str, fence: &str) -> Option<usize> {
    let inner = rest.strip_prefix(fence)?;
    let end = inner.find(fence)?;
    (end > 0).then_some(end + 2 * fence.len())
}

fn angle_bracket(rest: &str) -> Option<usize> {
    const KINDS: [&str; 9] = ["@", "#", ":", "a:", "t:", "/", "id:", "http://", "https://"];
    let inner = rest.strip_prefix('<')?;
    if !KINDS.iter().any(|kind| inner.starts_with(kind)) {
        return None;
    }
    let end = inner.bytes().take(MAX_BRACKET_BYTES).position(|b| matches!(b, b'>' | b'\n'))?;
    inner.get(end..)?.starts_with('>').then_some(end + 2)
}

/// Bytes that are searched for the closing bracket, so that a message of many opening brackets does
/// not take quadratic time. A longer link is recognized as a bare link.
const MAX_BRACKET_BYTES: usize = 256;

fn link(rest: &str) -> Option<usize> {
    const SCHEMES: [&str; 4] = ["https://", "http://", "mxc://", "www."];
    SCHEMES.iter().any(|scheme| starts_with_ignoring_case(rest, scheme)).then(|| link_len(rest))
}

fn matrix_user(rest: &str) -> Option<usize> {
    let id = rest.strip_prefix('@')?;
    let id = id.get(..id.floor_char_boundary(MAX_USER_ID_BYTES)).unwrap_or(id);
    let len = 1 + word_len(id);
    let (name, server) = rest.get(1..len)?.split_once(':')?;
    (!name.is_empty() && !server.is_empty()).then_some(len)
}

/// Most bytes of a user ID, by the Matrix specification.
const MAX_USER_ID_BYTES: usize = 255;

fn emoji_code(rest: &str) -> Option<usize> {
    let inner = rest.strip_prefix(':')?;
    let end = inner.find(':')?;
    let name = inner.get(..end)?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '+');
    (!name.is_empty() && name.chars().all(is_name)).then_some(end + 2)
}

fn starts_with_ignoring_case(text: &str, prefix: &str) -> bool {
    text.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix))
}

/// Length of a link in bytes: to white space, or to text in a script without spaces.
fn link_len(rest: &str) -> usize {
    let is_end = |c: char| {
        c.is_whitespace() || is_written_without_spaces(c) || matches!(c, '\u{3000}'..='\u{303F}')
    };
    rest.find(is_end).unwrap_or(rest.len())
}

fn word_len(rest: &str) -> usize {
    rest.find(char::is_whitespace).unwrap_or(rest.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_link_in_brackets_is_noise_to_its_end() {
        let message = format!("see <https://x.y/{}> why", "z".repeat(MAX_BRACKET_BYTES));
        let end = noise_spans(&message).last().map(|span| span.end);
        assert_eq!(end, Some(message.len() - " why".len()));
    }

    #[test]
    fn noise_is_recognized_and_words_are_kept() {
        let cases = [
            ("<@123> why?", " why?"),
            ("<@!123><:flag_cn:99> why", " why"),
            ("see https://x.y/z?q=1 ok", "see  ok"),
            ("HTTPS://X.Y why", " why"),
            ("@bot:server.org why", " why"),
            ("why :thinking: so", "why  so"),
            ("at 10:30 or 11:45", "at 10:30 or 11:45"),
            ("run `ls -l` now", "run `ls -l` now"),
            ("见 https://x.y/z这里", "见 这里"),
            ("```\ncode\n``` why", " why"),
            ("what`s china`s aim", "what`s china`s aim"),
            ("a < b and c > d", "a < b and c > d"),
            ("<3 china", "<3 china"),
            ("<@123", "<@123"),
            ("", ""),
        ];
        for (message, want) in cases {
            let mut rest = message.to_owned();
            for span in noise_spans(message).into_iter().rev() {
                rest.replace_range(span, "");
            }
            assert_eq!(rest, want, "{message:?}");
        }
    }
}
