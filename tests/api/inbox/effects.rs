//! What a mail says of one that was sent: it is written down at the message and at the lead, and in no other tenant.

use chrono::{DateTime, TimeDelta, Utc};
use migrations::Tier;
use serde_json::{Value, json};
use uuid::Uuid;

use super::arranged::{Arranged, Office, bounce, complaint, reply};

fn stopped(reason: &str) -> Value {
    json!({ "status": "stopped", "stop_reason": reason })
}

fn active() -> Value {
    json!({ "status": "active", "stop_reason": null })
}

#[tokio::test]
async fn a_reply_moves_the_message_and_the_lead_on() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    arranged
        .bring(acme, reply(acme, "one@acme.test", "yes"))
        .await;
    let at = arranged
        .message(sent, "status, replied IS NOT NULL AS at")
        .await;
    assert_eq!(at, json!({ "status": "replied", "at": true }));
    assert_eq!(
        arranged.lead(acme).await,
        (json!("replied"), stopped("has answered"))
    );
}

#[tokio::test]
async fn what_a_machine_answers_moves_nothing() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let away = format!(
        "Auto-Submitted: auto-replied\r\n{}",
        reply(acme, "one@acme.test", "away")
    );
    let id = arranged.bring(acme, away).await;
    let at = arranged
        .message(id, "message_type, parent_storage_key")
        .await;
    let parent = format!("mail/{}", Uuid::from(sent));
    assert_eq!(
        at,
        json!({ "message_type": "auto_reply", "parent_storage_key": parent })
    );
    assert_eq!(arranged.status(sent).await, "sent");
    assert_eq!(arranged.lead(acme).await, (json!("active"), active()));
}

/// A copy of what the tenant itself sends is no answer.
#[tokio::test]
async fn who_writes_from_an_account_of_the_tenant_answers_nobody() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let own = reply(acme, "one@acme.test", "more")
        .replace(&acme.lead_address, &acme.address.to_uppercase());
    arranged.bring(acme, own).await;
    assert_eq!(arranged.status(sent).await, "sent");
    assert_eq!(arranged.lead(acme).await.0, "active");
}

#[tokio::test]
async fn what_bounces_for_good_ends_message_and_lead() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let id = arranged
        .bring(acme, bounce(acme, "one@acme.test", "failed", "5.1.1"))
        .await;
    assert_eq!(
        arranged.message(id, "message_type").await["message_type"],
        "bounce"
    );
    let at = arranged
        .message(sent, "status, bounced IS NOT NULL AS at, failure_reason")
        .await;
    assert_eq!(
        (&at["status"], &at["at"]),
        (&json!("bounced"), &json!(true))
    );
    let reason = at["failure_reason"].as_str().expect("a reason");
    assert!(
        reason.contains("5.1.1") && reason.contains("no such user"),
        "{reason}"
    );
    assert_eq!(
        arranged.lead(acme).await,
        (json!("bounced"), stopped("the address takes no mail"))
    );
}

#[tokio::test]
async fn what_is_late_is_noted_only() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    for (action, status) in [("delayed", "4.4.1"), ("failed", "4.2.2")] {
        arranged
            .bring(acme, bounce(acme, "one@acme.test", action, status))
            .await;
        let at = arranged
            .message(sent, "status, bounced, failure_reason")
            .await;
        assert_eq!(
            (&at["status"], &at["bounced"]),
            (&json!("sent"), &Value::Null)
        );
        assert!(
            at["failure_reason"]
                .as_str()
                .expect("a reason")
                .contains(status)
        );
    }
    assert_eq!(arranged.lead(acme).await, (json!("active"), active()));
}

/// The report without what it brings back of the message.
fn bare(office: &Office, action: &str, status: &str) -> String {
    let report = bounce(office, "unsaid@acme.test", action, status);
    let (report, _) = report
        .split_once("--b\r\nContent-Type: text/rfc822-headers")
        .expect("a part with headers");
    format!("{report}--b--\r\n")
}

#[tokio::test]
async fn a_report_that_names_no_message_is_about_the_last_to_its_recipient() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let first = arranged.sent(acme, "one@acme.test").await;
    let last = arranged.sent(acme, "two@acme.test").await;
    let later = format!(
        "UPDATE email_messages SET created = created + interval '1 second' WHERE id = '{}'",
        Uuid::from(last)
    );
    arranged.change(Tier::Content, &later).await;
    let id = arranged.bring(acme, bare(acme, "failed", "5.1.1")).await;
    let of = [arranged.status(first).await, arranged.status(last).await];
    assert_eq!(of, ["sent", "bounced"]);
    assert_eq!(arranged.lead(acme).await.0, "bounced");
    let parent = arranged.message(id, "parent_storage_key").await;
    let key = format!("mail/{}", Uuid::from(last));
    assert_eq!(parent["parent_storage_key"], key);
}

