//! Bodies of forms: read once, before anything else looks at the request.
//!
//! A browser's form can only GET and POST; its field `_method` names PUT or DELETE. The access layer
//! needs the fields `_token` and `apikey` before a handler runs. So the body of a form is read here,
//! and what was read goes into the request's extensions.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde::de::DeserializeOwned;

use crate::error::AppError;

/// The largest body of a form, in bytes.
pub const FORM_LIMIT: usize = 64 * 1024;
/// The field that names the method a form stands for.
pub const METHOD_FIELD: &str = "_method";

/// The fields of a form, in the order sent.
#[derive(Clone, Debug)]
pub struct FormFields(Arc<FormBody>);

struct FormBody {
    raw: String,
    fields: Vec<(String, String)>,
}

impl std::fmt::Debug for FormBody {
    /// Values may be passwords and keys.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.fields.iter().map(|(name, _)| name)).finish()
    }
}

impl FormFields {
    fn parse(body: &[u8]) -> Self {
        let fields = url::form_urlencoded::parse(body).into_owned().collect();
        Self(Arc::new(FormBody { raw: String::from_utf8_lossy(body).into_owned(), fields }))
    }

    /// The last value of a field.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.0.fields.iter().rev().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }
}

/// The layer that reads forms. Other bodies pass through unread.
pub async fn read(request: Request, next: Next) -> Response {
    if !is_form(&request) {
        return next.run(request).await;
    }
    let (mut parts, body) = request.into_parts();
    let Ok(body) = axum::body::to_bytes(body, FORM_LIMIT).await else {
        return AppError::PayloadTooLarge { limit: FORM_LIMIT }.into_response();
    };
    let fields = FormFields::parse(&body);
    if parts.method == Method::POST {
        match fields.get(METHOD_FIELD) {
            Some(method) if method.eq_ignore_ascii_case("put") => parts.method = Method::PUT,
            Some(method) if method.eq_ignore_ascii_case("delete") => parts.method = Method::DELETE,
            _ => {}
        }
    }
    parts.extensions.insert(fields);
    next.run(Request::from_parts(parts, Body::from(body))).await
}

fn is_form(request: &Request) -> bool {
    let content_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    content_type.is_some_and(|value| {
        value
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"))
    })
}

/// The fields of a form as a type. A field of the wrong form is 422 and named; a body that is no form
/// is 415.
pub struct Form<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Form<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let Some(FormFields(body)) = parts.extensions.get::<FormFields>() else {
            return Err(AppError::UnsupportedMediaType(
                "This takes a form: Content-Type application/x-www-form-urlencoded.".to_owned(),
            ));
        };
        let deserializer = serde_html_form::Deserializer::from_bytes(body.raw.as_bytes());
        serde_path_to_error::deserialize(deserializer).map(Self).map_err(|error| {
            let field = error.path().to_string();
            let name = if field == "." { "form".to_owned() } else { field };
            AppError::field(name, error.into_inner().to_string())
        })
    }
}

/// The parameters of the URL as a type. One of the wrong form is 422 and named.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        let query = parts.uri.query().unwrap_or("");
        let deserializer = serde_html_form::Deserializer::from_bytes(query.as_bytes());
        serde_path_to_error::deserialize(deserializer)
            .map(Self)
            .map_err(|error| AppError::field(error.path().to_string(), error.into_inner().to_string()))
    }
}

/// The parameters of the path as a type. One of the wrong form is 404.
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, AppError> {
        match axum::extract::Path::<T>::from_request_parts(parts, state).await {
            Ok(axum::extract::Path(value)) => Ok(Self(value)),
            Err(_) => Err(AppError::NotFound("There is nothing at this path.".into())),
        }
    }
}
