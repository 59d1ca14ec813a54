//! Companies.

use entity::{
    columns::ColumnSet,
    id::CompanyId,
    oltp::company::{self, Column},
};

use super::prelude::*;
use crate::{
    input::{Changes, WebAddress},
    loader::{RawKey, RowsById},
    object::{
        company::{Company, CompanyFilter, CompanyStatus},
        tenant_policy::TenantPolicy,
    },
};

root! {
    /// What can be changed.
    pub object CompanyMutations(()) {
        /// Makes a company. For owners, admins and members.
        create_company(Input<CreateCompanyInput>): CreateCompanyPayload = |_row| Some(()) -> Run,
        /// Changes a company. For owners, admins and members.
        update_company(Input<UpdateCompanyInput>): UpdateCompanyPayload = |_row| Some(()) -> Run,
        /// Changes the companies that a filter selects. For owners, admins and members.
        update_companies(Input<UpdateCompaniesInput>): UpdateCompaniesPayload = |_row| Some(()) -> Run,
        /// Deletes a company; its campaigns and domains stay, and are nobody's. For owners, admins and members.
        delete_company(Input<DeleteCompanyInput>): DeleteCompanyPayload = |_row| Some(()) -> Run,
        /// Deletes the companies that a filter selects. For owners, admins and members.
        delete_companies(Input<DeleteCompaniesInput>): DeleteCompaniesPayload = |_row| Some(()) -> Run,
    }
}

writable! {
    Company on company;
    /// A new company.
    create CreateCompanyInput;
    /// What of a company changes.
    change CompanyChanges;
    fixed {}
    required {
        /// Name as shown; 100 characters at most.
        name: String => Name,
    }
    optional {
        /// The workspace's name, unique on the platform; 255 characters at most.
        workspace_name: String => WorkspaceName,
        /// Where its logo is.
        logo_url: WebAddress => LogoUrl,
        /// Whether it is in use. If not given, a new one is.
        status: CompanyStatus => Status,
        /// What it does; 100 characters at most. If not given, a new one gets what the tenant's policy says.
        industry: String => Industry,
        /// How many people work there, as a range; 50 characters at most. If not given, a new one gets what the tenant's policy says.
        company_size: String => CompanySize,
    }
}

rows::object! {
    /// The new company.
    pub object CreateCompanyPayload(Written<Company>) {
        /// As it is now.
        company: Company = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for CreateCompanyInput {
    type Payload = CreateCompanyPayload;
    const RIGHT: Right = Right::Work;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<Company>> {
        let (mut changes, ()) = self.split(&INPUT)?;
        add_defaults(writer, &mut changes).await?;
        writer.insert(&INPUT, changes).await.map(Written)
    }
}

/// What the tenant's policy says of new companies, where the input says nothing.
async fn add_defaults(writer: &Writer<'_>, changes: &mut Changes<Company>) -> Result<()> {
    let columns = [Column::Industry, Column::CompanySize];
    if columns.iter().all(|column| changes.get(*column).is_some()) {
        return Ok(());
    }
    let policy = (RawKey::of(writer.tenant()), ColumnSet::ALL);
    let loaders = writer.session().loaders();
    let found = loaders.load::<RowsById<TenantPolicy>>(&[policy]).await?;
    let Some(policy) = found.into_iter().flatten().next() else {
        return Ok(());
    };
    let defaults = [
        &policy.default_company_industry,
        &policy.default_company_size,
    ];
    for (column, default) in columns.into_iter().zip(defaults) {
        if let (None, Some(default)) = (changes.get(column), default) {
            changes.set(column, default.clone());
        }
    }
    Ok(())
}

impl Writable for Company {}

updatable! {
    Company by CompanyId, changed by CompanyChanges, filtered CompanyFilter, with Work;
    one UpdateCompanyInput answers UpdateCompanyPayload { company };
    many UpdateCompaniesInput answers UpdateCompaniesPayload;
}

deletable! {
    Company by CompanyId, filtered CompanyFilter, with Work;
    one DeleteCompanyInput answers DeleteCompanyPayload;
    many DeleteCompaniesInput answers DeleteCompaniesPayload;
}
