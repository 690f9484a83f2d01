//! Signing in through a sign-in service, against one that the test is itself: who is let in, and what is refused when anything is not as it should be.
#![allow(clippy::unwrap_used)] // Helpers of tests may fail the test.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::extract::State;
use axum::http::{Request, StatusCode, header};
use axum::routing::{get, post};
use axum::{Form, Json, Router};
use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use openidconnect::core::{CoreEdDsaPrivateSigningKey, CoreJwsSigningAlgorithm};
use openidconnect::{JsonWebKeyId, PkceCodeChallenge, PkceCodeVerifier, PrivateSigningKey};
use serde_json::{Value, json};
use server::{Accounts, Service, SignInService, router};
use store::{AccountChange, NewAccount, Role, Store};
use tower::ServiceExt;

const PUBLIC_URL: &str = "https://phusong.example.vn";
const CLIENT: &str = "phusong";
const SECRET: &str = "kín";

/// A signing key from some bytes.
fn key(seed: u8) -> CoreEdDsaPrivateSigningKey {
    // RFC 8410: the frame of a private Ed25519 key, then its 32 bytes.
    let mut der = hex::decode("302e020100300506032b657004220420").unwrap();
    der.extend([seed; 32]);
    let pem = format!(
        "-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n",
        STANDARD.encode(der)
    );
    CoreEdDsaPrivateSigningKey::from_ed25519_pem(&pem, Some(JsonWebKeyId::new("k1".to_owned()))).unwrap()
}

/// The sign-in service: what it says next, and what it heard.
#[derive(Default)]
struct Said {
    issuer: String,
    /// Members of the next ID token that differ from the usual.
    other: Value,
    /// Whether the next token is signed by a key that is not the service's.
    forged: bool,
    challenge: String,
    nonce: String,
}

type Shared = Arc<Mutex<Said>>;

async fn describe(State(said): State<Shared>) -> Json<Value> {
    let issuer = said.lock().unwrap().issuer.clone();
    Json(json!({
        "issuer": issuer, "authorization_endpoint": format!("{issuer}/authorize"), "token_endpoint": format!("{issuer}/token"),
        "jwks_uri": format!("{issuer}/keys"), "response_types_supported": ["code"], "subject_types_supported": ["public"],
        "id_token_signing_alg_values_supported": ["EdDSA"],
    }))
}

async fn keys() -> Json<Value> {
    Json(json!({ "keys": [serde_json::to_value(key(1).as_verification_key()).unwrap()] }))
}

/// Gives a token for the code, if whoever asks has the secret and knows what the challenge was made from.
async fn token(
    State(said): State<Shared>,
    headers: axum::http::HeaderMap,
    Form(form): Form<HashMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let said = said.lock().unwrap();
    let client = format!("{CLIENT}:{}", "k%C3%ADn");
    let known =
        headers.get(header::AUTHORIZATION).unwrap().to_str().unwrap() == format!("Basic {}", STANDARD.encode(client));
    let verifier = PkceCodeVerifier::new(form["code_verifier"].clone());
    let proved = PkceCodeChallenge::from_code_verifier_sha256(&verifier).as_str() == said.challenge;
    let back = form["redirect_uri"] == format!("{PUBLIC_URL}/api/session/oidc/callback");
    if !(known && proved && back && form["code"] == "the-code" && form["grant_type"] == "authorization_code") {
        return Err(StatusCode::BAD_REQUEST);
    }
    let now = jiff::Timestamp::now().as_second();
    let mut claims = json!({
        "iss": said.issuer, "sub": "person-1", "aud": CLIENT, "exp": now + 300, "iat": now, "nonce": said.nonce,
        "email": "An.Nguyen@hatinh.example.vn", "email_verified": true,
    });
    for (name, value) in said.other.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let signed = format!("{}.{}", part(&json!({ "alg": "EdDSA", "kid": "k1" })), part(&claims));
    let by = key(if said.forged { 2 } else { 1 });
    let signature = by.sign(&CoreJwsSigningAlgorithm::EdDsa, signed.as_bytes()).unwrap();
    let token = format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature));
    Ok(Json(
        json!({ "access_token": "x", "token_type": "Bearer", "id_token": token }),
    ))
}

struct House {
    service: Service,
    said: Shared,
    _folder: tempfile::TempDir,
}

/// What came back of a request: status, where it leads, cookies, body.
struct Answer {
    status: u16,
    location: String,
    cookies: Vec<String>,
    body: Value,
}

