//! The checks of Matrix against a homeserver that is made up, each broken alone. `tests/it/matrix/doctor.rs` asks a real
//! one.

use std::collections::BTreeMap;
use std::io::Write;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::State;
use axum::http::{Response, Uri};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::{Setup, in_parallel};
use crate::service::free_port;

/// A homeserver that returns the responses of a setup that is sane, or others.
struct Homeserver {
    url: String,
    responses: Responses,
    _runtime: Runtime,
}

/// Status and body by path, and the header `Date` under an empty path.
type Responses = Arc<Mutex<BTreeMap<&'static str, (u16, Value)>>>;

const VERSIONS: &str = "/_matrix/client/versions";
const LOGIN: &str = "/_matrix/client/v3/login";
const WHOAMI: &str = "/_matrix/client/v3/account/whoami";
const KEYS: &str = "/_matrix/client/v3/keys/query";
const RECOVERY: &str =
    "/_matrix/client/v3/user/@quoth:test/account_data/m.secret_storage.default_key";
const ROOMS: &str = "/_matrix/client/v3/joined_rooms";
const LEVELS: &str = "/_matrix/client/v3/rooms/!room:test/state/m.room.power_levels/";
const LIMIT: &str = "/_synapse/admin/v1/users/@quoth:test/override_ratelimit";

impl Homeserver {
    fn start() -> Self {
        let runtime = Runtime::new().unwrap();
        let responses = Responses::default();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let routes = Router::new().fallback(respond).with_state(Arc::clone(&responses));
        runtime.spawn(async move { axum::serve(listener, routes).await });
        let server = Self { url, responses, _runtime: runtime };
        let user = "@quoth:test";
        server.set(VERSIONS, 200, json!({ "versions": ["v1.1", "v1.11"] }));
        server.set(LOGIN, 200, json!({ "flows": [{ "type": "m.login.password" }] }));
        server.set(WHOAMI, 200, json!({ "user_id": user, "device_id": "DEVICE" }));
        server.set(KEYS, 200, keys(true));
        server.set(RECOVERY, 200, json!({ "key": "abc" }));
        server.set(ROOMS, 200, json!({ "joined_rooms": ["!room:test"] }));
        server.set(LEVELS, 200, json!({ "users": { (user): 0 }, "events_default": 0 }));
        server
    }

    fn set(&self, path: &'static str, status: u16, body: Value) {
        self.responses.lock().unwrap().insert(path, (status, body));
    }
}

async fn respond(State(responses): State<Responses>, uri: Uri) -> Response<String> {
    let responses = responses.lock().unwrap();
    let (status, body) = responses.get(uri.path()).cloned().unwrap_or((404, json!({})));
    let mut response = Response::builder().status(status);
    if let Some((_, date)) = responses.get("") {
        response = response.header("date", date.as_str().unwrap());
    }
    response.body(body.to_string()).unwrap()
}

/// The keys of the account, whose device is signed or not.
fn keys(is_signed: bool) -> Value {
    let user = "@quoth:test";
    let mut signatures = json!({ "ed25519:DEVICE": "own" });
    if is_signed {
        signatures["ed25519:SIGNING"] = json!("of the identity");
    }
    json!({
        "master_keys": { (user): { "keys": { "ed25519:MASTER": "MASTER" } } },
        "self_signing_keys": { (user): { "keys": { "ed25519:SIGNING": "SIGNING" } } },
        "device_keys": { (user): { "DEVICE": { "signatures": { (user): signatures } } } },
    })
}

/// A setup with Matrix whose service has run.
fn setup_with(server: &Homeserver) -> Setup {
    let mut setup = Setup::new();
    let session = json!({
        "user_id": "@quoth:test", "device_id": "DEVICE", "access_token": "token-of-the-session",
    });
    setup.folder.write("data/matrix/session", session.to_string());
    setup.folder.write("data/matrix/store/matrix-sdk-state.sqlite3", "");
    for (name, value) in [
        ("QUOTH_MATRIX__HOMESERVER", server.url.as_str()),
        ("QUOTH_MATRIX__USER", "quoth"),
        ("QUOTH_MATRIX__PASSWORD", "hunter2-of-the-bot"),
        ("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "['*']"),
    ] {
        setup.set(name, value);
    }
    setup
}

#[test]
fn sane_setup_with_matrix_has_nothing_wrong() {
    let server = Homeserver::start();
    let mut setup = setup_with(&server);
    setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", "'matrix:!room:test'");
    setup.assert_nothing_wrong();
    let reports = setup.reports();
    let names = ["ca-certificates", "matrix-homeserver", "matrix-versions", "matrix-login"];
    let session = ["matrix-session", "matrix-account", "matrix-store", "matrix-token"];
    let device = ["matrix-cross-signing", "matrix-device", "matrix-recovery-key"];
    let rooms = ["matrix-rooms", "matrix-invites", "clock"];
    for name in [&names[..], &session, &device, &rooms].concat() {
        assert_eq!(reports[name].status, "ok", "{name}: {reports:?}");
    }
    // Without TLS, and without an account that administrates the server.
    for name in ["matrix-tls", "matrix-rate-limit"] {
        assert_eq!(reports[name].status, "not_applicable", "{name}: {reports:?}");
    }
    let run = setup.run(&[]);
    for secret in ["token-of-the-session", "hunter2", "DEVICE"] {
        assert!(!run.stdout.contains(secret) && !run.stderr.contains(secret), "{run:?}");
    }
}

/// What breaks a setup with Matrix.
type Break = fn(&Homeserver, &mut Setup);

/// The address of a server that speaks HTTP without TLS. It reads what it is sent until the client closes the connection,
/// which would be reset otherwise.
fn server_without_tls() -> SocketAddr {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            std::thread::spawn(move || {
                let response = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
                response.and_then(|()| std::io::copy(&mut stream, &mut std::io::sink()))
            });
        }
    });
    address
}

