//! The one wrapper around the `dataloader` crate.

use std::{
    collections::HashMap,
    fmt::{self, Debug},
    hash::{BuildHasher, BuildHasherDefault, DefaultHasher, Hash, Hasher},
    marker::PhantomData,
    sync::Arc,
};

use dataloader::{BatchFn, cached};
use sea_orm::DbErr;
use tenant::TenantContext;

/// How the values of many keys are asked for at once.
pub(crate) trait Batch: Send + Sync + 'static {
    /// What identifies a value.
    type Key: Clone + Eq + Hash + Send + Sync;
    /// What is cached for the operation; cheap to clone.
    type Value: Clone + Send + Sync;

    /// The values of the keys, in their order; `None` for a key without one.
    fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<Vec<Option<Self::Value>>, DbErr>> + Send;
}

/// Every key is answered: with its value, with none, or with the failure all of its batch share.
type Answer<B> = Result<Option<<B as Batch>::Value>, Arc<DbErr>>;

/// What a batch waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gathering {
    /// Levels that run side by side. A level hands its keys over at once, and such levels are polled in the
    /// same turn: one yield gathers them.
    Siblings,
    /// Nothing: the operation has one level that loads anything.
    Nothing,
}

/// A key that is hashed once, for the crate does so eight times; and that shows nothing of itself: for each key that is
/// found the crate prepares the message that it was not, and throws it away.
#[derive(Clone, PartialEq, Eq)]
struct Hashed<K> {
    hash: u64,
    key: K,
}

impl<K: Hash> Hashed<K> {
    fn new(key: K) -> Self {
        let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(&key);
        Self { hash, key }
    }
}

/// The crate's maps hash this once more, under keys of their own.
impl<K> Hash for Hashed<K> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        state.write_u64(self.hash);
    }
}

impl<K> Debug for Hashed<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }
}

/// A loader of one kind of value for one operation.
pub(super) struct Loader<B: Batch> {
    cached: cached::Loader<Hashed<B::Key>, Answer<B>, Runner<B>>,
}

struct Runner<B> {
    context: Arc<TenantContext>,
    batch: PhantomData<fn() -> B>,
}

impl<B: Batch> BatchFn<Hashed<B::Key>, Answer<B>> for Runner<B> {
    async fn load(&mut self, keys: &[Hashed<B::Key>]) -> HashMap<Hashed<B::Key>, Answer<B>> {
        let asked: Vec<B::Key> = keys.iter().map(|key| key.key.clone()).collect();
        match B::load(&self.context, &asked).await {
            Ok(values) => {
                let answers = values.into_iter().map(Ok);
                keys.iter().cloned().zip(answers).collect()
            }
            Err(error) => {
                let error = Arc::new(error);
                keys.iter()
                    .map(|key| (key.clone(), Err(Arc::clone(&error))))
                    .collect()
            }
        }
    }
}

impl<B: Batch> Loader<B> {
    pub(super) fn new(context: Arc<TenantContext>, gathering: Gathering) -> Self {
        let runner = Runner {
            context,
            batch: PhantomData,
        };
        let yields = match gathering {
            Gathering::Siblings => 1,
            Gathering::Nothing => 0,
        };
        // A batch is never split.
        let cached = cached::Loader::new(runner)
            .with_max_batch_size(usize::MAX)
            .with_yield_count(yields);
        Self { cached }
    }

    pub(super) async fn load(&self, keys: &[B::Key]) -> Result<Vec<Option<B::Value>>, Arc<DbErr>> {
        let keys: Vec<_> = keys.iter().cloned().map(Hashed::new).collect();
        let answers = self.cached.try_load_many(keys.clone()).await;
        let answers = answers.map_err(|error| Arc::new(DbErr::Custom(error.to_string())))?;
        keys.iter()
            .map(|key| answers.get(key).cloned().unwrap_or(Ok(None)))
            .collect()
    }
}
