//! From an event to what is done about it: asks `conversation`, carries out what it says.

use std::sync::Arc;

use super::delivery::{Delivery, Taken};
use super::library::{Shelf, Snapshot};
use super::{Fate, Outgoing, Sender, Service};
use crate::conversation::respond::{greet, respond, respond_to_edit, respond_to_use};
use crate::conversation::trigger::{Ask, trigger};
use crate::conversation::wording::Wording;
use crate::conversation::{
    AskerHash, Effects, Event, Message, MessageId, PersonId, Place, PlaceId, Say, Scene,
    SentAnswer, Shown, Space, SpaceSettings, Timestamp, Trigger, Use,
};
use crate::store::records::{self, Judgement, Records, SpaceState, Standing};

impl<R: Records> Service<R> {
    /// Does what `event` asks for. Failures are logged here and told in the [`Fate`].
    pub async fn handle(&self, event: &Event, sender: &impl Sender) -> Fate {
        let done = match event {
            Event::Said(message) => self.said(message, sender).await,
            Event::Edited(message) => self.edited(message, sender).await,
            Event::Deleted { id, .. } => self.deleted(id, sender).await,
            Event::Used(used) => self.used(used, sender).await,
            Event::Joined { place, whole, at } => {
                self.joined(place, whole.as_ref().unwrap_or(&place.id), *at, sender).await
            }
            Event::Hindered { place, missing } => self.hindered(place, missing, sender).await,
            Event::Reported(report) => self.reported(report, sender).await,
        };
        let fate = done.unwrap_or_else(|error| {
            tracing::error!(%error, "Something was not done to its end, since the records failed");
            Fate::NotRecorded
        });
        self.apologize(event, fate, sender).await;
        fate
    }

    /// Whether `event` may ask something of us. Costs little.
    pub fn concerns(&self, event: &Event) -> bool {
        // What is changed or taken back may be a question that was answered.
        let Event::Said(message) = event else { return true };
        let snapshot = self.library().current();
        trigger(message, &snapshot.spaces.of(&message.place).settings) != Trigger::Nothing
    }

    async fn said(&self, message: &Message, sender: &impl Sender) -> records::Result<Fate> {
        // Most of what is said is not for us, and is to cost nothing.
        let snapshot = self.library().current();
        let trigger = trigger(message, &snapshot.spaces.of(&message.place).settings);
        if trigger == Trigger::Nothing {
            return Ok(Fate::NotForUs);
        }
        let said = self.replied_to(message).await?;
        let stage = self.stage(snapshot, &message.place, &message.author.id, said).await?;
        if self.is_too_old(message, &stage) {
            return Ok(Fate::TooOld);
        }
        let effects =
            || respond(message, &trigger, &stage.scene(message.sent_at), &mut self.cooldowns());
        // Where we listen, most messages are none of our business and leave no trace.
        let overheard = matches!(&trigger, Trigger::Ask(Ask { is_overheard: true, .. }));
        let early = overheard.then(effects);
        if early.as_ref().is_some_and(|effects| *effects == Effects::default()) {
            return Ok(Fate::Silent);
        }
        let may_be_sent_since = match self.take(&message.id).await? {
            Taken::Ours { may_be_sent_since } => may_be_sent_since,
            Taken::Not(fate) => return Ok(fate),
        };
        let effects = early.unwrap_or_else(effects);
        let locale = message.locale.as_ref();
        let cause = Cause { is_message: true, may_be_sent_since, locale, ..Cause::of(&message.id) };
        self.carry_out(effects, &cause, &stage, sender).await
    }

    async fn edited(&self, message: &Message, sender: &impl Sender) -> records::Result<Fate> {
        let Some(said) = self.records().answer_to(message.id.clone()).await? else {
            // What was no question may have become one; what was handled is not handled again.
            return self.said(message, sender).await;
        };
        let Some(change) = &message.change else { return self.follow(message, said, sender).await };
        if let Taken::Not(fate) = self.take(change).await? {
            return Ok(fate);
        }
        let fate = self.follow(message, said, sender).await?;
        match fate {
            Fate::GivenUp => {
                self.records().release(change.clone(), self.parts.holder.clone()).await?;
            }
            _ => self.finish(change, None, None).await?,
        }
        Ok(fate)
    }

