//! Web addresses that are written out in a document. Delimiters in them are parts of the address.

use std::ops::Range;

/// Characters that end an address, besides white space.
const ENDS: &str = "<>|`[]\"";

/// Characters that are not the last one of an address.
const NOT_LAST: &str = "?!.,:;*_~')";

/// The byte spans of the web addresses that are written out in `document`, in order, as GitHub finds
/// them.
pub(super) fn bare_addresses(document: &str) -> Vec<Range<usize>> {
    let mut spans: Vec<Range<usize>> = Vec::new();
    for (at, _) in document.match_indices("://") {
        let (before, after) = document.split_at(at);
        let scheme = ["https", "http"].into_iter().find_map(|scheme| before.strip_suffix(scheme));
        // In a link, it is an address already; in a word, it is none.
        let is_bare = |before: &&str| {
            !before.ends_with("](") && !before.ends_with(|c: char| c.is_alphanumeric() || c == '<')
        };
        let Some(before) = scheme.filter(is_bare) else { continue };
        let ends = |c: char| c.is_whitespace() || ENDS.contains(c);
        let address = after.get(..after.find(ends).unwrap_or(after.len())).unwrap_or_default();
        let address = address.trim_end_matches(|c| NOT_LAST.contains(c));
        if spans.last().is_none_or(|last| last.end <= before.len()) {
            spans.push(before.len()..at + address.len());
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_outside_links_and_words() {
        let rows: [(&str, &[&str]); 6] = [
            ("see https://x.example/*a*/_b_.", &["https://x.example/*a*/_b"]),
            (
                "**http://x.example** (https://y.example/c_)",
                &["http://x.example", "https://y.example/c"],
            ),
            ("[a](https://x.example) <https://x.example>", &[]),
            ("xhttps://x.example ftp://x.example", &[]),
            ("[https://x.example](y)", &["https://x.example"]),
            ("https://a.example?b=https://c.example", &["https://a.example?b=https://c.example"]),
        ];
        for (document, want) in rows {
            let spans = bare_addresses(document).into_iter();
            let found: Vec<&str> = spans.map(|span| document.get(span).unwrap()).collect();
            assert_eq!(found, want, "{document}");
        }
    }
}
