//! The other routes.

use gateway_tests::{Client, World};
use reqwest::{Method, header::HeaderMap};

use super::refused;

struct Page {
    status: u16,
    headers: HeaderMap,
    text: String,
}

async fn get(client: &Client, path: &str) -> Page {
    let response = client
        .request(Method::GET, path)
        .send()
        .await
        .expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Page {
        status,
        headers,
        text: response.text().await.expect("text"),
    }
}

impl Page {
    fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .unwrap_or_default()
    }
}

#[tokio::test]
async fn a_browser_lands_in_graphiql() {
    let world = World::empty().await;
    let client = world.anonymous();
    let root = get(&client, "/").await;
    assert!((300..400).contains(&root.status), "{}", root.status);
    assert_eq!(root.header("location"), "/graphiql");
    let page = get(&client, "/graphiql").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/html; charset=utf-8")
    );
    let files: Vec<&str> = page
        .text
        .split(['"', '\''])
        .filter(|text| text.starts_with("/graphiql/"))
        .collect();
    assert!(files.len() >= 2, "{}", page.text);
    for file in files {
        let asset = get(&client, file).await;
        let path = file.split('?').next().unwrap_or_default();
        let kind = match path.rsplit_once('.').map(|(_, kind)| kind) {
            Some("js") => "text/javascript; charset=utf-8",
            Some("css") => "text/css; charset=utf-8",
            Some("svg") => "image/svg+xml",
            other => panic!("{file}: {other:?}"),
        };
        assert_eq!(
            (asset.status, asset.header("content-type")),
            (200, kind),
            "{file}"
        );
        assert!(!asset.text.is_empty());
        safe(&asset);
    }
    safe(&page);
    refused(
        &client
            .send(client.request(Method::GET, "/graphiql/..%2fCargo.toml"))
            .await,
        404,
        "NOT_FOUND",
    );
    refused(
        &client
            .send(client.request(Method::GET, "/graphiql/nothing.js"))
            .await,
        404,
        "NOT_FOUND",
    );
}

/// Nothing inline, nothing from elsewhere, no sniffing.
fn safe(page: &Page) {
    let policy = page.header("content-security-policy");
    assert!(
        policy.contains("default-src 'none'") && policy.contains("script-src 'self';"),
        "{policy}"
    );
    assert!(
        policy.contains("frame-ancestors 'none'") && !policy.contains("http"),
        "{policy}"
    );
    assert_eq!(page.header("x-content-type-options"), "nosniff");
}

/// A page that fetches from a CDN does not work where there is no network, and tells who uses it.
#[tokio::test]
async fn no_byte_of_graphiql_comes_from_elsewhere() {
    let world = World::empty().await;
    let client = world.anonymous();
    let page = get(&client, "/graphiql").await.text;
    assert!(
        !page.contains("http://") && !page.contains("https://") && !page.contains("src=\"//"),
        "{page}"
    );
    assert!(
        !page.contains("<script>") && !page.contains("onload"),
        "{page}"
    );
    let style = get(&client, "/graphiql/graphiql.css").await.text;
    // The namespace of an SVG inside a data URL is a name, nothing is fetched.
    let style = style.replace("http://www.w3.org/2000/svg", "");
    assert!(
        !style.contains("http://") && !style.contains("https://") && !style.contains("@import")
    );
    for url in style.split("url(").skip(1) {
        let url = url.trim_start_matches(['"', '\'']);
        assert!(
            url.starts_with("data:") || url.starts_with('#'),
            "{}",
            &url[..url.len().min(80)]
        );
    }
}

#[tokio::test]
async fn the_schema_as_a_file() {
    let world = World::empty().await;
    let page = get(&world.anonymous(), "/schema.graphql").await;
    assert_eq!(
        (page.status, page.header("content-type")),
        (200, "text/plain; charset=utf-8")
    );
    assert_eq!(page.text, resolver::sdl());
}

#[tokio::test]
async fn probes() {
    let world = World::empty().await;
    for path in ["/livez", "/readyz"] {
        let page = get(&world.anonymous(), path).await;
        assert_eq!((page.status, page.text.as_str()), (200, "ok\n"), "{path}");
    }
}

#[tokio::test]
async fn a_path_that_is_none() {
    let world = World::empty().await;
    let client = world.anonymous();
    for path in [
        "/nothing",
        "/graphql/",
        "/graphql/x",
        "/graphiql/",
        "/.env",
        "/livez/x",
    ] {
        for method in [Method::GET, Method::POST] {
            refused(
                &client.send(client.request(method, path)).await,
                404,
                "NOT_FOUND",
            );
        }
    }
}
