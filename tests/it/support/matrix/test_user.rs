//! A Matrix user with a client of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use matrix_sdk::config::{RequestConfig, SyncSettings};
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::media::{MediaFormat, MediaRequestParameters};
use matrix_sdk::ruma::api::client::account::register::v3::Request as Registration;
use matrix_sdk::ruma::api::client::filter::FilterDefinition;
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request as Creation, RoomPreset};
use matrix_sdk::ruma::api::client::room::upgrade_room::v3::Request as Upgrade;
use matrix_sdk::ruma::api::client::uiaa::{AuthData, Dummy};
use matrix_sdk::ruma::events::room::MediaSource;
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::ruma::events::{EmptyStateKey, InitialStateEvent};
use matrix_sdk::ruma::{
    EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, RoomVersionId, UserId,
};
use matrix_sdk::{Client, Room, RoomState};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{Draft, ObservedChange, RUNTIME, block_on, unique_name};
use crate::service::MAX_WAIT;
use crate::support::synapse::{APP_SERVICE_TOKEN, Synapse};

/// The password of all accounts.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// The kind of a room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RoomKind {
    Plain,
    Encrypted,
    Direct,
    EncryptedDirect,
    /// Anybody may join.
    Public,
}

/// A user that syncs from its creation on and records the events it receives.
pub(crate) struct TestUser {
    pub(crate) client: Client,
    url: String,
    events: Arc<Mutex<Vec<(OwnedRoomId, TimelineEvent)>>>,
    /// The number of events that were already polled for each room.
    positions: Mutex<HashMap<OwnedRoomId, usize>>,
    syncing: JoinHandle<()>,
}

impl Drop for TestUser {
    fn drop(&mut self) {
        self.syncing.abort();
    }
}

/// Creates an account and returns its user ID.
pub(crate) fn register(server: &Synapse, name: &str) -> OwnedUserId {
    register_with_token(server, name).0
}

/// Creates an account and returns its user ID and the access token of a device without keys.
pub(crate) fn register_with_token(server: &Synapse, name: &str) -> (OwnedUserId, String) {
    let client = block_on(register_client(&server.url(), &unique_name(name)));
    let token = client.access_token().expect("logged in");
    (client.user_id().expect("logged in").to_owned(), token)
}

async fn register_client(url: &str, name: &str) -> Client {
    let requests = RequestConfig::new().timeout(MAX_WAIT);
    let client = Client::builder().homeserver_url(url).request_config(requests);
    let client = client.build().await.expect("a client");
    let mut request = Registration::new();
    request.username = Some(name.to_owned());
    request.password = Some(PASSWORD.to_owned());
    request.auth = Some(AuthData::Dummy(Dummy::new()));
    client.matrix_auth().register(request).await.expect("an account");
    client
}

impl TestUser {
    /// Creates an account with a unique name that starts with `name`, and starts to sync.
    pub(crate) fn new(server: &Synapse, name: &str) -> Self {
        Self::at(&server.url(), name)
    }

    /// Like [`Self::new`], with the homeserver at `url`.
    pub(crate) fn at(url: &str, name: &str) -> Self {
        Self::registered(url, &unique_name(name))
    }

    /// Like [`Self::new`], with exactly this localpart.
    pub(crate) fn with_localpart(server: &Synapse, localpart: &str) -> Self {
        Self::registered(&server.url(), localpart)
    }

    fn registered(url: &str, localpart: &str) -> Self {
        let client = block_on(register_client(url, localpart));
        let events = Arc::default();
        let syncing = RUNTIME.spawn(sync(client.clone(), Arc::clone(&events)));
        Self { client, url: url.to_owned(), events, positions: Mutex::default(), syncing }
    }

    /// The text of the file that comes with a message of this content.
    pub(crate) fn download(&self, content: &Value) -> String {
        let source = match content.get("file") {
            Some(file) => MediaSource::Encrypted(Box::new(
                serde_json::from_value(file.clone()).expect("a key"),
            )),
            None => MediaSource::Plain(content["url"].as_str().expect("an address").into()),
        };
        let request = MediaRequestParameters { source, format: MediaFormat::File };
        let content = block_on(self.client.media().get_media_content(&request, false));
        String::from_utf8(content.expect("a file")).expect("a text")
    }

    pub(crate) fn id(&self) -> &UserId {
        self.client.user_id().expect("logged in")
    }

    /// Creates a room and invites `invited`.
    pub(crate) fn create_room(&self, kind: RoomKind, invited: &[&UserId]) -> OwnedRoomId {
        self.create_room_version(kind, invited, None)
    }

