//! What a wide answer costs in memory: fifty campaigns, each with its company and five steps.
//!
//! `cargo run --release -p rows --example wide` prints microseconds a request, of the quickest of
//! many rounds, which other work on the machine disturbs least. With `tree`, `json` or `nothing` it
//! only answers in that form, for a profiler.
#![expect(clippy::print_stdout, reason = "it is what the example is for")]

use std::{
    collections::HashMap,
    hint::black_box,
    sync::{Arc, LazyLock},
    time::{Duration, Instant},
};

use async_graphql::{
    Context, EmptyMutation, EmptySubscription, ID, Request, Response, Result, Schema,
};
use chrono::{DateTime, Utc};
use rows::{JsonText, Load, Output, Root, RootFields};
use uuid::Uuid;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

const QUERY: &str = "query Q1 { campaigns { nodes { id name status created \
    company { id name } steps { nodes { id stepNumber subject delayDays } } } } }";
const NOTHING: &str = "query Q1 { empty { nodes { id name status created \
    company { id name } steps { nodes { id stepNumber subject delayDays } } } } }";
const ROUNDS: usize = 60;
const REQUESTS: u32 = 100;

struct CampaignRow {
    id: Uuid,
    company_id: Uuid,
    name: String,
    status: String,
    created: DateTime<Utc>,
}

struct CompanyRow {
    id: Uuid,
    name: String,
}

struct StepRow {
    id: Uuid,
    step_number: i32,
    subject: Option<String>,
    delay_days: Option<i32>,
}

rows::object! {
    /// An outreach campaign.
    object Campaign(CampaignRow) {
        /// The id.
        id: ID,
        /// The name.
        name: String,
        /// Where it stands.
        status: String,
        /// When it was made.
        created: DateTime<Utc>,
        /// For whom.
        company: Option<Company> = company_id -> Companies,
        /// What is sent.
        steps: Page<Step> = id -> Steps,
    }
}

rows::object! {
    /// A customer.
    object Company(CompanyRow) {
        /// The id.
        id: ID,
        /// The name.
        name: String,
    }
}

rows::object! {
    /// A mail.
    object Step(StepRow) {
        /// The id.
        id: ID,
        /// Its place.
        step_number: i32,
        /// The subject.
        subject: Option<String>,
        /// How long to wait.
        delay_days: Option<i32>,
    }
}

rows::object! {
    #[description = format!("A page of {}.", T::name())]
    object Page<T: rows::Object>(Vec<Arc<T::Row>>) named format!("{}Page", T::name()) {
        /// The rows.
        nodes: Vec<T> = |page| page.clone() -> Held,
    }
}

rows::object! {
    /// Where queries begin.
    object Query(()) {
        /// All campaigns.
        campaigns: Page<Campaign> = |_root| Some(()) -> Campaigns,
        /// No campaigns.
        empty: Page<Campaign> = |_root| Some(()) -> NoCampaigns,
    }
}

struct World {
    campaigns: Arc<Vec<Arc<CampaignRow>>>,
    companies: HashMap<Uuid, Arc<CompanyRow>>,
    steps: HashMap<Uuid, Arc<Vec<Arc<StepRow>>>>,
}

static WORLD: LazyLock<World> = LazyLock::new(|| {
    let key =
        |kind: u128, number: u128| Uuid::from_u128(kind << 120 | number << 64 | (number * 77));
    let campaign = |number: u128| CampaignRow {
        id: key(1, number),
        company_id: key(2, number),
        name: format!("Campaign {number}"),
        status: "active".to_owned(),
        created: DateTime::UNIX_EPOCH + Duration::from_secs(1_767_225_600),
    };
    let company = |number: u128| CompanyRow {
        id: key(2, number),
        name: format!("Company {number}"),
    };
    let step = |campaign: u128, step_number: i32| StepRow {
        id: key(3, campaign * 5 + u128::from(step_number.unsigned_abs())),
        step_number,
        subject: Some(format!("Subject {step_number} of Campaign {campaign}")),
        delay_days: Some(step_number),
    };
    let steps = |campaign: u128| {
        let steps = (0..5).map(|number| Arc::new(step(campaign, number)));
        (key(1, campaign), Arc::new(steps.collect()))
    };
    World {
        campaigns: Arc::new((0..50).map(campaign).map(Arc::new).collect()),
        companies: (0..50)
            .map(|number| (key(2, number), Arc::new(company(number))))
            .collect(),
        steps: (0..50).map(steps).collect(),
    }
});

struct Campaigns;
struct NoCampaigns;
struct Companies;
struct Steps;
struct Held;

