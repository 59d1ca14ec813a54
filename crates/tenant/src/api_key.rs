//! Keys of internal tools: what they look like, and what of them is kept.
//!
//! A key is `gk_` and 80 bytes as base64url without padding (RFC 4648, section 5): whom it acts for, a tenant and a
//! user of 16 bytes each, its own id of 16, and a secret of 32. So a request says by itself in which tenant its
//! transaction is to be opened, and the key is checked in that transaction, under that tenant's policies. Kept is the
//! SHA-256 of the whole text: who changes a letter has another key, and who reads the table has none. A slow hash would
//! add nothing: nobody guesses 256 random bits.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use entity::id::{ApiKeyId, TenantId, TypedId, UserId};
use rand::{TryRngCore, rngs::OsRng};
use sea_orm::{ConnectionTrait, DbErr, Statement};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::{
    database::Database,
    identity::{Access, Identity},
};

/// What every key begins with, so that tools which look for leaked secrets find it.
const PREFIX: &str = "gk_";
const SECRET: usize = 32;
const BYTES: usize = 3 * 16 + SECRET;

/// A key as it was presented. Whether there is such a key is the database's to say.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct ApiKey {
    tenant: TenantId,
    user: UserId,
    id: ApiKeyId,
    digest: [u8; 32],
}

/// Without the digest, which is as good as a name of the secret.
impl std::fmt::Debug for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("ApiKey")
            .field("tenant", &self.tenant)
            .field("user", &self.user)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

impl ApiKey {
    /// A new key that acts for a user in a tenant, and its text, which is nowhere kept.
    ///
    /// # Errors
    /// When the operating system gives no random bytes.
    pub fn generate(
        tenant: TenantId,
        user: UserId,
    ) -> Result<(Self, String), rand::rand_core::OsError> {
        let id = ApiKeyId::new();
        let mut bytes = Vec::with_capacity(BYTES);
        for part in [Uuid::from(tenant), user.into(), id.into()] {
            bytes.extend_from_slice(part.as_bytes());
        }
        let mut secret = [0; SECRET];
        OsRng.try_fill_bytes(&mut secret)?;
        bytes.extend_from_slice(&secret);
        let text = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(bytes));
        let key = Self {
            tenant,
            user,
            id,
            digest: Sha256::digest(&text).into(),
        };
        Ok((key, text))
    }

    /// Whether a bearer token is meant as a key, good or bad.
    #[must_use]
    pub fn is_meant(token: &str) -> bool {
        token.starts_with(PREFIX)
    }

    /// Reads a key.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let encoded = text.strip_prefix(PREFIX)?;
        let mut bytes = [0; BYTES];
        let read = URL_SAFE_NO_PAD.decode_slice(encoded, &mut bytes).ok()?;
        if read != BYTES {
            return None;
        }
        let part = |place: usize| Uuid::from_slice(&bytes[16 * place..16 * (place + 1)]).ok();
        Some(Self {
            tenant: part(0)?.into(),
            user: part(1)?.into(),
            id: part(2)?.into(),
            digest: Sha256::digest(text).into(),
        })
    }

    /// The tenant it acts in.
    #[must_use]
    pub fn tenant(&self) -> TenantId {
        self.tenant
    }

    /// The member it acts for.
    #[must_use]
    pub fn user(&self) -> UserId {
        self.user
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> ApiKeyId {
        self.id
    }

    /// Notes that it was used, to the minute, in a transaction of its own: the key's may be read only.
    ///
    /// # Errors
    /// When there is no connection, or the database refuses.
    pub async fn note_use(&self, database: &Database) -> Result<(), DbErr> {
        let user = Identity::User { user: self.user };
        let context = database.context(user, Access::Write);
        let statement = Statement::from_sql_and_values(
            context.get_database_backend(),
            "SELECT note_api_key_use($1)",
            [self.id.into_value()],
        );
        let noted = context.execute_raw(statement).await;
        context.finish(noted.is_ok()).await?;
        noted.map(drop)
    }

    /// What is kept of it: 32 bytes.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        self.digest
    }
}

#[cfg(test)]
mod tests {
    use entity::id::{TenantId, UserId};

    use super::ApiKey;

    #[test]
    fn a_key_is_read_as_it_was_made_and_another_letter_makes_another_key() {
        let (key, text) = ApiKey::generate(TenantId::new(), UserId::new()).expect("random bytes");
        assert_eq!(ApiKey::parse(&text), Some(key));
        for place in "gk_".len()..text.len() {
            let mut letters = text.as_bytes().to_vec();
            letters[place] = if letters[place] == b'A' { b'B' } else { b'A' };
            let other = String::from_utf8(letters).expect("ASCII");
            let other = ApiKey::parse(&other);
            assert!(
                other.is_none_or(|other| other.digest() != key.digest()),
                "{place}"
            );
        }
        assert!(!format!("{key:?}").contains("digest"));
    }

    #[test]
    fn what_is_no_key() {
        let (_, text) = ApiKey::generate(TenantId::new(), UserId::new()).expect("random bytes");
        let short = &text[..text.len() - 1];
        let long = format!("{text}A");
        for text in [
            "",
            "gk_",
            "gk_!",
            short,
            &long,
            &text["gk_".len()..],
            "gk_\u{fc}",
        ] {
            assert_eq!(ApiKey::parse(text), None, "{text}");
        }
    }
}
