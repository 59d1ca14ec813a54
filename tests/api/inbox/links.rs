//! The links of mail that was sent: what they tell, once, and that nobody but us can make one.

use entity::id::EmailMessageId;
use gateway::{auth::SecurityEventKind as Kind, settings::Settings};
use gateway_tests::{Answer, LINK_KEY, Options};
use mail::link::{Keys, Link};
use migrations::Tier;
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arranged::{Arranged, Office};

fn token(link: &Link) -> String {
    let keys = Keys::new([(0, LINK_KEY.as_bytes())]);
    keys.expect("a key").sign(link, None)
}

fn open(office: &Office, message: EmailMessageId) -> Link {
    Link::Open {
        tenant: office.tenant.into(),
        message: message.into(),
    }
}

fn click(office: &Office, message: EmailMessageId, url: &str) -> Link {
    Link::Click {
        tenant: office.tenant.into(),
        message: message.into(),
        url: url.to_owned(),
    }
}

fn unsubscribe(office: &Office, message: EmailMessageId) -> Link {
    Link::Unsubscribe {
        tenant: office.tenant.into(),
        message: message.into(),
        lead: office.lead,
    }
}

async fn ask(arranged: &Arranged, method: Method, path: &str, link: &Link) -> Answer {
    let client = arranged.world.anonymous();
    let path = format!("/{path}/{}", token(link));
    client.send(client.request(method, &path)).await
}

#[track_caller]
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name).expect(name);
    value.to_str().expect("visible ASCII")
}

#[tokio::test]
async fn the_picture_tells_that_a_message_was_shown() {
    let arranged = Arranged::new().await;
    let sent = arranged.sent(&arranged.acme, "one@acme.test").await;
    let link = open(&arranged.acme, sent);
    let answer = ask(&arranged, Method::HEAD, "o", &link).await;
    assert_eq!(answer.status, 200);
    assert_eq!(arranged.status(sent).await, "sent", "a program has looked");
    let answer = ask(&arranged, Method::GET, "o", &link).await;
    assert_eq!(
        (
            answer.status,
            header(&answer, "content-type"),
            header(&answer, "cache-control")
        ),
        (200, "image/gif", "no-store")
    );
    let first = arranged.message(sent, "status, opened").await;
    assert_eq!(first["status"], "opened");
    ask(&arranged, Method::GET, "o", &link).await;
    assert_eq!(arranged.message(sent, "status, opened").await, first);
}

#[tokio::test]
async fn a_link_leads_where_it_says_and_tells_that_it_was_followed() {
    let arranged = Arranged::new().await;
    let sent = arranged.sent(&arranged.acme, "one@acme.test").await;
    let url = "https://shop.test/a?b=c&d=%20#e";
    let link = click(&arranged.acme, sent, url);
    let answer = ask(&arranged, Method::HEAD, "c", &link).await;
    assert_eq!(
        (answer.status, arranged.status(sent).await),
        (302, json!("sent"))
    );
    let answer = ask(&arranged, Method::GET, "c", &link).await;
    assert_eq!((answer.status, header(&answer, "location")), (302, url));
    assert_eq!(header(&answer, "referrer-policy"), "no-referrer");
    assert_eq!(arranged.status(sent).await, "clicked");
    // Letters that a header can not hold are written as URLs write them.
    let link = click(&arranged.acme, sent, "https://shop.test/ü");
    let answer = ask(&arranged, Method::GET, "c", &link).await;
    assert_eq!(header(&answer, "location"), "https://shop.test/%C3%BC");
    for elsewhere in ["javascript:alert(1)", "no url"] {
        let link = click(&arranged.acme, sent, elsewhere);
        let answer = ask(&arranged, Method::GET, "c", &link).await;
        assert_eq!(
            (answer.status, answer.code()),
            (404, "NOT_FOUND"),
            "{elsewhere}"
        );
    }
}

