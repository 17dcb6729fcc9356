//! The API has every endpoint of IXP Manager 7.4, each for whom it is there, and what it has beyond them is named.

use std::collections::BTreeSet;

use ixpd::{
    config::Config,
    routes::{Access, Route, table},
};

/// An endpoint of IXP Manager 7.4: its methods, and its path, in which `{name?}` may be absent. Those that it opens to
/// any method are GET and POST.
type Endpoint = (&'static str, &'static str);

/// Credentials are not looked at.
#[rustfmt::skip]
const PUBLIC: [Endpoint; 9] = [
    ("GET", "/api/v4/public/statistics/overall-by-month"),
    ("GET", "/api/v4/public/content/members/0/list.json"),
    ("GET", "/apiv1/member-list/list"),
    ("GET", "/apiv1/member-list/list/version/{version}"),
    ("GET", "/static/support"),
    ("GET", "/peeringdb/ix"),
    ("GET", "/peeringdb/fac"),
    ("GET", "/ix-f/ixp"),
    ("GET", "/participants.json"),
];

/// Everybody may ask; a credential that is sent must be good.
#[rustfmt::skip]
const OPTIONAL: [Endpoint; 9] = [
    ("GET, POST", "/api/v4/ping"),
    ("GET, POST", "/api/v4/test"),
    ("GET", "/api/v4/member-export/ixf"),
    ("GET", "/api/v4/member-export/ixf/{version}"),
    ("GET", "/api/v4/ixpmanager-users/ixf-ids"),
    ("GET", "/api/v4/statistics/overall-by-month"),
    ("GET", "/api/v4/lg/{handle}/status"),
    ("GET", "/api/v4/lg/{handle}/bgp-summary"),
    ("GET", "/content/members/{priv}/{page}"),
];

/// For whoever is logged in.
#[rustfmt::skip]
const USER: [Endpoint; 10] = [
    ("POST", "/api/v4/ixps/store/{showFeMessage?}"),
    ("DELETE", "/api/v4/ixps/{l2a}/{showFeMessage?}"),
    ("GET", "/api/v4/customer-note/ping/{c?}"),
    ("GET", "/api/v4/customer-note/get/{cn}"),
    ("POST", "/api/v4/utils/markdown"),
    ("POST", "/api/v4/customer/by-vlan-and-protocol"),
    ("POST", "/api/v4/irrdb-prefix/by-customer-and-protocol"),
    ("GET", "/api/v4/aut-num/{asn}"),
    ("GET", "/api/v4/prefix-whois/{prefix}/{mask?}"),
    ("GET, POST", "/api/v4/test-auth"),
];

