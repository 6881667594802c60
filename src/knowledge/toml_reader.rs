//! A reader of TOML tables that keeps the span of every value and collects all findings.
//!
//! serde is not used, as it would stop at the first mistake; a moderator wants all of them at once.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::finding::{Finding, Rule};

/// Syntax errors reported for one file. The first ones usually cause the rest.
pub(crate) const MAX_SYNTAX_ERRORS: usize = 5;

/// Least Jaro-Winkler similarity (0.0 to 1.0) of a name that is offered as a correction. Below it,
/// pairs of unrelated keys begin ("tags" and "lead").
const MIN_NAME_SIMILARITY: f64 = 0.75;

/// A value and its span in the file (UTF-8 bytes).
pub(crate) type WithSpan<T> = (T, Range<usize>);

/// Parses a whole file. Syntax errors are added to `findings`; then there is no table.
pub(crate) fn parse<'t>(
    file: &str,
    text: &'t str,
    findings: &mut Vec<Finding>,
) -> Option<Spanned<DeTable<'t>>> {
    let (table, errors) = DeTable::parse_recoverable(text);
    if errors.is_empty() {
        return Some(table);
    }
    for error in errors.iter().take(MAX_SYNTAX_ERRORS) {
        let span = error.span().unwrap_or(0..0);
        findings.push(
            Finding::new(Rule::NotToml, file, span, format!("this is not TOML: {}", one_line(error.message())))
                .help("texts are written between quotation marks (\"...\"), lists between [ and ] with commas; a quotation mark inside a text is written \\\""),
        );
    }
    None
}

fn one_line(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// One table of a file, read key by key.
pub(crate) struct TableReader<'r, 'a, 't> {
    file: &'r str,
    table: &'a DeTable<'t>,
    span: Range<usize>,
    findings: &'r mut Vec<Finding>,
}

impl<'r, 'a, 't> TableReader<'r, 'a, 't> {
    /// A reader of `table`, whose span is `span`. Keys that are not in `known` are reported.
    pub(crate) fn new(
        file: &'r str,
        table: &'a DeTable<'t>,
        span: Range<usize>,
        known: &[&str],
        findings: &'r mut Vec<Finding>,
    ) -> Self {
        for key in table.keys().filter(|key| !known.contains(&key.get_ref().as_ref())) {
            findings.push(unknown_key(file, key, known));
        }
        Self { file, table, span, findings }
    }

    /// A required text. It is reported if it is missing or blank.
    pub(crate) fn required_text(&mut self, key: &str) -> Option<WithSpan<String>> {
        if self.value(key).is_none() {
            let message = format!("`{key}` is missing");
            let label = format!("add {key} = \"...\" here");
            self.report(Rule::MissingField, self.span.clone(), message, label);
        }
        self.text(key)
    }

    /// An optional text. It is reported if it is blank.
    pub(crate) fn text(&mut self, key: &str) -> Option<WithSpan<String>> {
        let value = self.value(key)?;
        self.text_of(key, value)
    }

    /// An optional list of texts. Blank ones are reported and left out.
    pub(crate) fn texts(&mut self, key: &str) -> Vec<WithSpan<String>> {
        let Some(value) = self.value(key) else { return Vec::new() };
        self.texts_of(key, value)
    }

