//! The difference between two texts of an entry, as rich text: what is gone is struck out, what is new is strong.

use similar::{ChangeTag, DiffOp, DiffTag, TextDiff};

use crate::text::rich_text::{Block, Inline};

/// Lines without a change that are shown beside one that has.
const N_CONTEXT: usize = 1;

/// What is before a line that is gone, or new: where text has no markup, this alone tells them apart. A hyphen would
/// begin a list.
const REMOVED: &str = "− ";
const ADDED: &str = "+ ";

/// The change of an entry from `before` to `after`: word by word, or the whole text if there is only one.
pub fn difference(before: Option<&str>, after: Option<&str>) -> Vec<Block> {
    match (before, after) {
        (Some(before), Some(after)) => words(before, after),
        (Some(text), None) | (None, Some(text)) => vec![code(text)],
        (None, None) => Vec::new(),
    }
}

/// `text` of an entry as it is written.
pub fn code(text: &str) -> Block {
    Block::Code { language: Some("toml".to_owned()), text: text.trim_end().to_owned() }
}

/// The lines that change with those beside them, a paragraph for lines that follow each other.
fn words(before: &str, after: &str) -> Vec<Block> {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let diff = TextDiff::configure().diff_slices(&old, &new);
    let groups = diff.grouped_ops(N_CONTEXT).into_iter();
    groups.map(|ops| Block::Paragraph(paragraph(&ops, &old, &new))).collect()
}

fn paragraph(ops: &[DiffOp], old: &[&str], new: &[&str]) -> Vec<Inline> {
    let mut lines: Vec<Vec<Inline>> = Vec::new();
    for op in ops {
        let [old, new] = [(old, op.old_range()), (new, op.new_range())]
            .map(|(lines, range)| lines.get(range).unwrap_or_default());
        if op.tag() == DiffTag::Equal {
            lines.extend(new.iter().map(|line| vec![Inline::Text((*line).to_owned())]));
            continue;
        }
        // Lines that replace others are compared word by word.
        let (old, new) = (old.join("\n"), new.join("\n"));
        let diff = TextDiff::from_words(&*old, &*new);
        for (side, mark) in [(ChangeTag::Delete, REMOVED), (ChangeTag::Insert, ADDED)] {
            let parts = diff
                .iter_all_changes()
                .filter(|change| [ChangeTag::Equal, side].contains(&change.tag()));
            let parts: Vec<(ChangeTag, &str)> =
                parts.map(|change| (change.tag(), change.value())).collect();
            if parts.iter().any(|(_, text)| !text.is_empty()) {
                lines.extend(marked_lines(&parts, mark));
            }
        }
    }
    lines.join(&Inline::LineBreak)
}

/// One side of a comparison: its words with those marked that the other side does not have, and `mark` before each
/// line.
fn marked_lines(parts: &[(ChangeTag, &str)], mark: &str) -> Vec<Vec<Inline>> {
    let mut lines: Vec<Vec<(ChangeTag, String)>> = vec![Vec::new()];
    for (tag, text) in parts {
        for (number, text) in text.split('\n').enumerate() {
            if number > 0 {
                lines.push(Vec::new());
            }
            let Some(line) = lines.last_mut() else { continue };
            match line.last_mut().filter(|(last, _)| last == tag) {
                Some((_, last)) => last.push_str(text),
                None => line.push((*tag, text.to_owned())),
            }
        }
    }
    // Where a whole line is gone or new, its mark says so.
    let is_whole = lines.iter().flatten().all(|(tag, _)| *tag != ChangeTag::Equal);
    let inlines = |line: Vec<(ChangeTag, String)>| {
        let mut inlines = vec![Inline::Text(mark.to_owned())];
        for (tag, text) in line {
            let words = text.trim();
            let content = || vec![Inline::Text(words.to_owned())];
            match tag {
                _ if is_whole || words.is_empty() => push_text(&mut inlines, &text),
                ChangeTag::Equal => push_text(&mut inlines, &text),
                ChangeTag::Delete => {
                    push_marked(&mut inlines, Inline::Strikethrough(content()), &text, words);
                }
                ChangeTag::Insert => {
                    push_marked(&mut inlines, Inline::Strong(content()), &text, words);
                }
            }
        }
        inlines
    };
    lines.into_iter().map(inlines).collect()
}

/// Adds `marked`, which has the `words` of `text`, with the white space around them unmarked.
fn push_marked(line: &mut Vec<Inline>, marked: Inline, text: &str, words: &str) {
    let (start, rest) = text.split_at(text.find(words).unwrap_or(0));
    push_text(line, start);
    line.push(marked);
    push_text(line, rest.get(words.len()..).unwrap_or_default());
}

/// Adds `text` to the last text, since two of them never follow each other.
fn push_text(inlines: &mut Vec<Inline>, text: &str) {
    match inlines.last_mut() {
        _ if text.is_empty() => {}
        Some(Inline::Text(last)) => last.push_str(text),
        _ => inlines.push(Inline::Text(text.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::RichText;

    fn text(inlines: &[Inline]) -> String {
        let one = |inline: &Inline| match inline {
            Inline::Text(text) => text.clone(),
            Inline::Strong(content) => format!("+{}+", text(content)),
            Inline::Strikethrough(content) => format!("-{}-", text(content)),
            Inline::LineBreak => "\n".to_owned(),
            other => panic!("{other:?}"),
        };
        inlines.iter().map(one).collect()
    }

    fn shown(before: &str, after: &str) -> Vec<String> {
        let paragraph = |block: &Block| match block {
            Block::Paragraph(content) => text(content),
            other => panic!("{other:?}"),
        };
        difference(Some(before), Some(after)).iter().map(paragraph).collect()
    }

    #[test]
    fn changed_lines_have_marks_and_their_changed_words_markup() {
        let before =
            "[[entry]]\nid = \"a\"\nquestion = \"When?\"\nlead = \"At nine.\"\ntags = []\nx = 1\n";
        let after = before.replace("When?", "At what time?");
        let want = "id = \"a\"\n− question = -\"When?\"-\n\
                    + question = +\"At what time?\"+\nlead = \"At nine.\"";
        assert_eq!(shown(before, &after), [want]);
        let longer = before.replace("tags", "see_also = []\ntags");
        assert_eq!(shown(before, &longer), ["lead = \"At nine.\"\n+ see_also = []\ntags = []"]);
        assert_eq!(shown(&longer, before), ["lead = \"At nine.\"\n− see_also = []\ntags = []"]);
    }

    #[test]
    fn changes_far_from_each_other_are_paragraphs_of_their_own() {
        let lines: Vec<String> = (0..9).map(|number| format!("line {number}")).collect();
        let before = lines.join("\r\n");
        let after = before.replace("line 0", "line zero").replace("line 8", "line 8 more");
        let want = ["− line -0-\n+ line +zero+\nline 1", "line 7\n− line 8\n+ line 8 +more+"];
        assert_eq!(shown(&before, &after), want);
    }

    #[test]
    fn added_and_removed_entries_are_shown_as_they_are_written() {
        for change in [(None, Some("id = \"a\"\n")), (Some("id = \"a\"\n"), None)] {
            let blocks = difference(change.0, change.1);
            assert_eq!(RichText { blocks }.plain_text().trim(), "id = \"a\"");
        }
        assert_eq!(difference(None, None), []);
    }
}
