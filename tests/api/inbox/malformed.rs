//! Mail that is not what it should be is kept, and marked.

use migrations::Tier;
use serde_json::json;

use super::arranged::{Arranged, reply};

#[tokio::test]
async fn nothing_is_dropped_however_it_looks() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    // Of letters that do not compress: an index takes no more than 2704 bytes of a value, compressed.
    let letter = |place: u32| char::from_u32(0x4E00 + place * 7919 % 20_000);
    let long: String = (0..990).filter_map(letter).collect();
    let many: String = (0..40_000)
        .map(|place| format!("X-{place}: value\r\n"))
        .collect();
    let mails: [(&str, Vec<u8>); 8] = [
        ("nothing at all", Vec::new()),
        ("one NUL", vec![0]),
        ("NULs everywhere", b"From: a\0b@x.test\r\nSubject: a\0b\r\nX: \0\r\n\r\nwords\0and\0more".to_vec()),
        ("no headers", b"just words, and nothing else\r\n\r\nmore".to_vec()),
        ("bytes of no charset", (0..=255).cycle().take(5000).collect()),
        ("huge headers", format!("From: a@x.test\r\n{many}\r\nwords").into_bytes()),
        ("a long id", format!("From: a@x.test\r\nDate: Thu, 26 Nov 2026 10:00:00 +0000\r\nMessage-ID: <{long}@x.test>\r\nReferences: <{long}@x.test>\r\n\r\nwords").into_bytes()),
        ("long lines", format!("From: {0}@x.test\r\nTo: {0}@x.test\r\nSubject: {0}\r\n\r\n{0}", "a".repeat(5000)).into_bytes()),
    ];
    for (what, raw) in mails {
        let size = raw.len();
        let id = arranged.bring(acme, raw).await;
        let at = arranged
            .message(id, "status, size_bytes, cardinality(problems) AS problems")
            .await;
        assert_eq!(
            (&at["status"], &at["size_bytes"]),
            (&json!("received"), &json!(size)),
            "{what}"
        );
        assert!(at["problems"].as_i64() > Some(0), "{what}: {at}");
        let kept = format!(
            "SELECT raw IS NOT NULL AS kept, processed IS NOT NULL AS processed FROM received_mail WHERE id = '{}'",
            uuid::Uuid::from(id)
        );
        let kept = arranged.row(Tier::Content, &kept).await;
        assert_eq!(kept, json!({ "kept": true, "processed": true }), "{what}");
    }
}

/// What was wrong is said in words, and what could be read is there.
#[tokio::test]
async fn what_could_be_read_is_there() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let sent = arranged.sent(acme, "one@acme.test").await;
    let broken = reply(acme, "one@acme.test", "wo\0rds").replace("Date: ", "X-Date: ");
    let id = arranged.bring(acme, broken).await;
    let at = arranged
        .message(id, "subject, from_email, problems, lead_id")
        .await;
    assert_eq!(
        (&at["subject"], &at["from_email"]),
        (&json!("Re: An offer"), &json!(acme.lead_address))
    );
    let problems = at["problems"].to_string();
    assert!(
        problems.contains("NUL") && problems.contains("Date"),
        "{problems}"
    );
    assert_eq!(arranged.status(sent).await, "replied");
}

#[tokio::test]
async fn more_files_than_are_kept_are_named() {
    let arranged = Arranged::new().await;
    let acme = &arranged.acme;
    let file = "--m\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\nx\r\n";
    let raw = reply(acme, "x@x.test", &(file.repeat(203) + "--m--")).replacen(
        "\r\n\r\n",
        "\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=m\r\n\r\n",
        1,
    );
    let id = arranged.bring(acme, raw).await;
    assert_eq!(arranged.count(Tier::Content, "attachments").await, 200);
    let problems = arranged.message(id, "problems").await["problems"].to_string();
    assert!(
        problems.contains("more than 200 attachments: 3 left out"),
        "{problems}"
    );
}
