//! Queues are paused and resumed by staff of the platform: a queue is all tenants'. The database keeps who did it.

use entity::queue::job_queue;
use sea_orm::EntityName;
use tenant::Tier;

use super::{Administer, RunAsStaff, prelude::*};
use crate::{
    error::{ClientError, Code},
    input::Stored,
    object::job_queue::{JobQueue, JobQueueRow, columns, queue},
    write::{Administrator, StaffRight},
};

root! {
    /// What can be changed.
    pub object JobQueueMutations(()) {
        /// Lets no more jobs be taken from a queue; those that are under way are finished. For staff with the permission `queues.manage`.
        pause_queue(Input<PauseQueueInput>): PauseQueuePayload = |_row| Some(()) -> RunAsStaff,
        /// Lets jobs be taken from a paused queue again. For staff with the permission `queues.manage`.
        resume_queue(Input<ResumeQueueInput>): ResumeQueuePayload = |_row| Some(()) -> RunAsStaff,
    }
}

/// A queue as it is after a change.
pub struct ChangedQueue(Arc<JobQueueRow>);

/// Declares `pauseQueue` or `resumeQueue`: its input and its payload.
macro_rules! switch {
    ($input:ident answers $payload:ident, $verb:literal to $active:literal) => {
        #[doc = concat!("Which queue to ", $verb, ".")]
        #[derive(async_graphql::InputObject)]
        pub struct $input {
            /// Its name.
            pub name: String,
        }

        rows::object! {
            #[description = concat!("What `", $verb, "Queue` answers.")]
            pub object $payload(ChangedQueue) {
                /// As it is now.
                queue: JobQueue = |changed| Some(Some(Arc::clone(&changed.0))) -> inside(),
            }
        }

        impl Administer for $input {
            type Payload = $payload;
            const RIGHT: StaffRight = StaffRight::ManageQueues;
            const TIER: Tier = Tier::Queue;

            async fn run(self, staff: &Administrator<'_>) -> Result<ChangedQueue> {
                switched(staff, self.name, $active, $verb)
                    .await
                    .map(ChangedQueue)
            }
        }
    };
}

switch! { PauseQueueInput answers PauseQueuePayload, "pause" to false }
switch! { ResumeQueueInput answers ResumeQueuePayload, "resume" to true }

/// Of two who do the same at once, one is told that it is done already.
async fn switched(
    staff: &Administrator<'_>,
    name: String,
    active: bool,
    verb: &str,
) -> Result<Arc<JobQueueRow>> {
    let at = INPUT.field("name");
    let name = name.stored(&at)?;
    let (table, columns) = (job_queue::Entity.table_name(), columns(staff.context()));
    let update = format!(
        "UPDATE {table} SET is_active = $2 WHERE name = $1 AND is_active <> $2 RETURNING {columns}"
    );
    let changed = staff.query(&update, [name.clone(), active.into()]).await?;
    if let Some(row) = changed.first() {
        return queue(row);
    }
    let select = format!("SELECT 1 FROM {table} WHERE name = $1");
    if staff.query(&select, [name]).await?.is_empty() {
        return Err(ClientError::at(Code::NotFound, at, "is the name of no queue").into());
    }
    let message = format!("can not {verb} the queue: that is done already");
    Err(ClientError::new(Code::IllegalTransition, message)
        .with("transition", verb.to_owned())
        .into())
}
