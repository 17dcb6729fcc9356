//! Limits on failures. Whoever presents a valid credential is never limited.

use std::{
    hash::Hash,
    net::IpAddr,
    num::NonZeroU32,
    sync::atomic::{AtomicU32, Ordering},
    time::Duration,
};

use governor::{
    DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter,
    clock::{Clock as _, DefaultClock, QuantaInstant},
};

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
/// How many times as much an IPv6 /48 may do as one /64 in it. Providers number single customers by /64 and sites by /48:
/// whoever has a whole /48 must not have 65,536 times as many attempts, and neighbours in one must not use up each
/// other's.
const SITE_FACTOR: u32 = 4;
/// Failures after which forgotten addresses are dropped from memory.
const SWEEP_EVERY: u32 = 1024;

/// Counts something by where it comes from: an IPv4 address or an IPv6 /64, and for IPv6 the /48 around it too.
struct ByAddress<K: Hash + Eq + Clone> {
    units: DefaultKeyedRateLimiter<(K, IpAddr)>,
    sites: DefaultKeyedRateLimiter<(K, IpAddr)>,
}

impl<K: Hash + Eq + Clone> ByAddress<K> {
    fn per_minute(count: u32) -> Self {
        Self {
            units: RateLimiter::keyed(per_minute(count)),
            sites: RateLimiter::keyed(per_minute(count * SITE_FACTOR)),
        }
    }

    fn check(&self, what: K, address: ClientAddress) -> Result<(), AppError> {
        self.units.check_key(&(what.clone(), address.throttle_unit())).map_err(too_many_until)?;
        match address.throttle_site() {
            Some(site) => self.sites.check_key(&(what, site)).map_err(too_many_until),
            None => Ok(()),
        }
    }

    fn retain_recent(&self) {
        self.units.retain_recent();
        self.sites.retain_recent();
    }
}

/// Counts failures by where they come from. One for each process.
pub struct Throttle {
    keys: ByAddress<()>,
    attempts: ByAddress<()>,
    /// By the name that was entered.
    logins: ByAddress<String>,
    /// By `user.id`, whatever name was entered.
    accounts: ByAddress<i32>,
    users: DefaultKeyedRateLimiter<String>,
    mail_requests: ByAddress<()>,
    recipients: DefaultKeyedRateLimiter<String>,
    failures: AtomicU32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self {
            keys: ByAddress::per_minute(KEY_FAILURES_PER_MINUTE),
            attempts: ByAddress::per_minute(ATTEMPTS_PER_MINUTE),
            logins: ByAddress::per_minute(LOGIN_FAILURES_PER_MINUTE),
            accounts: ByAddress::per_minute(LOGIN_FAILURES_PER_MINUTE),
            users: RateLimiter::keyed(per_minute(DELAY_FREE_FAILURES_PER_MINUTE)),
            mail_requests: ByAddress::per_minute(MAIL_REQUESTS_PER_MINUTE),
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
        self.keys.check((), address).err().unwrap_or(refusal)
    }

    /// Counts an attempt to prove an account's password or second factor, before it is judged.
    ///
    /// # Errors
    /// 429 when there were too many from this address, for this user or at all.
    pub async fn attempt(&self, username: &str, address: ClientAddress) -> Result<(), AppError> {
        self.sweep();
        let user: String = username.chars().take(NAME_LENGTH).flat_map(char::to_lowercase).collect();
        self.attempts.check((), address)?;
        self.logins.check(user.clone(), address)?;
        if self.users.check_key(&user).is_err() {
            tokio::time::sleep(DELAY).await;
        }
        Ok(())
    }

    /// Counts an attempt to prove an account's password by the account itself, since it has several names: user name and
    /// e-mail address. Whoever isn't logged in must not be told of a refusal: it would tell that the names are of one
    /// account.
    ///
    /// # Errors
    /// 429 when there were too many for this account from this address.
    pub fn account_attempt(&self, user_id: i32, address: ClientAddress) -> Result<(), AppError> {
        self.accounts.check(user_id, address)
    }

    /// Counts a request for a mail to an account, whether there is such an account or not.
    ///
    /// # Errors
    /// 429 when there were too many from this address.
    pub fn mail_request(&self, address: ClientAddress) -> Result<(), AppError> {
        self.sweep();
        self.mail_requests.check((), address)
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
            self.accounts.retain_recent();
            self.users.retain_recent();
            self.mail_requests.retain_recent();
            self.recipients.retain_recent();
        }
    }
}

#[expect(clippy::needless_pass_by_value, reason = "the signature that map_err takes")]
fn too_many_until(until: NotUntil<QuantaInstant>) -> AppError {
    let wait = until.wait_time_from(DefaultClock::default().now());
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
    async fn attempts_from_one_slash_48_are_counted_together_however_many_slash_64s_send_them() {
        let throttle = Throttle::default();
        let addresses = (0..1_000).map(|subnet| address(&format!("2001:db8:1:{subnet:x}::1")));
        // At once, since those beyond ten are delayed.
        let attempts = addresses.map(|from| throttle.attempt("ann", from));
        let attempts = futures::future::join_all(attempts).await;
        let accepted = attempts.iter().filter(|attempt| attempt.is_ok()).count();
        assert_eq!(accepted, (SITE_FACTOR * LOGIN_FAILURES_PER_MINUTE) as usize);
        assert!(throttle.attempt("ann", address("2001:db8:2::1")).await.is_ok(), "another /48");
        let keys = (0..1_000).map(|subnet| refuse(&throttle, &format!("2001:db8:1:{subnet:x}::1")));
        let refused_as_such = keys.filter(|error| matches!(error, AppError::Unauthorized(_))).count();
        assert_eq!(refused_as_such, (SITE_FACTOR * KEY_FAILURES_PER_MINUTE) as usize);
        let mails =
            (0..1_000).map(|subnet| throttle.mail_request(address(&format!("2001:db8:1:{subnet:x}::1"))));
        assert_eq!(mails.flatten().count(), (SITE_FACTOR * MAIL_REQUESTS_PER_MINUTE) as usize);
    }

    #[test]
    fn account_is_counted_whatever_name_was_entered() {
        let throttle = Throttle::default();
        for _ in 0..LOGIN_FAILURES_PER_MINUTE {
            assert!(throttle.account_attempt(1, address("192.0.2.1")).is_ok());
        }
        assert!(throttle.account_attempt(1, address("192.0.2.1")).is_err());
        assert!(throttle.account_attempt(1, address("192.0.2.2")).is_ok());
        assert!(throttle.account_attempt(2, address("192.0.2.1")).is_ok());
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
