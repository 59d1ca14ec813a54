//! A stream for one operation.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use axum::{extract::Request, http::Method, response::Response};
use resolver::operation::Operation;
use tokio::{
    sync::mpsc,
    task::AbortHandle,
    time::{Instant, interval_at},
};

use super::event;
use crate::{
    auth::TokenError,
    http::{
        HttpError, Transport,
        authenticate::{Caller, Sender, caller},
        live::{expired, find},
        log::RequestLog,
        request::read,
    },
    live::{Asked, Outlet, Piece, Place, Refused, Tagged, perform},
    serve::Gateway,
};

pub(super) async fn handle(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let (parts, body) = request.into_parts();
    let sender = Sender::of(gateway, &parts.extensions, &parts.headers, log.id);
    let caller = caller(gateway, &parts.headers, &sender).await?;
    log.identity = Some(caller.identity.clone());
    let request = Request::from_parts(parts, body);
    let method = request.method().clone();
    let (limit, time) = (gateway.max_body_bytes(), gateway.read_timeout());
    let (mut request, terms) = read(request, limit, time, gateway.trusted()).await?;
    let asking = (&caller.identity, &sender);
    let operation = match find(gateway, asking, &mut request, terms).await {
        Ok(operation) => operation,
        Err(refused) => return failed(refused),
    };
    if method == Method::GET && operation.kind == OperationType::Mutation {
        return Err(HttpError::MutationByGet);
    }
    log.operation = Some(operation.clone());
    answer(gateway, (caller, sender), request, operation).await
}

/// Runs the operation, and answers with a stream once it has begun: what is committed after that will be told.
pub(in crate::http) async fn answer(
    gateway: &Arc<Gateway>,
    (caller, sender): (Caller, Sender),
    request: async_graphql::Request,
    operation: Operation,
) -> Result<Response, HttpError> {
    let mut place = gateway.live().place().ok_or(HttpError::Crowded)?;
    if !place.give_to(caller.identity.tenant()) {
        return Err(HttpError::Crowded);
    }
    let asked = Asked {
        identity: caller.identity.clone(),
        sender: sender.detached(),
        request,
        operation,
        transport: Transport::Stream,
    };
    let (said, pieces) = mpsc::channel(event::EVENTS);
    let (outlet, opened) = Outlet::new(0, said);
    let performing = perform(Arc::clone(gateway), asked, outlet.refusing_to_opener());
    let running = Running(tokio::spawn(performing).abort_handle());
    match opened.await {
        Ok(Ok(())) => {}
        Ok(Err(refused)) => return failed(refused),
        // It ended without a word: it panicked, and that was logged.
        Err(_) => return Err(HttpError::Internal),
    }
    let (events, sent) = mpsc::channel(event::EVENTS);
    tokio::spawn(pump(
        Arc::clone(gateway),
        caller,
        place,
        running,
        pieces,
        events,
    ));
    Ok(event::stream(sent))
}

/// Errors of the operation are an event; what else is wrong is the answer's status.
fn failed(refused: Refused) -> Result<Response, HttpError> {
    match refused {
        Refused::Errors(errors) => {
            let events = event::errors(None, errors) + &event::complete(None);
            Ok(event::whole(events))
        }
        Refused::Failed(error) => Err(error),
    }
}

/// The operation's task, which ends with this.
struct Running(AbortHandle);

impl Drop for Running {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Makes events of pieces, until the operation, the client, the token or the gateway ends.
async fn pump(
    gateway: Arc<Gateway>,
    caller: Caller,
    _place: Place,
    _running: Running,
    mut pieces: mpsc::Receiver<Tagged>,
    events: mpsc::Sender<String>,
) {
    let (expired, closed) = (expired(&caller), gateway.live().closed());
    tokio::pin!(expired, closed);
    let every = gateway.live().limits.keep_alive;
    let mut keep_alive = interval_at(Instant::now(), every);
    loop {
        let text = tokio::select! {
            biased;
            piece = pieces.recv() => match piece {
                Some((_, Piece::Next(answer))) => event::next(None, &answer),
                Some((_, Piece::Refused(errors))) => break end(&events, errors).await,
                Some((_, Piece::Expelled(error))) => break end(&events, vec![error.into()]).await,
                Some((_, Piece::Unbegun | Piece::Complete)) | None => break end(&events, Vec::new()).await,
            },
            () = &mut expired => {
                let error = HttpError::Unauthenticated(TokenError::Expired);
                break end(&events, vec![error.into()]).await;
            }
            () = &mut closed => break end(&events, Vec::new()).await,
            () = events.closed() => break,
            _ = keep_alive.tick() => event::COMMENT.to_owned(),
        };
        if events.send(text).await.is_err() {
            break;
        }
    }
}

async fn end(events: &mpsc::Sender<String>, errors: Vec<async_graphql::ServerError>) {
    let mut text = String::new();
    if !errors.is_empty() {
        text = event::errors(None, errors);
    }
    // Without a client there is nobody to be told.
    let _ = events.send(text + &event::complete(None)).await;
}