    /// An optional table of lists of texts, with the span of each key. Empty lists are reported and
    /// left out.
    pub(crate) fn lists_of_texts(
        &mut self,
        key: &str,
    ) -> Vec<(WithSpan<String>, Vec<WithSpan<String>>)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(
                key,
                value,
                "a table of lists, like { de = [\"...\"], fr = [\"...\"] }",
            );
            return Vec::new();
        };
        let mut lists = Vec::new();
        for (name, value) in table {
            let texts = self.texts_of(name.get_ref(), value);
            let is_empty_list = value.get_ref().as_array().is_some_and(|it| it.is_empty());
            if is_empty_list {
                let message = format!("`{}` is empty", name.get_ref());
                self.report(
                    Rule::EmptyField,
                    value.span(),
                    message,
                    "write something, or remove it",
                );
            }
            if !texts.is_empty() {
                lists.push(((name.get_ref().to_string(), name.span()), texts));
            }
        }
        lists
    }

    fn texts_of(&mut self, key: &str, value: &'a Spanned<DeValue<'t>>) -> Vec<WithSpan<String>> {
        match value.get_ref() {
            DeValue::Array(items) => {
                items.iter().filter_map(|item| self.text_of(key, item)).collect()
            }
            _ => {
                self.wrong_type(key, value, "a list of texts, like [\"...\", \"...\"]");
                Vec::new()
            }
        }
    }

    /// An optional whole number from 1.
    pub(crate) fn number(&mut self, key: &str) -> Option<usize> {
        let value = self.value(key)?;
        let number = value.get_ref().as_integer().and_then(|n| n.as_str().parse::<usize>().ok());
        if number.is_none_or(|n| n == 0) {
            self.wrong_type(key, value, "a whole number from 1");
            return None;
        }
        number
    }

    /// An optional boolean; false if it is missing.
    pub(crate) fn flag(&mut self, key: &str) -> bool {
        let Some(value) = self.value(key) else { return false };
        value.get_ref().as_bool().unwrap_or_else(|| {
            self.wrong_type(key, value, "true or false, without quotation marks");
            false
        })
    }

    /// The tables of `[[key]]`, with their spans.
    pub(crate) fn tables(&mut self, key: &str) -> Vec<(&'a DeTable<'t>, Range<usize>)> {
        let Some(value) = self.value(key) else { return Vec::new() };
        let DeValue::Array(items) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a section that starts with [[{key}]]"));
            return Vec::new();
        };
        self.tables_of(key, items)
    }

    fn tables_of(
        &mut self,
        key: &str,
        items: &'a DeArray<'t>,
    ) -> Vec<(&'a DeTable<'t>, Range<usize>)> {
        let mut tables = Vec::new();
        for item in items {
            match item.get_ref() {
                DeValue::Table(table) => tables.push((table, item.span())),
                _ => self.wrong_type(key, item, &format!("a section that starts with [[{key}]]")),
            }
        }
        tables
    }

    /// The section at `key`, if there is one.
    pub(crate) fn table(&mut self, key: &str) -> Option<(&'a DeTable<'t>, Range<usize>)> {
        let value = self.value(key)?;
        let DeValue::Table(table) = value.get_ref() else {
            self.wrong_type(key, value, &format!("a section that starts with [entry.{key}]"));
            return None;
        };
        Some((table, value.span()))
    }

    /// Reports a finding in this file.
    pub(crate) fn report(
        &mut self,
        rule: Rule,
        span: Range<usize>,
        message: impl Into<String>,
        label: impl Into<String>,
    ) {
        self.findings.push(Finding::new(rule, self.file, span, message).label(label));
    }

    fn value(&self, key: &str) -> Option<&'a Spanned<DeValue<'t>>> {
        self.table.get(key)
    }

    fn text_of(&mut self, key: &str, value: &Spanned<DeValue<'t>>) -> Option<WithSpan<String>> {
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(key, value, "a text between quotation marks");
            return None;
        };
        if text.trim().is_empty() {
            let message = format!("`{key}` is empty");
            self.report(Rule::EmptyField, value.span(), message, "write something, or remove it");
            return None;
        }
        Some((text.to_owned(), value.span()))
    }

    fn wrong_type(&mut self, key: &str, value: &Spanned<DeValue<'t>>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "a text",
            DeValue::Integer(_) | DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a section",
        };
        let message = format!("`{key}` takes {wanted}, but this is {found}");
        self.report(Rule::WrongType, value.span(), message, format!("needs {wanted}"));
    }
}

fn unknown_key(file: &str, key: &Spanned<std::borrow::Cow<'_, str>>, known: &[&str]) -> Finding {
    let name = key.get_ref();
    let finding = Finding::new(
        Rule::UnknownKey,
        file,
        key.span(),
        format!("`{name}` is not a key of this section"),
    );
    match nearest_name(name, known) {
        Some(near) => finding.label(format!("did you mean `{near}`?")),
        None => finding.label("unknown key"),
    }
    .help(format!("the keys of this section: {}", known.join(", ")))
}

/// The name in `known` that is most similar to `name`, if one is similar enough to be a typo of it.
pub fn nearest_name<'k>(name: &str, known: &[&'k str]) -> Option<&'k str> {
    known
        .iter()
        .map(|near| (strsim::jaro_winkler(name, near), *near))
        .filter(|(similarity, _)| *similarity >= MIN_NAME_SIMILARITY)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, near)| near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_name_is_offered_only_if_similar() {
        let known = ["id", "question", "variants", "lead", "tags", "see_also", "gap"];
        let cases = [
            ("varients", Some("variants")),
            ("quesiton", Some("question")),
            ("see-also", Some("see_also")),
            ("colour", None),
            ("", None),
        ];
        for (name, want) in cases {
            assert_eq!(nearest_name(name, &known), want, "{name:?}");
        }
    }
}
