//! What the tenant demands of its members' accounts.

use entity::{id::TypedId, oltp::tenant_policy::Column as Policy};

use super::prelude::*;
use crate::{input::Changes, object::tenant_policy::TenantPolicy};

root! {
    /// What can be changed.
    pub object TenantPolicyMutations(()) {
        /// Changes what the tenant demands of its members' accounts; what is not given stays as it is. For owners and admins.
        update_tenant_policy(Input<UpdateTenantPolicyInput>): UpdateTenantPolicyPayload = |_row| Some(()) -> Run,
    }
}

/// What of the policy changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateTenantPolicyInput {
    /// Fewest characters of a password, from 8 to 128.
    pub password_min_length: async_graphql::MaybeUndefined<Between<8, 128>>,
    /// Whether one must be upper case.
    pub password_require_uppercase: async_graphql::MaybeUndefined<bool>,
    /// Whether one must be a digit.
    pub password_require_number: async_graphql::MaybeUndefined<bool>,
    /// Whether one must be neither letter nor digit.
    pub password_require_symbol: async_graphql::MaybeUndefined<bool>,
    /// Hours after which a session ends, from 1 to 720 (30 days).
    pub session_timeout_hours: async_graphql::MaybeUndefined<Between<1, 720>>,
    /// Wrong passwords before an account is locked, from 1 to 100.
    pub max_login_attempts: async_graphql::MaybeUndefined<Between<1, 100>>,
    /// Whether a second factor is demanded.
    pub two_factor_required: async_graphql::MaybeUndefined<bool>,
    /// Industry that new companies start with; 100 characters at most. Null for none.
    pub default_company_industry: async_graphql::MaybeUndefined<String>,
    /// Size that new companies start with; 50 characters at most. Null for none.
    pub default_company_size: async_graphql::MaybeUndefined<String>,
    /// Days that the bodies of mail and what is attached to them are kept, from 30 to 3650 (ten years). Mail that is older goes
    /// with the next maintenance, which is within a day.
    pub mail_retention_days: async_graphql::MaybeUndefined<Between<30, 3650>>,
}

rows::object! {
    /// The policy.
    pub object UpdateTenantPolicyPayload(Written<TenantPolicy>) {
        /// As it is now.
        tenant_policy: TenantPolicy = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for UpdateTenantPolicyInput {
    type Payload = UpdateTenantPolicyPayload;
    const RIGHT: Right = Right::Configure;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantPolicy>> {
        let mut changes = Changes::<TenantPolicy>::new();
        let mut switch = |field, column, on: async_graphql::MaybeUndefined<bool>| {
            changes.give(&INPUT, field, column, on)
        };
        switch(
            "password_require_uppercase",
            Policy::PasswordRequireUppercase,
            self.password_require_uppercase,
        )?;
        switch(
            "password_require_number",
            Policy::PasswordRequireNumber,
            self.password_require_number,
        )?;
        switch(
            "password_require_symbol",
            Policy::PasswordRequireSymbol,
            self.password_require_symbol,
        )?;
        switch(
            "two_factor_required",
            Policy::TwoFactorRequired,
            self.two_factor_required,
        )?;
        changes.give(
            &INPUT,
            "password_min_length",
            Policy::PasswordMinLength,
            self.password_min_length,
        )?;
        changes.give(
            &INPUT,
            "session_timeout_hours",
            Policy::SessionTimeoutHours,
            self.session_timeout_hours,
        )?;
        changes.give(
            &INPUT,
            "max_login_attempts",
            Policy::MaxLoginAttempts,
            self.max_login_attempts,
        )?;
        changes.give(
            &INPUT,
            "mail_retention_days",
            Policy::MailRetentionDays,
            self.mail_retention_days,
        )?;
        let industry = self.default_company_industry;
        changes.give(
            &INPUT,
            "default_company_industry",
            Policy::DefaultCompanyIndustry,
            industry,
        )?;
        changes.give(
            &INPUT,
            "default_company_size",
            Policy::DefaultCompanySize,
            self.default_company_size,
        )?;
        let owner = (Policy::TenantId, writer.tenant().into_value());
        writer.upsert(&INPUT, owner, changes).await.map(Written)
    }
}

impl Writable for TenantPolicy {
    const RECORDED: Option<&'static str> = Some("tenant_policy.changed");
}
