//! From an empty folder to an answer, and again the next day.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::home::Home;

const WHO: &str = "{ viewer { user { email } tenant { name } permissions } }";
const CAMPAIGNS: &str = "{ campaigns { totalCount nodes { id name } } }";

#[tokio::test]
async fn a_newcomer_starts_it_opens_the_link_pastes_the_line_and_finds_the_data_again() {
    let home = Home::new();
    let serving = home.serve(&[]).await;
    let text = serving.announced();
    // Huge pages would keep in memory what is not used.
    assert!(serving.status().contains("THP_enabled:\t0"));

    // What helps first comes first: the link, the line, the users.
    let link = text
        .lines()
        .find(|line| line.contains("/graphiql#token="))
        .expect("a link")
        .trim();
    let order = [
        "Open GraphiQL as owner@acme.test",
        link,
        "curl -s",
        "\n  acme\n",
        "\n  globex\n",
        "staff",
        "API",
    ];
    let places: Vec<_> = order.iter().map(|part| text.find(part)).collect();
    assert!(
        places.is_sorted() && !places.contains(&None),
        "{places:?} {text}"
    );
    assert!(!serving.base.ends_with(":0"), "{}", serving.base);
    let page = reqwest::get(link).await.expect("the link opens");
    assert!(page.status().is_success());

    let line = text
        .lines()
        .find(|line| line.trim().starts_with("curl"))
        .expect("a line to paste");
    let pasted: Value = serde_json::from_str(&home.shell(line).await.ok()).expect("JSON");
    assert_eq!(
        pasted["data"]["campaigns"]["nodes"]
            .as_array()
            .map(Vec::len),
        Some(3),
        "{pasted}"
    );

    let mut people = BTreeSet::new();
    for row in text
        .lines()
        .filter(|line| line.contains('@') && line.contains(" eyJ"))
    {
        let parts: Vec<&str> = row.split_whitespace().collect();
        let viewer = serving.data(parts[2], WHO).await["viewer"].clone();
        if parts[0] == "ops@platform.test" {
            assert_eq!(viewer["tenant"], Value::Null);
            assert!(
                viewer["permissions"]
                    .as_array()
                    .is_some_and(|all| !all.is_empty())
            );
            continue;
        }
        let (tenant, email) = (&viewer["tenant"]["name"], &viewer["user"]["email"]);
        assert_eq!(email, parts[0]);
        people.insert(format!("{tenant} {email}").replace('"', ""));
    }
    assert!(text.contains("    ops@platform.test "), "{text}");
    let roles = ["owner", "admin", "member", "analyst", "billing"];
    let mut expected: BTreeSet<String> = ["acme", "globex"]
        .iter()
        .flat_map(|tenant| roles.map(|role| format!("{tenant} {role}@{tenant}.test")))
        .collect();
    expected.extend([
        "acme consultant@agency.test".into(),
        "globex consultant@agency.test".into(),
    ]);
    assert_eq!(people, expected);

    let log = serving.logged("made the demo data").await;
    assert!(
        log.contains("making the database in") && log.contains("applied"),
        "{log}"
    );
    let token = serving.token("owner@acme.test", 0);
    let before = serving.data(&token, CAMPAIGNS).await;
    let ended = serving.stop("INT").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.stdout.ends_with("stopped\n"));

    let again = home.serve(&[]).await;
    // The key is the folder's: yesterday's token still signs in.
    assert_eq!(again.data(&token, CAMPAIGNS).await, before);
    let ended = again.stop("TERM").await;
    assert_eq!(ended.code, Some(0), "{ended:?}");
    for word in ["making", "made", "applied"] {
        assert!(!ended.stderr.contains(word), "{ended:?}");
    }
}

#[tokio::test]
async fn two_gateways_run_side_by_side_and_one_folder_serves_one() {
    let (first, second) = (Home::with_data().await, Home::with_data().await);
    let (one, two) = (first.serve(&[]).await, second.serve(&[]).await);
    assert_ne!(one.base, two.base);
    for serving in [&one, &two] {
        let viewer = serving
            .data(&serving.token("owner@globex.test", 0), WHO)
            .await;
        assert_eq!(viewer["viewer"]["tenant"]["name"], "globex");
    }
    let refused = first.run(&["serve"]).await.sentence();
    assert!(
        refused.contains(".gateway is in use by process"),
        "{refused}"
    );
    assert!(refused.contains("GATEWAY_DATA_DIR"), "{refused}");
    for serving in [one, two] {
        assert_eq!(serving.stop("TERM").await.code, Some(0));
    }
}