    pub(crate) fn create_room_version(
        &self,
        kind: RoomKind,
        invited: &[&UserId],
        version: Option<&str>,
    ) -> OwnedRoomId {
        let mut request = Creation::new();
        request.preset = Some(match kind {
            RoomKind::Public => RoomPreset::PublicChat,
            _ => RoomPreset::PrivateChat,
        });
        request.invite = invited.iter().map(|id| (*id).to_owned()).collect();
        request.is_direct = matches!(kind, RoomKind::Direct | RoomKind::EncryptedDirect);
        request.room_version = version.map(|it| RoomVersionId::try_from(it).expect("a version"));
        if matches!(kind, RoomKind::Encrypted | RoomKind::EncryptedDirect) {
            let content = RoomEncryptionEventContent::with_recommended_defaults();
            request.initial_state =
                vec![InitialStateEvent::new(EmptyStateKey, content).to_raw_any()];
        }
        let room = block_on(self.client.create_room(request)).expect("a room");
        room.room_id().to_owned()
    }

    /// Creates a space and invites `invited`.
    pub(crate) fn create_space(&self, invited: &[&UserId]) -> OwnedRoomId {
        let body = json!({
            "preset": "public_chat", "invite": invited,
            "creation_content": { "type": "m.space" },
        });
        let token = self.client.access_token().expect("logged in");
        let created = self.request("POST", "createRoom", &token, Some(body));
        created["room_id"].as_str().and_then(|id| id.try_into().ok()).expect("a space")
    }

    pub(crate) fn room(&self, room: &RoomId) -> Room {
        self.wait_until("the room is known", || self.client.get_room(room))
    }

    pub(crate) fn join(&self, room: &RoomId) {
        block_on(self.client.join_room_by_id(room)).expect("the join is allowed");
    }

    pub(crate) fn leave(&self, room: &RoomId) {
        block_on(self.room(room).leave()).expect("leaving is allowed");
    }

    pub(crate) fn kick(&self, room: &RoomId, user: &UserId) {
        block_on(self.room(room).kick_user(user, None)).expect("a kick");
    }

    pub(crate) fn invite(&self, room: &RoomId, user: &UserId) {
        block_on(self.room(room).invite_user_by_id(user)).expect("an invitation");
    }

    /// Waits until `user` has joined `room`.
    pub(crate) fn wait_for_join(&self, room: &RoomId, user: &UserId) {
        self.wait_until("the user has joined", || self.is_joined(room, user).then_some(()));
    }

    pub(crate) fn is_joined(&self, room: &RoomId, user: &UserId) -> bool {
        self.membership(room, user).as_deref() == Some("join")
    }

    /// The membership of `user` in `room`, according to the homeserver.
    pub(crate) fn membership(&self, room: &RoomId, user: &UserId) -> Option<String> {
        let path = format!("rooms/{room}/state/m.room.member/{user}");
        self.get(&path)["membership"].as_str().map(str::to_owned)
    }

    /// Whether the homeserver lists `room` among the joined rooms of `user`.
    pub(crate) fn is_in_joined_rooms(&self, user: &UserId, room: &RoomId) -> bool {
        let path = format!("joined_rooms?user_id={user}");
        let rooms = self.request("GET", &path, APP_SERVICE_TOKEN, None);
        rooms["joined_rooms"].as_array().expect("a list").iter().any(|it| it == room.as_str())
    }

    /// The ids of the devices of `user`.
    pub(crate) fn devices_of(&self, user: &UserId) -> Vec<String> {
        let devices =
            self.request("GET", &format!("devices?user_id={user}"), APP_SERVICE_TOKEN, None);
        let devices = devices["devices"].as_array().expect("a list").iter();
        devices.map(|it| it["device_id"].as_str().expect("an id").to_owned()).collect()
    }

    /// The number of room keys in the key backup of `user`.
    pub(crate) fn n_backed_up_keys(&self, user: &UserId) -> u64 {
        let path = format!("room_keys/version?user_id={user}");
        let backup = self.request("GET", &path, APP_SERVICE_TOKEN, None);
        backup["count"].as_u64().unwrap_or_default()
    }

    /// Upgrades the room and returns its successor.
    pub(crate) fn upgrade_room(&self, room: &RoomId) -> OwnedRoomId {
        let version = RoomVersionId::try_from("10").expect("a version");
        let request = Upgrade::new(room.to_owned(), version);
        block_on(self.client.send(request)).expect("an upgrade").replacement_room
    }

    /// Sets the power level that sending messages requires.
    pub(crate) fn require_power_level(&self, room: &RoomId, level: u32) {
        self.change_power_levels(room, |levels| levels["events_default"] = level.into());
    }

