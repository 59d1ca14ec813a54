//! What a user prefers.

use entity::{id::TypedId, oltp::user_preference::Column};

use super::prelude::*;
use crate::{
    input::{Changes, LanguageTag, TimeZone},
    object::user_preferences::{Theme, UserPreferences},
};

root! {
    /// What can be changed.
    pub object UserPreferencesMutations(()) {
        /// Changes what the user who asks prefers, in every tenant; what is not given stays as it is. For all but analysts, who change nothing.
        update_user_preferences(Input<UpdateUserPreferencesInput>): UpdateUserPreferencesPayload = |_row| Some(()) -> Run,
    }
}

/// What to change; what is not given stays as it is.
#[derive(async_graphql::InputObject)]
pub struct UpdateUserPreferencesInput {
    /// Colours of the interface.
    pub theme: async_graphql::MaybeUndefined<Theme>,
    /// The language, with a region if it matters.
    pub language: async_graphql::MaybeUndefined<LanguageTag>,
    /// The time zone.
    pub timezone: async_graphql::MaybeUndefined<TimeZone>,
    /// Whether to write about what happens.
    pub email_notifications: async_graphql::MaybeUndefined<bool>,
    /// Whether to notify on the device.
    pub push_notifications: async_graphql::MaybeUndefined<bool>,
    /// Whether to send a report each week.
    pub weekly_reports: async_graphql::MaybeUndefined<bool>,
    /// Whether to send news of the platform.
    pub marketing_emails: async_graphql::MaybeUndefined<bool>,
}

rows::object! {
    /// The preferences.
    pub object UpdateUserPreferencesPayload(Written<UserPreferences>) {
        /// As they are now.
        user_preferences: UserPreferences = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl UpdateUserPreferencesInput {
    fn changes(self) -> Result<Changes<UserPreferences>> {
        let mut changes = Changes::new();
        changes.give(&INPUT, "theme", Column::Theme, self.theme)?;
        changes.give(&INPUT, "language", Column::Language, self.language)?;
        changes.give(&INPUT, "timezone", Column::Timezone, self.timezone)?;
        let switches = [
            (
                "email_notifications",
                Column::EmailNotifications,
                self.email_notifications,
            ),
            (
                "push_notifications",
                Column::PushNotifications,
                self.push_notifications,
            ),
            ("weekly_reports", Column::WeeklyReports, self.weekly_reports),
            (
                "marketing_emails",
                Column::MarketingEmails,
                self.marketing_emails,
            ),
        ];
        for (field, column, on) in switches {
            changes.give(&INPUT, field, column, on)?;
        }
        Ok(changes)
    }
}

impl Mutate for UpdateUserPreferencesInput {
    type Payload = UpdateUserPreferencesPayload;
    const RIGHT: Right = Right::Oneself;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<UserPreferences>> {
        let owner = (Column::UserId, writer.user().into_value());
        let changes = self.changes()?;
        writer.upsert(&INPUT, owner, changes).await.map(Written)
    }
}

impl Writable for UserPreferences {}
