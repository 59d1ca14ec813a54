//! The GraphQL objects of a connection.

use std::{borrow::Cow, marker::PhantomData, sync::Arc};

use async_graphql::{Context, Result};
use entity::columns::ColumnSet;
use rows::{Field, Load, Object};

use super::{Selection, cursor};
use crate::{
    aggregate::{Aggregates, Group, GroupArguments},
    loader::{Slice, aggregates, columns, count, estimate, groups, inside, slices},
    price,
    table::Listed,
};

/// A page of a list of `T`.
pub struct Connection<T>(PhantomData<fn() -> T>);

impl<T: Listed> Object for Connection<T> {
    type Row = Selection<T>;

    const FIELDS: &'static [Field<Self>] = &[
        Field::relation::<Vec<T>>("nodes", "The rows of the page.", |level| {
            level.relation::<Vec<T>, _, (), _>(|page: &Selection<T>| Some(page.clone()), Nodes)
        }),
        Field::relation::<Vec<Edge<T>>>(
            "edges",
            "The rows of the page, each with its cursor.",
            |level| {
                level.relation::<Vec<Edge<T>>, _, (), _>(
                    |page: &Selection<T>| Some(page.clone()),
                    Edges,
                )
            },
        ),
        Field::relation::<PageInfo>("pageInfo", "Where the page stands in the list.", |level| {
            level.relation::<PageInfo, _, (), _>(|page: &Selection<T>| Some(page.clone()), Info)
        }),
        Field::batched::<i64>(
            "totalCount",
            "How many rows the list has, whatever the page. Counted when selected.",
            |level| {
                level.batched::<i64, _, (), _>(
                    |page: &Selection<T>| Some(page.clone()),
                    count::<T>(),
                )
            },
        )
        .cost(price::COUNT),
        Field::batched::<i64>(
            "estimatedCount",
            "About how many rows the list has, whatever the page: exact up to 10,000, with a filter, and \
             for a list inside an object; beyond that what the database's statistics say, which is \
             quicker than `totalCount`.",
            |level| {
                level.batched::<i64, _, (), _>(
                    |page: &Selection<T>| Some(page.clone()),
                    estimate::<T>(),
                )
            },
        )
        .cost(price::ESTIMATE),
        Field::relation::<Aggregates<T>>(
            "aggregates",
            "Numbers about all rows of the list, whatever the page.",
            |level| {
                level.relation::<Aggregates<T>, _, (), _>(
                    |page: &Selection<T>| Some(page.clone()),
                    aggregates::<T>(),
                )
            },
        )
        .cost(price::NUMBERS),
        Field::relation::<Vec<Group<T>>>(
            "groups",
            "All rows of the list, whatever the page, in groups that have something in common.",
            |level| {
                level.relation::<Vec<Group<T>>, _, GroupArguments<T>, _>(
                    |page: &Selection<T>| Some(page.clone()),
                    groups::<T>(),
                )
            },
        )
        .cost(price::NUMBERS)
        .arguments::<GroupArguments<T>>(),
    ];

    fn name() -> Cow<'static, str> {
        format!("{}Connection", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!("A page of a list of `{}`.", T::name()))
    }
}

/// The field of an edge with the row.
const NODE: &str = "node";

/// A row of a page, with its cursor.
pub struct Edge<T>(PhantomData<fn() -> T>);

/// What an [`Edge`] is made of.
pub struct EdgeRow<T: Listed> {
    node: Arc<T::Row>,
    cursor: String,
}

impl<T: Listed> Object for Edge<T> {
    type Row = EdgeRow<T>;

    const FIELDS: &'static [Field<Self>] = &[
        Field::column::<String>(
            "cursor",
            "Where the row stands in the list; for `after` and `before`.",
            |edge: &EdgeRow<T>, cell| cell.show::<String, _>(&edge.cursor),
        ),
        Field::relation::<T>(NODE, "The row.", |level| {
            level.relation::<T, _, (), _>(
                |edge: &EdgeRow<T>| Some(Some(Arc::clone(&edge.node))),
                inside(),
            )
        }),
    ];

    fn name() -> Cow<'static, str> {
        format!("{}Edge", T::name()).into()
    }

    fn description() -> Option<String> {
        Some(format!("One `{}` of a page.", T::name()))
    }
}

/// What [`PageInfo`] is made of.
pub struct PageInfoRow {
    pub(crate) has_next_page: bool,
    pub(crate) has_previous_page: bool,
    pub(crate) start_cursor: Option<String>,
    pub(crate) end_cursor: Option<String>,
}

rows::object! {
    /// Where a page stands in its list.
    pub object PageInfo(PageInfoRow) {
        /// Whether rows follow the page. Paging backward, it says whether `before` was given.
        has_next_page: bool,
        /// Whether rows precede the page. Paging forward, it says whether `after` was given.
        has_previous_page: bool,
        /// The cursor of the first row; null for an empty page.
        start_cursor: Option<String>,
        /// The cursor of the last row; null for an empty page.
        end_cursor: Option<String>,
    }
}

struct Nodes;
struct Edges;
struct Info;

impl<T: Listed> Load<Selection<T>> for Nodes {
    type Value = Vec<Arc<T::Row>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        pages: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let columns = columns::selected::<T>(ctx);
        Ok(slices(ctx, &pages, columns)
            .await?
            .iter()
            .map(|slice| slice.rows.clone())
            .collect())
    }
}

impl<T: Listed> Load<Selection<T>> for Edges {
    type Value = Vec<Arc<EdgeRow<T>>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        pages: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let columns = columns::selected_through::<Edge<T>, T>(ctx, NODE);
        let slices = slices(ctx, &pages, columns).await?;
        Ok(pages
            .iter()
            .zip(slices)
            .map(|(page, slice)| edges(page, &slice))
            .collect())
    }
}

fn edges<T: Listed>(page: &Selection<T>, slice: &Slice<T>) -> Vec<Arc<EdgeRow<T>>> {
    let edge = |row: &Arc<T::Row>| EdgeRow {
        node: Arc::clone(row),
        cursor: cursor::encode::<T>(row, &page.page().order),
    };
    slice.rows.iter().map(|row| Arc::new(edge(row))).collect()
}

impl<T: Listed> Load<Selection<T>> for Info {
    type Value = Option<Arc<PageInfoRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        pages: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let slices = slices(ctx, &pages, ColumnSet::NONE).await?;
        Ok(pages
            .iter()
            .zip(slices)
            .map(|(page, slice)| Some(Arc::new(info(page, &slice))))
            .collect())
    }
}

fn info<T: Listed>(page: &Selection<T>, slice: &Slice<T>) -> PageInfoRow {
    let cursor =
        |row: Option<&Arc<T::Row>>| row.map(|row| cursor::encode::<T>(row, &page.page().order));
    PageInfoRow {
        has_next_page: slice.has_next,
        has_previous_page: slice.has_previous,
        start_cursor: cursor(slice.rows.first()),
        end_cursor: cursor(slice.rows.last()),
    }
}
