//! A running `quoth run`, and a program on its bridge.

use std::collections::HashMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, Stdio};
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};

use crate::folder::Folder;

/// The longest that anything here may take.
pub(crate) const MAX_WAIT: Duration = Duration::from_secs(30);

/// `quoth run` on a folder with the pack `p`, with its data and its bridge there.
pub(crate) struct Service {
    child: Option<Child>,
    /// Reads the log all the time: whoever logs much would wait for a reader.
    log: Option<JoinHandle<String>>,
    pub(crate) port: u16,
}

/// How a service ended, and what it logged.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) code: Option<i32>,
    pub(crate) log: String,
}

impl Service {
    /// Starts it with these settings on top.
    pub(crate) fn start(folder: &Folder, settings: &[(&str, &str)]) -> Self {
        let port = free_port();
        let mut command = Command::new(env!("CARGO_BIN_EXE_quoth"));
        command.arg("run").current_dir(folder.path("")).env_remove("CREDENTIALS_DIRECTORY");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("QUOTH_") {
                command.env_remove(name);
            }
        }
        let own = HashMap::from([
            ("QUOTH_PACKS", "['p']".to_owned()),
            ("QUOTH_DATA", "data".to_owned()),
            ("QUOTH_BRIDGE__SOCKET", "bridge.sock".to_owned()),
            ("QUOTH_HTTP__LISTEN", format!("127.0.0.1:{port}")),
        ]);
        command.envs(own).envs(settings.iter().copied());
        let child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn();
        let mut child = child.expect("the binary runs");
        let mut stderr = child.stderr.take().expect("a pipe");
        let log = std::thread::spawn(move || {
            let mut log = String::new();
            stderr.read_to_string(&mut log).expect("a log in UTF-8");
            log
        });
        Self { child: Some(child), log: Some(log), port }
    }

    /// Sends it a signal by name.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.as_ref().expect("it runs").id().to_string();
        let done = Command::new("kill").args([&format!("-{name}"), &pid]).status();
        assert!(done.expect("kill runs").success());
    }

    /// Waits for its end.
    pub(crate) fn wait(mut self) -> Ended {
        let mut child = self.child.take().expect("it runs");
        let reader = self.log.take().expect("it is read");
        let start = Instant::now();
        let code = loop {
            match child.try_wait().expect("it can be waited for") {
                Some(status) => break status.code(),
                None if start.elapsed() > MAX_WAIT => {
                    child.kill().expect("it can be killed");
                    panic!("it does not end");
                }
                None => std::thread::sleep(Duration::from_millis(5)),
            }
        };
        Ended { code, log: reader.join().expect("the log is read") }
    }

    /// Asks it to end, and waits.
    pub(crate) fn stop(self) -> Ended {
        self.signal("TERM");
        self.wait()
    }

    /// Kills it on the spot.
    pub(crate) fn kill(self) -> Ended {
        self.signal("KILL");
        self.wait()
    }

    /// What it answers to `GET path`: status and body.
    pub(crate) fn get(&self, path: &str) -> (u16, String) {
        let mut stream =
            std::net::TcpStream::connect(("127.0.0.1", self.port)).expect("it listens");
        write!(stream, "GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("an answer");
        let (head, body) = answer.split_once("\r\n\r\n").expect("head and body");
        (head.split(' ').nth(1).unwrap().parse().unwrap(), body.to_owned())
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            drop(child.kill());
            drop(child.wait());
        }
    }
}

/// A port that nobody listens on now.
pub(crate) fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Milliseconds since 1970.
pub(crate) fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis().try_into().unwrap()
}

/// A program on the bridge.
pub(crate) struct Program {
    pub(crate) reader: BufReader<UnixStream>,
    pub(crate) writer: UnixStream,
}

impl Program {
    /// Connects, as soon as somebody listens.
    pub(crate) fn connect(folder: &Folder) -> Self {
        let start = Instant::now();
        loop {
            match UnixStream::connect(folder.path("bridge.sock")) {
                Ok(stream) => {
                    stream.set_read_timeout(Some(MAX_WAIT)).unwrap();
                    let writer = stream.try_clone().unwrap();
                    return Self { reader: BufReader::new(stream), writer };
                }
                Err(error) if start.elapsed() > MAX_WAIT => panic!("nobody listens: {error}"),
                Err(_) => std::thread::sleep(Duration::from_millis(5)),
            }
        }
    }

    /// Sends a line.
    pub(crate) fn tell(&mut self, value: &Value) {
        writeln!(self.writer, "{value}").expect("the bridge takes a line");
    }

    /// The next line.
    pub(crate) fn hear(&mut self) -> Value {
        let mut line = String::new();
        self.reader.read_line(&mut line).expect("the bridge sends a line");
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error} in {line:?}"))
    }

    /// Ada asks in a direct message.
    pub(crate) fn ask(&mut self, id: &str, text: &str) {
        self.tell(&said("said", id, text));
    }

    /// The next line, which is an order; it is carried out. The reply to `bridge:1` is called
    /// `bridge:1/reply`.
    pub(crate) fn obey(&mut self) -> Value {
        let order = self.hear();
        let number = order["order"].as_u64().unwrap_or_else(|| panic!("{order} is no order"));
        match order["cause"].as_str().filter(|_| order["do"] == "send") {
            Some(cause) => self.tell(&json!({ "ack": number, "sent": format!("{cause}/reply") })),
            None => self.tell(&json!({ "ack": number })),
        }
        order
    }

    /// Nothing comes within a moment.
    pub(crate) fn hears_nothing(&mut self) {
        self.writer.set_read_timeout(Some(Duration::from_millis(500))).unwrap();
        let mut line = String::new();
        let heard = self.reader.read_line(&mut line);
        assert!(heard.is_err() && line.is_empty(), "{line}");
        self.writer.set_read_timeout(Some(MAX_WAIT)).unwrap();
    }
}

/// The event that Ada said, or changed what she had said to, `text` in a direct message.
pub(crate) fn said(event: &str, id: &str, text: &str) -> Value {
    json!({
        "event": event,
        "id": id,
        "place": { "id": "bridge:ada's", "is_direct": true },
        "author": { "id": "bridge:ada-lovelace" },
        "text": text,
        "sent_at": now(),
    })
}
