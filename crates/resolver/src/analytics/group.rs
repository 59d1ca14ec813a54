//! Totals of groups: by campaign, account or step, by day, week or month.

use std::sync::Arc;

use async_graphql::{
    Context, Enum, ServerResult,
    registry::{MetaField, Registry},
};
use chrono::NaiveDate;
use entity::id::{CampaignId, CampaignSequenceStepId, EmailAccountId, TypedId};
use rows::{Argument, Arguments, ListSize, weigh};
use uuid::Uuid;

use super::{
    counts::Counts,
    object::{EmailCounts, EmailRates},
};
use crate::{
    aggregate::MAX_GROUPS,
    argument::{at, read},
    error::ClientError,
    loader::{by_id, inside},
    object::{
        campaign::Campaign, campaign_sequence_step::CampaignSequenceStep,
        email_account::EmailAccount,
    },
    price,
    scalar::{Date, GlobalId},
};

/// What numbers are grouped by.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum AnalyticsGroupBy {
    /// The campaign that it was sent for. What was sent for none is in no group.
    Campaign,
    /// The account that it was sent from. It is not counted by account and campaign, or step, at once.
    EmailAccount,
    /// The step of a campaign that it was sent for. What was sent for none is in no group.
    Step,
    /// The day.
    Day,
    /// The week, which begins on Monday.
    Week,
    /// The month.
    Month,
}

rows::object! {
    /// What became of mail that has something in common.
    pub object AnalyticsGroup(GroupRow) {
        /// What it has in common.
        key: AnalyticsGroupKey = |group| Some(Some(Arc::new(group.key))) -> inside(),
        /// The numbers of all days.
        totals: EmailCounts = |group| Some(Some(Arc::new(group.totals))) -> inside(),
        /// The rates of all days.
        rates: EmailRates = |group| Some(Some(Arc::new(group.totals))) -> inside(),
    }
}

rows::object! {
    /// What the mail of a group has in common: what it is grouped by. All else is null, and so is the row of what is gone, whose
    /// id and numbers stay.
    pub object AnalyticsGroupKey(KeyRow) {
        /// The campaign's id.
        campaign_id: Option<GlobalId> = |key| key.campaign.map(CampaignId::from_raw),
        /// The campaign.
        campaign: Option<Campaign> = |key| key.campaign.map(CampaignId::from_raw) -> by_id::<Campaign>(),
        /// The account's id.
        email_account_id: Option<GlobalId> = |key| key.email_account.map(EmailAccountId::from_raw),
        /// The account.
        email_account: Option<EmailAccount> = |key| key.email_account.map(EmailAccountId::from_raw) -> by_id::<EmailAccount>(),
        /// The step's id.
        step_id: Option<GlobalId> = |key| key.step.map(CampaignSequenceStepId::from_raw),
        /// The step.
        step: Option<CampaignSequenceStep> = |key| key.step.map(CampaignSequenceStepId::from_raw) -> by_id::<CampaignSequenceStep>(),
        /// The day.
        day: Option<Date>,
        /// The Monday with which the week begins.
        week: Option<Date>,
        /// The first day of the month.
        month: Option<Date>,
    }
}

/// What an [`AnalyticsGroup`] is made of.
pub struct GroupRow {
    pub(super) key: KeyRow,
    pub(super) totals: Counts,
}

/// What an [`AnalyticsGroupKey`] is made of.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeyRow {
    pub(super) campaign: Option<Uuid>,
    pub(super) email_account: Option<Uuid>,
    pub(super) step: Option<Uuid>,
    pub(super) day: Option<NaiveDate>,
    pub(super) week: Option<NaiveDate>,
    pub(super) month: Option<NaiveDate>,
}

/// `by`, `atLeastSent`, `first`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct GroupArguments {
    pub(super) by: Vec<AnalyticsGroupBy>,
    pub(super) at_least_sent: i64,
    first: Option<i64>,
}

const BY: Argument<Vec<AnalyticsGroupBy>> = Argument::new(
    "by",
    "What the mail of a group has in common. The groups are in its order, rows in that of their ids.",
);
const AT_LEAST_SENT: Argument<i32> = Argument::new(
    "atLeastSent",
    "Only groups of which at least so many messages went out.",
)
.or(|| 0);
const FIRST: Argument<Option<i32>> = Argument::new(
    "first",
    "The first so many groups: 1 to 1000. If not given, more than 1000 groups are an error.",
);

/// Most are grouped by the weeks of a year, or by the campaigns that were under way.
const GROUPS: ListSize = ListSize::assumed(50).or_by(&["first"]);

impl Arguments for GroupArguments {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        BY.register(registry, field);
        AT_LEAST_SENT.register(registry, field);
        FIRST.register(registry, field);
        GROUPS.register(registry, field);
        weigh(price::NUMBERS, registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let first = read(ctx, &FIRST)?.map(i64::from);
        let arguments = Self {
            by: read(ctx, &BY)?,
            at_least_sent: read(ctx, &AT_LEAST_SENT)?.into(),
            first,
        };
        arguments.checked().map_err(|error| at(ctx, error))
    }
}

impl GroupArguments {
    fn checked(self) -> Result<Self, ClientError> {
        let first = self.first.map(u64::try_from);
        if first.is_some_and(|first| !first.is_ok_and(|first| (1..=MAX_GROUPS).contains(&first))) {
            let message = format!("`first` must be from 1 to {MAX_GROUPS}");
            return Err(ClientError::input(message));
        }
        if self.by.is_empty() {
            return Err(ClientError::input(
                "`by` is empty; name what to group by, or ask for `totals`, which are of all mail",
            ));
        }
        let mut places = self.by.iter().enumerate();
        match places.any(|(place, by)| self.by[..place].contains(by)) {
            true => Err(ClientError::input(
                "`by` names something twice; name it once",
            )),
            false => Ok(self),
        }
    }

    /// How many groups are asked of the database: one more than are shown tells whether there are too many.
    pub(super) fn limit(&self) -> i64 {
        self.first.unwrap_or(MAX_GROUPS as i64 + 1)
    }

    /// Refuses more groups than are shown.
    pub(super) fn fits(groups: usize) -> Result<(), ClientError> {
        if groups as u64 <= MAX_GROUPS {
            return Ok(());
        }
        Err(ClientError::input(format!(
            "there are more than {MAX_GROUPS} groups; ask for fewer days, group by longer spans as in `by: [MONTH]`, ask for \
             larger groups with `atLeastSent`, or only for the first ones with `first`"
        )))
    }
}
