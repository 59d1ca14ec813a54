//! Tokens of an identity provider, its keys, and what happens while it is away.

use std::time::Duration;

use chrono::Utc;
use futures::future::join_all;
use gateway::{
    auth::{TokenAlgorithm, TokenSettings, Trust},
    settings::{Config, Settings},
};
use jsonwebtoken::{Algorithm, Header};
use serde_json::json;

use super::issuer::{Issuer, Key, claims, code, demo, trusting};

const ALL: [Algorithm; 3] = [Algorithm::RS256, Algorithm::ES256, Algorithm::EdDSA];

#[tokio::test]
async fn tokens_of_each_algorithm_are_good_by_their_key() {
    let keys = ALL.map(|algorithm| Key::new(["rsa", "ec", "ed"][place(algorithm)], algorithm));
    let issuer = Issuer::start(&[&keys[0], &keys[1], &keys[2]]).await;
    let world = issuer.world().await;
    for key in &keys {
        let claims = claims(&world, &json!({}));
        assert_eq!(code(&world, key.sign(&claims)).await, "", "{}", key.name);
        // The only key of its algorithm needs no name.
        let unnamed = key.sign_with(&Header::new(key.algorithm), &claims);
        assert_eq!(code(&world, unnamed).await, "", "{}", key.name);
        // An audience among others.
        let several = super::issuer::claims(&world, &json!({ "aud": ["a", "gateway.test"] }));
        assert_eq!(code(&world, key.sign(&several)).await, "", "{}", key.name);
    }
    assert_eq!(issuer.asked(), 1);
}

fn place(algorithm: Algorithm) -> usize {
    ALL.iter()
        .position(|known| *known == algorithm)
        .expect("one of them")
}

#[tokio::test]
async fn a_key_file_is_a_set_or_a_public_key() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("keys");
    for algorithm in ALL {
        let key = Key::new("any", algorithm);
        for text in [key.public(), json!({ "keys": [key.jwk()] }).to_string()] {
            std::fs::write(&path, text).expect("a file");
            let world = demo(Settings {
                token_keys_file: Some(path.clone()),
                ..trusting()
            })
            .await;
            let token = key.sign(&claims(&world, &json!({})));
            assert_eq!(code(&world, token).await, "", "{algorithm:?}");
        }
    }
}

/// A new key is asked for at once, by one request for all who wait for it; one that nobody has, rarely.
#[tokio::test]
async fn a_key_that_is_not_known_is_asked_for_once() {
    let (old, new) = (
        Key::new("old", Algorithm::ES256),
        Key::new("new", Algorithm::ES256),
    );
    let issuer = Issuer::start(&[&old, &new]).await;
    let world = issuer.world().await;
    let token =
        |key: &Key, number: usize| key.sign(&claims(&world, &json!({ "jti": number.to_string() })));
    let tokens: Vec<_> = (0..10).map(|number| token(&old, number)).collect();
    let codes = join_all(tokens.into_iter().map(|token| code(&world, token))).await;
    assert_eq!(codes, vec![""; 10]);
    assert_eq!(issuer.asked(), 1);
    assert_eq!(code(&world, token(&new, 0)).await, "");
    let unknown = Key::new("unknown", Algorithm::ES256);
    let tokens: Vec<_> = (0..10).map(|number| token(&unknown, number)).collect();
    let codes = join_all(tokens.into_iter().map(|token| code(&world, token))).await;
    assert_eq!(codes, vec!["UNAUTHENTICATED"; 10]);
    assert_eq!(issuer.asked(), 1, "it was asked a moment ago");
}

/// Old keys are asked for again, in the background; what a key has signed that is gone is not good any more, known or
/// not.
#[tokio::test]
async fn a_key_that_was_taken_away_signs_nothing_more() {
    let (old, new) = (
        Key::new("old", Algorithm::ES256),
        Key::new("new", Algorithm::ES256),
    );
    let issuer = Issuer::start(&[&old]).await;
    let world = demo(Settings {
        jwks_max_age_seconds: Some(1),
        ..issuer.settings()
    })
    .await;
    let known = old.sign(&claims(&world, &json!({})));
    assert_eq!(code(&world, known.clone()).await, "");
    issuer.tell(&[&new]);
    // The provider is left alone for ten seconds.
    let until = tokio::time::Instant::now() + Duration::from_secs(30);
    while code(&world, known.clone()).await.is_empty() {
        assert!(tokio::time::Instant::now() < until, "it is good for ever");
        tokio::time::sleep(Duration::from_millis(200)).await;
    }
    assert_eq!(code(&world, known).await, "UNAUTHENTICATED");
    let token = new.sign(&claims(&world, &json!({})));
    assert_eq!(code(&world, token).await, "");
}

