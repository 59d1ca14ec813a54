//! What came of each attempt at a job.

use entity::{
    id::{JobId, JobLogId},
    queue::{job, job_log},
};

use super::{
    job::{Job, JobFilter},
    prelude::*,
};

rows::object! {
    /// What came of an attempt at a job.
    pub object JobLog(job_log::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// What came of it.
        status: JobLogStatus,
        /// Why, in words.
        log_message: Option<String>,
        /// Which attempt, from 1.
        attempt_number: i32,
        /// When it began.
        started: DateTime<Utc>,
        /// When it ended.
        finished: Option<DateTime<Utc>>,
        /// How long it took, in milliseconds.
        duration_ms: Option<i32>,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The job.
        job: Job = job_id -> by_id::<Job>(),
    }
}

table! { JobLog of job_log by JobLogId, filtered JobLogFilter, ordered JobLogOrder, in Queue }

enumeration! {
    /// What came of an attempt.
    JobLogStatus / JobLogStatusFilter of job_log::JobLogStatus {
        /// It is under way, or whoever did it is gone.
        Attempting,
        /// Done.
        Success,
        /// It failed and is tried again.
        Retry,
        /// It failed for good.
        Failed,
    }
}

filter! {
    /// Which attempts to show.
    JobLogFilter / JobLogListFilter on job_log {
        columns {
            /// The id.
            id: Ids<JobLogId> => Id,
            /// The id of the job.
            job_id: Ids<JobId> => JobId,
            /// What came of it.
            status: JobLogStatusFilter => Status,
            /// Which attempt, from 1.
            attempt_number: IntFilter => AttemptNumber,
            /// When it began.
            started: DateTimeFilter => Started,
            /// When it ended.
            finished: DateTimeFilter => Finished,
            /// How long it took, in milliseconds.
            duration_ms: IntFilter => DurationMs,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
        one {
            /// The job.
            job: JobFilter => JobId, job::Column::Id;
        }
    }
}

order! {
    /// How attempts are ordered.
    JobLogOrder by JobLogOrderField on job_log {
        /// When it was made.
        Created,
    }
}

aggregates! {
    JobLog of job_log {
        numbers {
            /// Which attempt, from 1.
            attempt_number: i32 => AttemptNumber,
            /// How long it took, in milliseconds.
            duration_ms: i32 => DurationMs,
        }
        times {
            /// When it began.
            started => Started,
            /// When it ended.
            finished => Finished,
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// What came of it.
            status: JobLogStatus => Status,
        }
        related {
            /// The job.
            job: Job => JobId,
        }
    }
}
