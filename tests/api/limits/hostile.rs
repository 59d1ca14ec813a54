//! Requests that are made to hurt: each is refused with its code, at little cost, and without the database.

use std::time::Duration;

use gateway::{
    auth::{Claims, TokenKey},
    http::router,
    settings::Settings,
};
use nix::time::{ClockId, clock_gettime};
use reqwest::header::CONTENT_TYPE;
use serde_json::Value;
use tenant::Identity;
use tokio::net::TcpListener;

use super::corpus::{Hostile, corpus};

/// What refusing one may take of a processor. A build without optimization takes ten times as long and more: the parser,
/// which is most of it, is made of small functions that are not inlined.
const BOUND: Duration = Duration::from_millis(if cfg!(debug_assertions) { 500 } else { 50 });

/// All that this thread has run, which is the gateway and its client: more than the gateway's part.
fn cpu() -> Duration {
    let time = clock_gettime(ClockId::CLOCK_THREAD_CPUTIME_ID).expect("a clock");
    time.into()
}

/// A gateway on this thread, whose database nobody answers; its address, and a token.
async fn gateway() -> (String, String) {
    let key = TokenKey::new(&gateway_tests::KEY.into()).expect("a long key");
    let settings = Settings {
        cores: Some(1),
        ..Settings::default()
    };
    let url = "postgres://nobody@127.0.0.1:1/none";
    let gateways = gateway_tests::gateways(url, settings).expect("a PostgreSQL URL");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let router = router(gateways[0].clone());
    tokio::spawn(async move { axum::serve(listener, router).await });
    let identity = Identity::Member {
        tenant: uuid::Uuid::now_v7().into(),
        user: uuid::Uuid::now_v7().into(),
    };
    let token = Claims::new(&identity, Duration::from_secs(3600)).sign(&key);
    (format!("http://{address}/graphql"), token)
}

#[tokio::test]
async fn each_is_refused_at_little_cost_and_without_the_database() {
    let (address, token) = gateway().await;
    let client = reqwest::Client::new();
    let send = async |body: Vec<u8>| {
        let request = client.post(&address).bearer_auth(&token);
        let request = request.header(CONTENT_TYPE, "application/json");
        let answer = request.body(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let body: Value = answer.json().await.expect("an answer is JSON");
        (status, body)
    };
    // Whatever is made at the first request.
    send(br#"{"query": "{ __typename }"}"#.to_vec()).await;
    let (mut slow, mut wrong) = (Vec::new(), Vec::new());
    for Hostile { name, body, code } in corpus() {
        let before = cpu();
        let (status, answer) = send(body).await;
        let taken = cpu() - before;
        let found = answer["errors"][0]["extensions"]["code"].as_str();
        let errors = answer["errors"].as_array().map_or(0, Vec::len);
        let is_empty = answer.get("data").is_none_or(Value::is_null);
        if found != Some(code) || !is_empty || !(1..=20).contains(&errors) {
            wrong.push(format!("{name}: not {code} but {status} {answer:.600}"));
        }
        if taken > BOUND {
            slow.push((name, taken));
        }
    }
    assert!(
        wrong.is_empty() && slow.is_empty(),
        "{}\nmore than {BOUND:?}: {slow:?}",
        wrong.join("\n")
    );
}
