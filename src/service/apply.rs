//! Applies [`Effects`]: sends, edits and deletes messages of the bot, and records that.

use super::context::{Cause, OwnedContext};
use super::delivery::Delivery;
use super::moderation::ModerationEvent;
use super::{EventOutcome, Outgoing, Sender, Service};
use crate::conversation::wording::Wording;
use crate::conversation::{
    AskedQuestion, BotMessage, Effects, MessageEffect, MessageId, Pause, PauseScope, SentReply,
    Space, SpaceSettings, UnansweredQuestion,
};
use crate::store::records::{self, AskedUpdate, Records};

impl<R: Records> Service<R> {
    /// Applies `effects` of `cause`, which is claimed, and completes the claim.
    pub(super) async fn apply_effects(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        context: &OwnedContext,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let mut effects = self.without_unkept(effects);
        let space = context.space();
        if let Some(request) = effects.moderation.take() {
            effects.message = self.moderate(request, cause, context).await?;
        }
        if effects.forgets_asker {
            let n_deleted = self.records().erase_asker(context.asker.clone()).await?;
            tracing::info!(n_deleted, "Deleted the records of an asker who wanted that");
        }
        if let Some(Pause { is_paused, scope }) = effects.pause {
            let place = (scope == PauseScope::Place).then(|| context.place.id.clone());
            self.records().set_paused(space.name.clone(), place, is_paused).await?;
            if let Some(editing) = self.pack_editing.as_ref().filter(|_| !is_paused) {
                // Nobody listens any more if the process is stopping.
                drop(editing.events.send(ModerationEvent::Resumed));
            }
        }
        match effects.message {
            MessageEffect::Send(message) => {
                let outgoing = Outgoing {
                    place: context.place.id.clone(),
                    cause: cause.id.clone(),
                    edited: cause.edited.cloned(),
                    is_reply: cause.is_message,
                    control_message: cause.control_message.cloned(),
                    locale: locale_of(&message, cause.locale, &space.settings),
                    message,
                };
                let about = cause.about.filter(|_| !outgoing.message.is_private);
                let question = about.unwrap_or(outgoing.question()).clone();
                let unanswered = effects.unanswered.map(|unanswered| UnansweredQuestion {
                    message: question.clone(),
                    ..unanswered
                });
                let asked =
                    effects.asked.map(|asked| AskedQuestion { message: question.clone(), ..asked });
                let delivery = Delivery {
                    outgoing,
                    question,
                    possibly_sent_since: cause.possibly_sent_since,
                    space: space.name.clone(),
                    asker: context.asker.clone(),
                    asked_for: effects.asked_for.map(|author| self.asker_hash(&author)),
                    unanswered,
                    asked,
                };
                self.deliver_with_typing(delivery, sender).await
            }
            MessageEffect::Edit(_) | MessageEffect::Delete => {
                let outcome = self.edit_or_delete(effects, cause, context, sender).await?;
                self.complete(cause.id, None).await?;
                Ok(outcome)
            }
            MessageEffect::Nothing => {
                self.complete(cause.id, effects.unanswered).await?;
                Ok(EventOutcome::NoReply)
            }
        }
    }

    /// `effects` without what the retention does not keep at all.
    fn without_unkept(&self, effects: Effects) -> Effects {
        Effects { asked: effects.asked.filter(|_| self.parts.keeps_questions), ..effects }
    }

    /// Edits or deletes the target of `context`, as `effects` require. Completes no claim.
    pub(super) async fn edit_or_delete(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        context: &OwnedContext,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let effects = self.without_unkept(effects);
        let Some(target) = context.target.clone() else { return Ok(EventOutcome::NoReply) };
        match effects.message {
            MessageEffect::Edit(message) => {
                let outgoing = replacement(&target, message, cause, context.space());
                let outcome = self.edit(&target.message, &outgoing, sender).await;
                if outcome == EventOutcome::Edited {
                    let BotMessage { kind, is_private, entries, .. } = outgoing.message;
                    // A control shows more of the same; an edited question may mean another message.
                    let asked_for = if cause.is_message {
                        effects.asked_for.map(|author| self.asker_hash(&author))
                    } else {
                        target.asked_for.clone()
                    };
                    let asked = match effects.asked {
                        _ if !cause.is_message => AskedUpdate::Same,
                        Some(asked) => AskedUpdate::Replaced(asked),
                        None => AskedUpdate::Deleted,
                    };
                    let edited = SentReply { kind, is_private, entries, asked_for, ..target };
                    self.records().update_reply(edited, effects.unanswered, asked).await?;
                }
                Ok(outcome)
            }
            MessageEffect::Delete => self.delete_reply(target, cause.id, sender).await,
            MessageEffect::Nothing | MessageEffect::Send(_) => Ok(EventOutcome::NoReply),
        }
    }

    /// Deletes `reply`. If the platform rejects that, the reply stays in the records, so that it can
    /// be deleted later; the question is removed from them in any case.
    pub(super) async fn delete_reply(
        &self,
        reply: SentReply,
        cause: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let outcome = self.delete((&reply.message, &reply.place), cause, sender).await;
        if outcome == EventOutcome::Deleted {
            self.records().delete_message_data(reply.question).await?;
        } else {
            self.records().update_reply(reply, None, AskedUpdate::Deleted).await?;
        }
        Ok(outcome)
    }
}

/// The language of `message`: a private one is in the language of its reader if `conversation` has
/// it, any other in that of the space.
pub(super) fn locale_of(
    message: &BotMessage,
    reader: Option<&String>,
    settings: &SpaceSettings,
) -> String {
    let reader = reader.filter(|locale| message.is_private && Wording::supports(locale));
    reader.unwrap_or(&settings.locale).clone()
}

/// The new content of `reply`, because of `cause`.
fn replacement(
    reply: &SentReply,
    message: BotMessage,
    cause: &Cause<'_>,
    space: &Space,
) -> Outgoing {
    Outgoing {
        place: reply.place.clone(),
        cause: cause.id.clone(),
        edited: cause.edited.cloned(),
        is_reply: cause.is_message,
        control_message: cause.control_message.cloned(),
        locale: locale_of(&message, cause.locale, &space.settings),
        message,
    }
}
