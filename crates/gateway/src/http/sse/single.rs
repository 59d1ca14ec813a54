//! Requests about a stream that many operations share.

use std::sync::Arc;

use async_graphql::ServerError;
use axum::{
    extract::{Query, Request},
    http::{HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Map, Value};
use tenant::Identity;
use tokio::sync::{mpsc, oneshot};

use super::{
    event,
    reservations::Reserved,
    session::{Begun, Order, Session},
};
use crate::{
    http::{
        HttpError,
        authenticate::{Sender, caller},
        body::body,
        live::{find, is_same},
        log::RequestLog,
        media::Answer,
        request::{assemble, read_parameters},
    },
    live::Refused,
    serve::Gateway,
};

/// The header with a stream's token.
const TOKEN: &str = "x-graphql-event-stream-token";

/// Orders that wait for the stream.
const ORDERS: usize = 8;

/// What the URL says, for clients that can send no header.
#[derive(Default, Deserialize)]
struct Parameters {
    token: Option<String>,
    #[serde(rename = "operationId")]
    operation_id: Option<String>,
}

fn parameters(request: &Request) -> Parameters {
    if request.uri().query().is_none() {
        return Parameters::default();
    }
    let parameters = Query::<Parameters>::try_from_uri(request.uri());
    parameters.map(|Query(found)| found).unwrap_or_default()
}

/// The token of the stream that a request is about.
pub(super) fn token(request: &Request) -> Option<String> {
    match request.headers().get(TOKEN) {
        Some(token) => Some(token.to_str().unwrap_or_default().to_owned()),
        None => parameters(request).token,
    }
}

/// Reserves a stream for whoever asks. It has to be opened soon.
pub(super) async fn reserve(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let (parts, _) = request.into_parts();
    let sender = Sender::of(gateway, &parts.extensions, &parts.headers, log.id);
    let caller = caller(gateway, &parts.headers, &sender).await?;
    log.identity = Some(caller.identity.clone());
    let mut place = gateway.live().place().ok_or(HttpError::Crowded)?;
    if !place.give_to(caller.identity.tenant()) {
        return Err(HttpError::Crowded);
    }
    let (orders, ordered) = mpsc::channel(ORDERS);
    let (events, sent) = mpsc::channel(event::EVENTS);
    let kept = gateway.live().reservations.keep(Reserved {
        identity: caller.identity.clone(),
        orders,
        events: Some(sent),
    });
    let token = kept.token().to_owned();
    let held = (kept, place);
    tokio::spawn(Session::run(
        Arc::clone(gateway),
        (caller, sender.detached()),
        ordered,
        events,
        held,
    ));
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    Ok((StatusCode::CREATED, [(header::CONTENT_TYPE, plain)], token).into_response())
}

/// Opens the stream, sends an operation to it, or ends one.
pub(super) async fn handle(
    gateway: &Arc<Gateway>,
    request: Request,
    token: &str,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let method = request.method().clone();
    // A browser can not sign the request that opens a stream; the token was given to who can.
    let is_signed = request.headers().contains_key(header::AUTHORIZATION) || method != Method::GET;
    let (parts, body) = request.into_parts();
    let sender = Sender::of(gateway, &parts.extensions, &parts.headers, log.id);
    let caller = match is_signed {
        true => Some(caller(gateway, &parts.headers, &sender).await?),
        false => None,
    };
    log.identity = caller.as_ref().map(|caller| caller.identity.clone());
    let request = Request::from_parts(parts, body);
    let found = gateway.live().reservations.with(token, |reserved| {
        let is_theirs = caller.is_none_or(|caller| is_same(&caller.identity, &reserved.identity));
        let events = match method {
            Method::GET if is_theirs => reserved.events.take(),
            _ => None,
        };
        is_theirs.then(|| (reserved.orders.clone(), events, reserved.identity.clone()))
    });
    let (orders, events, identity) = found.flatten().ok_or(HttpError::NoStream)?;
    match method {
        Method::GET => open(orders, events).await,
        Method::POST => perform(gateway, (&identity, &sender), request, orders).await,
        Method::DELETE => end(parameters(&request), orders).await,
        _ => Err(HttpError::Method),
    }
}

async fn open(
    orders: mpsc::Sender<Order>,
    events: Option<mpsc::Receiver<String>>,
) -> Result<Response, HttpError> {
    let events = events.ok_or(HttpError::StreamOpen)?;
    order(&orders, Order::Open).await?;
    Ok(event::stream(events))
}

async fn perform(
    gateway: &Gateway,
    asking: (&Identity, &Sender),
    request: Request,
    orders: mpsc::Sender<Order>,
) -> Result<Response, HttpError> {
    let parameters =
        read_parameters(request, gateway.max_body_bytes(), gateway.read_timeout()).await?;
    let id = operation_id(&parameters)?;
    let (mut request, terms) = assemble(parameters, gateway.trusted())?;
    let operation = match find(gateway, asking, &mut request, terms).await {
        Ok(operation) => operation,
        Err(Refused::Errors(errors)) => return Ok(invalid(errors)),
        Err(Refused::Failed(error)) => return Err(error),
    };
    let (begun, begins) = oneshot::channel();
    let wanted = Order::Perform {
        id,
        wanted: Box::new((request, operation)),
        begun,
    };
    order(&orders, wanted).await?;
    let opened = match begins.await.map_err(|_| HttpError::NoStream)? {
        Begun::Twice => return Err(HttpError::OperationExists),
        Begun::TooMany(limit) => return Ok(invalid(vec![resolver::live::too_many(limit)])),
        Begun::Soon(opened) => opened,
    };
    match opened.await {
        // One that was ended before it began has begun.
        Ok(Ok(())) | Err(_) => Ok(StatusCode::ACCEPTED.into_response()),
        Ok(Err(Refused::Errors(errors))) => Ok(invalid(errors)),
        Ok(Err(Refused::Failed(error))) => Err(error),
    }
}

fn operation_id(parameters: &Map<String, Value>) -> Result<String, HttpError> {
    let extensions = parameters.get("extensions");
    let id = extensions.and_then(|extensions| extensions.get("operationId"));
    let id = id.and_then(Value::as_str).filter(|id| !id.is_empty());
    id.map(str::to_owned).ok_or_else(|| {
        HttpError::Malformed("there is no `operationId` in its `extensions`".to_owned())
    })
}

/// The answer to an operation that is not executed, as it would be without a stream.
fn invalid(errors: Vec<ServerError>) -> Response {
    let answer = body(&async_graphql::Response::from_errors(errors), false);
    let content_type = [(header::CONTENT_TYPE, Answer::GraphqlResponse.content_type())];
    (StatusCode::BAD_REQUEST, content_type, answer).into_response()
}

async fn end(parameters: Parameters, orders: mpsc::Sender<Order>) -> Result<Response, HttpError> {
    let id = parameters.operation_id;
    let id =
        id.ok_or_else(|| HttpError::Malformed("there is no `operationId` in the URL".into()))?;
    order(&orders, Order::End { id }).await?;
    Ok(StatusCode::OK.into_response())
}

async fn order(orders: &mpsc::Sender<Order>, order: Order) -> Result<(), HttpError> {
    orders.send(order).await.map_err(|_| HttpError::NoStream)
}
