//! Probes.

use std::{sync::Arc, time::Duration};

use axum::{extract::State, http::StatusCode, response::IntoResponse};
use futures::future::{join, join_all};
use tenant::{Database, Tier};
use tokio::time::timeout;

use crate::serve::Gateway;

/// How long a tier that nothing depends on here may take; who probes waits for a second, mostly.
const PATIENCE: Duration = Duration::from_millis(500);

/// `GET /livez`: the process answers.
pub(super) async fn live() -> &'static str {
    "ok\n"
}

/// `GET /readyz`: requests can be served, that is, the transactional database answers. Another one that does not is named,
/// and takes nobody out of service: what does not touch it is served as ever.
pub(super) async fn ready(State(gateway): State<Arc<Gateway>>) -> impl IntoResponse {
    let database = gateway.database();
    match join(database.ping(Tier::Oltp), silent(database)).await {
        (Ok(()), silent) if silent.is_empty() => (StatusCode::OK, "ok\n".to_owned()),
        (Ok(()), silent) => (
            StatusCode::OK,
            format!("ok, without {}\n", silent.join(", ")),
        ),
        (Err(refusal), _) => (StatusCode::SERVICE_UNAVAILABLE, format!("{refusal}\n")),
    }
}

/// The other tiers that do not answer now.
async fn silent(database: &Database) -> Vec<&'static str> {
    let others = database.tiers().filter(|tier| *tier != Tier::Oltp);
    let asked = others.map(async |tier| {
        let answered = timeout(PATIENCE, database.ping(tier)).await;
        let answers = answered.is_ok_and(|answer| answer.is_ok());
        (!answers).then_some(tier.as_str())
    });
    join_all(asked).await.into_iter().flatten().collect()
}
