//! What analytics show.

use std::{collections::HashMap, sync::Arc};

use chrono::{DateTime, NaiveDate, Utc};

use super::{
    counts::{Counts, ratio},
    group::{AnalyticsGroup, GroupArguments},
    grouping::{Mail, groups},
    span::Unit,
    statement::Subject,
};
use crate::{
    loader::{RawKey, inside},
    scalar::{BigInt, Date},
};

rows::object! {
    /// What became of mail on some days. What happened on a day counts on it: a message that was sent on a Monday and opened on
    /// a Tuesday is in the numbers of both.
    pub object Analytics(AnalyticsRow) {
        /// The first day.
        from: Date = |row| row.first,
        /// The last day, which is in it.
        to: Date = |row| row.last,
        /// The time zone that the days are of, by its name in the IANA database.
        time_zone: String = |row| row.freshness.time_zone.clone(),
        /// The numbers of all days.
        totals: EmailCounts = |row| Some(Some(Arc::new(row.totals))) -> inside(),
        /// The rates of all days.
        rates: EmailRates = |row| Some(Some(Arc::new(row.totals))) -> inside(),
        /// The same number of days before.
        previous: PreviousAnalytics = |row| Some(Some(Arc::new(row.before()))) -> inside(),
        /// What is different from the days before.
        change: AnalyticsChange = |row| Some(Some(Arc::new(row.change()))) -> inside(),
        /// The days by their periods, the earliest first; a period without mail is there, too.
        series: Vec<AnalyticsPeriod> = |row| Some(row.series()) -> inside(),
        /// The numbers of all days in groups that have something in common.
        groups(GroupArguments): Vec<AnalyticsGroup> = |row| Some(row.mail()) -> groups(),
        /// All that had happened by then is counted; null where nothing was counted yet.
        updated: Option<DateTime<Utc>> = |row| row.freshness.updated,
        /// Whether nothing was left to count then.
        complete: bool = |row| row.freshness.complete,
    }
}

rows::object! {
    /// How many messages something happened to.
    pub object EmailCounts(Counts) {
        /// Those that went out.
        sent: BigInt,
        /// Those that a server is known to have delivered.
        delivered: BigInt,
        /// Those that were opened, as far as it is known.
        opened: BigInt,
        /// Those whose links were followed.
        clicked: BigInt,
        /// Those that were answered by a person.
        replied: BigInt,
        /// Those that came back.
        bounced: BigInt,
        /// Those whose reader wants no more.
        unsubscribed: BigInt,
        /// Those that were called spam.
        spam_complaints: BigInt,
    }
}

rows::object! {
    /// Numbers by that of the messages that went out on the same days: 0.25 is one in four. Null where none went out. What is
    /// answered or comes back days later may make it more than 1.
    pub object EmailRates(Counts) {
        /// How many were opened, as far as it is known.
        open: Option<f64> = |counts| counts.rate(counts.opened),
        /// Of how many a link was followed.
        click: Option<f64> = |counts| counts.rate(counts.clicked),
        /// How many were answered by a person.
        reply: Option<f64> = |counts| counts.rate(counts.replied),
        /// How many came back.
        bounce: Option<f64> = |counts| counts.rate(counts.bounced),
        /// Of how many the reader wants no more.
        unsubscribe: Option<f64> = |counts| counts.rate(counts.unsubscribed),
    }
}

rows::object! {
    /// The days before those that are asked for: as many.
    pub object PreviousAnalytics(PreviousRow) {
        /// The first day.
        from: Date = |row| row.first,
        /// The last day, which is in it.
        to: Date = |row| row.last,
        /// The numbers of all days.
        totals: EmailCounts = |row| Some(Some(Arc::new(row.totals))) -> inside(),
        /// The rates of all days.
        rates: EmailRates = |row| Some(Some(Arc::new(row.totals))) -> inside(),
    }
}

