//! Passwords of accounts, hashed as IXP Manager hashes them: bcrypt, `$2y$`.

use std::{
    net::IpAddr,
    ops::RangeInclusive,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bcrypt::{HashParts, Version};
use tokio::task::spawn_blocking;
use zeroize::Zeroizing;

use super::client_address::ClientAddress;
use crate::{
    error::AppError,
    fair_queue::{FairQueue, Limits, QueueFull},
};

/// Two hashes are computed at the same time, so that logins can't take every core. The clients that wait are served in
/// turn: each waits for one hash of each of the others, however many those ask for.
const LIMITS: Limits = Limits { slots: 2, slots_of_one: 2, waiting_of_one: 16, waiting: 128 };
/// Seconds after which whoever was turned away may try again.
const RETRY_AFTER: u64 = 10;
/// What bcrypt takes as cost.
const COSTS: RangeInclusive<u32> = 4..=31;

/// Hashes and verifies passwords away from the threads that answer requests.
#[derive(Clone)]
pub struct PasswordHasher {
    rounds: u32,
    /// By address, or IPv6 /64.
    queue: FairQueue<IpAddr>,
    /// Verified in place of the hash of a user that doesn't exist, so that both cost the same.
    decoy: Arc<str>,
    work: Arc<AtomicU64>,
}

impl PasswordHasher {
    /// A hasher with the cost `BCRYPT_ROUNDS` (4 to 31).
    ///
    /// # Errors
    /// When the cost is out of range.
    pub fn new(rounds: u32) -> Result<Self, bcrypt::BcryptError> {
        if !COSTS.contains(&rounds) {
            return Err(bcrypt::BcryptError::CostNotAllowed(rounds));
        }
        Ok(Self { rounds, queue: FairQueue::new(LIMITS), decoy: decoy(rounds).into(), work: Arc::default() })
    }

    /// The `$2y$` hash of `password`.
    ///
    /// # Errors
    /// 429 or 503 when too many wait already.
    pub async fn hash(&self, password: &str) -> Result<String, AppError> {
        let (password, rounds) = (Zeroizing::new(password.to_owned()), self.rounds);
        self.count(rounds);
        self.run(move || hash_blocking(&password, rounds)).await?.map_err(AppError::internal)
    }

    /// Whether `password` is the one hashed. No hash (no such user, or one that can't log in by
    /// password) takes as long as a wrong password and is false.
    ///
    /// # Errors
    /// 429 or 503 when too many wait already.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool, AppError> {
        let known = hash.filter(|hash| cost(hash).is_some());
        let candidate = known.unwrap_or(&self.decoy).to_owned();
        let is_known = known.is_some();
        self.count(cost(&candidate).unwrap_or_default());
        let password = Zeroizing::new(password.to_owned());
        let matches = self.run(move || bcrypt::verify(password.as_bytes(), &candidate)).await?;
        Ok(matches.unwrap_or(false) && is_known)
    }

    /// Whether a hash that matched should be computed anew, since it has another cost than new ones.
    pub fn needs_rehash(&self, hash: &str) -> bool {
        cost(hash).is_some_and(|cost| cost != self.rounds)
    }

    /// The cost of new hashes.
    pub fn rounds(&self) -> u32 {
        self.rounds
    }

    /// The iterations of bcrypt's key schedule that were asked for since the start: the sum of 2^cost. Requests that
    /// must not tell whether an account exists add the same to it either way.
    pub fn work(&self) -> u64 {
        self.work.load(Ordering::Relaxed)
    }

    fn count(&self, cost: u32) {
        self.work.fetch_add(1_u64.checked_shl(cost).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, AppError> {
        let client = ClientAddress::current().throttle_unit();
        let permit = self.queue.acquire(client).await.map_err(|full| match full {
            QueueFull::OfOne => AppError::TooManyAttempts { retry_after: RETRY_AFTER },
            QueueFull::InAll => AppError::Busy { retry_after: RETRY_AFTER },
        })?;
        // The slot is taken for as long as the hash is computed, which goes on when the client hangs up.
        let work = move || {
            let _permit = permit;
            work()
        };
        spawn_blocking(work).await.map_err(AppError::internal)
    }
}

/// A hash that no password is known for: salt and digest are nothing but zeros. It is written down rather than computed,
/// which would take the start of the process half a second.
pub(super) fn decoy(rounds: u32) -> String {
    format!("$2y${rounds:02}${}", ".".repeat(53))
}

/// The cost of a bcrypt hash; none for whatever isn't one, which no password can match.
pub fn cost(hash: &str) -> Option<u32> {
    let is_encoded = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'/';
    let parts: HashParts = hash.parse().ok()?;
    let digest = hash.rsplit('$').next()?;
    (digest.len() == 53 && digest.bytes().all(is_encoded) && COSTS.contains(&parts.get_cost()))
        .then(|| parts.get_cost())
}

fn hash_blocking(password: &str, rounds: u32) -> Result<String, bcrypt::BcryptError> {
    Ok(bcrypt::hash_with_result(password, rounds)?.format_for_version(Version::TwoY))
}

/// Why a new password isn't accepted; none if it is. The rule of IXP Manager's password forms.
pub fn weakness(password: &str) -> Option<&'static str> {
    if password.chars().count() < 8 {
        return Some("The password must have at least 8 characters.");
    }
    if password.len() > 72 {
        return Some("The password must not be longer than 72 bytes.");
    }
    let has = |test: fn(char) -> bool| password.chars().any(test);
    if !has(char::is_lowercase) || !has(char::is_uppercase) || !has(char::is_numeric) {
        return Some("The password must have upper-case and lower-case letters and a digit.");
    }
    None
}

#[cfg(test)]
mod tests {
    use std::{
        sync::atomic::{AtomicUsize, Ordering},
        time::Duration,
    };

    use tokio::{task::JoinSet, time::timeout};

    use super::*;

    #[tokio::test]
    async fn own_hashes_have_the_form_that_php_writes() {
        let hasher = PasswordHasher::new(4).unwrap();
        let hash = hasher.hash("Correct horse 1").await.unwrap();
        assert!(hash.starts_with("$2y$04$"), "{hash}");
        assert!(hasher.verify("Correct horse 1", Some(&hash)).await.unwrap());
        assert!(!hasher.verify("wrong", Some(&hash)).await.unwrap());
    }

    #[tokio::test]
    async fn missing_or_unreadable_hash_is_a_wrong_password() {
        let hasher = PasswordHasher::new(4).unwrap();
        for hash in [None, Some(""), Some("plain"), Some("$2y$"), Some("$argon2id$v=19$")] {
            assert!(!hasher.verify("no password hashes to this", hash).await.unwrap());
        }
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn clients_that_hang_up_leave_no_more_than_two_hashes_behind() {
        static RUNNING: AtomicUsize = AtomicUsize::new(0);
        static MOST: AtomicUsize = AtomicUsize::new(0);
        let hasher = PasswordHasher::new(4).unwrap();
        for _ in 0..40 {
            let work = || {
                MOST.fetch_max(RUNNING.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                std::thread::sleep(Duration::from_millis(30));
                RUNNING.fetch_sub(1, Ordering::SeqCst);
            };
            let _ = timeout(Duration::from_millis(5), hasher.run(work)).await;
        }
        timeout(Duration::from_secs(10), hasher.run(|| ())).await.expect("a slot").unwrap();
        assert_eq!(MOST.load(Ordering::SeqCst), 2);
    }

    /// As a client of an address.
    async fn run_for(hasher: &PasswordHasher, address: &str) -> Result<(), AppError> {
        let client = ClientAddress(Some(address.parse().unwrap()));
        let work = || std::thread::sleep(Duration::from_millis(50));
        client.scope(hasher.run(work)).await
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn client_with_many_attempts_keeps_others_waiting_for_one_of_them() {
        let hasher = PasswordHasher::new(4).unwrap();
        let mut attempts = JoinSet::new();
        for number in 0..56 {
            let hasher = hasher.clone();
            attempts.spawn(async move { run_for(&hasher, &format!("2001:db8::{number}")).await });
        }
        while hasher.queue.waiting() < LIMITS.waiting_of_one {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        run_for(&hasher, "192.0.2.1").await.unwrap();
        assert!(hasher.queue.waiting() >= LIMITS.waiting_of_one - 4, "{}", hasher.queue.waiting());
        let outcomes = attempts.join_all().await;
        let refused = |outcome: &Result<(), AppError>| match outcome {
            Err(AppError::TooManyAttempts { retry_after }) => *retry_after == RETRY_AFTER,
            _ => false,
        };
        let done = outcomes.iter().filter(|outcome| outcome.is_ok()).count();
        let refused = outcomes.iter().filter(|outcome| refused(outcome)).count();
        assert_eq!(done + refused, 56);
        assert!(done >= LIMITS.waiting_of_one && refused >= 30, "{done} done, {refused} refused");
    }

    #[test]
    fn unknown_user_costs_a_whole_verification() {
        assert!(matches!(bcrypt::verify("any", &decoy(4)), Ok(false)));
        assert!(PasswordHasher::new(3).is_err() && PasswordHasher::new(32).is_err());
    }

    #[test]
    fn cost_is_read_from_hashes_alone() {
        assert_eq!(cost(&decoy(10)), Some(10));
        for hash in
            ["", "plain", "$2y$", "$2y$10$short", &decoy(10)[..59], &decoy(32), &decoy(10).replace('.', "!")]
        {
            assert_eq!(cost(hash), None, "{hash}");
        }
    }

    #[tokio::test]
    async fn each_verification_costs_what_its_hash_says_and_one_without_a_hash_what_new_ones_do() {
        let hasher = PasswordHasher::new(5).unwrap();
        let mut before = 0;
        for (hash, work) in
            [(Some(decoy(4)), 16), (Some(decoy(6)), 64), (None, 32), (Some("$2y$".to_owned()), 32)]
        {
            hasher.verify("any", hash.as_deref()).await.unwrap();
            assert_eq!(hasher.work() - before, work, "{hash:?}");
            before = hasher.work();
        }
    }

    #[test]
    fn weak_passwords_are_told_why() {
        assert!(weakness("Aa1").unwrap().contains("8 characters"));
        assert!(weakness("abcdefgh1").unwrap().contains("upper-case"));
        assert!(weakness("ABCDEFGH1").unwrap().contains("lower-case"));
        assert!(weakness("Abcdefghi").unwrap().contains("digit"));
        assert!(weakness(&"Aa1".repeat(30)).unwrap().contains("72"));
        assert_eq!(weakness("Abcdefg1"), None);
    }
}
