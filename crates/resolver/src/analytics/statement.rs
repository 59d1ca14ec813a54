//! The SQL. Like all statements these leave the tenant to the policies.

use chrono::NaiveDate;
use sea_orm::{DbBackend, Statement, Value};

use super::{
    counts::COLUMNS,
    group::{AnalyticsGroupBy, GroupArguments},
    span::{DEFAULT_DAYS, Stretch, Unit},
};
use crate::loader::RawKey;

/// Whose mail is counted: a table of days, and the column with the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Subject {
    /// A campaign.
    Campaign,
    /// An account; all of a tenant together have sent all of its mail.
    EmailAccount,
    /// A step of a campaign.
    Step,
    /// A lead.
    Lead,
    /// A domain that sends from an address.
    Warmup,
}

impl Subject {
    fn table(self) -> (&'static str, &'static str) {
        match self {
            Self::Campaign => ("campaign_analytics", "campaign_id"),
            Self::EmailAccount => ("mailbox_analytics", "email_account_id"),
            Self::Step => ("sequence_step_analytics", "step_id"),
            Self::Lead => ("lead_analytics", "lead_id"),
            Self::Warmup => ("warmup_analytics", "domain_ip_assignment_id"),
        }
    }
}

/// What of [`Analytics`](super::Analytics) is selected beside the totals.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Shown {
    pub(super) series: bool,
    pub(super) previous: bool,
}

/// The columns of an answer beside the counts.
pub(super) const KEY: &str = "key";
pub(super) const FIRST: &str = "first";
pub(super) const LAST: &str = "last";
pub(super) const IS_ASKED: &str = "is_asked";
pub(super) const PERIOD: &str = "period";
pub(super) const COUNTED_UNTIL: &str = "counted_until";
pub(super) const IS_COMPLETE: &str = "is_complete";
pub(super) const TIME_ZONE: &str = "time_zone";

/// The days, beside what says how far the numbers go. Behind it one row at least follows, so that this is always answered.
fn asked() -> String {
    format!(
        "WITH zone AS (SELECT coalesce((SELECT time_zone FROM rollups), 'UTC') AS {TIME_ZONE}),
        today AS (SELECT (now() AT TIME ZONE {TIME_ZONE})::date AS day FROM zone),
        asked AS (SELECT coalesce($1::date, coalesce($2::date, day) - {before}) AS {FIRST},
            coalesce($2::date, day) AS {LAST} FROM today)",
        before = DEFAULT_DAYS - 1
    )
}

const FRESHNESS: &str =
    "first, last, counted_until, coalesce(is_complete, false) AS is_complete, zone.time_zone
    FROM asked CROSS JOIN zone LEFT JOIN rollups ON true";

/// A sum of 64 bits is numeric in PostgreSQL.
fn sums() -> String {
    let sum = |column: &str| format!("sum({column})::bigint AS {column}");
    COLUMNS.map(sum).join(", ")
}

fn days(stretch: Stretch) -> [Value; 2] {
    [stretch.first.into(), stretch.last.into()]
}

/// The counts of each key by period, those of the days before apart; without keys, those of all together.
pub(super) fn counted(
    subject: Subject,
    keys: Option<&[RawKey]>,
    (stretch, unit): (Stretch, Unit),
    shown: Shown,
) -> Statement {
    let (table, column) = subject.table();
    let (key, only) = match keys {
        Some(_) => (column, format!("{column} = ANY($3::uuid[]) AND")),
        None => ("NULL::uuid", String::new()),
    };
    let period = match shown.series {
        true => format!(
            "CASE WHEN day >= first THEN date_trunc('{}', day::timestamp)::date END",
            unit.sql()
        ),
        false => "NULL::date".to_owned(),
    };
    let before = match shown.previous {
        true => "(last - first + 1)",
        false => "0",
    };
    let sql = format!(
        "{asked}, counted AS (
            SELECT {key} AS {KEY}, day >= first AS {IS_ASKED}, {period} AS {PERIOD}, {sums}
            FROM {table} CROSS JOIN asked
            WHERE {only} day BETWEEN first - {before} AND last
            GROUP BY 1, 2, 3
        )
        SELECT counted.*, {FRESHNESS} LEFT JOIN counted ON true",
        asked = asked(),
        sums = sums(),
    );
    let values = days(stretch).into_iter();
    let values = values.chain(keys.map(RawKey::any_value));
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// The first so many keys that at least so much was sent of, by what they are compared by, the largest first.
pub(super) fn ranked(
    subject: Subject,
    stretch: Stretch,
    compared: &str,
    (first, at_least_sent): (i64, i64),
) -> Statement {
    let (table, key) = subject.table();
    let sql = format!(
        "{asked}, ranked AS (
            SELECT {key} AS {KEY}, {sums}, row_number() OVER (ORDER BY {compared} DESC NULLS LAST, {key}) AS place
            FROM {table} CROSS JOIN asked
            WHERE day BETWEEN first AND last
            GROUP BY {key} HAVING sum(sent) >= $3
            ORDER BY place LIMIT $4
        )
        SELECT ranked.*, {FRESHNESS} LEFT JOIN ranked ON true ORDER BY place",
        asked = asked(),
        sums = sums(),
    );
    let values = days(stretch).into_iter();
    let values = values.chain([at_least_sent.into(), first.into()]);
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

/// What the rows of a group have in common: an expression, and its name in the answer.
pub(super) fn common(by: AnalyticsGroupBy) -> (&'static str, &'static str) {
    match by {
        AnalyticsGroupBy::Campaign => ("campaign_id", "of_campaign"),
        AnalyticsGroupBy::EmailAccount => ("email_account_id", "of_email_account"),
        AnalyticsGroupBy::Step => ("step_id", "of_step"),
        AnalyticsGroupBy::Day => ("day", "of_day"),
        AnalyticsGroupBy::Week => ("date_trunc('week', day::timestamp)::date", "of_week"),
        AnalyticsGroupBy::Month => ("date_trunc('month', day::timestamp)::date", "of_month"),
    }
}

/// The groups of a table's numbers on some days, of each of these keys apart, in the order of what they are grouped by.
pub(super) fn grouped(
    table: Subject,
    whose: Option<(Subject, &[RawKey])>,
    (first, last): (NaiveDate, NaiveDate),
    arguments: &GroupArguments,
) -> Statement {
    let (table, _) = table.table();
    let (key, only) = match whose {
        Some((subject, _)) => {
            let column = subject.table().1;
            (column, format!("{column} = ANY($5::uuid[]) AND"))
        }
        None => ("NULL::uuid", String::new()),
    };
    let common: Vec<_> = arguments.by.iter().map(|by| common(*by)).collect();
    let named: Vec<String> = common
        .iter()
        .map(|(of, name)| format!("{of} AS {name}"))
        .collect();
    let order: Vec<&str> = common.iter().map(|(of, _)| *of).collect();
    let sql = format!(
        "SELECT * FROM (
            SELECT {key} AS {KEY}, {named}, {sums}, row_number() OVER (PARTITION BY {key} ORDER BY {order}) AS place
            FROM {table} WHERE {only} day BETWEEN $1 AND $2
            GROUP BY {key}, {order} HAVING sum(sent) >= $3
        ) grouped WHERE place <= $4 ORDER BY {KEY}, place",
        named = named.join(", "),
        order = order.join(", "),
        sums = sums(),
    );
    let limits = [arguments.at_least_sent.into(), arguments.limit().into()];
    let values = [first.into(), last.into()].into_iter().chain(limits);
    let values = values.chain(whose.map(|(_, keys)| RawKey::any_value(keys)));
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
