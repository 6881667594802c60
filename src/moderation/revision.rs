//! A revision: one recorded change of one entry, of the lexicon, or of a setting.

use crate::conversation::{PrincipalId, Timestamp};
use crate::knowledge::EntryChange;
use crate::knowledge::patch::{Hunk, LEXICON_ID, group_texts};

/// One change of one entry, or of the lexicon or of a setting as if it were one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revision {
    /// What it is a revision of.
    pub subject: Subject,
    /// The entry's id, [`LEXICON_ID`], or the name of the setting.
    pub entry: String,
    /// When it was changed.
    pub at: Timestamp,
    /// The author of the change.
    pub by: RevisionAuthor,
    /// The author's reason.
    pub reason: Option<String>,
    /// The entry's TOML before; `None` if it is new. Of the lexicon, the groups that change. Of a setting, its value as JSON;
    /// `None` if that of the configuration applied.
    pub before: Option<String>,
    /// The entry's TOML after; `None` if it was removed.
    pub after: Option<String>,
    /// The change of the file, of this entry and those that were changed with it, to take it back byte for byte;
    /// `None` if it is unknown or long.
    pub hunk: Option<Hunk>,
}

impl Revision {
    /// A change of an entry of `pack` in its file, by nobody known.
    pub fn by_file(pack: &str, change: EntryChange, at: Timestamp) -> Self {
        Self::new(Subject::Pack(pack.to_owned()), change, at)
    }

    /// A change of what `subject` is, by nobody known.
    pub fn new(subject: Subject, change: EntryChange, at: Timestamp) -> Self {
        Self {
            subject,
            entry: change.id,
            at,
            by: RevisionAuthor::File,
            reason: None,
            before: change.before,
            after: change.after,
            hunk: None,
        }
    }
}

/// What revisions are of: each has a history of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// The pack with this name.
    Pack(String),
    /// The settings of the space with this name.
    Settings(String),
}

/// Stands before the name of a space in the [id](Subject::id) of its settings. No pack has a name with a slash, since packs
/// are called like their folders.
const SETTINGS: &str = "settings/";

impl Subject {
    /// Its id, which is in the database: of a pack its name.
    pub fn id(&self) -> String {
        match self {
            Self::Pack(name) => name.clone(),
            Self::Settings(space) => format!("{SETTINGS}{space}"),
        }
    }

    /// The one with this id.
    pub fn with_id(id: &str) -> Self {
        match id.strip_prefix(SETTINGS) {
            Some(space) => Self::Settings(space.to_owned()),
            None => Self::Pack(id.to_owned()),
        }
    }
}

/// The author of a revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RevisionAuthor {
    /// A user in chat.
    User(PrincipalId),
    /// Somebody at the terminal, by the name that they gave.
    Terminal(String),
    /// An unknown editor of the file.
    File,
}

impl RevisionAuthor {
    /// The name, or the id of a user; `None` for an unknown editor of the file.
    pub fn name(&self) -> Option<&str> {
        match self {
            Self::User(user) => Some(user.as_str()),
            Self::Terminal(name) => Some(name),
            Self::File => None,
        }
    }
}

/// How many of the `latest` revisions of an entry, the newest first, have made `change` of what was served before: several if
/// edits came close together. The latest alone if the others are not among them; none if that is not what is served now.
pub fn n_revisions_of<'r>(
    change: &EntryChange,
    latest: impl IntoIterator<Item = &'r Revision>,
) -> usize {
    let is_lexicon = change.id == LEXICON_ID;
    // Of the lexicon, a change has the groups that differ.
    let parts = |text: &Option<String>| -> Vec<Option<String>> {
        if is_lexicon {
            group_texts(text.as_deref().unwrap_or_default()).into_iter().map(Some).collect()
        } else {
            vec![text.clone()]
        }
    };
    let served = parts(&change.before);
    // What the revisions have to explain: what is gone, and what is new.
    let (mut gone, mut new) = (served.clone(), parts(&change.after));
    let mut latest = latest.into_iter().enumerate().peekable();
    let n_without_others = usize::from(
        latest.peek().is_some_and(|(_, latest)| is_lexicon || latest.after == change.after),
    );
    for (number, revision) in latest.take_while(|_| n_without_others > 0) {
        let (before, after) = (parts(&revision.before), parts(&revision.after));
        new.retain(|part| !after.contains(part));
        gone.retain(|part| !before.contains(part));
        new.extend(before.into_iter().filter(|part| !served.contains(part)));
        if gone.is_empty() && new.is_empty() {
            return number + 1;
        }
    }
    n_without_others
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: &str, before: Option<&str>, after: Option<&str>) -> EntryChange {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        EntryChange { id: id.to_owned(), before: owned(before), after: owned(after) }
    }

    /// The revisions of the entry `id` with these texts before and after.
    fn revisions(id: &str, texts: &[(Option<&str>, Option<&str>)]) -> Vec<Revision> {
        let revision = |(before, after): &(Option<&str>, Option<&str>)| {
            Revision::by_file("p", change(id, *before, *after), Timestamp::from_millis(0))
        };
        texts.iter().map(revision).collect()
    }

    #[test]
    fn subject_is_found_by_its_id() {
        let [pack, settings] =
            [Subject::Pack, Subject::Settings].map(|of| of("settings".to_owned()));
        for subject in [pack, settings] {
            assert_eq!(Subject::with_id(&subject.id()), subject);
        }
    }

    #[test]
    fn revisions_since_the_served_state_of_an_entry_are_counted() {
        let latest = [(Some("b"), Some("c")), (Some("a"), Some("b")), (None, Some("a"))];
        let latest = revisions("e", &latest);
        for (before, after, want) in [
            (Some("b"), Some("c"), 1),
            (Some("a"), Some("c"), 2),
            (None, Some("c"), 3),
            // One that is not recorded any more.
            (Some("x"), Some("c"), 1),
            (Some("a"), Some("b"), 0),
        ] {
            assert_eq!(n_revisions_of(&change("e", before, after), &latest), want, "{before:?}");
        }
        assert_eq!(n_revisions_of(&change("e", None, Some("c")), &[]), 0);
        let removed = revisions("e", &[(Some("a"), None)]);
        assert_eq!(n_revisions_of(&change("e", Some("a"), None), &removed), 1);
    }

    #[test]
    fn revisions_since_the_served_groups_of_the_lexicon_are_counted() {
        let group = |term: &str| format!("[[group]]\nterms = [\n  \"{term}\",\n\n  \"z\",\n]");
        let [one, changed, other] = ["one", "changed", "other"].map(group);
        let both = format!("{changed}\n\n{other}");
        let latest =
            [(Some(&*one), Some(&*changed)), (Some(""), Some(&*other)), (Some(""), Some(&*one))];
        let latest = revisions(LEXICON_ID, &latest);
        for (before, after, want) in
            [(&*one, &*changed, 1), (&one, &both, 2), ("", &both, 3), ("", &changed, 3)]
        {
            let change = change(LEXICON_ID, Some(before), Some(after));
            assert_eq!(n_revisions_of(&change, &latest), want, "{before:?} {after:?}");
        }
    }
}
