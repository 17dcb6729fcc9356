//! What programs talk to.

pub mod health;
pub mod openapi;
pub mod v4;

use crate::{
    config::Config,
    routes::{Access::Public, GET, Route, api_route},
};

/// The lines of the API.
pub fn routes(config: &Config) -> Vec<Route> {
    let mut routes = vec![
        api_route(GET, "/healthz", Public, utoipa_axum::routes!(health::healthz)),
        api_route(GET, "/readyz", Public, utoipa_axum::routes!(health::readyz)),
    ];
    routes.extend(v4::routes(config));
    routes
}
