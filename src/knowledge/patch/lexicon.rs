//! Changes of the groups of `lexicon.toml` that leave the rest of the file as it is.

use std::ops::Range;

use toml_edit::{Array, Document, DocumentMut, Item, TomlError};

use super::{EntryChange, text_list, with_last_line_break, with_line_ends_of};
use crate::knowledge::pack::LEXICON_FILE;
use crate::knowledge::toml_text::plain;

/// A change of a pack's synonyms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LexiconPatch {
    /// The terms mean the same: those that no group has join the group of the others, or make a new one.
    Add(Vec<String>),
    /// The terms leave their groups. A group that has one term left goes, too.
    Remove(Vec<String>),
}

impl LexiconPatch {
    /// The text of `lexicon.toml` with this change applied; it is empty if the pack has no such file.
    ///
    /// # Errors
    /// [`LexiconError`] if the change does not apply to this file.
    pub fn apply(&self, lexicon: &str) -> Result<String, LexiconError> {
        let groups = groups(lexicon)?;
        match self {
            Self::Add(terms) => add(lexicon, &groups, terms),
            Self::Remove(terms) => remove(lexicon, &groups, terms),
        }
    }
}

/// How `lexicon.toml` changes from `before` to `after`, as a change of an entry whose id is the name of the file: the groups
/// that only one of the two has. `None` if both have the same. A file that is not TOML has no groups.
pub fn lexicon_change(before: &str, after: &str) -> Option<EntryChange> {
    let [old, new] = [before, after].map(|lexicon| {
        let groups = groups(lexicon).unwrap_or_default();
        let text = |group: &Group| lexicon.get(group.span.clone()).unwrap_or_default().trim_end();
        groups.iter().map(|group| text(group).to_owned()).collect::<Vec<_>>()
    });
    let only = |these: &[String], others: &[String]| {
        let only: Vec<&str> =
            these.iter().filter(|group| !others.contains(group)).map(String::as_str).collect();
        only.join("\n\n")
    };
    let (before, after) = (only(&old, &new), only(&new, &old));
    (before != after).then(|| EntryChange {
        id: LEXICON_FILE.to_owned(),
        before: Some(before),
        after: Some(after),
    })
}

/// A group in the file.
struct Group {
    /// From `[[group]]` on, to the end of its last value.
    span: Range<usize>,
    terms: Vec<String>,
}

fn groups(lexicon: &str) -> Result<Vec<Group>, LexiconError> {
    let document: Document<&str> = Document::parse(lexicon)?;
    let tables = match document.get("group") {
        None => return Ok(Vec::new()),
        Some(Item::ArrayOfTables(tables)) => tables,
        Some(_) => return Err(LexiconError::NoSections),
    };
    let group = |table: &toml_edit::Table| {
        let terms = table.get("terms")?;
        let texts = terms.as_array()?.iter().filter_map(|term| Some(term.as_str()?.to_owned()));
        let (start, end) = (table.span()?.start, terms.span()?.end);
        Some(Group { span: start..end, terms: texts.collect() })
    };
    tables.iter().map(|table| group(table).ok_or(LexiconError::NoSections)).collect()
}

fn add(lexicon: &str, groups: &[Group], terms: &[String]) -> Result<String, LexiconError> {
    let terms = distinct(terms);
    let having: Vec<usize> =
        (0..groups.len()).filter(|idx| has_any(groups.get(*idx), &terms)).collect();
    match *having {
        [] if terms.len() < 2 => Err(LexiconError::TooFew),
        [] => {
            let listed: Vec<String> = terms.iter().map(|term| plain(term)).collect();
            let blank_line = if lexicon.trim().is_empty() { "" } else { "\n" };
            let break_line = if lexicon.is_empty() || lexicon.ends_with('\n') { "" } else { "\n" };
            let group =
                format!("{break_line}{blank_line}[[group]]\nterms = [{}]\n", listed.join(", "));
            Ok(format!("{lexicon}{}", with_line_ends_of(lexicon, group)))
        }
        [idx] => edit(lexicon, idx, |list| {
            let missing = terms.iter().filter(|term| !has(list, term)).collect::<Vec<_>>();
            for term in missing {
                text_list::insert(list, list.len(), term);
            }
        }),
        [first, second, ..] => {
            let named = |idx: usize| {
                let group = groups.get(idx).map(|group| group.terms.as_slice());
                group.unwrap_or_default().first().cloned().unwrap_or_default()
            };
            Err(LexiconError::SeveralGroups { first: named(first), second: named(second) })
        }
    }
}

