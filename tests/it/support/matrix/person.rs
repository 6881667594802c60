//! Somebody with a client of their own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use matrix_sdk::config::SyncSettings;
use matrix_sdk::deserialized_responses::{TimelineEvent, TimelineEventKind};
use matrix_sdk::ruma::api::client::account::register::v3::Request as Registration;
use matrix_sdk::ruma::api::client::room::create_room::v3::{Request as Creation, RoomPreset};
use matrix_sdk::ruma::api::client::room::upgrade_room::v3::Request as Upgrade;
use matrix_sdk::ruma::api::client::uiaa::{AuthData, Dummy};
use matrix_sdk::ruma::events::room::encryption::RoomEncryptionEventContent;
use matrix_sdk::ruma::events::{EmptyStateKey, InitialStateEvent};
use matrix_sdk::ruma::{
    EventId, OwnedEventId, OwnedRoomId, OwnedUserId, RoomId, RoomVersionId, UserId,
};
use matrix_sdk::{Client, Room, RoomState};
use serde_json::{Value, json};
use tokio::task::JoinHandle;

use super::{RUNTIME, Saying, Seen, own, wait};
use crate::service::MAX_WAIT;
use crate::support::synapse::{BRIDGE_TOKEN, Synapse};

/// Everybody's password.
pub(crate) const PASSWORD: &str = "correct horse battery staple";

/// What sort of room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Plain,
    Encrypted,
    Direct,
    EncryptedDirect,
    /// Everybody may join.
    Public,
}

/// Somebody.
pub(crate) struct Person {
    pub(crate) client: Client,
    url: String,
    heard: Arc<Mutex<Vec<(OwnedRoomId, TimelineEvent)>>>,
    /// How much of each room was looked at.
    looked: Mutex<HashMap<OwnedRoomId, usize>>,
    syncing: JoinHandle<()>,
}

impl Drop for Person {
    fn drop(&mut self) {
        self.syncing.abort();
    }
}

/// Makes an account. Gives its id.
pub(crate) fn register(server: &Synapse, name: &str) -> OwnedUserId {
    register_with_token(server, name).0
}

/// Makes an account. Gives its id, and the token of a device of which there are no keys yet.
pub(crate) fn register_with_token(server: &Synapse, name: &str) -> (OwnedUserId, String) {
    let client = wait(registered(&server.url(), &own(name)));
    let token = client.access_token().expect("logged in");
    (client.user_id().expect("logged in").to_owned(), token)
}

async fn registered(url: &str, name: &str) -> Client {
    let client = Client::builder().homeserver_url(url).build().await.expect("a client");
    let mut request = Registration::new();
    request.username = Some(name.to_owned());
    request.password = Some(PASSWORD.to_owned());
    request.auth = Some(AuthData::Dummy(Dummy::new()));
    client.matrix_auth().register(request).await.expect("an account");
    client
}

impl Person {
    /// Makes an account for somebody called so, who listens from now on.
    pub(crate) fn new(server: &Synapse, name: &str) -> Self {
        Self::at(&server.url(), name)
    }

    /// The same with the homeserver at `url`.
    pub(crate) fn at(url: &str, name: &str) -> Self {
        let client = wait(registered(url, &own(name)));
        let heard = Arc::default();
        let syncing = RUNTIME.spawn(listen(client.clone(), Arc::clone(&heard)));
        Self { client, url: url.to_owned(), heard, looked: Mutex::default(), syncing }
    }

    pub(crate) fn id(&self) -> &UserId {
        self.client.user_id().expect("logged in")
    }

    /// Opens a room and invites people.
    pub(crate) fn opens(&self, kind: Kind, invited: &[&UserId]) -> OwnedRoomId {
        self.opens_version(kind, invited, None)
    }

