//! The IX-F member export and its older addresses.

use std::{collections::BTreeMap, fmt};

use axum::{
    extract::{Path, RawQuery, State},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use secrecy::ExposeSecret as _;
use subtle::ConstantTimeEq as _;
use url::form_urlencoded;
use utoipa::IntoParams;

use crate::{
    app::AppState,
    auth::actor::Actor,
    config::IxfExportConfig,
    error::AppError,
    routes::href,
    service::ixf_export::{
        BuildError, Document, Export, ExportError, ExportRequest, MissingIxfIds, Version, View,
    },
};

const CACHE_CONTROL: HeaderValue = HeaderValue::from_static("private, no-cache");
const VARY: HeaderValue = HeaderValue::from_static("X-IXP-Manager-API-Key, Authorization, Cookie");
const JSON: HeaderValue = HeaderValue::from_static("application/json");
const ANY_ORIGIN: HeaderValue = HeaderValue::from_static("*");

/// What the query of an export may say. Other parameters and empty values are ignored.
#[derive(Default, PartialEq, Eq, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ExportQuery {
    /// The key of `IXP_API_JSONEXPORTSCHEMA_ACCESS_KEY`. It opens the public view where that is not public.
    access_key: Option<String>,
    /// `1` adds an `ixp_manager` object with tags and the like to each member.
    #[param(rename = "withtags", value_type = Option<String>, example = "1")]
    with_tags: bool,
    /// The IX-F id of an infrastructure that has none; versions since 0.7 demand one.
    #[param(rename = "ixfid_{infrastructure}", value_type = Option<u32>)]
    ixf_ids: BTreeMap<i32, String>,
    /// Makes any other missing IX-F id 0, unless it is `0` itself.
    #[param(rename = "ignore_missing_ixfid", value_type = Option<String>, example = "1")]
    ignore_missing_ixf_id: bool,
}

impl fmt::Debug for ExportQuery {
    /// Without the access key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportQuery")
            .field("with_tags", &self.with_tags)
            .field("ixf_ids", &self.ixf_ids)
            .field("ignore_missing_ixf_id", &self.ignore_missing_ixf_id)
            .finish_non_exhaustive()
    }
}

impl ExportQuery {
    /// Of a parameter that comes several times the last counts.
    fn parse(query: Option<&str>) -> Self {
        let mut parsed = Self::default();
        for (name, value) in form_urlencoded::parse(query.unwrap_or_default().as_bytes()) {
            let value = value.trim();
            match &*name {
                "access_key" => parsed.access_key = (!value.is_empty()).then(|| value.to_owned()),
                "withtags" => parsed.with_tags = value == "1",
                "ignore_missing_ixfid" => parsed.ignore_missing_ixf_id = !matches!(value, "" | "0"),
                other => parsed.read_ixf_id(other, value),
            }
        }
        parsed
    }

    fn read_ixf_id(&mut self, name: &str, value: &str) {
        let Some(Ok(infrastructure)) = name.strip_prefix("ixfid_").map(str::parse) else { return };
        if value.is_empty() {
            self.ixf_ids.remove(&infrastructure);
        } else {
            self.ixf_ids.insert(infrastructure, value.to_owned());
        }
    }
}

/// Who is connected to the exchange, in the latest version of the format of the IX-F.
///
/// Without a login or key it is the public view, if that is open: no contact details.
#[utoipa::path(get, path = "/api/v4/member-export/ixf", tag = "Member export", params(ExportQuery), responses(
    (status = 200, description = "The export, at most five seconds old.", body = Export),
    (status = 304, description = "The client has it already: only `timestamp` would differ."),
    (status = 401, description = "`Invalid access key`, `Public access not permitted` or a bad credential.", body = String),
    (status = 422, description = "An infrastructure has no IX-F id.", body = String),
))]
pub async fn ixf(
    State(state): State<AppState>,
    actor: Actor,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&state, &actor, Version::V1_0, query.as_deref(), &headers).await
}

/// Who is connected to the exchange, in a version of the format of the IX-F. An unknown version is the latest.
#[utoipa::path(get, path = "/api/v4/member-export/ixf/{version}", tag = "Member export",
    params(("version" = String, Path, description = "`0.6`, `0.7` or `1.0`.", example = "1.0"), ExportQuery),
    responses(
        (status = 200, description = "The export, at most five seconds old.", body = Export),
        (status = 304, description = "The client has it already: only `timestamp` would differ."),
        (status = 401, description = "`Invalid access key`, `Public access not permitted` or a bad credential.", body = String),
        (status = 422, description = "An infrastructure has no IX-F id.", body = String),
    ),
)]
pub async fn ixf_version(
    State(state): State<AppState>,
    actor: Actor,
    Path(version): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&state, &actor, Version::named(&version), query.as_deref(), &headers).await
}