fn remove(lexicon: &str, groups: &[Group], terms: &[String]) -> Result<String, LexiconError> {
    let terms = distinct(terms);
    let is_in_a_group =
        |term: &&String| groups.iter().any(|group| group.terms.iter().any(|it| is_same(it, term)));
    if let Some(term) = terms.iter().find(|term| !is_in_a_group(term)) {
        return Err(LexiconError::Unknown { term: term.clone() });
    }
    let mut changed = lexicon.to_owned();
    // From the last one on, so that the spans before it stay.
    for (idx, group) in groups.iter().enumerate().rev() {
        let left: Vec<String> = group
            .terms
            .iter()
            .filter(|term| !terms.iter().any(|gone| is_same(gone, term)))
            .cloned()
            .collect();
        if left.len() < 2 && left.len() < group.terms.len() {
            changed = without(&changed, &group.span);
        } else if left.len() < group.terms.len() {
            changed = edit(&changed, idx, |list| text_list::set(list, &left))?;
        }
    }
    Ok(changed)
}

/// The file without the group in `span`, and the blank lines after it; at the end of the file, those before it.
fn without(lexicon: &str, span: &Range<usize>) -> String {
    let before = lexicon.get(..span.start).unwrap_or_default();
    let after = lexicon.get(span.end..).unwrap_or_default();
    // What stands on the line of the last value.
    let after = after.find('\n').and_then(|at| after.get(at + 1..)).unwrap_or_default();
    let next = after.trim_start_matches(['\n', '\r']);
    if next.trim().is_empty() && !before.trim().is_empty() {
        return with_line_ends_of(lexicon, with_last_line_break(before));
    }
    format!("{before}{next}")
}

/// The file with the terms of the group `idx` changed.
fn edit(
    lexicon: &str,
    idx: usize,
    change: impl FnOnce(&mut Array),
) -> Result<String, LexiconError> {
    let mut document: DocumentMut = lexicon.replace("\r\n", "\n").parse()?;
    let groups = document.get_mut("group").and_then(Item::as_array_of_tables_mut);
    let group = groups.and_then(|groups| groups.get_mut(idx)).and_then(|it| it.get_mut("terms"));
    let list = group.and_then(Item::as_array_mut).ok_or(LexiconError::NoSections)?;
    change(list);
    Ok(with_line_ends_of(lexicon, document.to_string()))
}

/// Each term once.
fn distinct(terms: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(terms.len());
    for term in terms.iter().map(|term| term.trim()).filter(|term| !term.is_empty()) {
        if !distinct.iter().any(|it| is_same(it, term)) {
            distinct.push(term.to_owned());
        }
    }
    distinct
}

fn has_any(group: Option<&Group>, terms: &[String]) -> bool {
    group.is_some_and(|group| {
        group.terms.iter().any(|term| terms.iter().any(|other| is_same(term, other)))
    })
}

fn has(list: &Array, term: &str) -> bool {
    list.iter().filter_map(|value| value.as_str()).any(|it| is_same(it, term))
}

/// Whether two terms differ in letter case at most, which the comparison of words ignores.
fn is_same(a: &str, b: &str) -> bool {
    a.to_lowercase() == b.to_lowercase()
}

