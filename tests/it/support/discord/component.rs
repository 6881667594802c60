//! Validation of buttons, select menus and modals.

use std::collections::BTreeSet;

use super::form::Form;

const ACTION_ROW: u64 = 1;
const BUTTON: u64 = 2;
const STRING_SELECT: u64 = 3;
const TEXT_INPUT: u64 = 4;
const LINK_STYLE: u64 = 5;

/// Validates the field `components` of a message.
pub(super) fn check(form: &mut Form<'_>) {
    let ids: Vec<Vec<String>> = form.each("components", 5, |row| {
        expect_type(row, ACTION_ROW);
        row.number("id");
        let parts = row.each("components", 5, part);
        let is_alone = parts.len() == 1;
        if parts.is_empty() {
            row.add_error(
                "components",
                "BASE_TYPE_BAD_LENGTH",
                "Must be between 1 and 5 in length.",
            );
        }
        if !is_alone && parts.iter().any(|(kind, _)| *kind != BUTTON) {
            let message = "The specified component exceeds the maximum width";
            row.add_error("components", "COMPONENT_LAYOUT_WIDTH_EXCEEDED", message);
        }
        parts.into_iter().filter_map(|(_, id)| id).collect()
    });
    let mut seen = BTreeSet::new();
    if let Some(id) = ids.into_iter().flatten().find(|id| !seen.insert(id.clone())) {
        let message = format!("Component custom id cannot be duplicated: {id}");
        form.add_error("components", "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
}

/// Validates a modal.
pub(super) fn check_modal(form: &mut Form<'_>) {
    form.required_text("custom_id", 100);
    form.required_text("title", 45);
    let rows = form.each("components", 5, |row| {
        expect_type(row, ACTION_ROW);
        row.number("id");
        row.each("components", 1, |input| {
            expect_type(input, TEXT_INPUT);
            text_input(input);
        });
    });
    if rows.is_empty() {
        form.add_missing("components");
    }
}

fn expect_type(form: &mut Form<'_>, want: u64) -> u64 {
    let kind = form.number("type").unwrap_or(0);
    if want != 0 && kind != want {
        let message = format!("Value of field \"type\" must be one of ({want},).");
        form.add_error("type", "UNION_TYPE_CHOICES", message);
    }
    kind
}

/// Validates a button or select menu. Returns its type, and its id unless it is a link.
fn part(form: &mut Form<'_>) -> (u64, Option<String>) {
    form.number("id");
    let kind = expect_type(form, 0);
    let id = match kind {
        BUTTON => button(form),
        STRING_SELECT => select(form),
        _ => {
            let message =
                format!("Value of field \"type\" must be one of ({BUTTON}, {STRING_SELECT}).");
            form.add_error("type", "UNION_TYPE_CHOICES", message);
            None
        }
    };
    (kind, id)
}

fn button(form: &mut Form<'_>) -> Option<String> {
    let style = form.number("style").unwrap_or(0);
    let label = form.text("label", 1, 80);
    let emoji = form.object("emoji", emoji);
    form.flag("disabled");
    if label.is_none() && emoji.is_none() {
        form.add_missing("label");
    }
    if style == LINK_STYLE {
        if form.has("custom_id") {
            form.field("custom_id");
            let message = "A custom id and url cannot both be specified";
            form.add_error(
                "custom_id",
                "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE",
                message,
            );
        }
        if form.url("url").is_none() {
            form.add_missing("url");
        }
        return None;
    }
    if !(1..=4).contains(&style) {
        form.add_error("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5).");
    }
    if form.field("url").is_some() {
        form.add_error("url", "BUTTON_COMPONENT_URL_NOT_ALLOWED", "Only link buttons have a url");
    }
    form.required_text("custom_id", 100).map(str::to_owned)
}

fn select(form: &mut Form<'_>) -> Option<String> {
    form.text("placeholder", 0, 150);
    form.flag("disabled");
    let values: Vec<Option<String>> = form.each("options", 25, |option| {
        option.required_text("label", 100);
        option.text("description", 0, 100);
        option.object("emoji", emoji);
        option.flag("default");
        option.required_text("value", 100).map(str::to_owned)
    });
    if values.is_empty() {
        form.add_missing("options");
    }
    let (min, max) = (form.number("min_values"), form.number("max_values"));
    if min.is_some_and(|min| min > 25) || max.is_some_and(|max| !(1..=25).contains(&max)) {
        form.add_error("max_values", "NUMBER_TYPE_MAX", "Must be between 1 and 25.");
    }
    if max.is_some_and(|max| max as usize > values.len()) {
        form.add_error("options", "BASE_TYPE_BAD_LENGTH", "Fewer options than max_values.");
    }
    let mut seen = BTreeSet::new();
    if values.into_iter().flatten().any(|value| !seen.insert(value)) {
        let message = "The specified option value is already used";
        form.add_error("options", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
    }
    form.required_text("custom_id", 100).map(str::to_owned)
}

fn text_input(form: &mut Form<'_>) {
    form.number("id");
    form.required_text("custom_id", 100);
    form.required_text("label", 45);
    if form.number("style").is_none_or(|style| !(1..=2).contains(&style)) {
        form.add_error("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
    }
    for key in ["min_length", "max_length"] {
        if form.number(key).is_some_and(|n_chars| n_chars > 4000) {
            form.add_error(
                key,
                "NUMBER_TYPE_MAX",
                "int value should be less than or equal to 4000.",
            );
        }
    }
    form.flag("required");
    form.text("value", 0, 4000);
    form.text("placeholder", 0, 100);
}

fn emoji(form: &mut Form<'_>) {
    form.id("id");
    form.text("name", 0, 64);
    form.flag("animated");
}
