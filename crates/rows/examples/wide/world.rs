//! The rows, and how they are found: in memory, so that nothing but the answer is measured.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock},
    time::Duration,
};

use async_graphql::{Context, ID, Result};
use chrono::{DateTime, Utc};
use rows::Load;
use uuid::Uuid;

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
    pub object Query(()) {
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
