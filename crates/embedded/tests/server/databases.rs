//! Databases inside a server.

use embedded::Error;
use sqlx::{Connection, PgConnection};

use crate::{folder, run, start};

#[tokio::test]
async fn databases_come_and_go() {
    let dir = folder();
    let server = start(dir.path()).await;
    run(&server, "CREATE ROLE guest LOGIN").await;
    server.create_database("first \"one\"").await.expect("made");
    assert!(
        server
            .has_database("first \"one\"")
            .await
            .expect("an answer")
    );

    let url = server.url("guest", "first \"one\"");
    let mut guest = PgConnection::connect(&url).await.expect("a connection");
    let who: (String, String) =
        sqlx::query_as("SELECT current_user::text, current_database()::text")
            .fetch_one(&mut guest)
            .await
            .expect("an answer");
    assert_eq!(who, ("guest".to_owned(), "first \"one\"".to_owned()));

    // The guest is still connected.
    server
        .drop_database("first \"one\"")
        .await
        .expect("dropped");
    server
        .drop_database("first \"one\"")
        .await
        .expect("no error");
    assert!(
        !server
            .has_database("first \"one\"")
            .await
            .expect("an answer")
    );
}

#[tokio::test]
async fn a_copy_holds_what_its_template_holds() {
    let dir = folder();
    let server = start(dir.path()).await;
    server.create_database("template").await.expect("made");
    let url = server.superuser_url("template");
    let mut connection = PgConnection::connect(&url).await.expect("a connection");
    sqlx::raw_sql("CREATE TABLE word AS SELECT 'copied' AS text")
        .execute(&mut connection)
        .await
        .expect("made");
    connection.close().await.expect("closed");

    for number in 0..3 {
        let name = format!("copy_{number}");
        let made = server
            .create_database_from_template(&name, "template")
            .await;
        made.expect("made");
        let url = server.superuser_url(&name);
        let mut connection = PgConnection::connect(&url).await.expect("a connection");
        let word: String = sqlx::query_scalar("SELECT text FROM word")
            .fetch_one(&mut connection)
            .await
            .expect("an answer");
        assert_eq!(word, "copied");
    }
}

#[tokio::test]
async fn names_that_would_be_cut_short_are_refused() {
    let dir = folder();
    let server = start(dir.path()).await;
    for name in ["", "a\0b", &"n".repeat(64)] {
        let error = server.create_database(name).await.expect_err("a refusal");
        assert!(matches!(error, Error::Name { .. }), "{error}");
    }
    server.create_database(&"n".repeat(63)).await.expect("made");
    let error = server.create_database(&"n".repeat(63)).await;
    assert!(matches!(error, Err(Error::Statement(_))));
}
