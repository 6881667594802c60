//! quoth's Discord in this process, on the stand-in: for what can be measured only here, and for the
//! rate limiter, which `quoth run` uses at Discord's own address alone.

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

use super::discord as stand_in;

/// The folder of the first pack.
pub(crate) fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan")
}

/// The first pack, for whoever asks as often as they like.
pub(crate) fn library() -> Arc<KnowledgeBase> {
    let default = Space {
        name: DEFAULT_SPACE.to_owned(),
        places: Vec::new(),
        packs: vec![pack()],
        settings: SpaceSettings { cooldown_seconds: 0, ..SpaceSettings::default() },
    };
    let spaces = Spaces { default, others: Vec::new() };
    Arc::new(KnowledgeBase::open(spaces, Thresholds::default()).unwrap())
}

/// Serves `discord` from the runtime that is entered, until `stop`.
pub(crate) fn serve(
    discord: &stand_in::Discord,
    records: SqliteRecords,
    rate_limiter: bool,
    stop: &Shutdown,
) -> JoinHandle<()> {
    let library = library();
    let service = Arc::new(Service::new(Parts {
        records,
        knowledge_base: Arc::clone(&library),
        asker_key: AskerKey::random().unwrap(),
        clock: Arc::new(SystemClock),
        holder: Holder::new("in process"),
        delivery: DeliverySettings::default(),
    }));
    let settings = Settings {
        token: stand_in::TOKEN.into(),
        api_base: Some(discord.base.clone()),
        rate_limiter,
        message_content: false,
        style: AnswerStyle::Embed,
        shards: ShardRange::default(),
    };
    let discord = Arc::new(Discord::new(settings, library, Liveness::new("discord")).unwrap());
    let stop = stop.clone();
    tokio::spawn(async move {
        let lane = Dispatcher::start(&service, &discord, &DeliverySettings::default(), |_, _| ());
        let lane = Arc::new(lane);
        discord.serve(&lane, &stop).await.unwrap();
    })
}
