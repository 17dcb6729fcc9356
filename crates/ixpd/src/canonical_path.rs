//! The one spelling of each path.
//!
//! Proxies allow and refuse by path (`location /admin`), and each has its own way with `//`, `..` and `%2F`. A path that
//! one of them could read as another is therefore answered 404, rather than read as that other one. The exception is a
//! slash at the end, which IXP Manager takes too.

use axum::{
    extract::Request,
    http::{Uri, uri::PathAndQuery},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use percent_encoding::percent_decode_str;

use crate::error::AppError;

/// Layer that removes the slash at the end of a path. Belongs around whatever judges by the path.
pub async fn trim_slash(mut request: Request, next: Next) -> Response {
    if let Some(uri) = trimmed(request.uri()) {
        *request.uri_mut() = uri;
    }
    next.run(request).await
}

/// Layer that answers 404 for every path with another spelling than the table's.
pub async fn refuse_others(request: Request, next: Next) -> Response {
    if is_canonical(request.uri().path()) {
        return next.run(request).await;
    }
    AppError::NotFound("There is nothing at this path.".into()).into_response()
}

/// The address without the slash at the end of its path, if it has one that may be removed.
fn trimmed(uri: &Uri) -> Option<Uri> {
    let path = uri.path().strip_suffix('/').filter(|path| *path != "/" && is_canonical(path))?;
    let path_and_query = match uri.query() {
        Some(query) => format!("{path}?{query}").parse::<PathAndQuery>(),
        None => path.parse(),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(path_and_query.ok()?);
    Uri::from_parts(parts).ok()
}

/// Whether no proxy could read a path as another one: it has no empty and no dot segment, and no slash, backslash or
/// control character in a segment, encoded or not.
fn is_canonical(path: &str) -> bool {
    path == "/" || path.strip_prefix('/').is_some_and(|path| path.split('/').all(is_plain))
}

fn is_plain(segment: &str) -> bool {
    let decoded: Vec<u8> = percent_decode_str(segment).collect();
    !matches!(&decoded[..], b"" | b"." | b"..")
        && !decoded.iter().any(|byte| matches!(byte, b'/' | b'\\') || byte.is_ascii_control())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slash_at_the_end_is_removed_where_the_rest_is_a_path() {
        let trimmed = |uri: &str| trimmed(&uri.parse().unwrap()).map(|uri| uri.to_string());
        assert_eq!(trimmed("/login/").as_deref(), Some("/login"));
        assert_eq!(trimmed("/login/?next=/a//").as_deref(), Some("/login?next=/a//"));
        assert_eq!(trimmed("http://ixp.example/a/?b").as_deref(), Some("http://ixp.example/a?b"));
        for kept in ["/", "/login", "//", "/login//", "//login/", "/a/../", "/?a=/"] {
            assert_eq!(trimmed(kept), None, "{kept}");
        }
    }

    #[test]
    fn path_that_could_be_read_as_another_is_not_canonical() {
        for path in ["/", "/a", "/a/b.json", "/a/%20;b", "/a/...", "/a/%252F", "/a/.b", "/a/%C3%A9"] {
            assert!(is_canonical(path), "{path}");
        }
        for path in [
            "",
            "a",
            "*",
            "//",
            "/a/",
            "/a//b",
            "/.",
            "/a/..",
            "/a/%2e%2E/b",
            "/.%2e",
            "/a%2Fb",
            "/a\\b",
            "/a%5cb",
        ] {
            assert!(!is_canonical(path), "{path}");
        }
        assert!(!is_canonical("/a%00") && !is_canonical("/a%0d%0ab") && !is_canonical("/a%7F"));
    }
}
