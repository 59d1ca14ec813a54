//! What there is to take away, and what its rows and columns are called.

use std::str::FromStr;

use async_graphql::Enum;
use entity::id::{
    BillingAnalyticsId, CampaignId, CampaignSequenceStepId, DomainIpAssignmentId, EmailAccountId,
    LeadId, TypedId,
};
use uuid::Uuid;

use super::shape::Shape;

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

    /// What the keys are called where people see them: a statement of the transactional tier.
    pub(super) fn names(self) -> Option<(&'static str, &'static str)> {
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
    pub(super) fn id(self, key: Uuid) -> String {
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
        let shape = Shape::of(self);
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
