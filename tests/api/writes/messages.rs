//! What clients read is about what they sent: no SQL, no table, no constraint.

use std::sync::OnceLock;

use gateway_tests::Answer;

use crate::isolation::catalog::Catalog;

/// The database's words that no message may hold; known once a world was arranged.
static NAMES: OnceLock<Vec<String>> = OnceLock::new();

/// Words of the database's own errors.
const WORDS: [&str; 12] = [
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "DELETE FROM",
    "violates",
    "constraint",
    "relation ",
    "row-level",
    "policy ",
    "duplicate key",
    "SQLSTATE",
    "PgDatabaseError",
];

/// Takes the names of constraints, indexes, tables and columns from the catalog. Those that are plain words,
/// as `leads`, are words of the schema, too, and not looked for.
pub fn learn(catalog: &Catalog) {
    NAMES.get_or_init(|| {
        let of_table = |table: &crate::isolation::catalog::Table| {
            let keys = table
                .references
                .iter()
                .map(|reference| reference.name.clone());
            let indexes = table.unique.iter().map(|(index, _)| index.clone());
            let columns = table.columns.iter().map(|(column, _)| column.clone());
            let names = keys
                .chain(indexes)
                .chain(columns)
                .chain([table.name.clone()]);
            names.collect::<Vec<_>>()
        };
        let names = catalog.tables.iter().flat_map(of_table);
        names.filter(|name| name.contains('_')).collect()
    });
}

/// Every message of the answer is free of them.
pub fn assert_clean(answer: &Answer, query: &str) {
    let names = NAMES.get().expect("the catalog was read");
    let errors = answer.body["errors"].as_array().into_iter().flatten();
    for error in errors {
        let message = error["message"].as_str().unwrap_or_default();
        let leaked = names
            .iter()
            .map(String::as_str)
            .chain(WORDS)
            .find(|word| message.contains(word));
        assert!(
            leaked.is_none(),
            "{leaked:?} is in the message of {error}\n{query}"
        );
        assert_ne!(
            error["extensions"]["code"], "INTERNAL_ERROR",
            "{error}\n{query}"
        );
    }
}

#[tokio::test]
async fn the_walk_knows_the_databases_names() {
    let world = gateway_tests::World::empty().await;
    learn(&Catalog::read(&world).await);
    let names = NAMES.get().expect("just read");
    for name in [
        "leads_tenant_id_email_key",
        "campaign_sequence_steps",
        "campaigns_company_id_fkey",
        "tenant_id",
    ] {
        assert!(names.iter().any(|known| known == name), "{name}");
    }
}
