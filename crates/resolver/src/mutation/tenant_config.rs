//! The tenant's configuration, without the billing details that are kept beside it.

use async_graphql::Enum;
use entity::{id::TypedId, oltp::tenant_config::Column as Config};

use super::prelude::*;
use crate::{
    error::ClientError,
    input::{Changes, Color, Line, LocalTime, Path, Stored, TimeZone, typed_json},
    object::{tenant_config::TenantConfig, user_preferences::Theme},
};

root! {
    /// What can be changed.
    pub object TenantConfigMutations(()) {
        /// Changes the tenant's configuration; what is not given stays as it is. For owners and admins.
        update_tenant_config(Input<UpdateTenantConfigInput>): UpdateTenantConfigPayload = |_row| Some(()) -> Run,
    }
}

/// What of the configuration changes.
#[derive(async_graphql::InputObject)]
pub struct UpdateTenantConfigInput {
    /// Colours that new members start with.
    pub theme: async_graphql::MaybeUndefined<Theme>,
    /// Whether to write when a limit comes near.
    pub usage_alerts: async_graphql::MaybeUndefined<bool>,
    /// Whether to write about sign-ins and changed rights.
    pub security_alerts: async_graphql::MaybeUndefined<bool>,
    /// Settings of the interface. Those given here take the place of all that were.
    pub ui_settings: async_graphql::MaybeUndefined<UiSettingsInput>,
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

impl Writable for TenantConfig {
    const RECORDED: Option<&'static str> = Some("tenant_config.changed");
}
