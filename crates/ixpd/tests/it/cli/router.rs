use super::Installation;

async fn with_routers() -> Installation {
    let installation = Installation::with_member().await;
    for sql in [
        "INSERT INTO infrastructure (id, name) VALUES (1, 'one')",
        "INSERT INTO vlan (id, infrastructureid, number, name) VALUES (1, 1, 10, 'peering')",
        "INSERT INTO routers (id, pair_id, vlan_id, handle, protocol, type, name, shortname, router_id, peering_ip, asn, \
         software, mgmt_host, api_type, quarantine, bgp_lc, template, skip_md5, last_update_started, last_updated) VALUES \
         (1, NULL, 1, 'rs1-ipv4', 4, 1, 'One', 'rs1', '192.0.2.8', '192.0.2.8', 64496, '6', 'rs1', 0, 0, 1, 'x', 0, NULL, NULL), \
         (2, 1, 1, 'rs2-ipv4', 4, 1, 'Two', 'rs2', '192.0.2.9', '192.0.2.9', 64496, '6', 'rs2', 0, 0, 1, 'x', 0, \
         '2026-01-02 03:04:05', '2026-01-01 00:00:00')",
    ] {
        installation.sql(sql).await;
    }
    installation
}

#[tokio::test]
async fn list_shows_locks_and_release_ends_one() {
    let installation = with_routers().await;
    let listed = installation.run(&["router", "list", "--json"]).ok().json();
    assert_eq!((&listed[0]["handle"], &listed[0]["lock"]), (&"rs1-ipv4".into(), &"free".into()));
    assert_eq!((&listed[1]["pair"], &listed[1]["lock"]), (&"rs1-ipv4".into(), &"held".into()));
    assert_eq!(listed[1]["locked_since"], "2026-01-02 03:04:05");
    assert!(listed[1]["locked_by"].is_null(), "IXP Manager's lock has no name");
    let table = installation.run(&["router", "list"]).ok().out();
    assert!(table.lines().nth(2).unwrap().contains("Route Server"), "{table}");
    installation.run(&["router", "release", "rs2-ipv4"]).ok();
    let listed = installation.run(&["router", "list", "--json"]).ok().json();
    assert_eq!(
        (&listed[1]["lock"], &listed[1]["last_update_started"]),
        (&"free".into(), &"2026-01-01 00:00:00".into())
    );
    let trail =
        "SELECT COUNT(*) FROM ixpd_audit WHERE action = 'ROUTER RELEASED' AND actor_kind = 'command_line'";
    assert_eq!(installation.number(trail).await, 1);
}

#[tokio::test]
async fn pause_and_resume_change_one_router() {
    let installation = with_routers().await;
    installation.run(&["router", "pause", "rs1-ipv4"]).ok();
    let paused = "SELECT SUM(id) FROM routers WHERE pause_updates";
    assert_eq!(installation.number(paused).await, 1);
    installation.run(&["router", "resume", "rs1-ipv4"]).ok();
    assert_eq!(installation.number("SELECT COUNT(*) FROM routers WHERE pause_updates").await, 0);
    let unknown = installation.run(&["router", "pause", "rs9"]).failed();
    assert!(unknown.err().contains("Unknown router handle"), "{}", unknown.err());
}

#[tokio::test]
async fn reset_forgets_all_times_and_wants_to_be_meant() {
    let installation = with_routers().await;
    let unmeant = installation.run(&["router", "reset-all-update-timestamps"]);
    assert!(unmeant.err().contains("--yes"), "{}", unmeant.err());
    let times = "SELECT COUNT(*) FROM routers WHERE last_updated IS NOT NULL";
    assert_eq!(installation.number(times).await, 1);
    installation.run(&["router", "reset-all-update-timestamps", "--yes"]).ok();
    assert_eq!(installation.number(times).await, 0);
}

