//! Whether a message names us, and what it says besides. Pure.

use std::ops::Range;

use matrix_sdk::ruma::OwnedUserId;
use matrix_sdk::ruma::events::room::message::sanitize::remove_plain_reply_fallback;

use super::super::event::TextContent;

/// As whom people know us in a room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::platform::matrix) struct BotIdentity {
    pub(in crate::platform::matrix) id: OwnedUserId,
    /// The display name there, if there is one.
    pub(in crate::platform::matrix) display_name: Option<String>,
}

/// What was said, to whom.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::platform::matrix) struct StrippedText {
    /// Without our names.
    pub(in crate::platform::matrix) text: String,
    pub(in crate::platform::matrix) mentions_bot: bool,
}

/// Looks for us in `spoken`: as its client says whom it names, by our id anywhere where the client
/// does not say, and by our names at its start.
pub(in crate::platform::matrix) fn strip_mentions(
    spoken: &TextContent,
    us: &BotIdentity,
) -> StrippedText {
    let body = match spoken.in_reply_to {
        // Older clients repeat what they reply to for those that know no replies.
        Some(_) => remove_plain_reply_fallback(&spoken.body),
        None => &spoken.body,
    };
    let (text, had_id) = strip_user_ids(body, us.id.as_str());
    let is_mentioned = match &spoken.mentions {
        Some(mentioned) => mentioned.contains(&us.id),
        None => had_id,
    };
    let starts_with_id = strip_user_ids(first_word(body), us.id.as_str()).1;
    let names = bot_names(us);
    if let Some(rest) = strip_leading_name(&text, &names) {
        return StrippedText { text: rest.to_owned(), mentions_bot: true };
    }
    if !is_mentioned && !starts_with_id {
        return StrippedText { text: body.trim().to_owned(), mentions_bot: false };
    }
    let text = names.iter().fold(text, |text, name| strip_name(&text, name));
    StrippedText { text: trim_separators(&text).to_owned(), mentions_bot: true }
}

/// What follows a person's name when they are spoken to.
const ADDRESS_SEPARATORS: [char; 4] = [':', ',', '-', '\u{2014}'];

/// How people write our name, the longest first. The part of the id before the server is a name only
/// behind its sign: it may be an everyday word.
fn bot_names(us: &BotIdentity) -> Vec<String> {
    let mut names = vec![format!("@{}", us.id.localpart())];
    if let Some(name) = us.display_name.as_deref().map(str::trim).filter(|name| !name.is_empty()) {
        names.extend([format!("@{name}"), name.to_owned()]);
    }
    names.sort_by_key(|name| std::cmp::Reverse(name.len()));
    names
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// `text` without `id`, and without links to whom it names; and whether it was there.
fn strip_user_ids(text: &str, id: &str) -> (String, bool) {
    let ids = text.match_indices(id).map(|(at, _)| at..at + id.len());
    let whole =
        ids.filter(|range| !continues_server_name(text.get(range.end..).unwrap_or_default()));
    let mut found: Vec<Range<usize>> = Vec::new();
    for range in whole.map(|range| include_link(text, range)) {
        // A link's label may be an id, too.
        while found.pop_if(|earlier| earlier.end > range.start).is_some() {}
        found.push(range);
    }
    (remove_ranges(text, &found), !found.is_empty())
}

/// `text` without what stands at `ranges`, which are in order.
fn remove_ranges(text: &str, ranges: &[Range<usize>]) -> String {
    let starts = [0].into_iter().chain(ranges.iter().map(|range| range.end));
    let ends = ranges.iter().map(|range| range.start).chain([text.len()]);
    starts.zip(ends).filter_map(|(start, end)| text.get(start..end)).collect()
}

/// Whether the name of a server goes on at the start of `rest`.
fn continues_server_name(rest: &str) -> bool {
    let mut chars = rest.chars();
    match chars.next() {
        Some('.' | ':') => chars.next().is_some_and(char::is_alphanumeric),
        Some(c) => c.is_alphanumeric() || c == '-',
        None => false,
    }
}

/// The id at `range`, with the link to it: `https://matrix.to/#/ID` or `matrix:`, bare or in Markdown.
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

/// What stands behind one of `names` at the start of `text`.
fn strip_leading_name<'a>(text: &'a str, names: &[String]) -> Option<&'a str> {
    let text = text.trim_start();
    let length = names.iter().find_map(|name| match_len(text, name))?;
    Some(trim_separators(text.get(length..).unwrap_or_default()))
}

/// `text` without `name`, wherever it stands as words of its own, in either case.
fn strip_name(text: &str, name: &str) -> String {
    let mut found: Vec<Range<usize>> = Vec::new();
    let mut before = None;
    for (at, c) in text.char_indices() {
        let is_within = found.last().is_some_and(|last| at < last.end);
        let goes_on = before.replace(c).is_some_and(|c| c.is_alphanumeric() || c == '@');
        if !is_within
            && !goes_on
            && let Some(length) = text.get(at..).and_then(|rest| match_len(rest, name))
        {
            found.push(at..at + length);
        }
    }
    remove_ranges(text, &found)
}

