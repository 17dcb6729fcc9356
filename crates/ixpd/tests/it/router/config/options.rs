//! What routers and members may ask for beyond IXP Manager's configuration.

use ixpd_db::sea_orm::EntityTrait as _;
use ixpd_testkit::fixtures::member;

use super::{
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
    test.remove().await;
}
