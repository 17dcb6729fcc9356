//! What the JSON schemas of the IX-F demand, in short: required fields, types, references.

use std::collections::HashSet;

use ixpd_db::query::ixf_export::{CustomerTag, Router};

use super::*;
use crate::{sample::Sample as _, service::ixf_export::Export};

/// Panics with the place of the first value that a reader of the format would stumble over.
pub(super) fn check(export: &Value, version: Version) {
    assert_eq!(export["version"], version.name());
    assert_eq!(date_time(&export["timestamp"]).len(), 20);
    let mut ixps = HashSet::new();
    let mut vlans = HashSet::new();
    for ixp in list(&export["ixp_list"]) {
        assert!(ixps.insert(integer(&ixp["ixp_id"])), "ixp_id is used twice");
        text(&ixp["shortname"]);
        if version >= Version::V0_7 {
            integer(&ixp["ixf_id"]);
        }
        for vlan in list(&ixp["vlan"]) {
            vlans.insert((integer(&ixp["ixp_id"]), integer(&vlan["id"])));
            for (protocol, longest) in [("ipv4", 32), ("ipv6", 128)] {
                if let Some(network) = vlan.get(protocol) {
                    address(&network["prefix"], protocol);
                    assert!((0..=longest).contains(&integer(&network["mask_length"])));
                }
            }
        }
        for switch in list(&ixp["switch"]) {
            integer(&switch["id"]);
            text(&switch["city"]);
            text(&switch["country"]);
        }
    }
    let mut last = 0;
    for member in list(&export["member_list"]) {
        let asn = integer(&member["asnum"]);
        assert!(asn >= last, "members are sorted by AS number");
        last = asn;
        date_time(&member["member_since"]);
        assert!(["peering", "ixp", "other"].contains(&text(&member["member_type"])));
        for connection in list(&member["connection_list"]) {
            check_connection(connection, version, &ixps, &vlans);
        }
    }
}

fn check_connection(connection: &Value, version: Version, ixps: &HashSet<i64>, vlans: &HashSet<(i64, i64)>) {
    let ixp = integer(&connection["ixp_id"]);
    assert!(ixps.contains(&ixp), "ixp_id {ixp} is in no ixp_list");
    text(&connection["state"]);
    assert!(!list(&connection["if_list"]).is_empty(), "a connection has a port");
    for interface in list(&connection["if_list"]) {
        integer(&interface["switch_id"]);
        integer(&interface["if_speed"]);
    }
    assert!(!list(&connection["vlan_list"]).is_empty(), "a connection has a VLAN");
    for vlan in list(&connection["vlan_list"]) {
        let id = integer(&vlan["vlan_id"]);
        assert!(vlans.contains(&(ixp, id)), "VLAN {id} is not of infrastructure {ixp}");
        for protocol in ["ipv4", "ipv6"] {
            if let Some(service) = vlan.get(protocol) {
                check_address(service, protocol, version);
            }
        }
    }
}

fn check_address(service: &Value, protocol: &str, version: Version) {
    address(&service["address"], protocol);
    assert!(service["routeserver"].is_boolean());
    for mac in list(&service["mac_addresses"]) {
        let octets: Vec<_> = text(mac).split(':').collect();
        let is_octet = |octet: &&str| {
            octet.len() == 2 && octet.chars().all(|c| c.is_ascii_hexdigit() && !c.is_uppercase())
        };
        assert!(octets.len() == 6 && octets.iter().all(is_octet), "{mac}");
    }
    service.get("max_prefix").map(integer);
    service.get("as_macro").map(text);
    let known = ["ixrouteserver", "ixroutecollector"];
    if let Some(types) = service.get("service_type") {
        assert_eq!(version, Version::V0_7);
        assert!(list(types).iter().all(|one| known.contains(&text(one))));
    }
    if let Some(services) = service.get("services") {
        assert_eq!(version, Version::V1_0);
        assert!(
            list(services).iter().all(|one| known.contains(&text(&one["type"])) && one["daemon"].is_string())
        );
    }
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap_or_else(|| panic!("{value} is no list"))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text"))
}

fn integer(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("{value} is no integer"))
}

fn date_time(value: &Value) -> &str {
    let text = text(value);
    assert!(text.ends_with('Z') && DateTime::parse_from_rfc3339(text).is_ok(), "{text} is no time in UTC");
    text
}

fn address(value: &Value, protocol: &str) {
    let parsed: std::net::IpAddr = text(value).parse().unwrap_or_else(|_| panic!("{value} is no address"));
    assert_eq!(parsed.is_ipv4(), protocol == "ipv4");
}

#[test]
fn every_version_and_view_follows_the_schema() {
    let mut data = exchange();
    data.infrastructures.push(infrastructure(2));
    data.networks.push(network(2, 20, 6, "2001:db8:2::", 64));
    data.customers.push(customer(101, 2129));
    data.ports.push(port(101, 1001, 5));
    for version in Version::ALL {
        for view in View::ALL {
            for with_tags in [false, true] {
                let request = ExportRequest { with_tags, ..request(version, view) };
                check(&export(&data, &profile(), &request), version);
            }
        }
    }
}

/// Panics with the path of the first `null`, which no schema of Euro-IX allows for any key.
fn refuse_null(value: &Value, path: &str) {
    match value {
        Value::Null => panic!("{path} is null"),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                refuse_null(item, &format!("{path}[{index}]"));
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                refuse_null(member, &format!("{path}.{key}"));
            }
        }
        _ => {}
    }
}

