//! The second factor of a login: `2FA_*`.

use ixpd_types::Privilege;

use super::{
    reader::{BadDefault, Reader, var},
    value::whole_number,
};

/// IXP Manager's settings page writes this name, and nothing there reads it.
pub(super) const MISNAMED: &str = "2FA_IXPM_ENFORCE_FOR_USERS";

/// The second factor of a login.
#[derive(Clone, Debug)]
pub struct TwoFactorConfig {
    /// Whether users may have one.
    pub enabled: bool,
    /// The least privilege by its code whose holders must have one; 4 means nobody.
    pub enforce_for_users: i32,
    /// How many steps of 30 seconds a code may be early or late.
    pub window: u8,
}

impl TwoFactorConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("Second factor");
        if r.is_set(MISNAMED) {
            r.warn(
                MISNAMED,
                format!("{MISNAMED} is what IXP Manager's settings page writes, and nothing reads it; set 2FA_ENFORCE_FOR_USERS"),
            );
        }
        Ok(Self {
            enabled: r.flag(var("2FA_ENABLED", "true", "users may have a second factor")),
            enforce_for_users: r.read(
                var("2FA_ENFORCE_FOR_USERS", "1", "privilege from which on a second factor is a must: 0 or 1 everybody, 2 customer administrators, 3 superusers, 4 nobody"),
                whole_number(0..=4),
            )?,
            window: r.read(
                var("2FA_WINDOW", "4", "how many steps of 30 seconds a code may be early or late"),
                whole_number(0..=20),
            )?,
        })
    }

    /// Whether users of this privilege must have a second factor.
    pub fn is_enforced_for(&self, privilege: Privilege) -> bool {
        self.enabled && privilege.code() >= self.enforce_for_users
    }
}
