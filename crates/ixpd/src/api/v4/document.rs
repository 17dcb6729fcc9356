//! What is known of documents.

use axum::{extract::State, response::Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::Path,
    php_json::{answer, timestamp},
    sample::Sample,
    service::document::{self, Known},
};

/// A document.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = DocumentInfo::sample)]
pub struct DocumentInfo {
    /// Its name, as people see it.
    file_name: String,
    /// User name and name of who brought it.
    created_by: Option<String>,
    /// The member that it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    customer: Option<String>,
    /// Where it is in its folder of files.
    dspath: String,
    /// When it came, in UTC.
    created_at: Option<String>,
    /// When it changed, by the exchange's clock.
    last_modified: String,
    /// In bytes; null where its file isn't there.
    size: Option<u64>,
}

impl Sample for DocumentInfo {
    fn sample() -> Self {
        Self {
            file_name: "connection-agreement.pdf".to_owned(),
            created_by: Some("ann (Ann Smith)".to_owned()),
            customer: Some("Alpha Networks".to_owned()),
            dspath: "3/JZ2kX.pdf".to_owned(),
            created_at: Some("2026-06-15T10:00:00.000000Z".to_owned()),
            last_modified: "2026-06-15 12:00:00".to_owned(),
            size: Some(48_213),
        }
    }
}

/// A document of the exchange.
#[utoipa::path(get, path = "/admin/api/v4/docstore/file/info/{file}", tag = "Documents",
    params(("file" = i64, Path, description = "`docstore_files.id`.", example = 2)),
    responses(
        (status = 200, description = "What is known of it, without `customer`.", body = DocumentInfo,
            example = json!(DocumentInfo { customer: None, ..Sample::sample() })),
        (status = 404, description = "There is no such document.", body = String),
    ),
)]
pub async fn info(State(state): State<AppState>, Path(id): Path<i64>) -> Result<Response, AppError> {
    let known = document::show(&state, id).await?;
    answer(&view(&state, known))
}

/// A document of a member.
#[utoipa::path(get, path = "/admin/api/v4/docstorec/file/info/{file}", tag = "Documents",
    params(("file" = i64, Path, description = "`docstore_customer_files.id`.", example = 2)),
    responses(
        (status = 200, description = "What is known of it.", body = DocumentInfo),
        (status = 404, description = "There is no such document.", body = String),
    ),
)]
pub async fn customer_info(State(state): State<AppState>, Path(id): Path<i64>) -> Result<Response, AppError> {
    let known = document::show_customers(&state, id).await?;
    answer(&view(&state, known))
}

fn view(state: &AppState, (document, size): Known) -> DocumentInfo {
    DocumentInfo {
        created_by: document
            .username
            .map(|username| format!("{username} ({})", document.user_name.unwrap_or_default())),
        file_name: document.name,
        customer: document.customer_name,
        dspath: document.path,
        created_at: document.created_at.map(|at| timestamp(state.config.app.zone, at)),
        last_modified: document.file_last_updated.to_string(),
        size,
    }
}