    /// Changes the content of the room's `m.room.power_levels`.
    pub(crate) fn change_power_levels(&self, room: &RoomId, change: impl Fn(&mut Value)) {
        let path = format!("rooms/{room}/state/m.room.power_levels");
        let mut levels = self.get(&path);
        change(&mut levels);
        let token = self.client.access_token().expect("logged in");
        let set = self.request("PUT", &path, &token, Some(levels));
        assert!(set["event_id"].is_string(), "{set}");
    }

    pub(crate) fn send(&self, room: &RoomId, draft: &Draft) -> OwnedEventId {
        self.send_event(room, "m.room.message", draft.content())
    }

    pub(crate) fn edit(&self, room: &RoomId, of: &EventId, draft: &Draft) -> OwnedEventId {
        self.send_event(room, "m.room.message", draft.edit_content(of))
    }

    pub(crate) fn react(&self, room: &RoomId, to: &EventId, key: &str) -> OwnedEventId {
        let relation = json!({ "rel_type": "m.annotation", "event_id": to, "key": key });
        self.send_event(room, "m.reaction", json!({ "m.relates_to": relation }))
    }

    pub(crate) fn redact(&self, room: &RoomId, event: &EventId) {
        block_on(self.room(room).redact(event, None, None)).expect("a redaction");
    }

    /// Sends a message with this content.
    pub(crate) fn send_content(&self, room: &RoomId, content: Value) -> OwnedEventId {
        self.send_event(room, "m.room.message", content)
    }

    fn send_event(&self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        let room = self.room(room);
        self.wait_until("the room is joined", || (room.state() == RoomState::Joined).then_some(()));
        let sent = block_on(async { room.send_raw(kind, content).await });
        sent.expect("a message").response.event_id
    }

    /// Sends a message with a timestamp `ago` in the past. Only for unencrypted rooms.
    pub(crate) fn send_backdated(
        &self,
        room: &RoomId,
        draft: &Draft,
        ago: Duration,
    ) -> OwnedEventId {
        self.send_at(room, draft, crate::service::now() - millis(ago))
    }

    /// Sends a message with a timestamp `ahead` in the future. Only for unencrypted rooms.
    pub(crate) fn send_dated(&self, room: &RoomId, draft: &Draft, ahead: Duration) -> OwnedEventId {
        self.send_at(room, draft, crate::service::now() + millis(ahead))
    }

    fn send_at(&self, room: &RoomId, draft: &Draft, at: u64) -> OwnedEventId {
        let path = format!(
            "rooms/{room}/send/m.room.message/{}?ts={at}&user_id={}",
            unique_name("at"),
            self.id()
        );
        let sent = self.request("PUT", &path, APP_SERVICE_TOKEN, Some(draft.content()));
        sent["event_id"].as_str().and_then(|id| id.try_into().ok()).expect("an event")
    }

    /// Gets `path` of the client-server API as this user.
    pub(crate) fn get(&self, path: &str) -> Value {
        let token = self.client.access_token().expect("logged in");
        self.request("GET", path, &token, None)
    }

    fn request(&self, method: &str, path: &str, token: &str, body: Option<Value>) -> Value {
        let url = format!("{}/_matrix/client/v3/{path}", self.url);
        let method = method.parse().expect("a method");
        let request = self.client.http_client().request(method, url).bearer_auth(token);
        let request = match body {
            Some(body) => request.body(body.to_string()),
            None => request,
        };
        block_on(async {
            let response = request.send().await.expect("a response").bytes().await;
            serde_json::from_slice(&response.expect("a body")).expect("an object")
        })
    }

    /// Waits until this user has received `event`.
    pub(crate) fn wait_for_event(&self, event: &EventId) {
        self.wait_until("an event is received", || {
            let events = self.events.lock().expect("nobody panicked");
            events.iter().any(|(_, it)| it.event_id().as_deref() == Some(event)).then_some(())
        });
    }

    /// Waits for the next change by the bot in `room`.
    pub(crate) fn next_change(&self, room: &RoomId, bot: &UserId) -> ObservedChange {
        self.wait_until("the bot sends, edits or deletes something", || self.poll_change(room, bot))
    }

