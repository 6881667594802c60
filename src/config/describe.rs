//! Describes errors and types of serde and figment in words for operators.

use figment::error::{Actual, Kind};
use figment::value::Value;

use super::key::Key;
use super::problem_kind::{ProblemKind, nearest};

/// Converts `error`, which is about the value at `key`.
pub(super) fn problem_kind(error: figment::Error, key: Key) -> ProblemKind {
    match error.kind {
        Kind::UnknownVariant(value, known) => {
            let near = nearest(&value, known.iter().copied());
            ProblemKind::UnknownValue { key, value, near, known: owned(known) }
        }
        Kind::InvalidType(actual, expected) | Kind::InvalidValue(actual, expected) => {
            ProblemKind::WrongType {
                key,
                wanted: describe_expected(&expected),
                found: type_of_actual(&actual),
            }
        }
        // Only socket addresses are parsed from strings.
        kind => {
            let wanted = match kind.to_string().as_str() {
                "invalid socket address syntax" => ADDRESS.to_owned(),
                message => format!("something else ({message})"),
            };
            ProblemKind::WrongType { key, wanted, found: "none" }
        }
    }
}

/// `words` as owned strings.
pub(super) fn owned(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

const ADDRESS: &str = "an address and a port, like \"127.0.0.1:8410\"";

/// What a key takes, from the type that serde expected.
fn describe_expected(expected: &str) -> String {
    match expected {
        "u32" => "a whole number from 0 to 4294967295",
        "f32" | "f64" => "a number",
        "a boolean" => "true or false, without quotation marks",
        "a string" | "path string" | "a borrowed string" => "a text between quotation marks",
        "a sequence" => "a list, like [\"...\", \"...\"]",
        "socket address" => ADDRESS,
        other if other.starts_with("struct ") => "a section",
        other if other.contains("enum ") => "a word between quotation marks",
        other => other,
    }
    .to_owned()
}

fn type_of_actual(actual: &Actual) -> &'static str {
    match actual {
        Actual::Bool(_) => "true or false",
        Actual::Signed(number) if *number < 0 => "a negative number",
        Actual::Unsigned(_) | Actual::Signed(_) => "a whole number",
        Actual::Float(_) => "a number with a fraction",
        Actual::Str(_) | Actual::Char(_) | Actual::Bytes(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a section",
        Actual::Other(_) => "a number beyond all bounds",
        _ => "something else",
    }
}

/// The type of `value`.
pub(super) fn type_of(value: &Value) -> &'static str {
    type_of_actual(&value.to_actual())
}
