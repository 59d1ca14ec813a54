//! One row: insert, update, delete.

use std::sync::Arc;

use async_graphql::Result;
use chrono::{DateTime, Utc};
use entity::id::TypedId;
use sea_orm::{
    ColumnTrait, ColumnType, Condition, ConnectionTrait, EntityTrait, ExprTrait, FromQueryResult,
    IdenStatic, Iterable, QueryFilter, QueryResult, QueryTrait, Value,
    sea_query::{
        Alias, Expr, InsertStatement, IntoCondition, LockType, OnConflict, Query, ReturningClause,
    },
};

use super::{Writable, Writer};
use crate::{
    error::{self, ClientError, Code},
    input::{Changes, INPUT, Path, Reference, Written},
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
    /// `INVALID_ID` for an id of another kind.
    pub(crate) fn new(
        id: &Reference<T::Id>,
        expected: Option<DateTime<Utc>>,
    ) -> Result<Self, ClientError> {
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
    /// Inserts a row of the tenant, and answers it as it is stored. `at` is where its values stand.
    ///
    /// # Errors
    /// What a unique or foreign key refuses, by the value's path.
    pub(crate) async fn insert<T: Writable>(
        &self,
        at: &Path<'_>,
        changes: Changes<T>,
    ) -> Result<Arc<T::Row>> {
        T::prepare(self, at, &changes).await?;
        let written = changes.written(at);
        let rows = self.insert_rows(vec![changes], &written).await?;
        let row = rows.into_iter().next();
        let row = row.ok_or_else(|| error::coded(Code::Internal, "an insert answered nothing"))?;
        T::check(&row, at)?;
        Ok(row)
    }

    /// Inserts rows in one statement; `at` is the list that they stand in.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub(crate) async fn insert_all<T: Writable>(
        &self,
        at: &Path<'_>,
        rows: Vec<Changes<T>>,
    ) -> Result<Vec<Arc<T::Row>>> {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let mut written = Written::rows::<T>(at);
        for (index, row) in rows.iter().enumerate() {
            T::prepare(self, &at.item(index), row).await?;
            written.add(row, Some(index));
        }
        let rows = self.insert_rows(rows, &written).await?;
        for (index, row) in rows.iter().enumerate() {
            T::check(row, &at.item(index))?;
        }
        Ok(rows)
    }

    async fn insert_rows<T: Table>(
        &self,
        rows: Vec<Changes<T>>,
        written: &Written<'_>,
    ) -> Result<Vec<Arc<T::Row>>> {
        let insert = self.insertion(rows);
        let rows = self.context().query_all(&insert).await;
        let rows = rows.map_err(|cause| error::write(self.context(), cause, written))?;
        rows.iter().map(|row| self.row::<T>(row)).collect()
    }

    /// Changes the one row that `owner` names, or makes it: what it does not give is left to the
    /// columns' defaults then.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub(crate) async fn upsert<T: Table>(
        &self,
        at: &Path<'_>,
        (owner, key): (Column<T>, Value),
        changes: Changes<T>,
    ) -> Result<Arc<T::Row>> {
        let written = changes.written(at);
        let mut columns = vec![owner];
        let mut values = vec![Expr::val(key)];
        if T::KEY.as_str() != owner.as_str() {
            columns.push(T::KEY);
            values.push(Expr::val(uuid::Uuid::now_v7()));
        }
        let given = columns.len();
        for (column, value) in changes.into_values() {
            columns.push(column);
            values.push(Expr::val(value));
        }
        // Naming the owner among the columns makes the statement valid when nothing else is given.
        let changed = std::iter::once(owner).chain(columns[given..].iter().copied());
        let conflict = OnConflict::column(owner).update_columns(changed).to_owned();
        let upsert = Query::insert()
            .into_table(T::Entity::default())
            .columns(columns)
            .values_panic(values)
            .on_conflict(conflict)
            .returning(whole::<T>())
            .take();
        let row = self.context().query_one(&upsert).await;
        let row = row.map_err(|cause| error::write(self.context(), cause, &written))?;
        match row {
            Some(row) => self.row::<T>(&row),
            None => Err(error::coded(Code::Internal, "an upsert answered nothing")),
        }
    }

    /// What a row does not give is left to the column's default.
    fn insertion<T: Table>(&self, rows: Vec<Changes<T>>) -> InsertStatement {
        let has_uuid = *T::KEY.def().get_column_type() == ColumnType::Uuid;
        let columns: Vec<Column<T>> = Column::<T>::iter()
            .filter(|column| rows.iter().any(|row| row.get(*column).is_some()))
            .collect();
        let mut names = vec![Alias::new("tenant_id")];
        // In the order of time, so that rows of one moment lie together in the index.
        names.extend(has_uuid.then(|| name::<T>(T::KEY)));
        names.extend(columns.iter().map(|column| name::<T>(*column)));
        let mut insert = Query::insert()
            .into_table(T::Entity::default())
            .columns(names)
            .returning(whole::<T>())
            .take();
        for row in rows {
            let mut values = vec![Expr::val(uuid::Uuid::from(self.tenant()))];
            values.extend(has_uuid.then(|| Expr::val(uuid::Uuid::now_v7())));
            values.extend(columns.iter().map(|column| match row.get(*column) {
                Some(value) => Expr::val(value.clone()),
                None => Expr::custom_keyword("DEFAULT"),
            }));
            insert.values_panic(values);
        }
        insert
    }

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
        T::prepare(self, at, &changes).await?;
        let written = changes.written(at);
        let row = if changes.is_empty() {
            let select = T::Entity::find().filter(target.whole()).into_query();
            self.context().query_one(&select).await
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
            self.context().query_one(&update).await
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
        let delete = Query::delete()
            .from_table(T::Entity::default())
            .cond_where(target.whole())
            .returning(whole::<T>())
            .take();
        let row = self.context().query_one(&delete).await;
        let written = Written::rows::<T>(&INPUT);
        let row = row.map_err(|cause| error::write(self.context(), cause, &written))?;
        let Some(row) = row else {
            return Err(self.missed(target).await?.into());
        };
        let row = self.row::<T>(&row)?;
        T::may_be_deleted(&row)?;
        Ok(row)
    }

    /// A row as it is, which nobody changes before this transaction ends.
    ///
    /// # Errors
    /// `NOT_FOUND`.
    pub(crate) async fn locked<T: Table>(&self, target: &Target<T>) -> Result<Arc<T::Row>> {
        let select = T::Entity::find()
            .filter(target.id_only())
            .into_query()
            .lock(LockType::NoKeyUpdate)
            .take();
        let row = self.context().query_one(&select).await;
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
        let row = self.context().query_one(&select).await;
        let row = row.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        let at = INPUT.field("id");
        let Some(row) = row else {
            return Ok(not_found(&at));
        };
        let updated: DateTime<Utc> = row
            .try_get("", UPDATED)
            .map_err(|cause| error::internal(&cause))?;
        let problem = format!(
            "has changed since; it was updated at {updated:?}: read it again and send what it says as `expectedUpdated`"
        );
        Ok(ClientError::at(Code::Stale, &at, problem).with("updated", format!("{updated:?}")))
    }

    fn row<T: Table>(&self, row: &QueryResult) -> Result<Arc<T::Row>> {
        let row = T::Row::from_query_result(row, "");
        row.map(Arc::new).map_err(|cause| error::internal(&cause))
    }
}

/// An id that leads nowhere: the same for an unknown one and for another tenant's.
pub(crate) fn not_found(at: &Path<'_>) -> ClientError {
    ClientError::at(Code::NotFound, at, "is the id of nothing in this tenant")
}

/// Every column of the model, by name: the login role may not read those that the model leaves out.
fn whole<T: Table>() -> ReturningClause {
    Query::returning().columns(Column::<T>::iter())
}

fn name<T: Table>(column: Column<T>) -> Alias {
    Alias::new(sea_orm::IdenStatic::as_str(&column))
}
