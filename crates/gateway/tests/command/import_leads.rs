//! `gateway import-leads`: a file's rows, through the API's own mutation.

mod refusals;

use std::{fs, io::Write, time::Duration};

use sqlx::{AssertSqlSafe, Connection, PgConnection};
use tokio::time::sleep;

use crate::{
    cluster::Database,
    home::{Ended, Home},
    serving::Serving,
};

const OWNER: [&str; 4] = ["--tenant", "acme", "--user", "owner@acme.test"];

async fn import(home: &Home, arguments: &[&str]) -> Ended {
    home.run(&[&["import-leads"], &OWNER[..], arguments].concat())
        .await
}

/// What a statement of one text answers, asked as the superuser.
async fn ask(database: &Database, sql: &str) -> Option<String> {
    let mut admin = PgConnection::connect(&database.admin_url())
        .await
        .expect("a connection");
    let query = sqlx::query_scalar(AssertSqlSafe(sql.to_owned()));
    query.fetch_one(&mut admin).await.expect("a value")
}

/// The lead with the address, as `name, company, status`.
async fn lead(database: &Database, email: &str) -> String {
    let sql = format!(
        "SELECT string_agg(concat_ws(', ', name, company, status), '; ') FROM leads WHERE email = '{email}'"
    );
    ask(database, &sql).await.unwrap_or_default()
}

/// The record of an import that others have seen, as `state created updated skipped rejected`.
async fn record(database: &Database, name: &str) -> String {
    let sql = format!(
        "SELECT concat_ws(' ', state, created_count, updated_count, skipped_count, rejected_count) \
         FROM lead_imports WHERE name = '{name}'"
    );
    ask(database, &sql).await.unwrap_or_default()
}

/// How many leads have addresses in the domain.
async fn count(database: &Database, domain: &str) -> String {
    let sql = format!("SELECT count(*)::text FROM leads WHERE email LIKE '%@{domain}'");
    ask(database, &sql).await.expect("a number")
}

fn rejects(home: &Home, name: &str) -> Vec<u8> {
    fs::read(home.path().join(name)).expect("a file of rejects")
}

/// A file of so many leads.
fn generated(rows: usize) -> String {
    let row = |index| format!("lead{index}@many.example,Lead {index},Company {index}\n");
    let header = "email,name,company\n".to_owned();
    header + &(0..rows).map(row).collect::<String>()
}

/// The counts of the result: rows, created, updated, skipped, rejected.
fn counts(ended: &Ended) -> Vec<u64> {
    let first = |line: &str| line.split_whitespace().next()?.parse().ok();
    ended.stdout.lines().filter_map(first).collect()
}

#[tokio::test]
async fn leads_are_taken_over_while_the_gateway_serves_and_before() {
    let home = Home::with_data().await;
    home.write(
        "leads.csv",
        "\u{feff}Phone;E-Mail;Company;EMAIL;Name\r\n1;x;\"Analytical; Engines\";Ada@Example.com;Ada\r\n",
    );
    let before = import(&home, &["leads.csv"]).await;
    assert_eq!(counts(&before), [1, 1, 0, 0, 0], "{before:?}");
    assert!(
        before
            .stderr
            .contains("columns that are not imported: Phone, E-Mail"),
        "{before:?}"
    );
    assert!(!home.path().join("leads.rejects.csv").exists());

    let serving = home.serve(&[]).await;
    let line = format!(
        "printf 'email\\tname\\nalan@example.com\\tAlan\\n' | {} import-leads - {}",
        env!("CARGO_BIN_EXE_gateway"),
        OWNER.join(" ")
    );
    let during = home.shell(&line).await;
    assert_eq!(counts(&during), [1, 1, 0, 0, 0], "{during:?}");
    let query = "{ leads(filter: {email: {in: [\"ada@example.com\", \"alan@example.com\"]}}) { nodes { name company status } } }";
    let data = serving
        .data(&serving.token("owner@acme.test", 0), query)
        .await;
    let text = data.to_string();
    assert!(
        text.contains("Analytical; Engines") && text.contains("Alan"),
        "{text}"
    );
    let other = serving
        .data(&serving.token("owner@globex.test", 0), query)
        .await;
    assert!(!other.to_string().contains("Ada"), "{other}");
    serving.stop("TERM").await;
}

#[tokio::test]
async fn a_mode_says_what_becomes_of_those_that_are_there() {
    let database = Database::demo().await;
    let home = database.home();
    home.write(
        "one.csv",
        "email,name,company\nada@modes.example,Ada,Engines\n",
    );
    home.write(
        "two.csv",
        "email,name,company\nADA@modes.example,Countess,\nalan@modes.example,Alan,\n",
    );
    import(&home, &["one.csv"]).await.ok();
    let skip = import(&home, &["two.csv", "--mode", "skip", "--status", "replied"]).await;
    assert_eq!(counts(&skip), [2, 1, 0, 1, 0], "{skip:?}");
    assert_eq!(
        lead(&database, "ada@modes.example").await,
        "Ada, Engines, active"
    );
    assert_eq!(lead(&database, "alan@modes.example").await, "Alan, replied");

    let upsert = import(
        &home,
        &["two.csv", "--mode", "upsert", "--status", "BOUNCED"],
    )
    .await;
    assert_eq!(counts(&upsert), [2, 0, 2, 0, 0], "{upsert:?}");
    assert_eq!(
        lead(&database, "ada@modes.example").await,
        "Countess, Engines, bounced"
    );

    let insert = import(&home, &["two.csv", "--mode", "insert"]).await;
    assert_eq!(counts(&insert), [2, 0, 0, 0, 2], "{insert:?}");
    let text = String::from_utf8(rejects(&home, "two.rejects.csv")).expect("UTF-8");
    assert_eq!(
        text,
        "line,reason,email,name,company\n\
         2,email is taken,ADA@modes.example,Countess,\n3,email is taken,alan@modes.example,Alan,\n"
    );
}

