//! The root fields of queries.

mod node;
mod tables;

use async_graphql::MergedObject;
use rows::Root;

/// Everything that can be asked.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(Root<tables::Tables>, node::NodeQuery);
