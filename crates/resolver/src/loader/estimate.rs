//! Estimated counts: exact for what is quickly counted, otherwise from the planner's statistics.
//!
//! The policies name the tenant through a setting, which the planner does not know: it expects an
//! average tenant. So the statement that is explained says the tenant once more, as a value. The
//! planner sees that both must be equal and takes the policy's condition out of the rows' scan, so
//! the tenant's own share counts, and counts once. Measured on PostgreSQL 15 with a tenant of 200,000
//! rows among 300 of 100: 199,783 instead of 828. No other statement says the tenant.
//!
//! Statistics are about the rows of all tenants, and a plan would tell how common a value of a filter
//! is among others (`not: {email: {startsWith: "a"}}`, beside a large list of one's own). So they are
//! consulted for a whole list only; a list with a filter is counted.

use std::marker::PhantomData;

use async_graphql::{Context, Result};
use sea_orm::{ConnectionTrait, DbErr};
use serde_json::Value as Json;
use tenant::{Row, TenantContext};

use super::{Batch, figures::figures};
use crate::{
    aggregate::FigureSet,
    connection::{Counted, Selection, statement},
    session::Session,
    table::Listed,
};

/// Lists of so many rows are counted.
const EXACT: u64 = 10_000;

/// About how many rows are behind a connection.
pub(crate) fn estimate<T: Listed>() -> Estimate<T> {
    Estimate(PhantomData)
}

/// See [`estimate`].
pub(crate) struct Estimate<T>(PhantomData<fn() -> T>);

impl<T: Listed> rows::Load<Selection<T>> for Estimate<T> {
    type Value = i64;

    async fn load(
        self,
        ctx: &Context<'_>,
        selections: Vec<Selection<T>>,
        (): (),
    ) -> Result<Vec<i64>> {
        // The lists inside a row are short, and a plan for each would be a statement for each.
        let counted = |selection: &Selection<T>| {
            selection.parent().is_some() || !selection.page().filter_fingerprint().is_empty()
        };
        if selections.iter().any(counted) {
            let figures = figures(ctx, selections, FigureSet::default()).await?;
            return Ok(figures.iter().map(|figures| figures.count()).collect());
        }
        let keys: Vec<_> = selections.into_iter().map(Counted).collect();
        let estimates = Session::of(ctx)
            .loaders()
            .load::<Estimates<T>>(&keys)
            .await?;
        Ok(estimates
            .into_iter()
            .map(Option::unwrap_or_default)
            .collect())
    }
}

/// The batch: a statement or two for each filter.
struct Estimates<T>(PhantomData<fn() -> T>);

impl<T: Listed> Batch for Estimates<T> {
    type Key = Counted<T>;
    type Value = i64;

    async fn load(context: &TenantContext, keys: &[Counted<T>]) -> Result<Vec<Option<i64>>, DbErr> {
        let mut estimates = Vec::with_capacity(keys.len());
        for key in keys {
            estimates.push(Some(of_list(context, &key.0).await?));
        }
        Ok(estimates)
    }
}

async fn of_list<T: Listed>(
    context: &TenantContext,
    selection: &Selection<T>,
) -> Result<i64, DbErr> {
    let (page, exact) = (selection.page(), i64::try_from(EXACT).unwrap_or(i64::MAX));
    let counted = context
        .on(T::TIER)
        .row(&statement::count_up_to(page, EXACT + 1))
        .await?;
    let counted: i64 = match counted {
        Some(row) => row.named(statement::COUNT)?,
        None => 0,
    };
    if counted <= exact {
        return Ok(counted);
    }
    let tenant = context.identity().tenant();
    let mut explained = context
        .get_database_backend()
        .build(&statement::explained(page, tenant));
    explained.sql = format!("EXPLAIN (FORMAT JSON) {}", explained.sql);
    let plan = context.on(T::TIER).row_raw(&explained).await?;
    let rows = plan.as_ref().map(planned).transpose()?.unwrap_or_default();
    Ok(rows.max(counted))
}

/// The number of rows that a plan expects.
fn planned(row: &Row) -> Result<i64, DbErr> {
    let plan: Json = row.at(0)?;
    plan[0]["Plan"]["Plan Rows"]
        .as_i64()
        .ok_or_else(|| DbErr::Type("a plan says how many rows it expects".to_owned()))
}
