//! What a tenant has, as maps, and the same as the database has it.

use std::collections::{BTreeMap, BTreeSet};

use gateway_tests::World;
use serde_json::{Value, json};

/// A bare key, which the gateway takes, too.
pub type Key = String;

/// What a tenant has.
#[derive(Debug, Default)]
pub struct Tenant {
    /// Name and workspace.
    pub companies: BTreeMap<Key, (String, Option<String>)>,
    /// Name and status, by address.
    pub leads: BTreeMap<String, (Option<String>, String)>,
    pub templates: BTreeMap<Key, Template>,
    /// By name.
    pub folders: BTreeMap<Key, String>,
    /// Name, and whether new templates get it.
    pub tags: BTreeMap<Key, (String, bool)>,
    pub campaigns: BTreeMap<Key, Campaign>,
}

#[derive(Debug)]
pub struct Template {
    pub name: String,
    pub folders: BTreeSet<Key>,
    pub tags: BTreeSet<Key>,
}

#[derive(Debug)]
pub struct Campaign {
    pub name: String,
    pub company: Option<Key>,
    pub status: &'static str,
    /// Subject, which no two have, and template.
    pub steps: Vec<(String, Option<Key>)>,
}

impl Tenant {
    /// As [`stored`] shows it.
    pub fn shown(&self) -> Value {
        let campaign = |campaign: &Campaign| {
            let steps = campaign.steps.iter().enumerate();
            let steps: Vec<Value> = steps
                .map(|(index, (subject, template))| json!([index + 1, subject, template]))
                .collect();
            json!([campaign.name, campaign.company, campaign.status, steps])
        };
        json!({
            "companies": self.companies,
            "leads": self.leads,
            "templates": shown(&self.templates, |one| json!([one.name, one.folders, one.tags])),
            "folders": self.folders,
            "tags": self.tags,
            "campaigns": shown(&self.campaigns, campaign),
        })
    }
}

fn shown<T>(rows: &BTreeMap<Key, T>, show: impl Fn(&T) -> Value) -> Value {
    rows.iter()
        .map(|(key, row)| (key.clone(), show(row)))
        .collect()
}

/// Takes away what the demo has of all this.
pub async fn empty(world: &World) {
    let sql = "TRUNCATE companies, domains, email_accounts, leads, templates, folders, tags, template_folders, \
        template_tags, campaigns, campaign_runs, campaign_leads, campaign_sequence_steps, domain_ip_assignments";
    sqlx::query(sql)
        .execute(world.admin())
        .await
        .expect("empty tables");
}

const STORED: &str = "WITH t AS (SELECT id AS tenant_id FROM tenants WHERE name = $1)
SELECT jsonb_build_object(
    'companies', (SELECT coalesce(jsonb_object_agg(id, jsonb_build_array(name, workspace_name)), '{}')
        FROM companies NATURAL JOIN t),
    'leads', (SELECT coalesce(jsonb_object_agg(email, jsonb_build_array(name, status)), '{}') FROM leads NATURAL JOIN t),
    'templates', (SELECT coalesce(jsonb_object_agg(id, jsonb_build_array(name,
            (SELECT coalesce(jsonb_agg(folder_id::text ORDER BY folder_id::text COLLATE \"C\"), '[]')
                FROM template_folders WHERE template_id = templates.id),
            (SELECT coalesce(jsonb_agg(tag_id::text ORDER BY tag_id::text COLLATE \"C\"), '[]')
                FROM template_tags WHERE template_id = templates.id))), '{}')
        FROM templates NATURAL JOIN t),
    'folders', (SELECT coalesce(jsonb_object_agg(id, name), '{}') FROM folders NATURAL JOIN t),
    'tags', (SELECT coalesce(jsonb_object_agg(id, jsonb_build_array(name, is_default)), '{}') FROM tags NATURAL JOIN t),
    'campaigns', (SELECT coalesce(jsonb_object_agg(id, jsonb_build_array(name, company_id, status,
            (SELECT coalesce(jsonb_agg(jsonb_build_array(step_order, subject_override, template_id) ORDER BY step_order, id), '[]')
                FROM campaign_sequence_steps WHERE campaign_id = campaigns.id))), '{}')
        FROM campaigns NATURAL JOIN t))";

/// The keys of all steps by their subjects, which the model does not know.
pub async fn steps(world: &World) -> BTreeMap<String, Key> {
    let sql = "SELECT subject_override, id::text FROM campaign_sequence_steps";
    let rows: Vec<(String, Key)> = sqlx::query_as(sql)
        .fetch_all(world.admin())
        .await
        .expect("the steps");
    rows.into_iter().collect()
}

/// What a tenant has in the database.
pub async fn stored(world: &World, tenant: &str) -> Value {
    let found = sqlx::query_scalar(STORED)
        .bind(tenant)
        .fetch_one(world.admin())
        .await;
    found.expect("the tenant's rows")
}
