//! The questions of a message that asks several.

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

#[cfg(test)]
mod tests {
    use super::*;

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
