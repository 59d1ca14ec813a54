//! The one wrapper around the `dataloader` crate.

mod chunk;

use std::{
    collections::{BTreeMap, HashMap},
    hash::Hash,
    marker::PhantomData,
    sync::{Arc, Mutex},
};

use dataloader::{BatchFn, cached};
use sea_orm::DbErr;
use tenant::TenantContext;

use chunk::{Asked, Chunk, Place};

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

/// Every key of a chunk is answered: with its value, with none, or with the failure all of its batch share.
type Answer<B> = Result<Arc<[Option<<B as Batch>::Value>]>, Arc<DbErr>>;

/// What a batch waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gathering {
    /// Levels that run side by side. A level hands its keys over at once, and such levels are polled in the
    /// same turn: one yield gathers them.
    Siblings,
    /// Nothing: the operation has one level that loads anything.
    Nothing,
}

/// A loader of one kind of value for one operation.
///
/// What a level asks for goes through the crate as one key, a [`Chunk`]: the crate hashes a key eight times until it has its
/// value, and a level has hundreds.
pub(super) struct Loader<B: Batch> {
    chunks: cached::Loader<Chunk<B::Key>, Answer<B>, Runner<B>>,
    asked: Mutex<Asked<B::Key>>,
}

struct Runner<B> {
    context: Arc<TenantContext>,
    batch: PhantomData<fn() -> B>,
}

impl<B: Batch> BatchFn<Chunk<B::Key>, Answer<B>> for Runner<B> {
    /// All chunks at once. No two have a key in common.
    async fn load(&mut self, chunks: &[Chunk<B::Key>]) -> HashMap<Chunk<B::Key>, Answer<B>> {
        let values = match chunks {
            [only] => B::load(&self.context, &only.keys).await,
            several => {
                let keys = several.iter().flat_map(|chunk| chunk.keys.iter());
                let keys: Vec<B::Key> = keys.cloned().collect();
                B::load(&self.context, &keys).await
            }
        };
        let asked: usize = chunks.iter().map(|chunk| chunk.keys.len()).sum();
        let chunks = chunks.iter().cloned();
        let values = values.and_then(|values| match values.len() == asked {
            true => Ok(values.into_iter()),
            false => Err(broken("a batch answers each of its keys")),
        });
        match values {
            Ok(mut values) => chunks
                .map(|chunk| {
                    let values = values.by_ref().take(chunk.keys.len());
                    let values = Ok(values.collect());
                    (chunk, values)
                })
                .collect(),
            Err(error) => {
                let error = Arc::new(error);
                chunks
                    .map(|chunk| (chunk, Err(Arc::clone(&error))))
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
        let chunks = cached::Loader::new(runner)
            .with_max_batch_size(usize::MAX)
            .with_yield_count(yields);
        Self {
            chunks,
            asked: Mutex::default(),
        }
    }

    pub(super) async fn load(&self, keys: &[B::Key]) -> Result<Vec<Option<B::Value>>, Arc<DbErr>> {
        let (places, chunks) = {
            // Whoever panicked in it may have left places in a chunk that is not there.
            let asked = self.asked.lock();
            let mut asked = asked.map_err(|_| Arc::new(broken("a loader knows its chunks")))?;
            asked.ask(keys)
        };
        let answers = self.chunks.try_load_many(chunks).await;
        let answers = answers.map_err(|error| Arc::new(DbErr::Custom(error.to_string())))?;
        let mut values = BTreeMap::new();
        for (chunk, answer) in answers {
            values.insert(chunk.number, answer?);
        }
        let value = |place: Place| values.get(&place.chunk)?.get(place.index)?.clone();
        Ok(places.into_iter().map(value).collect())
    }
}

/// A promise of ours that was not kept.
fn broken(promise: &str) -> DbErr {
    DbErr::Custom(format!("{promise}, and it did not"))
}
