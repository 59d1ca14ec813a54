//! New rows: one, many in one statement, or the one that an owner has.

use std::sync::Arc;

use async_graphql::Result;
use sea_orm::{
    ColumnTrait, ColumnType, EntityTrait, IdenStatic, Iterable, QueryFilter, QueryTrait, Value,
    sea_query::{Alias, Expr, InsertStatement, OnConflict, Query},
};

use super::{
    Rows, Writable, Writer,
    one::{name, whole},
};
use crate::{
    error::{self, Code},
    input::{Changes, Path, Written},
    table::{Column, Table},
};

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
        T::prepare(self, at, &changes, Rows::New).await?;
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
            T::prepare(self, &at.item(index), row, Rows::New).await?;
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
        let rows = self.there().rows(&insert).await;
        let rows = rows.map_err(|cause| error::write(self.context(), cause, written))?;
        rows.iter().map(|row| self.row::<T>(row)).collect()
    }

    /// Changes the one row that `owner` names, or makes it: what it does not give is left to the
    /// columns' defaults then.
    ///
    /// # Errors
    /// As [`Self::insert`].
    pub(crate) async fn upsert<T: Writable>(
        &self,
        at: &Path<'_>,
        (owner, key): (Column<T>, Value),
        changes: Changes<T>,
    ) -> Result<Arc<T::Row>> {
        let columns = changes.columns();
        let change = self.change_or_make(at, (owner, key.clone()), changes);
        self.recording::<T, _>((owner, key), columns, None, change)
            .await
    }

    async fn change_or_make<T: Table>(
        &self,
        at: &Path<'_>,
        (owner, key): (Column<T>, Value),
        changes: Changes<T>,
    ) -> Result<Arc<T::Row>> {
        let written = changes.written(at);
        let mut columns = vec![owner];
        let mut values = vec![Expr::val(key.clone())];
        if T::KEY.as_str() != owner.as_str() {
            columns.push(T::KEY);
            values.push(Expr::val(uuid::Uuid::now_v7()));
        }
        let given = columns.len();
        for (column, value) in changes.into_values() {
            columns.push(column);
            values.push(Expr::val(value));
        }
        let mut conflict = OnConflict::column(owner);
        match &columns[given..] {
            [] => conflict.do_nothing(),
            changed => conflict.update_columns(changed.iter().copied()),
        };
        let upsert = Query::insert()
            .into_table(T::Entity::default())
            .columns(columns)
            .values_panic(values)
            .on_conflict(conflict)
            .returning(whole::<T>())
            .take();
        let row = self.there().row(&upsert).await;
        let row = row.map_err(|cause| error::write(self.context(), cause, &written))?;
        match row {
            Some(row) => self.row::<T>(&row),
            None => self.of_owner::<T>(owner, key).await,
        }
    }

    /// The row of an owner, which is there.
    async fn of_owner<T: Table>(&self, owner: Column<T>, key: Value) -> Result<Arc<T::Row>> {
        let select = T::Entity::find().filter(owner.eq(key)).into_query();
        let row = self.there().row(&select).await;
        let row = row.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        let row = row.ok_or_else(|| error::coded(Code::Internal, "an upsert left no row"))?;
        self.row::<T>(&row)
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
}
