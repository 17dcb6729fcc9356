//! Bodies of forms: read once, before anything else looks at the request.
//!
//! A browser's form can only GET and POST; its field `_method` names PUT or DELETE. The access layer
//! needs the fields `_token` and `apikey` before a handler runs. So the body of a form is read here,
//! and what was read goes into the request's extensions.

use std::sync::Arc;

use axum::{
    body::Body,
    extract::{FromRequest, FromRequestParts, Request},
    http::{Method, header, request::Parts},
    middleware::Next,
    response::{IntoResponse as _, Response},
};
use serde::de::DeserializeOwned;

use crate::{error::AppError, php_json::JSON};

/// The largest body of a form, in bytes.
pub const FORM_LIMIT: usize = 1024 * 1024;
/// The content type of a form.
pub const FORM: &str = "application/x-www-form-urlencoded";
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

    /// Every value of a field, in the order sent.
    pub fn all<'a>(&'a self, name: &'a str) -> impl DoubleEndedIterator<Item = &'a str> {
        self.0.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// Whether there is no field but these.
    pub fn has_only(&self, names: &[&str]) -> bool {
        self.0.fields.iter().all(|(field, _)| names.contains(&field.as_str()))
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
    content_type(request).is_some_and(|kind| kind.eq_ignore_ascii_case(FORM))
}

/// The kind of the body, without parameters.
fn content_type(request: &Request) -> Option<&str> {
    let value = request.headers().get(header::CONTENT_TYPE)?.to_str().ok()?;
    value.split(';').next().map(str::trim)
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
        parse(&body.raw).map(Self)
    }
}

/// What a client says in the URL and in a form or a JSON object, as a type: scripts of IXP Manager's API may use any of
/// them. The body wins; values are trimmed, and one that is empty counts as absent. A value of the wrong form is 422 and
/// named.
pub struct Input<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Input<T> {
    type Rejection = AppError;

    async fn from_request(request: Request, _: &S) -> Result<Self, AppError> {
        let query = request.uri().query().unwrap_or("").to_owned();
        let said = match request.extensions().get::<FormFields>() {
            Some(form) => form.0.fields.clone(),
            None => fields_of_json(request).await?,
        };
        let mut fields: Vec<(String, String)> =
            url::form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        fields.retain(|(name, _)| !said.iter().any(|(other, _)| other == name));
        fields.extend(said);
        let encoded = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(
                fields
                    .iter()
                    .map(|(name, value)| (name, value.trim()))
                    .filter(|(_, value)| !value.is_empty()),
            )
            .finish();
        parse(&encoded).map(Self)
    }
}

/// The members of a JSON object as fields; a list becomes a field that repeats.
async fn fields_of_json(request: Request) -> Result<Vec<(String, String)>, AppError> {
    let is_json = content_type(&request).is_some_and(|kind| kind.eq_ignore_ascii_case(JSON));
    let Ok(body) = axum::body::to_bytes(request.into_body(), FORM_LIMIT).await else {
        return Err(AppError::PayloadTooLarge { limit: FORM_LIMIT });
    };
    if body.is_empty() {
        return Ok(Vec::new());
    }
    if !is_json {
        return Err(AppError::UnsupportedMediaType(
            "This takes a form or JSON: Content-Type application/x-www-form-urlencoded or application/json."
                .to_owned(),
        ));
    }
    let object: serde_json::Map<String, serde_json::Value> = serde_json::from_slice(&body)
        .map_err(|error| AppError::BadRequest(format!("The body is no JSON object: {error}")))?;
    let mut fields = Vec::new();
    for (name, value) in object {
        match value {
            serde_json::Value::Array(items) => {
                for item in items {
                    fields.push((name.clone(), scalar(&name, item)?));
                }
            }
            value => {
                let value = scalar(&name, value)?;
                fields.push((name, value));
            }
        }
    }
    Ok(fields)
}

