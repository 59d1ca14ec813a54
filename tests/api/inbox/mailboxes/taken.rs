//! No message is lost, taken twice, or another tenant's.

use std::time::Duration;

use dovecot::{Dovecot, PASSWORD};
use migrations::Tier;
use serde_json::json;
use uuid::Uuid;

use super::{
    Post, numbered,
    post::{LARGEST, on},
};
use crate::inbox::arranged::reply;

pub fn subjects(numbers: impl IntoIterator<Item = u32>) -> Vec<String> {
    let numbers = numbers.into_iter();
    numbers.map(|number| format!("Number {number}")).collect()
}

#[tokio::test]
async fn mail_from_before_and_between_is_taken_once() {
    let post = Post::new().await;
    let acme = &post.arranged.acme;
    let sent = post.arranged.sent(acme, "one@acme.test").await;
    (0..120).for_each(|number| post.dovecot.deliver(&numbered(number)));
    let worker = post.work();
    let first = post.poll(acme).await;
    assert_eq!(first["problem"], json!(null));
    assert_eq!(post.messages(acme, 120).await, subjects(0..120));
    let answer = reply(acme, "one@acme.test", "yes");
    post.dovecot.deliver(answer.as_bytes());
    let second = post.poll(acme).await;
    assert!(second["last_uid"].as_i64() > first["last_uid"].as_i64());
    assert_eq!(post.messages(acme, 121).await.len(), 121);
    assert_eq!(post.arranged.status(sent).await, "replied");
    let third = post.poll(acme).await;
    assert_eq!(third["last_uid"], second["last_uid"]);
    assert_eq!(post.messages(acme, 121).await.len(), 121);
    worker.stop().await;
    // One job, however often; and on the server nothing has changed.
    let jobs = "jobs WHERE job_type = 'mailbox.read'";
    assert_eq!(post.arranged.count(Tier::Queue, jobs).await, 1);
    let seen = post.dovecot.flags().iter().any(|flags| flags.contains('S'));
    assert!(!seen && post.dovecot.count() == 121);
    let came = "received_mail WHERE source = 'imap' AND received BETWEEN now() - interval '10 minutes' AND now() + interval '1 minute'";
    assert_eq!(post.arranged.count(Tier::Content, came).await, 121);
}

/// It dies with the third message: before that is kept, and before it is queued.
#[tokio::test]
async fn a_worker_that_dies_between_loses_nothing_and_takes_nothing_twice() {
    let third = "INSERT OR UPDATE ON mailboxes FOR EACH ROW WHEN (NEW.last_uid = 3)";
    let queued = "INSERT ON jobs FOR EACH ROW WHEN (NEW.job_type = 'message.receive')";
    for (tier, when, kept) in [(Tier::Content, third, 2), (Tier::Queue, queued, 5)] {
        let post = Post::new().await;
        let acme = &post.arranged.acme;
        (1..=5).for_each(|number| post.dovecot.deliver(&numbered(number)));
        post.arranged.break_down(tier, when).await;
        let worker = post.work();
        post.due().await;
        let died = "EXISTS (SELECT FROM jobs WHERE job_type = 'mailbox.read' AND last_error_message IS NOT NULL)";
        post.until(Tier::Queue, died).await;
        worker.stop().await;
        let place = post.mailbox(acme).await;
        assert_eq!(place["last_uid"], kept);
        assert_eq!(
            post.arranged.count(Tier::Content, "received_mail").await,
            kept,
            "as much as the place says, and no more"
        );
        post.arranged.repair(tier).await;
        let worker = post.work();
        post.poll(acme).await;
        assert_eq!(post.messages(acme, 5).await, subjects(1..=5));
        worker.stop().await;
        assert_eq!(post.arranged.count(Tier::Content, "received_mail").await, 5);
    }
}

