//! Who asks: from a cookie, a token, or nothing.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, header};
use serde_json::{Value, json};
use store::{Account, NewAuditEntry, Role, Scope, Viewer};

use super::Access;
use crate::{Problem, Service};

/// Who sent a request, and what may be done in its name.
#[derive(Debug, Clone)]
pub struct Asker {
    role: Role,
    viewer: Viewer,
    means: Means,
}

/// What a request showed to come in.
#[derive(Debug, Clone)]
enum Means {
    /// Nothing is needed: the single user of a service that listens on this machine only.
    SingleUser,
    /// A session's cookie.
    Session {
        account: Box<Account>,
        secret: String,
        expires_at: String,
    },
    /// An API token.
    Token { account: Box<Account>, scope: Scope },
    /// Nothing.
    Nothing { open_to_public: bool },
}

impl Asker {
    /// Finds out who sends a request.
    ///
    /// # Errors
    /// `bad_token` for a token that is nobody's: a program is better told than treated as a stranger.
    pub async fn of(service: &Service, headers: &HeaderMap) -> Result<Self, Problem> {
        let Some(accounts) = service.accounts() else {
            return Ok(Self {
                role: Role::Administrator,
                viewer: Viewer::Department,
                means: Means::SingleUser,
            });
        };
        if let Some(token) = bearer(headers) {
            let (holder, scope) = service.store.token_holder(token).await?.ok_or_else(bad_token)?;
            let account = Box::new(holder.account);
            return Ok(Self::with(&account.clone(), Means::Token { account, scope }));
        }
        if let Some(secret) = cookie(headers, accounts.cookie_name())
            && let Some(session) = service.store.session(secret).await?
        {
            let account = Box::new(session.account);
            let means = Means::Session {
                account: account.clone(),
                secret: secret.to_owned(),
                expires_at: session.expires_at,
            };
            return Ok(Self::with(&account, means));
        }
        Ok(Self {
            role: Role::Public,
            viewer: Viewer::Aggregates,
            means: Means::Nothing {
                open_to_public: accounts.open_to_public,
            },
        })
    }

    fn with(account: &Account, means: Means) -> Self {
        Self {
            role: account.role,
            viewer: account.role.viewer(account.operator.as_deref()),
            means,
        }
    }

    /// Through whose eyes the store is asked.
    pub fn viewer(&self) -> &Viewer {
        &self.viewer
    }

    /// The account, when somebody signed in.
    pub fn account(&self) -> Option<&Account> {
        match &self.means {
            Means::Session { account, .. } | Means::Token { account, .. } => Some(account),
            Means::SingleUser | Means::Nothing { .. } => None,
        }
    }

    /// The session's cookie and its end, when the asker came with one.
    pub fn session(&self) -> Option<(&str, &str)> {
        match &self.means {
            Means::Session { secret, expires_at, .. } => Some((secret, expires_at)),
            _ => None,
        }
    }

    /// Whether the service knows who this is.
    pub fn is_known(&self) -> bool {
        !matches!(self.means, Means::Nothing { .. })
    }

    /// The name for the audit log.
    pub fn who(&self) -> &str {
        match &self.means {
            Means::SingleUser => "local",
            Means::Session { account, .. } | Means::Token { account, .. } => &account.name,
            Means::Nothing { .. } => "public",
        }
    }

    /// Whether this asker may use a route.
    pub fn may(&self, access: Access) -> bool {
        let by_means = match &self.means {
            Means::SingleUser => true,
            // Whoever steals a program's token is not to manage accounts or passwords with it.
            Means::Token { .. } if access.needs_session() => false,
            Means::Token { scope: Scope::Read, .. } => !access.changes(),
            Means::Token { .. } | Means::Session { .. } => true,
            Means::Nothing { open_to_public } => {
                access == Access::Open || (*open_to_public && access == Access::Aggregates)
            }
        };
        by_means && access.is_for(self.role)
    }

    /// Writes into the audit log what the asker did.
    pub async fn note(
        &self,
        service: &Service,
        action: &str,
        project: Option<&str>,
        subject: &str,
        details: Value,
    ) -> Result<(), Problem> {
        let entry = NewAuditEntry {
            who: self.who(),
            action,
            project,
            subject,
            details,
        };
        service.store.append_audit(entry).await?;
        Ok(())
    }

    /// What the page needs to know about whoever looks at it.
    pub fn describe(&self, service: &Service) -> Value {
        let accounts = service.accounts().is_some();
        let user = match (&self.means, self.account()) {
            (Means::SingleUser, _) => json!({
                "id": "local", "name": "local", "display_name": "", "role": self.role, "operator": null, "totp": false,
            }),
            (_, Some(account)) => json!({
                "id": account.id, "name": account.name, "display_name": account.display_name,
                "role": account.role, "operator": account.operator, "totp": account.totp,
            }),
            _ => Value::Null,
        };
        json!({
            "mode": if accounts { "accounts" } else { "single_user" },
            "user": user,
            "may": {
                "see": self.may(Access::Aggregates),
                "edit": self.may(Access::Edit),
                "upload": self.may(Access::Upload),
                "rows": self.may(Access::Rows),
                "plans": self.may(Access::Rows),
                "accounts": accounts && self.may(Access::Accounts),
                "audit": self.may(Access::Audit),
            },
            "expires_at": self.session().map(|(_, end)| end),
            "sign_in_service": service.accounts().and_then(|accounts| accounts.sign_in_service.as_ref()).map(|_| "/api/session/oidc"),
        })
    }
}

impl<S: Sync> FromRequestParts<S> for Asker {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Problem> {
        let asker = parts.extensions.get::<Self>().cloned();
        asker.ok_or_else(|| Problem::internal(&"a request that nobody admitted"))
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

/// The value of a cookie.
pub fn cookie<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('='))
}

fn bad_token() -> Problem {
    Problem::new(
        401,
        "bad_token",
        "mã truy cập API không đúng hoặc đã hết hạn",
        "the API token is wrong or has expired",
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn cookies_and_tokens_are_found_among_others() {
        let mut headers = HeaderMap::new();
        headers.insert(
            header::COOKIE,
            HeaderValue::from_static("a=1; phusong=secret; phusong2=x"),
        );
        headers.insert(header::AUTHORIZATION, HeaderValue::from_static("bearer  phs_1"));
        assert_eq!(cookie(&headers, "phusong"), Some("secret"));
        assert_eq!(cookie(&headers, "other"), None);
        assert_eq!(bearer(&headers), Some("phs_1"));
    }
}
