//! What is asked: one document for each operation and dialect, and its variables.

use serde_json::{Value, json};
use uuid::Uuid;

use crate::subject::Subject;

/// Where a request has a number that no other request has: twelve hexadecimal digits.
pub(crate) const UNIQUE: &str = "@unique@";

/// Leads of an import.
const IMPORTED: usize = 1000;

/// An operation of the comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Operation {
    Q1,
    Q2,
    Q3,
    Q4,
    Q5,
    Q6,
    M1,
    M2,
    I1,
}

/// The names that a server has for the same things.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// The gateway's; the stock server speaks a part of it.
    Gateway,
    /// PostGraphile's, with aliases that give the answer the gateway's shape.
    PostGraphile,
}

impl Operation {
    /// All, in the order they are told.
    pub(crate) const ALL: [Self; 9] = [
        Self::Q1,
        Self::Q2,
        Self::Q3,
        Self::Q4,
        Self::Q5,
        Self::Q6,
        Self::M1,
        Self::M2,
        Self::I1,
    ];
    /// Those of the short run.
    pub(crate) const SHORT: [Self; 4] = [Self::Q1, Self::Q2, Self::Q3, Self::Q4];

    /// As it is called in commands and results.
    pub(crate) fn id(self) -> &'static str {
        match self {
            Self::Q1 => "q1",
            Self::Q2 => "q2",
            Self::Q3 => "q3",
            Self::Q4 => "q4",
            Self::Q5 => "q5",
            Self::Q6 => "q6",
            Self::M1 => "m1",
            Self::M2 => "m2",
            Self::I1 => "i1",
        }
    }

    /// What it is, in a line.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::Q1 => "50 campaigns, company, all steps",
            Self::Q2 => "one campaign by id",
            Self::Q3 => "page of 50 leads, filter, total count",
            Self::Q4 => "{ __typename }",
            Self::Q5 => "nested connections",
            Self::Q6 => "leads by status and by day",
            Self::M1 => "create a campaign with 5 steps",
            Self::M2 => "import 1,000 leads",
            Self::I1 => "introspection",
        }
    }

    /// Whether it writes.
    pub(crate) fn writes(self) -> bool {
        matches!(self, Self::M1 | Self::M2)
    }

    /// The document.
    pub(crate) fn document(self, dialect: Dialect) -> String {
        macro_rules! text {
            ($file:literal) => {
                match dialect {
                    Dialect::Gateway => include_str!(concat!("../operations/gateway/", $file)),
                    Dialect::PostGraphile => {
                        include_str!(concat!("../operations/postgraphile/", $file))
                    }
                }
            };
        }
        match self {
            Self::Q1 => text!("q1.graphql"),
            Self::Q2 => text!("q2.graphql"),
            Self::Q3 => text!("q3.graphql"),
            Self::Q4 => text!("q4.graphql"),
            Self::Q5 => text!("q5.graphql"),
            Self::Q6 => text!("q6.graphql"),
            Self::M1 => text!("m1.graphql"),
            Self::I1 => include_str!("../operations/i1.graphql"),
            // Only the gateway has it.
            Self::M2 => include_str!("../operations/gateway/m2.graphql"),
        }
        .to_owned()
    }

    /// The variables of the request number `turn` for a tenant. `cursors` are the server's own.
    pub(crate) fn variables(
        self,
        dialect: Dialect,
        subject: &Subject,
        cursors: &[String],
        turn: usize,
    ) -> Value {
        match (self, dialect) {
            (Self::Q2, _) => json!({ "id": pick(&subject.campaigns, turn) }),
            (Self::Q3, _) => json!({ "after": pick(cursors, turn) }),
            (Self::M1, Dialect::Gateway) => campaign(subject, turn),
            (Self::M1, Dialect::PostGraphile) => campaign_and_steps(subject, turn),
            (Self::M2, _) => {
                let leads: Vec<Value> = (0..IMPORTED).map(lead).collect();
                json!({ "input": { "mode": "INSERT", "leads": leads } })
            }
            _ => Value::Null,
        }
    }
}

/// The document with which a server is asked for cursors.
pub(crate) fn cursor_document(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::Gateway => include_str!("../operations/gateway/q3_cursor.graphql"),
        Dialect::PostGraphile => include_str!("../operations/postgraphile/q3_cursor.graphql"),
    }
}

fn pick<T>(choices: &[T], turn: usize) -> Option<&T> {
    choices.get(turn % choices.len().max(1))
}

const NAME: &str = "Made by the benchmark";

fn steps() -> [Value; 5] {
    [
        json!({ "stepType": "EMAIL", "subjectOverride": "First word" }),
        json!({ "stepType": "WAIT", "waitDurationHours": 24 }),
        json!({ "stepType": "EMAIL", "subjectOverride": "Second word" }),
        json!({ "stepType": "WAIT", "waitDurationHours": 48 }),
        json!({ "stepType": "EMAIL", "subjectOverride": "Last word" }),
    ]
}

fn campaign(subject: &Subject, turn: usize) -> Value {
    let company: Option<&Uuid> = pick(&subject.companies, turn);
    json!({ "input": { "name": NAME, "companyId": company, "steps": steps() } })
}

/// Six inputs, with a campaign's id that the client made, or the steps could not name it.
fn campaign_and_steps(subject: &Subject, turn: usize) -> Value {
    let id = format!("018f0000-0000-7000-8000-{UNIQUE}");
    let company: Option<&Uuid> = pick(&subject.companies, turn);
    let tenant = subject.tenant;
    let mut variables = json!({
        "campaign": { "campaign": { "rowId": id, "tenantId": tenant, "companyId": company, "name": NAME } },
    });
    for (place, mut step) in (1..).zip(steps()) {
        step["stepType"] = step["stepType"].as_str().map(str::to_lowercase).into();
        step["stepOrder"] = place.into();
        step["campaignId"] = id.clone().into();
        step["tenantId"] = tenant.to_string().into();
        variables[format!("step{place}")] = json!({ "campaignSequenceStep": step });
    }
    variables
}

fn lead(index: usize) -> Value {
    json!({ "email": format!("l{index}.{UNIQUE}@import.test"), "name": format!("Lead {index}"), "company": "Import" })
}
