//! A campaign, the mail server that it goes to, and the workers that send it.

use std::{
    collections::{BTreeMap, HashMap},
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};

use chrono::{Days, NaiveTime, TimeDelta, Utc};
use migrations::Tier;
use serde_json::Value;
use sqlx::{AssertSqlSafe, PgPool, postgres::PgPoolOptions};
use tempfile::TempDir;
use tokio::{
    sync::oneshot,
    task::JoinHandle,
    time::{Instant, sleep},
};
use transport::{
    Credentials,
    sink::{Fault, Options, Script, Sink},
};
use uuid::Uuid;

use crate::{
    cluster::{Apart, Database},
    home::Home,
    serving::{PATIENCE, Serving},
};

/// A campaign of a tenant's own, with an account and leads that are in no other.
pub struct Campaign {
    database: Database,
    pools: [PgPool; Tier::ALL.len()],
}

/// The tenant, and what the campaign is made of; the same in every test's database.
const TENANT: &str = "SELECT id FROM tenants WHERE name = 'sender'";
const CAMPAIGN: &str = "SELECT id FROM campaigns WHERE name = 'the campaign'";

impl Campaign {
    /// Leads `lead1@leads.test` and so on, and a step with an email for each template, not begun.
    pub async fn new(leads: u32, templates: &[&str]) -> Self {
        Self::of(Database::demo().await, leads, templates).await
    }

    /// The same where the database of one tier is on the other server.
    pub async fn apart(apart: &Apart, leads: u32, templates: &[&str]) -> Self {
        Self::of(Database::demo().await.but(apart), leads, templates).await
    }

