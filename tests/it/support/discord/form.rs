//! Validates JSON objects field by field and collects errors by path, as Discord does. Undocumented
//! fields are collected separately: Discord would ignore them silently.

use serde_json::{Map, Value, json};

/// The errors and undocumented fields of a body.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Path, error code, message.
    errors: Vec<(Vec<String>, &'static str, String)>,
    /// Paths of undocumented fields.
    pub(super) unknown: Vec<String>,
}

impl Findings {
    pub(super) fn add(&mut self, path: &[String], code: &'static str, message: impl Into<String>) {
        self.errors.push((path.to_vec(), code, message.into()));
    }

    /// The tree of errors in Discord's format; `None` without errors.
    pub(super) fn errors(&self) -> Option<Value> {
        let mut tree = json!({});
        for (path, code, message) in &self.errors {
            let mut node = &mut tree;
            for key in path {
                node = &mut node[key.as_str()];
            }
            let error = json!({ "code": code, "message": message });
            match node["_errors"].as_array_mut() {
                Some(errors) => errors.push(error),
                None => node["_errors"] = json!([error]),
            }
        }
        (!self.errors.is_empty()).then_some(tree)
    }
}

/// An object that is being validated.
pub(super) struct Form<'a> {
    object: &'a Map<String, Value>,
    path: Vec<String>,
    known_keys: Vec<&'static str>,
    findings: &'a mut Findings,
}

impl<'a> Form<'a> {
    /// Validates the object `value` at `path` with `check`.
    pub(super) fn check<T>(
        value: &Value,
        path: &[String],
        findings: &mut Findings,
        check: impl FnOnce(&mut Form<'_>) -> T,
    ) -> Option<T> {
        let Some(object) = value.as_object() else {
            findings.add(
                path,
                "MODEL_TYPE_CONVERT",
                "Only dictionaries may be used in a ModelType",
            );
            return None;
        };
        let mut form = Form { object, path: path.to_vec(), known_keys: Vec::new(), findings };
        let checked = check(&mut form);
        for key in object.keys().filter(|key| !form.known_keys.contains(&key.as_str())) {
            form.findings.unknown.push(form.at(key).join("."));
        }
        Some(checked)
    }

    fn at(&self, key: &str) -> Vec<String> {
        let mut path = self.path.clone();
        path.push(key.to_owned());
        path
    }

    /// Adds an error of the field `key`.
    pub(super) fn add_error(&mut self, key: &str, code: &'static str, message: impl Into<String>) {
        let path = self.at(key);
        self.findings.add(&path, code, message);
    }

    /// The field `key`, unless it is absent or null.
    pub(super) fn field(&mut self, key: &'static str) -> Option<&'a Value> {
        self.known_keys.push(key);
        self.object.get(key).filter(|value| !value.is_null())
    }

    /// Whether the field `key` is present, possibly null.
    pub(super) fn has(&self, key: &str) -> bool {
        self.object.contains_key(key)
    }

    /// Adds the error that the field `key` is missing.
    pub(super) fn add_missing(&mut self, key: &str) {
        self.add_error(key, "BASE_TYPE_REQUIRED", "This field is required");
    }

    /// A string of `min` to `max` characters.
    pub(super) fn text(&mut self, key: &'static str, min: usize, max: usize) -> Option<&'a str> {
        let value = self.field(key)?;
        let Some(text) = value.as_str() else {
            self.add_error(
                key,
                "STRING_TYPE_CONVERT",
                format!("Could not interpret {value} as string."),
            );
            return None;
        };
        // A blank string counts as empty; otherwise surrounding blanks count towards the length.
        let is_blank = text.trim().is_empty();
        let n_chars = if is_blank { 0 } else { text.chars().count() };
        if text.chars().count() > max {
            self.add_error(
                key,
                "BASE_TYPE_MAX_LENGTH",
                format!("Must be {max} or fewer in length."),
            );
        } else if n_chars < min {
            let code = if n_chars == 0 { "BASE_TYPE_REQUIRED" } else { "BASE_TYPE_MIN_LENGTH" };
            self.add_error(key, code, format!("Must be between {min} and {max} in length."));
        }
        Some(text)
    }

    /// A required string of at most `max` characters.
    pub(super) fn required_text(&mut self, key: &'static str, max: usize) -> Option<&'a str> {
        let text = self.text(key, 1, max);
        if text.is_none() && self.object.get(key).is_none_or(Value::is_null) {
            self.add_missing(key);
        }
        text
    }

    /// A web address.
    pub(super) fn url(&mut self, key: &'static str) -> Option<&'a str> {
        let url = self.text(key, 1, 2048)?;
        let is_known = ["http://", "https://", "discord://"].iter().any(|it| url.starts_with(it));
        if !is_known || url.chars().any(char::is_whitespace) {
            self.add_error(key, "URL_TYPE_INVALID_URL", "Not a well formed URL.");
        }
        Some(url)
    }

    /// A whole number from 0.
    pub(super) fn number(&mut self, key: &'static str) -> Option<u64> {
        let value = self.field(key)?;
        if value.as_u64().is_none() {
            self.add_error(key, "NUMBER_TYPE_COERCE", format!("Value \"{value}\" is not int."));
        }
        value.as_u64()
    }

    /// A boolean.
    pub(super) fn flag(&mut self, key: &'static str) -> Option<bool> {
        let value = self.field(key)?;
        if value.as_bool().is_none() {
            self.add_error(key, "BOOLEAN_TYPE_CONVERT", "Must be either true or false.");
        }
        value.as_bool()
    }

    /// A snowflake.
    pub(super) fn id(&mut self, key: &'static str) -> Option<u64> {
        let value = self.field(key)?;
        let id = value.as_u64().or_else(|| value.as_str()?.parse().ok());
        if id.is_none() {
            self.add_error(key, "NUMBER_TYPE_COERCE", format!("Value {value} is not snowflake."));
        }
        id
    }

    /// A list of at most `max` items.
    pub(super) fn list(&mut self, key: &'static str, max: usize) -> &'a [Value] {
        let Some(value) = self.field(key) else { return &[] };
        let Some(list) = value.as_array() else {
            self.add_error(key, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
            return &[];
        };
        if list.len() > max {
            self.add_error(
                key,
                "BASE_TYPE_BAD_LENGTH",
                format!("Must be {max} or fewer in length."),
            );
        }
        list
    }

    /// Validates each object of the list `key`, of at most `max` items. Returns the results of `check`.
    pub(super) fn each<T>(
        &mut self,
        key: &'static str,
        max: usize,
        mut check: impl FnMut(&mut Form<'_>) -> T,
    ) -> Vec<T> {
        let path = self.at(key);
        let list = self.list(key, max);
        let mut checked = Vec::new();
        for (idx, value) in list.iter().enumerate() {
            let path = [path.clone(), vec![idx.to_string()]].concat();
            checked.extend(Form::check(value, &path, self.findings, &mut check));
        }
        checked
    }

    /// Validates the object `key`, if it is present.
    pub(super) fn object<T>(
        &mut self,
        key: &'static str,
        check: impl FnOnce(&mut Form<'_>) -> T,
    ) -> Option<T> {
        let path = self.at(key);
        let value = self.field(key)?;
        Form::check(value, &path, self.findings, check)
    }
}
