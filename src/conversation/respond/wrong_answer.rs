//! Responds to an asker whose answer is not the right one: the next best entries, and the moderators' inbox.

use super::{Context, message_for};
use crate::conversation::bot_message::BotMessage;
use crate::conversation::event::ControlUse;
use crate::conversation::sent_reply::ReplyKind;
use crate::conversation::unanswered::UnansweredQuestion;
use crate::matching::excluded::Excluded;
use crate::matching::{Decision, Outcome};

/// What a wrong answer calls for beside the feedback.
pub(super) struct WrongAnswer {
    /// The question, for the inbox.
    pub(super) unanswered: UnansweredQuestion,
    /// What else may answer it, for the asker alone; `None` if nothing does.
    pub(super) suggestions: Option<BotMessage>,
}

/// What calls for it that the asker finds [`Context::target`] wrong; `None` if the user is not the asker, or it is not
/// kept what was asked.
pub(super) fn wrong_answer(used: &ControlUse, context: &Context<'_>) -> Option<WrongAnswer> {
    let target = context.target?;
    let is_answer = target.kind == ReplyKind::Answer && target.is_for(context.asker);
    let text = context.asked.filter(|_| is_answer)?;
    let index = context.index;
    let shown = target.entries.first().and_then(|id| index.find(id));
    let excluded = Excluded { entry: shown, ..Excluded::default() };
    let outcome = index.ask_excluding(text, context.rule, excluded);
    let passages = index.passages(text, &outcome);
    let ids = |numbers: &[usize]| numbers.iter().map(|it| index.entry_id(*it)).collect();
    let unanswered = UnansweredQuestion {
        message: target.question.clone(),
        space: target.space.clone(),
        place: target.place.clone(),
        asker: target.asker.clone(),
        text: text.to_owned(),
        nearest: ids(&outcome.ranked),
        gap: outcome.gap.map(|gap| index.entry_id(gap)),
        passages: passages.iter().map(|it| index.passage_id(&it.quote)).collect(),
        asked_at: used.used_at,
    };
    Some(WrongAnswer { unanswered, suggestions: next_best(outcome, context) })
}

/// What is suggested instead. One wrong answer is enough: what would be answered is only suggested.
fn next_best(outcome: Outcome, context: &Context<'_>) -> Option<BotMessage> {
    let suggestions = match outcome.decision {
        Decision::Answer => outcome.ranked.iter().take(1).copied().collect(),
        Decision::Suggest => outcome.suggestions.clone(),
        Decision::Abstain => Vec::new(),
    };
    let outcome = Outcome { decision: Decision::Suggest, suggestions, gap: None, ..outcome };
    let is_any = !outcome.suggestions.is_empty();
    is_any.then(|| message_for(&outcome, &[], true, context))
}
