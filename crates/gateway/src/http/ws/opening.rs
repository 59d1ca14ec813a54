//! The beginning of a socket: who speaks on it.

use std::ops::ControlFlow;

use axum::{extract::ws::Message, http::header};
use futures::StreamExt;
use serde_json::{Map, Value};
use tokio::time::timeout;

use super::{
    close::Close,
    frames::{Receiving, Sending, close, heard, send},
    message::{self, Incoming},
};
use crate::{
    http::authenticate::{Caller, Sender, caller},
    live::Place,
    serve::Gateway,
};

/// Waits for `connection_init`, and acknowledges it.
pub(super) async fn begin(
    gateway: &Gateway,
    (sender, receiver): (&mut Sending, &mut Receiving),
    (signed_in, from): (Option<Caller>, &Sender),
    place: &mut Place,
) -> ControlFlow<Option<Close>, Caller> {
    let limits = gateway.live().limits;
    let init = initialised(sender, receiver, limits.message_bytes);
    let payload = tokio::select! {
        payload = timeout(limits.init, init) => match payload {
            Ok(payload) => payload?.unwrap_or_default(),
            Err(_) => return close(Close::init_timeout()),
        },
        () = gateway.live().closed() => return close(Close::going_away()),
    };
    let headers = message::headers(&payload);
    let named = headers.contains_key(header::AUTHORIZATION);
    let caller = match signed_in.filter(|_| !named) {
        Some(caller) => caller,
        None => match caller(gateway, &headers, from).await {
            Ok(caller) => caller,
            Err(error) => return close(Close::refused(&error)),
        },
    };
    if !place.give_to(caller.identity.tenant()) {
        return close(Close::crowded());
    }
    send(sender, Message::Text(message::acknowledged().into())).await?;
    ControlFlow::Continue(caller)
}

async fn initialised(
    sender: &mut Sending,
    receiver: &mut Receiving,
    limit: usize,
) -> ControlFlow<Option<Close>, Option<Map<String, Value>>> {
    loop {
        let Some(text) = heard(receiver.next().await, limit)? else {
            continue;
        };
        match Incoming::read(&text) {
            Err(refused) => return close(refused),
            Ok(Incoming::ConnectionInit { payload }) => return ControlFlow::Continue(payload),
            Ok(Incoming::Ping { payload }) => {
                let pong = message::pong(payload.as_ref());
                send(sender, Message::Text(pong.into())).await?;
            }
            Ok(Incoming::Subscribe { .. }) => return close(Close::unauthorized()),
            Ok(Incoming::Pong {} | Incoming::Complete { .. }) => {}
        }
    }
}
