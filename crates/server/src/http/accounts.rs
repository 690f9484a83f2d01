//! Signing in and out, one's own password, codes and tokens; accounts, for administrators.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use store::{Account, AccountChange, ApiToken, LEAST_PASSWORD_CHARACTERS, NewAccount, Role, Scope, SignIn};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::access::Asker;
use super::answers::{Body, Origin, Path};
use crate::service::Accounts;
use crate::{Problem, Service};

pub fn routes() -> OpenApiRouter<Service> {
    OpenApiRouter::new()
        .routes(routes!(session, sign_in, sign_out))
        .routes(routes!(set_up))
        .routes(routes!(change_password))
        .routes(routes!(propose_codes, confirm_codes, remove_codes))
        .routes(routes!(tokens, create_token))
        .routes(routes!(delete_token))
        .routes(routes!(users, create_user))
        .routes(routes!(change_user, delete_user))
        .routes(routes!(invite))
}

/// Name and password, with a one-time code where the account has them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Credentials {
    name: String,
    password: String,
    code: Option<String>,
}

/// Who is signed in, and what that allows.
#[utoipa::path(get, path = "/api/session", tag = "accounts", responses((status = 200, description = "{mode, user, may, expires_at, sign_in_service}: the last is the address to go to where the house has a sign-in service", body = Value)))]
async fn session(State(service): State<Service>, asker: Asker) -> Json<Value> {
    Json(asker.describe(&service))
}

fn accounts(service: &Service) -> Result<&Accounts, Problem> {
    service.accounts().ok_or_else(|| {
        Problem::new(
            409,
            "no_accounts",
            "dịch vụ này chạy ở chế độ một người dùng, không có tài khoản",
            "this service runs for a single user and has no accounts",
        )
        .advise(
            "Khởi động bằng `phusong serve --sign-in`.",
            "Start it with `phusong serve --sign-in`.",
        )
    })
}

/// Signs in: answers as `GET /api/session` and sets the session's cookie.
#[utoipa::path(post, path = "/api/session", tag = "accounts", request_body(content = Credentials, example = json!({"name": "admin", "password": "a long password"})),
    responses((status = 200, body = Value), (status = 401, description = "`bad_credentials`, or `code_needed`", body = Problem),
        (status = 409, body = Problem), (status = 429, description = "`locked` after too many failures", body = Problem)))]
async fn sign_in(State(service): State<Service>, Body(credentials): Body<Credentials>) -> Result<Response, Problem> {
    accounts(&service)?;
    let code = credentials.code.as_deref().filter(|code| !code.trim().is_empty());
    let outcome = service
        .store
        .sign_in(&credentials.name, &credentials.password, code)
        .await?;
    match outcome {
        SignIn::Accepted(account) => begin(&service, &account, "session.begin").await,
        SignIn::Refused => Err(bad_credentials()),
        SignIn::CodeNeeded => Err(Problem::new(
            401,
            "code_needed",
            "cần mã xác thực 6 số đúng",
            "the account needs a right 6-digit code",
        )),
        SignIn::Locked(seconds) => {
            let problem = Problem::new(
                429,
                "locked",
                format!("tài khoản tạm khóa sau nhiều lần sai; thử lại sau {seconds} giây"),
                format!("the account is locked after too many failures; try again in {seconds} seconds"),
            );
            Ok(([(header::RETRY_AFTER, seconds.to_string())], problem).into_response())
        }
    }
}

fn bad_credentials() -> Problem {
    Problem::new(
        401,
        "bad_credentials",
        "tên hoặc mật khẩu không đúng",
        "the name or the password is wrong",
    )
}

