//! Sockets on this machine.

use std::{
    io::{self, ErrorKind, Read, Write},
    net::Shutdown,
    os::unix::net::UnixStream,
    path::Path,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::{
    io::{AsyncRead, AsyncWrite, BufReader, Interest, ReadBuf, unix::AsyncFd},
    runtime::Handle,
};

/// What is read at once: PostgreSQL writes eight kilobytes at a time.
const READ: usize = 32 * 1024;

/// A Unix socket that is waited for to be read only, unless a write has found no room.
///
/// tokio's own waits for both. Of a Unix socket Linux tells its sender whenever the other side has taken a message
/// (`unix_write_space` in its `net/unix/af_unix.c`), so that each message would wake the core that wrote it, for
/// nothing.
pub(super) struct LocalSocket {
    socket: AsyncFd<UnixStream>,
    /// The same while there was no room to write.
    full: Option<AsyncFd<UnixStream>>,
    /// Where both are waited for.
    runtime: Handle,
}

impl LocalSocket {
    /// Connects to the socket at a path.
    ///
    /// # Errors
    /// When nobody listens there, or it may not be opened.
    ///
    /// # Panics
    /// Outside of a runtime.
    pub(super) async fn connect(path: &Path) -> io::Result<BufReader<Self>> {
        let socket = tokio::net::UnixStream::connect(path).await?.into_std()?;
        let socket = Self {
            socket: waited_for(socket, Interest::READABLE)?,
            full: None,
            runtime: Handle::current(),
        };
        Ok(BufReader::with_capacity(READ, socket))
    }

    /// The same socket, waited for until there is room.
    fn until_room(&mut self) -> io::Result<&mut AsyncFd<UnixStream>> {
        if self.full.is_none() {
            let same = self.socket.get_ref().try_clone()?;
            // Whoever writes may be outside of the runtime: a connection that is given back is polled once.
            let _runtime = self.runtime.enter();
            self.full = Some(waited_for(same, Interest::WRITABLE)?);
        }
        Ok(self.full.as_mut().expect("made above"))
    }
}

/// A socket that this runtime waits for.
#[expect(
    deprecated,
    reason = "what came in its place is unsafe, and has its caller promise what holds of the standard library's \
              sockets: that they keep their descriptor until they are dropped"
)]
fn waited_for(socket: UnixStream, interest: Interest) -> io::Result<AsyncFd<UnixStream>> {
    AsyncFd::with_interest(socket, interest)
}

impl AsyncRead for LocalSocket {
    fn poll_read(
        self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        loop {
            let mut ready = ready!(self.socket.poll_read_ready(ctx))?;
            // After a long row the driver's buffer stays long, and would be cleared as a whole for each short answer.
            let wanted = buffer.remaining().min(READ);
            let room = buffer.initialize_unfilled_to(wanted);
            match ready.get_inner().read(room) {
                Ok(read) => {
                    // Less than there was room for is all that was there: the next look would find nothing.
                    if 0 < read && read < wanted {
                        ready.clear_ready();
                    }
                    buffer.advance(read);
                    return Poll::Ready(Ok(()));
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => ready.clear_ready(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => return Poll::Ready(Err(error)),
            }
        }
    }
}

impl AsyncWrite for LocalSocket {
    fn poll_write(
        mut self: Pin<&mut Self>,
        ctx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        loop {
            match self.socket.get_ref().write(bytes) {
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    ready!(self.until_room()?.poll_write_ready(ctx))?.clear_ready();
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                written => {
                    self.full = None;
                    return Poll::Ready(written);
                }
            }
        }
    }

    /// What was written is on its way.
    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(self.socket.get_ref().shutdown(Shutdown::Write))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::UnixListener,
        time::timeout,
    };

    use super::{LocalSocket, READ};

    /// More than a socket's two buffers hold.
    const MUCH: usize = 4 * 1024 * 1024;
    const PATIENCE: Duration = Duration::from_secs(60);

    fn bytes() -> Vec<u8> {
        (0..MUCH).map(|at| (at % 251) as u8).collect()
    }

    /// Writes more than there is room for to somebody who reads it late, and reads it back.
    #[tokio::test]
    async fn all_of_it_arrives_in_order_both_ways() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).expect("a listener");
        let echo = tokio::spawn(async move {
            let (mut other, _) = listener.accept().await.expect("a client");
            tokio::time::sleep(Duration::from_millis(50)).await;
            let mut all = vec![0; MUCH];
            other.read_exact(&mut all).await.expect("all of it");
            other.write_all(&all).await.expect("an echo");
        });
        let mut socket = LocalSocket::connect(&path).await.expect("a connection");
        let there = async {
            socket.write_all(&bytes()).await.expect("written");
            assert!(
                socket.get_ref().full.is_none(),
                "room is waited for no longer"
            );
            let mut back = Vec::new();
            socket
                .read_to_end(&mut back)
                .await
                .expect("read to its end");
            back
        };
        let back = timeout(PATIENCE, there).await.expect("it goes on");
        assert!(back == bytes(), "{} bytes", back.len());
        echo.await.expect("the other side");
    }

    /// What is as long as what is read at once may be all, or not.
    #[tokio::test]
    async fn a_full_read_is_not_taken_for_the_last() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("socket");
        let listener = UnixListener::bind(&path).expect("a listener");
        let mut socket = LocalSocket::connect(&path).await.expect("a connection");
        let (mut other, _) = listener.accept().await.expect("a client");
        // All is there before the first read, so that the kernel tells of it once.
        let all = &bytes()[..3 * READ];
        other.write_all(all).await.expect("written");
        let mut read = vec![0; READ];
        for part in all.chunks(READ) {
            let all = timeout(PATIENCE, socket.read_exact(&mut read));
            all.await.expect("it goes on").expect("as much");
            assert!(read == part);
        }
    }

    #[tokio::test]
    async fn nobody_listens() {
        let folder = tempfile::tempdir().expect("a folder");
        let missing = LocalSocket::connect(&folder.path().join("missing")).await;
        let kind = missing.map(drop).map_err(|error| error.kind());
        assert_eq!(kind, Err(std::io::ErrorKind::NotFound));
    }
}
