//! The documents that a public data set of real 7.4 data gives, whole.

use std::path::Path;

use ixpd_db::import::{self, ImportOptions, Silent, Source};
use ixpd_testkit::{TestDatabase, clock, shared};
use ixpd_types::Zone;

use super::{schema::check, *};
use crate::{config::Config, service::ixf_export::IxfExport};

async fn load(test: &TestDatabase, dump: &Path) {
    let options =
        ImportOptions { force: false, server_zone: Zone::UTC, now: clock::wall_now(), by: None, seal: None };
    let source = Source::file(dump).expect("a dump");
    import::load(source, &test.db, options, &mut Silent).await.expect("the data set");
}

fn defaults() -> Profile {
    let config = Config::from_pairs([("APP_URL", "https://ixp.example")]).expect("good settings");
    Profile { generator: "ixpd".into(), ..Profile::from_config(&config, "7.4.0") }
}

#[tokio::test]
async fn public_data_set_gives_the_same_documents_on_each_database() {
    let Some(dump) = shared::path("data/ci_test_db.sql") else { return };
    for test in TestDatabase::each().await {
        load(&test, &dump).await;
        let exports = IxfExport::new(defaults(), Zone::UTC);
        for (version, view) in
            Version::ALL.into_iter().flat_map(|version| View::ALL.map(|view| (version, view)))
        {
            let request = ExportRequest { with_tags: true, ..request(version, view) };
            let document = exports.document(&test.db, request, made_at()).await.expect("a document");
            check(&serde_json::from_slice(&document.body).expect("JSON"), version);
            let name = format!("data-set-{}-{view:?}", version.name()).to_lowercase();
            insta::assert_snapshot!(name, String::from_utf8_lossy(&document.body));
        }
        test.remove().await;
    }
}
