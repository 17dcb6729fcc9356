//! Sessions of browsers: `SESSION_*`.

use std::time::Duration;

use super::{
    base_url::BaseUrl,
    reader::{BadDefault, Reader, var},
    value::{Refusal, boolean, host, whole_number},
};

/// Ten years, in minutes.
const LONGEST: u64 = 10 * 366 * 24 * 60;

/// Sessions of browsers.
#[derive(Clone, Debug)]
pub struct SessionConfig {
    /// How long a session lasts without a request.
    pub lifetime: Duration,
    /// Whether cookies are sent through TLS only.
    pub secure: bool,
    /// The domain whose hosts share the cookies; none means this host alone.
    pub domain: Option<String>,
    /// How long a device is remembered after "remember me".
    pub remember_for: Duration,
}

impl SessionConfig {
    pub(super) fn read(r: &mut Reader<'_>, url: &BaseUrl) -> Result<Self, BadDefault> {
        r.section("Sessions");
        let secure_default = if url.is_https() { "true" } else { "false" };
        let this = Self {
            lifetime: r.read(
                var("SESSION_LIFETIME", "120", "minutes without a request after which a session ends"),
                minutes,
            )?,
            secure: r.read(
                var("SESSION_SECURE_COOKIE", secure_default, "send cookies through TLS only")
                    .usually("`true` if `APP_URL` is https, else `false`"),
                boolean,
            )?,
            domain: r.optional(
                var(
                    "SESSION_DOMAIN",
                    "",
                    "domain whose hosts share the cookies; unset means this host alone",
                ),
                host,
            ),
            remember_for: r.read(
                var(
                    "AUTH_TOKEN_EXPIRE",
                    "43200",
                    "minutes for which a device is remembered after \"remember me\"",
                ),
                minutes,
            )?,
        };
        if this.secure && !url.is_https() {
            r.warn(
                "SESSION_SECURE_COOKIE",
                "SESSION_SECURE_COOKIE=true while APP_URL is http: browsers that come without TLS can't log in",
            );
        }
        if !this.secure && url.is_https() {
            r.warn(
                "SESSION_SECURE_COOKIE",
                "SESSION_SECURE_COOKIE=false while APP_URL is https: cookies may travel in clear",
            );
        }
        Ok(this)
    }
}

fn minutes(text: &str) -> Result<Duration, Refusal> {
    whole_number(1..=LONGEST)(text).map(|minutes| Duration::from_secs(minutes * 60))
}
