//! Tells the authors of messages that entries quote.

use super::context::{Cause, ContextRequest};
use super::delivery::Granted;
use super::{EventOutcome, Sender, Service};
use crate::conversation::event::MessageQuoted;
use crate::conversation::reply::ModerationReply;
use crate::conversation::wording::Wording;
use crate::conversation::{BotMessage, Control, Reply, ReplyKind};
use crate::moderation::report::Report;
use crate::store::records::{self, Records};

impl<R: Records> Service<R> {
    /// Replies to the message that an entry quotes now, with a control by which its author can have that removed.
    pub(super) async fn on_message_quoted(
        &self,
        quoted: &MessageQuoted,
        sender: &impl Sender,
    ) -> records::Result<EventOutcome> {
        let MessageQuoted { id, message, place, author, pack, entry, question, text_digest } =
            quoted;
        let snapshot = self.knowledge_base().current();
        let request = ContextRequest { claimed: Some(id), ..ContextRequest::default() };
        let context = self.load_context(snapshot, place, author, request).await?;
        let Granted { possibly_sent_since } = match self.claim_with(&context, id).await? {
            Ok(granted) => granted,
            Err(outcome) => return Ok(outcome),
        };
        let wording = Wording::for_locale(&context.space().settings.locale);
        let text = wording.sentence("message-quoted", [("question", question)]);
        let reply = Reply::Moderation(ModerationReply {
            text: Report::new(&text).text(),
            controls: vec![Control::RemoveQuoted],
            ..ModerationReply::default()
        });
        let told = BotMessage {
            reply,
            kind: ReplyKind::Quoted,
            entries: vec![pack.clone(), entry.clone(), text_digest.clone()],
            ..BotMessage::for_moderator(false)
        };
        let cause = Cause {
            is_message: true,
            possibly_sent_since,
            edited: Some(message),
            ..Cause::new(id)
        };
        self.apply_effects(told.into(), &cause, &context, sender).await
    }
}
