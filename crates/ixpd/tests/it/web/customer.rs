//! Dashboards, the list of members and one member.

use http::StatusCode;
use ixpd_db::sql_counter;
use ixpd_testkit::{Client, TestApp, fixtures::member};
use sea_orm::ConnectionTrait as _;

/// The most rows that the list shows on a page.
const PER_PAGE: usize = 50;

async fn superuser(app: &TestApp) -> Client {
    app.logged_in(app.exchange.superuser.id).await
}

async fn run(app: &TestApp, sql: &str) {
    app.state.db.connection().execute_unprepared(sql).await.unwrap();
}

/// Members `first` to `last`, named so that the list sorts them by number, each with a connected port of 1 Gbit/s.
async fn add_members(app: &TestApp, first: u32, last: u32) {
    let rows = |row: &dyn Fn(u32) -> String| (first..=last).map(row).collect::<Vec<_>>().join(", ");
    let members = rows(&|id| {
        format!("({id}, 'm{id}', 'Member {id:04}', 1, 1, {id}, '2020-01-01', '2020-01-01 00:00:00')")
    });
    run(
        app,
        &format!("INSERT INTO cust (id, shortname, name, type, status, autsys, datejoin, created_at) VALUES {members}"),
    )
    .await;
    let interfaces = rows(&|id| format!("({id}, {id})"));
    run(app, &format!("INSERT INTO virtualinterface (id, custid) VALUES {interfaces}")).await;
    let switch_ports = rows(&|id| format!("({}, 1, 1, 'Et{id}')", 10_000 + id));
    run(app, &format!("INSERT INTO switchport (id, switchid, type, name) VALUES {switch_ports}")).await;
    let ports = rows(&|id| format!("({}, {}, {id}, 1, 1000)", 10_000 + id, 10_000 + id));
    run(
        app,
        &format!("INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed) VALUES {ports}"),
    )
    .await;
}

/// The members that a page lists, in its order.
fn listed(page: &str) -> Vec<&str> {
    page.split("/admin/customer/overview/")
        .skip(1)
        .filter_map(|rest| rest.split_once("\">")?.1.split_once("</a>").map(|(name, _)| name))
        .collect()
}

#[tokio::test]
async fn superuser_sees_the_numbers_of_the_exchange() {
    for app in TestApp::each().await {
        let page = superuser(&app).await.get("/admin/dashboard").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let text = page.text();
        for expected in ["Example House", "Example IX One", "Peering LAN Two", "5 Gbit/s", "26 Gbit/s"] {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("Private VLAN"));
        assert!(text.contains("2026-06-15 12:00"), "the time is the exchange's");
    }
}

#[tokio::test]
async fn member_sees_its_own_ports_and_nobody_else_s() {
    for app in TestApp::each().await {
        let page = app.logged_in(app.exchange.customer_user.id).await.get("/dashboard").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        let text = page.text();
        for expected in
            ["Alpha Networks", "sw1", "192.0.2.2", "2001:db8:1::2", "00:00:5e:00:53:01", "21 Gbit/s"]
        {
            assert!(text.contains(expected), "{expected} is missing in {text}");
        }
        assert!(!text.contains("192.0.2.3") && !text.contains("Example IX</"), "{text}");
        let superuser = superuser(&app).await.get("/dashboard").await;
        assert_eq!(superuser.location(), "/admin/dashboard");
    }
}

#[tokio::test]
async fn member_without_ports_and_details_has_a_page_too() {
    for app in TestApp::each().await {
        run(
            &app,
            "UPDATE cust SET name = NULL, type = NULL, status = NULL, autsys = NULL, irrdb = NULL, corpwww = NULL, \
             peeringpolicy = 'by mood', MD5Support = NULL, abbreviatedName = NULL WHERE id = 4",
        )
        .await;
        let mut browser = superuser(&app).await;
        let page = browser.get("/admin/customer/overview/4").await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        assert!(page.text().contains("Member 4") && page.text().contains("by mood"));
        assert_eq!(browser.get("/admin/customer/list?search=charlie").await.status, StatusCode::OK);
    }
}

