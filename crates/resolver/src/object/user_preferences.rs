//! What a user prefers.

use entity::{id::UserPreferenceId, oltp::user_preference};

use super::{prelude::*, user::User};

rows::object! {
    /// What a user prefers, across tenants; for the user's own eyes.
    pub object UserPreferences(user_preference::Model) implements Node {
        /// The id.
        id: GlobalId,
        /// Colours of the interface.
        theme: Theme,
        /// Language tag (BCP 47).
        language: LanguageTag,
        /// Name of a time zone (IANA).
        timezone: TimeZone,
        /// Whether to write about what happens.
        email_notifications: bool,
        /// Whether to notify on the device.
        push_notifications: bool,
        /// Whether to send a report each week.
        weekly_reports: bool,
        /// Whether to send news of the platform.
        marketing_emails: bool,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
        /// The user.
        user: User = user_id -> by_id::<User>(),
    }
}

table! { UserPreferences of user_preference by UserPreferenceId }

enumeration! {
    /// The colours of the interface.
    Theme of user_preference::Theme as text {
        /// As the device says.
        System,
        /// Dark on light.
        Light,
        /// Light on dark.
        Dark,
    }
}