/// To somebody else, from another account, or so long ago that no server tries any more.
#[tokio::test]
async fn a_report_that_names_no_message_is_about_none_where_none_can_be_meant() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let report = bare(acme, "failed", "5.1.1");
    let other = report.replace(&acme.lead_address, "nobody@elsewhere.test");
    arranged.bring(acme, other).await;
    assert_eq!(arranged.status(sent).await, "sent");
    for change in [
        "email_account_id = gen_random_uuid()",
        "sent = now() - interval '15 days'",
    ] {
        let sql = format!(
            "UPDATE email_messages SET {change} WHERE id = '{}'",
            Uuid::from(sent)
        );
        arranged.change(Tier::Content, &sql).await;
        let again = report.replace("Undelivered mail", change);
        arranged.bring(acme, again).await;
        assert_eq!(arranged.status(sent).await, "sent", "{change}");
        let back = format!(
            "UPDATE email_messages SET email_account_id = '{}', sent = now() WHERE id = '{}'",
            acme.account,
            Uuid::from(sent)
        );
        arranged.change(Tier::Content, &back).await;
    }
    assert_eq!(arranged.lead(acme).await.0, "active");
    arranged.bring(acme, report).await;
    assert_eq!(arranged.status(sent).await, "bounced");
}

#[tokio::test]
async fn what_is_said_to_have_arrived_was_delivered() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let passed_on = bounce(acme, "one@acme.test", "relayed", "2.1.5");
    arranged.bring(acme, passed_on).await;
    assert_eq!(arranged.status(sent).await, "sent");
    let id = arranged
        .bring(acme, bounce(acme, "one@acme.test", "delivered", "2.1.5"))
        .await;
    let at = arranged
        .message(sent, "status, delivered IS NOT NULL AS at")
        .await;
    assert_eq!(at, json!({ "status": "delivered", "at": true }));
    let kind = arranged.message(id, "message_type").await;
    assert_eq!(kind["message_type"], "auto_reply");
    assert_eq!(arranged.lead(acme).await, (json!("active"), active()));
}

#[tokio::test]
async fn who_complains_gets_no_more() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    arranged.bring(acme, complaint(acme, "one@acme.test")).await;
    let at = arranged
        .message(sent, "status, complained IS NOT NULL AS at")
        .await;
    assert_eq!(at, json!({ "status": "complained", "at": true }));
    assert_eq!(
        arranged.lead(acme).await,
        (json!("unsubscribed"), stopped("has complained of mail"))
    );
    // An answer is no wish for more.
    arranged
        .bring(acme, reply(acme, "one@acme.test", "stop"))
        .await;
    assert_eq!(arranged.lead(acme).await.0, "unsubscribed");
    assert_eq!(arranged.status(sent).await, "complained");
}

#[tokio::test]
async fn links_move_a_message_on_and_keep_the_first_time() {
    let arranged = Arranged::new().await;
    let (acme, inbox) = (&arranged.acme, &arranged.inbox);
    arranged.enlist(acme).await;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let noon: DateTime<Utc> = "2026-11-26T12:00:00Z".parse().expect("a time");
    let later = noon + TimeDelta::hours(1);
    for at in [later, noon, later] {
        inbox.opened(acme.tenant, sent, at).await.expect("written");
    }
    assert_eq!(arranged.status(sent).await, "opened");
    for at in [later, later] {
        inbox.clicked(acme.tenant, sent, at).await.expect("written");
    }
    inbox
        .opened(acme.tenant, sent, later)
        .await
        .expect("written");
    let times = "status, opened = '2026-11-26T12:00:00Z' AS opened, clicked = '2026-11-26T13:00:00Z' AS clicked";
    let at = arranged.message(sent, times).await;
    assert_eq!(
        at,
        json!({ "status": "clicked", "opened": true, "clicked": true })
    );
    for at in [noon, later] {
        let lead = acme.lead.into();
        inbox
            .unsubscribed(acme.tenant, sent, lead, at)
            .await
            .expect("written");
    }
    let at = arranged
        .message(sent, "status, unsubscribed = '2026-11-26T12:00:00Z' AS at")
        .await;
    assert_eq!(at, json!({ "status": "unsubscribed", "at": true }));
    assert_eq!(
        arranged.lead(acme).await,
        (json!("unsubscribed"), stopped("has asked for no more mail"))
    );
}

