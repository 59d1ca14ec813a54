//! Configuration of the platform.

use std::sync::Arc;

use async_graphql::{Context, Result};
use entity::oltp::system_config;
use sea_orm::{EntityTrait, QueryOrder};

use super::prelude::*;
use crate::{
    audience::{Answers, Audience},
    error,
    session::Session,
    table::Scope,
};

rows::object! {
    /// An entry of the platform's configuration.
    pub object SystemConfig(system_config::Model) {
        /// Name of the entry.
        key: String,
        /// What it is set to; null if that is sensitive.
        value: Option<Json> = |row| (!row.is_sensitive).then(|| row.value.clone()),
        /// Whether the value may not be shown.
        is_sensitive: bool,
        /// When it was made.
        created: DateTime<Utc>,
        /// When it last changed.
        updated: DateTime<Utc>,
    }
}

/// Every entry, by key; for staff.
pub(crate) fn system_config() -> Entries {
    Entries
}

/// See [`system_config()`].
pub(crate) struct Entries;

impl Entries {
    const SCOPE: Scope = Scope::Staff;
}

impl Answers for Entries {
    const AUDIENCE: Audience = Audience::Readers(Self::SCOPE);
}

impl rows::Load<()> for Entries {
    type Value = Vec<Arc<system_config::Model>>;

    async fn load(self, ctx: &Context<'_>, keys: Vec<()>, (): ()) -> Result<Vec<Self::Value>> {
        let session = Session::of(ctx);
        session.may_read(Self::SCOPE).await?;
        let entries = system_config::Entity::find()
            .order_by_asc(system_config::Column::Key)
            .all(session.context())
            .await
            .map_err(|cause| error::database(Session::of(ctx).context(), &Arc::new(cause)))?;
        let entries: Vec<_> = entries.into_iter().map(Arc::new).collect();
        Ok(vec![entries; keys.len()])
    }
}
