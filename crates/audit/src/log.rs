//! What writes acts down.

use std::sync::Arc;

use entity::id::TenantId;
use sea_orm::{ActiveEnum, ConnectionTrait, DbBackend, DbErr, Statement};
use tenant::{Database, Identity, Refusal, Tier};
use uuid::Uuid;
use worker::{Done, Failure, Handler, Job};

use crate::{Entry, staff::Acted};

/// Writes the log, in the name of the platform's own work. Clones are the same.
#[derive(Clone)]
pub struct Log {
    database: Database,
}

/// Why an act is not recorded. It may be recorded again under the same id.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// There is no transaction to be had.
    #[error("a database could not be asked")]
    Refused(Refusal),
    /// A statement failed.
    #[error("a database did not do what it was asked")]
    Database(#[from] DbErr),
}

/// One that is there is left as it is.
const INSERT: &str = "INSERT INTO admin_audit_log (id, tenant_id, admin_user_id, action, resource_type, resource_id, \
    old_values, new_values, ip_address, user_agent, notes, happened, data_classification, retention_category) \
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14) ON CONFLICT (id) DO NOTHING";

impl Log {
    /// A log in the analytics tier of these databases.
    #[must_use]
    pub fn new(database: Database) -> Self {
        Self { database }
    }

    /// What does the jobs, by their types.
    #[must_use]
    pub fn handlers(&self) -> [(&'static str, Arc<dyn Handler>); 1] {
        [("audit.record", Arc::new(Record(self.clone())))]
    }

    /// Records an act in a tenant. Under the same id it is recorded once.
    ///
    /// # Errors
    /// When the database can not be asked, or refuses.
    pub async fn record(&self, tenant: TenantId, id: Uuid, entry: Entry) -> Result<(), Trouble> {
        let (class, retention) = (entry.classification(), entry.retention());
        let values = [
            id.into(),
            Uuid::from(tenant).into(),
            entry.user_id.into(),
            entry.action.into_owned().into(),
            entry.resource_type.into_owned().into(),
            entry.resource_id.into(),
            entry.old_values.into(),
            entry.new_values.into(),
            entry.ip_address.into(),
            entry.user_agent.into(),
            entry.notes.into(),
            entry.happened.into(),
            class.to_value().into(),
            retention.to_value().into(),
        ];
        let insert = Statement::from_sql_and_values(DbBackend::Postgres, INSERT, values);
        let identity = Identity::Job { tenant };
        let context = self.database.writing(Tier::Analytics, identity);
        let recorded = context.on(Tier::Analytics).execute_raw(insert).await;
        let finished = context.finish(recorded.is_ok()).await;
        match context.refusal() {
            Some(refusal) => Err(Trouble::Refused(refusal)),
            None => Ok(recorded.and(finished.map(drop))?),
        }
    }
}

struct Record(Log);

#[async_trait::async_trait]
impl Handler for Record {
    async fn run(&self, job: &Job) -> Result<Done, Failure> {
        let entry = entry(&job.payload)?;
        self.0.record(job.tenant, job.id.into(), entry).await?;
        Ok(Done::Completed(None))
    }
}

/// What the outbox said; another attempt would find it as it is.
fn entry(payload: &serde_json::Value) -> Result<Entry, Failure> {
    let staff = serde_json::from_value::<Acted>(payload.clone()).map(Entry::from);
    let entry = staff.or_else(|_| serde_json::from_value(payload.clone()));
    entry.map_err(|error| Failure::ForGood(format!("the payload is no act: {error}")))
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Self {
        let cause = std::error::Error::source(&trouble).map(ToString::to_string);
        Self::Later(match cause {
            Some(cause) => format!("{trouble}: {cause}"),
            None => trouble.to_string(),
        })
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::entry;

    const USER: &str = "01890000-0000-7000-8000-000000000001";
    const TIME: &str = "2026-01-05T08:00:00Z";

    #[test]
    fn acts_of_members_and_of_staff_are_read() {
        let act = json!({ "userId": USER, "action": "member.changed", "resourceType": "tenant_users", "happened": TIME });
        let found = entry(&act).expect("an act");
        assert_eq!(
            (&*found.action, &*found.resource_type),
            ("member.changed", "tenant_users")
        );
        let acted =
            json!({ "userId": USER, "reason": "Ticket 7", "requestId": "abc", "happened": TIME });
        let found = entry(&acted).expect("an act");
        assert_eq!(
            (&*found.action, found.notes.as_deref()),
            ("staff.acted", Some("Ticket 7"))
        );
        let act = json!({ "action": "subscription.changed", "resourceType": "subscriptions", "happened": TIME });
        assert_eq!(entry(&act).expect("an act of the platform's").user_id, None);
        assert!(entry(&json!({ "userId": USER })).is_err());
    }
}
