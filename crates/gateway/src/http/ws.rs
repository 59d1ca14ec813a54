//! GraphQL over WebSockets: the protocol `graphql-transport-ws` of the npm package graphql-ws.
//!
//! A socket says who asks once, in `connection_init` (or by the headers of its upgrade, where the client can send
//! some), and then runs any number of operations, each in transactions of its own. It ends when its token does.

mod close;
mod frames;
mod message;
mod opening;
mod socket;

use std::sync::Arc;

use axum::{
    extract::{FromRequestParts, Request, WebSocketUpgrade},
    http::{Method, header},
    response::Response,
};

use super::{
    authenticate::{Sender, caller},
    error::HttpError,
    live::is_allowed,
    log::RequestLog,
};
use crate::serve::Gateway;
use socket::Socket;

/// The protocol's name.
const PROTOCOL: &str = "graphql-transport-ws";

/// Bytes that a socket keeps for reading and for writing; there may be thousands of them.
const BUFFER: usize = 4 << 10;

pub(super) fn is_wanted(request: &Request) -> bool {
    let upgrade = || request.headers().get(header::UPGRADE);
    request.method() == Method::GET
        && upgrade().is_some_and(|upgrade| upgrade.as_bytes().eq_ignore_ascii_case(b"websocket"))
}

/// Makes the connection a socket.
pub(super) async fn upgrade(
    gateway: &Arc<Gateway>,
    request: Request,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let (mut parts, _) = request.into_parts();
    if !is_allowed(&parts.headers, gateway.origins()) {
        return Err(HttpError::Origin);
    }
    let sender = Sender::of(gateway, &parts.extensions, &parts.headers, log.id);
    let signed_in = match parts.headers.contains_key(header::AUTHORIZATION) {
        true => Some(caller(gateway, &parts.headers, &sender).await?),
        false => None,
    };
    let place = gateway.live().place().ok_or(HttpError::Crowded)?;
    let upgrade = WebSocketUpgrade::from_request_parts(&mut parts, gateway).await;
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejection) => return Err(HttpError::Malformed(rejection.body_text())),
    };
    let limit = gateway.live().limits.message_bytes;
    let upgrade = upgrade
        .protocols([PROTOCOL])
        .max_message_size(limit)
        .max_frame_size(limit)
        .read_buffer_size(BUFFER)
        .write_buffer_size(0);
    log.identity = signed_in.as_ref().map(|caller| caller.identity.clone());
    let (gateway, sender) = (Arc::clone(gateway), sender.detached());
    Ok(upgrade.on_upgrade(move |socket| Socket::run(gateway, socket, (signed_in, sender), place)))
}
