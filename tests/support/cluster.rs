//! One PostgreSQL server for all tests of a process, and the databases that tests are copied from.

use std::sync::atomic::{AtomicU32, Ordering};

use embedded::Server;
use migrations::Passwords;
use tempfile::TempDir;
use tokio::sync::OnceCell;

/// Roles, schema, no rows.
const EMPTY: &str = "template_empty";
/// The same with the demo tenants.
const DEMO: &str = "template_demo";

/// The server and what is made once in it.
pub struct Cluster {
    /// The server; its watchdog ends it with this process.
    pub server: Server,
    demo: OnceCell<seed::Demo>,
    made: AtomicU32,
    _folder: TempDir,
}

/// The process's server, started at its first use.
pub async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER.get_or_init(start).await
}

async fn start() -> Cluster {
    let folder = tempfile::Builder::new()
        .prefix("gwt")
        .tempdir()
        .expect("a temporary folder");
    let mut options = embedded::Options::scratch(folder.path());
    options
        .settings
        .push(("max_connections".to_owned(), "400".to_owned()));
    let server = Server::start(options).await.expect("PostgreSQL starts");
    server.create_database(EMPTY).await.expect("a database");
    migrations::prepare_roles(&server.superuser_url(EMPTY), &Passwords::default())
        .await
        .expect("roles");
    migrations::up(&server.url("gateway_migrator", EMPTY), None)
        .await
        .expect("migrations");
    Cluster {
        server,
        demo: OnceCell::new(),
        made: AtomicU32::new(0),
        _folder: folder,
    }
}

impl Cluster {
    /// A database of a test's own: migrated, no rows.
    pub async fn empty(&self) -> String {
        self.copy(EMPTY).await
    }

    /// A database of a test's own with the demo tenants, and who they are.
    pub async fn demo(&self) -> (String, &seed::Demo) {
        let demo = self.demo.get_or_init(|| self.make_demo()).await;
        (self.copy(DEMO).await, demo)
    }

    async fn make_demo(&self) -> seed::Demo {
        self.server
            .create_database_from_template(DEMO, EMPTY)
            .await
            .expect("a database");
        // A fixed day, so that the data is the same in every run.
        let now = "2026-06-15T12:00:00Z".parse().expect("a moment");
        seed::demo(&self.server.superuser_url(DEMO), now)
            .await
            .expect("demo data")
    }

    async fn copy(&self, template: &str) -> String {
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.server
            .create_database_from_template(&name, template)
            .await
            .expect("a copy of the template");
        name
    }
}
