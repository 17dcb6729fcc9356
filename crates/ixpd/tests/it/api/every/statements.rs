//! No answer costs more statements because there are more rows.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use ixpd_db::sql_counter;
use ixpd_testkit::{Answer, Client, TestApp, TestDatabase, fixtures};

use super::{Question, Values, add_as_number, add_documents, add_note, ask, operator, readings, settings};
use crate::{
    api::provisioner,
    text::{execute, lists, more_members, with_birdseye},
};

pub(super) const EXCHANGE: [Values; 14] = [
    ("", "vlan", &["1"]),
    ("", "v", &["1"]),
    ("", "infra", &["1"]),
    ("", "type", &["1"]),
    ("", "switch", &["1"]),
    ("", "switchname", &["sw1"]),
    ("", "handle", &["rs1-one-ipv4"]),
    ("", "s", &["1"]),
    ("", "vli", &["3"]),
    ("", "ppp", &["15"]),
    ("", "cn", &["1"]),
    ("", "file", &["1"]),
    ("", "asn", &["64496"]),
    ("", "sp", &["103"]),
];

const QUESTIONS: [Question; 8] = [
    ("/admin/api/v4/customer/2/switches", &[("patch_panel_id", "1")]),
    ("/admin/api/v4/patch-panel/1/free-duplex-port", &[]),
    ("/admin/api/v4/patch-panel/1/free-port", &[]),
    ("/admin/api/v4/switch/1/switch-port-for-ppp", &[]),
    ("/admin/api/v4/switch/1/switch-port-prewired", &[]),
    ("/admin/api/v4/vlan/ip-address/used-across-vlans", &[("ip", "192.0.2.2")]),
    ("/api/v4/customer/by-vlan-and-protocol", &[("vlanid", "1")]),
    ("/api/v4/irrdb-prefix/by-customer-and-protocol", &[("custid", "2"), ("protocol", "4")]),
];

/// Lines whose answer is about one thing, and as long however many there are.
const ABOUT_ONE: [&str; 18] = [
    "/admin/api/v4/docstore/file/info/{file}",
    "/admin/api/v4/docstorec/file/info/{file}",
    "/admin/api/v4/provisioner/switch/switch-id/{switch}.{outformat}",
    "/admin/api/v4/provisioner/switch/switch-name/{switchname}.{outformat}",
    "/admin/api/v4/router/updated/{handle}",
    "/admin/api/v4/switch-port/{sp}/customer",
    "/admin/api/v4/switch-port/{sp}/physical-interface",
    "/admin/api/v4/switch/{s}/status",
    "/admin/api/v4/validation/result/{id}",
    "/api/v4/aut-num/{asn}",
    "/api/v4/customer-note/get/{cn}",
    "/api/v4/public/statistics/overall-by-month",
    "/api/v4/statistics/overall-by-month",
    "/api/v4/test",
    "/api/v4/test-auth",
    "/healthz",
    "/participants.json",
    "/readyz",
];

