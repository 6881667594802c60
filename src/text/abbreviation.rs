//! Abbreviations that end in a full stop, by what may follow them.

use rustc_hash::FxHashMap;

/// Longest token that is compared, in bytes. No abbreviation is longer, and a text without spaces
/// must not be walked through again at each full stop.
const MAX_TOKEN_BYTES: usize = 32;

/// Whether a sentence can end with an abbreviation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Never: the word that it belongs to follows ("Dr. Li", "z. B. Kinder").
    Never,
    /// Only if no number follows ("No. 5").
    UnlessNumber,
    /// If a word follows that sentences begin with ("the U.S. They left", but "the U.S. Army").
    Possible,
}

/// The abbreviations of a language.
#[derive(Debug, Clone, Default)]
pub struct Abbreviations {
    /// By the last token before a place where a sentence could end, in lower case.
    by_token: FxHashMap<String, Vec<Tail>>,
}

/// The part of an abbreviation up to one of its full stops that white space follows, and the rest.
#[derive(Debug, Clone)]
struct Tail {
    /// The tokens before the last one ("z." of "z. B." after "B.").
    before: Vec<String>,
    /// The last token as listed; one with capitals has to be written so.
    token: String,
    /// The tokens after it ("B." of "z. B." after "z.").
    after: Vec<String>,
    ending: Ending,
}

impl Abbreviations {
    /// Adds an abbreviation, such as "Dr." or "z. B."; the latter may also be written "z.B.".
    pub fn add(&mut self, text: &str, ending: Ending) {
        let tokens: Vec<String> = text.split(' ').map(str::to_owned).collect();
        for (idx, token) in tokens.iter().enumerate() {
            let (before, rest) = tokens.split_at(idx);
            let after = rest.get(1..).unwrap_or_default().to_vec();
            let ending = if after.is_empty() { ending } else { Ending::Never };
            self.add_tail(Tail { before: before.to_vec(), token: token.clone(), after, ending });
        }
        if tokens.len() > 1 {
            let token = tokens.concat();
            self.add_tail(Tail { before: Vec::new(), token, after: Vec::new(), ending });
        }
    }

    fn add_tail(&mut self, tail: Tail) {
        self.by_token.entry(tail.token.to_lowercase()).or_default().push(tail);
    }

    /// Whether a sentence can end between `before` and `after`; `None` if `before` ends with no
    /// abbreviation. Neither has white space at the place between them.
    pub fn ending(&self, before: &str, after: &str) -> Option<Ending> {
        let token = last_token(before)?;
        let tails = self.by_token.get(&token.to_lowercase())?;
        let head = before.get(..before.len() - token.len()).unwrap_or_default();
        let fits = |tail: &&Tail| {
            is_written_as(token, &tail.token)
                && ends_with_tokens(head, &tail.before)
                && starts_with_tokens(after, &tail.after)
        };
        // "i. e." and "e." may both be listed: the one with the most tokens is meant.
        let longest = tails.iter().filter(fits).max_by_key(|it| it.before.len() + it.after.len());
        longest.map(|tail| tail.ending)
    }
}

/// The letters, digits, full stops and hyphens at the end of `text`; `None` if they are too many.
fn last_token(text: &str) -> Option<&str> {
    let is_inside = |c: char| c.is_alphanumeric() || is_mark(c) || ".-/'’".contains(c);
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        if !is_inside(c) {
            break;
        }
        start = at;
        if text.len() - start > MAX_TOKEN_BYTES {
            return None;
        }
    }
    text.get(start..).filter(|token| !token.is_empty())
}

/// Whether `c` is a vowel sign or the like of a script such as Devanagari.
fn is_mark(c: char) -> bool {
    unicode_normalization::char::is_combining_mark(c)
}

fn is_written_as(token: &str, listed: &str) -> bool {
    token == listed || !listed.contains(char::is_uppercase)
}

fn ends_with_tokens(text: &str, tokens: &[String]) -> bool {
    let mut rest = text;
    for token in tokens.iter().rev() {
        let Some(before) = rest.trim_end().strip_suffix(token.as_str()) else { return false };
        rest = before;
    }
    tokens.is_empty() || rest.chars().next_back().is_none_or(|c| !c.is_alphanumeric())
}

fn starts_with_tokens(text: &str, tokens: &[String]) -> bool {
    let mut rest = text;
    for token in tokens {
        let Some(after) = rest.trim_start().strip_prefix(token.as_str()) else { return false };
        rest = after;
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn abbreviation_is_found_at_each_of_its_full_stops() {
        let mut list = Abbreviations::default();
        list.add("z. B.", Ending::Never);
        list.add("n. Chr.", Ending::Possible);
        list.add("Nr.", Ending::UnlessNumber);
        list.add("vgl.", Ending::Never);
        let cases = [
            ("Das ist z.", "B. so", Some(Ending::Never)),
            ("Das ist z.", "A. so", None),
            ("Das ist z.\u{202f}B.", "So", Some(Ending::Never)),
            ("Das ist z.B.", "So", Some(Ending::Never)),
            ("Salz. B.", "So", None),
            ("im Jahr 5 n.", "Chr. war", Some(Ending::Never)),
            ("im Jahr 5 n. Chr.", "Da", Some(Ending::Possible)),
            ("Nr.", "5", Some(Ending::UnlessNumber)),
            ("nr.", "5", None),
            ("Vgl.", "Li", Some(Ending::Never)),
            ("", "", None),
        ];
        for (before, after, want) in cases {
            assert_eq!(list.ending(before, after), want, "{before:?} {after:?}");
        }
    }
}