/// Begins a session for an account: answers who it is, with the cookie.
pub async fn begin(service: &Service, account: &Account, action: &str) -> Result<Response, Problem> {
    let accounts = accounts(service)?;
    let session = service.store.begin_session(&account.id).await?;
    let cookie = accounts.cookie(&session.secret, false);
    let mut headers = axum::http::HeaderMap::new();
    let pair = format!("{}={}", accounts.cookie_name(), session.secret);
    headers.insert(header::COOKIE, header_value(&pair)?);
    let asker = Asker::of(service, &headers).await?;
    asker
        .note(service, action, None, &account.id, json!({ "role": account.role }))
        .await?;
    let mut response = Json(asker.describe(service)).into_response();
    response
        .headers_mut()
        .insert(header::SET_COOKIE, header_value(&cookie)?);
    Ok(response)
}

fn header_value(text: &str) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(text).map_err(|error| Problem::internal(&error))
}

/// Signs out.
#[utoipa::path(delete, path = "/api/session", tag = "accounts", responses((status = 204)))]
async fn sign_out(State(service): State<Service>, asker: Asker) -> Result<Response, Problem> {
    let mut response = StatusCode::NO_CONTENT.into_response();
    if let (Some(accounts), Some((secret, _))) = (service.accounts(), asker.session()) {
        service.store.end_session(secret).await?;
        asker.note(&service, "session.end", None, "", json!({})).await?;
        let gone = header_value(&accounts.cookie("", true))?;
        response.headers_mut().insert(header::SET_COOKIE, gone);
    }
    Ok(response)
}

/// A one-time link's secret with the password that it sets.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct SetUp {
    token: String,
    password: String,
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    display_name: Option<String>,
}

/// Uses a one-time link: sets the account's password and signs in.
#[utoipa::path(post, path = "/api/setup", tag = "accounts", request_body(content = SetUp, example = json!({"token": "0123456789abcdef", "password": "a long password"})),
    responses((status = 200, body = Value), (status = 404, description = "`no_such_invitation`: wrong, used or expired", body = Problem),
        (status = 409, body = Problem), (status = 422, description = "`weak_password`", body = Problem)))]
async fn set_up(State(service): State<Service>, Body(given): Body<SetUp>) -> Result<Response, Problem> {
    accounts(&service)?;
    check_password(&given.password)?;
    let account = service
        .store
        .accept_invitation(&given.token, &given.password)
        .await?
        .ok_or_else(|| {
            Problem::new(
                404,
                "no_such_invitation",
                "liên kết không đúng, đã dùng hoặc đã hết hạn",
                "the link is wrong, used or expired",
            )
            .advise(
                "Xin quản trị viên liên kết mới.",
                "Ask an administrator for a new link.",
            )
        })?;
    let account = match given.display_name {
        Some(name) => {
            let change = AccountChange {
                display_name: Some(checked_text("display_name", &name)?),
                ..AccountChange::default()
            };
            service.store.change_account(&account.id, change).await?
        }
        None => account,
    };
    begin(&service, &account, "account.password").await
}

fn check_password(password: &str) -> Result<(), Problem> {
    if store::is_strong_enough(password) {
        return Ok(());
    }
    Err(Problem::new(
        422,
        "weak_password",
        format!("mật khẩu cần ít nhất {LEAST_PASSWORD_CHARACTERS} ký tự và không đơn điệu"),
        format!("a password needs at least {LEAST_PASSWORD_CHARACTERS} characters, not all alike"),
    ))
}

fn checked_text(name: &str, text: &str) -> Result<String, Problem> {
    const LONGEST: usize = 100;
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > LONGEST || text.chars().any(char::is_control) {
        return Err(Problem::bad_parameter(
            name,
            format!("{name} cần từ 1 đến {LONGEST} ký tự"),
            format!("{name} needs 1 to {LONGEST} characters"),
        ));
    }
    Ok(text.to_owned())
}

/// The account of whoever is signed in with a session.
fn own(asker: &Asker) -> Result<&Account, Problem> {
    asker.account().ok_or_else(|| {
        Problem::new(
            409,
            "no_accounts",
            "người dùng duy nhất của máy này không có tài khoản",
            "the single user of this machine has no account",
        )
    })
}

/// The present password with a new one.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewPassword {
    current: String,
    new: String,
}

