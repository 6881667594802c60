//! `quoth run` on the stand-in.

use crate::folder::Folder;
use crate::service::{Ended, Service};
use crate::support::discord::Discord;

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
        let mut all = discord.settings();
        all.extend_from_slice(settings);
        let (n_identifies, ..) = discord.counts();
        let service = Self::run(&folder, &all);
        discord.waits_for_identifies(n_identifies + 1);
        discord.waits_for_commands();
        Self { folder, settings: all, service }
    }

    fn run(folder: &Folder, settings: &[(String, String)]) -> Service {
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
        Service::start(folder, &settings)
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
