//! The limits of the tenant's plan.

use async_graphql::Result;
use entity::columns::FromSqlOwned;
use futures::future::try_join;
use sea_orm::{ConnectionTrait, DbErr, Statement};
use tenant::{Row, TenantContext};

use super::Writer;
use crate::error::{self, ClientError, Code};

/// What a plan limits, as far as rows are counted where they are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Limit {
    /// Live members and open invitations.
    Users,
    /// Domains.
    Domains,
    /// Campaigns made since the month began (UTC), as far as they are still there.
    CampaignsPerMonth,
    /// Email accounts.
    EmailAccounts,
    /// Leads.
    Contacts,
}

impl Limit {
    /// The column of `plans`, the limit's name in the error, and the count of what there is.
    fn parts(self) -> (&'static str, &'static str, &'static str) {
        match self {
            Self::Users => (
                "max_users",
                "maxUsers",
                "SELECT (SELECT count(*) FROM tenant_users WHERE deleted IS NULL) \
                 + (SELECT count(*) FROM invitations WHERE accepted IS NULL AND revoked IS NULL AND expires > now()) AS used",
            ),
            Self::Domains => (
                "max_domains",
                "maxDomains",
                "SELECT count(*) AS used FROM domains",
            ),
            Self::CampaignsPerMonth => (
                "max_campaigns_per_month",
                "maxCampaignsPerMonth",
                "SELECT count(*) AS used FROM campaigns \
                 WHERE created >= date_trunc('month', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC'",
            ),
            Self::EmailAccounts => (
                "max_email_accounts",
                "maxEmailAccounts",
                "SELECT count(*) AS used FROM email_accounts",
            ),
            Self::Contacts => (
                "max_contacts",
                "maxContacts",
                "SELECT count(*) AS used FROM leads",
            ),
        }
    }
}

/// A tenant's plan and one of its limits; `None` without a plan or without that limit.
struct Allowed {
    plan: String,
    most: i64,
}

impl Writer<'_> {
    /// Makes sure that `new` more rows may be made. To be called before they are; or after, with 0.
    ///
    /// Race-free: whoever makes rows under the same limit waits here until this transaction ends,
    /// and then counts what it left. Plans without the limit cost one statement and no waiting.
    ///
    /// A tenant that never had a subscription has no limits: the platform's own, and those of
    /// installations that do not bill. One whose subscription has ended keeps its limits.
    ///
    /// # Errors
    /// `PLAN_LIMIT_EXCEEDED` with `limit`, `plan`, `allowed` and `used`.
    pub(crate) async fn claim(&self, limit: Limit, new: i64) -> Result<()> {
        let (column, name, count) = limit.parts();
        let Some(allowed) = self.allowed(column).await? else {
            return Ok(());
        };
        self.lock(column).await?;
        let used = self.count(count).await?;
        if used + new <= allowed.most {
            return Ok(());
        }
        let message = format!(
            "the plan {} allows {} ({name}), and {used} are used; delete some or change the plan",
            allowed.plan, allowed.most
        );
        Err(ClientError::new(Code::PlanLimitExceeded, message)
            .with("limit", name)
            .with("plan", allowed.plan)
            .with("allowed", allowed.most)
            .with("used", used)
            .into())
    }

    async fn allowed(&self, column: &'static str) -> Result<Option<Allowed>> {
        let rows = self.query(&of_plan(column), []).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let most: Option<i64> = read(row, "most")?;
        let plan = read(row, "name")?;
        Ok(most.map(|most| Allowed { plan, most }))
    }

    async fn count(&self, sql: &str) -> Result<i64> {
        let rows = self.query(sql, []).await?;
        rows.first().map_or(Ok(0), |row| read(row, "used"))
    }
}

/// What a tenant's plan and policy say of its requests, before any of them is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RequestRules {
    /// How many requests a minute the plan allows; `None` without a plan or without that limit. Below zero is none, too.
    pub a_minute: Option<u32>,
    /// How often a member may be refused before all requests are for a while; `None` if the policy is not set.
    pub refusals: Option<u32>,
}

impl RequestRules {
    /// Those of the context's tenant.
    ///
    /// # Errors
    /// As for any statement; the context's refusal says why it could not be asked.
    pub async fn of(context: &TenantContext) -> std::result::Result<Self, DbErr> {
        let (plan, policy) = (of_plan("api_rate_limit"), POLICY.to_owned());
        let (a_minute, refusals) = try_join(most(context, plan), most(context, policy)).await?;
        Ok(Self { a_minute, refusals })
    }
}

const POLICY: &str = "SELECT max_login_attempts::bigint AS most FROM tenant_policies";

/// The number that a statement finds, if it finds one.
async fn most(context: &TenantContext, sql: String) -> std::result::Result<Option<u32>, DbErr> {
    let statement = Statement::from_string(context.get_database_backend(), sql);
    let Some(row) = context.row_raw(&statement).await? else {
        return Ok(None);
    };
    let most: Option<i64> = row.named("most")?;
    Ok(most.map(|most| u32::try_from(most.max(0)).unwrap_or(u32::MAX)))
}

/// The name of the tenant's plan and one of its columns.
fn of_plan(column: &str) -> String {
    format!(
        "SELECT p.name, p.{column}::bigint AS most FROM subscriptions s JOIN plans p ON p.id = s.plan_id \
         ORDER BY s.status IN ('active', 'past_due') DESC, s.current_period_end DESC, s.id DESC LIMIT 1"
    )
}

fn read<V: FromSqlOwned>(row: &Row, column: &str) -> Result<V> {
    row.named(column).map_err(|cause| error::internal(&cause))
}
