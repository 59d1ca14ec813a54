//! Connections to servers, in clear and behind TLS.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use rustls::{
    ClientConfig, RootCertStore,
    crypto::aws_lc_rs,
    pki_types::{CertificateDer, ServerName, pem::PemObject},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpSocket, TcpStream, lookup_host},
    time::timeout,
};
use tokio_rustls::{TlsConnector, client::TlsStream};

use crate::{NoAddress, Server};

/// Addresses of one server that are tried; RFC 5321, section 5.1, wants two at least.
const TRIED: usize = 4;

/// Why nothing is connected.
#[derive(Debug)]
pub(crate) enum Undialled {
    Io(io::Error),
    NoAddress(NoAddress),
}

/// Connects to the first address that answers; each has `patience` to.
pub(crate) async fn tcp(server: &Server, patience: Duration) -> Result<TcpStream, Undialled> {
    let mut last = io::Error::new(io::ErrorKind::NotFound, "the name has no usable address");
    let found = lookup_host((server.host.as_str(), server.port));
    for address in addresses(server, found).await? {
        let from = server.local_address;
        if from.is_some_and(|from| from.is_ipv4() != address.is_ipv4()) {
            continue;
        }
        match timeout(patience, connect(server, address)).await {
            Ok(Ok(stream)) => return Ok(stream),
            Ok(Err(error)) => last = error,
            Err(_) => last = io::ErrorKind::TimedOut.into(),
        }
    }
    Err(Undialled::Io(last))
}

/// Where the server is and may be. Looked up once: what is connected to is what was looked at, whatever the name means a
/// moment later (DNS rebinding).
async fn addresses<F: Iterator<Item = SocketAddr>>(
    server: &Server,
    found: impl Future<Output = io::Result<F>>,
) -> Result<Vec<SocketAddr>, Undialled> {
    let found = found.await;
    let Some(networks) = &server.networks else {
        return Ok(found.map_err(Undialled::Io)?.take(TRIED).collect());
    };
    let found = found.map(Vec::from_iter);
    let each = found.iter().flatten().copied();
    let admitted = each.filter(|address| networks.admit(*address));
    let admitted: Vec<_> = admitted.take(TRIED).collect();
    if admitted.is_empty() {
        // Whoever has named it is not told why.
        let (host, port) = (&server.host, server.port);
        tracing::warn!(host, port, ?found, "a mail server is not connected to");
        return Err(Undialled::NoAddress(NoAddress));
    }
    Ok(admitted)
}

async fn connect(server: &Server, address: SocketAddr) -> io::Result<TcpStream> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    if let Some(from) = server.local_address {
        socket.bind(SocketAddr::new(from, 0))?;
    }
    let stream = socket.connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Trusts whom browsers trust, and the server's own authority.
pub(crate) fn trust(server: &Server) -> io::Result<Arc<ClientConfig>> {
    let mut roots = RootCertStore::empty();
    roots.extend(webpki_roots::TLS_SERVER_ROOTS.iter().cloned());
    let own = server.authority.as_deref().unwrap_or_default();
    for certificate in CertificateDer::pem_slice_iter(own.as_bytes()) {
        let certificate = certificate.map_err(io::Error::other)?;
        roots.add(certificate).map_err(io::Error::other)?;
    }
    let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots)
        .with_no_client_auth();
    Ok(Arc::new(config))
}

/// Begins TLS with the server that the certificate has to be for.
pub(crate) async fn encrypt(
    stream: TcpStream,
    server: &Server,
    config: Arc<ClientConfig>,
) -> io::Result<Stream> {
    let name = ServerName::try_from(server.host.clone()).map_err(io::Error::other)?;
    let stream = TlsConnector::from(config).connect(name, stream).await?;
    Ok(Stream::Tls(Box::new(stream)))
}

/// A connection, of whichever kind.
#[derive(Debug)]
pub(crate) enum Stream {
    Plain(TcpStream),
    Tls(Box<TlsStream<TcpStream>>),
}

impl Stream {
    pub(crate) fn tcp(&self) -> &TcpStream {
        match self {
            Self::Plain(stream) => stream,
            Self::Tls(stream) => stream.get_ref().0,
        }
    }

    /// Whether it leaves this machine.
    pub(crate) fn is_remote(&self) -> bool {
        let peer = self.tcp().peer_addr();
        !peer.is_ok_and(|peer| peer.ip().to_canonical().is_loopback())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Tls(stream) => Pin::new(stream).poll_read(context, buffer),
        }
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Tls(stream) => Pin::new(stream).poll_write(context, bytes),
        }
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_flush(context),
            Self::Tls(stream) => Pin::new(stream).poll_flush(context),
        }
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match self.get_mut() {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Tls(stream) => Pin::new(stream).poll_shutdown(context),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Networks, Security};

    /// By another look the name would mean this machine.
    #[tokio::test]
    async fn what_was_looked_at_is_connected_to_whatever_the_name_means_later() {
        let mut server = Server::new("localhost", 25, Security::None);
        server.networks = Some(Networks::default());
        let found = ["1.1.1.1:25", "127.0.0.1:25", "1.1.1.1:80"];
        let found = found.map(|address| address.parse().expect("an address"));
        let looked_up = std::future::ready(Ok(found.into_iter()));
        let addresses = addresses(&server, looked_up).await;
        assert_eq!(addresses.expect("one that may be"), [found[0]]);
    }
}
