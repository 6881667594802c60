//! The places of recent events, with their parents. The parents say which space a place belongs to,
//! and so which moderators are told what the bot lacks there.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::conversation::{Place, PlaceId};

/// Capacity, in places.
const MAX_CACHED: usize = 10_000;

/// The places of recent events.
#[derive(Default)]
pub(super) struct RecentPlaces(Mutex<HashMap<PlaceId, Place>>);

impl RecentPlaces {
    /// Records the place of an event.
    pub(super) fn record(&self, place: &Place) {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.get(&place.id) == Some(place) {
            return;
        }
        if places.len() >= MAX_CACHED {
            places.clear();
        }
        places.insert(place.id.clone(), place.clone());
    }

    /// The place with this id, if something happened there lately.
    pub(super) fn get(&self, id: &PlaceId) -> Option<Place> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }
}
