//! Hashes that are verified in place of those of accounts that don't exist.
//!
//! A verification takes as long as the cost in the hash says, and the hashes of one installation may have several costs:
//! those that IXP Manager wrote with another `BCRYPT_ROUNDS`, those that ixpd wrote. The decoy of a name has each cost as
//! often as the accounts have it, and always the same one, so that the time of a login doesn't tell whether there is such
//! an account.

use std::sync::{PoisonError, RwLock};

use chrono::{DateTime, TimeDelta, Utc};
use hmac::{Hmac, KeyInit as _, Mac as _};
use ixpd_db::query::user as users;
use sha2::Sha256;

use super::{
    password::{cost, decoy},
    seal::SubKey,
};
use crate::{error::AppError, services::Services};

/// How long the costs of the stored hashes count as known.
const KNOWN_FOR: TimeDelta = TimeDelta::hours(1);

/// The costs of the stored hashes, as they were when they were last read.
pub struct Decoys {
    key: SubKey,
    known: RwLock<Option<Known>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Known {
    at: DateTime<Utc>,
    /// Each cost with the number of accounts that have it.
    costs: Vec<(u32, u64)>,
}

impl Decoys {
    /// Nothing is known at first. `app_key` makes the choice of a name's cost one that strangers can't predict.
    pub fn new(app_key: &[u8]) -> Self {
        Self { key: SubKey::derive(app_key, "ixpd/decoy/v1"), known: RwLock::new(None) }
    }

    /// The decoy for a name. The costs are read from the database once an hour, at whichever login comes first then.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn hash_for(&self, services: &Services, name: &str) -> Result<String, AppError> {
        let costs = self.costs(services).await?;
        Ok(decoy(self.pick(&costs, name).unwrap_or(services.config.app.bcrypt_rounds)))
    }

    async fn costs(&self, services: &Services) -> Result<Vec<(u32, u64)>, AppError> {
        let now = services.clock.now();
        let known = self.known.read().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(known) = known.filter(|known| now - known.at < KNOWN_FOR) {
            return Ok(known.costs);
        }
        let prefixes = users::hash_prefixes(services.db.connection()).await?;
        let costs: Vec<_> = prefixes
            .into_iter()
            .filter_map(|(prefix, accounts)| Some((cost_of_prefix(&prefix)?, accounts.unsigned_abs())))
            .collect();
        let known = Known { at: now, costs: costs.clone() };
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known);
        Ok(costs)
    }

    /// A cost with the probability that an account has it. None where no account has a hash.
    fn pick(&self, costs: &[(u32, u64)], name: &str) -> Option<u32> {
        let total: u64 = costs.iter().map(|(_, accounts)| accounts).sum();
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.bytes()).ok()?;
        mac.update(name.to_lowercase().as_bytes());
        let bytes = mac.finalize().into_bytes();
        let number = bytes.iter().take(8).fold(0_u64, |number, byte| number << 8 | u64::from(*byte));
        let mut at = number.checked_rem(total)?;
        costs.iter().find_map(|(cost, accounts)| match at.checked_sub(*accounts) {
            None => Some(*cost),
            Some(beyond) => {
                at = beyond;
                None
            }
        })
    }
}

/// `10` of `$2y$10$`.
fn cost_of_prefix(prefix: &str) -> Option<u32> {
    cost(&format!("{prefix}{}", ".".repeat(53)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_have_each_cost_as_often_as_accounts_have_it_and_always_the_same() {
        let decoys = Decoys::new(b"an app key");
        let costs = [(10, 90), (13, 10)];
        let picked: Vec<_> =
            (0..2_000).map(|name| decoys.pick(&costs, &format!("user{name}")).unwrap()).collect();
        let dear = picked.iter().filter(|cost| **cost == 13).count();
        assert!((130..=270).contains(&dear), "{dear} of 2000, 200 expected");
        assert_eq!(decoys.pick(&costs, "ann"), decoys.pick(&costs, "ANN"));
        assert_eq!(decoys.pick(&[(11, 1)], "ann"), Some(11));
        assert_eq!(decoys.pick(&[], "ann"), None);
    }

    #[test]
    fn cost_is_read_from_the_beginning_of_a_hash() {
        assert_eq!(cost_of_prefix("$2y$10$"), Some(10));
        assert_eq!(cost_of_prefix("$2b$04$"), Some(4));
        assert_eq!(cost_of_prefix("$2y$1"), None);
        assert_eq!(cost_of_prefix("$2z$10$"), None);
    }
}
