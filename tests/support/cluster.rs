//! One PostgreSQL server for all tests of a process, and the databases that tests are copied from.

use std::{
    fs::{self, File},
    path::Path,
    sync::{
        Mutex,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use embedded::Server;
use futures::future::join_all;
use migrations::{Passwords, Tier};
use sqlx::{Connection, PgConnection};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::{jobs, numbers};

/// How the names of the servers' folders begin.
const FOLDER: &str = "gwtest-";
/// Roles, schema, no rows.
const EMPTY: &str = "template_empty";
/// The same with the demo tenants.
const DEMO: &str = "template_demo";
/// The tiers beside the transactional one, whose databases are named after its.
const OTHERS: [Tier; 3] = [Tier::Content, Tier::Analytics, Tier::Queue];

/// The server and what is made once in it.
pub struct Cluster {
    /// The server; its watchdog ends it with this process.
    pub server: Server,
    demo: OnceCell<seed::Demo>,
    made: AtomicU32,
    /// The databases that no test uses any more.
    left: Mutex<Vec<String>>,
    _folder: TempDir,
    _lock: File,
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

/// The process's server, started at its first use.
pub async fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(start).await
}

/// Says that a test's database is used no more. It goes when the next one is made: all tests' together would take tens
/// of gigabytes.
pub(crate) fn leave(database: String) {
    if let Some(cluster) = CLUSTER.get() {
        let mut left = cluster.left.lock().expect("nobody panics in here");
        left.push(database);
    }
}

async fn start() -> Cluster {
    sweep();
    let folder = tempfile::Builder::new()
        .prefix(FOLDER)
        .tempdir()
        .expect("a temporary folder");
    let lock = File::open(folder.path()).expect("the folder just made");
    lock.lock().expect("nobody else's folder");
    let mut options = embedded::Options::scratch(folder.path());
    options
        .settings
        .push(("max_connections".to_owned(), "400".to_owned()));
    let server = Server::start(options).await.expect("PostgreSQL starts");
    migrated(&server, Tier::Oltp, EMPTY).await;
    for tier in OTHERS {
        migrated(&server, tier, &beside(EMPTY, tier)).await;
    }
    unscheduled(&server.superuser_url(&beside(EMPTY, Tier::Queue))).await;
    Cluster {
        server,
        demo: OnceCell::new(),
        made: AtomicU32::new(0),
        left: Mutex::default(),
        _folder: folder,
        _lock: lock,
    }
}

/// Makes a tier's database, with roles and schema.
pub async fn migrated(server: &Server, tier: Tier, name: &str) {
    server.create_database(name).await.expect("a database");
    migrations::prepare_roles(&server.superuser_url(name), &Passwords::default())
        .await
        .expect("roles");
    migrations::up(tier, &server.url("gateway_migrator", name), None)
        .await
        .expect("migrations");
}

/// Takes back what is done each minute or hour: tests count the jobs that they make.
async fn unscheduled(url: &str) {
    let mut connection = PgConnection::connect(url).await.expect("the queue tier");
    let sql = "UPDATE job_schedules SET is_active = false WHERE name IN ('analytics', 'rollover')";
    let done = sqlx::query(sql).execute(&mut connection).await;
    done.expect("a superuser may");
    connection.close().await.expect("an end");
}

/// The name of a tier's database beside the transactional one.
pub fn beside(oltp: &str, tier: Tier) -> String {
    match tier {
        Tier::Oltp => oltp.to_owned(),
        Tier::Content | Tier::Analytics | Tier::Queue => format!("{oltp}_{}", tier.as_str()),
    }
}

/// A mail for each tenant of the demo that came and was read, how the mailboxes of its accounts were read, and how much it
/// sent, in the content tier's database at `url`, a superuser's.
async fn receive(url: &str, demo: &seed::Demo) {
    let tenants: Vec<_> = demo.tenants.iter().map(|tenant| tenant.id).collect();
    let mut connection = PgConnection::connect(url).await.expect("the content tier");
    let came = "INSERT INTO received_mail (id, tenant_id, source, raw_size_bytes, content_hash, received, processed) \
         SELECT md5('mail ' || tenant)::uuid, tenant, 'ingest', 9, repeat('0', 64), now(), now() FROM unnest($1::uuid[]) AS tenant";
    let came = sqlx::query(came)
        .bind(&tenants)
        .execute(&mut connection)
        .await;
    came.expect("mail that came");
    let read = "INSERT INTO mailboxes (email_account_id, tenant_id, uid_validity, last_uid, last_read) \
         SELECT DISTINCT email_account_id, tenant_id, 1, 1, now() FROM email_messages WHERE email_account_id IS NOT NULL";
    let read = sqlx::query(read).execute(&mut connection).await;
    read.expect("mailboxes that were read");
    let counted = "INSERT INTO sent_in_period (tenant_id, period_start, message_count) \
         SELECT tenant, '2026-01-01Z', 1 FROM unnest($1::uuid[]) AS tenant";
    let counted = sqlx::query(counted).bind(tenants);
    let counted = counted.execute(&mut connection).await;
    counted.expect("messages that were counted");
    connection.close().await.expect("an end");
}

/// An event of Stripe's for each tenant of the demo that was taken, a period that is over, and campaigns that ran, in the
/// transactional tier's database at `url`, a superuser's.
async fn hear(url: &str, demo: &seed::Demo) {
    let tenants: Vec<_> = demo.tenants.iter().map(|tenant| tenant.id).collect();
    let mut connection = PgConnection::connect(url).await.expect("the database");
    let heard = "INSERT INTO stripe_events (tenant_id, id, event_type, happened) \
         SELECT tenant, 'evt_' || md5('event ' || tenant), 'invoice.paid', now() FROM unnest($1::uuid[]) AS tenant";
    let heard = sqlx::query(heard).bind(tenants);
    let heard = heard.execute(&mut connection).await;
    heard.expect("events that were heard");
    let over = "INSERT INTO subscription_periods (tenant_id, subscription_id, period_start, period_end) \
         SELECT tenant_id, id, current_period_start - interval '1 month', current_period_start FROM subscriptions";
    let over = sqlx::query(over).execute(&mut connection).await;
    over.expect("periods that are over");
    let begun = "INSERT INTO campaign_runs (tenant_id, campaign_id, leads_are_given) \
         SELECT tenant_id, id, true FROM campaigns WHERE status = 'completed' ON CONFLICT DO NOTHING";
    let begun = sqlx::query(begun).execute(&mut connection).await;
    begun.expect("campaigns that ran");
    connection.close().await.expect("an end");
}

/// Removes the folders of earlier runs. A static is never dropped, so each run leaves its own, of
/// half a gigabyte and more; the lock on it tells whether its process still runs.
fn sweep() {
    let entries = fs::read_dir(std::env::temp_dir()).into_iter().flatten();
    for entry in entries.flatten() {
        if entry.file_name().to_string_lossy().starts_with(FOLDER) && is_left(&entry.path()) {
            // Another run may be sweeping, too.
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

fn is_left(folder: &Path) -> bool {
    let age = fs::metadata(folder).and_then(|found| found.created());
    // One just made may not be locked yet.
    let old = age.is_ok_and(|made| {
        made.elapsed()
            .is_ok_and(|age| age > Duration::from_secs(30))
    });
    old && File::open(folder).is_ok_and(|folder| folder.try_lock().is_ok())
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

    /// Where the databases of all tiers are, as the superuser.
    pub fn admin_urls(&self, oltp: &str) -> seed::AdminUrls {
        let url = |tier| self.server.superuser_url(&beside(oltp, tier));
        seed::AdminUrls {
            oltp: url(Tier::Oltp),
            content: Some(url(Tier::Content)),
            analytics: Some(url(Tier::Analytics)),
            queue: Some(url(Tier::Queue)),
        }
    }

    async fn make_demo(&self) -> seed::Demo {
        self.copy_all(EMPTY, DEMO).await;
        // A fixed day, so that the data is the same in every run.
        let now = "2026-06-15T12:00:00Z".parse().expect("a moment");
        let urls = seed::AdminUrls {
            // Tests of jobs count those of their own, which are of every status.
            queue: None,
            ..self.admin_urls(DEMO)
        };
        let demo = seed::demo(&urls, now).await.expect("demo data");
        jobs::fill(
            &self.server.superuser_url(&beside(DEMO, Tier::Queue)),
            &demo,
        )
        .await;
        let content = self.server.superuser_url(&beside(DEMO, Tier::Content));
        receive(&content, &demo).await;
        hear(&self.server.superuser_url(DEMO), &demo).await;
        // Boxed: what holds it is nested deeply enough.
        Box::pin(numbers::fill(&self.server, DEMO, &demo)).await;
        demo
    }

    /// Removes the databases that are used no more.
    async fn clear(&self) {
        let left = std::mem::take(&mut *self.left.lock().expect("nobody panics in here"));
        let names = left
            .iter()
            .flat_map(|oltp| Tier::ALL.map(|tier| beside(oltp, tier)));
        let dropped = names.map(|name| async move { self.server.drop_database(&name).await });
        for dropped in join_all(dropped).await {
            dropped.expect("nobody copies it");
        }
    }

    async fn copy(&self, template: &str) -> String {
        self.clear().await;
        let name = format!("test_{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.copy_all(template, &name).await;
        name
    }

    /// Copies the databases of all tiers, at the same time.
    async fn copy_all(&self, template: &str, name: &str) {
        let copies = Tier::ALL.map(|tier| async move {
            let (name, template) = (beside(name, tier), beside(template, tier));
            let made = self.server.create_database_from_template(&name, &template);
            made.await.expect("a copy of the template");
        });
        join_all(copies).await;
    }
}
