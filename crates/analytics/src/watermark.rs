//! How far a tenant is counted: its row of `rollups`.

use chrono::{DateTime, NaiveDate, Utc};
use sea_orm::{DbErr, Value};
use tenant::{InTier, Row};

use crate::{facts::Facts, sql::query};

/// Where to go on: the first event that is not counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Place {
    /// The transaction that wrote it.
    pub transaction: i64,
    /// Its id.
    pub event: i64,
}

/// A tenant's row, as it was read.
#[derive(Clone, Debug)]
pub(crate) struct Watermark {
    pub next: Place,
    pub source: String,
    pub time_zone: String,
    pub facts: Option<String>,
    /// What follows from the counts is to be made from this day on.
    pub stale_from: Option<NaiveDate>,
    /// The day before the one up to which all was counted; completions of leads are looked for from there.
    pub day_before: Option<NaiveDate>,
    /// All was counted anew for this time zone less than a day ago, and is not again for another one.
    pub zone_is_fixed: bool,
}

impl Watermark {
    /// The tenant's, if it was ever counted.
    pub(crate) async fn read(analytics: InTier<'_>) -> Result<Option<Self>, DbErr> {
        let sql = "SELECT next_transaction, next_event, source, time_zone, facts, stale_from, \
             (counted_until AT TIME ZONE time_zone)::date - 1, \
             coalesce(zone_changed > now() - interval '1 day', false) FROM rollups";
        let rows = query(analytics, sql, vec![]).await?;
        rows.first().map(Self::of).transpose()
    }

    fn of(row: &Row) -> Result<Self, DbErr> {
        Ok(Self {
            next: Place {
                transaction: row.at(0)?,
                event: row.at(1)?,
            },
            source: row.at(2)?,
            time_zone: row.at(3)?,
            facts: row.at(4)?,
            stale_from: row.at(5)?,
            day_before: row.at(6)?,
            zone_is_fixed: row.at(7)?,
        })
    }

    /// The time zone to count by whatever the tenant's is by now.
    pub(crate) fn fixed_zone(&self) -> Option<&str> {
        self.zone_is_fixed.then_some(&*self.time_zone)
    }

    /// Moves it on over events, the first of which are of the day `first`. False if it is not any more where it was read:
    /// then somebody else has counted, and the transaction is to be given up.
    pub(crate) async fn move_on(
        &self,
        analytics: InTier<'_>,
        to: Place,
        first: NaiveDate,
    ) -> Result<bool, DbErr> {
        let sql = "UPDATE rollups SET next_transaction = $5, next_event = $6, is_complete = false, \
             stale_from = least(stale_from, $7) \
             WHERE next_transaction = $1 AND next_event = $2 AND source = $3 AND time_zone = $4 RETURNING 1";
        let mut values = self.read_values();
        values.extend([to.transaction.into(), to.event.into(), first.into()]);
        Ok(!query(analytics, sql, values).await?.is_empty())
    }

    /// Says that what follows from the counts is made, and whether nothing is left to count of what was there at `at`.
    /// False as in [`Self::move_on`]. The tenant is due again when its day ends, or when another time zone may follow.
    pub(crate) async fn close(
        &self,
        analytics: InTier<'_>,
        facts: &Facts,
        complete_at: Option<DateTime<Utc>>,
    ) -> Result<bool, DbErr> {
        let sql = "UPDATE rollups SET facts = $5, stale_from = NULL, is_complete = $6::timestamptz IS NOT NULL, \
             counted_until = greatest(counted_until, $6), \
             day_ends = least(((greatest(counted_until, $6) AT TIME ZONE time_zone)::date + 1)::timestamp AT TIME ZONE time_zone, \
                 CASE WHEN $7 THEN zone_changed + interval '1 day' END) \
             WHERE next_transaction = $1 AND next_event = $2 AND source = $3 AND time_zone = $4 RETURNING 1";
        let mut values = self.read_values();
        let is_to_change = facts.next_zone.is_some();
        values.extend([
            facts.hash.clone().into(),
            complete_at.into(),
            is_to_change.into(),
        ]);
        Ok(!query(analytics, sql, values).await?.is_empty())
    }

    fn read_values(&self) -> Vec<Value> {
        let Place { transaction, event } = self.next;
        vec![
            transaction.into(),
            event.into(),
            self.source.clone().into(),
            self.time_zone.clone().into(),
        ]
    }

    /// Takes the tenant's row for a count from the start, or makes it: whoever else counts waits, and then finds it moved.
    pub(crate) async fn take(analytics: InTier<'_>) -> Result<(), DbErr> {
        let sql = "INSERT INTO rollups (tenant_id, source) \
             VALUES (current_setting('app.current_tenant_id')::uuid, '') \
             ON CONFLICT (tenant_id) DO UPDATE SET is_complete = false";
        query(analytics, sql, vec![]).await.map(drop)
    }

    /// Puts it where a count from the start has come to.
    pub(crate) async fn put(&self, analytics: InTier<'_>) -> Result<(), DbErr> {
        let sql = "UPDATE rollups SET next_transaction = $1, next_event = $2, source = $3, time_zone = $4, \
             counted_until = NULL, \
             zone_changed = CASE WHEN source <> '' AND time_zone <> $4 THEN now() ELSE zone_changed END";
        query(analytics, sql, self.read_values()).await.map(drop)
    }
}

/// Says that what follows from the counts is to be made from a day on.
pub(crate) async fn stale(analytics: InTier<'_>, from: NaiveDate) -> Result<(), DbErr> {
    let sql = "UPDATE rollups SET stale_from = least(stale_from, $1)";
    query(analytics, sql, vec![from.into()]).await.map(drop)
}
