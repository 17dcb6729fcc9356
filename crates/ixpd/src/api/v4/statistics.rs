//! Traffic of the whole exchange.

use axum::{extract::State, response::Response};
use ixpd_types::Privilege;

use crate::{
    app::AppState,
    auth::actor::Actor,
    error::AppError,
    php_json::answer,
    service::traffic::{self, Month},
};

/// The highest traffic of the exchange in each of the last six months, for those whom `GRAPHER_ACCESS_IXP` lets see it.
#[utoipa::path(get, path = "/api/v4/statistics/overall-by-month", tag = "Statistics", responses(
    (status = 200, description = "Six months, the oldest first. Zeros where MRTG's logs aren't what graphs are taken from.", body = Vec<Month>),
    (status = 403, description = "`This action is unauthorized.`", body = String),
    (status = 503, description = "MRTG's log can't be read.", body = String),
))]
pub async fn overall_by_month(State(state): State<AppState>, actor: Actor) -> Result<Response, AppError> {
    answer(&traffic::overall_by_month(&state, actor.privilege()).await?)
}

/// As `/api/v4/statistics/overall-by-month`, for everybody: credentials are not looked at.
#[utoipa::path(get, path = "/api/v4/public/statistics/overall-by-month", tag = "Statistics", responses(
    (status = 200, description = "Six months, the oldest first. Zeros where MRTG's logs aren't what graphs are taken from.", body = Vec<Month>),
    (status = 403, description = "`This action is unauthorized.`: it is not for everybody.", body = String),
    (status = 503, description = "MRTG's log can't be read.", body = String),
))]
pub async fn public_overall_by_month(State(state): State<AppState>) -> Result<Response, AppError> {
    answer(&traffic::overall_by_month(&state, Privilege::Public).await?)
}
