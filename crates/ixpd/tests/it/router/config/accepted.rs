//! BIRD takes every configuration, whatever is in the database, without an error or a warning.

use ixpd_db::{Database, sea_orm::EntityTrait as _};
use ixpd_testkit::{TestApp, TestDatabase, fixtures::member, shared};

use super::{
    bird::Bird,
    configs,
    exchange::{self, Service, add_member, add_rule, add_service, execute, register},
    generate,
};

const RPKI: [(&str, &str); 8] = [
    ("IXP_RPKI_RTR1_HOST", "192.0.2.53"),
    ("IXP_RPKI_RTR1_PORT", "3323"),
    ("IXP_RPKI_RTR1_MIN_VERSION", "0"),
    ("IXP_RPKI_RTR1_MAX_VERSION", "1"),
    ("IXP_RPKI_RTR2_HOST", "rtr2.example.net"),
    ("IXP_NO_TRANSIT_ASNS_OVERRIDE", ""),
    ("IXPD_ROUTER_RPKI_RELOAD", "true"),
    ("APP_ENV", "vagrant"),
];

/// Everything that routers and members may ask for.
pub(super) const OPTIONS: [(&str, &str); 11] = [
    ("IXP_RPKI_RTR1_HOST", "192.0.2.53"),
    ("IXPD_ROUTER_RTBH", "true"),
    ("IXPD_ROUTER_RTBH_NEXT_HOPS", "192.0.2.66,2001:db8:1::66"),
    ("IXPD_ROUTER_BFD", "true"),
    ("IXPD_ROUTER_GTSM", "true"),
    ("IXPD_ROUTER_ROLES", "true"),
    ("IXPD_ROUTER_NEVER_VIA_ASNS", "64511,4200000000"),
    ("IXPD_ROUTER_NO_PREPEND", "AS64497,AS65551"),
    ("IXPD_ROUTER_NO_ANNOUNCE_32BIT", "AS64497,AS65551"),
    ("IXPD_ROUTER_REJECT_AS_SETS", "true"),
    ("IXPD_ROUTER_RPKI_RELOAD", "true"),
];

/// Every router of a database, with settings that leave things out and with ones that put them in.
async fn every_router_is_taken(db: &Database) -> usize {
    let routers = ixpd_db::entity::routers::Entity::find().all(db.connection()).await.unwrap();
    let mut taken = 0;
    for bird in Bird::all() {
        execute(db, "UPDATE routers SET software_version = ?", [bird.version.into()]).await;
        for settings in [&[][..], &RPKI, &OPTIONS] {
            let configs = configs(settings);
            for router in routers.iter().filter(|router| router.handle != "unknown-template") {
                let config = generate(&configs, db, &router.handle).await.unwrap();
                bird.takes(&router.handle, &config);
                taken += 1;
            }
        }
    }
    taken
}

#[tokio::test]
async fn every_router_of_the_public_data_is_taken() {
    let Some(test) = shared::filled_database().await else { return };
    let taken = every_router_is_taken(&test.db).await;
    assert!(taken == 0 || taken >= 3 * 3 * 20, "{taken}");
    test.remove().await;
}

#[tokio::test]
async fn every_router_of_the_demo_is_taken() {
    // The demo wants a database that nobody has begun to use; whose users the application knows doesn't matter.
    let users = TestApp::new().await.exchange.clone();
    let app = TestApp::on_filled(TestDatabase::new().await, users, &[]).await;
    ixpd::service::demo::fill(&app.state).await.unwrap();
    let routers = ixpd_db::entity::routers::Entity::find().all(app.state.db.connection()).await.unwrap();
    // As they are, which is for the oldest.
    for bird in Bird::oldest() {
        for router in &routers {
            let config = generate(&configs(&[]), &app.state.db, &router.handle).await.unwrap();
            assert!(config.contains("protocol bgp "), "{} has no session", router.handle);
            bird.takes(&router.handle, &config);
        }
    }
    let taken = every_router_is_taken(&app.state.db).await;
    assert!(routers.len() >= 2 && (taken == 0 || taken == 3 * 3 * routers.len()), "{taken}");
}

/// What each template means where the router's version isn't known.
#[tokio::test]
async fn syntax_that_a_template_stands_for_is_taken_by_the_versions_it_was_made_for() {
    let test = exchange::database().await;
    register(&test.db, member::ALPHA, &[64_497, 64_510], &["20.1.0.0/16", "2a00:1::/32"]).await;
    for (folder, birds) in
        [("bird", Bird::oldest()), ("bird2", Bird::oldest()), ("bird2-2025", Bird::newer())]
    {
        for (kind, handle) in [("server", exchange::SERVER), ("collector", exchange::COLLECTOR)] {
            let template = format!("api/v4/router/{kind}/{folder}/standard");
            execute(
                &test.db,
                "UPDATE routers SET template = ? WHERE handle = ?",
                [template.into(), handle.into()],
            )
            .await;
            let config = generate(&configs(&RPKI), &test.db, handle).await.unwrap();
            for bird in &birds {
                bird.takes(&format!("{folder} {handle}"), &config);
            }
            assert!(birds.is_empty() || config.contains("rpki1"), "{config}");
        }
    }
    test.remove().await;
}

