//! The text of an error with all its causes, for the log.

use std::error::Error;

/// The texts of `error` and of its causes, with colons between them.
pub(crate) fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(error.source(), |&cause| cause.source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