/// Changes one's own password; one's other sessions end.
#[utoipa::path(post, path = "/api/session/password", tag = "accounts", request_body(content = NewPassword, example = json!({"current": "a long password", "new": "a longer password"})),
    responses((status = 204), (status = 401, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn change_password(
    State(service): State<Service>,
    asker: Asker,
    Body(given): Body<NewPassword>,
) -> Result<StatusCode, Problem> {
    let account = own(&asker)?;
    check_password(&given.new)?;
    let kept = asker.session().map(|(secret, _)| secret);
    let changed = service
        .store
        .change_password(&account.id, &given.current, &given.new, kept)
        .await?;
    if !changed {
        return Err(bad_credentials());
    }
    asker
        .note(&service, "account.password", None, &account.id, json!({}))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Proposes one-time codes: the secret for an authenticator app.
#[utoipa::path(post, path = "/api/session/totp", tag = "accounts", responses((status = 200, description = "{secret, uri}", body = Value), (status = 409, body = Problem)))]
async fn propose_codes(State(service): State<Service>, asker: Asker) -> Result<Json<Value>, Problem> {
    let account = own(&asker)?;
    if account.totp {
        return Err(Problem::new(
            409,
            "codes_on",
            "mã xác thực đang bật; tắt trước khi đặt lại",
            "one-time codes are on; switch them off first",
        ));
    }
    let secret = service.store.propose_totp(&account.id).await?;
    let uri = format!("otpauth://totp/Phusong:{}?secret={secret}&issuer=Phusong", account.name);
    Ok(Json(json!({ "secret": secret, "uri": uri })))
}

/// A code that an authenticator app shows.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Code {
    code: String,
}

/// Switches one-time codes on, by showing that one works.
#[utoipa::path(put, path = "/api/session/totp", tag = "accounts", request_body(content = Code, example = json!({"code": "123456"})),
    responses((status = 204), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn confirm_codes(
    State(service): State<Service>,
    asker: Asker,
    Body(given): Body<Code>,
) -> Result<StatusCode, Problem> {
    let account = own(&asker)?;
    if !service.store.confirm_totp(&account.id, &given.code).await? {
        return Err(Problem::new(
            401,
            "bad_code",
            "mã xác thực không đúng",
            "the code is wrong",
        ));
    }
    asker
        .note(&service, "account.codes_on", None, &account.id, json!({}))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct OwnPassword {
    password: String,
}

/// Switches one-time codes off.
#[utoipa::path(delete, path = "/api/session/totp", tag = "accounts", request_body(content = OwnPassword, example = json!({"password": "a long password"})),
    responses((status = 204), (status = 401, body = Problem), (status = 409, body = Problem)))]
async fn remove_codes(
    State(service): State<Service>,
    asker: Asker,
    Body(given): Body<OwnPassword>,
) -> Result<StatusCode, Problem> {
    let account = own(&asker)?;
    if !service.store.knows_password(&account.id, &given.password).await? {
        return Err(bad_credentials());
    }
    service.store.remove_totp(&account.id).await?;
    asker
        .note(&service, "account.codes_off", None, &account.id, json!({}))
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// One's own API tokens.
#[utoipa::path(get, path = "/api/tokens", tag = "accounts", responses((status = 200, body = [Value]), (status = 409, body = Problem)))]
async fn tokens(State(service): State<Service>, asker: Asker) -> Result<Json<Vec<ApiToken>>, Problem> {
    Ok(Json(service.store.tokens(&own(&asker)?.id).await?))
}

/// What a token is for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewToken {
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    name: String,
    #[schema(value_type = String, pattern = "^(read|write)$")]
    scope: Scope,
    #[schema(minimum = 1, maximum = 365)]
    days: u16,
}

/// Makes an API token; its secret is told once.
#[utoipa::path(post, path = "/api/tokens", tag = "accounts", request_body(content = NewToken, example = json!({"name": "QGIS", "scope": "read", "days": 90})),
    responses((status = 201, body = Value), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn create_token(
    State(service): State<Service>,
    asker: Asker,
    Body(wanted): Body<NewToken>,
) -> Result<Response, Problem> {
    const LONGEST_DAYS: u16 = 365;
    let account = own(&asker)?;
    let name = checked_text("name", &wanted.name)?;
    if wanted.days == 0 || wanted.days > LONGEST_DAYS {
        return Err(Problem::bad_parameter(
            "days",
            format!("days phải từ 1 đến {LONGEST_DAYS}"),
            format!("days must be 1 to {LONGEST_DAYS}"),
        ));
    }
    let new = service
        .store
        .create_token(&account.id, &name, wanted.scope, wanted.days)
        .await?;
    let details = json!({ "scope": wanted.scope, "days": wanted.days });
    asker
        .note(&service, "token.create", None, &new.token.id, details)
        .await?;
    let mut answer = serde_json::to_value(&new.token)?;
    answer["token"] = json!(new.secret);
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Ends a token.
#[utoipa::path(delete, path = "/api/tokens/{token}", tag = "accounts", params(("token" = String, Path, description = "Id")), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete_token(
    State(service): State<Service>,
    asker: Asker,
    Path(id): Path<String>,
) -> Result<StatusCode, Problem> {
    service.store.delete_token(&own(&asker)?.id, &id).await?;
    asker.note(&service, "token.delete", None, &id, json!({})).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// An account, as administrators see it.
#[derive(Debug, Serialize, ToSchema)]
struct UserView {
    id: String,
    name: String,
    display_name: String,
    #[schema(value_type = String)]
    role: Role,
    operator: Option<String>,
    disabled: bool,
    totp: bool,
    locked: bool,
    has_password: bool,
    created_at: String,
    last_seen_at: Option<String>,
}

impl From<Account> for UserView {
    fn from(account: Account) -> Self {
        Self {
            locked: account.is_locked(),
            id: account.id,
            name: account.name,
            display_name: account.display_name,
            role: account.role,
            operator: account.operator,
            disabled: account.disabled,
            totp: account.totp,
            has_password: account.has_password,
            created_at: account.created_at,
            last_seen_at: account.last_seen_at,
        }
    }
}

/// Every account.
#[utoipa::path(get, path = "/api/users", tag = "accounts", responses((status = 200, body = [UserView])))]
async fn users(State(service): State<Service>) -> Result<Json<Vec<UserView>>, Problem> {
    let accounts = service.store.accounts().await?;
    Ok(Json(accounts.into_iter().map(UserView::from).collect()))
}

/// Who is to get an account.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewUser {
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    name: String,
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    display_name: Option<String>,
    #[schema(value_type = String, pattern = "^(administrator|planner|operator|zone_board|commune|auditor|public)$")]
    role: Role,
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    operator: Option<String>,
}

/// Makes an account, with the one-time link by which its owner sets the password.
#[utoipa::path(post, path = "/api/users", tag = "accounts", request_body(content = NewUser, example = json!({"name": "viettel", "role": "operator", "operator": "Viettel"})),
    responses((status = 201, description = "{user, invitation: {link, expires_at}}", body = Value), (status = 400, body = Problem), (status = 409, body = Problem)))]
async fn create_user(
    State(service): State<Service>,
    origin: Origin,
    asker: Asker,
    Body(wanted): Body<NewUser>,
) -> Result<Response, Problem> {
    accounts(&service)?;
    let name = checked_text("name", &wanted.name)?;
    let display_name = match &wanted.display_name {
        Some(text) => checked_text("display_name", text)?,
        None => name.clone(),
    };
    let operator = wanted
        .operator
        .map(|text| checked_text("operator", &text))
        .transpose()?;
    check_operator(wanted.role, operator.as_deref())?;
    let new = NewAccount {
        name,
        display_name,
        role: wanted.role,
        operator,
    };
    let account = service.store.create_account(new).await?;
    let details = json!({ "role": account.role, "operator": account.operator });
    asker
        .note(&service, "account.create", None, &account.id, details)
        .await?;
    let invitation = invitation(&service, &origin, &account.id).await?;
    let answer = json!({ "user": UserView::from(account), "invitation": invitation });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn check_operator(role: Role, operator: Option<&str>) -> Result<(), Problem> {
    if (role == Role::Operator) == operator.is_some() {
        return Ok(());
    }
    Err(Problem::bad_parameter(
        "operator",
        "vai trò operator cần tên nhà mạng, các vai trò khác thì không",
        "the role operator needs an operator's name, other roles have none",
    )
    .well_formed())
}

async fn invitation(service: &Service, origin: &Origin, account: &str) -> Result<Value, Problem> {
    let invitation = service.store.invite(account).await?;
    let link = accounts(service)?.link(&origin.0, &invitation.secret);
    Ok(json!({ "link": link, "expires_at": invitation.expires_at }))
}

/// What of an account is to become different.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct UserChange {
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    display_name: Option<String>,
    #[schema(value_type = Option<String>, pattern = "^(administrator|planner|operator|zone_board|commune|auditor|public)$")]
    role: Option<Role>,
    #[schema(
        min_length = 1,
        max_length = 100,
        pattern = "^(?=.*\\S)[^\\u0000-\\u001f\\u007f-\\u009f]*$"
    )]
    operator: Option<String>,
    disabled: Option<bool>,
}

