//! A real homeserver: Synapse, on loopback, for as long as the tests run.

mod settings;

use std::ffi::OsString;
use std::io::Write;
use std::net::TcpStream;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use matrix_sdk::ruma::UserId;
use tempfile::TempDir;

use crate::service::{MAX_WAIT, free_port};
pub(crate) use settings::SynapseSettings;
use settings::homeserver_yaml;

/// The server name of instances that do not federate.
const SERVER_NAME: &str = "quoth.test";

/// The token of an application service, which may act as any user and set timestamps.
pub(crate) const APP_SERVICE_TOKEN: &str = "token-of-the-application-service";

/// Runs Synapse until its standard input is closed, so that it ends with the tests even if they are
/// killed.
const RUN: &str = "
import os, sys, threading, runpy
def watch():
    # os.read instead of sys.stdin, whose lock would crash Python at its own exit.
    os.read(0, 1)
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
sys.argv = ['synapse', '-c', sys.argv[1]]
runpy.run_module('synapse.app.homeserver', run_name='__main__')
";

/// Writes the certificates of an instance with TLS.
const CERTIFICATES: &str = include_str!("synapse/certificates.py");

/// A Synapse process and its folder.
pub(crate) struct Synapse {
    folder: TempDir,
    port: u16,
    tls_port: Option<u16>,
    process: Option<(Child, ChildStdin)>,
}

impl Synapse {
    /// The instance that the tests share.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: OnceLock<Synapse> = OnceLock::new();
        SHARED.get_or_init(Self::start)
    }

    /// Starts a separate instance.
    pub(crate) fn start() -> Self {
        Self::start_with(SynapseSettings::default())
    }

    /// Starts a separate instance with these settings.
    pub(crate) fn start_with(settings: SynapseSettings) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let tls_port = settings.has_tls.then(free_port);
        let mut synapse = Self { folder, port: free_port(), tls_port, process: None };
        synapse.configure(settings);
        synapse.start_and_wait();
        synapse
    }

    /// The URL of its client-server API.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The port where it serves its APIs with TLS.
    pub(crate) fn tls_port(&self) -> u16 {
        self.tls_port.expect("it has TLS")
    }

    /// The file with the certificate of its authority.
    pub(crate) fn authority(&self) -> PathBuf {
        self.folder.path().join("authority.pem")
    }

    /// Starts the process with the existing data, and waits until it responds.
    pub(crate) fn start_and_wait(&mut self) {
        assert!(self.process.is_none(), "it is running already");
        let log = std::fs::File::create(self.folder.path().join("output")).expect("a file");
        let mut command = Command::new(python());
        command.args(["-c", RUN]).arg(self.folder.path().join("homeserver.yaml"));
        command.current_dir(self.folder.path());
        command.stdin(Stdio::piped()).stdout(log.try_clone().expect("a file")).stderr(log);
        let mut child = command.spawn().expect("Python runs");
        let stdin = child.stdin.take().expect("a pipe");
        self.process = Some((child, stdin));
        self.wait_until_ready();
    }

    /// Stops the process: by SIGKILL if `is_killed`, else by SIGTERM.
    pub(crate) fn stop(&mut self, is_killed: bool) {
        let (mut child, stdin) = self.process.take().expect("it is running");
        let signal = if is_killed { "-KILL" } else { "-TERM" };
        let status = Command::new("kill").args([signal, &child.id().to_string()]).status();
        assert!(status.expect("kill runs").success());
        child.wait().expect("it ends");
        drop(stdin);
    }

    /// Lets all access tokens of `user` expire, as `session_lifetime` does. The process must be
    /// stopped, since it caches tokens.
    pub(crate) fn expire_tokens(&self, user: &UserId) {
        assert!(self.process.is_none(), "it is running");
        let database = self.folder.path().join("homeserver.db");
        let database = rusqlite::Connection::open(database).expect("a database");
        let expire = "UPDATE access_tokens SET valid_until_ms = 1 WHERE user_id = ?";
        let n_expired = database.execute(expire, [user.as_str()]).expect("a table of tokens");
        assert!(n_expired > 0, "the user has a token");
    }

    /// Adds `lines` to its configuration. They apply from the next start on.
    pub(crate) fn configure_more(&self, lines: &str) {
        let path = self.folder.path().join("homeserver.yaml");
        let mut file = std::fs::OpenOptions::new().append(true).open(path).expect("a file");
        file.write_all(lines.as_bytes()).expect("a file");
    }

    fn wait_until_ready(&mut self) {
        let start = Instant::now();
        while !self.responds() {
            let (child, _) = self.process.as_mut().expect("it is running");
            let ended = child.try_wait().expect("it can be waited for");
            assert!(
                ended.is_none() && start.elapsed() < 2 * MAX_WAIT,
                "Synapse does not start: {}",
                std::fs::read_to_string(self.folder.path().join("output")).unwrap_or_default()
            );
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn responds(&self) -> bool {
        use std::io::Read;
        let Ok(mut stream) = TcpStream::connect(("127.0.0.1", self.port)) else { return false };
        let request =
            "GET /_matrix/client/versions HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
        let mut response = String::new();
        let sent = stream.write_all(request.as_bytes());
        sent.and_then(|()| stream.read_to_string(&mut response)).is_ok()
            && response.starts_with("HTTP/1.1 200")
    }

    fn configure(&self, settings: SynapseSettings) {
        let folder = self.folder.path();
        // Other instances reach it at its name.
        let server_name =
            self.tls_port.map_or(SERVER_NAME.to_owned(), |port| format!("localhost:{port}"));
        if self.tls_port.is_some() {
            let written = Command::new(python()).args(["-c", CERTIFICATES]).arg(folder).status();
            assert!(written.expect("Python runs").success());
        }
        let write = |name: &str, text: &str| {
            std::fs::write(folder.join(name), text).expect("a file");
        };
        write("signing.key", "ed25519 a_test 8Vn0m3rVZfUrNGUcBqBS3sJZ2ftd2jAY1eRZfHWGLqA\n");
        write(
            "log.yaml",
            "version: 1\nroot: { level: WARNING }\ndisable_existing_loggers: false\n",
        );
        write(
            "bridge.yaml",
            &format!(
                "id: bridge\nurl: null\nas_token: {APP_SERVICE_TOKEN}\nhs_token: unused\n\
             sender_localpart: bridge\nrate_limited: false\n\
             namespaces: {{ users: [{{ exclusive: false, regex: '@.*' }}] }}\n"
            ),
        );
        let homeserver = homeserver_yaml(settings, folder, &server_name, self.port, self.tls_port);
        write("homeserver.yaml", &homeserver);
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        if let Some((child, _)) = &mut self.process {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// The Python that has Synapse.
pub(crate) fn python() -> OsString {
    std::env::var_os("QUOTH_SYNAPSE").expect("QUOTH_SYNAPSE: see scripts/test")
}
