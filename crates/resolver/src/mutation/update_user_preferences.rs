//! `updateUserPreferences`.

use std::sync::Arc;

use async_graphql::{
    Context, InputObject, Result, ServerResult,
    registry::{MetaField, Registry},
};
use entity::{
    id::{UserId, UserPreferenceId},
    oltp::user_preference,
};
use icu_locale_core::LanguageIdentifier;
use rows::{Argument, Arguments};
use sea_orm::{
    ActiveValue::{NotSet, Set},
    EntityTrait, Iterable,
    sea_query::OnConflict,
};

use crate::{
    argument::at,
    error::{self, ClientError},
    loader::inside,
    object::user_preferences::{Theme, UserPreferences},
    session::Session,
    table::Scope,
};

/// What to change; what is not given stays as it is.
#[derive(InputObject, Clone, Debug)]
pub struct UpdateUserPreferencesInput {
    /// Colours of the interface.
    pub theme: Option<Theme>,
    /// Language tag (BCP 47), such as `en` or `de-CH`.
    pub language: Option<String>,
    /// Name of a time zone (IANA), such as `Europe/Berlin`.
    pub timezone: Option<String>,
    /// Whether to write about what happens.
    pub email_notifications: Option<bool>,
    /// Whether to notify on the device.
    pub push_notifications: Option<bool>,
    /// Whether to send a report each week.
    pub weekly_reports: Option<bool>,
    /// Whether to send news of the platform.
    pub marketing_emails: Option<bool>,
}

/// `input`, checked.
pub struct UpdateUserPreferencesArguments(UpdateUserPreferencesInput);

const INPUT: Argument<UpdateUserPreferencesInput> = Argument::new("input", "What to change.");

impl Arguments for UpdateUserPreferencesArguments {
    fn register(registry: &mut Registry, field: &mut MetaField) {
        INPUT.register(registry, field);
    }

    fn parse(ctx: &Context<'_>) -> ServerResult<Self> {
        let mut input = INPUT.parse(ctx)?;
        input.check().map_err(|error| at(ctx, error))?;
        Ok(Self(input))
    }
}

impl UpdateUserPreferencesInput {
    /// Puts names into their canonical form, refuses what is none.
    fn check(&mut self) -> Result<(), ClientError> {
        if let Some(language) = &mut self.language {
            let tag: LanguageIdentifier = language.parse().map_err(|_| {
                ClientError::input(
                    "`input.language` is not a language tag; give one such as `en` or `de-CH`",
                )
            })?;
            *language = tag.to_string();
            if language.len() > 10 {
                return Err(ClientError::input(
                    "`input.language` is longer than 10 characters; give language and region only",
                ));
            }
        }
        if let Some(timezone) = &mut self.timezone {
            let zone: chrono_tz::Tz = timezone.parse().map_err(|_| {
                ClientError::input(
                    "`input.timezone` is not a time zone; give a name of the IANA database such as `Europe/Berlin`",
                )
            })?;
            *timezone = zone.name().to_owned();
        }
        Ok(())
    }

    /// The row as it is inserted for a user who has none: what is not given is left to the
    /// database's defaults.
    fn row(self, user: UserId) -> user_preference::ActiveModel {
        user_preference::ActiveModel {
            id: Set(UserPreferenceId::new()),
            user_id: Set(user),
            theme: self.theme.map(Into::into).into_given(),
            language: self.language.into_given(),
            timezone: self.timezone.into_given(),
            email_notifications: self.email_notifications.into_given(),
            push_notifications: self.push_notifications.into_given(),
            weekly_reports: self.weekly_reports.into_given(),
            marketing_emails: self.marketing_emails.into_given(),
            created: NotSet,
            updated: NotSet,
        }
    }
}

/// `Set` what was given, leave the rest.
trait IntoGiven<V: Into<sea_orm::Value>> {
    fn into_given(self) -> sea_orm::ActiveValue<V>;
}

impl<V: Into<sea_orm::Value>> IntoGiven<V> for Option<V> {
    fn into_given(self) -> sea_orm::ActiveValue<V> {
        self.map_or(NotSet, Set)
    }
}

/// The preferences as the transaction sees them.
pub struct Updated(Arc<user_preference::Model>);

rows::object! {
    /// What `updateUserPreferences` answers.
    pub object UpdateUserPreferencesPayload(Updated) {
        /// The preferences as they are now.
        user_preferences: UserPreferences = |updated| Some(Some(Arc::clone(&updated.0))) -> inside(),
    }
}

/// Writes the preferences.
pub(super) struct UpdateUserPreferences;

impl rows::Load<(), UpdateUserPreferencesArguments> for UpdateUserPreferences {
    type Value = Option<Arc<Updated>>;

    async fn load(
        self,
        ctx: &Context<'_>,
        _: Vec<()>,
        UpdateUserPreferencesArguments(input): UpdateUserPreferencesArguments,
    ) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Scope::Tenant)?;
        let context = session.context();
        let row = input.row(context.identity().user());
        // Naming the key among the columns makes the statement valid when nothing else is given.
        let given = user_preference::Column::iter().filter(|column| is_changed(&row, *column));
        let own = OnConflict::column(user_preference::Column::UserId)
            .update_column(user_preference::Column::UserId)
            .update_columns(given.collect::<Vec<_>>())
            .to_owned();
        let written = user_preference::Entity::insert(row).on_conflict(own);
        let written = written.exec_with_returning(context).await;
        let written = written.map_err(|cause| error::database(context, &Arc::new(cause)))?;
        Ok(vec![Some(Arc::new(Updated(Arc::new(written))))])
    }
}

fn is_changed(row: &user_preference::ActiveModel, column: user_preference::Column) -> bool {
    use sea_orm::ActiveModelTrait;
    use user_preference::Column::{Id, UserId};
    !matches!(column, Id | UserId) && row.get(column).is_set()
}
