//! quoth's Discord platform in this process, against the fake server: for benchmarks, and for the rate
//! limiter, which `quoth run` uses only with Discord's own address.

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

/// The folder of the included pack.
pub(crate) fn pack() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("knowledge/china-kazakhstan")
}

/// The included pack, without rate limits.
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

/// Serves `discord` in a task of the current runtime, until `shutdown`.
pub(crate) fn serve(
    discord: &fake_server::Discord,
    records: SqliteRecords,
    rate_limiter: bool,
    shutdown: &Shutdown,
) -> JoinHandle<()> {
    let knowledge_base = knowledge_base();
    let service = Arc::new(Service::new(Parts {
        records,
        knowledge_base: Arc::clone(&knowledge_base),
        asker_key: AskerKey::random().unwrap(),
        clock: Arc::new(SystemClock),
        holder: Holder::new("in process"),
        delivery: DeliverySettings::default(),
        keeps_questions: true,
    }));
    let settings = Settings {
        token: fake_server::TOKEN.into(),
        api_base: Some(discord.base.clone()),
        rate_limiter,
        message_content: false,
        style: AnswerStyle::Embed,
        pings_asker: false,
        proxies: Vec::new(),
        shards: ShardRange::default(),
        catch_up: DeliverySettings::default().catch_up(),
        folder: std::env::temp_dir().join("quoth-discord-in-process"),
    };
    let discord =
        Arc::new(Discord::new(settings, knowledge_base, Liveness::new("discord")).unwrap());
    let shutdown = shutdown.clone();
    tokio::spawn(async move {
        let settings = DeliverySettings::default();
        let dispatcher = Dispatcher::start(&service, &discord, &settings, |_, _| ());
        let dispatcher = Arc::new(dispatcher);
        discord.serve(&dispatcher, &shutdown).await.unwrap();
    })
}
