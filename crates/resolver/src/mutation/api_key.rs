//! Keys of internal tools: owners and admins make and revoke them.

use chrono::{DateTime, Duration, Utc};
use entity::{
    id::{ApiKeyId, TypedId},
    oltp::api_key::{self, Column},
};
use sea_orm::{ColumnTrait, Value};
use serde_json::json;
use tenant::Role;

use super::{prelude::*, tenant_user::roles};
use crate::{
    error::{self, ClientError, Code},
    input::Changes,
    object::{api_key::ApiKey, tenant_user::TenantRole},
};

root! {
    /// What can be changed.
    pub object ApiKeyMutations(()) {
        /// Makes a key by which an internal tool asks in this tenant, for the member who makes it. Its secret is shown this once. For owners and admins.
        create_api_key(Input<CreateApiKeyInput>): CreateApiKeyPayload = |_row| Some(()) -> Run,
        /// Revokes a key, whose next request is refused. For owners and admins.
        revoke_api_key(Input<RevokeApiKeyInput>): RevokeApiKeyPayload = |_row| Some(()) -> Run,
    }
}

/// What a key is for, and what it may do.
#[derive(async_graphql::InputObject)]
pub struct CreateApiKeyInput {
    /// What it is for, to tell it from others; 100 characters at most.
    pub name: String,
    /// What it may do: one role at least, of those that one's own roles include. It loses what its maker loses.
    pub roles: Vec<TenantRole>,
    /// Whether it only reads, whatever its roles.
    #[graphql(default = true)]
    pub read_only: bool,
    /// Days until it expires, from 1 to 3650; without them it is good until it is revoked.
    pub expires_in_days: Option<Between<1, 3650>>,
}

/// A key that was just made.
pub struct NewApiKey {
    key: Arc<api_key::Model>,
    secret: String,
}

rows::object! {
    /// The new key.
    pub object CreateApiKeyPayload(NewApiKey) {
        /// As it is now.
        api_key: ApiKey = |new| Some(Some(Arc::clone(&new.key))) -> inside(),
        /// What the tool sends as `Authorization: Bearer gk_…`. It is not kept, so it can not be shown again.
        secret: String,
    }
}

/// The digest is no column of the model, so that nothing can select it.
const INSERT: &str = "INSERT INTO api_keys (id, tenant_id, name, digest, roles, read_only, expires) \
    VALUES ($1, $2, $3, $4, $5, $6, $7)";

impl Mutate for CreateApiKeyInput {
    type Payload = CreateApiKeyPayload;
    const RIGHT: Right = Right::MakeKeys;

    async fn run(self, writer: &Writer<'_>) -> Result<NewApiKey> {
        self.refuse_more_than_own(writer).await?;
        let roles = roles(&self.roles, &INPUT.field("roles"))?;
        let expires = self.expires()?;
        let name = self.name(&INPUT)?;
        let generated = tenant::ApiKey::generate(writer.tenant(), writer.user());
        let (key, secret) = generated.map_err(|cause| error::internal(&cause))?;
        let values = [
            key.id().into_value(),
            writer.tenant().into_value(),
            name,
            key.digest().to_vec().into(),
            roles,
            self.read_only.into(),
            expires.into(),
        ];
        writer.run(INSERT, values).await?;
        let key = writer.locked(&Target::<ApiKey>::of(key.id())).await?;
        let now = json!({
            "name": key.name, "roles": key.roles, "read_only": key.read_only, "expires": key.expires,
        });
        let act = writer.act::<ApiKey>("api_key.created", key.id, now);
        writer.record(act).await?;
        Ok(NewApiKey { key, secret })
    }
}

impl CreateApiKeyInput {
    fn name(&self, at: &crate::input::Path<'_>) -> Result<Value, ClientError> {
        let mut changes = Changes::<ApiKey>::new();
        changes.give(at, "name", Column::Name, Some(self.name.clone()))?;
        let name = changes.get(Column::Name).cloned();
        name.ok_or_else(|| ClientError::at(Code::BadUserInput, at.field("name"), "is missing"))
    }

    fn expires(&self) -> Result<Option<DateTime<Utc>>, ClientError> {
        let Some(days) = &self.expires_in_days else {
            return Ok(None);
        };
        let days = days.checked(&INPUT.field("expires_in_days"))?;
        Ok(Some(Utc::now() + Duration::days(days.into())))
    }

    /// Nobody gives what is not theirs.
    async fn refuse_more_than_own(&self, writer: &Writer<'_>) -> Result<()> {
        let own = writer.session().roles().await?;
        let mut given = self.roles.iter().map(|role| Role::from(*role));
        match given.find(|given| !own.iter().any(|own| own.includes(*given))) {
            None => Ok(()),
            Some(more) => {
                let problem = format!(
                    "has the role {}, which is more than your own roles include",
                    more.as_str()
                );
                Err(ClientError::at(Code::Forbidden, INPUT.field("roles"), problem).into())
            }
        }
    }
}

/// Which key to revoke.
#[derive(async_graphql::InputObject)]
pub struct RevokeApiKeyInput {
    /// The id.
    pub id: Reference<ApiKeyId>,
}

rows::object! {
    /// The key that was revoked.
    pub object RevokeApiKeyPayload(Written<ApiKey>) {
        /// As it is now.
        api_key: ApiKey = |written| Some(Some(Arc::clone(&written.0))) -> inside(),
    }
}

impl Mutate for RevokeApiKeyInput {
    type Payload = RevokeApiKeyPayload;
    const RIGHT: Right = Right::Configure;

    async fn run(self, writer: &Writer<'_>) -> Result<Written<ApiKey>> {
        let mut good = Target::<ApiKey>::new(&self.id, None)?;
        good.condition = good.condition.add(Column::Revoked.is_null());
        let mut changes = Changes::<ApiKey>::new();
        changes.set(Column::Revoked, Utc::now());
        if let Some(row) = writer.update_if(&good, &INPUT, changes).await? {
            return Ok(Written(row));
        }
        writer.locked(&Target::<ApiKey>::of(good.id)).await?;
        let problem = "is a key that was revoked already";
        Err(ClientError::at(Code::IllegalTransition, INPUT.field("id"), problem).into())
    }
}

impl Writable for ApiKey {
    const RECORDED: Option<&'static str> = Some("api_key.changed");
}
