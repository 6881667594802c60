//! The configuration of a homeserver.

use std::path::Path;

/// A limit that tests do not reach. They send more requests than the default limits allow.
const UNLIMITED: &str = "{ per_second: 10000, burst_count: 10000 }";

/// What differs from the instance that the tests share.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SynapseSettings {
    /// The limit on the messages of a user (`rc_message`).
    pub(crate) message_limit: &'static str,
    /// Whether it serves TLS and federates with other instances that do.
    pub(crate) has_tls: bool,
}

impl Default for SynapseSettings {
    fn default() -> Self {
        Self { message_limit: UNLIMITED, has_tls: false }
    }
}

/// The text of `homeserver.yaml`, for an instance with its files in `folder`.
pub(super) fn homeserver_yaml(
    settings: SynapseSettings,
    folder: &Path,
    server_name: &str,
    port: u16,
    tls_port: Option<u16>,
) -> String {
    let folder = folder.display();
    let SynapseSettings { message_limit, .. } = settings;
    let tls = tls_port.map(|port| tls_yaml(port, &folder.to_string())).unwrap_or_default();
    let unlimited = UNLIMITED;
    format!(
        "server_name: '{server_name}'
listeners:
  - {{ port: {port}, bind_addresses: ['127.0.0.1'], type: http, resources: [{{ names: [client] }}] }}
{tls}database: {{ name: sqlite3, args: {{ database: '{folder}/homeserver.db' }} }}
log_config: '{folder}/log.yaml'
media_store_path: '{folder}/media'
signing_key_path: '{folder}/signing.key'
pid_file: '{folder}/pid'
app_service_config_files: ['{folder}/bridge.yaml']
trusted_key_servers: []
report_stats: false
enable_registration: true
enable_registration_without_verification: true
bcrypt_rounds: 4
macaroon_secret_key: test
form_secret: test
presence: {{ enabled: false }}
rc_message: {message_limit}
rc_registration: {unlimited}
rc_login: {{ address: {unlimited}, account: {unlimited}, failed_attempts: {unlimited} }}
rc_admin_redaction: {unlimited}
rc_joins: {{ local: {unlimited}, remote: {unlimited} }}
rc_joins_per_room: {unlimited}
rc_invites: {{ per_room: {unlimited}, per_user: {unlimited}, per_issuer: {unlimited} }}
rc_room_creation: {unlimited}
rc_key_requests: {unlimited}
rc_presence: {{ per_user: {unlimited} }}
rc_delayed_event_mgmt: {unlimited}
"
    )
}

/// A second listener, with TLS. Other instances are on this machine, with certificates of their own
/// authorities.
fn tls_yaml(port: u16, folder: &str) -> String {
    format!(
        "  - {{ port: {port}, bind_addresses: ['127.0.0.1'], type: http, tls: true, resources: [{{ names: [client, federation] }}] }}
tls_certificate_path: '{folder}/server.pem'
tls_private_key_path: '{folder}/server.key'
federation_verify_certificates: false
ip_range_blacklist: []
"
    )
}
