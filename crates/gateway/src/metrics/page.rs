//! `GET /metrics`, on an address of its own: the numbers of all tenants together are not for those who may reach the API.

use std::{io, net::SocketAddr};

use axum::{
    Router,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use tokio::{net::TcpListener, task::JoinHandle};

use super::get as metrics;

/// The page, for as long as it is there.
pub(crate) struct Page(JoinHandle<()>);

/// Listens for who reads the numbers.
///
/// # Errors
/// When the address can not be listened on.
pub(crate) async fn bind(address: SocketAddr) -> io::Result<Page> {
    let listener = TcpListener::bind(address).await?;
    let address = listener.local_addr()?;
    let router = Router::new().route("/metrics", get(page));
    let serving = tokio::spawn(async move {
        // It ends with an error of the listener only.
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "the page of metrics is not served any more");
        }
    });
    tracing::info!("metrics are at http://{address}/metrics");
    Ok(Page(serving))
}

async fn page() -> Response {
    // Whoever can be asked has begun to count.
    let Some(metrics) = metrics() else {
        return StatusCode::NOT_FOUND.into_response();
    };
    match metrics.text() {
        Ok(text) => ([(header::CONTENT_TYPE, prometheus::TEXT_FORMAT)], text).into_response(),
        Err(error) => {
            tracing::error!(%error, "the metrics can not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

impl Drop for Page {
    fn drop(&mut self) {
        self.0.abort();
    }
}
