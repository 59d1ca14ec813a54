//! The root fields of mutations, a file for each object: its inputs, its payloads, what they do.
//!
//! All root fields of a mutation run one after another in one transaction, which is committed only
//! if the whole answer has no error.
//!
//! A mutation is an input that does what it says: it implements [`Mutate`], which makes it name its
//! payload and the right it takes; one of the platform's staff implements [`Administer`]. To add one: the input and its payload in the object's file, and a
//! line in the file's list of root fields; a new list goes into [`Mutation`] and [`declared`].

mod accept_invitation;
mod admin_system_event;
mod api_key;
mod billing_details;
mod campaign;
mod campaign_lead;
mod campaign_readiness;
mod campaign_sequence_order;
mod campaign_sequence_step;
mod campaign_status;
mod company;
mod domain;
mod email_account;
mod folder;
mod invitation;
mod job;
mod job_queue;
mod lead;
mod lead_import;
mod standard;
mod subscription;
mod subscription_end;
mod subscription_plan;
mod tag;
mod template;
mod template_preview;
mod tenant_config;
mod tenant_policy;
mod tenant_user;
mod user_preferences;

use std::sync::Arc;

use async_graphql::{Context, InputType, MergedObject, Result};
use rows::{Object, Root};
use tenant::Tier;

use crate::{
    argument::Input,
    audience::{self, Answers, Audience},
    session::Session,
    write::{Administrator, Right, StaffRight, Writer},
};

/// What every mutation's file uses.
mod prelude {
    pub(super) use std::sync::Arc;

    pub(super) use async_graphql::Result;

    pub(super) use super::{
        Mutate, Run,
        standard::{Written, deletable, updatable},
    };
    pub(super) use crate::{
        argument::Input,
        audience::root,
        input::{Between, INPUT, NewRow, Reference, writable},
        loader::inside,
        write::{Limit, Right, Target, Writable, Writer},
    };
}

/// An input that does what it says.
pub(crate) trait Mutate: InputType + 'static {
    /// What is answered.
    type Payload: Object;
    /// What a member's roles must allow.
    const RIGHT: Right;
    /// The database that is written in: one for a whole operation, or a part of it could be saved alone.
    const TIER: Tier = Tier::Oltp;

    /// Does it; what it answers is the payload's row.
    fn run(
        self,
        writer: &Writer<'_>,
    ) -> impl Future<Output = Result<<Self::Payload as Object>::Row>> + Send;
}

/// Runs the mutation that a root field's input describes.
pub(crate) struct Run;

impl<I: Mutate> rows::Load<(), Input<I>> for Run
where
    <I::Payload as Object>::Row: Send + Sync,
{
    type Value = Option<Arc<<I::Payload as Object>::Row>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        Input(input): Input<I>,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.claim(I::TIER)?;
        let writer = Writer::with(session, I::RIGHT, I::TIER).await?;
        let done = input.run(&writer).await?;
        // What earlier root fields have loaded may not be so any more.
        session.loaders().forget();
        Ok(vec![Some(Arc::new(done))])
    }
}

impl<I: Mutate> Answers<Input<I>> for Run {
    const AUDIENCE: Audience = Audience::Writers(I::RIGHT);
}

/// An input by which staff of the platform change what is the platform's own.
pub(crate) trait Administer: InputType + 'static {
    /// What is answered.
    type Payload: Object;
    /// What the member of staff must be permitted.
    const RIGHT: StaffRight;
    /// The database that is written in.
    const TIER: Tier;

    /// Does it; what it answers is the payload's row.
    fn run(
        self,
        staff: &Administrator<'_>,
    ) -> impl Future<Output = Result<<Self::Payload as Object>::Row>> + Send;
}

/// As [`Run`], for [`Administer`].
pub(crate) struct RunAsStaff;

