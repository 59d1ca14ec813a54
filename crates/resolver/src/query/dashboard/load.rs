//! How the dashboard's numbers are loaded.

use std::{collections::HashMap, marker::PhantomData, sync::Arc};

use async_graphql::{
    Context, Result, ServerResult,
    registry::{MetaField, Registry},
};
use chrono::{DateTime, Datelike, Days, NaiveDate, Utc};
use chrono_tz::Tz;
use entity::oltp::{campaign, lead};
use rows::{Argument, Arguments};
use sea_orm::{
    ActiveEnum, ColumnTrait, DbErr, EntityTrait, ExprTrait, Iterable, QueryFilter, QuerySelect,
    QueryTrait,
    sea_query::{Alias, Expr},
};
use tenant::TenantContext;

use super::{StatusCountRow, WeekCountRow};
use crate::{
    aggregate::parse_zone,
    argument::{at, read},
    audience::{Answers, Audience},
    error,
    session::Session,
    table::Scope,
};

/// Weeks that are shown, this one included.
const WEEKS: u64 = 12;
const NUMBER: &str = "row_count";
const GROUP: &str = "group_key";

/// The handle of the dashboard, for a tenant's users.
pub(super) struct Board;

impl Board {
    const SCOPE: Scope = Scope::Tenant;
}

impl Answers for Board {
    const AUDIENCE: Audience = Audience::Readers(Self::SCOPE);
}

impl rows::Load<()> for Board {
    type Value = Option<Arc<()>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        Session::of(ctx).may_read(Self::SCOPE).await?;
        Ok(vec![Some(Arc::new(())); keys.len()])
    }
}

/// A table whose rows have a status.
pub(super) trait HasStatus: EntityTrait {
    /// The statuses.
    type Status: ActiveEnum<Value = String> + Iterable + Copy + Send + Sync + 'static;
    /// The column.
    const STATUS: Self::Column;
}

impl HasStatus for campaign::Entity {
    type Status = campaign::CampaignStatus;
    const STATUS: campaign::Column = campaign::Column::Status;
}

impl HasStatus for lead::Entity {
    type Status = lead::LeadStatus;
    const STATUS: lead::Column = lead::Column::Status;
}

/// How many rows of a table have each status.
pub(super) struct ByStatus<E>(PhantomData<fn() -> E>);

impl<E> Default for ByStatus<E> {
    fn default() -> Self {
        Self(PhantomData)
    }
}

impl<E: HasStatus> rows::Load<()> for ByStatus<E> {
    type Value = Vec<Arc<StatusCountRow<E::Status>>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let context = Session::of(ctx).context();
        let counts = by_status::<E>(context)
            .await
            .map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(vec![counts; keys.len()])
    }
}

async fn by_status<E: HasStatus>(
    context: &TenantContext,
) -> Result<Vec<Arc<StatusCountRow<E::Status>>>, DbErr> {
    let status = Expr::col(E::STATUS.as_column_ref());
    let select = E::find()
        .select_only()
        .column_as(status.clone(), GROUP)
        .column_as(Expr::col(sea_orm::sea_query::Asterisk).count(), NUMBER)
        .group_by(status)
        .into_query();
    let mut counts: HashMap<String, i64> = HashMap::new();
    for row in context.rows(&select).await? {
        counts.insert(row.named(GROUP)?, row.named(NUMBER)?);
    }
    let count = |status: E::Status| StatusCountRow {
        count: counts.get(&status.to_value()).copied().unwrap_or_default(),
        status,
    };
    Ok(<E::Status as Iterable>::iter()
        .map(|status| Arc::new(count(status)))
        .collect())
}

const ZONE: Argument<String> = Argument::new(
    "timeZone",
    "Where weeks begin: a name of the IANA database such as `Europe/Berlin`.",
)
.or(|| "UTC".to_owned());

/// `timeZone`.
pub(super) struct Weeks(Tz);

impl Arguments for Weeks {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        ZONE.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        parse_zone(&read(ctx, &ZONE)?)
            .map(Self)
            .map_err(|error| at(ctx, error))
    }
}

/// How many leads were made in each of the last weeks.
pub(super) struct ByWeek;

impl rows::Load<(), Weeks> for ByWeek {
    type Value = Vec<Arc<WeekCountRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        Weeks(zone): Weeks,
    ) -> Result<Vec<Self::Value>> {
        let context = Session::of(ctx).context();
        let weeks = last_weeks(Utc::now(), zone);
        let counts = by_week(context, zone, &weeks)
            .await
            .map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(vec![counts; keys.len()])
    }
}

/// The Mondays of the last weeks, the earliest first.
fn last_weeks(now: DateTime<Utc>, zone: Tz) -> Vec<NaiveDate> {
    let today = now.with_timezone(&zone).date_naive();
    let since_monday = u64::from(today.weekday().num_days_from_monday());
    let weeks = (0..WEEKS).rev();
    weeks
        .filter_map(|weeks| today.checked_sub_days(Days::new(since_monday + 7 * weeks)))
        .collect()
}

/// The first moment of the weeks is worked out by PostgreSQL, which knows what a clock on the wall
/// showed; as a bound of the column itself it is read from the index.
async fn by_week(
    context: &TenantContext,
    zone: Tz,
    weeks: &[NaiveDate],
) -> Result<Vec<Arc<WeekCountRow>>, DbErr> {
    let Some(first) = weeks.first() else {
        return Ok(Vec::new());
    };
    let created = Expr::col(lead::Column::Created.as_column_ref());
    let week = Expr::cust_with_exprs(
        "date_trunc('week', $1 AT TIME ZONE $2::text)::date",
        [created.clone(), Expr::val(zone.name())],
    );
    let since = Expr::cust_with_exprs(
        "$1::date::timestamp AT TIME ZONE $2::text",
        [Expr::val(*first), Expr::val(zone.name())],
    );
    let select = lead::Entity::find()
        .select_only()
        .column_as(week, GROUP)
        .column_as(Expr::col(sea_orm::sea_query::Asterisk).count(), NUMBER)
        .filter(created.gte(since))
        .group_by(Expr::col(Alias::new(GROUP)))
        .into_query();
    let mut counts: HashMap<NaiveDate, i64> = HashMap::new();
    for row in context.rows(&select).await? {
        counts.insert(row.named(GROUP)?, row.named(NUMBER)?);
    }
    let count = |week: &NaiveDate| WeekCountRow {
        week: *week,
        count: counts.get(week).copied().unwrap_or_default(),
    };
    Ok(weeks.iter().map(|week| Arc::new(count(week))).collect())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::last_weeks;

    #[test]
    fn a_week_begins_on_the_monday_of_the_time_zone() {
        let sunday = "2026-03-29T22:30:00Z".parse().unwrap();
        let last = |zone| last_weeks(sunday, zone).pop();
        assert_eq!(last(chrono_tz::UTC), NaiveDate::from_ymd_opt(2026, 3, 23));
        assert_eq!(
            last(chrono_tz::Europe::Berlin),
            NaiveDate::from_ymd_opt(2026, 3, 30)
        );
        assert_eq!(last_weeks(sunday, chrono_tz::UTC).len(), 12);
    }
}
