use super::*;
use crate::parse;

const REPORT: &str = "From: Mail Delivery System <MAILER-DAEMON@mx.b.test>\nTo: ada@a.test\n\
    Date: Tue, 3 Mar 2026 10:00:00 +0000\nAuto-Submitted: auto-replied\n\
    Content-Type: multipart/report; report-type=delivery-status; boundary=b\n\n\
    --b\n\nIt did not arrive.\n--b\nContent-Type: message/delivery-status\n\n\
    Reporting-MTA: dns; mx.b.test\n\nOriginal-Recipient: rfc822;ada+x@b.test\n\
    Final-Recipient: rfc822; <ada@b.test>\nAction: failed (ACTION)\nStatus: 5.1.1 (no such user)\n\
    Diagnostic-Code: smtp; 550 5.1.1\n <ada@b.test>: unknown\n\n\
    Final-Recipient: rfc822; bob@b.test\nAction: failed\nStatus: 4.2.2\n\
    --b\nContent-Type: message/rfc822\n\nMessage-ID: <one@a.test>\nSubject: s\n\ntext\n--b--\n";

fn of(raw: &str) -> Kind {
    kind(&parse::parse(raw.as_bytes()))
}

fn bounce(raw: &str) -> Bounce {
    match of(raw) {
        Kind::Bounce(bounce) => bounce,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_bounce_says_for_whom_and_why() {
    let bounce = bounce(REPORT);
    assert_eq!(bounce.original_message_id.as_deref(), Some("one@a.test"));
    let [ada, bob] = &bounce.recipients[..] else {
        panic!("{:?}", bounce.recipients)
    };
    assert_eq!(ada.original_recipient.as_deref(), Some("ada+x@b.test"));
    assert_eq!(ada.final_recipient.as_deref(), Some("ada@b.test"));
    assert_eq!(ada.status.expect("a status").to_string(), "5.1.1");
    assert_eq!(
        ada.diagnostic.as_deref(),
        Some("550 5.1.1 <ada@b.test>: unknown")
    );
    assert_eq!(
        (ada.severity(), bob.severity()),
        (Severity::Hard, Severity::Soft)
    );
    assert_eq!(bounce.severity(), Severity::Hard);
    assert_eq!(bounce.worst(), ["ada+x@b.test", "ada@b.test"]);
}

#[test]
fn delays_are_soft_and_deliveries_are_no_bounces() {
    let delayed = REPORT.replace("Action: failed", "Action: delayed");
    assert_eq!(bounce(&delayed).severity(), Severity::Soft);
    let delivered = REPORT.replace("Action: failed", "Action: delivered");
    let Kind::Delivered(report) = of(&delivered) else {
        panic!("{:?}", of(&delivered))
    };
    assert!(report.is_delivery());
    assert_eq!(report.original_message_id.as_deref(), Some("one@a.test"));
    let relayed = REPORT.replace("Action: failed", "Action: relayed");
    assert!(matches!(of(&relayed), Kind::Delivered(report) if !report.is_delivery()));
    let headers = REPORT.replace("message/rfc822", "text/rfc822-headers");
    assert_eq!(
        bounce(&headers).original_message_id.as_deref(),
        Some("one@a.test")
    );
}

#[test]
fn servers_that_report_in_words_are_bounces() {
    let exim = bounce(
        "From: Mail Delivery System <Mailer-Daemon@mx.test>\nX-Failed-Recipients: ada@b.test, bob@b.test\n\n\
        550 5.1.1 no such user\n> Message-ID: <one@a.test>\n",
    );
    assert_eq!(
        exim.recipients[1].final_recipient.as_deref(),
        Some("bob@b.test")
    );
    assert_eq!(exim.original_message_id.as_deref(), Some("one@a.test"));
    assert_eq!(exim.severity(), Severity::Hard);
    let words = "From: MAILER-DAEMON@mx.test\n\nSorry, it didn't work out.";
    assert_eq!(bounce(words).severity(), Severity::Unknown);
}

#[test]
fn automatic_replies_are_told_by_their_headers() {
    let with = |header: &str| of(&format!("From: ada@b.test\n{header}\nSubject: s\n\ntext"));
    let (reply, generated) = (
        Kind::AutoReply(Automatic::Reply),
        Kind::AutoReply(Automatic::Generated),
    );
    assert_eq!(with("Auto-Submitted: auto-replied (vacation)"), reply);
    assert_eq!(with("auto-submitted: Auto-Generated"), generated);
    assert_eq!(with("Auto-Submitted: no"), Kind::Email);
    assert_eq!(with("X-Auto-Response-Suppress: All"), generated);
    assert_eq!(with("X-Autoreply: yes"), reply);
    assert_eq!(with("Precedence: auto_reply"), reply);
    assert_eq!(with("Precedence: junk"), generated);
    assert_eq!(with("Precedence: bulk\nList-Id: <l.b.test>"), Kind::Email);
    assert_eq!(with("Return-Path: <>"), reply);
    assert_eq!(with("Return-Path: <ada@b.test>"), Kind::Email);
    let shown = "Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: message/disposition-notification\n\nx: y\n--b--";
    assert_eq!(with(shown), Kind::AutoReply(Automatic::Read));
}

#[test]
fn complaints_name_the_message() {
    let report = "From: fbl@b.test\nContent-Type: multipart/report; report-type=feedback-report; boundary=b\n\n\
        --b\n\nSpam.\n--b\nContent-Type: message/feedback-report\n\nFeedback-Type: abuse\nVersion: 1\n\
        Original-Rcpt-To: <ada@b.test>\n--b\nContent-Type: message/rfc822\n\nMessage-ID: <one@a.test>\n\nx\n--b--\n";
    let complaint = Complaint {
        feedback_type: "abuse".to_owned(),
        original_message_id: Some("one@a.test".to_owned()),
        recipients: vec!["ada@b.test".to_owned()],
    };
    assert_eq!(of(report), Kind::Complaint(complaint));
    assert_eq!(of(&report.replace("abuse", "not-spam")), Kind::Email);
}
