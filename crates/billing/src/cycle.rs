//! Where periods end.

use chrono::{DateTime, Datelike, Months, Utc};

/// From when to when something is paid for; the end is not part of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    /// Its first moment.
    pub start: DateTime<Utc>,
    /// The first moment that is not in it.
    pub end: DateTime<Utc>,
}

/// What the ends of periods are counted from: the one who began on the 31st pays on the last of February, and on the 31st
/// of March again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cycle {
    /// The moment all ends are counted from.
    pub anchor: DateTime<Utc>,
    /// Months of a period.
    pub months: u32,
}

impl Cycle {
    /// The cycle that a period is of. One that does not end where its start would have it was cut, or made longer, by
    /// somebody: the next begins a cycle of its own.
    #[must_use]
    pub fn of(period: Period, months: u32) -> Self {
        let from_start = Self {
            anchor: period.start,
            months,
        };
        let is_whole = from_start.end_after(period.start) == Some(period.end);
        Self {
            anchor: if is_whole { period.start } else { period.end },
            months,
        }
    }

    /// The first end behind a moment; `None` where the calendar ends, and without months.
    #[must_use]
    pub fn end_after(&self, moment: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.months == 0 {
            return None;
        }
        // An end of an earlier month than the moment's is not behind it.
        let month = |time: DateTime<Utc>| i64::from(time.year()) * 12 + i64::from(time.month0());
        let between = (month(moment) - month(self.anchor)).max(0);
        let mut count = u32::try_from(between).ok()? / self.months;
        loop {
            let months = Months::new(count.checked_mul(self.months)?);
            let end = self.anchor.checked_add_months(months)?;
            if end > moment {
                return Some(end);
            }
            count += 1;
        }
    }
}
