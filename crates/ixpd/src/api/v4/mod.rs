//! The API of IXP Manager, version 4.

pub mod customer_note;
pub mod customer_switches;
pub mod dns;
pub mod document;
pub mod grapher;
pub mod input;
pub mod irrdb_source;
pub mod l2_address;
pub mod looking_glass;
pub mod lookup;
pub mod mailing_list;
pub mod member_export;
pub mod member_page;
pub mod nagios;
pub mod outside;
pub mod patch_panel;
pub mod patch_panel_port;
pub mod provisioner;
pub mod router_config;
pub mod router_lock;
pub mod sflow;
pub mod statistics;
pub mod switch;
pub mod switch_port;
pub mod system;
pub mod user;
pub mod utils;
pub mod validation;
pub mod vlan;
pub mod vlan_interface;

use utoipa_axum::routes;

use self::provisioner::{core_bundles, layer2, layer3, routing, switches, vlans};
use crate::{
    config::Config,
    routes::{
        Access::{Optional, Public, Superuser, User},
        DELETE, GET, GET_OR_POST, POST, PUT, Route, api_route,
    },
};

/// The lines below `/api/v4` and `/admin/api/v4`.
pub fn routes(config: &Config) -> Vec<Route> {
    let mut routes = vec![
        api_route(GET, "/api/v4/member-export/ixf", Optional, routes!(member_export::ixf)),
        api_route(GET, "/api/v4/member-export/ixf/{version}", Optional, routes!(member_export::ixf_version)),
        api_route(GET_OR_POST, "/api/v4/ping", Optional, routes!(system::ping)).query(),
        api_route(GET_OR_POST, "/api/v4/test", Optional, routes!(system::test)).query(),
        api_route(GET_OR_POST, "/api/v4/test-auth", User, routes!(system::test_auth)).query(),
    ];
    routes.extend(routers());
    routes.extend(texts());
    routes.extend(provisioning());
    routes.extend(notes());
    routes.extend(l2_addresses());
    routes.extend(look_ups());
    routes.extend(modules(config));
    routes
}

#[rustfmt::skip]
fn routers() -> Vec<Route> {
    vec![
        api_route(POST, "/admin/api/v4/router/diff/{handle}", Superuser, routes!(router_config::diff)).query(),
        api_route(GET, "/admin/api/v4/router/gen-config/{handle}", Superuser, routes!(router_config::gen_config)),
        api_route(GET, "/admin/api/v4/router/gen_config/{handle}", Superuser, routes!(router_config::gen_config_alias)),
        api_route(POST, "/admin/api/v4/router/get-update-lock/{handle}", Superuser, routes!(router_lock::get_update_lock)).automation(),
        api_route(GET, "/admin/api/v4/router/locked-longer-than/{threshold}", Superuser, routes!(router_lock::locked_longer_than)),
        api_route(POST, "/admin/api/v4/router/pause/{handle}", Superuser, routes!(router_lock::pause)).automation(),
        api_route(POST, "/admin/api/v4/router/release-update-lock/{handle}", Superuser, routes!(router_lock::release_update_lock)).automation(),
        api_route(POST, "/admin/api/v4/router/resume/{handle}", Superuser, routes!(router_lock::resume)).automation(),
        api_route(GET, "/admin/api/v4/router/updated", Superuser, routes!(router_lock::all_updated)),
        api_route(GET, "/admin/api/v4/router/updated-before/{threshold}", Superuser, routes!(router_lock::updated_before)),
        api_route(GET, "/admin/api/v4/router/updated/{handle}", Superuser, routes!(router_lock::updated)),
        api_route(POST, "/admin/api/v4/router/updated/{handle}", Superuser, routes!(router_lock::set_updated)).automation(),
    ]
}

