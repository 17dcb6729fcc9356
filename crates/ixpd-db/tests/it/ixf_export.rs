//! Which rows the IX-F member export reads.

use chrono::NaiveDate;
use ixpd_db::{
    Backend,
    query::ixf_export::{self, ExportData},
    sea_orm::ConnectionTrait as _,
    sql_counter,
};

use crate::support::TestDatabase;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();

/// Two infrastructures of which the second is excluded, each with a switch (its id) and a peering VLAN (ten times its id).
const EXCHANGE: &[&str] = &[
    "INSERT INTO infrastructure (id, name, country, peeringdb_ix_id, ixf_ix_id, exclude_from_ixf_export) \
     VALUES (1, 'Shown', 'NO', 48, 20, 0), (2, 'Hidden', NULL, NULL, NULL, 1)",
    "INSERT INTO location (id, name, city, country, pdb_facility_id) VALUES (1, 'Granary', 'Bergen', 'NO', 7)",
    "INSERT INTO cabinet (id, locationid, name) VALUES (1, 1, 'A1')",
    "INSERT INTO vendor (id, name) VALUES (901, 'Orrery')",
    "INSERT INTO `switch` (id, name, infrastructure, cabinetid, vendorid, model, os, osVersion, active) VALUES \
     (1, 'sw1', 1, 1, 901, 'O-1', 'EOS', '4.2', 1), (2, 'sw2', 2, 1, 901, NULL, NULL, NULL, 1), \
     (3, 'sw3', 1, NULL, NULL, NULL, NULL, NULL, 0), (4, 'sw4', 1, NULL, NULL, NULL, NULL, NULL, 1)",
    "INSERT INTO vlan (id, name, number, infrastructureid, private, export_to_ixf) VALUES \
     (10, 'Peering', 10, 1, 0, 1), (11, 'Private', 11, 1, 1, 1), (12, 'Quarantine', 12, 1, 0, 0), \
     (20, 'Hidden', 10, 2, 0, 1)",
    "INSERT INTO networkinfo (id, vlanid, protocol, network, masklen) VALUES (1, 10, 4, '192.0.2.0', 25), \
     (2, 10, 6, '2001:db8::', 64), (3, 11, 4, '198.51.100.0', 24), (4, 12, 4, '203.0.113.0', 24), \
     (5, 10, 4, NULL, 25), (6, 10, 4, '192.0.2.0', NULL)",
];

async fn exchange(test: &TestDatabase) {
    run(test, EXCHANGE).await;
}

async fn run(test: &TestDatabase, statements: &[&str]) {
    for statement in statements {
        test.db.connection().execute_unprepared(statement).await.unwrap();
    }
}

async fn read(test: &TestDatabase) -> ExportData {
    ixf_export::export_data(test.db.connection(), TODAY).await.unwrap()
}

fn customer(id: i32, columns: &str, values: &str) -> String {
    format!(
        "INSERT INTO cust (id, shortname, name, created_at, {columns}) \
         VALUES ({id}, 'c{id}', 'C{id}', '2014-01-06 00:00:00', {values})"
    )
}

#[tokio::test]
async fn only_infrastructures_that_are_not_excluded_and_their_active_switches_are_read() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        let data = read(&test).await;
        let infrastructure = &data.infrastructures[0];
        assert_eq!(data.infrastructures.len(), 1);
        assert_eq!((infrastructure.id, infrastructure.name.as_deref()), (1, Some("Shown")));
        assert_eq!((infrastructure.peeringdb_ix_id, infrastructure.ixf_ix_id), (Some(48), Some(20)));
        assert_eq!(data.switches.iter().map(|switch| switch.id).collect::<Vec<_>>(), [1, 4]);
        let switch = &data.switches[0];
        assert_eq!(switch.vendor_name.as_deref(), Some("Orrery"));
        assert_eq!(switch.os_version.as_deref(), Some("4.2"));
        assert_eq!((switch.location_name.as_deref(), switch.pdb_facility_id), (Some("Granary"), Some(7)));
        assert_eq!((&data.switches[1].location_city, &data.switches[1].vendor_name), (&None, &None));
        test.remove().await;
    }
}

#[tokio::test]
async fn complete_networks_of_exported_vlans_are_read_private_ones_too() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        let networks = read(&test).await.networks;
        let rows: Vec<_> = networks
            .iter()
            .map(|row| {
                (row.infrastructure_id, row.vlan_id, row.protocol, row.network.as_str(), row.mask_length)
            })
            .collect();
        assert_eq!(
            rows,
            [(1, 10, 4, "192.0.2.0", 25), (1, 10, 6, "2001:db8::", 64), (1, 11, 4, "198.51.100.0", 24)]
        );
        test.remove().await;
    }
}