#[tokio::test]
async fn a_provider_that_is_away_shuts_nobody_out_whose_key_is_known() {
    let key = Key::new("key", Algorithm::EdDSA);
    let issuer = Issuer::start(&[&key]).await;
    issuer.go_away();
    let world = issuer.world().await;
    let token = |number: usize| key.sign(&claims(&world, &json!({ "jti": number.to_string() })));
    let early = world
        .with_token(Some(token(0)))
        .query("{ __typename }")
        .await;
    assert_eq!((early.status, early.code()), (503, "UNAVAILABLE"));
    assert!(early.headers.contains_key("retry-after"));
    // Nor is it taken for a failure of who asks.
    assert_eq!(world.security_events(), []);

    let world = issuer.world().await;
    issuer.tell(&[&key]);
    assert_eq!(code(&world, token(1)).await, "");
    issuer.go_away();
    assert_eq!(code(&world, token(2)).await, "");
    // Words that are no keys change nothing either.
    issuer.say("{\"keys\":[]}".to_owned());
    assert_eq!(code(&world, token(3)).await, "");
}

#[tokio::test]
async fn the_claims_have_the_names_of_the_settings() {
    let key = Key::new("key", Algorithm::ES256);
    let issuer = Issuer::start(&[&key]).await;
    let world = demo(Settings {
        user_claim: Some("https://platform.test/user".to_owned()),
        tenant_claim: Some("/app_metadata/tenant".to_owned()),
        staff_claim: Some("employee".to_owned()),
        ..issuer.settings()
    })
    .await;
    let (plain, demo) = (
        claims(&world, &json!({})),
        world.demo.clone().expect("a demo"),
    );
    let named = json!({
        "sub": "auth0|42", "tenant": null, "https://platform.test/user": plain["sub"],
        "app_metadata": { "tenant": plain["tenant"] },
    });
    assert_eq!(code(&world, key.sign(&claims(&world, &named))).await, "");
    assert_eq!(code(&world, key.sign(&plain)).await, "UNAUTHENTICATED");
    let staff =
        json!({ "employee": true, "tenant": null, "https://platform.test/user": demo.staff.id });
    let client = world.with_token(Some(key.sign(&claims(&world, &staff))));
    let viewer = client.data("{ viewer { permissions } }").await;
    assert!(
        viewer["viewer"]["permissions"]
            .as_array()
            .is_some_and(|all| !all.is_empty())
    );
}

/// A token that is good is not good for longer because it was good.
#[tokio::test]
async fn a_token_ends_when_it_says() {
    let key = Key::new("key", Algorithm::ES256);
    let issuer = Issuer::start(&[&key]).await;
    let world = issuer.world().await;
    // Within the five seconds by which clocks may differ.
    let now = Utc::now().timestamp();
    let token = key.sign(&claims(&world, &json!({ "exp": now })));
    assert_eq!(code(&world, token.clone()).await, "");
    tokio::time::sleep(Duration::from_secs(7)).await;
    assert_eq!(code(&world, token).await, "UNAUTHENTICATED");
    // Nor is an expired token somebody's attempt at anything.
    assert_eq!(world.security_events(), []);
}

#[test]
fn settings_that_would_trust_anybody_or_nobody_are_refused() {
    let trust = |settings: Settings| {
        let error = Trust::new(&Config::from(settings).tokens).expect_err("a refusal");
        error.to_string()
    };
    let url = |url: &str| Settings {
        jwks_url: Some(url.to_owned()),
        ..trusting()
    };
    let told = |settings: Settings, word: &str| {
        let message = trust(settings);
        assert!(message.contains(word), "{message}");
    };
    for text in ["http://identity.test/jwks", "file:///etc/passwd", "nothing"] {
        told(url(text), "must be an https URL");
    }
    let anyone = Settings {
        token_audience: None,
        ..url("https://identity.test/jwks")
    };
    told(anyone, "GATEWAY_TOKEN_AUDIENCE");
    let both = Settings {
        token_keys_file: Some("keys".into()),
        ..url("https://identity.test/jwks")
    };
    told(both, "leave one out");
    let missing = Settings {
        token_keys_file: Some("/nowhere/keys".into()),
        ..trusting()
    };
    told(missing, "/nowhere/keys");
    let keyless = Settings {
        token_algorithms: Some(vec![TokenAlgorithm::RS256]),
        ..Settings::default()
    };
    told(keyless, "GATEWAY_JWKS_URL");
    let none = Settings {
        token_algorithms: Some(Vec::new()),
        ..Settings::default()
    };
    told(none, "GATEWAY_TOKEN_ALGORITHMS is empty");
    assert!(TokenSettings::default().takes_shared_key());
    let provider = Config::from(url("https://identity.test/jwks")).tokens;
    assert!(!provider.takes_shared_key());
}
