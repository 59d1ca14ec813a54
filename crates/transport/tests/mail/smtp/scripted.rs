//! A server that answers by a list, for what no honest server says.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpListener,
};
use transport::{
    Security,
    smtp::{Accepted, Cause, Phase, Refused, Unfit},
};

use super::{MESSAGE, relay, send};

/// Answers each line by the first word of it that is in the list; the last dot's word is a dot. A line
/// that is not in the list is a line of content.
pub async fn scripted(replies: &'static [(&'static str, &'static str)]) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.expect("a client");
        let mut stream = BufReader::new(stream);
        let mut line = "GREETING".to_owned();
        loop {
            let reply = replies.iter().find(|(word, _)| line.starts_with(word));
            let reply = reply.map_or("", |(_, reply)| reply);
            // A letter that is no UTF-8.
            let latin1 = b"250 \xfc\r\n";
            let reply = if reply.contains("LATIN1") {
                latin1
            } else {
                reply.as_bytes()
            };
            stream.get_mut().write_all(reply).await?;
            line.clear();
            if stream.read_line(&mut line).await? == 0 {
                return std::io::Result::Ok(());
            }
        }
    });
    address
}

async fn sent(replies: &'static [(&'static str, &'static str)]) -> Result<Accepted, Refused> {
    send(&relay(scripted(replies).await), "to@x.test", MESSAGE).await
}

#[tokio::test]
async fn lines_of_an_answer_are_joined() {
    let accepted = sent(&[
        ("GREETING", "220-a\r\n220 b\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "250 x\r\n"),
        ("RCPT", "251 forwarded\r\n"),
        ("DATA", "354 x\r\n"),
        (".", "250-2.0.0 queued\r\n250 as 1\r\n"),
    ])
    .await;
    let response = accepted.expect("accepted").response;
    assert_eq!(response, "250 2.0.0 queued as 1");
    let refused = sent(&[
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "550-5.7.1 not\r\n550 5.7.1 you\r\n"),
        ("RSET", "250 x\r\n"),
    ])
    .await;
    let Err(Refused::Rejected(answer)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(answer.phase, Phase::Sender);
    assert_eq!(answer.text, "5.7.1 not you");
}

#[tokio::test]
async fn a_server_may_refuse_everybody() {
    let refused = sent(&[("GREETING", "554 no mail here\r\n")]).await;
    let Err(Refused::Rejected(answer)) = refused else {
        panic!("{refused:?}");
    };
    assert_eq!(answer.phase, Phase::Greeting);
    assert!(!answer.phase.is_about_message());
    let refused = sent(&[("GREETING", "421 too many\r\n")]).await;
    assert!(matches!(refused, Err(Refused::Later(_))), "{refused:?}");
}

/// After the last dot, only a reply that says yes or no tells what became of the message.
#[tokio::test]
async fn nonsense_after_the_end_is_unknown_and_before_it_not_reached() {
    for nonsense in ["hello\r\n", "354 go on\r\n", "250-unfinished\r\n251 x\r\n"] {
        let replies: &'static [_] = Vec::leak(vec![
            ("GREETING", "220 a\r\n"),
            ("EHLO", "250 x\r\n"),
            ("MAIL", "250 x\r\n"),
            ("RCPT", "250 x\r\n"),
            ("DATA", "354 x\r\n"),
            (".", nonsense),
        ]);
        let sent = sent(replies).await;
        assert!(
            matches!(sent, Err(Refused::Unknown { .. })),
            "{nonsense:?}: {sent:?}"
        );
    }
    let sent = sent(&[
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "250 x\r\n"),
        ("RCPT", "250 x\r\n"),
        ("DATA", "250 done already\r\n"),
    ])
    .await;
    let Err(Refused::NotReached { phase, .. }) = sent else {
        panic!("{sent:?}");
    };
    assert_eq!(phase, Phase::Data);
}

