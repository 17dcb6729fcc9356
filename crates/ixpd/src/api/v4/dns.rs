//! Reverse DNS.

use axum::{extract::State, response::Response};

use crate::{
    app::AppState,
    error::AppError,
    form::Path,
    php_json::answer,
    service::dns::{self, ArpaEntry},
};

/// The named addresses of a VLAN, by number.
///
/// Every address that is assigned to a service and has a name, whatever the state of the service or its member.
#[utoipa::path(get, path = "/admin/api/v4/dns/arpa/{vlan}/{protocol}", tag = "DNS", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
), responses(
    (status = 200, description = "The addresses.", body = [ArpaEntry]),
    (status = 404, description = "No such VLAN, or `Unknown protocol`."),
))]
pub async fn arpa(
    State(state): State<AppState>,
    Path((vlan, protocol)): Path<(i32, i32)>,
) -> Result<Response, AppError> {
    let entries = dns::arpa(&state, vlan, protocol).await?;
    answer(&entries)
}

/// The same in the form of a template: `bind` for the records of a zone, `bind-full` for a whole one, or a template of
/// the skin.
#[utoipa::path(get, path = "/admin/api/v4/dns/arpa/{vlan}/{protocol}/{template}", tag = "DNS", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
    ("template" = String, Path, description = "`bind`, `bind-full` or one of the skin", example = "bind"),
), responses(
    (status = 200, description = "The text.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such VLAN, `Unknown template` or `Unknown protocol`."),
))]
pub async fn arpa_template(
    State(state): State<AppState>,
    Path((vlan, protocol, template)): Path<(i32, i32, String)>,
) -> Result<String, AppError> {
    dns::arpa_text(&state, vlan, protocol, &template).await
}
