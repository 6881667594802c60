//! Identifiers, which must match exactly: numbers, versions, dates, times, prices, sizes, codes,
//! flags, file names, names with signs, emoji.

use std::ops::Range;
use std::sync::LazyLock;

use regex::{Captures, Regex};

/// An identifier in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identifier {
    /// UTF-8 byte offsets into the text.
    pub span: Range<usize>,
    /// The spelling by which identifiers are compared: "20:00" for "8 pm", "1.20" for "v1.20".
    pub canonical: String,
}

/// Patterns, in the order in which they are tried at a position. Units are only those that are not
/// also another word.
const PATTERN: &str = r"(?ix)
    (?P<date> \b \d{4}-\d{1,2}-\d{1,2} \b )
  | (?P<time> \b (?P<hour>\d{1,2}) (?: [:h] (?P<minute>[0-5]\d) )? \s? (?P<half>[ap])\.?m\b\.? )
  | (?P<clock> \b (?P<hour24>\d{1,2}) (?: [:h] (?P<minute24>[0-5]\d) (?:\s?uhr\b)? | \s?(?:uhr|h)\b ) )
  | (?P<price> [$€£¥]\s?(?P<amount>\d+(?:[.,]\d+)?) | \b(?P<amount2>\d+(?:[.,]\d+)?)\s?(?:[$€£¥]|eur\b|euros?\b|usd\b) )
  | (?P<size> \b (?P<number>\d+(?:[.,]\d+)?) \s? (?P<unit> %|°c|[kmgt]i?b\b|kg\b|km\b|cm\b|mm\b|ml\b|px\b|[mg]hz\b|fps\b|kwh\b ) )
  | (?P<thousands> \b \d{1,3}(?:,\d{3})+ \b )
  | (?P<version> \b v?(?P<digits>\d+(?:[.,][\dx]+)+) \b )
  | (?P<code> \b (?P<letters>\p{Alphabetic}{1,3})-(?P<figures>\d{1,6}) \b )
  | (?P<signs> \b [a-z](?:\+\+|\#) )
  | (?P<flag> (?:^|[\s(`]) (?P<name>--[a-z][\w-]*|-[a-z]) \b )
  | (?P<file> (?:^|[\s(`]) (?P<hidden>\.[a-z][\w.]+) \b )
  | (?P<emoji> \p{Emoji_Presentation} | \p{Extended_Pictographic}\x{FE0F} )
";

/// The identifiers in `text` that match a pattern, in order, not overlapping. Single numbers and
/// words with digits are not included; [`is_identifier`] recognizes them among the words.
pub fn identifiers(text: &str) -> Vec<Identifier> {
    static REGEX: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(PATTERN).ok());
    let Some(regex) = REGEX.as_ref().filter(|_| may_have_identifier(text)) else {
        return Vec::new();
    };
    regex.captures_iter(text).filter_map(|found| identifier(&found)).collect()
}

/// Whether `text` may match [`PATTERN`]: all its alternatives have a digit, a sign after a letter, an
/// emoji, or a hyphen or full stop that starts a word. Most texts have none, and the pattern is
/// slower than everything else that is done with a text.
fn may_have_identifier(text: &str) -> bool {
    let mut previous = ' ';
    text.chars().any(|c| {
        let before = std::mem::replace(&mut previous, c);
        match c {
            '0'..='9' | '+' | '#' | '\u{FE0F}' | '\u{231A}'..='\u{2B55}' | '\u{1F000}'.. => true,
            '-' | '.' => before.is_whitespace() || matches!(before, '(' | '`'),
            _ => !c.is_ascii() && c.is_numeric(),
        }
    })
}

fn identifier(found: &Captures<'_>) -> Option<Identifier> {
    let named = |name: &str| found.name(name).map(|group| group.as_str());
    let whole = found.get(0)?;
    let inner = found.name("name").or(found.name("hidden")).unwrap_or(whole);
    let text = inner.as_str().to_lowercase();
    let canonical = if let (Some(hour), Some(half)) = (named("hour"), named("half")) {
        let hour =
            hour.parse::<u32>().ok()? % 12 + if half.eq_ignore_ascii_case("p") { 12 } else { 0 };
        format!("{hour}:{}", named("minute").unwrap_or("00"))
    } else if let Some(hour) = named("hour24") {
        format!("{}:{}", hour.parse::<u32>().ok()?, named("minute24").unwrap_or("00"))
    } else if named("price").is_some() {
        let amount = named("amount").or(named("amount2"))?.replace(',', ".");
        let sign = text.chars().find(|c| matches!(c, '$' | '£' | '¥'));
        format!("{amount}{}", sign.unwrap_or(if text.contains("usd") { '$' } else { '€' }))
    } else if let Some(number) = named("number") {
        format!("{}{}", number.replace(',', "."), named("unit")?.to_lowercase())
    } else if let Some(thousands) = named("thousands") {
        thousands.replace(',', "")
    } else if let Some(digits) = named("digits") {
        digits.to_lowercase().replace(',', ".")
    } else if let (Some(letters), Some(figures)) = (named("letters"), named("figures")) {
        format!("{}{figures}", letters.to_lowercase())
    } else {
        text.trim_end_matches('\u{FE0F}').to_owned()
    };
    Some(Identifier { span: inner.range(), canonical })
}

/// Whether a word, spelled as in tokens, is an identifier.
pub fn is_identifier(word: &str) -> bool {
    word.contains(|c: char| c.is_numeric() || matches!(c, '+' | '#' | '.'))
        || word.starts_with(|c: char| !c.is_alphabetic())
}

/// Whether a word, spelled as in tokens, is an emoji.
pub fn is_emoji(word: &str) -> bool {
    word.starts_with(|c: char| !c.is_ascii() && !c.is_alphanumeric())
}

/// The kind of an identifier; different identifiers of one kind exclude each other. Each run of
/// digits or letters is replaced by one character, so that "e404" and "b12" are of one kind and
/// "20gb" is of another.
pub fn kind(identifier: &str) -> String {
    let mut kind = String::new();
    for c in identifier.chars() {
        let class = match c {
            c if c.is_numeric() => '0',
            c if c.is_alphabetic() => 'a',
            '+' | '#' => '#',
            c if c.is_ascii() => c,
            _ => '*',
        };
        if !kind.ends_with(class) {
            kind.push(class);
        }
    }
    // 1.20, 1.20.4 and 2.x are all versions, whatever their number of parts.
    while kind.ends_with(".0") || kind.ends_with(".a") {
        kind.truncate(kind.len() - 2);
        if !kind.contains('.') {
            kind.push_str(".n");
            break;
        }
    }
    kind
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_have_a_canonical_spelling() {
        let cases = [
            ("open at 8 pm or 8pm, 8 a.m.?", &["20:00", "20:00", "8:00"][..]),
            ("um 20 Uhr, à 18h30, 08:05", &["20:00", "18:30", "8:05"]),
            ("v1.20 and 1.20.4, 2.x", &["1.20", "1.20.4", "2.x"]),
            ("20 GB for $5 or 5,50 €, 10 %", &["20gb", "5$", "5.50€", "10%"]),
            ("on 2026-11-28", &["2026-11-28"]),
            ("C++ or C#", &["c++", "c#"]),
            ("1,500 people in C-8", &["1500", "c8"]),
            ("use --dry-run or -v (`-x`) with .env", &["--dry-run", "-v", "-x", ".env"]),
            ("no idea - really, well-known", &[]),
            ("🐶 ☠️ ok", &["🐶", "☠"]),
            ("error 404, E404", &[]),
        ];
        for (text, want) in cases {
            let got: Vec<String> = identifiers(text).into_iter().map(|it| it.canonical).collect();
            assert_eq!(got, want, "{text}");
        }
    }

    #[test]
    fn texts_that_are_not_searched_have_no_identifiers() {
        let regex = Regex::new(PATTERN).unwrap();
        let mut n_searched = 0;
        for c in '\0'..'\u{1F000}' {
            let text = format!("a{c} a {c}a");
            if may_have_identifier(&text) {
                n_searched += 1;
            } else {
                assert!(!regex.is_match(&text), "{text:?}");
            }
        }
        assert!(n_searched > 100);
        for text in ["Yes. No – “well-known” (e.g. café), and so on...", "為什麼？", "a\nb"]
        {
            assert!(!may_have_identifier(text), "{text}");
        }
    }

    #[test]
    fn identifiers_of_the_same_form_are_of_one_kind() {
        let same =
            [("404", "405"), ("1.20", "1.20.4"), ("e404", "b12"), ("20gb", "50gb"), ("2.x", "3.1")];
        for (a, b) in same {
            assert_eq!(kind(a), kind(b), "{a} {b}");
        }
        let different =
            [("404", "e404"), ("20gb", "20"), ("20:00", "20"), ("c++", "--x"), ("🐶", "5")];
        for (a, b) in different {
            assert_ne!(kind(a), kind(b), "{a} {b}");
        }
    }
}
