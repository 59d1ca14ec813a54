//! A stream of server-sent events, event by event.

use reqwest::{RequestBuilder, Response, header::ACCEPT};
use serde_json::Value;
use tokio::time::timeout;

use crate::{Client, socket::PATIENCE};

/// An event stream that was opened.
pub struct EventStream {
    response: Response,
    read: String,
}

impl EventStream {
    /// Sends a request and reads its answer as a stream.
    pub async fn open(request: RequestBuilder) -> Self {
        let request = request.header(ACCEPT, "text/event-stream");
        let response = request.send().await.expect("the gateway answers");
        let status = response.status().as_u16();
        let kind = response.headers().get("content-type");
        let kind = kind.and_then(|kind| kind.to_str().ok()).map(str::to_owned);
        assert_eq!(
            (status, kind.as_deref()),
            (200, Some("text/event-stream; charset=utf-8")),
            "{:?}",
            response.text().await
        );
        Self {
            response,
            read: String::new(),
        }
    }

    /// A subscription, which listens once this is answered.
    pub async fn subscribe(client: &Client, query: &str) -> Self {
        let body = serde_json::json!({ "query": query });
        let request = client.request(reqwest::Method::POST, "/graphql");
        Self::open(request.json(&body)).await
    }

    /// Whether it was over when it began: its length is known then.
    #[must_use]
    pub fn is_over(&self) -> bool {
        self.response.content_length().is_some()
    }

    /// The next event and its data; `None` at the end.
    pub async fn next(&mut self) -> Option<(String, Value)> {
        // Signs of life are no events.
        let next = timeout(PATIENCE, self.read_on()).await;
        next.expect("the gateway says something")
    }

    async fn read_on(&mut self) -> Option<(String, Value)> {
        loop {
            while let Some((block, rest)) = self.read.split_once("\n\n") {
                let (block, rest) = (block.to_owned(), rest.to_owned());
                self.read = rest;
                if let Some(event) = event(&block) {
                    return Some(event);
                }
            }
            match self.response.chunk().await {
                Ok(Some(bytes)) => self.read += std::str::from_utf8(&bytes).expect("UTF-8"),
                _ => return None,
            }
        }
    }

    /// The data of the next answer, which has no errors.
    pub async fn data(&mut self) -> Value {
        match self.next().await {
            Some((event, answer)) if event == "next" && answer.get("errors").is_none() => {
                answer["data"].clone()
            }
            other => panic!("no answer: {other:?}"),
        }
    }
}

/// An event of a block of lines, if it is more than a comment.
fn event(block: &str) -> Option<(String, Value)> {
    let field = |name: &str| {
        let mut lines = block.lines();
        lines.find_map(|line| {
            line.strip_prefix(name)?
                .strip_prefix(':')
                .map(str::trim_start)
        })
    };
    let data = field("data").unwrap_or_default();
    Some((
        field("event")?.to_owned(),
        serde_json::from_str(data).unwrap_or_default(),
    ))
}
