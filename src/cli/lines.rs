//! Reads lines of input with a limited length.

use std::io::{self, BufRead, Read, Write};

use super::Status;

/// Longest line that is read, in bytes. No question is longer.
pub(super) const MAX_LINE_BYTES: u64 = 16 * 1024 * 1024;

/// One line of input.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Line {
    /// The text, without the line break.
    Text(String),
    /// A line that is not UTF-8.
    NotUtf8,
    /// A line longer than [`MAX_LINE_BYTES`]. All of it has been skipped.
    TooLong,
}

/// The next line of `input`; `None` at its end.
pub(super) fn next_line(input: &mut impl BufRead) -> io::Result<Option<Line>> {
    let mut bytes = Vec::new();
    let n_read = input.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut bytes)?;
    if n_read == 0 {
        return Ok(None);
    }
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
    } else if u64::try_from(n_read).is_ok_and(|n| n == MAX_LINE_BYTES) {
        input.skip_until(b'\n')?;
        return Ok(Some(Line::TooLong));
    }
    Ok(Some(String::from_utf8(bytes).map_or(Line::NotUtf8, Line::Text)))
}

/// Writes the line that `answer` returns for each line `{"q": "..."}` of `input`. For an invalid line
/// it writes `{"error": "..."}`, and returns [`Status::Failed`] at the end.
pub(super) fn each_question(
    input: &mut impl BufRead,
    output: &mut impl Write,
    answer: impl Fn(&str) -> anyhow::Result<String>,
) -> anyhow::Result<Status> {
    let mut status = Status::Success;
    for number in 1usize.. {
        let Some(line) = next_line(input)? else { break };
        let json = match question_of(&line) {
            Ok(question) => answer(&question)?,
            Err(reason) => {
                status = Status::Failed;
                serde_json::json!({ "error": format!("line {number}: {reason}") }).to_string()
            }
        };
        writeln!(output, "{json}")?;
    }
    output.flush()?;
    Ok(status)
}

/// The value of "q"; other keys are ignored.
fn question_of(line: &Line) -> Result<String, String> {
    let text = match line {
        Line::Text(text) => text,
        Line::NotUtf8 => return Err("not UTF-8".to_owned()),
        Line::TooLong => return Err(format!("longer than {MAX_LINE_BYTES} bytes")),
    };
    let value: serde_json::Value =
        serde_json::from_str(text).map_err(|error| format!("not JSON: {error}"))?;
    match value.get("q") {
        Some(serde_json::Value::String(question)) => Ok(question.clone()),
        Some(_) => Err("\"q\" is not a string".to_owned()),
        None => Err("no key \"q\"".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn invalid_utf8_and_oversized_lines_are_reported_as_such() {
        let long = "x".repeat(usize::try_from(MAX_LINE_BYTES).unwrap() + 5);
        let mut input = b"one\n\n\xFF\n".to_vec();
        input.extend_from_slice(long.as_bytes());
        input.extend_from_slice(b"\nlast");
        let mut input = input.as_slice();
        let text = |text: &str| Some(Line::Text(text.to_owned()));
        for want in
            [text("one"), text(""), Some(Line::NotUtf8), Some(Line::TooLong), text("last"), None]
        {
            assert_eq!(next_line(&mut input).unwrap(), want);
        }
    }
}
