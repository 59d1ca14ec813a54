//! What has expired goes, and what does not fit together is found.

use chrono::Utc;
use entity::content::received_mail::MailSource;
use inbox::{Orphans, Unknown};
use migrations::Tier;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arranged::{Arranged, Office, reply};

#[tokio::test]
async fn bodies_go_when_they_expire_and_their_messages_stay() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    let mut messages = Vec::new();
    for (office, words) in [(acme, "a"), (acme, "b"), (acme, "c"), (globex, "d")] {
        messages.push(
            arranged
                .bring(office, reply(office, "x@x.test", words))
                .await,
        );
    }
    let fresh = Uuid::from(messages[2]);
    let past = format!(
        "UPDATE email_content SET expires = now() - interval '1 day' WHERE storage_key <> 'mail/{fresh}'"
    );
    arranged.change(Tier::Content, &past).await;
    let expire = async || {
        arranged
            .inbox
            .expire_content(acme.tenant, 1)
            .await
            .expect("done")
    };
    assert_eq!([expire().await, expire().await, expire().await], [1, 1, 0]);
    for (place, message) in messages.iter().enumerate() {
        let key = arranged.message(*message, "content_key").await["content_key"].clone();
        assert_eq!(key.is_null(), place < 2, "{place}");
    }
    assert_eq!(arranged.count(Tier::Content, "email_content").await, 2);
    // The same text again begins the time anew.
    let past = "UPDATE email_content SET expires = now() - interval '1 day'";
    arranged.change(Tier::Content, past).await;
    arranged.bring(acme, reply(acme, "x@x.test", "c")).await;
    assert_eq!(expire().await, 0);
}

/// What a member finds by a word: subjects.
async fn found(arranged: &Arranged, word: &str) -> Value {
    let owner = arranged.world.owner("acme");
    let asked = "query($word: String!) { searchMessages(query: $word) { matches { message { subject } } } }";
    let data = owner.data_with(asked, json!({ "word": word })).await;
    let matches = data["searchMessages"]["matches"].as_array();
    let subjects = matches.expect("matches").iter();
    subjects
        .map(|found| found["message"]["subject"].clone())
        .collect()
}

#[tokio::test]
async fn mail_is_found_by_its_words_until_its_body_expires() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let (none, one) = (json!([]), json!(["Re: An offer"]));
    assert_eq!(found(&arranged, "rhubarb").await, none);
    let mail = reply(acme, "x@x.test", "We want rhubarb.");
    let message = arranged.bring(acme, mail).await;
    let theirs = reply(&arranged.globex, "x@x.test", "We want rhubarb, too.");
    arranged.bring(&arranged.globex, theirs).await;
    for word in ["rhubarb", "RHUBARB want", "offer"] {
        assert_eq!(found(&arranged, word).await, one, "{word}");
    }
    let past = "UPDATE email_content SET expires = now() - interval '1 day'";
    arranged.change(Tier::Content, past).await;
    assert_eq!(
        arranged
            .inbox
            .expire_content(acme.tenant, 10)
            .await
            .expect("done"),
        1
    );
    for word in ["rhubarb", "want"] {
        assert_eq!(found(&arranged, word).await, none, "{word}");
    }
    assert_eq!(
        arranged.message(message, "subject").await["subject"],
        "Re: An offer"
    );
}

#[tokio::test]
async fn mail_that_was_read_is_forgotten_after_a_month() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.bring(acme, reply(acme, "x@x.test", "old")).await;
    arranged.bring(acme, "no headers").await;
    arranged
        .accept(acme, reply(acme, "x@x.test", "not read"))
        .await;
    let forget = async || {
        arranged
            .inbox
            .forget_received(acme.tenant, 2555, 10)
            .await
            .expect("done")
    };
    assert_eq!(forget().await, 0);
    // A mailbox may be numbered anew, so what came from one is known for longer.
    let imap = MailSource::Imap;
    let (mail, account) = (reply(acme, "x@x.test", "read"), Some(acme.account.into()));
    let kept = arranged
        .inbox
        .accept(acme.tenant, mail.into(), imap, account, Utc::now())
        .await
        .expect("mail is taken");
    arranged.receive(acme, kept.id).await.expect("mail is read");
    let age = async |days: u32| {
        let sql = format!(
            "UPDATE received_mail SET created = now() - interval '{days} days',
                processed = CASE WHEN processed IS NOT NULL THEN now() - interval '{days} days' END"
        );
        arranged.change(Tier::Content, &sql).await;
    };
    age(31).await;
    assert_eq!([forget().await, forget().await], [1, 0]);
    // What was malformed is kept as long as bodies, and what was not read is kept.
    age(2556).await;
    assert_eq!([forget().await, forget().await], [2, 0]);
    assert_eq!(arranged.count(Tier::Content, "received_mail").await, 1);
    assert_eq!(arranged.count(Tier::Content, "email_messages").await, 3);
    let dropped = "UPDATE received_mail SET dropped = now() - interval '2556 days'";
    arranged.change(Tier::Content, dropped).await;
    assert_eq!([forget().await, forget().await], [1, 0]);
}

