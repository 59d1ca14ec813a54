//! What every command needs: the database, the tenants, the load, and servers with their requests.

use std::{collections::BTreeMap, fs, path::PathBuf};

use crate::{
    Result,
    capture::log_statements,
    database::{self, Database, Place, Plan},
    load::Loader,
    operation::Operation,
    paths::Paths,
    peer::{Kind, Peer, Start},
    requests::{self, Request},
    subject::{Subject, subjects},
};

/// Tenants that are read.
const READERS: i64 = 100;
/// Tenants that are written to; nobody reads them meanwhile.
const WRITERS: i64 = 50;

/// The database, the tenants and the load.
pub(crate) struct Stage {
    pub(crate) paths: Paths,
    pub(crate) database: Database,
    pub(crate) place: Place,
    pub(crate) loader: Loader,
    pub(crate) readers: Vec<Subject>,
    writers: Vec<Subject>,
}

impl Stage {
    /// Starts PostgreSQL and fills it, unless that was done before.
    pub(crate) async fn open() -> Result<Self> {
        let paths = Paths::find();
        let loader = Loader::find(&paths).await?;
        let gateway = paths.gateway()?;
        let database = start(&paths).await?;
        let place = database.seeded(&gateway, "bench", Plan::COMPARISON).await?;
        // A run that was broken off may have left it on, and rows that it wrote.
        log_statements(&place, false).await?;
        database::clean(&place).await?;
        // The first tenant is the large one.
        let readers = subjects(&place, 1, READERS).await?;
        let writers = subjects(&place, 1 + READERS, WRITERS).await?;
        Ok(Self {
            paths,
            database,
            place,
            loader,
            readers,
            writers,
        })
    }

    /// How a server starts that has the database and all cores.
    pub(crate) fn start<'a>(&'a self, run: &'a str) -> Start<'a> {
        Start {
            paths: &self.paths,
            place: &self.place,
            cores: None,
            run,
        }
    }

    /// The tenants that an operation is for.
    pub(crate) fn subjects(&self, operation: Operation) -> &[Subject] {
        if operation.writes() {
            &self.writers
        } else {
            &self.readers
        }
    }

    /// Takes back what was written, and stops PostgreSQL.
    pub(crate) async fn close(self) -> Result<()> {
        database::clean(&self.place).await?;
        self.database.stop().await
    }
}

/// Starts the benchmark's PostgreSQL with an empty log.
pub(crate) async fn start(paths: &Paths) -> Result<Database> {
    let folder = paths.scratch("postgres")?;
    let log = folder.join("postgres.log");
    if log.is_file() {
        fs::write(&log, "")?;
    }
    Database::start(&folder).await
}

/// A running server, and the requests it is sent.
pub(crate) struct Contestant {
    pub(crate) peer: Peer,
    requests: BTreeMap<Operation, (Vec<Request>, PathBuf)>,
}

impl Contestant {
    /// Starts a server and prepares its requests.
    pub(crate) async fn start(
        stage: &Stage,
        kind: Kind,
        start: &Start<'_>,
        operations: &[Operation],
    ) -> Result<Self> {
        let peer = Peer::start(kind, start).await?;
        let folder = stage.paths.scratch("load")?;
        let cursors = if operations.contains(&Operation::Q3) {
            requests::cursors(&peer, &stage.readers).await?
        } else {
            Vec::new()
        };
        let mut prepared = BTreeMap::new();
        for operation in operations
            .iter()
            .copied()
            .filter(|operation| kind.can(*operation))
        {
            let requests =
                requests::requests(operation, &peer, stage.subjects(operation), &cursors);
            let name = format!("{}.{}.{}", kind.name(), start.run, operation.id());
            let file = requests::write(&folder, &name, &requests)?;
            prepared.insert(operation, (requests, file));
        }
        Ok(Self {
            peer,
            requests: prepared,
        })
    }

    /// Whether it answers an operation.
    pub(crate) fn can(&self, operation: Operation) -> bool {
        self.requests.contains_key(&operation)
    }

    /// The prepared requests of an operation.
    pub(crate) fn requests(&self, operation: Operation) -> &[Request] {
        self.requests
            .get(&operation)
            .map_or(&[], |(requests, _)| requests)
    }

    /// The same, as the load's script reads them.
    pub(crate) fn file(&self, operation: Operation) -> Result<&PathBuf> {
        let prepared = self.requests.get(&operation).map(|(_, file)| file);
        prepared.ok_or_else(|| {
            format!(
                "{} does not answer {}",
                self.peer.kind.name(),
                operation.id()
            )
            .into()
        })
    }
}
