//! Alerts arrive, signed, and only those that are bad enough.

use std::time::Duration;

use aws_lc_rs::hmac;
use entity::{id::TenantId, oltp::admin_system_event::Severity};
use serde_json::json;
use watch::{Alerts, AlertsError, Watch};

use crate::{
    capture::{Capture, Captured},
    place::Place,
    quota,
};

const KEY: &str = "a key of tests only, which is long enough";

/// Whether the signature is that of the key.
fn is_signed(request: &Captured) -> bool {
    let header = request.headers["x-gateway-signature"]
        .to_str()
        .expect("text");
    let (time, tag) = header.split_once(",v1=").expect("both");
    let seconds = time.strip_prefix("t=").expect("a time");
    let age = chrono::Utc::now().timestamp() - seconds.parse::<i64>().expect("seconds");
    let byte = |at| u8::from_str_radix(&tag[at..at + 2], 16).expect("a byte");
    let tag: Vec<u8> = (0..tag.len()).step_by(2).map(byte).collect();
    let key = hmac::Key::new(hmac::HMAC_SHA256, KEY.as_bytes());
    let text = format!("{seconds}.{}", request.text);
    (0..60).contains(&age) && hmac::verify(&key, text.as_bytes(), &tag).is_ok()
}

#[tokio::test]
async fn whoever_is_told_hears_when_it_begins_and_when_it_is_over() {
    let (place, capture) = (Place::new().await, Capture::start().await);
    // The first is tried again.
    capture.answer_next([(500, None)]);
    let url = capture.url("http", "user").into();
    let alerts = Alerts::new(&url, Some(&KEY.into()), Severity::High).expect("alerts");
    let watch = Watch::default();
    let running = place.run(&watch, Vec::new(), Some(alerts));
    // Another process that sees the same tells nobody of it.
    let other = place.run(&Watch::default(), Vec::new(), None);
    // Not bad enough.
    watch.raise(quota(place.tenants[0]));
    place.until(|rows| rows.len() == 1).await;
    drop(other);
    place.fail_jobs(1, "billing").await;
    place.until(|rows| rows.len() == 2).await;
    capture.until(|requests| requests.len() == 2).await;
    place.queue("DELETE FROM jobs").await;
    let requests = capture.until(|requests| requests.len() == 3).await;
    assert!(requests.iter().all(is_signed), "{requests:#?}");
    assert_eq!(requests[0].text, requests[1].text);
    let rows = place.rows().await;
    for (request, state) in requests[1..].iter().zip(["opened", "resolved"]) {
        let mut body = request.json();
        assert!(body["at"].take().is_string() && body["occurrences"].take().is_i64());
        let tenant = TenantId::from(place.tenants[1]).to_string();
        assert_eq!(
            body,
            json!({ "id": format!("evt_{}", rows[1].id), "state": state, "eventType": "dead_letters", "severity": "high",
                "tenantId": tenant, "subject": "billing", "occurrences": null, "at": null })
        );
    }
    drop(running);
}

/// Alerts of whatever severity.
fn all(capture: &Capture) -> Alerts {
    let url = capture.url("http", "user").into();
    Alerts::new(&url, Some(&KEY.into()), Severity::Low).expect("alerts")
}

/// Longer than a test waits for anything.
const LONG: Duration = Duration::from_secs(60);

#[tokio::test]
async fn what_waits_at_the_end_is_written_and_sent() {
    let (place, capture) = (Place::new().await, Capture::start().await);
    let watch = Watch::default();
    let watcher = place.watcher(&watch, Vec::new(), Some(all(&capture)));
    // One is in hand, and was not taken.
    capture.answer_next([(500, None)]);
    watch.raise(quota(place.tenants[0]));
    tokio::select! {
        () = watcher.run() => {}
        _ = capture.until(|requests| requests.len() == 1) => {}
    }
    // Another was not even looked at.
    watch.raise(quota(place.tenants[1]));
    watcher.finish(LONG).await;
    let requests = capture.requests();
    assert_eq!(requests.len(), 3, "{requests:#?}");
    assert_eq!(requests[0].text, requests[1].text);
    let tenants = [1, 2].map(|at: usize| requests[at].json()["tenantId"].clone());
    let expected = place
        .tenants
        .map(|tenant| json!(TenantId::from(tenant).to_string()));
    assert_eq!(tenants, expected);
    assert_eq!(place.rows().await.len(), 2);
}

/// It would be tried for an hour.
#[tokio::test]
async fn who_does_not_answer_at_the_end_is_not_waited_for() {
    let (place, mut capture) = (Place::new().await, Capture::start().await);
    let watch = Watch::default();
    let watcher = place.watcher(&watch, Vec::new(), Some(all(&capture)));
    capture.stop().await;
    watch.raise(quota(place.tenants[0]));
    watcher.finish(Duration::from_secs(3)).await;
    assert_eq!(place.rows().await.len(), 1);
    assert!(capture.requests().is_empty());
}

/// The one that is refused is tried again a second later at the earliest, and the other is told before that.
#[tokio::test]
async fn one_that_is_refused_delays_no_other() {
    let (place, capture) = (Place::new().await, Capture::start().await);
    let watch = Watch::default();
    capture.answer_next([(422, None)]);
    for tenant in place.tenants {
        watch.raise(quota(tenant));
    }
    let running = place.run(&watch, Vec::new(), Some(all(&capture)));
    let requests = capture.until(|requests| requests.len() == 3).await;
    let tenants = [0, 1, 2].map(|at: usize| requests[at].json()["tenantId"].clone());
    assert_eq!(tenants[0], tenants[2]);
    assert_ne!(tenants[0], tenants[1]);
    drop(running);
}

#[test]
fn alerts_want_an_address_and_a_key() {
    let new = |url: &str, key: Option<&str>| {
        let key = key.map(Into::into);
        Alerts::new(&url.into(), key.as_ref(), Severity::Low).map(drop)
    };
    assert!(matches!(
        new("alerts.test", Some(KEY)),
        Err(AlertsError::Address)
    ));
    assert!(matches!(
        new("https://alerts.test", None),
        Err(AlertsError::Key)
    ));
    assert!(matches!(
        new("https://alerts.test", Some("short")),
        Err(AlertsError::Key)
    ));
    assert!(new("https://alerts.test", Some(KEY)).is_ok());
}

#[tokio::test]
async fn that_the_database_is_away_is_told_while_it_is() {
    let (place, capture) = (Place::new().await, Capture::start().await);
    let url = capture.url("http", "user").into();
    let alerts = Alerts::new(&url, Some(&KEY.into()), Severity::High).expect("alerts");
    let running = place.run(&Watch::default(), Vec::new(), Some(alerts));
    place.allow_connections("oltp", false).await;
    let requests = capture.until(|requests| !requests.is_empty()).await;
    let told = requests[0].json();
    assert_eq!(
        json!([told["id"], told["state"], told["subject"], told["severity"]]),
        json!([null, "opened", "oltp", "critical"])
    );
    // Some looks later it is told once still; and when it is over, with the row that it has by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    place.allow_connections("oltp", true).await;
    place
        .until(|rows| rows.len() == 1 && rows[0].is_resolved)
        .await;
    let requests = capture.until(|requests| requests.len() > 1).await;
    let told = requests[1].json();
    assert_eq!(
        json!([requests.len(), told["state"], told["subject"]]),
        json!([2, "resolved", "oltp"])
    );
    assert!(told["id"].is_string());
    drop(running);
}
