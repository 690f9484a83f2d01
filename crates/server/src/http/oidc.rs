//! Signing in through a sign-in service of the house (OpenID Connect, authorisation code flow with PKCE).
//!
//! The service vouches for who somebody is; whether that person has an account here, and with which role, an administrator has decided before.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use openidconnect::core::{CoreAuthenticationFlow, CoreClient, CoreJwsSigningAlgorithm, CoreProviderMetadata};
use openidconnect::{
    AuthorizationCode, ClientId, ClientSecret, CsrfToken, HttpRequest, HttpResponse, IssuerUrl, Nonce,
    PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope, TokenResponse,
};
use serde::Deserialize;
use store::Identity;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::cookie;
use super::accounts::begin;
use super::answers::Query;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new().routes(routes!(start)).routes(routes!(callback))
}

/// A sign-in service, and this one's registration there.
#[derive(Clone)]
pub struct SignInService {
    /// Its address (`https://id.example.vn/realms/tinh`), under which it describes itself.
    pub issuer: String,
    /// Under which name this service is registered there.
    pub client_id: String,
    /// The secret of the registration; none for a public client.
    pub client_secret: Option<String>,
}

impl std::fmt::Debug for SignInService {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SignInService({}, {})", self.issuer, self.client_id)
    }
}

/// Where the sign-in service sends people back to.
const CALLBACK: &str = "/api/session/oidc/callback";
/// How long somebody may take there.
const PATIENCE: Duration = Duration::from_secs(600);
/// Sign-ins under way; of more the oldest are forgotten.
const MOST_UNDER_WAY: usize = 1_000;
/// How long the sign-in service may take for an answer.
const ANSWER_TIME: Duration = Duration::from_secs(15);
/// Longest answer of the sign-in service, bytes.
const LONGEST_ANSWER: usize = 1 << 20;
/// Signatures that only the sign-in service can make.
const SIGNATURES: [CoreJwsSigningAlgorithm; 6] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// Sign-ins that began here and are not back yet, by their state.
#[derive(Default)]
pub struct SignInsUnderWay {
    begun: Mutex<HashMap<String, UnderWay>>,
}

struct UnderWay {
    nonce: Nonce,
    verifier: PkceCodeVerifier,
    at: Instant,
}

impl SignInsUnderWay {
    fn add(&self, state: String, nonce: Nonce, verifier: PkceCodeVerifier) {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.retain(|_, one| one.at.elapsed() < PATIENCE);
        if begun.len() >= MOST_UNDER_WAY
            && let Some(oldest) = begun
                .iter()
                .min_by_key(|(_, one)| one.at)
                .map(|(state, _)| state.clone())
        {
            begun.remove(&oldest);
        }
        let at = Instant::now();
        begun.insert(state, UnderWay { nonce, verifier, at });
    }

    /// Takes a sign-in by its state: it is good once.
    fn take(&self, state: &str) -> Option<UnderWay> {
        let mut begun = self.begun.lock().unwrap_or_else(PoisonError::into_inner);
        begun.remove(state).filter(|one| one.at.elapsed() < PATIENCE)
    }
}

/// The sign-in service and the address to which it sends people back.
fn settings(service: &Service) -> Result<(&SignInService, RedirectUrl), Problem> {
    let accounts = service.accounts();
    let found = accounts.and_then(|accounts| Some((accounts.sign_in_service.as_ref()?, accounts.public_url.as_ref()?)));
    let (sign_in, public_url) = found.ok_or_else(|| {
        Problem::new(
            409,
            "no_sign_in_service",
            "dịch vụ này không dùng cổng đăng nhập một lần",
            "this service has no sign-in service",
        )
        .advise(
            "Khởi động với --oidc-issuer, --oidc-client-id và --public-url.",
            "Start it with --oidc-issuer, --oidc-client-id and --public-url.",
        )
    })?;
    let address = format!("{}{CALLBACK}", public_url.trim_end_matches('/'));
    let address = RedirectUrl::new(address).map_err(|error| Problem::internal(&error))?;
    Ok((sign_in, address))
}

