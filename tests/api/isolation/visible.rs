//! What a tenant's owner may see of each table, in SQL: what answers are held against.

use super::{
    catalog::Table,
    twins::{Twins, rows_of, texts_in},
};

impl Twins {
    /// SQL that is true of the rows of `table` that A's owner may see; `None` if the table is not for
    /// tenants at all, which the database's grants say.
    pub fn visible(&self, table: &str) -> Option<String> {
        let table = self.catalog.table(table);
        if !table.grants("SELECT") {
            return None;
        }
        Some(match table.name.as_str() {
            "users" => format!(
                "id IN (SELECT user_id FROM tenant_users WHERE tenant_id = '{}' AND deleted IS NULL)",
                self.a
            ),
            "plans" => format!(
                "(is_active OR EXISTS (SELECT FROM subscriptions s
                    WHERE s.tenant_id = '{}' AND plans.id IN (s.plan_id, s.pending_plan_id)))",
                self.a
            ),
            "feature_flags" => "true".to_owned(),
            name => {
                rows_of(table, self.a).unwrap_or_else(|| panic!("who sees which rows of `{name}`?"))
            }
        })
    }

    /// The keys of the visible rows for which a condition holds.
    pub async fn visible_keys(&self, table: &str, condition: &str) -> Vec<String> {
        let visible = self
            .visible(table)
            .unwrap_or_else(|| panic!("`{table}` is not for tenants"));
        let (key, tier) = (
            self.catalog.table(table).key(),
            self.catalog.table(table).tier,
        );
        let mut keys = texts_in(
            &self.world,
            tier,
            &format!("SELECT {key}::text FROM {table} WHERE {visible} AND {condition}"),
        )
        .await;
        keys.sort_unstable();
        keys
    }

    /// Keys of rows that exist and that A may not see: B's. None for tables that are the platform's.
    pub async fn hidden_keys(&self, table: &str) -> Vec<String> {
        let table = self.catalog.table(table);
        let Some(hidden) = self.hidden(table) else {
            return Vec::new();
        };
        let (key, name) = (table.key(), &table.name);
        let sql = format!("SELECT {key}::text FROM {name} WHERE {hidden} ORDER BY {key}");
        let keys = texts_in(&self.world, table.tier, &sql).await;
        assert!(
            !keys.is_empty(),
            "B has nothing in `{name}` that A could be shown"
        );
        keys
    }

    /// SQL that is true of such rows.
    pub fn hidden(&self, table: &Table) -> Option<String> {
        if table.name == "plans" {
            return Some(format!("NOT {}", self.visible("plans")?));
        }
        rows_of(table, self.b)
    }

    /// A key as those of the table, of no row at all.
    pub fn unknown_key(&self, table: &str) -> String {
        let table = self.catalog.table(table);
        match table.column(table.key()) {
            Some("int8") => "987654321987".to_owned(),
            _ => uuid::Uuid::now_v7().to_string(),
        }
    }
}
