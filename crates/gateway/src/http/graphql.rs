//! `/graphql`: authenticate, read, open, execute, close. What stays open, WebSockets and event streams, goes on in `ws`
//! and `sse`.

use std::{panic::AssertUnwindSafe, sync::Arc};

use async_graphql::{Value, parser::types::OperationType};
use async_graphql_axum::GraphQLResponse;
use axum::{
    extract::{Request, State},
    http::{HeaderValue, Method, header},
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use rows::Output;
use tenant::{Access, Identity, Outcome};
use tracing::Instrument;

use super::{
    authenticate::{self, Sender},
    body::body,
    error::{HttpError, name_request, panicked, refused},
    introspection,
    log::RequestLog,
    media::Answer,
    request::read,
    sse, visibility, ws,
};
use crate::{
    budget::Budgets,
    metrics,
    operation::{self, Unanswered},
    serve::Gateway,
    telemetry::trace,
};

/// Answers a GraphQL request over HTTP.
pub(super) async fn handle(State(gateway): State<Arc<Gateway>>, request: Request) -> Response {
    let mut log = RequestLog::start(&gateway, request.method());
    log.follow(&gateway, &request);
    let span = log.span.clone();
    let id = log.request_id();
    // A panic is caught here, where the request still has its id. In a box, because each adapter around the future would
    // move the whole of it.
    let result = AssertUnwindSafe(Box::pin(answer(&gateway, request, &mut log)))
        .catch_unwind()
        .instrument(span.clone())
        .await;
    let result = result.unwrap_or_else(|panic| Err(span.in_scope(|| panicked(&*panic))));
    let (mut response, code) = match result {
        Ok(response) => (response, None),
        Err(error) => {
            let code = error.code();
            (error.answer(Some(&id)), Some(code))
        }
    };
    let headers = response.headers_mut();
    let texts = [("x-request-id", id), ("server-timing", log.server_timing())];
    for (name, text) in texts {
        headers.insert(
            name,
            HeaderValue::try_from(text).expect("hexadecimal digits and a number are visible ASCII"),
        );
    }
    if let Some(trace) = trace::response(&span) {
        headers.insert("traceresponse", trace);
    }
    if let Some(policy) = log.policy.take() {
        headers.insert("ratelimit-policy", policy);
    }
    log.answered(response.status(), code);
    response
}

async fn answer(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    // Boxed is what few requests need, so that the others do not carry its room.
    if ws::is_wanted(&request) {
        return Box::pin(ws::upgrade(gateway, request, log)).await;
    }
    if sse::is_wanted(&request) {
        return Box::pin(sse::handle(gateway, request, log)).await;
    }
    let sender = Sender::of(gateway, request.extensions(), request.headers(), log.id);
    let caller = authenticate::caller(gateway, request.headers(), &sender).await?;
    log.identity = Some(caller.identity.clone());
    log.policy = gateway.spend(&caller.identity).await?;
    let form = Answer::negotiate(request.headers())?;
    let takes_stream = sse::accepts_stream(request.headers());
    let method = request.method().clone();
    let (limit, time) = (gateway.max_body_bytes(), gateway.read_timeout());
    let (mut request, terms) = read(request, limit, time, gateway.trusted()).await?;
    let is_billed = terms.bill.is_some();
    let operation = match gateway.documents().find(&mut request, terms) {
        Ok(operation) => operation,
        Err(error) => {
            let response = refused(error);
            log.failed(&response.errors);
            return respond(gateway, form, &response, false);
        }
    };
    let kind = operation.kind;
    if operation.asks_for_schema {
        Box::pin(visibility::check(gateway, &caller.identity, &sender)).await?;
    }
    if kind == OperationType::Subscription {
        log.operation = Some(operation.clone());
        if !takes_stream {
            return Err(HttpError::SubscriptionAsJson);
        }
        let answering = sse::answer(gateway, (caller, sender), request, operation);
        return Box::pin(answering).await;
    }
    // The answer that is kept has no bill.
    let fixed =
        (operation.is_fixed && !is_billed).then(|| introspection::Key::new(&request, &operation));
    log.operation = Some(operation);
    if method == Method::GET && kind != OperationType::Query {
        return Err(HttpError::MutationByGet);
    }
    let request = request.data(Output::Json);
    let asking = Asking {
        gateway,
        identity: caller.identity,
        sender,
    };
    if let Some(key) = fixed {
        return Box::pin(introspect(&asking, request, key, form, log)).await;
    }
    let (response, reached) = execute(&asking, request, kind, log).await?;
    respond(gateway, form, &response, reached)
}

/// Who asks whom.
pub(super) struct Asking<'g> {
    pub(super) gateway: &'g Arc<Gateway>,
    pub(super) identity: Identity,
    pub(super) sender: Sender,
}

