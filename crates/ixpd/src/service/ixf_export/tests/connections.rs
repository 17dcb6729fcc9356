use ixpd_db::query::ixf_export::Router;
use serde_json::json;

use super::*;

fn connections(data: &ExportData, version: Version) -> Value {
    export(data, &profile(), &request(version, View::Public))["member_list"][0]["connection_list"].clone()
}

fn ipv4(data: &ExportData, version: Version) -> Value {
    connections(data, version)[0]["vlan_list"][0]["ipv4"].clone()
}

#[test]
fn connection_has_its_ports_and_services() {
    assert_eq!(
        connections(&exchange(), Version::V1_0),
        json!([{
            "ixp_id": 1,
            "state": "active",
            "if_list": [{"switch_id": 5, "if_speed": 10000}],
            "vlan_list": [{
                "vlan_id": 10,
                "ipv4": {
                    "address": "192.0.2.10",
                    "as_macro": "AS-FOUR",
                    "routeserver": true,
                    "mac_addresses": ["02:00:5e:10:00:01"],
                    "max_prefix": 100,
                },
                "ipv6": {
                    "address": "2001:db8::10",
                    "as_macro": "AS-SIX",
                    "routeserver": true,
                    "mac_addresses": ["02:00:5e:10:00:01"],
                    "max_prefix": 50,
                },
            }],
        }])
    );
    let connection = connections(&exchange(), Version::V1_0)[0].clone();
    assert_eq!(keys(&connection), ["ixp_id", "state", "if_list", "vlan_list"]);
    assert_eq!(
        keys(&connection["vlan_list"][0]["ipv4"]),
        ["address", "as_macro", "routeserver", "mac_addresses", "max_prefix"]
    );
}

#[test]
fn aggregate_is_one_connection_with_several_ports() {
    let mut data = exchange();
    data.ports.push(port(100, 1000, 5));
    data.ports.push(port(100, 1001, 6));
    data.vlan_interfaces.push(vlan_interface(1001, 10_001, 11));
    let connections = connections(&data, Version::V1_0);
    assert_eq!(connections[0]["if_list"].as_array().map(Vec::len), Some(2));
    assert_eq!(connections[1]["if_list"], json!([{"switch_id": 6, "if_speed": 10000}]));
    assert_eq!(connections[1]["vlan_list"][0]["vlan_id"], 11);
}

#[test]
fn rate_limit_is_the_speed_and_the_speed_the_physical_one() {
    for (speed, rate_limit, expected) in [
        (Some(10_000), None, json!({"switch_id": 5, "if_speed": 10000})),
        (Some(10_000), Some(2_500), json!({"switch_id": 5, "if_speed": 2500, "if_phys_speed": 10000})),
        (Some(10_000), Some(0), json!({"switch_id": 5, "if_speed": 10000, "if_phys_speed": 10000})),
        (None, None, json!({"switch_id": 5})),
        (None, Some(2_500), json!({"switch_id": 5, "if_speed": 2500})),
    ] {
        let mut data = exchange();
        data.ports[0].speed = speed;
        data.ports[0].rate_limit = rate_limit;
        assert_eq!(connections(&data, Version::V1_0)[0]["if_list"][0], expected);
    }
}

#[test]
fn member_whose_vlans_are_all_private_has_an_empty_connection_list() {
    let data = ExportData { vlan_interfaces: Vec::new(), ..exchange() };
    assert_eq!(connections(&data, Version::V1_0), json!([]));
}

#[test]
fn services_on_another_infrastructure_are_a_connection_to_that_one() {
    let mut data = exchange();
    data.infrastructures.push(infrastructure(2));
    let service = |id, vlan_id, infrastructure_id| VlanInterface {
        infrastructure_id,
        ..vlan_interface(1000, id, vlan_id)
    };
    data.vlan_interfaces = vec![service(1, 20, 2), service(2, 10, 1), service(3, 21, 2)];
    let connections = connections(&data, Version::V1_0);
    let summary: Vec<_> = connections
        .as_array()
        .expect("a list")
        .iter()
        .map(|connection| {
            let vlans = connection["vlan_list"].as_array().expect("a list");
            (
                connection["ixp_id"].clone(),
                vlans.iter().map(|vlan| vlan["vlan_id"].clone()).collect::<Vec<_>>(),
            )
        })
        .collect();
    assert_eq!(summary, [(json!(1), vec![json!(10)]), (json!(2), vec![json!(20), json!(21)])]);
    assert_eq!(connections[0]["if_list"], connections[1]["if_list"]);
}

#[test]
fn protocol_that_is_off_is_absent() {
    for off in [None, Some(false)] {
        let mut data = exchange();
        data.vlan_interfaces[0].ipv4enabled = off;
        assert_eq!(keys(&connections(&data, Version::V1_0)[0]["vlan_list"][0]), ["vlan_id", "ipv6"]);
        data.vlan_interfaces[0].ipv6enabled = off;
        assert_eq!(connections(&data, Version::V1_0)[0]["vlan_list"], json!([{"vlan_id": 10}]));
    }
}

#[test]
fn protocol_that_is_on_without_address_is_absent() {
    let mut data = exchange();
    data.vlan_interfaces[0].ipv4address = None;
    assert_eq!(keys(&connections(&data, Version::V1_0)[0]["vlan_list"][0]), ["vlan_id", "ipv6"]);
}

