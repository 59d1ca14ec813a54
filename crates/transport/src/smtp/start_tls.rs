//! What is said in clear before TLS: a greeting, EHLO and STARTTLS (RFC 3207), and not a byte more.
//!
//! lettre would keep what it has read in clear when TLS begins: what somebody on the way has put behind the
//! answer to STARTTLS would pass for what the server says behind TLS (<https://nostarttls.secvuln.info>).

use std::{fmt::Display, io};

use lettre::transport::smtp::{
    commands::{Ehlo, Starttls},
    extension::ClientId,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{Answer, Cause, Phase, Refused, replies::Reply};
use crate::excerpt::excerpt;

/// Comes to where the server waits for TLS.
pub(super) async fn start_tls(stream: &mut TcpStream, name: &ClientId) -> Result<(), Refused> {
    hear(stream, Phase::Greeting).await?;
    say(stream, Ehlo::new(name.clone()), Phase::Greeting).await?;
    let offered = hear(stream, Phase::Greeting).await?;
    let mut lines = offered.lines().filter_map(|line| line.get(4..));
    if !lines.any(|line| line.trim().eq_ignore_ascii_case("STARTTLS")) {
        return Err(Refused::not_reached(Phase::Tls, Cause::NoStartTls));
    }
    say(stream, Starttls, Phase::Tls).await?;
    hear(stream, Phase::Tls).await?;
    Ok(())
}

async fn say(stream: &mut TcpStream, command: impl Display, phase: Phase) -> Result<(), Refused> {
    let said = stream.write_all(command.to_string().as_bytes()).await;
    said.map_err(|error| Refused::not_reached(phase, error))
}

/// A reply that is not a refusal, with the code before each line.
async fn hear(stream: &mut TcpStream, phase: Phase) -> Result<String, Refused> {
    let heard = reply(stream).await;
    let text = heard.map_err(|error| Refused::not_reached(phase.clone(), error))?;
    match text.get(..3).and_then(|code| code.parse().ok()) {
        Some(200..300) => Ok(text),
        Some(code @ 400..500) => Err(Refused::Later(Answer::new(phase, code, &text))),
        Some(code @ 500..600) => Err(Refused::Rejected(Answer::new(phase, code, &text))),
        _ => Err(Refused::not_reached(
            phase,
            io::Error::other(excerpt(&text)),
        )),
    }
}

async fn reply(stream: &mut TcpStream) -> io::Result<String> {
    let mut reply = Reply::default();
    let mut text = Vec::new();
    while !reply.is_whole {
        let mut piece = [0; 1024];
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        reply.hear(&mut piece[..read])?;
        text.extend(&piece[..read]);
    }
    String::from_utf8(text).map_err(io::Error::other)
}
