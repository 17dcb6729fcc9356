//! Rules that the small exchange doesn't show, and the documents that a public data set of real 7.4 data gives.

use ixpd_db::{
    import::{self, ImportOptions, Silent, Source},
    query::{
        core_link::Core,
        l2_interface::{L2Interfaces, Port, VlanInterface},
    },
};
use ixpd_testkit::{TestDatabase, clock, shared};
use ixpd_types::PhysicalInterfaceStatus::{
    self, AwaitingXConnect, Connected, Disabled, NotConnected, Quarantine,
};
use serde_json::{Value, json};

use super::*;
use crate::php_yaml;

/// A peering port on virtual interface `virtual_interface_id`, which is a LAG if it is 100 and above.
fn port(id: i32, virtual_interface_id: i32, status: PhysicalInterfaceStatus) -> Port {
    let is_lag = virtual_interface_id >= 100;
    Port {
        id,
        status: Some(status.code()),
        speed: Some(10_000),
        rate_limit: None,
        autoneg: true,
        port_type: Some(1),
        if_name: Some(format!("Et{id}")),
        virtual_interface_id,
        bundle_name: is_lag.then(|| "Po".to_owned()),
        trunk: Some(false),
        channelgroup: is_lag.then_some(7),
        lag_framing: is_lag,
        fastlacp: is_lag,
        customer: Some("Alder Networks".to_owned()),
    }
}

fn vlan_interface(virtual_interface_id: i32) -> VlanInterface {
    VlanInterface {
        id: virtual_interface_id,
        virtual_interface_id,
        vlan_number: Some(10),
        ipv4enabled: Some(true),
        ipv4address: Some("192.0.2.10".to_owned()),
        ipv6enabled: Some(false),
        ipv6address: Some("2001:db8::10".to_owned()),
    }
}

fn entries(ports: Vec<Port>, vlan_interfaces: Vec<VlanInterface>) -> Vec<Value> {
    let interfaces = L2Interfaces { ports, vlan_interfaces, l2_addresses: Vec::new() };
    let document = layer2::build(&interfaces, &Core::default(), &[]);
    let json = serde_json::to_value(document).expect("JSON");
    json["layer2interfaces"].as_array().expect("a list").clone()
}

/// Name, shutdown and status of each entry of a LAG with these ports.
fn lag(states: &[PhysicalInterfaceStatus]) -> Vec<(String, bool, String)> {
    let ports = states.iter().zip(1..).map(|(state, id)| port(id, 100, *state)).collect();
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    entries(ports, vec![vlan_interface(100)])
        .iter()
        .map(|entry| {
            (
                text(&entry["name"]),
                entry["shutdown"].as_bool().expect("a truth value"),
                text(&entry["status"]),
            )
        })
        .collect()
}

fn row(name: &str, shutdown: bool, status: &str) -> (String, bool, String) {
    (name.to_owned(), shutdown, status.to_owned())
}

#[test]
fn lag_is_connected_if_any_port_is_and_in_quarantine_if_all_are() {
    assert_eq!(
        lag(&[Connected, Disabled]),
        [row("Po7", false, "connected"), row("Et1", false, "connected"), row("Et2", true, "disabled")]
    );
    assert_eq!(lag(&[Quarantine, Quarantine])[0], row("Po7", false, "quarantine"));
    assert_eq!(lag(&[Quarantine, NotConnected])[0], row("Po7", false, "notconnected"));
    assert_eq!(lag(&[NotConnected, Disabled])[0], row("Po7", true, "notconnected"));
    assert_eq!(lag(&[Connected, AwaitingXConnect])[2], row("Et2", true, "awaitingxconnect"));
}

