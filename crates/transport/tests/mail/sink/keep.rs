//! What is accepted is there before its sender knows.

use std::{fs, path::Path};

use tokio::sync::mpsc;
use transport::sink::{Fault, Moment, Options, Script, Sink};

use super::Running;
use crate::talk::Talk;

const MESSAGE: &str = "Message-ID: <1@x.test>\r\n\r\nhello\r\n";

async fn send(talk: &mut Talk, to: &str) {
    talk.expect("EHLO x", 250).await;
    talk.expect("MAIL FROM:<a@x.test>", 250).await;
    talk.expect(&format!("RCPT TO:<{to}>"), 250).await;
    talk.expect("DATA", 354).await;
    talk.say(&format!("{MESSAGE}.\r\n")).await;
}

fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    let read = fs::read_dir(folder).expect("a folder");
    read.map(|entry| entry.expect("an entry").path()).collect()
}

#[tokio::test]
async fn a_maildir_holds_what_was_sent() {
    let folder = tempfile::tempdir().expect("a folder");
    let maildir = folder.path().join("mail");
    let sink = Running::start(Options {
        maildir: Some(maildir.clone()),
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    for _ in 0..2 {
        send(&mut talk, "to@x.test").await;
        assert_eq!(talk.hear().await.0, 250);
    }
    let new = files(&maildir.join("new"));
    assert_eq!(new.len(), 2);
    for file in new {
        assert_eq!(fs::read_to_string(file).expect("a file"), MESSAGE);
    }
    assert!(files(&maildir.join("tmp")).is_empty());
    assert!(maildir.join("cur").is_dir());
}

/// Nobody takes from the channel, so the sender waits; the line is there by then.
#[tokio::test]
async fn a_line_of_the_journal_comes_before_the_answer() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("journal");
    fs::write(&journal, "of an earlier run\n").expect("a file");
    let (channel, mut messages) = mpsc::channel(1);
    let sink = Sink::bind(Options {
        journal: Some(journal.clone()),
        channel: Some(channel),
        ..Options::default()
    });
    let sink = sink.await.expect("a sink");
    let address = sink.address();
    tokio::spawn(sink.serve(std::future::pending()));
    let mut talk = Talk::to(address).await;
    send(&mut talk, "first@x.test").await;
    assert_eq!(talk.hear().await.0, 250);
    send(&mut talk, "second@x.test").await;
    let lines = || fs::read_to_string(&journal).expect("the journal");
    let third = async {
        while lines().lines().count() < 3 {
            tokio::task::yield_now().await;
        }
    };
    let patience = std::time::Duration::from_secs(10);
    tokio::time::timeout(patience, third).await.expect("a line");
    let text = lines();
    let last: Vec<_> = text.lines().last().expect("a line").split('\t').collect();
    assert!(
        chrono::DateTime::parse_from_rfc3339(last[0]).is_ok(),
        "{text}"
    );
    assert_eq!(last[1..], ["second@x.test", "1@x.test"]);
    messages.recv().await.expect("the first");
    assert_eq!(talk.hear().await.0, 250, "there is room for the second");
}

#[tokio::test]
async fn what_is_refused_has_no_line() {
    let folder = tempfile::tempdir().expect("a folder");
    let journal = folder.path().join("journal");
    let sink = Running::start(Options {
        journal: Some(journal.clone()),
        script: Script::new(|to| match to {
            "no@x.test" => Some(Fault::answer(Moment::End, 554, "5.6.0 no")),
            "gone@x.test" => Some(Fault::drop(Moment::Kept)),
            _ => None,
        }),
        ..Options::default()
    })
    .await;
    let mut talk = Talk::to(sink.address).await;
    send(&mut talk, "no@x.test").await;
    assert_eq!(talk.hear().await.0, 554);
    send(&mut talk, "gone@x.test").await;
    assert!(talk.is_over().await);
    let text = fs::read_to_string(&journal).expect("the journal");
    assert_eq!(text.lines().count(), 1, "{text}");
    assert!(text.contains("\tgone@x.test\t"), "{text}");
}

#[tokio::test]
async fn mail_is_refused_for_now_where_nobody_takes_it() {
    let (channel, messages) = mpsc::channel(1);
    drop(messages);
    let sink = Sink::bind(Options {
        channel: Some(channel),
        ..Options::default()
    });
    let sink = sink.await.expect("a sink");
    let address = sink.address();
    tokio::spawn(sink.serve(std::future::pending()));
    let mut talk = Talk::to(address).await;
    send(&mut talk, "to@x.test").await;
    assert_eq!(talk.hear().await.0, 451);
}

#[tokio::test]
async fn a_journal_that_can_not_be_written_is_told_at_once() {
    let journal = Some("/no/such/folder/journal".into());
    let bound = Sink::bind(Options {
        journal,
        ..Options::default()
    })
    .await;
    let error = bound.err().expect("an error").to_string();
    assert!(error.contains("/no/such/folder/journal"), "{error}");
}
