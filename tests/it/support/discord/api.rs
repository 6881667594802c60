//! The HTTP server of the REST API: checks headers, executes requests and applies injected faults.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::service::service_fn;
use hyper::{Request as HttpRequest, Response};
use hyper_util::rt::TokioIo;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::ServerShared;
use super::error::{ApiError, UNAUTHORIZED};
use super::fault_injection::InjectedFault;
use super::observed::Call;
use super::request_body::RequestBody;
use super::route::Request;
use super::state::{ServerState, TOKEN};

/// The base path of the API.
const BASE: &str = "/api/v10/";

/// The connection closes without a response.
#[derive(Debug, thiserror::Error)]
#[error("cut")]
struct Cut;

/// Serves requests as long as the runtime lives.
pub(super) async fn serve(listener: TcpListener, shared: Arc<ServerShared>) {
    while let Ok((stream, _)) = listener.accept().await {
        let shared = Arc::clone(&shared);
        tokio::spawn(async move {
            let service = service_fn(|request| handle_request(request, &shared));
            let http = hyper::server::conn::http1::Builder::new();
            drop(http.serve_connection(TokioIo::new(stream), service).await);
        });
    }
}

async fn handle_request(
    request: HttpRequest<Incoming>,
    shared: &ServerShared,
) -> Result<Response<Full<Bytes>>, Cut> {
    let arrived = Instant::now();
    let (head, body) = request.into_parts();
    let bytes = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let path = head.uri.path().strip_prefix(BASE).unwrap_or_default().to_owned();
    let parts: Vec<&str> = path.split('/').collect();
    let (route, ids) = route_of(head.method.as_str(), &parts);
    let (fault, bucket) = shared.update(|state| {
        let bucket = state.count_request(head.method.as_str(), &parts);
        let is_exceeded = bucket.filter(|bucket| bucket.n_left.is_none());
        let exceeded = is_exceeded.map(|bucket| {
            let (retry_after, is_global) = (bucket.reset_after, false);
            InjectedFault::RateLimited { retry_after, is_global }
        });
        (exceeded.or_else(|| state.fault(&route)), bucket)
    });
    if let Some(InjectedFault::Slow(wait)) = fault {
        tokio::time::sleep(wait).await;
    }
    let is_executed = fault.as_ref().is_none_or(InjectedFault::is_executed);
    let content_type = head.headers.get("content-type").and_then(|value| value.to_str().ok());
    let parsed = RequestBody::parse(content_type, &bytes);
    let is_parsed = parsed.is_some();
    let request_body = parsed.unwrap_or_default();
    let body = request_body.value();
    let response = shared.update(|state| {
        if !is_parsed {
            state.add_violation(format!("{route} has a body that is neither JSON nor a form"));
        }
        if !request_body.names_its_file(&body) {
            state.add_violation(format!("{route} does not name its file"));
        }
        let response = if is_executed {
            state.check_headers(&head, &route, &request_body.json).and_then(|()| {
                let (method, query) = (head.method.as_str(), head.uri.query().unwrap_or_default());
                state.handle(&Request { method, path: parts.clone(), query, body: &body })
            })
        } else {
            Ok((0, Value::Null))
        };
        let (status, reply) = apply_fault(response, fault.as_ref());
        if status == 400 {
            state.violations.push(format!("{route} was rejected: {reply}"));
        }
        let at_ms = state.clock.now_ms();
        let (route, file) = (route.clone(), request_body.file);
        state.calls.push(Call { route, ids, body, file, status, arrived, at_ms });
        (status, reply)
    });
    respond(response, fault, bucket)
}

/// The status and body to send. Status 0: closes the connection without a response.
fn apply_fault(
    response: Result<(u16, Value), ApiError>,
    fault: Option<&InjectedFault>,
) -> (u16, Value) {
    let actual = response.unwrap_or_else(|fault| (fault.status, fault.body));
    match fault {
        None | Some(InjectedFault::Slow(_) | InjectedFault::BucketExhausted { .. }) => actual,
        Some(InjectedFault::Status(status) | InjectedFault::ExecutedStatus(status)) => {
            (*status, json!({ "message": "Internal Server Error", "code": 0 }))
        }
        Some(InjectedFault::Cut | InjectedFault::ExecutedCut) => (0, Value::Null),
        Some(InjectedFault::ExecutedGarbage) => (200, json!("~garbage~")),
        Some(InjectedFault::RateLimited { retry_after, is_global }) => {
            let body = json!({
                "message": "You are being rate limited.", "retry_after": retry_after.as_secs_f64(),
                "global": is_global,
            });
            (429, body)
        }
    }
}

/// The state of a bucket after a request.
#[derive(Debug, Clone, Copy)]
struct BucketState {
    /// The requests that are left; `None`: this one was too many.
    n_left: Option<u32>,
    reset_after: Duration,
}

