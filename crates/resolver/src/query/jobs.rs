//! Work that is done beside requests: the queue tier.

use entity::queue::job;
use sea_orm::{ActiveEnum, ColumnTrait, Condition};

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find, those},
    object::{
        job::Job,
        job_log::JobLog,
        job_queue::{JobQueue, job_queues},
    },
};

root! {
    /// What can be asked.
    pub object Jobs(()) {
        /// A job by its id.
        job(IdArgument<Job>): Option<Job> = |_row| Some(()) -> find::<Job>(),
        /// The tenant's jobs.
        jobs(ConnectionArguments<Job>): Connection<Job> = |_row| Some(()) -> all::<Job>(),
        /// The tenant's jobs that failed for good, to be replayed or dropped.
        dead_letters(ConnectionArguments<Job>): Connection<Job> = |_row| Some(()) -> those::<Job>("dead letters", are_dead),
        /// An attempt at a job by its id.
        job_log(IdArgument<JobLog>): Option<JobLog> = |_row| Some(()) -> find::<JobLog>(),
        /// What came of each attempt at the tenant's jobs.
        job_logs(ConnectionArguments<JobLog>): Connection<JobLog> = |_row| Some(()) -> all::<JobLog>(),
        /// The platform's queues, by name.
        #[list_size = 10]
        job_queues: Vec<JobQueue> = |_row| Some(()) -> job_queues(),
    }
}

fn are_dead() -> Condition {
    Condition::all().add(job::Column::Status.eq(job::JobStatus::Failed.to_value()))
}
