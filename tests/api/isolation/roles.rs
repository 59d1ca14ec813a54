//! Who of a tenant's members may write what, for the login role and whatever it is told to send.

use gateway_tests::World;
use tenant::Role;
use uuid::Uuid;

use super::{
    catalog::Table,
    login::{NOT_PERMITTED, Session},
    twins::{Twins, on_twins, one},
};

/// Who writes a table of tenants' rows. A table that the login role may write to belongs here.
const WRITERS: [(&[Role], &[&str]); 5] = [
    (
        &[Role::Owner, Role::Admin, Role::Member],
        &[
            "companies",
            "domains",
            "email_accounts",
            "leads",
            "lead_imports",
            "templates",
            "folders",
            "tags",
            "template_folders",
            "template_tags",
            "campaigns",
            "campaign_leads",
            "campaign_runs",
            "campaign_sequence_steps",
        ],
    ),
    (
        &[Role::Owner, Role::Admin],
        &[
            "tenant_policies",
            "api_keys",
            "jobs",
            "admin_system_events",
            "dropped_jobs",
        ],
    ),
    (&[Role::Owner, Role::Billing], &["subscriptions"]),
    (&[Role::Owner], &["tenant_users", "invitations"]),
    // Each column of the configuration has its own; the outbox takes what any change reports.
    (
        &[Role::Owner, Role::Admin, Role::Billing],
        &["tenant_config"],
    ),
];
const OUTBOX: [Role; 4] = [Role::Owner, Role::Admin, Role::Member, Role::Billing];

fn writers(table: &str) -> &'static [Role] {
    if table == "outbox" {
        return &OUTBOX;
    }
    let found = WRITERS.iter().find(|(_, tables)| tables.contains(&table));
    found
        .unwrap_or_else(|| {
            panic!("who of a tenant's members writes `{table}`? Say so in `WRITERS`")
        })
        .0
}

/// What of a table a member with the role can do, against what is promised.
async fn expect(twins: &Twins, login: &mut Session, table: &Table, writes: bool) -> usize {
    let (name, a) = (&table.name, twins.a);
    let mut tried = 0;
    if table.grants("INSERT") {
        let done = login
            .attempt(&format!("INSERT INTO {name} (tenant_id) VALUES ('{a}')"))
            .await;
        let refused = matches!(&done, Err((code, _)) if code == NOT_PERMITTED);
        assert_eq!(
            refused, !writes,
            "INSERT {name}: {} {done:?}",
            login.settings
        );
        tried += 1;
    }
    if let Some(untouched) = table.untouched() {
        let done = login
            .attempt(&format!("UPDATE {name} SET {untouched}"))
            .await;
        let (changed, refused) = (
            matches!(done, Ok(1..)),
            matches!(&done, Err((code, _)) if code == NOT_PERMITTED),
        );
        assert_eq!(
            (changed, refused),
            (writes, !writes),
            "UPDATE {name}: {} {done:?}",
            login.settings
        );
        tried += 1;
    }
    if table.grants("DELETE") {
        let done = login.attempt(&format!("DELETE FROM {name}")).await;
        assert_eq!(
            done != Ok(0),
            writes,
            "DELETE {name}: {} {done:?}",
            login.settings
        );
        tried += 1;
    }
    tried
}

#[test]
fn a_role_writes_what_is_its_business_and_nothing_else() {
    on_twins(async |twins| {
        let mut tried = 0;
        for table in twins.catalog.of_tenants() {
            if !["INSERT", "UPDATE", "DELETE"]
                .iter()
                .any(|command| table.grants(command))
            {
                continue;
            }
            let writers = writers(&table.name);
            for role in Role::ALL {
                let login = Session::with_roles(&twins.world, twins.a, role.as_str()).await;
                let mut login = login.there(&twins.world, table.tier).await;
                tried += expect(twins, &mut login, table, writers.contains(&role)).await;
            }
            // No role, one of a later version, and one among others that do not write.
            for (roles, writes) in [("", false), ("auditor", false), ("analyst,owner", true)] {
                let login = Session::with_roles(&twins.world, twins.a, roles).await;
                let mut login = login.there(&twins.world, table.tier).await;
                expect(twins, &mut login, table, writes).await;
            }
        }
        assert!(tried > 5 * 33, "only {tried} statements");
    });
}

