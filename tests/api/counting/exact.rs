//! However changes and counts come one after the other, or at once, the numbers are those of the messages.

use std::time::Duration;

use futures::future::join;
use gateway_tests::{analytics, roll_up};
use migrations::Tier;
use rand::{Rng, SeedableRng, rngs::StdRng};
use tokio::time::sleep;
use uuid::Uuid;

use super::desk::{Desk, TIMES, insert};

/// A change of the messages of a tenant, of whatever kind.
fn change(draw: &mut StdRng, tenant: Uuid) -> String {
    let id = Uuid::from_u128(draw.random_range(1..60));
    let (time, _) = TIMES[draw.random_range(0..TIMES.len())];
    let at = format!(
        "timestamptz '2026-03-27 00:00Z' + interval '{} minutes'",
        draw.random_range(0..6000)
    );
    let key = |draw: &mut StdRng, of: u128| match draw.random_range(0..4) {
        0 => "NULL".to_owned(),
        number => format!("'{}'", Uuid::from_u128(of + number)),
    };
    match draw.random_range(0..10) {
        0..4 => {
            let columns = "campaign_id, email_account_id, lead_id, sent";
            let keys = [100, 200, 300].map(|of| key(draw, of)).join(", ");
            let insert = insert(tenant, id, columns, &format!("{keys}, {at}"));
            format!("{insert} ON CONFLICT (id) DO UPDATE SET sent = excluded.sent")
        }
        4..7 => format!("UPDATE email_messages SET {time} = {at} WHERE id = '{id}'"),
        7 => format!("UPDATE email_messages SET {time} = NULL WHERE id = '{id}'"),
        8 => {
            // A step is of one campaign, and has one message to a lead.
            let (campaign, step) = match draw.random_range(0..4) {
                0 => ("NULL".to_owned(), "NULL".to_owned()),
                number => (
                    format!("'{}'", Uuid::from_u128(100 + number)),
                    format!("'{}'", Uuid::from_u128(400 + number)),
                ),
            };
            format!(
                "UPDATE email_messages SET campaign_id = {campaign}, step_id = {step}, lead_id = id WHERE id = '{id}'"
            )
        }
        _ => format!("DELETE FROM email_messages WHERE id = '{id}'"),
    }
}

#[tokio::test]
async fn whatever_is_changed_between_whatever_counts_is_counted_once() {
    for seed in 0..6 {
        let mut draw = StdRng::seed_from_u64(seed);
        let desk = Desk::with(1, draw.random_range(1..8)).await;
        for _ in 0..80 {
            match draw.random_range(0..6) {
                0 => {
                    desk.analytics
                        .rollup(desk.tenant(0))
                        .await
                        .expect("numbers");
                }
                1 if draw.random_ratio(1, 4) => {
                    desk.analytics
                        .recount(desk.tenant(0))
                        .await
                        .expect("numbers");
                }
                _ => {
                    desk.run(Tier::Content, &change(&mut draw, desk.tenants[0]))
                        .await
                }
            }
        }
        desk.roll_up(0).await;
        desk.assert_exact(0, "UTC").await;
        let incrementally = desk.dump(0).await;
        assert!(!incrementally.is_empty());
        desk.analytics
            .recount(desk.tenant(0))
            .await
            .expect("numbers");
        assert_eq!(desk.dump(0).await, incrementally, "seed {seed}");
    }
}

#[tokio::test]
async fn two_who_count_at_once_count_once() {
    let desk = Desk::with(1, 3).await;
    let mut draw = StdRng::seed_from_u64(11);
    let (other, pools) = analytics(&desk.world.database, 2).await;
    desk.roll_up(0).await;
    for _ in 0..12 {
        for _ in 0..12 {
            desk.run(Tier::Content, &change(&mut draw, desk.tenants[0]))
                .await;
        }
        let tenant = desk.tenant(0);
        let both = join(desk.analytics.rollup(tenant), other.rollup(tenant)).await;
        both.0.and(both.1).expect("numbers");
    }
    roll_up(&other, desk.tenant(0)).await;
    desk.assert_exact(0, "UTC").await;
    pools.close().await;
}

#[tokio::test]
async fn whoever_dies_between_leaves_nothing_counted_twice_or_not_at_all() {
    let desk = Desk::with(1, 4).await;
    let mut draw = StdRng::seed_from_u64(12);
    let mut given_up = 0;
    for round in 0..40 {
        for _ in 0..6 {
            desk.run(Tier::Content, &change(&mut draw, desk.tenants[0]))
                .await;
        }
        let (analytics, tenant) = (desk.analytics.clone(), desk.tenant(0));
        let counting = tokio::spawn(async move {
            match round % 5 {
                0 => analytics.recount(tenant).await.map(drop),
                _ => analytics.rollup(tenant).await.map(drop),
            }
        });
        sleep(Duration::from_micros(draw.random_range(0..12_000))).await;
        counting.abort();
        given_up += u32::from(counting.await.is_err());
    }
    assert!(given_up > 5, "only {given_up} were given up");
    desk.roll_up(0).await;
    desk.assert_exact(0, "UTC").await;
}