#[tokio::test]
async fn current_members_that_are_no_associates_are_read_by_as_number() {
    for test in TestDatabase::each_migrated().await {
        let rows = [
            (1, "5, 1, 1, '2026-11-23', NULL"),
            (2, "4, 1, 1, '2026-11-24', NULL"),
            (3, "3, 1, 3, '2014-01-06', '2026-11-23'"),
            (4, "2, 1, 1, '2014-01-06', '2026-11-22'"),
            (5, "1, 2, 1, '2014-01-06', NULL"),
            (6, "0, 4, 2, '2014-01-06', '2027-01-01'"),
            (7, "NULL, 3, 1, '2014-01-06', NULL"),
            (8, "9, NULL, 1, '2014-01-06', NULL"),
            (9, "9, 1, 1, NULL, NULL"),
            (10, "3, 1, NULL, '2014-01-06', NULL"),
        ];
        for (id, values) in rows {
            run(&test, &[&customer(id, "autsys, type, status, datejoin, dateleave", values)]).await;
        }
        let customers = read(&test).await.customers;
        assert_eq!(customers.iter().map(|customer| customer.id).collect::<Vec<_>>(), [7, 6, 3, 10, 1]);
        assert_eq!(customers[4].datejoin, Some(TODAY));
        test.remove().await;
    }
}