impl Load<()> for Campaigns {
    type Value = Option<Arc<Vec<Arc<CampaignRow>>>>;

    async fn load(self, _: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(vec![Some(Arc::clone(&WORLD.campaigns))])
    }
}

impl Load<()> for NoCampaigns {
    type Value = Option<Arc<Vec<Arc<CampaignRow>>>>;

    async fn load(self, _: &Context<'_>, _: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        Ok(vec![Some(Arc::default())])
    }
}

impl Load<Uuid> for Companies {
    type Value = Option<Arc<CompanyRow>>;

    async fn load(self, _: &Context<'_>, keys: Vec<Uuid>, (): ()) -> Result<Vec<Self::Value>> {
        let found = |key| WORLD.companies.get(key).cloned();
        Ok(keys.iter().map(found).collect())
    }
}

impl Load<Uuid> for Steps {
    type Value = Option<Arc<Vec<Arc<StepRow>>>>;

    async fn load(self, _: &Context<'_>, keys: Vec<Uuid>, (): ()) -> Result<Vec<Self::Value>> {
        let found = |key| WORLD.steps.get(key).cloned();
        Ok(keys.iter().map(found).collect())
    }
}

impl<R: Send + Sync> Load<Vec<Arc<R>>> for Held {
    type Value = Vec<Arc<R>>;

    async fn load(
        self,
        _: &Context<'_>,
        rows: Vec<Vec<Arc<R>>>,
        (): (),
    ) -> Result<Vec<Vec<Arc<R>>>> {
        Ok(rows)
    }
}

type Queries = Schema<Root<Query>, EmptyMutation, EmptySubscription>;

/// How rows are answered, and how the answer is written.
#[derive(Clone, Copy)]
struct Form {
    name: &'static str,
    query: &'static str,
    output: Output,
    write: fn(&Response) -> String,
}

const FORMS: [Form; 4] = [
    Form {
        name: "tree, serde_json",
        query: QUERY,
        output: Output::Tree,
        write: serialized,
    },
    Form {
        name: "JSON, serde_json",
        query: QUERY,
        output: Output::Json,
        write: serialized,
    },
    Form {
        name: "JSON, as it is",
        query: QUERY,
        output: Output::Json,
        write: written,
    },
    Form {
        name: "no rows",
        query: NOTHING,
        output: Output::Json,
        write: written,
    },
];

fn serialized(response: &Response) -> String {
    serde_json::to_string(response).expect("a response is JSON")
}

fn written(response: &Response) -> String {
    let mut json = JsonText::with_capacity(1 << 16);
    json.raw("{\"data\":");
    json.value(&response.data);
    json.raw("}");
    json.into_string()
}

impl Form {
    async fn execute(self, schema: &Queries) -> Response {
        let request = Request::new(self.query).data(RootFields::default());
        schema.execute(request.data(self.output)).await
    }

    /// Microseconds to execute and to write.
    async fn measure(self, schema: &Queries) -> (f64, f64) {
        let (mut executed, mut written) = (Duration::ZERO, Duration::ZERO);
        for _ in 0..REQUESTS {
            let start = Instant::now();
            let response = self.execute(schema).await;
            executed += start.elapsed();
            let start = Instant::now();
            black_box((self.write)(&response));
            drop(response);
            written += start.elapsed();
        }
        let micros = |time: Duration| time.as_secs_f64() * 1e6 / f64::from(REQUESTS);
        (micros(executed), micros(written))
    }
}

async fn compare(schema: &Queries) {
    let mut times = vec![Vec::new(); FORMS.len()];
    for _ in 0..ROUNDS {
        for (form, times) in FORMS.iter().zip(&mut times) {
            times.push(form.measure(schema).await);
        }
    }
    for (form, mut times) in FORMS.iter().zip(times) {
        times.sort_by(|left, right| (left.0 + left.1).total_cmp(&(right.0 + right.1)));
        let (execute, write) = times[0];
        let (name, total) = (form.name, execute + write);
        println!("{name:16} execute {execute:6.1}  write {write:6.1}  together {total:6.1}");
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let schema = Schema::new(Root::<Query>::new(), EmptyMutation, EmptySubscription);
    let [tree, _, json, nothing] = FORMS;
    let expected = serialized(&tree.execute(&schema).await);
    assert_eq!(written(&json.execute(&schema).await), expected);
    let form = match std::env::args().nth(1).as_deref() {
        Some("tree") => tree,
        Some("json") => json,
        Some("nothing") => nothing,
        _ => return compare(&schema).await,
    };
    for _ in 0..REQUESTS {
        black_box((form.write)(&form.execute(&schema).await));
    }
}
