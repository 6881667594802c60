//! Checks of a configuration that only serving needs: settings that require each other.

use super::error::{ConfigError, Problem};
use super::matrix::MatrixSettings;
use super::problem_kind::ProblemKind;
use super::settings::Config;
use crate::conversation::{Space, Spaces};

impl Config {
    /// Checks that every space has a pack and that the settings of each platform are complete.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem.
    pub fn check_servable(&self) -> Result<(), ConfigError> {
        let spaces = self.spaces();
        let without_packs = spaces.all().filter(|space| space.packs.is_empty());
        let no_pack = |space: &Space| ProblemKind::NoPack { space: space.name.clone() };
        let mut problems: Vec<ProblemKind> = without_packs.map(no_pack).collect();
        problems.extend(self.discord_problems(&spaces));
        problems.extend(self.matrix_problems());
        ConfigError::ok_or_errors(problems.into_iter().map(Problem::without_origin).collect(), ())
    }

    /// Problems in `[discord]`; none if Discord is not configured.
    fn discord_problems(&self, spaces: &Spaces) -> Vec<ProblemKind> {
        let discord = &self.discord;
        if discord.token.is_none() {
            return Vec::new();
        }
        let mut problems = Vec::new();
        if !cfg!(feature = "discord") {
            problems.push(ProblemKind::NotBuiltIn { platform: "Discord" });
        }
        if discord.api_base.is_some() && discord.rate_limiter {
            problems.push(ProblemKind::ApiBaseWithRateLimiter);
        }
        let listened = spaces.all().flat_map(|space| &space.settings.listens_in);
        let on_discord = listened.filter(|place| place.parts().0 == "discord");
        if let Some(place) = on_discord.take(usize::from(!discord.message_content)).next() {
            problems.push(ProblemKind::ListensWithoutContent { place: place.to_string() });
        }
        problems
    }

    /// Checks that the settings in `[matrix]` are complete, for `quoth matrix setup`.
    ///
    /// # Errors
    /// [`ConfigError`] with every problem.
    pub fn check_matrix(&self) -> Result<(), ConfigError> {
        let problems = self.matrix_problems().into_iter().map(Problem::without_origin).collect();
        ConfigError::ok_or_errors(problems, ())
    }

    /// Problems in `[matrix]`; none if Matrix is not configured.
    fn matrix_problems(&self) -> Vec<ProblemKind> {
        let MatrixSettings { homeserver, user, password, token, .. } = &self.matrix;
        if homeserver.is_none() {
            let has_account = user.is_some() || password.is_some() || token.is_some();
            return if has_account { vec![ProblemKind::NoHomeserver] } else { Vec::new() };
        }
        let mut problems = Vec::new();
        if !cfg!(feature = "matrix") {
            problems.push(ProblemKind::NotBuiltIn { platform: "Matrix" });
        }
        match (user.is_some(), password.is_some(), token.is_some()) {
            (true, true, false) | (false, false, true) => {}
            (false, false, false) => problems.push(ProblemKind::NoLogin),
            (_, _, true) => problems.push(ProblemKind::ConflictingLogins),
            (true, false, false) => {
                problems.push(ProblemKind::IncompleteLogin { has: "user", lacks: "password" });
            }
            (false, true, false) => {
                problems.push(ProblemKind::IncompleteLogin { has: "password", lacks: "user" });
            }
        }
        problems
    }
}
