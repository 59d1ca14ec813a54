//! What became of a tenant's mail, and what it used.

use crate::{
    analytics::{
        Analytics, AnalyticsDownload, CampaignRanking, DownloadArguments, EmailAccountRanking,
        Links, RankingArguments, Span, StepRanking, Subject, of_tenant, ranking,
    },
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::billing_analytics::BillingAnalytics,
};

root! {
    /// What can be asked.
    pub object AnalyticsQuery(()) {
        /// What became of all of the tenant's mail, campaigns' and other.
        analytics(Span): Analytics = |_row| Some(()) -> of_tenant(),
        /// The campaigns that stand out.
        top_campaigns(RankingArguments): CampaignRanking = |_row| Some(()) -> ranking(Subject::Campaign),
        /// The email accounts that stand out.
        top_email_accounts(RankingArguments): EmailAccountRanking = |_row| Some(()) -> ranking(Subject::EmailAccount),
        /// The steps of campaigns that stand out.
        top_steps(RankingArguments): StepRanking = |_row| Some(()) -> ranking(Subject::Step),
        /// A link to a file of numbers, good for five minutes; null for staff of the platform and for keys, which a file is asked for with. Who follows it is recorded.
        analytics_download(DownloadArguments): Option<AnalyticsDownload> = |_row| Some(()) -> Links,
        /// What the tenant used in a period, by its id.
        billing_period(IdArgument<BillingAnalytics>): Option<BillingAnalytics> = |_row| Some(()) -> find::<BillingAnalytics>(),
        /// What the tenant used in each period that it pays for.
        billing_analytics(ConnectionArguments<BillingAnalytics>): Connection<BillingAnalytics>
            = |_row| Some(()) -> all::<BillingAnalytics>(),
    }
}
