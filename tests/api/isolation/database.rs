//! The same promise without the gateway: no statement of the login role reaches another tenant's rows.

use uuid::Uuid;

use super::{
    login::{NO_SUCH_KEY, NOT_PERMITTED, Session},
    twins::{PEOPLE, on_twins, one},
};

#[test]
fn a_row_can_not_refer_to_another_tenants() {
    on_twins(async |twins| {
        let theirs = twins.hidden_keys("companies").await;
        let insert = |company: &str| {
            format!(
                "INSERT INTO campaigns (tenant_id, company_id, name) VALUES ('{}', '{company}', 'Spring')",
                twins.a
            )
        };
        let mut login = Session::of(twins, twins.a).await;
        login.assert_refused(NO_SUCH_KEY, &insert(&theirs[0])).await;
        assert_eq!(
            login
                .attempt(&insert(&twins.visible_keys("companies", "true").await[0]))
                .await,
            Ok(1)
        );

        // Every reference between tenants' rows, and not for want of a right: the superuser fails, too.
        let mut tried = 0;
        for table in twins.catalog.of_tenants() {
            let mut superuser = Session::superuser(&twins.world, table.tier).await;
            for reference in &table.references {
                if twins
                    .catalog
                    .table(&reference.table)
                    .column("tenant_id")
                    .is_none()
                {
                    continue;
                }
                let (name, columns) = (&reference.name, &reference.columns);
                let mut ends = columns.iter().zip(&reference.referred);
                let ends = ends.find(|(column, _)| *column != "tenant_id");
                let (Some((column, key)), true) =
                    (ends, columns.iter().any(|column| column == "tenant_id"))
                else {
                    panic!(
                        "`{name}` does not hold both rows to one tenant: it must begin with tenant_id"
                    );
                };
                let sql = format!(
                    "UPDATE {0} SET {column} = (SELECT {key} FROM {1} WHERE tenant_id = '{2}' LIMIT 1) \
                 WHERE ctid = (SELECT ctid FROM {0} WHERE tenant_id = '{3}' LIMIT 1)",
                    table.name, reference.table, twins.b, twins.a
                );
                superuser.assert_refused(NO_SUCH_KEY, &sql).await;
                tried += 1;
            }
        }
        assert!(tried > 12, "only {tried} references");
    });
}

#[test]
fn a_row_can_not_be_written_into_another_tenant() {
    on_twins(async |twins| {
        let asking = Session::of(twins, twins.a).await;
        let mut written = 0;
        for table in twins.catalog.of_tenants() {
            let (name, a, b) = (&table.name, twins.a, twins.b);
            let mut login = asking.there(&twins.world, table.tier).await;
            if table.grants("INSERT") {
                let refused = login
                    .attempt(&format!("INSERT INTO {name} (tenant_id) VALUES ('{b}')"))
                    .await;
                let expected =
                    format!("new row violates row-level security policy for table \"{name}\"");
                assert_eq!(refused, Err((NOT_PERMITTED.to_owned(), expected)));
                // The same into one's own tenant gets as far as the columns that are missing.
                let own = login
                    .attempt(&format!("INSERT INTO {name} (tenant_id) VALUES ('{a}')"))
                    .await;
                assert!(
                    !matches!(&own, Err((code, _)) if code == NOT_PERMITTED),
                    "{name}: {own:?}"
                );
                written += 1;
            }
            if table.grants("UPDATE") {
                login
                    .assert_refused(
                        NOT_PERMITTED,
                        &format!("UPDATE {name} SET tenant_id = '{b}'"),
                    )
                    .await;
            }
        }
        assert!(written > 11, "only {written} tables");
        let mut login = asking;
        let colleague = one::<Uuid>(
            &twins.world,
            "SELECT id FROM users WHERE email = 'admin@acme.test'",
        )
        .await;
        for sql in [
            format!("INSERT INTO user_preferences (user_id) VALUES ('{colleague}')"),
            format!("UPDATE user_preferences SET user_id = '{colleague}'"),
        ] {
            login.assert_refused(NOT_PERMITTED, &sql).await;
        }
    });
}

#[test]
fn another_tenants_rows_are_not_there_to_be_changed() {
    on_twins(async |twins| {
        let (mut asking, twin) = (
            Session::of(twins, twins.a).await,
            Session::of(twins, twins.b).await,
        );
        for table in twins.catalog.of_tenants() {
            let mut login = asking.there(&twins.world, table.tier).await;
            let mut twin = twin.there(&twins.world, table.tier).await;
            let (name, theirs) = (&table.name, format!("tenant_id = '{}'", twins.b));
            let untouched = table.untouched();
            let untouched = untouched.as_deref().unwrap_or("tenant_id = tenant_id");
            let statements = [
                (
                    "UPDATE",
                    format!("UPDATE {name} SET {untouched} WHERE {theirs}"),
                ),
                ("DELETE", format!("DELETE FROM {name} WHERE {theirs}")),
                (
                    "SELECT",
                    format!("SELECT tenant_id FROM {name} WHERE {theirs}"),
                ),
            ];
            for (command, sql) in statements {
                if !table.grants(command) {
                    login.assert_refused(NOT_PERMITTED, &sql).await;
                    continue;
                }
                assert_eq!(login.attempt(&sql).await, Ok(0), "{sql}");
                if command != "DELETE" {
                    assert!(
                        twin.attempt(&sql).await > Ok(0),
                        "{sql} is about rows of the twin's"
                    );
                }
            }
        }
        let colleagues = "WHERE user_id <> current_setting('app.current_user_id')::uuid";
        for sql in [
            format!("UPDATE user_preferences SET theme = 'dark' {colleagues}"),
            format!("DELETE FROM user_preferences {colleagues}"),
        ] {
            assert_eq!(asking.attempt(&sql).await, Ok(0), "{sql}");
        }
    });
}

#[test]
fn people_without_a_tenants_column_are_held_apart_by_name() {
    on_twins(async |twins| {
        let mut login = Session::of(twins, twins.a).await;
        for (table, column) in PEOPLE {
            let theirs = format!("{column} IN (SELECT user_id FROM tenant_users)");
            let sql = format!("SELECT id FROM {table} WHERE NOT {theirs}");
            assert_eq!(login.attempt(&sql).await, Ok(0), "{table}");
            assert!(
                login.attempt(&format!("SELECT id FROM {table}")).await > Ok(0),
                "{table}"
            );
        }
    });
}