    async fn of(database: Database, leads: u32, templates: &[&str]) -> Self {
        let pools = Tier::ALL.map(|tier| {
            let pool = PgPoolOptions::new().max_connections(2);
            pool.connect_lazy(&database.admin_url_of(tier))
                .expect("a PostgreSQL URL")
        });
        let campaign = Self { database, pools };
        // Of the demo's campaigns nothing is to be counted.
        for (tier, table) in [
            (Tier::Oltp, "campaign_leads"),
            (Tier::Oltp, "outbox"),
            (Tier::Content, "email_messages"),
            (Tier::Queue, "jobs"),
        ] {
            let emptied = format!("TRUNCATE {table} CASCADE");
            campaign.change(tier, &emptied).await;
        }
        // Nor are its mailboxes read, and its days counted, meanwhile.
        let others = "UPDATE job_schedules SET is_active = false WHERE name <> 'maintenance'";
        campaign.change(Tier::Queue, others).await;
        campaign
            .change(
                Tier::Oltp,
                &format!(
                    "INSERT INTO tenants (name) VALUES ('sender');
                    INSERT INTO domains (tenant_id, domain) SELECT id, 'sender.test' FROM tenants WHERE name = 'sender';
                    INSERT INTO email_accounts (tenant_id, domain_id, email, daily_limit)
                        SELECT tenant_id, id, 'ann@sender.test', 1000000 FROM domains WHERE domain = 'sender.test';
                    INSERT INTO campaigns (tenant_id, name, status) SELECT id, 'the campaign', 'draft' FROM tenants WHERE name = 'sender';
                    INSERT INTO leads (tenant_id, email, name)
                        SELECT ({TENANT}), 'lead' || place || '@leads.test', 'Lead ' || place FROM generate_series(1, {leads}) AS place;
                    INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id)
                        SELECT tenant_id, ({CAMPAIGN}), id FROM leads WHERE tenant_id = ({TENANT})"
                ),
            )
            .await;
        for (template, order) in templates.iter().zip(1..) {
            campaign.add_step(order, template).await;
        }
        campaign
    }

    async fn add_step(&self, order: u32, template: &str) {
        let sql = format!(
            "WITH template AS (INSERT INTO templates (tenant_id, name, subject, content)
                SELECT id, 'step {order}', 'Hello', '{template}' FROM tenants WHERE name = 'sender' RETURNING id, tenant_id)
            INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, email_account_id, template_id)
                SELECT template.tenant_id, ({CAMPAIGN}), {order}, 'email',
                    (SELECT id FROM email_accounts WHERE email = 'ann@sender.test'), template.id FROM template"
        );
        self.change(Tier::Oltp, &sql).await;
    }

    /// Lets it begin, as the mutation does.
    pub async fn start(&self) {
        self.change(
            Tier::Oltp,
            &format!(
                "UPDATE campaigns SET status = 'sending' WHERE id = ({CAMPAIGN});
                INSERT INTO outbox (tenant_id, topic, payload) SELECT tenant_id, 'campaign.started', jsonb_build_object('campaignId', id)
                    FROM campaigns WHERE id = ({CAMPAIGN})"
            ),
        )
        .await;
    }

    /// Runs statements as the superuser.
    pub async fn change(&self, tier: Tier, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(&self.pools[tier as usize]);
        done.await.expect("a change");
    }

    /// One value of one row.
    pub async fn value(&self, tier: Tier, sql: &str) -> Value {
        let sql = format!("SELECT to_jsonb(found.value) FROM ({sql}) AS found (value)");
        let row = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.pools[tier as usize]);
        row.await.expect("a row")
    }

    /// How many of the campaign's messages are in each state.
    pub async fn messages(&self) -> BTreeMap<String, i64> {
        let sql = "SELECT status, count(*) FROM email_messages WHERE direction = 'outbound' GROUP BY status";
        self.counts(Tier::Content, sql).await
    }

    /// The messages of which it is written down that they were sent, or perhaps sent: address and step, by message id.
    pub async fn sent_or_unknown(&self) -> HashMap<String, (String, Uuid)> {
        let sql = "SELECT message_id, to_email, step_id FROM email_messages \
             WHERE status = 'sent' OR status = 'sending' AND failure_reason IS NOT NULL";
        let rows = sqlx::query_as(sql).fetch_all(&self.pools[Tier::Content as usize]);
        let rows: Vec<(String, String, Uuid)> = rows.await.expect("messages");
        let known = rows.into_iter().map(|(id, to, step)| (id, (to, step)));
        known.collect()
    }

    /// How many of its leads are in each state.
    pub async fn leads(&self) -> BTreeMap<String, i64> {
        let sql = format!(
            "SELECT status, count(*) FROM campaign_leads WHERE campaign_id = ({CAMPAIGN}) GROUP BY status"
        );
        self.counts(Tier::Oltp, &sql).await
    }

    /// How many jobs are in each state.
    pub async fn jobs(&self) -> BTreeMap<String, i64> {
        let sql =
            "SELECT status, count(*) FROM jobs WHERE queue_name = 'email-sending' GROUP BY status";
        self.counts(Tier::Queue, sql).await
    }

    async fn counts(&self, tier: Tier, sql: &str) -> BTreeMap<String, i64> {
        let rows = sqlx::query_as(AssertSqlSafe(sql)).fetch_all(&self.pools[tier as usize]);
        let rows: Vec<(String, i64)> = rows.await.expect("counts");
        rows.into_iter().collect()
    }

    /// Waits until a question of yes or no is answered with yes.
    pub async fn until(&self, tier: Tier, question: &str, at_most: Duration) {
        let end = Instant::now() + at_most;
        while self.value(tier, &format!("SELECT {question}")).await != true {
            if Instant::now() >= end {
                let (messages, leads, jobs) =
                    (self.messages().await, self.leads().await, self.jobs().await);
                panic!("not {question}: messages {messages:?}, leads {leads:?}, jobs {jobs:?}");
            }
            sleep(Duration::from_millis(50)).await;
        }
    }

    /// Lets everything that waits for its time be due at once, again and again, until the campaign is over.
    pub async fn hurry_to_its_end(&self) {
        let is_over = "status = 'completed' FROM campaigns WHERE name = 'the campaign'";
        self.hurry_until(Tier::Oltp, is_over).await;
    }

    /// The same until a question of yes or no is answered with yes.
    pub async fn hurry_until(&self, tier: Tier, question: &str) {
        let hurry = async {
            loop {
                self.hurry().await;
                sleep(Duration::from_millis(50)).await;
            }
        };
        tokio::select! {
            () = hurry => {}
            () = self.until(tier, question, PATIENCE) => {}
        }
    }

    /// Lets all sending that waits for its time be due at once.
    pub async fn hurry(&self) {
        let sql = "UPDATE jobs SET run_at = now() \
             WHERE status = 'queued' AND run_at > now() AND queue_name = 'email-sending'";
        self.change(Tier::Queue, sql).await;
    }

    /// A folder whose workers send this way.
    pub fn home(&self, server: &MailServer) -> Home {
        let home = self.database.home();
        home.with("GATEWAY_SMTP_URL", server.url())
            .with("GATEWAY_WORKER_POLL_MS", "100")
            .with("GATEWAY_MAIL_NETWORKS", "127.0.0.0/8")
            .with(
                "GATEWAY_LINK_KEY",
                "a key for tests only that is long enough",
            )
    }
}

