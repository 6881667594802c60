//! What Discord told, looked at in order: what is learned from it, and what the service is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serenity::model::application::{CommandInteraction, Interaction};
use serenity::model::gateway::Ready;
use serenity::model::guild::Guild;
use serenity::model::id::{ApplicationId, GuildId, InteractionId};
use tokio::sync::mpsc;

use super::super::Stop;
use super::edits::Edits;
use super::gateway::Happening;
use super::interaction::{self, Asked};
use super::locating::Lookups;
use super::markdown::shortened;
use super::pending::Pending;
use super::places::Places;
use super::response::complete;
use super::{Discord, commands, incoming, name};
use crate::conversation::Event;
use crate::conversation::Timestamp;
use crate::conversation::autocomplete;

/// Choices that Discord shows to somebody who is typing.
const MAX_CHOICES: usize = 25;

/// Characters of a choice. The beginning of a longer question finds it as well.
const MAX_CHOICE: usize = 100;

impl Discord {
    /// Looks at what is told until nobody tells any more. After the stop, only what was told before
    /// is still for the service.
    pub(super) async fn listen(
        &self,
        told: &mut mpsc::Receiver<Happening>,
        n_shards: usize,
        stop: &Stop,
    ) {
        let mut places = Places::of_shards(n_shards);
        let mut lookups = Lookups::default();
        let mut edits = Edits::since(serenity::model::Timestamp::now());
        let mut bringing = Some(stop.bringing.token());
        loop {
            let is_over = stop.asked.is_cancelled();
            if is_over && told.is_empty() && lookups.is_idle() {
                bringing = None;
            }
            tokio::select! {
                happening = told.recv() => {
                    let Some(happening) = happening else { return };
                    // What comes now is told again by nobody: it is not taken.
                    if bringing.is_none() && happening.is_for_service() {
                        continue;
                    }
                    if let Happening::Edited(update) = &happening
                        && !edits.is_new(update)
                    {
                        continue;
                    }
                    let ready = lookups.hold_back(happening, &places, &self.api);
                    if let Some(happening) = ready {
                        self.look_at(happening, &mut places);
                    }
                }
                found = lookups.next() => {
                    for happening in lookups.settle(found, &mut places) {
                        self.look_at(happening, &mut places);
                    }
                }
                () = stop.asked.cancelled(), if !is_over => {}
            }
        }
    }

    /// Nothing here may wait: everything that happens passes through.
    fn look_at(&self, happening: Happening, places: &mut Places) {
        match happening {
            Happening::Ready(ready) => self.ready(&ready, places),
            Happening::Guild(guild) => self.guild(&guild, places),
            Happening::GuildGone(guild) => places.forget(guild),
            Happening::Channel(channel) => {
                places.learn_channel(&channel);
                let changed = channel.id;
                self.hindrances.forget(|it| it == changed || places.is_below(it, changed));
            }
            Happening::Permissions(guild) => {
                self.hindrances.forget(|channel| places.is_in(channel, guild));
            }
            Happening::ChannelGone(channel) => places.forget_channel(channel),
            Happening::Said(message) => {
                self.offer(incoming::said(&message, places).map(Event::Said));
            }
            Happening::Edited(update) => {
                self.offer(incoming::edited(&update, places).map(Event::Edited));
            }
            Happening::Deleted { channel, messages, guild } => {
                self.offer(incoming::deleted(channel, &messages, guild, places));
            }
            Happening::Asked(asked) => self.asked(&asked, places),
        }
    }

