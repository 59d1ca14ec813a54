//! The gateway's sessions, as the server sees them.

use std::time::{Duration, Instant};

use gateway_tests::World;
use migrations::Tier;
use sqlx::PgPool;

/// How long a state may take to come about before a test fails.
const PATIENCE: Duration = Duration::from_secs(20);

const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway_login' AND datname = current_database()";

/// Sessions that wait for a lock.
const BLOCKED: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway_login' AND datname = current_database() AND wait_event_type = 'Lock'";

/// Sessions that are inside a statement or a transaction.
const ENGAGED: &str = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'gateway_login' AND datname = current_database() \
    AND (state IS DISTINCT FROM 'idle' OR xact_start IS NOT NULL)";

/// Returns when that many sessions wait for a lock.
pub(super) async fn blocked(world: &World, sessions: i64) {
    blocked_in(world, Tier::Oltp, sessions).await;
}

/// The same in a tier.
pub(super) async fn blocked_in(world: &World, tier: Tier, sessions: i64) {
    until(world.admin_of(tier), BLOCKED, sessions).await;
}

/// Returns when every session is idle outside a transaction. One that was left open stays so for the minute that
/// the role's time-out gives it, which is longer than this waits.
pub(super) async fn settled(world: &World) {
    settled_in(world, Tier::Oltp).await;
}

/// The same in a tier.
pub(super) async fn settled_in(world: &World, tier: Tier) {
    until(world.admin_of(tier), ENGAGED, 0).await;
}

/// How many sessions there are.
pub(super) async fn sessions(world: &World) -> i64 {
    sqlx::query_scalar(SESSIONS)
        .fetch_one(world.admin())
        .await
        .expect("a count")
}

/// Ends every session, and returns when they are gone; how many there were.
pub(super) async fn terminate(world: &World) -> usize {
    terminate_in(world, Tier::Oltp).await
}

/// The same in a tier.
pub(super) async fn terminate_in(world: &World, tier: Tier) -> usize {
    let ended: Vec<bool> = sqlx::query_scalar(
        "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE usename = 'gateway_login' AND datname = current_database()",
    )
    .fetch_all(world.admin_of(tier))
    .await
    .expect("a superuser may");
    assert!(
        ended.iter().all(|ended| *ended),
        "a session outlived its termination"
    );
    ended.len()
}

async fn until(admin: &PgPool, count: &'static str, wanted: i64) {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let found: i64 = sqlx::query_scalar(count)
            .fetch_one(admin)
            .await
            .expect("a count");
        if found == wanted {
            return;
        }
        assert!(
            Instant::now() < deadline,
            "{found} instead of {wanted} after {PATIENCE:?}: {count}"
        );
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
