//! One client's connection, from its first byte to its last: HTTP/1.1 or HTTP/2, whichever it begins with, inside TLS where
//! there is a certificate.

use std::{net::SocketAddr, pin::pin, sync::Arc};

use axum::{Router, extract::Request, http::Version};
use futures::FutureExt;
use hyper::{body::Incoming, service::Service};
use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    sync::watch,
    time::timeout,
};
use tokio_rustls::TlsAcceptor;

use super::{
    accept::Connection,
    activity::{Activity, Patience},
    tls,
};
use crate::http::Peer;

/// Requests that a client may have under way at once on a connection of HTTP/2.
const STREAMS: u32 = 100;
/// Bytes of a request's head: of HTTP/2 after it was unpacked, of HTTP/1.1 as it comes.
const HEAD: u32 = 64 << 10;

/// What serves the connections of a core.
#[derive(Clone)]
pub(super) struct Serving {
    service: TowerToHyperService<Router>,
    http: Builder<TokioExecutor>,
    tls: Option<TlsAcceptor>,
    patience: Patience,
}

impl Serving {
    pub(super) fn new(router: Router, tls: Option<TlsAcceptor>, patience: Patience) -> Self {
        let mut http = Builder::new(TokioExecutor::new());
        http.http1().max_buf_size(HEAD as usize);
        http.http2()
            .max_concurrent_streams(STREAMS)
            // Sockets are not offered as streams of it (RFC 8441), so browsers make them connections of HTTP/1.1.
            .max_header_list_size(HEAD);
        Self {
            // All of the state is in it by now, so that each route is made once, and not for each request.
            service: TowerToHyperService::new(router.with_state(())),
            http,
            tls,
            patience,
        }
    }

    /// Serves a connection until it ends: closed by the client, at its time's end, or after the requests in flight
    /// once `drained` says so. What was upgraded goes on by itself.
    pub(super) async fn serve(self, connection: Connection, mut drained: watch::Receiver<bool>) {
        let (activity, address) = (connection.activity(), connection.peer());
        tracing::trace!(%address, "a client has connected");
        let Some(tls) = &self.tls else {
            return self.speak(connection, activity, address, drained).await;
        };
        let accepted = tokio::select! {
            accepted = timeout(self.patience.head, tls::accept(tls, connection)) => accepted,
            () = ending(&mut drained) => return,
        };
        match accepted {
            // In a box, so that connections without TLS do not carry its room.
            Ok(Ok(stream)) => Box::pin(self.speak(stream, activity, address, drained)).await,
            Ok(Err(error)) => {
                tracing::debug!(%address, %error, "a client does not speak TLS as it is spoken here")
            }
            Err(_) => tracing::debug!(%address, "a client was waited for too long"),
        }
    }

    /// HTTP.
    async fn speak(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        activity: Arc<Activity>,
        address: SocketAddr,
        mut drained: watch::Receiver<bool>,
    ) {
        let peer = Peer(address);
        let noted = Arc::clone(&activity);
        let service = hyper::service::service_fn(move |request: hyper::Request<Incoming>| {
            let mut request: Request = request.map(axum::body::Body::new);
            request.extensions_mut().insert(peer);
            let in_flight = noted.begin(request.version() == Version::HTTP_2);
            self.service.call(request).map(move |answer| {
                drop(in_flight);
                answer
            })
        });
        let io = TokioIo::new(stream);
        let mut served = pin!(self.http.serve_connection_with_upgrades(io, service));
        let mut overdue = pin!(activity.overdue(self.patience));
        let mut ending = pin!(ending(&mut drained).fuse());
        loop {
            tokio::select! {
                // How a client's connection ends is its own affair.
                _ = &mut served => return tracing::trace!(%address, "a client's connection has ended"),
                () = &mut overdue => return tracing::debug!(%address, "a client was waited for too long"),
                () = &mut ending => served.as_mut().graceful_shutdown(),
            }
        }
    }
}

/// Completes when no new request is to begin.
async fn ending(drained: &mut watch::Receiver<bool>) {
    // Nobody is there to say so any more once the core ends.
    let _ = drained.wait_for(|drained| *drained).await;
}
