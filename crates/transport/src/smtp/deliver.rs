//! One message on a connection: from `MAIL` to the answer to its last dot.

use std::{pin::pin, slice::Chunks};

use lettre::transport::smtp::{
    self,
    commands::{Data, Mail, Rcpt},
    extension::{Extension, MailBodyParameter, MailParameter},
    response::{Response, Severity},
};
use tokio::{
    sync::oneshot,
    time::{Instant, sleep, timeout},
};

use super::{
    Accepted, Cause, Phase, Refused, Timeouts, Unfit,
    connection::{Connection, timed_out},
    letter::Letter,
};
use crate::excerpt::excerpt;

/// Bytes that are written at once; between two pieces nothing is kept back.
const PIECE: usize = 32 * 1024;

impl Connection {
    /// Sends the message, to its last dot until then, and leaves the connection fit for the next one or marked as unfit.
    pub(super) async fn deliver(
        &mut self,
        letter: &Letter<'_>,
        timeouts: &Timeouts,
        end: Instant,
    ) -> Result<Accepted, Refused> {
        // So it stays if nobody waits for this any more.
        self.is_at_rest = false;
        let delivered = self.converse(letter, timeouts, end).await;
        self.is_at_rest = match &delivered {
            Ok(_) => true,
            Err(Refused::Unfit(_)) => true,
            Err(refused) => refused.leaves_connection() && self.reset(timeouts).await,
        };
        delivered
    }

    async fn converse(
        &mut self,
        letter: &Letter<'_>,
        timeouts: &Timeouts,
        end: Instant,
    ) -> Result<Accepted, Refused> {
        let left = || timeouts.until(end);
        let parameters = self.parameters(letter)?;
        let mail = Mail::new(letter.from.clone(), parameters);
        self.ask(mail, Phase::Sender, &left()).await?;
        for to in &letter.to {
            let phase = Phase::Recipient(to.to_string());
            let recipient = Rcpt::new(to.clone(), Vec::new());
            self.ask(recipient, phase, &left()).await?;
        }
        let go_ahead = self.ask(Data, Phase::Data, &left()).await?;
        if go_ahead.code().severity != Severity::PositiveIntermediate {
            let unexpected = std::io::Error::other(text(&go_ahead));
            return Err(Refused::not_reached(Phase::Data, unexpected));
        }
        let answer = self.content(letter.bytes, &left()).await?;
        match answer.code().severity {
            Severity::PositiveCompletion => Ok(Accepted {
                response: text(&answer),
            }),
            _ => Err(Refused::Unknown {
                cause: std::io::Error::other(text(&answer)).into(),
            }),
        }
    }

    /// What the server has to know of the message, if it is to have it and can.
    fn parameters(&self, letter: &Letter<'_>) -> Result<Vec<MailParameter>, Unfit> {
        if let Some(address) = letter.reserved().filter(|_| self.is_remote) {
            return Err(Unfit::Reserved(address.to_string()));
        }
        let server = self.smtp.server_info();
        let mut parameters = Vec::new();
        if letter.needs_smtp_utf8() {
            if !server.supports_feature(Extension::SmtpUtfEight) {
                return Err(Unfit::NeedsSmtpUtf8);
            }
            parameters.push(MailParameter::SmtpUtfEight);
        }
        if letter.needs_eight_bit_mime() {
            if !server.supports_feature(Extension::EightBitMime) {
                return Err(Unfit::NeedsEightBitMime);
            }
            parameters.push(MailParameter::Body(MailBodyParameter::EightBitMime));
        }
        Ok(parameters)
    }

    /// Sends the content, and hears the answer. lettre writes the last dot once it has found that no
    /// piece is left: until then the server has no whole message, whatever happens.
    async fn content(&mut self, bytes: &[u8], timeouts: &Timeouts) -> Result<Response, Refused> {
        let (end, mut at_end) = oneshot::channel();
        let pieces = Pieces {
            pieces: bytes.chunks(PIECE),
            end: Some(end),
        };
        let mut answer = pin!(self.smtp.message_iter(pieces));
        let early = tokio::select! {
            biased;
            answer = &mut answer => Some(answer),
            Ok(()) = &mut at_end => None,
            () = sleep(timeouts.content) => {
                return Err(timed_out(Phase::Content, timeouts.content));
            }
        };
        match early {
            Some(answer) => answer.map_err(|error| meaning(error, at_end.try_recv().is_ok())),
            None => match timeout(timeouts.answer, answer).await {
                Ok(answer) => answer.map_err(Refused::after_end),
                Err(_) => Err(Refused::Unknown {
                    cause: Cause::TimedOut(timeouts.answer),
                }),
            },
        }
    }
}

fn meaning(error: smtp::Error, was_at_end: bool) -> Refused {
    if was_at_end {
        Refused::after_end(error)
    } else {
        Refused::of(Phase::Content, error)
    }
}

fn text(response: &Response) -> String {
    let lines: Vec<_> = response.message().collect();
    excerpt(&format!("{} {}", response.code(), lines.join(" ")))
}

/// The pieces of a message; tells when there is none left.
struct Pieces<'a> {
    pieces: Chunks<'a, u8>,
    end: Option<oneshot::Sender<()>>,
}

impl<'a> Iterator for Pieces<'a> {
    type Item = &'a [u8];

    fn next(&mut self) -> Option<Self::Item> {
        let piece = self.pieces.next();
        if piece.is_none()
            && let Some(end) = self.end.take()
        {
            // Nobody hears it if the message was given up.
            let _ = end.send(());
        }
        piece
    }
}

#[cfg(test)]
mod tests;