#[tokio::test]
async fn to_ask_for_no_more_takes_one_post() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let link = unsubscribe(acme, sent);
    let answer = ask(&arranged, Method::GET, "u", &link).await;
    assert_eq!(answer.status, 200);
    assert!(header(&answer, "content-type").starts_with("text/html"));
    assert!(header(&answer, "content-security-policy").contains("default-src 'none'"));
    assert_eq!(
        arranged.status(sent).await,
        "sent",
        "to look changes nothing"
    );
    assert_eq!(arranged.lead(acme).await.0, "active");
    let client = arranged.world.anonymous();
    let path = format!("/u/{}", token(&link));
    for _ in 0..2 {
        // RFC 8058, section 3.1.
        let request = client.request(Method::POST, &path);
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        let answer = client
            .send(request.body("List-Unsubscribe=One-Click"))
            .await;
        assert_eq!(answer.status, 200);
        assert_eq!(arranged.status(sent).await, "unsubscribed");
        let stopped = json!({ "status": "stopped", "stop_reason": "has asked for no more mail" });
        assert_eq!(arranged.lead(acme).await, (json!("unsubscribed"), stopped));
    }
}

#[tokio::test]
async fn who_asked_for_no_more_is_told_when_that_could_not_be_written_down() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    arranged.break_down(Tier::Oltp, "UPDATE ON leads").await;
    let link = unsubscribe(acme, sent);
    let answer = ask(&arranged, Method::POST, "u", &link).await;
    assert_eq!((answer.status, answer.code()), (500, "INTERNAL_ERROR"));
    arranged.repair(Tier::Oltp).await;
    // A reader who follows a link gets there all the same.
    arranged
        .break_down(Tier::Content, "UPDATE ON email_messages")
        .await;
    let link = click(acme, sent, "https://shop.test/");
    assert_eq!(ask(&arranged, Method::GET, "c", &link).await.status, 302);
    let link = open(acme, sent);
    assert_eq!(ask(&arranged, Method::GET, "o", &link).await.status, 200);
}

/// All that could have been changed.
async fn everything(arranged: &Arranged) -> Value {
    let messages = "SELECT jsonb_agg(to_jsonb(m) ORDER BY id) AS all FROM email_messages m";
    let leads = "SELECT jsonb_agg(to_jsonb(l) ORDER BY id) AS all FROM leads l";
    json!([
        arranged.row(Tier::Content, messages).await,
        arranged.row(Tier::Oltp, leads).await
    ])
}

#[tokio::test]
async fn what_we_did_not_sign_or_signed_for_something_else_does_nothing() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    let sent = arranged.sent(acme, "one@acme.test").await;
    let before = everything(&arranged).await;
    let client = arranged.world.anonymous();
    let good = token(&open(acme, sent));
    let forged = Keys::new([(0, &b"another key, which is long enough, too"[..])]);
    let forged = forged.expect("a key").sign(&open(acme, sent), None);
    let mut changed = good.clone().into_bytes();
    changed[20] = if changed[20] == b'A' { b'B' } else { b'A' };
    let changed = String::from_utf8(changed).expect("ASCII");
    let other = token(&unsubscribe(acme, sent));
    let paths = [
        format!("/o/{forged}"),
        format!("/o/{changed}"),
        format!("/o/{other}"),
        format!("/c/{good}"),
        format!("/u/{good}"),
        "/o/x".to_owned(),
    ];
    for path in paths {
        for method in [Method::GET, Method::POST] {
            let answer = client.send(client.request(method.clone(), &path)).await;
            assert!(
                matches!(answer.status, 404 | 405),
                "{method} {path}: {}",
                answer.status
            );
        }
    }
    // One that names another tenant's message is of no message.
    ask(&arranged, Method::GET, "o", &open(globex, sent)).await;
    let mixed = Link::Unsubscribe {
        tenant: globex.tenant.into(),
        message: sent.into(),
        lead: acme.lead,
    };
    ask(&arranged, Method::POST, "u", &mixed).await;
    let gone = Link::Open {
        tenant: Uuid::now_v7(),
        message: sent.into(),
    };
    assert_eq!(ask(&arranged, Method::GET, "o", &gone).await.status, 200);
    assert_eq!(everything(&arranged).await, before);
}

/// Behind a proxy on this machine, which says from where somebody asks.
async fn counting(settings: Settings) -> Arranged {
    let settings = Settings {
        trusted_proxies: Some(vec!["127.0.0.0/8".parse().expect("a network")]),
        ..settings
    };
    Arranged::with(Options {
        settings,
        ..Options::default()
    })
    .await
}

