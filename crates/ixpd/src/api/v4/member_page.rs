//! The operator's own list of members, for everybody.

use axum::{extract::State, response::Response};
use ixpd_types::Privilege;

use crate::{
    app::AppState,
    auth::actor::Actor,
    error::AppError,
    php_json::written,
    service::member_pages::{self, Form},
};

/// The operator's own list of members: the template `content/members/0/list.json` of the skin.
#[utoipa::path(get, path = "/api/v4/public/content/members/0/list.json", tag = "Members", responses(
    (status = 200, description = "What the template says.", body = serde_json::Value,
        example = json!([{"asn": 64496, "name": "Alpha Networks", "url": "https://alpha.example.net"}])),
    (status = 404, description = "The skin has no such template.", body = String),
))]
pub async fn list(State(state): State<AppState>) -> Result<Response, AppError> {
    let nobody = Actor::default();
    let text = member_pages::render(&state, &nobody, Privilege::Public, "list", Form::Json).await?;
    Ok(written(text))
}
