//! The worlds that the walks run in.

use std::sync::LazyLock;

use gateway_tests::{Client, Options, World};
use tokio::{
    runtime::Runtime,
    sync::{Mutex, OnceCell},
};

use super::{
    dump::Dump,
    entries::{self, Entry},
    messages,
    subjects::{Subjects, arrange},
};
use crate::isolation::{catalog::Catalog, twins::Twins};

/// The people of `acme` by their roles.
pub const ROLES: [&str; 5] = ["owner", "admin", "member", "analyst", "billing"];

/// Twins, and the entries of the one that asks.
pub struct Arranged {
    pub twins: Twins,
    pub entries: Vec<Entry>,
    pub subjects: Subjects,
}

/// Runs a test that saves nothing, on twins that all such tests share, one at a time: what each tries
/// out holds locks until it is undone.
pub fn on_arranged(test: impl AsyncFnOnce(&'static Arranged)) {
    static RUNTIME: LazyLock<Runtime> = LazyLock::new(|| Runtime::new().expect("threads"));
    static ARRANGED: OnceCell<Arranged> = OnceCell::const_new();
    static ONE: Mutex<()> = Mutex::const_new(());
    RUNTIME.block_on(async {
        let _one = ONE.lock().await;
        let arranged = ARRANGED.get_or_init(Arranged::new).await;
        let before = arranged.dump().await;
        test(arranged).await;
        before.assert_same(&arranged.dump().await, "a test that saves nothing");
    });
}

impl Arranged {
    async fn new() -> Self {
        let world = World::demo().await;
        arrange(&world).await;
        // Whom a campaign writes to is said by who adds leads, be it nobody: here it is said of all before.
        let said = "INSERT INTO campaign_runs (tenant_id, campaign_id, leads_are_given) SELECT tenant_id, id, true FROM campaigns
            ON CONFLICT (tenant_id, campaign_id) DO UPDATE SET leads_are_given = true";
        let said = sqlx::query(said).execute(world.admin()).await;
        said.expect("campaigns that were begun");
        // The twin has the same name.
        let subjects = Subjects::find(&world).await;
        let twins = Twins::of(world).await;
        messages::learn(&twins.catalog);
        Self {
            entries: entries::all(&subjects),
            subjects,
            twins,
        }
    }

    /// The whole database.
    pub async fn dump(&self) -> Dump {
        Dump::of(&self.twins.world, &self.twins.catalog).await
    }

    /// The entry of a mutation.
    pub fn entry(&self, name: &str) -> &Entry {
        find(&self.entries, name)
    }

    /// `acme`'s person of a role.
    pub fn of_role(&self, role: &str) -> Client {
        self.twins.world.user("acme", &format!("{role}@acme.test"))
    }
}

/// A demo of a test's own, whose writes may be saved.
pub struct Fresh {
    pub world: World,
    pub catalog: Catalog,
    pub entries: Vec<Entry>,
    pub subjects: Subjects,
}

impl Fresh {
    pub async fn new() -> Self {
        Self::with(Options::default()).await
    }

    pub async fn with(options: Options) -> Self {
        let world = World::demo_with(options).await;
        arrange(&world).await;
        let catalog = Catalog::read(&world).await;
        messages::learn(&catalog);
        let subjects = Subjects::find(&world).await;
        Self {
            entries: entries::all(&subjects),
            subjects,
            catalog,
            world,
        }
    }

    pub async fn dump(&self) -> Dump {
        Dump::of(&self.world, &self.catalog).await
    }

    pub fn entry(&self, name: &str) -> &Entry {
        find(&self.entries, name)
    }
}

fn find<'e>(entries: &'e [Entry], name: &str) -> &'e Entry {
    let found = entries.iter().find(|entry| entry.name == name);
    found.unwrap_or_else(|| panic!("`{name}` has no entry"))
}
