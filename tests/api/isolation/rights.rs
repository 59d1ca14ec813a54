//! What the login role has no right to, whatever it is told to send.

use gateway_tests::{World, cluster};

use super::{
    login::{NOT_PERMITTED, Session},
    twins::on_twins,
};

#[test]
fn secrets_are_not_granted() {
    on_twins(async |twins| {
        let mut login = Session::of(twins, twins.a).await;
        assert_eq!(
            login.attempt("SELECT id, email FROM email_accounts").await,
            Ok(16)
        );
        for sql in [
            "SELECT vault_key_path FROM email_accounts",
            "SELECT * FROM email_accounts",
            "SELECT email_accounts FROM email_accounts",
            "SELECT id FROM email_accounts WHERE vault_key_path LIKE 'a%'",
            "SELECT id FROM email_accounts ORDER BY vault_key_path",
            "UPDATE email_accounts SET vault_key_path = NULL",
            "UPDATE email_accounts SET email = email RETURNING vault_key_path",
        ] {
            login.assert_refused(NOT_PERMITTED, sql).await;
        }
    });
}

#[test]
fn the_login_role_can_not_change_what_holds_it() {
    on_twins(async |twins| {
        let mut login = Session::of(twins, twins.a).await;
        for table in &twins.catalog.tables {
            let mut login = login.there(&twins.world, table.tier).await;
            for sql in [
                "TRUNCATE {} CASCADE",
                "DROP TABLE {} CASCADE",
                "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
                "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
                "CREATE POLICY open ON {} USING (true)",
            ] {
                login
                    .assert_refused(NOT_PERMITTED, &sql.replace("{}", &table.name))
                    .await;
            }
        }
        for sql in [
            "CREATE TABLE public.mine (id int)",
            "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
            "DROP POLICY campaigns_tenant_isolation ON campaigns",
            "DROP FUNCTION viewer_tenants()",
            "ALTER ROLE gateway_login BYPASSRLS",
            "SET LOCAL ROLE gateway_owner",
            "SET LOCAL ROLE gateway_migrator",
            "SET LOCAL session_replication_role = replica",
            "SET LOCAL row_security = off; SELECT id FROM campaigns",
            "COPY (SELECT 1) TO PROGRAM 'true'",
        ] {
            login.assert_refused(NOT_PERMITTED, sql).await;
        }
    });
}

/// Rights on the database itself are not copied from the tests' template, so they are made again.
#[tokio::test]
async fn the_login_role_can_not_make_temporary_tables() {
    let world = World::empty().await;
    let url = cluster().await.server.superuser_url(&world.database);
    migrations::prepare_roles(&url, &migrations::Passwords::default())
        .await
        .expect("roles");
    let mut login = Session::bare(&world).await;
    login
        .assert_refused(NOT_PERMITTED, "CREATE TEMPORARY TABLE mine (id int)")
        .await;
}
