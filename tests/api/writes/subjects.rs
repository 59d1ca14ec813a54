//! The rows of `acme` that the entries are about.

use entity::id::{
    AdminSystemEventId, ApiKeyId, CampaignId, CampaignLeadId, CampaignSequenceStepId, CompanyId,
    DomainId, EmailAccountId, FolderId, InvitationId, JobId, LeadId, LeadImportId, PlanId,
    SubscriptionId, TagId, TemplateId, TenantUserId, TypedId, UserId,
};
use gateway_tests::World;
use migrations::Tier;
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use crate::isolation::twins::{one, one_in};

/// Rows beside those of the demo: nothing uses them, so they can be deleted, and the draft has steps of every kind.
const ARRANGE: &str = "
WITH tenant AS (SELECT id FROM tenants WHERE name = 'acme'),
company AS (INSERT INTO companies (tenant_id, name) SELECT id, 'Spare' FROM tenant RETURNING id, tenant_id),
domain AS (INSERT INTO domains (tenant_id, domain) SELECT id, 'spare.acme.test' FROM tenant),
account AS (INSERT INTO email_accounts (tenant_id, domain_id, email)
    SELECT id, (SELECT min(d.id::text)::uuid FROM domains d WHERE d.tenant_id = tenant.id), 'spare@acme.test' FROM tenant),
template AS (INSERT INTO templates (tenant_id, name) SELECT id, 'Spare' FROM tenant RETURNING id, tenant_id),
folder AS (INSERT INTO folders (tenant_id, name) SELECT id, 'Spare' FROM tenant RETURNING id),
tag AS (INSERT INTO tags (tenant_id, name, value) SELECT id, 'Spare', 'spare' FROM tenant RETURNING id),
filed AS (INSERT INTO template_folders (tenant_id, template_id, folder_id)
    SELECT template.tenant_id, template.id, folder.id FROM template, folder),
tagged AS (INSERT INTO template_tags (tenant_id, template_id, tag_id)
    SELECT template.tenant_id, template.id, tag.id FROM template, tag),
import AS (INSERT INTO lead_imports (tenant_id, started_by_user_id, name)
    SELECT tenant.id, min(m.user_id::text)::uuid, 'Spare' FROM tenant JOIN tenant_users m ON m.tenant_id = tenant.id GROUP BY 1),
running AS (INSERT INTO subscriptions (tenant_id, plan_id, current_period_start, current_period_end, cancel_at_period_end, stripe_subscription_id)
    SELECT tenant.id, plans.id, now(), now() + interval '1 month', ends, 'sub_spare_' || ends
    FROM tenant, plans, (VALUES (false), (true)) AS kinds (ends) WHERE slug = 'scale'),
draft AS (INSERT INTO campaigns (tenant_id, company_id, name)
    SELECT tenant_id, id, 'Spare' FROM company RETURNING id, tenant_id)
INSERT INTO campaign_sequence_steps (tenant_id, campaign_id, step_order, step_type, wait_duration_hours, condition_type,
        email_account_id, template_id)
    SELECT draft.tenant_id, draft.id, place, kind, hours, looks_at,
        CASE kind WHEN 'email' THEN (SELECT min(id::text)::uuid FROM email_accounts a WHERE a.tenant_id = draft.tenant_id) END,
        CASE kind WHEN 'email' THEN (SELECT min(id::text)::uuid FROM templates t WHERE t.tenant_id = draft.tenant_id) END
    FROM draft, (VALUES
        (1, 'email', NULL::int, NULL), (2, 'wait', 24, NULL), (3, 'condition', NULL, 'opened')) AS step (place, kind, hours, looks_at)";

/// Ids as clients write them.
#[derive(Clone, Debug)]
pub struct Subjects {
    /// A company of the demo.
    pub company: String,
    /// One that one campaign is run for.
    pub spare_company: String,
    /// A domain of the demo, and its name.
    pub domain: String,
    pub domain_name: String,
    /// One without accounts.
    pub spare_domain: String,
    pub account: String,
    /// One that no step sends from.
    pub spare_account: String,
    pub lead: String,
    /// A lead in a campaign.
    pub campaign_lead: String,
    /// One that runs.
    pub lead_import: String,
    pub template: String,
    /// One that no step sends, with a folder and a tag.
    pub spare_template: String,
    pub folder: String,
    pub spare_folder: String,
    pub tag: String,
    pub spare_tag: String,
    /// A draft for `spare_company`, and its three steps: email, wait, condition.
    pub draft: String,
    pub steps: Vec<String>,
    pub scheduled: String,
    pub sending: String,
    pub paused: String,
    /// The membership of the member, and the user of the admin.
    pub member: String,
    pub admin: String,
    pub subscription: String,
    /// One that runs and has the largest plan, one that ends with its period, and a smaller plan.
    pub running: String,
    pub ending: String,
    pub smaller_plan: String,
    /// An open one.
    pub invitation: String,
    /// A good one.
    pub api_key: String,
    /// A system event that is open.
    pub system_event: String,
    /// A job that failed for good.
    pub dead_letter: String,
}

/// Adds the rows.
pub async fn arrange(world: &World) {
    let done = sqlx::query(ARRANGE).execute(world.admin()).await;
    done.expect("spare rows");
}

