//! The API of IXP Manager, version 4.

pub mod dns;
pub mod grapher;
pub mod mailing_list;
pub mod member_export;
pub mod nagios;
pub mod router_config;
pub mod router_lock;
pub mod system;
pub mod user;

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
        api_route(GET, "/admin/api/v4/dns/arpa/{vlan}/{protocol}", Superuser, routes!(dns::arpa)),
        api_route(
            GET,
            "/admin/api/v4/dns/arpa/{vlan}/{protocol}/{template}",
            Superuser,
            routes!(dns::arpa_template),
        ),
        api_route(GET_OR_POST, "/admin/api/v4/grapher/config", Superuser, routes!(grapher::config)).query(),
        api_route(GET, "/admin/api/v4/grapher/mrtg-config", Superuser, routes!(grapher::mrtg_config)),
        api_route(POST, "/admin/api/v4/mailing-list/init/{listname}", Superuser, routes!(mailing_list::init)),
        api_route(
            POST,
            "/admin/api/v4/mailing-list/init/json/{listname}",
            Superuser,
            routes!(mailing_list::init_json),
        ),
        api_route(
            GET,
            "/admin/api/v4/mailing-list/subscribers/{listname}",
            Superuser,
            routes!(mailing_list::subscribers),
        ),
        api_route(
            GET,
            "/admin/api/v4/mailing-list/subscribers/json/{listname}",
            Superuser,
            routes!(mailing_list::subscribers_json),
        ),
        api_route(
            GET,
            "/admin/api/v4/mailing-list/unsubscribed/{listname}",
            Superuser,
            routes!(mailing_list::unsubscribed),
        ),
        api_route(
            GET,
            "/admin/api/v4/mailing-list/unsubscribed/json/{listname}",
            Superuser,
            routes!(mailing_list::unsubscribed_json),
        ),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}",
            Superuser,
            routes!(nagios::birdseye_bgp_sessions),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}/{template}",
            Superuser,
            routes!(nagios::birdseye_bgp_sessions_template),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/birdseye-daemons",
            Superuser,
            routes!(nagios::birdseye_daemons),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/birdseye-daemons/{template}",
            Superuser,
            routes!(nagios::birdseye_daemons_template),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/birdseye-daemons/{template}/{vlan}",
            Superuser,
            routes!(nagios::birdseye_daemons_vlan),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/customers/{vlan}/{protocol}",
            Superuser,
            routes!(nagios::customers),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/customers/{vlan}/{protocol}/{template}",
            Superuser,
            routes!(nagios::customers_template),
        )
        .query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/switches/{infra}", Superuser, routes!(nagios::switches))
            .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/nagios/switches/{infra}/{template}",
            Superuser,
            routes!(nagios::switches_template),
        )
        .query(),
        api_route(GET_OR_POST, "/admin/api/v4/user/formatted", Superuser, routes!(user::formatted)).query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/user/formatted/{priv}",
            Superuser,
            routes!(user::formatted_priv),
        )
        .query(),
        api_route(
            GET_OR_POST,
            "/admin/api/v4/user/formatted/{priv}/{template}",
            Superuser,
            routes!(user::formatted_template),
        )
        .query(),
        api_route(GET, "/admin/api/v4/user/json", Superuser, routes!(user::json)),
        api_route(GET, "/admin/api/v4/user/json/{priv}", Superuser, routes!(user::json_priv)),
        api_route(
            GET,
            "/admin/api/v4/router/gen-config/{handle}",
            Superuser,
            routes!(router_config::gen_config),
        ),
        api_route(
            GET,
            "/admin/api/v4/router/gen_config/{handle}",
            Superuser,
            routes!(router_config::gen_config_alias),
        ),
        api_route(GET, "/api/v4/member-export/ixf", Optional, routes!(member_export::ixf)),
        api_route(GET, "/api/v4/member-export/ixf/{version}", Optional, routes!(member_export::ixf_version)),
        api_route(GET_OR_POST, "/api/v4/ping", Optional, routes!(system::ping)),
        api_route(GET_OR_POST, "/api/v4/test", Optional, routes!(system::test)),
        api_route(GET_OR_POST, "/api/v4/test-auth", User, routes!(system::test_auth)),
    ]
}
