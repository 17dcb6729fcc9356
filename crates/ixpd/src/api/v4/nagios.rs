//! Object definitions for Nagios.
//!
//! Each can be asked for by GET or POST. A successful answer leaves a note of the time in `task_last_run`, which is no
//! change of anything: a read-only key may ask.

use axum::{
    extract::State,
    http::{HeaderValue, header},
    response::{IntoResponse as _, Response},
};

use crate::{
    app::AppState,
    error::AppError,
    form::{Input, Path},
    service::nagios::{self, CustomerParameters, DaemonParameters, SessionParameters, SwitchParameters},
};

const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// A text that is made once for all that ask for it at the same time.
async fn shared(
    state: &AppState,
    key: String,
    make: impl Future<Output = Result<String, AppError>>,
) -> Result<Response, AppError> {
    let text = state.texts.get(key, make).await?;
    Ok(([(header::CONTENT_TYPE, TEXT)], text).into_response())
}

/// The members' services on a VLAN by a protocol, as hosts.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/customers/{vlan}/{protocol}", tag = "Nagios", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
    CustomerParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such VLAN, or `Unknown protocol`."),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn customers(
    State(state): State<AppState>,
    Path((vlan, protocol)): Path<(i32, i32)>,
    Input(parameters): Input<CustomerParameters>,
) -> Result<Response, AppError> {
    let key = ("customers", vlan, protocol, None::<&str>, &parameters);
    shared(&state, format!("{key:?}"), nagios::customers(&state, vlan, protocol, None, &parameters)).await
}

/// The same in the form of a template.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/customers/{vlan}/{protocol}/{template}", tag = "Nagios", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    CustomerParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such VLAN, `Unknown protocol` or `Unknown template`."),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn customers_template(
    State(state): State<AppState>,
    Path((vlan, protocol, template)): Path<(i32, i32, String)>,
    Input(parameters): Input<CustomerParameters>,
) -> Result<Response, AppError> {
    let key = ("customers", vlan, protocol, Some(&template), &parameters);
    shared(
        &state,
        format!("{key:?}"),
        nagios::customers(&state, vlan, protocol, Some(&template), &parameters),
    )
    .await
}

/// The switches of an infrastructure, as hosts.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/switches/{infra}", tag = "Nagios", params(
    ("infra" = i32, Path, description = "`infrastructure.id`", example = 1),
    SwitchParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such infrastructure."),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn switches(
    State(state): State<AppState>,
    Path(infra): Path<i32>,
    Input(parameters): Input<SwitchParameters>,
) -> Result<Response, AppError> {
    let key = ("switches", infra, None::<&str>, &parameters);
    shared(&state, format!("{key:?}"), nagios::switches(&state, infra, None, &parameters)).await
}

/// The same in the form of a template.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/switches/{infra}/{template}", tag = "Nagios", params(
    ("infra" = i32, Path, description = "`infrastructure.id`", example = 1),
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    SwitchParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such infrastructure, or `Unknown template`."),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn switches_template(
    State(state): State<AppState>,
    Path((infra, template)): Path<(i32, String)>,
    Input(parameters): Input<SwitchParameters>,
) -> Result<Response, AppError> {
    let key = ("switches", infra, Some(&template), &parameters);
    shared(&state, format!("{key:?}"), nagios::switches(&state, infra, Some(&template), &parameters)).await
}

/// The daemons of routers that Bird's Eye answers for, as hosts with a service.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/birdseye-daemons", tag = "Nagios", params(
    DaemonParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "`No routers for the provided VLAN ID / Bird's Eye API type.`"),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn birdseye_daemons(
    State(state): State<AppState>,
    Input(parameters): Input<DaemonParameters>,
) -> Result<Response, AppError> {
    let key = ("daemons", None::<&str>, None::<i32>, &parameters);
    shared(&state, format!("{key:?}"), nagios::daemons(&state, None, None, &parameters)).await
}

/// The same in the form of a template.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/birdseye-daemons/{template}", tag = "Nagios", params(
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    DaemonParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "`No routers for the provided VLAN ID / Bird's Eye API type.` or `Unknown template`"),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn birdseye_daemons_template(
    State(state): State<AppState>,
    Path(template): Path<String>,
    Input(parameters): Input<DaemonParameters>,
) -> Result<Response, AppError> {
    let key = ("daemons", Some(&template), None::<i32>, &parameters);
    shared(&state, format!("{key:?}"), nagios::daemons(&state, Some(&template), None, &parameters)).await
}

/// The same of one VLAN's routers.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/birdseye-daemons/{template}/{vlan}", tag = "Nagios", params(
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    DaemonParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "`No routers for the provided VLAN ID / Bird's Eye API type.` or `Unknown template`"),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn birdseye_daemons_vlan(
    State(state): State<AppState>,
    Path((template, vlan)): Path<(String, i32)>,
    Input(parameters): Input<DaemonParameters>,
) -> Result<Response, AppError> {
    let key = ("daemons", Some(&template), Some(vlan), &parameters);
    shared(&state, format!("{key:?}"), nagios::daemons(&state, Some(&template), Some(vlan), &parameters))
        .await
}

/// The members' BGP sessions with the routers of a type, as services.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}", tag = "Nagios", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
    ("type" = i32, Path, description = "1 route server, 2 route collector, 3 AS112, 99 other", example = 1),
    SessionParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such VLAN, `Unknown protocol`, `Unknown router type` or `No suitable router(s) found.`"),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn birdseye_bgp_sessions(
    State(state): State<AppState>,
    Path(path): Path<(i32, i32, i32)>,
    Input(parameters): Input<SessionParameters>,
) -> Result<Response, AppError> {
    let key = ("sessions", path, None::<&str>, &parameters);
    shared(&state, format!("{key:?}"), nagios::sessions(&state, path, None, &parameters)).await
}

/// The same in the form of a template.
#[utoipa::path(method(get, post), path = "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}/{template}", tag = "Nagios", params(
    ("vlan" = i32, Path, description = "`vlan.id`", example = 1),
    ("protocol" = i32, Path, description = "4 or 6", example = 4),
    ("type" = i32, Path, description = "1 route server, 2 route collector, 3 AS112, 99 other", example = 1),
    ("template" = String, Path, description = "`default` or one of the skin", example = "default"),
    SessionParameters,
), responses(
    (status = 200, description = "The objects.", body = String, content_type = "text/plain"),
    (status = 404, description = "No such VLAN, `Unknown protocol`, `Unknown router type`, `Unknown template` or `No suitable router(s) found.`"),
    (status = 422, description = "A parameter that can't be the name of a template."),
))]
pub async fn birdseye_bgp_sessions_template(
    State(state): State<AppState>,
    Path((vlan, protocol, kind, template)): Path<(i32, i32, i32, String)>,
    Input(parameters): Input<SessionParameters>,
) -> Result<Response, AppError> {
    let key = ("sessions", (vlan, protocol, kind), Some(&template), &parameters);
    shared(
        &state,
        format!("{key:?}"),
        nagios::sessions(&state, (vlan, protocol, kind), Some(&template), &parameters),
    )
    .await
}