#[tokio::test]
async fn what_is_rejected_is_mended_and_imported_again() {
    let database = Database::demo().await;
    let home = database.home();
    let long = "x".repeat(201);
    let mut file = format!(
        "email,name,phone\nada@rejects.example,Ada,1\n\nnobody,No,2\nADA@rejects.example,Again,3\n\
         long@rejects.example,{long},4\nragged@rejects.example,Doe, Jane,5\nshort@rejects.example\n\
         \"quoted@rejects.example\",\"two\nlines\",6\nstray@rejects.example,\"Stray,7\nlast@rejects.example,M"
    )
    .into_bytes();
    file.extend(b"\xFCller,8\n");
    fs::write(home.path().join("leads.csv"), file).expect("a file");
    let ended = import(&home, &["leads.csv"]).await;
    assert_eq!(counts(&ended), [9, 2, 0, 0, 7], "{ended:?}");
    assert_eq!(record(&database, "leads.csv").await, "completed 2 0 0 7");
    assert!(
        ended.stdout.contains("7  rejected: see leads.rejects.csv"),
        "{ended:?}"
    );
    let bytes = rejects(&home, "leads.rejects.csv");
    assert!(
        bytes.ends_with(
            b"12,field 2 is not UTF-8; save the file as UTF-8,last@rejects.example,M\xFCller,8\n"
        ),
        "{}",
        String::from_utf8_lossy(&bytes)
    );
    let text = String::from_utf8_lossy(&bytes).into_owned();
    for line in [
        "line,reason,email,name,phone",
        "4,email is not an email address; give one such as `ada@example.com`,nobody,No,2",
        "5,email repeats the address of line 2,ADA@rejects.example,Again,3",
        "7,\"the row has 4 fields, the header has 3\",ragged@rejects.example,Doe, Jane,5",
        "8,\"the row has 1 field, the header has 3\",short@rejects.example",
        "11,a quote is opened and not closed,\"stray@rejects.example,\"\"Stray,7\"",
    ] {
        assert!(text.lines().any(|found| found == line), "{line} in {text}");
    }
    assert!(text.contains("\n6,name ") && text.contains("200"), "{text}");

    // As it is nothing of it is taken over; mended it is, and says nothing of its two columns.
    let again = import(&home, &["leads.rejects.csv", "--mode", "skip"]).await;
    assert_eq!(counts(&again), [7, 0, 0, 1, 6], "{again:?}");
    home.write(
        "mended.csv",
        &text.replace("nobody,", "somebody@rejects.example,"),
    );
    let mended = import(&home, &["mended.csv", "--mode", "skip"]).await;
    assert_eq!(
        counts(&mended)[1],
        2,
        "with the one that was read as UTF-8 here: {mended:?}"
    );
    assert!(!mended.stderr.contains("line, reason"), "{mended:?}");
    let text = String::from_utf8(rejects(&home, "mended.rejects.csv")).expect("UTF-8");
    assert!(text.starts_with("line,reason,email,name,phone\n"), "{text}");
}

#[tokio::test]
async fn a_long_file_goes_in_several_batches() {
    let database = Database::demo().await;
    database
        .execute("UPDATE plans SET max_contacts = NULL")
        .await;
    let home = database.home();
    home.write("many.csv", &generated(30_500));
    let ended = import(&home, &["many.csv"]).await;
    assert_eq!(counts(&ended), [30_500, 30_500, 0, 0, 0], "{ended:?}");
    assert_eq!(count(&database, "many.example").await, "30500");
    let transactions =
        "SELECT count(DISTINCT xmin::text)::text FROM leads WHERE email LIKE '%@many.example'";
    assert_eq!(ask(&database, transactions).await.as_deref(), Some("4"));
}

#[tokio::test]
async fn a_signal_ends_it_between_two_batches() {
    let database = Database::demo().await;
    let home = database.home();
    // The pipe stays open, so that it waits for a third batch.
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let file = "email\nada@signal.example\nalan@signal.example\n";
    writer.write_all(file.as_bytes()).expect("it is read");
    let mut command = home.command(env!("CARGO_BIN_EXE_gateway"));
    command.arg("import-leads").args(OWNER);
    let importing = Serving::of(command.args(["-", "--batch", "1"]).stdin(reader));
    while count(&database, "signal.example").await != "2" {
        sleep(Duration::from_millis(20)).await;
    }
    let ended = importing.stop("INT").await;
    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert_eq!(counts(&ended), [2, 2, 0, 0, 0], "{ended:?}");
    assert_eq!(record(&database, "standard input").await, "stopped 2 0 0 0");
    assert!(
        ended
            .stderr
            .contains("error: stopped; the file was imported up to line 3,"),
        "{ended:?}"
    );
}
