//! The SQL of a page, for one list or for the lists of many parents at once; and of a list's size.
//!
//! No statement that is run repeats the tenant: the policy adds it, and saying it twice costs 20 to
//! 50 %.

pub(crate) mod known;

use entity::{
    columns::ColumnSet,
    id::{TenantId, TypedId},
};
use sea_orm::{
    ColumnTrait, Condition, DbBackend, EntityTrait, ExprTrait, IdenStatic, Iterable, JoinType,
    QueryFilter, QueryTrait, Statement,
    sea_query::{Alias, Expr, Func, IntoCondition, Query, SelectStatement},
};

use super::{Page, Relation, cursor::Position};
use crate::{
    loader::{RawKey, columns},
    order::{Order, OrderDirection},
    table::{Column, Listed},
};

/// The column with the parent's key in an answer about many parents.
pub(crate) const PARENT: &str = "parent_key";
/// Where it stands in the rows of pages: before all others.
pub(crate) const PARENT_PLACE: usize = 0;
/// The column with the number in an answer of counts.
pub(crate) const COUNT: &str = "row_count";
/// The lateral subquery's rows.
pub(crate) const ROW: &str = "row";

/// One page of a whole table.
pub(crate) fn page<T: Listed>(page: &Page<T>, set: ColumnSet) -> Statement {
    known::page(page, set, || {
        with_limits(&page_of(page, None, set), page.limit + 1)
    })
}