    /// Waits up to `limit` for the next change by the bot in `room`, where the bot itself waits.
    pub(crate) fn next_change_within(
        &self,
        room: &RoomId,
        bot: &UserId,
        limit: Duration,
    ) -> ObservedChange {
        let start = Instant::now();
        while start.elapsed() < limit.saturating_sub(MAX_WAIT) {
            if let Some(change) = self.poll_change(room, bot) {
                return change;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.next_change(room, bot)
    }

    /// Fails if the bot changes anything in `room` within `span`.
    pub(crate) fn expect_no_change(&self, room: &RoomId, bot: &UserId, span: Duration) {
        std::thread::sleep(span);
        let change = self.poll_change(room, bot);
        assert!(change.is_none(), "{change:?}");
    }

    /// The next change by the bot in `room`, if it was received already.
    pub(crate) fn poll_change(&self, room: &RoomId, bot: &UserId) -> Option<ObservedChange> {
        let mut positions = self.positions.lock().expect("nobody panicked");
        let at = positions.entry(room.to_owned()).or_default();
        loop {
            let events = self.events.lock().expect("nobody panicked");
            let (in_room, event) = events.get(*at)?.clone();
            drop(events);
            if in_room == room && event.sender().as_deref() == Some(bot) {
                let (event, is_encrypted) = self.decrypted(room, event)?;
                *at += 1;
                match ObservedChange::parse(&event, is_encrypted) {
                    Some(ObservedChange::Deleted(id)) if self.is_reaction(&id) => {}
                    Some(change) => return Some(change),
                    None => {}
                }
            } else {
                *at += 1;
            }
        }
    }

    /// The keys of the reactions of `user` to `message` that were received and not removed, in order.
    pub(crate) fn reactions_of(&self, user: &UserId, message: &EventId) -> Vec<String> {
        let events = self.events.lock().expect("nobody panicked").clone();
        let mut keys: Vec<(Value, String)> = Vec::new();
        for (_, event) in events.iter().filter(|(_, it)| it.sender().as_deref() == Some(user)) {
            let event: Value = serde_json::from_str(event.raw().json().get()).expect("JSON");
            let relation = &event["content"]["m.relates_to"];
            if event["type"] == "m.reaction" && relation["event_id"] == message.as_str() {
                let key = relation["key"].as_str().expect("a key").to_owned();
                keys.push((event["event_id"].clone(), key));
            }
            keys.retain(|(id, _)| ![&event["redacts"], &event["content"]["redacts"]].contains(&id));
        }
        keys.into_iter().map(|(_, key)| key).collect()
    }

    /// Whether the event `id` was received as a reaction.
    fn is_reaction(&self, id: &EventId) -> bool {
        let events = self.events.lock().expect("nobody panicked");
        let mut found = events.iter().filter(|(_, it)| it.event_id().as_deref() == Some(id));
        let kind = |event: &TimelineEvent| event.raw().get_field::<String>("type").ok().flatten();
        found.any(|(_, it)| kind(it).as_deref() == Some("m.reaction"))
    }

    /// All changes by the bot in `room` so far.
    pub(crate) fn all_changes(&self, room: &RoomId, bot: &UserId) -> Vec<ObservedChange> {
        let events = self.events.lock().expect("nobody panicked").clone();
        let by_bot = events
            .into_iter()
            .filter(|(in_room, event)| in_room == room && event.sender().as_deref() == Some(bot));
        by_bot
            .filter_map(|(room, event)| {
                let (event, is_encrypted) = self.decrypted(&room, event)?;
                ObservedChange::parse(&event, is_encrypted)
            })
            .collect()
    }

    /// The event as JSON, and whether it was encrypted. `None` until its room key arrives.
    fn decrypted(&self, room: &RoomId, event: TimelineEvent) -> Option<(Value, bool)> {
        let event = match &event.kind {
            TimelineEventKind::UnableToDecrypt { event: raw, .. } => {
                let room = self.room(room);
                let decrypted =
                    block_on(room.decrypt_event(raw.cast_ref_unchecked(), None)).ok()?;
                (!decrypted.kind.is_utd()).then_some(decrypted)?
            }
            _ => event,
        };
        let is_encrypted = matches!(event.kind, TimelineEventKind::Decrypted(_));
        Some((serde_json::from_str(event.raw().json().get()).expect("JSON"), is_encrypted))
    }

    /// Waits until `poll` returns something. `what` is the awaited condition, for the failure.
    pub(crate) fn wait_until<T>(&self, what: &str, poll: impl Fn() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = poll() {
                return found;
            }
            assert!(start.elapsed() < MAX_WAIT, "timed out waiting until {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("a time in range")
}

/// Events of a room in one sync response: as many as Synapse allows. Its default is 10; the others would be
/// missed, as where the bot answers many questions before a slow user syncs again.
const MAX_EVENTS: u32 = 100;

/// Syncs until it is aborted. Retries while the homeserver is down.
async fn sync(client: Client, events: Arc<Mutex<Vec<(OwnedRoomId, TimelineEvent)>>>) {
    let mut filter = FilterDefinition::default();
    filter.room.timeline.limit = Some(MAX_EVENTS.into());
    let settings = SyncSettings::new().timeout(Duration::from_secs(10)).filter(filter.into());
    loop {
        let Ok(response) = client.sync_once(settings.clone()).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for (room, update) in response.rooms.joined {
            let received = update.timeline.events.into_iter().map(|event| (room.clone(), event));
            events.lock().expect("nobody panicked").extend(received);
        }
    }
}
