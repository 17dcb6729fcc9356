//! When routers were updated, and the lock that lets one host at a time do it.

use std::fmt;

use axum::{
    extract::State,
    http::{HeaderName, HeaderValue},
    response::{IntoResponse, Response},
};
use chrono::TimeDelta;
use ixpd_db::{WallClock, entity::routers::Model, query::router_lock as rows};
use ixpd_types::Zone;
use serde::{Serialize, Serializer, ser::SerializeMap as _};
use utoipa::ToSchema;

use crate::{
    app::AppState,
    error::AppError,
    form::Path,
    php_json::answer,
    sample::Sample,
    service::{
        audit::By,
        router_lock::{self, Change, Outcome, elapsed, is_updating},
    },
};

/// Says in a refusal why, for the log of whoever asked.
const REASON: HeaderName = HeaderName::from_static("x-ixpd-lock-reason");
/// The text that scripts of IXP Manager know.
const NOT_AVAILABLE: &str = "Router not available for update";

/// When a router was updated. An update runs while its start is later than the last end.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = RouterTimes::sample)]
pub struct RouterTimes {
    /// When the latest update started, ISO 8601 in the exchange's time zone; null if none has.
    pub last_update_started: Option<String>,
    /// The same in seconds since 1970-01-01 UTC.
    pub last_update_started_unix: Option<i64>,
    /// When the latest update was finished.
    pub last_updated: Option<String>,
    /// The same in seconds since 1970-01-01 UTC.
    pub last_updated_unix: Option<i64>,
}

/// A router's times, and whether its updates are paused.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = RouterPause::sample)]
pub struct RouterPause {
    /// Whether no update may start.
    pub pause_updates: bool,
    /// Its times.
    #[serde(flatten)]
    pub times: RouterTimes,
}

impl Sample for RouterTimes {
    /// After an update.
    fn sample() -> Self {
        Self {
            last_update_started: Some("2026-06-15T12:00:00+02:00".to_owned()),
            last_update_started_unix: Some(1_781_517_600),
            last_updated: Some("2026-06-15T12:00:42+02:00".to_owned()),
            last_updated_unix: Some(1_781_517_642),
        }
    }
}

impl Sample for RouterPause {
    fn sample() -> Self {
        Self { pause_updates: true, times: Sample::sample() }
    }
}

impl RouterTimes {
    /// The sample while the update runs.
    fn locked_sample() -> Self {
        Self {
            last_updated: Some("2026-06-15T11:50:04+02:00".to_owned()),
            last_updated_unix: Some(1_781_517_004),
            ..Sample::sample()
        }
    }

    fn of(router: &Model, zone: Zone) -> Self {
        let instant = |at: Option<WallClock>| at.map(|at| zone.instant_of(at.naive()));
        let (started, updated) = (instant(router.last_update_started), instant(router.last_updated));
        let text = |instant| zone.local(instant).format("%Y-%m-%dT%H:%M:%S%:z").to_string();
        Self {
            last_update_started: started.map(text),
            last_update_started_unix: started.map(|started| started.timestamp()),
            last_updated: updated.map(text),
            last_updated_unix: updated.map(|updated| updated.timestamp()),
        }
    }
}

/// Takes the lock of a router. Only one host has it, and none while the router's partner is being updated or while its
/// updates are paused. It ends with `updated` or `release-update-lock`.
#[utoipa::path(post, path = "/admin/api/v4/router/get-update-lock/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The lock is yours.", body = RouterTimes, example = json!(RouterTimes::locked_sample())),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
        (status = 423, description = "Not now: it is being updated, or its partner is, or its updates are paused. \
            `X-Ixpd-Lock-Reason` says which.", body = String, example = "Router not available for update"),
    ))]
pub async fn get_update_lock(
    State(state): State<AppState>,
    by: By,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    match router_lock::change(&state, &by, &handle, Change::Lock).await? {
        Outcome::Done(router) => times(&state, &router),
        Outcome::Refused(reason) => {
            let refusal = AppError::Locked(NOT_AVAILABLE.into());
            Ok(match header_value(reason) {
                Some(value) => ([(REASON, value)], refusal).into_response(),
                None => refusal.into_response(),
            })
        }
    }
}

/// Gives the lock of a router back without an update. Nothing happens if it isn't held.
#[utoipa::path(post, path = "/admin/api/v4/router/release-update-lock/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The router's times.", body = RouterTimes),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
    ))]
pub async fn release_update_lock(
    State(state): State<AppState>,
    by: By,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    times(&state, &*done(&state, &by, &handle, Change::Release).await?)
}

/// Notes that a router runs its new configuration, which ends the lock.
#[utoipa::path(post, path = "/admin/api/v4/router/updated/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The router's times.", body = RouterTimes),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
    ))]
pub async fn set_updated(
    State(state): State<AppState>,
    by: By,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    times(&state, &*done(&state, &by, &handle, Change::Updated).await?)
}

/// When a router was updated.
#[utoipa::path(get, path = "/admin/api/v4/router/updated/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "The router's times.", body = RouterTimes),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
    ))]
pub async fn updated(
    State(state): State<AppState>,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    let router = rows::by_handle(state.db.connection(), &handle).await?;
    times(&state, &router.ok_or_else(router_lock::unknown)?)
}

