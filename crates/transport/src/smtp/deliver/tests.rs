//! The connection breaks at an exact write, with nothing to wait for in between.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll},
};

use lettre::transport::smtp::{
    client::{AsyncSmtpConnection, AsyncTokioStream},
    extension::ClientId,
};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::*;
use crate::smtp::{Envelope, Refused};

/// Answers each command at once, and breaks at what begins so.
#[derive(Debug)]
struct Brittle {
    breaks_at: &'static [u8],
    said: Vec<u8>,
}

impl AsyncRead for Brittle {
    fn poll_read(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        buffer.put_slice(&std::mem::take(&mut self.get_mut().said));
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Brittle {
    fn poll_write(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let stream = self.get_mut();
        if bytes.starts_with(stream.breaks_at) {
            return Poll::Ready(Err(io::ErrorKind::BrokenPipe.into()));
        }
        let reply = if bytes.starts_with(b"DATA") {
            "354 x\r\n"
        } else {
            "250 x\r\n"
        };
        stream.said = reply.into();
        Poll::Ready(Ok(bytes.len()))
    }

    fn poll_flush(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }

    fn poll_shutdown(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<io::Result<()>> {
        Poll::Ready(Ok(()))
    }
}

impl AsyncTokioStream for Brittle {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        Err(io::ErrorKind::Unsupported.into())
    }
}

async fn broken_at(breaks_at: &'static [u8]) -> Result<Accepted, Refused> {
    let stream = Brittle {
        breaks_at,
        said: b"220 x\r\n".to_vec(),
    };
    let name = ClientId::Domain("x.test".to_owned());
    let smtp = AsyncSmtpConnection::connect_with_transport(Box::new(stream), &name);
    let mut connection = Connection {
        smtp: smtp.await.expect("a connection"),
        is_at_rest: true,
        is_remote: false,
    };
    let envelope = Envelope {
        from: None,
        to: vec!["a@x.test".to_owned()],
    };
    let letter = Letter::read(&envelope, b"Subject: x\r\n\r\nx\r\n").expect("a letter");
    let timeouts = Timeouts::default();
    let end = Instant::now() + timeouts.message;
    let delivered = connection.deliver(&letter, &timeouts, end).await;
    assert_eq!(connection.is_at_rest, delivered.is_ok());
    delivered
}

#[tokio::test]
async fn what_is_not_written_to_its_end_is_not_reached() {
    for (breaks_at, expected) in [
        (&b"MAIL"[..], Phase::Sender),
        (b"RCPT", Phase::Recipient("a@x.test".to_owned())),
        (b"DATA", Phase::Data),
        (b"Subject", Phase::Content),
    ] {
        let Err(Refused::NotReached { phase, .. }) = broken_at(breaks_at).await else {
            panic!("{expected:?}");
        };
        assert_eq!(phase, expected);
    }
}

/// Some of it may have gone out.
#[tokio::test]
async fn an_end_that_could_not_be_written_is_unknown() {
    let broken = broken_at(b"\r\n.\r\n").await;
    assert!(matches!(broken, Err(Refused::Unknown { .. })), "{broken:?}");
    broken_at(b"never said").await.expect("accepted");
}