#[test]
fn macro_of_ipv6_falls_back_to_the_other_and_short_ones_do_not_count() {
    for (four, six, expected_four, expected_six) in [
        (Some("AS-FOUR"), Some("AS-SIX"), Some("AS-FOUR"), Some("AS-SIX")),
        (Some("AS-FOUR"), None, Some("AS-FOUR"), Some("AS-FOUR")),
        (Some("AS-FOUR"), Some("n/a"), Some("AS-FOUR"), Some("AS-FOUR")),
        (Some("n/a"), Some("AS-SIX"), None, Some("AS-SIX")),
        (Some("AS1"), Some(""), None, None),
        (Some("AS12"), None, Some("AS12"), Some("AS12")),
        (None, None, None, None),
    ] {
        let mut data = exchange();
        data.customers[0].peeringmacro = four.map(str::to_owned);
        data.customers[0].peeringmacrov6 = six.map(str::to_owned);
        let vlan = connections(&data, Version::V1_0)[0]["vlan_list"][0].clone();
        assert_eq!(vlan["ipv4"].get("as_macro").and_then(Value::as_str), expected_four);
        assert_eq!(vlan["ipv6"].get("as_macro").and_then(Value::as_str), expected_six);
    }
}

#[test]
fn max_prefix_is_the_members_and_absent_where_it_has_none() {
    let mut data = exchange();
    data.customers[0].maxprefixes = None;
    data.customers[0].maxprefixesv6 = Some(0);
    let vlan = connections(&data, Version::V1_0)[0]["vlan_list"][0].clone();
    assert!(vlan["ipv4"].get("max_prefix").is_none());
    assert_eq!(vlan["ipv6"]["max_prefix"], 0);
}

#[test]
fn route_server_client_is_a_boolean() {
    for (rsclient, expected) in [(Some(true), true), (Some(false), false), (None, false)] {
        let mut data = exchange();
        data.vlan_interfaces[0].rsclient = rsclient;
        assert_eq!(ipv4(&data, Version::V1_0)["routeserver"], expected);
    }
}

#[test]
fn mac_addresses_have_colons_and_unreadable_ones_are_left_out() {
    let mac = |mac: &str| L2Address { vlan_interface_id: 10_000, mac: mac.into() };
    let mut data = exchange();
    data.l2_addresses = vec![mac("02005E100001"), mac(""), mac("02005e10"), mac("02005e100002")];
    assert_eq!(
        ipv4(&data, Version::V1_0)["mac_addresses"],
        json!(["02:00:5e:10:00:01", "02:00:5e:10:00:02"])
    );
    data.l2_addresses.clear();
    assert_eq!(ipv4(&data, Version::V1_0)["mac_addresses"], json!([]));
}

fn router(router_type: u16, peering_ip: &str) -> Router {
    Router {
        vlan_id: 10,
        peering_ip: peering_ip.into(),
        router_type,
        software: "6".into(),
        software_version: Some("2.15".into()),
        operating_system: Some("Debian".into()),
        operating_system_version: Some("12".into()),
    }
}

#[test]
fn version_0_7_names_the_service_types() {
    let mut data = exchange();
    data.routers = vec![router(1, "192.0.2.10")];
    assert_eq!(ipv4(&data, Version::V0_7)["service_type"], json!(["ixrouteserver"]));
    data.routers.push(router(2, "192.0.2.10"));
    assert_eq!(ipv4(&data, Version::V0_7)["service_type"], json!(["ixrouteserver", "ixroutecollector"]));
    assert!(ipv4(&data, Version::V0_7).get("services").is_none());
}

#[test]
fn version_1_0_describes_the_services() {
    let mut data = exchange();
    data.routers = vec![
        router(1, "192.0.2.10"),
        Router {
            software: "99".into(),
            software_version: None,
            operating_system: Some(String::new()),
            operating_system_version: None,
            ..router(2, "192.0.2.10")
        },
    ];
    let address = ipv4(&data, Version::V1_0);
    assert_eq!(
        address["services"],
        json!([
            {"type": "ixrouteserver", "daemon": "Bird v2", "daemon_version": "2.15", "os": "Debian", "os_version": "12"},
            {"type": "ixroutecollector", "daemon": "Other"},
        ])
    );
    assert_eq!(keys(&address["services"][0]), ["type", "daemon", "daemon_version", "os", "os_version"]);
    assert!(address.get("service_type").is_none());
}

#[test]
fn version_0_6_knows_no_services() {
    let mut data = exchange();
    data.routers = vec![router(1, "192.0.2.10")];
    let address = ipv4(&data, Version::V0_6);
    assert!(address.get("services").is_none() && address.get("service_type").is_none());
}

#[test]
fn service_is_told_by_address_and_vlan() {
    let mut data = exchange();
    data.routers = vec![router(1, "192.0.2.11"), Router { vlan_id: 11, ..router(1, "192.0.2.10") }];
    assert!(ipv4(&data, Version::V1_0).get("services").is_none());
    data.routers = vec![router(1, "2001:DB8:0::0010")];
    let vlan = connections(&data, Version::V1_0)[0]["vlan_list"][0].clone();
    assert!(vlan["ipv4"].get("services").is_none());
    assert_eq!(vlan["ipv6"]["services"][0]["type"], "ixrouteserver");
}

#[test]
fn newest_router_of_an_address_describes_its_daemon() {
    let mut data = exchange();
    data.routers = vec![Router { software: "1".into(), ..router(1, "192.0.2.10") }, router(1, "192.0.2.10")];
    assert_eq!(ipv4(&data, Version::V1_0)["services"].as_array().map(Vec::len), Some(1));
    assert_eq!(ipv4(&data, Version::V1_0)["services"][0]["daemon"], "Bird v2");
}
