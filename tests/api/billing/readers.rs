//! Who reads what was paid, what was bought on top, and Stripe's ids.

use entity::id::{PaymentId, SubscriptionAddonId, TypedId};
use serde_json::json;
use uuid::Uuid;

use super::Books;
use crate::isolation::login::Session;

/// The roles, and whether they read it.
const ROLES: [(&str, bool); 5] = [
    ("owner", true),
    ("admin", false),
    ("member", false),
    ("analyst", false),
    ("billing", true),
];

const ROW: u128 = 7;

async fn paid() -> Books {
    let books = Books::new().await;
    let row = Uuid::from_u128(ROW);
    books
        .change(&format!(
            "INSERT INTO payments (id, tenant_id, subscription_id, amount) SELECT '{row}', tenant_id, id, 9900 FROM subscriptions s
                 WHERE stripe_subscription_id = 'sub_acme';
             INSERT INTO subscription_addons (id, tenant_id, subscription_id, addon_type, quantity, price)
                 SELECT '{row}', tenant_id, id, 'extra_emails', 70, 5 FROM subscriptions s WHERE stripe_subscription_id = 'sub_acme'"
        ))
        .await;
    books
}

#[tokio::test]
async fn what_was_paid_is_for_those_who_pay() {
    let books = paid().await;
    let row = Uuid::from_u128(ROW);
    let (payment, addon) = (
        PaymentId::from_raw(row).to_string(),
        SubscriptionAddonId::from_raw(row).to_string(),
    );
    let queries = [
        "{ payments { totalCount nodes { id } } }".to_owned(),
        "{ subscriptionAddons { nodes { price } } }".to_owned(),
        format!("{{ payment(id: \"{payment}\") {{ amount }} }}"),
        format!("{{ node(id: \"{payment}\") {{ id }} }}"),
        format!("{{ node(id: \"{addon}\") {{ id }} }}"),
        "{ subscriptions { nodes { payments { nodes { id } } } } }".to_owned(),
        "{ subscriptions { nodes { addons { nodes { id } } } } }".to_owned(),
        "{ subscriptions { nodes { stripeSubscriptionId } } }".to_owned(),
        "{ tenantConfig { stripeCustomerId } }".to_owned(),
    ];
    for (role, reads) in ROLES {
        let client = books.world.user("acme", &format!("{role}@acme.test"));
        for query in &queries {
            let answer = client.query(query).await;
            if reads {
                answer.data();
            } else {
                assert_eq!(answer.code(), "FORBIDDEN", "{role}: {query}");
            }
        }
        // By what it is filtered by, nobody learns more.
        let filtered =
            "{ subscriptions(filter: {payments: {some: {amount: {eq: 9900}}}}) { totalCount } }";
        let count = client.data(filtered).await["subscriptions"]["totalCount"].clone();
        assert_eq!(count, json!(i32::from(reads)), "{role}");
    }
}

/// A limit is the same for everybody, and so is all else of a subscription.
#[tokio::test]
async fn what_is_allowed_everybody_knows() {
    let books = paid().await;
    let allowed = "(SELECT max_emails_per_month + 70 FROM plans WHERE id = plan_id) AS emails";
    let allowed = books.subscription(books.acme, allowed).await["emails"].clone();
    for (role, _) in ROLES {
        let client = books.world.user("acme", &format!("{role}@acme.test"));
        let query = "{ subscriptions { nodes { status usage { emailsSent { limit } } } } tenantConfig { billingEmail } }";
        let data = client.data(query).await;
        let expected =
            json!({ "status": "ACTIVE", "usage": { "emailsSent": { "limit": allowed } } });
        assert_eq!(data["subscriptions"]["nodes"], json!([expected]), "{role}");
    }
}

/// The same whatever the gateway says.
#[tokio::test]
async fn the_database_shows_payments_to_those_who_pay() {
    let books = paid().await;
    for (role, reads) in ROLES
        .into_iter()
        .chain([("member,billing", true), ("", false)])
    {
        let mut login = Session::with_roles(&books.world, books.acme.into(), role).await;
        for table in ["payments", "subscription_addons"] {
            let seen = login.attempt(&format!("SELECT FROM {table}")).await;
            assert_eq!(seen, Ok(u64::from(reads)), "{role}: {table}");
        }
    }
}
