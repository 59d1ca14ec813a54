//! Refuses what a server says unasked, as long as it is heard in clear.
//!
//! lettre reads replies through a buffer that it keeps when TLS begins: what somebody on the way has put
//! behind the answer to STARTTLS would pass for what the server says behind TLS
//! (<https://nostarttls.secvuln.info>). A command has one reply, so what comes after it is an error.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::dial::Stream;

#[derive(Debug)]
pub(super) struct Guard {
    stream: Stream,
    /// `None` once it is not heard in clear any more.
    hearing: Option<Hearing>,
}

/// A reply, as far as it has come.
#[derive(Debug, Default)]
struct Hearing {
    line: Vec<u8>,
    is_whole: bool,
    /// TLS begins behind this reply.
    is_last: bool,
    /// More has come than the reply; nothing is said any more, no good-bye either.
    is_spoiled: bool,
}

impl Guard {
    pub(super) fn new(stream: Stream) -> Self {
        let hearing = matches!(stream, Stream::Plain(_)).then(Hearing::default);
        Self { stream, hearing }
    }
}

impl Hearing {
    /// Hears bytes of a reply; false if there are more than its own.
    fn hear(&mut self, bytes: &[u8]) -> bool {
        for &byte in bytes {
            if self.is_whole {
                self.is_spoiled = true;
                return false;
            }
            self.line.push(byte);
            if byte == b'\n' {
                // RFC 5321, section 4.2.1: a hyphen stands behind the code of all lines but the last.
                self.is_whole = self.line.get(3) != Some(&b'-');
                self.line.clear();
            }
        }
        true
    }
}

fn unasked() -> io::Error {
    let unasked = "the server has said more than it was asked";
    io::Error::new(io::ErrorKind::InvalidData, unasked)
}

impl AsyncRead for Guard {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let guard = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut guard.stream).poll_read(context, buffer))?;
        if let Some(hearing) = &mut guard.hearing {
            if !hearing.hear(&buffer.filled()[before..]) {
                return Poll::Ready(Err(unasked()));
            }
            if hearing.is_whole && hearing.is_last {
                guard.hearing = None;
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Guard {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let guard = self.get_mut();
        if guard
            .hearing
            .as_ref()
            .is_some_and(|hearing| hearing.is_spoiled)
        {
            return Poll::Ready(Err(unasked()));
        }
        let written = ready!(Pin::new(&mut guard.stream).poll_write(context, bytes))?;
        if let Some(hearing) = &mut guard.hearing {
            *hearing = Hearing {
                is_last: bytes.starts_with(b"STARTTLS"),
                ..Hearing::default()
            };
        }
        Poll::Ready(Ok(written))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}

impl AsyncTokioStream for Guard {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::Hearing;

    #[test]
    fn one_reply_is_heard() {
        for (pieces, whole, more) in [
            (&["220 go\r\n"][..], true, false),
            (&["250-a\r\n250", " b\r", "\n"], true, false),
            (&["250-a\r\n"], false, false),
            (&["220 go\r\n250 injected\r\n"], true, true),
            (&["220 go\r\n", "2"], true, true),
            (&["250\r\n"], true, false),
        ] {
            let mut hearing = Hearing::default();
            let heard = pieces.iter().all(|piece| hearing.hear(piece.as_bytes()));
            assert_eq!((hearing.is_whole, !heard), (whole, more), "{pieces:?}");
        }
    }
}
