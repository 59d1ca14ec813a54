//! Contexts given up at every await that they have.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::atomic::{AtomicBool, Ordering},
    task::Poll,
};

use chrono::Utc;
use gateway_tests::World;
use sea_orm::ConnectionTrait;
use tenant::{Access, Database, Identity, Outcome, Tier};

use super::{
    backends,
    direct::{self, companies, text},
};

/// Times that each number of polls is tried: what is on its way at a poll differs from time to time.
const ROUNDS: usize = 84;

/// What the next to use the connection finds.
const FOUND: &str = "SELECT concat_ws('|', current_user, coalesce(current_setting('app.current_tenant_id', true), ''), current_setting('app.current_user_id'), current_setting('app.current_roles'), \
    current_setting('transaction_isolation'), current_setting('transaction_read_only'), extract(epoch FROM now())::numeric(20, 6)::text)";

/// Polls a future so many times, leaves it be for some turns of the scheduler, and drops it.
async fn given_up<T>(future: impl Future<Output = T>, polls: usize, turns: usize) -> Option<T> {
    let mut future = pin!(future);
    let mut left = polls;
    let polled = poll_fn(|ctx| match left.checked_sub(1) {
        None => Poll::Ready(None),
        Some(fewer) => {
            left = fewer;
            match future.as_mut().poll(ctx) {
                Poll::Ready(done) => Poll::Ready(Some(done)),
                Poll::Pending if fewer == 0 => Poll::Ready(None),
                Poll::Pending => Poll::Pending,
            }
        }
    });
    let done = polled.await;
    for _ in 0..turns {
        tokio::task::yield_now().await;
    }
    done
}

/// A request of three statements. `ending` says whether it had come to its end.
async fn request(
    database: Database,
    identity: Identity,
    access: Access,
    mark: String,
    ending: &AtomicBool,
) -> Outcome {
    // What staff read in a tenant is recorded, or else not answered, so a statement that fails is the end of it.
    let third = match identity {
        Identity::Acting { .. } => "SELECT 1",
        _ => "SELECT 1/0",
    };
    let context = database.context(identity, access);
    context.roles().await.expect("a member");
    text(&context, "SELECT current_user::text")
        .await
        .expect("a row");
    match access {
        Access::Read => drop(context.execute_unprepared(third).await),
        Access::Write => direct::add_company(&context, &mark)
            .await
            .expect("a company"),
    }
    ending.store(true, Ordering::SeqCst);
    context.finish(true).await.expect("an end")
}

/// Gives a request up after each number of polls until it completes before that, and looks each time at what the
/// next user of the connection finds; how many were given up.
async fn give_up_everywhere(
    world: &World,
    victim: &Identity,
    access: Access,
    next: &Identity,
) -> usize {
    let database = direct::database(world, 1).await;
    let mut dropped = 0;
    for polls in 0.. {
        let before = dropped;
        for round in 0..ROUNDS {
            let mark = format!("{polls}.{round}");
            let ending = AtomicBool::new(false);
            let request = request(
                database.clone(),
                victim.clone(),
                access,
                mark.clone(),
                &ending,
            );
            let outcome = given_up(request, polls, round % 12).await;
            dropped += usize::from(outcome.is_none());
            expect_clean(&database, next).await;
            expect_written(world, access, &mark, outcome, ending.into_inner()).await;
        }
        if dropped == before {
            break;
        }
    }
    backends::settled(world).await;
    dropped
}

/// A borrower of the pool's only connection finds its own settings in a transaction of its own.
async fn expect_clean(database: &Database, next: &Identity) {
    expect_clean_in(database, Tier::Oltp, next).await;
}

/// The same in a tier.
async fn expect_clean_in(database: &Database, tier: Tier, next: &Identity) {
    let start = Utc::now();
    let context = database.context(next.clone(), Access::Read);
    let found = crate::tiers::text(&context, tier, FOUND)
        .await
        .expect("a clean connection");
    let (role, roles) = match next {
        Identity::Member { .. } => ("gateway_login", "owner"),
        Identity::User { .. } => ("gateway_login", ""),
        Identity::Staff { .. } => ("gateway_staff", ""),
        Identity::Job { .. } => ("gateway_worker", ""),
        Identity::Key(_) | Identity::Acting { .. } | Identity::Dispatcher => {
            unreachable!("nobody borrows as one")
        }
    };
    let tenant = next
        .tenant()
        .map(|tenant| uuid::Uuid::from(tenant).to_string())
        .unwrap_or_default();
    let user = uuid::Uuid::from(next.user());
    let (settings, began) = found.rsplit_once('|').expect("seven values");
    assert_eq!(
        settings,
        format!("{role}|{tenant}|{user}|{roles}|repeatable read|on")
    );
    let micros: i64 = began.replace('.', "").parse().expect("microseconds");
    assert!(
        micros >= start.timestamp_micros(),
        "the transaction is older than its first use: {began}"
    );
}

