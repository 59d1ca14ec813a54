//! A reply is kept by what it says beyond what it answers, and is read whole whatever becomes of that.

use entity::id::EmailMessageId;
use gateway_tests::{Answer, beside, cluster};
use migrations::Tier;
use rand::{
    Rng, SeedableRng,
    distr::{Alphanumeric, SampleString},
    rngs::StdRng,
    seq::SliceRandom,
};
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::arranged::{Arranged, Office};

/// Lines that nothing else says.
fn words(rng: &mut StdRng) -> String {
    let lines = (0..8).map(|_| Alphanumeric.sample_string(rng, 60) + "\r\n");
    lines.collect()
}

fn quoted(text: &str) -> String {
    let lines = text.split_inclusive('\n').map(|line| format!("> {line}"));
    lines.collect()
}

/// A conversation, as it goes on.
struct Conversation<'a> {
    arranged: &'a Arranged,
    office: &'a Office,
    rng: StdRng,
    /// Each message, and what it says.
    said: Vec<(EmailMessageId, String)>,
}

impl<'a> Conversation<'a> {
    fn new(arranged: &'a Arranged, office: &'a Office, seed: u64) -> Self {
        Self {
            arranged,
            office,
            rng: StdRng::seed_from_u64(seed),
            said: Vec::new(),
        }
    }

    /// The mail that answers a message of it, if there is one, and quotes all of that; some have HTML.
    fn mail(&mut self, answered: Option<usize>) -> (String, String) {
        let mut says = words(&mut self.rng);
        let mut references = String::new();
        if let Some(place) = answered {
            says += &quoted(&self.said[place].1);
            references = format!("In-Reply-To: <{}>\r\n", self.id(place));
        }
        let html = format!("<html><body><pre>{says}</pre></body></html>\r\n");
        let mail = format!(
            "From: A Lead <{}>\r\nTo: {}\r\nSubject: Re: An offer\r\nMessage-ID: <{}>\r\n{references}\
             Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/alternative; boundary=b\r\n\r\n\
             --b\r\nContent-Type: text/plain\r\n\r\n{says}\r\n--b\r\nContent-Type: text/html\r\n\r\n{html}\r\n--b--\r\n",
            self.office.lead_address,
            self.office.address,
            self.id(self.said.len()),
        );
        (mail, says)
    }

    fn id(&self, place: usize) -> String {
        format!("{place}.{}@lead.test", self.office.campaign)
    }

    async fn go_on(&mut self, answered: Option<usize>) -> EmailMessageId {
        let (mail, says) = self.mail(answered);
        let id = self.arranged.bring(self.office, mail).await;
        self.said.push((id, says));
        id
    }

    /// The body of a message, and the message whose body it takes to read it.
    async fn kept(&self, place: usize) -> Value {
        let sql = format!(
            "SELECT compression_algorithm, base_key, compressed_size_bytes, raw_size_bytes FROM email_content WHERE storage_key = '{}'",
            key(self.said[place].0)
        );
        self.arranged.row(Tier::Content, &sql).await
    }

    /// The place of the message whose body it takes to read that of another.
    async fn base(&self, place: usize) -> Option<usize> {
        let kept = self.kept(place).await;
        let base = kept["base_key"].as_str()?.to_owned();
        self.said.iter().position(|(id, _)| key(*id) == base)
    }

    /// Each message is read as it was written, or has no body where that has gone.
    async fn is_read(&self, gone: &[usize]) {
        let answer = self.read().await;
        let data = answer.data();
        let nodes = data["messages"]["nodes"].as_array().expect("messages");
        assert_eq!(nodes.len(), self.said.len());
        for (place, (id, says)) in self.said.iter().enumerate() {
            let node = nodes.iter().find(|node| node["storageKey"] == key(*id));
            let body = &node.expect("the message")["body"];
            if gone.contains(&place) {
                assert_eq!(*body, Value::Null, "{place}");
                continue;
            }
            let text = |name: &str| body[name].as_str().expect("a text").replace("\r\n", "\n");
            let says = says.replace("\r\n", "\n");
            assert_eq!(text("text").trim_end(), says.trim_end(), "{place}");
            assert!(text("html").contains(&says), "{place}");
        }
    }

    async fn read(&self) -> Answer {
        let name = if self.office.tenant == self.arranged.acme.tenant {
            "acme"
        } else {
            "globex"
        };
        let owner = self.arranged.world.owner(name);
        let answer = owner
            .query("{ messages(first: 100) { nodes { storageKey body { text html } } } }")
            .await;
        answer.data();
        answer
    }

    /// Has the bodies of these messages expire.
    async fn expire(&self, places: &[usize]) -> usize {
        let keys: Vec<_> = places
            .iter()
            .map(|place| format!("'{}'", key(self.said[*place].0)))
            .collect();
        let sql = format!(
            "UPDATE email_content SET expires = now() - interval '1 day' WHERE storage_key IN ({})",
            keys.join(", ")
        );
        self.arranged.change(Tier::Content, &sql).await;
        let expired = self.arranged.inbox.expire_content(self.office.tenant, 100);
        expired.await.expect("done")
    }
}

