//! Configuration of a tenant.

use entity::{id::TenantConfigId, oltp::tenant_config};

use super::{prelude::*, tenant::Tenant, user_preferences::Theme};
use crate::session::Payers;

rows::object! {
    /// Configuration of the tenant.
    pub object TenantConfig(tenant_config::Model) implements Node {
        /// The id.
        id: GlobalId = |row| TenantConfigId::from(row.tenant_id),
        /// The customer at Stripe, for owners and billing.
        #[guard(Payers)]
        stripe_customer_id: Option<String>,
        /// Where bills are sent.
        billing_email: Option<EmailAddress>,
        /// Address on bills.
        billing_address: Option<Json>,
        /// Whether to write about bills.
        billing_notifications: bool,
        /// Whether to write when a limit comes near.
        usage_alerts: bool,
        /// Whether to write about sign-ins and changed rights.
        security_alerts: bool,
        /// Colours that new members start with.
        theme: Theme,
        /// Other settings of the interface.
        ui_settings: Option<Json> = |row| Some(row.ui_settings.clone()),
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The tenant.
        tenant: Tenant = tenant_id -> by_id::<Tenant>(),
    }
}

table! { TenantConfig of tenant_config by TenantConfigId as TenantId tenant_id }
