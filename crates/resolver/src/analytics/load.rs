//! How a level's analytics are loaded: one statement for all rows that ask with the same arguments.

use std::{collections::HashMap, sync::Arc};

use async_graphql::{Context, Result};
use entity::id::TypedId;
use sea_orm::DbErr;
use tenant::{Row, TenantContext, Tier};
use uuid::Uuid;

use super::{
    counts::Counts,
    object::{AnalyticsRow, Freshness},
    span::Span,
    statement::{
        COUNTED_UNTIL, FIRST, IS_ASKED, IS_COMPLETE, KEY, LAST, PERIOD, Shown, Subject, TIME_ZONE,
        counted,
    },
};
use crate::{
    audience::{Answers, Audience},
    loader::{Batch, RawKey},
    session::Session,
    table::Scope,
};

/// The analytics of what the key is of.
pub(crate) fn analytics(subject: Subject) -> OfKey {
    OfKey(subject)
}

/// The analytics of all of a tenant's mail.
pub(crate) fn of_tenant() -> OfTenant {
    OfTenant
}

/// See [`analytics`].
pub(crate) struct OfKey(Subject);

/// See [`of_tenant`].
pub(crate) struct OfTenant;

impl<I: TypedId> rows::Load<I, Span> for OfKey {
    type Value = Option<Arc<AnalyticsRow>>;

    async fn load(self, ctx: &Context<'_>, ids: Vec<I>, span: Span) -> Result<Vec<Self::Value>> {
        let keys = ids.into_iter().map(|id| Some(RawKey::of(id))).collect();
        load(ctx, self.0, keys, span).await
    }
}

impl rows::Load<(), Span> for OfTenant {
    type Value = Option<Arc<AnalyticsRow>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, span: Span) -> Result<Vec<Self::Value>> {
        load(ctx, Subject::EmailAccount, vec![None; keys.len()], span).await
    }
}

impl Answers<Span> for OfTenant {
    const AUDIENCE: Audience = Audience::Readers(Scope::Tenant);
}

async fn load(
    ctx: &Context<'_>,
    subject: Subject,
    keys: Vec<Option<RawKey>>,
    span: Span,
) -> Result<Vec<Option<Arc<AnalyticsRow>>>> {
    let session = Session::of(ctx);
    session.may_read(Scope::Tenant).await?;
    let selected = |field| ctx.look_ahead().field(field).exists();
    let shown = Shown {
        series: selected("series"),
        previous: selected("previous") || selected("change"),
    };
    if let (true, Some(first), Some(last)) = (shown.series, span.days.first, span.days.last) {
        span.fits(first, last)?;
    }
    let key = |of| Key {
        subject,
        of,
        span,
        shown,
    };
    let keys: Vec<Key> = keys.into_iter().map(key).collect();
    let found = session.loaders().load::<Counted>(&keys).await?;
    if let (true, Some(row)) = (shown.series, found.iter().flatten().next()) {
        span.fits(row.first, row.last)?;
    }
    Ok(found)
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
struct Key {
    subject: Subject,
    /// None for all of a tenant together.
    of: Option<RawKey>,
    span: Span,
    shown: Shown,
}

/// The batch: keys that differ in nothing else share a statement.
struct Counted;

impl Batch for Counted {
    type Key = Key;
    type Value = Arc<AnalyticsRow>;

    async fn load(
        context: &TenantContext,
        keys: &[Key],
    ) -> Result<Vec<Option<Self::Value>>, DbErr> {
        let mut groups: HashMap<(Subject, bool, Span, Shown), Vec<usize>> = HashMap::new();
        for (place, key) in keys.iter().enumerate() {
            let alike = (key.subject, key.of.is_some(), key.span, key.shown);
            groups.entry(alike).or_default().push(place);
        }
        let mut found = vec![None; keys.len()];
        for ((subject, _, span, shown), places) in groups {
            let of: Vec<RawKey> = places.iter().filter_map(|place| keys[*place].of).collect();
            let of = Some(of.as_slice()).filter(|of| !of.is_empty());
            let statement = counted(subject, of, (span.days, span.unit), shown);
            let rows = context.on(Tier::Analytics).rows_raw(&statement).await?;
            let answer = Answer::read(&rows, subject, span)?;
            for place in places {
                found[place] = Some(answer.of(keys[place].of));
            }
        }
        Ok(found)
    }
}

/// What a statement answered.
struct Answer {
    /// Of what there is nothing of.
    none: AnalyticsRow,
    by_key: HashMap<Option<RawKey>, Arc<AnalyticsRow>>,
}

impl Answer {
    fn read(rows: &[Row], subject: Subject, span: Span) -> Result<Self, DbErr> {
        let Some(head) = rows.first() else {
            return Err(DbErr::RecordNotFound(
                "the days that were asked for".to_owned(),
            ));
        };
        let none = AnalyticsRow {
            subject,
            of: None,
            first: head.named(FIRST)?,
            last: head.named(LAST)?,
            unit: span.unit,
            freshness: Freshness::read(head)?,
            totals: Counts::default(),
            previous: Counts::default(),
            periods: HashMap::new(),
        };
        let mut by_key: HashMap<Option<RawKey>, AnalyticsRow> = HashMap::new();
        for row in rows {
            let Some(is_asked) = row.named::<Option<bool>>(IS_ASKED)? else {
                continue; // nothing is counted
            };
            let key = row.named::<Option<Uuid>>(KEY)?.map(RawKey::Uuid);
            let of = by_key.entry(key).or_insert_with(|| none.of(key));
            let counts = Counts::read(row)?;
            if !is_asked {
                of.previous += counts;
                continue;
            }
            of.totals += counts;
            if let Some(period) = row.named(PERIOD)? {
                of.periods.insert(period, counts);
            }
        }
        let shared = by_key.into_iter().map(|(key, row)| (key, Arc::new(row)));
        Ok(Self {
            none,
            by_key: shared.collect(),
        })
    }

    fn of(&self, key: Option<RawKey>) -> Arc<AnalyticsRow> {
        let found = self.by_key.get(&key).map(Arc::clone);
        found.unwrap_or_else(|| Arc::new(self.none.of(key)))
    }
}

impl Freshness {
    pub(super) fn read(row: &Row) -> Result<Self, DbErr> {
        Ok(Self {
            updated: row.named(COUNTED_UNTIL)?,
            complete: row.named(IS_COMPLETE)?,
            time_zone: row.named(TIME_ZONE)?,
        })
    }
}
