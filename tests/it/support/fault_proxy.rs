//! A network between a client and its homeserver, which misbehaves on order.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Instant;

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

use super::matrix::{RUNTIME, wait};

/// What becomes of a request.
#[derive(Debug, Clone)]
pub(crate) enum ProxyAction {
    /// The homeserver gets it, and the client its answer.
    Pass,
    /// The homeserver gets it, and the client hears nothing of that.
    LoseAnswer,
    /// The client is told that all is well, and the homeserver gets it when it is let go.
    Keep,
    /// Something before the homeserver answers so: status, a header, body.
    Answer(u16, Option<(&'static str, String)>, Value),
}

/// A request that came by.
#[derive(Debug, Clone)]
pub(crate) struct ProxiedRequest {
    pub(crate) at: Instant,
    pub(crate) method: String,
    pub(crate) path: String,
    /// What the homeserver answered, and when the client was given that.
    pub(crate) answer: Option<(Instant, Bytes)>,
}

impl ProxiedRequest {
    /// Whether it sends an event into a room.
    pub(crate) fn sends(&self) -> bool {
        self.method == "PUT" && self.path.contains("/send/")
    }

    /// Whether it brings keys to devices.
    pub(crate) fn brings_keys(&self) -> bool {
        self.path.contains("/sendToDevice/m.room.encrypted")
    }
}

/// Says what becomes of a request, which is the last one of those that came by.
type Rule = Box<dyn Fn(&[ProxiedRequest]) -> ProxyAction + Send>;

/// The connection ends without an answer.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

/// A way to a homeserver.
pub(crate) struct FaultProxy {
    port: u16,
    shared: Arc<Shared>,
    serving: JoinHandle<()>,
}

struct Shared {
    target: String,
    client: Client,
    rule: Mutex<Rule>,
    passed: Mutex<Vec<ProxiedRequest>>,
    kept: Mutex<Vec<(Parts, Bytes)>>,
    connections: Mutex<JoinSet<()>>,
    is_cut: AtomicBool,
}

impl FaultProxy {
    /// A way to the homeserver at `target` on which everything gets through.
    pub(crate) fn to(target: String) -> Self {
        let listener = wait(TcpListener::bind("127.0.0.1:0")).expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let shared = Arc::new(Shared {
            target,
            client: Client::new(),
            rule: Mutex::new(Box::new(|_| ProxyAction::Pass)),
            passed: Mutex::default(),
            kept: Mutex::default(),
            connections: Mutex::default(),
            is_cut: AtomicBool::new(false),
        });
        let serving = RUNTIME.spawn(serve(listener, Arc::clone(&shared)));
        Self { port, shared, serving }
    }

    /// Where it starts.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Orders what becomes of requests from now on.
    pub(crate) fn order(&self, rule: impl Fn(&[ProxiedRequest]) -> ProxyAction + Send + 'static) {
        *self.shared.rule.lock().expect("nobody panicked") = Box::new(rule);
    }

    /// Brings what was kept to the homeserver.
    pub(crate) fn let_go(&self) {
        let kept = std::mem::take(&mut *self.shared.kept.lock().expect("nobody panicked"));
        assert!(!kept.is_empty(), "nothing was kept");
        for (head, body) in kept {
            let (status, _) = wait(self.shared.forward(&head, body)).expect("an answer");
            assert_eq!(status, 200);
        }
    }

    /// Breaks every connection, and lets nobody connect.
    pub(crate) fn cut(&self) {
        self.shared.is_cut.store(true, Ordering::Release);
        self.shared.connections.lock().expect("nobody panicked").abort_all();
    }

    /// Lets people connect again.
    pub(crate) fn mend(&self) {
        self.shared.is_cut.store(false, Ordering::Release);
    }

    /// The requests that came by so far.
    pub(crate) fn passed(&self) -> Vec<ProxiedRequest> {
        self.shared.passed.lock().expect("nobody panicked").clone()
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.serving.abort();
        self.shared.connections.lock().expect("nobody panicked").abort_all();
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) {
    while let Ok((stream, _)) = listener.accept().await {
        if shared.is_cut.load(Ordering::Acquire) {
            continue;
        }
        let of_connection = Arc::clone(&shared);
        shared.connections.lock().expect("nobody panicked").spawn(async move {
            let service = service_fn(|request| of_connection.answer(request));
            let http = hyper::server::conn::http1::Builder::new();
            drop(http.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

impl Shared {
    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Cut> {
        let (head, body) = request.into_parts();
        let body = body.collect().await.map_err(|_| Cut)?.to_bytes();
        let (number, fate) = self.fate(&head);
        match fate {
            ProxyAction::Pass => {
                let (status, body) = self.forward(&head, body).await.map_err(|_| Cut)?;
                let mut passed = self.passed.lock().expect("nobody panicked");
                passed[number].answer = Some((Instant::now(), body.clone()));
                respond(status, None, body)
            }
            ProxyAction::LoseAnswer => {
                self.forward(&head, body).await.map_err(|_| Cut)?;
                Err(Cut)
            }
            ProxyAction::Keep => {
                self.kept.lock().expect("nobody panicked").push((head, body));
                respond(200, None, "{}".into())
            }
            ProxyAction::Answer(status, header, body) => {
                respond(status, header, body.to_string().into())
            }
        }
    }

    /// The number of the request, and what becomes of it.
    fn fate(&self, head: &Parts) -> (usize, ProxyAction) {
        let mut passed = self.passed.lock().expect("nobody panicked");
        passed.push(ProxiedRequest {
            at: Instant::now(),
            method: head.method.to_string(),
            path: head.uri.path().to_owned(),
            answer: None,
        });
        (passed.len() - 1, self.rule.lock().expect("nobody panicked")(&passed))
    }

    async fn forward(&self, head: &Parts, body: Bytes) -> Result<(u16, Bytes), Error> {
        let url = format!("{}{}", self.target, head.uri);
        let mut headers = head.headers.clone();
        for name in ["host", "accept-encoding"] {
            headers.remove(name);
        }
        let request = self.client.request(head.method.clone(), url).headers(headers);
        let answer = request.body(Body::from(body)).send().await?;
        Ok((answer.status().as_u16(), answer.bytes().await?))
    }
}

fn respond(
    status: u16,
    header: Option<(&'static str, String)>,
    body: Bytes,
) -> Result<Response<Full<Bytes>>, Cut> {
    let mut response =
        Response::builder().status(status).header("content-type", "application/json");
    if let Some((name, value)) = header {
        response = response.header(name, value);
    }
    response.body(Full::new(body)).map_err(|_| Cut)
}
