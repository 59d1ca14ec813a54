//! The tenant's configuration, security policy, and where bills go.

use async_graphql::Enum;
use entity::{
    id::TypedId,
    oltp::{tenant_config::Column as Config, tenant_policy::Column as Policy},
};

use super::prelude::*;
use crate::{
    error::ClientError,
    input::{
        Changes, Color, CountryCode, EmailAddress, Line, LocalTime, Path, Stored, TimeZone,
        typed_json,
    },
    object::{tenant_config::TenantConfig, tenant_policy::TenantPolicy, user_preferences::Theme},
};

rows::object! {
    /// What can be changed.
    pub object TenantSettingsMutations(()) {
        /// Changes the tenant's configuration; what is not given stays as it is. For owners and admins.
        update_tenant_config(Input<UpdateTenantConfigInput>): UpdateTenantConfigPayload = |_row| Some(()) -> Run,
        /// Changes what the tenant demands of its members' accounts; what is not given stays as it is. For owners and admins.
        update_tenant_policy(Input<UpdateTenantPolicyInput>): UpdateTenantPolicyPayload = |_row| Some(()) -> Run,
        /// Changes where bills go; what is not given stays as it is. For owners and billing.
        update_billing_details(Input<UpdateBillingDetailsInput>): UpdateBillingDetailsPayload = |_row| Some(()) -> Run,
    }
}

/// What of the configuration changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateTenantConfigInput {
    /// Colours that new members start with.
    pub theme: Option<Theme>,
    /// Whether to write when a limit comes near.
    pub usage_alerts: Option<bool>,
    /// Whether to write about sign-ins and changed rights.
    pub security_alerts: Option<bool>,
    /// Settings of the interface. Those given here take the place of all that were.
    pub ui_settings: Option<UiSettingsInput>,
}

typed_json! {
    /// Settings of the interface.
    UiSettingsInput {
        required {}
        optional {
            /// How close rows stand.
            density: UiDensity => "density",
            /// The page that is shown first; 50 characters at most.
            start_page: Line<50> => "start_page",
            /// The colour of buttons and links.
            accent_color: Color => "accent_color",
            /// The time zone that dates are shown in.
            time_zone: TimeZone => "time_zone",
            /// When the working day begins.
            day_starts_at: LocalTime => "day_starts_at",
            /// When the working day ends.
            day_ends_at: LocalTime => "day_ends_at",
        }
    }
}

/// How close rows stand.
#[derive(Enum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum UiDensity {
    /// With space around them.
    Comfortable,
    /// Many on a page.
    Compact,
}

impl Stored for UiDensity {
    fn stored(self, _: &Path<'_>) -> Result<sea_orm::Value, ClientError> {
        Ok(match self {
            Self::Comfortable => "comfortable",
            Self::Compact => "compact",
        }
        .into())
    }
}

rows::object! {
    /// The configuration.
    pub object UpdateTenantConfigPayload(Written<TenantConfig>) {
        /// As it is now.
        tenant_config: TenantConfig = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for UpdateTenantConfigInput {
    type Payload = UpdateTenantConfigPayload;
    const RIGHT: Right = Right::Configure;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantConfig>> {
        let mut changes = Changes::<TenantConfig>::new();
        changes.give(&INPUT, "theme", Config::Theme, self.theme)?;
        changes.give(
            &INPUT,
            "usage_alerts",
            Config::UsageAlerts,
            self.usage_alerts,
        )?;
        changes.give(
            &INPUT,
            "security_alerts",
            Config::SecurityAlerts,
            self.security_alerts,
        )?;
        changes.give(&INPUT, "ui_settings", Config::UiSettings, self.ui_settings)?;
        let owner = (Config::TenantId, writer.tenant().into_value());
        writer.upsert(&INPUT, owner, changes).await.map(Written)
    }
}

/// What of the policy changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateTenantPolicyInput {
    /// Fewest characters of a password, from 8 to 128.
    pub password_min_length: Option<Between<8, 128>>,
    /// Whether one must be upper case.
    pub password_require_uppercase: Option<bool>,
    /// Whether one must be a digit.
    pub password_require_number: Option<bool>,
    /// Whether one must be neither letter nor digit.
    pub password_require_symbol: Option<bool>,
    /// Hours after which a session ends, from 1 to 720 (30 days).
    pub session_timeout_hours: Option<Between<1, 720>>,
    /// Wrong passwords before an account is locked, from 1 to 100.
    pub max_login_attempts: Option<Between<1, 100>>,
    /// Whether a second factor is demanded.
    pub two_factor_required: Option<bool>,
    /// Industry that new companies start with; 100 characters at most. Null for none.
    pub default_company_industry: async_graphql::MaybeUndefined<String>,
    /// Size that new companies start with; 50 characters at most. Null for none.
    pub default_company_size: async_graphql::MaybeUndefined<String>,
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
        let mut switch = |field, column, on: Option<bool>| changes.give(&INPUT, field, column, on);
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

/// What of the billing details changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateBillingDetailsInput {
    /// Where bills are sent. Null for nowhere.
    pub billing_email: async_graphql::MaybeUndefined<EmailAddress>,
    /// Address on bills. One given here takes the place of the one that was; null for none.
    pub billing_address: async_graphql::MaybeUndefined<BillingAddressInput>,
    /// Whether to write about bills.
    pub billing_notifications: Option<bool>,
}

typed_json! {
    /// A postal address.
    BillingAddressInput {
        required {
            /// Street and number, or a box; 200 characters at most.
            line1: Line<200> => "line1",
            /// City or town; 200 characters at most.
            city: Line<200> => "city",
            /// The country.
            country: CountryCode => "country",
        }
        optional {
            /// What else belongs to the street; 200 characters at most.
            line2: Line<200> => "line2",
            /// State, province or county; 200 characters at most.
            region: Line<200> => "region",
            /// Postal code; 20 characters at most.
            postal_code: Line<20> => "postal_code",
        }
    }
}

rows::object! {
    /// The configuration, which holds the billing details.
    pub object UpdateBillingDetailsPayload(Written<TenantConfig>) {
        /// As it is now.
        tenant_config: TenantConfig = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for UpdateBillingDetailsInput {
    type Payload = UpdateBillingDetailsPayload;
    const RIGHT: Right = Right::ManageBilling;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<TenantConfig>> {
        let mut changes = Changes::<TenantConfig>::new();
        changes.give(
            &INPUT,
            "billing_email",
            Config::BillingEmail,
            self.billing_email,
        )?;
        changes.give(
            &INPUT,
            "billing_address",
            Config::BillingAddress,
            self.billing_address,
        )?;
        let notify = self.billing_notifications;
        changes.give(
            &INPUT,
            "billing_notifications",
            Config::BillingNotifications,
            notify,
        )?;
        let owner = (Config::TenantId, writer.tenant().into_value());
        writer.upsert(&INPUT, owner, changes).await.map(Written)
    }
}
