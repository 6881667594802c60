//! Detects mentions of the bot in a message and strips them from its text. Pure.

use std::ops::Range;

use matrix_sdk::ruma::OwnedUserId;
use matrix_sdk::ruma::events::room::message::sanitize::remove_plain_reply_fallback;

use super::super::event::TextContent;

/// The bot's user ID and display name in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::matrix) struct BotIdentity {
    pub(in crate::platform::matrix) id: OwnedUserId,
    /// The display name in that room, if it is set.
    pub(in crate::platform::matrix) display_name: Option<String>,
}

/// The text of a message without mentions of the bot.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platform::matrix) struct StrippedText {
    pub(in crate::platform::matrix) text: String,
    pub(in crate::platform::matrix) mentions_bot: bool,
    /// Whether the text has the user ID or a name of the bot. Otherwise, only `m.mentions` mentions
    /// it, which some clients copy from the message that a reply replies to.
    pub(in crate::platform::matrix) names_bot: bool,
}

/// Detects mentions of the bot and strips them from the body of `content`.
///
/// A message mentions the bot if `m.mentions` lists its user ID, or, without `m.mentions`, if the
/// user ID occurs anywhere in the body; in both cases also if the body starts with the user ID, a
/// name with `@`, or a name and a colon or comma. A name alone may be a word like any other.
pub(in crate::platform::matrix) fn strip_mentions(
    content: &TextContent,
    bot: &BotIdentity,
) -> StrippedText {
    let body = match content.in_reply_to {
        // Older clients prepend a quote of the message that they reply to (the reply fallback).
        Some(_) => remove_plain_reply_fallback(&content.body),
        None => &content.body,
    };
    let (text, had_id) = strip_user_ids(body, bot.id.as_str());
    let is_mentioned = match &content.mentions {
        Some(mentions) => mentions.contains(&bot.id),
        None => had_id,
    };
    let starts_with_id = strip_user_ids(first_word(body), bot.id.as_str()).1;
    let names = bot_names(bot);
    if let Some(rest) = strip_leading_name(&text, &names, is_mentioned) {
        return StrippedText { text: rest.to_owned(), mentions_bot: true, names_bot: true };
    }
    let without_names = names.iter().fold(text.clone(), |text, name| strip_name(&text, name));
    let names_bot = had_id || without_names != text;
    if !is_mentioned && !starts_with_id {
        return StrippedText { text: body.trim().to_owned(), mentions_bot: false, names_bot };
    }
    let text = trim_separators(&without_names).to_owned();
    StrippedText { text, mentions_bot: true, names_bot }
}

/// Characters after a name at the start of a message by which it is addressed: `quoth: why?`. The
/// last two are what Chinese and Japanese keyboards type.
const ADDRESS_MARKS: [char; 4] = [':', ',', '\u{ff1a}', '\u{ff0c}'];

/// Other characters that separate a name from the rest.
const DASHES: [char; 2] = ['-', '\u{2014}'];

/// The names of the bot as users type them, the longest first. The localpart of the user ID counts
/// only with its `@`, since it may be an everyday word.
fn bot_names(bot: &BotIdentity) -> Vec<String> {
    let mut names = vec![format!("@{}", bot.id.localpart())];
    if let Some(name) = bot.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        names.extend([format!("@{name}"), name.to_owned()]);
    }
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// Removes `id` and links to it from `text`. The flag says whether any were found.
fn strip_user_ids(text: &str, id: &str) -> (String, bool) {
    let ids = text.match_indices(id).map(|(at, _)| at..at + id.len());
    let complete =
        ids.filter(|range| !continues_server_name(text.get(range.end..).unwrap_or_default()));
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in complete.map(|range| include_link(text, range)) {
        // The label of a link may be the ID as well: the link replaces the range of its label.
        while found.pop_if(|earlier| earlier.end > range.start).is_some() {}
        found.push(range);
    }
    (remove_ranges(text, &found), !found.is_empty())
}

/// Removes `ranges` (UTF-8 byte offsets, ascending, disjoint) from `text`.
fn remove_ranges(text: &str, ranges: &[Range<usize>]) -> String {
    let starts = [0].into_iter().chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

/// Whether `rest` starts with more characters of a server name.
fn continues_server_name(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('.' | ':') => chars.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphanumeric() || c == '-',
        None => false,
    }
}

