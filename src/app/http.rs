//! Health and metrics over HTTP.

mod listener;

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::AppState;
use crate::service::metrics::ServiceState;
use listener::BoundedListener;

/// The media type of OpenMetrics.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Binds the address.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: is another quoth running? Name another address (`listen` in [http]), or turn it off (is_on = false)"
        )
    })
}

/// Serves until the future is dropped.
pub(super) async fn serve(listener: TcpListener, state: Arc<AppState>) {
    let routes = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(state);
    if let Err(error) = axum::serve(BoundedListener::new(listener), routes).await {
        tracing::error!(%error, "The HTTP server for health and metrics failed");
    }
}

/// A line for the records and for each platform; status 503 unless all are ok.
async fn readiness(State(state): State<Arc<AppState>>) -> Response {
    let are_records_ok = state.records_health.is_ok(state.service.records());
    let mut text = format!("records: {}\n", if are_records_ok { "ok" } else { "not usable" });
    let mut is_ready = are_records_ok;
    for liveness in &state.liveness {
        is_ready &= liveness.is_alive();
        let status = if liveness.is_alive() { "ok" } else { "down" };
        let age = liveness.age().map_or_else(
            || "no activity yet".to_owned(),
            |age| format!("last activity {:.1} s ago", age.as_secs_f64()),
        );
        text.push_str(&format!("{}: {status} ({age})\n", liveness.platform()));
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, text).into_response()
}

async fn metrics(State(state): State<Arc<AppState>>) -> Response {
    let text = state.metrics.encode(&ServiceState {
        platforms: &state.liveness,
        are_records_usable: state.records_health.is_ok(state.service.records()),
    });
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