impl Asking<'_> {
    pub(super) fn refused(&self, why: Unanswered) -> HttpError {
        let error = HttpError::unanswered(why, &self.identity);
        authenticate::refused(self.gateway, &error, &self.identity, &self.sender);
        error
    }
}

/// The answer about the schema, which is the same for everybody.
async fn introspect(
    asking: &Asking<'_>,
    request: async_graphql::Request,
    key: introspection::Key,
    form: Answer,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let introspections = asking.gateway.introspections();
    let kept = introspections.get(&key);
    if let Some(metrics) = metrics::get() {
        metrics.looked_up("introspections", kept.is_some());
    }
    if let Some(body) = kept {
        log.known();
        let content_type = [(header::CONTENT_TYPE, form.content_type())];
        return Ok((content_type, body).into_response());
    }
    let kind = OperationType::Query;
    let (response, reached) = execute(asking, request, kind, log).await?;
    let is_whole = reached && response.errors.is_empty();
    if !is_whole {
        return respond(asking.gateway, form, &response, reached);
    }
    // There are no rows in it to be written in a form of our own.
    let mut answer = GraphQLResponse::from(response).into_response();
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, form.content_type());
    introspections.keep(key, answer).await
}

/// Runs the operation; its answer, and whether any of it was executed.
pub(super) async fn execute(
    asking: &Asking<'_>,
    request: async_graphql::Request,
    kind: OperationType,
    log: &mut RequestLog,
) -> Result<(async_graphql::Response, bool), HttpError> {
    let access = if kind == OperationType::Mutation {
        Access::Write
    } else {
        Access::Read
    };
    let (gateway, identity) = (asking.gateway, &asking.identity);
    let (database, schema) = (gateway.database(), gateway.schema());
    let sent = visibility::Sent::of(gateway, &request);
    let mut cause = log.cause();
    if access == Access::Write {
        cause = cause.of_origin(asking.sender.origin());
    }
    let executed = operation::execute(
        database,
        schema,
        identity,
        access,
        request,
        gateway.request_timeout(),
        cause,
    )
    .await;
    log.executed(&executed);
    if kind == OperationType::Mutation && executed.outcome == Some(Outcome::Committed) {
        gateway.wake().touch();
    }
    Budgets::learn(gateway, identity, &executed);
    let reached = executed.reached;
    let answer = executed.answer();
    let mut response = answer.map_err(|why| asking.refused(why))?;
    if let Some(sent) = sent {
        let errors = &mut response.errors;
        Box::pin(sent.hide_schema(gateway, identity, errors)).await;
    }
    name_request(&mut response.errors, &log.request_id());
    Ok((response, reached))
}

fn respond(
    gateway: &Gateway,
    form: Answer,
    response: &async_graphql::Response,
    executed: bool,
) -> Result<Response, HttpError> {
    let body = body(response, executed);
    let limit = gateway.max_response_bytes();
    if body.len() > limit {
        let saved = response.extensions.get("transaction") == Some(&Value::from("committed"));
        return Err(HttpError::AnswerTooLarge { limit, saved });
    }
    let mut answer = Response::new(body.into());
    *answer.status_mut() = form.status(response, executed);
    let headers = answer.headers_mut();
    headers.insert(header::CONTENT_TYPE, form.content_type());
    Ok(answer)
}
