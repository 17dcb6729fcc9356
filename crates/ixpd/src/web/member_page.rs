//! Lists of members in the operator's own form.

use axum::{
    extract::State,
    response::{Html, IntoResponse as _, Response},
};
use ixpd_types::Privilege;

use crate::{
    app::AppState,
    auth::actor::Actor,
    error::AppError,
    form::Path,
    php_json::written,
    service::member_pages::{self, Form},
};

/// A page of the skin for those of a privilege and above; with `.json` at its end as JSON.
pub async fn show(
    State(state): State<AppState>,
    actor: Actor,
    Path((privilege, page)): Path<(i32, String)>,
) -> Result<Response, AppError> {
    let privilege = Privilege::from_code(privilege).map_err(|_| AppError::not_found())?;
    match page.strip_suffix(".json") {
        Some(page) => Ok(written(member_pages::render(&state, &actor, privilege, page, Form::Json).await?)),
        None => {
            Ok(Html(member_pages::render(&state, &actor, privilege, &page, Form::Html).await?)
                .into_response())
        }
    }
}
