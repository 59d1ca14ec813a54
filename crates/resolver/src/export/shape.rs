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

const BILLING: Shape = Shape {
    table: "billing_analytics",
    time: "period_start",
    time_type: "timestamptz",
    shown_time: "to_json(period_start) #>> '{}'",
    key: "id",
    own: &[("period_end", "to_json(period_end) #>> '{}'")],
    counts: &[
        ("emails_sent", "emails_sent"),
        ("mailboxes_used", "mailboxes_used"),
        ("domains_used", "domains_used"),
        ("campaigns_used", "campaigns_used"),
        ("leads_used", "leads_used"),
        ("warmups_active", "warmups_active"),
    ],
};
