use chrono::TimeDelta;
use ixpd_db::entity::task_last_run;
use ixpd_testkit::{
    TestApp,
    fixtures::{ApiKeySeed, port},
};
use sea_orm::EntityTrait as _;

use super::{
    checks, execute, get, post, refusal, statements_do_not_grow, text, with_birdseye, with_hostile_names,
};

/// What an operator's five scripts fetch.
const ALL: [&str; 6] = [
    "nagios/customers/1/4",
    "nagios/customers/1/6",
    "nagios/switches/1",
    "nagios/birdseye-daemons",
    "nagios/birdseye-bgp-sessions/1/4/1",
    "nagios/birdseye-bgp-sessions/1/4/2",
];

#[tokio::test]
async fn small_exchange_gives_these_objects() {
    for app in TestApp::each().await {
        with_birdseye(&app).await;
        execute(&app, "UPDATE vlaninterface SET busyhost = 1, ipv4canping = 1 WHERE id = 1").await;
        execute(&app, "UPDATE vlaninterface SET ipv4canping = 0 WHERE id = 3").await;
        for path in ALL {
            insta::assert_snapshot!(path.replace('/', "-"), text(&get(&app, path).await));
        }
    }
}

#[tokio::test]
async fn nagios_reads_all_of_it_whatever_the_names_are() {
    for app in TestApp::each().await {
        with_birdseye(&app).await;
        for hostile in [false, true] {
            if hostile {
                with_hostile_names(&app).await;
            }
            let mut objects = Vec::new();
            for path in ALL {
                objects.push(text(&get(&app, path).await).to_owned());
            }
            checks::nagios(&objects);
            let commands = objects
                .iter()
                .flat_map(|text| text.lines())
                .filter(|line| line.starts_with("define command"));
            assert_eq!(commands.count(), 0);
        }
    }
}

#[tokio::test]
async fn post_says_the_same_as_get_and_an_empty_parameter_is_none() {
    let app = TestApp::new().await;
    with_birdseye(&app).await;
    for path in ALL {
        let plain = get(&app, path).await;
        let fields = [("host_definition", ""), ("service_definition", " "), ("ping_service_definition", "")];
        assert_eq!(text(&post(&app, path, &fields).await), plain.text(), "{path}");
        assert_eq!(text(&post(&app, path, &[]).await), plain.text(), "{path}");
    }
    let fields = [("ping_service_definition", "my ping"), ("host_definition", "generic-host,mine")];
    let own = post(&app, "nagios/customers/1/4?host_definition=other", &fields).await;
    assert!(own.text().contains("    use             generic-host,mine\n"), "the form wins: {}", own.text());
    assert!(own.text().contains("    use             my ping\n"), "{}", own.text());
}

#[tokio::test]
async fn services_that_can_not_be_checked_are_named_in_a_comment_alone() {
    for app in TestApp::each().await {
        execute(&app, "UPDATE vlaninterface SET ipv4enabled = 0 WHERE id = 1").await;
        execute(&app, "UPDATE vlaninterface SET ipv4addressid = NULL WHERE id = 3").await;
        let answer = get(&app, "nagios/customers/1/4").await;
        assert_eq!(text(&answer).matches("# Nothing to check").count(), 2, "{}", answer.text());
        assert!(!answer.text().contains("define "), "{}", answer.text());
    }
}

#[tokio::test]
async fn only_current_members_on_connected_ports_are_checked() {
    for app in TestApp::each().await {
        let hosts = async || {
            let answer = get(&app, "nagios/customers/1/4").await;
            answer.text().matches("define host {").count()
        };
        // Alpha and Bravo; the port of Echo is in quarantine.
        assert_eq!(hosts().await, 2);
        execute(&app, "UPDATE physicalinterface SET status = 1 WHERE status = 5").await;
        assert_eq!(hosts().await, 3);
        execute(&app, "UPDATE cust SET status = 3 WHERE id = 6").await;
        assert_eq!(hosts().await, 2);
        execute(&app, "UPDATE cust SET dateleave = '2026-06-14' WHERE id = 3").await;
        assert_eq!(hosts().await, 1);
        execute(&app, "UPDATE cust SET dateleave = '2026-06-15' WHERE id = 3").await;
        assert_eq!(hosts().await, 2);
    }
}

#[tokio::test]
async fn lag_on_two_ports_is_one_host() {
    let app = TestApp::new().await;
    let answer = get(&app, "nagios/customers/1/4").await;
    let host = format!("    host_name       alpha-networks-as64497-ipv4-vlanid1-vliid{}\n", port::ALPHA_ONE);
    let defined = answer.text().split("define service").next().unwrap();
    assert_eq!(defined.matches(&host).count(), 1, "{}", answer.text());
}

