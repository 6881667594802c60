//! A service of one pack, for benchmarks without a platform.

use std::path::PathBuf;
use std::sync::Arc;

use quoth::conversation::space::DEFAULT_SPACE;
use quoth::conversation::{Space, SpaceSettings, Spaces};
use quoth::matching::Thresholds;
use quoth::service::settings::DeliverySettings;
use quoth::service::{KnowledgeBase, Parts, Service, SystemClock};
use quoth::store::asker_key::AskerKey;
use quoth::store::records::{Holder, SqliteRecords};

/// The holder of the claims of [`service`].
pub(crate) const HOLDER: &str = "bench";

/// A service that answers from `pack` everywhere, with these settings, except that nobody has to wait between two
/// questions.
pub(crate) fn service(
    records: SqliteRecords,
    pack: PathBuf,
    settings: SpaceSettings,
) -> Service<SqliteRecords> {
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: vec![pack],
        settings: SpaceSettings { cooldown_seconds: 0, ..settings },
    };
    let spaces = Spaces { default, others: Vec::new() };
    Service::new(Parts {
        records,
        knowledge_base: Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap()),
        asker_key: AskerKey::random().unwrap(),
        clock: Arc::new(SystemClock),
        holder: Holder::new(HOLDER),
        delivery: DeliverySettings::default(),
        keeps_questions: true,
    })
}
