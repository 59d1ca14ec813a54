//! All that a schedule makes a job for: every tenant, or every mailbox.

use chrono::{DateTime, Utc};
use entity::{id::TenantId, queue::job_schedule::ScheduleScope};
use sea_orm::{DbBackend, DbErr, Statement, Value, sea_query::ArrayType};
use tenant::{Access, Database, Identity, InTier};
use uuid::Uuid;

const TENANTS: &str = "SELECT id, id FROM tenants WHERE deleted IS NULL";
const MAILBOXES: &str = "SELECT a.id, a.tenant_id FROM email_accounts a JOIN tenants t ON t.id = a.tenant_id \
     WHERE a.is_read AND t.deleted IS NULL";

/// A job for each. Its `dedupe_key` is the slot, so a clock that is set back makes none twice.
const FOR_TENANTS: &str = "WITH slot AS (SELECT name, queue_name, job_type, next_run FROM job_schedules WHERE name = $1),
    made AS (INSERT INTO jobs (tenant_id, queue_name, job_type, priority, max_attempts, dedupe_key)
        SELECT t, s.queue_name, s.job_type, q.default_priority, q.max_attempts,
            'schedule:' || s.name || ':' || to_char(s.next_run AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS')
        FROM slot s JOIN job_queues q ON q.name = s.queue_name, unnest($3::uuid[], $4::uuid[]) AS each (id, t)
        ON CONFLICT (tenant_id, queue_name, dedupe_key) WHERE dedupe_key IS NOT NULL DO NOTHING RETURNING 1)
    UPDATE job_schedules SET last_run = now(), next_run = $2 WHERE name = $1 RETURNING (SELECT count(*) FROM made)";

/// The one job of each, which has the account's id, is due once more unless it is not done yet. What waits for it, the mail
/// that has come, is done before. Of its logs those of the last hour stay.
const FOR_MAILBOXES: &str = "WITH each AS (SELECT id, t FROM unnest($3::uuid[], $4::uuid[]) AS each (id, t)),
    made AS (INSERT INTO jobs (id, tenant_id, queue_name, job_type, priority, max_attempts, payload)
        SELECT each.id, t, s.queue_name, s.job_type, least(q.default_priority + 10, 1000), q.max_attempts,
            jsonb_build_object('accountId', each.id)
        FROM job_schedules s JOIN job_queues q ON q.name = s.queue_name, each WHERE s.name = $1
        ON CONFLICT (id) DO UPDATE SET status = 'queued', run_at = now(), attempt_count = 0, failed = NULL
            WHERE jobs.status IN ('completed', 'failed') RETURNING 1),
    forgotten AS (DELETE FROM job_logs USING each WHERE job_logs.tenant_id = t AND job_id = each.id
        AND job_logs.created < now() - interval '1 hour')
    UPDATE job_schedules SET last_run = now(), next_run = $2 WHERE name = $1 RETURNING (SELECT count(*) FROM made)";

/// What a schedule makes jobs for, as it was just now.
pub(super) struct Every {
    make: &'static str,
    ids: Value,
    tenants: Value,
}

impl Every {
    /// All of a scope that are in tenants which are not deleted.
    pub(super) async fn of(database: &Database, scope: ScheduleScope) -> Result<Self, DbErr> {
        let context = database.context(Identity::Dispatcher, Access::Read);
        let (every, make) = match scope {
            ScheduleScope::Tenant => (TENANTS, FOR_TENANTS),
            ScheduleScope::Mailbox => (MAILBOXES, FOR_MAILBOXES),
        };
        let every = Statement::from_string(DbBackend::Postgres, every);
        let rows = context.rows_raw(&every).await;
        context.finish(false).await?;
        let rows = rows?;
        let column = |place| {
            let ids: Result<Vec<Uuid>, DbErr> = rows.iter().map(|row| row.at(place)).collect();
            ids.map(uuids)
        };
        Ok(Self {
            make,
            ids: column(0)?,
            tenants: column(1)?,
        })
    }

    /// These tenants, and no others.
    pub(super) fn these(tenants: &[TenantId]) -> Self {
        let ids = uuids(tenants.iter().map(|tenant| Uuid::from(*tenant)));
        Self {
            make: FOR_TENANTS,
            ids: ids.clone(),
            tenants: ids,
        }
    }

    /// Makes the jobs of a schedule, and moves it on to its next time; answers with how many.
    pub(super) async fn make(
        &self,
        queue: InTier<'_>,
        schedule: &str,
        next: DateTime<Utc>,
    ) -> Result<i64, DbErr> {
        let values = [
            schedule.into(),
            next.into(),
            self.ids.clone(),
            self.tenants.clone(),
        ];
        let make = Statement::from_sql_and_values(DbBackend::Postgres, self.make, values);
        let row = queue.row_raw(&make).await?;
        row.map_or(Ok(0), |row| row.at(0))
    }
}

fn uuids(ids: impl IntoIterator<Item = Uuid>) -> Value {
    let ids = ids.into_iter().map(Value::from).collect();
    Value::Array(ArrayType::Uuid, Some(Box::new(ids)))
}