async fn follow(arranged: &Arranged, method: Method, path: &str, from: &str) -> Answer {
    let client = arranged.world.anonymous();
    let request = client.request(method, path);
    client.send(request.header("x-forwarded-for", from)).await
}

#[tokio::test]
async fn a_link_that_was_changed_is_an_event_and_shuts_nobody_out_who_has_a_good_one() {
    let arranged = counting(Settings {
        max_auth_failures: Some(2),
        ..Settings::default()
    })
    .await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let (good, stop) = (token(&open(acme, sent)), token(&unsubscribe(acme, sent)));
    let (good, other) = (format!("/o/{good}"), format!("/c/{good}"));
    let from = async |path: &str| follow(&arranged, Method::GET, path, "192.0.2.1").await;
    assert_eq!(from(&other).await.status, 404, "good, and for another use");
    assert_eq!(arranged.world.security_events().len(), 0);
    let first = from(&format!("{good}A")).await;
    assert_eq!((first.status, first.code()), (404, "NOT_FOUND"));
    let second = from("/attachments/AAAA").await;
    assert_eq!((second.status, second.code()), (403, "FORBIDDEN"));
    for path in ["/u/x", "/attachments/x"] {
        let third = from(path).await;
        assert_eq!((third.status, third.code()), (429, "TOO_MANY_ATTEMPTS"));
        assert!(third.headers.contains_key("retry-after"));
    }
    let events = arranged.world.security_events();
    let seen: Vec<_> = events
        .iter()
        .map(|event| (event.kind, event.code))
        .collect();
    assert_eq!(
        seen,
        [
            (Kind::ForgedLink, "NOT_FOUND"),
            (Kind::ForgedLink, "FORBIDDEN"),
            (Kind::SuspiciousActivity, "FORBIDDEN"),
            (Kind::ForgedLink, "NOT_FOUND"),
            (Kind::ForgedLink, "FORBIDDEN"),
        ]
    );
    assert_eq!(events[0].address, "192.0.2.1".parse().ok());
    for (event, answer) in events.iter().zip([&first, &second]) {
        assert_eq!(event.request, header(answer, "x-request-id"));
    }
    assert_eq!(from(&good).await.status, 200);
    let stopped = follow(&arranged, Method::POST, &format!("/u/{stop}"), "192.0.2.1").await;
    assert_eq!(stopped.status, 200);
    // Nor does it say anything of those who sign in from there.
    let owner = arranged.world.owner("acme");
    let request = owner.request(Method::POST, "/graphql");
    let request = request.header("x-forwarded-for", "192.0.2.1");
    let body = json!({ "query": "{ viewer { tenant { name } } }" });
    assert_eq!(owner.send(request.json(&body)).await.status, 200);
    let elsewhere = follow(&arranged, Method::GET, "/o/x", "192.0.2.2").await;
    assert_eq!(elsewhere.status, 404);
}

#[tokio::test]
async fn an_address_follows_so_many_links_a_minute() {
    let arranged = counting(Settings {
        rate_limits: Some(true),
        max_links_a_minute: Some(3),
        ..Settings::default()
    })
    .await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let (shown, led) = (open(acme, sent), click(acme, sent, "https://shop.test/"));
    let (shown, led) = (
        format!("/o/{}", token(&shown)),
        format!("/c/{}", token(&led)),
    );
    let from = async |method, path: &str| follow(&arranged, method, path, "192.0.2.1").await;
    assert_eq!(from(Method::HEAD, &shown).await.status, 200);
    assert_eq!(from(Method::GET, "/attachments/x").await.status, 403);
    assert_eq!(from(Method::GET, &shown).await.status, 200);
    for path in [&led, &shown] {
        let refused = from(Method::GET, path).await;
        assert_eq!((refused.status, refused.code()), (429, "RATE_LIMITED"));
        let wait: u64 = header(&refused, "retry-after").parse().expect("seconds");
        assert!((1..=60).contains(&wait), "{wait}");
    }
    assert_eq!(arranged.status(sent).await, "opened", "it was not followed");
    let elsewhere = follow(&arranged, Method::GET, &led, "192.0.2.2").await;
    assert_eq!(elsewhere.status, 302);
}
