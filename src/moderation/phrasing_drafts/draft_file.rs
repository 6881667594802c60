//! The file in which drafts wait for a person.

use serde::Deserialize;

use crate::knowledge::toml_text::plain;

/// The drafts of a pack, by entry.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DraftFile {
    /// The entries that drafts were made for, in their order. An entry without drafts is not asked for
    /// again.
    #[serde(default, rename = "entry")]
    pub entries: Vec<EntryDrafts>,
}

/// The drafts of an entry.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EntryDrafts {
    /// The id of the entry.
    pub id: String,
    /// Its question, for whoever reads the file.
    #[serde(default)]
    pub question: String,
    /// The drafts that are left.
    #[serde(default)]
    pub variants: Vec<String>,
}

/// Why a file of drafts cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("it is not a file of drafts")]
pub struct DraftFileError(#[from] toml::de::Error);

impl DraftFile {
    /// Reads a file.
    ///
    /// # Errors
    /// [`DraftFileError`] if it is not TOML, or has other keys.
    pub fn parse(text: &str) -> Result<Self, DraftFileError> {
        Ok(toml::from_str(text)?)
    }

    /// The text of the file, for the pack in `folder`.
    pub fn to_toml(&self, folder: &str) -> String {
        let mut toml = format!(
            "# Phrasings that a language model has drafted. quoth does not use them. Remove those that nobody\n\
             # would ask, or that the entry does not answer, then take over the rest:\n\
             #\n\
             #     quoth phrasings {folder} --accept           of all entries\n\
             #     quoth phrasings {folder} --accept ID ...    of these entries\n\
             #\n\
             # An entry without drafts stays here, so that no drafts are made for it again. Other comments are\n\
             # not kept.\n"
        );
        for EntryDrafts { id, question, variants } in &self.entries {
            let lines: String =
                variants.iter().map(|text| format!("  {},\n", plain(text))).collect();
            let list = if lines.is_empty() { "[]".to_owned() } else { format!("[\n{lines}]") };
            let (id, question) = (plain(id), plain(question));
            toml.push_str(&format!(
                "\n[[entry]]\nid = {id}\nquestion = {question}\nvariants = {list}\n"
            ));
        }
        toml
    }

    /// Whether drafts were made for the entry `id`.
    pub fn has(&self, id: &str) -> bool {
        self.entries.iter().any(|entry| entry.id == id)
    }

    /// How many drafts there are.
    pub fn n_drafts(&self) -> usize {
        self.entries.iter().map(|entry| entry.variants.len()).sum()
    }

    /// The ids of the entries.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().map(|entry| entry.id.as_str())
    }

    /// Adds the drafts `kept` for the entry `id` with this question.
    pub fn add(&mut self, id: &str, question: &str, kept: Vec<String>) {
        match self.entries.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => entry.variants.extend(kept),
            None => self.entries.push(EntryDrafts {
                id: id.to_owned(),
                question: question.to_owned(),
                variants: kept,
            }),
        }
    }

    /// Removes the drafts of the entries whose id `is_taken`, and returns them.
    pub(super) fn take(&mut self, is_taken: impl Fn(&str) -> bool) -> Vec<(String, Vec<String>)> {
        let taken = self.entries.iter_mut().filter(|entry| is_taken(&entry.id));
        let taken = taken.map(|entry| (entry.id.clone(), std::mem::take(&mut entry.variants)));
        taken.filter(|(_, variants)| !variants.is_empty()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drafts_are_added_read_as_they_were_written_and_taken_by_entry() {
        let drafts = |id: &str, variants: &[&str]| EntryDrafts {
            id: id.to_owned(),
            question: "When \"is\" it?".to_owned(),
            variants: variants.iter().map(|it| (*it).to_owned()).collect(),
        };
        let mut file = DraftFile::default();
        for (id, variants) in
            [("a", &["wann \\ \"x\"?"][..]), ("b", &[]), ("c", &["three"]), ("a", &["two"])]
        {
            let EntryDrafts { id, question, variants } = drafts(id, variants);
            file.add(&id, &question, variants);
        }
        let entries =
            [drafts("a", &["wann \\ \"x\"?", "two"]), drafts("b", &[]), drafts("c", &["three"])];
        assert_eq!(file.entries, entries);
        assert_eq!(DraftFile::parse(&file.to_toml("p")).unwrap(), file);
        assert_eq!((file.n_drafts(), file.has("b"), file.has("d")), (3, true, false));
        let taken = file.take(|id| id != "c");
        assert_eq!(taken, [("a".to_owned(), vec!["wann \\ \"x\"?".to_owned(), "two".to_owned()])]);
        assert_eq!((file.n_drafts(), file.has("a")), (1, true));
        assert_eq!(file.take(|_| true), [("c".to_owned(), vec!["three".to_owned()])]);
        for text in ["[[entry", "x = 1", "[[entry]]\nvariants = []"] {
            assert!(DraftFile::parse(text).is_err(), "{text}");
        }
    }
}