/// Why a change of the lexicon does not apply.
#[derive(Debug, thiserror::Error)]
pub enum LexiconError {
    /// The file is not valid TOML.
    #[error("lexicon.toml is not TOML, so its groups cannot be changed")]
    NotToml(#[from] TomlError),
    /// The groups are written in another way.
    #[error(
        "the groups of lexicon.toml are not sections that start with [[group]] and have `terms`"
    )]
    NoSections,
    /// A group needs two terms.
    #[error("give at least two terms that mean the same, or one that has synonyms already")]
    TooFew,
    /// The terms are in different groups.
    #[error(
        "these terms are in two groups, of `{first}` and of `{second}`: remove them from one first"
    )]
    SeveralGroups {
        /// The first term of one group.
        first: String,
        /// The first term of the other.
        second: String,
    },
    /// No group has this term.
    #[error("no group of the lexicon has `{term}`")]
    Unknown {
        /// The term.
        term: String,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    const LEXICON: &str = "# Names.\n[[group]]\nterms = [\"pla\", \"chinese army\"] # ours\n\n# Places.\n[[group]]\nterms = [\n  \"un\", # short\n  \"united nations\",\n]\n";

    fn terms(terms: &[&str]) -> Vec<String> {
        terms.iter().map(|term| (*term).to_owned()).collect()
    }

    fn add(lexicon: &str, added: &[&str]) -> Result<String, String> {
        LexiconPatch::Add(terms(added)).apply(lexicon).map_err(|error| error.to_string())
    }

    fn remove(lexicon: &str, removed: &[&str]) -> Result<String, String> {
        LexiconPatch::Remove(terms(removed)).apply(lexicon).map_err(|error| error.to_string())
    }

    #[test]
    fn terms_join_the_group_of_one_of_them_or_make_a_new_one() {
        let joined = LEXICON.replace("army\"]", "army\", \"red army\"]");
        assert_eq!(add(LEXICON, &["PLA", "red army", "Red Army"]), Ok(joined));
        let joined = LEXICON.replace("\"united nations\",\n", "\"united nations\",\n  \"u.n.\",\n");
        assert_eq!(add(LEXICON, &["u.n.", "un"]), Ok(joined));
        let new = "[[group]]\nterms = [\"e.g.\", \"for instance\"]\n";
        assert_eq!(add(LEXICON, &["e.g.", "for instance"]), Ok(format!("{LEXICON}\n{new}")));
        assert_eq!(add("", &["e.g.", "for instance"]), Ok(new.to_owned()));
        assert_eq!(add(LEXICON, &["pla", "chinese army"]), Ok(LEXICON.to_owned()));
        let crlf = LEXICON.replace('\n', "\r\n");
        let added = add(&crlf, &["a", "b"]).unwrap();
        assert!(added.starts_with(&crlf) && !added.replace("\r\n", "").contains('\n'), "{added:?}");
        assert!(add(&crlf, &["un", "b"]).unwrap().contains("  \"b\",\r\n]"));
    }

    #[test]
    fn terms_leave_their_group_and_a_group_of_one_goes() {
        let left = LEXICON.replace("\"pla\", ", "");
        // One term is no group.
        let without_first = "# Names.\n# Places.\n";
        assert!(remove(LEXICON, &["pla"]).unwrap().starts_with(without_first), "{left}");
        let without_last = LEXICON.split("[[group]]\nterms = [\n").next().unwrap().trim_end();
        assert_eq!(remove(LEXICON, &["UN"]), Ok(format!("{without_last}\n")));
        let three = add(LEXICON, &["pla", "red army"]).unwrap();
        assert_eq!(remove(&three, &["red army"]), Ok(LEXICON.to_owned()));
    }

    #[test]
    fn change_that_does_not_apply_says_why() {
        let rows = [
            (add(LEXICON, &["one"]), "at least two"),
            (add(LEXICON, &["pla", "un"]), "in two groups, of `pla` and of `un`"),
            (remove(LEXICON, &["pla", "nato"]), "has `nato`"),
            (add("group = 3", &["a", "b"]), "[[group]]"),
            (add("[[group]]\nwords = []", &["a", "b"]), "`terms`"),
            (add("[[group", &["a", "b"]), "not TOML"),
        ];
        for (result, want) in rows {
            let error = result.unwrap_err();
            assert!(error.contains(want), "{error}");
        }
    }

    #[test]
    fn change_has_the_groups_that_differ() {
        let after = add(LEXICON, &["pla", "red army"]).unwrap();
        let change = lexicon_change(LEXICON, &after).unwrap();
        assert_eq!(change.id, "lexicon.toml");
        let (before, after_text) = (change.before.unwrap(), change.after.unwrap());
        assert!(before.contains("pla") && !before.contains("united"), "{before}");
        assert!(after_text.contains("red army"), "{after_text}");
        assert_eq!(lexicon_change(LEXICON, &format!("# Other.\n{LEXICON}")), None);
        assert_eq!(lexicon_change("", LEXICON).unwrap().before, Some(String::new()));
    }
}
