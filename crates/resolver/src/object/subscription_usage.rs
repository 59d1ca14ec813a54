//! What a tenant uses of what its subscription allows.

use std::{collections::HashMap, sync::Arc};

use analytics::{Period, emails_sent};
use async_graphql::{Context, Result};
use billing::granted;
use entity::id::{SubscriptionId, TypedId};
use futures::future::try_join;
use sea_orm::{ConnectionTrait, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{Row, TenantContext, Tier};

use crate::{
    error,
    loader::inside,
    scalar::BigInt,
    session::Session,
    table::Scope,
    write::{Limit, raised, used},
};

/// What a [`SubscriptionUsage`] is made of.
pub struct UsageRow {
    /// Of each of [`Limit::ALL`].
    counted: [Arc<LimitUsageRow>; 6],
    emails: EmailPeriod,
    storage_gb: Option<i64>,
}

/// A period, and how many emails may be sent in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmailPeriod {
    period: Period,
    limit: Option<i64>,
}

rows::object! {
    /// What the tenant uses of what a subscription allows, add-ons included. What is counted is the tenant's, whichever
    /// subscription it has it by.
    pub object SubscriptionUsage(UsageRow) {
        /// Live members and open invitations.
        users: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[0]))) -> inside(),
        /// Domains.
        domains: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[1]))) -> inside(),
        /// Campaigns made since the month began (UTC), as far as they are still there.
        campaigns_this_month: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[2]))) -> inside(),
        /// Email accounts.
        email_accounts: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[3]))) -> inside(),
        /// Leads.
        contacts: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[4]))) -> inside(),
        /// Warm-ups that are going on: addresses that a domain is being warmed up from.
        warmups: LimitUsage = |row| Some(Some(Arc::clone(&row.counted[5]))) -> inside(),
        /// Emails sent in the subscription's period, up to this moment: those that are counted, and those that are newer.
        #[cost = crate::price::NUMBERS]
        emails_sent: LimitUsage = |row| Some(row.emails.clone()) -> EmailsSent,
        /// What mail takes: texts as they are kept, and attached files.
        #[cost = crate::price::NUMBERS]
        storage: StorageUsage = |row| Some(row.storage_gb) -> Stored,
    }
}

/// What a [`StorageUsage`] is made of.
pub struct StorageRow {
    used_bytes: i64,
    limit_bytes: Option<i64>,
}

rows::object! {
    /// How much room is used of what is allowed. Mail that comes is kept beyond it, too.
    pub object StorageUsage(StorageRow) {
        /// Bytes that are used.
        used_bytes: BigInt,
        /// Bytes that are allowed, of which a gigabyte of the plan's has 10^9; null is as many as one likes. 0 if the subscription has ended or is not paid: what is there stays.
        limit_bytes: Option<BigInt>,
    }
}

/// What a [`LimitUsage`] is made of.
pub struct LimitUsageRow {
    used: i64,
    limit: Option<i64>,
}

rows::object! {
    /// How much is used of what is allowed.
    pub object LimitUsage(LimitUsageRow) {
        /// How many are used.
        used: i64,
        /// How many are allowed; null is as many as one likes. 0 if the subscription has ended or is not paid: what is there stays.
        limit: Option<i64>,
    }
}

/// The usage of subscriptions: two statements, however many.
pub(super) struct Usage;

impl rows::Load<SubscriptionId> for Usage {
    type Value = Option<Arc<UsageRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        ids: Vec<SubscriptionId>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let context = session.context();
        let usage = usage(context, &ids).await;
        let usage = usage.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(ids.iter().map(|id| usage.get(id).cloned()).collect())
    }
}

async fn usage(
    context: &TenantContext,
    ids: &[SubscriptionId],
) -> std::result::Result<HashMap<SubscriptionId, Arc<UsageRow>>, DbErr> {
    let limits = Limit::ALL.map(|limit| granted(&limit.allowed())).join(", ");
    let emails = granted(&raised("max_emails_per_month"));
    let storage = granted(&raised("max_storage_gb"));
    let sql = format!(
        "SELECT s.id, s.current_period_start, s.current_period_end, {emails}, {storage}, {limits} \
         FROM subscriptions s JOIN plans p ON p.id = s.plan_id WHERE s.id = ANY ($1)"
    );
    let ids = ids.iter().map(|id| id.into_value()).collect();
    let ids = Value::Array(ArrayType::Uuid, Some(Box::new(ids)));
    let statement = Statement::from_sql_and_values(context.get_database_backend(), sql, [ids]);
    // Together, so that neither waits for the other.
    let (rows, used) = try_join(context.rows_raw(&statement), used(context)).await?;
    rows.iter().map(|row| of_row(row, used)).collect()
}

fn of_row(
    row: &Row,
    used: [i64; 6],
) -> std::result::Result<(SubscriptionId, Arc<UsageRow>), DbErr> {
    let mut counted = Vec::with_capacity(used.len());
    for (place, used) in used.into_iter().enumerate() {
        let limit = row.at(5 + place)?;
        counted.push(Arc::new(LimitUsageRow { used, limit }));
    }
    let counted = <[_; 6]>::try_from(counted);
    let id = row.at(0)?;
    let usage = UsageRow {
        counted: counted.map_err(|_| DbErr::Custom("as many limits as counts".to_owned()))?,
        emails: EmailPeriod {
            period: Period {
                start: row.at(1)?,
                end: row.at(2)?,
            },
            limit: row.at(3)?,
        },
        storage_gb: row.at(4)?,
    };
    Ok((id, Arc::new(usage)))
}

/// How many emails were sent in periods: one statement of each of two tiers.
struct EmailsSent;

impl rows::Load<EmailPeriod> for EmailsSent {
    type Value = Option<Arc<LimitUsageRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        emails: Vec<EmailPeriod>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let context = Session::of(ctx).context();
        let periods = emails.iter().map(|emails| emails.period.clone()).collect();
        let sent = emails_sent(context, periods).await;
        let sent = sent.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let usage = |(emails, used): (&EmailPeriod, i64)| {
            let limit = emails.limit;
            Some(Arc::new(LimitUsageRow { used, limit }))
        };
        Ok(emails.iter().zip(sent).map(usage).collect())
    }
}

/// How many bytes the tenant's mail takes: one statement, however many subscriptions there are.
struct Stored;

const STORED: &str = "SELECT (SELECT coalesce(sum(compressed_size_bytes), 0) FROM email_content)::bigint \
    + (SELECT coalesce(sum(size_bytes), 0) FROM attachments)::bigint";

/// As disks are sold, and as plans are.
const GIGABYTE: i64 = 1_000_000_000;

impl rows::Load<Option<i64>> for Stored {
    type Value = Option<Arc<StorageRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        limits: Vec<Option<i64>>,
        (): (),
    ) -> Result<Vec<Self::Value>> {
        let context = Session::of(ctx).context();
        let used_bytes = stored(context).await;
        let used_bytes = used_bytes.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        let usage = |limit: Option<i64>| {
            let limit_bytes = limit.map(|gigabytes| gigabytes.saturating_mul(GIGABYTE));
            Some(Arc::new(StorageRow {
                used_bytes,
                limit_bytes,
            }))
        };
        Ok(limits.into_iter().map(usage).collect())
    }
}

async fn stored(context: &TenantContext) -> std::result::Result<i64, DbErr> {
    let statement = Statement::from_string(context.get_database_backend(), STORED);
    let row = context.on(Tier::Content).row_raw(&statement).await?;
    row.map_or(Ok(0), |row| row.at(0))
}
