//! Changes of the groups of `lexicon.toml` that leave the rest of the file as it is.

use toml_edit::{Array, Document, DocumentMut, InlineTable, Item, Table, TomlError, Value};

use super::sections::{Section, group_section};
use super::{
    EntryChange, remove as remove_section, text_list, with_last_line_break, with_line_ends_of,
};
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
        match self {
            Self::Add(terms) => add(lexicon, &distinct(terms)),
            Self::Remove(terms) => remove(lexicon, &distinct(terms)),
        }
    }
}

/// What stands for the lexicon where a change has the id of an entry. No entry has it, since ids have no white space.
pub const LEXICON_ID: &str = "lexicon.toml (synonyms)";

/// The id in a history that `id` stands for: that of an entry, or of the lexicon by the name of its file.
pub fn history_id(id: &str) -> &str {
    if id == LEXICON_FILE { LEXICON_ID } else { id }
}

/// How `lexicon.toml` changes from `before` to `after`, as a change of an entry with [`LEXICON_ID`]: the groups that only one
/// of the two has. `None` if both have the same. A file that is not TOML has no groups.
pub fn lexicon_change(before: &str, after: &str) -> Option<EntryChange> {
    let [old, new] = [before, after].map(group_texts);
    let only = |these: &[String], others: &[String]| {
        let only: Vec<&str> =
            these.iter().filter(|group| !others.contains(group)).map(String::as_str).collect();
        only.join("\n\n")
    };
    let (before, after) = (only(&old, &new), only(&new, &old));
    (before != after).then(|| EntryChange {
        id: LEXICON_ID.to_owned(),
        before: Some(before),
        after: Some(after),
    })
}

/// The text of `lexicon.toml` in which the groups `after` are as they were `before`, both as [`lexicon_change`] has them. Of a
/// group that has changed since, only the terms that the change has brought or taken are. `None` if that does not fit: such
/// a group is gone, or its terms are in another one.
///
/// # Errors
/// [`LexiconError`] if the groups of the file cannot be read.
pub fn restore_groups(
    lexicon: &str,
    before: &str,
    after: &str,
) -> Result<Option<String>, LexiconError> {
    groups(lexicon)?;
    // Groups that were written as one array cannot be edited.
    let (Ok(mut old), Ok(new)) = (groups(before), groups(after)) else { return Ok(None) };
    let mut restored = lexicon.to_owned();
    for new in new {
        let of_same = old.iter().position(|old| old.shares_a_term(&new.terms));
        let old = of_same.map(|at| old.remove(at));
        let Some(next) = restore_group(&restored, old.as_ref(), &new)? else { return Ok(None) };
        restored = next;
    }
    for group in old {
        if groups(&restored)?.iter().any(|it| it.shares_a_term(&group.terms)) {
            return Ok(None);
        }
        restored = append(&restored, &group.text);
    }
    Ok(Some(restored))
}

/// How many terms are in more than one group.
pub fn n_shared_terms(lexicon: &str) -> usize {
    let groups = groups(lexicon).unwrap_or_default();
    let is_shared = |term: &&String| groups.iter().filter(|it| has(&it.terms, term)).count() > 1;
    groups.iter().flat_map(|group| &group.terms).filter(is_shared).count()
}

/// The groups of `lexicon` that share a term with `groups`, which are like those of a change: for people.
pub fn groups_like(lexicon: &str, change: &str) -> String {
    let terms: Vec<String> =
        groups(change).unwrap_or_default().into_iter().flat_map(|group| group.terms).collect();
    let found = groups(lexicon).unwrap_or_default().into_iter();
    let found = found.filter(|group| group.shares_a_term(&terms)).map(|group| group.text);
    found.collect::<Vec<_>>().join("\n\n")
}

/// A group in the file.
struct Group {
    section: Section,
    /// From `[[group]]` on, to the end of its last value.
    text: String,
    terms: Vec<String>,
}

impl Group {
    fn shares_a_term(&self, terms: &[String]) -> bool {
        self.terms.iter().any(|term| has(terms, term))
    }
}

fn groups(lexicon: &str) -> Result<Vec<Group>, LexiconError> {
    let document = Document::parse(lexicon)?;
    let tables = match document.get("group") {
        None => return Ok(Vec::new()),
        Some(Item::ArrayOfTables(tables)) => tables,
        Some(_) => return Err(LexiconError::NoSections),
    };
    let group = |table: &Table| {
        let section = group_section(lexicon, table)?;
        let text = lexicon.get(section.span.clone())?.trim_end().to_owned();
        let terms = table.get("terms")?.as_array()?;
        let terms = terms.iter().filter_map(|term| Some(term.as_str()?.to_owned())).collect();
        Some(Group { section, text, terms })
    };
    tables.iter().map(|table| group(table).ok_or(LexiconError::NoSections)).collect()
}

