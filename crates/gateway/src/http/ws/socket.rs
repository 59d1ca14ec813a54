//! A socket, from its upgrade to its end.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use async_graphql::parser::types::OperationType;
use axum::extract::ws::{Message, WebSocket};
use futures::{SinkExt, StreamExt};
use serde_json::{Map, Value};
use tokio::{
    sync::{mpsc, oneshot},
    time::{MissedTickBehavior, interval, timeout},
};

use super::{
    PROTOCOL,
    close::Close,
    frames::{GONE, Receiving, Sending, Step, close, heard, send},
    message::{self, Incoming},
    opening::begin,
};
use crate::{
    http::{
        Transport,
        authenticate::{Caller, Sender},
        error::HttpError,
        live::{expired, find},
        request::assemble,
    },
    live::{Asked, Opened, Operations, Outlet, Piece, Place, Refused, Serial, Tagged, perform},
    serve::Gateway,
};

/// Pieces that wait to be sent; what is behind them waits in its operation.
const PIECES: usize = 4;

/// A socket that was acknowledged.
pub(super) struct Socket {
    gateway: Arc<Gateway>,
    sender: Sending,
    caller: Caller,
    from: Sender,
    operations: Operations,
    pieces: mpsc::Sender<Tagged>,
    /// A subscription that begins: nothing is read until it listens, so a `pong` behind it says that it does.
    opening: Option<oneshot::Receiver<Opened>>,
    is_closing: bool,
}

impl Socket {
    /// Serves the socket until it ends.
    pub(super) async fn run(
        gateway: Arc<Gateway>,
        socket: WebSocket,
        (signed_in, from): (Option<Caller>, Sender),
        mut place: Place,
    ) {
        let _open = gateway.open_socket();
        let is_ours = socket
            .protocol()
            .is_some_and(|protocol| protocol == PROTOCOL);
        let (mut sender, mut receiver) = socket.split();
        let begun = match is_ours {
            false => close(Close::protocol()),
            true => {
                let speaking = (&mut sender, &mut receiver);
                begin(&gateway, speaking, (signed_in, &from), &mut place).await
            }
        };
        let ended = match begun {
            ControlFlow::Break(ended) => ended,
            ControlFlow::Continue(caller) => {
                let (pieces, outgoing) = mpsc::channel(PIECES);
                let mut socket = Self {
                    gateway,
                    sender,
                    caller,
                    from,
                    operations: Operations::default(),
                    pieces,
                    opening: None,
                    is_closing: false,
                };
                let ended = socket.serve(&mut receiver, outgoing).await;
                sender = socket.sender;
                ended
            }
        };
        if let Some(close) = ended {
            let closing = async {
                if sender.send(close.into()).await.is_ok() {
                    // The client answers with the same; until then the bytes may be under way.
                    while let Some(Ok(_)) = receiver.next().await {}
                }
            };
            let _ = timeout(CLOSING, closing).await;
        }
    }