/// What came of each request.
type Asked = BTreeMap<String, (&'static str, Answer, usize)>;

/// Asks for everything, and counts.
async fn asked(app: &TestApp) -> Asked {
    let key = &app.exchange.superuser.key.text;
    let mut client = app.client();
    let mut asked = Asked::new();
    for reading in readings(app, &EXCHANGE) {
        app.state.ixf_export.invalidate();
        known(&mut client, key).await;
        let (answer, sent) = sql_counter::count(client.get_by_key(&reading.path, key)).await;
        let is_fine = answer.status.as_u16() < 400 || reading.line.contains("/validation/");
        assert!(is_fine, "{}: {}", reading.path, answer.text());
        asked.insert(reading.path, (reading.line, answer, sent));
    }
    for question @ (path, _) in QUESTIONS {
        known(&mut client, key).await;
        let (answer, sent) = sql_counter::count(ask(&mut client, key, question)).await;
        assert_eq!(answer.status.as_u16(), 200, "{path}: {}", answer.text());
        asked.insert(format!("POST {path}"), (path, answer, sent));
    }
    asked
}

/// Has the key looked up, which it is once a second.
async fn known(client: &mut Client, key: &str) {
    client.get_by_key("/api/v4/test", key).await;
}

/// More of everything that a list has.
async fn grow(app: &TestApp) {
    more_members(app, 40).await;
    provisioner::grow(app).await;
    for n in 1..=40 {
        let id = 9_000 + n;
        for sql in [
            format!(
                "INSERT INTO infrastructure (id, name, shortname, isPrimary, ixf_ix_id) VALUES ({id}, 'I{n}', 'i{n}', 0, {id})"
            ),
            format!(
                "INSERT INTO patch_panel_port (id, patch_panel_id, state, internal_use, chargeable, number, owned_by) VALUES ({id}, 1, 1, 0, 1, {id}, 2)"
            ),
            format!(
                "INSERT INTO patch_panel_port_file (id, patch_panel_port_id, name, type, uploaded_at, uploaded_by, size, \
                 is_private, storage_location) VALUES ({id}, 15, 'a', 'b', '2026-06-15 12:00:00', 'c', 1, 0, 'd')"
            ),
            format!("INSERT INTO ipv6address (id, vlanid, address) VALUES ({id}, 1, '2001:db8:1::{id}')"),
            format!(
                "UPDATE vlaninterface SET ipv6addressid = {id}, ipv6enabled = 1, ipv6hostname = 'm{n}.example.net', \
                 ipv6canping = 1 WHERE id = {}",
                999 + n
            ),
            format!(
                "INSERT INTO switchport (id, switchid, type, name, active) VALUES ({id}, 1, 1, 'F{n}', 1)"
            ),
            // Member 2 on more switches of the facility, and with an address of another member's on more VLANs.
            format!("UPDATE `switch` SET cabinetid = 1, loopback_ip = '10.0.2.{n}' WHERE id = {}", 100 + n),
            format!(
                "INSERT INTO switchport (id, switchid, type, name, active) VALUES (1{id}, {}, 1, 'F{n}', 1)",
                100 + n
            ),
            format!(
                "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed) \
                 VALUES (1{id}, 1{id}, {}, 1, 1000)",
                5_000 + n
            ),
            format!("INSERT INTO ipv4address (id, vlanid, address) VALUES ({id}, {}, '192.0.2.2')", 100 + n),
            format!(
                "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4addressid, rsmorespecifics) \
                 VALUES ({id}, {}, {}, {id}, 0)",
                5_000 + n,
                100 + n
            ),
            format!(
                "INSERT INTO sflow_receiver (virtual_interface_id, dst_ip, dst_port) VALUES (1, '192.0.2.9', {id})"
            ),
            format!("INSERT INTO macaddress (virtualinterfaceid, mac) VALUES (1, '02000000{id}')"),
            format!(
                "INSERT INTO l2address (vlan_interface_id, mac, created_at) VALUES (3, '02000001{id}', '2026-06-15 12:00:00')"
            ),
            format!(
                "INSERT INTO irrdb_prefix (customer_id, prefix, protocol) VALUES (2, '198.51.{n}.0/24', 4)"
            ),
            format!(
                "INSERT INTO routers (id, vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, \
                 software, mgmt_host, api_type, lg_access, quarantine, bgp_lc, template, skip_md5, pause_updates, rpki, \
                 rfc1997_passthru) SELECT {id}, vlan_id, 'more{n}-' || handle, protocol, type, name, shortname, router_id, \
                 peering_ip, asn, software, mgmt_host, api_type, lg_access, quarantine, bgp_lc, template, skip_md5, \
                 pause_updates, rpki, rfc1997_passthru FROM routers WHERE handle = 'rs1-one-ipv4'"
            ),
        ] {
            execute(app, &sql).await;
        }
    }
    execute(app, "INSERT INTO customer_to_users (customer_id, user_id, privs, created_at) SELECT custid, id, 3, created_at FROM `user` WHERE id >= 1000").await;
    for (choice, users) in [(1, "id % 2 = 0"), (0, "id % 2 = 1")] {
        let prefs = format!("{{\"mailinglist\": {{\"ops\": \"{choice}\"}}}}");
        execute(app, &format!("UPDATE `user` SET prefs = '{prefs}' WHERE {users}")).await;
    }
    in_update(app).await;
}

/// Every router was updated, and is being updated again.
async fn in_update(app: &TestApp) {
    execute(app, "UPDATE routers SET last_updated = '2026-06-15 09:00:00', last_update_started = '2026-06-15 10:00:00'").await;
    with_birdseye(app).await;
}

#[tokio::test]
async fn answers_take_the_same_number_of_statements_whatever_their_size() {
    let (operator, lists) = (operator(), lists());
    for database in TestDatabase::each_migrated().await {
        let app = TestApp::on(database, &settings(&operator, &lists)).await;
        fixtures::plant(&app.state.db).await;
        add_as_number(&app).await;
        add_note(&app).await;
        add_documents(&app).await;
        in_update(&app).await;
        let few = asked(&app).await;
        grow(&app).await;
        // The time of a fetch is noted once a second.
        app.clock.advance(TimeDelta::seconds(1));
        let many = asked(&app).await;
        let mut wrong = Vec::new();
        for (path, (line, large, sent)) in &many {
            let (_, small, before) = &few[path];
            if sent != before {
                wrong.push(format!("{path}: {before} statements, then {sent}"));
            }
            if (large.body.len() > small.body.len()) == ABOUT_ONE.contains(line) {
                wrong.push(format!("{path} ({line}): {} bytes, then {}", small.body.len(), large.body.len()));
            }
        }
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}
