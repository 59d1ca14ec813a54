//! A mail becomes a message, once, however often it is read and wherever the reading ends.

use entity::content::email_message::MessageType;
use mail::body::Compressed;
use migrations::Tier;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arranged::{Arranged, Office, reply};

/// A mail with two texts, a picture in it and a file beside it.
fn with_files(office: &Office, to: &str) -> String {
    format!(
        "Delivered-To: {account}\r\nFrom: A Lead <{lead}>\r\nTo: sales@elsewhere.test\r\nSubject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n\
         Message-ID: <files@lead.test>\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\nReferences: <unknown@x.test> <{to}>\r\n\
         MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n\
         --m\r\nContent-Type: multipart/related; boundary=r\r\n\r\n\
         --r\r\nContent-Type: multipart/alternative; boundary=a\r\n\r\n\
         --a\r\nContent-Type: text/plain; charset=utf-8\r\n\r\nHello there\r\n\
         --a\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<p>Hello <img src=\"cid:pic\"></p>\r\n--a--\r\n\
         --r\r\nContent-Type: image/png\r\nContent-ID: <pic>\r\nContent-Disposition: inline; filename=pic.png\r\n\
         Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n--r--\r\n\
         --m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=offer.pdf\r\n\
         Content-Transfer-Encoding: base64\r\n\r\nAAECAw==\r\n--m--\r\n",
        account = office.address,
        lead = office.lead_address,
    )
}

/// All that there is of mail in the content tier, without the times of rows.
async fn everything(arranged: &Arranged) -> Value {
    let sql = "SELECT (SELECT jsonb_agg(to_jsonb(m) - '{updated,processed}'::text[] ORDER BY id) FROM email_messages m) AS messages,
        (SELECT jsonb_agg(to_jsonb(c) - '{updated,expires}'::text[] ORDER BY id) FROM email_content c) AS bodies,
        (SELECT jsonb_agg(to_jsonb(a) ORDER BY id) FROM attachments a) AS attachments";
    arranged.row(Tier::Content, sql).await
}

#[tokio::test]
async fn a_mail_becomes_a_message_with_its_body_and_its_files() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let raw = with_files(acme, "one@acme.test");
    let size = raw.len();
    let id = arranged.bring(acme, raw).await;
    let (id, sent) = (Uuid::from(id), Uuid::from(sent));
    let columns = "tenant_id, storage_key, content_key, email_account_id, campaign_id, step_id, lead_id, parent_storage_key,
        thread_id, direction, message_type, from_email, to_email, subject, message_id, problems, size_bytes, status, sent,
        received IS NOT NULL AS came, headers -> 3 AS subject_header, jsonb_array_length(headers) AS fields";
    assert_eq!(
        arranged.message(id.into(), columns).await,
        json!({
            "tenant_id": Uuid::from(acme.tenant), "storage_key": format!("mail/{id}"), "content_key": format!("mail/{id}"),
            "email_account_id": acme.account, "campaign_id": acme.campaign, "step_id": null, "lead_id": acme.lead,
            "parent_storage_key": format!("mail/{sent}"), "thread_id": sent, "direction": "inbound", "message_type": "email",
            "from_email": acme.lead_address, "to_email": "sales@elsewhere.test", "subject": "Grüße",
            "message_id": "files@lead.test", "problems": [], "size_bytes": size, "status": "received", "sent": null,
            "came": true, "subject_header": { "name": "Subject", "value": "=?UTF-8?Q?Gr=C3=BC=C3=9Fe?=" }, "fields": 9,
        })
    );
    let files = "SELECT jsonb_agg(jsonb_build_array(filename, mime_type, content_id, size_bytes, encode(content, 'hex'), storage_disposition)
        ORDER BY filename) AS files FROM attachments";
    assert_eq!(
        arranged.row(Tier::Content, files).await["files"],
        json!([
            [
                "offer.pdf",
                "application/pdf",
                null,
                4,
                "00010203",
                "attachment"
            ],
            ["pic.png", "image/png", "pic", 4, "89504e47", "inline"],
        ])
    );
    let body: (Option<Vec<u8>>, Option<Vec<u8>>, i64, String) = sqlx::query_as(
        "SELECT content_text, content_html, raw_size_bytes, compression_algorithm FROM email_content",
    )
    .fetch_one(arranged.world.admin_of(Tier::Content))
    .await
    .expect("the body");
    let body = Compressed {
        text: body.0,
        html: body.1,
        algorithm: body.3.parse().expect("an algorithm"),
        raw_size: usize::try_from(body.2).expect("a size"),
    };
    let read = [body.read_text(None), body.read_html(None)].map(|text| {
        let text = text.expect("what was written");
        text.expect("a text").trim().to_owned()
    });
    assert_eq!(read, ["Hello there", "<p>Hello <img src=\"cid:pic\"></p>"]);
    let kept = "SELECT raw, processed IS NOT NULL AS processed FROM received_mail";
    assert_eq!(
        arranged.row(Tier::Content, kept).await,
        json!({ "raw": null, "processed": true })
    );
}