#[tokio::test]
async fn what_a_server_can_not_take_is_not_sent() {
    let simple = [
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "599 sent\r\n"),
    ];
    let simple: &'static [_] = Vec::leak(simple.to_vec());
    let wide = "Subject: ä\r\n\r\n".as_bytes();
    let sent = send(&relay(scripted(simple).await), "to@x.test", wide).await;
    assert!(
        matches!(sent, Err(Refused::Unfit(Unfit::NeedsEightBitMime))),
        "{sent:?}"
    );
    let sent = send(&relay(scripted(simple).await), "grüße@x.test", MESSAGE).await;
    assert!(
        matches!(sent, Err(Refused::Unfit(Unfit::NeedsSmtpUtf8))),
        "{sent:?}"
    );
}

/// A second reply in one piece with the first: somebody on the way has put it there.
#[tokio::test]
async fn what_is_said_unasked_before_tls_is_refused() {
    for (greeting, go_ahead) in [
        ("220 a\r\n", "220 go\r\n250 injected\r\n"),
        ("220 a\r\n250 injected\r\n", "220 go\r\n"),
    ] {
        let replies = Vec::leak(vec![
            ("GREETING", greeting),
            ("EHLO", "250-x\r\n250 STARTTLS\r\n"),
            ("STARTTLS", go_ahead),
        ]);
        let mut secure = relay(scripted(replies).await);
        secure.server.security = Security::StartTls;
        let sent = send(&secure, "to@x.test", MESSAGE).await;
        let Err(Refused::NotReached {
            cause: Cause::Io(error),
            ..
        }) = sent
        else {
            panic!("{sent:?}");
        };
        assert!(
            error.to_string().contains("more than it was asked"),
            "{error}"
        );
    }
}

/// One reply too many, which would pass for the answer to the content.
#[tokio::test]
async fn an_answer_before_the_end_is_none() {
    let sent = sent(&[
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "250 x\r\n"),
        ("RCPT", "250 x\r\n"),
        ("DATA", "354 x\r\n250 accepted\r\n"),
    ])
    .await;
    let Err(Refused::NotReached { phase, .. }) = sent else {
        panic!("{sent:?}");
    };
    assert_eq!(phase, Phase::Data);
}

#[tokio::test]
async fn a_server_may_refuse_tls() {
    let mut secure = relay(
        scripted(&[
            ("GREETING", "220 a\r\n"),
            ("EHLO", "250-x\r\n250 starttls\r\n"),
            ("STARTTLS", "454-4.7.0 not\r\n454 4.7.0 now\r\n"),
        ])
        .await,
    );
    secure.server.security = Security::StartTls;
    let Err(Refused::Later(answer)) = send(&secure, "to@x.test", MESSAGE).await else {
        panic!("no answer");
    };
    assert_eq!((answer.phase, answer.code), (Phase::Tls, 454));
    assert_eq!(answer.status.as_deref(), Some("4.7.0"));
    assert_eq!(answer.text, "4.7.0 not 4.7.0 now");
}

/// A server of elsewhere answers in letters of its own.
#[tokio::test]
async fn an_answer_in_other_letters_is_understood() {
    let accepted = sent(&[
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", "250 x\r\n"),
        ("RCPT", "250 x\r\n"),
        ("DATA", "354 x\r\n"),
        (".", "250 LATIN1\r\n"),
    ])
    .await;
    assert_eq!(accepted.expect("accepted").response, "250 ?");
}

/// It would be waited for, and kept, as long as it comes.
#[tokio::test]
async fn a_line_without_an_end_is_refused() {
    let endless = String::leak(format!("250 {}", "x".repeat(5000)));
    let sent = sent(Vec::leak(vec![
        ("GREETING", "220 a\r\n"),
        ("EHLO", "250 x\r\n"),
        ("MAIL", &*endless),
    ]));
    let refused = sent.await.expect_err("a refusal").with_cause();
    assert!(
        refused.contains("a line of more than 1000 bytes"),
        "{refused}"
    );
}
