//! Answers about a public data set of real 7.4 data, whole, the same on each database.

use std::fmt::Write as _;

use ixpd_db::import::{self, ImportOptions, Silent, Source};
use ixpd_testkit::{
    TestApp, TestDatabase, clock,
    fixtures::{SmallExchange, UserSeed},
    shared,
};
use ixpd_types::{Privilege, Zone};

/// The internal member of the data set, and another one.
const EXCHANGE: i32 = 1;
const MEMBER: i32 = 2;

async fn users(database: &TestDatabase) -> SmallExchange {
    let db = database.db.connection();
    let user = |name: &'static str, member, privilege| async move {
        UserSeed::new(name, member, privilege).insert(db).await
    };
    SmallExchange {
        superuser: user("t-superuser", EXCHANGE, Privilege::Superuser).await,
        customer_admin: user("t-admin", MEMBER, Privilege::CustomerAdmin).await,
        customer_user: user("t-user", MEMBER, Privilege::CustomerUser).await,
        two_members: user("t-two", MEMBER, Privilege::CustomerUser).await,
        disabled: user("t-disabled", MEMBER, Privilege::CustomerUser).await,
        departed: user("t-departed", MEMBER, Privilege::CustomerUser).await,
    }
}

#[tokio::test]
async fn public_data_set_gives_the_same_answers_on_each_database() {
    let Some(dump) = shared::path("data/ci_test_db.sql") else { return };
    for test in TestDatabase::each().await {
        let options = ImportOptions {
            force: false,
            server_zone: Zone::UTC,
            now: clock::wall_now(),
            by: None,
            seal: None,
        };
        import::load(Source::file(&dump).unwrap(), &test.db, options, &mut Silent).await.unwrap();
        let exchange = users(&test).await;
        let app = TestApp::on_filled(test, exchange, &[]).await;
        let key = &app.exchange.superuser.key.text;
        let mut client = app.client();
        let mut answers = String::new();
        for (path, fields) in [
            ("/api/v4/customer/by-vlan-and-protocol", vec![]),
            ("/api/v4/customer/by-vlan-and-protocol", vec![("vlanid", "1"), ("protocol", "4")]),
            ("/api/v4/customer/by-vlan-and-protocol", vec![("vlanid", "1"), ("protocol", "6")]),
            ("/api/v4/customer/by-vlan-and-protocol", vec![("vlanid", "2")]),
            ("/api/v4/irrdb-prefix/by-customer-and-protocol", vec![("custid", "4"), ("protocol", "4")]),
            ("/api/v4/irrdb-prefix/by-customer-and-protocol", vec![("custid", "2"), ("protocol", "6")]),
            ("/api/v4/irrdb-prefix/by-customer-and-protocol", vec![("custid", "3"), ("protocol", "4")]),
        ] {
            let answer = client.form_by_key("POST", path, key, &fields).await;
            let _ =
                writeln!(answers, "POST {path} {fields:?}\n{} {}\n", answer.status.as_u16(), answer.text());
        }
        for path in [
            "/admin/api/v4/docstore/file/info/1",
            "/admin/api/v4/docstorec/file/info/1",
            "/api/v4/aut-num/2128",
            "/api/v4/statistics/overall-by-month",
        ] {
            let answer = client.get_by_key(path, key).await;
            let _ = writeln!(answers, "GET {path}\n{} {}\n", answer.status.as_u16(), answer.text());
        }
        insta::assert_snapshot!("data-set", shared::without_times(&answers));
    }
}