/// Changes an account; who is switched off or gets another role is signed out.
#[utoipa::path(patch, path = "/api/users/{user}", tag = "accounts", params(("user" = String, Path, description = "Id or name")),
    request_body(content = UserChange, example = json!({"disabled": true})),
    responses((status = 200, body = UserView), (status = 400, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn change_user(
    State(service): State<Service>,
    asker: Asker,
    Path(user): Path<String>,
    Body(wanted): Body<UserChange>,
) -> Result<Json<UserView>, Problem> {
    let before = service.store.account(&user).await?;
    let role = wanted.role.unwrap_or(before.role);
    let operator = match wanted.operator {
        Some(text) => Some(checked_text("operator", &text)?),
        None => before.operator.filter(|_| role == Role::Operator),
    };
    check_operator(role, operator.as_deref())?;
    let change = AccountChange {
        display_name: wanted
            .display_name
            .map(|text| checked_text("display_name", &text))
            .transpose()?,
        role: Some(role),
        operator: Some(operator),
        disabled: wanted.disabled,
    };
    let account = service.store.change_account(&before.id, change).await?;
    let details = json!({ "role": account.role, "operator": account.operator, "disabled": account.disabled });
    asker
        .note(&service, "account.change", None, &account.id, details)
        .await?;
    Ok(Json(account.into()))
}

/// Deletes an account with its sessions and tokens.
#[utoipa::path(delete, path = "/api/users/{user}", tag = "accounts", params(("user" = String, Path, description = "Id or name")),
    responses((status = 204), (status = 404, body = Problem), (status = 409, description = "`last_administrator`", body = Problem)))]
async fn delete_user(
    State(service): State<Service>,
    asker: Asker,
    Path(user): Path<String>,
) -> Result<StatusCode, Problem> {
    let account = service.store.account(&user).await?;
    service.store.delete_account(&account.id).await?;
    asker
        .note(
            &service,
            "account.delete",
            None,
            &account.id,
            json!({ "name": account.name }),
        )
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new one-time link for an account: forgotten password, lost authenticator, lock.
#[utoipa::path(post, path = "/api/users/{user}/invitation", tag = "accounts", params(("user" = String, Path, description = "Id or name")),
    responses((status = 201, description = "{link, expires_at}", body = Value), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn invite(
    State(service): State<Service>,
    origin: Origin,
    asker: Asker,
    Path(user): Path<String>,
) -> Result<Response, Problem> {
    let account = service.store.account(&user).await?;
    let answer = invitation(&service, &origin, &account.id).await?;
    asker
        .note(&service, "account.invite", None, &account.id, json!({}))
        .await?;
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}
