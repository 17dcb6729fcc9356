use ixpd_db::query::ixf_export::CustomerTag;
use ixpd_types::Asn;
use serde_json::json;

use super::*;

fn member(data: &ExportData, request: &ExportRequest) -> Value {
    export(data, &profile(), request)["member_list"][0].clone()
}

fn user() -> ExportRequest {
    request(Version::V1_0, View::User)
}

fn changed(change: impl FnOnce(&mut Customer)) -> ExportData {
    let mut data = exchange();
    change(&mut data.customers[0]);
    data
}

#[test]
fn public_view_has_no_contact_details() {
    let member = member(&exchange(), &public());
    assert_eq!(
        keys(&member),
        ["asnum", "member_since", "url", "name", "peering_policy", "member_type", "connection_list"]
    );
    assert_eq!(member["asnum"], 2128);
    assert_eq!(member["member_since"], "2014-01-06T00:00:00Z");
    assert_eq!(member["url"], "https://example.com");
    assert_eq!(member["name"], "Member 100");
    assert_eq!(member["peering_policy"], "open");
    assert_eq!(member["member_type"], "peering");
}

#[test]
fn users_and_superusers_see_the_contact_details() {
    for view in [View::User, View::Superuser] {
        let member = member(&exchange(), &request(Version::V0_6, view));
        assert_eq!(
            keys(&member),
            [
                "asnum",
                "member_since",
                "url",
                "name",
                "peering_policy",
                "member_type",
                "contact_email",
                "contact_phone",
                "peering_policy_url",
                "contact_hours",
                "connection_list",
            ]
        );
        assert_eq!(member["contact_email"], json!(["peering@example.com"]));
        assert_eq!(member["contact_phone"], json!(["+47 1"]));
        assert_eq!(member["peering_policy_url"], "https://example.com/noc");
        assert_eq!(member["contact_hours"], "24x7");
    }
}

#[test]
fn unset_details_are_absent_but_for_the_telephone_number() {
    let data = changed(|customer| {
        customer.corpwww = None;
        customer.name = None;
        customer.peeringpolicy = None;
        customer.peeringemail = None;
        customer.nocphone = None;
        customer.nocwww = None;
        customer.nochours = None;
        customer.datejoin = None;
    });
    let member = member(&data, &user());
    assert_eq!(member["contact_phone"], json!([""]));
    let contact = ["contact_email", "contact_hours"];
    for key in ["url", "name", "peering_policy", "member_since", "peering_policy_url"].iter().chain(&contact)
    {
        assert!(member.get(key).is_none(), "{key}");
    }
}

#[test]
fn contact_hours_that_say_nothing_are_absent() {
    for hours in ["", "0"] {
        let data = changed(|customer| customer.nochours = Some(hours.into()));
        assert!(member(&data, &user()).get("contact_hours").is_none());
    }
}

#[test]
fn peering_policy_url_must_be_one() {
    for (text, valid) in [
        ("https://example.com/noc", true),
        ("http://example.com", true),
        ("http://192.0.2.1/", true),
        ("example.com", false),
        ("www.example.com/noc", false),
        ("http://", false),
        ("http://exa mple.com/", false),
        ("https://exämple.com/", false),
        ("n/a", false),
        ("", false),
    ] {
        let data = changed(|customer| customer.nocwww = Some(text.into()));
        assert_eq!(member(&data, &user()).get("peering_policy_url").is_some(), valid, "{text}");
    }
}

#[test]
fn member_type_follows_the_customer_type() {
    for (code, member_type) in
        [(1, "peering"), (4, "peering"), (3, "ixp"), (2, "other"), (9, "other"), (-1, "other")]
    {
        let data = changed(|customer| customer.customer_type = code);
        assert_eq!(member(&data, &public())["member_type"], member_type, "{code}");
    }
}

#[test]
fn member_without_as_number_is_left_out() {
    for autsys in [None, Some(0), Some(-1)] {
        let data = changed(|customer| customer.autsys = autsys);
        assert_eq!(asns(&export(&data, &profile(), &public())), [0; 0]);
    }
}

fn members(numbers: &[i32]) -> ExportData {
    let mut data = ExportData { customers: Vec::new(), ports: Vec::new(), ..exchange() };
    for (id, autsys) in (1..).zip(numbers) {
        data.customers.push(customer(id, *autsys));
        data.ports.push(port(id, id, 5));
    }
    data
}

const RESERVED: [i32; 10] =
    [64_495, 64_496, 64_511, 64_512, 65_534, 65_535, 65_536, 65_551, 65_552, 2_147_483_647];

