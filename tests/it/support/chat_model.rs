//! A fake chat model behind an API like OpenAI's.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde_json::{Value, json};

/// A response of the server.
#[derive(Debug, Clone)]
pub(crate) struct Response {
    status: u16,
    headers: String,
    body: String,
    delay: Duration,
}

/// A request that the server has received.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) path: String,
    pub(crate) authorization: Option<String>,
    pub(crate) body: Value,
}

/// The server. Its responses are used in their order; the last one again and again.
pub(crate) struct ChatModel {
    port: u16,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl Response {
    /// The model says `text`.
    pub(crate) fn says(text: &str) -> Self {
        let message = json!({ "role": "assistant", "content": text });
        Self::with(200, &json!({ "choices": [{ "index": 0, "message": message }] }).to_string())
    }

    pub(crate) fn with(status: u16, body: &str) -> Self {
        Self { status, headers: String::new(), body: body.to_owned(), delay: Duration::ZERO }
    }

    pub(crate) fn and_header(self, name: &str, value: &str) -> Self {
        Self { headers: format!("{}{name}: {value}\r\n", self.headers), ..self }
    }

    pub(crate) fn after(self, delay: Duration) -> Self {
        Self { delay, ..self }
    }
}

impl ChatModel {
    pub(crate) fn start(responses: impl IntoIterator<Item = Response>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let mut responses: VecDeque<Response> = responses.into_iter().collect();
        let received = Arc::clone(&requests);
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                let Some(request) = stream.as_ref().ok().and_then(read) else { continue };
                received.lock().expect("no panic").push(request);
                let next = responses.pop_front().expect("a response");
                if responses.is_empty() {
                    responses.push_back(next.clone());
                }
                std::thread::sleep(next.delay);
                // The client may have given up.
                drop(stream.map(|mut stream| write(&mut stream, &next)));
            }
        });
        Self { port, requests }
    }

    /// The value for `--endpoint`.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/v1", self.port)
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().expect("no panic").clone()
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let path = line.split(' ').nth(1)?.to_owned();
    let (mut n_bytes, mut authorization) = (0, None);
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        let Some((name, value)) = header.trim_end().split_once(": ") else { break };
        match name.to_lowercase().as_str() {
            "content-length" => n_bytes = value.parse().ok()?,
            "authorization" => authorization = Some(value.to_owned()),
            _ => {}
        }
    }
    let mut body = vec![0; n_bytes];
    reader.read_exact(&mut body).ok()?;
    Some(Request { path, authorization, body: serde_json::from_slice(&body).ok()? })
}

fn write(stream: &mut TcpStream, response: &Response) -> std::io::Result<()> {
    let Response { status, headers, body, .. } = response;
    write!(
        stream,
        "HTTP/1.1 {status} x\r\ncontent-length: {}\r\nconnection: close\r\n{headers}\r\n{body}",
        body.len()
    )
}
