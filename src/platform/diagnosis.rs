//! What `quoth doctor` checks, and the results. A check is declared once, in the table of the part that it
//! looks at.

use std::pin::Pin;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use time::OffsetDateTime;
use time::format_description::well_known::Rfc2822;

/// The result of a check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckResult {
    /// Nothing is wrong. The text says what was found.
    Ok(String),
    /// Something is wrong.
    Wrong {
        /// What is wrong.
        message: String,
        /// What to do.
        advice: String,
    },
    /// There is nothing to check, or it cannot be checked now. The text says why.
    NotApplicable(String),
}

impl CheckResult {
    /// The result [`Self::Ok`].
    pub fn ok(found: impl Into<String>) -> Self {
        Self::Ok(found.into())
    }

    /// The result [`Self::Wrong`].
    pub fn wrong(message: impl Into<String>, advice: impl Into<String>) -> Self {
        Self::Wrong { message: message.into(), advice: advice.into() }
    }
}

/// A result, or why the check is not applicable.
pub type CheckOutcome = Result<CheckResult, String>;

/// A check that waits for the network.
pub type PendingCheck = Pin<Box<dyn Future<Output = CheckOutcome> + Send>>;

/// A check of an `S`.
pub struct Check<S> {
    /// Its name, in kebab-case, with which it is run alone.
    pub name: &'static str,
    /// What it looks at, for lists of checks.
    pub looks_at: &'static str,
    /// The check itself.
    pub run: Run<S>,
}

/// How a check runs.
pub enum Run<S> {
    /// It reads files, which can block its thread.
    Blocking(fn(&S) -> CheckOutcome),
    /// It uses the network.
    Async(fn(Arc<S>) -> PendingCheck),
}

/// When a server said what time it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServerTime {
    /// The time of the server, in whole seconds.
    pub server: SystemTime,
    /// The time of this machine when the response had come.
    pub local: SystemTime,
}

impl ServerTime {
    /// The time in the header `Date` of a response that came at `local`.
    pub fn parse(date: &str, local: SystemTime) -> Option<Self> {
        let server = OffsetDateTime::parse(date, &Rfc2822).ok()?;
        Some(Self { server: server.into(), local })
    }

    /// How much the clocks differ, and whether that of this machine is ahead.
    pub fn difference(&self) -> (Duration, bool) {
        match self.local.duration_since(self.server) {
            Ok(ahead) => (ahead, true),
            Err(behind) => (behind.duration(), false),
        }
    }
}

/// A [`Check`] that an asynchronous function makes.
#[cfg(any(feature = "discord", feature = "matrix"))]
macro_rules! async_check {
    ($name:literal, $looks_at:literal, $function:path) => {
        $crate::platform::diagnosis::Check {
            name: $name,
            looks_at: $looks_at,
            run: $crate::platform::diagnosis::Run::Async(|subject| {
                Box::pin(async move { $function(&subject).await })
            }),
        }
    };
}
#[cfg(any(feature = "discord", feature = "matrix"))]
pub(super) use async_check;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn date_of_a_response_is_compared_with_the_clock() {
        let date = "Thu, 01 Jan 1970 00:10:00 GMT";
        for (local, want) in [(900, (300, true)), (590, (10, false))] {
            let local = SystemTime::UNIX_EPOCH + Duration::from_secs(local);
            let (difference, is_ahead) = ServerTime::parse(date, local).unwrap().difference();
            assert_eq!((difference.as_secs(), is_ahead), want, "{local:?}");
        }
        assert_eq!(ServerTime::parse("today", SystemTime::UNIX_EPOCH), None);
    }
}
