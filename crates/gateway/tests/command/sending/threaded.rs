//! The messages of a campaign to a lead are one thread.

use migrations::Tier;
use serde_json::{Value, json};
use transport::sink::Script;

use super::arranged::{Campaign, MailServer, worker};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_names_all_before_it() {
    let campaign = Campaign::new(1, &["One", "Two", "Three"]).await;
    let server = MailServer::start(Script::default()).await;
    campaign.start().await;
    let worker = worker(&campaign.home(&server)).await;
    campaign.hurry_to_its_end().await;
    assert_eq!(worker.stop("TERM").await.code, Some(0));
    let field = |name: &str| {
        format!(
            "(SELECT field ->> 'value' FROM jsonb_array_elements(headers) AS field WHERE field ->> 'name' = '{name}')"
        )
    };
    let sql = format!(
        "SELECT jsonb_agg(jsonb_build_array('<' || message_id || '>', {}, {}) ORDER BY created) FROM email_messages",
        field("In-Reply-To"),
        field("References")
    );
    let messages = campaign.value(Tier::Content, &sql).await;
    let id = |place: usize| messages[place][0].as_str().expect("an id");
    let (one, two) = (id(0), id(1));
    assert_eq!(messages[0], json!([one, Value::Null, Value::Null]));
    assert_eq!(messages[1], json!([two, one, one]));
    // However the line was folded.
    let chain: Vec<&str> = messages[2][2]
        .as_str()
        .expect("a chain")
        .split_whitespace()
        .collect();
    assert_eq!((&messages[2][1], chain), (&json!(two), vec![one, two]));
}
