//! What a language model is asked, and what it replies.

use serde_json::Value;

use crate::conversation::layout::one_line;
use crate::knowledge::Entry;
use crate::text::Language;
use crate::text::detect::name_of;

/// Most characters of an entry's quotes in a prompt. Local models have small contexts.
const MAX_QUOTE_CHARS: usize = 3_000;

/// Most phrasings of an entry in a prompt.
const MAX_PHRASINGS: usize = 40;

/// The messages for a chat model, with which it drafts phrasings of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prompt {
    /// The system message.
    pub system: String,
    /// The user's message.
    pub user: String,
}

impl Prompt {
    /// Asks for `n` phrasings of `entry` in `language`.
    pub fn new(entry: &Entry, language: &Language, n: usize) -> Self {
        let name = name_of(language).map(|name| format!("{name} ({})", language.code()));
        let name =
            name.unwrap_or_else(|| format!("the language with the code {}", language.code()));
        let system = format!(
            "You write how people ask for something in a chat. You write in {name}. You reply with \
             one phrasing a line, and with nothing else: no numbers, no quotation marks, no comments."
        );
        let mut known = String::new();
        for phrasing in entry.phrasings().take(MAX_PHRASINGS) {
            known.push_str(&format!("- {}\n", one_line(phrasing)));
        }
        let quotes: Vec<String> =
            entry.quotes().iter().map(|quote| quote.words().trim().to_owned()).collect();
        let answer: String = quotes.join("\n\n").chars().take(MAX_QUOTE_CHARS).collect();
        let user = format!(
            "People get this answer:\n\n{answer}\n\nto these questions:\n\n{known}\nWrite {n} more \
             messages in {name} to which it is the answer. Use other words than those above, and \
             mix: direct questions, a few search words, the asker's own situation, chat style. Ask \
             only what the answer says. No greetings, no thanks."
        );
        Self { system, user }
    }
}

/// The phrasings in the reply of a model: one a line, without what models put around them, or the texts
/// of a JSON list. Empty if the reply ends before the model has said anything but its reasoning.
pub fn phrasings_of_reply(reply: &str) -> Vec<String> {
    let reply = without_reasoning(reply);
    let lines = list_of_json(reply).unwrap_or_else(|| reply.lines().map(str::to_owned).collect());
    let lines = lines.iter().map(|line| line.trim());
    // Titles and fences of code.
    let lines = lines.filter(|line| !line.starts_with(['#', '`']));
    let lines = lines.map(|line| one_line(without_marks(line)));
    // A line that ends in a colon introduces the others.
    lines.filter(|line| line.contains(char::is_alphanumeric) && !line.ends_with(':')).collect()
}

/// The texts of the JSON list in `reply`, whatever is around it.
fn list_of_json(reply: &str) -> Option<Vec<String>> {
    let (start, end) = (reply.find('[')?, reply.rfind(']')?);
    let list: Vec<Value> = serde_json::from_str(reply.get(start..=end)?).ok()?;
    // Some models wrap each text.
    let text = |value: &Value| match value {
        Value::Object(fields) => fields.values().find_map(Value::as_str).map(str::to_owned),
        value => value.as_str().map(str::to_owned),
    };
    let texts: Vec<String> = list.iter().filter_map(text).collect();
    (!texts.is_empty()).then_some(texts)
}

/// The reply after the reasoning that some models write before it; nothing if the reasoning does not end.
fn without_reasoning(reply: &str) -> &str {
    match reply.rsplit_once("</think>") {
        Some((_, rest)) => rest,
        None if reply.contains("<think>") => "",
        None => reply,
    }
}

/// A line without the number, letter or mark of a list, and without quotation marks around it.
fn without_marks(line: &str) -> &str {
    let mut line = line.trim();
    while let Some(rest) = without_mark(line) {
        line = rest.trim();
    }
    line.trim_matches(|c| "\"“”„«»「」*`".contains(c)).trim()
}

/// The rest of a line behind a mark such as "1.", "(2)", "a)", "-", ">" or "[ ]"; `None` without one.
fn without_mark(line: &str) -> Option<&str> {
    let inner = line.strip_prefix('(').unwrap_or(line);
    let digits = inner.trim_start_matches(|c: char| c.is_ascii_digit());
    let letter = inner.strip_prefix(|c: char| c.is_ascii_lowercase());
    let numbered = Some(digits).filter(|rest| rest.len() < inner.len());
    let behind = |rest: &'_ str, marks: &[char]| {
        let after = rest.trim_start_matches(marks);
        (after.len() < rest.len() && after.starts_with(char::is_whitespace)).then_some(after.len())
    };
    let n_rest = numbered
        .and_then(|rest| behind(rest, &['.', ')', ':']))
        .or_else(|| letter.and_then(|rest| behind(rest, &[')'])));
    let marks = ["- ", "* ", "• ", "– ", "> ", "[ ] ", "[x] "];
    let marked = || marks.iter().find_map(|mark| line.strip_prefix(mark));
    n_rest.and_then(|n| line.get(line.len() - n..)).or_else(marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrasings_are_read_without_what_models_put_around_them() {
        let rows: [(&str, &[&str]); 16] = [
            ("", &[]),
            ("when is it?\nopening hours\n", &["when is it?", "opening hours"]),
            (
                "1. when is it?\n2) \"opening  hours\"\n\n- *now*?",
                &["when is it?", "opening hours", "now*?"],
            ),
            ("Here are two:\n• „wann?“\n– «quand ?»", &["wann?", "quand ?"]),
            ("<think>\nThey want...\n</think>\nwhen?", &["when?"]),
            ("```json\n[\"when?\", \"how\\nlong?\"]\n```", &["when?", "how long?"]),
            ("```\nwhen?\n```", &["when?"]),
            ("24 hours open?\n3.5 t allowed?", &["24 hours open?", "3.5 t allowed?"]),
            ("---\n???\n", &[]),
            ("<think>\nThey want...\nopening hours", &[]),
            ("### Short\n**Chat:**\n(3) evening?", &["evening?"]),
            ("a) early?\n1.) late?\n> [ ] open?", &["early?", "late?", "open?"]),
            ("I need a plot\n2 plots?\ne.g. tulips", &["I need a plot", "2 plots?", "e.g. tulips"]),
            ("Sure: [\"when?\", {\"q\": \"who?\"}] Done!", &["when?", "who?"]),
            ("{\"phrasings\": [\"when?\"], \"n\": 1}", &["when?"]),
            ("why [so] late?", &["why [so] late?"]),
        ];
        for (reply, want) in rows {
            assert_eq!(phrasings_of_reply(reply), want, "{reply:?}");
        }
    }
}
