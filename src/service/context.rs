//! The inputs for handling one event, read once: [`OwnedContext`] and [`Cause`].

use std::sync::Arc;

use super::Service;
use super::knowledge_base::{Snapshot, SpaceIndex};
use crate::conversation::{
    AskerHash, Context, EventTime, Message, MessageId, ModeratorCommand, Place, PlaceId,
    PrincipalId, SentReply, Space, Timestamp, Trigger,
};
use crate::store::records::{self, ClaimStatus, Lookup, PlaceStatus, Records, ReplyKey};

/// The event that an action is taken for.
pub(super) struct Cause<'a> {
    /// Id of the event. It is claimed, and it is the deduplication key of sends.
    pub(super) id: &'a MessageId,
    /// The message that is answered, if the event is an edit of it.
    pub(super) edited: Option<&'a MessageId>,
    /// Whether it is a message that can be replied to.
    pub(super) is_message: bool,
    /// The message of the bot whose control was used.
    pub(super) control_message: Option<&'a MessageId>,
    /// When another process began to send a reply whose result is unknown.
    pub(super) possibly_sent_since: Option<Timestamp>,
    /// The id under which a public reply is recorded, if it is a reply to a command about another
    /// message.
    pub(super) about: Option<&'a MessageId>,
    /// Language of the user, as a BCP 47 tag.
    pub(super) locale: Option<&'a String>,
}

impl<'a> Cause<'a> {
    /// The event `id`, with nothing else known about it.
    pub(super) fn new(id: &'a MessageId) -> Self {
        Self {
            id,
            edited: None,
            is_message: false,
            control_message: None,
            possibly_sent_since: None,
            about: None,
            locale: None,
        }
    }
}

/// Owner of everything that a [`Context`] borrows. All of it is from one moment.
pub(super) struct OwnedContext {
    snapshot: Arc<Snapshot>,
    pub(super) place: Place,
    pub(super) status: PlaceStatus,
    pub(super) asker: AskerHash,
    /// The message of the bot that the event targets: it was replied to, its control was used, or
    /// it answers the edited message.
    pub(super) target: Option<SentReply>,
    /// See [`Context::has_reply`].
    pub(super) has_reply: bool,
    /// See [`Context::asked`].
    pub(super) asked: Option<String>,
    /// See [`Context::feedback`].
    pub(super) feedback: Option<bool>,
    /// The result of the claim on the event; `None` if it was not claimed.
    pub(super) claim: Option<ClaimStatus>,
}

/// What to read for an event besides the status of its place.
#[derive(Debug, Clone, Default)]
pub(super) struct ContextRequest<'a> {
    /// The event, if it is to be claimed.
    pub(super) claimed: Option<&'a MessageId>,
    /// When it was sent, if it is a message: one from before the bot became a member is not claimed.
    pub(super) sent_at: Option<Timestamp>,
    /// What names the message of the bot that the event targets.
    pub(super) target: Option<ReplyKey>,
    /// The messages that [`Context::has_reply`] is about.
    pub(super) related: Vec<MessageId>,
}

impl OwnedContext {
    /// The packs and spaces.
    pub(super) fn snapshot(&self) -> &Arc<Snapshot> {
        &self.snapshot
    }

    pub(super) fn space(&self) -> &Space {
        self.snapshot.spaces.of(&self.place)
    }

    /// Whether moderators have paused the bot at this place.
    pub(super) fn is_paused(&self) -> bool {
        self.status.is_paused
    }

    /// The context that `conversation` takes, of an event at `time`.
    pub(super) fn borrow(&self, time: EventTime) -> Context<'_> {
        let space = self.space();
        let SpaceIndex { index, rule, .. } = self.snapshot.index_for(space);
        Context {
            space,
            is_paused: self.is_paused(),
            index,
            rule,
            asker: &self.asker,
            target: self.target.as_ref(),
            has_reply: self.has_reply,
            asked: self.asked.as_deref(),
            feedback: self.feedback,
            time,
        }
    }
}

impl<R: Records> Service<R> {
    /// Reads the context of an event of `user` at `place` and claims it, as `request` says: one call of the
    /// records, since each costs a commit.
    pub(super) async fn load_context(
        &self,
        snapshot: Arc<Snapshot>,
        place: &Place,
        user: &PrincipalId,
        request: ContextRequest<'_>,
    ) -> records::Result<OwnedContext> {
        let ContextRequest { claimed, sent_at, target, related } = request;
        // The parents of a direct message are the places that its asker shares with the bot: when
        // the bot joined those does not matter.
        let parents: &[PlaceId] = if place.is_direct { &[] } else { &place.parents };
        let lookup = Lookup {
            space: snapshot.spaces.of(place).name.clone(),
            places: std::iter::once(&place.id).chain(parents).cloned().collect(),
            target,
            related,
            claim: claimed.map(|id| self.claim(id)),
            sent_at,
        };
        let found = self.records().look_up(lookup).await?;
        Ok(OwnedContext {
            snapshot,
            place: place.clone(),
            status: found.status,
            asker: self.asker_hash(user),
            target: found.target,
            has_reply: found.has_reply,
            asked: None,
            feedback: None,
            claim: found.claim,
        })
    }

    /// The context of `message`, as [`Self::load_context`] reads it.
    pub(super) async fn load_message_context(
        &self,
        snapshot: &Arc<Snapshot>,
        message: &Message,
        request: ContextRequest<'_>,
    ) -> records::Result<OwnedContext> {
        let load = || {
            let snapshot = Arc::clone(snapshot);
            self.load_context(snapshot, &message.place, &message.author.id, request.clone())
        };
        let context = load().await?;
        if context.status.member_since <= self.now() {
            return Ok(context);
        }
        // The clock was ahead and was corrected: this is the first message since that is not older
        // than the membership.
        self.records().correct_future_times(message.sent_at).await?;
        load().await
    }

    /// What names the message of the bot that `message` refers to: that which it replies to, or for what
    /// refers to a message and replies to nothing, the last reply to the same user at this place.
    pub(super) fn reply_target(&self, message: &Message, trigger: &Trigger) -> Option<ReplyKey> {
        match (&message.replied_to, trigger) {
            (Some(replied_to), _) if replied_to.is_from_bot => {
                Some(ReplyKey::Message(replied_to.id.clone()))
            }
            (None, Trigger::Selection(..) | Trigger::Moderation(ModeratorCommand::Save, _)) => {
                let asker = self.asker_hash(&message.author.id);
                Some(ReplyKey::Last { asker, place: message.place.id.clone() })
            }
            _ => None,
        }
    }
}
