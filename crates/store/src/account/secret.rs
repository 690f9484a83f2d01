//! Random secrets: handed out once, kept as hashes.

use rand::RngCore;

/// 256 random bits from the system's generator, as hexadecimal digits.
pub(crate) fn random() -> String {
    let mut bytes = [0u8; 32];
    rand::rng().fill_bytes(&mut bytes);
    hex::encode(bytes)
}

/// What is kept of a secret. It has 256 random bits: a fast hash cannot be guessed backwards.
pub(crate) fn hash(secret: &str) -> String {
    blake3::hash(secret.as_bytes()).to_hex().to_string()
}
