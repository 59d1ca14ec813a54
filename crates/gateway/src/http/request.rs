//! The GraphQL request inside an HTTP request: GraphQL over HTTP, section 5.
//!
//! Read here and not by async-graphql, whose reader names its own types where a body does not fit
//! them and misses the `operationName` of a GET.

use std::time::Duration;

use async_graphql::Variables;
use axum::{
    body::{Body, BodyDataStream},
    extract::{Query, Request},
    http::{Method, Uri},
};
use futures::StreamExt;
use resolver::operation::{Bill, Terms};
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{error::HttpError, media::is_json};
use crate::trusted::{Documents, PersistedQuery};

/// `query`, `documentId`, `operationName`, `variables`, `extensions`; others are passed over.
pub(super) type Parameters = Map<String, Value>;

/// The request, no larger than allowed, and its body within `time`; its document looked up if it names one, and how
/// it is to be taken.
pub(super) async fn read(
    request: Request,
    limit: usize,
    time: Duration,
    documents: &Documents,
) -> Result<(async_graphql::Request, Terms), HttpError> {
    assemble(read_parameters(request, limit, time).await?, documents)
}

/// The same as it came, for who looks for more in it.
pub(super) async fn read_parameters(
    request: Request,
    limit: usize,
    time: Duration,
) -> Result<Parameters, HttpError> {
    match *request.method() {
        Method::GET => of_url(request.uri()),
        Method::POST if !is_json(request.headers()) => Err(HttpError::MediaType),
        Method::POST => timeout(time, of_body(request.into_body(), limit))
            .await
            .map_err(|_| HttpError::BodyTimeout)?,
        _ => Err(HttpError::Method),
    }
}

/// The parameters of a URL are text; `variables` and `extensions` are JSON inside it. What is empty
/// was not given: a form sends all of its fields.
fn of_url(url: &Uri) -> Result<Parameters, HttpError> {
    let Query(pairs) = Query::<Vec<(String, String)>>::try_from_uri(url)
        .map_err(|_| malformed("the parameters of the URL can not be read"))?;
    let mut parameters = Parameters::new();
    for (name, text) in pairs.into_iter().filter(|(_, text)| !text.is_empty()) {
        let value = match name.as_str() {
            "variables" | "extensions" => serde_json::from_str(&text)
                .map_err(|error| malformed(format!("`{name}` is not JSON: {error}")))?,
            _ => Value::String(text),
        };
        parameters.insert(name, value);
    }
    Ok(parameters)
}

async fn of_body(body: Body, limit: usize) -> Result<Parameters, HttpError> {
    let bytes = within(body.into_data_stream(), limit).await?;
    match serde_json::from_slice(&bytes) {
        Ok(Value::Object(parameters)) => Ok(parameters),
        Ok(Value::Array(_)) => Err(malformed(
            "batches are off here; send one operation a request, or ask the operator to set GATEWAY_MAX_BATCH",
        )),
        Ok(_) => Err(malformed("the body must be a JSON object")),
        Err(error) => Err(malformed(format!("the body is not JSON: {error}"))),
    }
}

/// The whole body, if it has no more bytes than the limit.
pub(super) async fn within(mut body: BodyDataStream, limit: usize) -> Result<Vec<u8>, HttpError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = body.next().await {
        let chunk = chunk.map_err(|_| malformed("the body ended early"))?;
        if chunk.len() > limit - bytes.len() {
            // Whether or not all of it comes, the answer is the same.
            let _ = timeout(OVERRUN_TIME, discard(body)).await;
            return Err(HttpError::TooLarge { limit });
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

/// How much of a body that is too large is read all the same, and for how long: a client that is still writing
/// when the connection closes sees a broken pipe, and not the answer.
const OVERRUN: usize = 16 << 20;
const OVERRUN_TIME: Duration = Duration::from_secs(2);

async fn discard(mut body: BodyDataStream) {
    let mut left = OVERRUN;
    while let Some(Ok(chunk)) = body.next().await {
        match left.checked_sub(chunk.len()) {
            Some(less) => left = less,
            None => return,
        }
    }
}

pub(super) fn assemble(
    mut parameters: Parameters,
    documents: &Documents,
) -> Result<(async_graphql::Request, Terms), HttpError> {
    let query = text(&mut parameters, "query")?.filter(|query| !query.trim().is_empty());
    let id = text(&mut parameters, "documentId")?;
    let extensions = object(&mut parameters, "extensions")?;
    let persisted = PersistedQuery::of(&extensions)?;
    let found = documents.find(query, id.as_deref(), persisted.as_ref())?;
    let mut request = async_graphql::Request::new(found.text);
    request.operation_name = text(&mut parameters, "operationName")?;
    let variables = object(&mut parameters, "variables")?;
    request.variables = Variables::from_json(Value::Object(variables));
    let terms = Terms {
        trusted: found.trusted,
        bill: asks_for_cost(&extensions)?.then(Bill::default),
    };
    Ok((request, terms))
}

/// `extensions: {"cost": true}`: what the operation costs is answered in `extensions.cost`.
fn asks_for_cost(extensions: &Map<String, Value>) -> Result<bool, HttpError> {
    match extensions.get("cost") {
        None | Some(Value::Null) => Ok(false),
        Some(Value::Bool(asks)) => Ok(*asks),
        Some(_) => Err(malformed("`extensions.cost` must be true or false")),
    }
}

fn text(parameters: &mut Parameters, name: &str) -> Result<Option<String>, HttpError> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(malformed(format!("`{name}` must be a string"))),
    }
}

fn object(parameters: &mut Parameters, name: &str) -> Result<Map<String, Value>, HttpError> {
    match parameters.remove(name) {
        None | Some(Value::Null) => Ok(Map::new()),
        Some(Value::Object(object)) => Ok(object),
        Some(_) => Err(malformed(format!("`{name}` must be an object"))),
    }
}

pub(super) fn malformed(problem: impl Into<String>) -> HttpError {
    HttpError::malformed(problem)
}