#[rustfmt::skip]
fn texts() -> Vec<Route> {
    vec![
        api_route(GET, "/admin/api/v4/dns/arpa/{vlan}/{protocol}", Superuser, routes!(dns::arpa)),
        api_route(GET, "/admin/api/v4/dns/arpa/{vlan}/{protocol}/{template}", Superuser, routes!(dns::arpa_template)),
        api_route(GET_OR_POST, "/admin/api/v4/grapher/config", Superuser, routes!(grapher::config)).query(),
        api_route(GET, "/admin/api/v4/grapher/mrtg-config", Superuser, routes!(grapher::mrtg_config)),
        api_route(POST, "/admin/api/v4/mailing-list/init/json/{listname}", Superuser, routes!(mailing_list::init_json)).automation(),
        api_route(POST, "/admin/api/v4/mailing-list/init/{listname}", Superuser, routes!(mailing_list::init)).automation(),
        api_route(GET, "/admin/api/v4/mailing-list/subscribers/json/{listname}", Superuser, routes!(mailing_list::subscribers_json)),
        api_route(GET, "/admin/api/v4/mailing-list/subscribers/{listname}", Superuser, routes!(mailing_list::subscribers)),
        api_route(GET, "/admin/api/v4/mailing-list/unsubscribed/json/{listname}", Superuser, routes!(mailing_list::unsubscribed_json)),
        api_route(GET, "/admin/api/v4/mailing-list/unsubscribed/{listname}", Superuser, routes!(mailing_list::unsubscribed)),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}", Superuser, routes!(nagios::birdseye_bgp_sessions)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}/{template}", Superuser, routes!(nagios::birdseye_bgp_sessions_template)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/birdseye-daemons", Superuser, routes!(nagios::birdseye_daemons)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/birdseye-daemons/{template}", Superuser, routes!(nagios::birdseye_daemons_template)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/birdseye-daemons/{template}/{vlan}", Superuser, routes!(nagios::birdseye_daemons_vlan)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/customers/{vlan}/{protocol}", Superuser, routes!(nagios::customers)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/customers/{vlan}/{protocol}/{template}", Superuser, routes!(nagios::customers_template)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/switches/{infra}", Superuser, routes!(nagios::switches)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/nagios/switches/{infra}/{template}", Superuser, routes!(nagios::switches_template)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/user/formatted", Superuser, routes!(user::formatted)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/user/formatted/{priv}", Superuser, routes!(user::formatted_priv)).query(),
        api_route(GET_OR_POST, "/admin/api/v4/user/formatted/{priv}/{template}", Superuser, routes!(user::formatted_template)).query(),
        api_route(GET, "/admin/api/v4/user/json", Superuser, routes!(user::json)),
        api_route(GET, "/admin/api/v4/user/json/{priv}", Superuser, routes!(user::json_priv)),
    ]
}

