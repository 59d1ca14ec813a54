//! The limits of the tenant's plan.

use std::sync::Arc;

use async_graphql::Result;
use billing::{GRANTS, counting, granted};
use entity::{
    columns::FromSqlOwned,
    id::{SubscriptionId, TypedId},
    oltp::plan,
};
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
    /// Addresses that domains are being warmed up from.
    Warmups,
}

impl Limit {
    /// All of them.
    pub(crate) const ALL: [Self; 6] = [
        Self::Users,
        Self::Domains,
        Self::CampaignsPerMonth,
        Self::EmailAccounts,
        Self::Contacts,
        Self::Warmups,
    ];

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
            Self::Warmups => (
                "max_warmups",
                "maxWarmups",
                "SELECT count(*) AS used FROM domain_ip_assignments \
                 WHERE status IN ('active', 'warming') AND warmup_state = 'warming'",
            ),
        }
    }

    /// What of it a plan `p` has with the add-ons of a subscription `s`, whatever that grants.
    pub(crate) fn allowed(self) -> String {
        raised(self.parts().0)
    }
}

/// A limit of a plan `p`, in 64 bits, with what is bought on top of a subscription `s`: of the add-on `extra_…`, which is
/// called as the column is without `max_` and `_per_month`, each adds one. It holds for those, too, who do not see what was
/// bought.
pub(crate) fn raised(column: &str) -> String {
    let addon = column.trim_start_matches("max_");
    let addon = addon.trim_end_matches("_per_month");
    format!("(p.{column}::bigint + bought_on_top(s.id, 'extra_{addon}'))")
}

/// How much the tenant uses of each of [`Limit::ALL`], in one statement.
pub(crate) async fn used(context: &TenantContext) -> std::result::Result<[i64; 6], DbErr> {
    let counts = Limit::ALL.map(|limit| format!("({})", limit.parts().2));
    let sql = format!("SELECT {}", counts.join(", "));
    let statement = Statement::from_string(context.get_database_backend(), sql);
    let row = context.row_raw(&statement).await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("the counts".to_owned()))?;
    let mut used = [0; 6];
    for (place, count) in used.iter_mut().enumerate() {
        *count = row.at(place)?;
    }
    Ok(used)
}

/// A tenant's plan and one of its limits; `None` without a plan or without that limit.
struct Allowed {
    plan: String,
    most: i64,
    is_granted: bool,
}

impl Writer<'_> {
    /// Makes sure that `new` more rows may be made. To be called before they are; or after, with 0.
    ///
    /// Race-free: whoever makes rows under the same limit waits here until this transaction ends,
    /// and then counts what it left. Plans without the limit cost one statement and no waiting.
    ///
    /// A tenant that never had a subscription has no limits: the platform's own, and those of
    /// installations that do not bill. One whose subscription grants nothing any more makes nothing new, see
    /// [`billing::GRANTS`].
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
        let Allowed { plan, most, .. } = &allowed;
        let message = if allowed.is_granted {
            format!(
                "the plan {plan} allows {most} ({name}), and {used} are used; delete some, buy more on top or change the plan"
            )
        } else {
            format!(
                "the subscription to the plan {plan} has ended or is not paid: what there is stays, and nothing is made ({name}); subscribe again or pay"
            )
        };
        Err(exceeded(message, name, allowed.plan, allowed.most, used).into())
    }

    /// Makes sure that what the tenant uses fits a plan, with what is bought on top of the subscription.
    ///
    /// # Errors
    /// `PLAN_LIMIT_EXCEEDED` with the first limit that is passed; the message names all.
    pub(crate) async fn fits(
        &self,
        subscription: SubscriptionId,
        plan: &plan::Model,
    ) -> Result<()> {
        let limits = Limit::ALL.map(Limit::allowed).join(", ");
        let sql =
            format!("SELECT {limits} FROM subscriptions s, plans p WHERE s.id = $1 AND p.id = $2");
        let values = [subscription.into_value(), plan.id.into_value()];
        let rows = self.query(&sql, values).await?;
        let Some(row) = rows.first() else {
            return Ok(());
        };
        let used = used(self.context()).await;
        let used = used.map_err(|cause| error::database(self.context(), &Arc::new(cause)))?;
        let mut over = Vec::new();
        for (place, (limit, used)) in Limit::ALL.into_iter().zip(used).enumerate() {
            let most: Option<i64> = row.at(place).map_err(|cause| error::internal(&cause))?;
            over.extend(
                most.filter(|most| used > *most)
                    .map(|most| (limit.parts().1, most, used)),
            );
        }
        let Some(&(name, most, count)) = over.first() else {
            return Ok(());
        };
        let told = over
            .iter()
            .map(|(name, most, used)| format!("{used} of {most} ({name})"));
        let message = format!(
            "the plan {} allows less than what is used: {}; delete some first",
            plan.name,
            told.collect::<Vec<_>>().join(", ")
        );
        Err(exceeded(message, name, plan.name.clone(), most, count).into())
    }

    async fn allowed(&self, column: &'static str) -> Result<Option<Allowed>> {
        let number = granted(&raised(column));
        let sql = counting(&format!("p.name, {number} AS most, {GRANTS} AS is_granted"));
        let rows = self.query(&sql, []).await?;
        let Some(row) = rows.first() else {
            return Ok(None);
        };
        let most: Option<i64> = read(row, "most")?;
        let (plan, is_granted) = (read(row, "name")?, read(row, "is_granted")?);
        Ok(most.map(|most| Allowed {
            plan,
            most,
            is_granted,
        }))
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
    /// Those of the context's tenant. A plan that is not granted any more still says how fast one may read.
    ///
    /// # Errors
    /// As for any statement; the context's refusal says why it could not be asked.
    pub async fn of(context: &TenantContext) -> std::result::Result<Self, DbErr> {
        let (plan, policy) = (
            counting("p.api_rate_limit::bigint AS most"),
            POLICY.to_owned(),
        );
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

fn exceeded(
    message: String,
    limit: &'static str,
    plan: String,
    allowed: i64,
    used: i64,
) -> ClientError {
    ClientError::new(Code::PlanLimitExceeded, message)
        .with("limit", limit)
        .with("plan", plan)
        .with("allowed", allowed)
        .with("used", used)
}

fn read<V: FromSqlOwned>(row: &Row, column: &str) -> Result<V> {
    row.named(column).map_err(|cause| error::internal(&cause))
}
