//! Everything that is wrong with a configuration, from one reading.

use std::fmt;

use super::origin::Origin;
use super::problem_kind::ProblemKind;

/// What is wrong, and where that was set.
#[derive(Debug)]
pub struct Problem {
    /// Where it was set; none where nothing was.
    pub origin: Option<Origin>,
    /// What is wrong.
    pub fault: Box<ProblemKind>,
}

impl Problem {
    /// `fault`, at `origin`.
    pub(super) fn new(origin: Origin, fault: ProblemKind) -> Self {
        let origin = Some(origin).filter(|origin| *origin != Origin::Default);
        Self { origin, fault: Box::new(fault) }
    }

    /// `fault` that stands nowhere.
    pub(super) fn nowhere(fault: ProblemKind) -> Self {
        Self { origin: None, fault: Box::new(fault) }
    }

    /// Line and column, for an order in which a file can be mended from top to bottom; what is in
    /// no file stands before it.
    fn place(&self) -> Option<(usize, usize)> {
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
        self.fault.fmt(f)
    }
}

/// Everything that is wrong with a configuration; a line for each in its text.
#[derive(Debug, thiserror::Error)]
#[error("{}", format_problems(problems))]
pub struct ConfigError {
    /// At least one; those in the file last, from top to bottom.
    pub problems: Vec<Problem>,
}

impl ConfigError {
    /// `found`, unless something is wrong.
    pub(super) fn ok_or_errors<T>(mut problems: Vec<Problem>, found: T) -> Result<T, Self> {
        problems.sort_by_key(Problem::place);
        if problems.is_empty() { Ok(found) } else { Err(Self { problems }) }
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
