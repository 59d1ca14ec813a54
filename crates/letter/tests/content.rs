//! HTML or plain text, and the whole way of a letter.

#[expect(dead_code, reason = "the other tests use all of it")]
mod support;

use letter::{Template, html_of, is_html, render};
use mail::{Mailbox, Outgoing, Unsubscribe, compose, parse, track};
use proptest::prelude::*;
use support::{content, somebody};

#[test]
fn a_tag_makes_it_html() {
    for html in [
        "<p>Hi",
        " \n<!DOCTYPE html><html></html>",
        "Hi<br>there",
        "Hi <a href='https://a.test'>x</a>",
        "{% if name %}<B>x</B>{% endif %}",
        "<!-- a --><div/>",
    ] {
        assert!(is_html(html), "{html}");
    }
    for text in [
        "",
        "Hi",
        "<bob@b.test> wrote:\n> Hi",
        "See <https://a.test/>",
        "if a <b then",
        "1 < 2 > 0",
        "<3 you",
        "<!-- <p> -->",
        "&lt;p&gt;",
        "<unknown>",
    ] {
        assert!(!is_html(text), "{text}");
    }
}

#[test]
fn html_is_made_of_text() {
    let text = "Hi <b@c.test> & co,\r\nsee https://a.test/x?a=1&b=\"2\".\n\n \n\n(HTTP://a.test) ftp://a.test\njavascript://a.test\n";
    let expected = "<p>Hi &lt;b@c.test&gt; &amp; co,<br>\n\
        see <a href=\"https://a.test/x?a=1&amp;b=\">https://a.test/x?a=1&amp;b=</a>&quot;2&quot;.</p>\n\
        <p>(<a href=\"HTTP://a.test\">HTTP://a.test</a>) ftp://a.test<br>\njavascript://a.test</p>\n";
    assert_eq!(html_of(text).replace("&#x2f;", "/"), expected);
    assert_eq!(html_of(" \n\n"), "");
}

#[test]
fn text_is_made_of_html() {
    let rendered = content(
        "<h1>Hi {{ first_name }}</h1><p><a href='https://a.test/x'>two</a>",
        &somebody(),
    );
    for expected in ["Hi Bob", "two", "https://a.test/x"] {
        assert!(rendered.text.contains(expected), "{}", rendered.text);
    }
    assert!(!rendered.text.contains('<'), "{}", rendered.text);
}

/// What the demo's templates are, which are plain text.
const PLAIN: &str =
    "Hi {{first_name}},\n\nof {{company}}: https://a.test/offer?a=1&b=2\n\n{{unsubscribe_link}}\n";

#[test]
fn a_plain_letter_is_tracked_and_read_as_it_was_written() {
    let template = Template {
        subject: "Quick question about {{company}}",
        content: PLAIN,
    };
    let rendered = render(&template, &somebody()).expect("a template");
    let unsubscribe = somebody().unsubscribe_url;
    let click = |url: &str| format!("https://t.test/c/{}", url.len());
    let html = rendered.html.expect("HTML");
    let html = track(&html, &[unsubscribe], click, Some("https://t.test/o")).expect("HTML");
    assert_eq!(html.matches("https://t.test/c/28\"").count(), 1, "{html}");
    assert_eq!(html.matches("https://t.test/c/").count(), 1, "{html}");
    assert_eq!(html.matches("https://t.test/o\"").count(), 1, "{html}");
    let mailbox = |address: &str| Mailbox {
        name: None,
        address: address.to_owned(),
    };
    let outgoing = Outgoing {
        from: mailbox("ada@a.test"),
        to: mailbox("bob@b.test"),
        reply_to: None,
        subject: rendered.subject,
        text: rendered.text.clone(),
        html: Some(html.clone()),
        message_id: "mail.1@a.test".to_owned(),
        in_reply_to: None,
        references: Vec::new(),
        unsubscribe: Unsubscribe {
            mailto: None,
            url: Some(unsubscribe.to_owned()),
        },
        date: "2026-03-05T10:00:00Z".parse().expect("a time"),
        attachments: Vec::new(),
    };
    let parsed = parse(&compose(&outgoing).expect("a message"));
    let lines =
        |text: Option<String>| text.map(|text| text.replace("\r\n", "\n").trim_end().to_owned());
    assert_eq!(
        parsed.subject.as_deref(),
        Some("Quick question about Bob & Sons")
    );
    assert_eq!(lines(parsed.text), lines(Some(rendered.text)));
    assert_eq!(lines(parsed.html), lines(Some(html)));
    assert_eq!(parsed.problems, []);
}

proptest! {
    #[test]
    fn text_writes_no_tags_of_its_own(text in "([^\\p{C}]|\n|<|>|&|\"|https://a.test/){0,60}") {
        let html = html_of(&text);
        let ours = html.replace("</p>", "").replace("<p>", "").replace("<br>", "").replace("</a>", "");
        let ours = ours.replace("<a href=\"", "").replace("\">", "");
        prop_assert!(!ours.contains(['<', '>', '"']), "{}", html);
    }
}
