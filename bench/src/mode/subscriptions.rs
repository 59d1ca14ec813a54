//! `bench subscriptions` (S1): a change that a thousand sockets are told of.

use std::time::{Duration, Instant};

use clap::Args;
use futures::{SinkExt, StreamExt};
use serde::Serialize;
use serde_json::{Value, json};
use tokio::{net::TcpStream, sync::mpsc, task::JoinSet, time::interval};
use tokio_tungstenite::{
    WebSocketStream, client_async,
    tungstenite::{Message, client::IntoClientRequest, http::HeaderValue},
};

use super::stage::Stage;
use crate::{
    Result,
    machine::Machine,
    peer::{Kind, Peer},
    process::usage,
    report, say,
    subject::Subject,
};

/// Sockets of one tenant, and a change of one of its campaigns each second.
#[derive(Args, Debug)]
pub(crate) struct Subscriptions {
    /// Sockets, each with a subscription
    #[arg(long, default_value_t = 1000)]
    sockets: usize,
    /// Changes, one a second
    #[arg(long, default_value_t = 20)]
    changes: usize,
}

const SUBSCRIPTION: &str = "subscription { campaigns { change id campaign { name status } } }";
const CHANGE: &str = "mutation ($id: ID!, $name: String!) { updateCampaign(input: {id: $id, set: {name: $name}}) { campaign { id } } }";

#[derive(Serialize)]
struct Told {
    machine: Machine,
    sockets: usize,
    changes: usize,
    /// Milliseconds from the answer to the mutation to the event.
    p50: f64,
    p99: f64,
    max: f64,
    /// CPU time of an event, in microseconds.
    gateway_cpu: f64,
    database_cpu: f64,
    /// The gateway's memory a socket, in KiB.
    resident: f64,
}

impl Subscriptions {
    pub(super) async fn run(self) -> Result<()> {
        let stage = Stage::open().await?;
        let start = stage.start("subscribed");
        let peer = Peer::start(Kind::Gateway, &start).await?;
        let told = self.measure(&stage, &peer).await?;
        peer.stop().await?;
        say::line(format_args!(
            "{} sockets, {} changes: p50 {:.0} ms, p99 {:.0} ms, max {:.0} ms; {:.0} µs of the gateway and {:.0} of PostgreSQL an event; {:.1} KiB a socket",
            told.sockets,
            told.changes,
            told.p50,
            told.p99,
            told.max,
            told.gateway_cpu,
            told.database_cpu,
            told.resident
        ));
        report::write(&stage.paths.result("subscriptions.json")?, &told)?;
        stage.close().await
    }

    async fn measure(&self, stage: &Stage, peer: &Peer) -> Result<Told> {
        let (gateway, database) = (peer.pid()?, stage.database.pid());
        let subject = stage.readers.first().ok_or("there is no tenant")?;
        let before = usage(gateway);
        let (arrived, mut arrivals) = mpsc::unbounded_channel();
        let mut sockets = JoinSet::new();
        for _ in 0..self.sockets {
            let socket = subscribe(&peer.url, subject).await?;
            sockets.spawn(listen(socket, arrived.clone()));
        }
        let open = usage(gateway);
        let busy = (open.cpu, usage(database).cpu);
        let mut latencies = Vec::with_capacity(self.sockets * self.changes);
        let mut seconds = interval(Duration::from_secs(1));
        for number in 0..self.changes {
            seconds.tick().await;
            let campaign = subject.campaigns.first().ok_or("there is no campaign")?;
            let variables = json!({ "id": campaign, "name": format!("Changed {number}") });
            let change = json!({ "query": CHANGE, "variables": variables });
            peer.ask(&subject.token, &change).await?;
            let changed = Instant::now();
            for _ in 0..self.sockets {
                let arrived: Instant = arrivals.recv().await.ok_or("all sockets are closed")?;
                let late = arrived.saturating_duration_since(changed);
                latencies.push(late.as_secs_f64() * 1000.0);
            }
        }
        latencies.sort_unstable_by(f64::total_cmp);
        let at = |part: f64| latencies[((latencies.len() - 1) as f64 * part) as usize];
        let events = latencies.len() as f64;
        Ok(Told {
            machine: Machine::look(&stage.paths).await,
            sockets: self.sockets,
            changes: self.changes,
            p50: at(0.5),
            p99: at(0.99),
            max: at(1.0),
            gateway_cpu: (usage(gateway).cpu - busy.0) as f64 / events,
            database_cpu: (usage(database).cpu - busy.1) as f64 / events,
            resident: open.resident.saturating_sub(before.resident) as f64
                / self.sockets as f64
                / 1024.0,
        })
    }
}

type Socket = WebSocketStream<TcpStream>;

/// A socket that listens: the gateway answers a ping behind the subscription only then.
async fn subscribe(url: &str, subject: &Subject) -> Result<Socket> {
    let url = url.replacen("http", "ws", 1);
    let mut request = url.as_str().into_client_request()?;
    let protocol = HeaderValue::from_static("graphql-transport-ws");
    request
        .headers_mut()
        .insert("sec-websocket-protocol", protocol);
    let authority = request.uri().authority().ok_or("a URL with a host")?;
    let stream = TcpStream::connect(authority.as_str()).await?;
    let (mut socket, _) = client_async(request, stream).await?;
    let token = format!("Bearer {}", subject.token);
    for (message, answer) in [
        (
            json!({ "type": "connection_init", "payload": { "Authorization": token } }),
            "connection_ack",
        ),
        (
            json!({ "id": "1", "type": "subscribe", "payload": { "query": SUBSCRIPTION } }),
            "",
        ),
        (json!({ "type": "ping" }), "pong"),
    ] {
        socket.send(Message::text(message.to_string())).await?;
        if !answer.is_empty() && hear(&mut socket).await?["type"] != answer {
            return Err(format!("no {answer}").into());
        }
    }
    Ok(socket)
}

/// Says when each event came.
async fn listen(mut socket: Socket, arrived: mpsc::UnboundedSender<Instant>) {
    while let Ok(message) = hear(&mut socket).await {
        let is_whole = message["payload"]["data"]["campaigns"]["campaign"]["name"].is_string();
        if !is_whole || arrived.send(Instant::now()).is_err() {
            return;
        }
    }
}

async fn hear(socket: &mut Socket) -> Result<Value> {
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => return Ok(serde_json::from_str(text.as_str())?),
            Some(Ok(_)) => {}
            Some(Err(error)) => return Err(error.into()),
            None => return Err("the socket was closed".into()),
        }
    }
}
