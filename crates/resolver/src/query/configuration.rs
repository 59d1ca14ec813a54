//! What is switched and set, for a user, a tenant or the platform.

use entity::oltp::user_preference;

use crate::{
    argument::{ConnectionArguments, IdArgument},
    audience::root,
    connection::Connection,
    loader::{all, find, of_tenant, of_user},
    object::{
        feature_flag::FeatureFlag,
        system_config::{SystemConfig, system_config},
        tenant_config::TenantConfig,
        tenant_policy::TenantPolicy,
        user_preferences::UserPreferences,
    },
};

root! {
    /// What can be asked.
    pub object Configuration(()) {
        /// A feature flag by its id.
        feature_flag(IdArgument<FeatureFlag>): Option<FeatureFlag> = |_row| Some(()) -> find::<FeatureFlag>(),
        /// The platform's feature flags.
        feature_flags(ConnectionArguments<FeatureFlag>): Connection<FeatureFlag> = |_row| Some(()) -> all::<FeatureFlag>(),
        /// What the user who asks prefers; null if nothing was ever set.
        user_preferences: Option<UserPreferences>
            = |_row| Some(()) -> of_user::<UserPreferences>(user_preference::Column::UserId),
        /// The tenant's configuration; null if nothing was ever set.
        tenant_config: Option<TenantConfig> = |_row| Some(()) -> of_tenant::<TenantConfig>(),
        /// What the tenant demands of its members' accounts; null if nothing was ever set.
        tenant_policy: Option<TenantPolicy> = |_row| Some(()) -> of_tenant::<TenantPolicy>(),
        /// The platform's configuration, by key; for staff.
        #[list_size = 50]
        system_config: Vec<SystemConfig> = |_row| Some(()) -> system_config(),
    }
}
