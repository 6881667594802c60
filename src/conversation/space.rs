//! Spaces, and which of them a place belongs to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use serde::Serialize;

use super::id::{PlaceId, PrincipalId};
use super::message::{Place, User};
use super::setting_overrides::OverridesBySpace;
use super::settings::SpaceSettings;

/// A set of places that share packs, moderators and settings: a Discord guild, a set of Matrix
/// rooms. (Not a Matrix Space, which is a room that groups others.)
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Space {
    /// Name in records, logs and metrics. That of the default space is [`DEFAULT_SPACE`].
    pub name: String,
    /// The places that belong to it. Empty for the default space.
    pub places: Vec<PlaceId>,
    /// Folders of its packs, in order.
    pub packs: Vec<PathBuf>,
    /// Its settings.
    #[serde(flatten)]
    pub settings: SpaceSettings,
}

/// Name of the space of all places that belong to no other space.
pub const DEFAULT_SPACE: &str = "default";

impl Space {
    /// Whether `user` may edit the packs of this space, pause the bot there and delete its answers.
    pub fn is_moderator(&self, user: &User) -> bool {
        let SpaceSettings { moderators, owners, .. } = &self.settings;
        is_listed(user, moderators) || is_listed(user, owners)
    }

    /// Whether `user` is a moderator who may do what concerns the work of others.
    pub fn is_owner(&self, user: &User) -> bool {
        let owners = &self.settings.owners;
        if owners.is_empty() { self.is_moderator(user) } else { is_listed(user, owners) }
    }
}

fn is_listed(user: &User, listed: &[PrincipalId]) -> bool {
    listed.contains(&user.id) || user.roles.iter().any(|role| listed.contains(role))
}

/// All spaces.
#[derive(Debug, Clone, PartialEq)]
pub struct Spaces {
    /// The space of places that belong to no other.
    pub default: Space,
    /// The other spaces. No place is in two of them.
    pub others: Vec<Space>,
}

impl Spaces {
    /// The space of `place`: that of the place itself, else of its innermost parent that has one,
    /// else the default space. A direct message belongs to the only space that the user shares with
    /// the bot, or to the default space if there are several.
    pub fn of(&self, place: &Place) -> &Space {
        let space_with = |id: &PlaceId| self.others.iter().find(|space| space.places.contains(id));
        if let Some(space) = space_with(&place.id) {
            return space;
        }
        let mut of_parents = place.parents.iter().filter_map(space_with);
        let Some(nearest) = of_parents.next() else { return &self.default };
        if place.is_direct && of_parents.any(|other| other.name != nearest.name) {
            return &self.default;
        }
        nearest
    }

    /// The space with this name.
    pub fn named(&self, name: &str) -> Option<&Space> {
        self.all().find(|space| space.name == name)
    }

    /// The default space, then the others.
    pub fn all(&self) -> impl Iterator<Item = &Space> {
        std::iter::once(&self.default).chain(&self.others)
    }

    /// The same spaces with what moderators have changed of their settings.
    #[must_use]
    pub fn with_overrides(&self, overrides: &OverridesBySpace) -> Self {
        let overridden = |space: &Space| match overrides.get(&space.name) {
            Some(overrides) => {
                Space { settings: overrides.apply(&space.settings), ..space.clone() }
            }
            None => space.clone(),
        };
        Self {
            default: overridden(&self.default),
            others: self.others.iter().map(overridden).collect(),
        }
    }

    /// The folders of all packs, each once.
    pub fn pack_folders(&self) -> BTreeSet<&Path> {
        self.all().flat_map(|space| &space.packs).map(PathBuf::as_path).collect()
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
    fn innermost_parent_decides_the_space_and_direct_messages_need_an_only_one() {
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
        for (id, parents, is_direct, want) in rows {
            let parents: Vec<PlaceId> = parents.iter().map(|id| PlaceId::from(*id)).collect();
            let place = Place { id: id.into(), parents: parents.clone(), is_direct };
            assert_eq!(spaces.of(&place).name, want, "{id} in {parents:?}");
        }
    }

    #[test]
    fn moderators_are_listed_by_user_or_role() {
        let mut space = space("s", &[]);
        space.settings.moderators = vec!["d:user:1".into(), "d:role:2".into()];
        for (id, role, want) in [
            ("d:user:1", "d:role:9", true),
            ("d:user:8", "d:role:2", true),
            ("d:user:8", "d:user:1x", false),
        ] {
            let user = User { id: id.into(), roles: vec![role.into()], is_bot: false };
            assert_eq!(space.is_moderator(&user), want, "{id} with {role}");
            assert_eq!(space.is_owner(&user), want, "without owners, all moderators are");
        }
    }

    #[test]
    fn owners_are_moderators_and_the_only_owners() {
        let mut space = space("s", &[]);
        space.settings.moderators = vec!["d:role:2".into()];
        space.settings.owners = vec!["d:user:1".into()];
        for (id, role, is_moderator, is_owner) in [
            ("d:user:1", "d:role:9", true, true),
            ("d:user:8", "d:role:2", true, false),
            ("d:user:8", "d:role:9", false, false),
        ] {
            let user = User { id: id.into(), roles: vec![role.into()], is_bot: false };
            let levels = (space.is_moderator(&user), space.is_owner(&user));
            assert_eq!(levels, (is_moderator, is_owner), "{id} with {role}");
        }
    }
}
