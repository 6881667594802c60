//! The questions of a message that asks several, and the clauses of one that says more than it asks.

use super::PackIndex;
use super::query::Query;

/// Question marks: Latin, Greek, Armenian, Arabic, full width.
const MARKS: [char; 5] = ['?', '\u{037E}', '\u{055E}', '\u{061F}', '\u{FF1F}'];

/// The questions in `text` that end in a question mark, each with what stands before it. A mark inside a
/// word, as in a web address, ends none.
pub(super) fn questions(text: &str) -> Vec<&str> {
    let mut questions = Vec::new();
    let mut start = 0;
    for (at, mark) in text.char_indices().filter(|(_, c)| MARKS.contains(c)) {
        let end = at + mark.len_utf8();
        let next = text.get(end..).and_then(|rest| rest.chars().next());
        let ends =
            mark != '?' || next.is_none_or(|c| !c.is_ascii_graphic() || "!)\"'*_".contains(c));
        let Some(question) = text.get(start..end).filter(|_| ends) else { continue };
        start = end;
        if question.chars().any(char::is_alphanumeric) {
            questions.push(question.trim_start_matches(|c: char| !c.is_alphanumeric()));
        }
    }
    questions
}

/// The clauses of `text`: what is between punctuation, line breaks, dashes and emoji. Punctuation inside a word or a
/// number ends none.
pub(super) fn clauses(text: &str) -> Vec<&str> {
    let mut clauses = Vec::new();
    let mut start = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_last_of_word = chars.peek().is_none_or(|(_, next)| next.is_whitespace());
        let ends = match c {
            '.' | '!' | '?' | '…' | ',' | ';' | ':' | '\u{037E}' | '\u{055E}' | '\u{060C}'
            | '\u{061F}' => is_last_of_word,
            '-' | '–' | '—' => {
                is_last_of_word && text.get(..at).is_some_and(ends_in_white_space)
            }
            '\n' | '。' | '！' | '？' | '、' | '，' | '；' | '～' => true,
            '\u{2600}'..='\u{27BF}' | '\u{1F000}'..='\u{1FAFF}' => true,
            _ => false,
        };
        if ends {
            let end = at + c.len_utf8();
            clauses.extend(text.get(start..end));
            start = end;
        }
    }
    clauses.extend(text.get(start..));
    clauses.retain(|clause| clause.chars().any(char::is_alphanumeric));
    clauses.into_iter().map(str::trim).collect()
}

fn ends_in_white_space(text: &str) -> bool {
    text.ends_with(char::is_whitespace)
}

/// Whether `text` asks something with at least `min_words` content words: it has a question word of the pack's language,
/// or ends in a question mark.
pub(super) fn asks(index: &PackIndex, text: &str, min_words: usize) -> bool {
    let query = Query::new(index, text);
    (query.question_types != 0 || text.ends_with(MARKS))
        && query.content_words().count() >= min_words
}

/// What of the message `text` may be asked apart from the whole: each question if there are several, else each clause.
pub(super) fn separate_questions(text: &str) -> Vec<&str> {
    Some(questions(text)).filter(|questions| questions.len() > 1).unwrap_or_else(|| clauses(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clauses_end_at_punctuation_between_words_and_at_emoji() {
        let rows: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("when do you open", &["when do you open"]),
            ("hi all, when do you open?", &["hi all,", "when do you open?"]),
            ("lost my key 😩 who has 3.5 of them", &["lost my key 😩", "who has 3.5 of them"]),
            ("open 8:00, I heard. really?", &["open 8:00,", "I heard.", "really?"]),
            ("well - can I come - or not", &["well -", "can I come -", "or not"]),
            ("a well-known place\nwhere is it", &["a well-known place", "where is it"]),
            ("すみません、何時までですか？", &["すみません、", "何時までですか？"]),
            ("... !? 😀", &[]),
        ];
        for (text, want) in rows {
            assert_eq!(clauses(text), want, "{text}");
        }
    }

    #[test]
    fn questions_end_in_a_question_mark_that_is_not_inside_a_word() {
        let rows: [(&str, &[&str]); 9] = [
            ("", &[]),
            ("no question", &[]),
            ("who? and when?", &["who?", "and when?"]),
            ("hello. who is it??! when? thanks", &["hello. who is it??", "when?"]),
            ("(who?) \"when?\"", &["who?", "when?"]),
            ("what is https://example.org/?a=1&b=2 ?", &["what is https://example.org/?a=1&b=2 ?"]),
            ("谁?谁？何时？", &["谁?", "谁？", "何时？"]),
            ("من؟ متى؟", &["من؟", "متى؟"]),
            ("¿quién? ¿cuándo?", &["quién?", "cuándo?"]),
        ];
        for (text, want) in rows {
            assert_eq!(questions(text), want, "{text}");
        }
    }
}
