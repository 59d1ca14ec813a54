//! Tokens that were verified before: reading a token again and computing its signature takes longer than much of
//! what is asked with it.

use std::hash::RandomState;

use chrono::Utc;
use quick_cache::{
    OptionsBuilder, Weighter,
    sync::{Cache, DefaultLifecycle},
};
use tenant::Identity;

use super::{Claims, TokenError, TokenKey};

/// The room for tokens: some ten thousand of the usual length.
const ROOM: usize = 8 << 20;
/// A longer one is verified each time.
const LONGEST: usize = 4 << 10;
/// What a token usually takes: a guess for the map's beginning.
const USUAL: usize = 600;

/// Verifies tokens, and knows those that it has verified until they expire.
pub(crate) struct Tokens {
    key: TokenKey,
    known: Cache<Box<str>, Known, ByBytes, RandomState>,
}

/// Whom a token is for, and the second from which on it is to be verified again.
#[derive(Clone, Copy)]
struct Known {
    identity: Identity,
    expires: i64,
}

#[derive(Clone)]
struct ByBytes;

impl Weighter<Box<str>, Known> for ByBytes {
    fn weight(&self, token: &Box<str>, _: &Known) -> u64 {
        (size_of::<(Box<str>, Known)>() + token.len()) as u64
    }
}

impl Tokens {
    /// Tokens signed with this key.
    pub(crate) fn new(key: TokenKey) -> Self {
        let options = OptionsBuilder::new()
            .estimated_items_capacity(ROOM / USUAL)
            .weight_capacity(ROOM as u64)
            .build()
            .expect("both sizes are given");
        let known = Cache::with_options(
            options,
            ByBytes,
            RandomState::new(),
            DefaultLifecycle::default(),
        );
        Self { key, known }
    }

    /// Whom an `Authorization` header speaks for.
    ///
    /// # Errors
    /// As of [`Claims::verify`] and [`Claims::identity`].
    pub(crate) fn identity(&self, header: Option<&str>) -> Result<Identity, TokenError> {
        let known = header.and_then(|header| self.known.get(header));
        if let Some(known) = known
            && Utc::now().timestamp() < known.expires
        {
            return Ok(known.identity);
        }
        let claims = Claims::verify(header, &self.key)?;
        let identity = claims.identity()?;
        if let Some(header) = header.filter(|header| header.len() <= LONGEST) {
            let expires = claims.expires();
            self.known
                .insert(header.into(), Known { identity, expires });
        }
        Ok(identity)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use chrono::Utc;
    use entity::id::{TenantId, UserId};
    use tenant::Identity;

    use super::{Claims, ROOM, TokenError, TokenKey, Tokens};

    fn tokens() -> (TokenKey, Tokens) {
        let key = TokenKey::new(&"k".repeat(32).into()).expect("a key");
        (key.clone(), Tokens::new(key))
    }

    fn header(key: &TokenKey, identity: Identity, seconds: u64) -> String {
        let claims = Claims::new(identity, Duration::from_secs(seconds));
        format!("Bearer {}", claims.sign(key))
    }

    fn member() -> Identity {
        Identity::Member {
            tenant: TenantId::new(),
            user: UserId::new(),
        }
    }

    #[test]
    fn a_token_is_known_by_all_of_its_letters() {
        let (key, tokens) = tokens();
        let identity = member();
        let header = header(&key, identity, 60);
        assert_eq!(tokens.identity(Some(&header)), Ok(identity));
        assert_eq!(tokens.identity(Some(&header)), Ok(identity));
        assert_eq!(tokens.known.len(), 1);
        let (head, last) = header.split_at(header.len() - 1);
        for other in [head.to_owned(), format!("{header}{last}")] {
            assert_eq!(tokens.identity(Some(&other)), Err(TokenError::Invalid));
        }
        assert_eq!(tokens.known.len(), 1);
    }

    #[test]
    fn a_token_is_not_known_past_its_time() {
        let (key, tokens) = tokens();
        let identity = member();
        let header = header(&key, identity, 0);
        let expires = Utc::now().timestamp();
        // Within the leeway it is still good, by being verified.
        assert_eq!(tokens.identity(Some(&header)), Ok(identity));
        let kept = tokens.known.get(header.as_str()).expect("a known token");
        assert!(kept.expires <= expires);
        // As time passes: what it is known for does not count any more.
        let other = member();
        tokens.known.insert(
            header.as_str().into(),
            super::Known {
                identity: other,
                expires,
            },
        );
        assert_eq!(tokens.identity(Some(&header)), Ok(identity));
    }

    #[test]
    fn what_is_known_has_its_bound() {
        let (key, tokens) = tokens();
        for _ in 0..2 * ROOM / 500 {
            let header = header(&key, member(), 60);
            tokens.identity(Some(&header)).expect("an identity");
        }
        assert!(tokens.known.weight() <= ROOM as u64);
    }
}
