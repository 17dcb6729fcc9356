//! Sources of the IRR.

use axum::{extract::State, response::Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::input::needed;
use crate::{
    app::AppState,
    error::AppError,
    form::Input,
    php_json::answer,
    service::{
        audit::By,
        irrdb_source::{self, IrrdbSource},
    },
};

/// A source to add.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(default)]
pub struct NewIrrdbSource {
    /// Names of databases, separated by commas: upper-case letters, digits and hyphens.
    #[schema(required = true, example = "RIPE,RADB")]
    source: Option<String>,
    /// The whois server; `whois.radb.net` without it.
    #[schema(example = "whois.radb.net")]
    host: Option<String>,
    /// What superusers should know of it.
    notes: Option<String>,
}

/// Adds a source of the IRR that members can choose.
#[utoipa::path(post, path = "/admin/api/v4/store", tag = "Members",
    request_body(content = NewIrrdbSource, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It was added.", body = IrrdbSource),
        (status = 422, description = "The source is missing or holds more than upper-case letters, digits, hyphens and commas.", body = String),
    ),
)]
pub async fn store(
    State(state): State<AppState>,
    by: By,
    Input(new): Input<NewIrrdbSource>,
) -> Result<Response, AppError> {
    let source = needed(new.source, "source")?;
    answer(&irrdb_source::create(&state, &by, &source, new.host, new.notes).await?)
}
