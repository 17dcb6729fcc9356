//! What routers and members may ask for beyond IXP Manager's configuration.

use ixpd_db::sea_orm::EntityTrait as _;
use ixpd_render::router_diff::{SecretHash, compare, read};
use ixpd_testkit::fixtures::member;

use super::{
    accepted::OPTIONS,
    configs,
    exchange::{self, Service, add_member, add_rule, add_service, execute, register},
    generate,
};

const RPKI: (&str, &str) = ("IXP_RPKI_RTR1_HOST", "192.0.2.53");

/// Every router of an exchange with sessions of each kind.
async fn database() -> ixpd_testkit::TestDatabase {
    let test = exchange::database().await;
    let db = &test.db;
    add_member(db, 100, Some(65_551), "Foxtrot Fibre").await;
    add_service(db, Service { irr_filter: None, secret: Some("secret"), ..Service::new(11, 100, 6) }).await;
    add_member(db, 101, Some(64_502), "Golf Games").await;
    add_service(db, Service { irr_filter: Some(false), ..Service::new(12, 101, 7) }).await;
    add_service(db, Service { more_specifics: true, ..Service::new(13, member::ALPHA, 8) }).await;
    register(db, member::ALPHA, &[64_497, 64_510], &["20.1.0.0/16", "20.2.0.0/24", "2a00:1::/32"]).await;
    add_rule(db, 101, Some(100), Some("60.1.0.0/16"), [Some("PREPEND_TWICE"), Some("NO_ADVERTISE")]).await;
    execute(db, "UPDATE routers SET software_version = '2.17.6'", []).await;
    test
}

async fn every_router(test: &ixpd_testkit::TestDatabase, settings: &[(&str, &str)]) -> String {
    let configs = configs(settings);
    let mut all = String::new();
    let mut routers = ixpd_db::entity::routers::Entity::find().all(test.db.connection()).await.unwrap();
    routers.sort_by(|one, other| one.handle.cmp(&other.handle));
    for router in routers {
        all += &generate(&configs, &test.db, &router.handle).await.unwrap();
    }
    all
}

#[tokio::test]
async fn nothing_of_the_options_shows_where_nobody_asks_for_them() {
    let test = database().await;
    let before = every_router(&test, &[RPKI]).await;
    insta::assert_snapshot!("without-options", before);
    let off = [
        RPKI,
        ("IXPD_ROUTER_RTBH", "false"),
        ("IXPD_ROUTER_BFD", "another-router"),
        ("IXPD_ROUTER_GTSM", "AS64999"),
        ("IXPD_ROUTER_ROLES", "AS64999,another-router"),
        ("IXPD_ROUTER_NO_PREPEND", "another-router"),
        ("IXPD_ROUTER_NO_ANNOUNCE_32BIT", "another-router"),
        // Without a blackhole it has no part in anything.
        ("IXPD_ROUTER_RTBH_NEXT_HOPS", "192.0.2.66"),
    ];
    assert_eq!(every_router(&test, &off).await, before);
    test.remove().await;
}

#[tokio::test]
async fn everything_that_is_asked_for_is_read_and_told_by_the_comparison() {
    let test = database().await;
    let hash = SecretHash::default();
    for (handle, expected) in [
        (
            exchange::SERVER,
            &[
                "BFD: none -> on",
                "TTL security: none -> on",
                "BGP role: none -> rs_server",
                "bfd bfd is new",
                "function is_blackhole is new",
                "function has_never_via_asn is new",
                "constant blackholeaddress is new: 192.0.2.66",
            ][..],
        ),
        (exchange::COLLECTOR, &["BFD: none -> on", "TTL security: none -> on", "bfd bfd is new"]),
        (exchange::AS112_V6, &["BFD: none -> on", "TTL security: none -> on", "bfd bfd is new"]),
    ] {
        let model = async |settings: &[(&str, &str)]| {
            let text = generate(&configs(settings), &test.db, handle).await.unwrap();
            read(text.as_bytes(), &hash).unwrap()
        };
        let (without, with) = (model(&[RPKI]).await, model(&OPTIONS).await);
        let report = compare(&without, &with);
        assert_eq!((report.unread_before, report.unread_after), (vec![], vec![]));
        let told: Vec<String> =
            report.changes.iter().map(|change| format!("{} {}", change.subject, change.what)).collect();
        for words in expected {
            assert!(told.iter().any(|line| line.contains(words)), "{handle} {words}: {told:#?}");
        }
        assert_eq!(compare(&with, &model(&OPTIONS).await).changes, []);
    }
    test.remove().await;
}

#[tokio::test]
async fn what_can_not_be_had_is_a_warning_at_the_head() {
    let test = database().await;
    let db = &test.db;
    let warnings = async |settings: &[(&str, &str)]| {
        let text = generate(&configs(settings), db, exchange::SERVER).await.unwrap();
        let warnings = text.lines().filter_map(|line| line.strip_prefix("# WARNING: "));
        (warnings.map(str::to_owned).collect::<Vec<_>>(), text)
    };
    assert_eq!(warnings(&[]).await.0, [""; 0]);
    assert_eq!(warnings(&[RPKI, ("IXPD_ROUTER_RTBH", "true")]).await.0, [""; 0]);
    let (told, _) = warnings(&[("IXPD_ROUTER_RTBH", "true"), ("IXPD_ROUTER_NEVER_VIA_ASNS", "65551")]).await;
    assert_eq!(
        told,
        [
            "Golf Games, VLAN interface 12: no blackhole is accepted, since neither IRR data nor RPKI say whose a prefix is",
            "Foxtrot Fibre, VLAN interface 11: every route is filtered, since IXPD_ROUTER_NEVER_VIA_ASNS names the member",
        ]
    );
    execute(db, "UPDATE routers SET software_version = '2.0.7', bgp_lc = 0", []).await;
    let asked = ["IXPD_ROUTER_BFD", "IXPD_ROUTER_ROLES", "IXPD_ROUTER_GTSM", "IXPD_ROUTER_NO_PREPEND"]
        .map(|name| (name, "true"));
    let (told, text) = warnings(&asked).await;
    // The fourth is about a member's rule.
    let [bfd, role, no_prepend, _] = &told[..] else { panic!("{told:?}") };
    assert!(bfd.contains("takes BIRD 2.0.12") && role.contains("takes BIRD 2.0.11"), "{told:?}");
    assert!(no_prepend.contains("R:100:PEER"), "{no_prepend}");
    assert!(!text.contains("bfd") && !text.contains("local role"), "{text}");
    assert!(text.contains("ttl security on;"), "{text}");
    test.remove().await;
}
