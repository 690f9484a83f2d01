//! Passwords: Argon2id with the library's recommended cost (19 MiB, two passes).

use argon2::password_hash::SaltString;
use argon2::{Argon2, PasswordHash, PasswordHasher, PasswordVerifier};
use rand::RngCore;

use crate::StoreError;

/// Shorter passwords are refused.
pub const LEAST_PASSWORD_CHARACTERS: usize = 12;
/// Longer ones too: hashing is to cost the same for everybody.
const MOST_PASSWORD_BYTES: usize = 1024;

/// Whether a password may be set: long enough, of more than a handful of different characters.
pub fn is_strong_enough(password: &str) -> bool {
    let distinct: std::collections::HashSet<char> = password.chars().collect();
    password.chars().count() >= LEAST_PASSWORD_CHARACTERS
        && password.len() <= MOST_PASSWORD_BYTES
        && distinct.len() >= LEAST_PASSWORD_CHARACTERS / 2
}

/// Hashes a password, away from the threads that answer requests.
pub(crate) async fn hash(password: &str) -> Result<String, StoreError> {
    let password = password.to_owned();
    busy(move || {
        let mut salt = [0u8; 16];
        rand::rng().fill_bytes(&mut salt);
        let salt = SaltString::encode_b64(&salt).map_err(|error| unusable(&error))?;
        let hash = Argon2::default()
            .hash_password(password.as_bytes(), &salt)
            .map_err(|error| unusable(&error))?;
        Ok(hash.to_string())
    })
    .await
}

/// Whether a password is the one of a hash. Without a hash the same work is done for nothing, so that time tells nobody who has an account.
pub(crate) async fn matches(password: &str, hash: Option<String>) -> Result<bool, StoreError> {
    /// The hash of a password that nobody knows.
    const NOBODY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$AAAAAAAAAAAAAAAAAAAAAA$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    if password.len() > MOST_PASSWORD_BYTES {
        return Ok(false);
    }
    let password = password.to_owned();
    busy(move || {
        let known = hash.is_some();
        let hash = hash.unwrap_or_else(|| NOBODY.to_owned());
        let hash = PasswordHash::new(&hash).map_err(|error| unusable(&error))?;
        let same = Argon2::default().verify_password(password.as_bytes(), &hash).is_ok();
        Ok(same && known)
    })
    .await
}

fn unusable(error: &argon2::password_hash::Error) -> StoreError {
    StoreError::Damaged {
        what: "password hash".to_owned(),
        reason: error.to_string(),
    }
}

/// Hashing takes tens of milliseconds and 19 MiB: a few at once, or a crowd at the door would take the machine.
async fn busy<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    static TURNS: tokio::sync::Semaphore = tokio::sync::Semaphore::const_new(4);
    let _turn = TURNS.acquire().await;
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| StoreError::Damaged {
            what: "password check".to_owned(),
            reason: error.to_string(),
        })?
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_and_monotonous_passwords_are_refused() {
        for weak in ["", "short", "elevenchars", "aaaaaaaaaaaaaaaa", "abababababababab"] {
            assert!(!is_strong_enough(weak), "{weak}");
        }
        assert!(is_strong_enough("trạm phát sóng 529"));
        assert!(!is_strong_enough(&"abcdefghijkl".repeat(100)));
    }

    #[tokio::test]
    async fn a_hash_knows_its_password_and_no_other() {
        let hash = hash("mật khẩu của tôi").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert!(matches("mật khẩu của tôi", Some(hash.clone())).await.unwrap());
        assert!(!matches("mật khẩu của bạn", Some(hash)).await.unwrap());
        assert!(
            !matches("anything", None).await.unwrap(),
            "nobody's hash matches nothing"
        );
    }
}
