//! The root fields of queries, a file for each part of the platform.

mod billing;
mod campaigns;
mod configuration;
mod dashboard;
mod infrastructure;
mod node;
mod staff;
mod templates;
mod viewer;
mod workspace;

use async_graphql::MergedObject;
use rows::Root;

/// Everything that can be asked.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(
    Root<viewer::ViewerQuery>,
    Root<dashboard::DashboardQuery>,
    Root<workspace::Workspace>,
    Root<templates::Templates>,
    Root<campaigns::Campaigns>,
    Root<billing::Billing>,
    Root<infrastructure::Infrastructure>,
    Root<staff::Staff>,
    Root<configuration::Configuration>,
    node::NodeQuery,
);
