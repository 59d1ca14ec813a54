//! Searching mail by its words.

use gateway_tests::{Client, beside, cluster};
use migrations::Tier;
use serde_json::{Value, json};
use sqlx::{AssertSqlSafe, Connection, PgConnection};
use uuid::Uuid;

use super::{demo, each, one, run};

async fn search(client: &Client, query: &str, more: &str) -> Value {
    let asked = format!(
        "query($query: String!) {{ searchMessages(query: $query{more}) {{ matches {{ cursor rank snippet message {{ id subject body {{ text }} }} }}
            pageInfo {{ hasNextPage hasPreviousPage endCursor }} }} }}"
    );
    client.data_with(&asked, json!({ "query": query })).await["searchMessages"].take()
}

#[tokio::test]
async fn words_of_subject_and_body_are_found() {
    let (world, owner) = demo().await;
    let found = search(&owner, "\"overview of what it costs\" -undelivered", "").await;
    let matches = found["matches"].as_array().expect("matches");
    assert!(matches.len() > 3, "{found}");
    for found in matches {
        let snippet = found["snippet"].as_str().expect("a snippet");
        assert!(
            snippet.contains("overview of what it costs") && snippet.len() < 250,
            "{snippet}"
        );
        let text = found["message"]["body"]["text"].as_str().expect("a text");
        assert!(text.contains("overview of what it costs"), "{text}");
    }
    // In the subject alone, and there it counts for more.
    let found = search(&owner, "UNDELIVERED mail or office", ", first: 200").await;
    let ranks: Vec<f64> = each(&found["matches"], "rank")
        .iter()
        .filter_map(|rank| rank.as_f64())
        .collect();
    assert!(
        ranks.is_sorted_by(|a, b| a >= b) && ranks.first() > ranks.last(),
        "{ranks:?}"
    );
    assert_eq!(
        found["matches"][0]["message"]["subject"],
        "Undelivered Mail Returned to Sender"
    );
    // As many as there are.
    let found = search(&owner, "reference", ", first: 200").await;
    let all: i64 = one(
        &world,
        "SELECT count(*) FROM email_messages GROUP BY tenant_id LIMIT 1",
    )
    .await;
    assert_eq!(
        found["matches"].as_array().map(Vec::len),
        usize::try_from(all).ok()
    );
    assert_eq!(found["pageInfo"]["hasNextPage"], false);
}

#[tokio::test]
async fn what_is_no_word_finds_nothing() {
    let (_world, owner) = demo().await;
    for query in ["", "  ", "-", "!&|()", "''", "nowhere", "referenc"] {
        assert_eq!(
            search(&owner, query, "").await["matches"],
            json!([]),
            "{query:?}"
        );
    }
    for (query, more) in [
        ("a\0b".to_owned(), ""),
        ("word ".repeat(101), ""),
        ("word".to_owned(), ", first: 201"),
        ("word".to_owned(), ", first: -1"),
    ] {
        let asked = format!(
            "query($query: String!) {{ searchMessages(query: $query{more}) {{ matches {{ rank }} }} }}"
        );
        let answer = owner.query_with(&asked, json!({ "query": query })).await;
        assert_eq!(
            answer.code(),
            "BAD_USER_INPUT",
            "{query:?}{more}: {}",
            answer.body
        );
    }
    let answer = owner
        .query("{ searchMessages(query: \"word\", after: \"x\") { matches { rank } } }")
        .await;
    assert_eq!(answer.code(), "INVALID_CURSOR");
}

#[tokio::test]
async fn pages_meet_every_match_once() {
    let (_world, owner) = demo().await;
    let all = search(&owner, "reference", ", first: 200").await;
    let all: Vec<_> = each(&all["matches"], "cursor")
        .into_iter()
        .cloned()
        .collect();
    let (mut read, mut more) = (Vec::new(), ", first: 23".to_owned());
    loop {
        let page = search(&owner, "reference", &more).await;
        read.extend(each(&page["matches"], "cursor").into_iter().cloned());
        let info = &page["pageInfo"];
        assert_eq!(info["hasPreviousPage"], read.len() > 23);
        if info["hasNextPage"] == false {
            break;
        }
        more = format!(", first: 23, after: {}", info["endCursor"]);
    }
    assert_eq!(read, all);
}

