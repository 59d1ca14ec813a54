//! Sessions that the server ends in one tier, while those of the others live on.

use futures::future::join;
use gateway_tests::{Options, World};
use migrations::Tier;
use serde_json::json;

use super::{
    backends::{blocked_in, settled_in, terminate_in},
    lock::Lock,
};

const LEADS: &str = "{ leads(first: 1) { totalCount } }";
/// One statement in each of two tiers.
const BOTH: &str = "{ leads(first: 1) { totalCount } messages(first: 1) { totalCount } }";
/// The second tier's rows are asked for by what the first one's say.
const ACROSS: &str = "{ campaigns(first: 3) { nodes { messages { totalCount } } } }";

const TIERS: [Tier; 2] = [Tier::Oltp, Tier::Content];

/// A gateway with one connection to each tier, so that the dead one is the next to be lent.
async fn world() -> World {
    World::demo_with(Options {
        max_connections: Some(1),
        ..Options::default()
    })
    .await
}

#[tokio::test]
async fn a_session_that_died_idle_costs_no_request_whatever_tier_it_was_in() {
    let world = world().await;
    let acme = world.owner("acme");
    for query in [BOTH, ACROSS] {
        let answer = acme.data(query).await;
        for dead in [&[Tier::Content][..], &[Tier::Oltp], &TIERS] {
            for tier in TIERS {
                settled_in(&world, tier).await;
            }
            for tier in dead {
                assert_eq!(terminate_in(&world, *tier).await, 1, "{tier:?}");
            }
            assert_eq!(acme.data(query).await, answer, "{dead:?}");
        }
    }
}

#[tokio::test]
async fn a_session_that_dies_at_work_in_a_tier_costs_its_own_request() {
    let world = world().await;
    let acme = world.owner("acme");
    let (leads, both) = (acme.data(LEADS).await, acme.data(BOTH).await);
    let lock = Lock::on_in(&world, Tier::Content, "email_messages").await;
    let killed = async {
        blocked_in(&world, Tier::Content, 1).await;
        terminate_in(&world, Tier::Content).await;
    };
    let (cut, ()) = join(acme.query(BOTH), killed).await;
    assert_eq!((cut.status, cut.code()), (503, "UNAVAILABLE"));
    assert_eq!(cut.headers["retry-after"], "1");
    assert_eq!(
        cut.body,
        json!({ "errors": [{
            "message": "the database can not be reached; try again in a moment",
            "extensions": { "code": "UNAVAILABLE" }
        }] })
    );
    // The other tier's only connection came back, though the table is still locked.
    assert_eq!(acme.data(LEADS).await, leads);
    lock.release().await;
    assert_eq!(acme.data(BOTH).await, both);
}