impl<I: Administer> rows::Load<(), Input<I>> for RunAsStaff
where
    <I::Payload as Object>::Row: Send + Sync,
{
    type Value = Option<Arc<<I::Payload as Object>::Row>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        Input(input): Input<I>,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.claim(I::TIER)?;
        let staff = Administrator::with(session, I::RIGHT, I::TIER).await?;
        let done = input.run(&staff).await?;
        session.loaders().forget();
        Ok(vec![Some(Arc::new(done))])
    }
}

impl<I: Administer> Answers<Input<I>> for RunAsStaff {
    const AUDIENCE: Audience = Audience::Staff(I::RIGHT);
}

/// Everything that can be changed. All of an operation is saved, or nothing.
#[derive(MergedObject, Default)]
#[graphql(name = "Mutation")]
pub struct Mutation(
    Root<company::CompanyMutations>,
    Root<domain::DomainMutations>,
    Root<email_account::EmailAccountMutations>,
    Root<lead::LeadMutations>,
    Root<lead_import::LeadImportMutations>,
    Root<template::TemplateMutations>,
    Root<template_preview::TemplatePreviewMutations>,
    Root<folder::FolderMutations>,
    Root<tag::TagMutations>,
    Root<campaign::CampaignMutations>,
    Root<campaign_lead::CampaignLeadMutations>,
    Root<campaign_status::CampaignStatusMutations>,
    Root<campaign_sequence_step::StepMutations>,
    Root<campaign_sequence_order::SequenceOrderMutations>,
    Root<tenant_config::TenantConfigMutations>,
    Root<tenant_policy::TenantPolicyMutations>,
    Root<billing_details::BillingDetailsMutations>,
    Root<tenant_user::TenantUserMutations>,
    Root<invitation::InvitationMutations>,
    Root<accept_invitation::AcceptInvitationMutations>,
    Root<api_key::ApiKeyMutations>,
    Root<subscription::SubscriptionMutations>,
    Root<subscription_plan::SubscriptionPlanMutations>,
    Root<subscription_end::SubscriptionEndMutations>,
    Root<user_preferences::UserPreferencesMutations>,
    Root<job::JobMutations>,
    Root<job_queue::JobQueueMutations>,
    Root<admin_system_event::AdminSystemEventMutations>,
);

/// All root fields, and whom they answer.
pub(crate) fn declared() -> Vec<(&'static str, Audience)> {
    [
        audience::declared::<company::CompanyMutations>(),
        audience::declared::<domain::DomainMutations>(),
        audience::declared::<email_account::EmailAccountMutations>(),
        audience::declared::<lead::LeadMutations>(),
        audience::declared::<lead_import::LeadImportMutations>(),
        audience::declared::<template::TemplateMutations>(),
        audience::declared::<template_preview::TemplatePreviewMutations>(),
        audience::declared::<folder::FolderMutations>(),
        audience::declared::<tag::TagMutations>(),
        audience::declared::<campaign::CampaignMutations>(),
        audience::declared::<campaign_lead::CampaignLeadMutations>(),
        audience::declared::<campaign_status::CampaignStatusMutations>(),
        audience::declared::<campaign_sequence_step::StepMutations>(),
        audience::declared::<campaign_sequence_order::SequenceOrderMutations>(),
        audience::declared::<tenant_config::TenantConfigMutations>(),
        audience::declared::<tenant_policy::TenantPolicyMutations>(),
        audience::declared::<billing_details::BillingDetailsMutations>(),
        audience::declared::<tenant_user::TenantUserMutations>(),
        audience::declared::<invitation::InvitationMutations>(),
        audience::declared::<accept_invitation::AcceptInvitationMutations>(),
        audience::declared::<api_key::ApiKeyMutations>(),
        audience::declared::<subscription::SubscriptionMutations>(),
        audience::declared::<subscription_plan::SubscriptionPlanMutations>(),
        audience::declared::<subscription_end::SubscriptionEndMutations>(),
        audience::declared::<user_preferences::UserPreferencesMutations>(),
        audience::declared::<job::JobMutations>(),
        audience::declared::<job_queue::JobQueueMutations>(),
        audience::declared::<admin_system_event::AdminSystemEventMutations>(),
    ]
    .concat()
}
