//! [`InvalidValue`]: a setting whose value is out of range.

/// A setting whose value is out of range.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvalidValue {
    /// The key in its section.
    pub key: &'static str,
    /// The index in the list, from 0, if the value is a list item.
    pub item: Option<usize>,
    /// The value as it is written in the configuration.
    pub value: String,
    /// The valid values, in English.
    pub range: &'static str,
}

impl InvalidValue {
    /// The `value` of `key`, unless it `is_valid`.
    pub fn unless(
        is_valid: bool,
        key: &'static str,
        value: impl ToString,
        range: &'static str,
    ) -> Option<Self> {
        (!is_valid).then(|| Self { key, item: None, value: value.to_string(), range })
    }

    /// The `value` of `key`, unless it is a probability above 0.0.
    pub fn unless_probability(key: &'static str, value: f64) -> Option<Self> {
        Self::unless(value > 0.0 && value <= 1.0, key, value, "above 0 and at most 1")
    }

    /// The `value` of `key`, unless it is 1 or more.
    pub fn unless_positive(key: &'static str, value: u32) -> Option<Self> {
        Self::unless(value >= 1, key, value, "at least 1")
    }
}
