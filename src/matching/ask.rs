//! What to do with a message: it is asked as a whole, question by question and clause by clause.

use super::Index;
use super::decision::{Decision, DecisionRule, MAX_RANKED, MAX_SUGGESTIONS, Outcome, share_quote};
use super::excluded::Excluded;
use super::language_part::LanguagePart;
use super::objection::Objection;
use super::questions::{asks, clauses, questions};

/// Most questions, and most clauses, of a message that are asked one by one.
const MAX_PARTS: usize = 6;

/// Fewest content words of a clause that is asked alone. With three, 8 messages to 24 small packs are answered rightly
/// by a clause, and 2 falsely, since it leaves out what matters; with two, 8 and 4.
const MIN_CLAUSE_WORDS: usize = 3;

/// The outcome of a message.
#[derive(Debug)]
pub(crate) struct MessageOutcome<'i, 't> {
    /// What to do.
    pub(crate) outcome: Outcome,
    /// The part of the index that has decided; `None` without a pack.
    pub(crate) part: Option<&'i LanguagePart>,
    /// What of the message has decided: all of it, or a clause.
    pub(crate) text: &'t str,
}

impl Index {
    /// What to do with the question `text`.
    pub fn ask(&self, text: &str, rule: &DecisionRule) -> Outcome {
        self.ask_excluding(text, rule, Excluded::default())
    }

    /// The same as if `excluded` were not in the packs.
    pub fn ask_excluding(&self, text: &str, rule: &DecisionRule, excluded: Excluded) -> Outcome {
        self.ask_message(text, rule, excluded).outcome
    }

