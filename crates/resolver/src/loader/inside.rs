//! What a row has inside itself, shown as objects.

use async_graphql::{Context, Result};

/// The key is the answer: rows that were read together with their parent.
pub(crate) fn inside() -> Inside {
    Inside
}

/// See [`inside`].
pub(crate) struct Inside;

impl<V: Send + 'static> rows::Load<V> for Inside {
    type Value = V;

    async fn load(self, _: &Context<'_>, values: Vec<V>, (): ()) -> Result<Vec<V>> {
        Ok(values)
    }
}