    async fn serve(
        &mut self,
        receiver: &mut Receiving,
        mut outgoing: mpsc::Receiver<Tagged>,
    ) -> Option<Close> {
        let gateway = Arc::clone(&self.gateway);
        let caller = self.caller.clone();
        let (expired, closed) = (expired(&caller), gateway.live().closed());
        tokio::pin!(expired, closed);
        let mut keep_alive = interval(gateway.live().limits.keep_alive);
        keep_alive.set_missed_tick_behavior(MissedTickBehavior::Delay);
        keep_alive.reset();
        let mut is_silent = false;
        loop {
            let step = tokio::select! {
                Some((serial, piece)) = outgoing.recv() => self.say(serial, piece).await,
                message = receiver.next(), if self.opening.is_none() => {
                    is_silent = false;
                    self.hear(message).await
                }
                () = opened(&mut self.opening) => ControlFlow::Continue(()),
                () = &mut expired => close(Close::forbidden("the token has expired")),
                () = &mut closed, if !self.is_closing => self.wind_up().await,
                _ = keep_alive.tick() => match std::mem::replace(&mut is_silent, true) {
                    false => self.send(Message::Ping(Default::default())).await,
                    // Nothing was heard since the last one.
                    true => GONE,
                },
            };
            if let ControlFlow::Break(ended) = step {
                return ended;
            }
            if self.is_closing && self.operations.len() == 0 {
                return Some(Close::going_away());
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<Message, axum::Error>>) -> Step {
        let text = match heard(message, self.gateway.live().limits.message_bytes) {
            ControlFlow::Break(ended) => return ControlFlow::Break(ended),
            ControlFlow::Continue(None) => return ControlFlow::Continue(()),
            ControlFlow::Continue(Some(text)) => text,
        };
        match Incoming::read(&text) {
            Err(refused) => close(refused),
            Ok(Incoming::ConnectionInit { .. }) => close(Close::second_init()),
            Ok(Incoming::Ping { payload }) => self.text(message::pong(payload.as_ref())).await,
            Ok(Incoming::Pong {}) => ControlFlow::Continue(()),
            Ok(Incoming::Complete { id }) => {
                self.operations.end(&id);
                ControlFlow::Continue(())
            }
            Ok(Incoming::Subscribe { id, payload }) => self.subscribe(&id, payload).await,
        }
    }

    async fn subscribe(&mut self, id: &str, payload: Map<String, Value>) -> Step {
        if id.is_empty() {
            return close(Close::bad_message("Invalid message: `id` is empty"));
        }
        if self.operations.has(id) {
            return close(Close::already_exists(id));
        }
        let (mut request, terms) = match assemble(payload, self.gateway.trusted()) {
            Ok(assembled) => assembled,
            Err(error @ HttpError::Malformed(_)) => {
                return close(Close::bad_message(error.to_string()));
            }
            // Of a document that is not known, or not to be run.
            Err(error) => return self.refuse(id, Refused::Failed(error)).await,
        };
        let limit = self.gateway.live().limits.operations;
        if self.operations.len() >= limit {
            let errors = [resolver::live::too_many(limit)];
            return self.text(message::error(id, &errors)).await;
        }
        let caller = (&self.caller.identity, &self.from);
        match find(&self.gateway, caller, &mut request, terms).await {
            Ok(operation) => self.start(id, request, operation),
            Err(refused) => return self.refuse(id, refused).await,
        }
        ControlFlow::Continue(())
    }

    async fn refuse(&mut self, id: &str, refused: Refused) -> Step {
        match refused.into() {
            Piece::Refused(errors) => self.text(message::error(id, &errors)).await,
            Piece::Expelled(error) => close(Close::forbidden(error.to_string())),
            Piece::Next(_) | Piece::Unbegun | Piece::Complete => ControlFlow::Continue(()),
        }
    }

    fn start(
        &mut self,
        id: &str,
        request: async_graphql::Request,
        operation: resolver::operation::Operation,
    ) {
        let is_subscription = operation.kind == OperationType::Subscription;
        let serial = self.operations.serial();
        let (outlet, opened) = Outlet::new(serial, self.pieces.clone());
        let asked = Asked {
            identity: self.caller.identity.clone(),
            sender: self.from.clone(),
            request,
            operation,
            transport: Transport::WebSocket,
        };
        let running = tokio::spawn(perform(Arc::clone(&self.gateway), asked, outlet));
        let task = running.abort_handle();
        self.operations.add(serial, id, task, is_subscription);
        if is_subscription {
            self.opening = Some(opened);
        }
    }

    /// Sends a piece of an operation, unless the client has ended it.
    async fn say(&mut self, serial: Serial, piece: Piece) -> Step {
        let Some(id) = self.operations.id(serial) else {
            return ControlFlow::Continue(());
        };
        let text = match piece {
            Piece::Next(answer) => return self.text(message::next(&id, &answer)).await,
            Piece::Refused(errors) => message::error(&id, &errors),
            Piece::Unbegun | Piece::Complete => message::complete(&id),
            Piece::Expelled(error) => return close(Close::forbidden(error.to_string())),
        };
        self.operations.end(&id);
        self.text(text).await
    }

    /// Ends the subscriptions, so that the socket ends with what else there is to answer.
    async fn wind_up(&mut self) -> Step {
        self.is_closing = true;
        for id in self.operations.end_subscriptions() {
            self.text(message::complete(&id)).await?;
        }
        ControlFlow::Continue(())
    }

    async fn text(&mut self, text: String) -> Step {
        self.send(Message::Text(text.into())).await
    }

    async fn send(&mut self, message: Message) -> Step {
        send(&mut self.sender, message).await
    }
}

/// How long a client may take to answer that the socket is closed.
const CLOSING: Duration = Duration::from_secs(2);

/// Waits for a subscription that begins; for ever without one.
async fn opened(opening: &mut Option<oneshot::Receiver<Opened>>) {
    match opening {
        None => std::future::pending().await,
        Some(opened) => {
            // One that was refused says so by a piece.
            let _ = opened.await;
            *opening = None;
        }
    }
}
