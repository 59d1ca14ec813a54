//! Every table keeps its rows apart, and its indexes follow the tenant.

use gateway_tests::World;
use migrations::Tier;
use sqlx::AssertSqlSafe;

use super::tables;

/// The policies and indexes that the platform's design names.
const NAMED: [&str; 13] = [
    "campaigns_tenant_isolation",
    "leads_tenant_isolation",
    "domains_tenant_isolation",
    "email_accounts_tenant_isolation",
    "templates_tenant_isolation",
    "companies_tenant_isolation",
    "user_preferences_isolation",
    "tenant_config_isolation",
    "tenant_policies_isolation",
    "idx_tenant_users_tenant",
    "idx_tenant_users_user",
    "idx_smtp_ip_addresses_status",
    "idx_domain_ip_assignments_domain",
];

/// Indexes of tenant tables that do not begin with the tenant, and why.
const ACROSS_TENANTS: [&str; 15] = [
    "idx_email_search_document",    // the tenant is one of the words
    "idx_jobs_due",                 // the most urgent of all
    "idx_jobs_ended",               // the oldest of all
    "idx_jobs_ended_of_schedules",  // and of those that schedules made
    "idx_jobs_run_at",              // which tenants have any that is due
    "idx_jobs_migrated",            // what Redis may have lost
    "idx_jobs_leased",              // whose lease has run out
    "companies_workspace_name_key", // unique in the whole platform
    "idx_tenant_users_user",        // the viewer's own memberships
    "idx_domain_ip_assignments_smtp_ip_address", // staff look from the address
    "idx_invitations_open_email",   // whom an address is invited by
    "idx_outbox_unprocessed",       // the relay takes the oldest of all
    "idx_outbox_processed",         // and removes what is long passed on
    "subscriptions_stripe_subscription_id_key", // whose subscription an event is about
    "tenant_config_stripe_customer_id_key", // and whose customer
];

/// What a query finds wrong in any of the tiers, a line each.
async fn wrong(world: &World, query: &str) -> Vec<String> {
    let mut found = Vec::new();
    for tier in Tier::ALL {
        let admin = world.admin_of(tier);
        let of_tier: Vec<String> = sqlx::query_scalar(AssertSqlSafe(query))
            .bind(tables::of_tenants(admin).await)
            .fetch_all(admin)
            .await
            .expect("the catalog");
        found.extend(of_tier);
    }
    found
}

#[tokio::test]
async fn every_table_forces_row_level_security_and_has_a_policy() {
    let world = World::empty().await;
    let open = "SELECT relname::text FROM pg_class c WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')
        AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS (SELECT FROM pg_policy WHERE polrelid = c.oid)) AND $1::text[] IS NOT NULL";
    assert_eq!(wrong(&world, open).await, [""; 0]);
    sqlx::raw_sql("ALTER TABLE leads NO FORCE ROW LEVEL SECURITY")
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(wrong(&world, open).await, ["leads"]);
}

#[tokio::test]
async fn every_tenant_table_says_whose_row_it_is() {
    let world = World::empty().await;
    let without = "SELECT t FROM unnest($1::text[]) t WHERE NOT EXISTS (
        SELECT FROM pg_attribute WHERE attrelid = t::regclass AND attname = 'tenant_id' AND attnotnull AND atttypid = 'uuid'::regtype)";
    assert_eq!(wrong(&world, without).await, [""; 0]);
    // One policy that lets in, in the form that costs least and fails without the setting.
    let otherwise = "SELECT t || ': ' || coalesce(string_agg(format('%s %s %s', policyname, qual, with_check), '; '), 'none') FROM unnest($1::text[]) t
        LEFT JOIN pg_policies p ON p.tablename = t AND NOT p.roles <@ '{gateway_owner,gateway_worker,gateway_dispatcher}' AND p.permissive = 'PERMISSIVE'
        GROUP BY t HAVING count(*) <> 1 OR bool_or(p.cmd <> 'ALL' OR p.qual IS DISTINCT FROM p.with_check
            OR p.qual IS DISTINCT FROM '(tenant_id = ( SELECT (current_setting(''app.current_tenant_id''::text))::uuid AS current_setting))')";
    assert_eq!(wrong(&world, otherwise).await, [""; 0]);
}

