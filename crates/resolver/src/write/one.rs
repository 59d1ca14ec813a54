//! One row that is there: update, delete, lock.

use std::sync::Arc;

use async_graphql::Result;
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use sea_orm::{
    ColumnTrait, Condition, EntityTrait, ExprTrait, IdenStatic, Iterable, QueryFilter, QueryTrait,
    sea_query::{Alias, Expr, IntoCondition, LockType, Query, ReturningClause, SelectStatement},
};
use tenant::Row;

use super::{Rows, Writable, Writer};
use crate::{
    error::{self, ClientError, Code},
    input::{Changes, INPUT, Path, Reference, Stored, Written},
    table::{Column, Table},
};

/// Which row, and how it must be.
pub(crate) struct Target<T: Table> {
    pub(crate) id: T::Id,
    /// The `updated` that the client has read.
    expected: Option<DateTime<Utc>>,
    /// What else must hold.
    pub(crate) condition: Condition,
}

impl<T: Table> Target<T> {
    /// The row of `input.id`.
    ///
    /// # Errors
    /// `INVALID_ID` for an id of another kind, `BAD_USER_INPUT` for a moment that can not be stored.
    pub(crate) fn new(
        id: &Reference<T::Id>,
        expected: Option<DateTime<Utc>>,
    ) -> Result<Self, ClientError> {
        if let Some(time) = expected {
            time.stored(&INPUT.field("expected_updated"))?;
        }
        Ok(Self {
            id: id.typed(&INPUT.field("id"))?,
            expected,
            condition: Condition::all(),
        })
    }

    /// A row whose id is known, however it is.
    pub(crate) fn of(id: T::Id) -> Self {
        Self {
            id,
            expected: None,
            condition: Condition::all(),
        }
    }

    /// Whether the client has read another `updated`.
    pub(crate) fn expects_other_than(&self, updated: DateTime<Utc>) -> bool {
        self.expected.is_some_and(|expected| expected != updated)
    }

    fn id_only(&self) -> Condition {
        Expr::col(T::KEY.as_column_ref())
            .eq(self.id.into_value())
            .into_condition()
    }

    fn whole(&self) -> Condition {
        let unchanged = self
            .expected
            .map(|time| Expr::col(Alias::new(UPDATED)).eq(time));
        self.id_only()
            .add_option(unchanged)
            .add(self.condition.clone())
    }
}

const UPDATED: &str = "updated";

