//! What `ixpd router diff` tells of a configuration of IXP Manager, before ixpd takes the router over.

use std::collections::BTreeSet;

use ixpd_db::{
    Database,
    entity::routers,
    sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _},
};
use ixpd_render::router_diff::{Fix, Report, SecretHash, compare, read};
use ixpd_testkit::{fixtures::member, shared};

use super::{
    configs,
    exchange::{
        self, AS112, AS112_V6, COLLECTOR, SERVER, SERVER_V6, Service, add_member, add_rule, add_service,
    },
    exchange::{execute, register},
    generate,
    ixp_manager::{self, Family},
};

const RTR: (&str, u16) = ("192.0.2.53", 3323);
const RPKI: (&str, &str) = ("IXP_RPKI_RTR1_HOST", RTR.0);

/// An exchange with members of every kind, and rules of members.
async fn database() -> ixpd_testkit::TestDatabase {
    let test = exchange::database().await;
    let db = &test.db;
    execute(db, "UPDATE vlaninterface SET as112client = 1", []).await;
    add_member(db, 100, Some(65_551), "Foxtrot Fibre").await;
    add_service(db, Service { irr_filter: None, secret: Some("secret"), ..Service::new(11, 100, 6) }).await;
    add_member(db, 101, Some(64_502), "Golf Games").await;
    add_service(db, Service { irr_filter: Some(false), ..Service::new(12, 101, 7) }).await;
    add_member(db, 102, Some(64_503), "Hotel Hosting").await;
    add_service(db, Service { more_specifics: true, ..Service::new(14, 102, 9) }).await;
    register(db, member::ALPHA, &[64_497, 64_510], &["20.1.0.0/16", "20.2.0.0/24", "2a00:1::/32"]).await;
    register(db, 102, &[64_503], &["30.1.0.0/16", "30.2.0.0/24", "30.3.0.0/25", "2a00:3::/32"]).await;
    let rules = [
        (Some(100), Some("60.1.0.0/16"), [Some("PREPEND_TWICE"), Some("NO_ADVERTISE")]),
        (None, None, [Some("NO_ADVERTISE"), None]),
        (Some(102), None, [Some("PREPEND_ONCE"), Some("PREPEND_THRICE")]),
        (None, Some("60.2.0.0/16"), [None, Some("AS_IS")]),
    ];
    for (peer, prefix, actions) in rules {
        add_rule(db, 101, peer, prefix, actions).await;
    }
    test
}

/// Compares what IXP Manager and ixpd write of a router on the same data.
async fn difference(db: &Database, handle: &str, family: Family, rtr: bool) -> Report {
    let router = routers::Entity::find().filter(routers::Column::Handle.eq(handle));
    let router = router.one(db.connection()).await.unwrap().unwrap();
    let folder = match (router.r#type, family) {
        (1, Family::Bird2) => "server/bird2",
        (1, Family::Bird2025) => "server/bird2-2025",
        (2, Family::Bird2) => "collector/bird2",
        (2, Family::Bird2025) => "collector/bird2-2025",
        _ => "as112/bird2",
    };
    let template = format!("api/v4/router/{folder}/standard");
    let sql = "UPDATE routers SET software_version = NULL, template = ? WHERE handle = ?";
    execute(db, sql, [template.into(), handle.into()]).await;
    let (settings, rtr) = if rtr { (&[RPKI][..], Some(RTR)) } else { (&[][..], None) };
    let (ours, theirs) = (
        generate(&configs(settings), db, handle).await.unwrap(),
        ixp_manager::generate(db, handle, family, rtr).await,
    );
    let hash = SecretHash::default();
    let model = |text: &str| read(text.as_bytes(), &hash).unwrap();
    let report = compare(&model(&theirs), &model(&ours));
    assert_eq!((&report.unread_before, &report.unread_after), (&vec![], &vec![]), "{handle}\n{theirs}");
    let shown = report.to_string();
    assert!(report.is_as_decided(), "{handle} {folder}: {shown}");
    assert!(shown.lines().count() < 30, "{handle} {folder}: {shown}");
    let fixes: Vec<_> = report.changes.iter().map(|change| change.fix).collect();
    let distinct: BTreeSet<_> = fixes.iter().copied().collect();
    assert_eq!(fixes.len(), distinct.len(), "each once: {shown}");
    report
}

fn fixes(report: &Report) -> Vec<Fix> {
    report.changes.iter().filter_map(|change| change.fix).collect()
}

#[tokio::test]
async fn same_data_of_a_route_server_differ_in_what_is_decided_alone() {
    let test = database().await;
    for (family, origin) in [(Family::Bird2, true), (Family::Bird2025, false)] {
        for handle in [SERVER, SERVER_V6] {
            for rtr in [true, false] {
                let found = fixes(&difference(&test.db, handle, family, rtr).await);
                let expected = [Fix::TagsFromMembersAreRemoved, Fix::IrrOriginBehindAsSet];
                assert!(expected.iter().all(|fix| found.contains(fix)), "{handle} {found:?}");
                assert_eq!(found.contains(&Fix::RpkiOriginOfAsSet), origin && rtr, "{handle} {family:?}");
                assert_eq!(found.contains(&Fix::RtrTimersOfTheCache), origin && rtr, "{handle} {family:?}");
                assert!(found.contains(&Fix::RuleWithoutEffectEmitsNothing), "{handle} {found:?}");
                assert!(!found.contains(&Fix::FiltersBelongToTheSession), "{handle} {found:?}");
            }
        }
    }
    // One that no standard community has room for, without large ones, and with well-known ones passed on.
    let settings = "UPDATE routers SET asn = 4200000000, bgp_lc = 0, rfc1997_passthru = 1, skip_md5 = 1";
    execute(&test.db, settings, []).await;
    for family in [Family::Bird2, Family::Bird2025] {
        difference(&test.db, SERVER, family, true).await;
    }
    test.remove().await;
}

