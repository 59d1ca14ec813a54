//! Clients that go away in the middle of a request.

use std::time::{Duration, Instant};

use futures::{
    StreamExt,
    future::{join, join_all},
    stream,
};
use gateway::auth::Claims;
use gateway_tests::{Client, Options, World};
use rand::{Rng, SeedableRng, rngs::SmallRng};
use serde_json::{Value, json};
use tokio::{io::AsyncWriteExt, net::TcpStream, time::sleep};

use super::{backends, direct, lock::Lock};

const REQUESTS: u64 = 2500;

const QUERY: &str = "{ campaigns(first: 2) { nodes { id name } } }";

/// Somebody who asks the same again and again, and knows the answer.
struct Asker {
    client: Client,
    token: String,
    answer: Value,
}

impl Asker {
    async fn of(world: &World, tenant: &str) -> Self {
        let client = world.owner(tenant);
        let token =
            Claims::new(&direct::owner(world, tenant), Duration::from_secs(600)).sign(world.key());
        Self {
            answer: client.data(QUERY).await,
            client,
            token,
        }
    }

    async fn expect_own_rows(&self) {
        assert_eq!(self.client.data(QUERY).await, self.answer);
    }

    /// Sends the request, or only a part of it, and closes the socket some time later.
    async fn hang_up(&self, world: &World, part: f64, after: Duration) {
        let body = json!({ "query": QUERY }).to_string();
        let request = format!(
            "POST /graphql HTTP/1.1\r\nhost: gateway\r\nauthorization: Bearer {}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            self.token,
            body.len()
        );
        let sent = (request.len() as f64 * part) as usize;
        let mut socket = TcpStream::connect(world.address)
            .await
            .expect("the gateway listens");
        socket
            .write_all(&request.as_bytes()[..sent])
            .await
            .expect("room in the socket's buffer");
        sleep(after).await;
    }
}

async fn world() -> (World, [Asker; 2]) {
    let options = Options {
        max_connections: Some(2),
        acquire_timeout: Some(Duration::from_secs(20)),
        ..Options::default()
    };
    let world = World::demo_with(options).await;
    let askers = [
        Asker::of(&world, "acme").await,
        Asker::of(&world, "globex").await,
    ];
    assert_ne!(askers[0].answer, askers[1].answer);
    (world, askers)
}

/// Each of the pool's connections is clean: every answer is the asker's own.
async fn expect_undisturbed(world: &World, askers: &[Asker]) {
    backends::settled(world).await;
    for _ in 0..8 {
        join_all(
            askers
                .iter()
                .flat_map(|asker| [asker.expect_own_rows(), asker.expect_own_rows()]),
        )
        .await;
    }
    assert!(backends::sessions(world).await <= 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_cut_off_at_any_moment_leave_nothing_behind() {
    let (world, askers) = world().await;
    let start = Instant::now();
    askers[0].expect_own_rows().await;
    // Six at a time wait for two connections: some are cut off while they wait, some at work, some are done.
    let longest = (start.elapsed() * 3 / 2).as_micros() as u64;
    let requests = stream::iter(0..REQUESTS).for_each_concurrent(6, |number| {
        let (world, asker) = (&world, &askers[number as usize % 2]);
        async move {
            let mut random = SmallRng::seed_from_u64(number);
            let after = Duration::from_micros(random.random_range(0..longest));
            match number % 10 {
                0..6 => drop(tokio::time::timeout(after, asker.expect_own_rows()).await),
                6..8 => asker.hang_up(world, 1.0, after).await,
                8 => {
                    asker
                        .hang_up(world, random.random_range(0.0..1.0), after / 4)
                        .await
                }
                _ => asker.expect_own_rows().await,
            }
        }
    });
    requests.await;
    expect_undisturbed(&world, &askers).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_cut_off_inside_a_statement_leave_nothing_behind() {
    let (world, askers) = world().await;
    for _ in 0..20 {
        let round = cut_off_inside(&world, &askers);
        tokio::time::timeout(Duration::from_secs(60), round)
            .await
            .expect("connections that come back");
    }
    expect_undisturbed(&world, &askers).await;
}

/// Four requests wait for a lock or a connection when they are cut off; another tenant's comes right after.
async fn cut_off_inside(world: &World, askers: &[Asker]) {
    let lock = Lock::on(world, "campaigns").await;
    let asking = [0, 0, 0, 0].map(|tenant: usize| {
        let client = askers[tenant].client.clone();
        tokio::spawn(async move { client.query(QUERY).await })
    });
    backends::blocked(world, 2).await;
    for request in asking {
        request.abort();
    }
    join(askers[1].expect_own_rows(), lock.release()).await;
}
