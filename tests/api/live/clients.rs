//! The npm clients that define the protocols, driven by `tests/clients/live/check.mjs`.

use std::{path::Path, process::Stdio};

use gateway_tests::World;
use tokio::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/live");

#[tokio::test(flavor = "multi_thread")]
async fn the_npm_clients_are_served() {
    assert!(
        Path::new(FOLDER).join("node_modules").is_dir(),
        "the clients are not installed; with Node 20 or later, in the repository's root:\n\n    \
         npm ci --prefix tests/clients/live\n"
    );
    let world = World::demo().await;
    sqlx::raw_sql("UPDATE plans SET max_campaigns_per_month = NULL")
        .execute(world.admin())
        .await
        .expect("a superuser may");
    let owner = world.owner("acme");
    let output = Command::new("node")
        .arg(format!("{FOLDER}/check.mjs"))
        .arg(format!("http://{}/graphql", world.address))
        .arg(owner.token().expect("a token"))
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("node runs; `.ci/run` installs it");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let report = said(&output.stdout) + &said(&output.stderr);
    assert!(output.status.success(), "{report}");
    let passed = report.lines().filter(|line| line.starts_with("ok "));
    assert_eq!(passed.count(), 11, "{report}");
}
