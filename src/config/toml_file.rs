//! [`TomlFile`]: the configuration file, with line and column of every value.

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

/// Name of this layer in figment's metadata.
pub(super) const LAYER: &str = "file";

/// Syntax errors that are reported; later ones mostly follow from the first ones.
const MAX_SYNTAX_ERRORS: usize = 5;

/// The configuration file.
#[derive(Clone)]
pub(super) struct TomlFile {
    path: PathBuf,
    values: Dict,
    /// Line and column of each key, and of each item of a list.
    positions: BTreeMap<Key, (usize, usize)>,
}

impl TomlFile {
    /// Reads the file at `path`. If it is not TOML, it has no values, and `problems` says why.
    pub(super) fn read(path: &Path, problems: &mut Vec<Problem>) -> Self {
        let empty = Self { path: path.to_owned(), values: Dict::new(), positions: BTreeMap::new() };
        match std::fs::read(path).map(String::from_utf8) {
            Ok(Ok(text)) => empty.parse(&text, problems),
            Ok(Err(error)) => {
                let valid = error.utf8_error().valid_up_to();
                let text = String::from_utf8_lossy(error.as_bytes());
                let position = LineIndex::new(&text).line_and_column(valid);
                problems.push(Problem::new(empty.at(position), ProblemKind::NotUtf8));
                empty
            }
            Err(source) => {
                problems.push(empty.unreadable(source));
                empty
            }
        }
    }

    fn unreadable(&self, source: io::Error) -> Problem {
        Problem::without_origin(ProblemKind::Unreadable { path: self.path.clone(), source })
    }

    fn parse(mut self, text: &str, problems: &mut Vec<Problem>) -> Self {
        let lines = LineIndex::new(text);
        let (table, errors) = DeTable::parse_recoverable(text);
        for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
            let position = lines.line_and_column(error.span().unwrap_or_default().start);
            let message = error.message().split_whitespace().collect::<Vec<_>>().join(" ");
            problems.push(Problem::new(self.at(position), ProblemKind::NotToml { message }));
        }
        if errors.is_empty() {
            match toml::from_str(text) {
                Ok(values) => self.values = values,
                // Numbers beyond 64 bits are valid TOML, but cannot be represented.
                Err(error) => {
                    let position = lines.line_and_column(error.span().unwrap_or_default().start);
                    let message = error.message().to_owned();
                    problems
                        .push(Problem::new(self.at(position), ProblemKind::NotToml { message }));
                }
            }
            self.index_table(&Key::root(), table.get_ref(), &lines);
        }
        self
    }

    fn index_table(&mut self, at: &Key, table: &DeTable<'_>, lines: &LineIndex<'_>) {
        for (name, value) in table {
            let key = at.child(name.get_ref().as_ref());
            self.positions.insert(key.clone(), lines.line_and_column(name.span().start));
            self.index_value(&key, value, lines);
        }
    }

    fn index_value(&mut self, key: &Key, value: &Spanned<DeValue<'_>>, lines: &LineIndex<'_>) {
        match value.get_ref() {
            DeValue::Table(table) => self.index_table(key, table, lines),
            DeValue::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let key = key.child(number.to_string());
                    self.positions.insert(key.clone(), lines.line_and_column(item.span().start));
                    self.index_value(&key, item, lines);
                }
            }
            _ => {}
        }
    }

    /// The position of `key`, or of the innermost section that exists.
    pub(super) fn origin(&self, key: &Key) -> Origin {
        let mut at = Some(key.clone());
        while let Some(key) = at {
            if let Some(position) = self.positions.get(&key) {
                return self.at(*position);
            }
            at = key.parent();
        }
        self.at((1, 1))
    }

    /// The origin at a line and column.
    fn at(&self, (line, column): (usize, usize)) -> Origin {
        Origin::File { path: self.path.clone(), line, column }
    }

    /// The folder that contains the file.
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
