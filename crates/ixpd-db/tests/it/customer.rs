//! The list of members, one member, and the numbers of the exchange.

use chrono::NaiveDate;
use ixpd_db::{
    query::{
        customer::{self, CustomerSort, ListFilter, Slice},
        dashboard,
    },
    sea_orm::ConnectionTrait as _,
    sql_counter,
};
use ixpd_types::{CustomerStatus, CustomerType};

use crate::support::TestDatabase;

const TODAY: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 23).unwrap();

/// Two infrastructures with a switch each, a peering VLAN each and a private one, and eight members of which 1 is the
/// exchange, 6 leaves today, 7 left yesterday and 8 joins tomorrow.
const EXCHANGE: &[&str] = &[
    "INSERT INTO infrastructure (id, name) VALUES (1, 'North'), (2, 'South')",
    "INSERT INTO location (id, name) VALUES (1, 'Granary'), (2, 'Mill')",
    "INSERT INTO cabinet (id, locationid, name) VALUES (1, 1, 'A1')",
    "INSERT INTO `switch` (id, name, infrastructure, cabinetid) VALUES (1, 'sw1', 1, 1), (2, 'sw2', 2, NULL)",
    "INSERT INTO switchport (id, switchid, type, name) VALUES (1, 1, 1, 'Et1'), (2, 1, 1, 'Et2'), (3, 1, 1, 'Et3'), \
     (4, 2, 1, 'Et4'), (5, 1, 7, 'Et5'), (6, 1, 1, 'Et6'), (7, 1, 1, 'Et7'), (8, 1, 1, 'Et8')",
    "INSERT INTO vlan (id, name, number, infrastructureid, private) VALUES (10, 'LAN', 10, 1, 0), \
     (11, 'Private', 11, 1, 1), (20, 'LAN South', 20, 2, 0)",
    "INSERT INTO irrdbconfig (id, source) VALUES (901, 'RIPE,RADB')",
    "INSERT INTO cust (id, created_at, name, abbreviatedName, shortname, type, status, autsys, datejoin, dateleave, \
     irrdb, reseller) VALUES \
     (1, '2020-01-01 00:00:00', 'The Exchange', 'IX', 'ix', 3, 1, 64496, '2020-01-01', NULL, NULL, NULL), \
     (2, '2020-01-01 00:00:00', 'alpha_net', 'Alpha', 'alpha', 1, 1, 64500, '2020-01-02', NULL, 901, NULL), \
     (3, '2020-01-01 00:00:00', 'Bravo 100%', 'Bravo', 'bravo', 4, 2, 64501, '2026-11-23', NULL, NULL, NULL), \
     (4, '2020-01-01 00:00:00', 'alphabet', 'Charlie', 'charlie', 1, 3, NULL, '2020-01-04', NULL, NULL, NULL), \
     (5, '2020-01-01 00:00:00', 'Delta', 'Delta', 'delta', 2, 1, NULL, '2020-01-05', NULL, NULL, NULL), \
     (6, '2020-01-01 00:00:00', 'Echo', 'Echo', 'echo', 1, 1, 64505, '2020-01-06', '2026-11-23', NULL, NULL), \
     (7, '2020-01-01 00:00:00', 'Foxtrot', 'Foxtrot', 'foxtrot', 1, 1, 64506, '2020-01-07', '2026-11-22', NULL, NULL), \
     (8, '2020-01-01 00:00:00', 'Golf', 'Golf', 'golf', 1, 1, 64507, '2026-11-24', NULL, NULL, NULL)",
    "UPDATE cust SET reseller = 3 WHERE id = 2",
    "INSERT INTO cust_tag (id, tag, display_as, internal_only) VALUES (1, 'cdn', 'CDN', 0), (2, 'owes', 'Owes', 1)",
    "INSERT INTO cust_to_cust_tag (customer_tag_id, customer_id) VALUES (1, 2), (2, 2), (1, 3)",
    "INSERT INTO virtualinterface (id, custid, trunk, lag_framing) VALUES (1, 2, 1, 1), (2, 2, 0, 0), (3, 6, 0, 0), \
     (4, 7, 0, 0), (5, 1, 0, 0), (6, 3, 0, 0)",
    // Member 2: a LAG of which one port is limited and one isn't connected, a port in the south, a reseller's uplink.
    "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, rate_limit) VALUES \
     (1, 1, 1, 1, 10000, 4000), (2, 2, 1, 3, 10000, NULL), (3, 4, 2, 1, 1000, NULL), (4, 5, 2, 1, 100000, NULL), \
     (5, 3, 3, 1, 1000, 0), (6, 6, 4, 1, 1000, NULL), (7, 7, 5, 1, 1000, NULL), (8, 8, 6, 5, 1000, NULL)",
    "INSERT INTO ipv4address (id, vlanid, address) VALUES (1, 10, '192.0.2.1'), (2, 10, '192.0.2.2')",
    "INSERT INTO ipv6address (id, vlanid, address) VALUES (1, 10, '2001:db8::1')",
    "INSERT INTO vlaninterface (id, virtualinterfaceid, vlanid, ipv4addressid, ipv4enabled, ipv6addressid, ipv6enabled, \
     ipv6hostname, rsclient) VALUES \
     (1, 1, 10, 1, 1, 1, 1, 'alpha.example.net', 1), (2, 1, 11, NULL, 0, NULL, 0, NULL, 0), \
     (3, 2, 10, NULL, 1, NULL, 0, NULL, 0), (4, 3, 10, 2, 1, NULL, 0, NULL, 0), (5, 3, 20, NULL, 0, NULL, 0, NULL, 1), \
     (6, 4, 10, NULL, 1, NULL, 1, NULL, 1), (7, 6, 10, NULL, 1, NULL, 1, NULL, 1)",
    "INSERT INTO l2address (id, vlan_interface_id, mac, created_at) VALUES \
     (1, 1, '00005e005302', '2020-01-01 00:00:00'), (2, 1, '00005e005301', '2020-01-01 00:00:00')",
    "INSERT INTO macaddress (id, virtualinterfaceid, mac) VALUES (1, 1, '00005e005309'), (2, 1, '00005e005309')",
];

