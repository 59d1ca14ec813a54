//! To a body by what messages name it by, with the bodies that it takes to read it: one statement for all.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use async_graphql::{Context, Result};
use chrono::{DateTime, Utc};
use entity::{
    columns::{ColumnSet, FromColumns},
    content::email_content::{BASE_COLUMNS, BASES},
};
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{TenantContext, Tier};

use super::Batch;
use crate::{object::email_body::EmailBody, session::Session, table::Scope};

/// A row of `email_content`, and of those that it refers to what it takes to read it.
#[derive(FromColumns)]
pub struct Body {
    pub(crate) content_text: Option<Vec<u8>>,
    pub(crate) content_html: Option<Vec<u8>>,
    pub(crate) raw_size_bytes: i64,
    pub(crate) compressed_size_bytes: i64,
    pub(crate) compression_algorithm: Option<String>,
    pub(crate) retention_days: i32,
    pub(crate) expires: Option<DateTime<Utc>>,
    pub(crate) created: DateTime<Utc>,
    pub(crate) base_texts: Option<Vec<Option<Vec<u8>>>>,
    pub(crate) base_algorithms: Option<Vec<Option<String>>>,
    pub(crate) base_raw_sizes: Option<Vec<Option<i64>>>,
}

/// Where they are read, in their order.
const COLUMNS: [&str; 11] = [
    "body.content_text",
    "body.content_html",
    "body.raw_size_bytes",
    "body.compressed_size_bytes",
    "body.compression_algorithm",
    "body.retention_days",
    "body.expires",
    "body.created",
    BASE_COLUMNS[0],
    BASE_COLUMNS[1],
    BASE_COLUMNS[2],
];
const _: () = assert!(COLUMNS.len() == Body::NAMES.len(), "a place for each");

/// The body with that key.
pub(crate) fn body() -> ByKey {
    ByKey
}

/// See [`body`].
pub(crate) struct ByKey;

impl rows::Load<String> for ByKey {
    type Value = Option<Arc<Body>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<String>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let set = match rows::reads::<EmailBody>(ctx) {
            Some(names) => shown(&names),
            None => ColumnSet::ALL,
        };
        let keys: Vec<_> = keys.into_iter().map(|key| (Arc::from(key), set)).collect();
        session.loaders().load::<Bodies>(&keys).await
    }
}

fn shown(names: &[&str]) -> ColumnSet {
    let places = Body::NAMES.iter().enumerate();
    let shown = places.filter(|(_, name)| names.contains(name));
    shown.fold(ColumnSet::NONE, |set, (place, _)| set.with(place))
}

/// The batch behind it. Where no text is asked for, none is read.
pub(crate) struct Bodies;

impl Batch for Bodies {
    /// What messages name it by, and what is wanted of it.
    type Key = (Arc<str>, ColumnSet);
    type Value = Arc<Body>;

    async fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let names: BTreeSet<&str> = keys.iter().map(|(key, _)| &**key).collect();
        let sets = keys.iter().map(|(_, set)| *set);
        let set = sets.fold(ColumnSet::NONE, ColumnSet::union);
        let names = names.into_iter().map(Value::from).collect();
        let names = Value::Array(ArrayType::String, Some(Box::new(names)));
        let statement =
            Statement::from_sql_and_values(DbBackend::Postgres, statement(set), [names]);
        let mut found = HashMap::with_capacity(keys.len());
        for row in context.on(Tier::Content).rows_raw(&statement).await? {
            let key: String = row.at(0)?;
            found.insert(key, Arc::new(row.read_selected::<Body>(1, set)?));
        }
        Ok(keys
            .iter()
            .map(|(key, _)| found.get(&**key).cloned())
            .collect())
    }
}

/// Others only where a text of it is read.
fn statement(set: ColumnSet) -> String {
    let columns = COLUMNS.iter().enumerate();
    let selected = columns.filter(|(place, _)| set.has(*place));
    let selected: String = selected.map(|(_, column)| format!(", {column}")).collect();
    let has_bases = selected.contains(BASE_COLUMNS[0]);
    let bases = if has_bases { BASES } else { "" };
    format!(
        "SELECT body.storage_key{selected} FROM email_content body {bases} WHERE body.storage_key = ANY ($1)"
    )
}
