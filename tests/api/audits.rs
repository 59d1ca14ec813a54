//! GraphQL over HTTP by the audits of its reference implementation, npm `graphql-http`.

use std::process::Stdio;

use gateway_tests::World;
use tokio::process::Command;

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/clients/http");

/// Runs the audits against a gateway; whether they found nothing, and what they say.
async fn audit(world: &World, token: Option<&str>) -> (bool, String) {
    let script = format!("{FOLDER}/audit.mjs");
    assert!(
        std::path::Path::new(FOLDER).join("node_modules").is_dir(),
        "the audits are not installed; with Node 20 or later, in the repository's root:\n\n    \
         npm ci --prefix tests/clients/http\n"
    );
    let output = Command::new("node")
        .arg(script)
        .arg(format!("http://{}/graphql", world.address))
        .env("TOKEN", token.unwrap_or_default())
        .stdin(Stdio::null())
        .kill_on_drop(true)
        .output()
        .await
        .expect("node runs; `.ci/run` installs it");
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let report = said(&output.stdout) + &said(&output.stderr);
    (output.status.success(), report)
}

#[tokio::test]
async fn all_that_must_and_should_be_is() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let (passed, report) = audit(&world, owner.token()).await;
    assert!(passed, "{report}");
    let of = |level: &str| {
        let lines = report.lines().filter(|line| line.contains(level));
        lines.filter(|line| line.starts_with("ok ")).count()
    };
    // So that audits which do not run are not taken for audits that pass.
    assert_eq!((of(" MUST "), of(" SHOULD ")), (13, 23), "{report}");
}

/// What fails for want of a token shows that a failure is seen.
#[tokio::test]
async fn an_audit_that_fails_is_not_passed_over() {
    let world = World::demo().await;
    let (passed, report) = audit(&world, None).await;
    assert!(!passed, "{report}");
    assert!(report.contains("\nerror 4655 MUST "), "{report}");
    assert!(report.contains("warn 22EB SHOULD "), "{report}");
}
