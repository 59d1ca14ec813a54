//! Analytics as text, to be taken away: a page of rows at a time, in the order of time, in the tenant's context.
//!
//! A context reads one snapshot of a tier, so the pages are of one moment, however long the reading takes.

use std::str::FromStr;

use async_graphql::Enum;
use chrono::NaiveDate;
use entity::id::{
    BillingAnalyticsId, CampaignId, CampaignSequenceStepId, DomainIpAssignmentId, EmailAccountId,
    LeadId, TypedId,
};
use sea_orm::{DbBackend, DbErr, Statement, Value};
use tenant::{Row, TenantContext, Tier};
use uuid::Uuid;

use crate::loader::RawKey;

/// Rows of a page.
const PAGE: usize = 1_000;

/// What there is to take away.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
#[graphql(name = "AnalyticsFile")]
pub enum Kind {
    /// Campaigns, by day.
    Campaigns,
    /// Email accounts, by day.
    Accounts,
    /// Steps of campaigns, by day.
    Steps,
    /// Leads, by day.
    Leads,
    /// Domains that are warmed up on addresses, by day.
    Warmups,
    /// What was used in the periods that began on the days.
    Billing,
}

impl Kind {
    /// Each of them.
    pub const ALL: [Self; 6] = [
        Self::Campaigns,
        Self::Accounts,
        Self::Steps,
        Self::Leads,
        Self::Warmups,
        Self::Billing,
    ];

    /// As paths and records call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Campaigns => "campaigns",
            Self::Accounts => "accounts",
            Self::Steps => "steps",
            Self::Leads => "leads",
            Self::Warmups => "warmups",
            Self::Billing => "billing",
        }
    }

    /// The table of the analytics tier, its column with the key, and what else it has, by what a reader calls it.
    fn shape(self) -> Shape {
        let (table, key, own) = match self {
            Self::Campaigns => (
                "campaign_analytics",
                "campaign_id",
                &[("status", "status"), ("completed_leads", "completed_leads")][..],
            ),
            Self::Accounts => (
                "mailbox_analytics",
                "email_account_id",
                &[
                    ("warmup_status", "warmup_status"),
                    ("health_score", "health_score"),
                    ("current_volume", "current_volume"),
                ][..],
            ),
            Self::Steps => ("sequence_step_analytics", "step_id", &[][..]),
            Self::Leads => ("lead_analytics", "lead_id", &[][..]),
            Self::Warmups => (
                "warmup_analytics",
                "domain_ip_assignment_id",
                &[
                    ("health_score", "health_score"),
                    ("progress_percentage", "progress_percentage"),
                ][..],
            ),
            Self::Billing => return BILLING,
        };
        Shape {
            table,
            time: "day",
            time_type: "date",
            shown_time: "day::text",
            key,
            own,
            counts: &COUNTS,
        }
    }

    /// What the keys are called where people see them: a statement of the transactional tier.
    fn names(self) -> Option<(&'static str, &'static str)> {
        Some(match self {
            Self::Campaigns => (
                "campaign",
                "SELECT id, name FROM campaigns WHERE id = ANY($1)",
            ),
            Self::Accounts => (
                "email_account",
                "SELECT id, email AS name FROM email_accounts WHERE id = ANY($1)",
            ),
            Self::Steps => (
                "step",
                "SELECT s.id, c.name || ' ' || s.step_order AS name FROM campaign_sequence_steps s \
                 JOIN campaigns c ON c.id = s.campaign_id WHERE s.id = ANY($1)",
            ),
            Self::Leads => (
                "lead",
                "SELECT id, email AS name FROM leads WHERE id = ANY($1)",
            ),
            Self::Warmups => (
                "domain",
                "SELECT a.id, d.domain AS name FROM domain_ip_assignments a \
                 JOIN domains d ON d.id = a.domain_id WHERE a.id = ANY($1)",
            ),
            Self::Billing => return None,
        })
    }

    /// The id as the API gives it.
    fn id(self, key: Uuid) -> String {
        match self {
            Self::Campaigns => CampaignId::from_raw(key).to_string(),
            Self::Accounts => EmailAccountId::from_raw(key).to_string(),
            Self::Steps => CampaignSequenceStepId::from_raw(key).to_string(),
            Self::Leads => LeadId::from_raw(key).to_string(),
            Self::Warmups => DomainIpAssignmentId::from_raw(key).to_string(),
            Self::Billing => BillingAnalyticsId::from_raw(key).to_string(),
        }
    }

    /// The names of the columns.
    #[must_use]
    pub fn header(self) -> Vec<&'static str> {
        let shape = self.shape();
        let named = self.names().map(|(column, _)| column);
        let cells = shape.cells().map(|(shown, _)| shown);
        let key = match shape.key {
            "id" => "billing_analytics_id",
            key => key,
        };
        let time = [shape.time, key];
        time.into_iter().chain(named).chain(cells).collect()
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or(())
    }
}