#[tokio::test]
async fn one_member_is_shown_with_ports_addresses_and_flags() {
    for app in TestApp::each().await {
        run(&app, "UPDATE cust SET reseller = 2, corpwww = 'javascript:alert(1)' WHERE id = 3").await;
        let mut browser = superuser(&app).await;
        let page = browser.get(&format!("/admin/customer/overview/{}", member::BRAVO)).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.text());
        for expected in [
            "Bravo Broadband",
            "AS64498",
            "Ethernet3",
            "Example House",
            "10 Gbit/s",
            "limited to 5 Gbit/s",
            "192.0.2.3",
            "port3.example.net",
            "Route servers",
            "Connected",
            "/admin/customer/overview/2",
        ] {
            assert!(page.text().contains(expected), "{expected} is missing in {}", page.text());
        }
        assert!(!page.text().contains("javascript:"), "a member's web site runs no script");
    }
}

#[tokio::test]
async fn unknown_and_unreadable_ids_are_not_found() {
    let app = TestApp::new().await;
    let mut browser = superuser(&app).await;
    for id in ["0", "-1", "99", "abc", "2147483648", "1.5", "%00", "1%20", "%F0%9F%A6%80"] {
        let answer = browser.get(&format!("/admin/customer/overview/{id}")).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND, "{id}");
    }
}

#[tokio::test]
async fn list_shows_members_of_today_and_all_on_demand() {
    for app in TestApp::each().await {
        let mut browser = superuser(&app).await;
        let list = browser.get("/admin/customer/list").await;
        let names =
            ["Alpha Networks", "Bravo Broadband", "Charlie Consulting", "Echo Education", "Example IX"];
        assert_eq!(listed(list.text()), names);
        for path in ["/admin/customer/list?current=0", "/admin/customer/list?current-only=0"] {
            assert!(listed(browser.get(path).await.text()).contains(&"Delta Transit"), "{path}");
        }
    }
}

