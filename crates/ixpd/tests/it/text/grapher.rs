use ixpd_testkit::{TestApp, TestDatabase};

use super::{checks, execute, get, post, refusal, statements_do_not_grow, text, with_hostile_names};

async fn apps() -> Vec<TestApp> {
    let mut apps = Vec::new();
    for database in TestDatabase::each_migrated().await {
        apps.push(TestApp::on(database, &[("GRAPHER_BACKENDS", "mrtg|smokeping|sflow")]).await);
    }
    apps
}

/// A bundle of one link between the two switches, and a port for a reseller.
async fn with_core_bundle(app: &TestApp) {
    for sql in [
        "UPDATE switchport SET type = 3 WHERE id IN (107, 207)",
        "UPDATE switchport SET type = 7 WHERE id = 108",
        "INSERT INTO virtualinterface (id, custid) VALUES (70, 1), (71, 1)",
        "INSERT INTO physicalinterface (id, switchportid, virtualinterfaceid, status, speed, autoneg) \
         VALUES (107, 107, 70, 1, 10000, 1), (207, 207, 71, 1, 10000, 1)",
        "INSERT INTO coreinterfaces (id, physical_interface_id) VALUES (1, 107), (2, 207)",
        "INSERT INTO corebundles (id, description, type, graph_title, bfd, stp, enabled) \
         VALUES (1, 'x', 1, 'sw1 - sw2', 0, 0, 1)",
        "INSERT INTO corelinks (id, core_interface_sidea_id, core_interface_sideb_id, core_bundle_id, bfd, enabled) \
         VALUES (1, 1, 2, 1, 0, 1)",
    ] {
        execute(app, sql).await;
    }
}

#[tokio::test]
async fn small_exchange_gives_this_mrtg_configuration() {
    for app in apps().await {
        with_core_bundle(&app).await;
        let answer = get(&app, "grapher/config").await;
        insta::assert_snapshot!("mrtg", text(&answer));
        assert_eq!(get(&app, "grapher/mrtg-config").await.text(), answer.text());
        assert_eq!(post(&app, "grapher/config", &[("backend", "mrtg")]).await.text(), answer.text());
    }
}

#[tokio::test]
async fn mrtg_reads_it_whatever_the_names_are() {
    for app in apps().await {
        with_core_bundle(&app).await;
        checks::mrtg(text(&get(&app, "grapher/config").await));
        execute(&app, "UPDATE switchport SET ifName = 'ge-0/0/1:2 x@y&z' WHERE id = 201").await;
        with_hostile_names(&app).await;
        let answer = get(&app, "grapher/config").await;
        checks::mrtg(text(&answer));
        assert!(answer.text().contains("#ge-0/0/1\\:2\\ x\\@y\\&z:community@sw2.example.net:::::2"));
        // The first switch has a host name that can't stand in a target: its ports are named at the end.
        assert_eq!(answer.text().matches("\n# switchport.id").count(), 6, "{}", answer.text());
        assert!(!answer.text().contains("system("));
    }
}

#[tokio::test]
async fn ports_of_resellers_count_on_their_switch_alone() {
    for app in apps().await {
        execute(&app, "UPDATE switchport SET type = 7 WHERE id = 103").await;
        let answer = get(&app, "grapher/config").await;
        let ports = |target: &str| {
            let line =
                text(&answer).lines().find(|line| line.starts_with(&format!("Target[{target}]: "))).unwrap();
            line.matches("community@").count()
        };
        assert_eq!(ports("ixp001-bits"), 4);
        assert_eq!(ports("ixp001-infra001-bits"), 3);
        assert_eq!(ports("location-aggregate-00001-bits"), 4);
        assert_eq!(ports("switch-aggregate-00001-bits"), 4);
        assert_eq!(ports("aggregate-00003-bits"), 1);
    }
}