#[rustfmt::skip]
fn provisioning() -> Vec<Route> {
    vec![
        api_route(POST, "/admin/api/v4/customer/{cust}/switches", Superuser, routes!(customer_switches::switches)).query(),
        api_route(GET, "/admin/api/v4/patch-panel-port/deep/{ppp}", Superuser, routes!(patch_panel_port::deep)),
        api_route(GET, "/admin/api/v4/patch-panel-port/{ppp}", Superuser, routes!(patch_panel_port::show)),
        api_route(POST, "/admin/api/v4/patch-panel/{pp}/free-duplex-port", Superuser, routes!(patch_panel::free_duplex_port)).query(),
        api_route(POST, "/admin/api/v4/patch-panel/{pp}/free-port", Superuser, routes!(patch_panel::free_port)).query(),
        api_route(GET, "/admin/api/v4/provisioner/corebundle/list.json", Superuser, routes!(core_bundles::list)),
        api_route(GET, "/admin/api/v4/provisioner/corebundle/list.yaml", Superuser, routes!(core_bundles::list)),
        api_route(GET, "/admin/api/v4/provisioner/layer2interfaces/switch-name/{switchname}.{outformat}", Superuser, routes!(layer2::by_name)),
        api_route(GET, "/admin/api/v4/provisioner/layer2interfaces/switch/{switch}.{outformat}", Superuser, routes!(layer2::by_id)),
        api_route(GET, "/admin/api/v4/provisioner/layer3interfaces/switch-id/{switch}.{outformat}", Superuser, routes!(layer3::by_id)),
        api_route(GET, "/admin/api/v4/provisioner/layer3interfaces/switch-name/{switchname}.{outformat}", Superuser, routes!(layer3::by_name)),
        api_route(GET, "/admin/api/v4/provisioner/routing/switch-id/{switch}.{outformat}", Superuser, routes!(routing::by_id)),
        api_route(GET, "/admin/api/v4/provisioner/routing/switch-name/{switchname}.{outformat}", Superuser, routes!(routing::by_name)),
        api_route(GET, "/admin/api/v4/provisioner/switch/list.json", Superuser, routes!(switches::list)),
        api_route(GET, "/admin/api/v4/provisioner/switch/list.yaml", Superuser, routes!(switches::list)),
        api_route(GET, "/admin/api/v4/provisioner/switch/switch-id/{switch}.{outformat}", Superuser, routes!(switches::by_id)),
        api_route(GET, "/admin/api/v4/provisioner/switch/switch-name/{switchname}.{outformat}", Superuser, routes!(switches::by_name)),
        api_route(GET, "/admin/api/v4/provisioner/vlans/switch-id/{switch}.{outformat}", Superuser, routes!(vlans::by_id)),
        api_route(GET, "/admin/api/v4/provisioner/vlans/switch-name/{switchname}.{outformat}", Superuser, routes!(vlans::by_name)),
        api_route(GET, "/admin/api/v4/sflow-db-mapper/configured-macs", Superuser, routes!(sflow::configured_macs)),
        api_route(GET, "/admin/api/v4/sflow-db-mapper/learned-macs", Superuser, routes!(sflow::learned_macs)),
        api_route(GET, "/admin/api/v4/sflow-receivers.json", Superuser, routes!(sflow::receivers)),
        api_route(GET, "/admin/api/v4/sflow-receivers.yaml", Superuser, routes!(sflow::receivers)),
        api_route(GET, "/admin/api/v4/sflow-receivers/pretag.map", Superuser, routes!(sflow::pretag_map)),
        api_route(GET, "/admin/api/v4/sflow-receivers/receivers.lst", Superuser, routes!(sflow::receivers_list)),
        api_route(GET, "/admin/api/v4/switch-port/{sp}/customer", Superuser, routes!(switch_port::customer)),
        api_route(GET, "/admin/api/v4/switch-port/{sp}/physical-interface", Superuser, routes!(switch_port::physical_interface)),
        api_route(GET, "/admin/api/v4/switch/{s}/core-bundles-status", Superuser, routes!(switch::core_bundles_status)),
        api_route(GET, "/admin/api/v4/switch/{s}/ports", Superuser, routes!(switch::ports)),
        api_route(GET, "/admin/api/v4/switch/{s}/status", Superuser, routes!(switch::status)),
        api_route(POST, "/admin/api/v4/switch/{s}/switch-port-for-ppp", Superuser, routes!(switch::switch_port_for_ppp)).query(),
        api_route(POST, "/admin/api/v4/switch/{s}/switch-port-prewired", Superuser, routes!(switch::switch_port_prewired)).query(),
        api_route(GET, "/admin/api/v4/validation/result/{id}", Superuser, routes!(validation::result)),
        api_route(GET, "/admin/api/v4/vlan-interface/l2-addresses/{vli}", Superuser, routes!(vlan_interface::l2_addresses)),
        api_route(POST, "/admin/api/v4/vlan/ip-address/used-across-vlans", Superuser, routes!(vlan::used_across_vlans)).query(),
        api_route(GET, "/admin/api/v4/vlan/{v}/ip-addresses", Superuser, routes!(vlan::ip_addresses)),
    ]
}

