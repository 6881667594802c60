//! The fields of one entry's section in `faq.toml`.

use toml_edit::{Array, ArrayOfTables, Item, Table, Value};

use super::text_list;
use crate::knowledge::QuoteDraft;
use crate::knowledge::draft::{on_one_line, one_a_line};
use crate::knowledge::toml_text::verbatim;

/// The usual order of keys. A new key is inserted after the last one that precedes it here.
const ENTRY_ORDER: [&str; 11] = [
    "id",
    "question",
    "variants",
    "language",
    "translations",
    "gap",
    "lead",
    "tags",
    "see_also",
    "message",
    "quote",
];
const QUOTE_ORDER: [&str; 5] = ["text", "source", "paragraph", "speaker", "role"];

/// New values of an entry's fields. `None` keeps a field; an empty value removes it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct EntryFields {
    /// The canonical question.
    pub question: Option<String>,
    /// All other phrasings.
    pub variants: Option<Vec<String>>,
    /// The curator's line.
    pub lead: Option<String>,
    /// All topics.
    pub tags: Option<Vec<String>>,
    /// All ids of related entries.
    pub see_also: Option<Vec<String>>,
    /// All quotes. An empty list makes the entry a gap; a list with quotes makes a gap an entry.
    pub quotes: Option<Vec<QuoteDraft>>,
}

impl EntryFields {
    /// Writes the fields that are set into the section.
    pub(super) fn write(&self, entry: &mut Table) {
        for (key, text) in [("question", &self.question), ("lead", &self.lead)] {
            if let Some(text) = text {
                set_text(entry, key, text, &ENTRY_ORDER, text_list::value_of);
            }
        }
        let lists =
            [("variants", &self.variants), ("tags", &self.tags), ("see_also", &self.see_also)];
        for (key, texts) in lists {
            if let Some(texts) = texts {
                set_list(entry, key, texts);
            }
        }
        if let Some(quotes) = &self.quotes {
            set_quotes(entry, quotes);
        }
    }
}

/// Appends a variant. Returns false, and changes nothing, if the entry has this phrasing.
pub(super) fn add_variant(entry: &mut Table, variant: &str) -> bool {
    if entry.get("question").and_then(Item::as_str) == Some(variant) {
        return false;
    }
    match entry.get_mut("variants").and_then(Item::as_array_mut) {
        Some(list) if list.iter().any(|value| value.as_str() == Some(variant)) => return false,
        Some(list) => text_list::insert(list, list.len(), variant),
        None => set_list(entry, "variants", &[variant.to_owned()]),
    }
    true
}

fn set_text(table: &mut Table, key: &str, text: &str, order: &[&str], value_of: fn(&str) -> Value) {
    if text.is_empty() {
        table.remove(key);
    } else if table.get(key).and_then(Item::as_str) != Some(text) {
        set_value(table, key, value_of(text), order);
    }
}

fn set_list(entry: &mut Table, key: &str, texts: &[String]) {
    if texts.is_empty() {
        entry.remove(key);
    } else if let Some(list) = entry.get_mut(key).and_then(Item::as_array_mut) {
        text_list::set(list, texts);
    } else {
        let written = if key == "variants" { one_a_line(texts) } else { on_one_line(texts) };
        let value =
            written.parse().unwrap_or_else(|_| Value::from(texts.iter().collect::<Array>()));
        set_value(entry, key, value, &ENTRY_ORDER);
    }
}

/// Replaces a value and keeps the comment on its line, or inserts a new key in the usual order.
fn set_value(table: &mut Table, key: &str, mut value: Value, order: &[&str]) {
    if let Some(old) = table.get_mut(key).and_then(Item::as_value_mut) {
        *value.decor_mut() = old.decor().clone();
        *old = value;
        return;
    }
    let mut keys: Vec<String> = table.iter().map(|(key, _)| key.to_owned()).collect();
    let rank = |key: &str| order.iter().position(|name| *name == key);
    let at = keys.iter().rposition(|other| rank(other) < rank(key)).map_or(0, |at| at + 1);
    keys.insert(at, key.to_owned());
    table.insert(key, Item::Value(value));
    let position = |key: &str| keys.iter().position(|other| other == key);
    table.sort_values_by(|a, _, b, _| position(a.get()).cmp(&position(b.get())));
}

fn set_quotes(entry: &mut Table, quotes: &[QuoteDraft]) {
    if quotes.is_empty() {
        entry.remove("quote");
        entry.remove("lead");
        set_value(entry, "gap", Value::from(true), &ENTRY_ORDER);
        return;
    }
    entry.remove("gap");
    // Quotes that are written as a list of inline tables are rewritten as sections.
    if entry.get("quote").is_none_or(|item| !item.is_array_of_tables()) {
        entry.remove("quote");
        entry.insert("quote", Item::ArrayOfTables(ArrayOfTables::new()));
    }
    let Some(tables) = entry.get_mut("quote").and_then(Item::as_array_of_tables_mut) else {
        return;
    };
    while tables.len() > quotes.len() {
        tables.remove(tables.len() - 1);
    }
    while tables.len() < quotes.len() {
        let mut table = Table::new();
        table.decor_mut().set_prefix("\n");
        tables.push(table);
    }
    for (table, quote) in tables.iter_mut().zip(quotes) {
        write_quote(table, quote);
    }
}

fn write_quote(table: &mut Table, quote: &QuoteDraft) {
    let verbatim_value: fn(&str) -> Value =
        |text| verbatim(text).parse().unwrap_or_else(|_| Value::from(text));
    set_text(table, "text", &quote.text, &QUOTE_ORDER, verbatim_value);
    for (key, text) in
        [("source", &quote.source), ("speaker", &quote.speaker), ("role", &quote.role)]
    {
        let text = text.as_deref().unwrap_or_default();
        set_text(table, key, text, &QUOTE_ORDER, text_list::value_of);
    }
    let number = quote.paragraph.and_then(|number| i64::try_from(number).ok());
    match number {
        None => drop(table.remove("paragraph")),
        Some(number) if table.get("paragraph").and_then(Item::as_integer) == Some(number) => {}
        Some(number) => set_value(table, "paragraph", Value::from(number), &QUOTE_ORDER),
    }
}
