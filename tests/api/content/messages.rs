//! A message, and what it leads to.

use serde_json::{Value, json};

use super::{demo, each, one, run};

#[tokio::test]
async fn a_conversation_is_read_from_any_of_its_messages() {
    let (_world, owner) = demo().await;
    let data = owner
        .data(
            "{ messages(first: 1, filter: {messageType: {eq: EMAIL}, direction: {eq: INBOUND}, campaignId: {isNull: false}}) { nodes {
                subject status fromEmail lead { email } campaign { name } emailAccount { id } step { id }
                body { text html rawSize compressedSize expires compressionAlgorithm }
                headers { name value }
                parent { id status direction step { campaign { messages(first: 1) { totalCount } } } replies { nodes { id } } }
                replies { nodes { id direction attachments { totalCount nodes { filename disposition message { id } } } } }
                thread(orderBy: {field: CREATED, direction: ASC}) { nodes { id direction created } }
                id } } }",
        )
        .await;
    let answer = &data["messages"]["nodes"][0];
    let thread = each(&answer["thread"]["nodes"], "direction");
    assert_eq!(thread, ["OUTBOUND", "INBOUND", "OUTBOUND"]);
    let ids = each(&answer["thread"]["nodes"], "id");
    let parent = &answer["parent"];
    assert_eq!(
        (&parent["id"], &parent["status"]),
        (ids[0], &json!("REPLIED"))
    );
    assert_eq!(each(&parent["replies"]["nodes"], "id"), [&answer["id"]]);
    assert_eq!(ids[1], &answer["id"]);
    let reaction = &answer["replies"]["nodes"][0];
    assert_eq!(&reaction["id"], ids[2]);
    let file = &reaction["attachments"]["nodes"][0];
    assert_eq!(&file["message"]["id"], ids[2]);
    assert_eq!(answer["lead"]["email"], answer["fromEmail"]);
    assert_eq!(answer["step"], Value::Null);
    assert!(parent["step"]["campaign"]["messages"]["totalCount"].as_i64() > Some(6));
    let text = answer["body"]["text"].as_str().expect("a text");
    assert!(text.contains("overview of what it costs"), "{text}");
    assert_eq!(answer["body"]["html"], Value::Null);
    assert_eq!(answer["body"]["rawSize"], text.len());
    let names = each(&answer["headers"], "name");
    assert_eq!(names, ["From", "To", "Subject", "Message-ID"]);
}

#[tokio::test]
async fn messages_are_counted_by_status_and_day() {
    let (world, owner) = demo().await;
    let data = owner
        .data(
            "{ leads(first: 5) { nodes { id messages { totalCount } } } emailAccounts(first: 3) { nodes { messages { totalCount } } }
               campaigns(first: 3, filter: {status: {eq: COMPLETED}}) { nodes { id messages { totalCount
                   groups(by: [STATUS, CREATED_DAY]) { key { status created { day } } aggregates { count } } } } } }",
        )
        .await;
    for campaign in data["campaigns"]["nodes"].as_array().expect("campaigns") {
        let messages = &campaign["messages"];
        let counts = each(&messages["groups"], "aggregates");
        let counts = counts
            .iter()
            .filter_map(|figures| figures["count"].as_i64());
        assert_eq!(Some(counts.sum()), messages["totalCount"].as_i64());
        let groups = messages["groups"].as_array().expect("groups");
        assert!(groups.len() > 4, "{messages}");
        for group in groups {
            assert!(group["key"]["created"]["day"].is_string(), "{group}");
        }
    }
    let counted = each(&data["emailAccounts"]["nodes"], "messages");
    assert!(
        counted
            .iter()
            .any(|list| list["totalCount"].as_i64() > Some(0))
    );
    let all: i64 = one(
        &world,
        "SELECT count(*) FROM email_messages GROUP BY tenant_id LIMIT 1",
    )
    .await;
    assert_eq!(
        owner.data("{ messages { totalCount } }").await["messages"]["totalCount"],
        all
    );
}

#[tokio::test]
async fn a_body_goes_and_its_message_stays() {
    let (world, owner) = demo().await;
    let shown = "{ messages(first: 1) { nodes { id subject body { text } } } }";
    let before = owner.data(shown).await["messages"]["nodes"][0].take();
    assert!(before["body"]["text"].is_string());
    run(&world, "DELETE FROM email_content").await;
    let after = owner.data(shown).await["messages"]["nodes"][0].take();
    assert_eq!(
        (&after["id"], &after["subject"]),
        (&before["id"], &before["subject"])
    );
    assert_eq!(after["body"], Value::Null);
    let found = owner
        .data("{ searchMessages(query: \"reference\") { matches { rank } } }")
        .await;
    assert_eq!(
        found["searchMessages"]["matches"],
        json!([]),
        "what was searched of it is gone, too"
    );
}

#[tokio::test]
async fn a_body_that_can_not_be_read_is_our_fault_and_of_its_own_field() {
    let (world, owner) = demo().await;
    run(
        &world,
        "UPDATE email_content SET content_text = 'noise', raw_size_bytes = 10",
    )
    .await;
    let answer = owner
        .query("{ messages(first: 2) { nodes { subject body { text rawSize } } } }")
        .await;
    assert_eq!(answer.code(), "INTERNAL_ERROR");
    let node = &answer.body["data"]["messages"]["nodes"][0];
    assert!(node["subject"].is_string(), "{node}");
    assert_eq!(node["body"], json!({ "text": null, "rawSize": 10 }));
    // What a row says of its size is believed before anything is unpacked.
    run(&world, "UPDATE email_content SET raw_size_bytes = 20 << 20").await;
    let answer = owner
        .query("{ messages(first: 2) { nodes { body { text } } } }")
        .await;
    assert_eq!(answer.code(), "BAD_USER_INPUT", "{}", answer.body);
}

/// The bytes are megabytes, and no field shows them.
#[tokio::test]
async fn no_answer_reads_the_bytes_of_attachments() {
    let (world, owner) = demo().await;
    let revoked = "REVOKE SELECT ON attachments FROM gateway_login;
        GRANT SELECT (id, tenant_id, parent_storage_key, filename, mime_type, content_id, size_bytes, storage_disposition, created, updated)
        ON attachments TO gateway_login";
    let found = owner
        .data("{ attachments(first: 1) { nodes { id } } }")
        .await;
    let id = found["attachments"]["nodes"][0]["id"]
        .as_str()
        .expect("an id")
        .to_owned();
    run(&world, revoked).await;
    for query in [
        "{ attachments(first: 5) { nodes { id filename mimeType sizeBytes downloadUrl message { id } } } }".to_owned(),
        format!("{{ node(id: \"{id}\") {{ ... on Attachment {{ filename contentId }} }} }}"),
        format!("{{ nodes(ids: [\"{id}\"]) {{ id }} attachment(id: \"{id}\") {{ disposition }} }}"),
    ] {
        owner.data(&query).await;
    }
}