/// What the sign-in service says of itself, its keys included: asked for each time, so that keys may change.
async fn discover(sign_in: &SignInService) -> Result<CoreProviderMetadata, Problem> {
    let issuer = IssuerUrl::new(sign_in.issuer.clone()).map_err(|error| Problem::internal(&error))?;
    CoreProviderMetadata::discover_async(issuer, &ask)
        .await
        .map_err(|error| unreachable_service(&error))
}

/// One request to the sign-in service: no redirects, bounded in time and length.
async fn ask(request: HttpRequest) -> Result<HttpResponse, std::io::Error> {
    // One provider of cryptography for the whole program; whoever comes second finds it there.
    drop(rustls::crypto::ring::default_provider().install_default());
    let client = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(ANSWER_TIME)
        .build()
        .map_err(std::io::Error::other)?;
    let request = reqwest::Request::try_from(request).map_err(std::io::Error::other)?;
    let mut response = client.execute(request).await.map_err(std::io::Error::other)?;
    let (status, headers) = (response.status(), std::mem::take(response.headers_mut()));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(std::io::Error::other)? {
        body.extend_from_slice(&chunk);
        if body.len() > LONGEST_ANSWER {
            return Err(std::io::Error::other("the answer is too long"));
        }
    }
    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

fn unreachable_service(error: &dyn std::error::Error) -> Problem {
    let mut reason = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        reason.push_str(": ");
        reason.push_str(&inner.to_string());
        cause = inner.source();
    }
    tracing::warn!(%reason, "the sign-in service did not answer as it should");
    Problem::new(
        502,
        "sign_in_service",
        "cổng đăng nhập không trả lời đúng; thử lại sau hoặc đăng nhập bằng mật khẩu",
        "the sign-in service did not answer as it should; try again or sign in with a password",
    )
}

/// The cookie that ties a sign-in to the browser in which it began.
fn tie(service: &Service, state: &str, gone: bool) -> Result<HeaderValue, Problem> {
    let secure = service.accounts().is_some_and(crate::Accounts::is_secure);
    let (name, flags) = (tie_name(service), if secure { "; Secure" } else { "" });
    let age = if gone { 0 } else { PATIENCE.as_secs() };
    // Lax: people come back by a link from the sign-in service.
    let text = format!("{name}={state}; Path=/; HttpOnly; SameSite=Lax; Max-Age={age}{flags}");
    HeaderValue::from_str(&text).map_err(|error| Problem::internal(&error))
}

fn tie_name(service: &Service) -> &'static str {
    match service.accounts().is_some_and(crate::Accounts::is_secure) {
        true => "__Host-phusong-oidc",
        false => "phusong-oidc",
    }
}

/// Begins to sign in through the house's sign-in service: leads there.
#[utoipa::path(get, path = "/api/session/oidc", tag = "accounts", responses((status = 303, description = "To the sign-in service"), (status = 409, description = "There is none", body = Problem), (status = 502, body = Problem)))]
async fn start(State(service): State<Service>) -> Result<Response, Problem> {
    let (sign_in, address) = settings(&service)?;
    let metadata = discover(sign_in).await?;
    let secret = sign_in.client_secret.clone().map(ClientSecret::new);
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(sign_in.client_id.clone()), secret)
        .set_redirect_uri(address);
    let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
    let (there, state, nonce) = client
        .authorize_url(
            CoreAuthenticationFlow::AuthorizationCode,
            CsrfToken::new_random,
            Nonce::new_random,
        )
        .add_scope(Scope::new("email".to_owned()))
        .set_pkce_challenge(challenge)
        .url();
    let cookie = tie(&service, state.secret(), false)?;
    service.sign_ins().add(state.into_secret(), nonce, verifier);
    let mut response = Redirect::to(there.as_str()).into_response();
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct Returned {
    /// What the sign-in service gives instead of a password.
    code: Option<String>,
    /// The sign-in that it is of.
    state: Option<String>,
    /// Why the sign-in service refused.
    error: Option<String>,
}

