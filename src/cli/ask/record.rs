//! The JSON object of an outcome. Its keys are a contract with other programs.

use serde::Serialize;

use crate::knowledge::Quote;
use crate::matching::{Decision, Index, Outcome};

/// One line of `quoth ask --jsonl`.
#[derive(Debug, Serialize)]
pub(super) struct Record {
    q: String,
    decision: Decision,
    confidence: f64,
    ids: Vec<String>,
    quotes: Vec<String>,
    citations: Vec<Citation>,
    suggested_quotes: Vec<Vec<String>>,
    suggested_passages: Vec<String>,
    passage_citations: Vec<Citation>,
    gap: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    micros: Option<u128>,
}

#[derive(Debug, Serialize)]
struct Citation {
    source: String,
    paragraph: usize,
    speaker: Option<String>,
    role: Option<String>,
    start: usize,
    end: usize,
}

impl Record {
    pub(super) fn new(
        index: &Index,
        question: &str,
        outcome: &Outcome,
        micros: Option<u128>,
    ) -> Self {
        let quotes_of = |entry: usize| index.entry(entry).map_or(&[][..], |entry| entry.quotes());
        let answered = outcome.ranked.first().filter(|_| outcome.decision == Decision::Answer);
        let quotes = answered.map_or(&[][..], |entry| quotes_of(*entry));
        let texts = |quotes: &[Quote]| quotes.iter().map(|q| q.text().to_owned()).collect();
        let passages = index.passages(question, outcome).into_iter().map(|it| it.quote);
        let passages: Vec<Quote> = passages.collect();
        Self {
            q: question.to_owned(),
            decision: outcome.decision,
            confidence: (outcome.confidence * 1e4).round() / 1e4,
            ids: outcome.ranked.iter().map(|entry| index.entry_id(*entry)).collect(),
            quotes: texts(quotes),
            citations: quotes.iter().map(Citation::new).collect(),
            suggested_quotes: outcome.suggestions.iter().map(|e| texts(quotes_of(*e))).collect(),
            suggested_passages: texts(&passages),
            passage_citations: passages.iter().map(Citation::new).collect(),
            gap: outcome.gap.map(|gap| index.entry_id(gap)),
            micros,
        }
    }
}

impl Citation {
    fn new(quote: &Quote) -> Self {
        let span = quote.span();
        Self {
            source: quote.source().name().to_owned(),
            paragraph: quote.paragraph(),
            speaker: quote.speaker().map(str::to_owned),
            role: quote.role().map(str::to_owned),
            start: span.start,
            end: span.end,
        }
    }
}
