//! The Discord platform in this process, against the fake server: for measurements, and for the rate
//! limiter, which `quoth run` uses only without an `api_base`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use quoth::conversation::space::DEFAULT_SPACE;
use quoth::conversation::{Space, SpaceSettings, Spaces};
use quoth::matching::Thresholds;
use quoth::platform::discord::{Discord, Settings, ShardRange};
use quoth::platform::{AnswerStyle, Shutdown};
use quoth::service::settings::DeliverySettings;
use quoth::service::{Dispatcher, KnowledgeBase, Liveness, Parts, Service, SystemClock};
use quoth::store::asker_key::AskerKey;
use quoth::store::records::{Holder, SqliteRecords};
use tokio::task::JoinHandle;

use super::discord as fake_server;

/// The folder of the first pack.
pub(crate) fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan")
}

/// The first pack, without a cooldown.
pub(crate) fn knowledge_base() -> Arc<KnowledgeBase> {
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: vec![pack()],
        settings: SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() },
    };
    let spaces = Spaces { default, others: Vec::new() };
    Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap())
}

/// Serves `discord` on the current runtime, until `stop`.
pub(crate) fn serve(
    discord: &fake_server::Discord,
    records: SqliteRecords,
    rate_limiter: bool,
    stop: &Shutdown,
) -> JoinHandle<()> {
    let knowledge_base = knowledge_base();
    let service = Arc::new(Service::new(Parts {
        records,
        knowledge_base: Arc::clone(&knowledge_base),
        asker_key: AskerKey::random().unwrap(),
        clock: Arc::new(SystemClock),
        holder: Holder::new("in process"),
        delivery: DeliverySettings::default(),
    }));
    let settings = Settings {
        token: fake_server::TOKEN.into(),
        api_base: Some(discord.base.clone()),
        rate_limiter,
        message_content: false,
        style: AnswerStyle::Embed,
        shards: ShardRange::default(),
    };
    let discord =
        Arc::new(Discord::new(settings, knowledge_base, Liveness::new("discord")).unwrap());
    let stop = stop.clone();
    tokio::spawn(async move {
        let dispatcher =
            Dispatcher::start(&service, &discord, &DeliverySettings::default(), |_, _| ());
        let dispatcher = Arc::new(dispatcher);
        discord.serve(&dispatcher, &stop).await.unwrap();
    })
}
