//! A WebSocket to the gateway, message by message.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::{net::TcpStream, time::timeout};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{
        Error, Message, client::IntoClientRequest, http::HeaderValue, protocol::WebSocketConfig,
    },
};

use crate::Client;

/// The protocol that the gateway speaks.
pub const PROTOCOL: &str = "graphql-transport-ws";

/// A test that waits for longer has failed.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A WebSocket.
pub struct Socket(WebSocketStream<TcpStream>);

/// What came on it.
#[derive(Clone, Debug, PartialEq)]
pub enum Heard {
    /// A message.
    Message(Value),
    /// The close code and its reason.
    Closed(u16, String),
    /// The end, without a word.
    Gone,
}

impl Socket {
    /// Opens a socket with headers of the test's own; nothing is said on it yet.
    ///
    /// # Errors
    /// When the gateway does not make it a socket.
    pub async fn open(client: &Client, headers: &[(&'static str, &str)]) -> Result<Self, Error> {
        let stream = TcpStream::connect(client.address()).await?;
        let url = format!("ws://{}/graphql", client.address());
        let mut request = url.into_client_request()?;
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).expect("a header's value");
            request.headers_mut().insert(*name, value);
        }
        // A test may have a thousand of them.
        let config = WebSocketConfig::default().read_buffer_size(4 << 10);
        let (socket, _) = client_async_with_config(request, stream, Some(config)).await?;
        Ok(Self(socket))
    }

    /// Opens a socket that speaks the protocol.
    pub async fn spoken(client: &Client) -> Self {
        let protocol = [("sec-websocket-protocol", PROTOCOL)];
        Self::open(client, &protocol).await.expect("a socket")
    }

    /// Opens a socket and signs in as the client does.
    pub async fn signed_in(client: &Client) -> Self {
        let mut socket = Self::spoken(client).await;
        let token = client.token().expect("a client with a token");
        let payload = json!({ "Authorization": format!("Bearer {token}") });
        socket
            .send(json!({ "type": "connection_init", "payload": payload }))
            .await;
        assert_eq!(
            socket.hear().await,
            Heard::Message(json!({ "type": "connection_ack" }))
        );
        socket
    }

    /// Sends a message.
    pub async fn send(&mut self, message: Value) {
        self.send_raw(Message::text(message.to_string())).await;
    }

    /// Sends whatever a frame can hold.
    pub async fn send_raw(&mut self, message: Message) {
        self.0.send(message).await.expect("an open socket");
    }

    /// Sends an operation.
    pub async fn ask(&mut self, id: &str, query: &str) {
        let payload = json!({ "query": query });
        self.send(json!({ "id": id, "type": "subscribe", "payload": payload }))
            .await;
    }

    /// Sends a subscription, and waits until it listens: the gateway reads on only then.
    pub async fn subscribe(&mut self, id: &str, query: &str) {
        self.ask(id, query).await;
        self.send(json!({ "type": "ping" })).await;
        assert_eq!(
            self.hear().await,
            Heard::Message(json!({ "type": "pong" })),
            "{query}"
        );
    }

    /// What comes next.
    pub async fn hear(&mut self) -> Heard {
        let heard = timeout(PATIENCE, async {
            loop {
                match self.0.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let message = serde_json::from_str(text.as_str());
                        return Heard::Message(message.expect("a message is JSON"));
                    }
                    Some(Ok(Message::Close(Some(frame)))) => {
                        return Heard::Closed(frame.code.into(), frame.reason.as_str().to_owned());
                    }
                    Some(Ok(Message::Close(None)) | Err(_)) | None => return Heard::Gone,
                    Some(Ok(_)) => {}
                }
            }
        });
        heard.await.expect("the gateway says something")
    }

    /// The data of the next answer to an operation.
    pub async fn data(&mut self, id: &str) -> Value {
        match self.hear().await {
            Heard::Message(message)
                if message["type"] == "next"
                    && message["id"] == id
                    && message["payload"].get("errors").is_none() =>
            {
                message["payload"]["data"].clone()
            }
            other => panic!("no answer to {id}: {other:?}"),
        }
    }
}
