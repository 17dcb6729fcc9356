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
    links,
    php_json::written,
    service::member_pages::{self, Form},
};

/// A page of the skin for those of a privilege and above; with `.json` at its end as JSON.
///
/// It is the template `content/members/{priv}/{page}` of the skin. A session counts, a key doesn't.
#[utoipa::path(get, path = links::MEMBER_PAGE, tag = "Members", params(
    ("priv" = i32, Path, description = "The least privilege: 0 everybody, 1 user, 2 administrator of a member, 3 superuser", example = 0),
    ("page" = String, Path, description = "The name of the template, with `.json` for the form of JSON", example = "list.json"),
), responses(
    (status = 200, description = "What the template says.", content(
        (String = "text/html", example = "<ul>\n  <li>Alpha Networks</li>\n</ul>\n"),
        (serde_json::Value = "application/json", example = json!([{"name": "Alpha Networks", "asn": 64_496}])),
    )),
    (status = 403, description = "The privilege isn't enough, or nobody is logged in."),
    (status = 404, description = "The skin has no such template."),
))]
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
