//! Leads.

use entity::{id::LeadId, oltp::lead};

use super::prelude::*;
use crate::{
    input::EmailAddress,
    object::lead::{Lead, LeadFilter, LeadStatus},
};

root! {
    /// What can be changed.
    pub object LeadMutations(()) {
        /// Makes a lead. For owners, admins and members.
        create_lead(Input<CreateLeadInput>): CreateLeadPayload = |_row| Some(()) -> Run,
        /// Changes a lead. For owners, admins and members.
        update_lead(Input<UpdateLeadInput>): UpdateLeadPayload = |_row| Some(()) -> Run,
        /// Changes the leads that a filter selects. For owners, admins and members.
        update_leads(Input<UpdateLeadsInput>): UpdateLeadsPayload = |_row| Some(()) -> Run,
        /// Deletes a lead. For owners, admins and members.
        delete_lead(Input<DeleteLeadInput>): DeleteLeadPayload = |_row| Some(()) -> Run,
        /// Deletes the leads that a filter selects. For owners, admins and members.
        delete_leads(Input<DeleteLeadsInput>): DeleteLeadsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Lead on lead;
    /// A new lead.
    create CreateLeadInput;
    /// What of a lead changes.
    change LeadChanges;
    fixed {}
    required {
        /// The address, unique within the tenant.
        email: EmailAddress => Email,
    }
    optional {
        /// Full name; 200 characters at most.
        name: String => Name,
        /// Where the person works; 200 characters at most.
        company: String => Company,
        /// What is known of the lead. If not given, a new one can be written to.
        status: LeadStatus => Status,
    }
}

rows::object! {
    /// The new lead.
    pub object CreateLeadPayload(Written<Lead>) {
        /// As it is now.
        lead: Lead = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateLeadInput {
    type Payload = CreateLeadPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Lead>> {
        let (changes, ()) = self.split(&INPUT)?;
        writer.claim(Limit::Contacts, 1).await?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

impl Writable for Lead {}

updatable! {
    Lead by LeadId, changed by LeadChanges, filtered LeadFilter, with Work;
    one UpdateLeadInput answers UpdateLeadPayload { lead };
    many UpdateLeadsInput answers UpdateLeadsPayload;
}

deletable! {
    Lead by LeadId, filtered LeadFilter, with Work;
    one DeleteLeadInput answers DeleteLeadPayload;
    many DeleteLeadsInput answers DeleteLeadsPayload;
}
