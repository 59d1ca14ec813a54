//! An account's password, which members may use and may not read.

use entity::id::EmailAccountId;
use gateway_tests::{Client, World};
use serde_json::{Value, json};
use uuid::Uuid;

const SERVER: &str =
    r#"{"host": "mail.acme.test", "port": 465, "security": "tls", "username": "ann"}"#;

/// An account of acme's with a password for a server to send by.
async fn account(world: &World) -> Uuid {
    let sql = format!(
        "UPDATE email_accounts SET smtp_settings = '{SERVER}', imap_settings = NULL, vault_key_path = 'acme/ann'
         WHERE id = (SELECT a.id FROM email_accounts a JOIN tenants t ON t.id = a.tenant_id WHERE t.name = 'acme' ORDER BY a.id LIMIT 1)
         RETURNING id"
    );
    let account = sqlx::query_scalar(sqlx::AssertSqlSafe(sql))
        .fetch_one(world.admin())
        .await;
    account.expect("an account")
}

async fn change(owner: &Client, account: Uuid, set: Value) {
    let input = json!({ "id": EmailAccountId::from(account).to_string(), "set": set });
    let query = "mutation ($input: UpdateEmailAccountInput!) { updateEmailAccount(input: $input) { emailAccount { id } } }";
    owner.data_with(query, json!({ "input": input })).await;
}

async fn path(world: &World, account: Uuid) -> Option<String> {
    sqlx::query_scalar("SELECT vault_key_path FROM email_accounts WHERE id = $1")
        .bind(account)
        .fetch_one(world.admin())
        .await
        .expect("the account")
}

#[tokio::test]
async fn a_password_is_not_sent_to_a_server_that_a_member_names() {
    let world = World::demo().await;
    let owner = world.owner("acme");
    let server =
        json!({ "host": "mail.acme.test", "port": 465, "security": "TLS", "username": "ann" });
    let with = |name: &str, value: Value| {
        let mut other = server.clone();
        other[name] = value;
        other
    };
    for (set, stays) in [
        (json!({ "dailyLimit": 7 }), true),
        (
            json!({ "smtpSettings": with("username", json!("bob")) }),
            true,
        ),
        (
            json!({ "smtpSettings": with("host", json!("mail.evil.test")) }),
            false,
        ),
        (json!({ "smtpSettings": with("port", json!(587)) }), false),
        (
            json!({ "smtpSettings": with("security", json!("NONE")) }),
            false,
        ),
        (
            json!({ "imapSettings": with("host", json!("mail.evil.test")) }),
            false,
        ),
    ] {
        let account = account(&world).await;
        change(&owner, account, set.clone()).await;
        let kept = path(&world, account).await;
        assert_eq!(kept.as_deref(), stays.then_some("acme/ann"), "{set}");
    }
}
