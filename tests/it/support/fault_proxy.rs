//! A proxy between a client and its homeserver that injects faults on request.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::http::request::Parts;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use matrix_sdk::reqwest::{Body, Client, Error};
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::task::{JoinHandle, JoinSet};

use super::matrix::{RUNTIME, block_on};

/// What the proxy does with a request.
#[derive(Debug, Clone)]
pub(crate) enum ProxyAction {
    /// Forward it, and return the response.
    Forward,
    /// Forward it after this time.
    Delay(Duration),
    /// Forward it, and close the connection instead of returning the response.
    DropResponse,
    /// Return an empty success at once, and forward it on [`FaultProxy::release`].
    Hold,
    /// Do not forward it; return this status, header and body.
    Respond(u16, Option<(&'static str, String)>, Value),
}

/// A request that the proxy received.
#[derive(Debug, Clone)]
pub(crate) struct ProxiedRequest {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) path: String,
    /// When the response was returned to the client, and its body.
    pub(crate) response: Option<(Instant, Bytes)>,
}

impl ProxiedRequest {
    /// Whether it sends an event to a room.
    pub(crate) fn is_send(&self) -> bool {
        self.method == "PUT" && self.path.contains("/send/")
    }

    /// Whether it logs in.
    pub(crate) fn is_login(&self) -> bool {
        self.method == "POST" && self.path.ends_with("/login")
    }

    /// Whether it sends room keys to devices.
    pub(crate) fn sends_room_keys(&self) -> bool {
        self.path.contains("/sendToDevice/m.room.encrypted")
    }
}

/// Decides what to do with the last of the given requests.
type Rule = Box<dyn Fn(&[ProxiedRequest]) -> ProxyAction + Send>;

/// The connection is closed without a response.
#[derive(Debug, thiserror::Error)]
#[error("connection closed")]
struct Closed;

/// A running proxy to one homeserver.
pub(crate) struct FaultProxy {
    port: u16,
    shared: Arc<ProxyState>,
    serving: JoinHandle<()>,
}

struct ProxyState {
    target: String,
    client: Client,
    rule: Mutex<Rule>,
    requests: Mutex<Vec<ProxiedRequest>>,
    held: Mutex<Vec<(Parts, Bytes)>>,
    connections: Mutex<JoinSet<()>>,
    is_disconnected: AtomicBool,
}

impl FaultProxy {
    /// Starts a proxy to the homeserver at `target` that forwards everything.
    pub(crate) fn new(target: String) -> Self {
        let listener = block_on(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(ProxyState {
            target,
            client: Client::new(),
            rule: Mutex::new(Box::new(|_| ProxyAction::Forward)),
            requests: Mutex::default(),
            held: Mutex::default(),
            connections: Mutex::default(),
            is_disconnected: AtomicBool::new(false),
        });
        let serving = RUNTIME.spawn(serve(listener, Arc::clone(&shared)));
        Self { port, shared, serving }
    }

    /// The URL of the proxy.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Sets the rule for the following requests.
    pub(crate) fn set_rule(
        &self,
        rule: impl Fn(&[ProxiedRequest]) -> ProxyAction + Send + 'static,
    ) {
        *self.shared.rule.lock().expect("nobody panicked") = Box::new(rule);
    }

    /// Forwards the held requests to the homeserver.
    pub(crate) fn release(&self) {
        let held = std::mem::take(&mut *self.shared.held.lock().expect("nobody panicked"));
        assert!(!held.is_empty(), "no requests are held");
        for (head, body) in held {
            let (status, _) = block_on(self.shared.forward(&head, body)).expect("a response");
            assert_eq!(status, 200);
        }
    }

    /// Closes all connections and rejects new ones.
    pub(crate) fn disconnect(&self) {
        self.shared.is_disconnected.store(true, Ordering::Release);
        self.shared.connections.lock().expect("nobody panicked").abort_all();
    }

    /// Accepts connections again.
    pub(crate) fn reconnect(&self) {
        self.shared.is_disconnected.store(false, Ordering::Release);
    }

    /// The requests that the proxy received so far.
    pub(crate) fn requests(&self) -> Vec<ProxiedRequest> {
        self.shared.requests.lock().expect("nobody panicked").clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.serving.abort();
        self.shared.connections.lock().expect("nobody panicked").abort_all();
    }
}

async fn serve(listener: TcpListener, shared: Arc<ProxyState>) {
    while let Ok((stream, _)) = listener.accept().await {
        if shared.is_disconnected.load(Ordering::Acquire) {
            continue;
        }
        let handler = Arc::clone(&shared);
        shared.connections.lock().expect("nobody panicked").spawn(async move {
            let service = service_fn(|request| handler.handle(request));
            let http = hyper::server::conn::http1::Builder::new();
            drop(http.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

impl ProxyState {
    async fn handle(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Closed> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Closed)?.to_bytes();
        let (number, action) = self.decide(&head);
        if let ProxyAction::Delay(wait) = action {
            tokio::time::sleep(wait).await;
        }
        match action {
            ProxyAction::Forward | ProxyAction::Delay(_) => {
                let (status, body) = self.forward(&head, body).await.map_err(|_| Closed)?;
                let mut requests = self.requests.lock().expect("nobody panicked");
                requests[number].response = Some((Instant::now(), body.clone()));
                respond(status, None, body)
            }
            ProxyAction::DropResponse => {
                self.forward(&head, body).await.map_err(|_| Closed)?;
                Err(Closed)
            }
            ProxyAction::Hold => {
                self.held.lock().expect("nobody panicked").push((head, body));
                respond(200, None, "{}".into())
            }
            ProxyAction::Respond(status, header, body) => {
                respond(status, header, body.to_string().into())
            }
        }
    }

    /// Records the request. Returns its number and what to do with it.
    fn decide(&self, head: &Parts) -> (usize, ProxyAction) {
        let mut requests = self.requests.lock().expect("nobody panicked");
        requests.push(ProxiedRequest {
            at: Instant::now(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            response: None,
        });
        (requests.len() - 1, self.rule.lock().expect("nobody panicked")(&requests))
    }

    async fn forward(&self, head: &Parts, body: Bytes) -> Result<(u16, Bytes), Error> {
        let url = format!("{}{}", self.target, head.uri);
        let mut headers = head.headers.clone();
        for name in ["host", "accept-encoding"] {
            headers.remove(name);
        }
        let request = self.client.request(head.method.clone(), url).headers(headers);
        let response = request.body(Body::from(body)).send().await?;
        Ok((response.status().as_u16(), response.bytes().await?))
    }
}

fn respond(
    status: u16,
    header: Option<(&'static str, String)>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, Closed> {
    let mut response =
        Response::builder().status(status).header("content-type", "application/json");
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    response.body(Full::new(body)).map_err(|_| Closed)
}
