//! The bot's process, and the guild in which most tests run it.

use std::time::Duration;

use crate::first_pack;
use crate::folder::Folder;
use crate::service::{ExitedService, MAX_WAIT, Service};
use crate::support::discord::{ChannelId, Discord, GuildId, ObservedChange, UserId};

/// The process of `quoth run`, with its data folder and settings.
pub(crate) struct Bot {
    folder: Folder,
    settings: Vec<(String, String)>,
    service: Service,
}

/// The labels of buttons, in English.
pub(crate) struct Labels {
    pub(crate) answered_it: &'static str,
    pub(crate) not_this: &'static str,
    pub(crate) delete: &'static str,
    pub(crate) show_paragraph: &'static str,
    pub(crate) show_rest: &'static str,
    pub(crate) share: &'static str,
}

/// As in src/conversation/wording/en.ftl.
pub(crate) const LABELS: Labels = Labels {
    answered_it: "This answered it",
    not_this: "Not this",
    delete: "Delete",
    show_paragraph: "Show the paragraph",
    show_rest: "Show the rest",
    share: "Show to everybody",
};

/// A fake server with one guild, which has one channel and the users Ada and Bob.
pub(crate) struct TestGuild {
    pub(crate) discord: Discord,
    pub(crate) guild: GuildId,
    pub(crate) channel: ChannelId,
    pub(crate) ada: UserId,
    pub(crate) bob: UserId,
}

impl TestGuild {
    pub(crate) fn new() -> Self {
        let discord = Discord::start();
        let guild = discord.guild("home");
        let channel = discord.channel(guild, "channel");
        let (ada, bob) = (discord.user("ada"), discord.user("bob"));
        Self { discord, guild, channel, ada, bob }
    }

    /// Starts the bot with the first pack and additional settings.
    pub(crate) fn bot(&self, settings: &[(&str, &str)]) -> Bot {
        self.bot_with(&format!("['{}']", first_pack::FOLDER), Folder::empty(), settings)
    }

    /// Starts the bot with these packs.
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

    /// Like [`Self::bot`], without waiting for the registration of commands.
    pub(crate) fn bot_without_commands(&self, settings: &[(&str, &str)]) -> Bot {
        let packs = format!("['{}']", first_pack::FOLDER);
        let all = Self::settings(&packs, settings);
        Bot::connect(Folder::empty(), &self.discord, &all)
    }

    /// `text` with a mention of the bot before it.
    pub(crate) fn mention_bot(&self, text: &str) -> String {
        format!("{} {text}", self.discord.mention())
    }

    /// Ada mentions the bot with `text` in the channel. Returns the message id.
    pub(crate) fn ask(&self, text: &str) -> u64 {
        self.discord.user_sends(self.channel, self.ada, &self.mention_bot(text))
    }

    /// The changes until all events of the channel are handled, which are handled in order.
    pub(crate) fn changes_until_idle(&self) -> Vec<ObservedChange> {
        let interaction =
            self.discord.user_runs_command(self.channel, self.discord.user("marker"), "help", &[]);
        let next = || Some(self.discord.next_change());
        let is_before =
            |change: &ObservedChange| change.message().interaction != Some(interaction.id);
        std::iter::from_fn(next).take_while(is_before).collect()
    }

    /// Waits until all events of the channel are handled, and asserts that there are no changes.
    pub(crate) fn wait_until_idle(&self) {
        let changes = self.changes_until_idle();
        assert!(changes.is_empty(), "{changes:?}");
    }
}

/// A question that the first pack answers, and the beginning of the quote.
pub(crate) const QUESTION: &str = "who is rana mitter";
pub(crate) const ANSWER: &str = "With Russia and China becoming closer";

/// Checks all rows in parallel, each with a fake server of its own: they mostly wait.
pub(crate) fn in_parallel<T: Send>(
    rows: impl IntoIterator<Item = T>,
    check_one: impl Fn(T) + Sync,
) {
    std::thread::scope(|scope| {
        for row in rows {
            let check_one = &check_one;
            scope.spawn(move || check_one(row));
        }
    });
}

impl Bot {
    /// Starts the bot in an empty folder, and waits until it has registered its commands.
    pub(crate) fn start(discord: &Discord, settings: &[(String, String)]) -> Self {
        Self::start_in(Folder::empty(), discord, settings)
    }

    /// Like [`Self::start`], in `folder`.
    pub(crate) fn start_in(
        folder: Folder,
        discord: &Discord,
        settings: &[(String, String)],
    ) -> Self {
        let bot = Self::connect(folder, discord, settings);
        discord.wait_for_commands();
        bot
    }

    /// Starts the bot, and waits until it is connected.
    fn connect(folder: Folder, discord: &Discord, settings: &[(String, String)]) -> Self {
        let mut all = discord.settings();
        all.extend_from_slice(settings);
        let (n_identifies, ..) = discord.counts();
        let service = Self::run(&folder, &all);
        discord.wait_for_identifies(n_identifies + 1);
        Self { folder, settings: all, service }
    }

    fn run(folder: &Folder, settings: &[(String, String)]) -> Service {
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Service::start(folder, &settings)
    }

    /// Runs the bot for `duration`, without waiting for a connection.
    pub(crate) fn run_for(
        discord: &Discord,
        settings: &[(String, String)],
        duration: Duration,
    ) -> ExitedService {
        let mut all = discord.settings();
        all.extend_from_slice(settings);
        let folder = Folder::with_pack();
        let service = Self::run(&folder, &all);
        std::thread::sleep(duration);
        service.stop()
    }

    /// Waits until `/readyz` reports that the bot is ready, or that it is not. Needs the HTTP server.
    pub(crate) fn wait_until_ready(&self, is_ready: bool) {
        let wanted = if is_ready { 200 } else { 503 };
        let start = std::time::Instant::now();
        loop {
            let (status, body) = self.service.get("/readyz");
            if status == wanted {
                return;
            }
            assert!(start.elapsed() < MAX_WAIT, "{status} {body}");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Waits until the log contains `text`.
    pub(crate) fn wait_for_log(&self, text: &str) {
        self.service.wait_for_log(text);
    }

    /// Stops or kills the bot, and starts it again.
    pub(crate) fn restart(self, discord: &Discord, is_killed: bool) -> Self {
        self.restart_after(discord, is_killed, || {})
    }

    /// Like [`Self::restart`]; `meanwhile` happens while the bot does not run.
    pub(crate) fn restart_after(
        self,
        discord: &Discord,
        is_killed: bool,
        meanwhile: impl FnOnce(),
    ) -> Self {
        let Self { folder, settings, service } = self;
        if is_killed {
            service.kill();
        } else {
            assert_eq!(service.stop().code, Some(0));
        }
        meanwhile();
        let (n_identifies, ..) = discord.counts();
        let service = Self::run(&folder, &settings);
        discord.wait_for_identifies(n_identifies + 1);
        Self { folder, settings, service }
    }

    /// The folder in which it runs.
    pub(crate) fn folder(&self) -> &Folder {
        &self.folder
    }

    /// Stops the bot, and waits for its end.
    pub(crate) fn stop(self) -> ExitedService {
        self.service.stop()
    }
}
