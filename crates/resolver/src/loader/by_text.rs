//! To one row by a text that is unique within the tenant: what rows of the content tier name each other by.

use std::{
    collections::{BTreeSet, HashMap},
    marker::PhantomData,
    sync::Arc,
};

use async_graphql::{Context, Result};
use entity::columns::ColumnSet;
use sea_orm::{
    DbErr, EntityTrait, ExprTrait, IdenStatic, QueryTrait, Value,
    sea_query::{Alias, ArrayType, Expr, extension::postgres::PgFunc},
};
use tenant::TenantContext;

use super::{Batch, columns};
use crate::{
    session::Session,
    table::{Column, Table},
};

/// The column with the text in an answer, which need not be among those that were asked for.
const KEY: &str = "text_key";

/// The row of `T` whose `column` is the key.
pub(crate) fn by_text<T: Table>(column: Column<T>) -> ByText<T> {
    ByText {
        column: column.as_str(),
        table: PhantomData,
    }
}

/// See [`by_text`].
pub(crate) struct ByText<T> {
    column: &'static str,
    table: PhantomData<fn() -> T>,
}

impl<T: Table> rows::Load<String> for ByText<T> {
    type Value = Option<Arc<T::Row>>;

    async fn load(self, ctx: &Context<'_>, texts: Vec<String>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(T::SCOPE).await?;
        let set = columns::selected::<T>(ctx);
        let key = |text| (self.column, Arc::from(text), set);
        let keys: Vec<_> = texts.into_iter().map(key).collect();
        session.loaders().load::<RowsByText<T>>(&keys).await
    }
}

/// The batch: what is asked for at the same time by one column is one statement, with every column that any of it needs.
struct RowsByText<T>(PhantomData<fn() -> T>);

impl<T: Table> Batch for RowsByText<T> {
    /// The column, its value, and what is wanted of the row.
    type Key = (&'static str, Arc<str>, ColumnSet);
    type Value = Arc<T::Row>;

    async fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut wanted: HashMap<&'static str, (BTreeSet<&str>, ColumnSet)> = HashMap::new();
        for (column, text, more) in keys {
            let nothing = (BTreeSet::new(), ColumnSet::NONE);
            let (texts, set) = wanted.entry(*column).or_insert(nothing);
            texts.insert(text);
            *set = set.union(*more);
        }
        let mut found = HashMap::with_capacity(keys.len());
        for (column, (texts, set)) in wanted {
            let named = Expr::col((T::Entity::default(), Alias::new(column)));
            let texts = texts.into_iter().map(Value::from).collect();
            let texts = Value::Array(ArrayType::String, Some(Box::new(texts)));
            let mut select = T::Entity::find().into_query();
            columns::select::<T>(&mut select, set);
            select
                .expr_as(named.clone(), Alias::new(KEY))
                .and_where(named.eq(Expr::expr(PgFunc::any(Expr::val(texts)))));
            for row in context.on(T::TIER).rows(&select).await? {
                let key: String = row.named(KEY)?;
                found.insert(
                    (column, key),
                    Arc::new(row.read_selected::<T::Row>(0, set)?),
                );
            }
        }
        let row = |(column, text, _): &Self::Key| found.get(&(*column, text.to_string())).cloned();
        Ok(keys.iter().map(row).collect())
    }
}
