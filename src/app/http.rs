//! Health and metrics over HTTP.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::net::TcpListener;

use super::AppState;
use crate::store::records::Records;

/// How long the records may take to say that they are well.
const RECORDS_LIMIT: Duration = Duration::from_secs(2);

/// The media type of OpenMetrics.
const METRICS_TYPE: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// Takes the address.
pub(super) async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.with_context(|| {
        format!(
            "cannot listen on {address}: is another quoth running? Name another address (`listen` in [http]), or turn it off (is_on = false)"
        )
    })
}

/// Serves until it is dropped.
pub(super) async fn serve(listener: TcpListener, shared: Arc<AppState>) {
    let routes = Router::new()
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(readiness))
        .route("/metrics", get(metrics))
        .with_state(shared);
    if let Err(error) = axum::serve(listener, routes).await {
        tracing::error!(%error, "Health and metrics are not served any more");
    }
}

/// A line for the records and for each platform; 503 unless all are well.
async fn readiness(State(shared): State<Arc<AppState>>) -> Response {
    let ping = tokio::time::timeout(RECORDS_LIMIT, shared.service.records().ping()).await;
    let are_records_well = matches!(ping, Ok(Ok(())));
    let mut text = format!("records: {}\n", if are_records_well { "ok" } else { "not usable" });
    let mut is_ready = are_records_well;
    for pulse in &shared.liveness {
        is_ready &= pulse.is_alive();
        let state = if pulse.is_alive() { "ok" } else { "down" };
        let age = pulse.age().map_or_else(
            || "no sign of life yet".to_owned(),
            |age| format!("last sign of life {:.1} s ago", age.as_secs_f64()),
        );
        text.push_str(&format!("{}: {state} ({age})\n", pulse.platform()));
    }
    let status = if is_ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, text).into_response()
}

async fn metrics(State(shared): State<Arc<AppState>>) -> Response {
    let text = shared.metrics.encode(&shared.liveness);
    ([(header::CONTENT_TYPE, METRICS_TYPE)], text).into_response()
}
