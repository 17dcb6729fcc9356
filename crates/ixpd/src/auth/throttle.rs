//! Limits on failures. Whoever presents a valid credential is never limited.

use std::{
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter, clock::Clock as _};

use super::client_address::ClientAddress;
use crate::error::AppError;

/// Failed keys of one address before it has to wait, and how many more each minute allows.
const KEY_FAILURES_PER_MINUTE: u32 = 30;
/// Failed logins of one user name from one address in a minute, as IXP Manager.
const LOGIN_FAILURES_PER_MINUTE: u32 = 5;
/// Attempts of one address at accounts of any name in a minute: more than an office behind it needs, and few enough that
/// neither many names are tried with one password, nor hashing for one address keeps everybody else waiting.
const ATTEMPTS_PER_MINUTE: u32 = 60;
/// Characters of a name that count. No account's is longer, and what strangers send isn't kept at any length.
const NAME_LENGTH: usize = 300;
/// Failed logins of one user name from all addresses in a minute, beyond which each is delayed.
const DELAY_FREE_FAILURES_PER_MINUTE: u32 = 10;
/// How long such an attempt is held.
const DELAY: Duration = Duration::from_secs(2);
/// Mails to an account that strangers may ask for from one address in a minute.
const MAIL_REQUESTS_PER_MINUTE: u32 = 10;
/// Such mails to one recipient in an hour.
const MAILS_PER_HOUR: u32 = 4;
/// Failures after which forgotten addresses are dropped from memory.
const SWEEP_EVERY: u32 = 1024;

type LoginSource = (String, IpAddr);

/// Counts failures by where they come from. One for each process.
pub struct Throttle {
    keys: DefaultKeyedRateLimiter<IpAddr>,
    attempts: DefaultKeyedRateLimiter<IpAddr>,
    logins: DefaultKeyedRateLimiter<LoginSource>,
    users: DefaultKeyedRateLimiter<String>,
    mail_requests: DefaultKeyedRateLimiter<IpAddr>,
    recipients: DefaultKeyedRateLimiter<String>,
    failures: AtomicU32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            keys: RateLimiter::keyed(per_minute(KEY_FAILURES_PER_MINUTE)),
            attempts: RateLimiter::keyed(per_minute(ATTEMPTS_PER_MINUTE)),
            logins: RateLimiter::keyed(per_minute(LOGIN_FAILURES_PER_MINUTE)),
            users: RateLimiter::keyed(per_minute(DELAY_FREE_FAILURES_PER_MINUTE)),
            mail_requests: RateLimiter::keyed(per_minute(MAIL_REQUESTS_PER_MINUTE)),
            recipients: RateLimiter::keyed(Quota::per_hour(at_least_one(MAILS_PER_HOUR))),
            failures: AtomicU32::new(0),
        }
    }
}

fn per_minute(count: u32) -> Quota {
    Quota::per_minute(at_least_one(count))
}

fn at_least_one(count: u32) -> NonZeroU32 {
    NonZeroU32::new(count).unwrap_or(NonZeroU32::MIN)
}

impl Throttle {
    /// Counts a key that was refused. The answer is `refusal` itself, or 429 once there are too many.
    pub fn key_failed(&self, address: ClientAddress, refusal: AppError) -> AppError {
        self.sweep();
        match self.keys.check_key(&address.throttle_unit()) {
            Ok(()) => refusal,
            Err(until) => too_many(until.wait_time_from(governor::clock::DefaultClock::default().now())),
        }
    }

    /// Counts an attempt to prove an account's password or second factor, before it is judged.
    ///
    /// # Errors
    /// 429 when there were too many from this address, for this user or at all.
    pub async fn attempt(&self, username: &str, address: ClientAddress) -> Result<(), AppError> {
        self.sweep();
        let user: String = username.chars().take(NAME_LENGTH).flat_map(char::to_lowercase).collect();
        let unit = address.throttle_unit();
        self.attempts.check_key(&unit).and_then(|()| self.logins.check_key(&(user.clone(), unit))).map_err(
            |until| too_many(until.wait_time_from(governor::clock::DefaultClock::default().now())),
        )?;
        if self.users.check_key(&user).is_err() {
            tokio::time::sleep(DELAY).await;
        }
        Ok(())
    }