rows::object! {
    /// What is different from the days before. A number's change is by what it was: 0.1 is a tenth more, -1 nothing any more;
    /// null where it was 0. A rate's is the difference of the two; null where there is none of either.
    pub object AnalyticsChange(ChangeRow) {
        /// Of those that went out.
        sent: Option<f64> = |change| change.grown(|counts| counts.sent),
        /// Of those that a server is known to have delivered.
        delivered: Option<f64> = |change| change.grown(|counts| counts.delivered),
        /// Of those that were opened.
        opened: Option<f64> = |change| change.grown(|counts| counts.opened),
        /// Of those whose links were followed.
        clicked: Option<f64> = |change| change.grown(|counts| counts.clicked),
        /// Of those that were answered.
        replied: Option<f64> = |change| change.grown(|counts| counts.replied),
        /// Of those that came back.
        bounced: Option<f64> = |change| change.grown(|counts| counts.bounced),
        /// Of those whose reader wants no more.
        unsubscribed: Option<f64> = |change| change.grown(|counts| counts.unsubscribed),
        /// Of those that were called spam.
        spam_complaints: Option<f64> = |change| change.grown(|counts| counts.spam_complaints),
        /// Of `rates { open }`.
        open_rate: Option<f64> = |change| change.moved(|counts| counts.opened),
        /// Of `rates { click }`.
        click_rate: Option<f64> = |change| change.moved(|counts| counts.clicked),
        /// Of `rates { reply }`.
        reply_rate: Option<f64> = |change| change.moved(|counts| counts.replied),
        /// Of `rates { bounce }`.
        bounce_rate: Option<f64> = |change| change.moved(|counts| counts.bounced),
        /// Of `rates { unsubscribe }`.
        unsubscribe_rate: Option<f64> = |change| change.moved(|counts| counts.unsubscribed),
    }
}

rows::object! {
    /// A day, a week or a month of a series. Of the first and the last only those days count that are asked for.
    pub object AnalyticsPeriod(PeriodRow) {
        /// The day with which it begins: of a week the Monday, of a month the first.
        period_start: Date = |period| period.start,
        /// Its numbers.
        totals: EmailCounts = |period| Some(Some(Arc::new(period.totals))) -> inside(),
        /// Its rates.
        rates: EmailRates = |period| Some(Some(Arc::new(period.totals))) -> inside(),
    }
}

/// What [`Analytics`] are made of.
#[derive(Clone, Debug)]
pub struct AnalyticsRow {
    pub(super) subject: Subject,
    /// None for all of a tenant together.
    pub(super) of: Option<RawKey>,
    pub(super) first: NaiveDate,
    pub(super) last: NaiveDate,
    pub(super) unit: Unit,
    pub(super) freshness: Freshness,
    pub(super) totals: Counts,
    pub(super) previous: Counts,
    /// By the first day of a period; those without any row are not in it.
    pub(super) periods: HashMap<NaiveDate, Counts>,
}

/// How far a tenant's numbers go.
#[derive(Clone, Debug)]
pub(super) struct Freshness {
    pub(super) updated: Option<DateTime<Utc>>,
    pub(super) complete: bool,
    pub(super) time_zone: String,
}

/// What [`PreviousAnalytics`] are made of.
pub struct PreviousRow {
    first: NaiveDate,
    last: NaiveDate,
    totals: Counts,
}

/// What an [`AnalyticsChange`] is made of.
pub struct ChangeRow {
    now: Counts,
    before: Counts,
}

/// What an [`AnalyticsPeriod`] is made of.
pub struct PeriodRow {
    start: NaiveDate,
    totals: Counts,
}

impl AnalyticsRow {
    fn mail(&self) -> Mail {
        Mail {
            subject: self.subject,
            of: self.of,
            first: self.first,
            last: self.last,
        }
    }

    /// The same of another, of which there is nothing either.
    pub(super) fn of(&self, of: Option<RawKey>) -> Self {
        Self { of, ..self.clone() }
    }

    fn before(&self) -> PreviousRow {
        PreviousRow {
            first: self.first - (self.last - self.first) - chrono::Duration::days(1),
            last: self.first - chrono::Duration::days(1),
            totals: self.previous,
        }
    }

    fn change(&self) -> ChangeRow {
        ChangeRow {
            now: self.totals,
            before: self.previous,
        }
    }

    fn series(&self) -> Vec<Arc<PeriodRow>> {
        let starts = self.unit.periods(self.first, self.last).into_iter();
        let period = |start| PeriodRow {
            start,
            totals: self.periods.get(&start).copied().unwrap_or_default(),
        };
        starts.map(|start| Arc::new(period(start))).collect()
    }
}

impl ChangeRow {
    fn grown(&self, number: impl Fn(&Counts) -> i64) -> Option<f64> {
        let (now, before) = (number(&self.now), number(&self.before));
        ratio(now - before, before)
    }

    fn moved(&self, number: impl Fn(&Counts) -> i64) -> Option<f64> {
        let rate = |counts: &Counts| counts.rate(number(counts));
        Some(rate(&self.now)? - rate(&self.before)?)
    }
}