#[tokio::test]
async fn filters_of_a_second_session_are_told_once() {
    let test = database().await;
    add_service(&test.db, Service { more_specifics: true, ..Service::new(13, member::ALPHA, 8) }).await;
    for family in [Family::Bird2, Family::Bird2025] {
        let report = difference(&test.db, SERVER, family, true).await;
        assert!(fixes(&report).contains(&Fix::FiltersBelongToTheSession), "{report}");
        assert!(report.to_string().contains("pb_0013_as64497"), "{report}");
    }
    test.remove().await;
}

#[tokio::test]
async fn same_data_of_collectors_and_as112_hosts_differ_in_what_is_decided_alone() {
    let test = database().await;
    // Golf is a route server of the exchange.
    execute(&test.db, "UPDATE routers SET asn = 64502 WHERE type = 1", []).await;
    for family in [Family::Bird2, Family::Bird2025] {
        for rtr in [true, false] {
            let report = difference(&test.db, COLLECTOR, family, rtr).await;
            assert!(fixes(&report).contains(&Fix::TagsFromMembersAreRemoved), "{report}");
            for handle in [AS112, AS112_V6] {
                let found = fixes(&difference(&test.db, handle, family, rtr).await);
                assert!(found.contains(&Fix::As112FiltersRouteServers), "{handle} {found:?}");
                assert_eq!(found.contains(&Fix::RpkiOriginOfAsSet), rtr, "{handle} {found:?}");
            }
        }
    }
    test.remove().await;
}

#[tokio::test]
async fn routers_of_the_public_data_differ_in_what_is_decided_alone() {
    let Some(test) = shared::filled_database().await else { return };
    let db = &test.db;
    let routers = routers::Entity::find().filter(routers::Column::Type.is_in([1, 2, 3]));
    let mut compared = 0;
    for router in routers.all(db.connection()).await.unwrap() {
        if !router.template.contains("/bird") {
            continue;
        }
        for family in [Family::Bird2, Family::Bird2025] {
            for rtr in [true, false] {
                difference(db, &router.handle, family, rtr).await;
                compared += 1;
            }
        }
    }
    assert!(compared >= 4 * 20, "{compared}");
    test.remove().await;
}

#[tokio::test]
async fn anything_else_is_told_among_what_is_decided() {
    let test = database().await;
    let theirs = ixp_manager::generate(&test.db, SERVER, Family::Bird2025, Some(RTR)).await;
    let ours = generate(&configs(&[RPKI]), &test.db, SERVER).await.unwrap();
    let hash = SecretHash::default();
    let told = |before: &str, after: &str| {
        assert!(theirs.contains(before), "{before}");
        let theirs = theirs.replacen(before, after, 1);
        let report =
            compare(&read(theirs.as_bytes(), &hash).unwrap(), &read(ours.as_bytes(), &hash).unwrap());
        let changes = report.changes.into_iter().filter(|change| change.fix.is_none());
        changes.map(|change| format!("{}: {}", change.subject, change.what)).collect::<Vec<_>>()
    };
    for (before, after, subject) in [
        ("bgp_path.len > 64", "bgp_path.len > 50", "session pb_"),
        ("1101, 3 )", "1101, 4 )", "sessions (pb_"),
        ("ROA_INVALID", "ROA_VALID", "function filter_rpki"),
        ("127.0.0.0/8+, ", "", "function avoid_martians"),
        ("0.0.0.0/0{0,7}, ", "", "function avoid_martians"),
        ("[ 174, 701", "[ 174, 702", "constant TRANSIT_ASNS"),
        ("1101, * )] then reject", "1102, * )] then reject", "function f_export_to_master"),
        ("!(avoid_martians())", "(avoid_martians())", "session pb_"),
        ("( net ~ [ 0.0.0.0/0{25,32} ] )", "( net ~ [ 0.0.0.0/0{26,32} ] )", "session pb_"),
        ("!( from = bgp_next_hop )", "( from = bgp_next_hop )", "session pb_"),
        ("(routeserverasn, 103, peerasn)", "(routeserverasn, 102, peerasn)", "function ixp_community_filter"),
        ("strict bind yes", "strict bind no", "template bgp tb_rsclient"),
        ("( routeserverasn, *, * )", "( routeserverasn, 0, * )", "session pb_"),
        ("port 3323", "port 3324", "rpki rpki1"),
        ("export where ixp_community_filter", "export where ! ixp_community_filter", "pipe pp_"),
    ] {
        let told = told(before, after);
        assert_eq!(told.len(), 1, "{before}: {told:#?}");
        assert!(told[0].contains(subject), "{before}: {told:#?}");
    }
    test.remove().await;
}