#[test]
fn documentation_and_private_numbers_are_left_out_by_default() {
    let export = export(&members(&RESERVED), &profile(), &public());
    assert_eq!(asns(&export), [64_495, 65_535, 65_552, 2_147_483_647]);
}

#[test]
fn documentation_numbers_may_be_let_in() {
    let profile = Profile { exclude_documentation_asns: false, ..profile() };
    let export = export(&members(&RESERVED), &profile, &public());
    assert_eq!(asns(&export), [64_495, 64_496, 64_511, 65_535, 65_536, 65_551, 65_552, 2_147_483_647]);
}

#[test]
fn private_numbers_may_be_let_in() {
    let profile = Profile { exclude_private_asns: false, ..profile() };
    let export = export(&members(&RESERVED), &profile, &public());
    assert_eq!(asns(&export), [64_495, 64_512, 65_534, 65_535, 65_552, 2_147_483_647]);
}

#[test]
fn excluded_numbers_are_left_out() {
    let profile = Profile { exclude_asns: [Asn(42), Asn(2128)].into(), ..profile() };
    assert_eq!(asns(&export(&members(&[42, 112, 1213, 2128]), &profile, &public())), [112, 1213]);
}

fn tagged() -> ExportData {
    let tag = |customer_id, tag: &str, internal_only| CustomerTag {
        customer_id,
        tag: tag.into(),
        display_as: format!("The {tag}"),
        internal_only,
    };
    ExportData { tags: vec![tag(1, "open-tag", false), tag(1, "secret", true)], ..members(&[42, 112]) }
}

#[test]
fn excluded_tags_leave_their_members_out_internal_ones_too() {
    for tag in ["open-tag", "secret"] {
        let profile = Profile { exclude_tags: [tag.to_owned()].into(), ..profile() };
        assert_eq!(asns(&export(&tagged(), &profile, &public())), [112], "{tag}");
    }
    let profile = Profile { exclude_tags: ["other".to_owned()].into(), ..profile() };
    assert_eq!(asns(&export(&tagged(), &profile, &public())), [42, 112]);
}

#[test]
fn tags_come_only_when_asked_for() {
    assert!(member(&tagged(), &request(Version::V1_0, View::Superuser)).get("ixp_manager").is_none());
}

#[test]
fn internal_tags_are_for_superusers() {
    for view in View::ALL {
        let request = ExportRequest { with_tags: true, ..request(Version::V1_0, view) };
        let expected = match view {
            View::Superuser => json!({"open-tag": "The open-tag", "secret": "The secret"}),
            View::Public | View::User => json!({"open-tag": "The open-tag"}),
        };
        let export = export(&tagged(), &profile(), &request);
        assert_eq!(export["member_list"][0]["ixp_manager"]["tags"], expected);
        assert_eq!(export["member_list"][1]["ixp_manager"]["tags"], json!([]));
    }
}

#[test]
fn ixp_manager_object_stands_before_the_connections() {
    let request = ExportRequest { with_tags: true, ..user() };
    let member = member(&exchange(), &request);
    let keys = keys(&member);
    assert_eq!(keys[keys.len() - 3..], ["contact_hours", "ixp_manager", "connection_list"]);
    assert_eq!(
        member["ixp_manager"],
        json!({"tags": [], "in_manrs": true, "is_reseller": false, "is_resold": false})
    );
}

#[test]
fn resold_member_names_its_reseller() {
    let request = ExportRequest { with_tags: true, ..public() };
    let data = changed(|customer| {
        customer.reseller_id = Some(7);
        customer.reseller_autsys = Some(42);
    });
    let ixp_manager = member(&data, &request)["ixp_manager"].clone();
    assert_eq!(keys(&ixp_manager), ["tags", "in_manrs", "is_reseller", "is_resold", "resold_via_asn"]);
    assert_eq!((&ixp_manager["is_resold"], &ixp_manager["resold_via_asn"]), (&json!(true), &json!(42)));
    let reseller = changed(|customer| customer.is_reseller = true);
    assert_eq!(member(&reseller, &request)["ixp_manager"]["is_reseller"], true);
}

#[test]
fn member_without_a_port_on_an_exported_infrastructure_is_left_out_wherever_it_stands() {
    for absent in [0, 1, 2] {
        let mut data = members(&[42, 112, 1213]);
        data.ports.remove(absent);
        let mut expected = vec![42, 112, 1213];
        expected.remove(absent);
        let export = export(&data, &profile(), &public());
        assert_eq!(asns(&export), expected);
        assert!(
            export["member_list"].as_array().expect("a list").iter().all(|m| m["connection_list"].is_array())
        );
    }
}