/// An older address of the latest version. Always the public view: credentials are not looked at.
#[utoipa::path(get, path = "/apiv1/member-list/list", tag = "Member export", params(ExportQuery), responses(
    (status = 200, description = "The export, at most five seconds old.", body = Export),
    (status = 304, description = "The client has it already: only `timestamp` would differ."),
    (status = 401, description = "`Invalid access key` or `Public access not permitted`.", body = String),
    (status = 422, description = "An infrastructure has no IX-F id.", body = String),
))]
pub async fn list(
    State(state): State<AppState>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&state, &Actor::default(), Version::V1_0, query.as_deref(), &headers).await
}

/// An older address of a version. Always the public view: credentials are not looked at.
#[utoipa::path(get, path = "/apiv1/member-list/list/version/{version}", tag = "Member export",
    params(("version" = String, Path, description = "`0.6`, `0.7` or `1.0`.", example = "1.0"), ExportQuery),
    responses(
        (status = 200, description = "The export, at most five seconds old.", body = Export),
        (status = 304, description = "The client has it already: only `timestamp` would differ."),
        (status = 401, description = "`Invalid access key` or `Public access not permitted`.", body = String),
        (status = 422, description = "An infrastructure has no IX-F id.", body = String),
    ),
)]
pub async fn list_version(
    State(state): State<AppState>,
    Path(version): Path<String>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, AppError> {
    export(&state, &Actor::default(), Version::named(&version), query.as_deref(), &headers).await
}

/// The oldest address: leads to the latest version.
#[utoipa::path(get, path = "/participants.json", tag = "Member export", responses(
    (status = 302, description = "To the latest version of the export."),
))]
pub async fn participants(State(state): State<AppState>) -> Response {
    (StatusCode::FOUND, [(header::LOCATION, href(&state, "/api/v4/member-export/ixf"))]).into_response()
}

async fn export(
    state: &AppState,
    actor: &Actor,
    version: Version,
    query: Option<&str>,
    headers: &HeaderMap,
) -> Result<Response, AppError> {
    let query = ExportQuery::parse(query);
    let view = admit(&state.config.ixf_export, actor, query.access_key.as_deref())?;
    let missing_ixf_ids =
        MissingIxfIds { by_infrastructure: query.ixf_ids, ignore: query.ignore_missing_ixf_id };
    let request = ExportRequest { version, view, with_tags: query.with_tags, missing_ixf_ids };
    let document = state.ixf_export.document(&state.db, request, state.clock.now()).await?;
    Ok(response(&document, headers))
}

/// The view that a request may have.
fn admit(settings: &IxfExportConfig, actor: &Actor, access_key: Option<&str>) -> Result<View, AppError> {
    let principal = actor.principal();
    match access_key {
        Some(key) if !is_access_key(settings, key) => {
            Err(AppError::Unauthorized("Invalid access key".into()))
        }
        None if principal.is_none() && !settings.public => {
            Err(AppError::Unauthorized("Public access not permitted".into()))
        }
        _ => Ok(principal.map_or(View::Public, |principal| View::of_user(principal.privilege))),
    }
}

fn is_access_key(settings: &IxfExportConfig, key: &str) -> bool {
    let expected = settings.access_key.as_ref();
    expected.is_some_and(|expected| bool::from(expected.expose_secret().as_bytes().ct_eq(key.as_bytes())))
}

fn response(document: &Document, headers: &HeaderMap) -> Response {
    let common = [
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, ANY_ORIGIN),
        (header::CACHE_CONTROL, CACHE_CONTROL),
        (header::ETAG, document.etag.clone()),
        (header::VARY, VARY),
    ];
    if has_already(headers, &document.etag) {
        return (StatusCode::NOT_MODIFIED, common).into_response();
    }
    (common, [(header::CONTENT_TYPE, JSON)], document.body.clone()).into_response()
}

/// Whether `If-None-Match` has the tag, by weak comparison (RFC 9110, section 13.1.2).
fn has_already(headers: &HeaderMap, etag: &HeaderValue) -> bool {
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let Ok(own) = etag.to_str().map(opaque) else { return false };
    let values = headers.get_all(header::IF_NONE_MATCH).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(opaque).any(|tag| tag == "*" || tag == own)
}

impl From<ExportError> for AppError {
    fn from(error: ExportError) -> Self {
        let text = error.to_string();
        match error {
            ExportError::Build(
                BuildError::MissingIxfId { id, .. } | BuildError::UnreadableIxfId { id, .. },
            ) => Self::field(format!("ixfid_{id}"), text),
            ExportError::Database(error) => error.into(),
            error => Self::internal(error),
        }
    }
}
