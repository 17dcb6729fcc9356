//! [`BaseUrl`]: where the installation is reached, `APP_URL`.

use std::{fmt, str::FromStr};

use url::Url;

/// The URL below which every page lives. It may have a path, as in `https://example.com/ixp`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BaseUrl {
    url: Url,
    /// Scheme, host and port if it isn't the usual one: `https://example.com`.
    origin: String,
    /// What stands before every path, without a slash at the end: `` or `/ixp`.
    path: String,
}

impl BaseUrl {
    /// The URL itself.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Scheme, host and port if it isn't the usual one, as browsers send it in `Origin`.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// What stands before every path: empty or like `/ixp`.
    pub fn path(&self) -> &str {
        &self.path
    }

    /// The host name or address.
    pub fn host(&self) -> &str {
        self.url.host_str().unwrap_or_default()
    }

    /// Whether browsers reach it through TLS.
    pub fn is_https(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The full URL of a path, which begins with a slash: `/login` gives `https://example.com/ixp/login`.
    pub fn link(&self, path: &str) -> String {
        format!("{}{}{path}", self.origin, self.path)
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.origin, self.path)
    }
}

/// A URL below which nothing can live.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "accepted: an http or https URL without user name, `?` and `#`, such as https://ixp.example.com or https://example.com/ixp"
)]
pub struct ParseBaseUrlError;

impl FromStr for BaseUrl {
    type Err = ParseBaseUrlError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text.trim()).map_err(|_| ParseBaseUrlError)?;
        let plain = url.username().is_empty()
            && url.password().is_none()
            && url.query().is_none()
            && url.fragment().is_none();
        if !matches!(url.scheme(), "http" | "https") || !plain || url.path().contains("//") {
            return Err(ParseBaseUrlError);
        }
        let path = url.path().trim_end_matches('/').to_owned();
        Ok(Self { origin: url.origin().ascii_serialization(), path, url })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> BaseUrl {
        text.parse().unwrap()
    }

    #[test]
    fn parts_are_those_that_links_and_cookies_need() {
        for (text, origin, path, login) in [
            ("http://localhost", "http://localhost", "", "http://localhost/login"),
            ("https://ixp.example.com/", "https://ixp.example.com", "", "https://ixp.example.com/login"),
            ("https://example.com:443/ixp", "https://example.com", "/ixp", "https://example.com/ixp/login"),
            ("http://[::1]:8080/a/b/", "http://[::1]:8080", "/a/b", "http://[::1]:8080/a/b/login"),
            ("HTTPS://IXP.Example.COM", "https://ixp.example.com", "", "https://ixp.example.com/login"),
        ] {
            let base = base(text);
            assert_eq!((base.origin(), base.path(), base.link("/login").as_str()), (origin, path, login));
            assert_eq!(base.to_string(), format!("{origin}{path}"));
            assert_eq!(base.is_https(), origin.starts_with("https:"));
        }
        assert_eq!(base("http://[::1]:8080").host(), "[::1]");
    }

    #[test]
    fn url_that_can_not_be_a_base_is_refused() {
        for text in [
            "",
            "ixp.example.com",
            "ftp://example.com",
            "https://",
            "https://a:b@example.com",
            "https://example.com/?x",
            "https://example.com/#x",
            "https://example.com//x",
            "/ixp",
        ] {
            assert_eq!(text.parse::<BaseUrl>(), Err(ParseBaseUrlError), "{text}");
        }
    }
}
