//! The servers that are compared: how each is started, asked and stopped.

use std::{
    fs::File,
    net::{Ipv4Addr, TcpListener},
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use serde_json::{Value, json};
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};

use crate::{
    Result,
    database::Place,
    operation::{Dialect, Operation},
    paths::Paths,
    subject::TOKEN_KEY,
};

/// Database connections of each peer in all, however many processes it has.
pub(crate) const CONNECTIONS: u32 = 8;

/// Which server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Gateway,
    /// With so many workers.
    PostGraphile(u32),
    Stock,
}

impl Kind {
    /// All, ours first.
    pub(crate) const ALL: [Self; 4] = [
        Self::Gateway,
        Self::PostGraphile(1),
        Self::PostGraphile(2),
        Self::Stock,
    ];

    /// As it is called in results.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::PostGraphile(1) => "postgraphile-1",
            Self::PostGraphile(_) => "postgraphile-2",
            Self::Stock => "stock",
        }
    }

    pub(crate) fn dialect(self) -> Dialect {
        match self {
            Self::PostGraphile(_) => Dialect::PostGraphile,
            Self::Gateway | Self::Stock => Dialect::Gateway,
        }
    }

    /// The stock server has a part of the schema, and PostGraphile no import.
    pub(crate) fn can(self, operation: Operation) -> bool {
        match self {
            Self::Gateway => true,
            Self::PostGraphile(_) => operation != Operation::M2,
            Self::Stock => !matches!(operation, Operation::Q6 | Operation::M1 | Operation::M2),
        }
    }

    fn command(self, paths: &Paths) -> Result<Command> {
        Ok(match self {
            Self::Gateway => {
                let mut command = Command::new(paths.gateway()?);
                command.arg("serve");
                command
            }
            Self::Stock => Command::new(paths.release("stock")?),
            Self::PostGraphile(workers) => {
                let folder = paths.postgraphile()?;
                let mut command = Command::new(folder.join("node_modules/node/bin/node"));
                command
                    .arg("server.js")
                    .current_dir(folder)
                    .env("NODE_ENV", "production")
                    .env("GRAPHILE_ENV", "production")
                    .env("WORKERS", workers.to_string())
                    .env("POOL", (CONNECTIONS / workers).to_string());
                command
            }
        })
    }
}

/// How a server is started.
pub(crate) struct Start<'a> {
    pub(crate) paths: &'a Paths,
    pub(crate) place: &'a Place,
    /// The cores it may use; all if `None`.
    pub(crate) cores: Option<&'a str>,
    /// Distinguishes the log of this start.
    pub(crate) run: &'a str,
}

/// A running server.
pub(crate) struct Peer {
    pub(crate) kind: Kind,
    /// Where it answers.
    pub(crate) url: String,
    child: Child,
    client: reqwest::Client,
}

impl Peer {
    /// Starts a server and waits until it answers.
    pub(crate) async fn start(kind: Kind, start: &Start<'_>) -> Result<Self> {
        Self::start_with(kind, start, &[]).await
    }

    /// The same with more settings.
    pub(crate) async fn start_with(
        kind: Kind,
        start: &Start<'_>,
        settings: &[(&str, String)],
    ) -> Result<Self> {
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?
            .local_addr()?
            .port();
        let log = start
            .paths
            .scratch("log")?
            .join(format!("{}.{}.log", kind.name(), start.run));
        let output = File::create(&log)?;
        let child = pinned(kind.command(start.paths)?, start.cores)
            .env("DATABASE_URL", start.place.url("gateway_login"))
            .env("GATEWAY_LISTEN", format!("127.0.0.1:{port}"))
            .env("GATEWAY_MAX_CONNECTIONS", CONNECTIONS.to_string())
            // The demo's plans allow a few hundred requests a minute.
            .env("GATEWAY_RATE_LIMITS", "false")
            .env("GATEWAY_TOKEN_KEY", TOKEN_KEY)
            .env("TOKEN_KEY", TOKEN_KEY)
            .env("PORT", port.to_string())
            .envs(settings.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(output.try_clone()?)
            .stderr(output)
            .kill_on_drop(true)
            .spawn()?;
        let mut peer = Self {
            kind,
            url: format!("http://127.0.0.1:{port}/graphql"),
            child,
            client: reqwest::Client::builder()
                .timeout(Duration::from_secs(120))
                .build()?,
        };
        peer.ready(&log).await?;
        Ok(peer)
    }

    /// The process that the server's others descend from.
    pub(crate) fn pid(&self) -> Result<i32> {
        let pid = self
            .child
            .id()
            .ok_or_else(|| format!("{} has ended", self.kind.name()))?;
        Ok(i32::try_from(pid)?)
    }

    /// Asks; the answer is whatever JSON comes.
    pub(crate) async fn ask(&self, token: &str, body: &Value) -> Result<Value> {
        let request = self.client.post(&self.url).bearer_auth(token).json(body);
        let answer = request.send().await?.text().await?;
        serde_json::from_str(&answer)
            .map_err(|_| format!("{} answers {answer}", self.kind.name()).into())
    }

    /// A request that brings something else than GraphQL.
    pub(crate) fn post(
        &self,
        path: &str,
        media: &str,
        token: &str,
        body: Vec<u8>,
    ) -> Result<reqwest::RequestBuilder> {
        let url = self.url.replace("/graphql", path);
        let request = self.client.post(url).bearer_auth(token);
        Ok(request.header("content-type", media).body(body))
    }

    /// Stops the server.
    pub(crate) async fn stop(mut self) -> Result<()> {
        kill(Pid::from_raw(self.pid()?), Signal::SIGTERM)?;
        if timeout(Duration::from_secs(15), self.child.wait())
            .await
            .is_err()
        {
            self.child.kill().await?;
        }
        Ok(())
    }

    async fn ready(&mut self, log: &Path) -> Result<()> {
        let deadline = Instant::now() + Duration::from_secs(90);
        let question = json!({ "query": "{ __typename }" });
        loop {
            // A server that answers at all is ready, be it that there is no token.
            if self
                .client
                .post(&self.url)
                .json(&question)
                .send()
                .await
                .is_ok()
            {
                return Ok(());
            }
            if self.child.try_wait()?.is_some() || Instant::now() > deadline {
                return Err(
                    format!("{} did not start: see {}", self.kind.name(), log.display()).into(),
                );
            }
            sleep(Duration::from_millis(50)).await;
        }
    }
}

fn pinned(command: Command, cores: Option<&str>) -> Command {
    let Some(cores) = cores else { return command };
    let inner = command.as_std();
    let program = PathBuf::from(inner.get_program());
    let mut taskset = Command::new("taskset");
    taskset
        .args(["--cpu-list", cores])
        .arg(program)
        .args(inner.get_args());
    taskset.envs(
        inner
            .get_envs()
            .filter_map(|(name, value)| Some((name, value?))),
    );
    if let Some(folder) = inner.get_current_dir() {
        taskset.current_dir(folder);
    }
    taskset
}