#[test]
fn a_configuration_has_columns_of_two_kinds() {
    on_twins(async |twins| {
        let payers = [
            "UPDATE tenant_config SET billing_email = 'bill@acme.test'",
            "UPDATE tenant_config SET billing_address = '{}'",
            "UPDATE tenant_config SET billing_notifications = NOT billing_notifications",
        ];
        let admins = [
            "UPDATE tenant_config SET usage_alerts = NOT usage_alerts",
            "UPDATE tenant_config SET security_alerts = NOT security_alerts",
            "UPDATE tenant_config SET theme = CASE theme WHEN 'dark' THEN 'light' ELSE 'dark' END",
            "UPDATE tenant_config SET ui_settings = '{\"compact\": true, \"test\": 1}'",
        ];
        for (roles, pays, configures) in [
            ("owner", true, true),
            ("billing", true, false),
            ("admin", false, true),
            ("admin,billing", true, true),
            ("member", false, false),
        ] {
            let mut login = Session::with_roles(&twins.world, twins.a, roles).await;
            for (statements, may) in [(&payers[..], pays), (&admins[..], configures)] {
                for sql in statements {
                    let done = login.attempt(sql).await;
                    let refused = matches!(&done, Err((code, _)) if code == NOT_PERMITTED);
                    assert_eq!(
                        (done == Ok(1), refused),
                        (may, !may),
                        "{roles}: {sql} {done:?}"
                    );
                }
            }
            login
                .assert_refused(
                    NOT_PERMITTED,
                    "UPDATE tenant_config SET stripe_customer_id = NULL",
                )
                .await;
        }
    });
}

/// The same for the row of a tenant that has none yet.
#[tokio::test]
async fn a_first_configuration_has_columns_of_two_kinds() {
    let world = World::demo().await;
    let acme: Uuid = one(&world, "DELETE FROM tenant_config WHERE tenant_id = (SELECT id FROM tenants WHERE name = 'acme') RETURNING tenant_id").await;
    let insert = |column: &str, value: &str| {
        format!("INSERT INTO tenant_config (tenant_id, {column}) VALUES ('{acme}', {value})")
    };
    let bill = insert("billing_email", "'bill@acme.test'");
    let theme = insert("theme", "'dark'");
    let neither = insert("billing_notifications", "true");
    for (roles, allowed, refused) in [
        ("billing", [&bill, &neither], Some(&theme)),
        ("admin", [&theme, &neither], Some(&bill)),
        ("owner", [&bill, &theme], None),
    ] {
        let mut login = Session::with_roles(&world, acme, roles).await;
        for sql in allowed {
            assert_eq!(login.attempt(sql).await, Ok(1), "{roles}: {sql}");
        }
        if let Some(sql) = refused {
            login.assert_refused(NOT_PERMITTED, sql).await;
        }
    }
}

#[test]
fn only_a_live_member_is_a_billing_contact() {
    on_twins(async |twins| {
        let user = async |email: &str| {
            one::<Uuid>(
                &twins.world,
                &format!("SELECT id FROM users WHERE email = '{email}'"),
            )
            .await
        };
        let update = |user: uuid::Uuid| {
            format!("UPDATE subscriptions SET billing_contact_user_id = '{user}'")
        };
        let mut login = Session::with_roles(&twins.world, twins.a, "billing").await;
        assert_eq!(
            login.attempt(&update(user("admin@acme.test").await)).await,
            Ok(2)
        );
        // One of another tenant and one that is nobody are refused alike.
        let stranger = login
            .attempt(&update(user("admin@globex.test").await))
            .await;
        let nobody = login.attempt(&update(Uuid::now_v7())).await;
        assert!(
            matches!(&stranger, Err((code, _)) if code == NOT_PERMITTED),
            "{stranger:?}"
        );
        assert_eq!(stranger, nobody);
        let rest = "UPDATE subscriptions SET current_period_end = current_period_end";
        login.assert_refused(NOT_PERMITTED, rest).await;
    });
}
