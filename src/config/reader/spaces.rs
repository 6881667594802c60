//! The spaces: each with what it leaves out taken from the default space.

use std::collections::BTreeMap;

use figment::value::{Dict, Value};

use super::{ConfigReader, Key, keys_of};
use crate::config::Config;
use crate::config::origin::Origin;
use crate::config::problem_kind::ProblemKind;
use crate::config::space::SpaceHeader;
use crate::config::validation::{PLACE, is_place, quoted};
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{PlaceId, Space, SpaceSettings};

/// What has been seen of the spaces before, and where.
#[derive(Default)]
struct Seen {
    names: BTreeMap<String, Origin>,
    places: BTreeMap<PlaceId, Origin>,
}

impl ConfigReader<'_> {
    /// The spaces of `[[space]]`. Of `config`, packs and default space are read already.
    pub(super) fn spaces(&mut self, config: &Config) -> Vec<Space> {
        let list = Key::new("space");
        let items = match self.layers.value(&list) {
            Some(Value::Array(_, items)) => items.clone(),
            None => Vec::new(),
            Some(value) => {
                self.not_a(&list, "sections that start with [[space]]", value);
                Vec::new()
            }
        };
        let mut seen = Seen::default();
        let mut spaces = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let at = list.child(number.to_string());
            match item {
                Value::Dict(_, dict) => spaces.push(self.space(&at, dict, config, &mut seen)),
                item => self.not_a(&at, "sections that start with [[space]]", &item),
            }
        }
        spaces
    }

    fn space(&mut self, at: &Key, dict: Dict, config: &Config, seen: &mut Seen) -> Space {
        let head_keys = keys_of::<SpaceHeader>();
        let (head, settings): (Dict, Dict) =
            dict.into_iter().partition(|(name, _)| head_keys.contains(&name.as_str()));
        let has_name = head.contains_key("name");
        let has_places = head.contains_key("places");
        let head: SpaceHeader = self.typed(at, head);
        if has_name {
            self.check_name(at, &head.name, seen);
        } else {
            self.missing(at, "name", "give each space a name, like name = \"ops\"");
        }
        if has_places {
            self.check_places(at, &head.places, seen);
        } else {
            let help = "say where the space is, like places = [\"discord:guild:1\"]";
            self.missing(at, "places", help);
        }
        let packs = head.packs.map(|packs| self.packs(&at.child("packs"), packs));
        Space {
            name: head.name,
            places: head.places,
            packs: packs.unwrap_or_else(|| config.packs.clone()),
            settings: self.settings(at, settings, config),
        }
    }

    /// What the space says, over what the default space says.
    fn settings(&mut self, at: &Key, dict: Dict, config: &Config) -> SpaceSettings {
        let own = self.valid_keys::<SpaceSettings>(at, dict, keys_of::<SpaceHeader>());
        let inherited = Value::serialize(&config.default_space).ok().and_then(Value::into_dict);
        let mut all = inherited.unwrap_or_default();
        all.extend(own.clone());
        let settings = Value::from(all).deserialize().unwrap_or_default();
        self.check_range(at, &own, &settings);
        settings
    }

    fn check_name(&mut self, at: &Key, name: &str, seen: &mut Seen) {
        let key = at.child("name");
        let is_text = self.layers.value(&key).is_some_and(|value| value.as_str().is_some());
        if !is_text {
            return;
        }
        if name.trim().is_empty() {
            self.fault(
                &key,
                ProblemKind::Empty { key: key.clone(), help: "give each space a name" },
            );
        } else if name == DEFAULT_SPACE {
            self.fault(&key, ProblemKind::ReservedName);
        } else if let Some(first) = seen.names.get(name).cloned() {
            self.fault(&key, ProblemKind::DuplicateName { name: name.to_owned(), first });
        } else {
            seen.names.insert(name.to_owned(), self.layers.origin(&key));
        }
    }

    fn check_places(&mut self, at: &Key, places: &[PlaceId], seen: &mut Seen) {
        let key = at.child("places");
        let is_empty =
            self.layers.value(&key).and_then(Value::as_array).is_some_and(<[_]>::is_empty);
        if is_empty {
            let help = "say where the space is, like places = [\"discord:guild:1\"]";
            self.fault(&key, ProblemKind::Empty { key: key.clone(), help });
        }
        for (number, place) in places.iter().enumerate() {
            let item = key.child(number.to_string());
            if !is_place(place.as_str()) {
                let (key, value) = (key.clone(), quoted(place.as_str()));
                self.fault(&item, ProblemKind::OutOfRange { key, value, range: PLACE });
            } else if let Some(first) = seen.places.get(place).cloned() {
                self.fault(&item, ProblemKind::DuplicatePlace { place: place.to_string(), first });
            } else {
                seen.places.insert(place.clone(), self.layers.origin(&item));
            }
        }
    }

    fn missing(&mut self, at: &Key, name: &str, help: &'static str) {
        self.fault(at, ProblemKind::Missing { key: at.child(name), help });
    }
}
