//! One valid input of every mutation, with a value for everything that the input can hold.
//!
//! To add a mutation: an entry here, in the file of its object. [`coverage`](super::coverage) says
//! what is missing. Values are in their canonical form, so that they are answered as they are given;
//! a filter is `{ id: { in: [one id] } }`.

mod campaigns;
mod content;
mod jobs;
mod sending;
mod tenant;

use migrations::Tier;
use serde_json::{Value, json};

use super::subjects::Subjects;
use crate::isolation::schema::{Field, Schema};

/// A mutation.
pub struct Entry {
    /// The root field.
    pub name: &'static str,
    /// Who may.
    pub right: Right,
    /// The argument `input`.
    pub input: Value,
}

/// Who may, as the README has it: declared here by hand, not taken from the gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Right {
    Work,
    Configure,
    ManageMembers,
    ManageBilling,
    Oneself,
}

impl Right {
    /// The roles that may.
    pub fn roles(self) -> &'static [&'static str] {
        match self {
            Self::Work => &["owner", "admin", "member"],
            Self::Configure => &["owner", "admin"],
            Self::ManageMembers => &["owner"],
            Self::ManageBilling => &["owner", "billing"],
            Self::Oneself => &["owner", "admin", "member", "billing"],
        }
    }
}

/// The mutations that no walk fits, and where their tests are. The list may only shrink.
pub const UNLIKE: [(&str, &str); 3] = [
    (
        "acceptInvitation",
        "changes the tenant that invites, not the one asked in: `invitations`",
    ),
    ("pauseQueue", "is for staff: `jobs::queues`"),
    ("resumeQueue", "is for staff: `jobs::queues`"),
];

/// All entries.
pub fn all(of: &Subjects) -> Vec<Entry> {
    [
        sending::entries(of),
        content::entries(of),
        campaigns::entries(of),
        tenant::entries(of),
        jobs::entries(of),
    ]
    .into_iter()
    .flatten()
    .collect()
}

impl Entry {
    /// What the schema says of the root field.
    pub fn field(&self) -> &'static Field {
        let mut fields = Schema::served().mutations().iter();
        let found = fields.find(|field| field.name == self.name);
        found.unwrap_or_else(|| panic!("there is no mutation `{}`", self.name))
    }

    /// The type of the argument `input`.
    pub fn kind(&self) -> &'static str {
        self.field().argument("input")
    }

    /// Where it writes.
    pub fn tier(&self) -> Tier {
        match self.name {
            "replayJob" | "replayJobs" | "dropJob" | "dropJobs" => Tier::Queue,
            _ => Tier::Oltp,
        }
    }

    /// The input with another value at a place (`/set/name`), whether or not there was one.
    pub fn with(&self, pointer: &str, value: Value) -> Value {
        let mut input = self.input.clone();
        let (parent, last) = pointer.rsplit_once('/').expect("a JSON pointer");
        match input.pointer_mut(parent) {
            Some(Value::Object(fields)) => drop(fields.insert(last.to_owned(), value)),
            Some(Value::Array(items)) => items[last.parse::<usize>().expect("a place")] = value,
            _ => panic!("the entry `{}` has nothing at `{parent}`", self.name),
        }
        input
    }
}

fn entry(name: &'static str, right: Right, input: Value) -> Entry {
    Entry { name, right, input }
}

/// `createX`, `updateX`, `updateXs`, `deleteX`, `deleteXs`.
fn standard(
    names: [&'static str; 5],
    create: Value,
    set: Value,
    row: &str,
    spare: &str,
) -> Vec<Entry> {
    let [make, change, change_many, delete, delete_many] = names;
    let selected = |id: &str| json!({ "id": { "in": [id] } });
    vec![
        entry(make, Right::Work, create),
        entry(change, Right::Work, json!({ "id": row, "set": set })),
        entry(
            change_many,
            Right::Work,
            json!({ "filter": selected(row), "set": set, "atMost": 1 }),
        ),
        entry(delete, Right::Work, json!({ "id": spare })),
        entry(
            delete_many,
            Right::Work,
            json!({ "filter": selected(spare), "atMost": 1 }),
        ),
    ]
}