/// For superusers.
#[rustfmt::skip]
const SUPERUSER: [Endpoint; 75] = [
    ("GET", "/admin/api/v4/customer/query-peeringdb/asn/{asn}"),
    ("POST", "/admin/api/v4/customer/{cust}/switches"),
    ("GET", "/admin/api/v4/patch-panel-port/{ppp}"),
    ("GET", "/admin/api/v4/patch-panel-port/deep/{ppp}"),
    ("POST", "/admin/api/v4/patch-panel/{pp}/free-port"),
    ("POST", "/admin/api/v4/patch-panel/{pp}/free-duplex-port"),
    ("GET", "/admin/api/v4/provisioner/layer2interfaces/switch/{switch}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/layer2interfaces/switch-name/{switchname}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/vlans/switch-id/{switch}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/vlans/switch-name/{switchname}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/layer3interfaces/switch-id/{switch}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/layer3interfaces/switch-name/{switchname}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/switch/list.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/switch/switch-id/{switch}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/switch/switch-name/{switchname}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/routing/switch-id/{switch}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/routing/switch-name/{switchname}.{outformat}"),
    ("GET", "/admin/api/v4/provisioner/corebundle/list.{outformat}"),
    ("GET", "/admin/api/v4/switch-port/{sp}/customer"),
    ("GET", "/admin/api/v4/switch-port/{sp}/physical-interface"),
    ("GET", "/admin/api/v4/switch/{s}/ports"),
    ("GET", "/admin/api/v4/switch/{s}/status"),
    ("GET", "/admin/api/v4/switch/{s}/core-bundles-status"),
    ("POST", "/admin/api/v4/switch/{s}/switch-port-for-ppp"),
    ("POST", "/admin/api/v4/switch/{s}/switch-port-prewired"),
    ("GET", "/admin/api/v4/vlan/{v}/ip-addresses"),
    ("POST", "/admin/api/v4/vlan/ip-address/used-across-vlans"),
    ("GET", "/admin/api/v4/customer-note/notify-toggle/customer/{cust}"),
    ("GET", "/admin/api/v4/customer-note/notify-toggle/note/{cn}"),
    ("POST", "/admin/api/v4/customer-note/create/customer/{cust}"),
    ("PUT", "/admin/api/v4/customer-note/update/{cn}"),
    ("DELETE", "/admin/api/v4/customer-note/delete/{cn}"),
    ("GET", "/admin/api/v4/docstorec/file/info/{file}"),
    ("GET", "/admin/api/v4/docstore/file/info/{file}"),
    ("POST", "/admin/api/v4/store"),
    ("GET", "/admin/api/v4/validation/result/{id}"),
    ("GET", "/admin/api/v4/dns/arpa/{vlan}/{protocol}"),
    ("GET", "/admin/api/v4/dns/arpa/{vlan}/{protocol}/{template}"),
    ("GET", "/admin/api/v4/user/json"),
    ("GET", "/admin/api/v4/user/json/{priv}"),
    ("GET, POST", "/admin/api/v4/user/formatted"),
    ("GET, POST", "/admin/api/v4/user/formatted/{priv}"),
    ("GET, POST", "/admin/api/v4/user/formatted/{priv}/{template}"),
    ("GET", "/admin/api/v4/mailing-list/subscribers/{listname}"),
    ("GET", "/admin/api/v4/mailing-list/subscribers/json/{listname}"),
    ("GET", "/admin/api/v4/mailing-list/unsubscribed/{listname}"),
    ("GET", "/admin/api/v4/mailing-list/unsubscribed/json/{listname}"),
    ("POST", "/admin/api/v4/mailing-list/init/{listname}"),
    ("POST", "/admin/api/v4/mailing-list/init/json/{listname}"),
    ("GET", "/admin/api/v4/router/gen_config/{handle}"),
    ("GET", "/admin/api/v4/router/gen-config/{handle}"),
    ("POST", "/admin/api/v4/router/get-update-lock/{handle}"),
    ("POST", "/admin/api/v4/router/release-update-lock/{handle}"),
    ("POST", "/admin/api/v4/router/updated/{handle}"),
    ("GET", "/admin/api/v4/router/updated/{handle}"),
    ("GET", "/admin/api/v4/router/updated"),
    ("GET", "/admin/api/v4/router/updated-before/{threshold}"),
    ("GET", "/admin/api/v4/router/locked-longer-than/{threshold}"),
    ("GET", "/admin/api/v4/sflow-receivers/pretag.map"),
    ("GET", "/admin/api/v4/sflow-receivers/receivers.lst"),
    ("GET", "/admin/api/v4/sflow-receivers.{format}"),
    ("GET", "/admin/api/v4/vlan-interface/l2-addresses/{vli}"),
    ("GET", "/admin/api/v4/sflow-db-mapper/learned-macs"),
    ("GET", "/admin/api/v4/sflow-db-mapper/configured-macs"),
    ("GET, POST", "/admin/api/v4/nagios/customers/{vlan}/{protocol}"),
    ("GET, POST", "/admin/api/v4/nagios/customers/{vlan}/{protocol}/{template}"),
    ("GET, POST", "/admin/api/v4/nagios/switches/{infra}"),
    ("GET, POST", "/admin/api/v4/nagios/switches/{infra}/{template}"),
    ("GET, POST", "/admin/api/v4/nagios/birdseye-daemons"),
    ("GET, POST", "/admin/api/v4/nagios/birdseye-daemons/{template}"),
    ("GET, POST", "/admin/api/v4/nagios/birdseye-daemons/{template}/{vlan}"),
    ("GET, POST", "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}"),
    ("GET, POST", "/admin/api/v4/nagios/birdseye-bgp-sessions/{vlan}/{protocol}/{type}/{template}"),
    ("GET", "/admin/api/v4/grapher/mrtg-config"),
    ("GET, POST", "/admin/api/v4/grapher/config"),
];

