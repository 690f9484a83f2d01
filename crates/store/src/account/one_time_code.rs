//! One-time codes from an authenticator app: TOTP (RFC 6238: SHA-1, 30 s, 6 digits).

use hmac::{Hmac, KeyInit, Mac};
use rand::RngCore;
use sha1::Sha1;

const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// Clocks may differ by one step either way.
const SLACK_STEPS: i64 = 1;
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret of 160 bits (RFC 4226 § 4), in base 32 as authenticator apps take it.
pub(crate) fn new_secret() -> String {
    let mut bytes = [0u8; 20];
    rand::rng().fill_bytes(&mut bytes);
    to_base32(&bytes)
}

/// The step whose code this is, near `unix_seconds` and after `last_step` (a code is good once).
pub(crate) fn accepted_step(secret: &str, code: &str, unix_seconds: i64, last_step: i64) -> Option<i64> {
    let key = from_base32(secret)?;
    let code = code.trim();
    let now = unix_seconds.div_euclid(STEP_SECONDS);
    (now - SLACK_STEPS..=now + SLACK_STEPS)
        .filter(|step| *step > last_step)
        .find(|step| code_of(&key, *step).as_deref() == Some(code))
}

/// HOTP of RFC 4226 § 5.3 over the number of the time step.
fn code_of(key: &[u8], step: i64) -> Option<String> {
    let mut mac = Hmac::<Sha1>::new_from_slice(key).ok()?;
    mac.update(&u64::try_from(step).ok()?.to_be_bytes());
    let digest = mac.finalize().into_bytes();
    let offset = usize::from(*digest.last()? & 0xf);
    let four: [u8; 4] = digest.get(offset..offset + 4)?.try_into().ok()?;
    let number = (u32::from_be_bytes(four) & 0x7fff_ffff) % 10u32.pow(DIGITS);
    Some(format!("{number:0width$}", width = DIGITS as usize))
}

fn to_base32(bytes: &[u8]) -> String {
    let (mut buffer, mut bits, mut text) = (0u32, 0, String::new());
    for byte in bytes {
        buffer = buffer << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(char::from(BASE32[(buffer >> bits & 31) as usize]));
        }
    }
    text
}

fn from_base32(text: &str) -> Option<Vec<u8>> {
    let (mut buffer, mut bits, mut bytes) = (0u32, 0, Vec::new());
    for character in text.bytes() {
        let digit = BASE32.iter().position(|known| *known == character)?;
        buffer = buffer << 5 | u32::try_from(digit).ok()?;
        bits += 5;
        if bits >= 8 {
            bits -= 8;
            bytes.push((buffer >> bits & 255) as u8);
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B (SHA-1), the last six of its eight digits.
    const VECTORS: [(i64, &str); 6] = [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ];

    #[test]
    fn codes_are_those_of_the_standard_and_good_once() {
        let secret = to_base32(b"12345678901234567890");
        assert_eq!(from_base32(&secret).unwrap(), b"12345678901234567890");
        for (seconds, code) in VECTORS {
            let step = accepted_step(&secret, code, seconds, 0).unwrap();
            assert_eq!(step, seconds / STEP_SECONDS);
            assert_eq!(accepted_step(&secret, code, seconds, step), None, "used already");
            assert_eq!(
                accepted_step(&secret, code, seconds + 4 * STEP_SECONDS, 0),
                None,
                "too late"
            );
        }
        assert_eq!(accepted_step(&secret, "", 59, 0), None);
        assert_eq!(accepted_step("not base 32", "287082", 59, 0), None);
    }
}
