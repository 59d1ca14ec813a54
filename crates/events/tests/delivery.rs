//! Events arrive, or are counted.
#![expect(clippy::expect_used, reason = "a test that can not be set up fails")]

#[path = "../../../tests/support/capture.rs"]
mod capture;

use std::time::Duration;

use capture::{Capture, Captured};
use entity::id::TenantId;
use events::{
    AuthenticationFailures, Code, Counts, Event, Events, Options, ProcessKind, ResourceUtilization,
    Target,
};
use serde_json::{Value, json};

/// Nothing waits longer than a test.
fn quick() -> Options {
    Options {
        gather: Duration::from_millis(10),
        first_retry: Duration::from_millis(10),
        longest_retry: Duration::from_millis(50),
        ..Options::default()
    }
}

fn to(url: &str, options: Options) -> Events {
    Events::to(Target::parse(&url.into()).expect("a target"), options)
}

fn running(events: &Events) -> tokio::task::JoinHandle<()> {
    let events = events.clone();
    tokio::spawn(async move { events.run().await })
}

fn number(dropped: u64) -> Event {
    ResourceUtilization {
        process: ProcessKind::Serve,
        cpu_cores: 0.5,
        resident_bytes: 1,
        open_files: None,
        max_open_files: Some(1024),
        events_dropped: dropped,
        interval_seconds: 60.0,
    }
    .into()
}

fn failures(tenant: TenantId) -> Event {
    AuthenticationFailures {
        tenant_id: Some(tenant),
        reason: Code::of("FORBIDDEN"),
        failures: 3,
        addresses: 2,
        interval_seconds: 60.0,
    }
    .into()
}

/// The numbers of the events of a batch.
fn numbers(request: &Captured) -> Vec<u64> {
    let body = request.json();
    let batch = body["batch"].as_array().expect("a batch").iter();
    let number = |event: &Value| event["properties"]["events_dropped"].as_u64();
    batch
        .map(|event| number(event).expect("a number"))
        .collect()
}

/// What differs with each run, checked and taken out.
fn taken(event: &mut Value, id: &str) -> String {
    let time = event["timestamp"].take();
    let time = time
        .as_str()
        .and_then(|time| time.parse::<chrono::DateTime<chrono::Utc>>().ok());
    let age = chrono::Utc::now() - time.expect("a time");
    assert!(age.num_minutes() == 0, "{age}");
    let id = event[id].take();
    let id: uuid::Uuid = id.as_str().and_then(|id| id.parse().ok()).expect("an id");
    id.to_string()
}

#[tokio::test]
async fn posthog_takes_what_it_is_sent() {
    let capture = Capture::start().await;
    let events = to(&capture.url("posthog+http", "phc_key"), quick());
    let (running, tenant) = (running(&events), TenantId::new());
    events.emit(failures(tenant));
    events.emit(number(7));
    let requests = capture.until(|requests| !requests.is_empty()).await;
    assert_eq!(requests[0].path, "/batch/");
    assert_eq!(requests[0].headers["content-type"], "application/json");
    assert_eq!(requests[0].headers["content-encoding"], "gzip");
    assert!(!requests[0].headers.contains_key("authorization"));
    let mut body = requests[0].json();
    let process = body["batch"][1]["distinct_id"].take();
    assert!(
        process
            .as_str()
            .is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()),
        "{process}"
    );
    let ids: Vec<_> = (0..2)
        .map(|n| taken(&mut body["batch"][n], "uuid"))
        .collect();
    assert_ne!(ids[0], ids[1]);
    assert_eq!(
        body,
        json!({ "api_key": "phc_key", "historical_migration": false, "batch": [
            { "event": "authentication_failures", "distinct_id": tenant.to_string(), "timestamp": null, "uuid": null,
                "properties": { "tenant_id": tenant.to_string(), "reason": "FORBIDDEN", "failures": 3, "addresses": 2,
                    "interval_seconds": 60.0, "$process_person_profile": false } },
            { "event": "resource_utilization", "distinct_id": null, "timestamp": null, "uuid": null,
                "properties": { "process": "serve", "cpu_cores": 0.5, "resident_bytes": 1, "open_files": null,
                    "max_open_files": 1024, "events_dropped": 7, "interval_seconds": 60.0,
                    "$process_person_profile": false } },
        ]})
    );
    running.abort();
}