/// What the API has beyond IXP Manager's: the methods and path of a line.
const OWN: [Endpoint; 10] = [
    ("GET", "/api/openapi.json"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("POST", "/admin/api/v4/router/diff/{handle}"),
    ("POST", "/admin/api/v4/router/pause/{handle}"),
    ("POST", "/admin/api/v4/router/resume/{handle}"),
    // These only ask, or are GETs that write: POST is the better way to them.
    ("POST", "/admin/api/v4/customer-note/notify-toggle/customer/{cust}"),
    ("POST", "/admin/api/v4/customer-note/notify-toggle/note/{cn}"),
    ("POST", "/api/v4/customer-note/ping"),
    ("POST", "/api/v4/customer-note/ping/{c}"),
];

/// The table with every module of the API.
fn lines() -> Vec<Route> {
    let settings = [("IXP_FE_FRONTEND_DISABLED_LOOKING_GLASS", "false")];
    let mut lines = table(&Config::from_pairs(settings).unwrap());
    lines.retain(|line| line.alias_of.is_none());
    lines
}

/// The paths that an endpoint stands for, in the patterns of the table: one without and one with what may be absent,
/// and one for each format where the whole name before it is fixed.
fn paths(endpoint: &str) -> Vec<String> {
    if let Some(name) = endpoint.strip_suffix(".{outformat}").or(endpoint.strip_suffix(".{format}"))
        && !name.ends_with('}')
    {
        return ["json", "yaml"].map(|format| format!("{name}.{format}")).into();
    }
    match endpoint.strip_suffix("?}").and_then(|path| path.rsplit_once("/{")) {
        Some((short, name)) => vec![short.to_owned(), format!("{short}/{{{name}}}")],
        None => vec![endpoint.to_owned()],
    }
}

/// The methods and paths of endpoints, one by one.
fn each(endpoints: &[Endpoint]) -> BTreeSet<(String, String)> {
    let both = endpoints.iter().flat_map(|(methods, path)| {
        methods
            .split(", ")
            .flat_map(move |method| paths(path).into_iter().map(move |path| (method.to_owned(), path)))
    });
    both.collect()
}

#[test]
fn every_endpoint_of_ixp_manager_is_there_for_whom_it_is_there() {
    let lines = lines();
    let mut differing = Vec::new();
    for (access, endpoints) in [
        (Access::Public, &PUBLIC[..]),
        (Access::Optional, &OPTIONAL),
        (Access::User, &USER),
        (Access::Superuser, &SUPERUSER),
    ] {
        for (method, path) in each(endpoints) {
            let line = lines.iter().find(|line| line.path == path && line.verb.methods().contains(&&*method));
            if line.map(|line| line.access) != Some(access) {
                differing
                    .push(format!("{method} {path}: {:?}, not {access:?}", line.map(|line| line.access)));
            }
        }
    }
    assert_eq!(differing, [""; 0]);
}

#[test]
fn whatever_the_api_has_beyond_ixp_manager_is_named() {
    let known: BTreeSet<_> = [&PUBLIC[..], &OPTIONAL, &USER, &SUPERUSER].into_iter().flat_map(each).collect();
    let lines = lines();
    let described = lines.iter().filter(|line| line.docs.is_some());
    let served = described.flat_map(|line| {
        line.verb.methods().iter().map(|method| ((*method).to_owned(), line.path.to_owned()))
    });
    let own: BTreeSet<_> = served.filter(|line| !known.contains(line)).collect();
    assert_eq!(own, each(&OWN));
}