/// What the platform's own work sees is one tenant's, or, where it is in none, what a policy of that name shows.
#[tokio::test]
async fn the_platforms_own_work_is_in_one_tenant_or_in_none() {
    let world = World::empty().await;
    let otherwise = "SELECT format('%s %s', tablename, policyname) FROM pg_policies p
        WHERE $1::text[] IS NOT NULL AND roles && '{gateway_worker,gateway_dispatcher}' AND qual <> 'true' AND (cmd <> 'ALL' OR qual IS DISTINCT FROM with_check
            OR qual <> CASE roles[1]
                WHEN 'gateway_worker' THEN format('(%s = ( SELECT (current_setting(''app.current_tenant_id''::text))::uuid AS current_setting))', CASE tablename WHEN 'tenants' THEN 'id' ELSE 'tenant_id' END)
                ELSE '( SELECT (COALESCE(current_setting(''app.current_tenant_id''::text, true), ''''::text) = ''''::text))' END)";
    assert_eq!(wrong(&world, otherwise).await, [""; 0]);
    let shown_to_all = "SELECT policyname::text FROM pg_policies
        WHERE $1::text[] IS NOT NULL AND roles && '{gateway_worker,gateway_dispatcher}' AND qual = 'true' ORDER BY 1";
    assert_eq!(
        wrong(&world, shown_to_all).await,
        ["plans_worker", "job_queues_read"]
    );
    let sabotage = "ALTER POLICY leads_worker ON leads USING (true)";
    sqlx::raw_sql(sabotage)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(
        wrong(&world, shown_to_all).await,
        ["leads_worker", "plans_worker", "job_queues_read"]
    );
}

/// Who learns what is due learns no more.
#[tokio::test]
async fn the_dispatcher_reads_no_payload_of_a_job_and_no_row_of_a_tenant() {
    let world = World::empty().await;
    let read = "SELECT c.relname::text FROM pg_class c
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' AND $1::text[] IS NOT NULL
            AND has_any_column_privilege('gateway_dispatcher', c.oid, 'SELECT') ORDER BY 1";
    assert_eq!(
        wrong(&world, read).await,
        [
            "admin_system_events",
            "campaign_leads",
            "email_accounts",
            "outbox",
            "subscriptions",
            "tenant_config",
            "tenants",
            "message_events",
            "rollups",
            "analytics_jobs",
            "job_logs",
            "job_queues",
            "job_schedules",
            "jobs"
        ]
    );
    let words = "SELECT format('%s.%s', c.relname, a.attname) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0
        WHERE $1::text[] IS NOT NULL
            AND (c.relname IN ('jobs', 'job_logs', 'tenants', 'admin_system_events', 'email_accounts')
                    AND a.attname IN ('payload', 'last_error_message', 'log_message', 'name', 'description', 'details', 'email',
                        'imap_settings', 'smtp_settings', 'vault_key_path')
                OR c.relname IN ('subscriptions', 'tenant_config')
                    AND a.attname NOT IN ('tenant_id', 'id', 'status', 'updated', 'stripe_subscription_id', 'stripe_customer_id')
                OR c.relname = 'campaign_leads' AND a.attname NOT IN ('tenant_id', 'status', 'updated')
                OR c.relname = 'message_events' AND a.attname NOT IN ('tenant_id', 'transaction', 'id')
                OR c.relname = 'rollups' AND a.attname NOT IN ('tenant_id', 'source', 'next_transaction', 'next_event',
                    'counted_until', 'is_complete', 'stale_from', 'day_ends'))
            AND has_column_privilege('gateway_dispatcher', c.oid, a.attnum, 'SELECT')";
    assert_eq!(wrong(&world, words).await, [""; 0]);
    sqlx::raw_sql("GRANT SELECT ON jobs TO gateway_dispatcher")
        .execute(world.admin_of(Tier::Queue))
        .await
        .expect("a superuser may");
    assert_eq!(
        wrong(&world, words).await,
        ["jobs.payload", "jobs.last_error_message"]
    );
}