#[tokio::test]
async fn switches_that_can_not_be_checked_are_in_no_group() {
    for app in TestApp::each().await {
        execute(&app, "UPDATE `switch` SET infrastructure = 1, active = 0 WHERE id = 2").await;
        for (id, hostname, address) in
            [(3, "'sw1.example.net'", "'203.0.113.3'"), (4, "NULL", "'203.0.113.4'"), (5, "'sw5'", "NULL")]
        {
            execute(
                &app,
                &format!(
                    "INSERT INTO `switch` (id, name, hostname, ipv4addr, infrastructure, active, poll) \
                     VALUES ({id}, 'sw{id}', {hostname}, {address}, 1, 1, 1)"
                ),
            )
            .await;
        }
        let answer = get(&app, "nagios/switches/1").await;
        let shown = text(&answer);
        for line in [
            "# sw2 is not in use.",
            "# switch.id 3 (sw3): left out: it has the host name of another switch; ",
            "# switch.id 4 (sw4): left out: it has no host name; ",
            "# switch.id 5 (sw5): left out: it has no IPv4 address; ",
        ] {
            assert!(shown.contains(line), "{line}: {shown}");
        }
        assert_eq!(shown.matches("define host {").count(), 1, "{shown}");
        assert!(!shown.contains("sw5\n"), "{shown}");
        let members = get(&app, "nagios/customers/1/4").await;
        checks::nagios(&[shown.to_owned(), text(&members).to_owned()]);
    }
}

#[tokio::test]
async fn sessions_are_named_as_the_routers_name_them() {
    for app in TestApp::each().await {
        with_birdseye(&app).await;
        let server = get(&app, "nagios/birdseye-bgp-sessions/1/4/1").await;
        assert!(server.text().contains("    _protocol           pb_0001_as64497\n"), "{}", server.text());
        assert!(server.text().contains("    _protocol           pb_0003_as64498\n"), "{}", server.text());
        let collector = get(&app, "nagios/birdseye-bgp-sessions/1/4/2").await;
        assert!(
            collector.text().contains("    _protocol           pb_as64497_vli1_ipv4\n"),
            "{}",
            collector.text()
        );
        execute(&app, "UPDATE vlaninterface SET rsclient = 0 WHERE id = 3").await;
        let server = get(&app, "nagios/birdseye-bgp-sessions/1/4/1").await;
        assert!(!server.text().contains("64498"), "{}", server.text());
        execute(&app, "UPDATE routers SET quarantine = 1").await;
        let none = get(&app, "nagios/birdseye-bgp-sessions/1/4/1").await;
        assert!(!text(&none).contains("define "), "{}", none.text());
    }
}

#[tokio::test]
async fn group_of_a_router_is_named_after_it() {
    let app = TestApp::new().await;
    with_birdseye(&app).await;
    execute(
        &app,
        "INSERT INTO routers (vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, software, \
         mgmt_host, api, api_type, quarantine, bgp_lc, template, skip_md5, pause_updates, rpki, rfc1997_passthru) \
         SELECT vlan_id, 'rs2-one-ipv4', protocol, type, name, shortname, router_id, peering_ip, asn, software, \
         mgmt_host, api, api_type, quarantine, bgp_lc, template, skip_md5, pause_updates, rpki, rfc1997_passthru \
         FROM routers WHERE handle = 'rs1-one-ipv4'",
    )
    .await;
    let answer = get(&app, "nagios/birdseye-bgp-sessions/1/4/1").await;
    for handle in ["rs1-one-ipv4", "rs2-one-ipv4"] {
        let group = format!(
            "    hostgroup_name  birdseye-rs-bgp-sessions-vlanid-1-ipv4-{handle}\n    alias           BGP sessions to {handle}\n"
        );
        assert!(answer.text().contains(&group), "{group}: {}", answer.text());
    }
}

#[tokio::test]
async fn what_is_unknown_is_404_and_says_what() {
    let app = TestApp::new().await;
    let no_routers = "No routers for the provided VLAN ID / Bird's Eye API type.";
    assert_eq!(refusal(&app, "nagios/birdseye-daemons").await, (404, no_routers.to_owned()));
    assert_eq!(refusal(&app, "nagios/birdseye-daemons/nothing").await, (404, no_routers.to_owned()));
    with_birdseye(&app).await;
    for (path, words) in [
        ("nagios/customers/99/4", "There is no VLAN with the id 99."),
        ("nagios/customers/1/5", "Unknown protocol"),
        ("nagios/customers/1/4/nothing", "Unknown template"),
        ("nagios/customers/1/ipv4", "There is nothing at this path."),
        ("nagios/switches/99", "There is no infrastructure with the id 99."),
        ("nagios/switches/1/nothing", "Unknown template"),
        ("nagios/birdseye-daemons/nothing", "Unknown template"),
        ("nagios/birdseye-daemons/default/2", no_routers),
        ("nagios/birdseye-bgp-sessions/1/5/1", "Unknown protocol"),
        ("nagios/birdseye-bgp-sessions/1/4/9", "Unknown router type"),
        ("nagios/birdseye-bgp-sessions/1/4/1/nothing", "Unknown template"),
        ("nagios/birdseye-bgp-sessions/1/4/3", "No suitable router(s) found."),
        ("nagios/birdseye-bgp-sessions/1/4/rs", "There is nothing at this path."),
    ] {
        assert_eq!(refusal(&app, path).await, (404, words.to_owned()), "{path}");
    }
    assert_eq!(get(&app, "nagios/birdseye-daemons/default/1").await.status, 200);
}

