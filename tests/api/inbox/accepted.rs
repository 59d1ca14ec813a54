//! Mail is kept before anybody is told so, once, and is read whatever happens then.

use chrono::Utc;
use entity::content::received_mail::MailSource;
use migrations::Tier;
use serde_json::json;
use uuid::Uuid;

use super::arranged::{Arranged, reply};

#[tokio::test]
async fn the_same_mail_of_an_account_is_kept_once() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let raw = reply(acme, "unknown@acme.test", "the same");
    let first = arranged.accept(acme, raw.clone()).await;
    assert_eq!(arranged.accept(acme, raw.clone()).await, first);
    let other = arranged.accept(&arranged.globex, raw.clone()).await;
    let account = Some(acme.account.into());
    let mailbox = async || {
        let source = MailSource::Imap;
        let raw = raw.clone().into_bytes();
        let accepting = arranged
            .inbox
            .accept(acme.tenant, raw, source, account, Utc::now());
        accepting.await.expect("mail is taken").id
    };
    let third = mailbox().await;
    assert_eq!(mailbox().await, third);
    assert!(first != other && first != third && other != third);
    assert_eq!(arranged.count(Tier::Content, "received_mail").await, 3);
    let job = format!(
        "SELECT queue_name, job_type, status, payload, tenant_id FROM jobs WHERE id = '{}'",
        Uuid::from(first)
    );
    assert_eq!(
        arranged.row(Tier::Queue, &job).await,
        json!({ "queue_name": "email-processing", "job_type": "message.receive", "status": "queued",
            "payload": { "receivedId": Uuid::from(first) }, "tenant_id": Uuid::from(acme.tenant) })
    );
    assert_eq!(arranged.count(Tier::Queue, "jobs").await, 3);
}

#[tokio::test]
async fn many_who_bring_the_same_mail_at_once_get_one_id() {
    let arranged = Arranged::new().await;
    let raw = reply(&arranged.acme, "unknown@acme.test", "the same");
    let all = (0..8).map(|_| arranged.accept(&arranged.acme, raw.clone()));
    let ids = futures::future::join_all(all).await;
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(arranged.count(Tier::Content, "received_mail").await, 1);
    assert_eq!(arranged.count(Tier::Queue, "jobs").await, 1);
}

/// What was dropped as a dead letter is kept, and nobody begins with it again.
#[tokio::test]
async fn mail_whose_job_was_dropped_stays_dropped() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let raw = reply(acme, "unknown@acme.test", "dropped");
    let dropped = arranged.accept(acme, raw.clone()).await;
    let other = reply(acme, "unknown@acme.test", "lost");
    let lost = arranged.accept(acme, other).await;
    let dead = format!(
        "UPDATE jobs SET status = 'failed', failed = now() WHERE id = '{}'; DELETE FROM jobs WHERE id = '{}'",
        Uuid::from(dropped),
        Uuid::from(lost)
    );
    arranged.change(Tier::Queue, &dead).await;
    let past = "UPDATE received_mail SET created = now() - interval '2 minutes'";
    arranged.change(Tier::Content, past).await;
    let drop = "mutation { dropJobs(input: {filter: {}, atMost: 10}) { count } }";
    let owner = arranged.world.owner("acme");
    assert_eq!(owner.data(drop).await["dropJobs"]["count"], 1);
    let requeue = async || arranged.inbox.requeue(acme.tenant).await.expect("jobs");
    assert_eq!(requeue().await, 1, "the one that nobody dropped");
    assert_eq!(requeue().await, 0);
    let kept = async |mail| {
        let sql = format!(
            "SELECT dropped IS NOT NULL AS dropped, raw IS NOT NULL AS raw FROM received_mail WHERE id = '{}'",
            Uuid::from(mail)
        );
        arranged.row(Tier::Content, &sql).await
    };
    assert_eq!(kept(dropped).await, json!({ "dropped": true, "raw": true }));
    assert_eq!(kept(lost).await, json!({ "dropped": false, "raw": true }));
    // Who brings it again gets no other.
    assert_eq!(arranged.accept(acme, raw).await, dropped);
    let jobs = format!("jobs WHERE id = '{}'", Uuid::from(dropped));
    assert_eq!(arranged.count(Tier::Queue, &jobs).await, 0);
}

#[tokio::test]
async fn what_was_kept_and_not_queued_is_queued_after_a_minute() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.break_down(Tier::Queue, "INSERT ON jobs").await;
    let raw = reply(acme, "unknown@acme.test", "not queued");
    let refused = arranged.try_accept(acme, raw).await;
    assert!(refused.is_err());
    assert_eq!(arranged.count(Tier::Content, "received_mail").await, 1);
    arranged.repair(Tier::Queue).await;
    let requeue = async || arranged.inbox.requeue(acme.tenant).await.expect("jobs");
    assert_eq!(requeue().await, 0, "whoever keeps it may still be at it");
    let past = "UPDATE received_mail SET created = now() - interval '2 minutes'";
    arranged.change(Tier::Content, past).await;
    let others = arranged.inbox.requeue(arranged.globex.tenant).await;
    assert_eq!(others.expect("jobs"), 0);
    assert_eq!(requeue().await, 1);
    assert_eq!(requeue().await, 0);
    let sql = "SELECT id FROM received_mail";
    let id: Uuid = serde_json::from_value(arranged.row(Tier::Content, sql).await["id"].clone())
        .expect("an id");
    let read = arranged
        .receive(acme, id.into())
        .await
        .expect("mail is read");
    assert!(read.is_some());
    arranged.change(Tier::Queue, "DELETE FROM jobs").await;
    assert_eq!(requeue().await, 0, "it was read");
}