    /// Counts a request for a mail to an account, whether there is such an account or not.
    ///
    /// # Errors
    /// 429 when there were too many from this address.
    pub fn mail_request(&self, address: ClientAddress) -> Result<(), AppError> {
        self.sweep();
        self.mail_requests
            .check_key(&address.throttle_unit())
            .map_err(|until| too_many(until.wait_time_from(governor::clock::DefaultClock::default().now())))
    }

    /// Whether a recipient may be sent one more mail that a stranger asked for. Whoever asked isn't told.
    pub fn may_mail(&self, recipient: &str) -> bool {
        self.recipients.check_key(&recipient.to_lowercase()).is_ok()
    }

    fn sweep(&self) {
        if self.failures.fetch_add(1, Ordering::Relaxed) % SWEEP_EVERY == SWEEP_EVERY - 1 {
            self.keys.retain_recent();
            self.attempts.retain_recent();
            self.logins.retain_recent();
            self.users.retain_recent();
            self.mail_requests.retain_recent();
            self.recipients.retain_recent();
        }
    }
}

fn too_many(wait: Duration) -> AppError {
    AppError::TooManyAttempts { retry_after: wait.as_secs() + 1 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> ClientAddress {
        ClientAddress(Some(text.parse().unwrap()))
    }

    fn refuse(throttle: &Throttle, from: &str) -> AppError {
        throttle.key_failed(address(from), AppError::Unauthorized("Invalid credentials".into()))
    }

    #[test]
    fn failed_keys_of_one_address_are_refused_as_such_thirty_times() {
        let throttle = Throttle::default();
        for _ in 0..KEY_FAILURES_PER_MINUTE {
            assert!(matches!(refuse(&throttle, "192.0.2.1"), AppError::Unauthorized(_)));
        }
        assert!(matches!(refuse(&throttle, "192.0.2.1"), AppError::TooManyAttempts { retry_after: 1..=3 }));
        assert!(matches!(refuse(&throttle, "192.0.2.2"), AppError::Unauthorized(_)));
    }

    #[tokio::test]
    async fn sixth_login_in_a_minute_of_one_user_from_one_address_is_refused() {
        let throttle = Throttle::default();
        for _ in 0..LOGIN_FAILURES_PER_MINUTE {
            assert!(throttle.attempt("Ann", address("192.0.2.1")).await.is_ok());
        }
        assert!(throttle.attempt("ann", address("192.0.2.1")).await.is_err());
        assert!(throttle.attempt("ann", address("192.0.2.2")).await.is_ok());
        assert!(throttle.attempt("bob", address("192.0.2.1")).await.is_ok());
    }

    #[tokio::test]
    async fn address_that_tries_one_name_after_another_has_to_wait() {
        let throttle = Throttle::default();
        for number in 0..ATTEMPTS_PER_MINUTE {
            assert!(throttle.attempt(&format!("user{number}"), address("2001:db8::1")).await.is_ok());
        }
        assert!(throttle.attempt("ann", address("2001:db8::2")).await.is_err());
        assert!(throttle.attempt("ann", address("192.0.2.1")).await.is_ok());
    }

    #[tokio::test]
    async fn name_is_kept_no_longer_than_any_account_s() {
        let throttle = Throttle::default();
        let long = "x".repeat(1_000_000);
        for number in 0..LOGIN_FAILURES_PER_MINUTE {
            assert!(throttle.attempt(&format!("{long}{number}"), address("192.0.2.1")).await.is_ok());
        }
        assert!(throttle.attempt(&format!("{long}y"), address("192.0.2.1")).await.is_err());
    }

    #[test]
    fn mail_on_request_is_limited_by_who_asks_and_by_who_gets_it() {
        let throttle = Throttle::default();
        for _ in 0..MAIL_REQUESTS_PER_MINUTE {
            assert!(throttle.mail_request(address("192.0.2.1")).is_ok());
        }
        assert!(throttle.mail_request(address("192.0.2.1")).is_err());
        assert!(throttle.mail_request(address("192.0.2.2")).is_ok());
        for _ in 0..MAILS_PER_HOUR {
            assert!(throttle.may_mail("ann@example.net"));
        }
        assert!(!throttle.may_mail("Ann@example.net"));
        assert!(throttle.may_mail("bob@example.net"));
    }
}
