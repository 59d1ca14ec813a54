//! Every table is an entity, column by column.

use entity::{analytics, content, oltp, queue};
use gateway_tests::World;
use migrations::Tier;
use sea_orm::{ColumnTrait, ColumnType, EntityTrait, IdenStatic, Iterable, sea_query::StringLen};
use sqlx::PgPool;

use super::tables;

/// A column: its name, its type in PostgreSQL's words, and whether it may be null.
type Column = (String, String, bool);

/// A table: its name, its columns in their order, and its primary key.
type Table = (String, Vec<Column>, Vec<String>);

/// Columns that the database has and no model may carry.
const HIDDEN: [(&str, &str); 10] = [
    ("tenants", "live"),
    ("users", "live"),
    ("tenant_users", "tenant_live"),
    ("tenant_users", "user_live"),
    ("email_accounts", "vault_key_path"),
    ("email_accounts", "is_read"),
    ("api_keys", "digest"),
    ("outbox", "trace_parent"),
    ("jobs", "trace_parent"),
    ("jobs", "waits_for"),
];

/// Tables that are no entity. What is searched is read by a function alone, a partition by its table; of jobs that were
/// dropped there are ids; what a campaign's job goes by, and what counts as sent, is asked for a column at a time.
const NO_ENTITY: [&str; 7] = [
    "campaign_runs",
    "changes",
    "dropped_jobs",
    "email_search",
    "lead_analytics_rest",
    "seaql_migrations",
    "sent_in_period",
];

macro_rules! entities {
    ($tier:ident: $($module:ident),* $(,)?) => {
        vec![$(table::<$tier::$module::Entity>()),*]
    };
}

fn entities(tier: Tier) -> Vec<Table> {
    let mut tables = match tier {
        Tier::Oltp => transactional(),
        Tier::Content => {
            entities![content: attachment, email_content, email_message, mailbox, message_event, received_mail]
        }
        Tier::Analytics => entities![
            analytics:
            admin_audit_log,
            billing_analytics,
            campaign_analytics,
            lead_analytics,
            mailbox_analytics,
            rollup,
            sequence_step_analytics,
            warmup_analytics,
        ],
        Tier::Queue => entities![queue: analytics_job, job, job_log, job_queue, job_schedule],
    };
    tables.sort();
    tables
}

fn transactional() -> Vec<Table> {
    entities![
        oltp:
        admin_system_event,
        api_key,
        campaign,
        campaign_lead,
        campaign_sequence_step,
        company,
        domain,
        domain_ip_assignment,
        email_account,
        feature_flag,
        folder,
        invitation,
        lead,
        lead_import,
        outbox,
        payment,
        permission,
        plan,
        smtp_ip_address,
        staff_member,
        staff_role,
        staff_role_permission,
        stripe_event,
        subscription_period,
        subscription,
        subscription_addon,
        system_config,
        tag,
        template,
        template_folder,
        template_tag,
        tenant,
        tenant_config,
        tenant_policy,
        tenant_user,
        user,
        user_preference,
        vps_instance,
    ]
}

fn table<E: EntityTrait>() -> Table
where
    E::PrimaryKey: IdenStatic,
{
    let columns = E::Column::iter().map(|column| {
        let definition = column.def();
        (
            column.as_str().to_owned(),
            sql_type(definition.get_column_type()),
            definition.is_null(),
        )
    });
    let key = E::PrimaryKey::iter().map(|column| column.as_str().to_owned());
    (
        E::default().table_name().to_owned(),
        columns.collect(),
        key.collect(),
    )
}

fn sql_type(column: &ColumnType) -> String {
    match column {
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::Text => "text".to_owned(),
        ColumnType::String(StringLen::N(length)) => format!("character varying({length})"),
        ColumnType::TimestampWithTimeZone => "timestamp with time zone".to_owned(),
        ColumnType::JsonBinary => "jsonb".to_owned(),
        ColumnType::BigInteger => "bigint".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::SmallInteger => "smallint".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::VarBinary(_) | ColumnType::Blob => "bytea".to_owned(),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Array(element) => format!("{}[]", sql_type(element)),
        other => format!("{other:?}, which no table has"),
    }
}

async fn in_the_database(admin: &PgPool) -> Vec<Table> {
    let mut tables = Vec::new();
    for name in tables::all(admin).await {
        let columns: Vec<Column> = sqlx::query_as(
            "SELECT attname::text, format_type(atttypid, atttypmod), NOT attnotnull FROM pg_attribute
             WHERE attrelid = $1::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum",
        )
        .bind(&name)
        .fetch_all(admin)
        .await
        .expect("columns");
        let key: Vec<String> = sqlx::query_scalar(
            "SELECT a.attname::text FROM pg_index i, unnest(i.indkey) WITH ORDINALITY k (attnum, place)
             JOIN pg_attribute a ON a.attrelid = $1::regclass AND a.attnum = k.attnum
             WHERE i.indrelid = $1::regclass AND i.indisprimary ORDER BY k.place",
        )
        .bind(&name)
        .fetch_all(admin)
        .await
        .expect("a key");
        tables.push((name, columns, key));
    }
    tables
}

#[tokio::test]
async fn the_database_has_the_entities_columns_and_no_others() {
    let world = World::empty().await;
    for tier in Tier::ALL {
        let mut found = in_the_database(world.admin_of(tier)).await;
        found.retain(|(table, ..)| !NO_ENTITY.contains(&table.as_str()));
        found.iter_mut().for_each(hide);
        let expected = entities(tier);
        let names = |tables: &[Table]| {
            tables
                .iter()
                .map(|(name, ..)| name.clone())
                .collect::<Vec<_>>()
        };
        assert_eq!(names(&found), names(&expected));
        for (found, expected) in found.iter().zip(&expected) {
            assert_eq!(found, expected);
        }
    }
}

/// Takes away what no model may carry, which has to be there.
fn hide((table, columns, _): &mut Table) {
    let before = columns.len();
    columns.retain(|(column, ..)| !HIDDEN.contains(&(table.as_str(), column.as_str())));
    let hidden = HIDDEN.iter().filter(|(of, _)| of == table).count();
    assert_eq!(
        before - columns.len(),
        hidden,
        "{table} has every column that is to be hidden"
    );
}

/// A module of the crate that the list above forgot would make the test above blind to its table.
#[test]
fn the_list_has_every_module() {
    let modules = |file: &str| {
        file.lines()
            .filter(|line| line.starts_with("pub mod "))
            .count()
    };
    let files = [
        include_str!("../../../crates/entity/src/oltp.rs"),
        include_str!("../../../crates/entity/src/content.rs"),
        include_str!("../../../crates/entity/src/analytics.rs"),
        include_str!("../../../crates/entity/src/queue.rs"),
    ];
    for (tier, file) in Tier::ALL.into_iter().zip(files) {
        assert_eq!(entities(tier).len(), modules(file));
    }
}
