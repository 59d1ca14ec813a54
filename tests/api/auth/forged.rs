//! Tokens that look like one of the identity provider's. Each is refused with its code, before a connection is taken.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use gateway::settings::Settings;
use gateway_tests::{Options, World};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode};
use serde_json::{Value, json};

use super::issuer::{Issuer, Key, claims, code};

struct Forger {
    world: World,
    issuer: Issuer,
    key: Key,
}

impl Forger {
    async fn new() -> Self {
        let key = Key::new("key", Algorithm::RS256);
        let issuer = Issuer::start(&[&key]).await;
        let options = Options {
            // Nobody answers there: what asks the database is answered with 503.
            database_url: Some("postgres://gateway_login@127.0.0.1:1/nowhere".to_owned()),
            settings: issuer.settings(),
            ..Options::default()
        };
        Self {
            world: World::demo_with(options).await,
            issuer,
            key,
        }
    }

    fn claims(&self, changes: &Value) -> Value {
        claims(&self.world, changes)
    }

    async fn refused(&self, token: String, case: &str) {
        assert_eq!(code(&self.world, token).await, "UNAUTHENTICATED", "{case}");
    }
}

#[tokio::test]
async fn one_thing_that_is_wrong_is_enough() {
    let forger = Forger::new().await;
    let good = forger.key.sign(&forger.claims(&json!({})));
    assert_eq!(code(&forger.world, good).await, "UNAVAILABLE", "it is good");
    let now = Utc::now().timestamp();
    for changes in [
        json!({ "iss": "https://another.test" }),
        json!({ "iss": "https://identity.test/" }),
        json!({ "iss": null }),
        json!({ "aud": "another.test" }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "exp": now - 60 }),
        json!({ "exp": null }),
        json!({ "exp": "tomorrow" }),
        json!({ "exp": -1 }),
        json!({ "nbf": now + 60 }),
        json!({ "nbf": null }),
        json!({ "sub": null }),
        json!({ "sub": "auth0|42" }),
        json!({ "sub": 42 }),
        json!({ "tenant": "acme" }),
        json!({ "tenant": [forger.claims(&json!({}))["tenant"]] }),
        json!({ "staff": true }),
        json!({ "staff": "true", "tenant": null }),
    ] {
        let token = forger.key.sign(&forger.claims(&changes));
        forger.refused(token, &changes.to_string()).await;
    }
    assert_eq!(forger.issuer.asked(), 1);
}

/// What a public key has signed as if it were a secret: CVE-2015-9235.
#[tokio::test]
async fn a_public_key_is_no_secret() {
    let forger = Forger::new().await;
    let claims = forger.claims(&json!({}));
    let jwk = forger.key.jwk();
    let modulus = jwk["n"].as_str().expect("a modulus");
    let secrets = [
        forger.key.public(),
        forger.key.public().trim().to_owned(),
        jwk.to_string(),
        modulus.to_owned(),
        String::new(),
    ];
    for secret in secrets {
        for algorithm in [Algorithm::HS256, Algorithm::HS384, Algorithm::HS512] {
            let mut header = Header::new(algorithm);
            header.kid = Some("key".to_owned());
            let key = EncodingKey::from_secret(secret.as_bytes());
            let token = encode(&header, &claims, &key).expect("a token");
            forger.refused(token, "a public key as a secret").await;
        }
    }
    // Nor is the gateway's own secret good where a provider signs.
    let own = EncodingKey::from_secret(forger.world.secret().as_bytes());
    for issuer in ["tenant-gateway", super::issuer::ISSUER] {
        let claims = forger.claims(&json!({ "iss": issuer, "aud": issuer }));
        let token = encode(&Header::new(Algorithm::HS256), &claims, &own).expect("a token");
        forger.refused(token, "the shared key").await;
    }
}

#[tokio::test]
async fn a_header_is_not_to_be_believed() {
    let forger = Forger::new().await;
    let encoded = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    let claims = forger.claims(&json!({}));
    let good = forger.key.sign(&claims);
    let signature = good.rsplit('.').next().expect("a signature");
    for algorithm in [
        "none", "None", "nOnE", "", "RS512", "PS256", "ES256", "EdDSA", "HS256",
    ] {
        let head = encoded(&json!({ "alg": algorithm, "kid": "key", "typ": "JWT" }));
        for signature in ["", signature] {
            let token = format!("{head}.{}.{signature}", encoded(&claims));
            forger.refused(token, algorithm).await;
        }
    }
    let other = Key::new("key", Algorithm::RS256);
    forger
        .refused(other.sign(&claims), "another key of that name")
        .await;
    // A key that comes with the token, or is to be fetched from where it says.
    for extra in [
        json!({ "jwk": other.jwk() }),
        json!({ "jku": "http://127.0.0.1:1/jwks.json" }),
        json!({ "x5u": "http://127.0.0.1:1/chain.pem" }),
    ] {
        let mut head = json!({ "alg": "RS256", "kid": "key", "typ": "JWT" });
        for (name, value) in extra.as_object().expect("an object") {
            head[name] = value.clone();
        }
        let signed = format!("{}.{}", encoded(&head), encoded(&claims));
        let signature =
            jsonwebtoken::crypto::sign(signed.as_bytes(), &other.private(), Algorithm::RS256);
        let token = format!("{signed}.{}", signature.expect("a signature"));
        forger.refused(token, &extra.to_string()).await;
    }
}

/// The name of a key is a name, nothing that is opened, asked or run.
#[tokio::test]
async fn a_key_is_found_by_its_name_only() {
    let forger = Forger::new().await;
    let claims = forger.claims(&json!({}));
    let long = "k".repeat(2000);
    for name in [
        "../../../../dev/null",
        "/etc/passwd",
        "file:///dev/null",
        "http://127.0.0.1:1/key",
        "' OR '1'='1",
        "key'; DROP TABLE users; --",
        "$(id)",
        "key\u{0}",
        "KEY",
        "",
        &long,
    ] {
        let mut header = Header::new(Algorithm::RS256);
        header.kid = Some(name.to_owned());
        // A secret of no bytes is what an empty file would give.
        let token = forger.key.sign_with(&header, &claims);
        forger.refused(token, name).await;
        header.alg = Algorithm::HS256;
        let token = encode(&header, &claims, &EncodingKey::from_secret(b"")).expect("a token");
        forger.refused(token, name).await;
    }
    assert!(forger.issuer.asked() <= 2, "asked for each name");
}

/// An allow-list: what it leaves out is refused, whoever signed it.
#[tokio::test]
async fn an_algorithm_that_is_not_allowed() {
    let (rsa, ec) = (
        Key::new("rsa", Algorithm::RS256),
        Key::new("ec", Algorithm::ES256),
    );
    let issuer = Issuer::start(&[&rsa, &ec]).await;
    let settings = Settings {
        token_algorithms: Some(vec![gateway::auth::TokenAlgorithm::ES256]),
        ..issuer.settings()
    };
    let world = super::issuer::demo(settings).await;
    let claims = claims(&world, &json!({}));
    assert_eq!(code(&world, ec.sign(&claims)).await, "");
    assert_eq!(code(&world, rsa.sign(&claims)).await, "UNAUTHENTICATED");
}