const AWKWARD: [&str; 5] = [
    "Quote \" and 'apostrophe' \\ backslash \\\" both",
    "Two\nlines; } protocol static evil { ipv4; route 0.0.0.0/0 blackhole; }\r\n# and more",
    "*/ /* {{ router.handle }} {% if x %} $_POST `id` ;;; }}}",
    "Zürich 東京 \u{202e}right to left\u{2028}line\u{85}separators",
    "# END_OF_CONFIG_MARKER_FOR_rs1-one-ipv4",
];

async fn awkward() -> ixpd_testkit::TestDatabase {
    let test = exchange::database().await;
    let db = &test.db;
    for (id, name) in (100..).zip(AWKWARD) {
        let asn = [64_510, 65_535, 65_551, 2_147_483_647, 23_456][id as usize - 100];
        add_member(db, id, Some(asn), name).await;
        let secret = ["a b", "p#;{}\\n'$", "{{ x }}", "ÄÖ\u{20ac}", "x\"; accept; \""][id as usize - 100];
        let host = id - 94;
        add_service(db, Service { secret: Some(secret), ..Service::new(10_000 + id, id, host) }).await;
    }
    // Several sessions of one AS, each of another mind; one with an id of four digits, one without an address.
    for service in [
        Service { irr_filter: None, more_specifics: true, ..Service::new(51, 100, 11) },
        Service { irr_filter: Some(false), ..Service::new(1_052, 100, 12) },
        Service::new(53, member::ALPHA, 0),
    ] {
        add_service(db, service).await;
    }
    add_member(db, 110, Some(64_510), "Another with the same AS number").await;
    add_service(db, Service::new(54, 110, 13)).await;
    add_member(db, 111, None, "No AS number").await;
    add_service(db, Service::new(55, 111, 14)).await;
    let bad =
        ["20.3.0.0/16; } reject;", "20.4.0.1/16", "rubbish", "2a00:9::/32 ", "20.6.0.0/28", "0.0.0.0/0"];
    register(db, 100, &[1, 4_294_967_295], &bad).await;
    register(db, 101, &(1..=35).collect::<Vec<_>>(), &["2a00:1::/32", "2a00:2::/64", "20.8.0.0/16"]).await;
    // Nothing but what can't be read, and nothing but what is too long.
    register(db, 102, &[65_551], &["not a prefix", "2a00::1/32"]).await;
    register(db, 110, &[64_510], &["20.7.0.0/30", "2a00:3::/128"]).await;
    for (peer, prefix) in [
        (None, None),
        (Some(member::ALPHA), None),
        (Some(101), Some("20.9.0.0/24")),
        (Some(111), Some("2a00:9::/32")),
        (None, Some("20.9.0.0/24 then accept; #")),
        (None, Some("*")),
    ] {
        for (advertise, receive) in [
            ("NO_ADVERTISE", "AS_IS"),
            ("PREPEND_ONCE", "PREPEND_TWICE"),
            ("PREPEND_THRICE", "PREPEND_ONCE"),
            ("AS_IS", "NO_ADVERTISE"),
            ("\"; evil", "reject;"),
        ] {
            add_rule(db, 100, peer, prefix, [Some(advertise), Some(receive)]).await;
            add_rule(db, 101, peer, prefix, [None, Some(receive)]).await;
            add_rule(db, 102, peer, prefix, [Some(advertise), None]).await;
        }
    }
    let name = "Router \"one\"\n}; protocol static evil { }";
    execute(db, "UPDATE routers SET name = ?, software_version = NULL", [name.into()]).await;
    execute(db, "UPDATE vlan SET name = ?", ["LAN\n\"one\"; } #".into()]).await;
    test
}

#[tokio::test]
async fn awkward_data_are_taken_and_stay_what_they_are() {
    let test = awkward().await;
    every_router_is_taken(&test.db).await;
    for quarantine in [false, true] {
        execute(&test.db, "UPDATE routers SET quarantine = ?, rfc1997_passthru = 1", [quarantine.into()])
            .await;
        execute(&test.db, "UPDATE routers SET bgp_lc = 0, skip_md5 = 1, asn = 65551 WHERE type = 1", [])
            .await;
        every_router_is_taken(&test.db).await;
    }
    let config = generate(&configs(&[]), &test.db, exchange::SERVER).await.unwrap();
    for line in config.lines() {
        assert!(!line.trim_start().starts_with("protocol static"), "{line}");
    }
    assert_eq!(config.matches("END_OF_CONFIG_MARKER_FOR_rs1-one-ipv4").count(), 1, "{config}");
    test.remove().await;
}
