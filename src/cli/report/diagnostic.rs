//! A finding as a diagnostic of miette.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, SourceCode};

use super::excerpt::{Excerpt, printable};
use crate::knowledge::{Finding, Severity};

/// A finding with an excerpt of its file.
#[derive(Debug)]
pub(super) struct FindingDiagnostic {
    code: String,
    severity: Severity,
    message: String,
    label: String,
    help: Option<String>,
    excerpt: Option<Excerpt>,
}

impl FindingDiagnostic {
    /// A diagnostic of `finding`. `code` is shown above the message. Without an excerpt, the message
    /// starts with `path`.
    pub(super) fn new(
        finding: &Finding,
        code: String,
        path: &str,
        excerpt: Option<Excerpt>,
    ) -> Self {
        let message = printable(&finding.message);
        let message = if excerpt.is_some() { message } else { format!("{path}: {message}") };
        Self {
            code,
            severity: finding.rule.severity(),
            message,
            label: printable(&finding.label),
            help: finding.help.as_deref().map(printable_lines),
            excerpt,
        }
    }
}

fn printable_lines(text: &str) -> String {
    text.lines().map(printable).collect::<Vec<_>>().join("\n")
}

impl fmt::Display for FindingDiagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for FindingDiagnostic {}

impl Diagnostic for FindingDiagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(&self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Error => miette::Severity::Error,
            Severity::Warning => miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let help: Box<dyn fmt::Display + 'a> = Box::new(self.help.as_ref()?);
        Some(help)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        let excerpt: &dyn SourceCode = self.excerpt.as_ref()?;
        Some(excerpt)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let excerpt = self.excerpt.as_ref()?;
        let label = LabeledSpan::new_with_span(Some(self.label.clone()), excerpt.mark());
        Some(Box::new(std::iter::once(label)))
    }
}