/// Extends the `range` of a user ID to the link around it, if there is one:
/// `https://matrix.to/#/ID`, bare or in Markdown.
fn include_link(text: &str, range: Range<usize>) -> Range<usize> {
    const LINK: &str = "https://matrix.to/#/";
    let before = text.get(..range.start).unwrap_or_default();
    let after = text.get(range.end..).unwrap_or_default();
    let Some(label) = before.strip_suffix(LINK) else { return range };
    let is_markdown = label.ends_with("](") && after.starts_with(')');
    match is_markdown.then(|| label.rfind('[')).flatten() {
        Some(start) => start..range.end + 1,
        None => label.len()..range.end,
    }
}

/// The rest of `text` after one of `names` at its start. `None` if it starts with none of them, or
/// only talks about the bot: unless it `is_mentioned`, a bare name has to be followed by an address
/// mark, or be all there is.
fn strip_leading_name<'a>(text: &'a str, names: &[String], is_mentioned: bool) -> Option<&'a str> {
    let text = text.trim();
    let (name, length) = names.iter().find_map(|name| Some((name, match_len(text, name)?)))?;
    let rest = text.get(length..).unwrap_or_default().trim_start();
    let is_addressed =
        is_mentioned || name.starts_with('@') || rest.is_empty() || rest.starts_with(ADDRESS_MARKS);
    is_addressed.then(|| trim_separators(rest))
}

/// Removes every occurrence of `name` as a whole word from `text`, ignoring case.
fn strip_name(text: &str, name: &str) -> String {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut previous = None;
    for (at, c) in text.char_indices() {
        let is_in_match = found.last().is_some_and(|last| at < last.end);
        let is_mid_word = previous.replace(c).is_some_and(|c| c.is_alphanumeric() || c == '@');
        if !is_in_match
            && !is_mid_word
            && let Some(length) = text.get(at..).and_then(|rest| match_len(rest, name))
        {
            found.push(at..at + length);
        }
    }
    remove_ranges(text, &found)
}

/// Length in bytes of `name` at the start of `text`, ignoring case. `None` if it is not there as a
/// whole word.
fn match_len(text: &str, name: &str) -> Option<usize> {
    let mut expected = name.chars().flat_map(char::to_lowercase);
    let mut next = expected.next()?;
    for (at, c) in text.char_indices() {
        for lower in c.to_lowercase() {
            if lower != next {
                return None;
            }
            let end = at + c.len_utf8();
            let Some(following) = expected.next() else {
                let rest = text.get(end..).unwrap_or_default();
                let is_longer = match name.starts_with('@') {
                    true => continues_server_name(rest),
                    false => rest.starts_with(char::is_alphanumeric),
                };
                return (!is_longer).then_some(end);
            };
            next = following;
        }
    }
    None
}