    /// Makes `said` the answer to what `message` says now.
    async fn follow(
        &self,
        message: &Message,
        said: SentAnswer,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let stage = self
            .stage(self.library().current(), &message.place, &message.author.id, Some(said))
            .await?;
        let trigger = trigger(message, &stage.space().settings);
        let effects =
            respond_to_edit(message, &trigger, &stage.scene(self.now()), &mut self.cooldowns());
        let locale = message.locale.as_ref();
        let cause = Cause { is_message: true, locale, ..Cause::of(&message.id) };
        self.change(effects, &cause, &stage, sender).await
    }

    async fn deleted(&self, id: &MessageId, sender: &impl Sender) -> records::Result<Fate> {
        if let Some(said) = self.records().answer_to(id.clone()).await? {
            return self.take_away(said, id, sender).await;
        }
        self.records().forget_message(id.clone()).await?;
        Ok(Fate::NotForUs)
    }

    async fn used(&self, used: &Use, sender: &impl Sender) -> records::Result<Fate> {
        let may_be_sent_since = match self.take(&used.id).await? {
            Taken::Ours { may_be_sent_since } => may_be_sent_since,
            Taken::Not(fate) => return Ok(fate),
        };
        let said = self.records().answer_sent_as(used.sent.clone()).await?;
        let stage = self.stage(self.library().current(), &used.place, &used.by.id, said).await?;
        let effects = respond_to_use(used, &stage.scene(self.now()), &mut self.cooldowns());
        let effects = if sender.whispers() { effects } else { effects.aloud() };
        if let (Some(is_helpful), Some(said)) = (effects.judged, &stage.said) {
            let (sent, by) = (said.sent.clone(), stage.asker.clone());
            self.records().judge(Judgement { sent, by, is_helpful, at: self.now() }).await?;
        }
        let locale = used.locale.as_ref();
        let cause =
            Cause { may_be_sent_since, locale, used: Some(&used.sent), ..Cause::of(&used.id) };
        self.carry_out(effects, &cause, &stage, sender).await
    }

    async fn joined(
        &self,
        place: &Place,
        whole: &PlaceId,
        at: Timestamp,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        if !self.records().join(whole.clone(), at).await? {
            return Ok(Fate::Repeated);
        }
        // Who has had us for long is not greeted by a new data folder.
        if self.now().since(at) > self.parts.delivery.catch_up() {
            return Ok(Fate::TooOld);
        }
        let id = MessageId::from(format!("{whole}:joined"));
        let may_be_sent_since = match self.take(&id).await? {
            Taken::Ours { may_be_sent_since } => may_be_sent_since,
            Taken::Not(fate) => return Ok(fate),
        };
        let nobody = PersonId::from("");
        let stage = self.stage(self.library().current(), place, &nobody, None).await?;
        let effects = greet(place, &stage.scene(at));
        let cause = Cause { may_be_sent_since, ..Cause::of(&id) };
        self.carry_out(effects, &cause, &stage, sender).await
    }

    /// Does what `effects` say about `cause`, which is claimed.
    pub(super) async fn carry_out(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        stage: &Stage,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let space = stage.space();
        if let Some(is_paused) = effects.pause {
            self.records().set_space_state(space.name.clone(), SpaceState { is_paused }).await?;
        }
        match effects.shown {
            Shown::Say(say) => {
                let outgoing = Outgoing {
                    place: stage.place.id.clone(),
                    cause: cause.id.clone(),
                    is_reply: cause.is_message,
                    used: cause.used.cloned(),
                    locale: locale_of(&say, cause.locale, &space.settings),
                    say,
                };
                let delivery = Delivery {
                    outgoing,
                    may_be_sent_since: cause.may_be_sent_since,
                    space: space.name.clone(),
                    asker: stage.asker.clone(),
                    unanswered: effects.unanswered,
                };
                self.deliver_showing_work(delivery, sender).await
            }
            Shown::Amend(_) | Shown::Remove => {
                let fate = self.change(effects, cause, stage, sender).await?;
                self.finish(cause.id, None, None).await?;
                Ok(fate)
            }
            Shown::Nothing => {
                self.finish(cause.id, None, effects.unanswered).await?;
                Ok(Fate::Silent)
            }
        }
    }

    /// Changes our message on the stage or takes it away, as `effects` say about `cause`.
    async fn change(
        &self,
        effects: Effects,
        cause: &Cause<'_>,
        stage: &Stage,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let Some(said) = stage.said.clone() else { return Ok(Fate::Silent) };
        match effects.shown {
            Shown::Amend(say) => {
                let outgoing = instead_of(&said, say, cause, stage.space());
                let fate = self.amend(&said.sent, &outgoing, sender).await;
                if fate == Fate::Amended {
                    let Say { kind, is_private, entries, .. } = outgoing.say;
                    let amended = SentAnswer { kind, is_private, entries, ..said };
                    self.records().amend_answer(amended, effects.unanswered).await?;
                }
                Ok(fate)
            }
            Shown::Remove => self.take_away(said, cause.id, sender).await,
            Shown::Nothing | Shown::Say(_) => Ok(Fate::Silent),
        }
    }