/// The exchange with every column that may be NULL set to `unset`.
fn exchange_of_empty_columns(unset: Option<&str>) -> ExportData {
    let unset = || unset.map(str::to_owned);
    let mut data = exchange();
    for row in &mut data.infrastructures {
        (row.name, row.country) = (unset(), unset());
    }
    for row in &mut data.networks {
        row.vlan_name = unset();
    }
    for row in &mut data.switches {
        (row.name, row.vendor_name, row.model, row.os, row.os_version) =
            (unset(), unset(), unset(), unset(), unset());
        (row.location_name, row.location_city, row.location_country) = (unset(), unset(), unset());
        row.pdb_facility_id = None;
    }
    for row in &mut data.customers {
        (row.name, row.corpwww, row.peeringpolicy, row.peeringemail) = (unset(), unset(), unset(), unset());
        (row.nocphone, row.nocwww, row.nochours) = (unset(), unset(), unset());
        (row.peeringmacro, row.peeringmacrov6) = (unset(), unset());
        (row.maxprefixes, row.maxprefixesv6) = (None, None);
    }
    data
}

#[test]
fn no_value_is_null_whatever_the_database_lacks() {
    for unset in [None, Some("")] {
        let data = exchange_of_empty_columns(unset);
        for version in Version::ALL {
            for view in View::ALL {
                let request = ExportRequest { with_tags: true, ..request(version, view) };
                let export = export(&data, &profile(), &request);
                refuse_null(&export, "$");
                check(&export, version);
                let member = &export["member_list"][0];
                for key in ["url", "name", "peering_policy", "contact_email"] {
                    assert!(member.get(key).is_none(), "{key} of {unset:?}");
                }
            }
        }
    }
}

#[test]
fn sample_is_what_the_builder_makes() {
    let data = data_of_the_sample();
    let contact = |email: &str, phone: &str, hours: &str| Contact {
        email: email.into(),
        phone: phone.into(),
        hours: hours.into(),
    };
    let profile = Profile {
        generator: "IXP Manager v7.4.0 (ixpd 1.0.0)".into(),
        legal_name: "Example Internet Exchange Ltd".into(),
        url: "https://www.example.net".into(),
        support: contact("noc@example.net", "+353 20 911 0100", "24x7"),
        billing: contact("billing@example.net", "+353 20 911 0200", "8x5"),
        looking_glass_url: Some("https://ixp.example.net/lg".into()),
        ..Profile::default()
    };
    let request = ExportRequest { with_tags: true, ..request(Version::V1_0, View::User) };
    let made_at = "2026-06-15T10:00:00Z".parse().expect("a time");
    let made = document(&data, &profile, &request, made_at).body;
    assert_eq!(made, Document::new(&Export::sample()).expect("JSON").body);
    check(&serde_json::from_slice(&made).expect("JSON"), Version::V1_0);
}

/// The exchange of which the sample is an export.
fn data_of_the_sample() -> ExportData {
    let text = |text: &str| Some(text.to_owned());
    let alpha = Customer {
        name: text("Alpha Networks"),
        peeringemail: text("peering@alpha.example.net"),
        nocphone: text("+353 20 911 0101"),
        nocwww: text("https://alpha.example.net/peering"),
        peeringmacro: text("AS-ALPHA"),
        peeringmacrov6: None,
        corpwww: text("https://alpha.example.net"),
        reseller_id: Some(6),
        reseller_autsys: Some(64_510),
        ..customer(5, 64_496)
    };
    let exchange = Customer {
        name: text("Example IXP"),
        customer_type: 3,
        maxprefixes: None,
        maxprefixesv6: None,
        peeringemail: text("noc@example.net"),
        nocphone: text("+353 20 911 0100"),
        nocwww: text("https://www.example.net/peering"),
        peeringmacro: None,
        peeringmacrov6: None,
        corpwww: text("https://www.example.net"),
        ..customer(1, 64_500)
    };
    let tag = |customer_id, tag: &str, display_as: &str| CustomerTag {
        customer_id,
        tag: tag.into(),
        display_as: display_as.into(),
        internal_only: false,
    };
    let router = |peering_ip: &str| Router {
        vlan_id: 1,
        peering_ip: peering_ip.into(),
        router_type: 1,
        software: "6".into(),
        software_version: text("2.15"),
        operating_system: text("Debian"),
        operating_system_version: text("12"),
    };
    let mac = |vlan_interface_id, mac: &str| L2Address { vlan_interface_id, mac: mac.into() };
    let lan = |network| Network { vlan_name: text("Peering LAN"), ..network };
    let own = VlanInterface {
        rsclient: Some(false),
        ipv4address: text("192.0.2.8"),
        ipv6address: text("2001:db8::8"),
        ..vlan_interface(12, 22, 1)
    };
    ExportData {
        infrastructures: vec![Infrastructure {
            name: text("Peering LAN North"),
            country: text("IE"),
            ixf_ix_id: Some(42),
            ..infrastructure(1)
        }],
        networks: vec![lan(network(1, 1, 4, "192.0.2.0", 25)), lan(network(1, 1, 6, "2001:db8::", 64))],
        switches: vec![Switch {
            name: text("sw1"),
            vendor_name: text("Arista"),
            model: text("DCS-7050SX3"),
            os_version: text("4.31.2F"),
            location_name: text("Example House"),
            location_city: text("Dublin"),
            location_country: text("IE"),
            ..switch(1, 1)
        }],
        customers: vec![alpha, exchange],
        tags: vec![tag(5, "remote", "Remote peering"), tag(1, "infrastructure", "Run by the exchange")],
        ports: vec![Port { rate_limit: Some(2_000), ..port(5, 11, 1) }, port(1, 12, 1)],
        vlan_interfaces: vec![vlan_interface(11, 21, 1), own],
        l2_addresses: vec![mac(21, "00005e005310"), mac(22, "00005e005308")],
        routers: vec![router("192.0.2.8"), router("2001:db8::8")],
    }
}