/// Trims whitespace and the separators after a name.
fn trim_separators(text: &str) -> &str {
    let is_separator = |c| ADDRESS_MARKS.contains(&c) || DASHES.contains(&c);
    text.trim().trim_start_matches(is_separator).trim()
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{event_id, user_id};

    use super::*;

    fn bot() -> BotIdentity {
        BotIdentity {
            id: user_id!("@quoth:example.org").to_owned(),
            display_name: Some("Quoth the Bot".to_owned()),
        }
    }

    fn stripped(body: &str, mentions: Option<&[&str]>) -> (String, bool) {
        let mentions =
            mentions.map(|ids| ids.iter().map(|id| OwnedUserId::try_from(*id).unwrap()).collect());
        let content = TextContent { body: body.to_owned(), mentions, ..TextContent::default() };
        let StrippedText { text, mentions_bot, .. } = strip_mentions(&content, &bot());
        (text, mentions_bot)
    }

    const BOT: Option<&[&str]> = Some(&["@quoth:example.org"]);
    const NOBODY: Option<&[&str]> = Some(&[]);

    #[test]
    fn bot_mentions_are_detected_and_stripped() {
        let rows = [
            ("Quoth the Bot: why?", BOT, "why?"),
            ("quoth the bot, why?", None, "why?"),
            ("@Quoth the Bot why?", NOBODY, "why?"),
            ("@quoth why?", NOBODY, "why?"),
            ("@quoth:example.org: why?", NOBODY, "why?"),
            ("@quoth:example.org why?", None, "why?"),
            ("why, @quoth:example.org?", None, "why, ?"),
            ("hey Quoth the Bot why?", BOT, "hey  why?"),
            ("[Quoth](https://matrix.to/#/@quoth:example.org): why?", BOT, "why?"),
            ("https://matrix.to/#/@quoth:example.org why?", BOT, "why?"),
            ("[@quoth:example.org](https://matrix.to/#/@quoth:example.org): why?", BOT, "why?"),
            ("hey @quoth @quoth:example.org, Quoth the Bot why?", BOT, "hey  ,  why?"),
            ("why?", BOT, "why?"),
            ("Quoth the Bot", BOT, ""),
            ("Quoth the Bot", NOBODY, ""),
            ("Quoth the Bot : why?", NOBODY, "why?"),
            ("Quoth the Bot\u{ff1a}why?", NOBODY, "why?"),
            ("Quoth the Bot why?", BOT, "why?"),
            ("Quoth the Bot - why?", BOT, "why?"),
        ];
        for (body, mentions, want) in rows {
            assert_eq!(stripped(body, mentions), (want.to_owned(), true), "{body}");
        }
    }

    #[test]
    fn talking_about_the_bot_or_mentioning_others_is_not_a_mention() {
        let rows = [
            ("why?", None),
            ("ask Quoth the Bot", None),
            ("ask @quoth:example.org", NOBODY),
            ("@quoth:example.organic why?", None),
            ("@quoth:example.org.uk why?", None),
            ("quoth me on that", None),
            ("Quoth the Bottle", None),
            ("Quoth the Bot answers well", NOBODY),
            ("Quoth the Bot answers well", None),
            ("Quoth the Bot - a raven", NOBODY),
            ("@quothing why?", None),
            ("why?", Some(&["@ada:example.org"][..])),
        ];
        for (body, mentions) in rows {
            assert_eq!(stripped(body, mentions), (body.to_owned(), false), "{body}");
        }
    }

    #[test]
    fn reply_fallback_is_stripped_from_replies_only() {
        let body = "> <@quoth:example.org> a line\n> another\n\nand why?";
        let content = TextContent { body: body.to_owned(), ..TextContent::default() };
        let reply = TextContent { in_reply_to: Some(event_id!("$a").to_owned()), ..content };
        let want =
            StrippedText { text: "and why?".to_owned(), mentions_bot: false, names_bot: false };
        assert_eq!(strip_mentions(&reply, &bot()), want);
        let quote = TextContent { body: "> so\nwhy?".to_owned(), ..reply };
        assert_eq!(strip_mentions(&quote, &bot()).text, "> so\nwhy?");
    }

    #[test]
    fn mention_beside_a_text_without_a_name_is_not_visible() {
        let rows = [
            ("why?", BOT, false),
            ("Quoth the Bot: why?", BOT, true),
            ("hey quoth the bot why?", BOT, true),
            ("why, @quoth:example.org?", BOT, true),
            ("why, @quoth?", BOT, true),
        ];
        for (body, mentions, want) in rows {
            let mentions = mentions
                .map(|ids| ids.iter().map(|id| OwnedUserId::try_from(*id).unwrap()).collect());
            let content = TextContent { body: body.to_owned(), mentions, ..TextContent::default() };
            assert_eq!(strip_mentions(&content, &bot()).names_bot, want, "{body}");
        }
    }

    #[test]
    fn names_in_any_script_split_no_character() {
        for name in ["ß", "İ", "日本", "🤖", "é"] {
            let bot = BotIdentity { display_name: Some(name.to_owned()), ..bot() };
            for body in ["ẞ: why?", "i̇ why?", "日本語", "🤖🤖", "E\u{301} why", "é"] {
                let content =
                    TextContent { body: body.to_owned(), mentions: None, ..TextContent::default() };
                strip_mentions(&content, &bot);
            }
        }
    }
}
