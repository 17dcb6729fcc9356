//! API keys: `IXP_FE_API_KEYS_*` and `IXPD_API_KEYS_*`.

use super::{
    reader::{BadDefault, Reader, var},
    span::CalendarSpan,
    value::{from_str, whole_number},
};

const SHOW: &str = "IXP_FE_API_KEYS_SHOW";

/// API keys.
#[derive(Clone, Debug)]
pub struct ApiKeysConfig {
    /// How many a user may have.
    pub max: u32,
    /// How far ahead an expiry date may lie at most, which then is a must; none means that a key may live forever.
    pub max_lifetime: Option<CalendarSpan>,
    /// Whether keys are shown in full without asking for the password.
    pub show: bool,
    /// Whether a sealed copy is kept of which a key can be shown again.
    pub reveal: bool,
    /// How many days an expired key stays listed before it is deleted.
    pub purge_days: u32,
}

impl ApiKeysConfig {
    pub(super) fn read(r: &mut Reader<'_>) -> Result<Self, BadDefault> {
        r.section("API keys");
        let this = Self {
            max: r.read(
                var("IXP_FE_API_KEYS_MAX", "10", "keys that a user may have"),
                whole_number(1..=1_000_000),
            )?,
            max_lifetime: r.optional(
                var(
                    "IXP_FE_API_KEYS_MAX_EXPIRES_DURATION",
                    "",
                    "longest life of a key, such as `1 year`; unset means that an expiry date is optional",
                ),
                from_str,
            ),
            show: r.flag(var(SHOW, "false", "show keys in full without asking for the password")),
            reveal: r.flag(var(
                "IXPD_API_KEYS_REVEAL",
                "true",
                "keep a sealed copy of each key, so that its owner can see it again",
            )),
            purge_days: r.read(
                var("IXPD_API_KEYS_PURGE_DAYS", "7", "days after its expiry when a key is deleted"),
                whole_number(0..=36_500),
            )?,
        };
        if this.show && !this.reveal {
            r.refuse(SHOW, "keys can't be shown while IXPD_API_KEYS_REVEAL=false keeps no copy of them; accepted: false here or true there");
        } else if this.show {
            r.warn(
                SHOW,
                "IXP_FE_API_KEYS_SHOW=true shows every key in full to whoever sits at its owner's browser",
            );
        }
        Ok(this)
    }
}
