//! Clients' connections, and which core each goes to.

use std::{
    convert::Infallible,
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    task::{Context, Poll},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
    time::sleep,
};

use super::{activity::Activity, core::Core};

/// How long to wait after there was no room for another connection (no file descriptor, no memory).
const FULL: Duration = Duration::from_millis(100);

/// Accepts connections for ever, and gives each to the core that has the fewest.
pub(super) async fn accept(listener: &TcpListener, cores: &[Core]) -> Infallible {
    loop {
        match listener.accept().await {
            Ok((stream, _)) => give(stream, cores),
            Err(error) if is_of_one_client(&error) => {}
            Err(error) => {
                tracing::error!(%error, "no connection can be accepted");
                sleep(FULL).await;
            }
        }
    }
}

fn give(stream: TcpStream, cores: &[Core]) {
    let given = stream.set_nodelay(true).and_then(|()| stream.into_std());
    let fewest = cores.iter().min_by_key(|core| core.connections());
    if let (Ok(stream), Some(core)) = (given, fewest) {
        core.take(stream);
    }
}

/// The client went away before it was accepted.
fn is_of_one_client(error: &io::Error) -> bool {
    use io::ErrorKind as E;
    matches!(
        error.kind(),
        E::ConnectionAborted | E::ConnectionRefused | E::ConnectionReset
    )
}

/// Counts what it is a part of, as long as that is there.
pub(super) struct Counted(Arc<AtomicUsize>);

impl Counted {
    pub(super) fn new(count: &Arc<AtomicUsize>) -> Self {
        count.fetch_add(1, Ordering::Relaxed);
        Self(Arc::clone(count))
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// A connection that was accepted for a core.
pub(super) type Given = (std::net::TcpStream, Counted);

/// A client's connection, on the core that serves it.
pub(super) struct Connection {
    stream: TcpStream,
    peer: SocketAddr,
    activity: Arc<Activity>,
    _counted: Counted,
}

impl Connection {
    /// On the runtime of the thread that calls it.
    ///
    /// # Errors
    /// When it has gone already, or the runtime can not watch it.
    pub(super) fn new((stream, counted): Given) -> io::Result<Self> {
        Ok(Self {
            peer: stream.peer_addr()?,
            stream: TcpStream::from_std(stream)?,
            activity: Arc::default(),
            _counted: counted,
        })
    }

    /// Its other end.
    pub(super) fn peer(&self) -> SocketAddr {
        self.peer
    }

    /// What happens on it.
    pub(super) fn activity(&self) -> Arc<Activity> {
        Arc::clone(&self.activity)
    }

    /// The first byte that comes, which stays to be read; none if the client hangs up.
    pub(super) async fn first_byte(&self) -> io::Result<Option<u8>> {
        let mut first = [0];
        let came = self.stream.peek(&mut first).await?;
        Ok((came > 0).then_some(first[0]))
    }

    fn note(&self, wrote: &Poll<io::Result<usize>>) {
        if matches!(wrote, Poll::Ready(Ok(1..))) {
            self.activity.wrote();
        }
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let read = Pin::new(&mut self.stream).poll_read(ctx, buffer);
        if buffer.filled().len() > before {
            self.activity.read();
        }
        read
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write(ctx, bytes);
        self.note(&wrote);
        wrote
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        parts: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let wrote = Pin::new(&mut self.stream).poll_write_vectored(ctx, parts);
        self.note(&wrote);
        wrote
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(ctx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, ctx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(ctx)
    }
}