#[test]
fn diff_answers_as_diff_does() {
    let installation = Installation::new();
    let config = |limit: u32, handle: &str| {
        format!(
            "protocol bgp pb_0001_as64500 {{ neighbor 192.0.2.1 as 64500; ipv4 {{ import limit {limit} action restart; }}; }}\n\
             # END_OF_CONFIG_MARKER_FOR_{handle}\n"
        )
    };
    let file = |name: &str, text: String| std::fs::write(installation.path().join(name), text).unwrap();
    file("old.conf", config(100, "rs1"));
    file("same.conf", config(100, "rs1").replace("; ", ";\n  "));
    file("new.conf", config(200, "rs1"));
    let filter = |rule: &str| format!("filter f {{ {rule} accept; }}\n");
    let with_filter = |rule: &str| {
        filter(rule) + &config(100, "rs1").replace("import limit", "import filter f; import limit")
    };
    file("theirs.conf", with_filter(""));
    file("ours.conf", with_filter("bgp_large_community.delete([(64496, 1101, *)]);"));
    file("other.conf", config(100, "rs2"));
    file("strange.conf", config(100, "rs1") + "include \"more.conf\";\n");
    let diff = |with: &str, more: &[&str]| {
        installation
            .run(&[&["router", "diff", "rs1", "--against", "old.conf", "--with", with], more].concat())
    };
    let code = |ran: &super::Ran| ran.0.status.code();
    let same = diff("same.conf", &[]);
    assert_eq!((code(&same), same.out().as_str()), (Some(0), "no change\n"));
    let changed = diff("new.conf", &[]);
    assert_eq!(code(&changed), Some(1));
    assert!(
        changed.out().contains("import limit: 100 action restart -> 200 action restart"),
        "{}",
        changed.out()
    );
    let decided =
        installation.run(&["router", "diff", "rs1", "--against", "theirs.conf", "--with", "ours.conf"]);
    assert_eq!(code(&decided), Some(0));
    assert!(decided.out().ends_with("1 change, as decided\n"), "{}", decided.out());
    let undone =
        installation.run(&["router", "diff", "rs1", "--against", "ours.conf", "--with", "theirs.conf"]);
    assert_eq!(code(&undone), Some(1), "{}", undone.out());
    let json = diff("new.conf", &["--json"]);
    assert_eq!((code(&json), &json.json()["changes"][0]["kind"]), (Some(1), &"session".into()));
    for (with, says) in [("other.conf", "of rs2, not of rs1"), ("absent.conf", "absent.conf can't be read")] {
        let trouble = diff(with, &[]);
        assert_eq!(code(&trouble), Some(2), "{with}");
        assert!(trouble.err().contains(says), "{}", trouble.err());
    }
    let strange = diff("strange.conf", &[]);
    assert_eq!(code(&strange), Some(2));
    assert!(strange.out().contains("NOT READ: line 3 of the new configuration"), "{}", strange.out());
    assert!(!installation.path().join("data").exists(), "no database is needed");
}

#[tokio::test]
async fn gen_config_prints_a_whole_configuration_or_fails_with_the_reason() {
    let installation = with_routers().await;
    let refused = installation.run(&["router", "gen-config", "rs1-ipv4"]).failed();
    assert!(
        refused.err().contains("routers.template of rs1-ipv4 is `x`") && refused.out().is_empty(),
        "{}",
        refused.err()
    );
    installation.sql("UPDATE routers SET template = 'api/v4/router/server/bird2/standard'").await;
    let printed = installation.run(&["router", "gen-config", "rs1-ipv4"]).ok();
    assert!(printed.out().ends_with("# END_OF_CONFIG_MARKER_FOR_rs1-ipv4\n"), "{}", printed.out());
    assert!(printed.out().contains("define routeserverasn = 64496;"));
    let unknown = installation.run(&["router", "gen-config", "rs9"]).failed();
    assert!(
        unknown.err().contains("there is no router `rs9`") && unknown.out().is_empty(),
        "{}",
        unknown.err()
    );
}