/// What was not committed is not there, what was is. In between, while COMMIT is under way, both are right.
async fn expect_written(
    world: &World,
    access: Access,
    mark: &str,
    outcome: Option<Outcome>,
    ending: bool,
) {
    if access == Access::Read {
        return;
    }
    let rows = companies(world, mark).await;
    match outcome {
        Some(outcome) => assert_eq!((outcome, rows), (Outcome::Committed, 1), "{mark}"),
        None if ending => assert!(rows <= 1, "{mark}"),
        None => assert_eq!(rows, 0, "{mark} was given up before its end and is there"),
    }
}

#[tokio::test]
async fn a_read_given_up_anywhere_leaves_no_setting() {
    let world = World::demo().await;
    let (acme, globex) = (
        direct::owner(&world, "acme"),
        direct::owner(&world, "globex"),
    );
    let dropped = give_up_everywhere(&world, &acme, Access::Read, &globex).await;
    // Not only before the first poll; how many polls there are is up to the machine.
    assert!(dropped > ROUNDS, "{dropped}");
    // A member of staff sets no tenant, so one that was left behind would show.
    give_up_everywhere(&world, &acme, Access::Read, &direct::staff(&world)).await;
    // Nor does a user without a tenant, who stays the login role.
    let user = Identity::User { user: acme.user() };
    give_up_everywhere(&world, &acme, Access::Read, &user).await;
    // Staff in a tenant are the only ones whose read has something to commit.
    let acting = direct::acting(&world, "acme");
    give_up_everywhere(&world, &acting, Access::Read, &globex).await;
}

#[tokio::test]
async fn a_write_given_up_anywhere_leaves_no_setting_and_no_row() {
    let world = World::demo().await;
    let acme = direct::owner(&world, "acme");
    let dropped = give_up_everywhere(&world, &acme, Access::Write, &direct::staff(&world)).await;
    // Not only before the first poll; how many polls there are is up to the machine.
    assert!(dropped > ROUNDS, "{dropped}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn staff_given_up_anywhere_leave_no_role() {
    let world = World::demo().await;
    give_up_everywhere(
        &world,
        &direct::staff(&world),
        Access::Read,
        &direct::owner(&world, "globex"),
    )
    .await;
}

/// A request that reads in two tiers and writes in one, and the first of the other tier's connection after it.
async fn request_in_two(database: Database, identity: Identity, access: Access) -> Outcome {
    let context = match access {
        Access::Read => database.context(identity, access),
        Access::Write => database.writing(Tier::Queue, identity),
    };
    let queue = context.on(Tier::Queue);
    text(&context, "SELECT current_user::text")
        .await
        .expect("a row");
    let written = match access {
        Access::Read => "SELECT 1/0",
        Access::Write => "UPDATE jobs SET status = 'queued' WHERE status = 'failed'",
    };
    drop(queue.execute_unprepared(written).await);
    // Never saved, so that each round finds the same.
    context.finish(false).await.expect("an end")
}

#[tokio::test]
async fn a_context_given_up_anywhere_leaves_nothing_in_the_other_tiers() {
    let world = World::demo().await;
    let (acme, globex) = (
        direct::owner(&world, "acme"),
        direct::owner(&world, "globex"),
    );
    let database = crate::tiers::database(&world, 1).await;
    for access in [Access::Read, Access::Write] {
        let mut dropped = 0;
        for polls in 0.. {
            let before = dropped;
            for round in 0..ROUNDS / 4 {
                let request = request_in_two(database.clone(), acme.clone(), access);
                let outcome = given_up(request, polls, round % 12).await;
                dropped += usize::from(outcome.is_none());
                expect_clean_in(&database, Tier::Queue, &globex).await;
            }
            if dropped == before {
                break;
            }
        }
        assert!(dropped > ROUNDS / 4, "{dropped}");
    }
    let saved = "SELECT count(*) FROM jobs WHERE status = 'queued' AND failed IS NOT NULL";
    let saved: i64 = crate::isolation::twins::one_in(&world, migrations::Tier::Queue, saved).await;
    assert_eq!(saved, 0);
}
