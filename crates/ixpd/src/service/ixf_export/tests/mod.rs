//! Every rule of the export on a small exchange made by hand.

mod connections;
mod filters;
mod golden;
mod infrastructures;
mod members;
mod schema;
mod service;

use chrono::{DateTime, NaiveDate, Utc};
use ixpd_db::query::ixf_export::{
    Customer, ExportData, Infrastructure, L2Address, Network, Port, Switch, VlanInterface,
};
use serde_json::Value;

use super::{
    BuildError, Contact, Document, ExportOptions, ExportRequest, MissingIxfIds, Profile, Version, View,
    build, incomplete_rows,
};

/// One infrastructure with a VLAN and a switch; one member with a port, both protocols and a MAC address.
fn exchange() -> ExportData {
    ExportData {
        infrastructures: vec![infrastructure(1)],
        networks: vec![network(1, 10, 4, "192.0.2.0", 25), network(1, 10, 6, "2001:db8::", 64)],
        switches: vec![switch(1, 5)],
        customers: vec![customer(100, 2128)],
        ports: vec![port(100, 1000, 5)],
        vlan_interfaces: vec![vlan_interface(1000, 10_000, 10)],
        l2_addresses: vec![L2Address { vlan_interface_id: 10_000, mac: "02005e100001".into() }],
        ..ExportData::default()
    }
}

fn infrastructure(id: i32) -> Infrastructure {
    Infrastructure {
        id,
        name: Some(format!("LAN {id}")),
        country: Some("NO".into()),
        peeringdb_ix_id: Some(48),
        ixf_ix_id: Some(20),
    }
}

fn network(infrastructure_id: i32, vlan_id: i32, protocol: i32, network: &str, mask_length: i32) -> Network {
    let vlan_name = Some(format!("Peering {vlan_id}"));
    Network { infrastructure_id, vlan_id, vlan_name, protocol, network: network.into(), mask_length }
}

fn switch(infrastructure_id: i32, id: i32) -> Switch {
    Switch {
        id,
        name: Some(format!("sw{id}")),
        infrastructure_id,
        vendor_name: Some("Orrery".into()),
        model: Some("O-1".into()),
        os: Some("EOS".into()),
        os_version: Some("4.2".into()),
        location_name: Some("Granary".into()),
        location_city: Some("Bergen".into()),
        location_country: Some("SE".into()),
        pdb_facility_id: Some(7),
    }
}

fn customer(id: i32, autsys: i32) -> Customer {
    Customer {
        id,
        name: Some(format!("Member {id}")),
        customer_type: 1,
        autsys: Some(autsys),
        maxprefixes: Some(100),
        maxprefixesv6: Some(50),
        peeringemail: Some("peering@example.com".into()),
        nocphone: Some("+47 1".into()),
        nochours: Some("24x7".into()),
        nocwww: Some("https://example.com/noc".into()),
        peeringmacro: Some("AS-FOUR".into()),
        peeringmacrov6: Some("AS-SIX".into()),
        peeringpolicy: Some("open".into()),
        corpwww: Some("https://example.com".into()),
        datejoin: NaiveDate::from_ymd_opt(2014, 1, 6),
        in_manrs: true,
        is_reseller: false,
        reseller_id: None,
        reseller_autsys: None,
    }
}

fn port(customer_id: i32, virtual_interface_id: i32, switch_id: i32) -> Port {
    Port { customer_id, virtual_interface_id, switch_id, speed: Some(10_000), rate_limit: None }
}

fn vlan_interface(virtual_interface_id: i32, id: i32, vlan_id: i32) -> VlanInterface {
    VlanInterface {
        id,
        virtual_interface_id,
        vlan_id,
        infrastructure_id: 1,
        rsclient: Some(true),
        ipv4enabled: Some(true),
        ipv6enabled: Some(true),
        ipv4address: Some("192.0.2.10".into()),
        ipv6address: Some("2001:db8::10".into()),
    }
}

