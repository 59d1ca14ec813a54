//! What is kept in memory, bounded by the bytes it takes.

use std::hash::{Hash, RandomState};

use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};

/// Room for so many bytes, as `weighter` counts them; `usual` is what an item usually takes, a guess for the map's
/// beginning. With 0 bytes none is kept.
pub(crate) fn bounded<K: Hash + Eq, V: Clone, W: Weighter<K, V> + Clone>(
    bytes: usize,
    usual: usize,
    weighter: W,
) -> Cache<K, V, W, RandomState> {
    let options = OptionsBuilder::new()
        .estimated_items_capacity((bytes / usual).max(1))
        .weight_capacity(bytes as u64)
        // The bound is each shard's own, so that several would refuse what fits one.
        .shards(1)
        .build()
        .expect("both sizes are given");
    Cache::with_options(
        options,
        weighter,
        RandomState::new(),
        DefaultLifecycle::default(),
    )
}
