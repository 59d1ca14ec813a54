//! The whole database, to tell what a write has changed.

use std::collections::{BTreeMap, BTreeSet};

use gateway_tests::World;
use migrations::Tier;
use sqlx::AssertSqlSafe;

use crate::isolation::{
    catalog::{Catalog, Table},
    twins::PEOPLE,
};

/// A digest of each owner's rows, by table and owner: a tenant's key, a user's, or "".
#[derive(Debug, PartialEq, Eq)]
pub struct Dump(BTreeMap<(String, String), String>);

impl Dump {
    /// All tables, as the superuser sees them.
    pub async fn of(world: &World, catalog: &Catalog) -> Self {
        let mut digests = BTreeMap::new();
        for tier in Tier::ALL {
            let tables = catalog.tables.iter().filter(|table| table.tier == tier);
            let tables: Vec<String> = tables.map(digest).collect();
            if tables.is_empty() {
                continue;
            }
            let rows: Vec<(String, String, String)> =
                sqlx::query_as(AssertSqlSafe(tables.join(" UNION ALL ")))
                    .fetch_all(world.admin_of(tier))
                    .await
                    .expect("the tables");
            let entry = |(table, owner, digest)| ((table, owner), digest);
            digests.extend(rows.into_iter().map(entry));
        }
        Self(digests)
    }

    /// The tables, each with the owner whose rows of it differ.
    pub fn changed(&self, after: &Self) -> BTreeSet<(String, String)> {
        let keys = self.0.keys().chain(after.0.keys());
        let differs = keys.filter(|key| self.0.get(key) != after.0.get(key));
        differs.cloned().collect()
    }

    /// Nothing has changed.
    pub fn assert_same(&self, after: &Self, done: &str) {
        let changed = self.changed(after);
        assert!(changed.is_empty(), "{done}: changed {changed:?}");
    }
}

fn digest(table: &Table) -> String {
    let name = &table.name;
    let person = PEOPLE.iter().find(|(people, _)| people == name);
    let owner = match person {
        Some((_, user)) => format!("{user}::text"),
        None if name == "tenants" => "id::text".to_owned(),
        None => table
            .column("tenant_id")
            .map_or("''".to_owned(), |_| "tenant_id::text".to_owned()),
    };
    format!(
        "SELECT '{name}', {owner}, md5(string_agg(to_jsonb({name}.*)::text, E'\\n' ORDER BY to_jsonb({name}.*)::text)) \
         FROM {name} GROUP BY 2"
    )
}
