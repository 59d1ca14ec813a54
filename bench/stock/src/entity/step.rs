//! `campaign_sequence_steps`.

use async_graphql::{Enum, SimpleObject};
use sea_orm::entity::prelude::*;

/// A step of a campaign.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel, SimpleObject)]
#[sea_orm(table_name = "campaign_sequence_steps")]
#[graphql(name = "CampaignSequenceStep")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[graphql(skip)]
    pub campaign_id: Uuid,
    pub step_order: i32,
    pub step_type: StepType,
    pub subject_override: Option<String>,
    pub wait_duration_hours: Option<i32>,
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, EnumIter, DeriveActiveEnum, Enum)]
#[sea_orm(rs_type = "String", db_type = "Text", rename_all = "snake_case")]
pub enum StepType {
    Email,
    Wait,
    Condition,
}

#[derive(Clone, Copy, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// Steps of a campaign.
#[derive(SimpleObject)]
pub struct StepConnection {
    pub nodes: Vec<Model>,
}