#[tokio::test]
async fn matches_are_filtered_as_lists_are() {
    let (_world, owner) = demo().await;
    let found = search(
        &owner,
        "reference",
        ", first: 200, filter: {messageType: {eq: BOUNCE}}",
    )
    .await;
    let subjects = each(&found["matches"], "message");
    assert!(!subjects.is_empty());
    for message in subjects {
        assert_eq!(message["subject"], "Undelivered Mail Returned to Sender");
    }
}

/// A text of one tenant has the word in it that stands for another, as anybody may write it: the index finds it, and the
/// function does not show it.
#[tokio::test]
async fn nothing_of_another_tenant_is_found() {
    let (world, owner) = demo().await;
    let demo = world.demo.as_ref().expect("a demo world");
    let [ours, theirs] = [demo.tenants[0].id, demo.tenants[1].id];
    run(
        &world,
        &format!(
            "UPDATE email_search SET document = document || to_tsvector('simple', 'secretword')
                || array_to_tsvector(ARRAY[search_word('{ours}')]) WHERE tenant_id = '{theirs}'"
        ),
    )
    .await;
    assert_eq!(search(&owner, "secretword", "").await["matches"], json!([]));
    let found = search(&world.owner("globex"), "secretword", "").await;
    assert_ne!(found["matches"], json!([]));
    // The function alone, past the policy of the messages: it answers to the login role with keys.
    let url = cluster()
        .await
        .server
        .url("gateway_login", &beside(&world.database, Tier::Content));
    let mut login = PgConnection::connect(&url).await.expect("a connection");
    let mut keys = async |tenant: Uuid, word: &str| {
        let set = format!("SET app.current_tenant_id = '{tenant}'");
        sqlx::raw_sql(AssertSqlSafe(set))
            .execute(&mut login)
            .await
            .expect("a setting");
        let found = sqlx::query_scalar::<_, i64>("SELECT count(*) FROM search_messages($1, 1000)");
        found
            .bind(word.to_owned())
            .fetch_one(&mut login)
            .await
            .expect("a number")
    };
    assert_eq!(keys(ours, "secretword").await, 0);
    assert!(keys(theirs, "secretword").await > 0 && keys(ours, "reference").await > 0);
    // A tenant's own word is no secret, and finds nothing either.
    let word: String = one(&world, &format!("SELECT search_word('{theirs}')")).await;
    assert_eq!(keys(ours, &word).await, 0);
    // Nobody reads the words themselves.
    let refused = sqlx::raw_sql("SELECT document FROM email_search")
        .execute(&mut login)
        .await;
    assert!(refused.is_err_and(|error| error.to_string().contains("permission denied")));
}

/// As far as the planner is concerned the demo is read faster without one, so it is told not to.
#[tokio::test]
async fn the_index_is_used() {
    let (world, owner) = demo().await;
    let database = beside(&world.database, Tier::Content);
    run(
        &world,
        &format!("ALTER ROLE gateway_login IN DATABASE {database} SET enable_seqscan = off"),
    )
    .await;
    assert_ne!(search(&owner, "reference", "").await["matches"], json!([]));
    // A session that has nothing to do any more tells what it did after ten seconds, or when it ends.
    let end = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = current_database() AND usename = 'gateway_login'";
    run(&world, end).await;
    let used = "SELECT coalesce(sum(idx_scan), 0)::bigint FROM pg_stat_user_indexes WHERE indexrelname = 'idx_email_search_document'";
    assert!(one::<i64>(&world, used).await > 0, "the index was not read");
}
