//! What Discord told, looked at in order: what is learned from it, and what the service is told.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serenity::model::application::{CommandInteraction, Interaction};
use serenity::model::gateway::Ready;
use serenity::model::guild::Guild;
use serenity::model::id::{ApplicationId, GuildId, InteractionId};
use tokio::sync::mpsc;

use super::super::Shutdown;
use super::Discord;
use super::channel_cache::ChannelCache;
use super::channel_lookup::ChannelLookups;
use super::commands;
use super::gateway::GatewayEvent;
use super::ids;
use super::incoming;
use super::incoming::edit_filter::EditFilter;
use super::incoming::interaction::{self, IncomingInteraction};
use super::interaction_response::PendingInteraction;
use super::interaction_response::callback::send_choices;
use super::markdown::truncate;
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
    pub(super) async fn run_event_loop(
        &self,
        told: &mut mpsc::Receiver<GatewayEvent>,
        n_shards: usize,
        stop: &Shutdown,
    ) {
        let mut places = ChannelCache::for_shards(n_shards);
        let mut lookups = ChannelLookups::default();
        let mut edits = EditFilter::since(serenity::model::Timestamp::now());
        let mut bringing = Some(stop.in_flight.token());
        loop {
            let is_over = stop.graceful.is_cancelled();
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
                    if let GatewayEvent::MessageUpdate(update) = &happening
                        && !edits.is_new(update)
                    {
                        continue;
                    }
                    let ready = lookups.defer_until_known(happening, &places, &self.api);
                    if let Some(happening) = ready {
                        self.handle_event(happening, &mut places);
                    }
                }
                found = lookups.next() => {
                    for happening in lookups.resolve(found, &mut places) {
                        self.handle_event(happening, &mut places);
                    }
                }
                () = stop.graceful.cancelled(), if !is_over => {}
            }
        }
    }

    /// Nothing here may wait: everything that happens passes through.
    fn handle_event(&self, happening: GatewayEvent, places: &mut ChannelCache) {
        match happening {
            GatewayEvent::Ready(ready) => self.on_ready(&ready, places),
            GatewayEvent::Guild(guild) => self.on_guild(&guild, places),
            GatewayEvent::GuildDelete(guild) => places.remove_guild(guild),
            GatewayEvent::Channel(channel) => {
                places.add_channel(&channel);
                let changed = channel.id;
                self.recent_denials.forget(|it| it == changed || places.is_child_of(it, changed));
            }
            GatewayEvent::PermissionsChanged(guild) => {
                self.recent_denials.forget(|channel| places.is_in(channel, guild));
            }
            GatewayEvent::ChannelDelete(channel) => places.remove_channel(channel),
            GatewayEvent::MessageCreate(message) => {
                self.dispatch_all(
                    incoming::message_created(&message, places).map(Event::MessageCreated),
                );
            }
            GatewayEvent::MessageUpdate(update) => {
                self.dispatch_all(
                    incoming::message_edited(&update, places).map(Event::MessageEdited),
                );
            }
            GatewayEvent::MessageDelete { channel, messages, guild } => {
                self.dispatch_all(incoming::messages_deleted(channel, &messages, guild, places));
            }
            GatewayEvent::Interaction(asked) => self.on_interaction(&asked, places),
        }
    }

    fn dispatch_all(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.dispatch(event);
        }
    }

    fn on_ready(&self, ready: &Ready, places: &mut ChannelCache) {
        let (shard, total) = ready.shard.map_or((0, 1), |shard| (shard.id.0, shard.total));
        let guilds: Vec<GuildId> = ready.guilds.iter().map(|guild| guild.id).collect();
        let n_guilds = guilds.len();
        tracing::info!(shard, n_guilds, "Discord shard {shard} serves {n_guilds} guilds");
        places.ready(ready.user.id, (shard, total), &guilds);
        self.bot_id.get_or_init(|| ready.user.id);
        // Once in a life is enough: commands change with the version. Whoever is at it counts.
        if !self.has_commands.swap(true, Ordering::Relaxed) {
            self.register_commands(ready.application.id);
        }
    }

    fn register_commands(&self, application: ApplicationId) {
        let (api, has_commands) = (Arc::clone(&self.api), Arc::clone(&self.has_commands));
        tokio::spawn(async move {
            let is_done = commands::register_with_retry(&api, application).await;
            // What was refused may be taken after the next connection.
            has_commands.store(is_done, Ordering::Relaxed);
        });
    }

    fn on_guild(&self, guild: &Guild, places: &mut ChannelCache) {
        if places.add_guild(guild) {
            tracing::info!(guild.id = %guild.id, "Discord guild {} was joined", guild.id);
        }
        // Discord tells of it at each start and after outages, too; the records know whether it is
        // new. Whoever invites us before the first start is greeted then.
        if let Some(place) = places.greeting_channel(guild) {
            let millis = guild.joined_at.unix_timestamp_nanos() / 1_000_000;
            let at = Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            self.dispatch(Event::Joined { place, member_of: Some(ids::guild(guild.id)), at });
        }
    }

    fn on_interaction(&self, asked: &Interaction, places: &mut ChannelCache) {
        match asked {
            Interaction::Command(command) => {
                let found = interaction::command(command, places);
                let way = (command.application_id, &command.token, &command.locale);
                self.track_interaction(found, command.id, way);
            }
            Interaction::Component(pressed) => {
                let found = interaction::component(pressed, places);
                let way = (pressed.application_id, &pressed.token, &pressed.locale);
                self.track_interaction(found, pressed.id, way);
            }
            Interaction::Autocomplete(typing) => self.autocomplete(typing, places),
            _ => {}
        }
    }

    fn track_interaction(
        &self,
        asked: Option<IncomingInteraction>,
        id: InteractionId,
        (application, token, locale): (ApplicationId, &String, &String),
    ) {
        let Some(IncomingInteraction { event, way }) = asked else { return };
        let pending =
            self.pending.insert(PendingInteraction::new(id, application, token, way, locale));
        tokio::spawn(pending.defer_if_slow(Arc::clone(&self.api)));
        self.dispatch(event);
    }

    /// Offers questions to somebody who is typing one.
    fn autocomplete(&self, typing: &CommandInteraction, places: &mut ChannelCache) {
        let Some(typed) = typing.data.autocomplete() else { return };
        if let Some(channel) = &typing.channel {
            places.add_partial_channel(channel, typing.guild_id);
        }
        let place = places.place(typing.channel_id, typing.guild_id);
        let snapshot = self.library.current();
        let (api, id, token) = (Arc::clone(&self.api), typing.id, typing.token.clone());
        let typed = typed.value.to_owned();
        tokio::spawn(async move {
            let shelf = snapshot.index_for(snapshot.spaces.of(&place));
            let found = autocomplete::complete(&shelf.index, &shelf.rule, &typed, MAX_CHOICES);
            let choices = found.into_iter().map(|question| truncate(question, MAX_CHOICE));
            let choices = choices.collect();
            // Whoever goes on typing asks again.
            drop(send_choices(id, &token, choices, &api).await);
        });
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::super::tests::message;
    use super::super::{Settings, ShardRange};
    use super::*;
    use crate::conversation::space::DEFAULT_SPACE;
    use crate::conversation::{Space, SpaceSettings, Spaces};
    use crate::matching::Thresholds;
    use crate::platform::AnswerStyle;
    use crate::service::settings::DeliverySettings;
    use crate::service::{Clock, Dispatcher, KnowledgeBase, Liveness, Parts, Service, SystemClock};
    use crate::store::asker_key::AskerKey;
    use crate::store::records::{Holder, SqliteRecords};

    /// More than a task does without a pause.
    const N_TOLD: usize = 300;

    /// A lane that counts what comes through it, and a Discord that brings it, at an address where
    /// nothing answers.
    async fn counted() -> (Arc<Discord>, Arc<Dispatcher>, Arc<Mutex<usize>>) {
        let default = Space {
            name: DEFAULT_SPACE.to_owned(),
            places: Vec::new(),
            packs: Vec::new(),
            settings: SpaceSettings::default(),
        };
        let spaces = Spaces { default, others: Vec::new() };
        let library = Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap());
        let settings = Settings {
            token: "t".into(),
            api_base: Some("http://127.0.0.1:1".to_owned()),
            rate_limiter: false,
            message_content: false,
            style: AnswerStyle::Embed,
            shards: ShardRange::default(),
        };
        let pulse = Liveness::new("discord");
        let discord = Arc::new(Discord::new(settings, Arc::clone(&library), pulse).unwrap());
        let service = Arc::new(Service::new(Parts {
            records: SqliteRecords::in_memory(SystemClock.now()).await.unwrap(),
            knowledge_base: library,
            asker_key: AskerKey::new(*b"key"),
            clock: Arc::new(SystemClock),
            holder: Holder::new("test"),
            delivery: DeliverySettings::default(),
        }));
        let n_done = Arc::new(Mutex::new(0));
        let counter = Arc::clone(&n_done);
        let count = move |_, _| *counter.lock().unwrap() += 1;
        let lane = Dispatcher::start(&service, &discord, &DeliverySettings::default(), count);
        let lane = Arc::new(lane);
        discord.events.connect(&lane);
        (discord, lane, n_done)
    }

    /// Somebody says something: directly to the bot, or in a thread that nobody knows.
    fn said(number: usize, is_direct: bool) -> GatewayEvent {
        let id = (400_000_000_000_000_000 + number).to_string();
        let guild = if is_direct { Value::Null } else { json!("1") };
        let channel = if is_direct { "98" } else { "99" };
        let message = message(json!({ "id": id, "channel_id": channel, "guild_id": guild }));
        GatewayEvent::MessageCreate(Box::new(serde_json::from_value(message).unwrap()))
    }

    /// How many of `N_TOLD` come through the lane when the stop comes before they were looked at,
    /// and one more is told after what was told before the stop was brought.
    async fn n_brought(closes_lane_then: bool) -> usize {
        let (discord, lane, n_done) = counted().await;
        let (happenings, mut told) = mpsc::channel(2 * N_TOLD);
        let stop = Shutdown::default();
        for number in 0..N_TOLD {
            // The first one waits until it is known that nothing is known of its place.
            happenings.try_send(said(number, number > 0)).unwrap();
        }
        stop.graceful.cancel();
        let later = async {
            // It has started to listen by now.
            tokio::task::yield_now().await;
            stop.in_flight.close();
            stop.in_flight.wait().await;
            if closes_lane_then {
                assert!(lane.drain(Duration::from_secs(30)).await);
            }
            happenings.try_send(said(N_TOLD, true)).unwrap();
            drop(happenings);
        };
        tokio::join!(discord.run_event_loop(&mut told, 1, &stop), later);
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
