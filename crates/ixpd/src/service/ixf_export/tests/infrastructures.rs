use serde_json::json;

use super::*;

const ALL_IXP_KEYS: [&str; 19] = [
    "shortname",
    "name",
    "country",
    "url",
    "peeringdb_id",
    "ixf_id",
    "ixp_id",
    "support_email",
    "support_phone",
    "support_contact_hours",
    "emergency_email",
    "emergency_phone",
    "emergency_contact_hours",
    "billing_contact_hours",
    "billing_email",
    "billing_phone",
    "peering_policy_list",
    "vlan",
    "switch",
];

fn ixp(data: &ExportData, version: Version) -> Value {
    export(data, &profile(), &request(version, View::Public))["ixp_list"][0].clone()
}

#[test]
fn infrastructure_has_its_fields_in_order() {
    let ixp = ixp(&exchange(), Version::V1_0);
    assert_eq!(keys(&ixp), ALL_IXP_KEYS);
    assert_eq!(ixp["shortname"], "LAN 1");
    assert_eq!(ixp["name"], "The Exchange");
    assert_eq!(ixp["country"], "NO");
    assert_eq!(ixp["url"], "https://ixp.example/");
    assert_eq!((&ixp["peeringdb_id"], &ixp["ixf_id"], &ixp["ixp_id"]), (&json!(48), &json!(20), &json!(1)));
    assert_eq!(ixp["peering_policy_list"], json!(["open", "selective", "mandatory", "closed"]));
    assert_eq!(ixp["billing_contact_hours"], "8x5");
    assert_eq!(ixp["billing_email"], "billing@ixp.example");
    assert_eq!(ixp["billing_phone"], "+47 billing");
}

#[test]
fn emergency_contact_is_the_support_contact() {
    let ixp = ixp(&exchange(), Version::V1_0);
    for (support, emergency) in [
        ("support_email", "emergency_email"),
        ("support_phone", "emergency_phone"),
        ("support_contact_hours", "emergency_contact_hours"),
    ] {
        assert!(ixp[support].is_string());
        assert_eq!(ixp[support], ixp[emergency]);
    }
}

#[test]
fn country_of_the_exchange_stands_in_for_an_unset_one() {
    for unset in [None, Some(String::new())] {
        let mut data = exchange();
        data.infrastructures[0].country = unset;
        assert_eq!(ixp(&data, Version::V1_0)["country"], "IE");
    }
}

#[test]
fn unset_peeringdb_id_is_absent() {
    for unset in [None, Some(0)] {
        let mut data = exchange();
        data.infrastructures[0].peeringdb_ix_id = unset;
        assert!(ixp(&data, Version::V1_0).get("peeringdb_id").is_none());
    }
}

fn without_ixf_id() -> ExportData {
    let mut data = exchange();
    data.infrastructures[0].ixf_ix_id = None;
    data
}

fn with_missing_ids(version: Version, by_infrastructure: &[(i32, &str)], ignore: bool) -> ExportRequest {
    let by_infrastructure = by_infrastructure.iter().map(|(id, value)| (*id, (*value).to_owned())).collect();
    let missing_ixf_ids = MissingIxfIds { by_infrastructure, ignore };
    ExportRequest { missing_ixf_ids, ..request(version, View::Public) }
}

#[test]
fn version_0_6_goes_without_a_missing_ixf_id() {
    let data = without_ixf_id();
    for request in [
        request(Version::V0_6, View::Public),
        with_missing_ids(Version::V0_6, &[(1, "77")], true),
        with_missing_ids(Version::V0_6, &[(1, "x")], false),
    ] {
        assert!(export(&data, &profile(), &request)["ixp_list"][0].get("ixf_id").is_none());
    }
}

#[test]
fn later_versions_refuse_a_missing_ixf_id_and_name_infrastructure_and_options() {
    for version in [Version::V0_7, Version::V1_0] {
        let error = refusal(&without_ixf_id(), &request(version, View::Public)).to_string();
        for part in ["`LAN 1`", "ixfid_1=N", "ignore_missing_ixfid=1"] {
            assert!(error.contains(part), "{error}");
        }
    }
}

#[test]
fn request_may_give_a_missing_ixf_id() {
    for version in [Version::V0_7, Version::V1_0] {
        for ignore in [false, true] {
            let request = with_missing_ids(version, &[(1, "77"), (2, "78")], ignore);
            assert_eq!(export(&without_ixf_id(), &profile(), &request)["ixp_list"][0]["ixf_id"], 77);
        }
    }
}

#[test]
fn given_ixf_id_does_not_replace_a_set_one() {
    for value in ["77", "", "x"] {
        let request = with_missing_ids(Version::V1_0, &[(1, value)], true);
        assert_eq!(export(&exchange(), &profile(), &request)["ixp_list"][0]["ixf_id"], 20);
    }
}

#[test]
fn given_ixf_id_must_be_a_number_where_it_is_needed() {
    for value in ["x", "1.5", "-1", "4294967296", "0x10"] {
        let request = with_missing_ids(Version::V1_0, &[(1, value)], true);
        let error = refusal(&without_ixf_id(), &request).to_string();
        assert!(error.starts_with(&format!("`{value}` is not an IX-F id; accepted: ")), "{error}");
    }
}

