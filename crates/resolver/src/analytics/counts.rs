//! The numbers, and their rates.

use std::ops::AddAssign;

use sea_orm::DbErr;
use tenant::Row;

/// How many messages something happened to, on the days that are asked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    pub(super) sent: i64,
    pub(super) delivered: i64,
    pub(super) opened: i64,
    pub(super) clicked: i64,
    pub(super) replied: i64,
    pub(super) bounced: i64,
    pub(super) unsubscribed: i64,
    pub(super) spam_complaints: i64,
}

/// The columns, which every table of days has.
pub(super) const COLUMNS: [&str; 8] = [
    "sent",
    "delivered",
    "opened_tracked",
    "clicked_tracked",
    "replied",
    "bounced",
    "unsubscribed",
    "spam_complaints",
];

impl Counts {
    /// From an answer that has the columns.
    pub(super) fn read(row: &Row) -> Result<Self, DbErr> {
        let [
            sent,
            delivered,
            opened,
            clicked,
            replied,
            bounced,
            unsubscribed,
            spam,
        ] = COLUMNS;
        Ok(Self {
            sent: row.named(sent)?,
            delivered: row.named(delivered)?,
            opened: row.named(opened)?,
            clicked: row.named(clicked)?,
            replied: row.named(replied)?,
            bounced: row.named(bounced)?,
            unsubscribed: row.named(unsubscribed)?,
            spam_complaints: row.named(spam)?,
        })
    }

    /// A number by what was sent.
    pub(super) fn rate(&self, number: i64) -> Option<f64> {
        ratio(number, self.sent)
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.sent += other.sent;
        self.delivered += other.delivered;
        self.opened += other.opened;
        self.clicked += other.clicked;
        self.replied += other.replied;
        self.bounced += other.bounced;
        self.unsubscribed += other.unsubscribed;
        self.spam_complaints += other.spam_complaints;
    }
}

/// A part of a whole; none of nothing.
pub(super) fn ratio(part: i64, whole: i64) -> Option<f64> {
    (whole != 0).then(|| part as f64 / whole as f64)
}
