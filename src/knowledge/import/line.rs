//! One line of an import.

use serde::Deserialize;

use super::LineProblem;
use crate::knowledge::EntryId;

/// One JSON object of an import. Other keys are ignored.
#[derive(Debug, Deserialize)]
pub(super) struct Line {
    id: Id,
    question: String,
    variants: Option<Vec<String>>,
    answer: Option<String>,
    quotes: Option<Vec<QuoteForm>>,
    lead: Option<String>,
    tags: Option<Vec<String>>,
    gap: Option<bool>,
}

/// An id as text or number, since exports of tables often number their rows.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "`id` takes a text or a whole number")]
enum Id {
    Text(String),
    Number(i64),
}

/// A quote as plain text or with its speaker.
#[derive(Debug, Deserialize)]
#[serde(
    untagged,
    expecting = "`quotes` takes texts, or objects like {\"text\": \"...\", \"speaker\": \"...\"}"
)]
enum QuoteForm {
    Text(String),
    Object { text: String, speaker: Option<String>, role: Option<String> },
}

/// The words of an answer, with their speaker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineQuote {
    pub(super) text: String,
    pub(super) speaker: Option<String>,
    pub(super) role: Option<String>,
}

impl Line {
    pub(super) fn id(&self) -> Result<EntryId, LineProblem> {
        let id = match &self.id {
            Id::Text(id) => id.clone(),
            Id::Number(id) => id.to_string(),
        };
        EntryId::new(&id).ok_or(LineProblem::BadId { id })
    }

    pub(super) fn question(&self) -> Result<&str, LineProblem> {
        Some(self.question.trim())
            .filter(|question| !question.is_empty())
            .ok_or(LineProblem::EmptyQuestion)
    }

    pub(super) fn variants(&self) -> Vec<String> {
        non_blank(self.variants.as_deref())
    }

    pub(super) fn tags(&self) -> Vec<String> {
        non_blank(self.tags.as_deref())
    }

    pub(super) fn lead(&self) -> Option<String> {
        self.lead.as_deref().and_then(trimmed_text)
    }

    /// The quotes, else the answer, else the question itself; none for a gap.
    pub(super) fn answers(&self) -> Result<Vec<LineQuote>, LineProblem> {
        let mut answers: Vec<LineQuote> =
            self.quotes.iter().flatten().filter_map(QuoteForm::read).collect();
        if answers.is_empty() {
            answers.extend(self.answer.as_deref().and_then(LineQuote::new));
        }
        match (self.gap.unwrap_or(false), answers.is_empty()) {
            (true, true) => Ok(answers),
            (true, false) => Err(LineProblem::GapWithAnswer),
            (false, true) => Ok(LineQuote::new(&self.question).into_iter().collect()),
            (false, false) => Ok(answers),
        }
    }
}

impl QuoteForm {
    fn read(&self) -> Option<LineQuote> {
        match self {
            Self::Text(text) => LineQuote::new(text),
            Self::Object { text, speaker, role } => Some(LineQuote {
                speaker: speaker.as_deref().and_then(trimmed_text),
                role: role.as_deref().and_then(trimmed_text),
                ..LineQuote::new(text)?
            }),
        }
    }
}

impl LineQuote {
    fn new(text: &str) -> Option<Self> {
        Some(Self { text: trimmed_text(text)?, speaker: None, role: None })
    }
}

/// The texts that are not blank, trimmed.
fn non_blank(texts: Option<&[String]>) -> Vec<String> {
    texts.unwrap_or_default().iter().filter_map(|text| trimmed_text(text)).collect()
}

/// `text` without white space around it; `None` if it is blank.
fn trimmed_text(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
