//! Protection of state changes that a browser's cookie authorises.
//!
//! A token is the HMAC of what the browser holds: its session's id, or, before there is a session,
//! a random cookie. Forms carry it in `_token`, scripts in `X-CSRF-TOKEN`. In addition a request
//! that the browser itself declares to come from another site is refused.

use axum::http::{HeaderMap, header};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;

use super::seal::SubKey;

/// The form field of the token.
pub const FIELD: &str = "_token";
/// The header that scripts send it in.
pub const HEADER: &str = "x-csrf-token";
/// The cookie that stands for a browser without a session.
pub const COOKIE: &str = "ixpd_csrf";

/// The token for a browser that holds `binding`.
pub fn token(key: &SubKey, binding: &str) -> String {
    // HMAC takes keys of every length, so this can't fail.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.bytes()) else { return String::new() };
    mac.update(binding.as_bytes());
    URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
}

/// Whether `presented` is the token of a browser that holds `binding`.
pub fn matches(key: &SubKey, binding: &str, presented: Option<&str>) -> bool {
    let expected = token(key, binding);
    presented.is_some_and(|presented| {
        !expected.is_empty() && bool::from(presented.as_bytes().ct_eq(expected.as_bytes()))
    })
}

/// Whether the browser says that another site made it send this request.
///
/// `Sec-Fetch-Site` is what browsers of today send; `Origin` serves the others.
pub fn is_cross_site(headers: &HeaderMap, own_origin: &str) -> bool {
    if let Some(site) = headers.get("sec-fetch-site").and_then(|value| value.to_str().ok()) {
        return !matches!(site, "same-origin" | "none");
    }
    match headers.get(header::ORIGIN).and_then(|value| value.to_str().ok()) {
        None => false,
        Some(origin) if origin == own_origin => false,
        // The site may be reached by another name than APP_URL's, such as an address while it is set up.
        Some(origin) => {
            let host = headers.get(header::HOST).and_then(|value| value.to_str().ok());
            let origin_host = origin.split_once("://").map(|(_, host)| host);
            host.is_none() || origin_host != host
        }
    }
}

/// Whether the browser vouches that a page of ours made it send this request.
pub fn is_same_origin(headers: &HeaderMap) -> bool {
    headers.get("sec-fetch-site").is_some_and(|site| site == "same-origin")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn token_is_bound_to_its_browser() {
        let key = SubKey::for_tests(b"k");
        let own = token(&key, "a");
        assert!(matches(&key, "a", Some(&own)));
        assert!(!matches(&key, "b", Some(&own)));
        assert!(!matches(&key, "a", None));
        assert!(!matches(&key, "a", Some("")));
        assert!(!matches(&SubKey::for_tests(b"l"), "a", Some(&own)));
    }

    #[test]
    fn requests_that_another_site_made_are_recognised() {
        let judge = |pairs: &[(&'static str, &str)]| {
            let headers =
                pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect();
            is_cross_site(&headers, "https://ixp.example")
        };
        assert!(!judge(&[]));
        assert!(!judge(&[("sec-fetch-site", "same-origin")]));
        assert!(judge(&[("sec-fetch-site", "cross-site")]));
        assert!(judge(&[("sec-fetch-site", "same-site")]));
        assert!(!judge(&[("origin", "https://ixp.example"), ("host", "backend:8080")]));
        assert!(!judge(&[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")]));
        assert!(judge(&[("origin", "https://evil.example"), ("host", "ixp.example")]));
        assert!(judge(&[("origin", "null"), ("host", "ixp.example")]));
    }
}
