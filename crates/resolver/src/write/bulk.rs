//! Many rows by a filter.

use std::{cell::Cell, sync::Arc};

use async_graphql::Result;
use entity::id::TypedId;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, Iterable, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Alias, Expr, Query, SelectStatement},
};
use tenant::Row;
use uuid::Uuid;

use super::{Rows, Writable, Writer};
use crate::{
    error::{self, ClientError, Code},
    filter::{Filter, MAX_FILTERS, Nesting},
    input::{Between, Changes, INPUT, Path, Written},
    table::{Column, Listed},
};

/// Most rows that one mutation changes or deletes by a filter.
pub const MAX_ROWS: i32 = 10_000;

/// `atMost`: how many rows the client is ready to change.
pub type AtMost = Between<1, MAX_ROWS>;

/// The rows that a filter selects.
pub(crate) struct Selected {
    condition: Condition,
    at_most: u64,
}

impl Selected {
    /// The rows of `input.filter`, `input.atMost` of them.
    ///
    /// # Errors
    /// As those of filters.
    pub(crate) fn new<F: Filter>(filter: &F, at_most: AtMost) -> Result<Self, ClientError> {
        let at_most = at_most.checked(&INPUT.field("at_most"))?;
        let left = Cell::new(MAX_FILTERS);
        Ok(Self {
            condition: filter.condition(Nesting::outermost(&left, INPUT.field("filter")))?,
            at_most: u64::try_from(at_most).expect("`checked` lets numbers from 1 through"),
        })
    }

    /// Those of them for which something else holds, too.
    pub(crate) fn and(mut self, condition: Expr) -> Self {
        self.condition = Condition::all().add(self.condition).add(condition);
        self
    }

    /// The rows' keys, locked in their order, so that two of these can not wait for each other; one more than
    /// allowed, to learn whether there is one.
    fn keys<T: Listed>(&self) -> SelectStatement {
        T::Entity::find()
            .filter(self.condition.clone())
            .select_only()
            .column(T::KEY)
            .into_query()
            .order_by(T::KEY.as_column_ref(), sea_orm::Order::Asc)
            .limit(self.at_most + 1)
            .lock_exclusive()
            .take()
    }

    fn within(&self, rows: usize) -> Result<(), ClientError> {
        if rows as u64 <= self.at_most {
            return Ok(());
        }
        let problem = format!(
            "is {}, but the filter selects more rows; nothing was changed: narrow the filter or raise it (to {MAX_ROWS} at the most)",
            self.at_most
        );
        Err(ClientError::at(
            Code::TooManyRows,
            INPUT.field("at_most"),
            problem,
        ))
    }
}

impl Writer<'_> {
    /// The rows' ids; the rows are locked.
    ///
    /// # Errors
    /// `TOO_MANY_ROWS`.
    pub(crate) async fn selected<T: Listed>(&self, selected: &Selected) -> Result<Vec<T::Id>>
    where
        T::Id: TypedId<Raw = Uuid>,
    {
        let rows = self.there().rows(&selected.keys::<T>()).await;
        let rows = rows.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        selected.within(rows.len())?;
        let ids = rows
            .iter()
            .map(|row| row.at::<Uuid>(0).map(T::Id::from_raw));
        let ids: Result<Vec<_>, _> = ids.collect();
        ids.map_err(|cause| error::internal(&cause))
    }

    /// Changes the rows; answers their ids.
    ///
    /// # Errors
    /// `TOO_MANY_ROWS`, and what a key refuses.
    pub(crate) async fn update_many<T: Listed + Writable>(
        &self,
        selected: &Selected,
        at: &Path<'_>,
        changes: Changes<T>,
    ) -> Result<Vec<T::Id>> {
        if changes.is_empty() {
            let problem = "changes nothing; give at least one field";
            return Err(ClientError::at(Code::BadUserInput, at, problem).into());
        }
        T::prepare(self, at, &changes, Rows::Many).await?;
        let written = changes.written(at).given_to_many();
        let values = changes.into_values().map(|(column, value)| {
            (
                Alias::new(sea_orm::IdenStatic::as_str(&column)),
                Expr::val(value),
            )
        });
        let update = Query::update()
            .table(T::Entity::default())
            .values(values)
            .and_where(Expr::col(T::KEY.as_column_ref()).in_subquery(selected.keys::<T>()))
            .returning(Query::returning().columns(Column::<T>::iter()))
            .take();
        let rows = self.there().rows(&update).await;
        let rows = rows.map_err(|cause| error::write(self.context(), cause, &written))?;
        selected.within(rows.len())?;
        let rows = rows_of::<T>(&rows)?;
        rows.iter().try_for_each(|row| T::check(row, at))?;
        Ok(rows.iter().map(T::id).collect())
    }

    /// Deletes the rows; answers their ids.
    ///
    /// # Errors
    /// `TOO_MANY_ROWS`, `IN_USE`.
    pub(crate) async fn delete_many<T: Listed + Writable>(
        &self,
        selected: &Selected,
    ) -> Result<Vec<T::Id>> {
        let delete = Query::delete()
            .from_table(T::Entity::default())
            .and_where(Expr::col(T::KEY.as_column_ref()).in_subquery(selected.keys::<T>()))
            .returning(Query::returning().columns(Column::<T>::iter()))
            .take();
        let rows = self.there().rows(&delete).await;
        let filter = INPUT.field("filter");
        let written = Written::rows::<T>(&filter);
        let rows = rows.map_err(|cause| error::write(self.context(), cause, &written))?;
        selected.within(rows.len())?;
        let rows = rows_of::<T>(&rows)?;
        rows.iter().try_for_each(T::may_be_deleted)?;
        Ok(rows.iter().map(T::id).collect())
    }
}

fn rows_of<T: Listed>(rows: &[Row]) -> Result<Vec<T::Row>> {
    rows.iter()
        .map(|row| {
            row.read::<T::Row>(0)
                .map_err(|cause| error::internal(&cause))
        })
        .collect()
}
