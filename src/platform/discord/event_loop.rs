//! The event loop. Takes gateway events in order, updates the platform's own state and dispatches
//! events to the service.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use serenity::model::application::Interaction;
use serenity::model::gateway::Ready;
use serenity::model::guild::Guild;
use serenity::model::id::{ApplicationId, GuildId, InteractionId};
use tokio::sync::mpsc;

use super::super::Shutdown;
use super::Discord;
use super::catch_up::CatchUp;
use super::channel_cache::ChannelCache;
use super::commands;
use super::direct_channels::DirectChannels;
use super::gateway::GatewayEvent;
use super::ids;
use super::incoming::edit_filter::EditFilter;
use super::incoming::interaction::{self, IncomingInteraction};
use super::incoming::message;
use super::interaction_response::PendingInteraction;
use super::lookup::Lookups;
use super::proxies::Proxies;
use crate::conversation::Event;
use crate::conversation::Timestamp;
use crate::service::{Clock, SystemClock};

impl Discord {
    /// Handles gateway events until the gateway ends. After the graceful shutdown begins, only
    /// events that were received before it are dispatched to the service.
    pub(super) async fn run_event_loop(
        &self,
        gateway_events: &mut mpsc::Receiver<GatewayEvent>,
        n_shards: usize,
        stop: &Shutdown,
    ) {
        let mut cache = ChannelCache::for_shards(n_shards);
        let mut lookups = Lookups::default();
        let mut proxies = Proxies::new(&self.settings.proxies);
        let max_age = self.settings.catch_up;
        let mut catch_up = CatchUp::new(max_age);
        let since = SystemClock.now().minus(max_age);
        let mut direct_channels = DirectChannels::open(&self.settings.folder, since);
        let mut edits = EditFilter::since(serenity::model::Timestamp::now());
        let mut in_flight = Some(stop.in_flight.token());
        loop {
            let is_stopping = stop.graceful.is_cancelled();
            if is_stopping && gateway_events.is_empty() && lookups.is_idle() {
                in_flight = None;
            }
            tokio::select! {
                event = gateway_events.recv() => {
                    let Some(mut event) = event else { return };
                    // Received after the shutdown began. Discord does not send it again.
                    if in_flight.is_none() && event.is_for_service() {
                        continue;
                    }
                    match &event {
                        GatewayEvent::MessageCreate(it) => direct_channels.record_if_direct(it),
                        // The first shard receives direct messages.
                        GatewayEvent::Ready(ready) if ready.shard.is_none_or(|it| it.id.0 == 0) => {
                            catch_up.on_direct_ready(&direct_channels, SystemClock.now());
                        }
                        _ => {}
                    }
                    if let GatewayEvent::MessageUpdate(update) = &event
                        && !edits.is_new(update)
                    {
                        continue;
                    }
                    let original = proxies.unmask(&mut event);
                    for event in original.into_iter().chain([event]) {
                        if let Some(event) = lookups.defer_until_known(event, &cache, &self.api) {
                            self.handle_event(event, &mut cache, &mut catch_up);
                        }
                    }
                }
                found = lookups.next() => {
                    for event in lookups.resolve(found, &mut cache, &self.api) {
                        self.handle_event(event, &mut cache, &mut catch_up);
                    }
                }
                // The rest is caught up with after the next start.
                page = catch_up.next(&self.api, &self.events), if !is_stopping => {
                    for mut event in catch_up.resolve(page, cache.bot_id()) {
                        proxies.unmask(&mut event);
                        if let Some(event) = lookups.defer_until_known(event, &cache, &self.api) {
                            self.handle_missed(&event, &cache, &mut catch_up);
                        }
                    }
                }
                () = stop.graceful.cancelled(), if !is_stopping => {}
            }
        }
    }

    /// Handles one event. Must not block: every event passes through here.
    fn handle_event(&self, event: GatewayEvent, cache: &mut ChannelCache, catch_up: &mut CatchUp) {
        match event {
            GatewayEvent::Ready(ready) => {
                self.on_ready(&ready, cache);
                catch_up.on_ready(ready.guilds.iter().map(|guild| guild.id), SystemClock.now());
            }
            GatewayEvent::GuildCreate(guild) => {
                self.on_guild(&guild, cache);
                catch_up.on_guild(&guild, cache.bot_id());
            }
            GatewayEvent::GuildDelete(guild) => cache.remove_guild(guild),
            GatewayEvent::ChannelUpdate(channel) => {
                cache.add_channel(&channel);
                let changed = channel.id;
                self.recent_denials.clear(|it| it == changed || cache.is_child_of(it, changed));
            }
            GatewayEvent::GuildUpdate { guild, owner } => {
                cache.managers_mut().set_owner(guild, owner);
                self.recent_denials.clear(|channel| cache.is_in(channel, guild));
            }
            GatewayEvent::RoleUpdate { guild, role, permissions } => {
                cache.managers_mut().set_role(guild, role, permissions);
                self.recent_denials.clear(|channel| cache.is_in(channel, guild));
            }
            GatewayEvent::MemberUpdate(guild) => {
                self.recent_denials.clear(|channel| cache.is_in(channel, guild));
            }
            GatewayEvent::ChannelDelete(channel) => cache.remove_channel(channel),
            GatewayEvent::MessageCreate(created) => {
                let message = message::message_created(&created, cache);
                self.dispatch_all(message.map(Event::MessageCreated));
            }
            GatewayEvent::MessageUpdate(update) => {
                let message = message::message_edited(&update, cache);
                self.dispatch_all(message.map(Event::MessageEdited));
            }
            GatewayEvent::MessageDelete { channel, messages, guild } => {
                self.dispatch_all(message::messages_deleted(channel, &messages, guild, cache));
            }
            GatewayEvent::Interaction(interaction) => self.on_interaction(&interaction, cache),
        }
    }

