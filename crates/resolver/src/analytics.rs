//! What became of the mail, by day, week and month: of a campaign, an account, a step, a lead, a warm-up, and of all.
//!
//! The numbers are those of the analytics tier, which jobs count from the other tiers: an answer says how far they go
//! (`updated`, `complete`). A day is one of the tenant's time zone. What is asked of many rows with the same arguments
//! is one statement, whatever is selected.
//!
//! * `span`: the days that are asked for, and the periods they are shown by;
//! * `counts`: the numbers, and their rates;
//! * `object`, `load`: what a row's analytics show, and how a level's are loaded;
//! * `group`, `grouping`: totals of groups, and how a level's are loaded;
//! * `ranking`: which campaigns, accounts and steps do best;
//! * `download`: links to files of them;
//! * `statement`: the SQL.

mod counts;
mod download;
mod group;
mod grouping;
mod load;
mod object;
mod ranking;
mod span;
mod statement;

pub use download::AnalyticsDownload;
pub(crate) use download::{DownloadArguments, Links};
pub(crate) use load::{analytics, of_tenant};
pub use object::Analytics;
pub use ranking::{CampaignRanking, EmailAccountRanking, StepRanking};
pub(crate) use ranking::{RankingArguments, ranking};
pub(crate) use span::Span;
pub(crate) use statement::Subject;
