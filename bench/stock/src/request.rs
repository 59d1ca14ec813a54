//! A request: who asks, a transaction, the answer.

use std::sync::Arc;

use async_graphql::{
    EmptyMutation, EmptySubscription, Schema,
    dataloader::DataLoader,
    runtime::{TokioSpawner, TokioTimer},
};
use async_graphql_axum::{GraphQLRequest, GraphQLResponse};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode, header::AUTHORIZATION},
};
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, Statement, TransactionTrait,
};
use serde::Deserialize;
use uuid::Uuid;

use crate::{loader::Rows, query::Query};

const ISSUER: &str = "tenant-gateway";

/// What all requests share.
#[derive(Clone)]
pub(crate) struct App {
    schema: Schema<Query, EmptyMutation, EmptySubscription>,
    database: DatabaseConnection,
    key: Arc<DecodingKey>,
}

impl App {
    pub(crate) fn new(
        schema: Schema<Query, EmptyMutation, EmptySubscription>,
        database: DatabaseConnection,
        key: &str,
    ) -> Self {
        Self {
            schema,
            database,
            key: Arc::new(DecodingKey::from_secret(key.as_bytes())),
        }
    }

    /// A transaction that carries who asks.
    async fn begin(&self, claims: &Claims) -> Result<DatabaseTransaction, DbErr> {
        let transaction = self.database.begin().await?;
        let settings = Statement::from_sql_and_values(
            transaction.get_database_backend(),
            "SELECT set_config('app.current_tenant_id', $1, true), set_config('app.current_user_id', $2, true), \
             set_config('app.current_roles', $3, true)",
            [
                claims.tenant.to_string().into(),
                claims.sub.to_string().into(),
                claims.roles.as_str().into(),
            ],
        );
        transaction.execute_raw(settings).await?;
        Ok(transaction)
    }
}

#[derive(Deserialize)]
struct Claims {
    sub: Uuid,
    tenant: Uuid,
    roles: String,
}

/// `POST /graphql`.
pub(crate) async fn answer(
    State(app): State<App>,
    headers: HeaderMap,
    request: GraphQLRequest,
) -> Result<GraphQLResponse, StatusCode> {
    let claims = claims(&headers, &app.key).ok_or(StatusCode::UNAUTHORIZED)?;
    let begun = app.begin(&claims).await;
    let transaction = Arc::new(begun.map_err(|_| StatusCode::SERVICE_UNAVAILABLE)?);
    let loader = DataLoader::new(
        Rows::new(Arc::clone(&transaction)),
        TokioSpawner::current(),
        TokioTimer::default(),
    );
    let request = request
        .into_inner()
        .data(Arc::clone(&transaction))
        .data(loader);
    let response = app.schema.execute(request).await;
    if let Some(transaction) = Arc::into_inner(transaction) {
        let committed = transaction.commit().await;
        committed.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    }
    Ok(response.into())
}

fn claims(headers: &HeaderMap, key: &DecodingKey) -> Option<Claims> {
    let header = headers.get(AUTHORIZATION)?.to_str().ok()?;
    let mut validation = Validation::new(Algorithm::HS256);
    validation.set_issuer(&[ISSUER]);
    validation.set_audience(&[ISSUER]);
    let token = decode(header.strip_prefix("Bearer ")?, key, &validation);
    token.ok().map(|token| token.claims)
}