/// The statement with its limits in the text. Of a limit that is a parameter PostgreSQL expects a tenth of
/// all rows, and plans the statement anew each time, because that is so much more than there will be. Sizes of
/// pages are few, so the texts are. (The parameter stays, and is used nowhere.)
fn with_limits(select: &SelectStatement, limit: u64) -> Statement {
    const LIMIT: &str = "LIMIT $";
    let mut statement = DbBackend::Postgres.build(select);
    let mut sql = String::with_capacity(statement.sql.len());
    let mut parts = statement.sql.split(LIMIT);
    sql.push_str(parts.next().unwrap_or_default());
    for part in parts {
        sql.push_str(&format!("LIMIT {limit}"));
        sql.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    statement.sql = sql;
    statement
}

/// One page, of a whole table or of the parent that `parent` stands for.
fn page_of<T: Listed>(
    page: &Page<T>,
    parent: Option<(Relation, Expr)>,
    set: ColumnSet,
) -> SelectStatement {
    let mut select = matching(page, parent).into_query();
    columns::select::<T>(&mut select, set);
    let direction = page.reading_direction();
    select
        .order_by(page.order.column().as_column_ref(), direction.sql())
        .order_by(T::KEY.as_column_ref(), direction.sql())
        .limit(page.limit + 1);
    for (position, greater) in [(&page.after, true), (&page.before, false)] {
        if let Some(position) = position {
            select.and_where(beyond(page, position, greater));
        }
    }
    select
}

/// The same page of each parent: one statement, one text for every number of parents.
pub(crate) fn pages<T: Listed>(
    asked: &Page<T>,
    relation: Relation,
    parents: &[RawKey],
    set: ColumnSet,
) -> Statement {
    known::pages(asked, relation, parents, set, |parents| {
        pages_of(asked, relation, parents, set)
    })
}

fn pages_of<T: Listed>(
    asked: &Page<T>,
    relation: Relation,
    parents: &[RawKey],
    set: ColumnSet,
) -> Statement {
    let direction = asked.reading_direction();
    let order = (Alias::new(ROW), Alias::new(asked.order.column().as_str()));
    let key = (Alias::new(ROW), Alias::new(T::KEY.as_str()));
    let page = page_of(asked, Some((relation, parent())), set);
    let select = per_parent(page, RawKey::each(parents))
        .column((Alias::new(ROW), sea_orm::sea_query::Asterisk))
        .order_by_expr(parent(), sea_orm::Order::Asc)
        .order_by(order, direction.sql())
        .order_by(key, direction.sql())
        .take();
    with_limits(&select, asked.limit + 1)
}

/// The number of rows of a whole table that the filter lets through, but no more than `most`.
pub(crate) fn count_up_to<T: Listed>(page: &Page<T>, most: u64) -> SelectStatement {
    let mut counted = rows(page);
    counted.limit(most);
    Query::select()
        .expr_as(
            Func::count(Expr::col(sea_orm::sea_query::Asterisk)),
            Alias::new(COUNT),
        )
        .from_subquery(counted, Alias::new(ROW))
        .take()
}

/// What is explained, never run, to learn how many rows of a tenant the planner expects.
pub(crate) fn explained<T: Listed>(page: &Page<T>, tenant: Option<TenantId>) -> SelectStatement {
    let mut select = rows(page);
    let column = Column::<T>::iter().find(|column| column.as_str() == "tenant_id");
    if let (Some(column), Some(tenant)) = (column, tenant) {
        select.and_where(Expr::col(column.as_column_ref()).eq(tenant.into_value()));
    }
    select
}

fn rows<T: Listed>(page: &Page<T>) -> SelectStatement {
    matching(page, None)
        .into_query()
        .clear_selects()
        .expr(Expr::col(T::KEY.as_column_ref()))
        .take()
}

/// `SELECT parent … FROM unnest($1) AS parent CROSS JOIN LATERAL (…) AS row`. A lateral subquery
/// keeps the index of each parent's page; a join would read all rows of all parents.
pub(crate) fn per_parent(subquery: SelectStatement, parents: Expr) -> SelectStatement {
    Query::select()
        .expr_as(parent(), Alias::new(PARENT))
        .from_function(Func::cust("unnest").arg(parents), Alias::new(PARENT))
        .join_lateral(
            JoinType::InnerJoin,
            subquery,
            Alias::new(ROW),
            Condition::all().add(Expr::cust("TRUE")),
        )
        .take()
}

/// The parent's key inside a statement made by [`per_parent`]: `unnest` names its one column like
/// itself.
pub(crate) fn parent() -> Expr {
    Expr::col((Alias::new(PARENT), Alias::new(PARENT)))
}

pub(crate) fn matching<T: Listed>(
    page: &Page<T>,
    parent: Option<(Relation, Expr)>,
) -> sea_orm::Select<T::Entity> {
    let rows = T::Entity::find().filter(page.condition.clone());
    match parent {
        None => rows,
        Some((relation, parent)) => rows.filter(belongs::<T>(relation, parent)),
    }
}

fn belongs<T: Listed>(relation: Relation, parent: Expr) -> Condition {
    match relation {
        Relation::Child { column } => Expr::col((T::Entity::default(), Alias::new(column)))
            .eq(parent)
            .into_condition(),
        Relation::Named {
            column,
            table,
            name,
        } => {
            let (table, id) = (Alias::new(table), Alias::new("id"));
            // Under a name of its own: the rows may be of the same table.
            let named = Alias::new("named");
            let name = Query::select()
                .column((named.clone(), Alias::new(name)))
                .from_as(table, named.clone())
                .and_where(Expr::col((named, id)).eq(parent))
                .take();
            Expr::col((T::Entity::default(), Alias::new(column)))
                .eq(Expr::SubQuery(None, Box::new(name.into())))
                .into_condition()
        }
        Relation::Through { table, own, other } => {
            let (table, own, other) = (Alias::new(table), Alias::new(own), Alias::new(other));
            let connected = Query::select()
                .column((table.clone(), other))
                .from(table.clone())
                .and_where(Expr::col((table, own)).eq(parent))
                .take();
            Expr::col(T::KEY.as_column_ref())
                .in_subquery(connected)
                .into_condition()
        }
    }
}

/// Rows after (or before) a position: `(column, key) > ($1, $2)`, which an index on both reads
/// from the position on.
fn beyond<T: Listed>(page: &Page<T>, position: &Position<T>, after: bool) -> Expr {
    let column = Expr::col(page.order.column().as_column_ref());
    let row = Expr::tuple([column, Expr::col(T::KEY.as_column_ref())]);
    let at = Expr::tuple([
        Expr::val(position.value.clone()),
        Expr::val(position.key.into_value()),
    ]);
    match after == (page.order.direction() == OrderDirection::Asc) {
        true => row.gt(at),
        false => row.lt(at),
    }
}