#[tokio::test]
async fn filters_and_orders_come_from_the_address_and_stay_in_its_links() {
    for app in TestApp::each().await {
        run(&app, "INSERT INTO cust_tag (id, tag, display_as, internal_only) VALUES (7, 'cdn', 'CDN', 0)")
            .await;
        run(&app, "INSERT INTO cust_to_cust_tag (customer_tag_id, customer_id) VALUES (7, 2), (7, 6)").await;
        let mut browser = superuser(&app).await;
        for (query, expected) in [
            ("search=as64498", vec!["Bravo Broadband"]),
            ("search=NETW", vec!["Alpha Networks"]),
            ("type=4", vec!["Echo Education"]),
            ("type=1&sort=name&dir=desc", vec!["Bravo Broadband", "Alpha Networks"]),
            ("tag=7&sort=speed", vec!["Echo Education", "Alpha Networks"]),
            ("state=3", vec![]),
            ("search=%F0%9F%A6%80", vec![]),
            ("search=%00%25%27", vec![]),
            ("tag=-5", vec![]),
        ] {
            let page = browser.get(&format!("/admin/customer/list?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}: {}", page.text());
            assert_eq!(listed(page.text()), expected, "{query}");
        }
        let page = browser.get("/admin/customer/list?search=a%26b&type=1&sort=ports&dir=desc&page=9").await;
        assert!(
            page.text().contains("search=a%26b&#38;type=1&#38;sort=ports&#38;dir=desc&#38;format=csv"),
            "{}",
            page.text()
        );
    }
}

#[tokio::test]
async fn odd_parameters_fall_back_or_are_refused_by_name() {
    for app in TestApp::each().await {
        let mut browser = superuser(&app).await;
        for query in [
            "page=0",
            "page=abc",
            "page=-1",
            "page=18446744073709551615",
            "page=99999999999999999999999",
            "page=",
            "sort=drop",
            "sort=c.name;--",
            "dir=sideways",
            "sort[]=name",
            "%ff=%fe",
            "format=pdf",
            "&&==",
        ] {
            let page = browser.get(&format!("/admin/customer/list?{query}")).await;
            assert_eq!(page.status, StatusCode::OK, "{query}");
            assert_eq!(listed(page.text()).len(), 5, "{query}");
        }
        let long = format!("search={}", "x".repeat(300));
        for (query, field) in [
            ("type=9", "type"),
            ("type=drop", "type"),
            ("status=-1", "status"),
            ("state=x", "state"),
            ("tag=x", "tag"),
            ("tag=99999999999", "tag"),
            ("current=maybe", "current"),
            (long.as_str(), "search"),
        ] {
            let path = format!("/admin/customer/list?{query}");
            let answer = browser.get_with(&path, "accept", "application/json").await;
            assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{query}");
            assert!(answer.json()["errors"][field].is_array(), "{query}: {}", answer.text());
        }
    }
}

#[tokio::test]
async fn pages_and_file_take_as_many_statements_for_many_members_as_for_few() {
    for app in TestApp::each().await {
        let mut browser = superuser(&app).await;
        let paths = [
            "/admin/dashboard",
            "/admin/customer/list",
            "/admin/customer/list?page=2&sort=speed",
            "/admin/customer/list?format=csv",
            "/admin/customer/overview/2",
        ];
        let mut before = Vec::new();
        for path in paths {
            before.push(sql_counter::count(browser.get(path)).await.1);
        }
        add_members(&app, 1_001, 1_400).await;
        for (path, before) in paths.into_iter().zip(before) {
            let (answer, after) = sql_counter::count(browser.get(path)).await;
            assert_eq!(answer.status, StatusCode::OK, "{path}");
            assert_eq!(after, before, "{path}");
        }
        let page = browser.get("/admin/customer/list?search=Member&page=3").await;
        assert_eq!(listed(page.text()).len(), PER_PAGE);
        assert_eq!(listed(page.text())[0], "Member 1101");
        assert!(page.text().contains("101–150 of 400 members"), "{}", page.text());
        let last = browser.get("/admin/customer/list?search=Member&page=1000").await;
        assert_eq!(listed(last.text()).last(), Some(&"Member 1400"));
    }
}

#[tokio::test]
async fn file_has_all_filtered_rows_and_no_formula() {
    for app in TestApp::each().await {
        add_members(&app, 1_001, 1_120).await;
        run(&app, "UPDATE cust SET name = '=HYPERLINK(\"http://evil.example\")', dateleave = '2030-01-02' WHERE id = 1001")
            .await;
        let mut browser = superuser(&app).await;
        let file = browser.get("/admin/customer/list?search=m1&sort=autsys&format=csv").await;
        assert_eq!(file.status, StatusCode::OK);
        assert_eq!(file.headers["content-type"], "text/csv; charset=utf-8; header=present");
        assert_eq!(file.headers["content-disposition"], "attachment; filename=\"members.csv\"");
        assert_eq!(file.headers["cache-control"], "no-store");
        let lines: Vec<_> = file.text().split_terminator("\r\n").collect();
        assert_eq!(lines.len(), 1 + 120);
        assert_eq!(
            lines[0],
            "id,name,shortname,asn,type,status,ports,speed_mbits,peering_policy,joined,left"
        );
        assert_eq!(
            lines[1],
            "1001,\"'=HYPERLINK(\"\"http://evil.example\"\")\",m1001,1001,Full,Normal,1,1000,,2020-01-01,2030-01-02"
        );
        assert_eq!(lines[2], "1002,Member 1002,m1002,1002,Full,Normal,1,1000,,2020-01-01,");
    }
}

#[tokio::test]
async fn members_of_the_day_follow_the_exchange_s_calendar() {
    for app in TestApp::each().await {
        run(&app, "UPDATE cust SET dateleave = '2026-06-15' WHERE id = 3").await;
        // 23:59 and 00:01 at the exchange, both on 15 June in UTC.
        for (instant, is_listed) in [("2026-06-15T21:59:00Z", true), ("2026-06-15T22:01:00Z", false)] {
            app.clock.set(instant.parse().unwrap());
            let mut browser = superuser(&app).await;
            let list = browser.get("/admin/customer/list").await;
            assert_eq!(listed(list.text()).contains(&"Bravo Broadband"), is_listed, "{instant}");
        }
    }
}
