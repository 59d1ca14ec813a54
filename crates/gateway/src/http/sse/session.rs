//! A stream that many operations share, from its reservation to its end.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use async_graphql::{Request, parser::types::OperationType};
use resolver::operation::Operation;
use tokio::{
    sync::{mpsc, oneshot},
    time::{Instant, interval_at, sleep},
};

use super::{event, reservations::Kept};
use crate::{
    auth::TokenError,
    http::{
        HttpError, Transport,
        authenticate::{Caller, Sender},
        live::expired,
    },
    live::{Asked, Opened, Operations, Outlet, Piece, Place, Serial, Tagged, perform},
    serve::Gateway,
};

/// How long a reservation waits for its stream.
const RESERVED: Duration = Duration::from_secs(30);

/// What another request wants of the stream.
pub(super) enum Order {
    /// To run an operation. How it began is told.
    Perform {
        id: String,
        wanted: Box<(Request, Operation)>,
        begun: oneshot::Sender<Begun>,
    },
    /// To end an operation.
    End { id: String },
    /// The stream was opened.
    Open,
}

/// How an operation began.
pub(super) enum Begun {
    Soon(oneshot::Receiver<Opened>),
    /// There is one with its id.
    Twice,
    /// There are as many as there may be.
    TooMany(usize),
}

pub(super) struct Session {
    gateway: Arc<Gateway>,
    caller: Caller,
    sender: Sender,
    operations: Operations,
    pieces: mpsc::Sender<Tagged>,
    events: mpsc::Sender<String>,
    is_closing: bool,
}

type Step = ControlFlow<()>;

impl Session {
    pub(super) async fn run(
        gateway: Arc<Gateway>,
        (caller, sender): (Caller, Sender),
        orders: mpsc::Receiver<Order>,
        events: mpsc::Sender<String>,
        held: (Kept, Place),
    ) {
        let (pieces, outgoing) = mpsc::channel(event::EVENTS);
        let mut session = Self {
            gateway,
            caller,
            sender,
            operations: Operations::default(),
            pieces,
            events,
            is_closing: false,
        };
        session.serve(orders, outgoing).await;
        // What is under way can not be ordered any more.
        drop(held);
    }

    async fn serve(
        &mut self,
        mut orders: mpsc::Receiver<Order>,
        mut outgoing: mpsc::Receiver<Tagged>,
    ) {
        let (gateway, events) = (Arc::clone(&self.gateway), self.events.clone());
        let caller = self.caller.clone();
        let (expired, closed) = (expired(&caller), gateway.live().closed());
        let unopened = sleep(RESERVED);
        tokio::pin!(expired, closed, unopened);
        let mut is_open = false;
        let mut keep_alive = interval_at(Instant::now(), gateway.live().limits.keep_alive);
        loop {
            let step = tokio::select! {
                // An operation has ended before another one has its id.
                biased;
                Some((serial, piece)) = outgoing.recv() => self.say(serial, piece).await,
                order = orders.recv() => match order {
                    Some(Order::Open) => { is_open = true; ControlFlow::Continue(()) }
                    Some(order) => self.obey(order).await,
                    None => ControlFlow::Break(()),
                },
                () = &mut expired => self.end_expired().await,
                () = &mut closed, if !self.is_closing => self.wind_up().await,
                () = &mut unopened, if !is_open => ControlFlow::Break(()),
                () = events.closed() => ControlFlow::Break(()),
                _ = keep_alive.tick(), if is_open => self.send(event::COMMENT.to_owned()).await,
            };
            if step.is_break() || (self.is_closing && self.operations.len() == 0) {
                return;
            }
        }
    }

    async fn obey(&mut self, order: Order) -> Step {
        match order {
            Order::Perform { id, wanted, begun } => {
                // Whoever ordered it may be gone.
                let _ = begun.send(self.perform(&id, *wanted));
                ControlFlow::Continue(())
            }
            Order::End { id } if self.operations.has(&id) => {
                self.operations.end(&id);
                self.send(event::complete(Some(&id))).await
            }
            Order::End { .. } | Order::Open => ControlFlow::Continue(()),
        }
    }

    fn perform(&mut self, id: &str, (request, operation): (Request, Operation)) -> Begun {
        if self.operations.has(id) {
            return Begun::Twice;
        }
        let limit = self.gateway.live().limits.operations;
        if self.operations.len() >= limit {
            return Begun::TooMany(limit);
        }
        let is_subscription = operation.kind == OperationType::Subscription;
        let serial = self.operations.serial();
        let (outlet, opened) = Outlet::new(serial, self.pieces.clone());
        let asked = Asked {
            identity: self.caller.identity.clone(),
            sender: self.sender.clone(),
            request,
            operation,
            transport: Transport::SharedStream,
        };
        let performing = perform(
            Arc::clone(&self.gateway),
            asked,
            outlet.refusing_to_opener(),
        );
        let task = tokio::spawn(performing).abort_handle();
        self.operations.add(serial, id, task, is_subscription);
        Begun::Soon(opened)
    }

    /// Sends a piece of an operation, unless that was ended.
    async fn say(&mut self, serial: Serial, piece: Piece) -> Step {
        let Some(id) = self.operations.id(serial) else {
            return ControlFlow::Continue(());
        };
        let (errors, is_expelled) = match piece {
            Piece::Next(answer) => return self.send(event::next(Some(&id), &answer)).await,
            Piece::Unbegun => {
                self.operations.end(&id);
                return ControlFlow::Continue(());
            }
            Piece::Refused(errors) => (errors, false),
            Piece::Complete => (Vec::new(), false),
            Piece::Expelled(error) => (vec![error.into()], true),
        };
        if !errors.is_empty() {
            self.send(event::errors(Some(&id), errors)).await?;
        }
        self.operations.end(&id);
        self.send(event::complete(Some(&id))).await?;
        match is_expelled {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    async fn end_expired(&mut self) -> Step {
        for id in self.operations.end_subscriptions() {
            let expired = HttpError::Unauthenticated(TokenError::Expired);
            self.send(event::errors(Some(&id), vec![expired.into()]))
                .await?;
            self.send(event::complete(Some(&id))).await?;
        }
        ControlFlow::Break(())
    }

    /// Ends the subscriptions, so that the stream ends with what else there is to answer.
    async fn wind_up(&mut self) -> Step {
        self.is_closing = true;
        for id in self.operations.end_subscriptions() {
            self.send(event::complete(Some(&id))).await?;
        }
        ControlFlow::Continue(())
    }

    async fn send(&mut self, event: String) -> Step {
        match self.events.send(event).await {
            Ok(()) => ControlFlow::Continue(()),
            Err(_) => ControlFlow::Break(()),
        }
    }
}
