//! What becomes of API keys.

use ixpd_db::{
    entity::ixpd_api_key,
    import::{LegacyKey, SealedKey},
    sea_orm::EntityTrait,
};

use super::*;

const KEYS: &str = "INSERT INTO `api_keys` (`id`,`user_id`,`token_identifier`,`token_hash`,`api_key`,`expires`,`created_at`) VALUES \
    (1,1,'iqLw1OF50aPU','e97b4fa0d8f7a8b44780d9187deb8c19cf1e928d3a55f15d039dfefb7bbd572a',NULL,'2099-06-25 15:55:40','2014-01-06 13:43:19'),\
    (2,1,NULL,NULL,'legacyKey00000000000000000000000000000000000048','2099-06-25 15:55:40','2014-01-06 13:43:19');";

/// `printf %s legacyKey00000000000000000000000000000000000048 | sha256sum`
const HASH: &str = "e0526e5985ef06a0f766bd6032cbe42d0aeecc60e9a22a59de8c12ab130f2772";

#[tokio::test]
async fn a_legacy_key_is_hashed_and_its_text_is_nowhere_in_the_database() {
    for test in TestDatabase::each().await {
        let report = import(&test.db, dump(KEYS)).await.unwrap();
        assert_eq!((report.legacy_api_keys, report.sealed_api_keys), (1, 0));
        assert_eq!(
            scalar::<i64>(&test.db, "SELECT COUNT(*) FROM api_keys WHERE api_key IS NOT NULL").await,
            0
        );
        let rows = ixpd_api_key::Entity::find().all(test.db.connection()).await.unwrap();
        assert_eq!(rows.len(), 2, "every key has a row of ours");
        let legacy = rows.iter().find(|row| row.api_key_id == 2).unwrap();
        assert_eq!(legacy.legacy_sha256.as_ref().map(ixpd_db::SecretText::expose), Some(HASH));
        assert_eq!(legacy.legacy_prefix.as_deref(), Some("legacy"));
        let modern = rows.iter().find(|row| row.api_key_id == 1).unwrap();
        assert_eq!((modern.legacy_sha256.as_ref(), modern.legacy_prefix.as_ref()), (None, None));
        for row in &rows {
            assert_eq!((row.customer_id, row.max_privilege, row.scope.as_ref()), (None, None, None));
        }
        if let DatabaseOptions::Sqlite(options) = &test.options {
            let folder = options.path.parent().unwrap();
            for file in std::fs::read_dir(folder).unwrap() {
                let bytes = std::fs::read(file.unwrap().path()).unwrap();
                assert!(!bytes.windows(20).any(|part| part == b"legacyKey00000000000"));
            }
        }
        test.remove().await;
    }
}

#[tokio::test]
async fn a_sealed_copy_is_kept_of_what_the_seal_gives() {
    let seal = |key: &LegacyKey<'_>| {
        assert_eq!((key.api_key_id, key.user_id, key.sha256), (2, 1, HASH));
        assert!(!format!("{key:?}").contains("legacyKey"), "a key never shows in debug output");
        Some(SealedKey { bytes: vec![1, 2, 3], key_id: "k1".to_owned() })
    };
    for test in TestDatabase::each().await {
        let options = ImportOptions { seal: Some(&seal), ..options() };
        let report = import::load(source(dump(KEYS)), &test.db, options, &mut Silent).await.unwrap();
        assert_eq!(report.sealed_api_keys, 1);
        let row = ixpd_api_key::Entity::find_by_id(2).one(test.db.connection()).await.unwrap().unwrap();
        assert_eq!((row.sealed, row.seal_key_id.as_deref()), (Some(vec![1, 2, 3]), Some("k1")));
        test.remove().await;
    }
}