#[tokio::test]
async fn parameter_that_would_break_the_file_is_422() {
    let app = TestApp::new().await;
    for (path, field) in [
        ("nagios/customers/1/4", "host_definition"),
        ("nagios/customers/1/4", "ping_busy_service_definition"),
        ("nagios/switches/1", "host_definition"),
    ] {
        for value in ["a\n}", "a;b", "a\\", "{"] {
            let answer = post(&app, path, &[(field, value)]).await;
            assert_eq!(answer.status, 422, "{}", answer.text());
            assert!(answer.text().starts_with(&format!("{field}: ")), "{}", answer.text());
        }
    }
}

/// A fetch, the name of the task that is noted for it, and its parameters.
const NOTED: [(&str, &str, &str); 5] = [
    (
        "nagios/birdseye-bgp-sessions/1/4/1",
        "nagios_birdseye_bgp_sessions",
        r#"{"vlan":1,"protocol":4,"type":1,"template":"api\/v4\/nagios\/birdseye-bgp-sessions\/default"}"#,
    ),
    (
        "nagios/birdseye-daemons",
        "nagios_birdseye_daemons",
        r#"{"template":"api\/v4\/nagios\/birdseye-daemons\/default"}"#,
    ),
    (
        "nagios/birdseye-daemons/default/1",
        "nagios_birdseye_daemons",
        r#"{"vlan":1,"template":"api\/v4\/nagios\/birdseye-daemons\/default"}"#,
    ),
    (
        "nagios/customers/1/4",
        "nagios_customers",
        r#"{"vlan":1,"protocol":4,"template":"api\/v4\/nagios\/customers\/default"}"#,
    ),
    (
        "nagios/switches/1/DEFAULT",
        "nagios_switches",
        r#"{"infrastructure":1,"template":"api\/v4\/nagios\/switches\/default"}"#,
    ),
];

#[tokio::test]
async fn time_of_each_fetch_is_noted_as_ixp_manager_does_and_a_second_one_moves_it() {
    for app in TestApp::each().await {
        with_birdseye(&app).await;
        let rows = async || {
            let all = task_last_run::Entity::find().all(app.state.db.connection()).await.unwrap();
            let mut all: Vec<_> = all
                .into_iter()
                .map(|row| (row.task_key, row.parameters, row.last_run_at.to_string()))
                .collect();
            all.sort();
            all
        };
        let expected = |times: [&str; 5]| {
            let rows = NOTED.iter().zip(times);
            let mut rows: Vec<_> = rows
                .map(|((_, key, parameters), at)| {
                    ((*key).to_owned(), (*parameters).to_owned(), format!("2026-06-15 {at}"))
                })
                .collect();
            rows.sort();
            rows
        };
        let reading = ApiKeySeed::of(app.exchange.superuser.id).scope("read-only");
        let reading = reading.insert(app.state.db.connection()).await.text;
        let fetch = async |path: &str| {
            let answer = app.client().get_by_key(&format!("/admin/api/v4/{path}"), &reading).await;
            assert_eq!(answer.status, 200, "{path}: {}", answer.text());
        };
        for (path, _, _) in NOTED {
            fetch(path).await;
        }
        assert_eq!(rows().await, expected(["12:00:00"; 5]));
        // Each has a row of its own: a fetch leaves those of the others.
        let mut times = ["12:00:00"; 5];
        for (number, at) in
            ["12:01:00", "12:02:00", "12:03:00", "12:04:00", "12:05:00"].into_iter().enumerate()
        {
            app.clock.advance(TimeDelta::seconds(60));
            fetch(NOTED[number].0).await;
            times[number] = at;
            assert_eq!(rows().await, expected(times));
        }
        for refused in ["nagios/customers/1/5", "nagios/birdseye-daemons/default/2"] {
            assert_eq!(refusal(&app, refused).await.0, 404);
        }
        assert_eq!(rows().await, expected(times), "a refusal leaves no note");
    }
}

#[tokio::test]
async fn statements_do_not_grow_with_the_exchange() {
    for path in ["nagios/customers/1/4", "nagios/birdseye-bgp-sessions/1/4/1"] {
        for app in TestApp::each().await {
            with_birdseye(&app).await;
            statements_do_not_grow(&app, path).await;
        }
    }
}