fn key(id: EmailMessageId) -> String {
    format!("mail/{}", Uuid::from(id))
}

#[tokio::test]
async fn a_reply_refers_to_what_it_answers_and_is_read_by_one_statement() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 1);
    thread.go_on(None).await;
    let alone = thread.read().await.statements();
    for place in 0..5 {
        thread.go_on(Some(place)).await;
    }
    let mut bases = Vec::new();
    for place in 0..6 {
        bases.push(thread.base(place).await);
    }
    // The fifth would take four to be read.
    assert_eq!(bases, [None, Some(0), Some(1), Some(2), Some(2), Some(2)]);
    let kept = thread.kept(1).await;
    assert_eq!(kept["compression_algorithm"], "zstd+mail1+base");
    let sizes = ["raw_size_bytes", "compressed_size_bytes"].map(|name| kept[name].as_i64());
    assert!(sizes[1] < sizes[0].map(|raw| raw / 4), "{sizes:?}");
    thread.is_read(&[]).await;
    assert_eq!(thread.read().await.statements(), alone);
    // What is shown of it where words are found is read like that, too.
    let word = thread.said[3].1[..60].to_owned();
    let owner = arranged.world.owner("acme");
    let query =
        "query($word: String!) { searchMessages(query: $word, first: 5) { matches { snippet } } }";
    let found = owner.data_with(query, json!({ "word": word })).await;
    let matches = found["searchMessages"]["matches"].as_array();
    let matches = matches.expect("matches");
    assert_eq!(matches.len(), 3, "{found}");
    for one in matches {
        let snippet = one["snippet"].as_str().expect("a snippet");
        assert!(snippet.contains(&word), "{snippet}");
    }
}

#[tokio::test]
async fn what_says_nothing_again_stands_alone() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 2);
    thread.go_on(None).await;
    let says = words(&mut thread.rng);
    let mail = super::arranged::reply(&arranged.acme, &thread.id(0), &says);
    let id = arranged.bring(&arranged.acme, mail).await;
    let parent = arranged.message(id, "parent_storage_key").await;
    assert_eq!(parent["parent_storage_key"], key(thread.said[0].0));
    let base = format!(
        "SELECT base_key FROM email_content WHERE storage_key = '{}'",
        key(id)
    );
    assert_eq!(
        arranged.row(Tier::Content, &base).await["base_key"],
        Value::Null
    );
}

#[tokio::test]
async fn what_others_refer_to_goes_when_it_expires_and_they_are_read_as_before() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 3);
    thread.go_on(None).await;
    // More than are written anew at once.
    for _ in 0..25 {
        thread.go_on(Some(0)).await;
    }
    thread.go_on(Some(1)).await;
    assert_eq!(thread.base(26).await, Some(1));
    assert_eq!(thread.expire(&[0]).await, 1);
    thread.is_read(&[0]).await;
    for place in 1..26 {
        let kept = thread.kept(place).await;
        assert_eq!(kept["base_key"], Value::Null, "{place}");
        assert_ne!(kept["compression_algorithm"], "zstd+mail1+base");
    }
    assert_eq!(thread.base(26).await, Some(1));
    // With what it refers to in one batch.
    assert_eq!(thread.expire(&[1, 26]).await, 2);
    thread.is_read(&[0, 1, 26]).await;
}

#[tokio::test]
async fn whatever_goes_first_all_others_are_read_as_they_were() {
    let arranged = Arranged::new().await;
    for seed in [1, 20_261_127, 7_777_777] {
        let sql =
            "TRUNCATE email_messages, email_content, attachments, email_search, received_mail";
        arranged.change(Tier::Content, sql).await;
        let mut thread = Conversation::new(&arranged, &arranged.acme, seed);
        thread.go_on(None).await;
        for place in 1..10 {
            let answered = thread.rng.random_range(0..place);
            thread.go_on(Some(answered)).await;
        }
        let based = arranged.count(Tier::Content, "email_content WHERE base_key IS NOT NULL");
        assert!(based.await > 5, "{seed}");
        let mut order: Vec<usize> = (0..10).collect();
        order.shuffle(&mut thread.rng);
        let mut gone = Vec::new();
        while let Some(place) = order.pop() {
            let more = order.pop_if(|_| thread.rng.random_bool(0.3));
            let batch: Vec<_> = [place].into_iter().chain(more).collect();
            assert_eq!(thread.expire(&batch).await, batch.len(), "{seed}");
            gone.extend(batch);
            thread.is_read(&gone).await;
            if gone.len() == 5 {
                thread
                    .go_on(Some(*order.last().expect("some are left")))
                    .await;
                order.insert(0, 10);
            }
        }
    }
}

