//! Findings about rows that lack something which outputs need.

use ixpd::service::check::Level;
use ixpd_db::sea_orm::ConnectionTrait as _;
use ixpd_testkit::TestDatabase;

use super::{found, tells};

async fn execute(test: &TestDatabase, sql: &str) {
    test.db.connection().execute_unprepared(sql).await.unwrap();
}

#[tokio::test]
async fn rows_that_outputs_leave_out_are_named_with_what_they_lack() {
    for test in TestDatabase::each_migrated().await {
        let before = found(&test, &[]).await;
        assert!(!before.iter().any(|finding| finding.text.contains("left out of outputs")), "{before:#?}");
        tells(&before, "data", Level::Ok, &["no row lacks"]);
        execute(&test, "INSERT INTO cust (id, name, isReseller, in_manrs, created_at) VALUES (91, 'Elm', 0, 0, '2026-01-01 00:00:00')").await;
        execute(
            &test,
            "INSERT INTO virtualinterface (id, custid, lag_framing, fastlacp) VALUES (92, 91, 1, 0)",
        )
        .await;
        execute(
            &test,
            "INSERT INTO vlaninterface (id, virtualinterfaceid, ipv4enabled, ipv6enabled, rsmorespecifics) \
             VALUES (93, 92, 1, 0, 0)",
        )
        .await;
        let after = found(&test, &[]).await;
        for told in [
            ["cust: a member with a connection and no AS number", "1 row", "91 (Elm)"],
            ["virtualinterface: a LAG without number (channelgroup)", "1 row", "92 (Elm)"],
            ["virtualinterface: a LAG without name", "1 row", "92 (Elm)"],
            ["vlaninterface: IPv4 is enabled without an address", "1 row", "93 (Elm)"],
        ] {
            tells(&after, "data", Level::Warning, &told);
        }
        assert!(!after.iter().any(|finding| finding.text.contains("IPv6 is enabled")), "{after:#?}");
        test.remove().await;
    }
}
