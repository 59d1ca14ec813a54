//! Making the twin: a copy of `acme`, row by row, in every table that holds a tenant's rows.
//!
//! The catalog says how: keys, and what refers to copied rows, go through a bijection; text that must
//! be unique across tenants gets a [`SUFFIX`]; all else is the same. Nothing here names a column, so a
//! new table is copied the day it is there; one that can not be copied fails the test by its name.
//! (What is inside JSON is copied as it is.)
//!
//! Beyond the transactional tier no key says what refers to what, so there each UUID is taken for a key, and so is each text
//! that is called one. Words that are searched keep A's tenant among them, and get B's: only the tenant's column then tells
//! whose they are.

use std::collections::{BTreeSet, HashSet};

use migrations::Tier;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::{
    catalog::Table,
    twins::{SUFFIX, Twins, one_in, rows_of},
};

/// What B's integer keys are ahead of A's.
pub const OFFSET: i64 = 1_000_000;

/// The type of what is searched.
const SEARCHED: &str = "tsvector";

/// Tables that hold no tenant's and no user's rows. What is added here is the platform's own.
const PLATFORM: [&str; 13] = [
    "analytics_jobs",
    "feature_flags",
    "job_queues",
    "job_schedules",
    "permissions",
    "plans",
    "seaql_migrations",
    "smtp_ip_addresses",
    "staff_members",
    "staff_role_permissions",
    "staff_roles",
    "system_config",
    "vps_instances",
];

impl Twins {
    /// Copies A's rows to B, and proves that they are twins.
    pub async fn copy(&self) {
        let tables = &self.catalog.tables;
        let copied: BTreeSet<&str> = tables
            .iter()
            .filter(|table| is_copied(table))
            .map(|table| table.name.as_str())
            .collect();
        let order = in_order(tables, &copied);
        for table in &order {
            let mapped = mapped(table, &copied);
            self.copy_table(table, &mapped, &suffixed(table, &mapped))
                .await;
        }
        for table in order {
            let mapped = mapped(table, &copied);
            let different = [suffixed(table, &mapped), searched(table), mapped].concat();
            self.compare(table, &different).await;
        }
    }

    async fn copy_table(&self, table: &Table, mapped: &[&str], suffixed: &[&str]) {
        let expressions: Vec<String> = table
            .columns
            .iter()
            .map(|(column, kind)| {
                if mapped.contains(&&**column) {
                    let twin = twin_of(kind, column);
                    return twin.unwrap_or_else(|| {
                        panic!(
                            "`{}.{column}` is a key of type {kind}, which has no twin yet",
                            table.name
                        )
                    });
                }
                if kind == SEARCHED {
                    let tenant = twin_of("uuid", "tenant_id").expect("a uuid");
                    return format!("{column} || array_to_tsvector(ARRAY[search_word({tenant})])");
                }
                if suffixed.contains(&&**column) {
                    format!("{column} || '{SUFFIX}'")
                } else {
                    column.clone()
                }
            })
            .collect();
        let columns: Vec<&str> = table
            .columns
            .iter()
            .map(|(column, _)| column.as_str())
            .collect();
        let (name, rows) = (
            &table.name,
            rows_of(table, self.a).expect("only tables with rows of tenants are copied"),
        );
        let (columns, expressions) = (columns.join(", "), expressions.join(", "));
        let sql = format!(
            "INSERT INTO {name} ({columns}) OVERRIDING SYSTEM VALUE SELECT {expressions} FROM {name} WHERE {rows}"
        );
        let mut transaction = self.world.admin_of(table.tier).begin().await;
        let transaction = transaction.as_mut().expect("a transaction");
        // What triggers have written for A's rows is copied, too.
        sqlx::query("SET LOCAL session_replication_role = replica")
            .execute(&mut **transaction)
            .await
            .expect("a superuser may");
        let done = sqlx::query(AssertSqlSafe(sql))
            .execute(&mut **transaction)
            .await;
        let done = done.unwrap_or_else(|error| panic!("`{name}` can not be copied: {error}"));
        sqlx::query("COMMIT")
            .execute(&mut **transaction)
            .await
            .expect("a copy");
        assert!(
            done.rows_affected() > 0,
            "the demo has nothing in `{name}`, so nothing of it would be tested"
        );
    }