/// The text of each group, also of those that are written as one array; none of a file that is not TOML.
pub fn group_texts(lexicon: &str) -> Vec<String> {
    if let Ok(groups) = groups(lexicon) {
        return groups.into_iter().map(|group| group.text).collect();
    }
    let Ok(document) = Document::parse(lexicon) else { return Vec::new() };
    let array = document.get("group").and_then(Item::as_array);
    let tables = array.into_iter().flatten().filter_map(Value::as_inline_table);
    let text = |table: &InlineTable| lexicon.get(table.span()?).map(str::to_owned);
    tables.filter_map(text).collect()
}

fn add(lexicon: &str, terms: &[String]) -> Result<String, LexiconError> {
    let groups = groups(lexicon)?;
    let having: Vec<&Group> = groups.iter().filter(|group| group.shares_a_term(terms)).collect();
    match *having {
        [] if terms.len() < 2 => Err(LexiconError::TooFew),
        [] => {
            let listed: Vec<String> = terms.iter().map(|term| plain(term)).collect();
            Ok(append(lexicon, &format!("[[group]]\nterms = [{}]", listed.join(", "))))
        }
        [group] => edit(lexicon, group, |list| {
            for term in terms.iter().filter(|term| !has(&group.terms, term)) {
                text_list::insert(list, list.len(), term);
            }
        }),
        [first, second, ..] => Err(LexiconError::SeveralGroups {
            first: first.terms.join(", "),
            second: second.terms.join(", "),
        }),
    }
}

fn remove(lexicon: &str, terms: &[String]) -> Result<String, LexiconError> {
    let groups = groups(lexicon)?;
    let is_in_a_group = |term: &&String| groups.iter().any(|group| has(&group.terms, term));
    if let Some(term) = terms.iter().find(|term| !is_in_a_group(term)) {
        return Err(LexiconError::Unknown { term: term.clone() });
    }
    let mut changed = lexicon.to_owned();
    // From the last one on, so that the places of those before it stay.
    for group in groups.iter().rev().filter(|group| group.shares_a_term(terms)) {
        let left: Vec<String> =
            group.terms.iter().filter(|term| !has(terms, term)).cloned().collect();
        changed = if left.len() < 2 {
            remove_section(&changed, &group.section)
        } else {
            edit(&changed, group, |list| text_list::set(list, &left))?
        };
    }
    Ok(changed)
}

/// The file in which the group `new` is again what it was, `old`; no group if there was none.
fn restore_group(
    lexicon: &str,
    old: Option<&Group>,
    new: &Group,
) -> Result<Option<String>, LexiconError> {
    let groups = groups(lexicon)?;
    if let Some(group) = groups.iter().find(|group| group.text == new.text) {
        return Ok(Some(match old {
            Some(old) => replace(lexicon, group, &old.text),
            None => remove_section(lexicon, &group.section),
        }));
    }
    let Some(old) = old else { return Ok(None) };
    let without = |these: &[String], others: &[String]| -> Vec<String> {
        these.iter().filter(|term| !has(others, term)).cloned().collect()
    };
    let (brought, taken) = (without(&new.terms, &old.terms), without(&old.terms, &new.terms));
    let kept = without(&old.terms, &taken);
    let same: Vec<&Group> = groups.iter().filter(|group| group.shares_a_term(&kept)).collect();
    let [group] = *same else { return Ok(None) };
    let mut terms = without(&group.terms, &brought);
    let missing = without(&taken, &terms);
    if groups.iter().any(|other| other.shares_a_term(&missing)) || terms.len() + missing.len() < 2 {
        return Ok(None);
    }
    terms.extend(missing);
    edit(lexicon, group, |list| text_list::set(list, &terms)).map(Some)
}

/// The file with `group`, the text of one, at its end.
fn append(lexicon: &str, group: &str) -> String {
    let break_line = if lexicon.is_empty() || lexicon.ends_with('\n') { "" } else { "\n" };
    let blank_line = if lexicon.trim().is_empty() { "" } else { "\n" };
    let group = format!("{break_line}{blank_line}{}", with_last_line_break(group));
    format!("{lexicon}{}", with_line_ends_of(lexicon, group))
}

