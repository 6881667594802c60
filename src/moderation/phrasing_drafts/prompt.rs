//! What a language model is asked, and what it replies.

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
            known.push_str(&format!("- {}\n", on_one_line(phrasing)));
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
/// of a JSON list.
pub fn phrasings_of_reply(reply: &str) -> Vec<String> {
    let reply = without_reasoning(reply).trim();
    let reply =
        reply.strip_prefix("```json").or_else(|| reply.strip_prefix("```")).unwrap_or(reply);
    let reply = reply.strip_suffix("```").unwrap_or(reply).trim();
    let lines = match serde_json::from_str::<Vec<String>>(reply) {
        Ok(texts) => texts,
        Err(_) => reply.lines().map(str::to_owned).collect(),
    };
    // A line that ends in a colon introduces the others.
    let lines = lines.iter().map(|line| without_marks(line)).filter(|line| !line.ends_with(':'));
    lines.map(on_one_line).filter(|line| line.contains(char::is_alphanumeric)).collect()
}

/// The reply after the reasoning that some models write before it.
fn without_reasoning(reply: &str) -> &str {
    reply.rsplit_once("</think>").map_or(reply, |(_, rest)| rest)
}

/// A line without the number or mark of a list, and without quotation marks around it.
fn without_marks(line: &str) -> &str {
    let line = line.trim();
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let numbered = digits.strip_prefix(['.', ')', ':']).filter(|_| digits.len() < line.len());
    let numbered = numbered.filter(|rest| rest.starts_with(char::is_whitespace));
    let marked = ["- ", "* ", "• ", "– "].iter().find_map(|mark| line.strip_prefix(mark));
    let line = numbered.or(marked).unwrap_or(line).trim();
    line.trim_matches(|c| "\"“”„«»「」*`".contains(c)).trim()
}

fn on_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrasings_are_read_without_what_models_put_around_them() {
        let rows: [(&str, &[&str]); 9] = [
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
        ];
        for (reply, want) in rows {
            assert_eq!(phrasings_of_reply(reply), want, "{reply:?}");
        }
    }
}
