//! The inputs for handling one event, read once: [`OwnedContext`] and [`Cause`].

use std::sync::Arc;

use super::Service;
use super::knowledge_base::{Snapshot, SpaceIndex};
use crate::conversation::{
    AskerHash, Context, EventTime, Message, MessageId, Place, PlaceId, PrincipalId, SentReply,
    Space, Timestamp, Trigger,
};
use crate::store::records::{self, PlaceStatus, Records};

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
}

impl OwnedContext {
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
            time,
        }
    }
}

impl<R: Records> Service<R> {
    /// Reads the context of an event of `user` at `place`.
    pub(super) async fn load_context(
        &self,
        snapshot: Arc<Snapshot>,
        place: &Place,
        user: &PrincipalId,
        target: Option<SentReply>,
    ) -> records::Result<OwnedContext> {
        let space = snapshot.spaces.of(place).name.clone();
        // The parents of a direct message are the places that its asker shares with the bot: when
        // the bot joined those does not matter.
        let parents: &[PlaceId] = if place.is_direct { &[] } else { &place.parents };
        let places = std::iter::once(&place.id).chain(parents).cloned().collect();
        let status = self.records().place_status(space, places).await?;
        let asker = self.asker_hash(user);
        Ok(OwnedContext { snapshot, place: place.clone(), status, asker, target, has_reply: false })
    }

    /// The message of the bot that `message` refers to: that which it replies to, or for a number that
    /// replies to nothing, the last reply to the same user at this place.
    pub(super) async fn reply_target(
        &self,
        message: &Message,
        trigger: &Trigger,
    ) -> records::Result<Option<SentReply>> {
        match (&message.replied_to, trigger) {
            (Some(replied_to), _) if replied_to.is_from_bot => {
                self.records().reply_by_message(replied_to.id.clone()).await
            }
            (None, Trigger::Selection(..)) => {
                let asker = self.asker_hash(&message.author.id);
                self.records().last_reply_to(asker, message.place.id.clone()).await
            }
            _ => Ok(None),
        }
    }
}
