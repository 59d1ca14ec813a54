//! The days that are asked for, and the periods they are shown by.

use async_graphql::{
    Context, Enum, ServerResult,
    registry::{MetaField, Registry},
};
use chrono::{Datelike, Days, Months, NaiveDate, Utc};
use rows::{Argument, Arguments, ListSize, weigh};

use crate::{
    argument::{at, read},
    error::ClientError,
    price,
    scalar::Date,
};

/// Most days that one answer is about: two years.
const MAX_DAYS: i64 = 732;
/// Days of an answer where `from` is not given.
pub(super) const DEFAULT_DAYS: i64 = 30;
/// Periods of a series where `periods` is not given.
const DEFAULT_PERIODS: i32 = 31;
/// Most periods of a series.
const MAX_PERIODS: i32 = 366;

/// How long the periods of a series are.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[graphql(name = "AnalyticsUnit")]
pub enum Unit {
    /// From midnight to midnight.
    Day,
    /// From Monday to Sunday, as ISO 8601 has it.
    Week,
    /// A month of the calendar.
    Month,
}

impl Unit {
    /// As `date_trunc` calls it.
    pub(super) fn sql(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
        }
    }

    /// The first day of the period that a day is in.
    fn start(self, day: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => Some(day),
            Self::Week => {
                day.checked_sub_days(Days::new(day.weekday().num_days_from_monday().into()))
            }
            Self::Month => day.with_day(1),
        }
    }

    fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        match self {
            Self::Day => start.succ_opt(),
            Self::Week => start.checked_add_days(Days::new(7)),
            Self::Month => start.checked_add_months(Months::new(1)),
        }
    }

    /// The first days of all periods that have a day from `first` to `last`.
    pub(super) fn periods(self, first: NaiveDate, last: NaiveDate) -> Vec<NaiveDate> {
        let starts = std::iter::successors(self.start(first), |start| self.next(*start));
        starts.take_while(|start| *start <= last).collect()
    }
}

/// `from`, `to`, `by`, `periods`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Span {
    pub(super) days: Stretch,
    pub(super) unit: Unit,
    most: usize,
}

/// `from`, `to`: both days are in it. What is not given depends on which day it is where the tenant is, and is worked
/// out by PostgreSQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Stretch {
    pub(super) first: Option<NaiveDate>,
    pub(super) last: Option<NaiveDate>,
}

const FROM: Argument<Option<Date>> = Argument::new(
    "from",
    "The first day, of the tenant's time zone. If not given, the answer is about 30 days.",
);
const TO: Argument<Option<Date>> = Argument::new(
    "to",
    "The last day, which is in it. Today, where the tenant is, if not given.",
);
const BY: Argument<Unit> =
    Argument::new("by", "How long the periods of `series` are.").or(|| Unit::Day);
const PERIODS: Argument<Option<i32>> = Argument::new(
    "periods",
    "How many periods `series` may have: 1 to 366. 31 if not given; of more it is an error.",
);

impl Arguments for Stretch {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        FROM.register(registry, field);
        TO.register(registry, field);
        weigh(price::NUMBERS, registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let (first, last) = (read(ctx, &FROM)?, read(ctx, &TO)?);
        let [first, last] = [first, last].map(|day| day.map(|Date(day)| day));
        let stretch = Self { first, last };
        stretch.checked().map_err(|error| at(ctx, error))
    }
}

impl Stretch {
    fn checked(self) -> Result<Self, ClientError> {
        let years = 1970..=9999;
        let given = [self.first, self.last].into_iter().flatten();
        if given.into_iter().any(|day| !years.contains(&day.year())) {
            return Err(ClientError::input(
                "give days of the years from 1970 to 9999 as `from` and `to`",
            ));
        }
        let Some(first) = self.first else {
            return Ok(self);
        };
        // Nowhere is it a later day than tomorrow by UTC.
        let last = self.last.or_else(|| Utc::now().date_naive().succ_opt());
        let days = last.map_or(0, |last| (last - first).num_days() + 1);
        if days < 1 {
            let order = "`from` must not be after `to`, which is today if not given";
            return Err(ClientError::input(order));
        }
        if days > MAX_DAYS {
            let message = format!(
                "from `from` to `to` are {days} days, and one answer is about {MAX_DAYS} at most; ask for fewer"
            );
            return Err(ClientError::input(message));
        }
        Ok(self)
    }
}

impl Arguments for Span {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        Stretch::register(registry, field);
        BY.register(registry, field);
        PERIODS.register(registry, field);
        ListSize::assumed(DEFAULT_PERIODS)
            .or_by(&["periods"])
            .of_fields(&["series"])
            .register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let days = Stretch::parse(ctx)?;
        let most = read(ctx, &PERIODS)?.unwrap_or(DEFAULT_PERIODS);
        let checked = Some(most).filter(|most| (1..=MAX_PERIODS).contains(most));
        let checked = checked.and_then(|most| usize::try_from(most).ok());
        let refused = || {
            let message = format!("`periods` must be from 1 to {MAX_PERIODS}");
            at(ctx, ClientError::input(message))
        };
        Ok(Self {
            days,
            unit: read(ctx, &BY)?,
            most: checked.ok_or_else(refused)?,
        })
    }
}

impl Span {
    /// Refuses a series of more periods than may be.
    pub(super) fn fits(self, first: NaiveDate, last: NaiveDate) -> Result<(), ClientError> {
        let number = self.unit.periods(first, last).len();
        if number <= self.most {
            return Ok(());
        }
        let most = self.most;
        let message = format!(
            "`series` would have {number} periods, and may have {most}; ask for fewer days, for longer periods as in \
             `by: MONTH`, or give `periods` (up to {MAX_PERIODS})"
        );
        Err(ClientError::input(message))
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{Stretch, Unit};

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_week_begins_on_monday_and_no_period_is_left_out() {
        let (first, last) = (day("2026-01-28"), day("2026-03-02"));
        assert_eq!(Unit::Day.periods(first, last).len(), 34);
        let weeks = ["01-26", "02-02", "02-09", "02-16", "02-23", "03-02"];
        assert_eq!(
            Unit::Week.periods(first, last),
            weeks.map(|week| day(&format!("2026-{week}")))
        );
        let months = ["2026-01-01", "2026-02-01", "2026-03-01"].map(day);
        assert_eq!(Unit::Month.periods(first, last), months);
    }

    #[test]
    fn a_stretch_has_an_order_and_an_end() {
        let stretch = |first: &str, last: &str| {
            Stretch {
                first: Some(day(first)),
                last: Some(day(last)),
            }
            .checked()
        };
        assert!(stretch("2026-01-01", "2026-01-01").is_ok());
        assert!(stretch("2025-01-01", "2027-01-02").is_ok());
        assert!(stretch("2025-01-01", "2027-01-03").is_err());
        assert!(stretch("2026-01-02", "2026-01-01").is_err());
        assert!(stretch("1969-12-31", "1970-01-01").is_err());
    }
}
