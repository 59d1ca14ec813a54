//! `gateway permissions`.

use crate::home::Home;

const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/permissions.md");

#[tokio::test]
async fn the_committed_table_is_what_is_declared() {
    let home = Home::new();
    let printed = home.run(&["permissions"]).await.ok();
    let committed = std::fs::read_to_string(COMMITTED).unwrap_or_default();
    assert!(
        committed == printed,
        "docs/permissions.md is not what is declared. If the change is meant, run this in the repository's root \
         and commit the file:\n\n    just permissions\n\n\
         or, without just: cargo run -q -- permissions > docs/permissions.md"
    );
    let left = std::fs::read_dir(home.path()).expect("a folder").count();
    assert_eq!(left, 0, "nothing is made");
}
