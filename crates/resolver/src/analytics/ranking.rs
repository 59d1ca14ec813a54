//! Which campaigns, accounts and steps do best.

use std::sync::Arc;

use async_graphql::{
    Context, Enum, Result, ServerResult,
    registry::{MetaField, Registry},
};
use chrono::{DateTime, NaiveDate, Utc};
use entity::id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TypedId};
use rows::{Argument, Arguments, ListSize};
use sea_orm::DbErr;
use tenant::{Row, Tier};
use uuid::Uuid;

use super::{
    counts::Counts,
    object::{EmailCounts, EmailRates, Freshness},
    span::Stretch,
    statement::{FIRST as FIRST_DAY, KEY, LAST, Subject, ranked},
};
use crate::{
    argument::{at, read},
    audience::{Answers, Audience},
    connection::MAX_PAGE,
    error::{self, ClientError},
    loader::{by_id, inside},
    object::{
        campaign::Campaign, campaign_sequence_step::CampaignSequenceStep,
        email_account::EmailAccount,
    },
    scalar::{Date, GlobalId},
    session::Session,
    table::Scope,
};

/// Ranks of an answer where `first` is not given.
const DEFAULT_RANKS: i32 = 10;

/// Declares a ranking, its ranks, and what is at a rank.
macro_rules! ranking {
    (
        $(#[$ranking_doc:meta])* $ranking:ident,
        $(#[$rank_doc:meta])* $rank:ident,
        $(#[$id_doc:meta])* $id_field:ident: $id:ident,
        $(#[$doc:meta])* $field:ident: $object:ident,
    ) => {
        rows::object! {
            $(#[$ranking_doc])*
            pub object $ranking(RankingRow) {
                /// The first day.
                from: Date = |row| row.first,
                /// The last day, which is in it.
                to: Date = |row| row.last,
                /// Those that are compared, the largest first.
                ranks: Vec<$rank> = |row| Some(row.ranks.clone()) -> inside(),
                /// All that had happened by then is counted; null where nothing was counted yet.
                updated: Option<DateTime<Utc>> = |row| row.freshness.updated,
                /// Whether nothing was left to count then.
                complete: bool = |row| row.freshness.complete,
            }
        }

        rows::object! {
            $(#[$rank_doc])*
            pub object $rank(RankRow) {
                $(#[$id_doc])*
                $id_field: GlobalId = |rank| $id::from_raw(rank.key),
                $(#[$doc])*
                $field: Option<$object> = |rank| Some($id::from_raw(rank.key)) -> by_id::<$object>(),
                /// The numbers of all days.
                totals: EmailCounts = |rank| Some(Some(Arc::new(rank.totals))) -> inside(),
                /// The rates of all days.
                rates: EmailRates = |rank| Some(Some(Arc::new(rank.totals))) -> inside(),
            }
        }
    };
}

ranking! {
    /// The campaigns that stand out among those of the tenant.
    CampaignRanking,
    /// A campaign among others.
    CampaignRank,
    /// The campaign's id.
    campaign_id: CampaignId,
    /// The campaign, while there is one.
    campaign: Campaign,
}

ranking! {
    /// The email accounts that stand out among those of the tenant.
    EmailAccountRanking,
    /// An email account among others.
    EmailAccountRank,
    /// The account's id.
    email_account_id: EmailAccountId,
    /// The account, while there is one.
    email_account: EmailAccount,
}

ranking! {
    /// The steps of campaigns that stand out among those of the tenant.
    StepRanking,
    /// A step among others.
    StepRank,
    /// The step's id.
    step_id: CampaignSequenceStepId,
    /// The step, while there is one.
    step: CampaignSequenceStep,
}

/// What a ranking is made of.
pub struct RankingRow {
    first: NaiveDate,
    last: NaiveDate,
    freshness: Freshness,
    ranks: Vec<Arc<RankRow>>,
}

/// What a rank is made of.
pub struct RankRow {
    key: Uuid,
    totals: Counts,
}

/// What rows are compared by. A rate is of what was sent.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnalyticsRank {
    /// How many messages went out.
    Sent,
    /// How many were delivered, as far as it is known.
    Delivered,
    /// How many were opened, as far as it is known.
    Opened,
    /// Of how many a link was followed.
    Clicked,
    /// How many were answered by a person.
    Replied,
    /// How many came back.
    Bounced,
    /// Of how many the reader wants no more.
    Unsubscribed,
    /// The share that was opened.
    OpenRate,
    /// The share of which a link was followed.
    ClickRate,
    /// The share that was answered.
    ReplyRate,
    /// The share that came back.
    BounceRate,
    /// The share whose reader wants no more.
    UnsubscribeRate,
}

impl AnalyticsRank {
    fn sql(self) -> &'static str {
        match self {
            Self::Sent => "sum(sent)",
            Self::Delivered => "sum(delivered)",
            Self::Opened => "sum(opened_tracked)",
            Self::Clicked => "sum(clicked_tracked)",
            Self::Replied => "sum(replied)",
            Self::Bounced => "sum(bounced)",
            Self::Unsubscribed => "sum(unsubscribed)",
            Self::OpenRate => "sum(opened_tracked) / nullif(sum(sent), 0)",
            Self::ClickRate => "sum(clicked_tracked) / nullif(sum(sent), 0)",
            Self::ReplyRate => "sum(replied) / nullif(sum(sent), 0)",
            Self::BounceRate => "sum(bounced) / nullif(sum(sent), 0)",
            Self::UnsubscribeRate => "sum(unsubscribed) / nullif(sum(sent), 0)",
        }
    }
}

const BY: Argument<AnalyticsRank> = Argument::new(
    "by",
    "What they are compared by; of equals the order is by id.",
)
.or(|| AnalyticsRank::Sent);
const FIRST: Argument<Option<i32>> =
    Argument::new("first", "The first so many: 0 to 200. 10 if not given.");
const AT_LEAST_SENT: Argument<i32> = Argument::new(
    "atLeastSent",
    "Only those of which at least so many messages went out: what few got has no rate worth comparing.",
)
.or(|| 1);

/// `from`, `to`, `by`, `first`, `atLeastSent`.
pub(crate) struct RankingArguments {
    days: Stretch,
    by: AnalyticsRank,
    first: i64,
    at_least_sent: i64,
}

impl Arguments for RankingArguments {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        Stretch::register(registry, field);
        BY.register(registry, field);
        FIRST.register(registry, field);
        AT_LEAST_SENT.register(registry, field);
        ListSize::assumed(DEFAULT_RANKS)
            .or_by(&["first"])
            .of_fields(&["ranks"])
            .register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let first = i64::from(read(ctx, &FIRST)?.unwrap_or(DEFAULT_RANKS));
        if !u64::try_from(first).is_ok_and(|first| first <= MAX_PAGE) {
            let message = format!("`first` must be from 0 to {MAX_PAGE}");
            return Err(at(ctx, ClientError::input(message)));
        }
        Ok(Self {
            days: Stretch::parse(ctx)?,
            by: read(ctx, &BY)?,
            first,
            at_least_sent: read(ctx, &AT_LEAST_SENT)?.into(),
        })
    }
}

/// The tenant's best.
pub(crate) fn ranking(subject: Subject) -> Ranking {
    Ranking(subject)
}

/// See [`ranking`].
pub(crate) struct Ranking(Subject);

impl Answers<RankingArguments> for Ranking {
    const AUDIENCE: Audience = Audience::Readers(Scope::Tenant);
}

impl rows::Load<(), RankingArguments> for Ranking {
    type Value = Option<Arc<RankingRow>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        keys: Vec<()>,
        arguments: RankingArguments,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant).await?;
        let context = session.context();
        let limits = (arguments.first, arguments.at_least_sent);
        let statement = ranked(self.0, arguments.days, arguments.by.sql(), limits);
        let found = context.on(Tier::Analytics).rows_raw(&statement).await;
        let found = found.and_then(|rows| RankingRow::read(&rows));
        let found = found.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(vec![Some(Arc::new(found)); keys.len()])
    }
}

impl RankingRow {
    fn read(rows: &[Row]) -> Result<Self, DbErr> {
        let Some(head) = rows.first() else {
            return Err(DbErr::RecordNotFound(
                "the days that were asked for".to_owned(),
            ));
        };
        let mut ranks = Vec::with_capacity(rows.len());
        for row in rows {
            if let Some(key) = row.named(KEY)? {
                let totals = Counts::read(row)?;
                ranks.push(Arc::new(RankRow { key, totals }));
            }
        }
        Ok(Self {
            first: head.named(FIRST_DAY)?,
            last: head.named(LAST)?,
            freshness: Freshness::read(head)?,
            ranks,
        })
    }
}