#[test]
fn ignored_missing_ixf_id_is_zero() {
    for unset in [None, Some(0)] {
        let mut data = without_ixf_id();
        data.infrastructures[0].ixf_ix_id = unset;
        let request = with_missing_ids(Version::V0_7, &[(2, "78")], true);
        assert_eq!(export(&data, &profile(), &request)["ixp_list"][0]["ixf_id"], 0);
    }
}

#[test]
fn vlan_has_the_networks_of_its_protocols() {
    let mut data = exchange();
    data.networks.push(network(1, 11, 6, "2001:db8:1::", 48));
    data.networks.push(network(2, 12, 4, "198.51.100.0", 24));
    assert_eq!(
        ixp(&data, Version::V1_0)["vlan"],
        json!([
            {
                "id": 10,
                "name": "Peering 10",
                "ipv4": {"prefix": "192.0.2.0", "mask_length": 25},
                "ipv6": {"prefix": "2001:db8::", "mask_length": 64},
            },
            {"id": 11, "name": "Peering 11", "ipv6": {"prefix": "2001:db8:1::", "mask_length": 48}},
        ])
    );
}

#[test]
fn looking_glass_is_named_since_0_7_where_it_is_on() {
    let profile = Profile { looking_glass_url: Some("https://ixp.example/ixp/lg".into()), ..profile() };
    for version in Version::ALL {
        let export = export(&exchange(), &profile, &request(version, View::Public));
        let vlan = &export["ixp_list"][0]["vlan"][0];
        for protocol in ["ipv4", "ipv6"] {
            let urls = vlan[protocol].get("looking_glass_urls");
            let expected = json!(["https://ixp.example/ixp/lg"]);
            assert_eq!(urls, (version >= Version::V0_7).then_some(&expected));
        }
    }
    assert!(ixp(&exchange(), Version::V1_0)["vlan"][0]["ipv4"].get("looking_glass_urls").is_none());
}

#[test]
fn switch_has_the_fields_of_its_version() {
    let base = ["id", "name", "colo", "city", "country", "pdb_facility_id"];
    let since_0_7 = [&base[..], &["manufacturer", "model"]].concat();
    let since_1_0 = [&since_0_7[..], &["software"]].concat();
    assert_eq!(keys(&ixp(&exchange(), Version::V0_6)["switch"][0]), base);
    assert_eq!(keys(&ixp(&exchange(), Version::V0_7)["switch"][0]), since_0_7);
    let switch = ixp(&exchange(), Version::V1_0)["switch"][0].clone();
    assert_eq!(keys(&switch), since_1_0);
    assert_eq!(
        switch,
        json!({
            "id": 5, "name": "sw5", "colo": "Granary", "city": "Bergen", "country": "SE", "pdb_facility_id": 7,
            "manufacturer": "Orrery", "model": "O-1", "software": "EOS 4.2",
        })
    );
}

#[test]
fn switch_without_details_falls_back_to_the_exchange() {
    let mut data = exchange();
    data.switches[0] = Switch {
        vendor_name: None,
        model: None,
        os: None,
        os_version: None,
        location_name: None,
        location_city: Some(String::new()),
        location_country: None,
        pdb_facility_id: None,
        ..switch(1, 5)
    };
    assert_eq!(
        ixp(&data, Version::V1_0)["switch"][0],
        json!({
            "id": 5, "name": "sw5", "city": "Cork", "country": "IE", "software": "",
        })
    );
}

#[test]
fn model_without_manufacturer_is_absent() {
    let mut data = exchange();
    data.switches[0].vendor_name = None;
    let switch = ixp(&data, Version::V1_0)["switch"][0].clone();
    assert!(switch.get("manufacturer").is_none() && switch.get("model").is_none());
}

#[test]
fn infrastructure_without_name_gets_one_from_its_id() {
    for unset in [None, Some(String::new())] {
        let mut data = exchange();
        data.infrastructures[0].name = unset;
        assert_eq!(ixp(&data, Version::V1_0)["shortname"], "Infrastructure 1");
    }
}

#[test]
fn software_of_a_switch_is_trimmed() {
    for (os, os_version, software) in
        [(Some("EOS"), None, "EOS"), (None, Some("4.2"), "4.2"), (Some(" EOS "), Some(""), "EOS")]
    {
        let mut data = exchange();
        data.switches[0].os = os.map(str::to_owned);
        data.switches[0].os_version = os_version.map(str::to_owned);
        assert_eq!(ixp(&data, Version::V1_0)["switch"][0]["software"], software);
    }
}

#[test]
fn switches_stand_under_their_own_infrastructure() {
    let mut data = exchange();
    data.infrastructures.push(infrastructure(2));
    data.switches.push(switch(2, 6));
    let export = export(&data, &profile(), &public());
    assert_eq!(export["ixp_list"][0]["switch"][0]["id"], 5);
    assert_eq!(export["ixp_list"][1]["switch"][0]["id"], 6);
    assert_eq!(export["ixp_list"][1]["vlan"], json!([]));
}
