//! Mailing lists.

use axum::{Extension, extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::{FormFields, Input, Path},
    php_json::answer,
    service::{
        audit::By,
        mailing_list::{self, Started},
    },
};

/// Who is on the list by now.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct StartInput {
    /// Their addresses, one a line. Empty, or a form without any field, means nobody.
    #[schema(required = true, example = "ann@example.net\nbob@example.net\n")]
    addresses: Option<String>,
}

/// The addresses of users who chose to be on a list, one a line.
#[utoipa::path(get, path = "/admin/api/v4/mailing-list/subscribers/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), responses(
    (status = 200, description = "The addresses in order; without any a lone line break.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn subscribers(
    State(state): State<AppState>,
    Path(list): Path<String>,
) -> Result<String, AppError> {
    mailing_list::addresses_text(&state, &list, true).await
}

/// The addresses of users who chose to be on a list, as JSON.
#[utoipa::path(get, path = "/admin/api/v4/mailing-list/subscribers/json/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), responses(
    (status = 200, description = "The addresses in order.", body = [String], example = json!(["ann@example.net"])),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn subscribers_json(
    State(state): State<AppState>,
    Path(list): Path<String>,
) -> Result<Response, AppError> {
    answer(&mailing_list::addresses(&state, &list, true).await?)
}

/// The addresses of users who chose not to be on a list, one a line.
#[utoipa::path(get, path = "/admin/api/v4/mailing-list/unsubscribed/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), responses(
    (status = 200, description = "The addresses in order; without any a lone line break.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn unsubscribed(
    State(state): State<AppState>,
    Path(list): Path<String>,
) -> Result<String, AppError> {
    mailing_list::addresses_text(&state, &list, false).await
}

/// The addresses of users who chose not to be on a list, as JSON.
#[utoipa::path(get, path = "/admin/api/v4/mailing-list/unsubscribed/json/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), responses(
    (status = 200, description = "The addresses in order.", body = [String], example = json!(["eve@example.net"])),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn unsubscribed_json(
    State(state): State<AppState>,
    Path(list): Path<String>,
) -> Result<Response, AppError> {
    answer(&mailing_list::addresses(&state, &list, false).await?)
}

/// Starts a list from the addresses that are on it by now.
///
/// Users who haven't chosen yet are on it if their address is among them, and else off it.
#[utoipa::path(post, path = "/admin/api/v4/mailing-list/init/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), request_body(content = StartInput, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "What became of each address, one a line.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 422, description = "There are other fields, but no `addresses`."),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn init(
    State(state): State<AppState>,
    by: By,
    Path(list): Path<String>,
    form: Option<Extension<FormFields>>,
    Input(input): Input<StartInput>,
) -> Result<String, AppError> {
    let started = start(&state, &by, &list, form, input).await?;
    mailing_list::started_text(&state, &list, &started)
}

/// The same with a JSON answer.
#[utoipa::path(post, path = "/admin/api/v4/mailing-list/init/json/{listname}", tag = "Mailing lists", params(
    ("listname" = String, Path, description = "The list's handle", example = "ops"),
), request_body(content = StartInput, content_type = "application/x-www-form-urlencoded"), responses(
    (status = 200, description = "What became of each address.", body = Started),
    (status = 404, description = "`Mailing list not defined in config/mailinglists.php`"),
    (status = 422, description = "There are other fields, but no `addresses`."),
    (status = 503, description = "There are no mailing lists."),
))]
pub async fn init_json(
    State(state): State<AppState>,
    by: By,
    Path(list): Path<String>,
    form: Option<Extension<FormFields>>,
    Input(input): Input<StartInput>,
) -> Result<Response, AppError> {
    answer(&start(&state, &by, &list, form, input).await?)
}

async fn start(
    state: &AppState,
    by: &By,
    list: &str,
    form: Option<Extension<FormFields>>,
    input: StartInput,
) -> Result<Started, AppError> {
    mailing_list::list(state, list)?;
    // Of `addresses@FILE` curl leaves nothing where the file is empty, not even the name.
    let is_empty = || {
        form.is_some_and(|Extension(form)| {
            form.get("addresses").is_some() || form.has_only(&["apikey", "_token"])
        })
    };
    let addresses = match input.addresses {
        Some(addresses) => addresses,
        None if is_empty() => String::new(),
        None => {
            return Err(AppError::field(
                "addresses",
                "is missing; accepted are the e-mail addresses that are on the list, one a line",
            ));
        }
    };
    mailing_list::start(state, by, list, &addresses).await
}
