//! A connection on which no answer is larger than what is asked for.

use std::{
    io,
    pin::Pin,
    task::{Context, Poll, ready},
};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use super::framing::Framing;
use crate::dial::Stream;

/// The most bytes in the literals of an answer where no message is asked for, as while one waits.
pub(super) const FEW: usize = 64 * 1024;

#[derive(Debug)]
pub(super) struct Bounded {
    pub stream: Stream,
    /// The most bytes in the literals of one answer.
    pub most: usize,
    framing: Framing,
}

impl Bounded {
    pub(super) fn new(stream: Stream) -> Self {
        Self {
            stream,
            most: FEW,
            framing: Framing::default(),
        }
    }
}

impl AsyncRead for Bounded {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let bounded = self.get_mut();
        let before = buffer.filled().len();
        ready!(Pin::new(&mut bounded.stream).poll_read(context, buffer))?;
        let heard = &buffer.filled()[before..];
        Poll::Ready(bounded.framing.follow(heard, bounded.most))
    }
}

impl AsyncWrite for Bounded {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.get_mut().stream).poll_write(context, bytes)
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().stream).poll_shutdown(context)
    }
}