impl Writer<'_> {
    /// Changes a row, and answers it as it is now. `at` is where the new values stand.
    ///
    /// # Errors
    /// `NOT_FOUND`; `STALE` if somebody else changed it; what a key refuses.
    pub(crate) async fn update<T: Writable>(
        &self,
        target: &Target<T>,
        at: &Path<'_>,
        changes: Changes<T>,
    ) -> Result<Arc<T::Row>> {
        match self.update_if(target, at, changes).await? {
            Some(row) => Ok(row),
            None => Err(self.missed(target).await?.into()),
        }
    }

    /// The same, but `None` if the row is not as `target` says.
    pub(crate) async fn update_if<T: Writable>(
        &self,
        target: &Target<T>,
        at: &Path<'_>,
        changes: Changes<T>,
    ) -> Result<Option<Arc<T::Row>>> {
        let (key, columns) = (target.id.into_value(), changes.columns());
        let change = self.change_if(target, at, changes);
        self.recording::<T, _>((T::KEY, key), columns, Some(target.id), change)
            .await
    }

    async fn change_if<T: Writable>(
        &self,
        target: &Target<T>,
        at: &Path<'_>,
        changes: Changes<T>,
    ) -> Result<Option<Arc<T::Row>>> {
        T::prepare(self, at, &changes, Rows::One(target.id)).await?;
        let written = changes.written(at);
        let row = if changes.is_empty() {
            let select = T::Entity::find().filter(target.whole()).into_query();
            self.there().row(&select).await
        } else {
            let values = changes
                .into_values()
                .map(|(column, value)| (name::<T>(column), Expr::val(value)));
            let update = Query::update()
                .table(T::Entity::default())
                .values(values)
                .cond_where(target.whole())
                .returning(whole::<T>())
                .take();
            self.there().row(&update).await
        };
        let row = row.map_err(|cause| error::write(self.context(), cause, &written))?;
        let row = row.map(|row| self.row::<T>(&row)).transpose()?;
        if let Some(row) = &row {
            T::check(row, at)?;
        }
        Ok(row)
    }

    /// Deletes a row; answers what it was.
    ///
    /// # Errors
    /// `NOT_FOUND`, `STALE`, `IN_USE` if something refers to it.
    pub(crate) async fn delete<T: Writable>(&self, target: &Target<T>) -> Result<Arc<T::Row>> {
        match self.delete_if(target).await? {
            Some(row) => Ok(row),
            None => Err(self.missed(target).await?.into()),
        }
    }

    /// The same, but `None` if the row is not as `target` says.
    pub(crate) async fn delete_if<T: Writable>(
        &self,
        target: &Target<T>,
    ) -> Result<Option<Arc<T::Row>>> {
        let delete = Query::delete()
            .from_table(T::Entity::default())
            .cond_where(target.whole())
            .returning(whole::<T>())
            .take();
        let row = self.there().row(&delete).await;
        let written = Written::rows::<T>(&INPUT);
        let row = row.map_err(|cause| error::write(self.context(), cause, &written))?;
        let row = row.map(|row| self.row::<T>(&row)).transpose()?;
        if let Some(row) = &row {
            T::may_be_deleted(row)?;
        }
        Ok(row)
    }

    /// A row as it is, which nobody changes before this transaction ends.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) async fn locked<T: Table>(&self, target: &Target<T>) -> Result<Arc<T::Row>> {
        let mut select = T::Entity::find().filter(target.id_only()).into_query();
        self.only::<T>(select.lock(LockType::NoKeyUpdate)).await
    }

    /// A row as it is at this moment.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) async fn found<T: Table>(&self, target: &Target<T>) -> Result<Arc<T::Row>> {
        let select = T::Entity::find().filter(target.id_only()).into_query();
        self.only::<T>(&select).await
    }

    async fn only<T: Table>(&self, select: &SelectStatement) -> Result<Arc<T::Row>> {
        let row = self.there().row(select).await;
        let row = row.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        match row {
            Some(row) => self.row::<T>(&row),
            None => Err(not_found(&INPUT.field("id")).into()),
        }
    }

    /// Why a statement found no row like `target`: it is unknown, or it has changed.
    pub(crate) async fn missed<T: Table>(&self, target: &Target<T>) -> Result<ClientError> {
        let select = Query::select()
            .column(Alias::new(UPDATED))
            .from(T::Entity::default())
            .cond_where(target.id_only())
            .take();
        let row = self.there().row(&select).await;
        let row = row.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        let at = INPUT.field("id");
        let Some(row) = row else {
            return Ok(not_found(&at));
        };
        let updated: DateTime<Utc> = row
            .named(UPDATED)
            .map_err(|cause| error::internal(&cause))?;
        let problem = format!(
            "has changed since; it was updated at {updated:?}: read it again and send what it says as `expectedUpdated`"
        );
        Ok(ClientError::at(Code::Stale, at, problem).with("updated", format!("{updated:?}")))
    }

    pub(super) fn row<T: Table>(&self, row: &Row) -> Result<Arc<T::Row>> {
        let row = row.read::<T::Row>(0);
        row.map(Arc::new).map_err(|cause| error::internal(&cause))
    }
}

/// An id that leads nowhere: the same for an unknown one and for another tenant's.
pub(crate) fn not_found(at: &Path<'_>) -> ClientError {
    ClientError::at(Code::NotFound, at, "is the id of nothing in this tenant")
}

/// Every column of the model, by name: the login role may not read those that the model leaves out.
pub(super) fn whole<T: Table>() -> ReturningClause {
    Query::returning().columns(Column::<T>::iter())
}

pub(super) fn name<T: Table>(column: Column<T>) -> Alias {
    Alias::new(column.as_str())
}
