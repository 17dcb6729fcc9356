//! Style sheets, scripts and icons, which are part of the program.

use axum::{
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
};

use crate::{error::AppError, form::Path};

/// A file. Its name changes with its content, so browsers may keep it for ever.
///
/// # Errors
/// 404 if there is no such file.
pub async fn show(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, AppError> {
    let asset = ixpd_assets::get(&name).ok_or_else(AppError::not_found)?;
    let kept = headers.get(header::IF_NONE_MATCH).is_some_and(|tag| tag.as_bytes() == asset.etag.as_bytes());
    let cache = if asset.immutable { "public, max-age=31536000, immutable" } else { "public, max-age=300" };
    let content_type = (header::CONTENT_TYPE, asset.mime);
    let mut response = match asset.gzip.filter(|_| takes_gzip(&headers)) {
        _ if kept => StatusCode::NOT_MODIFIED.into_response(),
        Some(compressed) => ([content_type, (header::CONTENT_ENCODING, "gzip")], compressed).into_response(),
        None => ([content_type], asset.bytes).into_response(),
    };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("Accept-Encoding"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(cache));
    if let Ok(tag) = HeaderValue::from_str(asset.etag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    Ok(response)
}

/// Whether the client takes gzip: it names it, and not with a weight of 0.
fn takes_gzip(headers: &HeaderMap) -> bool {
    let values = headers.get_all(header::ACCEPT_ENCODING).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|item| {
        let (name, weight) = item.split_once(';').unwrap_or((item, "q=1"));
        let weight = weight.trim().strip_prefix("q=").and_then(|weight| weight.trim().parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && weight.is_some_and(|weight| weight > 0.0)
    })
}
