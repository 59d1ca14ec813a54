//! A mailbox that can not be read says why, and keeps no other waiting.

use dovecot::PASSWORD;
use futures::FutureExt;
use migrations::Tier;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use super::{Post, numbered, post::on};
use crate::inbox::arranged::Office;

impl Post {
    /// What a member is told of an office's mailbox.
    async fn told(&self, office: &Office, name: &str) -> Value {
        let query = format!(
            "{{ emailAccounts(first: 1, filter: {{email: {{eq: \"{}\"}}}}) {{ nodes {{ mailbox {{ lastRead problem failingSince }} }} }} }}",
            office.address
        );
        let owner = self.arranged.world.owner(name);
        owner.data(&query).await["emailAccounts"]["nodes"][0]["mailbox"].take()
    }
}

#[tokio::test]
async fn a_wrong_password_is_told_and_keeps_no_other_waiting() {
    let post = Post::new().await;
    let (acme, globex) = (&post.arranged.acme, &post.arranged.globex);
    assert_eq!(post.told(acme, "acme").await, json!(null));
    post.dovecot.deliver(&numbered(1));
    post.account(globex, &on(post.dovecot.imap())).await;
    post.secret(acme, "a guess");
    post.secret(globex, PASSWORD);
    let worker = post.work();
    let failing = post.poll(acme).await;
    assert_eq!(post.messages(globex, 1).await.len(), 1);
    assert_eq!(failing["failures"], 1);
    let told = post.told(acme, "acme").await;
    assert_eq!(
        (&told["problem"], &told["lastRead"]),
        (&json!("SIGN_IN"), &json!(null))
    );
    assert!(told["failingSince"].is_string(), "{told}");
    let well = post.told(globex, "globex").await;
    assert_eq!(
        (&well["problem"], &well["failingSince"]),
        (&json!(null), &json!(null))
    );
    assert!(well["lastRead"].is_string(), "{well}");
    // It waits for its time, and the clock does not hurry it.
    let waits = format!(
        "EXISTS (SELECT FROM jobs WHERE id = '{}' AND status = 'queued' AND run_at BETWEEN now() + interval '30 seconds' AND now() + interval '1 minute')",
        acme.account
    );
    post.until(Tier::Queue, &waits).await;
    post.due().await;
    let made = "EXISTS (SELECT FROM job_schedules WHERE name = 'mailboxes' AND next_run > now())";
    post.until(Tier::Queue, made).await;
    assert_eq!(post.mailbox(acme).await, failing);
    // Again it counts, and since when stays.
    let again = post.poll(acme).await;
    assert_eq!(
        (&again["failures"], &again["failing_since"]),
        (&json!(2), &failing["failing_since"])
    );
    post.secret(acme, PASSWORD);
    post.poll(acme).await;
    assert_eq!(post.messages(acme, 1).await.len(), 1);
    let told = post.told(acme, "acme").await;
    assert_eq!(
        (&told["problem"], &told["failingSince"]),
        (&json!(null), &json!(null))
    );
    worker.stop().await;
}

#[tokio::test]
async fn each_problem_has_its_name_and_no_word_of_the_servers() {
    let mut post = Post::new().await;
    post.dovecot.deliver(&numbered(1));
    let tls = |port: u16| json!({ "host": "127.0.0.1", "port": port, "username": "ann" });
    let mut imaps = on(post.dovecot.imaps());
    imaps["security"] = json!("starttls");
    let cases = [
        (json!({ "host": "127.0.0.1" }), "settings"),
        (
            json!({ "host": "127.0.0.1", "port": 143, "security": "maybe" }),
            "settings",
        ),
        // By TLS unless they say otherwise, and with a certificate that somebody trusts.
        (tls(post.dovecot.imaps()), "not_reached"),
        (tls(post.dovecot.imap()), "not_reached"),
        (imaps, "not_reached"),
        (on(1), "not_reached"),
        (at("10.0.0.1", 143), "address"),
    ];
    let worker = post.work();
    for (settings, problem) in cases {
        post.account(&post.arranged.acme, &settings).await;
        let found = post.poll(&post.arranged.acme).await;
        assert_eq!(found["problem"], problem, "{settings}");
    }
    let folder = on(post.dovecot.imap());
    post.account(&post.arranged.acme, &folder).await;
    let nowhere =
        "UPDATE email_accounts SET vault_key_path = '../elsewhere' WHERE imap_settings IS NOT NULL";
    post.arranged.change(Tier::Oltp, nowhere).await;
    assert_eq!(post.poll(&post.arranged.acme).await["problem"], "password");
    post.account(&post.arranged.acme, &folder).await;
    post.dovecot.pause();
    assert_eq!(
        post.poll(&post.arranged.acme).await["problem"],
        "not_reached"
    );
    assert_eq!(post.arranged.count(Tier::Content, "received_mail").await, 0);
    post.dovecot.resume().await;
    let found = post.poll(&post.arranged.acme).await;
    assert_eq!(
        (&found["problem"], &found["failures"]),
        (&json!(null), &json!(0))
    );
    worker.stop().await;
}

fn at(host: &str, port: u16) -> Value {
    let mut settings = on(port);
    settings["host"] = json!(host);
    settings
}

/// A member is told the same of this machine, of others of its network, and of names that there are not.
#[tokio::test]
async fn nobody_learns_from_a_mailbox_what_listens_inside() {
    let post = Post::new().await;
    let acme = &post.arranged.acme;
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let port = listener.local_addr().expect("an address").port();
    let worker = post.work_outside();
    for settings in [
        at("127.0.0.1", port),
        at("localhost", port),
        at("2130706433", port),
        at("::ffff:127.0.0.1", port),
        at("127.0.0.1", 143),
        at("169.254.169.254", 80),
        at("no-such-host.invalid", 143),
    ] {
        post.account(acme, &settings).await;
        assert_eq!(post.poll(acme).await["problem"], "address", "{settings}");
        assert_eq!(post.told(acme, "acme").await["problem"], "ADDRESS");
    }
    worker.stop().await;
    let came = listener.accept();
    assert!(came.now_or_never().is_none(), "somebody was there");
    // Where it may be, it is.
    post.account(acme, &on(post.dovecot.imap())).await;
    let worker = post.work();
    assert_eq!(post.poll(acme).await["problem"], json!(null));
    worker.stop().await;
}
