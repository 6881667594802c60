//! Which settings and packs hold where.

use std::path::PathBuf;

use serde::Serialize;

use super::id::PlaceId;
use super::message::{Place, User};
use super::settings::SpaceSettings;

/// A guild, or a set of rooms, that shares packs, moderators and settings.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space {
    /// Its name in records, logs and metrics. The default space is called [`DEFAULT_SPACE`].
    pub name: String,
    /// The places that belong to it. None for the default space.
    pub places: Vec<PlaceId>,
    /// The folders of its packs, in order.
    pub packs: Vec<PathBuf>,
    /// How quoth behaves in it.
    #[serde(flatten)]
    pub settings: SpaceSettings,
}

/// Name of the space of direct messages and of places that no other space has.
pub const DEFAULT_SPACE: &str = "default";

impl Space {
    /// Whether `person` may pause quoth here and take its answers away.
    pub fn is_moderator(&self, person: &User) -> bool {
        let listed = &self.settings.moderators;
        listed.contains(&person.id) || person.roles.iter().any(|role| listed.contains(role))
    }
}

/// All spaces.
#[derive(Debug, Clone, PartialEq)]
pub struct Spaces {
    /// Where no other holds.
    pub default: Space,
    /// The others. No place is in two of them.
    pub others: Vec<Space>,
}

impl Spaces {
    /// The space that `place` is in: that of the nearest place around it that has one. A direct
    /// message is in the only space that the asker shares with us, else in the default one.
    pub fn of(&self, place: &Place) -> &Space {
        let having = |id: &PlaceId| self.others.iter().find(|space| space.places.contains(id));
        if let Some(space) = having(&place.id) {
            return space;
        }
        let mut around = place.parents.iter().filter_map(having);
        let Some(nearest) = around.next() else { return &self.default };
        if place.is_direct && around.any(|other| other.name != nearest.name) {
            return &self.default;
        }
        nearest
    }

    /// The default space, then the others.
    pub fn all(&self) -> impl Iterator<Item = &Space> {
        std::iter::once(&self.default).chain(&self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn space(name: &str, places: &[&str]) -> Space {
        Space {
            name: name.to_owned(),
            places: places.iter().map(|id| PlaceId::from(*id)).collect(),
            packs: Vec::new(),
            settings: SpaceSettings::default(),
        }
    }

    #[test]
    fn the_nearest_place_decides_and_a_direct_message_needs_an_only_one() {
        let spaces = Spaces {
            default: space(DEFAULT_SPACE, &[]),
            others: vec![space("guild", &["d:guild:1"]), space("channel", &["d:channel:2"])],
        };
        let rows: [(&str, &[&str], bool, &str); 7] = [
            ("d:channel:9", &["d:guild:1"], false, "guild"),
            ("d:channel:2", &["d:guild:1"], false, "channel"),
            ("d:thread:3", &["d:channel:2", "d:guild:1"], false, "channel"),
            ("d:channel:9", &["d:guild:8"], false, DEFAULT_SPACE),
            ("d:dm:5", &[], true, DEFAULT_SPACE),
            ("d:dm:5", &["d:guild:1", "d:guild:7"], true, "guild"),
            ("d:dm:5", &["d:guild:1", "d:channel:2"], true, DEFAULT_SPACE),
        ];
        for (id, within, is_direct, want) in rows {
            let within: Vec<PlaceId> = within.iter().map(|id| PlaceId::from(*id)).collect();
            let place = Place { id: id.into(), parents: within.clone(), is_direct };
            assert_eq!(spaces.of(&place).name, want, "{id} in {within:?}");
        }
    }

    #[test]
    fn a_moderator_is_named_or_has_a_role_that_is() {
        let mut space = space("s", &[]);
        space.settings.moderators = vec!["d:user:1".into(), "d:role:2".into()];
        for (id, role, want) in [
            ("d:user:1", "d:role:9", true),
            ("d:user:8", "d:role:2", true),
            ("d:user:8", "d:user:1x", false),
        ] {
            let person = User { id: id.into(), roles: vec![role.into()], is_bot: false };
            assert_eq!(space.is_moderator(&person), want, "{id} with {role}");
        }
    }
}
