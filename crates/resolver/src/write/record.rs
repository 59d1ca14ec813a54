//! Acts of high risk, which are reported in the transaction that does them: who has which role and which key, what is
//! paid, what holds for a whole tenant.

use std::sync::Arc;

use async_graphql::Result;
use audit::{Entry, TOPIC};
use sea_orm::{
    EntityName, ExprTrait, IdenStatic, Value,
    sea_query::{Alias, Expr, Func, LockType, Query},
};
use serde_json::Value as Json;

use super::{Writable, Writer};
use crate::{
    error,
    table::{Column, Table},
};

impl Writer<'_> {
    /// Reports an act of who writes, and from where.
    pub(crate) async fn record(&self, entry: Entry) -> Result<()> {
        let entry = match self.context().origin() {
            Some(origin) => entry.from_origin(origin),
            None => entry,
        };
        let payload = serde_json::to_value(entry).map_err(|cause| error::internal(&cause))?;
        self.report(TOPIC, payload).await
    }

    /// An act of who writes, on something that was not there.
    pub(crate) fn act<T: Table>(&self, action: &'static str, id: T::Id, now: Json) -> Entry {
        let table = EntityName::table_name(&T::Entity::default());
        let mut entry = Entry::now(self.user(), action, table);
        entry.resource_id = Some(id.to_string());
        entry.new_values = Some(now);
        entry
    }

    /// Does a change, and reports these columns of the row as they were and as they are, if they are not the same. A row
    /// whose table is not recorded is just changed.
    pub(super) async fn recording<T: Writable, D>(
        &self,
        (owner, key): (Column<T>, Value),
        columns: Vec<Column<T>>,
        id: Option<T::Id>,
        change: impl Future<Output = Result<D>> + Send,
    ) -> Result<D> {
        let Some(action) = T::RECORDED else {
            return change.await;
        };
        let before = self.values::<T>((owner, key.clone()), &columns).await?;
        let done = change.await?;
        let after = self.values::<T>((owner, key), &columns).await?;
        if before != after {
            let table = EntityName::table_name(&T::Entity::default());
            let mut entry = Entry::now(self.user(), action, table);
            entry.resource_id = id.map(|id| id.to_string());
            entry.old_values = before;
            entry.new_values = after;
            self.record(entry).await?;
        }
        Ok(done)
    }

    /// These columns of a row, by their names; nobody else changes it from then on.
    async fn values<T: Table>(
        &self,
        (owner, key): (Column<T>, Value),
        columns: &[Column<T>],
    ) -> Result<Option<Json>> {
        const VALUES: &str = "values";
        let cells = columns.iter().flat_map(|column| {
            let name = column.as_str();
            let cell = Expr::col(Alias::new(name));
            [Expr::val(name).cast_as("text"), cell]
        });
        let object = Func::cust("jsonb_build_object").args(cells);
        let holder = Expr::col(Alias::new(owner.as_str()));
        let select = Query::select()
            .expr_as(object, Alias::new(VALUES))
            .from(T::Entity::default())
            .and_where(holder.eq(key))
            .lock(LockType::NoKeyUpdate)
            .take();
        let row = self.there().row(&select).await;
        let row = row.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        let values = row.map(|row| row.named(VALUES)).transpose();
        values.map_err(|cause| error::internal(&cause))
    }
}
