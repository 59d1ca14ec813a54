//! Work that is to be done for a tenant.

use entity::{
    id::JobId,
    queue::{job, job_log},
};

use super::{
    job_log::{JobLog, JobLogListFilter},
    prelude::*,
};

rows::object! {
    /// Work that is to be done, or was, beside any request.
    pub object Job(job::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// The queue that it is in.
        queue_name: String,
        /// What is to be done, as a key.
        job_type: String,
        /// Where it stands.
        status: JobStatus,
        /// Whether it failed for good; it can be replayed, or dropped.
        is_dead_letter: bool = |row| row.status == job::JobStatus::Failed,
        /// Lower is sooner: up to 50 is high, above 150 low.
        priority: i32,
        /// What is to be done, in data: ids and small settings.
        payload: Json,
        /// How often it was tried since it was made, or replayed.
        attempt_count: i32,
        /// How often it is tried at most.
        max_attempts: i32,
        /// When it is due.
        run_at: DateTime<Utc>,
        /// When it was last begun.
        started: Option<DateTime<Utc>>,
        /// When it was done.
        completed: Option<DateTime<Utc>>,
        /// When it failed for good.
        failed: Option<DateTime<Utc>>,
        /// Why its last attempt failed.
        last_error_message: Option<String>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// What came of each attempt.
        logs(ConnectionArguments<JobLog>): Connection<JobLog> = id -> children(job_log::Column::JobId),
    }
}

table! { Job of job by JobId, filtered JobFilter, ordered JobOrder, in Queue }

enumeration! {
    /// Where a job stands.
    JobStatus / JobStatusFilter of job::JobStatus {
        /// Waits until it is due and somebody takes it.
        Queued,
        /// The same, and Redis has been told.
        MigratedToRedis,
        /// Somebody does it.
        Running,
        /// Done.
        Completed,
        /// It failed for good: a dead letter.
        Failed,
    }
}

filter! {
    /// Which jobs to show.
    JobFilter on job {
        columns {
            /// The id.
            id: Ids<JobId> => Id,
            /// The queue that it is in.
            queue_name: TextFilter => QueueName,
            /// What is to be done, as a key.
            job_type: TextFilter => JobType,
            /// Where it stands.
            status: JobStatusFilter => Status,
            /// Lower is sooner.
            priority: IntFilter => Priority,
            /// How often it was tried.
            attempt_count: IntFilter => AttemptCount,
            /// How often it is tried at most.
            max_attempts: IntFilter => MaxAttempts,
            /// When it is due.
            run_at: DateTimeFilter => RunAt,
            /// When it was last begun.
            started: DateTimeFilter => Started,
            /// When it was done.
            completed: DateTimeFilter => Completed,
            /// When it failed for good.
            failed: DateTimeFilter => Failed,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        many {
            /// What came of each attempt.
            logs: JobLogListFilter => Id, job_log::Column::JobId;
        }
    }
}

order! {
    /// How jobs are ordered.
    JobOrder by JobOrderField on job {
        /// When it was made.
        Created,
    }
}

aggregates! {
    Job of job {
        numbers {
            /// Lower is sooner.
            priority: i32 => Priority,
            /// How often it was tried.
            attempt_count: i32 => AttemptCount,
            /// How often it is tried at most.
            max_attempts: i32 => MaxAttempts,
        }
        times {
            /// When it is due.
            run_at => RunAt,
            /// When it was last begun.
            started => Started,
            /// When it was done.
            completed => Completed,
            /// When it failed for good.
            failed => Failed,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// The queue that it is in.
            queue_name: String => QueueName,
            /// What is to be done, as a key.
            job_type: String => JobType,
            /// Where it stands.
            status: JobStatus => Status,
        }
    }
}
