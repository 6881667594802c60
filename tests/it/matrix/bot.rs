//! `quoth run` on a homeserver.

use std::time::{Duration, Instant};

use matrix_sdk::ruma::{OwnedRoomId, OwnedUserId};

use crate::first_pack;
use crate::folder::Folder;
use crate::service::{Ended, MAX_WAIT, Service};
use crate::support::matrix::{Kind, Person, Saying, Seen, register};
use crate::support::synapse::Synapse;

/// A question that the first pack answers, and words of the quote that answers it.
pub(crate) const QUESTION: &str = "who is rana mitter";
pub(crate) const ANSWER: &str = "With Russia and China becoming closer";

/// The longest that it may take to stop.
const STOP_LIMIT: Duration = Duration::from_secs(10);

/// The bot's process, and what it keeps.
pub(crate) struct Bot {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Option<Service>,
    pub(crate) id: OwnedUserId,
}

impl Bot {
    /// Starts it with an account of its own and these settings on top.
    pub(crate) fn start(server: &Synapse, settings: &[(&str, &str)]) -> Self {
        let id = register(server, "quoth");
        Self::start_as(server, id, settings)
    }

    /// Starts it with the account `id`.
    pub(crate) fn start_as(server: &Synapse, id: OwnedUserId, settings: &[(&str, &str)]) -> Self {
        let mut bot = Self::prepare(&server.url(), id, settings);
        bot.go_on();
        bot
    }

    /// The bot before its first start, to reach its homeserver at `url`.
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

    /// Starts it on what it has kept, and waits until it listens.
    pub(crate) fn go_on(&mut self) {
        self.launch();
        let start = Instant::now();
        while !self.is_ready() {
            assert!(start.elapsed() < MAX_WAIT, "it does not get ready: {}", self.stop().log);
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Starts it, whatever comes of it.
    pub(crate) fn launch(&mut self) {
        // What is set twice holds as it is set last.
        let settings: Vec<(&str, &str)> =
            self.settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        self.service = Some(Service::start(&self.folder, &settings));
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.settings.push((name.to_owned(), value.to_owned()));
    }

    /// Leaves a setting out.
    pub(crate) fn unset(&mut self, name: &str) {
        self.settings.retain(|(it, _)| it != name);
    }

    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    pub(crate) fn service(&self) -> &Service {
        self.service.as_ref().expect("it runs")
    }

    /// Whether `/readyz` says so.
    pub(crate) fn is_ready(&self) -> bool {
        let port = self.service().port;
        std::net::TcpStream::connect(("127.0.0.1", port)).is_ok()
            && self.service().get("/readyz").0 == 200
    }

    /// Starts it, has it run for a moment and ends it.
    pub(crate) fn tries(&mut self) -> Ended {
        self.launch();
        std::thread::sleep(Duration::from_secs(3));
        self.stop()
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(&mut self) -> Ended {
        self.service.take().expect("it runs").stop()
    }

    /// Ends it, or kills it, and starts it again.
    pub(crate) fn restart(&mut self, is_killed: bool) {
        let service = self.service.take().expect("it runs");
        if is_killed {
            service.kill();
        } else {
            let start = Instant::now();
            let ended = service.stop();
            assert_eq!(ended.code, Some(0), "{}", ended.log);
            assert!(start.elapsed() < STOP_LIMIT, "{}", ended.log);
        }
        self.go_on();
    }

    /// The words that turn to it.
    pub(crate) fn to(&self, text: &str) -> Saying {
        Saying::to(self.id.localpart(), &self.id, text)
    }
}

/// A room in which Ada and Bob talk and the bot answers.
pub(crate) struct Home {
    pub(crate) bot: Bot,
    pub(crate) room: OwnedRoomId,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
}

impl Home {
    pub(crate) fn new(kind: Kind) -> Self {
        Self::with(kind, &[])
    }

    pub(crate) fn with(kind: Kind, settings: &[(&str, &str)]) -> Self {
        let server = Synapse::shared();
        let bot = Bot::start(server, settings);
        let (ada, bob) = (Person::new(server, "ada"), Person::new(server, "bob"));
        let is_direct = matches!(kind, Kind::Direct | Kind::EncryptedDirect);
        let invited = if is_direct { vec![&*bot.id] } else { vec![&*bot.id, bob.id()] };
        let room = ada.opens(kind, &invited);
        if !is_direct {
            bob.joins(&room);
        }
        ada.awaits(&room, &bot.id);
        Self { bot, room, ada, bob }
    }

    /// Ada asks the bot in the room. Gives her message.
    pub(crate) fn asks(&self, text: &str) -> matrix_sdk::ruma::OwnedEventId {
        self.ada.says(&self.room, &self.bot.to(text))
    }

    /// What the bot does next in the room.
    pub(crate) fn next(&self) -> Seen {
        self.ada.next(&self.room, &self.bot.id)
    }

    /// Ada says something to nobody; the bot does nothing that is to be seen before it answers a
    /// question that comes later.
    pub(crate) fn settles(&self) {
        let question = self.bob.says(&self.room, &self.bot.to(QUESTION));
        let shown = self.next().sent();
        assert_eq!(shown.reply_to, Some(question), "nothing else was to be seen: {shown:?}");
    }
}
