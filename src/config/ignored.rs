//! [`IgnoredSetting`]: settings that are valid and have no effect, since their platform is not served.

use std::fmt;

use super::settings::Config;
use crate::conversation::{PlaceId, Space};

/// A place in the settings whose platform is not served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IgnoredSetting {
    /// The space.
    pub space: String,
    /// The key that names the place.
    pub key: &'static str,
    /// The place.
    pub place: PlaceId,
}

impl fmt::Display for IgnoredSetting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { space, key, place } = self;
        let (platform, _) = place.parts();
        let help = match platform {
            "discord" => "set `token` in [discord]",
            "matrix" => "set `homeserver` and an account in [matrix]",
            "bridge" => "set `socket` in [bridge]",
            _ => "name a place on a platform that is served",
        };
        write!(
            f,
            "`{key}` of the space `{space}` has {place}, but {platform} is not served: {help}, or leave the place out"
        )
    }
}

impl Config {
    /// The platforms that `quoth run` serves.
    pub fn served_platforms(&self) -> Vec<&'static str> {
        let platforms = [
            ("bridge", self.bridge.socket.is_some()),
            ("discord", self.discord.token.is_some()),
            ("matrix", self.matrix.homeserver.is_some()),
        ];
        platforms.into_iter().filter(|(_, is_served)| *is_served).map(|(name, _)| name).collect()
    }

    /// The settings that have no effect because their platform is not served.
    pub fn ignored(&self) -> Vec<IgnoredSetting> {
        let served = self.served_platforms();
        let is_ignored = |place: &PlaceId, key: &str| {
            let (platform, _) = place.parts();
            // `quoth chat` is the console.
            let is_chat = platform == "console" && key == "places";
            !is_chat && !served.contains(&platform)
        };
        let mut ignored = Vec::new();
        for space in self.spaces().all() {
            for (key, place) in places_of(space) {
                // What a space inherits is told once, of the default space.
                let is_told =
                    ignored.iter().any(|it: &IgnoredSetting| it.key == key && it.place == *place);
                if is_ignored(place, key) && !is_told {
                    ignored.push(IgnoredSetting {
                        space: space.name.clone(),
                        key,
                        place: place.clone(),
                    });
                }
            }
        }
        ignored
    }
}

/// The places that the settings of `space` name, each with its key.
fn places_of(space: &Space) -> impl Iterator<Item = (&'static str, &PlaceId)> {
    let own = space.places.iter().map(|place| ("places", place));
    let listened = space.settings.listens_in.iter().map(|place| ("listens_in", place));
    let reports = space.settings.reports_to.iter().map(|place| ("reports_to", place));
    let logs = space.settings.logs_edits_to.iter().map(|place| ("logs_edits_to", place));
    own.chain(listened).chain(reports).chain(logs)
}