#[tokio::test]
async fn segment_takes_what_it_is_sent() {
    let capture = Capture::start().await;
    let events = to(&capture.url("segment+http", "write_key"), quick());
    let (running, tenant) = (running(&events), TenantId::new());
    events.emit(failures(tenant));
    events.emit(number(7));
    let requests = capture.until(|requests| !requests.is_empty()).await;
    assert_eq!(requests[0].path, "/v1/batch");
    // `write_key:` in base64.
    assert_eq!(
        requests[0].headers["authorization"],
        "Basic d3JpdGVfa2V5Og=="
    );
    assert_eq!(requests[0].headers["content-encoding"], "gzip");
    let mut body = requests[0].json();
    assert!(body["sentAt"].take().is_string());
    let process = body["batch"][1]["anonymousId"].take();
    assert!(
        process
            .as_str()
            .is_some_and(|id| id.parse::<uuid::Uuid>().is_ok()),
        "{process}"
    );
    for n in 0..2 {
        taken(&mut body["batch"][n], "messageId");
    }
    assert_eq!(
        body,
        json!({ "sentAt": null, "batch": [
            { "type": "track", "event": "authentication_failures", "userId": tenant.to_string(), "timestamp": null,
                "messageId": null, "properties": { "tenant_id": tenant.to_string(), "reason": "FORBIDDEN", "failures": 3,
                    "addresses": 2, "interval_seconds": 60.0 } },
            { "type": "track", "event": "resource_utilization", "anonymousId": null, "timestamp": null, "messageId": null,
                "properties": { "process": "serve", "cpu_cores": 0.5, "resident_bytes": 1, "open_files": null,
                    "max_open_files": 1024, "events_dropped": 7, "interval_seconds": 60.0 } },
        ]})
    );
    running.abort();
}

#[tokio::test]
async fn a_file_gets_lines_and_may_be_moved_away() {
    let folder = tempfile::tempdir().expect("a folder");
    let (path, moved) = (folder.path().join("events"), folder.path().join("moved"));
    let events = to(&format!("file://{}", path.display()), quick());
    for batch in 0..2 {
        events.emit(number(2 * batch));
        events.emit(number(2 * batch + 1));
        events.flush(Duration::from_secs(60)).await;
        if batch == 0 {
            std::fs::rename(&path, &moved).expect("it is moved");
        }
    }
    let read = |path| {
        let text = std::fs::read_to_string(path).expect("a file");
        let line = |line| serde_json::from_str::<Value>(line).expect("JSON");
        let dropped = |line: Value| line["properties"]["events_dropped"].as_u64();
        text.lines()
            .map(|text| dropped(line(text)))
            .collect::<Vec<_>>()
    };
    assert_eq!(read(&moved), [Some(0), Some(1)]);
    assert_eq!(read(&path), [Some(2), Some(3)]);
    assert_eq!(
        events.counts(),
        Counts {
            sent: 4,
            ..Counts::default()
        }
    );
}

