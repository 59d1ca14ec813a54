//! An operation on a connection that stays open: a query, a mutation, or a subscription with its events.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Request, Response, parser::types::OperationType};
use futures::FutureExt;
use resolver::operation::{Operation, again};
use rows::Output;
use tenant::{Cause, Event, Identity, Listener, Refusal};
use tokio::time::sleep;
use tracing::Instrument;

use super::{
    Outlet, Piece,
    outlet::{Gone, Refused, Room},
};
use crate::{
    http::{EventLog, Sender, Sent, Transport, json, name_request, panicked, single, turned_away},
    operation::{self, Unanswered},
    serve::Gateway,
    telemetry::trace,
};

/// How long an event waits to be read again while the database is away or has no connection to give.
const AGAIN: Duration = Duration::from_millis(500);

/// An operation whose document was found to be one.
pub(crate) struct Asked {
    pub(crate) identity: Identity,
    pub(crate) sender: Sender,
    pub(crate) request: Request,
    pub(crate) operation: Operation,
    pub(crate) transport: Transport,
}

impl Asked {
    /// What its transactions are for. Each has a trace of its own: a subscription may be there for days.
    fn cause(&self) -> Cause {
        let (name, kind) = (self.operation.name.as_deref(), self.operation.kind);
        Cause::named(name).in_span(trace::operation(None, name, kind))
    }
}

/// Runs an operation, each answer a piece. Ends early when the connection is gone.
pub(crate) async fn perform(gateway: Arc<Gateway>, asked: Asked, outlet: Outlet) {
    if asked.operation.kind == OperationType::Subscription {
        subscribe(&gateway, asked, outlet).await;
    } else {
        answer(&gateway, asked, outlet).await;
    }
}

/// A query or a mutation: one answer.
async fn answer(gateway: &Arc<Gateway>, asked: Asked, mut outlet: Outlet) {
    match single(gateway, &asked).await {
        Ok((response, true)) => {
            outlet.opened();
            outlet.end_with(json(&response)).await;
        }
        Ok((response, false)) => outlet.refuse(Refused::Errors(response.errors)).await,
        Err(error) => outlet.refuse(Refused::Failed(error)).await,
    }
}

async fn subscribe(gateway: &Arc<Gateway>, asked: Asked, mut outlet: Outlet) {
    let mut log = EventLog::start(&asked);
    let span = log.span.clone();
    let told = async {
        let listener = match listen(gateway, &asked).await {
            Ok(listener) => listener,
            Err(refused) => return Ended::Refused(refused),
        };
        outlet.opened();
        log.opened();
        tell(gateway, &asked, listener, &outlet, &mut log).await
    };
    // A panic ends this subscription and no other.
    let told = AssertUnwindSafe(told)
        .catch_unwind()
        .instrument(span.clone());
    let ended = told.await.unwrap_or_else(|panic| {
        Ended::Refused(Refused::Failed(span.in_scope(|| panicked(&*panic))))
    });
    log.ended(ended.reason());
    match ended {
        Ended::Gone => {}
        Ended::Refused(refused) => outlet.refuse(refused).await,
        Ended::Lost => {
            let lost = Response::from_errors(vec![resolver::live::lost()]);
            outlet.end_with(json(&lost)).await;
        }
    }
}

/// How a subscription ended.
enum Ended {
    /// The client went away, or has enough.
    Gone,
    /// It does not begin, or can not go on.
    Refused(Refused),
    /// More happened than can be told.
    Lost,
}

impl Ended {
    fn reason(&self) -> &'static str {
        match self {
            Self::Gone => "left",
            Self::Refused(Refused::Errors(_)) => "refused",
            Self::Refused(Refused::Failed(error)) => error.code(),
            Self::Lost => "events-lost",
        }
    }
}

/// Finds out what the subscription is about, and listens to that.
async fn listen(gateway: &Arc<Gateway>, asked: &Asked) -> Result<Listener, Refused> {
    let request = again(&asked.request);
    let sent = Sent::of(gateway, &request);
    let failed = |why| Refused::Failed(turned_away(gateway, asked, why));
    let (database, schema) = (gateway.database(), gateway.schema());
    let opened = operation::open(
        database,
        schema,
        &asked.identity,
        request,
        gateway.request_timeout(),
        asked.cause(),
    )
    .await;
    let topic = match opened.map_err(failed)? {
        Ok(topic) => topic,
        Err(mut response) => {
            if let Some(sent) = sent {
                let errors = &mut response.errors;
                sent.hide_schema(gateway, &asked.identity, errors).await;
            }
            return Err(Refused::Errors(response.errors));
        }
    };
    let listening = gateway.live().feed.listen(topic).await;
    listening.map_err(|refusal| failed(Unanswered::Refused(refusal)))
}

/// Tells events until somebody has enough.
///
/// An event is taken only when the connection has room for it: a client that reads slowly is told the newest state of each row.
async fn tell(
    gateway: &Arc<Gateway>,
    asked: &Asked,
    mut listener: Listener,
    outlet: &Outlet,
    log: &mut EventLog,
) -> Ended {
    loop {
        tokio::select! {
            Gone = outlet.gone() => return Ended::Gone,
            () = listener.ready() => {}
        }
        let Ok(room) = outlet.room().await else {
            return Ended::Gone;
        };
        let Ok(event) = listener.next().await else {
            return Ended::Lost;
        };
        match read(gateway, asked, event).await {
            Ok(None) => {}
            Ok(Some(response)) => fill(room, response, log),
            Err(Unanswered::Refused(Refusal::Unavailable | Refusal::Busy)) => {
                listener.put_back(event);
                drop(room);
                sleep(AGAIN).await;
            }
            Err(why) => {
                return Ended::Refused(Refused::Failed(turned_away(gateway, asked, why)));
            }
        }
    }
}

fn fill(room: Room<'_>, mut response: Response, log: &mut EventLog) {
    name_request(&mut response.errors, &log.request_id());
    room.fill(Piece::Next(json(&response)));
    log.told();
}

/// Reads the event's row, in a transaction of whoever listens. Events wait for each other, so that they leave
/// connections to requests.
async fn read(
    gateway: &Arc<Gateway>,
    asked: &Asked,
    event: Event,
) -> Result<Option<Response>, Unanswered> {
    let _turn = gateway.turn().await;
    let request = again(&asked.request).data(Output::Json);
    let (database, schema) = (gateway.database(), gateway.schema());
    operation::tell(
        database,
        schema,
        &asked.identity,
        request,
        event,
        gateway.request_timeout(),
        asked.cause(),
    )
    .await
}
