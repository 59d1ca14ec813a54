//! A PostgreSQL server beside the gateway, for what is tested with `DATABASE_URL`.

use std::{
    cell::RefCell,
    collections::HashMap,
    fs, mem,
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
};

use chrono::{DateTime, Utc};
use embedded::{Options, Running, SUPERUSER, Server};
use migrations::{Passwords, Tier};
use sqlx::{Connection, Executor, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::home::Home;

/// Roles, schema, the demo.
const DEMO: &str = "template_demo";
/// The database of a tier that is apart.
const APART: &str = "apart";
/// Who is given URLs.
const ROLES: [&str; 3] = ["gateway_login", "gateway_migrator", SUPERUSER];

/// The names of databases that no test uses any more. They go when the next one is made: all tests' together take 7 GB.
static LEFT: Mutex<Vec<String>> = Mutex::new(Vec::new());

thread_local! {
    /// The databases of the test that runs on this thread. A test may keep no more of one than a gateway that works on it.
    static USED: RefCell<Vec<Used>> = const { RefCell::new(Vec::new()) };
}

/// The name of a database, which is left when the thread of its test ends.
struct Used(String);

/// A database of a test's own.
pub struct Database {
    name: String,
    server: &'static Server,
    apart: Option<(Tier, HashMap<&'static str, String>)>,
}

/// A server with the database of one tier, which the test may stop.
pub struct Apart {
    tier: Tier,
    folder: TempDir,
    server: Option<Server>,
}

struct Cluster {
    server: Server,
    demo: OnceCell<()>,
    made: AtomicU32,
    _folder: TempDir,
}

async fn cluster() -> &'static Cluster {
    static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();
    CLUSTER
        .get_or_init(|| async {
            let folder = swept("cluster");
            let server = Server::start(Options::scratch(folder.path())).await;
            Cluster {
                server: server.expect("PostgreSQL starts"),
                demo: OnceCell::new(),
                made: AtomicU32::new(0),
                _folder: folder,
            }
        })
        .await
}

impl Database {
    /// Without a schema or roles.
    pub async fn bare() -> Self {
        Self::copy("template0").await
    }

    /// With the schema and the demo.
    pub async fn demo() -> Self {
        let cluster = cluster().await;
        cluster
            .demo
            .get_or_init(|| make_demo(&cluster.server))
            .await;
        Self::copy(DEMO).await
    }

    async fn copy(template: &str) -> Self {
        let cluster = cluster().await;
        clear(&cluster.server).await;
        let name = format!("test_{}", cluster.made.fetch_add(1, Ordering::Relaxed));
        USED.with_borrow_mut(|used| used.push(Used(name.clone())));
        for tier in Tier::ALL {
            let template = match template {
                DEMO => beside(DEMO, tier),
                other => other.to_owned(),
            };
            let made = cluster
                .server
                .create_database_from_template(&beside(&name, tier), &template)
                .await;
            made.expect("a copy of the template");
        }
        Self {
            name,
            server: &cluster.server,
            apart: None,
        }
    }

    /// The same, but for one tier, whose database is on the other server.
    pub fn but(mut self, apart: &Apart) -> Self {
        let url = |role| (role, apart.server().url(role, APART));
        self.apart = Some((apart.tier, ROLES.map(url).into()));
        self
    }

    /// The database's URL for a role.
    pub fn url(&self, role: &str) -> String {
        self.url_of(Tier::Oltp, role)
    }

    pub fn admin_url(&self) -> String {
        self.url(SUPERUSER)
    }

    /// The superuser's URL of a tier's database.
    pub fn admin_url_of(&self, tier: Tier) -> String {
        self.url_of(tier, SUPERUSER)
    }

    fn url_of(&self, tier: Tier, role: &str) -> String {
        match &self.apart {
            Some((apart, urls)) if *apart == tier => urls[role].clone(),
            _ => self.server.url(role, &beside(&self.name, tier)),
        }
    }

    /// Runs statements as the superuser.
    pub async fn execute(&self, sql: &'static str) {
        let mut admin = PgConnection::connect(&self.admin_url())
            .await
            .expect("a connection");
        admin.execute(sql).await.expect("the statements run");
        admin.close().await.expect("it closes");
    }

    /// A folder whose gateway works on this database.
    pub fn home(&self) -> Home {
        let home = Home::new()
            .with("DATABASE_URL", self.url("gateway_login"))
            .with("GATEWAY_MIGRATION_URL", self.url("gateway_migrator"))
            .with("GATEWAY_ADMIN_URL", self.admin_url());
        if self.apart.is_none() {
            return home;
        }
        let others = [Tier::Content, Tier::Analytics, Tier::Queue].into_iter();
        others.fold(home, |home, tier| {
            let name = format!("GATEWAY_{}_URL", tier.as_str().to_uppercase());
            home.with(&name, self.url_of(tier, "gateway_login"))
        })
    }
}

impl Drop for Used {
    fn drop(&mut self) {
        let mut left = LEFT.lock().expect("nobody panics in here");
        left.push(mem::take(&mut self.0));
    }
}

/// Removes the databases that are used no more.
async fn clear(server: &Server) {
    let left = mem::take(&mut *LEFT.lock().expect("nobody panics in here"));
    for name in left {
        for tier in Tier::ALL {
            let dropped = server.drop_database(&beside(&name, tier)).await;
            dropped.expect("nobody copies it");
        }
    }
}

impl Apart {
    /// With the schema, and the demo where that is the tier's.
    pub async fn start(tier: Tier) -> Self {
        let folder = tempfile::Builder::new().prefix("gwo").tempdir();
        let mut apart = Self {
            tier,
            folder: folder.expect("a folder"),
            server: None,
        };
        apart.go_on().await;
        make(apart.server(), tier, APART).await;
        if tier == Tier::Oltp {
            let admin = seed::AdminUrls::of_oltp(apart.server().superuser_url(APART));
            seed::demo(&admin, now()).await.expect("the demo");
        }
        apart
    }

    pub async fn stop(&mut self) {
        let server = self.server.take().expect("a server that runs");
        server.stop().await.expect("an end");
    }

    /// Starts it again, where it was.
    pub async fn go_on(&mut self) {
        let server = Server::start(Options::scratch(self.folder.path())).await;
        self.server = Some(server.expect("PostgreSQL starts"));
    }

    fn server(&self) -> &Server {
        self.server.as_ref().expect("a server that runs")
    }
}

/// The name of a tier's database beside the transactional one.
fn beside(name: &str, tier: Tier) -> String {
    match tier {
        Tier::Oltp => name.to_owned(),
        Tier::Content | Tier::Analytics | Tier::Queue => format!("{name}_{}", tier.as_str()),
    }
}

async fn make_demo(server: &Server) {
    for tier in Tier::ALL {
        make(server, tier, &beside(DEMO, tier)).await;
    }
    let url = |tier| server.superuser_url(&beside(DEMO, tier));
    let admin = seed::AdminUrls {
        oltp: url(Tier::Oltp),
        content: Some(url(Tier::Content)),
        analytics: Some(url(Tier::Analytics)),
        queue: Some(url(Tier::Queue)),
    };
    seed::demo(&admin, now()).await.expect("the demo");
}

/// Makes a tier's database, with roles and schema.
async fn make(server: &Server, tier: Tier, name: &str) {
    server.create_database(name).await.expect("a database");
    migrations::prepare_roles(&server.superuser_url(name), &Passwords::default())
        .await
        .expect("roles");
    migrations::up(tier, &server.url("gateway_migrator", name), None)
        .await
        .expect("migrations");
}

/// When the demo is.
fn now() -> DateTime<Utc> {
    "2026-06-15T12:00:00Z".parse().expect("a moment")
}

/// A folder for as long as the tests run. Nothing drops it at their end, so the next run removes what
/// earlier ones left, unless a server of theirs still runs there.
pub fn swept(kind: &str) -> TempDir {
    let parent = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let prefix = format!("gateway-{kind}-");
    for entry in fs::read_dir(parent).expect("cargo makes it").flatten() {
        let ours = entry.file_name().to_string_lossy().starts_with(&prefix);
        let used = [entry.path(), entry.path().join(".gateway")]
            .iter()
            .any(|folder| !matches!(Running::find(folder), Ok(None)));
        if ours && !used {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
    let folder = tempfile::Builder::new().prefix(&prefix).tempdir_in(parent);
    folder.expect("a folder")
}
