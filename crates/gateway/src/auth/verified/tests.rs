//! What is known of tokens, and for how long.

use std::time::Duration;

use chrono::Utc;
use entity::id::{TenantId, UserId};
use tenant::Identity;

use super::{Known, ROOM, Said, TokenError, Tokens};
use crate::auth::{Claims, TokenKey, TokenSettings, Trust};

fn tokens() -> (TokenKey, Tokens) {
    let key = TokenKey::new(&"k".repeat(32).into()).expect("a key");
    let trust = Trust::new(&TokenSettings::default()).expect("the defaults");
    (key.clone(), Tokens::new(trust.and_shared_key(key)))
}

fn signed(key: &TokenKey, identity: Identity, seconds: u64) -> String {
    Claims::new(&identity, Duration::from_secs(seconds)).sign(key)
}

fn member() -> Identity {
    Identity::Member {
        tenant: TenantId::new(),
        user: UserId::new(),
    }
}

async fn identity(tokens: &Tokens, token: &str) -> Result<Identity, TokenError> {
    tokens.verify(token).await.map(|(identity, _)| identity)
}

#[tokio::test]
async fn a_token_is_known_by_all_of_its_letters() {
    let (key, tokens) = tokens();
    let member = member();
    let token = signed(&key, member.clone(), 60);
    assert_eq!(identity(&tokens, &token).await, Ok(member.clone()));
    assert_eq!(identity(&tokens, &token).await, Ok(member));
    assert_eq!(tokens.known.len(), 1);
    let (head, last) = token.split_at(token.len() - 1);
    for other in [head.to_owned(), format!("{token}{last}")] {
        assert_eq!(identity(&tokens, &other).await, Err(TokenError::Invalid));
    }
    assert_eq!(tokens.known.len(), 1);
}

#[tokio::test]
async fn a_token_is_not_known_past_its_time() {
    let (key, tokens) = tokens();
    let member = member();
    let token = signed(&key, member.clone(), 0);
    let expires = Utc::now().timestamp();
    // Within the leeway it is still good, by being verified.
    assert_eq!(identity(&tokens, &token).await, Ok(member.clone()));
    let kept = tokens.known.get(token.as_str()).expect("a known token");
    assert!(kept.said.expires <= expires);
    // As time passes: what it is known for does not count any more.
    let said = Said {
        identity: self::member(),
        expires,
    };
    let generation = 0;
    let known = Known { said, generation };
    tokens.known.insert(token.as_str().into(), known);
    assert_eq!(identity(&tokens, &token).await, Ok(member));
}

#[tokio::test]
async fn what_is_known_has_its_bound() {
    let (key, tokens) = tokens();
    for _ in 0..2 * ROOM / 500 {
        let token = signed(&key, member(), 60);
        identity(&tokens, &token).await.expect("an identity");
    }
    assert!(tokens.known.weight() <= ROOM as u64);
}
