//! Folders that are not taken.

use std::{fs, path::PathBuf};

use embedded::{Error, Options, Server};

use crate::{ask, folder, refusal, start};

#[tokio::test]
async fn a_folder_in_use_names_the_process() {
    let dir = folder();
    let server = start(dir.path()).await;
    let sentence = refusal(Options::scratch(dir.path())).await;
    let expected = format!("is in use by process {}: stop", std::process::id());
    assert!(sentence.contains(&expected), "{sentence}");
    assert_eq!(ask(&server, "SELECT 'unharmed'").await, "unharmed");
}

#[tokio::test]
async fn of_two_starts_at_once_one_wins() {
    let dir = folder();
    let (first, second) = tokio::join!(
        Server::start(Options::scratch(dir.path())),
        Server::start(Options::scratch(dir.path())),
    );
    let (winner, loser) = match (first, second) {
        (Ok(winner), Err(loser)) | (Err(loser), Ok(winner)) => (winner, loser),
        other => panic!("{other:?}"),
    };
    assert!(matches!(loser, Error::InUse { .. }), "{loser}");
    assert_eq!(ask(&winner, "SELECT 'won'").await, "won");
}

#[tokio::test]
async fn a_folder_with_something_else_is_left_untouched() {
    let dir = folder();
    fs::write(dir.path().join("thesis.txt"), "years of work").expect("written");
    let sentence = refusal(Options::scratch(dir.path())).await;
    assert!(
        sentence.contains("not a PostgreSQL data directory"),
        "{sentence}"
    );
    assert!(sentence.contains("GATEWAY_DATA_DIR"), "{sentence}");
    assert_eq!(fs::read_dir(dir.path()).expect("readable").count(), 1);
}

#[tokio::test]
async fn a_foreign_cluster_is_left_untouched() {
    let dir = folder();
    fs::write(dir.path().join("PG_VERSION"), "14\n").expect("written");
    let sentence = refusal(Options::scratch(dir.path())).await;
    assert!(sentence.contains("of a PostgreSQL 14 server"), "{sentence}");
}

#[tokio::test]
async fn data_of_another_version_says_the_way_out() {
    let dir = folder();
    start(dir.path()).await.stop().await.expect("it stops");
    fs::write(dir.path().join("postgres/PG_VERSION"), "13\n").expect("written");
    let sentence = refusal(Options::scratch(dir.path())).await;
    assert!(sentence.contains("was made by PostgreSQL 13"), "{sentence}");
    assert!(sentence.contains("pg_upgrade"), "{sentence}");
}

#[tokio::test]
async fn a_file_is_no_folder() {
    let dir = folder();
    let file = dir.path().join("file");
    fs::write(&file, "").expect("written");
    let sentence = refusal(Options::scratch(&file)).await;
    assert!(sentence.contains("cannot create"), "{sentence}");
}

#[tokio::test]
async fn binaries_are_both_or_none() {
    let dir = folder();
    let mut options = Options::scratch(dir.path().join("data"));
    options.binaries = Some(dir.path().into());
    let sentence = refusal(options).await;
    assert!(sentence.contains("does not hold both"), "{sentence}");
}

#[tokio::test]
async fn old_binaries_are_refused() {
    let sentence = with_binaries("echo 'postgres (PostgreSQL) 14.2'").await;
    assert!(
        sentence.contains("are version 14, at least 15"),
        "{sentence}"
    );
}

#[tokio::test]
async fn binaries_that_do_not_run_are_refused() {
    let sentence = with_binaries("echo broken").await;
    assert!(
        sentence.contains("does not answer with a version (broken)"),
        "{sentence}"
    );
}

async fn with_binaries(script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let dir = folder();
    let bin: PathBuf = dir.path().join("bin");
    fs::create_dir(&bin).expect("created");
    for name in ["postgres", "initdb"] {
        let program = bin.join(name);
        fs::write(&program, format!("#!/bin/sh\n{script}\n")).expect("written");
        fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).expect("runnable");
    }
    let mut options = Options::scratch(dir.path().join("data"));
    options.binaries = Some(bin);
    refusal(options).await
}
