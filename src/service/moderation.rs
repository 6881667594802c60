//! Does what moderators want in chat: shows entries, the history and the inbox, and edits packs and settings.
//!
//! An edit takes two steps. What it would change is shown and kept as a [`Proposal`]; it is made when a moderator saves
//! it, and only if it still changes what was shown.

mod editing;
mod inbox;
mod preparing;
mod quoted;
mod reading;
mod settings;
mod task;

use std::path::PathBuf;

use tokio::sync::mpsc;

use super::Service;
use super::apply::locale_of;
use super::context::{Cause, OwnedContext};
use super::knowledge_base::PackUpdate;
use crate::conversation::event::MessageQuoted;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{
    BotMessage, MessageEffect, ModeratorAction, ModeratorCommand, ModeratorRequest, Reply,
    ReplyKind,
};
use crate::moderation::Proposal;
use crate::store::records::{self, Records};
use crate::text::RichText;
use task::ModeratorTask;

/// Where packs are edited from chat.
#[derive(Debug, Clone)]
pub struct PackEditing {
    /// The data folder, which has the history of packs and the inbox.
    pub data: PathBuf,
    /// Whether settings of spaces can be changed.
    pub changes_settings: bool,
    /// Gets what moderators have done, which is in use already.
    pub events: mpsc::UnboundedSender<ModerationEvent>,
}

/// What a moderator has done in chat.
#[derive(Debug)]
pub enum ModerationEvent {
    /// Edited packs.
    PacksEdited(Vec<PackUpdate>),
    /// Changed settings.
    SettingsChanged,
    /// Ended a pause, during which answers may have been found.
    Resumed,
    /// Made an entry of a message.
    MessageQuoted(Box<MessageQuoted>),
}

/// What was done for a moderator.
#[derive(Debug)]
struct TaskOutput {
    reply: ModerationReply,
    kind: ReplyKind,
    /// See [`ReplyKind`].
    entries: Vec<String>,
    /// What the reply proposes.
    proposal: Option<Proposal>,
    /// What has changed in packs.
    updates: Vec<PackUpdate>,
    /// Whether a setting has changed.
    has_changed_settings: bool,
    /// The message that an entry quotes now.
    quoted: Option<Box<MessageQuoted>>,
}

impl TaskOutput {
    /// Nothing but a text.
    fn text(text: RichText) -> Self {
        Self {
            reply: ModerationReply { text, ..ModerationReply::default() },
            kind: ReplyKind::Notice,
            entries: Vec::new(),
            proposal: None,
            updates: Vec::new(),
            has_changed_settings: false,
            quoted: None,
        }
    }
}

impl<R: Records> Service<R> {
    /// Lets moderators edit packs from chat.
    #[must_use]
    pub fn with_pack_editing(self, editing: PackEditing) -> Self {
        Self { pack_editing: Some(editing), ..self }
    }

    /// Does what a moderator wants, and returns the message that says what was done.
    pub(super) async fn moderate(
        &self,
        request: ModeratorRequest,
        cause: &Cause<'_>,
        context: &OwnedContext,
    ) -> records::Result<MessageEffect> {
        let ModeratorRequest { action, by, is_owner, is_private } = request;
        let proposed_for = context.target.as_ref().map(|target| target.question.clone());
        let needs_proposal = !matches!(
            action,
            ModeratorAction::Command(
                ModeratorCommand::Read(_)
                    | ModeratorCommand::Edit(_)
                    | ModeratorCommand::Incomplete { .. }
            )
        );
        let proposal = match proposed_for.clone().filter(|_| needs_proposal) {
            Some(question) => self.records().proposal(question).await?,
            None => None,
        };
        let message = BotMessage::for_moderator(is_private);
        let settings = &context.space().settings;
        let wording = Wording::for_locale(&locale_of(&message, cause.locale, settings));
        let task = ModeratorTask::new(self, context, (by, is_owner), wording);
        let replaces_target = matches!(action, ModeratorAction::Control(_));
        let target = context.target.clone();
        let working = tokio::task::spawn_blocking(move || task.run(action, target, proposal));
        let result = match working.await {
            Ok(result) => result,
            // As everywhere, a panic ends its event.
            Err(error) => std::panic::resume_unwind(error.into_panic()),
        };
        let done = match result {
            Ok(done) => done,
            // What the message shows stays: it may be an edit that was made, or one that can still be.
            Err(text) => {
                let reply = Reply::Moderation(TaskOutput::text(text).reply);
                let is_private = message.is_private || replaces_target;
                return Ok(MessageEffect::Send(BotMessage { reply, is_private, ..message }));
            }
        };
        let TaskOutput { reply, kind, entries, proposal, updates, has_changed_settings, quoted } =
            done;
        self.announce_moderation(updates, has_changed_settings, quoted);
        let question = if replaces_target { proposed_for.clone() } else { None };
        let question = question.unwrap_or_else(|| cause.id.clone());
        match proposal {
            Some(proposal) => {
                self.records().store_proposal(question, proposal, self.now()).await?;
            }
            // What was saved cannot be saved again.
            None if kind == ReplyKind::Edited => {
                if let Some(question) = proposed_for {
                    self.records().delete_proposal(question).await?;
                }
            }
            None => {}
        }
        let message = BotMessage { reply: Reply::Moderation(reply), kind, entries, ..message };
        Ok(if replaces_target {
            MessageEffect::Edit(message)
        } else {
            MessageEffect::Send(message)
        })
    }

    /// Tells those who have to know what was done.
    fn announce_moderation(
        &self,
        updates: Vec<PackUpdate>,
        has_changed_settings: bool,
        quoted: Option<Box<MessageQuoted>>,
    ) {
        let Some(editing) = &self.pack_editing else { return };
        let events = [
            (!updates.is_empty()).then_some(ModerationEvent::PacksEdited(updates)),
            has_changed_settings.then_some(ModerationEvent::SettingsChanged),
            quoted.map(ModerationEvent::MessageQuoted),
        ];
        for event in events.into_iter().flatten() {
            // Nobody listens any more if the process is stopping; the next start finds the changes.
            drop(editing.events.send(event));
        }
    }
}
