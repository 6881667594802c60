//! A `quoth run` process, and a client on its bridge.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::folder::Folder;
use crate::quoth;

/// Time limit for everything that a test waits for: what takes a second takes a minute where other
/// tests and builds share the processor.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(120);

/// A `quoth run` process on a folder that has the pack `p`, the data folder and the bridge socket.
pub(crate) struct Service {
    child: Option<Child>,
    log: Arc<Mutex<String>>,
    /// Reads the log all the time: otherwise a full pipe would block the process.
    log_reader: Option<JoinHandle<()>>,
    pub(crate) port: u16,
}

/// Exit code and log of a service that has ended.
#[derive(Debug)]
pub(crate) struct ExitedService {
    pub(crate) code: Option<i32>,
    pub(crate) log: String,
}

impl Service {
    /// Starts the process with these environment variables in addition.
    pub(crate) fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = quoth::command(&folder.path(""));
        command.arg("run");
        let defaults = HashMap::from([
            ("QUOTH_PACKS", "['p']".to_owned()),
            ("QUOTH_DATA", "data".to_owned()),
            ("QUOTH_BRIDGE__SOCKET", "bridge.sock".to_owned()),
            ("QUOTH_HTTP__LISTEN", format!("127.0.0.1:{port}")),
        ]);
        command.envs(defaults).envs(settings.iter().copied());
        let child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn();
        let mut child = child.expect("the binary runs");
        let stderr = BufReader::new(child.stderr.take().expect("a pipe"));
        let log = Arc::<Mutex<String>>::default();
        let written = Arc::clone(&log);
        let log_reader = std::thread::spawn(move || {
            for line in stderr.lines() {
                let line = line.expect("a log in UTF-8");
                written.lock().expect("nobody panicked").extend([line.as_str(), "\n"]);
            }
        });
        Self { child: Some(child), log, log_reader: Some(log_reader), port }
    }

    /// The log so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().expect("nobody panicked").clone()
    }

    /// Sends the signal `name`.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().expect("the service runs").id().to_string();
        let status = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(status.expect("kill runs").success());
    }

    /// The files that the process has open and that are deleted, on Linux.
    pub(crate) fn deleted_files(&self) -> Vec<String> {
        let id = self.child.as_ref().expect("it is running").id();
        let handles = std::fs::read_dir(format!("/proc/{id}/fd")).expect("the process");
        let links = handles.filter_map(|handle| std::fs::read_link(handle.ok()?.path()).ok());
        let names = links.map(|link| link.to_string_lossy().into_owned());
        names.filter(|name| name.ends_with("(deleted)")).collect()
    }

    /// Number of open files of the process.
    pub(crate) fn n_file_handles(&self) -> usize {
        let pid = self.child.as_ref().expect("the service runs").id();
        std::fs::read_dir(format!("/proc/{pid}/fd")).expect("a Linux system").count()
    }

    /// Waits until the process has ended.
    pub(crate) fn wait(mut self) -> ExitedService {
        let mut child = self.child.take().expect("the service runs");
        let reader = self.log_reader.take().expect("the log is read");
        let start = Instant::now();
        let code = loop {
            match child.try_wait().expect("the process can be waited for") {
                Some(status) => break status.code(),
                None if start.elapsed() > MAX_WAIT => {
                    child.kill().expect("the process can be killed");
                    panic!("the service does not end");
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        reader.join().expect("the log is read");
        ExitedService { code, log: self.log() }
    }

    /// Waits until the log contains `text`.
    pub(crate) fn wait_for_log(&self, text: &str) {
        self.wait_for_logs(text, 1);
    }

    /// Waits until the log contains `text` at least `n` times.
    pub(crate) fn wait_for_logs(&self, text: &str, n: usize) {
        let start = Instant::now();
        while self.log().matches(text).count() < n {
            assert!(start.elapsed() < MAX_WAIT, "{text} is not {n} times in {}", self.log());
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    /// Sends SIGTERM and waits until the process has ended.
    pub(crate) fn stop(self) -> ExitedService {
        self.signal("TERM");
        self.wait()
    }

    /// Sends SIGKILL and waits until the process has ended.
    pub(crate) fn kill(self) -> ExitedService {
        self.signal("KILL");
        self.wait()
    }

    /// The response to `GET path`: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).expect("the service listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut response = String::new();
        stream.read_to_string(&mut response).expect("a response");
        let (head, body) = response.split_once("\r\n\r\n").expect("head and body");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Service {
    #[allow(clippy::print_stderr, reason = "a test that fails shows what the service has logged")]
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("The log of the service:\n{}", self.log());
        }
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A port that is not in use. It is below those from which the kernel takes ports for outgoing connections, one
/// of which could take it before its server listens. Other processes of tests start elsewhere. It is not bound to try it:
/// a process that another thread starts right then would keep it for a moment.
pub(crate) fn free_port() -> u16 {
    const FIRST: u32 = 12_000;
    const N_PORTS: u32 = 20_000;
    static N_TAKEN: AtomicU32 = AtomicU32::new(0);
    let first = std::process::id().wrapping_mul(97);
    loop {
        let number = first.wrapping_add(N_TAKEN.fetch_add(1, Ordering::Relaxed)) % N_PORTS;
        let port = u16::try_from(FIRST + number).unwrap();
        if TcpStream::connect(("127.0.0.1", port)).is_err() {
            return port;
        }
    }
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// A client on the bridge: a chat program of the operator.
pub(crate) struct BridgeClient {
    pub(crate) reader: BufReader<UnixStream>,
    pub(crate) writer: UnixStream,
}

impl BridgeClient {
    /// Connects as soon as the service listens.
    pub(crate) fn connect(folder: &Folder) -> Self {
        Self::connect_to(&folder.path("bridge.sock"))
    }

    /// The same for the socket at `path`.
    pub(crate) fn connect_to(path: &Path) -> Self {
        let start = Instant::now();
        loop {
            match UnixStream::connect(path) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(MAX_WAIT)).unwrap();
                    let writer = stream.try_clone().unwrap();
                    return Self { reader: BufReader::new(stream), writer };
                }
                Err(error) if start.elapsed() > MAX_WAIT => {
                    panic!("the bridge does not listen: {error}")
                }
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// Sends a line.
    pub(crate) fn send_line(&mut self, value: &Value) {
        writeln!(self.writer, "{value}").expect("the bridge accepts a line");
    }

    /// Reads the next line.
    pub(crate) fn read_line(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the bridge sends a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }

    /// Sends a question of Ada in a direct message.
    pub(crate) fn ask(&mut self, id: &str, text: &str) {
        self.send_line(&message_event("said", id, text));
    }

    /// Reads an order and acknowledges it. The id of the reply to `bridge:1` is `bridge:1/reply`.
    pub(crate) fn execute_order(&mut self) -> Value {
        let order = self.read_line();
        let number = order["order"].as_u64().unwrap_or_else(|| panic!("{order} is not an order"));
        match order["cause"].as_str().filter(|_| order["do"] == "send") {
            Some(cause) => {
                self.send_line(&json!({ "ack": number, "sent": format!("{cause}/reply") }));
            }
            None => self.send_line(&json!({ "ack": number })),
        }
        order
    }

    /// Asserts that no line comes within half a second.
    pub(crate) fn assert_silence(&mut self) {
        self.writer.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut line = String::new();
        let result = self.reader.read_line(&mut line);
        assert!(result.is_err() && line.is_empty(), "{line}");
        self.writer.set_read_timeout(Some(MAX_WAIT)).unwrap();
    }
}

/// The event that Ada sent or edited a direct message with `text`.
pub(crate) fn message_event(event: &str, id: &str, text: &str) -> Value {
    json!({
        "event": event,
        "id": id,
        "place": { "id": "bridge:ada's", "is_direct": true },
        "author": { "id": "bridge:ada-lovelace" },
        "text": text,
        "sent_at": now(),
    })
}