type Cells = &'static [(&'static str, &'static str)];

/// How a table is read.
struct Shape {
    table: &'static str,
    time: &'static str,
    time_type: &'static str,
    shown_time: &'static str,
    key: &'static str,
    own: Cells,
    counts: Cells,
}

impl Shape {
    /// What is shown beside time, key and name.
    fn cells(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
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

/// Rows that are taken away, and how far they were read.
#[derive(Clone, Debug)]
pub struct Export {
    kind: Kind,
    first: NaiveDate,
    last: NaiveDate,
    /// The last row's time and key; none before the first page.
    after: Option<(String, Uuid)>,
    ended: bool,
}

/// A row: a cell for each of [`Kind::header`].
pub type Line = Vec<String>;

impl Export {
    /// What there is of the days from `first` to `last`, which are both in it.
    #[must_use]
    pub fn new(kind: Kind, first: NaiveDate, last: NaiveDate) -> Self {
        Self {
            kind,
            first,
            last,
            after: None,
            ended: false,
        }
    }

    /// What it is of.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The days.
    #[must_use]
    pub fn days(&self) -> (NaiveDate, NaiveDate) {
        (self.first, self.last)
    }

    /// The next rows; none at the end.
    ///
    /// # Errors
    /// As of any statement.
    pub async fn page(&mut self, context: &TenantContext) -> Result<Vec<Line>, DbErr> {
        if self.ended {
            return Ok(Vec::new());
        }
        let rows = context
            .on(Tier::Analytics)
            .rows_raw(&self.statement())
            .await?;
        self.ended = rows.len() < PAGE;
        let read: Result<Vec<Read>, DbErr> = rows.iter().map(Read::of).collect();
        let read = read?;
        if let Some(last) = read.last() {
            self.after = Some((last.time.clone(), last.key));
        }
        self.named(context, read).await
    }

    /// Read from where the last page ended: the index has the rows of a tenant in this order.
    fn statement(&self) -> Statement {
        let Shape {
            table,
            time,
            time_type,
            shown_time,
            key,
            ..
        } = self.kind.shape();
        let shape = self.kind.shape();
        let cells: Vec<String> = shape
            .cells()
            .map(|(_, column)| format!("coalesce(({column})::text, '')"))
            .collect();
        let mut values: Vec<Value> = vec![self.first.into(), self.last.into()];
        let mut beyond = String::new();
        if let Some((at, after)) = &self.after {
            beyond = format!("AND ({time}, {key}) > ($3::text::{time_type}, $4::uuid)");
            values.extend([at.clone().into(), (*after).into()]);
        }
        let sql = format!(
            "SELECT {shown_time} AS shown, {key} AS key, ARRAY[{cells}] AS cells FROM {table} \
             WHERE {time} >= $1::date AND {time} < $2::date + 1 {beyond} ORDER BY {time}, {key} LIMIT {PAGE}",
            cells = cells.join(", ")
        );
        Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
    }

    async fn named(&self, context: &TenantContext, read: Vec<Read>) -> Result<Vec<Line>, DbErr> {
        let kind = self.kind;
        let Some((_, names)) = kind.names().filter(|_| !read.is_empty()) else {
            return Ok(read.into_iter().map(|row| row.line(kind, None)).collect());
        };
        let mut keys: Vec<RawKey> = read.iter().map(|row| RawKey::Uuid(row.key)).collect();
        keys.sort_unstable();
        keys.dedup();
        let values = [RawKey::any_value(&keys)];
        let names = Statement::from_sql_and_values(DbBackend::Postgres, names, values);
        let mut known = std::collections::HashMap::new();
        for row in context.rows_raw(&names).await? {
            known.insert(row.named::<Uuid>("id")?, row.named::<String>("name")?);
        }
        let line = |row: Read| {
            let name = known.get(&row.key).cloned().unwrap_or_default();
            row.line(kind, Some(name))
        };
        Ok(read.into_iter().map(line).collect())
    }
}

/// A row as it is read.
struct Read {
    time: String,
    key: Uuid,
    cells: Vec<String>,
}

impl Read {
    fn of(row: &Row) -> Result<Self, DbErr> {
        Ok(Self {
            time: row.named("shown")?,
            key: row.named("key")?,
            cells: row.named("cells")?,
        })
    }

    /// The name is empty where what it is of is gone, and is none where nothing has a name.
    fn line(self, kind: Kind, name: Option<String>) -> Line {
        let id = kind.id(self.key);
        let mut line = vec![self.time, id];
        line.extend(name);
        line.extend(self.cells);
        line
    }
}