#[tokio::test]
async fn a_body_that_no_message_has_goes_and_those_that_refer_to_it_stay() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 4);
    thread.go_on(None).await;
    thread.go_on(Some(0)).await;
    let first = Uuid::from(thread.said[0].0);
    let past = format!(
        "UPDATE email_messages SET parent_storage_key = NULL;
         UPDATE email_messages SET content_key = NULL WHERE id = '{first}';
         ALTER TABLE email_content DISABLE TRIGGER email_content_updated;
         UPDATE email_content SET updated = now() - interval '2 days';
         ALTER TABLE email_content ENABLE TRIGGER email_content_updated"
    );
    arranged.change(Tier::Content, &past).await;
    let found = arranged.inbox.find_orphans(arranged.acme.tenant).await;
    assert_eq!(found.expect("done").removed_bodies, 1);
    thread.is_read(&[0]).await;
}

#[tokio::test]
async fn nobody_refers_to_the_body_of_another_tenant() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 5);
    thread.go_on(None).await;
    let (mail, says) = thread.mail(Some(0));
    let theirs = arranged.bring(&arranged.globex, mail).await;
    let other = Conversation {
        said: vec![(theirs, says)],
        ..Conversation::new(&arranged, &arranged.globex, 6)
    };
    assert_eq!(other.kept(0).await["base_key"], Value::Null);
    other.is_read(&[]).await;
    let refer = format!(
        "UPDATE email_content SET base_key = '{}' WHERE storage_key = '{}'",
        key(thread.said[0].0),
        key(theirs)
    );
    let refused = sqlx::query(AssertSqlSafe(refer))
        .execute(arranged.world.admin_of(Tier::Content))
        .await;
    let refused = refused
        .expect_err("a key of another tenant is none")
        .to_string();
    assert!(refused.contains("email_content_base_key_fkey"), "{refused}");
}

/// Who removes a body past the platform is refused while others refer to it.
#[tokio::test]
async fn a_body_that_others_refer_to_is_not_removed_beneath_them() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 7);
    thread.go_on(None).await;
    thread.go_on(Some(0)).await;
    let admin = arranged.world.admin_of(Tier::Content);
    let remove = format!(
        "DELETE FROM email_content WHERE storage_key = '{}'",
        key(thread.said[0].0)
    );
    let refused = sqlx::query(AssertSqlSafe(remove)).execute(admin).await;
    assert!(refused.is_err());
    // All of a tenant at once are.
    let tenant = Uuid::from(arranged.acme.tenant);
    let all = format!("DELETE FROM email_content WHERE tenant_id = '{tenant}'");
    arranged.change(Tier::Content, &all).await;
    thread.is_read(&[0, 1]).await;
}

/// A session beside the platform's.
async fn session(arranged: &Arranged) -> PgConnection {
    let database = beside(&arranged.world.database, Tier::Content);
    let url = cluster().await.server.superuser_url(&database);
    PgConnection::connect(&url).await.expect("a connection")
}

/// Returns when that many of the platform's sessions wait for a lock.
async fn blocked(arranged: &Arranged, sessions: i64) {
    let waiting = "pg_stat_activity WHERE datname = current_database() AND usename = 'gateway_login' AND wait_event_type = 'Lock'";
    while arranged.count(Tier::Content, waiting).await < sessions {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_removes_a_body_waits_for_a_reply_that_refers_to_it() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 8);
    thread.go_on(None).await;
    let (mail, says) = thread.mail(Some(0));
    let mut other = session(&arranged).await;
    let mut held = other.begin().await.expect("a transaction");
    // The reply's body is written, and its words can not be.
    sqlx::raw_sql("LOCK TABLE email_search IN SHARE MODE")
        .execute(&mut *held)
        .await
        .expect("a lock");
    let expires = async {
        blocked(&arranged, 1).await;
        thread.expire(&[0]).await
    };
    let commits = async {
        blocked(&arranged, 2).await;
        held.commit().await.expect("the end of the lock");
    };
    let replies = arranged.bring(&arranged.acme, mail);
    let (reply, expired, ()) = futures::future::join3(replies, expires, commits).await;
    assert_eq!(expired, 1);
    thread.said.push((reply, says));
    thread.is_read(&[0]).await;
    assert_eq!(thread.kept(1).await["base_key"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reply_does_not_refer_to_a_body_that_goes_meanwhile() {
    let arranged = Arranged::new().await;
    let mut thread = Conversation::new(&arranged, &arranged.acme, 9);
    thread.go_on(None).await;
    let (mail, says) = thread.mail(Some(0));
    let mut other = session(&arranged).await;
    let mut held = other.begin().await.expect("a transaction");
    sqlx::raw_sql("DELETE FROM email_content")
        .execute(&mut *held)
        .await
        .expect("the base goes");
    let commits = async {
        blocked(&arranged, 1).await;
        held.commit().await.expect("the end of the base");
    };
    let replies = arranged.bring(&arranged.acme, mail);
    let (reply, ()) = futures::future::join(replies, commits).await;
    thread.said.push((reply, says));
    assert_eq!(thread.kept(1).await["base_key"], Value::Null);
    thread.is_read(&[0]).await;
}