#[tokio::test]
async fn lag_keeps_its_graph_while_one_of_its_ports_is_not_polled() {
    for app in apps().await {
        let lag = async || {
            let answer = get(&app, "grapher/config").await;
            let mut targets = text(&answer).lines().filter(|line| line.starts_with("Target[vi"));
            targets
                .next()
                .filter(|line| line.contains("-bits]"))
                .map(|line| line.matches("community@").count())
        };
        assert_eq!(lag().await, Some(2));
        execute(&app, "UPDATE switchport SET ifIndex = NULL WHERE id = 102").await;
        assert_eq!(lag().await, Some(1));
        execute(&app, "DELETE FROM physicalinterface WHERE switchportid = 102").await;
        assert_eq!(lag().await, None, "it is one port like any other");
    }
}

#[tokio::test]
async fn every_port_that_belongs_to_a_graph_and_is_left_out_is_named() {
    for app in apps().await {
        with_core_bundle(&app).await;
        let left_out = async || {
            let answer = get(&app, "grapher/config").await;
            let named = text(&answer).lines().filter_map(|line| line.strip_prefix("# switchport.id "));
            named.map(|line| line.split(": ").next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(left_out().await, [""; 0]);
        // An end of a core link, a port for a reseller that nobody uses, and one that nobody asks for.
        execute(&app, "UPDATE switchport SET ifName = '' WHERE id IN (108, 109, 207)").await;
        assert_eq!(left_out().await, ["108 (sw1 Ethernet8)", "207 (sw2 Ethernet7)"]);
    }
}

#[tokio::test]
async fn disabled_core_links_and_bundles_keep_their_graphs() {
    for app in apps().await {
        with_core_bundle(&app).await;
        let before = text(&get(&app, "grapher/config").await).to_owned();
        assert!(before.contains("\nTarget[cl00107-sidea-bits]: "), "{before}");
        for table in ["corelinks", "corebundles"] {
            execute(&app, &format!("UPDATE {table} SET enabled = 0")).await;
            assert_eq!(get(&app, "grapher/config").await.text(), before, "{table}");
        }
    }
}

/// The value of a keyword of one target.
fn value<'a>(configuration: &'a str, keyword: &str) -> &'a str {
    let prefix = format!("{keyword}: ");
    configuration.lines().find_map(|line| line.strip_prefix(&prefix)).unwrap_or_else(|| panic!("{keyword}"))
}

#[tokio::test]
async fn side_of_a_core_bundle_passes_what_its_own_ports_do() {
    for app in apps().await {
        with_core_bundle(&app).await;
        execute(&app, "UPDATE switchport SET ifHighSpeed = 40000 WHERE id = 207").await;
        let answer = get(&app, "grapher/config").await;
        assert_eq!(value(text(&answer), "MaxBytes[cb-aggregate-00001-sidea-bits]"), "1250000000");
        assert_eq!(value(text(&answer), "MaxBytes[cb-aggregate-00001-sideb-bits]"), "5000000000");
    }
}

#[tokio::test]
async fn port_without_any_speed_does_not_cost_the_configuration() {
    for app in apps().await {
        // A port for resellers that nobody uses, and a member's.
        execute(&app, "UPDATE switchport SET type = 7, ifHighSpeed = NULL WHERE id = 108").await;
        execute(&app, "UPDATE switchport SET ifHighSpeed = 0 WHERE id = 201").await;
        execute(&app, "UPDATE physicalinterface SET speed = 0 WHERE switchportid = 201").await;
        let answer = get(&app, "grapher/config").await;
        checks::mrtg(text(&answer));
        assert!(!answer.text().lines().any(|line| line.ends_with("]: 0")), "{}", answer.text());
    }
}

#[tokio::test]
async fn extreme_s_counter_of_discards_is_asked_of_its_own_system_alone() {
    for app in apps().await {
        for (os, is_extreme) in
            [("ExtremeXOS", true), ("extremexos", false), ("Other XOS", false), ("EOS", false), ("", false)]
        {
            execute(&app, &format!("UPDATE `switch` SET os = '{os}' WHERE id = 1")).await;
            let answer = get(&app, "grapher/config").await;
            let asked = value(text(&answer), "Target[switch-aggregate-00001-discs]");
            assert_eq!(asked.contains("&1.3.6.1.4.1.1916.1.4.14.1.1#"), is_extreme, "{os}: {asked}");
        }
    }
}