#[rustfmt::skip]
fn notes() -> Vec<Route> {
    vec![
        api_route(POST, "/admin/api/v4/customer-note/create/customer/{cust}", Superuser, routes!(customer_note::create)),
        api_route(DELETE, "/admin/api/v4/customer-note/delete/{cn}", Superuser, routes!(customer_note::delete)),
        api_route(GET_OR_POST, "/admin/api/v4/customer-note/notify-toggle/customer/{cust}", Superuser, routes!(customer_note::toggle_customer)).changing().automation(),
        api_route(GET_OR_POST, "/admin/api/v4/customer-note/notify-toggle/note/{cn}", Superuser, routes!(customer_note::toggle_note)).changing().automation(),
        api_route(PUT, "/admin/api/v4/customer-note/update/{cn}", Superuser, routes!(customer_note::update)),
        api_route(GET, "/api/v4/customer-note/get/{cn}", User, routes!(customer_note::get)),
        api_route(GET_OR_POST, "/api/v4/customer-note/ping", User, routes!(customer_note::ping)).changing(),
        api_route(GET_OR_POST, "/api/v4/customer-note/ping/{c}", User, routes!(customer_note::ping_customer)).changing(),
    ]
}

#[rustfmt::skip]
fn l2_addresses() -> Vec<Route> {
    vec![
        api_route(POST, "/api/v4/ixps/store", User, routes!(l2_address::store)),
        api_route(POST, "/api/v4/ixps/store/{showFeMessage}", User, routes!(l2_address::store_and_show)),
        api_route(DELETE, "/api/v4/ixps/{l2a}", User, routes!(l2_address::delete)),
        api_route(DELETE, "/api/v4/ixps/{l2a}/{showFeMessage}", User, routes!(l2_address::delete_and_show)),
    ]
}

#[rustfmt::skip]
fn look_ups() -> Vec<Route> {
    vec![
        api_route(GET, "/admin/api/v4/customer/query-peeringdb/asn/{asn}", Superuser, routes!(outside::query_peeringdb)),
        api_route(POST, "/admin/api/v4/store", Superuser, routes!(irrdb_source::store)),
        api_route(GET, "/api/v4/aut-num/{asn}", User, routes!(utils::aut_num)),
        api_route(POST, "/api/v4/customer/by-vlan-and-protocol", User, routes!(lookup::by_vlan_and_protocol)).query(),
        api_route(POST, "/api/v4/irrdb-prefix/by-customer-and-protocol", User, routes!(lookup::irrdb_prefixes)).query(),
        api_route(GET, "/api/v4/ixpmanager-users/ixf-ids", Optional, routes!(outside::ixf_ids)),
        api_route(GET, "/api/v4/prefix-whois/{prefix}", User, routes!(utils::address_whois)),
        api_route(GET, "/api/v4/prefix-whois/{prefix}/{mask}", User, routes!(utils::prefix_whois)),
        api_route(GET, "/api/v4/public/content/members/0/list.json", Public, routes!(member_page::list)),
        api_route(GET, "/api/v4/public/statistics/overall-by-month", Public, routes!(statistics::public_overall_by_month)),
        api_route(GET, "/api/v4/statistics/overall-by-month", Optional, routes!(statistics::overall_by_month)),
        api_route(POST, "/api/v4/utils/markdown", User, routes!(utils::markdown)).query(),
    ]
}

/// Lines of modules that can be switched off.
#[rustfmt::skip]
fn modules(config: &Config) -> Vec<Route> {
    let disabled = config.frontend.disabled;
    let mut routes = Vec::new();
    if !disabled.docstore {
        routes.push(api_route(GET, "/admin/api/v4/docstore/file/info/{file}", Superuser, routes!(document::info)));
    }
    if !disabled.docstore_customer {
        routes.push(api_route(GET, "/admin/api/v4/docstorec/file/info/{file}", Superuser, routes!(document::customer_info)));
    }
    if !disabled.looking_glass {
        routes.push(api_route(GET, "/api/v4/lg/{handle}/bgp-summary", Optional, routes!(looking_glass::bgp_summary)));
        routes.push(api_route(GET, "/api/v4/lg/{handle}/status", Optional, routes!(looking_glass::status)));
    }
    routes
}
