//! How the tables are read: columns, by what a reader calls them.

use super::Kind;

/// What is shown, and the column that has it.
type Cells = &'static [(&'static str, &'static str)];

/// How a table is read.
pub(super) struct Shape {
    pub(super) table: &'static str,
    pub(super) time: &'static str,
    pub(super) time_type: &'static str,
    pub(super) shown_time: &'static str,
    /// From when on to before when, of the days `$1` to `$2`.
    pub(super) span: (&'static str, &'static str),
    pub(super) key: &'static str,
    pub(super) own: Cells,
    pub(super) counts: Cells,
}

impl Shape {
    /// Of a kind: its table of the analytics tier, the column with the key, and what else it has.
    pub(super) fn of(kind: Kind) -> Self {
        let (table, key, own) = match kind {
            Kind::Campaigns => (
                "campaign_analytics",
                "campaign_id",
                &[("status", "status"), ("completed_leads", "completed_leads")][..],
            ),
            Kind::Accounts => (
                "mailbox_analytics",
                "email_account_id",
                &[
                    ("warmup_status", "warmup_status"),
                    ("health_score", "health_score"),
                    ("current_volume", "current_volume"),
                ][..],
            ),
            Kind::Steps => ("sequence_step_analytics", "step_id", &[][..]),
            Kind::Leads => ("lead_analytics", "lead_id", &[][..]),
            Kind::Warmups => (
                "warmup_analytics",
                "domain_ip_assignment_id",
                &[
                    ("health_score", "health_score"),
                    ("progress_percentage", "progress_percentage"),
                ][..],
            ),
            Kind::Billing => return BILLING,
        };
        Self {
            table,
            time: "day",
            time_type: "date",
            shown_time: "day::text",
            span: ("$1::date", "$2::date + 1"),
            key,
            own,
            counts: &COUNTS,
        }
    }

    /// What is shown beside time, key and name.
    pub(super) fn cells(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.own.iter().chain(self.counts).copied()
    }
}

const COUNTS: [(&str, &str); 8] = [
    ("sent", "sent"),
    ("delivered", "delivered"),
    ("opened", "opened_tracked"),
    ("clicked", "clicked_tracked"),
    ("replied", "replied"),
    ("bounced", "bounced"),
    ("unsubscribed", "unsubscribed"),
    ("spam_complaints", "spam_complaints"),
];

/// A moment as it is shown, whatever the connection's time zone is: RFC 3339, to the microsecond.
macro_rules! utc {
    ($column:literal) => {
        concat!(
            "to_char(",
            $column,
            " AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US\"Z\"')"
        )
    };
}

/// When a day begins where the tenant is.
macro_rules! midnight {
    ($day:literal) => {
        concat!(
            "(",
            $day,
            ")::timestamp AT TIME ZONE coalesce((SELECT time_zone FROM rollups), 'UTC')"
        )
    };
}

const BILLING: Shape = Shape {
    table: "billing_analytics",
    time: "period_start",
    time_type: "timestamptz",
    shown_time: utc!("period_start"),
    span: (midnight!("$1::date"), midnight!("$2::date + 1")),
    key: "id",
    own: &[("period_end", utc!("period_end"))],
    counts: &[
        ("emails_sent", "emails_sent"),
        ("mailboxes_used", "mailboxes_used"),
        ("domains_used", "domains_used"),
        ("campaigns_used", "campaigns_used"),
        ("leads_used", "leads_used"),
        ("warmups_active", "warmups_active"),
    ],
};
