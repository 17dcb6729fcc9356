//! What programs talk to.

pub mod health;
pub mod openapi;
pub mod places;
pub mod v4;

use utoipa_axum::routes;

use crate::{
    config::Config,
    routes::{Access::Public, GET, Route, api_route},
};

/// The lines of the API.
pub fn routes(config: &Config) -> Vec<Route> {
    let mut routes = vec![
        api_route(GET, "/api/openapi.json", Public, routes!(openapi::show)),
        api_route(GET, "/healthz", Public, routes!(health::healthz)),
        api_route(GET, "/apiv1/member-list/list", Public, routes!(v4::member_export::list)),
        api_route(
            GET,
            "/apiv1/member-list/list/version/{version}",
            Public,
            routes!(v4::member_export::list_version),
        ),
        api_route(GET, "/ix-f/ixp", Public, routes!(places::ixf_exchanges)),
        api_route(GET, "/peeringdb/fac", Public, routes!(places::peeringdb_facilities)),
        api_route(GET, "/peeringdb/ix", Public, routes!(places::peeringdb_exchanges)),
        api_route(GET, "/participants.json", Public, routes!(v4::member_export::participants)),
        api_route(GET, "/readyz", Public, routes!(health::readyz)),
    ];
    routes.extend(v4::routes(config));
    routes
}
