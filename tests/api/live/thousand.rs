//! A thousand sockets on one gateway: a change reaches all whom it concerns, and no other.

use futures::{StreamExt, stream};
use gateway_tests::{Client, Live, Options, Socket, World};

use super::{CAMPAIGNS, create, told};

const SOCKETS: usize = 1000;

/// Bytes that the process, which is gateway and clients at once, has in memory.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB")?.trim().parse().ok());
    kilobytes.map_or(0, |kilobytes: u64| kilobytes << 10)
}

async fn opened(client: &Client) -> Socket {
    let mut socket = Socket::signed_in(client).await;
    socket.subscribe("1", CAMPAIGNS).await;
    socket
}

#[tokio::test]
#[expect(clippy::print_stdout, reason = "what it measures, for `--nocapture`")]
async fn a_change_reaches_each_of_a_thousand_sockets_once() {
    // The first are not read while the last are opened, which takes a busy machine longer than a client may be silent.
    let keep_alive_seconds = Some(3600);
    let world = World::demo_with(Options {
        live: Live {
            keep_alive_seconds,
            ..Live::default()
        },
        ..Options::default()
    })
    .await;
    let clients = [world.owner("acme"), world.owner("globex")];
    let before = resident();
    let opening = (0..SOCKETS).map(|number| opened(&clients[number % 2]));
    let mut sockets: Vec<Socket> = stream::iter(opening).buffered(50).collect().await;
    let after = resident();
    println!(
        "{SOCKETS} sockets with a subscription each: {:.1} KiB of memory a socket, both ends in one process ({} MiB before, {} after)",
        after.saturating_sub(before) as f64 / SOCKETS as f64 / 1024.0,
        before >> 20,
        after >> 20
    );
    for (mine, client) in clients.iter().enumerate() {
        let id = create(client, "To all of mine").await;
        let expected = told("CREATED", &id, Some("To all of mine"));
        let listening = sockets.iter_mut().skip(mine).step_by(2);
        let heard = listening.map(|socket| socket.data("1"));
        let heard = futures::future::join_all(heard).await;
        assert_eq!(heard.len(), SOCKETS / 2);
        // The first thing that each of the second tenant's hears is its own, so it was not told of the first's.
        assert!(heard.iter().all(|heard| *heard == expected));
    }
}
