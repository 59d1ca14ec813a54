//! The root fields of mutations.

use async_graphql::Object;

/// Placeholder.
pub struct Mutation;

#[Object]
impl Mutation {
    /// Placeholder.
    async fn none(&self) -> bool {
        true
    }
}
