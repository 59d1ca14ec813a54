//! The statement of a search.

use std::sync::Arc;

use entity::{
    content::email_message,
    id::{EmailMessageId, TypedId},
};
use sea_orm::{
    ColumnTrait, Condition, DbErr, EntityTrait, ExprTrait, JoinType, Order, QueryFilter,
    QueryTrait, Value,
    sea_query::{Alias, Expr, Func, IntoColumnRef, Query, SelectStatement},
};
use tenant::{TenantContext, Tier};

use super::{Found, MatchRow, SearchArguments, cursor::Position};

/// Of how many messages that have the words the best are taken: the newest.
const NEWEST: i32 = 1_000;
/// The function, and what it answers with.
const SEARCH: &str = "search_messages";
const FOUND: &str = "found";
const RANK: &str = "rank";

/// A page of the matches.
pub(super) async fn find(
    context: &TenantContext,
    arguments: &SearchArguments,
) -> Result<Found, DbErr> {
    let rows = context
        .on(Tier::Content)
        .rows(&statement(arguments))
        .await?;
    let mut matches = Vec::with_capacity(rows.len());
    for row in &rows {
        matches.push(Arc::new(MatchRow {
            position: Position {
                rank: row.named(RANK)?,
                message: EmailMessageId::from_raw(row.named("id")?),
            },
            content_key: row.named("content_key")?,
            question: Arc::clone(&arguments.question),
        }));
    }
    let limit = usize::try_from(arguments.limit).unwrap_or(usize::MAX);
    let has_next = matches.len() > limit;
    matches.truncate(limit);
    Ok(Found {
        matches,
        has_previous: arguments.after.is_some(),
        has_next,
    })
}

/// One match more than the page has, to learn whether there is one.
fn statement(arguments: &SearchArguments) -> SelectStatement {
    use email_message::Column::{ContentKey, Id, StorageKey};
    let found = |name| (Alias::new(FOUND), Alias::new(name)).into_column_ref();
    let searched = Query::select()
        .columns(["storage_key", RANK].map(Alias::new))
        .from_function(
            Func::cust(SEARCH).arg(&*arguments.question).arg(NEWEST),
            Alias::new(SEARCH),
        )
        .take();
    let named = Expr::col(StorageKey.as_column_ref()).eq(Expr::col(found("storage_key")));
    let mut select = email_message::Entity::find()
        .filter(arguments.condition.clone())
        .into_query();
    select
        .clear_selects()
        .columns([Id, ContentKey].map(|column| column.as_column_ref()))
        .column(found(RANK))
        .join_subquery(
            JoinType::InnerJoin,
            searched,
            Alias::new(FOUND),
            Condition::all().add(named),
        )
        .order_by(found(RANK), Order::Desc)
        .order_by(Id.as_column_ref(), Order::Desc)
        .limit(arguments.limit + 1);
    if let Some(after) = arguments.after {
        let place = Expr::tuple([Expr::col(found(RANK)), Expr::col(Id.as_column_ref())]);
        let at = Expr::tuple([
            Expr::val(Value::Float(Some(after.rank))),
            Expr::val(after.message.into_value()),
        ]);
        select.and_where(place.lt(at));
    }
    select
}
