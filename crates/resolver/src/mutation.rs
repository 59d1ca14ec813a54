//! The root fields of mutations, a file for each object: its inputs, its payloads, what they do.
//!
//! All root fields of a mutation run one after another in one transaction, which is committed only
//! if the whole answer has no error.
//!
//! A mutation is an input that does what it says: it implements [`Mutate`], which makes it name its
//! payload and the right it takes. To add one: the input and its payload in the object's file, and a
//! line in the file's list of root fields.

mod accept_invitation;
mod api_key;
mod billing_details;
mod campaign;
mod campaign_sequence_order;
mod campaign_sequence_step;
mod campaign_status;
mod company;
mod domain;
mod email_account;
mod folder;
mod invitation;
mod lead;
mod lead_import;
mod standard;
mod subscription;
mod tag;
mod template;
mod tenant_config;
mod tenant_policy;
mod tenant_user;
mod user_preferences;

use std::sync::Arc;

use async_graphql::{Context, InputType, MergedObject, Result};
use rows::{Object, Root};

use crate::{
    argument::Input,
    session::Session,
    write::{Right, Writer},
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
        let writer = Writer::with(session, I::RIGHT).await?;
        let done = input.run(&writer).await?;
        // What earlier root fields have loaded may not be so any more.
        session.loaders().forget();
        Ok(vec![Some(Arc::new(done))])
    }
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
    Root<folder::FolderMutations>,
    Root<tag::TagMutations>,
    Root<campaign::CampaignMutations>,
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
    Root<user_preferences::UserPreferencesMutations>,
);
