//! `GET /attachments/{token}`: the bytes of a file that was attached to a message.
//!
//! The link says in whose name the file is read, and that is how it is read: in the tenant's context, a piece at a time,
//! each in a transaction of its own, so that no connection waits for a slow client. Who is no member any more gets none.
//! What is sent was made by strangers, so a browser is to keep it, never to show it as a page of this server.

mod disposition;
mod range;

use std::{io, sync::Arc};

use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
};
use entity::id::AttachmentId;
use futures::{TryStreamExt, future::BoxFuture, stream};
use mail::link::Link;
use resolver::download;
use tenant::{Access, Identity, TenantContext};

use super::{
    answered::{respond, run},
    authenticate::Sender,
    error::HttpError,
    log::RequestLog,
    signed,
};
use crate::serve::Gateway;
use range::Range;

/// Bytes that are read at once.
const PIECE: u32 = 1 << 20;

/// What a browser may do with it.
const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (
        header::CACHE_CONTROL,
        HeaderValue::from_static("private, no-store"),
    ),
    (
        header::CONTENT_SECURITY_POLICY,
        HeaderValue::from_static("sandbox; default-src 'none'; frame-ancestors 'none'"),
    ),
    (
        header::X_CONTENT_TYPE_OPTIONS,
        HeaderValue::from_static("nosniff"),
    ),
    (
        header::REFERRER_POLICY,
        HeaderValue::from_static("no-referrer"),
    ),
    (header::ACCEPT_RANGES, HeaderValue::from_static("bytes")),
];

/// Answers with the file that the token is for.
pub(super) async fn download(
    State(gateway): State<Arc<Gateway>>,
    Path(token): Path<String>,
    request: Parts,
) -> Response {
    let mut log = RequestLog::start_at(&gateway, "/attachments", &request.method);
    let span = log.span.clone();
    let answered = run(span, answer(gateway, &token, &request, &mut log)).await;
    respond(log, answered)
}

async fn answer(
    gateway: Arc<Gateway>,
    token: &str,
    request: &Parts,
    log: &mut RequestLog,
) -> Result<Response, HttpError> {
    let sender = Sender::of(&gateway, &request.extensions, &request.headers, log.id);
    let link = signed::read(&gateway, token, &sender, HttpError::Link).await?;
    let reading = Reading::of(gateway, link)?;
    log.identity = Some(reading.identity.clone());
    log.policy = reading.gateway.spend(&reading.identity).await?;
    let id = reading.attachment;
    let file = reading.run(|context| Box::pin(download::file(context, id)));
    let file = file.await?.ok_or(HttpError::NotFound)?;
    let (status, range) = match Range::asked(&request.headers, file.size) {
        None => (StatusCode::OK, Range::whole(file.size)),
        Some(Some(range)) => (StatusCode::PARTIAL_CONTENT, range),
        Some(None) => return Ok(range::unsatisfiable(file.size)),
    };
    let mut response = (status, HEADERS, Body::from_stream(reading.pieces(range))).into_response();
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_LENGTH, range.len().into());
    headers.insert(
        header::CONTENT_TYPE,
        disposition::media_type(&file.mime_type),
    );
    headers.insert(
        header::CONTENT_DISPOSITION,
        disposition::attachment(&file.name),
    );
    if status == StatusCode::PARTIAL_CONTENT {
        headers.insert(header::CONTENT_RANGE, range.of(file.size));
    }
    Ok(response)
}

/// What is read, and in whose name.
struct Reading {
    gateway: Arc<Gateway>,
    identity: Identity,
    attachment: AttachmentId,
}

impl Reading {
    fn of(gateway: Arc<Gateway>, link: Link) -> Result<Self, HttpError> {
        let Link::Download {
            tenant,
            user,
            attachment,
        } = link
        else {
            return Err(HttpError::Link);
        };
        Ok(Self {
            gateway,
            identity: Identity::Member {
                tenant: tenant.into(),
                user: user.into(),
            },
            attachment: attachment.into(),
        })
    }

    /// Asks something in a transaction of its own.
    async fn run<T, E: std::error::Error>(
        &self,
        ask: impl for<'c> FnOnce(&'c TenantContext) -> BoxFuture<'c, Result<T, E>>,
    ) -> Result<T, HttpError> {
        let database = self.gateway.database();
        let context = database.context(self.identity.clone(), Access::Read);
        let found = ask(&context).await;
        // It only read; to end that fails nobody.
        let _ = context.finish(false).await;
        if let Some(refusal) = context.refusal() {
            return Err(HttpError::refused(refusal, &self.identity));
        }
        found.map_err(|error| {
            tracing::error!(%error, "an attachment can not be read");
            HttpError::Internal
        })
    }

    /// The bytes, which are read when the client takes them.
    fn pieces(self, range: Range) -> impl futures::Stream<Item = io::Result<Vec<u8>>> {
        stream::try_unfold((self, range), |(reading, range)| async move {
            if range.is_empty() {
                return Ok(None);
            }
            let (piece, rest) = range.split(u64::from(PIECE));
            let bytes = reading.piece(piece).await?;
            Ok(Some((bytes, (reading, rest))))
        })
        .map_err(|error: HttpError| io::Error::other(error.to_string()))
    }

    async fn piece(&self, range: Range) -> Result<Vec<u8>, HttpError> {
        let id = self.attachment;
        let length = u32::try_from(range.len()).unwrap_or(PIECE);
        let piece = self.run(|context| Box::pin(download::piece(context, id, range.start, length)));
        let bytes = piece.await?.ok_or(HttpError::NotFound)?;
        // Fewer would leave the client waiting for the length that it was told.
        match bytes.len() as u64 == range.len() {
            true => Ok(bytes),
            false => Err(HttpError::Internal),
        }
    }
}
