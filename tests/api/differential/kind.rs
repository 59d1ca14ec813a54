//! What the tests know of each table: its columns as a filter names them, its relations, its orders.
//!
//! Written down here once more, on purpose: a reference that asked the gateway how it works would
//! agree with every mistake. `covered.rs` holds it against the schema, so that nothing is left out.

use std::{fmt::Debug, str::FromStr};

use entity::id::{
    CampaignId, CampaignSequenceStepId, CompanyId, LeadId, TagId, TemplateId, TypedId,
};
use uuid::Uuid;

use super::row::Key;

/// A table.
pub struct Kind {
    /// The GraphQL object: `Campaign`.
    pub object: &'static str,
    /// The root field, and the field of a parent: `campaigns`.
    pub list: &'static str,
    /// The name in SQL.
    pub table: &'static str,
    /// What can be filtered by.
    pub columns: &'static [Column],
    /// What other tables can be filtered by, and asked for.
    pub relations: &'static [Relation],
    /// What can be ordered by: the enum value, and the column in SQL. The default is the first.
    pub orders: &'static [(&'static str, &'static str)],
    /// The direction of the default.
    pub descending: bool,
    /// Filters that are left to the tests of their own tables.
    pub left_out: &'static [&'static str],
    /// The key of an id in either form.
    pub parse: fn(&str) -> Key,
    /// The id of a key.
    pub show: fn(&Key) -> String,
}

/// A column.
pub struct Column {
    /// The name in the filter.
    pub field: &'static str,
    /// The name in SQL.
    pub sql: &'static str,
    /// What it holds.
    pub sort: Sort,
    /// Whether some rows have no value.
    pub nullable: bool,
}

/// What a column holds, which decides on its operators.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Sort {
    Text,
    Int,
    Time,
    Bool,
    /// Its values, as the database spells them.
    Enum(&'static [&'static str]),
    /// The id of a row of that object; `""` for a table that the tests do not fill.
    Id(&'static str),
}

/// How rows belong together.
pub enum Relation {
    /// The row's column holds the other's key.
    One {
        field: &'static str,
        to: &'static str,
        column: &'static str,
    },
    /// The others' column holds the row's key.
    Many {
        field: &'static str,
        to: &'static str,
        column: &'static str,
    },
    /// A join table holds both: the one of templates and tags.
    Through {
        field: &'static str,
        to: &'static str,
    },
}

impl Relation {
    pub fn field(&self) -> &'static str {
        match self {
            Self::One { field, .. } | Self::Many { field, .. } | Self::Through { field, .. } => {
                field
            }
        }
    }

    pub fn to(&self) -> &'static Kind {
        match self {
            Self::One { to, .. } | Self::Many { to, .. } | Self::Through { to, .. } => kind(to),
        }
    }
}

impl Sort {
    /// The GraphQL input of the column's conditions, and their names.
    pub fn operators(self) -> &'static [&'static str] {
        match self {
            Self::Text => &["eq", "ne", "in", "startsWith", "isNull"],
            Self::Int => &["eq", "ne", "in", "lt", "lte", "gt", "gte", "isNull"],
            Self::Time => &["eq", "lt", "lte", "gt", "gte", "isNull"],
            Self::Bool => &["eq"],
            Self::Enum(_) => &["eq", "ne", "in"],
            Self::Id(_) => &["eq", "ne", "in", "isNull"],
        }
    }
}

/// A table by its object's name.
pub fn kind(object: &str) -> &'static Kind {
    KINDS
        .iter()
        .find(|kind| kind.object == object)
        .expect("a known object")
}

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
        left_out: &[],
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
        left_out: &[],
        parse: parse::<LeadId>,
        show: show::<LeadId>,
    },
];
