//! Which fields of a record are its question, its answer and so on.

use super::field_names::{self, Field};

/// The names of fields as given by the user; usual names are recognized for the others.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FieldChoice {
    names: Vec<(Field, String)>,
}

impl FieldChoice {
    /// The same with the field `field` in the column or key `name`.
    #[must_use]
    pub fn with(mut self, field: Field, name: &str) -> Self {
        self.names.push((field, name.trim().to_lowercase()));
        self
    }

    /// Whether the user has named this field.
    pub(super) fn is_named(&self, field: Field) -> bool {
        self.names.iter().any(|(named, _)| *named == field)
    }

    /// The position of the field among `names`.
    pub(super) fn position<'a>(
        &self,
        field: Field,
        names: impl Iterator<Item = &'a str> + Clone,
    ) -> Option<usize> {
        let Some((_, wanted)) = self.names.iter().find(|(named, _)| *named == field) else {
            let is_taken = |name: &str| {
                self.names.iter().any(|(_, other)| *other == name.trim().to_lowercase())
            };
            let free = names.map(|name| if is_taken(name) { "" } else { name });
            return field_names::find(field, free);
        };
        names.clone().position(|name| name.trim().to_lowercase() == *wanted)
    }

    /// The position of the field in a map.
    pub(super) fn find<T>(&self, field: Field, map: &[(String, T)]) -> Option<usize> {
        self.position(field, map.iter().map(|(key, _)| key.as_str()))
    }

    /// The same, not at the position `except`.
    pub(super) fn find_except<T>(
        &self,
        field: Field,
        map: &[(String, T)],
        except: usize,
    ) -> Option<usize> {
        self.find_where(field, map, |idx, _| idx != except)
    }

    /// The same, among the fields that `is_free` accepts by position and value.
    pub(super) fn find_where<T>(
        &self,
        field: Field,
        map: &[(String, T)],
        is_free: impl Fn(usize, &T) -> bool,
    ) -> Option<usize> {
        let names = map.iter().enumerate();
        let names = names
            .map(|(idx, (key, value))| if is_free(idx, value) { key.as_str() } else { "" })
            .collect::<Vec<_>>();
        self.position(field, names.into_iter())
    }

    /// The names that the user gave and that are not among `names`.
    pub(super) fn missing<'a>(&self, names: impl Iterator<Item = &'a str> + Clone) -> Vec<&str> {
        let has = |wanted: &str| names.clone().any(|name| name.trim().to_lowercase() == wanted);
        self.names.iter().map(|(_, name)| name.as_str()).filter(|name| !has(name)).collect()
    }
}
