//! The tenants that are asked for, and the tokens that ask.

use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde::Serialize;
use uuid::Uuid;

use crate::{Result, database::Place};

/// The key of all peers' tokens: it protects nothing.
pub(crate) const TOKEN_KEY: &str = "the-benchmark-signs-its-own-tokens-with-this-key";

/// What the gateway calls itself in tokens.
const ISSUER: &str = "tenant-gateway";

/// A tenant, its owner, and some of its rows.
#[derive(Clone, Debug)]
pub(crate) struct Subject {
    pub(crate) tenant: Uuid,
    pub(crate) token: String,
    pub(crate) campaigns: Vec<Uuid>,
    pub(crate) companies: Vec<Uuid>,
}

#[derive(Serialize)]
struct Claims {
    sub: Uuid,
    tenant: Uuid,
    /// For peers that do not ask the database what a member may.
    roles: &'static str,
    iss: &'static str,
    aud: &'static str,
    iat: i64,
    nbf: i64,
    exp: i64,
}

/// `count` tenants in the order of their ids, which is the order they were seeded in, after the first
/// `skip`. The very first is the large one.
pub(crate) async fn subjects(place: &Place, skip: i64, count: i64) -> Result<Vec<Subject>> {
    let mut connection = place.connect().await?;
    let rows: Vec<(Uuid, Uuid, Vec<Uuid>, Vec<Uuid>)> = sqlx::query_as(
        "SELECT t.id, m.user_id,
            ARRAY(SELECT id FROM campaigns WHERE tenant_id = t.id ORDER BY created DESC, id DESC LIMIT 200),
            ARRAY(SELECT id FROM companies WHERE tenant_id = t.id ORDER BY id)
        FROM tenants t
        JOIN tenant_users m ON m.tenant_id = t.id AND 'owner' = ANY (m.roles) AND m.deleted IS NULL
        WHERE t.deleted IS NULL
        ORDER BY t.id OFFSET $1 LIMIT $2",
    )
    .bind(skip)
    .bind(count)
    .fetch_all(&mut connection)
    .await?;
    rows.into_iter()
        .map(|(tenant, user, campaigns, companies)| {
            Ok(Subject {
                tenant,
                token: token(tenant, user)?,
                campaigns,
                companies,
            })
        })
        .collect()
}

fn token(tenant: Uuid, user: Uuid) -> Result<String> {
    let now = chrono::Utc::now().timestamp();
    let claims = Claims {
        sub: user,
        tenant,
        roles: "owner",
        iss: ISSUER,
        aud: ISSUER,
        iat: now,
        nbf: now,
        exp: now + 24 * 3600,
    };
    let key = EncodingKey::from_secret(TOKEN_KEY.as_bytes());
    Ok(encode(&Header::new(Algorithm::HS256), &claims, &key)?)
}
