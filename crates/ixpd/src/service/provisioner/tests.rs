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
        switch_port_id: id,
        status: Some(status.code()),
        speed: Some(10_000),
        rate_limit: None,
        autoneg: true,
        port_type: Some(1),
        if_name: Some(format!("Et{id}")),
        name: None,
        virtual_interface_id,
        bundle_name: is_lag.then(|| "Po".to_owned()),
        vendor_bundle_name: None,
        trunk: Some(false),
        channelgroup: is_lag.then_some(7),
        lag_framing: is_lag,
        fastlacp: is_lag,
        customer_abbreviated_name: Some("Alder Networks".to_owned()),
        customer_name: None,
        customer_shortname: None,
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
    told_entries(ports, vlan_interfaces).0
}

/// The entries, and the incomplete rows.
fn told_entries(ports: Vec<Port>, vlan_interfaces: Vec<VlanInterface>) -> (Vec<Value>, Vec<String>) {
    let interfaces = L2Interfaces { ports, vlan_interfaces, l2_addresses: Vec::new() };
    let mut incomplete = IncompleteRows::default();
    let document = layer2::build(&interfaces, &Core::default(), &[], &mut incomplete);
    let json = serde_json::to_value(document).expect("JSON");
    let entries = json["layer2interfaces"].as_array().expect("a list").clone();
    (entries, incomplete.iter().map(ToString::to_string).collect())
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
fn lag_without_name_is_named_as_the_vendor_names_lags_and_without_a_number_left_out() {
    let vendor = Some("Port-channel".to_owned());
    let other = || port(9, 1, Connected);
    let lag = |port: Port| told_entries(vec![port, other()], vec![vlan_interface(100), vlan_interface(1)]);
    let by_vendor =
        Port { bundle_name: Some(String::new()), vendor_bundle_name: vendor, ..port(1, 100, Connected) };
    let (entries, told) = lag(by_vendor);
    assert_eq!((&entries[0]["name"], told.len()), (&json!("Port-channel7"), 0));
    for (port, column) in [
        (Port { bundle_name: None, ..port(1, 100, Connected) }, "vendor.bundle_name"),
        (Port { channelgroup: None, ..port(1, 100, Connected) }, "virtualinterface.channelgroup"),
        (Port { channelgroup: Some(0), ..port(1, 100, Connected) }, "virtualinterface.channelgroup"),
    ] {
        let (entries, told) = lag(port);
        assert_eq!((entries.len(), &entries[0]["name"]), (1, &json!("Et9")), "the other port stays");
        assert!(told.len() == 1 && told[0].contains(column), "{told:?}");
        assert!(told[0].starts_with("virtualinterface.id 100 (Alder Networks): LAG left out"), "{told:?}");
    }
}

#[test]
fn port_without_name_is_left_out_of_its_lag_and_told() {
    let nameless = Port { if_name: None, ..port(2, 100, Connected) };
    let (entries, told) =
        told_entries(vec![port(1, 100, Connected), nameless.clone()], vec![vlan_interface(100)]);
    assert_eq!(entries[0]["lagmembers"], json!(["Et1"]));
    assert_eq!((entries.len(), told.len()), (2, 1), "{told:?}");
    assert!(told[0].starts_with("switchport.id 2 (Alder Networks): left out"), "{told:?}");
    let named = Port { name: Some("GigabitEthernet2".to_owned()), ..nameless.clone() };
    let (entries, told) = told_entries(vec![named], vec![vlan_interface(100)]);
    assert_eq!((&entries[0]["lagmembers"], told.len()), (&json!(["GigabitEthernet2"]), 0));
    assert_eq!(told_entries(vec![nameless], vec![vlan_interface(100)]).0.len(), 0);
}

#[test]
fn service_without_tag_or_address_is_left_out_and_told() {
    let untagged = VlanInterface { id: 2, vlan_number: None, ..vlan_interface(1) };
    let without = VlanInterface { id: 3, ipv4address: None, ..vlan_interface(1) };
    let (entries, told) =
        told_entries(vec![port(1, 1, Connected)], vec![vlan_interface(1), untagged.clone(), without]);
    let vlans = entries[0]["vlans"].as_array().expect("a list");
    let shown: Vec<_> = vlans.iter().map(|vlan| (&vlan["vlaninterfaceid"], &vlan["ipaddresses"])).collect();
    assert_eq!(shown, [(&json!(1), &json!({"ipv4": "192.0.2.10"})), (&json!(3), &json!({}))]);
    assert!(
        told[0].contains("vlaninterface.id 2") && told[1].contains("vlaninterface.ipv4addressid"),
        "{told:?}"
    );
    assert_eq!(told_entries(vec![port(1, 1, Connected)], vec![untagged]).0.len(), 0);
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
        let log = IncompleteLog::default();
        let mut all = Vec::new();
        for id in [1, 2] {
            let switch = find(&test.db, &SwitchKey::Id(id)).await.expect("the switch");
            all.push(php_yaml::to_string(
                &layer2_interfaces(&test.db, &log, &switch).await.expect("the ports"),
            ));
            all.push(php_yaml::to_string(
                &layer3_interfaces(&test.db, &log, &switch).await.expect("the links"),
            ));
            all.push(php_yaml::to_string(&vlans(&test.db, &log, &switch).await.expect("the VLANs")));
            all.push(php_yaml::to_string(&routing(&test.db, &log, &switch).await.expect("the routing")));
            all.push(php_yaml::to_string(&switch_document(switch, Zone::UTC)));
        }
        all.push(php_yaml::to_string(&switch_list(&test.db, &log).await.expect("the switches")));
        all.push(php_yaml::to_string(&core_bundles(&test.db, &log).await.expect("the bundles")));
        let all: String = all.into_iter().map(|yaml| yaml.expect("YAML")).collect();
        insta::assert_snapshot!("data-set", all);
        test.remove().await;
    }
}
