//! The differences between two states of `faq.toml`, entry by entry.

use std::collections::HashMap;
use std::ops::Range;

use super::sections::{self, Section, find_in};
use crate::knowledge::faq_parts::{parts, same_parts};

/// One entry that was added, changed or removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EntryChange {
    /// Its id.
    pub id: String,
    /// Its text before; `None` if it is new.
    pub before: Option<String>,
    /// Its text after; `None` if it was removed.
    pub after: Option<String>,
}

/// The entries that differ between `before` and `after`: removed ones first, then the others in
/// their order in `after`. Comments and the order of entries are ignored. A file that is not TOML
/// counts as one without entries, unless the same sections of both are not. Only the sections that differ are parsed.
pub fn changes(before: &str, after: &str) -> Vec<EntryChange> {
    let (old_sections, new_sections) = differing_sections(before, after)
        .unwrap_or_else(|| (sections_of(before), sections_of(after)));
    changes_between((before, &old_sections), (after, &new_sections))
}

fn changes_between(
    (before, old_sections): (&str, &[Section]),
    (after, new_sections): (&str, &[Section]),
) -> Vec<EntryChange> {
    let (old, new) = (texts(before, old_sections), texts(after, new_sections));
    let removed =
        old_sections.iter().filter_map(|section| section.id.as_deref()).filter_map(|id| {
            let before = old.get(id).filter(|_| !new.contains_key(id))?;
            Some(change(id, Some(before), None))
        });
    let others = new_sections.iter().filter_map(|section| section.id.as_deref()).filter_map(|id| {
        let (before, after) = (old.get(id), new.get(id)?);
        (before != Some(after)).then(|| change(id, before, Some(after)))
    });
    removed.chain(others).collect()
}

/// The text of an entry, from `[[entry]]` on.
pub fn text_of_entry(faq: &str, id: &str) -> Option<String> {
    match sections::find_entry(faq, id) {
        Ok(found) => Some(faq.get(found?.span)?.trim_end().to_owned()),
        Err(_) => changes("", faq).into_iter().find(|it| it.id == id)?.after,
    }
}

/// The sections between the first and the last that are the same in both; `None` if a part of them is not TOML, or the
/// entries are no sections.
fn differing_sections(before: &str, after: &str) -> Option<(Vec<Section>, Vec<Section>)> {
    let (old, new) = (parts(before), parts(after));
    let (n_start, n_end) = same_parts((before, &old), (after, &new));
    let sections = |faq: &str, parts: &[Range<usize>]| {
        let parts = parts.get(n_start..parts.len() - n_end)?;
        let found: Result<Vec<_>, _> = parts.iter().map(|part| find_in(faq, part)).collect();
        Some(found.ok()?.concat())
    };
    Some((sections(before, &old)?, sections(after, &new)?))
}

fn change(id: &str, before: Option<&&str>, after: Option<&&str>) -> EntryChange {
    let owned = |text: Option<&&str>| text.map(|text| (*text).to_owned());
    EntryChange { id: id.to_owned(), before: owned(before), after: owned(after) }
}

fn sections_of(faq: &str) -> Vec<Section> {
    sections::find(faq).unwrap_or_else(|_| sections::find_inline(faq))
}

fn texts<'a>(faq: &'a str, sections: &'a [Section]) -> HashMap<&'a str, &'a str> {
    let text = |section: &'a Section| {
        Some((section.id.as_deref()?, faq.get(section.span.clone())?.trim_end()))
    };
    sections.iter().filter_map(text).collect()
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prop_assert_eq;

    use super::*;

    const A: &str = "[[entry]]\nid = \"a\"\nquestion = \"A?\"\n[[entry.quote]]\ntext = \"One.\"\n";
    const B: &str = "[[entry]]\nid = \"b\"\nquestion = \"B?\"\ngap = true\n";

    #[test]
    fn changed_entry_is_reported_with_both_states() {
        let text = |text: &str| Some(text.trim_end().to_owned());
        let changed = A.replace("One.", "Two.");
        let one = |id: &str, before: Option<String>, after: Option<String>| {
            vec![EntryChange { id: id.to_owned(), before, after }]
        };
        let rows = [
            (format!("{A}\n{B}"), format!("# Comment.\n\n{B}\n\n{A}"), vec![]),
            (A.to_owned(), format!("{A}{B}"), one("b", None, text(B))),
            (format!("{A}{B}"), B.to_owned(), one("a", text(A), None)),
            (format!("{A}{B}"), format!("{changed}{B}"), one("a", text(A), text(&changed))),
            (String::new(), A.to_owned(), one("a", None, text(A))),
            (A.to_owned(), "no TOML".to_owned(), one("a", text(A), None)),
            (
                "entry = [{ id = \"a\" }, { id = \"b\" }]".to_owned(),
                "entry = [\n  { id = \"a\", gap = true },\n  { id = \"b\" },\n]".to_owned(),
                one("a", text("{ id = \"a\" }"), text("{ id = \"a\", gap = true }")),
            ),
        ];
        for (before, after, want) in rows {
            assert_eq!(changes(&before, &after), want, "from {before} to {after}");
        }
    }

    proptest::proptest! {
        #[test]
        fn sections_that_are_the_same_need_not_be_read(
            before in vec(0usize..5, 0..6), after in vec(0usize..5, 0..6),
        ) {
            let sections = [
                A.to_owned(),
                format!("# About b.\n{B}"),
                "\n[[entry]]\nid = \"c\"\nlead = \"\"\"\n[[entry]]\n\"\"\"\n".to_owned(),
                "[[\"entry\"]]\nid = \"d\"\n".to_owned(),
                "# A comment.\n\n".to_owned(),
            ];
            // An id stands once, in a state of its own.
            let faq = |picked: &[usize], lead: &str| {
                let mut picked: Vec<usize> = picked.to_vec();
                let mut seen = Vec::new();
                picked.retain(|idx| !seen.contains(idx) && { seen.push(*idx); true });
                let text: String = picked.iter().map(|idx| &*sections[*idx]).collect();
                text.replace("Two.", lead)
            };
            let (before, after) = (faq(&before, "Two."), faq(&after, "Three."));
            let by_all = |before: &str, after: &str| {
                changes_between((before, &sections_of(before)), (after, &sections_of(after)))
            };
            prop_assert_eq!(changes(&before, &after), by_all(&before, &after));
            for id in ["a", "b", "c", "d"] {
                let alone = by_all("", &after).into_iter().find(|it| it.id == id);
                prop_assert_eq!(text_of_entry(&after, id), alone.and_then(|it| it.after));
            }
        }
    }
}
