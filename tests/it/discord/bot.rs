//! `quoth run` on the stand-in.

use std::time::Duration;

use crate::first_pack;
use crate::folder::Folder;
use crate::service::{Ended, Service};
use crate::support::discord::{Discord, Guild, ObservedChange, Person, Place};

/// The bot's process, and what it keeps.
pub(crate) struct Bot {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Service,
}

/// What stands on buttons, in English.
pub(crate) struct Words {
    pub(crate) answered_it: &'static str,
    pub(crate) not_this: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) show_paragraph: &'static str,
    pub(crate) show_rest: &'static str,
}

/// As in src/conversation/wording/en.ftl.
pub(crate) const WORDS: Words = Words {
    answered_it: "This answered it",
    not_this: "Not this",
    delete: "Delete",
    show_paragraph: "Show the paragraph",
    show_rest: "Show the rest",
};

/// A guild with a room, in which Ada and Bob talk and the bot answers.
pub(crate) struct Home {
    pub(crate) discord: Discord,
    pub(crate) guild: Guild,
    pub(crate) room: Place,
    pub(crate) ada: Person,
    pub(crate) bob: Person,
}

impl Home {
    pub(crate) fn new() -> Self {
        let discord = Discord::start();
        let guild = discord.guild("home");
        let room = discord.channel(guild, "room");
        let (ada, bob) = (discord.person("ada"), discord.person("bob"));
        Self { discord, guild, room, ada, bob }
    }

    /// The bot with the first pack and these settings on top.
    pub(crate) fn bot(&self, settings: &[(&str, &str)]) -> Bot {
        self.bot_with(&format!("['{}']", first_pack::FOLDER), Folder::empty(), settings)
    }

    /// The bot with these packs.
    pub(crate) fn bot_with(&self, packs: &str, folder: Folder, settings: &[(&str, &str)]) -> Bot {
        Bot::start_in(folder, &self.discord, &Self::settings(packs, settings))
    }

    fn settings(packs: &str, settings: &[(&str, &str)]) -> Vec<(String, String)> {
        let own = [
            ("QUOTH_PACKS", packs),
            ("QUOTH_HTTP__IS_ON", "false"),
            ("QUOTH_DEFAULT_SPACE__COOLDOWN_SECONDS", "0"),
        ];
        let all = own.iter().chain(settings);
        all.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    /// The bot with the first pack, which may fail to register its commands.
    pub(crate) fn bot_without_commands(&self, settings: &[(&str, &str)]) -> Bot {
        let packs = format!("['{}']", first_pack::FOLDER);
        let all = Self::settings(&packs, settings);
        Bot::connect(Folder::empty(), &self.discord, &all)
    }

    /// `text` with the bot's name before it.
    pub(crate) fn to_bot(&self, text: &str) -> String {
        format!("{} {text}", self.discord.mention())
    }

    /// Ada asks the bot in the room. Gives her message.
    pub(crate) fn asks(&self, text: &str) -> u64 {
        self.discord.says(self.room, self.ada, &self.to_bot(text))
    }

    /// What is to be seen until all that happened in the room is done with.
    pub(crate) fn seen_until_settled(&self) -> Vec<ObservedChange> {
        let done = self.discord.uses(self.room, self.discord.person("marker"), "help", &[]);
        let next = || Some(self.discord.next());
        let is_before = |seen: &ObservedChange| seen.shown().interaction != Some(done.id);
        std::iter::from_fn(next).take_while(is_before).collect()
    }

    /// Waits until all that was asked in the room is done with, and recorded: what happens at one
    /// place is done in order.
    pub(crate) fn settles(&self) {
        let seen = self.seen_until_settled();
        assert!(seen.is_empty(), "{seen:?}");
    }
}

/// A question that the first pack answers, and words of the quote that answers it.
pub(crate) const QUESTION: &str = "who is rana mitter";
pub(crate) const ANSWER: &str = "With Russia and China becoming closer";

/// Tries all rows at the same time, each on a Discord of its own: they wait most of the time.
pub(crate) fn at_once<T: Send>(rows: impl IntoIterator<Item = T>, try_one: impl Fn(T) + Sync) {
    std::thread::scope(|scope| {
        for row in rows {
            let try_one = &try_one;
            scope.spawn(move || try_one(row));
        }
    });
}

impl Bot {
    /// Starts it with nothing kept, and waits until it is connected and has its commands.
    pub(crate) fn start(discord: &Discord, settings: &[(String, String)]) -> Self {
        Self::start_in(Folder::empty(), discord, settings)
    }

    /// The same in a folder.
    pub(crate) fn start_in(
        folder: Folder,
        discord: &Discord,
        settings: &[(String, String)],
    ) -> Self {
        let bot = Self::connect(folder, discord, settings);
        discord.waits_for_commands();
        bot
    }

    /// Starts it, and waits until it is connected.
    fn connect(folder: Folder, discord: &Discord, settings: &[(String, String)]) -> Self {
        let mut all = discord.settings();
        all.extend_from_slice(settings);
        let (n_identifies, ..) = discord.counts();
        let service = Self::run(&folder, &all);
        discord.waits_for_identifies(n_identifies + 1);
        Self { folder, settings: all, service }
    }

    fn run(folder: &Folder, settings: &[(String, String)]) -> Service {
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Service::start(folder, &settings)
    }

    /// Starts it where it cannot be of use, gives it some time to find out, and stops it.
    pub(crate) fn start_without_hope(
        discord: &Discord,
        settings: &[(String, String)],
        patience: Duration,
    ) -> Ended {
        let mut all = discord.settings();
        all.extend_from_slice(settings);
        let folder = Folder::with_pack();
        let service = Self::run(&folder, &all);
        std::thread::sleep(patience);
        service.stop()
    }

    /// Ends it, or kills it, and starts it again.
    pub(crate) fn restart(self, discord: &Discord, is_killed: bool) -> Self {
        let Self { folder, settings, service } = self;
        if is_killed {
            service.kill();
        } else {
            assert_eq!(service.stop().code, Some(0));
        }
        let (n_identifies, ..) = discord.counts();
        let service = Self::run(&folder, &settings);
        discord.waits_for_identifies(n_identifies + 1);
        Self { folder, settings, service }
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(self) -> Ended {
        self.service.stop()
    }
}