#[tokio::test]
async fn what_there_is_no_room_for_is_counted_and_nobody_waits() {
    let capture = Capture::start().await;
    let options = Options {
        waiting: 2,
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    // Nothing sends yet.
    (0..5).for_each(|n| events.emit(number(n)));
    assert_eq!(
        events.counts(),
        Counts {
            overflowed: 3,
            ..Counts::default()
        }
    );
    events.flush(Duration::from_secs(60)).await;
    assert_eq!(numbers(&capture.requests()[0]), [0, 1]);
    assert_eq!(
        events.counts(),
        Counts {
            sent: 2,
            overflowed: 3,
            refused: 0
        }
    );
}

#[tokio::test]
async fn batches_are_as_large_as_they_may_be() {
    let capture = Capture::start().await;
    let options = Options {
        batch: 3,
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    (0..7).for_each(|n| events.emit(number(n)));
    events.flush(Duration::from_secs(60)).await;
    let sent: Vec<_> = capture.requests().iter().map(numbers).collect();
    assert_eq!(sent, [vec![0, 1, 2], vec![3, 4, 5], vec![6]]);

    let capture = Capture::start().await;
    let options = Options {
        batch_bytes: 1,
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    (0..2).for_each(|n| events.emit(number(n)));
    events.flush(Duration::from_secs(60)).await;
    let sent: Vec<_> = capture.requests().iter().map(numbers).collect();
    assert_eq!(sent, [vec![0], vec![1]]);
}

#[tokio::test]
async fn a_server_that_was_away_gets_all_of_it_when_it_is_back() {
    let mut capture = Capture::start().await;
    capture.stop().await;
    let events = to(&capture.url("segment+http", "key"), quick());
    let running = running(&events);
    events.emit(number(1));
    while !events.are_failing() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    events.emit(number(2));
    capture.start_again().await;
    let all = |requests: &[Captured]| requests.iter().flat_map(numbers).eq([1, 2]);
    capture.until(all).await;
    while events.are_failing() || events.counts().sent < 2 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    assert_eq!(events.counts().dropped(), 0);
    running.abort();
}

#[tokio::test]
async fn trouble_of_the_servers_is_tried_again_with_the_same_ids() {
    let capture = Capture::start().await;
    capture.answer_next([(500, None), (503, None), (429, None), (408, None)]);
    let events = to(&capture.url("posthog+http", "key"), quick());
    events.emit(number(1));
    events.flush(Duration::from_secs(60)).await;
    let requests = capture.requests();
    assert_eq!(
        requests
            .iter()
            .map(|request| request.status)
            .collect::<Vec<_>>(),
        [500, 503, 429, 408, 200]
    );
    assert!(
        requests
            .iter()
            .all(|request| request.text == requests[0].text),
        "{requests:#?}"
    );
    assert_eq!(
        events.counts(),
        Counts {
            sent: 1,
            ..Counts::default()
        }
    );
}

/// By itself it would wait for an hour.
#[tokio::test]
async fn the_server_says_when_to_try_again() {
    let capture = Capture::start().await;
    capture.answer_next([
        (429, Some("0")),
        (503, Some("Sun, 06 Nov 1994 08:49:37 GMT")),
    ]);
    let hour = Duration::from_secs(3600);
    let options = Options {
        first_retry: hour,
        longest_retry: hour,
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    events.emit(number(1));
    events.flush(Duration::from_secs(60)).await;
    assert_eq!((capture.requests().len(), events.counts().sent), (3, 1));
}

#[tokio::test]
async fn what_the_server_refuses_is_dropped_and_the_next_is_sent() {
    let capture = Capture::start().await;
    capture.answer_next([(401, None), (400, None)]);
    let options = Options {
        batch: 1,
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    (0..3).for_each(|n| events.emit(number(n)));
    events.flush(Duration::from_secs(60)).await;
    let sent: Vec<_> = capture.requests().iter().map(numbers).collect();
    assert_eq!(sent, [[0], [1], [2]]);
    assert_eq!(
        events.counts(),
        Counts {
            sent: 1,
            overflowed: 0,
            refused: 2
        }
    );
}

#[tokio::test]
async fn the_end_waits_for_the_last_events_and_no_longer_than_it_may() {
    let mut capture = Capture::start().await;
    let options = Options {
        gather: Duration::from_secs(3600),
        ..quick()
    };
    let events = to(&capture.url("posthog+http", "key"), options);
    let sending = running(&events);
    events.emit(number(1));
    // It is in hand, and waits for others to go with it.
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(capture.requests().is_empty());
    sending.abort();
    let _ = sending.await;
    events.emit(number(2));
    events.flush(Duration::from_secs(60)).await;
    assert_eq!(numbers(&capture.requests()[0]), [1, 2]);

    capture.stop().await;
    (0..3).for_each(|n| events.emit(number(n)));
    events.flush(Duration::from_millis(100)).await;
    assert_eq!(
        events.counts(),
        Counts {
            sent: 2,
            overflowed: 3,
            refused: 0
        }
    );
}
