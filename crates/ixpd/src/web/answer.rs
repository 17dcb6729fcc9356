//! Small parts that answers of several pages share.

use axum::{
    http::{HeaderValue, header},
    response::Response,
};
use axum_extra::extract::cookie::Cookie;

use super::form::Field;
use crate::{
    app::AppState,
    error::{AppError, FieldErrors},
    service::session_renewal::Renewed,
};

/// What was wrong with the fields of a form, which is then shown again.
#[derive(Debug, Default)]
pub struct Refused(FieldErrors);

impl Refused {
    /// Takes an error that belongs into the form.
    ///
    /// # Errors
    /// Every other error, as it is.
    pub fn of(error: AppError) -> Result<Self, AppError> {
        match error {
            AppError::Validation(fields) => Ok(Self(fields)),
            error => Err(error),
        }
    }

    /// A field with what was entered and what is wrong with it.
    pub fn field(&self, name: &str, value: &str) -> Field {
        Field { value: value.to_owned(), error: self.0.get(name).map(|messages| messages.join(" ")) }
    }

    /// A field whose value isn't sent back.
    pub fn secret(&self, name: &str) -> Field {
        self.field(name, "")
    }

    /// The form as the answer, with the status of a refusal where something is wrong.
    pub fn answer(self, mut form: Response) -> Response {
        if !self.0.is_empty() {
            *form.status_mut() = AppError::Validation(self.0).status();
        }
        form
    }
}

/// The answer with the cookies of a session that was renewed.
pub fn with_renewed(state: &AppState, response: Response, renewed: &Renewed) -> Response {
    let device = renewed.device.as_ref().map(|device| device.cookie(state));
    with_cookies(response, device.into_iter().chain([renewed.session.cookie(state)]))
}

/// The answer with cookies set or taken away.
pub fn with_cookies(mut response: Response, cookies: impl IntoIterator<Item = Cookie<'static>>) -> Response {
    for cookie in cookies {
        if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
            response.headers_mut().append(header::SET_COOKIE, value);
        }
    }
    response
}