    /// Takes `said` away. Where the platform does not let us, it is remembered, so that it can be
    /// taken away later; the question is forgotten in any case.
    async fn take_away(
        &self,
        said: SentAnswer,
        cause: &MessageId,
        sender: &impl Sender,
    ) -> records::Result<Fate> {
        let fate = self.remove((&said.sent, &said.place), cause, sender).await;
        if fate == Fate::Removed {
            self.records().forget_message(said.question).await?;
        } else {
            self.records().amend_answer(said, None).await?;
        }
        Ok(fate)
    }

    /// What holds at `place` for `person`.
    pub(super) async fn stage(
        &self,
        snapshot: Arc<Snapshot>,
        place: &Place,
        person: &PersonId,
        said: Option<SentAnswer>,
    ) -> records::Result<Stage> {
        let space = snapshot.spaces.of(place).name.clone();
        // What is around a direct message is what its asker shares with us.
        let around: &[PlaceId] = if place.is_direct { &[] } else { &place.within };
        let places = std::iter::once(&place.id).chain(around).cloned().collect();
        let standing = self.records().standing(space, places).await?;
        Ok(Stage { snapshot, place: place.clone(), standing, asker: self.asker(person), said })
    }

    /// Our message that `message` replies to.
    async fn replied_to(&self, message: &Message) -> records::Result<Option<SentAnswer>> {
        match message.replied_to.as_ref().filter(|replied_to| replied_to.is_ours) {
            Some(replied_to) => self.records().answer_sent_as(replied_to.id.clone()).await,
            None => Ok(None),
        }
    }

    /// Whether `message` is older than what is caught up with, or than our presence.
    fn is_too_old(&self, message: &Message, stage: &Stage) -> bool {
        self.now().since(message.sent_at) > self.parts.delivery.catch_up()
            || message.sent_at < stage.standing.present_since
    }
}

/// The language of `say`: what one person alone reads is in theirs, if we speak it.
pub(super) fn locale_of(say: &Say, theirs: Option<&String>, settings: &SpaceSettings) -> String {
    let theirs = theirs.filter(|locale| say.is_private && Wording::speaks(locale));
    theirs.unwrap_or(&settings.locale).clone()
}

/// What takes the place of `said` because of `cause`.
fn instead_of(said: &SentAnswer, say: Say, cause: &Cause<'_>, space: &Space) -> Outgoing {
    let locale = locale_of(&say, cause.locale, &space.settings);
    let (place, is_reply) = (said.place.clone(), cause.is_message);
    let (cause, used) = (cause.id.clone(), cause.used.cloned());
    Outgoing { place, cause, is_reply, used, locale, say }
}

/// What something is done for.
pub(super) struct Cause<'a> {
    pub(super) id: &'a MessageId,
    /// Whether it is a message that can be replied to.
    pub(super) is_message: bool,
    /// Our message that was used.
    pub(super) used: Option<&'a MessageId>,
    /// Since when it may have been replied to.
    pub(super) may_be_sent_since: Option<Timestamp>,
    /// The language of whoever it is from.
    pub(super) locale: Option<&'a String>,
}

impl<'a> Cause<'a> {
    /// Something that is called `id`.
    pub(super) fn of(id: &'a MessageId) -> Self {
        Self { id, is_message: false, used: None, may_be_sent_since: None, locale: None }
    }
}

/// What holds at a place while something is done, from one moment.
pub(super) struct Stage {
    snapshot: Arc<Snapshot>,
    place: Place,
    standing: Standing,
    asker: AskerHash,
    /// Our message that is replied to, used, or that answered what was edited.
    said: Option<SentAnswer>,
}

impl Stage {
    fn space(&self) -> &Space {
        self.snapshot.spaces.of(&self.place)
    }

    /// Whether moderators have paused us there.
    pub(super) fn is_paused(&self) -> bool {
        self.standing.state.is_paused
    }

    fn scene(&self, now: Timestamp) -> Scene<'_> {
        let space = self.space();
        let Shelf { index, rule, .. } = self.snapshot.shelf(space);
        let Self { asker, said, .. } = self;
        let is_paused = self.is_paused();
        Scene { space, is_paused, index, rule, asker, said: said.as_ref(), now }
    }
}