/// Starts `gateway worker`.
pub async fn worker(home: &Home) -> Serving {
    let mut command = home.command(env!("CARGO_BIN_EXE_gateway"));
    let serving = Serving::of(command.arg("worker"));
    serving.printed("working; Ctrl-C stops").await;
    serving
}

/// An SMTP server that outlives the workers, and writes down what it accepts before it says so.
pub struct MailServer {
    port: u16,
    folder: TempDir,
    credentials: Option<Credentials>,
    running: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
}

impl MailServer {
    pub async fn start(script: Script) -> Self {
        Self::of(script, None).await
    }

    /// One that takes mail from a user of its alone.
    pub async fn guarded(script: Script, credentials: Credentials) -> Self {
        Self::of(script, Some(credentials)).await
    }

    async fn of(script: Script, credentials: Option<Credentials>) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let mut server = Self {
            port: 0,
            folder,
            credentials,
            running: None,
        };
        server.listen(script).await;
        server
    }

    /// Listens again, on the same port.
    pub async fn listen(&mut self, script: Script) {
        let options = Options {
            listen: ([127, 0, 0, 1], self.port).into(),
            journal: Some(self.journal()),
            credentials: self.credentials.clone(),
            script,
            ..Options::default()
        };
        let sink = Sink::bind(options).await.expect("a free port");
        self.port = sink.address().port();
        let (stop, stopped) = oneshot::channel();
        let serving = sink.serve(async {
            let _ = stopped.await;
        });
        self.running = Some((stop, tokio::spawn(serving)));
    }

    /// Goes away.
    pub async fn stop(&mut self) {
        let (stop, ended) = self.running.take().expect("a server that listens");
        let _ = stop.send(());
        ended.await.expect("it ends");
    }

    fn journal(&self) -> PathBuf {
        self.folder.path().join("journal")
    }

    pub fn port(&self) -> u16 {
        self.port
    }

    pub fn url(&self) -> String {
        format!("smtp+plain://127.0.0.1:{}", self.port)
    }

    /// What was accepted so far: recipients and message ids.
    pub fn accepted(&self) -> Vec<(String, String)> {
        let journal = std::fs::read_to_string(self.journal()).expect("a journal");
        let parts = |line: &str| {
            let mut parts = line.split('\t').skip(1).map(str::to_owned);
            Some((parts.next()?, parts.next()?))
        };
        journal
            .lines()
            .map(|line| parts(line).expect("a whole line"))
            .collect()
    }

    /// How often something was accepted for an address.
    pub fn accepted_by(&self, address: &str) -> usize {
        let accepted = self.accepted();
        accepted.iter().filter(|(to, _)| to == address).count()
    }
}

/// Waits for the next day of UTC if that is about to begin: what may be sent in a day is sent in one.
pub async fn early_in_the_day() {
    let left = || {
        let now = Utc::now();
        let next = now.date_naive() + Days::new(1);
        next.and_time(NaiveTime::MIN).and_utc() - now
    };
    while left() < TimeDelta::minutes(2) {
        sleep(Duration::from_secs(1)).await;
    }
}

/// Keeps whoever writes to a lead waiting until he may go on, and this goes wrong then.
pub fn held(go_on: &Arc<AtomicBool>, fault: Option<Fault>) -> Script {
    let go_on = Arc::clone(go_on);
    Script::new(move |_| {
        tokio::task::block_in_place(|| {
            while !go_on.load(Ordering::Relaxed) {
                std::thread::sleep(Duration::from_millis(10));
            }
        });
        fault.clone()
    })
}

/// The first time that a lead is written to this goes wrong, and then no more.
pub fn once(fault: Fault) -> Script {
    let times = AtomicUsize::new(0);
    Script::new(move |_| (times.fetch_add(1, Ordering::Relaxed) == 0).then(|| fault.clone()))
}