/// Ends the sign-in that began at `/api/session/oidc`: begins a session and leads to the page.
#[utoipa::path(get, path = "/api/session/oidc/callback", tag = "accounts", params(Returned), responses((status = 303, description = "To the page, with the session's cookie"),
    (status = 401, description = "`sign_in_refused`", body = Problem), (status = 403, description = "`no_account`: nobody made an account for this person", body = Problem), (status = 409, body = Problem), (status = 502, body = Problem)))]
async fn callback(
    State(service): State<Service>,
    headers: HeaderMap,
    Query(returned): Query<Returned>,
) -> Result<Response, Problem> {
    let (sign_in, address) = settings(&service)?;
    if let Some(error) = &returned.error {
        return Err(refused(&format!("the sign-in service said {error:?}")));
    }
    let (Some(code), Some(state)) = (returned.code, returned.state) else {
        return Err(refused(&"code or state is missing"));
    };
    if cookie(&headers, tie_name(&service)) != Some(state.as_str()) {
        return Err(refused(&"another browser began this sign-in"));
    }
    let Some(begun) = service.sign_ins().take(&state) else {
        return Err(refused(&"no such sign-in is under way"));
    };
    let person = vouched(sign_in, address, code, begun).await?;
    let identity = Identity {
        issuer: &sign_in.issuer,
        subject: &person.subject,
        verified_email: person.verified_email.as_deref(),
    };
    let account = service
        .store
        .account_of_identity(identity)
        .await?
        .ok_or_else(no_account)?;
    let session = begin(&service, &account, "session.begin_oidc").await?;
    let mut response = Redirect::to("/").into_response();
    for cookie in session.headers().get_all(header::SET_COOKIE) {
        response.headers_mut().append(header::SET_COOKIE, cookie.clone());
    }
    response
        .headers_mut()
        .append(header::SET_COOKIE, tie(&service, "", true)?);
    Ok(response)
}

/// Who the sign-in service says somebody is.
struct Person {
    subject: String,
    verified_email: Option<String>,
}

/// Exchanges the code, and believes what comes of it when it is signed by the service, for this client, and for this very sign-in.
async fn vouched(
    sign_in: &SignInService,
    address: RedirectUrl,
    code: String,
    begun: UnderWay,
) -> Result<Person, Problem> {
    let metadata = discover(sign_in).await?;
    let secret = sign_in.client_secret.clone().map(ClientSecret::new);
    let client = CoreClient::from_provider_metadata(metadata, ClientId::new(sign_in.client_id.clone()), secret)
        .set_redirect_uri(address);
    let answer = client
        .exchange_code(AuthorizationCode::new(code))
        .map_err(|error| unreachable_service(&error))?
        .set_pkce_verifier(begun.verifier)
        .request_async(&ask)
        .await
        .map_err(|error| refused(&error))?;
    let token = answer.id_token().ok_or_else(|| refused(&"no ID token"))?;
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
    let claims = token.claims(&verifier, &begun.nonce).map_err(|error| refused(&error))?;
    let email = claims.email().filter(|_| claims.email_verified() == Some(true));
    Ok(Person {
        subject: claims.subject().to_string(),
        verified_email: email.map(|email| email.to_string()),
    })
}

/// The reason goes to the log: it helps who would try again, and nobody else.
fn refused(reason: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(%reason, "a sign-in through the sign-in service was refused");
    Problem::new(
        401,
        "sign_in_refused",
        "không đăng nhập được qua cổng đăng nhập; hãy thử lại từ đầu",
        "signing in through the sign-in service did not work; begin again",
    )
}

fn no_account() -> Problem {
    Problem::new(
        403,
        "no_account",
        "chưa có tài khoản nào cho địa chỉ thư điện tử này",
        "nobody has made an account for this e-mail address",
    )
    .advise(
        "Xin quản trị viên tạo tài khoản mang tên là địa chỉ thư điện tử đó.",
        "Ask an administrator for an account whose name is that address.",
    )
}
