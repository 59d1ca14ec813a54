//! Tenants, their people, companies, domains, mailboxes and leads.

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find},
    object::{
        api_key::ApiKey, company::Company, domain::Domain, email_account::EmailAccount,
        invitation::Invitation, lead::Lead, lead_import::LeadImport, tenant::Tenant,
        tenant_user::TenantUser, user::User,
    },
};

root! {
    /// What can be asked.
    pub object Workspace(()) {
        /// The request's tenant by its id.
        tenant(IdArgument<Tenant>): Option<Tenant> = |_row| Some(()) -> find::<Tenant>(),
        /// The tenants that the request may see: its own.
        tenants(ConnectionArguments<Tenant>): Connection<Tenant> = |_row| Some(()) -> all::<Tenant>(),
        /// A user by its id: oneself or a member of the tenant.
        user(IdArgument<User>): Option<User> = |_row| Some(()) -> find::<User>(),
        /// Oneself and the members of the tenant.
        users(ConnectionArguments<User>): Connection<User> = |_row| Some(()) -> all::<User>(),
        /// A membership by its id.
        tenant_user(IdArgument<TenantUser>): Option<TenantUser> = |_row| Some(()) -> find::<TenantUser>(),
        /// The tenant's memberships, also those that have ended.
        tenant_users(ConnectionArguments<TenantUser>): Connection<TenantUser> = |_row| Some(()) -> all::<TenantUser>(),
        /// An invitation into the tenant by its id.
        invitation(IdArgument<Invitation>): Option<Invitation> = |_row| Some(()) -> find::<Invitation>(),
        /// The invitations into the tenant, also those that have ended.
        invitations(ConnectionArguments<Invitation>): Connection<Invitation> = |_row| Some(()) -> all::<Invitation>(),
        /// A key of an internal tool by its id.
        api_key(IdArgument<ApiKey>): Option<ApiKey> = |_row| Some(()) -> find::<ApiKey>(),
        /// The tenant's keys of internal tools, also those that were revoked.
        api_keys(ConnectionArguments<ApiKey>): Connection<ApiKey> = |_row| Some(()) -> all::<ApiKey>(),
        /// A company by its id.
        company(IdArgument<Company>): Option<Company> = |_row| Some(()) -> find::<Company>(),
        /// The tenant's companies.
        companies(ConnectionArguments<Company>): Connection<Company> = |_row| Some(()) -> all::<Company>(),
        /// A domain by its id.
        domain(IdArgument<Domain>): Option<Domain> = |_row| Some(()) -> find::<Domain>(),
        /// The tenant's domains.
        domains(ConnectionArguments<Domain>): Connection<Domain> = |_row| Some(()) -> all::<Domain>(),
        /// An email account by its id.
        email_account(IdArgument<EmailAccount>): Option<EmailAccount> = |_row| Some(()) -> find::<EmailAccount>(),
        /// The tenant's email accounts.
        email_accounts(ConnectionArguments<EmailAccount>): Connection<EmailAccount> = |_row| Some(()) -> all::<EmailAccount>(),
        /// A lead by its id.
        lead(IdArgument<Lead>): Option<Lead> = |_row| Some(()) -> find::<Lead>(),
        /// The tenant's leads.
        leads(ConnectionArguments<Lead>): Connection<Lead> = |_row| Some(()) -> all::<Lead>(),
        /// An import of leads by its id.
        lead_import(IdArgument<LeadImport>): Option<LeadImport> = |_row| Some(()) -> find::<LeadImport>(),
        /// The tenant's imports of leads.
        lead_imports(ConnectionArguments<LeadImport>): Connection<LeadImport> = |_row| Some(()) -> all::<LeadImport>(),
    }
}
