//! The tables, which are the objects of the schema at the same time.

pub(crate) mod campaign;
pub(crate) mod campaign_lead;
pub(crate) mod company;
pub(crate) mod lead;
pub(crate) mod step;
