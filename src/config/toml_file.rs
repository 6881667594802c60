//! The configuration file: its values for figment, and where each of them stands.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use figment::value::{Dict, Map};
use figment::{Metadata, Profile, Provider};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::error::Problem;
use super::key::Key;
use super::origin::Origin;
use super::problem_kind::ProblemKind;
use crate::knowledge::LineIndex;

/// How figment's notes name this layer.
pub(super) const LAYER: &str = "file";

/// How many syntax errors are reported; the first ones explain the rest.
const MAX_SYNTAX_ERRORS: usize = 5;

/// The configuration file.
#[derive(Clone)]
pub(super) struct TomlFile {
    path: PathBuf,
    values: Dict,
    /// Line and column of each key, and of each item of a list.
    places: BTreeMap<Key, (usize, usize)>,
}

impl TomlFile {
    /// Reads the file at `path`. What is no TOML is no value, and goes to `problems`.
    pub(super) fn read(path: &Path, problems: &mut Vec<Problem>) -> Self {
        let empty = Self { path: path.to_owned(), values: Dict::new(), places: BTreeMap::new() };
        match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => empty.parse(&text, problems),
            Ok(Err(error)) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                let place = LineIndex::new(&text).line_and_column(valid);
                problems.push(Problem::new(empty.at(place), ProblemKind::NotUtf8));
                empty
            }
            Err(source) => {
                problems.push(empty.unreadable(source));
                empty
            }
        }
    }

    fn unreadable(&self, source: io::Error) -> Problem {
        Problem::nowhere(ProblemKind::Unreadable { path: self.path.clone(), source })
    }

    fn parse(mut self, text: &str, problems: &mut Vec<Problem>) -> Self {
        let lines = LineIndex::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
            let place = lines.line_and_column(error.span().unwrap_or_default().start);
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            problems.push(Problem::new(self.at(place), ProblemKind::NotToml { message }));
        }
        if errors.is_empty() {
            match toml::from_str(text) {
                Ok(values) => self.values = values,
                // Numbers beyond 64 bits are TOML, and yet no values.
                Err(error) => {
                    let place = lines.line_and_column(error.span().unwrap_or_default().start);
                    let message = error.message().to_owned();
                    problems.push(Problem::new(self.at(place), ProblemKind::NotToml { message }));
                }
            }
            self.place_table(&Key::root(), table.get_ref(), &lines);
        }
        self
    }

    fn place_table(&mut self, at: &Key, table: &DeTable<'_>, lines: &LineIndex<'_>) {
        for (name, value) in table {
            let key = at.child(name.get_ref().as_ref());
            self.places.insert(key.clone(), lines.line_and_column(name.span().start));
            self.place_within(&key, value, lines);
        }
    }

    fn place_within(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, lines: &LineIndex<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => self.place_table(key, table, lines),
            DeValue::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let key = key.child(number.to_string());
                    self.places.insert(key.clone(), lines.line_and_column(item.span().start));
                    self.place_within(&key, item, lines);
                }
            }
            _ => {}
        }
    }

    /// Where `key` stands, or else what holds it.
    pub(super) fn origin(&self, key: &Key) -> Origin {
        let mut at = Some(key.clone());
        while let Some(key) = at {
            if let Some(place) = self.places.get(&key) {
                return self.at(*place);
            }
            at = key.parent();
        }
        self.at((1, 1))
    }

    fn at(&self, (line, column): (usize, usize)) -> Origin {
        Origin::File { path: self.path.clone(), line, column }
    }

    /// The folder of the file.
    pub(super) fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

impl Provider for TomlFile {
    fn metadata(&self) -> Metadata {
        Metadata::from(LAYER, self.path.as_path())
    }

    fn data(&self) -> Result<Map<Profile, Dict>, figment::Error> {
        Ok(Profile::Default.collect(self.values.clone()))
    }
}
