//! The API of IXP Manager, version 4.

pub mod member_export;
pub mod system;

use utoipa_axum::routes;

use crate::{
    config::Config,
    routes::{
        Access::{Optional, User},
        GET, GET_OR_POST, Route, api_route,
    },
};

/// The lines below `/api/v4` and `/admin/api/v4`.
pub fn routes(_: &Config) -> Vec<Route> {
    vec![
        api_route(GET, "/api/v4/member-export/ixf", Optional, routes!(member_export::ixf)),
        api_route(GET, "/api/v4/member-export/ixf/{version}", Optional, routes!(member_export::ixf_version)),
        api_route(GET_OR_POST, "/api/v4/ping", Optional, routes!(system::ping)),
        api_route(GET_OR_POST, "/api/v4/test", Optional, routes!(system::test)),
        api_route(GET_OR_POST, "/api/v4/test-auth", User, routes!(system::test_auth)),
    ]
}