fn scalar(name: &str, value: serde_json::Value) -> Result<String, AppError> {
    match value {
        serde_json::Value::Null => Ok(String::new()),
        serde_json::Value::String(text) => Ok(text),
        serde_json::Value::Bool(yes) => Ok(if yes { "1" } else { "0" }.to_owned()),
        serde_json::Value::Number(number) => Ok(number.to_string()),
        _ => {
            Err(AppError::field(name.to_owned(), "takes a text, a number, true or false, or a list of them"))
        }
    }
}

/// Fields in the encoding of URLs as a type.
fn parse<T: DeserializeOwned>(encoded: &str) -> Result<T, AppError> {
    let deserializer = serde_html_form::Deserializer::from_bytes(encoded.as_bytes());
    serde_path_to_error::deserialize(deserializer).map_err(|error| {
        let field = error.path().to_string();
        let name = if field == "." { "form".to_owned() } else { field };
        AppError::field(name, error.into_inner().to_string())
    })
}

/// The parameters of the URL as a type. One of the wrong form is 422 and named.
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Sync> FromRequestParts<S> for Query<T> {
    type Rejection = AppError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, AppError> {
        parse(parts.uri.query().unwrap_or("")).map(Self)
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

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Default, Deserialize, PartialEq)]
    #[serde(default)]
    struct Asked {
        name: Option<String>,
        number: Option<u32>,
        #[serde(rename = "types[]")]
        types: Vec<u8>,
    }

    /// Reads a request with a body of a kind, as the application does: forms before anything else.
    async fn asked(uri: &str, kind: &str, body: &str) -> Result<Asked, AppError> {
        let request = Request::post(uri).header(header::CONTENT_TYPE, kind);
        let mut request = request.body(Body::from(body.to_owned())).unwrap();
        if is_form(&request) {
            request.extensions_mut().insert(FormFields::parse(body.as_bytes()));
        }
        Input::from_request(request, &()).await.map(|Input(asked)| asked)
    }

    const WITH_CHARSET: &str = "application/x-www-form-urlencoded; charset=utf-8";

    #[tokio::test]
    async fn body_wins_over_the_url_and_an_empty_value_is_none() {
        let both = asked("/x?name=url&number=1&types[]=1&types[]=2", WITH_CHARSET, "name=+form+&number=")
            .await
            .unwrap();
        assert_eq!(both, Asked { name: Some("form".to_owned()), number: None, types: vec![1, 2] });
        let url = asked("/x?name=url&number=", "", "").await.unwrap();
        assert_eq!(url, Asked { name: Some("url".to_owned()), ..Asked::default() });
    }

    #[tokio::test]
    async fn json_object_is_read_as_a_form_is() {
        let json = r#"{"name": "json", "number": 7, "types[]": [1, "2"], "other": null}"#;
        let asked = asked("/x", "application/json", json).await.unwrap();
        assert_eq!(asked, Asked { name: Some("json".to_owned()), number: Some(7), types: vec![1, 2] });
    }

    #[tokio::test]
    async fn input_of_the_wrong_form_is_a_client_s_error() {
        let status = async |uri: &str, kind: &str, body: &str| {
            asked(uri, kind, body).await.unwrap_err().status().as_u16()
        };
        assert_eq!(status("/x?number=many", "", "").await, 422);
        assert_eq!(status("/x", WITH_CHARSET, "number=-1").await, 422);
        assert_eq!(status("/x", "application/json", r#"{"number": {"a": 1}}"#).await, 422);
        assert_eq!(status("/x", "application/json", "[1]").await, 400);
        assert_eq!(status("/x", "text/plain", "number=1").await, 415);
        let error = asked("/x", WITH_CHARSET, "number=many").await.unwrap_err();
        let AppError::Validation(fields) = error else { panic!("{error}") };
        assert!(fields.contains_key("number"), "{fields:?}");
    }
}