impl House {
    async fn open() -> Self {
        let said = Shared::default();
        let provider = Router::new()
            .route("/.well-known/openid-configuration", get(describe))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .with_state(Arc::clone(&said));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let issuer = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(async move { axum::serve(listener, provider).await });
        said.lock().unwrap().issuer.clone_from(&issuer);
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path()).await.unwrap();
        let accounts = Accounts {
            public_url: Some(PUBLIC_URL.to_owned()),
            sign_in_service: Some(SignInService {
                issuer,
                client_id: CLIENT.to_owned(),
                client_secret: Some(SECRET.to_owned()),
            }),
            ..Accounts::default()
        };
        Self {
            service: Service::new(store, None).with_accounts(accounts),
            said,
            _folder: folder,
        }
    }

    async fn get(&self, path: &str, cookie: &str) -> Answer {
        let request = Request::get(path)
            .header(header::HOST, "phusong.example.vn")
            .header(header::COOKIE, cookie)
            .body(Body::empty())
            .unwrap();
        let response = router(self.service.clone()).oneshot(request).await.unwrap();
        let headers = response.headers().clone();
        let status = response.status().as_u16();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = |value: &header::HeaderValue| value.to_str().unwrap().to_owned();
        Answer {
            status,
            location: headers.get(header::LOCATION).map(text).unwrap_or_default(),
            cookies: headers.get_all(header::SET_COOKIE).iter().map(text).collect(),
            body: serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        }
    }

    /// Begins to sign in: the state and the cookie that ties it to the browser. The sign-in service hears challenge and nonce.
    async fn begin(&self) -> (String, String) {
        let there = self.get("/api/session/oidc", "").await;
        assert_eq!(there.status, 303, "{}", there.body);
        let query = there.location.split_once('?').unwrap().1;
        let asked: HashMap<&str, &str> = query.split('&').filter_map(|pair| pair.split_once('=')).collect();
        assert_eq!(
            (asked["response_type"], asked["code_challenge_method"]),
            ("code", "S256")
        );
        assert!(asked["scope"].contains("openid") && asked["scope"].contains("email"));
        let mut said = self.said.lock().unwrap();
        said.challenge = asked["code_challenge"].to_owned();
        said.nonce = asked["nonce"].to_owned();
        let tie = &there.cookies[0];
        for flag in ["__Host-phusong-oidc=", "HttpOnly", "SameSite=Lax", "Secure"] {
            assert!(tie.contains(flag), "{tie}");
        }
        (asked["state"].to_owned(), tie.split(';').next().unwrap().to_owned())
    }

    async fn come_back(&self, state: &str, cookie: &str) -> Answer {
        self.get(
            &format!("/api/session/oidc/callback?code=the-code&state={state}"),
            cookie,
        )
        .await
    }

    /// Signs in from the beginning, with an ID token whose members differ from the usual.
    async fn sign_in(&self, other: Value, forged: bool) -> Answer {
        let (state, tie) = self.begin().await;
        {
            let mut said = self.said.lock().unwrap();
            (said.other, said.forged) = (other, forged);
        }
        self.come_back(&state, &tie).await
    }

    /// The name of whoever an answer signed in.
    async fn who(&self, answer: &Answer) -> String {
        assert_eq!((answer.status, answer.location.as_str()), (303, "/"), "{}", answer.body);
        let session = answer
            .cookies
            .iter()
            .find(|one| one.starts_with("__Host-phusong="))
            .unwrap();
        assert!(session.contains("SameSite=Strict") && session.contains("HttpOnly"));
        let session = self.get("/api/session", session.split(';').next().unwrap()).await;
        session.body["user"]["name"].as_str().unwrap().to_owned()
    }

    fn refused(&self, answer: &Answer, status: u16, code: &str) {
        assert_eq!(
            (answer.status, answer.body["code"].as_str()),
            (status, Some(code)),
            "{}",
            answer.body
        );
        assert!(!answer.cookies.iter().any(|one| one.starts_with("__Host-phusong=")));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vouched_person_gets_the_account_that_was_made_for_them() {
    let house = House::open().await;
    let way = house.get("/api/session", "").await;
    assert_eq!(way.body["sign_in_service"], "/api/session/oidc");
    house.refused(&house.sign_in(json!({}), false).await, 403, "no_account");

    let account = house
        .service
        .store
        .create_account(NewAccount {
            name: "an.nguyen@hatinh.example.vn".into(),
            display_name: "An".into(),
            role: Role::Planner,
            operator: None,
        })
        .await
        .unwrap();
    house.refused(
        &house.sign_in(json!({ "email_verified": false }), false).await,
        403,
        "no_account",
    );
    let entered = house.sign_in(json!({}), false).await;
    assert_eq!(house.who(&entered).await, "an.nguyen@hatinh.example.vn");
    // Bound to the person: another address later is still that person, another person with that address is not.
    let moved = house.sign_in(json!({ "email": "an@other.example.vn" }), false).await;
    assert_eq!(house.who(&moved).await, "an.nguyen@hatinh.example.vn");
    house.refused(
        &house.sign_in(json!({ "sub": "person-2" }), false).await,
        403,
        "no_account",
    );
    let log = house.service.store.audit_entries(0, 100).await.unwrap();
    assert_eq!(
        log.iter().filter(|entry| entry.action == "session.begin_oidc").count(),
        2
    );

    let off = AccountChange {
        disabled: Some(true),
        ..AccountChange::default()
    };
    house
        .service
        .store
        .create_account(NewAccount {
            name: "admin".into(),
            display_name: "admin".into(),
            role: Role::Administrator,
            operator: None,
        })
        .await
        .unwrap();
    house.service.store.change_account(&account.id, off).await.unwrap();
    house.refused(&house.sign_in(json!({}), false).await, 403, "no_account");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_sign_in_service_did_not_say_is_not_believed() {
    let house = House::open().await;
    let new = NewAccount {
        name: "an.nguyen@hatinh.example.vn".into(),
        display_name: "An".into(),
        role: Role::Planner,
        operator: None,
    };
    house.service.store.create_account(new).await.unwrap();
    let now = jiff::Timestamp::now().as_second();
    for (wrong, forged) in [
        (json!({}), true),
        (json!({ "nonce": "another sign-in's" }), false),
        (json!({ "aud": "another client" }), false),
        (json!({ "iss": "https://elsewhere.example" }), false),
        (json!({ "exp": now - 3600 }), false),
    ] {
        house.refused(&house.sign_in(wrong, forged).await, 401, "sign_in_refused");
    }
    {
        let mut said = house.said.lock().unwrap();
        (said.other, said.forged) = (json!({}), false);
    }
    // Another browser, a state that nobody began, one that was used, one whose challenge is another's.
    let (state, tie) = house.begin().await;
    house.refused(&house.come_back(&state, "").await, 401, "sign_in_refused");
    house.refused(
        &house.come_back("made-up", "__Host-phusong-oidc=made-up").await,
        401,
        "sign_in_refused",
    );
    assert_eq!(house.come_back(&state, &tie).await.status, 303);
    house.refused(&house.come_back(&state, &tie).await, 401, "sign_in_refused");
    let (first, first_tie) = house.begin().await;
    house.begin().await;
    house.refused(&house.come_back(&first, &first_tie).await, 401, "sign_in_refused");
    let said_no = house.get("/api/session/oidc/callback?error=access_denied", "").await;
    house.refused(&said_no, 401, "sign_in_refused");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_sign_in_service_that_is_away_is_told_and_passwords_still_work() {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(folder.path()).await.unwrap();
    let nobody = std::net::TcpListener::bind("127.0.0.1:0")
        .unwrap()
        .local_addr()
        .unwrap();
    let accounts = Accounts {
        public_url: Some(PUBLIC_URL.to_owned()),
        sign_in_service: Some(SignInService {
            issuer: format!("http://{nobody}"),
            client_id: CLIENT.to_owned(),
            client_secret: None,
        }),
        ..Accounts::default()
    };
    let house = House {
        service: Service::new(store, None).with_accounts(accounts),
        said: Shared::default(),
        _folder: folder,
    };
    let away = house.get("/api/session/oidc", "").await;
    house.refused(&away, 502, "sign_in_service");
    let without = House {
        service: Service::new(house.service.store.clone(), None).with_accounts(Accounts::default()),
        said: Shared::default(),
        _folder: tempfile::tempdir().unwrap(),
    };
    without.refused(&without.get("/api/session/oidc", "").await, 409, "no_sign_in_service");
    assert_eq!(
        without.get("/api/session", "").await.body["sign_in_service"],
        Value::Null
    );
}
