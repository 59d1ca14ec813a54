//! A demo world in which mail was sent, and what reads the answers.

use chrono::Utc;
use entity::{
    content::{email_message::MessageType, received_mail::MailSource},
    id::{EmailMessageId, TenantId},
};
use gateway_tests::{Options, World, beside, cluster};
use inbox::{Inbox, Trouble};
use migrations::Tier;
use serde_json::Value;
use sqlx::AssertSqlSafe;
use tenant::{Database, DatabaseOptions};
use uuid::Uuid;

/// The demo, and what reads its mail as the platform does.
pub struct Arranged {
    pub world: World,
    pub database: Database,
    pub inbox: Inbox,
    pub acme: Office,
    pub globex: Office,
}

/// A tenant that sends.
pub struct Office {
    pub tenant: TenantId,
    pub account: Uuid,
    pub address: String,
    pub campaign: Uuid,
    pub lead: Uuid,
    pub lead_address: String,
}

impl Arranged {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let world = World::demo_with(options).await;
        let server = &cluster().await.server;
        let url = |tier| server.url("gateway_login", &beside(&world.database, tier));
        let database = Database::new(&url(Tier::Oltp), &DatabaseOptions::default())
            .and_then(|database| database.and(tenant::Tier::Content, &url(Tier::Content)))
            .and_then(|database| database.and(tenant::Tier::Queue, &url(Tier::Queue)));
        let database = database.expect("PostgreSQL URLs");
        let inbox = Inbox::new(database.clone());
        // What the demo has of mail is not what came here.
        let sql = "TRUNCATE email_messages, email_content, attachments, email_search, received_mail, mailboxes";
        let emptied = sqlx::raw_sql(sql).execute(world.admin_of(Tier::Content));
        emptied.await.expect("no mail");
        let emptied = sqlx::raw_sql("TRUNCATE jobs, job_logs, dropped_jobs")
            .execute(world.admin_of(Tier::Queue));
        emptied.await.expect("no jobs");
        let (acme, globex) = (office(&world, "acme").await, office(&world, "globex").await);
        Self {
            world,
            database,
            inbox,
            acme,
            globex,
        }
    }

    /// Runs statements as the superuser.
    pub async fn change(&self, tier: Tier, sql: &str) {
        let done = sqlx::raw_sql(AssertSqlSafe(sql)).execute(self.world.admin_of(tier));
        done.await.expect("a change");
    }

    /// What a query says, as JSON: a row, or null.
    pub async fn row(&self, tier: Tier, sql: &str) -> Value {
        let sql = format!("SELECT to_jsonb(found) FROM ({sql}) AS found");
        let row = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_optional(self.world.admin_of(tier));
        row.await.expect("a query").unwrap_or_default()
    }

    /// How many rows there are.
    pub async fn count(&self, tier: Tier, from: &str) -> i64 {
        let sql = format!("SELECT count(*) FROM {from}");
        let count = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(self.world.admin_of(tier));
        count.await.expect("a number")
    }

    /// A message of a campaign that an office has sent to its lead, and whose Message-ID is this.
    pub async fn sent(&self, office: &Office, message_id: &str) -> EmailMessageId {
        let id = EmailMessageId::new();
        let (tenant, key) = (Uuid::from(office.tenant), Uuid::from(id));
        self.change(
            Tier::Content,
            &format!(
                "INSERT INTO email_messages (id, tenant_id, storage_key, email_account_id, campaign_id, lead_id, thread_id,
                    direction, from_email, to_email, subject, message_id, status, queued, sent)
                VALUES ('{key}', '{tenant}', 'mail/{key}', '{}', '{}', '{}', '{key}', 'outbound', '{}', '{}', 'An offer',
                    '{message_id}', 'sent', now(), now())",
                office.account, office.campaign, office.lead, office.address, office.lead_address
            ),
        )
        .await;
        id
    }

    /// Puts the lead of an office into its campaign.
    pub async fn enlist(&self, office: &Office) {
        let tenant = Uuid::from(office.tenant);
        let sql = format!(
            "INSERT INTO campaign_leads (tenant_id, campaign_id, lead_id) VALUES ('{tenant}', '{}', '{}')
             ON CONFLICT (tenant_id, campaign_id, lead_id) DO UPDATE SET status = 'active', due = now()",
            office.campaign, office.lead
        );
        self.change(Tier::Oltp, &sql).await;
    }

    pub async fn accept(&self, office: &Office, raw: impl Into<Vec<u8>>) -> EmailMessageId {
        let accepted = self.try_accept(office, raw).await;
        accepted.expect("mail is taken")
    }

    pub async fn try_accept(
        &self,
        office: &Office,
        raw: impl Into<Vec<u8>>,
    ) -> Result<EmailMessageId, Trouble> {
        let source = MailSource::Ingest;
        let accepting = self
            .inbox
            .accept(office.tenant, raw.into(), source, None, Utc::now());
        Ok(accepting.await?.id)
    }

    pub async fn receive(
        &self,
        office: &Office,
        id: EmailMessageId,
    ) -> Result<Option<MessageType>, Trouble> {
        self.inbox.receive(office.tenant, id).await
    }

    /// Takes mail and reads it.
    pub async fn bring(&self, office: &Office, raw: impl Into<Vec<u8>>) -> EmailMessageId {
        let id = self.accept(office, raw).await;
        let read = self.receive(office, id).await.expect("mail is read");
        assert!(read.is_some());
        id
    }

    /// Columns of a message.
    pub async fn message(&self, id: EmailMessageId, columns: &str) -> Value {
        let sql = format!(
            "SELECT {columns} FROM email_messages WHERE id = '{}'",
            Uuid::from(id)
        );
        self.row(Tier::Content, &sql).await
    }

    pub async fn status(&self, id: EmailMessageId) -> Value {
        self.message(id, "status").await["status"].clone()
    }

    /// The status of an office's lead, and how it stands with its campaign.
    pub async fn lead(&self, office: &Office) -> (Value, Value) {
        let sql = format!("SELECT status FROM leads WHERE id = '{}'", office.lead);
        let lead = self.row(Tier::Oltp, &sql).await["status"].clone();
        let sql = format!(
            "SELECT status, stop_reason FROM campaign_leads WHERE campaign_id = '{}' AND lead_id = '{}'",
            office.campaign, office.lead
        );
        (lead, self.row(Tier::Oltp, &sql).await)
    }

    /// Makes each write of a table fail, as if whoever writes died there.
    pub async fn break_down(&self, tier: Tier, when: &str) {
        let sql = format!(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'died here'; END $$;
             CREATE TRIGGER die BEFORE {when} EXECUTE FUNCTION die();"
        );
        self.change(tier, &sql).await;
    }

    pub async fn repair(&self, tier: Tier) {
        self.change(tier, "DROP FUNCTION die() CASCADE").await;
    }
}

