//! Rows by their id.

use std::{any::TypeId, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::{columns::ColumnSet, id::TenantId};
use sea_orm::{
    DbBackend, DbErr, EntityTrait, ExprTrait, QueryTrait, Statement, Values,
    sea_query::{Expr, extension::postgres::PgFunc},
};
use tenant::TenantContext;

use super::{Batch, RawKey, columns};
use crate::{
    argument::IdArgument,
    audience::{Answers, Audience},
    kept::Kept,
    session::Session,
    table::Table,
};

/// To one row: the relation whose key is the row's id.
pub(crate) fn by_id<T: Table>() -> ById<T> {
    ById(PhantomData)
}

/// The same by the key without its type.
pub(crate) fn by_key<T: Table>() -> ByKey<T> {
    ByKey(PhantomData)
}

/// The row whose id is the argument; `None` for another tenant's as for an unknown one.
pub(crate) fn find<T: Table>() -> Find<T> {
    Find(PhantomData)
}

/// The row whose id is that of the request's tenant.
pub(crate) fn of_tenant<T: Table>() -> OfTenant<T> {
    OfTenant(PhantomData)
}

/// See [`by_id`].
pub(crate) struct ById<T>(PhantomData<fn() -> T>);

/// See [`by_key`].
pub(crate) struct ByKey<T>(PhantomData<fn() -> T>);

/// See [`find`].
pub(crate) struct Find<T>(PhantomData<fn() -> T>);

impl<T: Table, I: Into<T::Id> + Send + 'static> rows::Load<I> for ById<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<I>, (): ()) -> Result<Vec<Self::Value>> {
        let keys = keys.into_iter().map(|id| RawKey::of(id.into())).collect();
        by_key::<T>().load(ctx, keys, ()).await
    }
}

impl<T: Table> rows::Load<RawKey> for ByKey<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<RawKey>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(T::SCOPE).await?;
        let columns = columns::selected::<T>(ctx);
        let keys: Vec<_> = keys.into_iter().map(|key| (key, columns)).collect();
        session.loaders().load::<RowsById<T>>(&keys).await
    }
}

impl<T: Table> rows::Load<(), IdArgument<T>> for Find<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        id: IdArgument<T>,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(T::SCOPE).await?;
        let key = (RawKey::of(id.0), columns::selected::<T>(ctx));
        session
            .loaders()
            .load::<RowsById<T>>(&vec![key; keys.len()])
            .await
    }
}

/// See [`of_tenant`].
pub(crate) struct OfTenant<T>(PhantomData<fn() -> T>);

impl<T: Table<Id: From<TenantId>>> rows::Load<()> for OfTenant<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(T::SCOPE).await?;
        match session.context().identity().tenant() {
            Some(tenant) => by_id::<T>().load(ctx, vec![tenant; keys.len()], ()).await,
            None => Ok(vec![None; keys.len()]),
        }
    }
}

impl<T: Table> Answers<IdArgument<T>> for Find<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

impl<T: Table> Answers for OfTenant<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

/// The batch behind all of them. What is asked for at the same time is one statement, with every column
/// that any of it needs; a row that was loaded with too few columns is not taken for one with more.
pub(crate) struct RowsById<T>(PhantomData<fn() -> T>);

impl<T: Table> Batch for RowsById<T> {
    type Key = (RawKey, ColumnSet);
    type Value = Arc<T::Row>;

    async fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut ids: Vec<RawKey> = keys.iter().map(|(id, _)| *id).collect();
        ids.sort_unstable();
        ids.dedup();
        let set = keys
            .iter()
            .fold(ColumnSet::NONE, |set, (_, more)| set.union(*more));
        let statement = statement::<T>(&ids, set);
        // Each in the place of its id.
        let found: Vec<Option<Arc<T::Row>>> = context
            .on(T::TIER)
            .fold(&statement, |found: &mut Vec<_>, row| {
                found.resize(ids.len(), None);
                let row: T::Row = row.read_selected(0, set)?;
                if let Ok(place) = ids.binary_search(&RawKey::of(T::id(&row))) {
                    found[place] = Some(Arc::new(row));
                }
                Ok(())
            })
            .await?;
        let row = |id: &RawKey| found.get(ids.binary_search(id).ok()?)?.clone();
        Ok(keys.iter().map(|(id, _)| row(id)).collect())
    }
}

/// By the table and the columns.
static BUILT: Kept<(TypeId, ColumnSet)> = Kept::new();

/// The rows with those keys.
fn statement<T: Table>(ids: &[RawKey], set: ColumnSet) -> Statement {
    let mut statement = BUILT.or_built((TypeId::of::<T>(), set), || {
        let key = Expr::col(sea_orm::ColumnTrait::as_column_ref(&T::KEY));
        let mut select = T::Entity::find().into_query();
        columns::select::<T>(&mut select, set);
        select.and_where(key.eq(Expr::expr(PgFunc::any(RawKey::any(&[])))));
        DbBackend::Postgres.build(&select)
    });
    statement.values = Some(Values(vec![RawKey::any_value(ids)]));
    statement
}
