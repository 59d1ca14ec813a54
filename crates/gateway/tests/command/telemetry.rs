//! What the operator sees: a line a request, and spans.

use std::sync::{Arc, Mutex};

use axum::{Router, body::Bytes, routing::post};
use serde_json::Value;
use tokio::net::TcpListener;

use crate::{cluster::Database, home::Home, serving::Serving};

const NAMED: &str =
    "query Named { campaigns(filter: { name: { eq: \"needle-in-no-span\" } }) { nodes { name } } }";

async fn requests(home: &Home) -> Serving {
    let serving = home.serve(&[]).await;
    let token = serving.token("owner@acme.test", 0);
    serving.data(&token, NAMED).await;
    serving
        .post("no token", "{ viewer { user { id } } }")
        .send()
        .await
        .expect("an answer");
    serving
        .post(&token, "query Wrong { nothing }")
        .send()
        .await
        .expect("an answer");
    serving
}

#[tokio::test]
async fn a_request_is_a_line_that_a_person_can_read() {
    let home = Database::demo().await.home();
    let serving = requests(&home).await;
    let log = serving.stop("TERM").await.stderr;
    assert!(
        !log.contains('\u{1b}'),
        "no colours where there is no terminal: {log}"
    );
    let lines: Vec<&str> = log
        .lines()
        .filter(|line| line.contains(" INFO request "))
        .collect();
    let [named, refused, wrong] = lines[..] else {
        panic!("three requests: {log}")
    };
    let words = |line: &str| -> Vec<String> {
        line.split(' ')
            .skip_while(|word| *word != "request")
            .map(|word| word.split('=').next().unwrap_or_default().to_owned())
            .collect()
    };
    assert_eq!(
        words(named),
        [
            "request",
            "operation",
            "kind",
            "tenant",
            "user",
            "status",
            "outcome",
            "sql",
            "rows",
            "trips",
            "ms",
            "id"
        ]
    );
    assert!(
        named.contains("operation=Named kind=query tenant=tnt_"),
        "{named}"
    );
    assert!(
        // One to prepare the statement, which nobody had asked before.
        named.contains("status=200 outcome=read sql=1 rows=0 trips=2 ms="),
        "{named}"
    );
    assert_eq!(
        words(refused),
        ["request", "status", "sql", "ms", "code", "id"]
    );
    assert!(
        refused.contains("status=401 sql=0") && refused.contains("code=UNAUTHENTICATED"),
        "{refused}"
    );
    assert!(
        wrong.contains("operation=Wrong")
            && wrong.contains("errors=1 code=GRAPHQL_VALIDATION_FAILED"),
        "{wrong}"
    );
}

#[tokio::test]
async fn a_link_that_is_followed_is_a_line_as_well() {
    let home = Database::demo().await.home();
    let serving = home.serve(&[]).await;
    for path in ["/o/x", "/c/x", "/u/x", "/attachments/x"] {
        let asked = reqwest::get(format!("{}{path}", serving.base)).await;
        asked.expect("an answer");
    }
    let log = serving.stop("TERM").await.stderr;
    for (route, said) in [
        ("/o", "status=404"),
        ("/c", "status=404"),
        ("/u", "status=404"),
        ("/attachments", "status=403"),
    ] {
        let begins = format!(" INFO request route={route} ");
        let lines: Vec<_> = log.lines().filter(|line| line.contains(&begins)).collect();
        assert!(
            lines.len() == 1 && lines[0].contains(said) && lines[0].contains(" code="),
            "{route}: {lines:?} of {log}"
        );
    }
    assert_eq!(log.matches("forged link").count(), 4, "{log}");
}

#[tokio::test]
async fn json_lines_are_flat_objects() {
    let home = Database::demo()
        .await
        .home()
        .with("GATEWAY_LOG_FORMAT", "json");
    let serving = requests(&home).await;
    let log = serving.stop("TERM").await.stderr;
    let lines: Vec<Value> = log
        .lines()
        .map(|line| serde_json::from_str(line).expect("JSON"))
        .collect();
    for line in &lines {
        let values = line.as_object().expect("an object").values();
        assert!(
            values
                .into_iter()
                .all(|value| !value.is_object() && !value.is_array()),
            "{line}"
        );
    }
    let named = lines
        .iter()
        .find(|line| line["operation"] == "Named")
        .expect("the request");
    assert_eq!(
        (&named["message"], &named["level"], &named["kind"]),
        (&"request".into(), &"INFO".into(), &"query".into())
    );
    assert!(
        named["ms"].is_f64()
            && named["sql"] == 1
            && named["rows"] == 0
            && named["trips"] == 2
            && named["status"] == 200,
        "{named}"
    );
}

#[tokio::test]
async fn a_collector_that_is_away_is_told_of_and_changes_no_answer() {
    let gone = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!(
        "http://{}/v1/traces",
        gone.local_addr().expect("an address")
    );
    drop(gone);
    let home = Database::demo()
        .await
        .home()
        .with("GATEWAY_OTLP_ENDPOINT", endpoint);
    let ended = requests(&home).await.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let mut lines = ended.stderr.lines();
    let told = lines.any(|line| line.contains(" opentelemetry") && line.contains("Failed"));
    assert!(told, "{ended:?}");
}

/// Keeps what is posted to it, as an OpenTelemetry collector would.
async fn collector() -> (String, Arc<Mutex<Vec<u8>>>) {
    let kept = Arc::new(Mutex::new(Vec::new()));
    let keep = Arc::clone(&kept);
    let take = async move |body: Bytes| {
        keep.lock()
            .expect("no panic while it was held")
            .extend_from_slice(&body)
    };
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let router = Router::new().route("/v1/traces", post(take));
    tokio::spawn(axum::serve(listener, router).into_future());
    (format!("http://{address}/v1/traces"), kept)
}

#[tokio::test]
async fn spans_go_out_with_the_statements_but_no_value_and_the_last_ones_at_the_end() {
    let (endpoint, kept) = collector().await;
    let home = Database::demo()
        .await
        .home()
        .with("GATEWAY_OTLP_ENDPOINT", endpoint);
    let serving = requests(&home).await;
    let tenant = serving
        .data(
            &serving.token("owner@acme.test", 0),
            "{ viewer { tenant { id } } }",
        )
        .await;
    let tenant = tenant["viewer"]["tenant"]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    let ended = serving.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");

    let bytes = kept.lock().expect("no panic while it was held").clone();
    let sent = String::from_utf8_lossy(&bytes);
    for word in [
        "tenant-gateway",
        "POST /graphql",
        "graphql.operation.name",
        "Named",
        "tenant.id",
        &tenant,
        "http.response.status_code",
        "db.query.text",
        "FROM \"campaigns\"",
    ] {
        assert!(sent.contains(word), "no {word} in the spans: {sent}");
    }
    assert!(
        !sent.contains("needle-in-no-span"),
        "a value is in the spans: {sent}"
    );
}

#[tokio::test]
async fn no_log_however_long_has_the_values_of_a_statement() {
    let home = Database::demo().await.home().with("GATEWAY_LOG", "trace");
    let log = requests(&home).await.stop("TERM").await.stderr;
    let talks = log.lines().any(|line| line.contains("TRACE"));
    assert!(talks, "{log}");
    assert!(!log.contains("needle-in-no-span"), "{log}");
}