/// The exchange above in a database of each kind.
async fn exchanges() -> Vec<TestDatabase> {
    let all = TestDatabase::each_migrated().await;
    for test in &all {
        for sql in EXCHANGE {
            test.db.connection().execute_unprepared(sql).await.unwrap();
        }
    }
    all
}

async fn ids(test: &TestDatabase, filter: ListFilter) -> Vec<i32> {
    let db = test.db.connection();
    let rows = customer::list(db, &filter, CustomerSort::Name, false, None).await.unwrap();
    let count = customer::count(db, &filter).await.unwrap();
    assert_eq!(count, rows.len() as u64, "the number of rows and the rows differ for {filter:?}");
    rows.iter().map(|row| row.id).collect()
}

fn search(text: &str) -> ListFilter {
    ListFilter { search: Some(text.to_owned()), ..ListFilter::default() }
}

#[tokio::test]
async fn a_member_is_current_from_the_day_it_joins_through_the_day_it_leaves() {
    for test in exchanges().await {
        assert_eq!(ids(&test, ListFilter::default()).await, [2, 4, 3, 5, 6, 7, 8, 1]);
        let filter = ListFilter { current_on: Some(TODAY), ..ListFilter::default() };
        assert_eq!(ids(&test, filter).await, [2, 4, 3, 5, 6, 1]);
        test.remove().await;
    }
}