/// Wherever the login role may write a tenant's rows, a policy asks for the member's roles, once a statement; such
/// policies take part in reading only where not all members read.
#[tokio::test]
async fn every_write_of_a_tenants_rows_asks_for_the_roles() {
    let world = World::empty().await;
    let any = "SELECT format('%s %s', t, c) FROM unnest($1::text[]) t, unnest(ARRAY['INSERT', 'UPDATE', 'DELETE']) c
        WHERE (has_table_privilege('gateway_login', t, c) OR (c <> 'DELETE' AND has_any_column_privilege('gateway_login', t, c)))
        AND NOT EXISTS (SELECT FROM pg_policies p WHERE p.tablename = t AND p.cmd = c AND p.permissive = 'RESTRICTIVE' AND p.roles = '{gateway_login}'
            AND coalesce(p.with_check, p.qual) ~ '^\\( SELECT \\(string_to_array\\(current_setting\\(''app.current_roles''::text\\), '',''::text\\) && ARRAY\\[')";
    assert_eq!(wrong(&world, any).await, [""; 0]);
    let read = "SELECT policyname::text FROM pg_policies WHERE permissive = 'RESTRICTIVE' AND cmd IN ('ALL', 'SELECT') AND $1::text[] IS NOT NULL";
    assert_eq!(
        wrong(&world, read).await,
        [
            "payments_select_by_role",
            "subscription_addons_select_by_role"
        ]
    );
    let sabotage =
        "DROP POLICY leads_update_by_role ON leads; GRANT DELETE ON payments TO gateway_login";
    sqlx::raw_sql(sabotage)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(
        wrong(&world, any).await,
        ["leads UPDATE", "payments DELETE"]
    );
}

#[tokio::test]
async fn no_key_can_point_into_another_tenant() {
    let world = World::empty().await;
    let simple = "SELECT format('%s on %s', conname, conrelid::regclass) FROM pg_constraint c WHERE contype = 'f'
        AND conrelid::regclass::text = ANY ($1) AND confrelid::regclass::text = ANY ($1)
        AND NOT EXISTS (SELECT FROM unnest(conkey, confkey) k (own, other)
            JOIN pg_attribute a ON a.attrelid = conrelid AND a.attnum = own AND a.attname = 'tenant_id'
            JOIN pg_attribute b ON b.attrelid = confrelid AND b.attnum = other AND b.attname = 'tenant_id')";
    assert_eq!(wrong(&world, simple).await, [""; 0]);
    let sabotage = "ALTER TABLE campaigns ADD CONSTRAINT simple FOREIGN KEY (company_id) REFERENCES companies (id)";
    sqlx::raw_sql(sabotage)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(wrong(&world, simple).await, ["simple on campaigns"]);
}

#[tokio::test]
async fn indexes_begin_with_the_tenant() {
    let world = World::empty().await;
    let stray = "SELECT i.indexrelid::regclass::text FROM pg_index i
        JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = i.indkey[0]
        WHERE i.indrelid::regclass::text = ANY ($1) AND a.attname <> 'tenant_id' AND NOT i.indisprimary ORDER BY 1";
    let mut expected = ACROSS_TENANTS;
    expected.sort_unstable();
    let mut found = wrong(&world, stray).await;
    found.sort_unstable();
    assert_eq!(found, expected);
}

/// Deleting a parent, and every list of children, would read whole tables otherwise.
#[tokio::test]
async fn every_foreign_key_of_a_tenant_table_has_an_index() {
    let world = World::empty().await;
    let bare = "SELECT format('%s on %s', conname, conrelid::regclass) FROM pg_constraint c WHERE contype = 'f' AND conrelid::regclass::text = ANY ($1)
        AND NOT EXISTS (
            SELECT FROM pg_index i CROSS JOIN LATERAL (
                SELECT array_agg(a.attnum) AS wanted FROM pg_attribute a WHERE a.attrelid = conrelid AND (a.attnum = ANY (conkey) OR a.attname = 'tenant_id')
                    -- A flag finds nothing.
                    AND a.atttypid <> 'bool'::regtype
            ) w
            WHERE i.indrelid = conrelid AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$')
            AND (i.indkey::int2[])[0:cardinality(w.wanted) - 1] @> w.wanted)";
    assert_eq!(wrong(&world, bare).await, [""; 0]);
    sqlx::raw_sql("DROP INDEX idx_campaigns_tenant_company")
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(
        wrong(&world, bare).await,
        ["campaigns_company_id_fkey on campaigns"]
    );
}

#[tokio::test]
async fn what_the_design_names_is_there() {
    let world = World::empty().await;
    for name in NAMED {
        let found: i64 = sqlx::query_scalar(
            "SELECT (SELECT count(*) FROM pg_policies WHERE policyname = $1) + (SELECT count(*) FROM pg_indexes WHERE indexname = $1)",
        )
        .bind(name)
        .fetch_one(world.admin())
        .await
        .expect("the catalog");
        assert_eq!(found, 1, "{name}");
    }
}