fn profile() -> Profile {
    let contact = |name: &str, hours: &str| Contact {
        email: format!("{name}@ixp.example"),
        phone: format!("+47 {name}"),
        hours: hours.into(),
    };
    Profile {
        generator: "ixpd test".into(),
        legal_name: "The Exchange".into(),
        country: "IE".into(),
        city: "Cork".into(),
        url: "https://ixp.example/".into(),
        support: contact("support", "24x7"),
        billing: contact("billing", "8x5"),
        exclude_documentation_asns: true,
        exclude_private_asns: true,
        ..Profile::default()
    }
}

fn request(version: Version, view: View) -> ExportRequest {
    ExportRequest { version, view, with_tags: false, missing_ixf_ids: MissingIxfIds::default() }
}

fn public() -> ExportRequest {
    request(Version::V1_0, View::Public)
}

fn made_at() -> DateTime<Utc> {
    DateTime::from_timestamp(1_795_428_000, 0).expect("a time")
}

fn document(
    data: &ExportData,
    profile: &Profile,
    request: &ExportRequest,
    made_at: DateTime<Utc>,
) -> Document {
    let export = build(data, &ExportOptions { profile, request, made_at }).expect("a document");
    Document::new(&export).expect("JSON")
}

/// The document as a client reads it.
fn export(data: &ExportData, profile: &Profile, request: &ExportRequest) -> Value {
    serde_json::from_slice(&document(data, profile, request, made_at()).body).expect("JSON")
}

fn refusal(data: &ExportData, request: &ExportRequest) -> BuildError {
    let profile = profile();
    build(data, &ExportOptions { profile: &profile, request, made_at: made_at() }).expect_err("no document")
}

fn keys(object: &Value) -> Vec<&str> {
    object.as_object().expect("an object").keys().map(String::as_str).collect()
}

fn asns(export: &Value) -> Vec<u64> {
    let members = export["member_list"].as_array().expect("a list");
    members.iter().map(|member| member["asnum"].as_u64().expect("a number")).collect()
}

#[test]
fn document_begins_with_version_generator_and_time() {
    let export = export(&exchange(), &profile(), &public());
    assert_eq!(keys(&export), ["version", "generator", "timestamp", "ixp_list", "member_list"]);
    assert_eq!(export["version"], "1.0");
    assert_eq!(export["generator"], "ixpd test");
    assert_eq!(export["timestamp"], "2026-11-23T10:00:00Z");
    for version in Version::ALL {
        let request = request(version, View::Public);
        assert_eq!(self::export(&exchange(), &profile(), &request)["version"], version.name());
    }
}

#[test]
fn empty_exchange_has_empty_lists() {
    let export = export(&ExportData::default(), &profile(), &public());
    assert_eq!(export["ixp_list"], serde_json::json!([]));
    assert_eq!(export["member_list"], serde_json::json!([]));
}

#[test]
fn tag_of_the_document_ignores_its_timestamp_and_nothing_else() {
    let (data, profile) = (exchange(), profile());
    let first = document(&data, &profile, &public(), made_at());
    let later = document(&data, &profile, &public(), made_at() + chrono::TimeDelta::days(40));
    assert_ne!(first.body, later.body);
    assert_eq!(first.etag, later.etag);
    let mut changed = data.clone();
    changed.customers[0].name = Some("Renamed".into());
    assert_ne!(document(&changed, &profile, &public(), made_at()).etag, first.etag);
    assert_ne!(document(&data, &profile, &request(Version::V0_7, View::Public), made_at()).etag, first.etag);
    assert!(first.etag.to_str().expect("ASCII").starts_with("W/\""));
}

#[test]
fn enabled_protocols_without_address_and_members_without_number_are_found_for_the_log() {
    let told = |data: &ExportData| incomplete_rows(data).iter().map(ToString::to_string).collect::<Vec<_>>();
    let mut data = exchange();
    assert_eq!(told(&data), [""; 0]);
    data.vlan_interfaces[0].ipv6address = None;
    let missing = told(&data);
    assert_eq!(missing.len(), 1);
    assert!(missing[0].starts_with("vlaninterface.id 10000: IPv6 left out"), "{missing:?}");
    data.vlan_interfaces[0].ipv6enabled = Some(false);
    assert_eq!(told(&data), [""; 0]);
    data.customers[0].autsys = None;
    assert!(told(&data)[0].starts_with("cust.id 100 ("), "{:?}", told(&data));
}
