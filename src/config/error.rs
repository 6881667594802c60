//! [`ConfigError`]: all problems of a configuration.

use std::fmt;

use super::origin::Origin;
use super::problem_kind::ProblemKind;

/// One problem, and the origin of the setting that has it.
#[derive(Debug)]
pub struct Problem {
    /// The origin of the setting; `None` if it was not set.
    pub origin: Option<Origin>,
    /// The problem.
    pub kind: Box<ProblemKind>,
}

impl Problem {
    /// The problem `kind` at `origin`.
    pub(super) fn new(origin: Origin, kind: ProblemKind) -> Self {
        let origin = Some(origin).filter(|origin| *origin != Origin::Default);
        Self { origin, kind: Box::new(kind) }
    }

    /// The problem `kind` of a setting that is missing.
    pub(super) fn without_origin(kind: ProblemKind) -> Self {
        Self { origin: None, kind: Box::new(kind) }
    }

    /// Line and column, so that a file can be fixed from top to bottom. Problems outside of the file
    /// are sorted before those in it.
    fn line_and_column(&self) -> Option<(usize, usize)> {
        match self.origin {
            Some(Origin::File { line, column, .. }) => Some((line, column)),
            _ => None,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(origin) = &self.origin {
            write!(f, "{origin}: ")?;
        }
        self.kind.fmt(f)
    }
}

/// All problems of a configuration. Its text has a line for each.
#[derive(Debug, thiserror::Error)]
#[error("{}", format_problems(problems))]
pub struct ConfigError {
    /// At least one; those in the file last, from top to bottom.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// `value` if there are no problems.
    pub(super) fn ok_or_errors<T>(mut problems: Vec<Problem>, value: T) -> Result<T, Self> {
        problems.sort_by_key(Problem::line_and_column);
        if problems.is_empty() { Ok(value) } else { Err(Self { problems }) }
    }
}

fn format_problems(problems: &[Problem]) -> String {
    match problems {
        [problem] => problem.to_string(),
        _ => {
            let lines: Vec<String> =
                problems.iter().map(|problem| format!("\n  {problem}")).collect();
            format!("the configuration has {} problems{}", problems.len(), lines.concat())
        }
    }
}