/// When the routers were updated, by handle.
#[utoipa::path(get, path = "/admin/api/v4/router/updated", tag = "Routers", responses(
    (status = 200, description = "Times by handle; `[]` if there is no router.",
        body = std::collections::BTreeMap<String, RouterTimes>,
            example = json!({"rs1-north-ipv4": RouterTimes::sample()})),
))]
pub async fn all_updated(State(state): State<AppState>) -> Result<Response, AppError> {
    times_of(&state, |_| true).await
}

/// The routers whose last update is longer ago. Those that never were updated aren't among them.
#[utoipa::path(get, path = "/admin/api/v4/router/updated-before/{threshold}", tag = "Routers",
    params(("threshold" = i64, Path, description = "Seconds.", example = 3600)),
    responses(
        (status = 200, description = "Times by handle; `[]` if there is none.",
            body = std::collections::BTreeMap<String, RouterTimes>,
            example = json!({"rs1-north-ipv4": RouterTimes::sample()})),
        (status = 422, description = "The threshold is no whole number.", body = String),
    ))]
pub async fn updated_before(
    State(state): State<AppState>,
    Path(threshold): Path<String>,
) -> Result<Response, AppError> {
    let threshold = seconds(&threshold)?;
    let (zone, now) = (state.config.app.zone, state.clock.now());
    times_of(&state, |router| router.last_updated.is_some_and(|at| elapsed(zone, at, now) > threshold)).await
}

/// The routers whose lock has been held for longer, but not those whose updates are paused.
#[utoipa::path(get, path = "/admin/api/v4/router/locked-longer-than/{threshold}", tag = "Routers",
    params(("threshold" = i64, Path, description = "Seconds.", example = 900)),
    responses(
        (status = 200, description = "Times by handle; `[]` if there is none.",
            body = std::collections::BTreeMap<String, RouterTimes>,
            example = json!({"rs1-north-ipv4": RouterTimes::locked_sample()})),
        (status = 422, description = "The threshold is no whole number.", body = String),
    ))]
pub async fn locked_longer_than(
    State(state): State<AppState>,
    Path(threshold): Path<String>,
) -> Result<Response, AppError> {
    let threshold = seconds(&threshold)?;
    let (zone, now) = (state.config.app.zone, state.clock.now());
    let long = |at: WallClock| elapsed(zone, at, now) > threshold;
    times_of(&state, |router| {
        !router.pause_updates && is_updating(router) && router.last_update_started.is_some_and(long)
    })
    .await
}

/// Lets no update of a router start. One that runs may end.
#[utoipa::path(post, path = "/admin/api/v4/router/pause/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "It is paused.", body = RouterPause),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
    ))]
pub async fn pause(
    State(state): State<AppState>,
    by: By,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    pause_state(&state, &*done(&state, &by, &handle, Change::Pause).await?)
}

/// Lets updates of a router start again.
#[utoipa::path(post, path = "/admin/api/v4/router/resume/{handle}", tag = "Routers",
    params(("handle" = String, Path, description = "`routers.handle`.", example = "rs1-north-ipv4")),
    responses(
        (status = 200, description = "It is no longer paused.", body = RouterPause,
            example = json!(RouterPause { pause_updates: false, ..Sample::sample() })),
        (status = 404, description = "No router has this handle.", body = String, example = "Unknown router handle"),
    ))]
pub async fn resume(
    State(state): State<AppState>,
    by: By,
    Path(handle): Path<String>,
) -> Result<Response, AppError> {
    pause_state(&state, &*done(&state, &by, &handle, Change::Resume).await?)
}

/// Does a change that is never refused.
async fn done(state: &AppState, by: &By, handle: &str, change: Change) -> Result<Box<Model>, AppError> {
    match router_lock::change(state, by, handle, change).await? {
        Outcome::Done(router) => Ok(router),
        Outcome::Refused(reason) => Err(AppError::internal(format!("{change:?} was refused: {reason}"))),
    }
}

fn seconds(threshold: &str) -> Result<TimeDelta, AppError> {
    let seconds = threshold.parse().ok().and_then(TimeDelta::try_seconds);
    seconds.ok_or_else(|| {
        AppError::field(
            "threshold",
            format!("`{threshold}`; accepted: a whole number of seconds such as 3600"),
        )
    })
}

async fn times_of(state: &AppState, wanted: impl Fn(&Model) -> bool) -> Result<Response, AppError> {
    let routers = rows::all(state.db.connection()).await?;
    let zone = state.config.app.zone;
    let wanted = routers.iter().filter(|router| wanted(router));
    answer(&ByHandle(wanted.map(|router| (router.handle.as_str(), RouterTimes::of(router, zone))).collect()))
}

/// A map in the order of its entries.
struct ByHandle<'a>(Vec<(&'a str, RouterTimes)>);

impl Serialize for ByHandle<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (handle, times) in &self.0 {
            map.serialize_entry(handle, times)?;
        }
        map.end()
    }
}

fn times(state: &AppState, router: &Model) -> Result<Response, AppError> {
    answer(&RouterTimes::of(router, state.config.app.zone))
}

fn pause_state(state: &AppState, router: &Model) -> Result<Response, AppError> {
    let times = RouterTimes::of(router, state.config.app.zone);
    answer(&RouterPause { pause_updates: router.pause_updates, times })
}

/// A header takes visible ASCII; names of users may have more.
fn header_value(text: impl fmt::Display) -> Option<HeaderValue> {
    let visible = |c: char| if c == ' ' || c.is_ascii_graphic() { c } else { '?' };
    HeaderValue::from_str(&text.to_string().chars().map(visible).collect::<String>()).ok()
}