fn respond(
    (status, body): (u16, Value),
    fault: Option<InjectedFault>,
    bucket: Option<BucketState>,
) -> Result<Response<Full<Bytes>>, Cut> {
    if status == 0 {
        return Err(Cut);
    }
    let mut response = Response::builder().status(status).header("x-ratelimit-limit", "5");
    let mut remaining = "4".to_owned();
    if let Some(BucketState { n_left: Some(n_left), reset_after }) = bucket {
        remaining = n_left.to_string();
        let seconds = format!("{:.3}", reset_after.as_secs_f64());
        response = response.header("x-ratelimit-reset-after", seconds);
    }
    if let Some(InjectedFault::BucketExhausted { reset_after }) = fault {
        remaining = "0".to_owned();
        let seconds = format!("{:.3}", reset_after.as_secs_f64());
        response = response.header("x-ratelimit-reset-after", seconds);
    }
    if let Some(InjectedFault::RateLimited { retry_after, is_global }) = fault {
        remaining = "0".to_owned();
        // `Retry-After` is in whole seconds; the body and the other header are exact.
        let seconds = retry_after.as_secs_f64();
        response = response
            .header("retry-after", format!("{:.0}", seconds.ceil()))
            .header("x-ratelimit-scope", if is_global { "global" } else { "user" })
            .header("x-ratelimit-reset-after", format!("{seconds:.3}"));
        if is_global {
            response = response.header("x-ratelimit-global", "true");
        }
    }
    response = response.header("x-ratelimit-remaining", remaining);
    let bytes = if body.is_null() { Bytes::new() } else { body.to_string().into() };
    let response = response.header("content-type", "application/json").body(Full::new(bytes));
    Ok(response.expect("the headers are valid"))
}

/// The route with `{}` for ids and tokens, and their values.
fn route_of(method: &str, parts: &[&str]) -> (String, Vec<String>) {
    let is_token =
        |idx: usize| idx == 2 && matches!(parts.first(), Some(&"interactions" | &"webhooks"));
    let mut ids = Vec::new();
    let mut names = Vec::new();
    for (idx, part) in parts.iter().enumerate() {
        let is_id = part.len() > 5 && part.bytes().all(|byte| byte.is_ascii_digit());
        if is_id || is_token(idx) {
            ids.push((*part).to_owned());
            names.push("{}");
        } else {
            names.push(part);
        }
    }
    (format!("{method} /{}", names.join("/")), ids)
}

impl ServerState {
    /// The scheduled fault for a request to `route`.
    fn fault(&mut self, route: &str) -> Option<InjectedFault> {
        let found = self
            .scheduled_faults
            .iter_mut()
            .find(|fault| fault.n_left > 0 && fault.route == route)?;
        found.n_left -= 1;
        Some(found.fault.clone())
    }

    /// Counts a request of the bucket of this route, if requests are limited. Those of interactions are not.
    fn count_request(&mut self, method: &str, parts: &[&str]) -> Option<BucketState> {
        let (limit, window) = self.options.request_limit?;
        if matches!(parts.first(), Some(&"interactions" | &"webhooks")) {
            return None;
        }
        // The ids of messages do not matter, unlike those of channels.
        let of_messages = parts.iter().take(3).copied().collect::<Vec<_>>().join("/");
        let now = Instant::now();
        let bucket = self.buckets.entry(format!("{method} {of_messages}"));
        let (n_left, reset_at) = bucket.or_insert((limit, now + window));
        if *reset_at <= now {
            (*n_left, *reset_at) = (limit, now + window);
        }
        let reset_after = *reset_at - now;
        let remaining = n_left.checked_sub(1);
        *n_left = remaining.unwrap_or(0);
        Some(BucketState { n_left: remaining, reset_after })
    }

    fn check_headers(
        &mut self,
        head: &hyper::http::request::Parts,
        route: &str,
        bytes: &[u8],
    ) -> Result<(), ApiError> {
        let header = |name: &str| head.headers.get(name).and_then(|value| value.to_str().ok());
        if !header("user-agent").is_some_and(|agent| agent.starts_with("DiscordBot (")) {
            self.add_violation(format!("{route} has no valid User-Agent"));
        }
        // Interaction tokens are their own authorization.
        let needs_token = !route.contains(" /interactions/") && !route.contains(" /webhooks/");
        if needs_token && header("authorization") != Some(&format!("Bot {TOKEN}")) {
            return Err(UNAUTHORIZED.into());
        }
        if !bytes.is_empty() {
            let body: Result<Value, _> = serde_json::from_slice(bytes);
            if !body.is_ok_and(|body| body.is_object() || body.is_array()) {
                return Err(ApiError::not_json());
            }
        }
        Ok(())
    }
}
