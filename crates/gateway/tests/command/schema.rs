//! `gateway schema` and `gateway migrate`.

use crate::{cluster::Database, home::Home};

#[tokio::test]
async fn the_schema_is_printed_without_a_database() {
    let home = Home::new();
    let printed = home.run(&["schema"]).await.ok();
    assert_eq!(printed.trim_end(), resolver::sdl().trim_end());
    let left = std::fs::read_dir(home.path()).expect("a folder").count();
    assert_eq!(left, 0, "nothing is made");
}

#[tokio::test]
async fn a_reader_that_has_seen_enough_is_no_error() {
    let line = format!(
        "{{ {} schema; echo status $? >&2; }} | head -n 1",
        env!("CARGO_BIN_EXE_gateway")
    );
    let ended = Home::new().shell(&line).await;
    assert_eq!(ended.stderr, "status 0\n");
}

#[tokio::test]
async fn migrations_go_up_and_down_and_say_so() {
    let database = Database::demo().await;
    let home = database.home();
    let lines = async |arguments: &[&str]| -> Vec<String> {
        home.run(arguments)
            .await
            .ok()
            .lines()
            .map(str::to_owned)
            .collect()
    };
    let every = lines(&["migrate", "status"]).await;
    let is_oltp = |line: &&String| line.contains("  oltp ");
    let all: Vec<String> = every.iter().filter(is_oltp).cloned().collect();
    assert!(
        all.len() > 10 && all.iter().all(|line| line.starts_with("applied  ")),
        "{all:?}"
    );
    assert_eq!(
        lines(&["migrate", "up"]).await,
        ["nothing to do: every migration is applied"]
    );

    let down = lines(&["migrate", "down", "--steps", "2"]).await;
    let last: Vec<String> = all[all.len() - 2..]
        .iter()
        .map(|line| line.replace("applied", "taken back"))
        .collect();
    assert_eq!(down, last);
    let status = lines(&["migrate", "status"]).await;
    assert!(
        status[all.len() - 2..all.len()]
            .iter()
            .all(|line| line.starts_with("missing  oltp       m")),
        "{status:?}"
    );

    assert_eq!(
        lines(&["migrate", "up", "--steps", "1"]).await,
        all[all.len() - 2..all.len() - 1]
    );
    assert_eq!(lines(&["migrate", "up"]).await, all[all.len() - 1..]);
    assert_eq!(lines(&["migrate", "status"]).await, every);
}

#[tokio::test]
async fn migrating_needs_the_migrators_url() {
    let database = Database::demo().await;
    let home = database
        .home()
        .without("GATEWAY_MIGRATION_URL")
        .without("GATEWAY_ADMIN_URL");
    let sentence = home.run(&["migrate", "up"]).await.sentence();
    assert!(
        sentence.starts_with("set GATEWAY_MIGRATION_URL"),
        "{sentence}"
    );
    let status = home.run(&["migrate", "status"]).await.ok();
    assert!(status.starts_with("applied  oltp       m"), "{status}");
}