    /// Proves that the rows are twins: the same but for what had to differ.
    async fn compare(&self, table: &Table, different: &[&str]) {
        let name = &table.name;
        let rows = |tenant| {
            let rows = rows_of(table, tenant).expect("only tables with rows of tenants are copied");
            format!(
                "SELECT to_jsonb({name}.*) - '{{{}}}'::text[] FROM {name} WHERE {rows}",
                different.join(",")
            )
        };
        let (a, b) = (rows(self.a), rows(self.b));
        let sql = format!(
            "SELECT count(*) FROM (({a} EXCEPT ALL {b}) UNION ALL ({b} EXCEPT ALL {a})) AS difference"
        );
        assert_eq!(
            one_in::<i64>(&self.world, table.tier, &sql).await,
            0,
            "the rows of `{}` are no twins",
            table.name
        );
    }
}

fn is_copied(table: &Table) -> bool {
    let copied = rows_of(table, Uuid::nil()).is_some();
    assert!(
        copied || PLATFORM.contains(&&*table.name),
        "table `{}` names no tenant: list it in `PEOPLE` or `PLATFORM`, whichever is true of its rows",
        table.name
    );
    copied
}

/// Tables that refer to others after those.
fn in_order<'t>(tables: &'t [Table], copied: &BTreeSet<&str>) -> Vec<&'t Table> {
    let mut left: Vec<&Table> = tables
        .iter()
        .filter(|table| copied.contains(&*table.name))
        .collect();
    let mut order = Vec::with_capacity(left.len());
    while !left.is_empty() {
        let names: HashSet<&str> = left.iter().map(|table| table.name.as_str()).collect();
        let waits = |table: &&Table| {
            table
                .references
                .iter()
                .any(|reference| reference.table != table.name && names.contains(&*reference.table))
        };
        let (waiting, ready): (Vec<&Table>, Vec<&Table>) = left.into_iter().partition(waits);
        assert!(
            !ready.is_empty(),
            "these tables refer to each other in a circle, which can not be copied yet: {names:?}"
        );
        order.extend(ready);
        left = waiting;
    }
    order
}

/// The columns whose values differ between twins: own keys, and what refers to a copied row.
fn mapped<'t>(table: &'t Table, copied: &BTreeSet<&str>) -> Vec<&'t str> {
    let refers = |column: &str| {
        let mut to_copied = table
            .references
            .iter()
            .filter(|reference| copied.contains(&*reference.table));
        to_copied.any(|reference| reference.columns.iter().any(|own| own == column))
    };
    let names_one = |column: &str, kind: &str| {
        table.tier != Tier::Oltp && (kind == "uuid" || column.ends_with("_key"))
    };
    let columns = table.columns.iter();
    columns
        // A flag in a key says the same of the twin.
        .filter(|(_, kind)| kind != "bool")
        .filter(|(column, kind)| {
            table.primary == [column.as_str()] || refers(column) || names_one(column, kind)
        })
        .map(|(column, _)| column.as_str())
        .collect()
}

/// The columns with words that are searched.
fn searched(table: &Table) -> Vec<&str> {
    let columns = table.columns.iter().filter(|(_, kind)| kind == SEARCHED);
    columns.map(|(column, _)| column.as_str()).collect()
}

/// The text columns that must differ because an index without any key demands it.
fn suffixed<'t>(table: &'t Table, mapped: &[&str]) -> Vec<&'t str> {
    let across = table
        .unique
        .iter()
        .filter(|(_, columns)| !columns.iter().any(|column| mapped.contains(&&**column)));
    across
        .map(|(index, columns)| {
            let text = columns
                .iter()
                .find(|column| matches!(table.column(column), Some("text" | "varchar")));
            text.unwrap_or_else(|| {
                panic!("`{index}` is unique across tenants and has no text to make different")
            })
            .as_str()
        })
        .collect()
}

/// SQL of the key that a key's twin has.
pub fn twin_of(kind: &str, key: &str) -> Option<String> {
    match kind {
        // The last digits only: the order by key, which breaks ties, stays the same.
        "uuid" => Some(format!(
            "(left({key}::text, 24) || translate(right({key}::text, 12), '0123456789abcdef', 'fedcba9876543210'))::uuid"
        )),
        "int8" => Some(format!("{key} + {OFFSET}")),
        "varchar" => Some(format!("{key} || '{SUFFIX}'")),
        _ => None,
    }
}