/// Bytes of `name` at the start of `text`, if it stands there whole.
fn match_len(text: &str, name: &str) -> Option<usize> {
    let mut wanted = name.chars().flat_map(char::to_lowercase);
    let mut next = wanted.next()?;
    for (at, c) in text.char_indices() {
        for lower in c.to_lowercase() {
            if lower != next {
                return None;
            }
            let end = at + c.len_utf8();
            let Some(following) = wanted.next() else {
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

/// `text` without what stood around a name.
fn trim_separators(text: &str) -> &str {
    text.trim().trim_start_matches(ADDRESS_SEPARATORS).trim()
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{event_id, user_id};

    use super::*;

    fn us() -> BotIdentity {
        BotIdentity {
            id: user_id!("@quoth:example.org").to_owned(),
            display_name: Some("Quoth the Bot".to_owned()),
        }
    }

    fn heard(body: &str, mentioned: Option<&[&str]>) -> (String, bool) {
        let mentioned =
            mentioned.map(|ids| ids.iter().map(|id| OwnedUserId::try_from(*id).unwrap()).collect());
        let spoken =
            TextContent { body: body.to_owned(), mentions: mentioned, ..TextContent::default() };
        let StrippedText { text, mentions_bot: names_us } = strip_mentions(&spoken, &us());
        (text, names_us)
    }

    const US: Option<&[&str]> = Some(&["@quoth:example.org"]);
    const OTHERS: Option<&[&str]> = Some(&[]);

    #[test]
    fn who_names_us_is_heard_without_our_name() {
        let rows = [
            ("Quoth the Bot: why?", US, "why?"),
            ("quoth the bot, why?", None, "why?"),
            ("@Quoth the Bot why?", OTHERS, "why?"),
            ("@quoth why?", OTHERS, "why?"),
            ("@quoth:example.org: why?", OTHERS, "why?"),
            ("@quoth:example.org why?", None, "why?"),
            ("why, @quoth:example.org?", None, "why, ?"),
            ("hey Quoth the Bot why?", US, "hey  why?"),
            ("[Quoth](https://matrix.to/#/@quoth:example.org): why?", US, "why?"),
            ("https://matrix.to/#/@quoth:example.org why?", US, "why?"),
            ("[@quoth:example.org](https://matrix.to/#/@quoth:example.org): why?", US, "why?"),
            ("hey @quoth @quoth:example.org, Quoth the Bot why?", US, "hey  ,  why?"),
            ("why?", US, "why?"),
            ("Quoth the Bot", US, ""),
        ];
        for (body, mentioned, want) in rows {
            assert_eq!(heard(body, mentioned), (want.to_owned(), true), "{body}");
        }
    }

    #[test]
    fn who_only_speaks_of_us_or_names_others_does_not_turn_to_us() {
        let rows = [
            ("why?", None),
            ("ask Quoth the Bot", None),
            ("ask @quoth:example.org", OTHERS),
            ("@quoth:example.organic why?", None),
            ("@quoth:example.org.uk why?", None),
            ("quoth me on that", None),
            ("Quoth the Bottle", None),
            ("@quothing why?", None),
            ("why?", Some(&["@ada:example.org"][..])),
        ];
        for (body, mentioned) in rows {
            assert_eq!(heard(body, mentioned), (body.to_owned(), false), "{body}");
        }
    }

    #[test]
    fn what_is_replied_to_is_not_what_is_said() {
        let body = "> <@quoth:example.org> a line\n> another\n\nand why?";
        let spoken = TextContent { body: body.to_owned(), ..TextContent::default() };
        let reply = TextContent { in_reply_to: Some(event_id!("$a").to_owned()), ..spoken };
        let want = StrippedText { text: "and why?".to_owned(), mentions_bot: false };
        assert_eq!(strip_mentions(&reply, &us()), want);
        let quoting = TextContent { body: "> so\nwhy?".to_owned(), ..reply };
        assert_eq!(strip_mentions(&quoting, &us()).text, "> so\nwhy?");
    }

    #[test]
    fn letters_of_any_kind_split_no_character() {
        for name in ["ß", "İ", "日本", "🤖", "é"] {
            let us = BotIdentity { display_name: Some(name.to_owned()), ..us() };
            for body in ["ẞ: why?", "i̇ why?", "日本語", "🤖🤖", "E\u{301} why", "é"] {
                let spoken =
                    TextContent { body: body.to_owned(), mentions: None, ..TextContent::default() };
                strip_mentions(&spoken, &us);
            }
        }
    }
}
