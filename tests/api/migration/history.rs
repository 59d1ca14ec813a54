//! Forward, back, and forward again.

use futures::future::join_all;
use sqlx::PgConnection;

use super::fresh::Fresh;

/// Everything in the schema `public`, a line each. Columns are numbered anew: PostgreSQL never uses the
/// number of a column again that was dropped.
const SCHEMA: &str = r"
SELECT format('relation %s %s owner %s, row security %s %s, %s', c.relkind, c.relname, c.relowner::regrole, c.relrowsecurity, c.relforcerowsecurity,
    coalesce(c.relacl, acldefault('r', c.relowner)))
FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT format('column %s.%s %s %s not null %s default %s identity %s collation %s %s', c.relname, a.attname,
    row_number() OVER (PARTITION BY a.attrelid ORDER BY a.attnum), format_type(a.atttypid, a.atttypmod),
    a.attnotnull, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attcollation::regcollation, a.attacl)
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE c.relnamespace = 'public'::regnamespace
UNION ALL
SELECT format('constraint %s on %s: %s', conname, conrelid::regclass, pg_get_constraintdef(oid))
FROM pg_constraint WHERE connamespace = 'public'::regnamespace
UNION ALL
SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
UNION ALL
SELECT format('policy %s on %s %s %s for %s: %s / %s', policyname, tablename, permissive, cmd, roles, qual, with_check)
FROM pg_policies WHERE schemaname = 'public'
UNION ALL
SELECT pg_get_triggerdef(t.oid) FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
WHERE c.relnamespace = 'public'::regnamespace AND NOT t.tgisinternal
UNION ALL
SELECT format('%s owner %s, %s', pg_get_functiondef(oid), proowner::regrole, proacl)
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT format('type %s', typname) FROM pg_type WHERE typnamespace = 'public'::regnamespace
UNION ALL
SELECT format('schema %s owner %s, %s', nspname, nspowner::regrole, nspacl)
FROM pg_namespace WHERE nspname NOT LIKE 'pg\_%' AND nspname <> 'information_schema'
ORDER BY 1";

async fn schema(connection: &mut PgConnection) -> Vec<String> {
    sqlx::query_scalar(SCHEMA)
        .fetch_all(connection)
        .await
        .expect("the catalog")
}

#[tokio::test]
async fn up_down_up_is_up() {
    let fresh = Fresh::new("history").await;
    let mut admin = fresh.connect().await;
    migrations::up(migrations::Tier::Oltp, &fresh.migrator, Some(0))
        .await
        .expect("the table of migrations");
    let nothing = schema(&mut admin).await;
    let all = migrations::up(migrations::Tier::Oltp, &fresh.migrator, None)
        .await
        .expect("all migrations");
    let first = schema(&mut admin).await;
    assert!(first.len() > nothing.len() + 500, "{} objects", first.len());

    let back = migrations::down(migrations::Tier::Oltp, &fresh.migrator, None)
        .await
        .expect("the way back");
    assert_eq!(back.len(), all.len());
    assert_eq!(schema(&mut admin).await, nothing);

    migrations::up(migrations::Tier::Oltp, &fresh.migrator, None)
        .await
        .expect("all migrations again");
    assert_eq!(schema(&mut admin).await, first);
}

#[tokio::test]
async fn every_step_can_be_taken_back_by_itself() {
    let fresh = Fresh::new("history_steps").await;
    let mut admin = fresh.connect().await;
    migrations::up(migrations::Tier::Oltp, &fresh.migrator, Some(0))
        .await
        .expect("the table of migrations");
    while migrations::pending(migrations::Tier::Oltp, &fresh.migrator)
        .await
        .expect("a number")
        > 0
    {
        let before = schema(&mut admin).await;
        let step = migrations::up(migrations::Tier::Oltp, &fresh.migrator, Some(1))
            .await
            .expect("a step");
        assert_eq!(
            migrations::down(migrations::Tier::Oltp, &fresh.migrator, Some(1))
                .await
                .expect("a step back"),
            step
        );
        assert_eq!(schema(&mut admin).await, before, "{step:?}");
        migrations::up(migrations::Tier::Oltp, &fresh.migrator, Some(1))
            .await
            .expect("the step again");
    }
}

#[tokio::test]
async fn of_runs_at_the_same_time_one_works() {
    let fresh = Fresh::new("history_race").await;
    let runs =
        join_all((0..4).map(|_| migrations::up(migrations::Tier::Oltp, &fresh.migrator, None)))
            .await;
    let mut applied: Vec<usize> = runs
        .into_iter()
        .map(|run| run.expect("no run fails").len())
        .collect();
    applied.sort_unstable();
    let all = migrations::status(migrations::Tier::Oltp, &fresh.migrator)
        .await
        .expect("the history")
        .len();
    assert_eq!(applied, [0, 0, 0, all]);
}