/// The file with `text` in the place of `group`.
fn replace(lexicon: &str, group: &Group, text: &str) -> String {
    let mut replaced = lexicon.to_owned();
    let text = with_line_ends_of(lexicon, with_last_line_break(text));
    replaced.replace_range(group.section.span.clone(), &text);
    replaced
}

/// The file with the terms of `group` changed, which is cut out for that and put back.
fn edit(
    lexicon: &str,
    group: &Group,
    change: impl FnOnce(&mut Array),
) -> Result<String, LexiconError> {
    let span = group.section.span.clone();
    let old = lexicon.get(span.clone()).unwrap_or_default();
    let mut document: DocumentMut = old.replace("\r\n", "\n").parse()?;
    let groups = document.get_mut("group").and_then(Item::as_array_of_tables_mut);
    let terms = groups.and_then(|groups| groups.get_mut(0)).and_then(|it| it.get_mut("terms"));
    change(terms.and_then(Item::as_array_mut).ok_or(LexiconError::NoSections)?);
    let mut changed = lexicon.to_owned();
    changed.replace_range(span, &with_line_ends_of(old, document.to_string()));
    Ok(changed)
}

/// Each term once, on one line, without the commas and quotation marks that people put around it.
fn distinct(terms: &[String]) -> Vec<String> {
    let mut distinct: Vec<String> = Vec::with_capacity(terms.len());
    for term in terms {
        let is_around = |c: char| c.is_whitespace() || ",\"“”„«»".contains(c);
        let term = term.trim_matches(is_around);
        let term = term.split_whitespace().collect::<Vec<_>>().join(" ");
        if !term.is_empty() && !has(&distinct, &term) {
            distinct.push(term);
        }
    }
    distinct
}