#[tokio::test]
async fn what_does_not_fit_together_is_found() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    let find = async || {
        arranged
            .inbox
            .find_orphans(acme.tenant)
            .await
            .expect("done")
    };
    let kept = arranged.bring(acme, reply(acme, "x@x.test", "kept")).await;
    assert_eq!(find().await, Orphans::default());
    let lost = arranged.bring(acme, reply(acme, "x@x.test", "lost")).await;
    let theirs = arranged
        .bring(globex, reply(globex, "x@x.test", "theirs"))
        .await;
    // Another's campaign is as little there as none.
    let [campaign, step, lead, account] =
        [globex.campaign, Uuid::now_v7(), globex.lead, Uuid::now_v7()];
    let sent = arranged.sent(acme, "one@acme.test").await;
    let (sent, lost, theirs) = (Uuid::from(sent), Uuid::from(lost), Uuid::from(theirs));
    let tangle = format!(
        "DELETE FROM email_messages WHERE id IN ('{lost}', '{theirs}');
         UPDATE email_messages SET campaign_id = '{campaign}', step_id = '{step}', lead_id = '{lead}', email_account_id = '{account}'
         WHERE id = '{sent}'"
    );
    arranged.change(Tier::Content, &tangle).await;
    let expected = Orphans {
        removed_bodies: 0,
        without_body: 1,
        unknown: Unknown {
            campaigns: vec![campaign],
            steps: vec![step],
            leads: vec![lead],
            accounts: vec![account],
        },
    };
    assert_eq!(find().await, expected, "a body is given a day");
    let past = "ALTER TABLE email_content DISABLE TRIGGER email_content_updated;
        UPDATE email_content SET updated = now() - interval '2 days';
        ALTER TABLE email_content ENABLE TRIGGER email_content_updated";
    arranged.change(Tier::Content, past).await;
    let removed = Orphans {
        removed_bodies: 1,
        ..expected.clone()
    };
    assert_eq!(find().await, removed);
    assert_eq!(find().await, expected);
    let left: Value = arranged
        .row(
            Tier::Content,
            "SELECT jsonb_agg(storage_key ORDER BY storage_key) AS keys FROM email_content",
        )
        .await;
    let key = |id: Uuid| format!("mail/{id}");
    assert_eq!(left["keys"], json!([key(kept.into()), key(theirs)]));
}

/// As the clock has it done.
async fn maintained(arranged: &Arranged) {
    let done = arranged.inbox.maintain(arranged.acme.tenant).await;
    done.expect("done");
}

#[tokio::test]
async fn what_a_tenant_says_of_how_long_moves_the_end_of_all_its_mail() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    for office in [acme, globex] {
        arranged
            .bring(office, with_file(office, "some words"))
            .await;
    }
    let old = "UPDATE email_content SET expires = expires - interval '40 days';
        ALTER TABLE attachments DISABLE TRIGGER USER;
        UPDATE attachments SET created = created - interval '40 days'";
    arranged.change(Tier::Content, old).await;
    maintained(&arranged).await;
    assert_eq!(arranged.count(Tier::Content, "attachments").await, 2);
    let set = "mutation($days: Int!) { updateTenantPolicy(input: {mailRetentionDays: $days}) { tenantPolicy { mailRetentionDays } } }";
    let owner = arranged.world.owner("acme");
    for days in [50, 30] {
        let data = owner.data_with(set, json!({ "days": days })).await;
        assert_eq!(
            data["updateTenantPolicy"]["tenantPolicy"]["mailRetentionDays"],
            days
        );
        maintained(&arranged).await;
        let kept = if days == 50 { 2 } else { 1 };
        let rows = [
            arranged.count(Tier::Content, "email_content").await,
            arranged.count(Tier::Content, "attachments").await,
        ];
        assert_eq!(rows, [kept, kept], "{days}");
    }
    let left = arranged
        .row(
            Tier::Content,
            "SELECT tenant_id, retention_days FROM email_content",
        )
        .await;
    assert_eq!(
        left,
        json!({ "tenant_id": Uuid::from(globex.tenant), "retention_days": 2555 })
    );
}

#[tokio::test]
async fn of_a_lead_that_is_deleted_what_is_counted_stays() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    let sent = arranged.sent(acme, "one@acme.test").await;
    let raw = with_file(acme, "private words").replace("x@x.test", "one@acme.test");
    let came = arranged.bring(acme, raw).await;
    let other = arranged
        .bring(globex, with_file(globex, "other words"))
        .await;
    maintained(&arranged).await;
    assert_eq!(arranged.status(sent).await, "replied");
    let deleted = format!("DELETE FROM leads WHERE id = '{}'", acme.lead);
    arranged.change(Tier::Oltp, &deleted).await;
    maintained(&arranged).await;

    let said = "SELECT (SELECT jsonb_agg(to_jsonb(m)) FROM email_messages m WHERE tenant_id = '{}') AS messages";
    let said = arranged
        .row(
            Tier::Content,
            &said.replace("{}", &Uuid::from(acme.tenant).to_string()),
        )
        .await
        .to_string();
    for word in [&acme.lead_address, "An offer", "one@acme.test"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
    let columns = "campaign_id, replied IS NOT NULL AS replied, sent IS NOT NULL AS sent, lead_id, content_key";
    assert_eq!(
        arranged.message(sent, columns).await,
        json!({ "campaign_id": acme.campaign, "replied": true, "sent": true, "lead_id": null, "content_key": null })
    );
    assert_eq!(arranged.status(came).await, "received");
    for table in ["attachments", "email_search", "received_mail"] {
        assert_eq!(arranged.count(Tier::Content, table).await, 1, "{table}");
    }
    let theirs = arranged.message(other, "subject, from_email").await;
    assert_eq!(
        theirs,
        json!({ "subject": "Re: An offer", "from_email": globex.lead_address })
    );
}

/// An answer with a file.
fn with_file(office: &Office, words: &str) -> String {
    let answer = reply(office, "x@x.test", "");
    format!(
        "{}\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\n{words}\r\n\
         --b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nPDF\r\n--b--\r\n",
        answer.trim_end()
    )
}
