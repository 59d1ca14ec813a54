//! The day of an account begins, whether it sends or not: what it has sent today is shown, sorted and filtered by.

use entity::id::TenantId;
use tenant::{Identity, Tier};
use worker::{Done, Failure, Handler, Job};

use crate::{Outreach, Trouble, rows::query};

/// Does `accounts.begin_day`.
pub(crate) struct BeginDay(pub(crate) Outreach);

#[async_trait::async_trait]
impl Handler for BeginDay {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let begun = self.0.begin_day(job.tenant).await?;
        let told = (begun > 0).then(|| format!("accounts that had sent before today: {begun}"));
        Ok(Done::Completed(told))
    }
}

impl Outreach {
    /// Sets the count of the accounts to zero that have sent nothing today; answers with how many had sent before. Those that
    /// [`Outreach::reserve`] has counted for today already are left.
    async fn begin_day(&self, tenant: TenantId) -> Result<usize, Trouble> {
        let context = self.database.writing(Tier::Oltp, Identity::Job { tenant });
        let sql = "UPDATE email_accounts SET daily_count = 0 WHERE daily_count > 0 \
             AND (daily_count_day >= (now() AT TIME ZONE 'UTC')::date) IS NOT TRUE RETURNING 1";
        let begun = query(context.on(Tier::Oltp), sql, []).await;
        context.finish(begun.is_ok()).await?;
        Ok(begun?.len())
    }
}
