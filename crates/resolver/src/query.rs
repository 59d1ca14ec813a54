//! The root fields of queries, a file for each part of the platform.

mod analytics;
mod billing;
mod campaigns;
mod configuration;
mod dashboard;
mod infrastructure;
mod jobs;
mod mail;
mod node;
mod staff;
mod templates;
mod viewer;
mod workspace;

use std::sync::LazyLock;

use async_graphql::MergedObject;
use rows::{Root, Roots};

use crate::audience::{self, Audience};

/// Everything that can be asked.
#[derive(MergedObject, Default)]
#[graphql(name = "Query")]
pub struct Query(
    Root<viewer::ViewerQuery>,
    Root<dashboard::DashboardQuery>,
    Root<analytics::AnalyticsQuery>,
    Root<workspace::Workspace>,
    Root<templates::Templates>,
    Root<campaigns::Campaigns>,
    Root<mail::Mail>,
    Root<billing::Billing>,
    Root<infrastructure::Infrastructure>,
    Root<jobs::Jobs>,
    Root<staff::Staff>,
    Root<configuration::Configuration>,
    node::NodeQuery,
);

/// The fields of all of it.
pub(crate) static ROOTS: LazyLock<Roots> = LazyLock::new(|| {
    Roots::default()
        .root::<viewer::ViewerQuery>()
        .root::<dashboard::DashboardQuery>()
        .root::<analytics::AnalyticsQuery>()
        .root::<workspace::Workspace>()
        .root::<templates::Templates>()
        .root::<campaigns::Campaigns>()
        .root::<mail::Mail>()
        .root::<billing::Billing>()
        .root::<infrastructure::Infrastructure>()
        .root::<jobs::Jobs>()
        .root::<staff::Staff>()
        .root::<configuration::Configuration>()
        .fields::<node::NodeQuery>(&["node", "nodes"])
});

/// All root fields, and whom they answer.
pub(crate) fn declared() -> Vec<(&'static str, Audience)> {
    let by_id = ["node", "nodes"].map(|field| (field, Audience::OfObject));
    [
        audience::declared::<viewer::ViewerQuery>(),
        audience::declared::<dashboard::DashboardQuery>(),
        audience::declared::<analytics::AnalyticsQuery>(),
        audience::declared::<workspace::Workspace>(),
        audience::declared::<templates::Templates>(),
        audience::declared::<campaigns::Campaigns>(),
        audience::declared::<mail::Mail>(),
        audience::declared::<billing::Billing>(),
        audience::declared::<infrastructure::Infrastructure>(),
        audience::declared::<jobs::Jobs>(),
        audience::declared::<staff::Staff>(),
        audience::declared::<configuration::Configuration>(),
        by_id.to_vec(),
    ]
    .concat()
}
