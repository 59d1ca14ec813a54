//! An attempt at a job, in a trace of its own: what made it may be long over, and has a link to it.

use tracing::Span;

use crate::Job;

/// The attempt's span. Of the level of errors, as a request's: the lines of a job take its id from it.
pub(crate) fn of(job: &Job) -> Span {
    tracing::error_span!(
        parent: None,
        "job",
        otel.kind = "consumer",
        otel.name = %format_args!("job {}", job.job_type),
        job.id = %job.id,
        job.type = %job.job_type,
        job.attempt = job.attempt,
        job.queue = %job.queue,
        tenant.id = %job.tenant,
        outcome = tracing::field::Empty,
    )
}
