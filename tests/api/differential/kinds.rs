//! The tables that the random questions are about.

use std::{fmt::Debug, str::FromStr};

use entity::id::{
    CampaignId, CampaignSequenceStepId, CompanyId, LeadId, TagId, TemplateId, TypedId,
};
use uuid::Uuid;

use super::{
    kind::{Column, Kind, Relation, Sort},
    row::Key,
};

const fn column(field: &'static str, sql: &'static str, sort: Sort) -> Column {
    Column {
        field,
        sql,
        sort,
        nullable: false,
    }
}

const fn nullable(field: &'static str, sql: &'static str, sort: Sort) -> Column {
    Column {
        field,
        sql,
        sort,
        nullable: true,
    }
}

fn parse<I: FromStr<Err: Debug> + TypedId<Raw = Uuid>>(text: &str) -> Key {
    Key::Uuid(I::into_raw(text.parse().expect("an id")))
}

fn show<I: TypedId<Raw = Uuid>>(key: &Key) -> String {
    match key {
        Key::Uuid(uuid) => I::from_raw(*uuid).to_string(),
        Key::Int(_) => unreachable!("this table's keys are UUIDs"),
    }
}

fn parse_tag(text: &str) -> Key {
    Key::Int(text.parse::<TagId>().expect("an id").into())
}

fn show_tag(key: &Key) -> String {
    match key {
        Key::Int(number) => TagId::from(*number).to_string(),
        Key::Uuid(_) => unreachable!("tags have numbers"),
    }
}

const CREATED: Column = column("created", "created", Sort::Time);
const UPDATED: Column = column("updated", "updated", Sort::Time);

/// In the order of insertion: parents first.
pub const KINDS: &[Kind] = &[
    Kind {
        object: "Company",
        list: "companies",
        table: "companies",
        columns: &[
            column("id", "id", Sort::Id("Company")),
            column("name", "name", Sort::Text),
            nullable("workspaceName", "workspace_name", Sort::Text),
            column(
                "status",
                "status",
                Sort::Enum(&["active", "inactive", "archived"]),
            ),
            nullable("industry", "industry", Sort::Text),
            nullable("companySize", "company_size", Sort::Text),
            CREATED,
            UPDATED,
        ],
        relations: &[Relation::Many {
            field: "campaigns",
            to: "Campaign",
            column: "company_id",
        }],
        orders: &[("CREATED", "created"), ("NAME", "name")],
        descending: true,
        left_out: &["domains"],
        parse: parse::<CompanyId>,
        show: show::<CompanyId>,
    },
    Kind {
        object: "Campaign",
        list: "campaigns",
        table: "campaigns",
        columns: &[
            column("id", "id", Sort::Id("Campaign")),
            nullable("companyId", "company_id", Sort::Id("Company")),
            column("name", "name", Sort::Text),
            column(
                "status",
                "status",
                Sort::Enum(&["draft", "scheduled", "sending", "completed", "paused"]),
            ),
            nullable("scheduled", "scheduled", Sort::Time),
            nullable("completed", "completed", Sort::Time),
            CREATED,
            UPDATED,
        ],
        relations: &[
            Relation::One {
                field: "company",
                to: "Company",
                column: "company_id",
            },
            Relation::Many {
                field: "steps",
                to: "CampaignSequenceStep",
                column: "campaign_id",
            },
        ],
        orders: &[("CREATED", "created"), ("NAME", "name")],
        descending: true,
        left_out: &["leads"],
        parse: parse::<CampaignId>,
        show: show::<CampaignId>,
    },
    Kind {
        object: "Template",
        list: "templates",
        table: "templates",
        columns: &[
            column("id", "id", Sort::Id("Template")),
            column("name", "name", Sort::Text),
            nullable("subject", "subject", Sort::Text),
            column("isStarted", "is_started", Sort::Bool),
            CREATED,
            UPDATED,
        ],
        relations: &[
            Relation::Many {
                field: "steps",
                to: "CampaignSequenceStep",
                column: "template_id",
            },
            Relation::Through {
                field: "tags",
                to: "Tag",
            },
        ],
        orders: &[("CREATED", "created"), ("NAME", "name")],
        descending: true,
        left_out: &["folders"],
        parse: parse::<TemplateId>,
        show: show::<TemplateId>,
    },
    Kind {
        object: "Tag",
        list: "tags",
        table: "tags",
        columns: &[
            column("id", "id", Sort::Id("Tag")),
            column("name", "name", Sort::Text),
            column("value", "value", Sort::Text),
            column("isDefault", "is_default", Sort::Bool),
            CREATED,
            UPDATED,
        ],
        relations: &[Relation::Through {
            field: "templates",
            to: "Template",
        }],
        orders: &[("CREATED", "created"), ("NAME", "name")],
        descending: true,
        left_out: &[],
        parse: parse_tag,
        show: show_tag,
    },
    Kind {
        object: "CampaignSequenceStep",
        list: "campaignSequenceSteps",
        table: "campaign_sequence_steps",
        columns: &[
            column("id", "id", Sort::Id("CampaignSequenceStep")),
            column("campaignId", "campaign_id", Sort::Id("Campaign")),
            nullable("emailAccountId", "email_account_id", Sort::Id("")),
            nullable("templateId", "template_id", Sort::Id("Template")),
            column("stepOrder", "step_order", Sort::Int),
            column(
                "stepType",
                "step_type",
                Sort::Enum(&["email", "wait", "condition"]),
            ),
            column("isActive", "is_active", Sort::Bool),
            nullable("waitDurationHours", "wait_duration_hours", Sort::Int),
            nullable("waitUntilDate", "wait_until_date", Sort::Time),
            nullable("conditionType", "condition_type", Sort::Text),
            column("executedCount", "executed_count", Sort::Int),
            nullable("lastExecuted", "last_executed", Sort::Time),
            CREATED,
            UPDATED,
        ],
        relations: &[
            Relation::One {
                field: "campaign",
                to: "Campaign",
                column: "campaign_id",
            },
            Relation::One {
                field: "template",
                to: "Template",
                column: "template_id",
            },
        ],
        orders: &[("STEP_ORDER", "step_order"), ("CREATED", "created")],
        descending: false,
        left_out: &["emailAccount"],
        parse: parse::<CampaignSequenceStepId>,
        show: show::<CampaignSequenceStepId>,
    },
    Kind {
        object: "Lead",
        list: "leads",
        table: "leads",
        columns: &[
            column("id", "id", Sort::Id("Lead")),
            column("email", "email", Sort::Text),
            nullable("name", "name", Sort::Text),
            nullable("company", "company", Sort::Text),
            column(
                "status",
                "status",
                Sort::Enum(&["active", "unsubscribed", "bounced", "replied", "archived"]),
            ),
            CREATED,
            UPDATED,
        ],
        relations: &[],
        orders: &[("CREATED", "created"), ("EMAIL", "email")],
        descending: true,
        left_out: &["campaigns"],
        parse: parse::<LeadId>,
        show: show::<LeadId>,
    },
];