#[test]
fn fields_come_in_the_order_of_the_contract() {
    let keys =
        |entry: &Value| entry.as_object().expect("a map").keys().cloned().collect::<Vec<_>>().join(" ");
    let begin = "type description dot1q virtualinterfaceid lagframing";
    let single = entries(vec![port(1, 1, Connected)], vec![vlan_interface(1)]);
    assert_eq!(keys(&single[0]), format!("{begin} vlans shutdown status name speed rate_limit autoneg"));
    assert_eq!(keys(&single[0]["vlans"][0]), "number vlaninterfaceid macaddresses ipaddresses");
    assert_eq!(single[0]["vlans"][0]["ipaddresses"], json!({"ipv4": "192.0.2.10"}));
    let lag = entries(vec![port(1, 100, Connected)], vec![vlan_interface(100)]);
    assert_eq!(
        keys(&lag[0]),
        format!("{begin} lagindex vlans name lagmaster fastlacp lagmembers shutdown status")
    );
    assert_eq!(
        keys(&lag[1]),
        format!("{begin} lagindex vlans name lagmaster fastlacp shutdown status autoneg speed rate_limit")
    );
}

#[test]
fn ports_without_vlan_awaiting_a_cross_connect_or_of_other_types_are_left_out() {
    let of_type = |port_type| Port { port_type, ..port(1, 1, Connected) };
    let count = |port| entries(vec![port], vec![vlan_interface(1)]).len();
    assert_eq!(entries(vec![port(1, 1, Connected)], Vec::new()).len(), 0);
    assert_eq!(count(port(1, 1, AwaitingXConnect)), 0);
    for kind in 2..=7 {
        assert_eq!(count(of_type(Some(kind))), 0, "type {kind}");
    }
    assert_eq!((count(of_type(Some(0))), count(of_type(None))), (1, 1));
    let unknown = Port { status: Some(9), ..port(1, 1, Connected) };
    let entry = &entries(vec![unknown], vec![vlan_interface(1)])[0];
    assert_eq!((&entry["status"], &entry["shutdown"]), (&Value::Null, &json!(true)));
}

#[test]
fn lag_without_name_or_number_has_an_empty_name() {
    for port in [
        Port { bundle_name: None, ..port(1, 100, Connected) },
        Port { channelgroup: None, ..port(1, 100, Connected) },
        Port { channelgroup: Some(0), ..port(1, 100, Connected) },
    ] {
        let entries = entries(vec![port.clone()], vec![vlan_interface(100)]);
        assert_eq!(entries[0]["name"], json!(""));
        assert_eq!(entries[0].get("lagindex").is_some(), port.channelgroup == Some(7));
    }
}

#[tokio::test]
async fn public_data_set_gives_the_same_documents_on_each_database() {
    let Some(dump) = shared::path("data/ci_test_db.sql") else { return };
    for test in TestDatabase::each().await {
        let options = ImportOptions {
            force: false,
            server_zone: Zone::UTC,
            now: clock::wall_now(),
            by: None,
            seal: None,
        };
        let source = Source::file(&dump).expect("a dump");
        import::load(source, &test.db, options, &mut Silent).await.expect("the data set");
        let mut all = Vec::new();
        for id in [1, 2] {
            let switch = find(&test.db, &SwitchKey::Id(id)).await.expect("the switch");
            all.push(php_yaml::to_string(&layer2_interfaces(&test.db, &switch).await.expect("the ports")));
            all.push(php_yaml::to_string(&layer3_interfaces(&test.db, &switch).await.expect("the links")));
            all.push(php_yaml::to_string(&vlans(&test.db, &switch).await.expect("the VLANs")));
            all.push(php_yaml::to_string(&routing(&test.db, &switch).await.expect("the routing")));
            all.push(php_yaml::to_string(&switch_document(switch, Zone::UTC)));
        }
        all.push(php_yaml::to_string(&switch_list(&test.db).await.expect("the switches")));
        all.push(php_yaml::to_string(&core_bundles(&test.db).await.expect("the bundles")));
        let all: String = all.into_iter().map(|yaml| yaml.expect("YAML")).collect();
        insta::assert_snapshot!("data-set", all);
        test.remove().await;
    }
}
