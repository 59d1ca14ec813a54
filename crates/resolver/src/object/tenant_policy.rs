//! What a tenant demands of its members' accounts.

use entity::{id::TenantPolicyId, oltp::tenant_policy};

use super::{prelude::*, tenant::Tenant};

rows::object! {
    /// What the tenant demands of its members' passwords and sessions, what new companies start with, and how long mail is kept.
    pub object TenantPolicy(tenant_policy::Model) implements Node {
        /// The id.
        id: GlobalId = |row| TenantPolicyId::from(row.tenant_id),
        /// Fewest characters of a password.
        password_min_length: i32,
        /// Whether one character must be upper case.
        password_require_uppercase: bool,
        /// Whether one character must be a digit.
        password_require_number: bool,
        /// Whether one character must be neither letter nor digit.
        password_require_symbol: bool,
        /// Hours after which a session ends.
        session_timeout_hours: i32,
        /// Wrong passwords before an account is locked.
        max_login_attempts: i32,
        /// Whether a second factor is demanded.
        two_factor_required: bool,
        /// Industry that new companies start with.
        default_company_industry: Option<String>,
        /// Size that new companies start with.
        default_company_size: Option<String>,
        /// Days that the bodies of mail and what is attached to them are kept; 2555, seven years, unless somebody says else.
        mail_retention_days: i32,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The tenant.
        tenant: Tenant = tenant_id -> by_id::<Tenant>(),
    }
}

table! { TenantPolicy of tenant_policy by TenantPolicyId as TenantId tenant_id }