#[tokio::test]
async fn a_mailbox_that_is_numbered_anew_brings_only_what_is_new() {
    let mut post = Post::new().await;
    (1..=3).for_each(|number| post.dovecot.deliver(&numbered(number)));
    let worker = post.work();
    let before = post.poll(&post.arranged.acme).await;
    assert_eq!(post.messages(&post.arranged.acme, 3).await, subjects(1..=3));
    // As in a mailbox from which much was deleted: the new numbers are lower.
    let far = "UPDATE mailboxes SET last_uid = 1000";
    post.arranged.change(Tier::Content, far).await;
    post.dovecot.pause();
    post.dovecot.renumber();
    post.dovecot.deliver(&numbered(4));
    // The new number is the time, in seconds.
    tokio::time::sleep(Duration::from_millis(1100)).await;
    post.dovecot.resume().await;
    let after = post.poll(&post.arranged.acme).await;
    assert_ne!(after["uid_validity"], before["uid_validity"]);
    assert_eq!(after["last_uid"], 4);
    assert_eq!(post.messages(&post.arranged.acme, 4).await, subjects(1..=4));
    worker.stop().await;
}

#[tokio::test]
async fn an_account_brings_mail_to_its_own_tenant_only() {
    let post = Post::new().await;
    let (acme, globex) = (&post.arranged.acme, &post.arranged.globex);
    let theirs = Dovecot::start(None).await;
    post.account(globex, &on(theirs.imap())).await;
    post.secret(globex, PASSWORD);
    post.dovecot.deliver(&numbered(1));
    theirs.deliver(&numbered(2));
    let worker = post.work();
    post.poll(acme).await;
    assert_eq!(post.messages(acme, 1).await, subjects([1]));
    assert_eq!(post.messages(globex, 1).await, subjects([2]));
    // A job of one tenant that names the other's account has no account.
    post.dovecot.deliver(&numbered(3));
    let forged = format!(
        "INSERT INTO jobs (tenant_id, queue_name, job_type, payload)
            VALUES ('{}', 'email-processing', 'mailbox.read', '{{\"accountId\": \"{}\"}}')",
        Uuid::from(globex.tenant),
        acme.account
    );
    post.arranged.change(Tier::Queue, &forged).await;
    let done = format!(
        "EXISTS (SELECT FROM jobs WHERE job_type = 'mailbox.read' AND status = 'completed' AND id <> '{}' AND id <> '{}')",
        acme.account, globex.account
    );
    post.until(Tier::Queue, &done).await;
    assert_eq!(post.arranged.count(Tier::Content, "received_mail").await, 2);
    // Nor is there a job for an account that is paused.
    let paused = format!(
        "UPDATE email_accounts SET status = 'paused' WHERE id = '{}'",
        acme.account
    );
    post.arranged.change(Tier::Oltp, &paused).await;
    post.arranged.change(Tier::Queue, "DELETE FROM jobs").await;
    post.poll(globex).await;
    worker.stop().await;
    let jobs = "SELECT jsonb_agg(id) AS all FROM jobs WHERE job_type = 'mailbox.read'";
    let jobs = post.arranged.row(Tier::Queue, jobs).await;
    assert_eq!(jobs["all"], json!([globex.account]));
    assert_eq!(post.arranged.count(Tier::Content, "received_mail").await, 2);
}

#[tokio::test]
async fn of_a_message_that_is_too_large_the_header_is_kept_and_said_to_be_all() {
    let post = Post::new().await;
    let acme = &post.arranged.acme;
    let mut large = numbered(1);
    large.resize(LARGEST + 1, b'x');
    post.dovecot.deliver(&large);
    let worker = post.work();
    post.poll(acme).await;
    assert_eq!(post.messages(acme, 1).await, subjects([1]));
    worker.stop().await;
    let sql = "SELECT problems, (SELECT full_size_bytes FROM received_mail) AS size FROM email_messages WHERE direction = 'inbound'";
    let found = post.arranged.row(Tier::Content, sql).await;
    let problem =
        "the message has 20001 bytes, more than are taken: all but its header is left out";
    assert_eq!(found, json!({ "problems": [problem], "size": 20_001 }));
}
