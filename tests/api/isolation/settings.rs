//! Who asks is a setting of the transaction; without it there is no answer.

use migrations::Tier;

use super::{
    catalog::Table,
    login::{NO_SUCH_SETTING, NO_UUID, NOT_PERMITTED, Session},
    twins::{Twins, on_twins, rows_of},
};

/// The tables that hold rows of tenants or of people.
fn with_rows(twins: &Twins) -> impl Iterator<Item = &Table> {
    twins
        .catalog
        .tables
        .iter()
        .filter(|table| rows_of(table, twins.a).is_some())
}

#[test]
fn without_settings_a_table_with_rows_fails() {
    on_twins(async |twins| {
        let bare = Session::bare(&twins.world).await;
        for table in with_rows(twins) {
            let mut login = bare.there(&twins.world, table.tier).await;
            let (key, name) = (table.key(), &table.name);
            let code = if table.grants("SELECT") {
                NO_SUCH_SETTING
            } else {
                NOT_PERMITTED
            };
            login
                .assert_refused(code, &format!("SELECT {key} FROM {name}"))
                .await;
            if let Some(untouched) = table.untouched() {
                login
                    .assert_refused(NO_SUCH_SETTING, &format!("UPDATE {name} SET {untouched}"))
                    .await;
            }
            if table.grants("DELETE") {
                login
                    .assert_refused(NO_SUCH_SETTING, &format!("DELETE FROM {name}"))
                    .await;
            }
        }
        // As staff, without a tenant, the same.
        let staff = Session {
            settings: "SET LOCAL ROLE gateway_staff".to_owned(),
            ..bare
        };
        for table in with_rows(twins).filter(|table| table.grants("SELECT")) {
            let mut login = staff.there(&twins.world, table.tier).await;
            let result = login
                .attempt(&format!("SELECT {} FROM {}", table.key(), table.name))
                .await;
            assert!(
                matches!(&result, Err((code, _)) if code == NO_SUCH_SETTING),
                "{}: {result:?}",
                table.name
            );
        }
    });
}

/// Tenant and user alone do not let anybody write.
#[test]
fn without_the_roles_nothing_of_a_tenant_is_written() {
    on_twins(async |twins| {
        let mut login = Session::of(twins, twins.a).await;
        let (settings, _) = login
            .settings
            .split_once("; SET LOCAL app.current_roles")
            .expect("the roles are set last");
        login.settings = settings.to_owned();
        let a = twins.a;
        for table in twins.catalog.of_tenants() {
            let mut login = login.there(&twins.world, table.tier).await;
            let name = &table.name;
            let statements = [
                (
                    "INSERT",
                    format!("INSERT INTO {name} (tenant_id) VALUES ('{a}')"),
                ),
                (
                    "UPDATE",
                    format!(
                        "UPDATE {name} SET {}",
                        table.untouched().unwrap_or_default()
                    ),
                ),
                ("DELETE", format!("DELETE FROM {name}")),
            ];
            for (command, sql) in statements {
                if table.grants(command) {
                    login.assert_refused(NO_SUCH_SETTING, &sql).await;
                }
            }
        }
    });
}

/// What owners and billing alone may read.
const FOR_PAYERS: [&str; 2] = ["payments", "subscription_addons"];

#[test]
fn a_setting_ends_with_its_transaction() {
    on_twins(async |twins| {
        let asking = Session::of(twins, twins.a).await;
        for (tier, sql) in [
            (Tier::Oltp, "SELECT id FROM campaigns"),
            (Tier::Content, "SELECT id FROM email_messages"),
            (Tier::Analytics, "SELECT id FROM billing_analytics"),
            (Tier::Queue, "SELECT id FROM jobs"),
        ] {
            let mut login = asking.there(&twins.world, tier).await;
            assert!(login.attempt(sql).await > Ok(0), "{sql}");
            login.settings.clear();
            let left: (String, String, String) = sqlx::query_as("SELECT current_setting('app.current_tenant_id'), current_setting('app.current_user_id'), current_setting('app.current_roles')")
                .fetch_one(&mut login.connection)
                .await
                .expect("settings that were set once are there, and empty");
            assert_eq!(left, Default::default());
            let tables = with_rows(twins).filter(|table| table.tier == tier);
            for table in tables.filter(|table| table.grants("SELECT")) {
                let sql = format!("SELECT {} FROM {}", table.key(), table.name);
                // Where who may read is asked before whose it is, who has no role finds nothing.
                if FOR_PAYERS.contains(&table.name.as_str()) {
                    assert_eq!(login.attempt(&sql).await, Ok(0), "{sql}");
                } else {
                    login.assert_refused(NO_UUID, &sql).await;
                }
            }
        }
    });
}
