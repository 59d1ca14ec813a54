//! The rows both schemas show; what a request asks to fail; what it loaded.

use std::{
    collections::HashSet,
    sync::{Arc, LazyLock, Mutex},
};

use async_graphql::{Context, Enum, Error, ErrorExtensions, Guard, Request, Response, Result};
use chrono::{DateTime, NaiveDate, Utc};
use serde_json::Value;
use uuid::Uuid;

#[derive(Clone, Copy, PartialEq, Eq, Enum)]
pub enum Status {
    Draft,
    Sending,
}

pub struct Campaign {
    pub id: i32,
    pub key: Uuid,
    pub name: String,
    pub status: Status,
    pub note: Option<String>,
    pub score: Option<f64>,
    pub labels: Vec<String>,
    pub starts: NaiveDate,
    pub created: DateTime<Utc>,
    pub r#type: &'static str,
    pub company_id: Option<i32>,
    pub owner_id: i32,
}

pub struct Company {
    pub id: i32,
    pub name: String,
    pub parent_id: Option<i32>,
}

pub struct Step {
    pub id: i32,
    pub campaign_id: i32,
    pub position: i32,
    pub subject: Option<String>,
}

pub struct Template {
    pub id: i32,
}

pub struct World {
    pub campaigns: Vec<Arc<Campaign>>,
    pub companies: Vec<Arc<Company>>,
    pub steps: Vec<Arc<Step>>,
}

pub static WORLD: LazyLock<World> = LazyLock::new(|| World {
    campaigns: (1..=5).map(|id| Arc::new(campaign(id))).collect(),
    companies: (1..=2).map(|id| Arc::new(company(id))).collect(),
    steps: (0..6).map(|number| Arc::new(step(number))).collect(),
});

/// Campaign 3 has no company, 4 one that does not exist, 2 and 5 have the same; company 2 belongs to
/// company 1. The owner of campaign 5 does not exist, which none but that campaign must suffer for.
fn campaign(id: i32) -> Campaign {
    Campaign {
        id,
        key: Uuid::from_u128(id.unsigned_abs().into()),
        name: format!("Campaign \"{id}\""),
        status: if id % 2 == 0 {
            Status::Sending
        } else {
            Status::Draft
        },
        note: (id == 1).then(|| "a note".to_owned()),
        score: (id != 2).then_some(0.5 * f64::from(id)),
        labels: (0..id % 3).map(|label| format!("label {label}")).collect(),
        starts: NaiveDate::from_ymd_opt(2026, 1, id.unsigned_abs()).expect("a day of January"),
        created: DateTime::from_timestamp(1_700_000_000, 123_000_000).expect("in range"),
        r#type: "email",
        company_id: [Some(1), Some(2), None, Some(9), Some(2)]
            [usize::try_from(id - 1).expect("1 to 5")],
        owner_id: if id == 5 { 9 } else { 1 + id % 2 },
    }
}

fn company(id: i32) -> Company {
    Company {
        id,
        name: format!("Company {id}"),
        parent_id: (id == 2).then_some(1),
    }
}

/// Campaigns 1 and 2 have three steps each.
fn step(number: i32) -> Step {
    Step {
        id: 100 + number,
        campaign_id: 1 + number / 3,
        position: 1 + number % 3,
        subject: (number % 2 == 0).then(|| format!("Subject {number}")),
    }
}

impl World {
    pub fn company(&self, id: i32) -> Option<Arc<Company>> {
        self.companies
            .iter()
            .find(|company| company.id == id)
            .cloned()
    }

    pub fn steps_of(&self, campaign: i32) -> Vec<Arc<Step>> {
        let steps = self
            .steps
            .iter()
            .filter(|step| step.campaign_id == campaign);
        steps.cloned().collect()
    }
}

/// What a request brings: names of relations that fail, and a log of the loads.
#[derive(Clone, Default)]
pub struct Session(Arc<State>);

#[derive(Default)]
struct State {
    admin: bool,
    failing: HashSet<&'static str>,
    /// Name of the relation, number of keys.
    loads: Mutex<Vec<(&'static str, usize)>>,
    guarded: Mutex<usize>,
}

/// The source of a failing relation's error.
#[derive(Debug, PartialEq)]
pub struct Down;

impl std::fmt::Display for Down {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("down")
    }
}

impl Session {
    pub fn admin() -> Self {
        Self(Arc::new(State {
            admin: true,
            ..State::default()
        }))
    }

    pub fn failing(names: &[&'static str]) -> Self {
        let failing = names.iter().copied().collect();
        Self(Arc::new(State {
            failing,
            ..State::default()
        }))
    }

    pub fn request(&self, query: &str) -> Request {
        Request::new(query).data(self.clone())
    }

    /// The loads since the last call, by name.
    pub fn loads(&self) -> Vec<(&'static str, usize)> {
        let mut loads =
            std::mem::take(&mut *self.0.loads.lock().expect("no test panics in a load"));
        loads.sort_unstable();
        loads
    }

    pub fn guarded(&self) -> usize {
        *self.0.guarded.lock().expect("no test panics in a guard")
    }
}

/// Every load of both schemas goes through here.
pub async fn load(ctx: &Context<'_>, name: &'static str, keys: usize) -> Result<()> {
    // Relations of a level must not depend on the order in which their loads end.
    tokio::task::yield_now().await;
    let session = ctx.data::<Session>()?;
    session
        .0
        .loads
        .lock()
        .expect("no test panics in a load")
        .push((name, keys));
    if session.0.failing.contains(name) {
        return Err(Error::new_with_source(Down).extend_with(|_, e| e.set("code", "DOWN")));
    }
    Ok(())
}

pub struct Admin;

impl Guard for Admin {
    async fn check(&self, ctx: &Context<'_>) -> Result<()> {
        let session = ctx.data::<Session>()?;
        *session.0.guarded.lock().expect("no test panics in a guard") += 1;
        if session.0.admin {
            Ok(())
        } else {
            Err("admins only".into())
        }
    }
}

/// The response as a client reads it, errors in a fixed order.
pub fn read(response: &Response) -> Value {
    let mut read = serde_json::to_value(response).expect("a response is JSON");
    if let Some(errors) = read.get_mut("errors").and_then(Value::as_array_mut) {
        errors.sort_by_key(Value::to_string);
    }
    read
}
