use super::*;
use crate::service::ixf_export::KeyFilter;

fn filtered(change: impl FnOnce(&mut Profile)) -> Value {
    let mut profile = profile();
    change(&mut profile);
    export(&exchange(), &profile, &request(Version::V1_0, View::User))
}

#[test]
fn ixp_keys_are_removed() {
    let export = filtered(|profile| profile.ixp_keys = KeyFilter::new(["vlan", "billing_email", "asnum"]));
    let ixp = &export["ixp_list"][0];
    assert!(ixp.get("vlan").is_none() && ixp.get("billing_email").is_none());
    assert_eq!(keys(ixp).len(), 17);
    assert_eq!(keys(ixp)[..3], ["shortname", "name", "country"]);
    assert_eq!(export["member_list"][0]["asnum"], 2128);
}

#[test]
fn switch_keys_are_removed() {
    let export = filtered(|profile| profile.switch_keys = KeyFilter::new(["name", "model", "software"]));
    let switch = &export["ixp_list"][0]["switch"][0];
    assert_eq!(keys(switch), ["id", "colo", "city", "country", "pdb_facility_id", "manufacturer"]);
    assert_eq!(export["ixp_list"][0]["name"], "The Exchange");
}

#[test]
fn member_keys_are_removed() {
    let export = filtered(|profile| profile.member_keys = KeyFilter::new(["contact_email", "url", "state"]));
    let member = &export["member_list"][0];
    assert!(member.get("contact_email").is_none() && member.get("url").is_none());
    assert_eq!(member["connection_list"][0]["state"], "active");
}

#[test]
fn address_keys_are_removed_from_both_protocols() {
    let export = filtered(|profile| profile.address_keys = KeyFilter::new(["max_prefix", "mac_addresses"]));
    let vlan = &export["member_list"][0]["connection_list"][0]["vlan_list"][0];
    for protocol in ["ipv4", "ipv6"] {
        assert_eq!(keys(&vlan[protocol]), ["address", "as_macro", "routeserver"]);
    }
}

#[test]
fn object_that_has_lost_every_key_is_an_empty_list() {
    let every = ["address", "as_macro", "routeserver", "mac_addresses", "max_prefix"];
    let export = filtered(|profile| profile.address_keys = KeyFilter::new(every));
    let vlan = &export["member_list"][0]["connection_list"][0]["vlan_list"][0];
    assert_eq!(vlan["ipv4"], serde_json::json!([]));
}
