//! Lists: of a whole table, of the children of a row, of what a join table connects.
//!
//! Making the handle of a list costs no SQL; its pages and its count are loaded when a client
//! selects them.

use std::{marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::id::TypedId;
use sea_orm::{EntityName, IdenStatic};

use super::RawKey;
use crate::{
    argument::ConnectionArguments,
    connection::{Relation, Selection, Source},
    session::Session,
    table::{Column, Listed},
};

/// Every row of `T` that the request may see.
pub(crate) fn all<T: Listed>() -> All<T> {
    All(PhantomData)
}

/// The rows of `T` whose `column` is the parent's key.
pub(crate) fn children<T: Listed>(column: Column<T>) -> Related<T> {
    Related {
        relation: Relation::Child {
            column: column.as_str(),
        },
        table: PhantomData,
    }
}

/// The rows of `T` that a join table connects with the parent: `own` holds the parent's key,
/// `other` that of the row.
pub(crate) fn through<T: Listed, C: IdenStatic + sea_orm::ColumnTrait>(
    own: C,
    other: C,
) -> Related<T> {
    let table = EntityName::table_name(&C::EntityName::default());
    Related {
        relation: Relation::Through {
            table,
            own: own.as_str(),
            other: other.as_str(),
        },
        table: PhantomData,
    }
}

/// See [`all`].
pub(crate) struct All<T>(PhantomData<fn() -> T>);

/// See [`children`] and [`through`].
pub(crate) struct Related<T> {
    relation: Relation,
    table: PhantomData<fn() -> T>,
}

impl<T: Listed> rows::Load<(), ConnectionArguments<T>> for All<T> {
    type Value = Option<Arc<Selection<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        arguments: ConnectionArguments<T>,
    ) -> Result<Vec<Self::Value>> {
        Session::of(ctx).may_read(T::SCOPE)?;
        let page = Arc::new(arguments.0);
        Ok(keys
            .iter()
            .map(|()| Some(Arc::new(Selection::new(Source::All, &page))))
            .collect())
    }
}

impl<T: Listed, I: TypedId> rows::Load<I, ConnectionArguments<T>> for Related<T> {
    type Value = Option<Arc<Selection<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        parents: Vec<I>,
        arguments: ConnectionArguments<T>,
    ) -> Result<Vec<Self::Value>> {
        Session::of(ctx).may_read(T::SCOPE)?;
        let (relation, page) = (self.relation, Arc::new(arguments.0));
        let source = |parent| Source::Of {
            relation,
            parent: RawKey::of(parent),
        };
        Ok(parents
            .into_iter()
            .map(|parent| Some(Arc::new(Selection::new(source(parent), &page))))
            .collect())
    }
}