#[tokio::test]
async fn a_search_finds_parts_of_names_whatever_their_case_and_whole_as_numbers() {
    for test in exchanges().await {
        for (text, expected) in [
            ("ALPHA", vec![2, 4]),
            ("charlie", vec![4]),
            ("a_n", vec![2]),
            ("0%", vec![3]),
            ("64500", vec![2]),
            ("AS64501", vec![3]),
            ("6450", vec![]),
            ("4294967295", vec![]),
            ("' OR 1 = 1 -- ", vec![]),
            ("\\", vec![]),
            ("!", vec![]),
            ("\u{1f980}\0", vec![]),
        ] {
            assert_eq!(ids(&test, search(text)).await, expected, "{text}");
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn filters_narrow_the_list_together() {
    for test in exchanges().await {
        let tagged = ListFilter { tag_id: Some(1), ..ListFilter::default() };
        assert_eq!(ids(&test, tagged.clone()).await, [2, 3]);
        let full = ListFilter { customer_type: Some(CustomerType::Full), ..tagged.clone() };
        assert_eq!(ids(&test, full).await, [2]);
        let unconnected = ListFilter { status: Some(CustomerStatus::NotConnected), ..tagged };
        assert_eq!(ids(&test, unconnected).await, [3]);
        test.remove().await;
    }
}

#[tokio::test]
async fn every_order_is_stable_and_turns_round() {
    let everybody = ListFilter::default();
    for test in exchanges().await {
        let db = test.db.connection();
        for (sort, expected) in [
            (CustomerSort::Name, [2, 4, 3, 5, 6, 7, 8, 1]),
            (CustomerSort::Asn, [4, 5, 1, 2, 3, 6, 7, 8]),
            (CustomerSort::Type, [2, 4, 6, 7, 8, 5, 1, 3]),
            (CustomerSort::Status, [2, 5, 6, 7, 8, 1, 3, 4]),
            (CustomerSort::Ports, [4, 5, 8, 3, 6, 7, 1, 2]),
            (CustomerSort::Speed, [4, 3, 5, 8, 6, 7, 1, 2]),
            (CustomerSort::PeeringPolicy, [2, 4, 3, 5, 6, 7, 8, 1]),
            (CustomerSort::Joined, [1, 2, 4, 5, 6, 7, 3, 8]),
        ] {
            let rows = customer::list(db, &everybody, sort, false, None).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected, "{sort:?}");
            let slice = Some(Slice { offset: 0, limit: 1 });
            let last = customer::list(db, &everybody, sort, true, slice).await.unwrap();
            assert_eq!(last.len(), 1);
            if sort == CustomerSort::Ports || sort == CustomerSort::Joined {
                assert_eq!(last[0].id, expected[7], "{sort:?}");
            }
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn pages_cut_the_list_and_odd_ones_are_empty() {
    let everybody = ListFilter::default();
    for test in exchanges().await {
        let db = test.db.connection();
        for (offset, limit, expected) in
            [(0, 3, vec![2, 4, 3]), (6, 3, vec![8, 1]), (8, 3, vec![]), (u64::MAX, u64::MAX, vec![])]
        {
            let slice = Some(Slice { offset, limit });
            let rows = customer::list(db, &everybody, CustomerSort::Name, false, slice).await.unwrap();
            assert_eq!(rows.iter().map(|row| row.id).collect::<Vec<_>>(), expected);
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn a_row_has_all_ports_and_the_speed_of_the_connected_ones() {
    for test in exchanges().await {
        let db = test.db.connection();
        let rows = customer::list(db, &search("alpha"), CustomerSort::Name, false, None).await.unwrap();
        assert_eq!((rows[0].ports, rows[0].speed), (4, 111_000));
        assert_eq!((rows[1].ports, rows[1].speed), (0, 0));
        assert_eq!(rows[0].datejoin, NaiveDate::from_ymd_opt(2020, 1, 2));
        test.remove().await;
    }
}

#[tokio::test]
async fn a_member_is_read_with_its_reseller_its_irr_sources_and_its_tags() {
    for test in exchanges().await {
        let db = test.db.connection();
        let member = customer::by_id(db, 2).await.unwrap().unwrap();
        assert_eq!(member.reseller_name.as_deref(), Some("Bravo 100%"));
        assert_eq!(member.irr_sources.as_deref(), Some("RIPE,RADB"));
        assert_eq!((member.is_reseller, member.dateleave), (false, None));
        let tags = customer::tags_of(db, 2).await.unwrap();
        let tags: Vec<_> = tags.iter().map(|tag| (tag.display_as.as_str(), tag.internal_only)).collect();
        assert_eq!(tags, [("CDN", false), ("Owes", true)]);
        assert_eq!(customer::tags(db).await.unwrap().len(), 2);
        assert_eq!(customer::by_id(db, 99).await.unwrap(), None);
        test.remove().await;
    }
}

#[tokio::test]
async fn the_connections_of_a_member_are_its_own_and_take_a_fixed_number_of_statements() {
    for test in exchanges().await {
        let (connections, statements) =
            sql_counter::count(customer::connections(test.db.connection(), 2)).await;
        assert_eq!(statements, 5);
        let all = connections.unwrap();
        assert_eq!(all.virtual_interfaces.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(all.ports.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(all.ports[0].facility_name.as_deref(), Some("Granary"));
        assert_eq!(all.ports[2].switch_name.as_deref(), Some("sw2"));
        assert_eq!((all.ports[0].rate_limit, all.ports[2].facility_name.as_deref()), (Some(4_000), None));
        assert_eq!(all.services.iter().map(|row| row.id).collect::<Vec<_>>(), [1, 2, 3]);
        let service = &all.services[0];
        assert_eq!(service.ipv4address.as_deref(), Some("192.0.2.1"));
        assert_eq!(service.ipv6hostname.as_deref(), Some("alpha.example.net"));
        let configured: Vec<_> = all.configured_macs.iter().map(|row| row.mac.as_str()).collect();
        assert_eq!(configured, ["00005e005301", "00005e005302"]);
        assert_eq!(all.learned_macs.len(), 1);
        let none = customer::connections(test.db.connection(), 99).await.unwrap();
        assert_eq!(none, customer::Connections::default());
        test.remove().await;
    }
}

#[tokio::test]
async fn recent_members_are_current_ones_the_latest_first_without_the_exchange() {
    for test in exchanges().await {
        let recent = customer::recent(test.db.connection(), TODAY, 3).await.unwrap();
        let names: Vec<_> = recent.iter().filter_map(|row| row.name.as_deref()).collect();
        assert_eq!(names, ["Bravo 100%", "Echo", "Delta"]);
        test.remove().await;
    }
}

#[tokio::test]
async fn the_numbers_count_connected_peering_ports_of_current_members_by_their_limit() {
    for test in exchanges().await {
        let (numbers, statements) = sql_counter::count(dashboard::numbers(test.db.connection(), TODAY)).await;
        assert_eq!(statements, 6);
        let numbers = numbers.unwrap();
        let types: Vec<_> = numbers.types.iter().map(|row| (row.customer_type, row.members)).collect();
        assert_eq!(types, [(Some(1), 3), (Some(2), 1), (Some(3), 1), (Some(4), 1)]);
        let speeds: Vec<_> = numbers.speeds.iter().map(|row| (row.speed, row.ports)).collect();
        assert_eq!(speeds, [(4_000, 1), (1_000, 2)]);
        let places = |rows: &[dashboard::PlaceCount]| -> Vec<_> {
            rows.iter()
                .map(|row| (row.name.clone().unwrap_or_default(), row.members, row.ports, row.speed))
                .collect()
        };
        assert_eq!(
            places(&numbers.infrastructures),
            [("North".to_owned(), 2, 2, 5_000), ("South".to_owned(), 1, 1, 1_000)]
        );
        assert_eq!(
            places(&numbers.facilities),
            [("Granary".to_owned(), 2, 2, 5_000), ("Mill".to_owned(), 0, 0, 0)]
        );
        test.remove().await;
    }
}

#[tokio::test]
async fn a_vlan_counts_members_once_and_route_server_clients_by_enabled_protocol() {
    for test in exchanges().await {
        let numbers = dashboard::numbers(test.db.connection(), TODAY).await.unwrap();
        let vlans: Vec<_> = numbers
            .vlans
            .iter()
            .map(|row| (row.name.as_deref().unwrap_or(""), row.members, row.route_server_clients, row.ipv6))
            .collect();
        assert_eq!(vlans, [("LAN", 2, 1, 1), ("LAN South", 1, 0, 0)]);
        assert_eq!((numbers.connected_members, numbers.route_server_clients), (2, 1));
        test.remove().await;
    }
}

#[tokio::test]
async fn a_new_exchange_has_numbers_too() {
    for test in TestDatabase::each_migrated().await {
        let numbers = dashboard::numbers(test.db.connection(), TODAY).await.unwrap();
        assert_eq!(numbers, dashboard::Numbers::default());
        test.remove().await;
    }
}
