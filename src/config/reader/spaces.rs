//! Reads the spaces. A space inherits from the default space what it leaves out.

use std::collections::BTreeMap;

use figment::value::{Dict, Value};

use super::{ConfigReader, Key, keys_of};
use crate::config::origin::Origin;
use crate::config::problem_kind::ProblemKind;
use crate::config::settings::Config;
use crate::config::space::SpaceHeader;
use crate::config::validation::{PLACE, is_place, quoted};
use crate::conversation::space::DEFAULT_SPACE;
use crate::conversation::{PlaceId, Space, SpaceSettings};

/// Names and places of the previous spaces, with their origins.
#[derive(Default)]
struct PreviousSpaces {
    names: BTreeMap<String, Origin>,
    places: BTreeMap<PlaceId, Origin>,
}

impl ConfigReader<'_> {
    /// The spaces of `[[space]]`. `config` has the packs and the default space already.
    pub(super) fn spaces(&mut self, config: &Config) -> Vec<Space> {
        let list = Key::new("space");
        let items = match self.layers.value(&list) {
            Some(Value::Array(_, items)) => items.clone(),
            None => Vec::new(),
            Some(value) => {
                self.wrong_type(&list, "sections that start with [[space]]", value);
                Vec::new()
            }
        };
        let mut seen = PreviousSpaces::default();
        let mut spaces = Vec::new();
        for (number, item) in items.into_iter().enumerate() {
            let at = list.child(number.to_string());
            match item {
                Value::Dict(_, dict) => spaces.push(self.space(&at, dict, config, &mut seen)),
                item => self.wrong_type(&at, "sections that start with [[space]]", &item),
            }
        }
        spaces
    }

    fn space(&mut self, at: &Key, dict: Dict, config: &Config, seen: &mut PreviousSpaces) -> Space {
        let header_keys = keys_of::<SpaceHeader>();
        let (header, settings): (Dict, Dict) =
            dict.into_iter().partition(|(name, _)| header_keys.contains(&name.as_str()));
        let has_name = header.contains_key("name");
        let has_places = header.contains_key("places");
        let header: SpaceHeader = self.typed(at, header);
        if has_name {
            self.check_name(at, &header.name, seen);
        } else {
            self.missing(at, "name", "give each space a name, like name = \"ops\"");
        }
        if has_places {
            self.check_places(at, &header.places, seen);
        } else {
            let help = "name its places, like places = [\"discord:guild:1\"]";
            self.missing(at, "places", help);
        }
        let packs = header.packs.map(|packs| self.packs(&at.child("packs"), packs));
        Space {
            name: header.name,
            places: header.places,
            packs: packs.unwrap_or_else(|| config.packs.clone()),
            settings: self.settings(at, settings, config),
        }
    }

    /// The settings of the space, over those of the default space.
    fn settings(&mut self, at: &Key, dict: Dict, config: &Config) -> SpaceSettings {
        let own = self.valid_keys::<SpaceSettings>(at, dict, keys_of::<SpaceHeader>());
        let inherited = Value::serialize(&config.default_space).ok().and_then(Value::into_dict);
        let mut all = inherited.unwrap_or_default();
        all.extend(own.clone());
        let settings = Value::from(all).deserialize().unwrap_or_default();
        self.check_range(at, &own, &settings);
        settings
    }

    fn check_name(&mut self, at: &Key, name: &str, seen: &mut PreviousSpaces) {
        let key = at.child("name");
        let is_text = self.layers.value(&key).is_some_and(|value| value.as_str().is_some());
        if !is_text {
            return;
        }
        if name.trim().is_empty() {
            self.report(
                &key,
                ProblemKind::Empty { key: key.clone(), help: "give each space a name" },
            );
        } else if name == DEFAULT_SPACE {
            self.report(&key, ProblemKind::ReservedName);
        } else if let Some(first) = seen.names.get(name).cloned() {
            self.report(&key, ProblemKind::DuplicateName { name: name.to_owned(), first });
        } else {
            seen.names.insert(name.to_owned(), self.layers.origin(&key));
        }
    }

    fn check_places(&mut self, at: &Key, places: &[PlaceId], seen: &mut PreviousSpaces) {
        let key = at.child("places");
        let is_empty =
            self.layers.value(&key).and_then(Value::as_array).is_some_and(<[_]>::is_empty);
        if is_empty {
            let help = "name its places, like places = [\"discord:guild:1\"]";
            self.report(&key, ProblemKind::Empty { key: key.clone(), help });
        }
        for (number, place) in places.iter().enumerate() {
            let item = key.child(number.to_string());
            if !is_place(place.as_str()) {
                let (key, value) = (key.clone(), quoted(place.as_str()));
                self.report(&item, ProblemKind::OutOfRange { key, value, range: PLACE });
            } else if let Some(first) = seen.places.get(place).cloned() {
                self.report(&item, ProblemKind::DuplicatePlace { place: place.to_string(), first });
            } else {
                seen.places.insert(place.clone(), self.layers.origin(&item));
            }
        }
    }

    fn missing(&mut self, at: &Key, name: &str, help: &'static str) {
        self.report(at, ProblemKind::Missing { key: at.child(name), help });
    }
}
