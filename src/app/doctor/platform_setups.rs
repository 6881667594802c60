//! [`PlatformSetups`]: what the checks of the platforms look at.

use std::sync::Arc;

use crate::app::platforms;
use crate::config::Config;
#[cfg(feature = "discord")]
use crate::conversation::PrincipalId;
use crate::conversation::{PlaceId, Spaces};
#[cfg(feature = "discord")]
use crate::platform::discord::doctor::{ConfiguredPlaces, DiscordSetup};
#[cfg(feature = "matrix")]
use crate::platform::matrix::doctor::MatrixSetup;

/// The configured platforms whose servers can be asked.
pub(super) struct PlatformSetups {
    #[cfg(feature = "discord")]
    pub(super) discord: Option<Arc<DiscordSetup>>,
    #[cfg(feature = "matrix")]
    pub(super) matrix: Option<Arc<MatrixSetup>>,
}

impl PlatformSetups {
    /// The platforms that `config` serves, with the places of `spaces`.
    pub(super) fn new(config: &Config, spaces: &Spaces) -> Self {
        #[cfg(feature = "discord")]
        let configured =
            ConfiguredPlaces { places: places(spaces), moderators: moderators(spaces) };
        Self {
            #[cfg(feature = "discord")]
            discord: platforms::discord_settings(config)
                .map(|settings| DiscordSetup::new(settings, configured)),
            #[cfg(feature = "matrix")]
            matrix: platforms::matrix_settings(config)
                .map(|settings| MatrixSetup::new(settings, places(spaces))),
        }
    }
}

/// The places that the spaces name, each once with a key that names it.
fn places(spaces: &Spaces) -> Vec<(&'static str, PlaceId)> {
    let mut all: Vec<(&'static str, PlaceId)> = Vec::new();
    for space in spaces.all() {
        let settings = &space.settings;
        let one =
            |key, place: &Option<PlaceId>| place.iter().map(move |it| (key, it.clone())).collect();
        let lists: [Vec<(&'static str, PlaceId)>; 5] = [
            space.places.iter().map(|it| ("places", it.clone())).collect(),
            settings.listens_in.iter().map(|it| ("listens_in", it.clone())).collect(),
            one("reports_to", &settings.reports_to),
            one("logs_edits_to", &settings.logs_edits_to),
            one("sends_digest_to", &settings.sends_digest_to),
        ];
        for (key, place) in lists.into_iter().flatten() {
            if !all.iter().any(|(_, it)| *it == place) {
                all.push((key, place));
            }
        }
    }
    all
}

/// The moderators and owners of all spaces.
#[cfg(feature = "discord")]
fn moderators(spaces: &Spaces) -> Vec<PrincipalId> {
    let settings = spaces.all().map(|space| &space.settings);
    settings.flat_map(|it| it.moderators.iter().chain(&it.owners)).cloned().collect()
}
