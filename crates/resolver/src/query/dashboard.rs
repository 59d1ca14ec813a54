//! The dashboard: what a tenant looks at first, in one operation.
//!
//! Each of its fields is a statement (a list that is asked for its rows and its numbers two),
//! whatever the data.

mod load;

use chrono::NaiveDate;
use entity::oltp::{campaign, domain, email_account, lead};
use sea_orm::{ActiveEnum, ColumnTrait, Condition, ExprTrait, sea_query::Expr};

use crate::{
    argument::ConnectionArguments,
    audience::root,
    connection::Connection,
    loader::those,
    object::{
        campaign::CampaignStatus, domain::Domain, email_account::EmailAccount, lead::LeadStatus,
    },
    price,
    scalar::Date,
};

use load::{Board, ByStatus, ByWeek, Weeks};

root! {
    /// What can be asked.
    pub object DashboardQuery(()) {
        /// What the tenant looks at first.
        dashboard: Dashboard = |_row| Some(()) -> Board,
    }
}

rows::object! {
    /// What a tenant looks at first. However much there is, each field costs the same number of
    /// statements.
    pub object Dashboard(()) {
        /// How many campaigns there are of each status, in the order of the statuses; 0 for those
        /// without a campaign.
        #[cost = price::NUMBERS]
        #[list_size = 5]
        campaigns_by_status: Vec<CampaignStatusCount> = |_row| Some(()) -> ByStatus::<campaign::Entity>::default(),
        /// How many leads there are of each status, in the order of the statuses; 0 for those
        /// without a lead.
        #[cost = price::NUMBERS]
        #[list_size = 5]
        leads_by_status: Vec<LeadStatusCount> = |_row| Some(()) -> ByStatus::<lead::Entity>::default(),
        /// How many leads were made in each of the last 12 weeks, this one included, the earliest
        /// first; 0 for a week without one.
        #[cost = price::NUMBERS]
        #[list_size = 12]
        new_leads_by_week(Weeks): Vec<WeekCount> = |_row| Some(()) -> ByWeek,
        /// The domains that are not proven to be the tenant's.
        domains_to_verify(ConnectionArguments<Domain>): Connection<Domain>
            = |_row| Some(()) -> those::<Domain>("to verify", to_verify),
        /// The email accounts that have sent 80 % or more of what they may send in a day. Those that
        /// may send nothing are left out.
        accounts_near_daily_limit(ConnectionArguments<EmailAccount>): Connection<EmailAccount>
            = |_row| Some(()) -> those::<EmailAccount>("near daily limit", near_daily_limit),
    }
}

/// What a count of a status is made of.
pub struct StatusCountRow<S> {
    status: S,
    count: i64,
}

rows::object! {
    /// How many campaigns have a status.
    pub object CampaignStatusCount(StatusCountRow<campaign::CampaignStatus>) {
        /// The status.
        status: CampaignStatus,
        /// How many campaigns.
        count: i64,
    }
}

rows::object! {
    /// How many leads have a status.
    pub object LeadStatusCount(StatusCountRow<lead::LeadStatus>) {
        /// The status.
        status: LeadStatus,
        /// How many leads.
        count: i64,
    }
}

/// What a [`WeekCount`] is made of.
pub struct WeekCountRow {
    week: NaiveDate,
    count: i64,
}

rows::object! {
    /// How many there are of a week.
    pub object WeekCount(WeekCountRow) {
        /// The Monday with which the week begins.
        week: Date,
        /// How many.
        count: i64,
    }
}

fn to_verify() -> Condition {
    let verified = domain::VerificationStatus::Verified.to_value();
    Condition::all().add(domain::Column::VerificationStatus.ne(verified))
}

/// In 64 bits: five times a number of 32 bits may have more.
fn near_daily_limit() -> Condition {
    let whole = |column: email_account::Column| Expr::col(column.as_column_ref()).cast_as("bigint");
    let (count, limit) = (
        whole(email_account::Column::DailyCount),
        whole(email_account::Column::DailyLimit),
    );
    Condition::all()
        .add(email_account::Column::DailyLimit.gt(0))
        .add(count.mul(5).gte(limit.mul(4)))
}
