//! A web server that keeps what it is sent: an analytics platform, or whoever is called by webhook.

use std::{
    collections::VecDeque,
    io::Read,
    net::SocketAddr,
    sync::{Arc, Mutex},
    time::Duration,
};

use axum::{
    Router,
    body::Bytes,
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde_json::Value;
use tokio::{net::TcpListener, task::JoinHandle, time::sleep};

/// The server; it is gone with the value.
pub struct Capture {
    address: SocketAddr,
    kept: Arc<Kept>,
    server: Option<JoinHandle<()>>,
}

/// What was sent.
#[derive(Clone, Debug)]
pub struct Captured {
    /// Where to.
    pub path: String,
    /// With which headers.
    pub headers: HeaderMap,
    /// What, unpacked.
    pub text: String,
    /// How it was answered.
    pub status: u16,
}

#[derive(Default)]
struct Kept {
    requests: Mutex<Vec<Captured>>,
    answers: Mutex<VecDeque<(u16, Option<&'static str>)>>,
}

impl Captured {
    /// What was sent, as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).expect("JSON")
    }
}

impl Capture {
    /// One that answers 200.
    pub async fn start() -> Self {
        let mut capture = Self {
            address: ([127, 0, 0, 1], 0).into(),
            kept: Arc::default(),
            server: None,
        };
        capture.start_again().await;
        capture
    }

    /// The same, after [`Self::stop`], where it was.
    pub async fn start_again(&mut self) {
        let listener = TcpListener::bind(self.address).await.expect("a port");
        self.address = listener.local_addr().expect("an address");
        let router = Router::new()
            .fallback(keep)
            .with_state(Arc::clone(&self.kept));
        self.server = Some(tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves");
        }));
    }

    /// Nobody answers any more. What is kept is kept.
    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.abort();
            let _ = server.await;
        }
    }

    /// Where it is, with a scheme and a key: `posthog+http`, `key`.
    pub fn url(&self, scheme: &str, key: &str) -> String {
        format!("{scheme}://{key}@{}", self.address)
    }

    /// Answers the next requests so, each with a `Retry-After` or without; and those after them with 200.
    pub fn answer_next(&self, answers: impl IntoIterator<Item = (u16, Option<&'static str>)>) {
        let mut next = self.kept.answers.lock().expect("no test panics in it");
        next.extend(answers);
    }

    /// What came so far.
    pub fn requests(&self) -> Vec<Captured> {
        let requests = self.kept.requests.lock();
        requests.expect("no test panics in it").clone()
    }

    /// Waits until what came is enough.
    pub async fn until(&self, is_enough: impl Fn(&[Captured]) -> bool) -> Vec<Captured> {
        for _ in 0..3000 {
            let requests = self.requests();
            if is_enough(&requests) {
                return requests;
            }
            sleep(Duration::from_millis(20)).await;
        }
        panic!("it never came; what came: {:#?}", self.requests());
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        if let Some(server) = &self.server {
            server.abort();
        }
    }
}

async fn keep(State(kept): State<Arc<Kept>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, 16 << 20).await.expect("a body");
    let next = kept
        .answers
        .lock()
        .expect("no test panics in it")
        .pop_front();
    let (status, wait) = next.unwrap_or((200, None));
    let request = Captured {
        path: parts.uri.path().to_owned(),
        text: unpacked(&parts.headers, &body),
        headers: parts.headers,
        status,
    };
    kept.requests
        .lock()
        .expect("no test panics in it")
        .push(request);
    let status = StatusCode::from_u16(status).expect("a status");
    let wait = wait.map(|wait| [(header::RETRY_AFTER, wait)]);
    match wait {
        Some(wait) => (status, wait).into_response(),
        None => status.into_response(),
    }
}

fn unpacked(headers: &HeaderMap, body: &Bytes) -> String {
    let mut text = String::new();
    let read = match headers.get(header::CONTENT_ENCODING) {
        Some(coding) => {
            assert_eq!(coding, "gzip");
            flate2::read::GzDecoder::new(&body[..]).read_to_string(&mut text)
        }
        None => (&body[..]).read_to_string(&mut text),
    };
    read.expect("text");
    text
}
