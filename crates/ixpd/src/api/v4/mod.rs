//! The API of IXP Manager, version 4.

pub mod member_export;
pub mod router_lock;
pub mod system;

use utoipa_axum::routes;

use crate::{
    config::Config,
    routes::{
        Access::{Optional, Superuser, User},
        GET, GET_OR_POST, POST, Route, api_route,
    },
};

/// The lines below `/api/v4` and `/admin/api/v4`.
pub fn routes(_: &Config) -> Vec<Route> {
    vec![
        api_route(
            POST,
            "/admin/api/v4/router/get-update-lock/{handle}",
            Superuser,
            routes!(router_lock::get_update_lock),
        ),
        api_route(
            GET,
            "/admin/api/v4/router/locked-longer-than/{threshold}",
            Superuser,
            routes!(router_lock::locked_longer_than),
        ),
        api_route(POST, "/admin/api/v4/router/pause/{handle}", Superuser, routes!(router_lock::pause)),
        api_route(
            POST,
            "/admin/api/v4/router/release-update-lock/{handle}",
            Superuser,
            routes!(router_lock::release_update_lock),
        ),
        api_route(POST, "/admin/api/v4/router/resume/{handle}", Superuser, routes!(router_lock::resume)),
        api_route(GET, "/admin/api/v4/router/updated", Superuser, routes!(router_lock::all_updated)),
        api_route(GET, "/admin/api/v4/router/updated/{handle}", Superuser, routes!(router_lock::updated)),
        api_route(
            POST,
            "/admin/api/v4/router/updated/{handle}",
            Superuser,
            routes!(router_lock::set_updated),
        ),
        api_route(
            GET,
            "/admin/api/v4/router/updated-before/{threshold}",
            Superuser,
            routes!(router_lock::updated_before),
        ),
        api_route(GET, "/api/v4/member-export/ixf", Optional, routes!(member_export::ixf)),
        api_route(GET, "/api/v4/member-export/ixf/{version}", Optional, routes!(member_export::ixf_version)),
        api_route(GET_OR_POST, "/api/v4/ping", Optional, routes!(system::ping)),
        api_route(GET_OR_POST, "/api/v4/test", Optional, routes!(system::test)),
        api_route(GET_OR_POST, "/api/v4/test-auth", User, routes!(system::test_auth)),
    ]
}
