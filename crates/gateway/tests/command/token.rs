//! `gateway token`: alone on standard output, for scripts.

use crate::{cluster::Database, home::Home};

const WHO: &str = "{ viewer { user { email } tenant { name } } }";
const OWNER: [&str; 5] = ["token", "--tenant", "acme", "--user", "owner@acme.test"];

fn alone(stdout: &str) -> &str {
    let token = stdout.strip_suffix('\n').expect("a line");
    assert!(
        token.split('.').count() == 3 && !token.contains(char::is_whitespace),
        "{stdout}"
    );
    token
}

#[tokio::test]
async fn it_is_printed_alone_whether_or_not_the_gateway_runs() {
    let home = Home::with_data().await;
    let before = home.run(&OWNER).await.ok();
    let serving = home.serve(&[]).await;
    let during = home.run(&OWNER).await.ok();
    for token in [&before, &during] {
        let data = serving.data(alone(token), WHO).await;
        assert_eq!(data["viewer"]["user"]["email"], "owner@acme.test");
        assert_eq!(data["viewer"]["tenant"]["name"], "acme");
    }
    let staff = home
        .run(&["token", "--staff", "--user", "ops@platform.test"])
        .await
        .ok();
    let data = serving
        .data(alone(&staff), "{ viewer { tenant { id } permissions } }")
        .await;
    assert_eq!(data["viewer"]["tenant"], serde_json::Value::Null);
    assert_ne!(data["viewer"]["permissions"], serde_json::json!([]));
    let user = home
        .run(&["token", "--user", "consultant@agency.test"])
        .await
        .ok();
    let data = serving
        .data(
            alone(&user),
            "{ viewer { tenant { id } permissions otherTenants { name } } }",
        )
        .await;
    let expected = serde_json::json!({ "tenant": null, "permissions": [], "otherTenants": [{ "name": "acme" }, { "name": "globex" }] });
    assert_eq!(data["viewer"], expected, "in no tenant, and not as staff");
    serving.stop("TERM").await;
}

#[tokio::test]
async fn names_and_ids_may_be_mixed() {
    let home = Database::demo().await.home();
    let serving = home.serve(&[]).await;
    let token = home.run(&OWNER).await.ok();
    let viewer = serving
        .data(alone(&token), "{ viewer { user { id } tenant { id } } }")
        .await;
    let id = |of: &str| {
        viewer["viewer"][of]["id"]
            .as_str()
            .expect("an id")
            .to_owned()
    };
    let (user, tenant) = (id("user"), id("tenant"));
    for (tenant, user) in [
        (tenant.as_str(), "owner@acme.test"),
        ("acme", user.as_str()),
        (&tenant, &user),
        ("acme", "OWNER@acme.test"),
    ] {
        let token = home
            .run(&["token", "--tenant", tenant, "--user", user])
            .await
            .ok();
        let data = serving.data(alone(&token), WHO).await;
        assert_eq!(data["viewer"]["user"]["email"], "owner@acme.test");
    }
    serving.stop("TERM").await;
}

#[tokio::test]
async fn who_is_not_there_is_named() {
    let database = Database::demo().await;
    let home = database.home();
    for (tenant, user) in [("acme", "owner@globex.test"), ("nobody", "owner@acme.test")] {
        let ended = home
            .run(&["token", "--tenant", tenant, "--user", user])
            .await;
        let sentence = ended.sentence();
        assert!(
            sentence.contains(tenant) && sentence.contains(user),
            "{sentence}"
        );
        assert!(sentence.contains("the demo"), "{sentence}");
    }
    let sentence = home
        .run(&["token", "--staff", "--user", "owner@acme.test"])
        .await
        .sentence();
    assert!(sentence.contains("ops@platform.test"), "{sentence}");

    let sentence = home
        .run(&["token", "--user", "nobody@acme.test"])
        .await
        .sentence();
    assert!(sentence.contains("no user nobody@acme.test"), "{sentence}");

    let login = home.without("GATEWAY_ADMIN_URL");
    let sentence = login.run(&OWNER).await.sentence();
    assert!(
        sentence.contains("GATEWAY_ADMIN_URL") && sentence.contains("tnt_"),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_token_before_the_first_start_needs_ids_and_does_not_get_in_its_way() {
    let home = Home::new();
    for command in [
        &OWNER[..],
        &["doctor"],
        &["migrate", "status"],
        &["migrate", "down"],
    ] {
        let sentence = home.run(command).await.sentence();
        assert!(
            sentence.contains("there is no database in .gateway yet"),
            "{sentence}"
        );
    }
    assert!(!home.data().exists());
    let ids = [
        "token",
        "--tenant",
        "tnt_01kdvdna00epgvsydn5jvyr0yq",
        "--user",
        "user_01kdvdna00fv2aq2pw276dpc09",
    ];
    let token = home.run(&ids).await.ok();
    alone(&token);
    // The key lies in the data folder now, which is not foreign for that.
    let applied = home.run(&["migrate", "up"]).await.ok();
    assert!(applied.contains("applied  oltp       m"), "{applied}");
}