    /// The outcome of the message `text`, and what has decided. A phrasing of the pack stays what it is.
    pub(crate) fn ask_message<'t>(
        &self,
        text: &'t str,
        rule: &DecisionRule,
        excluded: Excluded,
    ) -> MessageOutcome<'_, 't> {
        let (outcome, part) = self.ask_one(text, rule, excluded);
        if outcome.is_exact {
            return MessageOutcome { outcome, part, text };
        }
        let questions = questions(text);
        if questions.len() > 1 {
            let outcome = self.ask_questions(outcome, questions, rule, excluded);
            return MessageOutcome { outcome, part, text };
        }
        self.ask_clauses(MessageOutcome { outcome, part, text }, rule, excluded)
    }

    /// The outcome of a message with several questions, of which `whole` is the outcome as a whole: entries that answer
    /// two of them, or one where the whole has none, are suggested. None is answered alone, as the others would be
    /// passed over.
    fn ask_questions(
        &self,
        whole: Outcome,
        questions: Vec<&str>,
        rule: &DecisionRule,
        excluded: Excluded,
    ) -> Outcome {
        let mut answering: Vec<usize> = Vec::new();
        for question in questions.into_iter().take(MAX_PARTS) {
            let (outcome, _) = self.ask_one(question, rule, excluded);
            let answers = outcome.decision == Decision::Answer;
            if let Some(idx) = outcome.ranked.first().copied().filter(|_| answers) {
                self.add_suggestion(&mut answering, idx);
            }
        }
        answering.truncate(MAX_SUGGESTIONS);
        let n_needed = if whole.decision == Decision::Abstain { 1 } else { 2 };
        if answering.len() < n_needed {
            return whole;
        }
        let mut ranked = answering.clone();
        add_new(&mut ranked, whole.ranked);
        ranked.truncate(MAX_RANKED);
        let decision = Decision::Suggest;
        Outcome { decision, suggestions: answering, ranked, gap: None, ..whole }
    }

    /// If the message, of at most one question mark, has no answer, but says something around its question ("parcel's in, how long can it stay?"), each
    /// clause that asks is asked alone, too, and the surest answer is that of the message, if its entry is the message's
    /// best one. Nothing is gained where the message has another number than the entry, or the opposite of a word.
    fn ask_clauses<'i, 't>(
        &'i self,
        whole: MessageOutcome<'i, 't>,
        rule: &DecisionRule,
        excluded: Excluded,
    ) -> MessageOutcome<'i, 't> {
        let Outcome { decision, objection, gap, .. } = &whole.outcome;
        let is_settled = *decision == Decision::Answer
            || gap.is_some()
            || *objection == Some(Objection::Contradiction);
        let clauses = clauses(whole.text);
        if is_settled || clauses.len() < 2 {
            return whole;
        }
        let mut best: Option<MessageOutcome<'i, 't>> = None;
        for clause in clauses.into_iter().take(MAX_PARTS) {
            let parts =
                self.parts().iter().filter(|part| asks(&part.index, clause, MIN_CLAUSE_WORDS));
            let (outcome, part) = self.ask_of(parts, clause, rule, excluded);
            let is_surer = outcome.decision == Decision::Answer
                && outcome.ranked.first() == whole.outcome.ranked.first()
                && best.as_ref().is_none_or(|it| it.outcome.confidence < outcome.confidence);
            if is_surer {
                best = Some(MessageOutcome { outcome, part, text: clause });
            }
        }
        best.unwrap_or(whole)
    }

    fn ask_one(
        &self,
        text: &str,
        rule: &DecisionRule,
        excluded: Excluded,
    ) -> (Outcome, Option<&LanguagePart>) {
        self.ask_of(self.parts().iter(), text, rule, excluded)
    }

    /// The outcome of `parts`, and the one that has decided.
    fn ask_of<'i>(
        &self,
        parts: impl Iterator<Item = &'i LanguagePart>,
        text: &str,
        rule: &DecisionRule,
        excluded: Excluded,
    ) -> (Outcome, Option<&'i LanguagePart>) {
        let ask = |part: &LanguagePart| {
            part.outside(part.index.ask_excluding(text, rule, part.exclude(excluded)))
        };
        self.combine(parts.map(|part| (ask(part), part)).collect())
    }

    /// The outcome of several parts: that of the part which decides for most (an answer, then a gap,
    /// then suggestions), and of these of the surest; the other parts' entries follow its own. Ties
    /// go to the part that stands first.
    fn combine<'a>(
        &self,
        mut outcomes: Vec<(Outcome, &'a LanguagePart)>,
    ) -> (Outcome, Option<&'a LanguagePart>) {
        let rank = |outcome: &Outcome| match outcome.decision {
            Decision::Answer => 0,
            Decision::Abstain if outcome.gap.is_some() => 1,
            Decision::Suggest => 2,
            Decision::Abstain => 3,
        };
        outcomes.sort_by(|(a, _), (b, _)| {
            let by_confidence = b.confidence.total_cmp(&a.confidence);
            rank(a)
                .cmp(&rank(b))
                .then(by_confidence)
                .then(b.any_confidence.total_cmp(&a.any_confidence))
        });
        let mut outcomes = outcomes.into_iter();
        let Some((mut first, part)) = outcomes.next() else { return (Outcome::nothing(), None) };
        for (other, _) in outcomes {
            add_new(&mut first.ranked, other.ranked);
            add_new(&mut first.nearest, other.nearest);
            if first.decision == Decision::Suggest {
                for idx in other.suggestions {
                    self.add_suggestion(&mut first.suggestions, idx);
                }
            }
        }
        first.ranked.truncate(MAX_RANKED);
        first.nearest.truncate(MAX_SUGGESTIONS);
        first.suggestions.truncate(MAX_SUGGESTIONS);
        (first, Some(part))
    }

    /// Appends the entry `idx`, unless one of `suggestions` has the same quote.
    fn add_suggestion(&self, suggestions: &mut Vec<usize>, idx: usize) {
        let is_same = |it: &usize| *it == idx || share_quote(self.entry(*it), self.entry(idx));
        if !suggestions.iter().any(is_same) {
            suggestions.push(idx);
        }
    }
}

/// Appends those of `others` that `list` does not have.
fn add_new(list: &mut Vec<usize>, others: Vec<usize>) {
    for idx in others {
        if !list.contains(&idx) {
            list.push(idx);
        }
    }
}
