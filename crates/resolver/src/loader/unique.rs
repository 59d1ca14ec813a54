//! To one row by a column that is unique, but not the row's id.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::id::{TypedId, UserId};
use sea_orm::{
    DbErr, EntityTrait, ExprTrait, IdenStatic, QueryTrait,
    sea_query::{Alias, Expr, extension::postgres::PgFunc},
};
use tenant::TenantContext;

use super::{Batch, RawKey};
use crate::{
    audience::{Answers, Audience},
    session::Session,
    table::{Column, Table},
};

/// The row of `T` whose `column` is the key.
pub(crate) fn by_unique<T: Table>(column: Column<T>) -> ByUnique<T> {
    ByUnique {
        column: column.as_str(),
        table: PhantomData,
    }
}

/// The row of `T` whose `column` is the user who asks.
pub(crate) fn of_user<T: Table>(column: Column<T>) -> OfUser<T> {
    OfUser(by_unique(column))
}

/// See [`by_unique`].
pub(crate) struct ByUnique<T> {
    column: &'static str,
    table: PhantomData<fn() -> T>,
}

/// See [`of_user`].
pub(crate) struct OfUser<T>(ByUnique<T>);

impl<T: Table, I: TypedId> rows::Load<I> for ByUnique<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, ids: Vec<I>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(T::SCOPE).await?;
        let key = |id| (self.column, RawKey::of(id));
        let keys: Vec<_> = ids.into_iter().map(key).collect();
        session.loaders().load::<RowsByUnique<T>>(&keys).await
    }
}

impl<T: Table> rows::Load<()> for OfUser<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let user: UserId = Session::of(ctx).context().identity().user();
        self.0.load(ctx, vec![user; keys.len()], ()).await
    }
}

impl<T: Table> Answers for OfUser<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

/// The batch behind both.
struct RowsByUnique<T>(PhantomData<fn() -> T>);

impl<T: Table> Batch for RowsByUnique<T> {
    /// The column and its value.
    type Key = (&'static str, RawKey);
    type Value = Arc<T::Row>;

    async fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut wanted: HashMap<&'static str, Vec<RawKey>> = HashMap::new();
        for (column, key) in keys {
            wanted.entry(*column).or_default().push(*key);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (column, keys) in wanted {
            let holder = Expr::col((T::Entity::default(), Alias::new(column)));
            let mut select = T::Entity::find().into_query();
            select.and_where(holder.eq(Expr::expr(PgFunc::any(RawKey::any(&keys)))));
            for row in context.on(T::TIER).rows(&select).await? {
                let key = RawKey::read(&row, column, keys[0])?;
                found.insert((column, key), Arc::new(row.read::<T::Row>(0)?));
            }
        }
        Ok(keys.iter().map(|key| found.get(key).cloned()).collect())
    }
}
