//! Which jobs are the next: the statement that finds them, and locks them.
//!
//! The most urgent priority first, and the next only as far as the ones before it do not fill the claim. Within one, the
//! first job of each tenant comes before the second of any, and the tenants take turns: whoever asks for one job at a time
//! begins behind the tenant that he served last, or he would take them all from who has waited longest, which is who has
//! the most.
//!
//! Tenants are looked for in three ways, each a few steps in an index, because no one of them finds all. Those whose jobs
//! are due for the longest time, so that none waits for ever; those whose jobs became due just now, which are the jobs of
//! an hour without much to do; and some hundred others, from a random one on, so that neither a tenant with very many jobs
//! nor one who makes new ones all the time hides the rest. Tenants whose jobs are all for later, as many as have a campaign
//! that waits, cost a step when they are met and keep nobody from being found.

use sea_orm::Value;
use uuid::Uuid;

/// States of jobs that nobody does yet.
pub(crate) const OPEN: &str = "'queued', 'migrated_to_redis'";
/// Those of them that Redis was not told of.
pub(crate) const UNTOLD: &str = "'queued'";

/// Whose turn it is: the tenants behind the one that a worker served last.
pub(crate) struct Turn(Uuid);

impl Turn {
    /// The first, at any tenant: workers that begin together do not all begin at the same.
    pub(crate) fn any() -> Self {
        Self(Uuid::new_v4())
    }

    /// What [`locked`] asks for.
    pub(crate) fn values(&self, queue: &str, most: usize) -> [Value; 4] {
        let most = i64::try_from(most).unwrap_or(i64::MAX);
        [
            queue.into(),
            most.into(),
            self.0.into(),
            Uuid::new_v4().into(),
        ]
    }

    /// Goes on behind the last of the tenants that were served, whatever order they are named in.
    pub(crate) fn pass(&mut self, served: impl Iterator<Item = Uuid>) {
        let last = served.max_by_key(|tenant| (*tenant <= self.0, *tenant));
        self.0 = last.unwrap_or(self.0);
    }
}

/// How many candidates there are: more than are taken, because others claim at the same moment. With four times as many as
/// are taken, more than half of sixteen who take one at a time go away with none; with a dozen more few do.
const WINDOW: &str = "4 * $2 + 12";

/// The beginning of a statement: `locked` has the ids of up to `$2` jobs of the queue `$1` that are due and in one of
/// `states`, behind the tenant `$3`; `$4` is a random id.
///
/// What is looked up by id is looked up by an array: of a subquery the planner believes that it has thousands of rows, and
/// reads the whole table.
pub(crate) fn locked(states: &str) -> String {
    let open = format!("queue_name = $1 AND status IN ({states})");
    let due = format!("{open} AND priority = next.priority AND run_at <= now()");
    let (tenants, window) = (tenants(&open, &due), WINDOW);
    format!(
        "WITH RECURSIVE found (priority, ids) AS (
            SELECT -1, '{{}}'::uuid[]
            UNION ALL
            SELECT next.priority, found.ids || ARRAY(
                SELECT job.id FROM ({tenants}) tenant CROSS JOIN LATERAL (
                    SELECT id, row_number() OVER (ORDER BY run_at, id) AS turn FROM jobs
                    WHERE {due} AND tenant_id = tenant.tenant_id ORDER BY run_at, id LIMIT {window}
                ) job ORDER BY job.turn, tenant.tenant_id <= $3, tenant.tenant_id LIMIT {window})
            FROM found CROSS JOIN LATERAL (
                SELECT priority FROM jobs WHERE {open} AND priority > found.priority ORDER BY priority LIMIT 1
            ) next WHERE cardinality(found.ids) < {window}
        ), first AS (SELECT ids FROM found ORDER BY priority DESC LIMIT 1),
        locked AS (SELECT id FROM jobs WHERE id = ANY ((SELECT ids FROM first)::uuid[])
            AND status IN ({states}) AND run_at <= now()
            ORDER BY array_position((SELECT ids FROM first), id) LIMIT $2 FOR UPDATE SKIP LOCKED)"
    )
}

/// Tenants of the priority `next`, each once. The walk goes on at the first tenant when it has come to the last.
fn tenants(open: &str, due: &str) -> String {
    let window = WINDOW;
    format!(
        "SELECT tenant_id FROM (SELECT tenant_id FROM jobs WHERE {due} ORDER BY run_at LIMIT {window}) longest
        UNION
        SELECT tenant_id FROM (SELECT tenant_id FROM jobs WHERE {due} ORDER BY run_at DESC LIMIT {window}) latest
        UNION
        SELECT tenant_id FROM (
            SELECT step.tenant_id FROM (VALUES
                ($4::uuid, 'ffffffff-ffff-ffff-ffff-ffffffffffff'::uuid),
                ('00000000-0000-0000-0000-000000000000', $4)
            ) part (low, high) CROSS JOIN LATERAL (
                WITH RECURSIVE walk (tenant_id, steps) AS (
                    (SELECT tenant_id, 1 FROM jobs WHERE {open} AND priority = next.priority
                        AND tenant_id >= part.low AND tenant_id <= part.high ORDER BY tenant_id LIMIT 1)
                    UNION ALL
                    SELECT after.tenant_id, steps + 1 FROM walk CROSS JOIN LATERAL (
                        SELECT tenant_id FROM jobs WHERE {open} AND priority = next.priority
                            AND tenant_id > walk.tenant_id AND tenant_id <= part.high ORDER BY tenant_id LIMIT 1
                    ) after WHERE steps < 100
                ) SELECT tenant_id FROM walk
            ) step LIMIT 100
        ) visited"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_round_goes_on_behind_the_last_that_was_served() {
        let mut turn = Turn(Uuid::from_u128(5));
        for (served, last) in [
            (vec![8, 6], 8),
            (vec![9, 2, 8], 8),
            (vec![], 8),
            (vec![1], 1),
        ] {
            turn.pass(served.into_iter().map(Uuid::from_u128));
            assert_eq!(turn.0, Uuid::from_u128(last));
        }
    }
}