#[tokio::test]
async fn databases_of_rrdtool_are_told_by_the_setting() {
    let settings = [
        ("GRAPHER_BACKENDS", "mrtg"),
        ("GRAPHER_BACKEND_MRTG_DBTYPE", "rrd"),
        ("GRAPHER_BACKEND_MRTG_WORKDIR", "/srv/mrtg"),
    ];
    let app = TestApp::with(&settings).await;
    let answer = get(&app, "grapher/config").await;
    assert!(
        answer.text().contains("WorkDir: /srv/mrtg\n") && answer.text().contains("\nLogFormat: rrdtool\n")
    );
}

#[tokio::test]
async fn small_exchange_gives_these_targets_of_smokeping() {
    for app in apps().await {
        execute(&app, "UPDATE vlan SET name = 'LAN # \\\\ One' WHERE id = 1").await;
        let answer = get(&app, "grapher/config?backend=smokeping&vlanid=1&protocol=ipv4").await;
        let shown = text(&answer);
        assert!(shown.contains("+++ vlanint_1_ipv4\nmenu = Alpha Networks (IPv4)\n"), "{shown}");
        assert!(!shown.contains('\\'), "{shown}");
        execute(&app, "UPDATE vlan SET name = 'Peering LAN One' WHERE id = 1").await;
        let answer = get(&app, "grapher/config?backend=smokeping&vlanid=1&protocol=ipv4").await;
        insta::assert_snapshot!("smokeping", text(&answer));
        let fields = [
            ("backend", "smokeping"),
            ("vlanid", "1"),
            ("protocol", "ipv6"),
            ("probe", "MyProbe"),
            ("level", "++"),
            ("template", "default"),
        ];
        let answer = post(&app, "grapher/config", &fields).await;
        let expected = "++ vlanint_1_ipv6\nmenu = Alpha Networks (IPv6)\n\
                        title =  Peering LAN One :: Alpha Networks via 2001:db8:1::2\nprobe = MyProbe\nhost = 2001:db8:1::2\n";
        assert!(text(&answer).contains(expected), "{}", answer.text());
    }
}

#[tokio::test]
async fn backend_and_its_parameters_are_judged() {
    let app = TestApp::new().await;
    let (status, words) = refusal(&app, "grapher/config").await;
    assert_eq!(
        (status, words.as_str()),
        (422, "backend: `mrtg` is not enabled; add it to GRAPHER_BACKENDS.\n")
    );
    assert_eq!(refusal(&app, "grapher/config?backend=dummy").await.0, 404);
    let app = apps().await.remove(0);
    for (query, expected) in [
        ("backend=cacti", 422),
        ("backend=dummy", 422),
        ("backend=sflow", 404),
        ("backend=mrtg&template=nothing", 404),
        ("backend=smokeping", 404),
        ("backend=smokeping&vlanid=99&protocol=ipv4", 404),
        ("backend=smokeping&vlanid=1", 404),
        ("backend=smokeping&vlanid=1&protocol=4", 404),
        ("backend=smokeping&vlanid=one&protocol=ipv4", 422),
        ("backend=smokeping&vlanid=1&protocol=ipv4&template=nothing", 404),
        ("backend=smokeping&vlanid=1&protocol=ipv4&probe=a%0Ab", 422),
        ("backend=smokeping&vlanid=1&protocol=ipv4&level=x", 422),
        ("backend=smokeping&vlanid=1&protocol=ipv4&level=%2B%2B", 200),
    ] {
        let (status, text) = refusal(&app, &format!("grapher/config?{query}")).await;
        assert_eq!(status, expected, "{query}: {text}");
    }
}

#[tokio::test]
async fn statements_of_graphs_do_not_grow_with_the_exchange() {
    for app in apps().await {
        statements_do_not_grow(&app, "grapher/config").await;
    }
    for app in apps().await {
        statements_do_not_grow(&app, "grapher/config?backend=smokeping&vlanid=1&protocol=ipv4").await;
    }
}
