//! A connection on which each command has one reply, of ASCII.
//!
//! lettre reads replies through a buffer, and takes what is left in it for the reply to the next command: a
//! server that says one thing too many would have accepted a message before its end was sent. A reply
//! with a byte that is not UTF-8 is a broken connection to it, whatever the code says. And it looks how long a
//! line is when the line has ended.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    task::{Context, Poll, ready},
};

use lettre::transport::smtp::client::AsyncTokioStream;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::dial::Stream;

/// The longest line, in bytes: about twice what RFC 5321, section 4.5.3.1.5, lets a server say.
const MAX_LINE: usize = 1000;
/// The longest reply, in bytes.
const MAX_REPLY: usize = 64 * 1024;

const UNASKED: &str = "the server has said more than it was asked";
const LONG_LINE: &str = "the server says a line of more than 1000 bytes";
const LONG_REPLY: &str = "the server says more than 64 KiB at once";

#[derive(Debug)]
pub(super) struct Replies {
    stream: Stream,
    /// What is heard before the server says anything.
    prelude: &'static [u8],
    reply: Reply,
}

/// A reply, as far as it has come.
#[derive(Debug, Default)]
pub(super) struct Reply {
    /// Where in its line the next byte stands.
    column: usize,
    has_more_lines: bool,
    /// Its bytes.
    length: usize,
    pub is_whole: bool,
    /// What is said against it.
    fault: Option<&'static str>,
}

impl Replies {
    /// Lets `prelude`, a reply or nothing, be heard first.
    pub(super) fn new(stream: Stream, prelude: &'static [u8]) -> Self {
        Self {
            stream,
            prelude,
            reply: Reply::default(),
        }
    }
}

impl Reply {
    /// Hears bytes, and makes ASCII of them.
    ///
    /// # Errors
    /// If there are more than those of one reply, or than a reply may have.
    pub(super) fn hear(&mut self, bytes: &mut [u8]) -> io::Result<()> {
        for byte in bytes {
            if self.is_whole {
                self.fault = Some(UNASKED);
            }
            self.length += 1;
            // RFC 5321, section 4.2.1: a hyphen stands behind the code of all lines but the last.
            match *byte {
                b'\n' => {
                    self.is_whole = !self.has_more_lines;
                    self.has_more_lines = false;
                    self.column = 0;
                    continue;
                }
                b'-' if self.column == 3 => self.has_more_lines = true,
                0x80.. => *byte = b'?',
                _ => {}
            }
            self.column += 1;
            if self.column > MAX_LINE {
                self.fault = self.fault.or(Some(LONG_LINE));
            }
        }
        if self.length > MAX_REPLY {
            self.fault = self.fault.or(Some(LONG_REPLY));
        }
        self.check()
    }

    fn check(&self) -> io::Result<()> {
        match self.fault {
            Some(fault) => Err(io::Error::new(io::ErrorKind::InvalidData, fault)),
            None => Ok(()),
        }
    }
}

impl AsyncRead for Replies {
    fn poll_read(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let replies = self.get_mut();
        if !replies.prelude.is_empty() {
            let (now, later) = replies
                .prelude
                .split_at(replies.prelude.len().min(buffer.remaining()));
            buffer.put_slice(now);
            replies.prelude = later;
            return Poll::Ready(Ok(()));
        }
        let before = buffer.filled().len();
        ready!(Pin::new(&mut replies.stream).poll_read(context, buffer))?;
        Poll::Ready(replies.reply.hear(&mut buffer.filled_mut()[before..]))
    }
}

impl AsyncWrite for Replies {
    fn poll_write(
        self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let replies = self.get_mut();
        // Not even a good-bye, whose reply would be waited for.
        replies.reply.check()?;
        let written = ready!(Pin::new(&mut replies.stream).poll_write(context, bytes))?;
        if replies.reply.is_whole {
            replies.reply = Reply::default();
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

impl AsyncTokioStream for Replies {
    fn peer_addr(&self) -> io::Result<SocketAddr> {
        self.stream.tcp().peer_addr()
    }
}

#[cfg(test)]
mod tests {
    use super::{LONG_LINE, LONG_REPLY, MAX_LINE, MAX_REPLY, Reply};

    #[test]
    fn one_reply_is_heard() {
        for (pieces, is_whole, is_more) in [
            (&["220 go\r\n"][..], true, false),
            (&["250-a-b\r\n250", " b-\r", "\n"], true, false),
            (&["250-a\r\n"], false, false),
            (&["220 go\r\n250 injected\r\n"], true, true),
            (&["220 go\r\n", "2"], true, true),
            (&["250\r\n"], true, false),
            (&["25"], false, false),
        ] {
            let mut reply = Reply::default();
            let heard = pieces.iter().all(|piece| {
                let mut bytes = piece.as_bytes().to_vec();
                reply.hear(&mut bytes).is_ok()
            });
            assert_eq!((reply.is_whole, !heard), (is_whole, is_more), "{pieces:?}");
        }
    }

    #[test]
    fn a_reply_has_an_end() {
        let long_line = [b'2'; MAX_LINE + 1];
        let line = format!("250-{}\r\n", "x".repeat(MAX_LINE - 100));
        let long_reply = line.repeat(MAX_REPLY / line.len() + 1);
        for (said, fault) in [
            (&long_line[..], LONG_LINE),
            (long_reply.as_bytes(), LONG_REPLY),
        ] {
            let mut reply = Reply::default();
            let mut heard = said
                .chunks(100)
                .map(|piece| reply.hear(&mut piece.to_vec()));
            let error = heard.find_map(Result::err).expect("an error");
            assert_eq!(error.to_string(), fault);
        }
        for said in [&long_line[1..], &long_reply.as_bytes()[line.len()..]] {
            let heard = Reply::default().hear(&mut said.to_vec());
            heard.expect("the beginning of a reply");
        }
    }

    #[test]
    fn a_reply_is_made_ascii() {
        let mut bytes = b"550 gr\xfc\xdfe\r\n".to_vec();
        Reply::default().hear(&mut bytes).expect("one reply");
        assert_eq!(bytes, b"550 gr??e\r\n");
    }
}