    fn offer(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.tell(event);
        }
    }

    fn ready(&self, ready: &Ready, places: &mut Places) {
        let (shard, total) = ready.shard.map_or((0, 1), |shard| (shard.id.0, shard.total));
        let guilds: Vec<GuildId> = ready.guilds.iter().map(|guild| guild.id).collect();
        let n_guilds = guilds.len();
        tracing::info!(shard, n_guilds, "Discord shard {shard} serves {n_guilds} guilds");
        places.ready(ready.user.id, (shard, total), &guilds);
        self.us.get_or_init(|| ready.user.id);
        // Once in a life is enough: commands change with the version. Whoever is at it counts.
        if !self.has_commands.swap(true, Ordering::Relaxed) {
            self.register_commands(ready.application.id);
        }
    }

    fn register_commands(&self, application: ApplicationId) {
        let (api, has_commands) = (Arc::clone(&self.api), Arc::clone(&self.has_commands));
        tokio::spawn(async move {
            let is_done = commands::insist(&api, application).await;
            // What was refused may be taken after the next connection.
            has_commands.store(is_done, Ordering::Relaxed);
        });
    }

    fn guild(&self, guild: &Guild, places: &mut Places) {
        if places.learn(guild) {
            tracing::info!(guild.id = %guild.id, "Discord guild {} was joined", guild.id);
        }
        // Discord tells of it at each start and after outages, too; the records know whether it is
        // new. Whoever invites us before the first start is greeted then.
        if let Some(place) = places.greeting_place(guild) {
            let millis = guild.joined_at.unix_timestamp_nanos() / 1_000_000;
            let at = Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            self.tell(Event::Joined { place, whole: Some(name::guild(guild.id)), at });
        }
    }

    fn asked(&self, asked: &Interaction, places: &mut Places) {
        match asked {
            Interaction::Command(command) => {
                let found = interaction::command(command, places);
                let way = (command.application_id, &command.token, &command.locale);
                self.wait_for_answer(found, command.id, way);
            }
            Interaction::Component(pressed) => {
                let found = interaction::pressed(pressed, places);
                let way = (pressed.application_id, &pressed.token, &pressed.locale);
                self.wait_for_answer(found, pressed.id, way);
            }
            Interaction::Autocomplete(typing) => self.complete(typing, places),
            _ => {}
        }
    }

    fn wait_for_answer(
        &self,
        asked: Option<Asked>,
        id: InteractionId,
        (application, token, locale): (ApplicationId, &String, &String),
    ) {
        let Some(Asked { event, way }) = asked else { return };
        let pending = self.pending.add(Pending::new(id, application, token, way, locale));
        tokio::spawn(pending.watch_over(Arc::clone(&self.api)));
        self.tell(event);
    }

    /// Offers questions to somebody who is typing one.
    fn complete(&self, typing: &CommandInteraction, places: &mut Places) {
        let Some(typed) = typing.data.autocomplete() else { return };
        if let Some(channel) = &typing.channel {
            places.learn_partial(channel, typing.guild_id);
        }
        let place = places.place(typing.channel_id, typing.guild_id);
        let snapshot = self.library.current();
        let (api, id, token) = (Arc::clone(&self.api), typing.id, typing.token.clone());
        let typed = typed.value.to_owned();
        tokio::spawn(async move {
            let shelf = snapshot.shelf(snapshot.spaces.of(&place));
            let found = autocomplete::questions(&shelf.index, &shelf.rule, &typed, MAX_CHOICES);
            let choices = found.into_iter().map(|question| shortened(question, MAX_CHOICE));
            let choices = choices.collect();
            // Whoever goes on typing asks again.
            drop(complete(id, &token, choices, &api).await);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::super::super::Style;
    use super::super::tests::message;
    use super::super::{Settings, Shards};
    use super::*;
    use crate::conversation::space::DEFAULT_SPACE;
    use crate::conversation::{Space, SpaceSettings, Spaces};
    use crate::matching::Thresholds;
    use crate::service::settings::DeliverySettings;
    use crate::service::{Clock, Lane, Library, Parts, Pulse, Service, SystemClock};
    use crate::store::asker_key::AskerKey;
    use crate::store::records::{Holder, SqliteRecords};

    /// More than a task does without a pause.
    const N_TOLD: usize = 300;

    /// A lane that counts what comes through it, and a Discord that brings it, at an address where
    /// nothing answers.
    async fn counted() -> (Arc<Discord>, Arc<Lane>, Arc<Mutex<usize>>) {
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: Vec::new(),
            settings: SpaceSettings::default(),
        };
        let spaces = Spaces { default, others: Vec::new() };
        let library = Arc::new(Library::open(spaces, Thresholds::default()).unwrap());
        let settings = Settings {
            token: "t".into(),
            api_base: Some("http://127.0.0.1:1".to_owned()),
            rate_limiter: false,
            message_content: false,
            style: Style::Embed,
            shards: Shards::default(),
        };
        let pulse = Pulse::new("discord");
        let discord = Arc::new(Discord::new(settings, Arc::clone(&library), pulse).unwrap());
        let service = Arc::new(Service::new(Parts {
            records: SqliteRecords::in_memory(SystemClock.now()).await.unwrap(),
            library,
            asker_key: AskerKey::new(*b"key"),
            clock: Arc::new(SystemClock),
            holder: Holder::new("test"),
            delivery: DeliverySettings::default(),
        }));
        let n_done = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&n_done);
        let count = move |_, _| *counter.lock().unwrap() += 1;
        let lane = Lane::start(&service, &discord, &DeliverySettings::default(), count);
        let lane = Arc::new(lane);
        discord.events.lead_to(&lane);
        (discord, lane, n_done)
    }

    /// Somebody says something: directly to the bot, or in a thread that nobody knows.
    fn said(number: usize, is_direct: bool) -> Happening {
        let id = (400_000_000_000_000_000 + number).to_string();
        let guild = if is_direct { Value::Null } else { json!("1") };
        let channel = if is_direct { "98" } else { "99" };
        let message = message(json!({ "id": id, "channel_id": channel, "guild_id": guild }));
        Happening::Said(Box::new(serde_json::from_value(message).unwrap()))
    }

    /// How many of `N_TOLD` come through the lane when the stop comes before they were looked at,
    /// and one more is told after what was told before the stop was brought.
    async fn n_brought(closes_lane_then: bool) -> usize {
        let (discord, lane, n_done) = counted().await;
        let (happenings, mut told) = mpsc::channel(2 * N_TOLD);
        let stop = Stop::default();
        for number in 0..N_TOLD {
            // The first one waits until it is known that nothing is known of its place.
            happenings.try_send(said(number, number > 0)).unwrap();
        }
        stop.asked.cancel();
        let later = async {
            // It has started to listen by now.
            tokio::task::yield_now().await;
            stop.bringing.close();
            stop.bringing.wait().await;
            if closes_lane_then {
                assert!(lane.drain(Duration::from_secs(30)).await);
            }
            happenings.try_send(said(N_TOLD, true)).unwrap();
            drop(happenings);
        };
        tokio::join!(discord.listen(&mut told, 1, &stop), later);
        assert!(lane.drain(Duration::from_secs(30)).await);
        *n_done.lock().unwrap()
    }

    #[tokio::test]
    async fn what_was_told_before_a_stop_comes_to_the_service_in_time() {
        assert_eq!(n_brought(true).await, N_TOLD);
    }

    #[tokio::test]
    async fn what_is_told_after_a_stop_is_not_taken() {
        assert_eq!(n_brought(false).await, N_TOLD);
    }
}