#[tokio::test]
async fn a_thread_is_joined_at_the_closest_message_that_is_there() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let first = arranged.sent(acme, "first@acme.test").await;
    let answer = |id: &str, references: &str, subject: &str| {
        format!(
            "From: {}\r\nTo: {}\r\nSubject: {subject}\r\nMessage-ID: <{id}>\r\nReferences: {references}\r\n\
             Date: Thu, 26 Nov 2026 10:00:00 +0000\r\n\r\n{subject}\r\n",
            acme.lead_address, acme.address
        )
    };
    let second = arranged
        .bring(acme, answer("second@l.test", "<first@acme.test>", "b"))
        .await;
    let known = "<first@acme.test> <second@l.test> <unknown@x.test>";
    let third = arranged
        .bring(acme, answer("third@l.test", known, "c"))
        .await;
    let alone = arranged
        .bring(acme, answer("alone@l.test", "<unknown@x.test>", "d"))
        .await;
    let at = async |id| {
        arranged
            .message(id, "parent_storage_key, thread_id, lead_id, campaign_id")
            .await
    };
    let key = |id| format!("mail/{}", Uuid::from(id));
    let thread = Uuid::from(first);
    for (message, parent) in [(second, first), (third, second)] {
        assert_eq!(
            at(message).await,
            json!({ "parent_storage_key": key(parent), "thread_id": thread, "lead_id": acme.lead, "campaign_id": acme.campaign })
        );
    }
    // Of the lead at least its address tells.
    assert_eq!(
        at(alone).await,
        json!({ "parent_storage_key": null, "thread_id": Uuid::from(alone), "lead_id": acme.lead, "campaign_id": null })
    );
}

#[tokio::test]
async fn texts_that_are_the_same_are_kept_once_in_a_tenant() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    let mut keys = Vec::new();
    for office in [acme, acme, globex] {
        let id = arranged
            .bring(office, reply(office, "x@x.test", "the same words"))
            .await;
        keys.push(arranged.message(id, "content_key").await["content_key"].clone());
    }
    assert!(keys[0] == keys[1] && keys[0] != keys[2], "{keys:?}");
    assert_eq!(arranged.count(Tier::Content, "email_content").await, 2);
}

#[tokio::test]
async fn to_read_it_again_or_twice_at_once_changes_nothing() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let id = arranged
        .accept(acme, with_files(acme, "one@acme.test"))
        .await;
    let keep = "CREATE TABLE kept AS SELECT raw FROM received_mail";
    arranged.change(Tier::Content, keep).await;
    let both = futures::future::join_all((0..4).map(|_| arranged.receive(acme, id))).await;
    let both: Result<Vec<_>, _> = both.into_iter().collect();
    assert!(
        both.expect("mail is read")
            .contains(&Some(MessageType::Email))
    );
    assert_eq!(arranged.count(Tier::Content, "attachments").await, 2);
    assert_eq!(arranged.status(sent).await, "replied");
    let before = everything(&arranged).await;
    assert_eq!(arranged.receive(acme, id).await.expect("nothing"), None);
    // As if nobody had said that it is done.
    let unsaid = "UPDATE received_mail SET processed = NULL, raw = kept.raw FROM kept";
    arranged.change(Tier::Content, unsaid).await;
    assert!(arranged.receive(acme, id).await.expect("read").is_some());
    assert_eq!(everything(&arranged).await, before);
}

#[tokio::test]
async fn whoever_dies_between_the_steps_leaves_them_to_the_next() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let id = arranged
        .accept(acme, with_files(acme, "one@acme.test"))
        .await;
    let places = [
        (Tier::Content, "INSERT ON attachments", 0, "sent"),
        (Tier::Oltp, "UPDATE ON leads", 1, "replied"),
        (
            Tier::Oltp,
            "UPDATE ON campaign_leads FOR EACH ROW",
            1,
            "replied",
        ),
        (Tier::Content, "UPDATE ON received_mail", 1, "replied"),
    ];
    let mut before = Value::Null;
    for (tier, place, messages, status) in places {
        arranged.break_down(tier, place).await;
        assert!(arranged.receive(acme, id).await.is_err(), "{place}");
        arranged.repair(tier).await;
        let inbound = arranged
            .count(Tier::Content, "email_messages WHERE direction = 'inbound'")
            .await;
        assert_eq!(
            (inbound, arranged.status(sent).await),
            (messages, json!(status)),
            "{place}"
        );
        let now = everything(&arranged).await;
        if messages == 1 {
            assert!(before.is_null() || before == now, "{place}");
            before = now;
        }
    }
    assert_eq!(
        arranged.receive(acme, id).await.expect("read"),
        Some(MessageType::Email)
    );
    assert_eq!(everything(&arranged).await, before);
    let stopped = json!({ "status": "stopped", "stop_reason": "has answered" });
    assert_eq!(arranged.lead(acme).await, (json!("replied"), stopped));
    assert_eq!(arranged.receive(acme, id).await.expect("nothing"), None);
}

#[tokio::test]
async fn a_mail_of_another_tenant_is_none() {
    let arranged = Arranged::new().await;
    let id = arranged
        .accept(&arranged.acme, reply(&arranged.acme, "x@x.test", "mine"))
        .await;
    let read = arranged.receive(&arranged.globex, id).await;
    assert_eq!(read.expect("nothing"), None);
    assert_eq!(arranged.count(Tier::Content, "email_messages").await, 0);
    assert!(
        arranged
            .receive(&arranged.acme, id)
            .await
            .expect("read")
            .is_some()
    );
}
