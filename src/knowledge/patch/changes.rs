//! The differences between two states of `faq.toml`, entry by entry.

use std::collections::HashMap;

use super::sections::{self, Section};

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
/// counts as one without entries.
pub fn changes(before: &str, after: &str) -> Vec<EntryChange> {
    let (old_sections, new_sections) = (sections_of(before), sections_of(after));
    let old = texts(before, &old_sections);
    let new = texts(after, &new_sections);
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
}
