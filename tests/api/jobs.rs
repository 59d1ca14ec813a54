//! Jobs in the API: dead letters replayed and dropped, queues paused and resumed.
//!
//! That no tenant sees another's is walked in `isolation`, who may change what in `writes` and `permissions`.

mod dead_letters;
mod queues;

use gateway_tests::{Client, World};
use migrations::Tier;

use crate::isolation::twins::{one_in, texts_in};

/// A demo world, and the owner of `acme`.
async fn demo() -> (World, Client) {
    let world = World::demo().await;
    let owner = world.owner("acme");
    (world, owner)
}

/// SQL that is true of `acme`'s rows.
fn of_acme(world: &World) -> String {
    let acme = world.demo.as_ref().expect("a demo").tenants[0].id;
    format!("tenant_id = '{acme}'")
}

/// How many of `acme`'s jobs a condition holds of.
async fn count(world: &World, condition: &str) -> i64 {
    let acme = of_acme(world);
    let sql = format!("SELECT count(*) FROM jobs WHERE {acme} AND ({condition})");
    one_in(world, Tier::Queue, &sql).await
}

/// The ids of some of `acme`'s jobs, as clients may write them.
async fn ids(world: &World, condition: &str) -> Vec<String> {
    let acme = of_acme(world);
    let sql = format!("SELECT id::text FROM jobs WHERE {acme} AND ({condition}) ORDER BY id");
    texts_in(world, Tier::Queue, &sql).await
}
