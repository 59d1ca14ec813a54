//! Feature flags.

use entity::{id::FeatureFlagId, oltp::feature_flag};

use super::prelude::*;

rows::object! {
    /// A switch for a feature of the platform.
    pub object FeatureFlag(feature_flag::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Unique name.
        key: String,
        /// Whether it is on at all.
        is_enabled: bool,
        /// For how many of a hundred it is on.
        rollout_percentage: i16,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
    }
}

table! { FeatureFlag of feature_flag by FeatureFlagId, filtered FeatureFlagFilter, ordered FeatureFlagOrder, read by Shared }

filter! {
    /// Which feature flags to show.
    FeatureFlagFilter on feature_flag {
        columns {
            /// The id.
            id: Ids<FeatureFlagId> => Id,
            /// Unique name.
            key: TextFilter => Key,
            /// Whether it is on at all.
            is_enabled: BooleanFilter => IsEnabled,
            /// For how many of a hundred it is on.
            rollout_percentage: IntFilter => RolloutPercentage,
            /// When it was made.
            created: DateTimeFilter => Created,
            /// When it last changed.
            updated: DateTimeFilter => Updated,
        }
    }
}

order! {
    /// How feature flags are ordered.
    FeatureFlagOrder by FeatureFlagOrderField on feature_flag {
        /// When it was made.
        Created,
        /// The name.
        Key,
    }
}

aggregates! {
    FeatureFlag of feature_flag {
        numbers {
            /// For how many of a hundred it is on.
            rollout_percentage: i16 => RolloutPercentage,
        }
        texts {
            /// Unique name.
            key => Key,
        }
        times {
            /// When it was made.
            created => Created,
            /// When it last changed.
            updated => Updated,
        }
        values {
            /// Whether it is on at all.
            is_enabled: bool => IsEnabled,
        }
    }
}
