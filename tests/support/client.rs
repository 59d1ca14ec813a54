//! A client of the gateway.

use std::net::SocketAddr;

use reqwest::{Method, RequestBuilder, header::HeaderMap};
use serde_json::{Value, json};

/// Sends requests with one token, or none.
#[derive(Clone)]
pub struct Client {
    http: reqwest::Client,
    scheme: &'static str,
    address: SocketAddr,
    token: Option<String>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The HTTP headers.
    pub headers: HeaderMap,
    /// The body; null if it is not JSON.
    pub body: Value,
}

impl Client {
    pub(crate) fn new(http: reqwest::Client, address: SocketAddr, token: Option<String>) -> Self {
        Self {
            http,
            scheme: "http",
            address,
            token,
        }
    }

    /// Where the gateway listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The same token over another HTTP client.
    #[must_use]
    pub fn over(&self, http: reqwest::Client) -> Self {
        Self {
            http,
            ..self.clone()
        }
    }

    /// The same inside TLS.
    #[must_use]
    pub fn over_tls(&self, http: reqwest::Client) -> Self {
        Self {
            scheme: "https",
            ..self.over(http)
        }
    }

    /// The token, for what sends requests of its own.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request to a path, with the token.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("{}://{}{path}", self.scheme, self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends a request made with [`Self::request`].
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let response = request.send().await.expect("the gateway answers");
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let bytes = response.bytes().await.expect("a whole body");
        Answer {
            status,
            headers,
            body: serde_json::from_slice(&bytes).unwrap_or_default(),
        }
    }

    /// Posts an operation.
    pub async fn query(&self, query: &str) -> Answer {
        self.query_with(query, json!({})).await
    }

    /// Posts an operation with variables.
    pub async fn query_with(&self, query: &str, variables: Value) -> Answer {
        self.send(
            self.request(Method::POST, "/graphql")
                .json(&json!({ "query": query, "variables": variables })),
        )
        .await
    }

    /// Posts an operation that must succeed; its data.
    pub async fn data(&self, query: &str) -> Value {
        self.query(query).await.data()
    }

    /// The same with variables.
    pub async fn data_with(&self, query: &str, variables: Value) -> Value {
        self.query_with(query, variables).await.data()
    }
}

impl Answer {
    /// The data of an answer without errors.
    pub fn data(&self) -> Value {
        assert!(
            self.status == 200 && self.body.get("errors").is_none(),
            "{} {:#}",
            self.status,
            self.body
        );
        self.body["data"].clone()
    }

    /// The code of the first error, or "" without one.
    pub fn code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"]
            .as_str()
            .unwrap_or_default()
    }

    /// How many SQL statements the request cost, the opening message not counted.
    pub fn statements(&self) -> u32 {
        let timing = self
            .headers
            .get("server-timing")
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default();
        let (_, rest) = timing.split_once("statements=").unwrap_or_default();
        rest.trim_end_matches('"').parse().unwrap_or(u32::MAX)
    }
}