/// Nobody but the roles of the gateway is granted anything, and what is not a tenant's is only read.
#[tokio::test]
async fn grants_are_what_a_scope_needs() {
    let world = World::empty().await;
    let surplus =
        "SELECT format('%s %s to %s', c.relname, g.privilege_type, CASE g.grantee WHEN 0 THEN 'PUBLIC' ELSE g.grantee::regrole::text END)
        FROM pg_class c CROSS JOIN LATERAL (
            SELECT * FROM aclexplode(c.relacl)
            UNION ALL SELECT (aclexplode(a.attacl)).* FROM pg_attribute a WHERE a.attrelid = c.oid
        ) g
        WHERE c.relnamespace = 'public'::regnamespace AND g.grantee <> c.relowner AND (
            (g.grantee::regrole::text NOT IN ('gateway_login', 'gateway_staff', 'gateway_worker', 'gateway_dispatcher')
                AND NOT (g.grantee::regrole::text = 'gateway_feed' AND c.relname = 'changes' AND g.privilege_type = 'SELECT'))
            OR g.privilege_type NOT IN ('SELECT', 'INSERT', 'UPDATE', 'DELETE')
            OR (g.privilege_type <> 'SELECT' AND NOT c.relname = ANY ($1) AND c.relname <> 'user_preferences'
                AND NOT (g.grantee::regrole::text = 'gateway_dispatcher' AND c.relname IN ('analytics_jobs', 'job_schedules'))
                AND NOT (c.relname = 'admin_system_events' AND (g.privilege_type = 'UPDATE'
                    OR g.grantee::regrole::text = 'gateway_dispatcher' AND g.privilege_type = 'INSERT'))
                AND NOT (g.grantee::regrole::text = 'gateway_worker' AND c.relname = 'admin_audit_log' AND g.privilege_type = 'INSERT')
                AND NOT (g.grantee::regrole::text = 'gateway_staff' AND c.relname = 'job_queues' AND g.privilege_type = 'UPDATE')))
        ORDER BY 1";
    assert_eq!(wrong(&world, surplus).await, [""; 0]);
    let sabotage = "GRANT SELECT ON leads TO PUBLIC; GRANT UPDATE (name) ON plans TO gateway_login; GRANT TRUNCATE ON leads TO gateway_staff";
    sqlx::raw_sql(sabotage)
        .execute(world.admin())
        .await
        .expect("a superuser may");
    assert_eq!(
        wrong(&world, surplus).await,
        [
            "leads SELECT to PUBLIC",
            "leads TRUNCATE to gateway_staff",
            "plans UPDATE to gateway_login"
        ]
    );
}

#[tokio::test]
async fn updated_is_kept_by_the_database() {
    let world = World::demo().await;
    let tables: Vec<String> = sqlx::query_scalar(
        "SELECT c.relname::text FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'updated'
         WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1",
    )
    .fetch_all(world.admin())
    .await
    .expect("the catalog");
    assert_eq!(
        tables.len(),
        tables::all(world.admin()).await.len() - 2,
        "all but the table of migrations, and that of changes, whose rows never change"
    );
    sqlx::raw_sql(
        "INSERT INTO outbox (tenant_id, topic, payload) SELECT id, 'test', '{}' FROM tenants;
        INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id) SELECT l.tenant_id, min(c.id::text)::uuid, l.id
            FROM leads l JOIN campaigns c USING (tenant_id) GROUP BY l.tenant_id, l.id ON CONFLICT DO NOTHING;
        INSERT INTO campaign_runs (tenant_id, campaign_id) SELECT tenant_id, id FROM campaigns ON CONFLICT DO NOTHING",
    )
    .execute(world.admin())
    .await
    .expect("a row");
    for table in tables {
        // A trigger that is not there leaves the moment that the statement says.
        let touch = format!("UPDATE {table} SET updated = '2000-01-01' RETURNING updated = now()");
        let kept: Vec<bool> = sqlx::query_scalar(AssertSqlSafe(touch))
            .fetch_all(world.admin())
            .await
            .expect("an update");
        assert!(
            !kept.is_empty() && kept.iter().all(|kept| *kept),
            "{table}: {} rows",
            kept.len()
        );
    }
}
