//! Mailboxes whose servers tell of new mail by themselves. The clock has them read when a test says so, and never else.

use dovecot::{Dovecot, PASSWORD};
use migrations::Tier;
use serde_json::json;

use super::{Post, numbered, post::on, taken::subjects};
use crate::inbox::arranged::Office;

impl Post {
    /// How often an office's mailbox was read.
    async fn times(&self, office: &Office) -> i64 {
        let sql = format!("SELECT fence FROM jobs WHERE id = '{}'", office.account);
        let row = self.arranged.row(Tier::Queue, &sql).await;
        row["fence"].as_i64().expect("a number")
    }
}

#[tokio::test]
async fn mail_is_taken_when_its_server_tells_of_it() {
    let post = Post::new().await;
    let acme = &post.arranged.acme;
    post.dovecot.deliver(&numbered(1));
    let worker = post.listen(1);
    post.poll(acme).await;
    for number in 1..=4 {
        let all = post.messages(acme, number as usize).await;
        assert_eq!(all, subjects(1..=number));
        post.dovecot.deliver(&numbered(number + 1));
    }
    assert_eq!(post.messages(acme, 5).await, subjects(1..=5));
    worker.stop().await;
    let jobs = "jobs WHERE job_type = 'mailbox.read'";
    assert_eq!(post.arranged.count(Tier::Queue, jobs).await, 1);
    assert_eq!(post.arranged.count(Tier::Content, "received_mail").await, 5);
    let seen = post.dovecot.flags().iter().any(|flags| flags.contains('S'));
    assert!(!seen, "nothing on the server changes");
}

#[tokio::test]
async fn a_mailbox_without_a_place_is_read_by_the_clock() {
    let post = Post::new().await;
    let (acme, globex) = (&post.arranged.acme, &post.arranged.globex);
    let theirs = Dovecot::start(None).await;
    let worker = post.listen(1);
    post.poll(acme).await;
    post.account(globex, &on(theirs.imap())).await;
    post.secret(globex, PASSWORD);
    post.poll(globex).await;
    let before = post.times(globex).await;
    theirs.deliver(&numbered(2));
    post.dovecot.deliver(&numbered(1));
    assert_eq!(post.messages(acme, 1).await, subjects([1]));
    assert_eq!(post.times(globex).await, before);
    post.poll(globex).await;
    assert_eq!(post.messages(globex, 1).await, subjects([2]));
    worker.stop().await;
}

#[tokio::test]
async fn a_server_that_was_away_is_listened_to_again() {
    let mut post = Post::new().await;
    let worker = post.listen(1);
    post.poll(&post.arranged.acme).await;
    post.dovecot.pause();
    post.dovecot.deliver(&numbered(1));
    post.dovecot.resume().await;
    let acme = &post.arranged.acme;
    assert_eq!(post.poll(acme).await["problem"], json!(null));
    assert_eq!(post.messages(acme, 1).await, subjects([1]));
    post.dovecot.deliver(&numbered(2));
    assert_eq!(post.messages(acme, 2).await, subjects(1..=2));
    worker.stop().await;
}