/// The reader is faster than whoever sent it, or that one died before he could write down that it was sent.
#[tokio::test]
async fn what_happens_before_a_message_is_said_to_be_sent_says_so() {
    let arranged = Arranged::new().await;
    let (acme, inbox) = (&arranged.acme, &arranged.inbox);
    let noon: DateTime<Utc> = "2026-11-26T12:00:00Z".parse().expect("a time");
    let sending = async |name: &str, processed: &str| {
        let message = arranged.sent(acme, name).await;
        let back = format!(
            "UPDATE email_messages SET status = 'sending', sent = NULL, processed = {processed} WHERE id = '{}'",
            Uuid::from(message)
        );
        arranged.change(Tier::Content, &back).await;
        message
    };
    let sent = "status, to_char(sent AT TIME ZONE 'UTC', 'HH24:MI') AS sent";
    let opened = sending("one@acme.test", "'2026-11-26T11:59:00Z'").await;
    for at in [noon, noon + TimeDelta::hours(1)] {
        inbox
            .opened(acme.tenant, opened, at)
            .await
            .expect("written");
        assert_eq!(
            arranged.message(opened, sent).await,
            json!({ "status": "opened", "sent": "11:59" })
        );
    }
    // By a clock that is behind: what was read was sent.
    let clicked = sending("two@acme.test", "'2026-11-26T12:01:00Z'").await;
    inbox
        .clicked(acme.tenant, clicked, noon)
        .await
        .expect("written");
    assert_eq!(
        arranged.message(clicked, sent).await,
        json!({ "status": "clicked", "sent": "12:00" })
    );
    let answered = sending("three@acme.test", "now()").await;
    arranged
        .bring(acme, reply(acme, "three@acme.test", "yes"))
        .await;
    let columns = "status, sent IS NOT NULL AS sent";
    assert_eq!(
        arranged.message(answered, columns).await,
        json!({ "status": "replied", "sent": true })
    );
}

/// What says whether anything of a tenant's mail and leads was changed.
async fn untouched(arranged: &Arranged, office: &Office, sent: Uuid) -> [Value; 3] {
    let message = arranged
        .message(sent.into(), "to_jsonb(email_messages) AS all")
        .await;
    let (lead, campaign) = arranged.lead(office).await;
    [message, lead, campaign]
}

/// Whoever knows a Message-ID, or an id, of another tenant can do nothing to it.
#[tokio::test]
async fn no_mail_and_no_link_reaches_into_another_tenant() {
    let arranged = Arranged::new().await;
    let (acme, globex) = (&arranged.acme, &arranged.globex);
    arranged.enlist(globex).await;
    let theirs = arranged.sent(globex, "theirs@globex.test").await;
    let before = untouched(&arranged, globex, theirs.into()).await;
    let mails = [
        reply(globex, "theirs@globex.test", "words"),
        bounce(globex, "theirs@globex.test", "failed", "5.1.1"),
        complaint(globex, "theirs@globex.test"),
    ];
    for mail in mails {
        let id = arranged.bring(acme, mail).await;
        let at = arranged
            .message(
                id,
                "tenant_id, parent_storage_key, email_account_id, campaign_id, lead_id, thread_id",
            )
            .await;
        assert_eq!(
            at,
            json!({ "tenant_id": Uuid::from(acme.tenant), "parent_storage_key": null, "email_account_id": null,
                "campaign_id": null, "lead_id": null, "thread_id": Uuid::from(id) })
        );
    }
    let (inbox, now, lead) = (&arranged.inbox, Utc::now(), globex.lead.into());
    inbox
        .opened(acme.tenant, theirs, now)
        .await
        .expect("nothing");
    inbox
        .clicked(acme.tenant, theirs, now)
        .await
        .expect("nothing");
    inbox
        .unsubscribed(acme.tenant, theirs, lead, now)
        .await
        .expect("nothing");
    assert_eq!(untouched(&arranged, globex, theirs.into()).await, before);
    // The same within the tenant does.
    arranged
        .bring(globex, reply(globex, "theirs@globex.test", "words"))
        .await;
    assert_ne!(untouched(&arranged, globex, theirs.into()).await, before);
    let theirs = arranged
        .count(Tier::Content, "email_messages WHERE direction = 'inbound'")
        .await;
    assert_eq!(theirs, 4);
}
