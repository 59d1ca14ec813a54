//! How many messages a tenant sent in a period, up to this moment: what is counted, and what is newer.
//!
//! One rule, for those who are shown the number and for those who refuse by it: messages that went out of one of the tenant's
//! accounts and whose `sent` lies in the period, to the moment. Warm-ups are sent as all mail is, and count as it does.
//!
//! ```text
//!   period     |·····+---------------+--------------------------+··|
//!   counted          | days that are wholly in it (analytics)   |
//!   newer            | what the log has of these behind the watermark (content)
//!   looked up  |·····|                                          |··|   the messages of the days at its ends (content)
//! ```
//!
//! It is exact whenever it is asked. What is counted and up to where are read by one statement, and the log from there on has
//! what is not in it: nothing behind the watermark is removed, and what ends late is written behind it. So a count that
//! is a while old is as good as a new one. (`billing_analytics` has the same of whole days only: a day is of the period
//! that its midnight lies in.)

use chrono::{DateTime, Utc};
use sea_orm::{DbErr, Value, sea_query::ArrayType};
use tenant::{InTier, TenantContext, Tier};

use crate::{
    sql::{numbers, query},
    watermark::Place,
};

/// From when to when; the end is not part of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment that is not in it.
    pub end: DateTime<Utc>,
}

/// What is counted of a tenant's periods, and up to where.
#[derive(Clone, Debug)]
pub struct Counted {
    periods: Vec<Period>,
    /// None if the tenant was never counted.
    mark: Option<Mark>,
}

#[derive(Clone, Debug)]
struct Mark {
    next: Place,
    time_zone: String,
    /// Of each period.
    sent: Vec<i64>,
}

/// How many messages went out of the context's tenant in each period. Whoever may read numbers and events may ask, members as
/// well.
///
/// # Errors
/// As for any statement.
pub async fn emails_sent(context: &TenantContext, periods: Vec<Period>) -> Result<Vec<i64>, DbErr> {
    let counted = Counted::read(context.on(Tier::Analytics), periods).await?;
    counted.and_newer(context.on(Tier::Content)).await
}

/// The days that are wholly in a period lie between those of its ends. (Where an end is a midnight, that is a day less than
/// could be; no day is taken for whole of which the clocks went back at its beginning.)
const COUNTED: &str = "
SELECT r.next_transaction, r.next_event, r.time_zone, (SELECT coalesce(sum(sent), 0)::bigint FROM mailbox_analytics
    WHERE day > (p.first AT TIME ZONE r.time_zone)::date AND day < (p.until AT TIME ZONE r.time_zone)::date)
FROM rollups r, unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS p (first, until, place)
ORDER BY p.place";

/// A day of a time zone has 25 hours at most.
const NEWER: &str = "
SELECT p.counted
    + (SELECT count(*) FROM email_messages m
        WHERE direction = 'outbound' AND email_account_id IS NOT NULL
            AND (sent >= p.first AND sent < least(p.until, p.first + interval '25 hours')
                OR sent >= greatest(p.first, p.until - interval '25 hours') AND sent < p.until)
            AND NOT ((sent AT TIME ZONE $6)::date > (p.first AT TIME ZONE $6)::date
                AND (sent AT TIME ZONE $6)::date < (p.until AT TIME ZONE $6)::date))
    + (SELECT coalesce(sum(amount), 0)::bigint FROM message_events
        WHERE (transaction, id) >= ($4, $5) AND kind = 'sent' AND email_account_id IS NOT NULL
            AND (happened AT TIME ZONE $6)::date > (p.first AT TIME ZONE $6)::date
            AND (happened AT TIME ZONE $6)::date < (p.until AT TIME ZONE $6)::date)
FROM unnest($1::timestamptz[], $2::timestamptz[], $3::bigint[]) WITH ORDINALITY AS p (first, until, counted, place)
ORDER BY p.place";

const ALL: &str = "
SELECT (SELECT count(*) FROM email_messages WHERE direction = 'outbound' AND email_account_id IS NOT NULL
    AND sent >= p.first AND sent < p.until)
FROM unnest($1::timestamptz[], $2::timestamptz[]) WITH ORDINALITY AS p (first, until, place)
ORDER BY p.place";

impl Counted {
    /// Reads it.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn read(analytics: InTier<'_>, periods: Vec<Period>) -> Result<Self, DbErr> {
        let rows = query(analytics, COUNTED, bounds(&periods).to_vec()).await?;
        let sent: Result<_, _> = rows.iter().map(|row| row.at(3)).collect();
        let mark = |row: &tenant::Row| {
            Ok::<_, DbErr>(Mark {
                next: Place {
                    transaction: row.at(0)?,
                    event: row.at(1)?,
                },
                time_zone: row.at(2)?,
                sent: sent?,
            })
        };
        let mark = rows.first().map(mark).transpose()?;
        Ok(Self { periods, mark })
    }

    /// Nothing is counted, so all is looked up: the same numbers, for more work.
    #[must_use]
    pub fn nothing(periods: Vec<Period>) -> Self {
        Self {
            periods,
            mark: None,
        }
    }

    /// What was sent in each period, with what is newer than what is counted.
    ///
    /// # Errors
    /// As for any statement.
    pub async fn and_newer(&self, content: InTier<'_>) -> Result<Vec<i64>, DbErr> {
        let mut values = bounds(&self.periods).to_vec();
        let sql = match &self.mark {
            Some(mark) => {
                values.push(numbers(mark.sent.iter().copied()));
                values.push(mark.next.transaction.into());
                values.push(mark.next.event.into());
                values.push(mark.time_zone.as_str().into());
                NEWER
            }
            None => ALL,
        };
        let rows = query(content, sql, values).await?;
        rows.iter().map(|row| row.at(0)).collect()
    }
}

fn bounds(periods: &[Period]) -> [Value; 2] {
    let bounds = |bound: fn(&Period) -> DateTime<Utc>| {
        let bounds = periods.iter().map(|period| bound(period).into()).collect();
        Value::Array(ArrayType::ChronoDateTimeUtc, Some(Box::new(bounds)))
    };
    [bounds(|period| period.start), bounds(|period| period.end)]
}