impl Subjects {
    /// Finds them, after [`arrange`].
    pub async fn find(world: &World) -> Self {
        let find = Find(world);
        let campaign = async |status: &str| {
            find.id::<CampaignId>("campaigns", &format!("status = '{status}'"))
                .await
        };
        let (draft, domain) = (
            find.id::<CampaignId>("campaigns", "name = 'Spare'").await,
            find.key("id", "domains", "domain <> 'spare.acme.test'")
                .await,
        );
        Self {
            company: find.id::<CompanyId>("companies", "name <> 'Spare'").await,
            spare_company: find.id::<CompanyId>("companies", "name = 'Spare'").await,
            domain: DomainId::from_raw(domain).to_string(),
            domain_name: one(
                world,
                &format!("SELECT domain FROM domains WHERE id = '{domain}'"),
            )
            .await,
            spare_domain: find
                .id::<DomainId>("domains", "domain = 'spare.acme.test'")
                .await,
            account: find
                .id::<EmailAccountId>("email_accounts", "email <> 'spare@acme.test'")
                .await,
            spare_account: find
                .id::<EmailAccountId>("email_accounts", "email = 'spare@acme.test'")
                .await,
            lead: find.id::<LeadId>("leads", "true").await,
            campaign_lead: find.id::<CampaignLeadId>("campaign_leads", "true").await,
            lead_import: find
                .id::<LeadImportId>("lead_imports", "state = 'running'")
                .await,
            template: find.id::<TemplateId>("templates", "name <> 'Spare'").await,
            spare_template: find.id::<TemplateId>("templates", "name = 'Spare'").await,
            folder: find.number::<FolderId>("folders", "name <> 'Spare'").await,
            spare_folder: find.number::<FolderId>("folders", "name = 'Spare'").await,
            tag: find.number::<TagId>("tags", "name <> 'Spare'").await,
            spare_tag: find.number::<TagId>("tags", "name = 'Spare'").await,
            draft,
            steps: find.steps_of_the_draft().await,
            scheduled: campaign("scheduled").await,
            sending: campaign("sending").await,
            paused: campaign("paused").await,
            member: TenantUserId::from_raw(find.user("member@acme.test").await).to_string(),
            admin: UserId::from_raw(find.user("admin@acme.test").await).to_string(),
            system_event: find
                .number::<AdminSystemEventId>("admin_system_events", "NOT is_resolved")
                .await,
            dead_letter: find.dead_letter().await,
            api_key: find.id::<ApiKeyId>("api_keys", "true").await,
            invitation: find.id::<InvitationId>("invitations", "true").await,
            subscription: find.id::<SubscriptionId>("subscriptions", "true").await,
            running: find
                .id::<SubscriptionId>(
                    "subscriptions",
                    "stripe_subscription_id = 'sub_spare_false'",
                )
                .await,
            ending: find
                .id::<SubscriptionId>("subscriptions", "stripe_subscription_id = 'sub_spare_true'")
                .await,
            smaller_plan: PlanId::from_raw(
                one(world, "SELECT id FROM plans WHERE slug = 'growth'").await,
            )
            .to_string(),
        }
    }
}

struct Find<'w>(&'w World);

impl Find<'_> {
    async fn steps_of_the_draft(&self) -> Vec<String> {
        let sql = "SELECT s.id FROM campaign_sequence_steps s JOIN campaigns c ON c.id = s.campaign_id \
            JOIN tenants t ON t.id = s.tenant_id WHERE c.name = 'Spare' AND t.name = 'acme' ORDER BY step_order";
        let keys: Vec<Uuid> = sqlx::query_scalar(sql)
            .fetch_all(self.0.admin())
            .await
            .expect("steps");
        let id = |key| CampaignSequenceStepId::from_raw(key).to_string();
        keys.into_iter().map(id).collect()
    }

    async fn dead_letter(&self) -> String {
        let acme = self.0.demo.as_ref().expect("the demo").tenants[0].id;
        let sql = format!(
            "SELECT id FROM jobs WHERE tenant_id = '{acme}' AND status = 'failed' ORDER BY id LIMIT 1"
        );
        JobId::from_raw(one_in(self.0, Tier::Queue, &sql).await).to_string()
    }

    async fn id<I: TypedId<Raw = Uuid>>(&self, table: &str, condition: &str) -> String {
        I::from_raw(self.key("id", table, condition).await).to_string()
    }

    async fn number<I: TypedId<Raw = i64>>(&self, table: &str, condition: &str) -> String {
        I::from_raw(self.key("id", table, condition).await).to_string()
    }

    async fn user(&self, email: &str) -> Uuid {
        let is = format!("user_id IN (SELECT id FROM users WHERE email = '{email}')");
        self.key("user_id", "tenant_users", &is).await
    }

    async fn key<T>(&self, column: &str, table: &str, condition: &str) -> T
    where
        T: for<'r> sqlx::Decode<'r, sqlx::Postgres> + sqlx::Type<sqlx::Postgres> + Send + Unpin,
    {
        let acme = "(SELECT id FROM tenants WHERE name = 'acme')";
        let sql = format!(
            "SELECT {column} FROM {table} WHERE tenant_id = {acme} AND {condition} ORDER BY {column} LIMIT 1"
        );
        let key = sqlx::query_scalar(AssertSqlSafe(sql))
            .fetch_one(self.0.admin())
            .await;
        key.unwrap_or_else(|error| panic!("{error} in {table} where {condition}"))
    }
}
