//! The one source of randomness, so that tests can seed it.

use std::{
    fmt,
    sync::{Arc, Mutex, PoisonError},
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use rand::{
    Rng as _, RngExt as _, SeedableRng as _, TryRng as _,
    distr::Alphanumeric,
    rngs::{StdRng, SysRng},
};

/// A cryptographically secure generator (ChaCha12). Cheap to clone.
#[derive(Clone)]
pub struct Random(Arc<Mutex<StdRng>>);

impl Random {
    /// A generator seeded by the operating system.
    ///
    /// # Errors
    /// When the operating system has no randomness to give.
    pub fn system() -> Result<Self, rand::rngs::SysError> {
        let mut seed = <StdRng as rand::SeedableRng>::Seed::default();
        SysRng.try_fill_bytes(&mut seed)?;
        Ok(Self(Arc::new(Mutex::new(StdRng::from_seed(seed)))))
    }

    /// A generator that always gives the same sequence. For tests and the demo's data.
    pub fn seeded(seed: u64) -> Self {
        Self(Arc::new(Mutex::new(StdRng::seed_from_u64(seed))))
    }

    /// `N` random bytes.
    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0; N];
        self.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(&mut bytes);
        bytes
    }

    /// `length` characters of `[A-Za-z0-9]`, each equally likely.
    pub fn alphanumeric(&self, length: usize) -> String {
        let mut generator = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        (0..length).map(|_| char::from(generator.sample(Alphanumeric))).collect()
    }

    /// 256 random bits as 43 characters that need no escaping in URLs and cookies.
    pub fn token(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.bytes::<32>())
    }
}

impl fmt::Debug for Random {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Random")
    }
}
