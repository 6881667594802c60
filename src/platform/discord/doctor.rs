//! What `quoth doctor` checks on Discord, by HTTP alone: a session of the gateway would count against the day's limit.

mod account;
mod guilds;

use std::sync::Arc;
use std::time::{Duration, SystemTime};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serenity::http::{LightMethod, Route};
use serenity::model::gateway::BotGateway;
use serenity::model::guild::GuildInfo;
use serenity::model::id::ApplicationId;
use tokio::sync::OnceCell;

use super::api::{Api, ApiError, decode};
use super::settings::Settings;
use crate::conversation::{PlaceId, PrincipalId};
use crate::platform::diagnosis::{Check, ServerTime, async_check};

/// All checks of Discord.
pub const CHECKS: [Check<DiscordSetup>; 13] = [
    async_check!(
        "discord-token-shape",
        "the Discord token is complete: three parts with dots between them",
        account::is_token_complete
    ),
    async_check!("discord-api", "Discord's HTTP API can be reached", account::is_api_reachable),
    async_check!("discord-token", "Discord accepts the token", account::is_token_accepted),
    async_check!(
        "discord-gateway",
        "Discord's gateway, which sends the events, can be reached",
        account::is_gateway_reachable
    ),
    async_check!(
        "discord-intents",
        "the privileged intents that the configuration needs are enabled",
        account::are_intents_enabled
    ),
    async_check!(
        "discord-interactions",
        "commands and buttons come by the gateway",
        account::are_interactions_received
    ),
    async_check!(
        "discord-sessions",
        "Discord accepts more session starts today",
        account::has_session_starts
    ),
    async_check!("discord-shards", "the shards suffice for the guilds", account::are_shards_enough),
    async_check!(
        "discord-commands",
        "the commands that are registered are those of this version",
        account::are_commands_current
    ),
    async_check!("discord-guilds", "the bot is in a guild", guilds::is_in_guild),
    async_check!(
        "discord-places",
        "the guilds and channels of the configuration exist, and the bot sees them",
        guilds::do_places_exist
    ),
    async_check!(
        "discord-permissions",
        "the bot has the permissions that it needs in each channel of the configuration, and in some channel of each guild",
        guilds::has_permissions
    ),
    async_check!(
        "discord-moderators",
        "the roles of the configuration exist",
        guilds::do_roles_exist
    ),
];

/// Timeout of a request.
const TIMEOUT: Duration = Duration::from_secs(6);

/// What the checks of Discord look at. What several of them need is fetched once.
pub struct DiscordSetup {
    settings: Settings,
    configured: ConfiguredPlaces,
    /// `None` if no HTTP client can be built.
    api: Option<Api>,
    gateway: OnceCell<Result<GatewayAddress, ProbeError>>,
    application: OnceCell<Result<Application, ProbeError>>,
    guilds: OnceCell<Result<Vec<GuildInfo>, ProbeError>>,
}

/// Places and users of the spaces, on any platform.
#[derive(Debug, Clone, Default)]
pub struct ConfiguredPlaces {
    /// Places, each with the key that names it.
    pub places: Vec<(&'static str, PlaceId)>,
    /// Moderators and owners.
    pub moderators: Vec<PrincipalId>,
}

/// The application of the bot, as the Developer Portal shows it.
#[derive(Deserialize)]
struct Application {
    id: ApplicationId,
    #[serde(default)]
    flags: u64,
    #[serde(default)]
    interactions_endpoint_url: Option<String>,
}

/// How to connect to the gateway, and when Discord said so.
#[derive(Debug)]
struct GatewayAddress {
    gateway: BotGateway,
    server_time: Option<ServerTime>,
}

/// A request without a usable response.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct ProbeError {
    /// The HTTP status; `None` if there was no response in time.
    status: Option<u16>,
}

impl From<ApiError> for ProbeError {
    fn from(error: ApiError) -> Self {
        Self { status: error.status }
    }
}

impl DiscordSetup {
    /// The setup with these settings. `configured` has what the spaces name.
    pub fn new(settings: Settings, configured: ConfiguredPlaces) -> Arc<Self> {
        let api = Api::new(&settings).ok();
        let (gateway, application, guilds) = Default::default();
        Arc::new(Self { settings, configured, api, gateway, application, guilds })
    }

    /// The time of Discord's clock; `None` if it does not respond to this token.
    pub async fn server_time(&self) -> Option<ServerTime> {
        self.gateway().await.ok()?.server_time
    }

    /// How to connect to the gateway.
    ///
    /// # Errors
    /// Why what needs Discord is not applicable.
    async fn gateway(&self) -> Result<&GatewayAddress, String> {
        if !account::is_complete(self.settings.token()) {
            return Err("the token is not complete (see discord-token-shape)".to_owned());
        }
        match self.fetched_gateway().await {
            Ok(gateway) => Ok(gateway),
            Err(ProbeError { status: Some(401) }) => {
                Err("Discord rejects the token (see discord-token)".to_owned())
            }
            Err(_) => Err("Discord cannot be reached (see discord-api)".to_owned()),
        }
    }

    async fn fetched_gateway(&self) -> Result<&GatewayAddress, ProbeError> {
        let fetch = async {
            let response = in_time(async {
                self.api()?
                    .call(Route::GatewayBot, LightMethod::Get, None::<&()>)
                    .await
                    .map_err(ProbeError::from)
            });
            let response = response.await?;
            let date = response.headers().get("date").and_then(|it| it.to_str().ok());
            let server_time = date.and_then(|date| ServerTime::parse(date, SystemTime::now()));
            let gateway = decode(response).await.map_err(ProbeError::from)?;
            Ok(GatewayAddress { gateway, server_time })
        };
        self.gateway.get_or_init(|| fetch).await.as_ref().map_err(|failure| *failure)
    }

    /// The application of the bot, as Discord describes it.
    async fn application(&self) -> Result<&Application, String> {
        self.gateway().await?;
        let fetch = || self.get(Route::Oauth2ApplicationCurrent);
        self.application.get_or_init(fetch).await.as_ref().map_err(|failure| no_response(*failure))
    }

    /// The guilds that the bot is in; of more than 200, the first 200.
    async fn guilds(&self) -> Result<&[GuildInfo], String> {
        self.gateway().await?;
        let guilds = self.guilds.get_or_init(|| self.get(Route::UserMeGuilds)).await;
        guilds.as_deref().map_err(|failure| no_response(*failure))
    }

    async fn get<T: DeserializeOwned>(&self, route: Route<'_>) -> Result<T, ProbeError> {
        in_time(async { self.api()?.get(route).await.map_err(ProbeError::from) }).await
    }

    fn api(&self) -> Result<&Api, ProbeError> {
        self.api.as_ref().ok_or(ProbeError { status: None })
    }
}

/// `request`, or a failure if it takes too long.
async fn in_time<T>(request: impl Future<Output = Result<T, ProbeError>>) -> Result<T, ProbeError> {
    tokio::time::timeout(TIMEOUT, request).await.unwrap_or(Err(ProbeError { status: None }))
}

/// Why a check is not applicable whose request failed, though Discord can be reached.
fn no_response(ProbeError { status }: ProbeError) -> String {
    match status {
        Some(status) => format!("Discord responds with HTTP status {status}: try again later"),
        None => "Discord does not respond to this request: try again later".to_owned(),
    }
}
