//! The test kit itself: what other tests rely on holds.

use chrono::Timelike as _;
use ixpd_db::{
    Backend, Database, DatabaseOptions,
    entity::{api_keys, cust, user, vlaninterface},
};
use ixpd_testkit::{
    TestDatabase, clock,
    fixtures::{self, ApiKeySeed, PASSWORD, member, modern_key, port},
    sql,
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, EntityTrait as _, PaginatorTrait as _, QueryFilter as _,
};

#[tokio::test]
async fn small_exchange_fits_into_both_databases() {
    for test in TestDatabase::each_migrated().await {
        let exchange = fixtures::small_exchange(&test.db).await;
        let db = test.db.connection();
        assert_eq!(cust::Entity::find().count(db).await.unwrap(), 6);
        let alpha = vlaninterface::Entity::find_by_id(port::ALPHA_ONE).one(db).await.unwrap().unwrap();
        assert_eq!(alpha.rsclient, Some(true));
        let left = cust::Entity::find_by_id(member::DELTA).one(db).await.unwrap().unwrap();
        assert!(left.dateleave.unwrap() < clock::today());
        let disabled = user::Entity::find_by_id(exchange.disabled.id).one(db).await.unwrap().unwrap();
        assert_eq!(disabled.disabled, Some(true));
    }
}

#[tokio::test]
async fn every_user_has_the_password_and_a_key_of_its_own() {
    let test = TestDatabase::new().await;
    let exchange = fixtures::small_exchange(&test.db).await;
    let users = user::Entity::find().all(test.db.connection()).await.unwrap();
    assert_eq!(users.len(), 6);
    for user in users {
        let hash = user.password.unwrap();
        assert!(bcrypt::verify(PASSWORD, hash.expose()).unwrap(), "{:?}", user.username);
    }
    assert_ne!(exchange.superuser.key.text, exchange.customer_user.key.text);
    let key = api_keys::Entity::find()
        .filter(api_keys::Column::TokenIdentifier.eq(exchange.customer_user.key.identifier))
        .one(test.db.connection())
        .await
        .unwrap()
        .unwrap();
    assert_eq!((key.id, key.user_id), (exchange.customer_user.key.id, exchange.customer_user.id));
}

#[test]
fn modern_keys_have_the_published_checksums() {
    let vectors = [
        ("iqLw1OF50aPU", "XX3U8cGvlRiaf7YLX8a41uSJVqBbRAAl", "0LfKVo"),
        ("GcMPPjWig7w2", "G6yoQYvkQSLhfkOuhwEYoULcsM512Vjt", "2sQ532"),
        ("v7zO4TmaX3Ft", "bo4NB55lMRFPSqoNDCv34xDkwg8d2WK0", "1bMzif"),
    ];
    for (identifier, secret, checksum) in vectors {
        assert_eq!(modern_key(identifier, secret), format!("ixpm_{identifier}_{secret}{checksum}"));
    }
}

#[tokio::test]
async fn seeded_key_keeps_what_it_was_given() {
    let test = TestDatabase::new().await;
    let exchange = fixtures::small_exchange(&test.db).await;
    let db = test.db.connection();
    let seed =
        ApiKeySeed::of(exchange.customer_user.id).expires("2026-06-15 00:00:00").allowed_ips("192.0.2.0/24");
    let key = seed.insert(db).await;
    let row = api_keys::Entity::find_by_id(key.id).one(db).await.unwrap().unwrap();
    assert_eq!(row.expires.to_string(), "2026-06-15 00:00:00");
    assert_eq!(row.allowed_ips.as_deref(), Some("192.0.2.0/24"));
    let legacy = ApiKeySeed::of(exchange.customer_user.id).legacy("Legacy0123456789").insert(db).await;
    let row = api_keys::Entity::find_by_id(legacy.id).one(db).await.unwrap().unwrap();
    assert_eq!(row.api_key.unwrap().expose(), "Legacy0123456789");
    assert_eq!(row.token_identifier, None);
}

#[tokio::test]
async fn each_test_has_a_database_of_its_own_that_is_gone_afterwards() {
    for test in TestDatabase::each_migrated().await {
        let other = match test.db.backend() {
            Backend::Sqlite => TestDatabase::sqlite().await,
            Backend::MySql => TestDatabase::mysql().await.unwrap(),
        };
        let seen = other.db.connection().execute_unprepared("SELECT * FROM cust").await;
        assert!(seen.is_err(), "an empty database shows another one's table");
        let options = test.options.clone();
        drop(test);
        match &options {
            DatabaseOptions::Sqlite(sqlite) => assert!(!sqlite.path.exists()),
            DatabaseOptions::MySql(_) => assert!(Database::connect(&options).await.is_err()),
        }
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "a single attempt, as tests make")]
async fn database_of_a_failed_test_goes_even_with_an_open_transaction() {
    let Some(test) = TestDatabase::mysql().await else { return };
    let options = test.options.clone();
    let transaction = test.db.begin_write().await.unwrap();
    transaction.execute_unprepared("SELECT 1").await.unwrap();
    drop(test);
    drop(transaction);
    assert!(Database::connect(&options).await.is_err());
}

#[tokio::test]
#[should_panic(expected = "2 SQL statements were sent, at most 1 are expected")]
async fn one_statement_too_many_fails() {
    let test = TestDatabase::new().await;
    let db = test.db.connection();
    sql::at_most(1, async {
        cust::Entity::find().count(db).await.unwrap();
        user::Entity::find().count(db).await.unwrap();
    })
    .await;
}

#[test]
fn clock_on_the_wall_is_not_utc() {
    assert_ne!(clock::now().hour(), clock::wall_now().naive().hour());
}