    /// Handles an event that was missed.
    fn handle_missed(&self, event: &GatewayEvent, cache: &ChannelCache, catch_up: &mut CatchUp) {
        for event in missed_events(event, cache) {
            self.recent_places.record(event.full_place());
            catch_up.dispatch(event, &self.events);
        }
    }

    fn dispatch_all(&self, events: impl IntoIterator<Item = Event>) {
        for event in events {
            self.dispatch(event);
        }
    }

    fn on_ready(&self, ready: &Ready, cache: &mut ChannelCache) {
        let (shard, total) = ready.shard.map_or((0, 1), |shard| (shard.id.0, shard.total));
        let guilds: Vec<GuildId> = ready.guilds.iter().map(|guild| guild.id).collect();
        let n_guilds = guilds.len();
        tracing::info!(shard, n_guilds, "Discord shard {shard} serves {n_guilds} guilds");
        cache.ready(ready.user.id, (shard, total), &guilds);
        self.bot_id.get_or_init(|| ready.user.id);
        // Commands change only with the version, so one registration per process is enough. A
        // registration that is still running counts.
        if !self.has_commands.swap(true, Ordering::Relaxed) {
            self.register_commands(ready.application.id);
        }
    }

    fn register_commands(&self, application: ApplicationId) {
        let (api, has_commands) = (Arc::clone(&self.api), Arc::clone(&self.has_commands));
        tokio::spawn(async move {
            let is_registered = commands::register_with_retry(&api, application).await;
            // After a permanent error, the next connection tries again.
            has_commands.store(is_registered, Ordering::Relaxed);
        });
    }

    fn on_guild(&self, guild: &Guild, cache: &mut ChannelCache) {
        if cache.add_guild(guild) {
            tracing::info!(guild.id = %guild.id, "Joined Discord guild {}", guild.id);
        }
        // Discord sends this at each start and after outages, too; the records know whether the
        // join is new. So a bot that was invited before its first start greets at that start.
        if let Some(place) = cache.greeting_channel(guild) {
            let millis = guild.joined_at.unix_timestamp_nanos() / 1_000_000;
            let at = Timestamp::from_millis(i64::try_from(millis).unwrap_or(i64::MAX));
            let member_of = Some(ids::guild(guild.id));
            self.dispatch(Event::Joined { place, member_of, at, is_last_join: true });
        }
    }

    fn on_interaction(&self, interaction: &Interaction, cache: &mut ChannelCache) {
        match interaction {
            Interaction::Command(command) if self.open_form(command, cache) => {}
            Interaction::Command(command) => {
                let incoming = interaction::command(command, cache);
                let response = (command.application_id, &command.token, &command.locale);
                self.track_interaction(incoming, command.id, response);
            }
            Interaction::Component(component) => {
                let incoming = interaction::component(component, cache);
                let response = (component.application_id, &component.token, &component.locale);
                self.track_interaction(incoming, component.id, response);
            }
            Interaction::Modal(form) => {
                let incoming = self.submitted_form(form, cache);
                let response = (form.application_id, &form.token, &form.locale);
                self.track_interaction(incoming, form.id, response);
            }
            Interaction::Autocomplete(typing) => self.autocomplete(typing, cache),
            _ => {}
        }
    }

    /// Keeps what the response needs, starts the timer that defers it, and dispatches the event.
    fn track_interaction(
        &self,
        incoming: Option<IncomingInteraction>,
        id: InteractionId,
        (application, token, locale): (ApplicationId, &String, &String),
    ) {
        let Some(IncomingInteraction { event, kind }) = incoming else { return };
        let pending =
            self.pending.insert(PendingInteraction::new(id, application, token, kind, locale));
        tokio::spawn(pending.defer_if_slow(Arc::clone(&self.api)));
        self.dispatch(event);
    }
}

/// The events for the service of what was missed: new and deleted messages.
fn missed_events(missed: &GatewayEvent, cache: &ChannelCache) -> Vec<Event> {
    match missed {
        GatewayEvent::MessageCreate(created) => {
            let message = message::message_created(created, cache);
            message.map(Event::MessageCreated).into_iter().collect()
        }
        GatewayEvent::MessageDelete { channel, messages, guild } => {
            message::messages_deleted(*channel, messages, *guild, cache)
        }
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests;