/// Checks rows of a check, parts of its message and its advice, and what breaks it.
fn check_all<const N: usize>(rows: [(&str, &str, &str, Break); N]) {
    in_parallel(rows, |(check, message, advice, break_it)| {
        let server = Homeserver::start();
        let mut setup = setup_with(&server);
        break_it(&server, &mut setup);
        setup.assert_only_wrong(check, message, advice);
    });
}

#[test]
fn each_homeserver_check_reports_its_own_problem_only() {
    check_all([
        ("ca-certificates", "no certificate authorities", "SSL_CERT_FILE", |_, setup| {
            setup.set("SSL_CERT_FILE", "/nowhere");
            setup.set("SSL_CERT_DIR", "/nowhere");
        }),
        ("matrix-homeserver", "no usable response", "cannot reach the homeserver", |_, setup| {
            let url = format!("http://127.0.0.1:{}", free_port());
            setup.set("QUOTH_MATRIX__HOMESERVER", &url);
        }),
        ("matrix-homeserver", "no usable response", "not a Matrix homeserver", |server, _| {
            server.set(VERSIONS, 404, json!("no such page"));
        }),
        ("matrix-tls", "no TLS connection", "does not speak TLS", |_, setup| {
            setup.set("QUOTH_MATRIX__HOMESERVER", &format!("https://{}", server_without_tls()));
        }),
        ("matrix-versions", "from v1.1 on", "upgrade the homeserver", |server, _| {
            server.set(VERSIONS, 200, json!({ "versions": ["r0.6.0"] }));
        }),
        ("matrix-login", "no login with a password", "set `token`", |server, _| {
            server.set(LOGIN, 200, json!({ "flows": [{ "type": "m.login.sso" }] }));
        }),
        ("clock", "the platform's", "set the clock", |server, _| {
            server.set("", 200, json!("Thu, 01 Jan 2026 00:00:00 GMT"));
        }),
    ]);
}

#[test]
fn each_session_and_device_check_reports_its_own_problem_only() {
    check_all([
        ("matrix-session", "cannot be opened", "created without a `passphrase`", |_, setup| {
            setup.set("QUOTH_MATRIX__PASSPHRASE", "a passphrase that is long enough");
        }),
        ("matrix-session", "cannot be opened", "is damaged", |_, setup| {
            setup.folder.write("data/matrix/session", "{");
        }),
        ("matrix-account", "another account", "set `user` back", |_, setup| {
            setup.set("QUOTH_MATRIX__USER", "raven");
        }),
        ("matrix-store", "its keys are gone", "--recover", |_, setup| {
            setup.folder.remove("data/matrix/store/matrix-sdk-state.sqlite3");
        }),
        ("matrix-token", "does not accept the session", "logged out", |server, _| {
            server.set(WHOAMI, 401, json!({ "errcode": "M_UNKNOWN_TOKEN" }));
        }),
        ("matrix-token", "another account or device", "`token`", |server, _| {
            server.set(WHOAMI, 200, json!({ "user_id": "@quoth:test", "device_id": "OTHER" }));
        }),
        ("matrix-cross-signing", "no identity", "quoth matrix setup", |server, _| {
            let mut keys = keys(false);
            keys["self_signing_keys"] = json!({});
            server.set(KEYS, 200, keys);
        }),
        ("matrix-device", "not signed", "quoth matrix setup", |server, _| {
            server.set(KEYS, 200, keys(false));
        }),
        ("matrix-device", "no keys of the bot's device", "quoth matrix setup", |server, _| {
            let mut keys = keys(false);
            keys["device_keys"] = json!({});
            server.set(KEYS, 200, keys);
        }),
        ("matrix-recovery-key", "no recovery key", "store the key", |server, _| {
            server.set(RECOVERY, 404, json!({ "errcode": "M_NOT_FOUND" }));
        }),
    ]);
}

#[test]
fn each_room_check_reports_its_own_problem_only() {
    check_all([
        ("matrix-rooms", "in which the bot is not", "invite the bot", |_, setup| {
            setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", "'matrix:!other:test'");
        }),
        ("matrix-rooms", "power level is too low", "raise its power level", |server, setup| {
            setup.set("QUOTH_DEFAULT_SPACE__REPORTS_TO", "'matrix:!room:test'");
            server.set(LEVELS, 200, json!({ "users_default": 0, "events_default": 50 }));
        }),
        ("matrix-invites", "nobody may invite it", "accepts_invites_from", |server, setup| {
            setup.set("QUOTH_MATRIX__ACCEPTS_INVITES_FROM", "[]");
            server.set(ROOMS, 200, json!({ "joined_rooms": [] }));
        }),
        ("matrix-rate-limit", "limits the messages", "exempt it", |server, _| {
            server.set(LIMIT, 200, json!({}));
        }),
    ]);
}

#[test]
fn account_that_has_not_logged_in_yet_is_not_wrong() {
    let server = Homeserver::start();
    let setup = setup_with(&server);
    setup.folder.remove("data/matrix/session");
    setup.folder.remove("data/matrix/store/matrix-sdk-state.sqlite3");
    setup.assert_nothing_wrong();
    let reports = setup.reports();
    assert_eq!(reports["matrix-login"].status, "ok", "{reports:?}");
    assert_eq!(reports["matrix-token"].status, "not_applicable", "{reports:?}");
}
