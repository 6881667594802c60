//! Which of the candidates of UAX #29 ends a sentence in a language.

use std::ops::Range;

use super::{LINE_BREAKS, MAX_NUMBER_DIGITS};
use crate::text::abbreviation::Ending;
use crate::text::language::LanguageData;

/// Marks that may stand between the full stop and the end of a sentence.
const CLOSING: &[char] =
    &['"', '\'', '”', '’', '“', '‘', '»', '«', '›', '‹', '」', '』', '）', ')', ']', '}', '*', '_'];

/// Quotation marks among [`CLOSING`].
const CLOSING_QUOTES: &[char] = &['"', '”', '’', '“', '»', '«', '」', '』'];

/// Marks that open, and are never taken for closing ones. UAX #29 leaves one that follows a full
/// stop without a space, as in Chinese and Japanese, with the sentence before.
const OPENING: [char; 8] = ['「', '『', '（', '《', '〈', '【', '〔', '“'];

/// Marks that end a sentence which is no question.
const STATEMENT_MARKS: [char; 9] = ['.', '!', '…', '。', '！', '．', '।', '۔', '։'];

/// Marks that may stand behind those: the ones of [`CLOSING`] without ‘, ›, ‹ and }.
const CLOSING_STATEMENT: &str = "\"'”’“»«」』）)]*_";

/// Particles of Japanese by which a sentence goes on after what was said in brackets.
const PARTICLES: [&str; 8] = ["と", "って", "を", "の", "に", "が", "は", "も"];

/// Longest word that is looked up, in bytes; a longer one is no stop word and no month.
const MAX_WORD_BYTES: usize = 48;

/// Decides about boundaries in one language.
#[derive(Debug, Clone, Copy)]
pub(super) struct Boundaries {
    data: &'static LanguageData,
}

impl Boundaries {
    pub(super) fn new(data: &'static LanguageData) -> Self {
        Self { data }
    }

    /// Whether a sentence ends between `before`, from the end of the sentence before it on, and
    /// `after`.
    pub(super) fn is_end(self, before: &str, after: &str) -> bool {
        let trimmed = before.trim_end();
        let gap = before.get(trimmed.len()..).unwrap_or_default();
        if gap.contains(LINE_BREAKS) {
            return true;
        }
        let after = after.trim_start_matches(|c: char| c.is_whitespace() && !is_line_break(c));
        let sentence = trimmed.trim_end_matches(CLOSING);
        let closing = trimmed.get(sentence.len()..).unwrap_or_default();
        let (Some(mark), Some(next)) = (sentence.chars().next_back(), after.chars().next()) else {
            return true;
        };
        if gap.is_empty() && mark.is_ascii() {
            return !continues_word(sentence, next);
        }
        if closing.contains(CLOSING_QUOTES) && continues_after_quotation(closing, after, next) {
            return false;
        }
        mark != '.' || !closing.is_empty() || self.is_end_at_full_stop(sentence, after)
    }

    /// Whether the full stop at the end of `sentence` ends it.
    fn is_end_at_full_stop(self, sentence: &str, after: &str) -> bool {
        let is_single_initial = is_initial(sentence);
        let ending = self.data.abbreviations.ending(sentence, after);
        match ending {
            Some(Ending::Never) => false,
            Some(Ending::UnlessNumber) if starts_with_number(after) => false,
            Some(Ending::Possible) => self.starts_sentence(after),
            _ if is_single_initial => self.starts_sentence(after),
            _ => !self.is_ordinal(sentence, after),
        }
    }

    /// Whether `after` starts with a word that sentences begin with, and names do not.
    fn starts_sentence(self, after: &str) -> bool {
        let word = first_word(after);
        if word.chars().count() == 1 && word.starts_with(char::is_uppercase) {
            // Another initial, unless it is a word of one letter, such as "A" and "I".
            return without_opening(after)
                .get(word.len()..)
                .is_some_and(|rest| !rest.starts_with('.'));
        }
        // What has no letter case cannot go on in lower case either: nothing is known about it.
        !word.starts_with(char::is_alphabetic) || self.data.is_stop_word(&self.folded(word))
    }

    /// Whether `sentence` ends with an ordinal, such as "3." of "am 3. Oktober".
    fn is_ordinal(self, sentence: &str, after: &str) -> bool {
        let before = sentence.strip_suffix('.').unwrap_or(sentence);
        let number_start = before.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let n_digits = before.len() - number_start;
        if self.data.before_ordinals.is_empty() || !(1..=MAX_NUMBER_DIGITS).contains(&n_digits) {
            return false;
        }
        let words_before = before.get(..number_start).unwrap_or_default();
        self.data.before_ordinals.contains(&self.folded(last_word(words_before)))
            || self.data.months.contains(&self.folded(first_word(after)))
    }

    fn folded(self, word: &str) -> String {
        self.data.folding.fold(&word.to_lowercase()).into_owned()
    }
}

/// Whether what follows an ASCII mark without white space belongs to the same word, as in an address
/// ("a.org/?q=1") or a version ("2.B").
fn continues_word(sentence: &str, next: char) -> bool {
    let before = sentence.chars().rev().find(|c| !".?!".contains(*c));
    let is_number = before.is_some_and(|c| c.is_ascii_digit());
    next.is_lowercase()
        || next.is_ascii_digit()
        || "=/&#_%+-".contains(next)
        || (is_number && next.is_alphabetic())
}

