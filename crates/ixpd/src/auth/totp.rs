//! Time-based one-time passwords (RFC 6238) with the secrets that IXP Manager stores.

use chrono::{DateTime, Utc};
use totp_rs::{Algorithm, Builder, Secret, Totp};

use crate::random::Random;

/// Characters of a secret, base 32 (`user_2fa.secret`).
const SECRET_CHARACTERS: usize = 32;
/// Seconds of a step.
const STEP: u64 = 30;

/// A secret for a new second factor, in base 32.
pub fn new_secret(random: &Random) -> String {
    let bytes = random.bytes::<{ SECRET_CHARACTERS * 5 / 8 }>();
    base32::encode(base32::Alphabet::Rfc4648 { padding: false }, &bytes)
}

/// The step that `code` belongs to, if it is right at `now` give or take `window` steps and later
/// than the last one that was accepted, so that a code works once.
pub fn matching_step(
    secret: &str,
    code: &str,
    now: DateTime<Utc>,
    window: u16,
    last_step: Option<u64>,
) -> Option<u64> {
    let code: String = code.chars().filter(|character| !character.is_whitespace()).collect();
    let totp = totp(secret, window)?;
    let step = totp.check(&code, u64::try_from(now.timestamp()).ok()?)?;
    last_step.is_none_or(|last| step > last).then_some(step)
}

/// The `otpauth://` address that authenticator apps read from the QR code.
pub fn provisioning_url(secret: &str, issuer: &str, account: &str) -> Option<String> {
    // The format reserves the colon.
    let (issuer, account) = (issuer.replace(':', " "), account.replace(':', " "));
    builder(secret, 0)?
        .with_issuer(Some(issuer))
        .with_account_name(account)
        .build_noncompliant()
        .to_url()
        .ok()
}

fn totp(secret: &str, window: u16) -> Option<Totp> {
    Some(builder(secret, window)?.build_noncompliant())
}

fn builder(secret: &str, window: u16) -> Option<Builder> {
    let secret = secret.trim_end_matches('=');
    // Codes of an empty secret are known to everybody.
    let secret = Secret::try_from_base32(secret).ok().filter(|_| !secret.is_empty())?;
    Some(
        Builder::new()
            .with_algorithm(Algorithm::SHA1)
            .with_digits(6)
            .with_step_duration(STEP)
            .with_skew(window)
            .with_secret(secret),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_that_of_its_step_and_no_code_is_right_without_a_secret() {
        let now = DateTime::from_timestamp(59, 0).unwrap();
        // RFC 6238, appendix B, to six digits.
        let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";
        assert_eq!(matching_step(secret, "287 082", now, 0, None), Some(1));
        assert_eq!(matching_step(secret, "287082", now, 0, Some(1)), None, "used before");
        // What an app shows that was given nothing.
        let empty = Builder::new().with_secret(Secret::try_from_base32("").unwrap()).build_noncompliant();
        let code = empty.generate(59).to_string();
        for secret in ["", "====", "!"] {
            assert_eq!(matching_step(secret, &code, now, 0, None), None, "{secret}");
        }
    }
}
