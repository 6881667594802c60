//! [`Key`]: the name of a setting, `http.listen` in the file, `QUOTH_HTTP__LISTEN` in the environment.

use std::fmt;

/// Prefix of environment variables that are settings.
pub(super) const PREFIX: &str = "QUOTH_";

/// Separator between the levels of a key in the name of an environment variable.
const DIVIDER: &str = "__";

/// Path to a value: sections, key and, in lists, the index from 0.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Vec<String>);

impl Key {
    /// Parses a name with dots between its levels.
    pub(super) fn new(dotted: &str) -> Self {
        Self(dotted.split('.').map(str::to_owned).collect())
    }

    /// The key of the whole configuration.
    pub(super) fn root() -> Self {
        Self(Vec::new())
    }

    /// The key that an environment variable sets, from its name without [`PREFIX`].
    pub(super) fn from_variable(name: &str) -> Self {
        Self(name.to_lowercase().split(DIVIDER).map(str::to_owned).collect())
    }

    /// The key `name` inside this one.
    pub(super) fn child(&self, name: impl Into<String>) -> Self {
        let mut parts = self.0.clone();
        parts.push(name.into());
        Self(parts)
    }

    /// The section or list that contains this key; `None` for the root.
    pub(super) fn parent(&self) -> Option<Self> {
        let (_, parts) = self.0.split_last()?;
        Some(Self(parts.to_vec()))
    }

    /// The levels, outermost first.
    pub(super) fn parts(&self) -> &[String] {
        &self.0
    }

    /// The innermost level; empty for the root.
    pub(super) fn last(&self) -> &str {
        self.0.last().map_or("", String::as_str)
    }

    /// The name with dots between its levels.
    pub fn dotted(&self) -> String {
        self.0.join(".")
    }

    /// The environment variable that sets it.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.0.join(DIVIDER).to_uppercase())
    }

    /// The section of the key, as it is written in the file; `None` at the top level.
    pub(super) fn section(&self) -> Option<String> {
        match self.parent()?.0.as_slice() {
            [] => None,
            [list, number] if is_number(number) => {
                let number: usize = number.parse().unwrap_or_default();
                Some(format!("[[{list}]] number {}", number + 1))
            }
            parts => Some(format!("[{}]", parts.join("."))),
        }
    }
}

fn is_number(part: &str) -> bool {
    !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit())
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // An item of a list is named like the list, since line and column say which one it is.
        if let (Some(list), true) = (self.parent(), is_number(self.last())) {
            return list.fmt(f);
        }
        write!(f, "`{}`", self.last())?;
        self.section().map_or(Ok(()), |section| write!(f, " in {section}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn key_is_displayed_with_its_section() {
        let cases = [
            ("data", "`data`", "QUOTH_DATA"),
            ("packs.0", "`packs`", "QUOTH_PACKS__0"),
            ("http.listen", "`listen` in [http]", "QUOTH_HTTP__LISTEN"),
            ("space.1.name", "`name` in [[space]] number 2", "QUOTH_SPACE__1__NAME"),
            ("space.0.places.3", "`places` in [[space]] number 1", "QUOTH_SPACE__0__PLACES__3"),
        ];
        for (dotted, shown, variable) in cases {
            let key = Key::new(dotted);
            assert_eq!(key.to_string(), shown);
            assert_eq!(key.variable(), variable);
            assert_eq!(Key::from_variable(variable.strip_prefix(PREFIX).unwrap()), key);
        }
    }
}