    pub(crate) fn opens_version(
        &self,
        kind: Kind,
        invited: &[&UserId],
        version: Option<&str>,
    ) -> OwnedRoomId {
        let mut request = Creation::new();
        request.preset = Some(match kind {
            Kind::Public => RoomPreset::PublicChat,
            _ => RoomPreset::PrivateChat,
        });
        request.invite = invited.iter().map(|id| (*id).to_owned()).collect();
        request.is_direct = matches!(kind, Kind::Direct | Kind::EncryptedDirect);
        request.room_version = version.map(|it| RoomVersionId::try_from(it).expect("a version"));
        if matches!(kind, Kind::Encrypted | Kind::EncryptedDirect) {
            let content = RoomEncryptionEventContent::with_recommended_defaults();
            request.initial_state =
                vec![InitialStateEvent::new(EmptyStateKey, content).to_raw_any()];
        }
        let room = wait(self.client.create_room(request)).expect("a room");
        room.room_id().to_owned()
    }

    pub(crate) fn room(&self, room: &RoomId) -> Room {
        self.until("the room is known", || self.client.get_room(room))
    }

    pub(crate) fn joins(&self, room: &RoomId) {
        wait(self.client.join_room_by_id(room)).expect("it lets us in");
    }

    pub(crate) fn leaves(&self, room: &RoomId) {
        wait(self.room(room).leave()).expect("nobody is held");
    }

    pub(crate) fn invites(&self, room: &RoomId, user: &UserId) {
        wait(self.room(room).invite_user_by_id(user)).expect("an invitation");
    }

    /// Waits until `user` is in `room`.
    pub(crate) fn awaits(&self, room: &RoomId, user: &UserId) {
        self.until("they come", || self.is_in(room, user).then_some(()));
    }

    pub(crate) fn is_in(&self, room: &RoomId, user: &UserId) -> bool {
        self.membership(room, user).as_deref() == Some("join")
    }

    /// What the homeserver says of `user` in `room`.
    pub(crate) fn membership(&self, room: &RoomId, user: &UserId) -> Option<String> {
        let path = format!("rooms/{room}/state/m.room.member/{user}");
        self.get(&path)["membership"].as_str().map(str::to_owned)
    }

    /// Whether `room` is one of those that the homeserver has `user` in.
    pub(crate) fn has(&self, user: &UserId, room: &RoomId) -> bool {
        let path = format!("joined_rooms?user_id={user}");
        let rooms = self.request("GET", &path, BRIDGE_TOKEN, None);
        rooms["joined_rooms"].as_array().expect("a list").iter().any(|it| it == room.as_str())
    }

    /// Moves the room to a new version. Gives the new room.
    pub(crate) fn upgrades(&self, room: &RoomId) -> OwnedRoomId {
        let version = RoomVersionId::try_from("10").expect("a version");
        let request = Upgrade::new(room.to_owned(), version);
        wait(self.client.send(request)).expect("an upgrade").replacement_room
    }

    /// Has people need this power level to say something.
    pub(crate) fn asks_for_level(&self, room: &RoomId, level: u32) {
        let path = format!("rooms/{room}/state/m.room.power_levels");
        let mut levels = self.get(&path);
        levels["events_default"] = level.into();
        let token = self.client.access_token().expect("logged in");
        let set = self.request("PUT", &path, &token, Some(levels));
        assert!(set["event_id"].is_string(), "{set}");
    }

    pub(crate) fn says(&self, room: &RoomId, saying: &Saying) -> OwnedEventId {
        self.sends(room, "m.room.message", saying.content())
    }

    pub(crate) fn edits(&self, room: &RoomId, of: &EventId, saying: &Saying) -> OwnedEventId {
        self.sends(room, "m.room.message", saying.change(of))
    }

    pub(crate) fn reacts(&self, room: &RoomId, to: &EventId, key: &str) -> OwnedEventId {
        let relation = json!({ "rel_type": "m.annotation", "event_id": to, "key": key });
        self.sends(room, "m.reaction", json!({ "m.relates_to": relation }))
    }

    pub(crate) fn takes_back(&self, room: &RoomId, event: &EventId) {
        wait(self.room(room).redact(event, None, None)).expect("a redaction");
    }

    fn sends(&self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        let room = self.room(room);
        self.until("the room is joined", || (room.state() == RoomState::Joined).then_some(()));
        let sent = wait(async { room.send_raw(kind, content).await });
        sent.expect("a message").response.event_id
    }

