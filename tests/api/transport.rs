//! How answers travel: compressed for clients that ask for it, and over HTTP/2.

use async_compression::tokio::bufread::{BrotliDecoder, GzipDecoder, ZstdDecoder};
use gateway_tests::{Client, World};
use reqwest::{Method, Response, Version, header};
use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt};

const LONG: &str = "{ leads(first: 20) { nodes { id email status created updated } } }";

async fn ask(client: &Client, query: &str, encoding: &str) -> Response {
    let request = client.request(Method::POST, "/graphql");
    let request = request.json(&json!({ "query": query }));
    let request = request.header(header::ACCEPT_ENCODING, encoding);
    request.send().await.expect("an answer")
}

fn header<'r>(response: &'r Response, name: &str) -> &'r str {
    let value = response.headers().get(name);
    value.map_or("", |value| value.to_str().expect("ASCII"))
}

async fn whole(mut reader: impl AsyncRead + Unpin) -> Vec<u8> {
    let mut bytes = Vec::new();
    reader
        .read_to_end(&mut bytes)
        .await
        .expect("whole and well coded");
    bytes
}

#[tokio::test]
async fn an_answer_is_compressed_as_the_client_asks() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let plain = ask(&client, LONG, "identity").await;
    assert_eq!(header(&plain, "content-encoding"), "");
    assert_eq!(header(&plain, "vary"), "accept-encoding");
    let plain = plain.bytes().await.expect("a whole body");
    for (asked, given) in [
        ("gzip", "gzip"),
        ("br", "br"),
        ("zstd", "zstd"),
        ("gzip, deflate, br, zstd", "zstd"),
        ("gzip;q=1, br;q=0.5", "gzip"),
        ("zstd;q=0, gzip", "gzip"),
    ] {
        let answer = ask(&client, LONG, asked).await;
        assert_eq!(answer.status(), 200);
        assert_eq!(header(&answer, "content-encoding"), given, "{asked}");
        assert_eq!(header(&answer, "vary"), "accept-encoding");
        assert_eq!(
            header(&answer, "content-type"),
            "application/json; charset=utf-8"
        );
        assert_eq!(header(&answer, "x-request-id").len(), 32);
        assert!(header(&answer, "server-timing").contains("statements="));
        let bytes = answer.bytes().await.expect("a whole body");
        assert!(
            bytes.len() * 2 < plain.len(),
            "{given}: {} of {}",
            bytes.len(),
            plain.len()
        );
        let decoded = match given {
            "gzip" => whole(GzipDecoder::new(&*bytes)).await,
            "br" => whole(BrotliDecoder::new(&*bytes)).await,
            _ => whole(ZstdDecoder::new(&*bytes)).await,
        };
        assert_eq!(decoded, plain);
    }
}

#[tokio::test]
async fn what_is_short_stays_as_it_is() {
    let world = World::demo().await;
    let client = world.owner("acme");
    let answer = ask(
        &client,
        "{ leads(first: 1) { nodes { id } } }",
        "gzip, br, zstd",
    )
    .await;
    assert_eq!(header(&answer, "content-encoding"), "");
    let length = header(&answer, "content-length").parse::<usize>();
    let bytes = answer.bytes().await.expect("a whole body");
    assert_eq!(length, Ok(bytes.len()));
}

#[tokio::test]
async fn http_2_is_spoken_without_tls_to_clients_that_know() {
    let world = World::demo().await;
    let http = reqwest::Client::builder().http2_prior_knowledge().build();
    let client = world.owner("acme").over(http.expect("an HTTP client"));
    let answers = (0..20).map(|_| ask(&client, LONG, "identity"));
    for answer in futures::future::join_all(answers).await {
        assert_eq!(
            (answer.version(), answer.status().as_u16()),
            (Version::HTTP_2, 200)
        );
        let body: serde_json::Value = answer.json().await.expect("JSON");
        assert!(body.get("errors").is_none(), "{body}");
    }
}
