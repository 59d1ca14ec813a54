//! A panic while a request is answered.

use std::{sync::Arc, time::Duration};

use gateway::{
    Gateway, TierUrls,
    auth::{Claims, SecurityEvent, SecurityEvents, Trust},
    settings::{Config, Settings},
};
use gateway_tests::{World, cluster};
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::direct;

/// Whoever takes security events may be wrong, in the midst of a request.
struct Panics;

impl SecurityEvents for Panics {
    fn record(&self, _: SecurityEvent) {
        panic!("the sink is broken");
    }
}

/// Where a gateway listens whose every failure to sign in is a panic.
async fn fragile(world: &World) -> String {
    let config = Config::from(Settings {
        cores: Some(1),
        link_key: Some(gateway_tests::LINK_KEY.into()),
        ..Settings::default()
    });
    let trust = Trust::new(&config.tokens).expect("the defaults");
    let trust = trust.and_shared_key(world.key().clone());
    let url = cluster().await.server.url("gateway_login", &world.database);
    let gateways = Gateway::for_cores(&TierUrls::beside(&url), trust, Arc::new(Panics), &config);
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(gateway::serve(
        gateways.expect("a gateway"),
        listener,
        Duration::ZERO,
        std::future::pending(),
    ));
    format!("http://{address}/graphql")
}

#[tokio::test]
async fn a_panic_ends_its_request_and_no_other() {
    let world = World::demo().await;
    let url = fragile(&world).await;
    let good = Claims::new(&direct::owner(&world, "acme"), Duration::from_secs(60));
    let good = good.sign(world.key());
    let http = reqwest::Client::new();
    let ask = async |token: &str| {
        let request = http.post(&url).bearer_auth(token);
        let request = request.json(&json!({ "query": "{ companies { totalCount } }" }));
        let answer = request.send().await.expect("an answer");
        let (status, id) = (
            answer.status().as_u16(),
            answer.headers()["x-request-id"].clone(),
        );
        let body: Value = answer.json().await.expect("JSON");
        (status, id.to_str().expect("text").to_owned(), body)
    };
    for _ in 0..3 {
        let (bad, fine) = futures::future::join(ask("a.b.c"), ask(&good)).await;
        let (status, id, body) = bad;
        let extensions = json!({ "code": "INTERNAL_ERROR", "requestId": id });
        let error = json!({ "message": "internal error", "extensions": extensions });
        assert_eq!((status, body), (500, json!({ "errors": [error] })));
        assert_eq!(fine.0, 200, "{}", fine.2);
        assert!(fine.2["data"]["companies"]["totalCount"].is_number());
    }
}
