//! The one wrapper around the `dataloader` crate.

use std::{collections::HashMap, fmt::Debug, hash::Hash, marker::PhantomData, sync::Arc};

use dataloader::{BatchFn, cached};
use sea_orm::DbErr;
use tenant::TenantContext;

/// How the values of many keys are asked for at once.
pub(crate) trait Batch: Send + Sync + 'static {
    /// What identifies a value.
    type Key: Clone + Debug + Eq + Hash + Send + Sync;
    /// What is cached for the operation; cheap to clone.
    type Value: Clone + Send + Sync;

    /// The values there are; a key without one is left out.
    fn load(
        context: &TenantContext,
        keys: &[Self::Key],
    ) -> impl Future<Output = Result<HashMap<Self::Key, Self::Value>, DbErr>> + Send;
}

/// Every key is answered: with its value, with none, or with the failure all of its batch share.
type Answer<B> = Result<Option<<B as Batch>::Value>, Arc<DbErr>>;

/// A loader of one kind of value for one operation.
pub(super) struct Loader<B: Batch> {
    cached: cached::Loader<B::Key, Answer<B>, Runner<B>>,
}

struct Runner<B> {
    context: Arc<TenantContext>,
    batch: PhantomData<fn() -> B>,
}

impl<B: Batch> BatchFn<B::Key, Answer<B>> for Runner<B> {
    async fn load(&mut self, keys: &[B::Key]) -> HashMap<B::Key, Answer<B>> {
        match B::load(&self.context, keys).await {
            Ok(mut values) => keys
                .iter()
                .map(|key| (key.clone(), Ok(values.remove(key))))
                .collect(),
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
    pub(super) fn new(context: Arc<TenantContext>) -> Self {
        let runner = Runner {
            context,
            batch: PhantomData,
        };
        // A level hands its keys over at once, and levels that run side by side are polled in the
        // same turn: one yield gathers them. A batch is never split.
        let cached = cached::Loader::new(runner)
            .with_max_batch_size(usize::MAX)
            .with_yield_count(1);
        Self { cached }
    }

    pub(super) async fn load(&self, keys: &[B::Key]) -> Result<Vec<Option<B::Value>>, Arc<DbErr>> {
        let answers = self.cached.try_load_many(keys.to_vec()).await;
        let answers = answers.map_err(|error| Arc::new(DbErr::Custom(error.to_string())))?;
        keys.iter()
            .map(|key| answers.get(key).cloned().unwrap_or(Ok(None)))
            .collect()
    }
}
