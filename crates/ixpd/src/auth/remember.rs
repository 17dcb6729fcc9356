//! Devices that stay logged in: `user_remember_tokens` and the cookie `ixpd_remember`.
//!
//! The cookie is `{token id}.{secret}`; the table's `token` holds the secret's SHA-256.

use axum::http::HeaderMap;
use axum_extra::extract::cookie::{Cookie, CookieJar, Expiration};
use chrono::{DateTime, TimeDelta, Utc};
use ixpd_db::{query::remember_token as rows, sea_orm::ConnectionTrait};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{api_key::sha256_hex, client_address::ClientAddress, session};
use crate::{error::AppError, services::Services};

/// The cookie of a remembered device.
pub const COOKIE: &str = "ixpd_remember";
/// The longest name of a device that `user_remember_tokens.device` holds.
const DEVICE_LENGTH: usize = 255;

/// A device whose cookie is good.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Device {
    /// `user_remember_tokens.id`.
    pub id: i64,
    /// Its user.
    pub user_id: i32,
    /// `user_remember_tokens.is_2fa_complete`.
    pub second_factor_passed: bool,
}

/// The device of a request's cookie, if it is remembered and its time isn't over.
///
/// # Errors
/// When the database fails.
pub async fn from_cookies(services: &Services, headers: &HeaderMap) -> Result<Option<Device>, AppError> {
    let jar = CookieJar::from_headers(headers);
    let Some((id, secret)) = jar.get(COOKIE).and_then(|cookie| cookie.value().split_once('.')) else {
        return Ok(None);
    };
    let Ok(id) = id.parse::<i64>() else { return Ok(None) };
    let Some(row) = rows::by_id(services.db.connection(), id).await? else { return Ok(None) };
    let matches = bool::from(sha256_hex(secret.as_bytes()).as_bytes().ct_eq(row.token.expose().as_bytes()));
    if !matches || row.expires <= services.shown_now() {
        return Ok(None);
    }
    Ok(Some(Device { id, user_id: row.user_id, second_factor_passed: row.is_2fa_complete }))
}

/// Remembers the browser of a login. Returns the token's id and the cookie.
///
/// # Errors
/// When the database fails.
pub async fn create(
    services: &Services,
    db: &impl ConnectionTrait,
    user_id: i32,
    address: ClientAddress,
    user_agent: &str,
) -> Result<(i64, Cookie<'static>), AppError> {
    let now = services.clock.now();
    let expires = now + lifetime(services);
    let secret = services.random.token();
    let id = rows::insert(
        db,
        rows::NewToken {
            user_id,
            token: sha256_hex(secret.as_bytes()),
            device: describe(user_agent).chars().take(DEVICE_LENGTH).collect(),
            ip: address.to_string(),
            expires: services.shown(expires),
            now: services.wall(now),
        },
    )
    .await?;
    Ok((id, cookie(services, id, &secret, expires)))
}

/// A device with a new secret for its cookie. Its `Debug` form doesn't show it.
pub struct RenewedDevice {
    id: i64,
    secret: Zeroizing<String>,
    expires: DateTime<Utc>,
}

impl std::fmt::Debug for RenewedDevice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RenewedDevice")
            .field("id", &self.id)
            .field("expires", &self.expires)
            .finish_non_exhaustive()
    }
}

impl RenewedDevice {
    /// The cookie that carries the secret.
    pub fn cookie(&self, services: &Services) -> Cookie<'static> {
        cookie(services, self.id, &self.secret, self.expires)
    }
}

/// Gives a device a new secret, so that copies of its cookie are worth nothing. It is remembered for as long as before.
/// None if it was forgotten meanwhile.
///
/// # Errors
/// When the database fails.
pub async fn renew(
    services: &Services,
    db: &impl ConnectionTrait,
    id: i64,
) -> Result<Option<RenewedDevice>, AppError> {
    let Some(row) = rows::by_id(db, id).await? else { return Ok(None) };
    let secret = Zeroizing::new(services.random.token());
    rows::set_token(db, id, sha256_hex(secret.as_bytes()), services.wall_now()).await?;
    let expires = services.config.app.zone.instant_of(row.expires.naive());
    Ok(Some(RenewedDevice { id, secret, expires }))
}

fn lifetime(services: &Services) -> TimeDelta {
    TimeDelta::from_std(services.config.session.remember_for).unwrap_or(TimeDelta::days(30))
}

fn cookie(services: &Services, id: i64, secret: &str, expires: DateTime<Utc>) -> Cookie<'static> {
    let mut cookie = session::cookie(services, COOKIE, format!("{id}.{secret}"));
    if let Ok(at) = cookie::time::OffsetDateTime::from_unix_timestamp(expires.timestamp()) {
        cookie.set_expires(Expiration::DateTime(at));
    }
    cookie
}

/// A browser and its system in a few words, from what it says of itself.
pub fn describe(user_agent: &str) -> String {
    const BROWSERS: [(&str, &str); 6] = [
        ("Edg/", "Edge"),
        ("OPR/", "Opera"),
        ("Firefox/", "Firefox"),
        ("Chrome/", "Chrome"),
        ("Safari/", "Safari"),
        ("curl/", "curl"),
    ];
    const SYSTEMS: [(&str, &str); 6] = [
        ("Android", "Android"),
        ("iPhone", "iOS"),
        ("iPad", "iPadOS"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("Linux", "Linux"),
    ];
    let find = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    match (find(&BROWSERS), find(&SYSTEMS)) {
        (Some(browser), Some(system)) => format!("{browser} on {system}"),
        (Some(name), None) | (None, Some(name)) => name.to_owned(),
        (None, None) if user_agent.is_empty() => "Unknown browser".to_owned(),
        (None, None) => user_agent.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn devices_are_described_in_a_few_words() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(describe(chrome), "Chrome on Linux");
        let safari =
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Mobile/15E148 Safari/604.1";
        assert_eq!(describe(safari), "Safari on iOS");
        assert_eq!(describe("curl/8.1"), "curl");
        assert_eq!(describe("tool"), "tool");
        assert_eq!(describe(""), "Unknown browser");
    }
}
