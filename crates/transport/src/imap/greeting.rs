//! A connection to a server, to where one may sign in.

use std::{sync::Arc, time::Duration};

use async_imap::{
    Client,
    imap_proto::{Response, Status},
};
use rustls::ClientConfig;

use super::{
    Cause, Error,
    bounded::Bounded,
    error::heard,
    wire::{text, within},
};
use crate::{
    Security, Server,
    dial::{self, Stream},
    excerpt::excerpt,
};

/// A connection on which the server has greeted, behind TLS if that is asked for.
pub(super) async fn greeted(server: &Server, patience: Duration) -> Result<Client<Bounded>, Error> {
    let tls = dial::trust(server)?;
    let stream = dial::tcp(server, patience).await?;
    if server.security == Security::Tls {
        let stream = within(patience, encrypted(stream, server, tls)).await?;
        return greeting(stream, patience).await;
    }
    let mut client = greeting(Stream::Plain(stream), patience).await?;
    if server.security == Security::None {
        return Ok(client);
    }
    within(patience, async {
        let started = client.run_command_and_check_ok("STARTTLS", None).await;
        started.map_err(|error| Cause::NoStartTls(excerpt(&error.to_string())))?;
        // What has come behind the answer stays in the client that is left here.
        match client.into_inner().stream {
            Stream::Plain(stream) => {
                let stream = encrypted(stream, server, tls).await?;
                Ok(Client::new(Bounded::new(stream)))
            }
            Stream::Tls(_) => Err(Cause::NoStartTls("TLS twice".to_owned()).into()),
        }
    })
    .await
}

async fn encrypted(
    stream: tokio::net::TcpStream,
    server: &Server,
    tls: Arc<ClientConfig>,
) -> Result<Stream, Error> {
    Ok(dial::encrypt(stream, server, tls).await?)
}

async fn greeting(stream: Stream, patience: Duration) -> Result<Client<Bounded>, Error> {
    let mut client = Client::new(Bounded::new(stream));
    let read = within(patience, async {
        client.read_response().await.map_err(heard)
    });
    match read.await? {
        Some(heard) => match heard.parsed() {
            Response::Data {
                status: Status::Ok, ..
            } => Ok(client),
            Response::Data { outcome, .. } => Err(Cause::Left(text(outcome)).into()),
            other => {
                let said = excerpt(&format!("{other:?}"));
                Err(Error::Protocol(format!("{said} is no greeting")))
            }
        },
        None => Err(Cause::Left(String::new()).into()),
    }
}
