//! Loaders: what several rows of a level ask for, asked of the database once.
//!
//! All live as long as one operation and run on its transaction. They sit on the `dataloader`
//! crate, which waits by yielding to the scheduler, not by a timer.
//!
//! To add a loader: implement [`Batch`] for a type of its own; [`Loaders::load`] does the rest.

mod batch;
mod bodies;
mod by_id;
mod by_text;
pub(crate) mod columns;
mod estimate;
mod figures;
mod groups;
mod inside;
mod key;
mod pages;
mod related;
mod unique;

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::Result;
use futures::future::BoxFuture;
use tenant::TenantContext;

use crate::error;
use batch::Loader;

pub(crate) use batch::{Batch, Gathering};

pub(crate) use bodies::{Bodies, Body, body};
pub(crate) use by_id::{RowsById, by_id, by_key, find, of_tenant};
pub(crate) use by_text::by_text;
pub(crate) use estimate::estimate;
pub(crate) use figures::{aggregates, count};
pub(crate) use groups::groups;
pub(crate) use inside::inside;
pub(crate) use key::RawKey;
pub(crate) use pages::{Slice, slices};
pub(crate) use related::{all, children, named_by, those, through};
pub(crate) use unique::{by_unique, of_user};

/// The loaders of one operation, made when first used.
pub(crate) struct Loaders {
    context: Arc<TenantContext>,
    gathering: Gathering,
    loaders: Mutex<HashMap<TypeId, Arc<dyn Any + Send + Sync>>>,
}

impl Loaders {
    pub(crate) fn new(context: Arc<TenantContext>, gathering: Gathering) -> Self {
        Self {
            context,
            gathering,
            loaders: Mutex::default(),
        }
    }

    /// The values of `keys`, in their order; `None` for a key that has none. Keys that another
    /// field asked for before, or asks for at this moment, are not asked of the database again.
    ///
    /// Boxed, so that it is compiled once for a batch and not for each relation that uses it.
    pub(crate) fn load<'l, B: Batch>(
        &'l self,
        keys: &'l [B::Key],
    ) -> BoxFuture<'l, Result<Vec<Option<B::Value>>>> {
        Box::pin(async move {
            if keys.is_empty() {
                return Ok(Vec::new());
            }
            self.of::<B>()
                .load(keys)
                .await
                .map_err(|cause| error::database(&self.context, &cause))
        })
    }

    /// Forgets what was loaded: it may have changed.
    pub(crate) fn forget(&self) {
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        loaders.clear();
    }

    fn of<B: Batch>(&self) -> Arc<Loader<B>> {
        // A poisoned map is a map: inserting a loader can not leave it half changed.
        let mut loaders = self.loaders.lock().unwrap_or_else(PoisonError::into_inner);
        let loader = loaders.entry(TypeId::of::<B>()).or_insert_with(|| {
            let context = Arc::clone(&self.context);
            Arc::new(Loader::<B>::new(context, self.gathering))
        });
        Arc::clone(loader)
            .downcast()
            .expect("the map's key is the type of its value")
    }
}