/// Whether `term` is among `terms`. Letter case does not count, as in the comparison of words.
fn has(terms: &[String], term: &str) -> bool {
    terms.iter().any(|it| it.to_lowercase() == term.to_lowercase())
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
        "these terms are in two groups, “{first}” and “{second}”: remove the terms of one group, then add them to the other"
    )]
    SeveralGroups {
        /// The terms of one group.
        first: String,
        /// The terms of the other.
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

    const LEXICON: &str = "# Names.\n\n# Of armies.\n[[group]]\nterms = [\"pla\", \"chinese army\"] # ours\n\n# Places.\n[[group]]\nterms = [\n  \"un\", # short\n  \"united nations\",\n]\n";

    fn terms(terms: &[&str]) -> Vec<String> {
        terms.iter().map(|term| (*term).to_owned()).collect()
    }

    fn add(lexicon: &str, added: &[&str]) -> Result<String, String> {
        LexiconPatch::Add(terms(added)).apply(lexicon).map_err(|error| error.to_string())
    }

    fn remove(lexicon: &str, removed: &[&str]) -> Result<String, String> {
        LexiconPatch::Remove(terms(removed)).apply(lexicon).map_err(|error| error.to_string())
    }

    /// The texts in the line ends that files have: LF, CRLF, and LF behind a byte order mark.
    fn in_each_form(texts: [String; 2]) -> [[String; 2]; 3] {
        let crlf = texts.each_ref().map(|text| text.replace('\n', "\r\n"));
        let with_mark = texts.each_ref().map(|text| format!("\u{FEFF}{text}"));
        [texts, crlf, with_mark]
    }

    #[test]
    fn terms_join_the_group_of_one_of_them_or_make_a_new_one() {
        let rows: [(&[&str], String); 4] = [
            (
                &["PLA,", "red  army", "“Red Army”"],
                LEXICON.replace("army\"]", "army\", \"red army\"]"),
            ),
            (
                &["u.n.", "un"],
                LEXICON.replace("\"united nations\",\n", "\"united nations\",\n  \"u.n.\",\n"),
            ),
            (
                &["e.g.", "for\ninstance"],
                format!("{LEXICON}\n[[group]]\nterms = [\"e.g.\", \"for instance\"]\n"),
            ),
            (&["pla", "chinese army"], LEXICON.to_owned()),
        ];
        for (added, want) in rows {
            for [lexicon, want] in in_each_form([LEXICON.to_owned(), want]) {
                assert_eq!(add(&lexicon, added), Ok(want), "{added:?}");
            }
        }
        let new = "[[group]]\nterms = [\"a\", \"b\"]\n";
        assert_eq!(add("", &["a", "b"]), Ok(new.to_owned()));
        assert_eq!(add("# Ours.", &["a", "b"]), Ok(format!("# Ours.\n\n{new}")));
    }

    #[test]
    fn terms_leave_their_group_and_a_group_of_one_goes_with_its_comment() {
        let (names, places) = LEXICON.split_at(LEXICON.find("# Places.").unwrap());
        let three = LEXICON.replace("army\"]", "army\", \"red army\"]");
        let rows: [(&str, &[&str], String); 5] = [
            (&three, &["red army"], LEXICON.to_owned()),
            (LEXICON, &["pla"], format!("# Names.\n\n{places}")),
            (LEXICON, &["UN"], format!("{}\n", names.trim_end())),
            (LEXICON, &["un", "pla"], "# Names.\n".to_owned()),
            (
                &three,
                &["un", "pla"],
                three.replace("\"pla\", ", "").split("\n# Places.").next().unwrap().to_owned(),
            ),
        ];
        for (lexicon, removed, want) in rows {
            for [lexicon, want] in in_each_form([lexicon.to_owned(), want]) {
                assert_eq!(remove(&lexicon, removed), Ok(want), "{removed:?}");
            }
        }
    }

    #[test]
    fn other_line_ends_stay_as_they_are() {
        let mixed = "# Ours.\n[[group]]\r\nterms = [\"a\", \"b\"]\r\n\n[[group]]\nterms = [\"c\", \"d\", \"e\"]\n";
        assert_eq!(add(mixed, &["a", "x"]), Ok(mixed.replace("\"b\"]", "\"b\", \"x\"]")));
        assert_eq!(remove(mixed, &["e"]), Ok(mixed.replace(", \"e\"", "")));
    }

    #[test]
    fn change_that_does_not_apply_says_why() {
        let rows = [
            (add(LEXICON, &["one"]), "at least two"),
            (add(LEXICON, &["pla", "un"]), "“pla, chinese army” and “un, united nations”"),
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
        assert_eq!(change.id, LEXICON_ID);
        let (before, after_text) = (change.before.unwrap(), change.after.unwrap());
        assert!(before.contains("pla") && !before.contains("united"), "{before}");
        assert!(after_text.contains("red army"), "{after_text}");
        assert_eq!(lexicon_change(LEXICON, &format!("# Other.\n{LEXICON}")), None);
        assert_eq!(lexicon_change("", LEXICON).unwrap().before, Some(String::new()));
        let inline = "group = [{ terms = [\"a\", \"b\"] }]\n";
        let changed = lexicon_change(inline, &inline.replace('b', "c")).unwrap();
        assert_eq!(changed.after.as_deref(), Some("{ terms = [\"a\", \"c\"] }"));
    }

    /// What is left of `lexicon` when the change from `before` to `after` is taken back.
    fn restored(lexicon: &str, before: &str, after: &str) -> Option<String> {
        let change = lexicon_change(before, after).unwrap();
        restore_groups(lexicon, &change.before.unwrap(), &change.after.unwrap()).unwrap()
    }

    #[test]
    fn groups_are_restored_beside_others_and_by_their_terms_if_they_have_changed() {
        let group = |terms: &str| format!("[[group]]\nterms = [{terms}]\n");
        let [ab, abx, cd, cdx] =
            ["\"a\", \"b\"", "\"a\", \"b\", \"x\"", "\"c\", \"d\"", "\"c\", \"d\", \"x\""]
                .map(group);
        let file = |groups: &[&str]| groups.join("\n");
        let rows = [
            // Two groups that are not side by side.
            (
                file(&[&ab, &abx.replace(['a', 'b'], "z"), &cd]),
                file(&[&abx, &abx.replace(['a', 'b'], "z"), &cdx]),
            ),
            (file(&[&ab]), file(&[&ab, &cd])),
            (file(&[&ab, &cd]), file(&[&cd])),
        ];
        for (before, after) in rows {
            let back = restored(&after, &before, &after).unwrap();
            let mut sorted = [group_texts(&back), group_texts(&before)];
            sorted.iter_mut().for_each(|texts| texts.sort());
            assert_eq!(sorted[0], sorted[1], "{back}");
        }
        // Another change has come since.
        let later = file(&[&abx.replace("\"x\"", "\"x\", \"y\"")]);
        let want = file(&[&abx.replace("\"x\"", "\"y\"")]);
        assert_eq!(restored(&later, &ab, &abx), Some(want));
        // The term is in another group now, which stays.
        let moved = file(&[&ab, &cdx]);
        assert_eq!(restored(&moved, &file(&[&ab, &cd]), &file(&[&abx, &cd])), Some(moved));
        // The terms of a group that would come back are in another one.
        assert_eq!(restored(&abx, &file(&[&ab, &cd]), &cd), None);
        // The group is gone.
        assert_eq!(restored(&cd, &ab, &abx), None);
    }
}
