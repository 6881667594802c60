//! `quoth run` as a bot on a homeserver.

use std::time::{Duration, Instant};

use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId};

use crate::first_pack;
use crate::folder::Folder;
use crate::service::{ExitedService, MAX_WAIT, Service};
use crate::support::matrix::{Draft, ObservedChange, RoomKind, TestUser, register};
use crate::support::synapse::Synapse;

/// A question that the first pack answers, and the start of the quote in its answer.
pub(crate) const QUESTION: &str = "who is rana mitter";
pub(crate) const ANSWER: &str = "With Russia and China becoming closer";

/// The settings by which alerts go to `office`. `moderator` is there so that what is left to set up is not
/// reported, too.
pub(crate) fn alert_settings(
    office: &OwnedRoomId,
    moderator: &TestUser,
) -> [(&'static str, String); 2] {
    [
        ("QUOTH_DEFAULT_SPACE__REPORTS_TO", format!("'matrix:{office}'")),
        ("QUOTH_DEFAULT_SPACE__MODERATORS", format!("['matrix:{}']", moderator.id())),
    ]
}

/// The maximum time that a shutdown may take.
const STOP_TIMEOUT: Duration = Duration::from_secs(10);

/// The bot's process, its data folder and its settings.
pub(crate) struct Bot {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Option<Service>,
    pub(crate) id: OwnedUserId,
}

impl Bot {
    /// Starts the bot with a new account and these additional settings.
    pub(crate) fn start(server: &Synapse, settings: &[(&str, &str)]) -> Self {
        let id = register(server, "quoth");
        Self::start_as(server, id, settings)
    }

    /// Starts the bot with the account `id`.
    pub(crate) fn start_as(server: &Synapse, id: OwnedUserId, settings: &[(&str, &str)]) -> Self {
        let mut bot = Self::prepare(&server.url(), id, settings);
        bot.start_and_wait();
        bot
    }

    /// Configures the bot for the homeserver at `url` without starting it.
    pub(crate) fn prepare(url: &str, id: OwnedUserId, settings: &[(&str, &str)]) -> Self {
        let packs = format!("['{}']", first_pack::FOLDER);
        let own = [
            ("QUOTH_PACKS", packs.as_str()),
            ("QUOTH_MATRIX__HOMESERVER", url),
            ("QUOTH_MATRIX__USER", id.as_str()),
            ("QUOTH_MATRIX__PASSWORD", crate::support::matrix::PASSWORD),
            ("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "['*']"),
            ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
            ("QUOTH_DEFAULT_SPACE__GREETS", "false"),
        ];
        let all = own.iter().chain(settings);
        let settings = all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Self { folder: Folder::empty(), settings: settings.collect(), service: None, id }
    }

    /// Starts the bot with its existing data, and waits until it is ready.
    pub(crate) fn start_and_wait(&mut self) {
        self.launch();
        let start = Instant::now();
        while !self.is_ready() {
            assert!(start.elapsed() < MAX_WAIT, "not ready in time: {}", self.stop().log);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts the bot without waiting.
    pub(crate) fn launch(&mut self) {
        // If a setting occurs twice, the last value applies.
        let settings: Vec<(&str, &str)> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.service = Some(Service::start(&self.folder, &settings));
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Removes a setting.
    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.retain(|(it, _)| it != name);
    }

    /// The settings for commands beside the service: where it listens, too, if it runs.
    pub(crate) fn environment(&self) -> Vec<(String, String)> {
        let mut all = vec![("QUOTH_DATA".to_owned(), "data".to_owned())];
        all.extend(self.settings.iter().cloned());
        if let Some(service) = &self.service {
            let socket = ("QUOTH_BRIDGE__SOCKET".to_owned(), "bridge.sock".to_owned());
            let listen = ("QUOTH_HTTP__LISTEN".to_owned(), format!("127.0.0.1:{}", service.port));
            all.extend([socket, listen]);
        }
        all
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().expect("it is running")
    }

    /// Whether `/readyz` returns 200.
    pub(crate) fn is_ready(&self) -> bool {
        let port = self.service().port;
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
            && self.service().get("/readyz").0 == 200
    }

    /// Starts the bot, and stops it once its log contains `text`.
    pub(crate) fn run_until_logged(&mut self, text: &str) -> ExitedService {
        self.launch();
        self.wait_until_logged(text);
        self.stop()
    }

    /// Waits until the log contains `text`.
    pub(crate) fn wait_until_logged(&self, text: &str) {
        self.wait_until_logged_times(text, 1);
    }

    /// Waits until the log contains `text` at least `n_times`.
    pub(crate) fn wait_until_logged_times(&self, text: &str, n_times: usize) {
        let start = Instant::now();
        while self.service().log().matches(text).count() < n_times {
            assert!(start.elapsed() < MAX_WAIT, "{text:?} not logged: {}", self.service().log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Requests the shutdown, and waits for it.
    pub(crate) fn stop(&mut self) -> ExitedService {
        self.service.take().expect("it is running").stop()
    }

    /// Stops or kills the bot, and starts it again.
    pub(crate) fn restart(&mut self, is_killed: bool) {
        let service = self.service.take().expect("it is running");
        if is_killed {
            service.kill();
        } else {
            let start = Instant::now();
            let ended = service.stop();
            assert_eq!(ended.code, Some(0), "{}", ended.log);
            assert!(start.elapsed() < STOP_TIMEOUT, "{}", ended.log);
        }
        self.start_and_wait();
    }

    /// A message with `text` that mentions the bot.
    pub(crate) fn mention(&self, text: &str) -> Draft {
        Draft::mentioning(self.id.localpart(), &self.id, text)
    }
}

/// A room with the bot and two users.
pub(crate) struct TestChat {
    pub(crate) bot: Bot,
    pub(crate) room: OwnedRoomId,
    pub(crate) ada: TestUser,
    pub(crate) bob: TestUser,
}

impl TestChat {
    pub(crate) fn new(kind: RoomKind) -> Self {
        Self::with(kind, &[])
    }

    pub(crate) fn with(kind: RoomKind, settings: &[(&str, &str)]) -> Self {
        let server = Synapse::shared();
        let bot = Bot::start(server, settings);
        let (ada, bob) = (TestUser::new(server, "ada"), TestUser::new(server, "bob"));
        let is_direct = matches!(kind, RoomKind::Direct | RoomKind::EncryptedDirect);
        let invited = if is_direct { vec![&*bot.id] } else { vec![&*bot.id, bob.id()] };
        let room = ada.create_room(kind, &invited);
        if !is_direct {
            bob.join(&room);
        }
        ada.wait_for_join(&room, &bot.id);
        Self { bot, room, ada, bob }
    }

    /// Ada asks the bot in the room. Returns the ID of her message.
    pub(crate) fn ask(&self, text: &str) -> matrix_sdk::ruma::OwnedEventId {
        self.ada.send(&self.room, &self.bot.mention(text))
    }

    /// Waits for the next change by the bot in the room.
    pub(crate) fn next_change(&self) -> ObservedChange {
        self.ada.next_change(&self.room, &self.bot.id)
    }

    /// Bob asks a question; fails if the bot changes anything else before it answers.
    pub(crate) fn expect_nothing_else(&self) {
        let question = self.bob.send(&self.room, &self.bot.mention(QUESTION));
        let message = self.next_change().sent();
        assert_eq!(message.reply_to, Some(question), "no other change is expected: {message:?}");
    }
}
