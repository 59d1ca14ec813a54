//! An identity provider: keys of its own, and a server that tells the public ones.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::Utc;
use gateway::settings::Settings;
use gateway_tests::{Options, World};
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, jwk::Jwk};
use rcgen::{KeyPair, PKCS_ECDSA_P256_SHA256, PKCS_ED25519, PKCS_RSA_SHA256, RsaKeySize};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

pub const ISSUER: &str = "https://identity.test";
pub const AUDIENCE: &str = "gateway.test";

/// A pair of keys.
#[derive(Clone)]
pub struct Key {
    pub name: &'static str,
    pub algorithm: Algorithm,
    pair: Arc<KeyPair>,
}

impl Key {
    pub fn new(name: &'static str, algorithm: Algorithm) -> Self {
        let pair = match algorithm {
            Algorithm::RS256 => KeyPair::generate_rsa_for(&PKCS_RSA_SHA256, RsaKeySize::_2048),
            Algorithm::ES256 => KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256),
            _ => KeyPair::generate_for(&PKCS_ED25519),
        };
        Self {
            name,
            algorithm,
            pair: Arc::new(pair.expect("a key")),
        }
    }

    pub fn private(&self) -> EncodingKey {
        let pem = self.pair.serialize_pem();
        let read = match self.algorithm {
            Algorithm::RS256 => EncodingKey::from_rsa_pem,
            Algorithm::ES256 => EncodingKey::from_ec_pem,
            _ => EncodingKey::from_ed_pem,
        };
        read(pem.as_bytes()).expect("a private key")
    }

    /// As PEM.
    pub fn public(&self) -> String {
        self.pair.public_key_pem()
    }

    /// As the key set has it.
    pub fn jwk(&self) -> Value {
        if self.algorithm == Algorithm::EdDSA {
            let x = URL_SAFE_NO_PAD.encode(self.pair.public_key_raw());
            return json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": self.name });
        }
        let mut jwk = Jwk::from_encoding_key(&self.private(), self.algorithm).expect("a JWK");
        jwk.common.key_id = Some(self.name.to_owned());
        serde_json::to_value(jwk).expect("JSON")
    }

    /// A token of these claims, which names the key.
    pub fn sign(&self, claims: &Value) -> String {
        let mut header = Header::new(self.algorithm);
        header.kid = Some(self.name.to_owned());
        self.sign_with(&header, claims)
    }

    pub fn sign_with(&self, header: &Header, claims: &Value) -> String {
        encode(header, claims, &self.private()).expect("a token")
    }
}

/// What is answered to who asks for the keys.
#[derive(Clone)]
enum Answer {
    Keys(String),
    Away,
}

/// A provider's server.
pub struct Issuer {
    pub url: String,
    answer: Arc<Mutex<Answer>>,
    asked: Arc<AtomicUsize>,
}

impl Issuer {
    /// Serves the public halves of these keys.
    pub async fn start(keys: &[&Key]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("an address");
        let issuer = Self {
            url: format!("http://{address}/jwks.json"),
            answer: Arc::new(Mutex::new(Answer::Away)),
            asked: Arc::default(),
        };
        issuer.tell(keys);
        let (answer, asked) = (Arc::clone(&issuer.answer), Arc::clone(&issuer.asked));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                asked.fetch_add(1, Ordering::SeqCst);
                let answer = answer.lock().expect("no panic").clone();
                tokio::spawn(respond(stream, answer));
            }
        });
        issuer
    }

    /// From now on these.
    pub fn tell(&self, keys: &[&Key]) {
        let keys: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
        self.say(json!({ "keys": keys }).to_string());
    }

    pub fn say(&self, text: String) {
        *self.answer.lock().expect("no panic") = Answer::Keys(text);
    }

    pub fn go_away(&self) {
        *self.answer.lock().expect("no panic") = Answer::Away;
    }

    /// How often it was asked.
    pub fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }

    /// Settings of a gateway that trusts it.
    pub fn settings(&self) -> Settings {
        Settings {
            jwks_url: Some(self.url.clone()),
            ..trusting()
        }
    }

    pub async fn world(&self) -> World {
        demo(self.settings()).await
    }
}

async fn respond(mut stream: TcpStream, answer: Answer) {
    let mut request = [0; 4096];
    let _ = stream.read(&mut request).await;
    // Whoever waits for the answer is not to go past it.
    tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    let text = match answer {
        Answer::Keys(body) => format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            body.len()
        ),
        Answer::Away => {
            "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"
                .to_owned()
        }
    };
    let _ = stream.write_all(text.as_bytes()).await;
}

/// What a gateway needs to know besides the keys.
pub fn trusting() -> Settings {
    Settings {
        token_issuer: Some(ISSUER.to_owned()),
        token_audience: Some(AUDIENCE.to_owned()),
        ..Settings::default()
    }
}

/// A demo whose gateway has these settings.
pub async fn demo(settings: Settings) -> World {
    let options = Options {
        settings,
        ..Options::default()
    };
    World::demo_with(options).await
}

/// What a good token of acme's owner says, with some of it changed; null leaves it out.
pub fn claims(world: &World, changes: &Value) -> Value {
    let acme = &world.demo.as_ref().expect("a demo world").tenants[0];
    let now = Utc::now().timestamp();
    let mut claims = json!({
        "sub": acme.users[0].id, "tenant": acme.id, "iss": ISSUER, "aud": AUDIENCE, "nbf": now, "exp": now + 600,
    });
    for (name, value) in changes.as_object().expect("an object") {
        let claims = claims.as_object_mut().expect("an object");
        match value {
            Value::Null => claims.remove(name),
            value => claims.insert(name.clone(), value.clone()),
        };
    }
    claims
}

/// The code that a token is answered with; empty for acme's owner.
pub async fn code(world: &World, token: String) -> String {
    let client = world.with_token(Some(token));
    let answer = client.query("{ viewer { user { email } } }").await;
    if answer.status == 200 {
        assert_eq!(answer.data()["viewer"]["user"]["email"], "owner@acme.test");
    }
    answer.code().to_owned()
}
