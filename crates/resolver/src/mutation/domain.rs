//! Domains.

use entity::{
    id::{CompanyId, DomainId, TypedId},
    oltp::domain,
};
use sea_orm::Value;

use super::prelude::*;
use crate::{
    error::{ClientError, Code},
    input::{Changes, DomainName, Path},
    object::domain::{Domain, DomainFilter},
    write::Rows,
};

root! {
    /// What can be changed.
    pub object DomainMutations(()) {
        /// Makes a domain. For owners, admins and members.
        create_domain(Input<CreateDomainInput>): CreateDomainPayload = |_row| Some(()) -> Run,
        /// Changes a domain. For owners, admins and members.
        update_domain(Input<UpdateDomainInput>): UpdateDomainPayload = |_row| Some(()) -> Run,
        /// Changes the domains that a filter selects. For owners, admins and members.
        update_domains(Input<UpdateDomainsInput>): UpdateDomainsPayload = |_row| Some(()) -> Run,
        /// Deletes a domain; the accounts in it have to be deleted first. For owners, admins and members.
        delete_domain(Input<DeleteDomainInput>): DeleteDomainPayload = |_row| Some(()) -> Run,
        /// Deletes the domains that a filter selects. For owners, admins and members.
        delete_domains(Input<DeleteDomainsInput>): DeleteDomainsPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Domain on domain;
    /// A new domain. It is checked by the platform before mail can be sent from it.
    create CreateDomainInput;
    /// What of a domain changes. Its name does not: the records in the DNS are made for it.
    change DomainChanges;
    fixed {
        /// The name, unique within the tenant.
        domain: DomainName => Domain,
    }
    required {}
    optional {
        /// The id of the company it is used for.
        company_id: Reference<CompanyId> => CompanyId,
        /// Whether it is the tenant's main domain. The one that was, is not any more.
        is_primary: bool => IsPrimary,
    }
}

rows::object! {
    /// The new domain.
    pub object CreateDomainPayload(Written<Domain>) {
        /// As it is now.
        domain: Domain = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateDomainInput {
    type Payload = CreateDomainPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Domain>> {
        let (changes, ()) = self.split(&INPUT)?;
        writer.claim(Limit::Domains, 1).await?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

impl Writable for Domain {
    /// One domain is the main one: the last one said to be.
    async fn prepare(
        writer: &Writer<'_>,
        at: &Path<'_>,
        changes: &Changes<Self>,
        rows: Rows<DomainId>,
    ) -> Result<()> {
        if changes.get(domain::Column::IsPrimary) != Some(&Value::Bool(Some(true))) {
            return Ok(());
        }
        writer.lock("primary domain").await?;
        match rows {
            Rows::New => writer.run(NO_OTHER_IS_PRIMARY, [Value::Uuid(None)]).await,
            // The row itself is left as it is, or it would seem to have been changed by others.
            Rows::One(id) => writer.run(NO_OTHER_IS_PRIMARY, [id.into_value()]).await,
            Rows::Many => {
                let problem = "can be true for one domain only; use `updateDomain`";
                Err(ClientError::at(Code::BadUserInput, at.field("is_primary"), problem).into())
            }
        }
    }
}

const NO_OTHER_IS_PRIMARY: &str =
    "UPDATE domains SET is_primary = false WHERE is_primary AND id IS DISTINCT FROM $1";

updatable! {
    Domain by DomainId, changed by DomainChanges, filtered DomainFilter, with Work;
    one UpdateDomainInput answers UpdateDomainPayload { domain };
    many UpdateDomainsInput answers UpdateDomainsPayload;
}

deletable! {
    Domain by DomainId, filtered DomainFilter, with Work;
    one DeleteDomainInput answers DeleteDomainPayload;
    many DeleteDomainsInput answers DeleteDomainsPayload;
}
