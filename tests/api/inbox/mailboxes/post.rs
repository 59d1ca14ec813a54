//! A mail server of somebody else, an account there, and workers that read its mailbox.

use std::time::Duration;

use dovecot::{Dovecot, PASSWORD, USER};
use inbox::Mailboxes;
use migrations::Tier;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{sync::oneshot, task::JoinHandle, time::sleep};
use transport::{Networks, Secrets};
use uuid::Uuid;
use worker::{Handlers, Shares, Wake, Worker};

use crate::inbox::arranged::{Arranged, Office};

/// The largest message that is taken as a whole, in bytes.
pub const LARGEST: usize = 20_000;

pub struct Post {
    pub arranged: Arranged,
    pub dovecot: Dovecot,
    secrets: TempDir,
}

/// A worker that runs.
pub struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Post {
    /// A server, and the account of acme there; nobody works yet.
    pub async fn new() -> Self {
        let post = Self {
            arranged: Arranged::new().await,
            dovecot: Dovecot::start(None).await,
            secrets: tempfile::tempdir().expect("a folder"),
        };
        // When the tests say so, and never else.
        let rarely =
            "UPDATE job_schedules SET cron = '0 0 1 1 *', next_run = now() + interval '1 year'";
        post.arranged.change(Tier::Queue, rarely).await;
        // The demo's accounts are at servers that are none.
        let none = "UPDATE email_accounts SET imap_settings = NULL";
        post.arranged.change(Tier::Oltp, none).await;
        let settings = on(post.dovecot.imap());
        post.account(&post.arranged.acme, &settings).await;
        post.secret(&post.arranged.acme, PASSWORD);
        post
    }

    /// Says how the mail of an office's account is fetched.
    pub async fn account(&self, office: &Office, settings: &Value) {
        let account = office.account;
        let sql = format!(
            "UPDATE email_accounts SET status = 'active', imap_settings = '{settings}', vault_key_path = '{account}' WHERE id = '{account}'"
        );
        self.arranged.change(Tier::Oltp, &sql).await;
    }

    /// Puts the password of an office's account where those are.
    pub fn secret(&self, office: &Office, password: &str) {
        let file = self.secrets.path().join(office.account.to_string());
        std::fs::write(file, password).expect("a folder of ours");
    }

    /// Whatever a worker of the platform does about mail that comes, four jobs at once.
    pub fn work(&self) -> Running {
        self.start(Networks::this_machine(), 0)
    }

    /// The same where servers may be in the internet only.
    pub fn work_outside(&self) -> Running {
        self.start(Networks::default(), 0)
    }

    /// The same with room for so many connections that wait for mail.
    pub fn listen(&self, most: usize) -> Running {
        self.start(Networks::this_machine(), most)
    }

    fn start(&self, networks: Networks, listeners: usize) -> Running {
        let (inbox, wake) = (self.arranged.inbox.clone(), Wake::default());
        let secrets = Secrets::in_folder(self.secrets.path().to_owned());
        let mailboxes = Mailboxes::new(
            inbox.clone(),
            secrets,
            networks,
            wake.clone(),
            LARGEST,
            listeners,
            Shares::new(4, 8),
        );
        let handlers = inbox.handlers().into_iter().chain(mailboxes.handlers());
        let options = worker::Options {
            concurrency: 4,
            poll: Duration::from_millis(50),
            drain: Duration::ZERO,
            ..worker::Options::default()
        };
        let database = self.arranged.database.clone();
        let worker = Worker::new(database, Handlers::new(handlers), wake, options);
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(async move {
            let stopped = async {
                let _ = stopped.await;
            };
            worker.run(stopped).await;
        });
        Running { stop, task }
    }

    /// Has all mailboxes read once, also those that wait for having failed, and waits for what is told of an office's.
    pub async fn poll(&self, office: &Office) -> Value {
        let idle =
            "NOT EXISTS (SELECT FROM jobs WHERE job_type = 'mailbox.read' AND status = 'running')";
        self.until(Tier::Queue, idle).await;
        let before = self.mailbox(office).await;
        let sql =
            "UPDATE jobs SET run_at = now() WHERE job_type = 'mailbox.read' AND status = 'queued'";
        self.arranged.change(Tier::Queue, sql).await;
        self.due().await;
        let done = format!(
            "EXISTS (SELECT FROM mailboxes WHERE email_account_id = '{}' AND to_jsonb(updated) IS DISTINCT FROM '{}'
                AND (last_read = updated OR to_jsonb(failures) IS DISTINCT FROM '{}'))",
            office.account, before["updated"], before["failures"]
        );
        self.until(Tier::Content, &done).await;
        self.mailbox(office).await
    }

    /// Lets it be time to read mailboxes.
    pub async fn due(&self) {
        let sql = "UPDATE job_schedules SET next_run = now() WHERE name = 'mailboxes'";
        self.arranged.change(Tier::Queue, sql).await;
    }

    /// What is kept of an office's mailbox.
    pub async fn mailbox(&self, office: &Office) -> Value {
        let sql = format!(
            "SELECT * FROM mailboxes WHERE email_account_id = '{}'",
            office.account
        );
        self.arranged.row(Tier::Content, &sql).await
    }

    /// Waits until so many messages of an office have come from its mailbox, and were read.
    pub async fn messages(&self, office: &Office, count: usize) -> Vec<String> {
        let (tenant, account) = (Uuid::from(office.tenant), office.account);
        let of = format!("tenant_id = '{tenant}' AND email_account_id = '{account}'");
        let read = format!(
            "NOT EXISTS (SELECT FROM received_mail WHERE {of} AND processed IS NULL) AND
                {count} <= (SELECT count(*) FROM email_messages WHERE {of} AND direction = 'inbound')"
        );
        self.until(Tier::Content, &read).await;
        let sql = format!(
            "SELECT jsonb_agg(subject ORDER BY id) AS all FROM email_messages WHERE {of} AND direction = 'inbound'"
        );
        let subjects = self.arranged.row(Tier::Content, &sql).await["all"].take();
        serde_json::from_value(subjects).expect("subjects")
    }

    /// Waits until a condition of SQL holds.
    pub async fn until(&self, tier: Tier, condition: &str) {
        let asked = format!("SELECT ({condition}) AS holds");
        for _ in 0..3000 {
            if self.arranged.row(tier, &asked).await["holds"] == true {
                return;
            }
            sleep(Duration::from_millis(20)).await;
        }
        let jobs = "SELECT jsonb_agg(j) AS jobs FROM (SELECT job_type, status, run_at, last_error_message FROM jobs) j";
        let jobs = self.arranged.row(Tier::Queue, jobs).await;
        panic!("never: {condition}; {jobs:#}");
    }
}

impl Running {
    /// Ends it in the middle of what it does.
    pub async fn stop(self) {
        let _ = self.stop.send(());
        self.task.await.expect("a worker that ends");
    }
}

/// Settings of the user at a server on this machine, in clear, as only they may say.
pub fn on(port: u16) -> Value {
    json!({ "host": "127.0.0.1", "port": port, "security": "none", "username": USER })
}