async fn office(world: &World, name: &str) -> Office {
    let sql = "SELECT t.id, a.id, a.email, c.id, l.id, l.email FROM tenants t,
        LATERAL (SELECT id, email FROM email_accounts WHERE tenant_id = t.id ORDER BY created, id LIMIT 1) a,
        LATERAL (SELECT id FROM campaigns WHERE tenant_id = t.id ORDER BY id LIMIT 1) c,
        LATERAL (SELECT id, email FROM leads WHERE tenant_id = t.id AND status = 'active' ORDER BY id LIMIT 1) l
        WHERE t.name = $1";
    let row: (Uuid, Uuid, String, Uuid, Uuid, String) = sqlx::query_as(sql)
        .bind(name)
        .fetch_one(world.admin())
        .await
        .expect("a tenant of the demo");
    Office {
        tenant: row.0.into(),
        account: row.1,
        address: row.2,
        campaign: row.3,
        lead: row.4,
        lead_address: row.5,
    }
}

/// What a lead answers.
pub fn reply(office: &Office, to: &str, words: &str) -> String {
    format!(
        "From: A Lead <{}>\r\nTo: {}\r\nSubject: Re: An offer\r\nMessage-ID: <{}@lead.test>\r\n\
         Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nIn-Reply-To: <{to}>\r\nReferences: <{to}>\r\n\r\n{words}\r\n",
        office.lead_address,
        office.address,
        Uuid::now_v7().simple()
    )
}

/// What a mail server says of a message that it did not deliver (RFC 3464).
pub fn bounce(office: &Office, of: &str, action: &str, status: &str) -> String {
    format!(
        "From: MAILER-DAEMON@mx.test\r\nTo: {to}\r\nSubject: Undelivered mail\r\nMessage-ID: <{}@mx.test>\r\n\
         Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\nAuto-Submitted: auto-replied\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nIt did not arrive.\r\n\
         --b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.test\r\n\r\n\
         Final-Recipient: rfc822; {lead}\r\nAction: {action}\r\nStatus: {status}\r\n\
         Diagnostic-Code: smtp; 550 {status} no such user\r\n\r\n\
         --b\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: <{of}>\r\nFrom: {to}\r\nTo: {lead}\r\n\r\n--b--\r\n",
        Uuid::now_v7().simple(),
        to = office.address,
        lead = office.lead_address,
    )
}

/// What a provider says when a message was called spam (RFC 5965).
pub fn complaint(office: &Office, of: &str) -> String {
    format!(
        "From: feedback@provider.test\r\nTo: {to}\r\nSubject: Complaint\r\nMessage-ID: <{}@provider.test>\r\n\
         Date: Thu, 26 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=b\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nThis is an abuse report.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: Test/1\r\nVersion: 1\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nMessage-ID: <{of}>\r\nFrom: {to}\r\nTo: {lead}\r\nSubject: An offer\r\n\r\nHi\r\n\r\n--b--\r\n",
        Uuid::now_v7().simple(),
        to = office.address,
        lead = office.lead_address,
    )
}