/// Whether a sentence goes on after a quotation: “Why?” he asked; 「はい。」と言った。
fn continues_after_quotation(closing: &str, after: &str, next: char) -> bool {
    next.is_lowercase()
        || (closing.ends_with(['」', '』'])
            && PARTICLES.iter().any(|particle| after.starts_with(particle)))
}

/// Whether `sentence` ends with a capital letter and a full stop, as before a name. "I" of English
/// is a word, unless initials are before it.
fn is_initial(sentence: &str) -> bool {
    let mut chars = sentence.chars().rev().skip(1);
    let is_capital = chars.next().is_some_and(char::is_uppercase);
    let before = chars.next();
    let is_word = sentence.ends_with(" I.") && chars.next().is_some_and(|c| c != '.');
    is_capital && !is_word && before.is_none_or(|c| !c.is_alphanumeric())
}

fn starts_with_number(text: &str) -> bool {
    let word = first_word(text);
    let is_roman = word.len() > 1 && word.chars().all(|c| "IVXLC".contains(c));
    text.starts_with(|c: char| c.is_numeric()) || is_roman
}

/// The first word of `text`, without what opens before it.
fn first_word(text: &str) -> &str {
    let text = without_opening(text);
    let mut end = 0;
    for (at, c) in text.char_indices() {
        if !c.is_alphanumeric() || at > MAX_WORD_BYTES {
            break;
        }
        end = at + c.len_utf8();
    }
    text.get(..end).unwrap_or_default()
}

/// `text` from its first word on; opening marks before it are passed over.
fn without_opening(text: &str) -> &str {
    text.trim_start_matches(|c: char| "\"'“‘„«»‹›([*_¿¡".contains(c))
}

fn last_word(text: &str) -> &str {
    let text = text.trim_end();
    let mut start = text.len();
    for (at, c) in text.char_indices().rev() {
        if !c.is_alphanumeric() || text.len() - at > MAX_WORD_BYTES {
            break;
        }
        start = at;
    }
    text.get(start..).unwrap_or_default()
}

fn is_line_break(c: char) -> bool {
    LINE_BREAKS.contains(&c)
}

/// The end of the piece `span`, before the marks at its end that open what follows.
pub(super) fn skip_opening(text: &str, span: Range<usize>) -> usize {
    let piece = text.get(span.clone()).unwrap_or_default();
    let kept = piece.trim_end_matches(OPENING);
    // “ closes in German, where a full stop or a space stands before it.
    let is_after_mark = |c: char| "。．！？」』）”！？".contains(c);
    if kept.len() < piece.len() && kept.ends_with(is_after_mark) && span.end < text.len() {
        span.start + kept.len()
    } else {
        span.end
    }
}

/// Most bytes of the mark of a footnote or of a source, such as `[^12]` or `[3]`.
const MAX_REFERENCE_BYTES: usize = 12;

/// `end`, or the end of the mark of a footnote that stands directly behind the full stop. UAX #29 takes its
/// opening bracket for a closing one.
pub(super) fn skip_reference(text: &str, end: usize) -> usize {
    let before = text.get(..end).unwrap_or_default();
    if !before.strip_suffix('[').is_some_and(|sentence| sentence.ends_with(['.', '!', '?'])) {
        return end;
    }
    let rest = text.get(end..).unwrap_or_default();
    let limit = rest.floor_char_boundary(MAX_REFERENCE_BYTES);
    let Some(at) = rest.get(..limit).and_then(|mark| mark.find(']')) else { return end };
    let is_mark = rest.get(..at).is_some_and(|mark| !mark.contains(char::is_whitespace));
    let after = rest.get(at + 1..).filter(|after| is_mark && !after.starts_with(['(', '[']));
    let Some(after) = after else { return end };
    text.len() - after.trim_start_matches(|c: char| c.is_whitespace() && !is_line_break(c)).len()
}

/// `end`, or the end of the closing guillemet that French sets after a space.
pub(super) fn skip_closing(text: &str, end: usize) -> usize {
    let rest = text.get(end..).unwrap_or_default();
    let Some(after) = rest.strip_prefix(['»', '›']) else { return end };
    // German sets them the other way round: there it opens, and a letter follows.
    if after.starts_with(char::is_alphanumeric) {
        return end;
    }
    text.len() - after.trim_start_matches(|c: char| c.is_whitespace() && !is_line_break(c)).len()
}

/// Whether `text` ends with a mark that ends a sentence and asks nothing, perhaps inside marks that close it
/// or before the mark of a footnote.
pub(super) fn ends_with_statement_mark(text: &str) -> bool {
    let closes = |c: char| c.is_whitespace() || CLOSING_STATEMENT.contains(c);
    let text = without_reference(text.trim_end_matches(closes));
    // Dots that lead to a page number end a line of a table of contents.
    let is_table = text.ends_with("..");
    !is_table && text.ends_with(STATEMENT_MARKS)
}

/// `text` without the mark of a footnote at its end, of which the closing bracket is trimmed already.
fn without_reference(text: &str) -> &str {
    text.rsplit_once('[').map_or(text, |(before, mark)| {
        let is_mark = mark.len() < MAX_REFERENCE_BYTES && before.ends_with(['.', '!']);
        if is_mark { before } else { text }
    })
}
