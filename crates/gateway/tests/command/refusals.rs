//! What it refuses, and the one sentence that says what to do.

use std::{fs, net::TcpListener};

use crate::{cluster::Database, home::Home};

#[tokio::test]
async fn a_taken_port_starts_no_database() {
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("an address").to_string();
    let home = Home::new();
    let sentence = home.run(&["serve", "--listen", &address]).await.sentence();
    assert!(
        sentence.starts_with(&format!("{address} can not be listened on")),
        "{sentence}"
    );
    assert!(
        sentence.contains("stop the program that uses it, or choose another address with --listen")
    );
    assert!(!home.data().exists());
}

#[tokio::test]
async fn a_foreign_folder_is_left_as_it_is() {
    let home = Home::new();
    fs::create_dir(home.data()).expect("a folder");
    fs::write(home.data().join("precious.txt"), "mine").expect("a file");
    let sentence = home.run(&[]).await.sentence();
    assert!(
        sentence.contains("is not empty") && sentence.contains("GATEWAY_DATA_DIR"),
        "{sentence}"
    );
    let left: Vec<_> = fs::read_dir(home.data())
        .expect("a folder")
        .flatten()
        .map(|entry| entry.file_name())
        .collect();
    assert_eq!(left, ["precious.txt"]);
}

#[tokio::test]
async fn a_folder_without_binaries_is_named() {
    let home = Home::new();
    let empty = home.path().join("bin");
    fs::create_dir(&empty).expect("a folder");
    let home = home
        .with("GATEWAY_POSTGRES_BIN", empty.to_string_lossy())
        .with("PATH", "");
    let sentence = home.run(&["serve"]).await.sentence();
    assert!(
        sentence.contains("does not hold both `postgres` and `initdb`"),
        "{sentence}"
    );
    assert!(sentence.contains("GATEWAY_POSTGRES_BIN"), "{sentence}");
}

#[tokio::test]
async fn other_machines_are_not_let_in_by_a_shared_key_unless_that_is_said() {
    let home = Home::new().with("GATEWAY_TOKEN_KEY", "k".repeat(32));
    for address in ["0.0.0.0:0", "[::]:0"] {
        let sentence = home.run(&["serve", "--listen", address]).await.sentence();
        assert!(sentence.contains("GATEWAY_JWKS_URL"), "{sentence}");
        assert!(
            sentence.contains("GATEWAY_SHARED_KEY_EVERYWHERE=true"),
            "{sentence}"
        );
    }
    let nobody = Home::new().with("GATEWAY_JWKS_URL", "https://id.example.com/jwks.json");
    let sentence = nobody
        .run(&["serve", "--listen", "0.0.0.0:0"])
        .await
        .sentence();
    assert!(sentence.contains("GATEWAY_TOKEN_ISSUER"), "{sentence}");
    assert!(!home.data().exists() && !nobody.data().exists());
    let database = Database::demo().await;
    let short = database.home().with("GATEWAY_TOKEN_KEY", "short");
    let anyway = ["serve", "--listen", "0.0.0.0:0", "--shared-key-everywhere"];
    let sentence = short.run(&anyway).await.sentence();
    assert!(sentence.contains("shorter than 32 bytes"), "{sentence}");
}

#[tokio::test]
async fn a_database_away_is_said_to_be() {
    // Nobody listens on the port of a listener that is gone.
    let address = TcpListener::bind("127.0.0.1:0")
        .and_then(|gone| gone.local_addr())
        .expect("a port");
    let url = format!("postgres://gateway_login:s3cret@{address}/gateway");
    let home = Home::new().with("DATABASE_URL", url);
    for command in [["serve"].as_slice(), &["doctor"]] {
        let sentence = home.run(command).await.sentence();
        assert!(
            sentence.starts_with("the oltp database can not be asked"),
            "{sentence}"
        );
        assert!(!sentence.contains("s3cret"), "{sentence}");
    }
    let sentence = home
        .with("DATABASE_URL", "mysql://x")
        .run(&["serve"])
        .await
        .sentence();
    assert!(
        sentence.starts_with("DATABASE_URL is not a PostgreSQL URL"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_schema_that_is_behind_is_not_served() {
    let database = Database::demo().await;
    let home = database.home();
    home.run(&["migrate", "down", "--steps", "2"]).await.ok();
    let sentence = home.run(&["serve"]).await.sentence();
    assert!(
        sentence.starts_with("the oltp database lacks 2 of "),
        "{sentence}"
    );
    assert!(sentence.contains("gateway migrate up"), "{sentence}");
}

#[tokio::test]
async fn a_database_that_does_not_isolate_is_found_out_and_not_served() {
    let database = Database::demo().await;
    let home = database.home();
    let report = home.run(&["doctor"]).await.ok();
    assert!(report.contains("tenants are isolated"), "{report}");

    database.execute("ALTER TABLE leads NO FORCE ROW LEVEL SECURITY; CREATE TABLE notes (); GRANT SELECT ON notes TO gateway_login").await;
    let sick = home.run(&["doctor"]).await;
    assert_eq!(sick.code, Some(1), "{sick:?}");
    for finding in [
        "  table leads: does not force",
        "  table notes: has no row level security",
    ] {
        assert!(sick.stdout.contains(finding), "{sick:?}");
    }
    assert!(!sick.stdout.contains("tenants are isolated"), "{sick:?}");

    let refused = home.run(&["serve"]).await;
    assert_eq!(
        (refused.code, refused.stdout.as_str()),
        (Some(1), ""),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("does not isolate tenants"),
        "{refused:?}"
    );
    assert!(
        refused.stderr.contains("\n  table leads: does not force"),
        "{refused:?}"
    );

    database
        .execute("ALTER TABLE leads FORCE ROW LEVEL SECURITY; DROP TABLE notes")
        .await;
    let serving = home.serve(&[]).await;
    assert_eq!(serving.stop("TERM").await.code, Some(0));
}

#[tokio::test]
async fn a_superuser_is_not_who_serves() {
    let database = Database::demo().await;
    let home = database.home().with("DATABASE_URL", database.admin_url());
    let refused = home.run(&["serve"]).await;
    assert_eq!(refused.code, Some(1), "{refused:?}");
    assert!(
        refused.stderr.contains("role postgres: is a superuser"),
        "{refused:?}"
    );
}
