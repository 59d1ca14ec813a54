//! Lists: of a whole table, of the children of a row, of what a join table connects.
//!
//! Making the handle of a list costs no SQL; its pages and its count are loaded when a client
//! selects them.

use std::{marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::id::TypedId;
use sea_orm::{Condition, EntityName, IdenStatic};

use super::RawKey;
use crate::{
    argument::ConnectionArguments,
    audience::{Answers, Audience},
    connection::{Page, Relation, Selection, Source},
    session::Session,
    table::{Column, Listed},
};

/// Every row of `T` that the request may see.
pub(crate) fn all<T: Listed>() -> All<T> {
    All(PhantomData)
}

/// Those rows of `T` that the request may see and a condition holds of; it has a name, because
/// what is asked for under one name is loaded once.
pub(crate) fn those<T: Listed>(name: &'static str, condition: fn() -> Condition) -> Those<T> {
    Those {
        name,
        condition,
        table: PhantomData,
    }
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

/// The rows of `T` whose `column` holds what the parent is named by: its `name`, where its key is the parent's.
pub(crate) fn named_by<T: Listed, C: IdenStatic + sea_orm::ColumnTrait>(
    column: Column<T>,
    name: C,
) -> Related<T> {
    let table = EntityName::table_name(&C::EntityName::default());
    Related {
        relation: Relation::Named {
            column: column.as_str(),
            table,
            name: name.as_str(),
        },
        table: PhantomData,
    }
}

/// See [`all`].
pub(crate) struct All<T>(PhantomData<fn() -> T>);

/// See [`those`].
pub(crate) struct Those<T> {
    name: &'static str,
    condition: fn() -> Condition,
    table: PhantomData<fn() -> T>,
}

/// See [`children`], [`named_by`] and [`through`].
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
        whole(ctx, keys.len(), arguments.0).await
    }
}

impl<T: Listed> rows::Load<(), ConnectionArguments<T>> for Those<T> {
    type Value = Option<Arc<Selection<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        arguments: ConnectionArguments<T>,
    ) -> Result<Vec<Self::Value>> {
        let page = arguments.0.narrowed(self.name, (self.condition)());
        whole(ctx, keys.len(), page).await
    }
}

impl<T: Listed> Answers<ConnectionArguments<T>> for All<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

impl<T: Listed> Answers<ConnectionArguments<T>> for Those<T> {
    const AUDIENCE: Audience = Audience::Readers(T::SCOPE);
}

/// The handle of a list of a whole table, as often as it is asked for.
async fn whole<T: Listed>(
    ctx: &Context<'_>,
    times: usize,
    page: Page<T>,
) -> Result<Vec<Option<Arc<Selection<T>>>>> {
    Session::of(ctx).may_read(T::SCOPE).await?;
    let selection = Arc::new(Selection::new(Source::All, &Arc::new(page)));
    Ok(vec![Some(selection); times])
}

impl<T: Listed, I: TypedId> rows::Load<I, ConnectionArguments<T>> for Related<T> {
    type Value = Option<Arc<Selection<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        parents: Vec<I>,
        arguments: ConnectionArguments<T>,
    ) -> Result<Vec<Self::Value>> {
        Session::of(ctx).may_read(T::SCOPE).await?;
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
