//! What can go wrong while a request is answered, and the only place that knows status codes.
//!
//! A failing step returns [`AppError`]. Its [`IntoResponse`] sets the status and leaves the error in
//! the response's extensions; [`render`] then writes the body in the form that the route's family
//! and the client's `Accept` header ask for: bare text, JSON or a page.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Redirect, Response},
};
use ixpd_db::WriteError as _;
use serde_json::json;

use crate::{
    app::AppState,
    routes::{Family, href},
    service::outbox::QueueError,
    web,
};

/// Seconds after which a request that failed for want of the database or of another service is to be tried again.
const UNAVAILABLE_RETRY_AFTER: u64 = 5;

/// Messages by field name, as forms show them.
pub type FieldErrors = BTreeMap<Cow<'static, str>, Vec<String>>;

/// A refusal or failure of a request.
#[derive(Clone, Debug, thiserror::Error)]
pub enum AppError {
    /// 400: the request makes no sense; the text says which part.
    #[error("{0}")]
    BadRequest(String),
    /// 401: no usable credential. The text is bare in the answer of an API.
    #[error("{0}")]
    Unauthorized(Cow<'static, str>),
    /// A page that needs a login: 302 to it. An API answers 401.
    #[error("Unauthorized.")]
    LoginRequired,
    /// A session that has yet to pass its second factor, or to set one up: 302 to that page.
    #[error("Unauthorized.")]
    SecondFactorRequired {
        /// The page that moves the session on.
        next: &'static str,
    },
    /// 403: known, but not allowed.
    #[error("{0}")]
    Forbidden(Cow<'static, str>),
    /// 404.
    #[error("{0}")]
    NotFound(Cow<'static, str>),
    /// 405.
    #[error("This path does not answer {0}.")]
    MethodNotAllowed(String),
    /// 408: the body of the request didn't come in time.
    #[error("The request body did not arrive within {within:?}.")]
    RequestTimeout {
        /// How long it was waited for.
        within: Duration,
    },
    /// 409: the thing has changed meanwhile.
    #[error("{0}")]
    Conflict(String),
    /// 413: more than the given number of bytes.
    #[error("The request body is larger than {limit} bytes.")]
    PayloadTooLarge {
        /// The most that is accepted, in bytes.
        limit: usize,
    },
    /// 415.
    #[error("{0}")]
    UnsupportedMediaType(String),
    /// 423: somebody else is at it, or it is shut for now.
    #[error("{0}")]
    Locked(Cow<'static, str>),
    /// 419: the form's token is missing, old or another session's.
    #[error("CSRF token mismatch.")]
    CsrfMismatch,
    /// 422: fields with values that can't be accepted.
    #[error("The given data was invalid.")]
    Validation(FieldErrors),
    /// 429.
    #[error("Too many failed attempts. Try again in {retry_after} seconds.")]
    TooManyAttempts {
        /// Seconds until another attempt is judged.
        retry_after: u64,
    },
    /// 503: more is asked for than can be done now.
    #[error("The server is busy. Try again in {retry_after} seconds.")]
    Busy {
        /// Seconds until it makes sense to ask again.
        retry_after: u64,
    },
    /// 503: a part that ixpd needs doesn't answer.
    #[error("{0}")]
    Unavailable(Cow<'static, str>),
    /// 503: the database doesn't answer, or another writer was in the way for too long. The cause goes to the log.
    #[error("The database does not answer. Try again in a moment.")]
    Database(#[source] Arc<ixpd_db::DbErr>),
    /// 500: a defect or a broken environment. The cause goes to the log, never to the client.
    #[error("Something went wrong here. It has been logged.")]
    Internal(Arc<dyn std::error::Error + Send + Sync>),
}

impl AppError {
    /// A failure whose cause is only for the log.
    pub fn internal(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(Arc::from(cause.into()))
    }

    /// 422 for one field.
    pub fn field(name: impl Into<Cow<'static, str>>, message: impl Into<String>) -> Self {
        Self::Validation(FieldErrors::from([(name.into(), vec![message.into()])]))
    }

    /// 404 with a text that doesn't say whether the thing exists for somebody else.
    pub fn not_found() -> Self {
        Self::NotFound("Not found.".into())
    }

    /// Whether the database failed, so that it isn't known what was stored.
    pub fn is_of_database(&self) -> bool {
        self.database_error().is_some()
    }

    /// The status of this error.
    pub fn status(&self) -> StatusCode {
        match self {
            Self::BadRequest(_) => StatusCode::BAD_REQUEST,
            Self::Unauthorized(_) | Self::LoginRequired | Self::SecondFactorRequired { .. } => {
                StatusCode::UNAUTHORIZED
            }
            Self::Forbidden(_) => StatusCode::FORBIDDEN,
            Self::NotFound(_) => StatusCode::NOT_FOUND,
            Self::MethodNotAllowed(_) => StatusCode::METHOD_NOT_ALLOWED,
            Self::RequestTimeout { .. } => StatusCode::REQUEST_TIMEOUT,
            Self::Conflict(_) => StatusCode::CONFLICT,
            Self::PayloadTooLarge { .. } => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UnsupportedMediaType(_) => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Locked(_) => StatusCode::LOCKED,
            Self::CsrfMismatch => page_expired(),
            Self::Validation(_) => StatusCode::UNPROCESSABLE_ENTITY,
            Self::TooManyAttempts { .. } => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable(_) | Self::Busy { .. } | Self::Database(_) => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal(_) => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// The seconds after which the same request makes sense again, where that can be said.
    fn retry_after(&self) -> Option<u64> {
        match self {
            Self::TooManyAttempts { retry_after } | Self::Busy { retry_after } => Some(*retry_after),
            Self::Database(_) | Self::Unavailable(_) => Some(UNAVAILABLE_RETRY_AFTER),
            _ => None,
        }
    }

    /// What a framework's refusal with an empty body means, where one was given.
    fn of_status(status: StatusCode, method: &str, limit: usize) -> Option<Self> {
        match status {
            StatusCode::NOT_FOUND => Some(Self::NotFound("There is nothing at this path.".into())),
            StatusCode::METHOD_NOT_ALLOWED => Some(Self::MethodNotAllowed(method.to_owned())),
            StatusCode::PAYLOAD_TOO_LARGE => Some(Self::PayloadTooLarge { limit }),
            StatusCode::INTERNAL_SERVER_ERROR => Some(Self::internal("a handler panicked")),
            _ => None,
        }
    }
}

/// 419, the status that IXP Manager's framework gives an expired form.
fn page_expired() -> StatusCode {
    StatusCode::from_u16(419).unwrap_or(StatusCode::FORBIDDEN)
}

impl From<ixpd_db::DbErr> for AppError {
    fn from(error: ixpd_db::DbErr) -> Self {
        if ixpd_db::dialect::is_trouble(&error) {
            return Self::Database(Arc::new(error));
        }
        match ixpd_db::dialect::unfit_column(&error) {
            Some((column, why)) => Self::field(column, format!("Not stored: {why}.")),
            None => Self::internal(error),
        }
    }
}

impl ixpd_db::WriteError for AppError {
    fn database_error(&self) -> Option<&ixpd_db::DbErr> {
        match self {
            Self::Database(error) => Some(error),
            Self::Internal(cause) => cause.downcast_ref(),
            _ => None,
        }
    }
}

impl From<serde_json::Error> for AppError {
    fn from(error: serde_json::Error) -> Self {
        Self::internal(error)
    }
}

impl From<QueueError> for AppError {
    fn from(error: QueueError) -> Self {
        match error {
            QueueError::Database(error) => error.into(),
            QueueError::Template(error) => Self::internal(error),
        }
    }
}

impl From<ixpd_render::RenderError> for AppError {
    fn from(error: ixpd_render::RenderError) -> Self {
        Self::internal(error)
    }
}

impl From<askama::Error> for AppError {
    fn from(error: askama::Error) -> Self {
        Self::internal(error)
    }
}

impl IntoResponse for AppError {
    fn into_response(self) -> Response {
        let mut response = self.status().into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The layer that writes the body of every refusal and failure.
pub async fn render(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let method = request.method().to_string();
    let family = Family::of(request.uri().path(), state.config.app.base_path());
    let headers = request.headers().clone();
    let path = request.uri().path().to_owned();
    let mut response = next.run(request).await;
    let error = match response.extensions_mut().remove::<AppError>() {
        Some(error) => error,
        None if is_bare(&response) => {
            match AppError::of_status(response.status(), &method, crate::app::BODY_LIMIT) {
                Some(error) => error,
                None => return response,
            }
        }
        None => return response,
    };
    let cause = match &error {
        AppError::Internal(cause) => Some(chain(cause.as_ref())),
        AppError::Database(cause) => {
            state.write_test.doubt();
            Some(chain(cause.as_ref()))
        }
        _ => None,
    };
    if let Some(error) = cause {
        tracing::error!(%method, path = crate::routes::loggable(&path), error, "request failed");
    }
    let request_id = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let mut rendered = match error {
        // After the login it goes on from here. Only a page can be gone back to, not a form that was sent.
        AppError::LoginRequired if family == Family::Page && method == "GET" => {
            Redirect::to(&web::intended::login_href(&state, &path)).into_response()
        }
        _ => body(&state, &error, family, &headers, request_id),
    };
    keep_headers(&mut rendered, response.headers());
    rendered
}

/// Takes over what layers below have set, such as cookies, where the rendered answer has no say of its own.
fn keep_headers(rendered: &mut Response, set: &HeaderMap) {
    let own: Vec<_> = rendered.headers().keys().cloned().collect();
    for (name, value) in set {
        if *name != header::CONTENT_TYPE && *name != header::CONTENT_LENGTH && !own.contains(name) {
            rendered.headers_mut().append(name.clone(), value.clone());
        }
    }
}

fn is_bare(response: &Response) -> bool {
    use axum::body::HttpBody as _;
    response.status().is_client_error() && response.body().is_end_stream()
        || response.status().is_server_error() && response.headers().get(header::CONTENT_TYPE).is_none()
}

fn body(
    state: &AppState,
    error: &AppError,
    family: Family,
    headers: &HeaderMap,
    request_id: Option<String>,
) -> Response {
    let status = error.status();
    let mut response = match (family, error) {
        (Family::Page, AppError::LoginRequired) => {
            return Redirect::to(&href(state, "/login")).into_response();
        }
        (Family::Page, AppError::SecondFactorRequired { next }) => {
            return Redirect::to(&href(state, next)).into_response();
        }
        (
            Family::Api,
            AppError::Unauthorized(_) | AppError::LoginRequired | AppError::SecondFactorRequired { .. },
        ) => (status, error.to_string()).into_response(),
        (_, error) if wants_json(headers) => problem(status, error),
        (Family::Api, error) => (status, text(error)).into_response(),
        (Family::Page, error) => web::error_page::show(state, status, error, request_id),
    };
    if let Some(seconds) = error.retry_after() {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

/// Whether the client asks for JSON: by `Accept`, or as a script's request that takes anything.
fn wants_json(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or("");
    let by_script = headers.get("x-requested-with").is_some_and(|value| value == "XMLHttpRequest");
    accept.contains("json") || by_script && !accept.contains("text/html")
}

/// The first message of a field and how many follow, as Laravel words it.
fn summary(fields: &FieldErrors) -> Option<String> {
    let first = fields.values().flatten().next()?;
    Some(match fields.values().map(Vec::len).sum::<usize>() - 1 {
        0 => first.clone(),
        1 => format!("{first} (and 1 more error)"),
        more => format!("{first} (and {more} more errors)"),
    })
}

/// `message` and `errors` are the members that clients of IXP Manager read; the others are those of RFC 9457.
fn problem(status: StatusCode, error: &AppError) -> Response {
    let detail = match error {
        AppError::Validation(fields) => summary(fields),
        _ => None,
    };
    let detail = detail.unwrap_or_else(|| error.to_string());
    let mut problem = json!({
        "type": "about:blank",
        "title": status.canonical_reason().unwrap_or("Page Expired"),
        "status": status.as_u16(),
        "detail": detail,
        "message": detail,
    });
    if let AppError::Validation(fields) = error {
        problem["errors"] = json!(fields);
    }
    (status, [(header::CONTENT_TYPE, "application/problem+json")], problem.to_string()).into_response()
}

fn text(error: &AppError) -> String {
    match error {
        AppError::Validation(fields) => fields
            .iter()
            .flat_map(|(name, messages)| messages.iter().map(move |message| format!("{name}: {message}\n")))
            .collect(),
        error => error.to_string(),
    }
}

/// An error with its causes, on one line.
pub fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