#[tokio::test]
async fn every_column_of_a_member_arrives() {
    for test in TestDatabase::each_migrated().await {
        let reseller = customer(1, "autsys, type, datejoin, isReseller", "42, 1, '2014-01-06', 1");
        let resold = customer(
            2,
            "autsys, type, datejoin, maxprefixes, maxprefixesv6, peeringemail, nocphone, nochours, nocwww, \
             peeringmacro, peeringmacrov6, peeringpolicy, corpwww, in_manrs, reseller",
            "2147483647, 4, '2014-01-06', 4294967295, 50, 'p@example.com', '+47', '24x7', 'https://example.com/noc', \
             'AS-FOUR', 'AS-SIX', 'open', 'https://example.com', 1, 1",
        );
        run(&test, &[&reseller, &resold]).await;
        let customers = read(&test).await.customers;
        let (reseller, resold) = (&customers[0], &customers[1]);
        assert!(reseller.is_reseller && !reseller.in_manrs && reseller.reseller_id.is_none());
        assert_eq!((reseller.maxprefixes, reseller.peeringemail.as_deref()), (None, None));
        assert!(!resold.is_reseller && resold.in_manrs);
        assert_eq!((resold.autsys, resold.customer_type), (Some(i32::MAX), 4));
        assert_eq!((resold.maxprefixes, resold.maxprefixesv6), (Some(u32::MAX), Some(50)));
        assert_eq!((resold.reseller_id, resold.reseller_autsys), (Some(1), Some(42)));
        let texts = [
            (&resold.name, "C2"),
            (&resold.peeringemail, "p@example.com"),
            (&resold.nocphone, "+47"),
            (&resold.nochours, "24x7"),
            (&resold.nocwww, "https://example.com/noc"),
            (&resold.peeringmacro, "AS-FOUR"),
            (&resold.peeringmacrov6, "AS-SIX"),
            (&resold.peeringpolicy, "open"),
            (&resold.corpwww, "https://example.com"),
        ];
        for (column, expected) in texts {
            assert_eq!(column.as_deref(), Some(expected));
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn zero_date_of_an_old_installation_is_no_join_date() {
    for test in TestDatabase::each_migrated().await {
        if test.db.backend() == Backend::MySql {
            // One connection, so that the setting reaches the insert.
            let insert = customer(1, "autsys, type, datejoin", "42, 1, '0000-00-00'");
            let script = format!("SET SESSION sql_mode = ''; {insert}");
            test.db.connection().execute_unprepared(&script).await.unwrap();
        } else {
            run(&test, &[&customer(1, "autsys, type, datejoin", "42, 1, '0000-00-00'")]).await;
        }
        let customers = read(&test).await.customers;
        assert_eq!(customers.len(), 1);
        assert_eq!(customers[0].datejoin, None);
        test.remove().await;
    }
}

/// A member with a virtual interface `id` and one physical interface on a port of `switch`.
async fn connect(test: &TestDatabase, id: i32, switch: i32, port_type: i32, status: i32) {
    run(
        test,
        &[
            &customer(id, "autsys, type, datejoin", &format!("{id}, 1, '2014-01-06'")),
            &format!("INSERT INTO virtualinterface (id, custid) VALUES ({id}, {id})"),
            &format!("INSERT INTO switchport (id, switchid, type, name) VALUES ({id}, {switch}, {port_type}, 'p')"),
            &format!(
                "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, rate_limit) \
                 VALUES ({id}, {id}, {id}, {status}, 10000, 2500)"
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn connected_peering_and_reseller_ports_of_shown_infrastructures_are_read() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        let cases = [
            (1, 1, 1, 1),
            (2, 1, 7, 1),
            (3, 1, 3, 1),
            (4, 1, 6, 1),
            (5, 2, 1, 1),
            (6, 1, 1, 2),
            (7, 1, 1, 5),
            (8, 3, 1, 1),
        ];
        for (id, switch, port_type, status) in cases {
            connect(&test, id, switch, port_type, status).await;
        }
        let ports = read(&test).await.ports;
        assert_eq!(ports.iter().map(|port| port.customer_id).collect::<Vec<_>>(), [1, 2, 8]);
        assert_eq!((ports[0].speed, ports[0].rate_limit, ports[0].switch_id), (Some(10_000), Some(2_500), 1));
        test.remove().await;
    }
}

#[tokio::test]
async fn services_on_shown_vlans_are_read_with_addresses_and_macs() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        connect(&test, 1, 1, 1, 1).await;
        run(
            &test,
            &[
                "INSERT INTO ipv4address (id, vlanid, address) VALUES (1, 10, '192.0.2.10')",
                "INSERT INTO ipv6address (id, vlanid, address) VALUES (1, 10, '2001:db8::10')",
                "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4addressid, ipv6addressid, ipv4enabled, \
                 ipv6enabled, rsclient) VALUES (1, 1, 10, 1, 1, 1, 0, 1), (2, 1, 11, NULL, NULL, 1, 1, 1), \
                 (3, 1, 12, NULL, NULL, 1, 1, 1), (4, 1, 20, NULL, NULL, 1, 1, 1), (5, 1, 10, NULL, NULL, NULL, NULL, NULL)",
                "INSERT INTO l2address (vlan_interface_id, mac, created_at) VALUES \
                 (1, '02005e100001', '2014-01-06 00:00:00'), (1, NULL, '2014-01-06 00:00:00')",
            ],
        )
        .await;
        let data = read(&test).await;
        let [first, last] = &data.vlan_interfaces[..] else { panic!("{:?}", data.vlan_interfaces) };
        assert_eq!(
            (first.id, first.virtual_interface_id, first.vlan_id, first.infrastructure_id),
            (1, 1, 10, 1)
        );
        assert_eq!(
            (first.ipv4enabled, first.ipv6enabled, first.rsclient),
            (Some(true), Some(false), Some(true))
        );
        assert_eq!(first.ipv4address.as_deref(), Some("192.0.2.10"));
        assert_eq!(first.ipv6address.as_deref(), Some("2001:db8::10"));
        assert_eq!((last.id, &last.ipv4address, last.rsclient), (5, &None, None));
        assert_eq!(data.l2_addresses.len(), 1);
        assert_eq!(
            (data.l2_addresses[0].vlan_interface_id, data.l2_addresses[0].mac.as_str()),
            (1, "02005e100001")
        );
        test.remove().await;
    }
}

#[tokio::test]
async fn tags_and_route_servers_and_collectors_are_read() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        run(
            &test,
            &[
                &customer(1, "autsys, type, datejoin", "42, 1, '2014-01-06'"),
                "INSERT INTO cust_tag (id, tag, display_as, internal_only) VALUES (1, 'a', 'A', 0), (2, 'b', 'B', 1)",
                "INSERT INTO cust_to_cust_tag (customer_tag_id, customer_id) VALUES (2, 1), (1, 1)",
            ],
        )
        .await;
        for (id, router_type) in [(1, 2), (2, 1), (3, 3), (4, 99)] {
            let router = format!(
                "INSERT INTO routers (id, vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, \
                 software, mgmt_host, api_type, quarantine, bgp_lc, template, skip_md5, software_version, \
                 operating_system, operating_system_version) VALUES ({id}, 10, 'r{id}', 4, {router_type}, 'R', 'R', \
                 '192.0.2.8', '192.0.2.{id}', 4294967295, '6', '192.0.2.8', 0, 0, 1, 't', 0, '2.15', 'Debian', NULL)"
            );
            run(&test, &[&router]).await;
        }
        let data = read(&test).await;
        let tags: Vec<_> =
            data.tags.iter().map(|tag| (tag.customer_id, tag.tag.as_str(), tag.internal_only)).collect();
        assert_eq!(tags, [(1, "a", false), (1, "b", true)]);
        assert_eq!(data.tags[0].display_as, "A");
        let routers: Vec<_> =
            data.routers.iter().map(|router| (router.router_type, router.peering_ip.as_str())).collect();
        assert_eq!(routers, [(1, "192.0.2.2"), (2, "192.0.2.1")]);
        assert_eq!((data.routers[0].vlan_id, data.routers[0].software.as_str()), (10, "6"));
        assert_eq!(data.routers[0].software_version.as_deref(), Some("2.15"));
        assert_eq!(data.routers[0].operating_system.as_deref(), Some("Debian"));
        assert_eq!(data.routers[0].operating_system_version, None);
        test.remove().await;
    }
}

#[tokio::test]
async fn statements_do_not_grow_with_the_exchange() {
    for test in TestDatabase::each_migrated().await {
        exchange(&test).await;
        let mut counts = Vec::new();
        let mut members = 0..;
        for more in [0, 1, 20] {
            for id in members.by_ref().take(more) {
                connect(&test, id + 1, 1, 1, 1).await;
            }
            let (data, statements) = sql_counter::count(read(&test)).await;
            counts.push((data.ports.len(), statements));
        }
        assert_eq!(counts, [(0, 9), (1, 9), (21, 9)]);
        test.remove().await;
    }
}
