//! Anything by its id, as the Relay specification has it.

use async_graphql::{Context, ID, Object, Result};
use rows::{Item, Items};

use crate::{
    connection::MAX_PAGE,
    error::ClientError,
    object::node::{Node, find},
    session::Session,
};

/// `node` and `nodes`.
#[derive(Default)]
pub struct NodeQuery;

#[Object]
impl NodeQuery {
    /// Anything by its id; null for an id that is unknown or another tenant's.
    async fn node(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The id, as any answer gives it.")] id: ID,
    ) -> Option<Result<Item<Node>>> {
        match find(Session::of(ctx), &[id]).await {
            Ok(mut items) => items.pop().flatten().map(Ok),
            Err(error) => Some(Err(error)),
        }
    }

    /// Many things by their ids, in the same order; null for each that is unknown or another
    /// tenant's.
    #[graphql(directive = rows::list_size::apply(Some(MAX_PAGE as i32), None, None, false))]
    async fn nodes(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The ids, as any answers give them; 200 at most.")] ids: Vec<ID>,
    ) -> Result<Items<Node>> {
        if ids.len() as u64 > MAX_PAGE {
            return Err(ClientError::input(format!(
                "at most {MAX_PAGE} ids, not {}; ask in several operations",
                ids.len()
            ))
            .into());
        }
        Ok(Items(find(Session::of(ctx), &ids).await?))
    }
}
