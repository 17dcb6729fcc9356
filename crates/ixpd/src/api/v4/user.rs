//! Users, for other systems.

use axum::{extract::State, response::Response};

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    php_json::answer,
    service::user_export::{self, FormattedParameters, UserRow},
};

/// All users, disabled ones included.
///
/// Hashes of passwords are part of it with `IXPD_USER_JSON_PASSWORD=true` alone.
#[utoipa::path(get, path = "/admin/api/v4/user/json", tag = "Users", responses(
    (status = 200, description = "The users, by id.", body = [UserRow]),
))]
pub async fn json(State(state): State<AppState>) -> Result<Response, AppError> {
    users(&state, None).await
}

/// The users with a privilege at any member.
#[utoipa::path(get, path = "/admin/api/v4/user/json/{priv}", tag = "Users", params(
    ("priv" = i32, Path, description = "1 user, 2 administrator of a member, 3 superuser; 0 is everybody", example = 3),
), responses(
    (status = 200, description = "The users, by id.", body = [UserRow]),
    (status = 404, description = "The privilege is no number."),
))]
pub async fn json_priv(
    State(state): State<AppState>,
    Path(privilege): Path<i32>,
) -> Result<Response, AppError> {
    users(&state, Some(privilege)).await
}

async fn users(state: &AppState, privilege: Option<i32>) -> Result<Response, AppError> {
    answer(&user_export::users(state, privilege).await?)
}

/// The users that may log in, as users of TACACS+ or in the form of a template of the skin.
#[utoipa::path(method(get, post), path = "/admin/api/v4/user/formatted", tag = "Users",
    params(FormattedParameters), responses(
    (status = 200, description = "The text.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Unknown template`"),
    (status = 422, description = "A parameter that can't be accepted."),
))]
pub async fn formatted(
    State(state): State<AppState>,
    Input(parameters): Input<FormattedParameters>,
) -> Result<String, AppError> {
    user_export::formatted(&state, &parameters).await
}

/// The same of the users with a privilege at any member.
#[utoipa::path(method(get, post), path = "/admin/api/v4/user/formatted/{priv}", tag = "Users", params(
    ("priv" = i32, Path, description = "1 user, 2 administrator of a member, 3 superuser; 0 is everybody", example = 3),
    FormattedParameters,
), responses(
    (status = 200, description = "The text.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Unknown template`, or the privilege is no number."),
    (status = 422, description = "A parameter that can't be accepted."),
))]
pub async fn formatted_priv(
    State(state): State<AppState>,
    Path(privilege): Path<i32>,
    Input(parameters): Input<FormattedParameters>,
) -> Result<String, AppError> {
    user_export::formatted(&state, &FormattedParameters { r#priv: Some(privilege), ..parameters }).await
}

/// The same in the form of a template.
#[utoipa::path(method(get, post), path = "/admin/api/v4/user/formatted/{priv}/{template}", tag = "Users", params(
    ("priv" = i32, Path, description = "1 user, 2 administrator of a member, 3 superuser; 0 is everybody", example = 3),
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    FormattedParameters,
), responses(
    (status = 200, description = "The text.", body = String, content_type = "text/plain"),
    (status = 404, description = "`Unknown template`, or the privilege is no number."),
    (status = 422, description = "A parameter that can't be accepted."),
))]
pub async fn formatted_template(
    State(state): State<AppState>,
    Path((privilege, template)): Path<(i32, String)>,
    Input(parameters): Input<FormattedParameters>,
) -> Result<String, AppError> {
    let parameters = FormattedParameters { r#priv: Some(privilege), template: Some(template), ..parameters };
    user_export::formatted(&state, &parameters).await
}