    /// Says something as if so long ago, where nothing is encrypted.
    pub(crate) fn says_ago(&self, room: &RoomId, saying: &Saying, ago: Duration) -> OwnedEventId {
        let at = crate::service::now() - u64::try_from(ago.as_millis()).expect("not so long");
        let path = format!(
            "rooms/{room}/send/m.room.message/{}?ts={at}&user_id={}",
            own("ago"),
            self.id()
        );
        let sent = self.request("PUT", &path, BRIDGE_TOKEN, Some(saying.content()));
        sent["event_id"].as_str().and_then(|id| id.try_into().ok()).expect("an event")
    }

    /// What the homeserver has at `path` for this person.
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
        wait(async {
            let answer = request.send().await.expect("an answer").bytes().await;
            serde_json::from_slice(&answer.expect("a body")).expect("an object")
        })
    }

    /// What the bot does next in `room`.
    pub(crate) fn next(&self, room: &RoomId, bot: &UserId) -> Seen {
        self.until("the bot does something", || self.look(room, bot))
    }

    /// The bot does nothing in `room` for so long.
    pub(crate) fn sees_nothing(&self, room: &RoomId, bot: &UserId, span: Duration) {
        std::thread::sleep(span);
        let seen = self.look(room, bot);
        assert!(seen.is_none(), "{seen:?}");
    }

    /// What the bot did next in `room`, if it is here already.
    pub(crate) fn look(&self, room: &RoomId, bot: &UserId) -> Option<Seen> {
        let mut looked = self.looked.lock().expect("nobody panicked");
        let at = looked.entry(room.to_owned()).or_default();
        loop {
            let heard = self.heard.lock().expect("nobody panicked");
            let (in_room, event) = heard.get(*at)?.clone();
            drop(heard);
            if in_room == room && event.sender().as_deref() == Some(bot) {
                let (event, is_encrypted) = self.readable(room, event)?;
                *at += 1;
                if let Some(seen) = Seen::parse(&event, is_encrypted) {
                    return Some(seen);
                }
            } else {
                *at += 1;
            }
        }
    }

    /// Everything that the bot did in `room` so far.
    pub(crate) fn all(&self, room: &RoomId, bot: &UserId) -> Vec<Seen> {
        let heard = self.heard.lock().expect("nobody panicked").clone();
        let ours = heard
            .into_iter()
            .filter(|(in_room, event)| in_room == room && event.sender().as_deref() == Some(bot));
        ours.filter_map(|(room, event)| {
            let (event, is_encrypted) = self.readable(&room, event)?;
            Seen::parse(&event, is_encrypted)
        })
        .collect()
    }

    /// The event as JSON, and whether it was encrypted; `None` as long as its key has not come.
    fn readable(&self, room: &RoomId, event: TimelineEvent) -> Option<(Value, bool)> {
        let event = match &event.kind {
            TimelineEventKind::UnableToDecrypt { event: raw, .. } => {
                let room = self.room(room);
                let decrypted = wait(room.decrypt_event(raw.cast_ref_unchecked(), None)).ok()?;
                (!decrypted.kind.is_utd()).then_some(decrypted)?
            }
            _ => event,
        };
        let is_encrypted = matches!(event.kind, TimelineEventKind::Decrypted(_));
        Some((serde_json::from_str(event.raw().json().get()).expect("JSON"), is_encrypted))
    }

    /// Waits until there is what is looked for.
    pub(crate) fn until<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let start = Instant::now();
        loop {
            if let Some(found) = look() {
                return found;
            }
            assert!(start.elapsed() < MAX_WAIT, "waited in vain until {what}");
            std::thread::sleep(Duration::from_millis(10));
        }
    }
}

/// Listens for as long as the test runs, and tries again when the server is away.
async fn listen(client: Client, heard: Arc<Mutex<Vec<(OwnedRoomId, TimelineEvent)>>>) {
    loop {
        let settings = SyncSettings::new().timeout(Duration::from_secs(10));
        let Ok(response) = client.sync_once(settings).await else {
            tokio::time::sleep(Duration::from_millis(100)).await;
            continue;
        };
        for (room, update) in response.rooms.joined {
            let events = update.timeline.events.into_iter().map(|event| (room.clone(), event));
            heard.lock().expect("nobody panicked").extend(events);
        }
    }
}
